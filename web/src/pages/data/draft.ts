// What the wizard has been told, kept in the browser until the import has begun: leaving the page loses nothing.

import type { ImportRequest } from '../../api/types';

export interface Draft {
  uploadId: string;
  step: 'map' | 'check' | 'done';
  request: Pick<ImportRequest, 'kind' | 'source' | 'sheet' | 'mapping' | 'observed_on' | 'equal_rows' | 'saved_mapping' | 'save_as'>;
  jobId: number | null;
}

const KEY = 'liuke.import';

export function readDraft(): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Draft | null;
    return kept && typeof kept.uploadId === 'string' && typeof kept.request === 'object' ? kept : null;
  } catch {
    return null;
  }
}

export function keepDraft(draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage the draft lives as long as the page.
  }
}
