// A record that is being written waits: for the call to end, and for the phone to come back to the page.

import type { NewFollowUp } from '../api/types';

export type Draft = Required<Pick<NewFollowUp, 'key' | 'channel' | 'outcome'>> & {
  mood: string | null;
  note: string;
  promised: string;
  due: string | null;
  next: string | null;
};

const place = (customer: string) => `liuke.record.${customer}`;

/** A name of its own for each record: sent twice, it is recorded once. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
}

const fresh = (): Draft => ({ key: newKey(), channel: 'call', outcome: 'talked', mood: null, note: '', promised: '', due: null, next: null });

export function draftOf(customer: string): Draft {
  try {
    const kept = sessionStorage.getItem(place(customer));
    return kept ? { ...fresh(), ...(JSON.parse(kept) as Partial<Draft>) } : fresh();
  } catch {
    return fresh();
  }
}

export function keepDraft(customer: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(place(customer), JSON.stringify(draft));
    else sessionStorage.removeItem(place(customer));
  } catch {
    // Kept as long as the sheet is open.
  }
}

/** What is missing before it can be sent, if anything. */
export function missing(draft: Draft): 'note' | 'due' | 'promised' | null {
  const talked = draft.outcome === 'talked';
  if (talked && draft.note.trim() === '' && draft.mood === null) return 'note';
  if (draft.promised.trim() !== '' && draft.due === null) return 'due';
  if (draft.promised.trim() === '' && draft.due !== null) return 'promised';
  return null;
}

export function recordOf(draft: Draft): NewFollowUp {
  const { key, channel, outcome, note, promised, due, next } = draft;
  const words = promised.trim();
  return {
    key, channel, outcome, contact: null, at: null,
    mood: outcome === 'talked' ? draft.mood : null, note: note.trim() || null, next_on: next,
    promise: words !== '' && due !== null ? { words, due_on: due } : null,
  };
}
