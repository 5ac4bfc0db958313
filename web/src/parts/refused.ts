// What the server refused, said where the person stands.

import { App } from 'antd';
import { useCallback } from 'react';
import { Problem } from '../api/client';
import { useSay } from '../words/say';

/** Tells of a refusal in the server's own words, else in ours. */
export function useRefused() {
  const { t } = useSay();
  const { message } = App.useApp();
  return useCallback(
    (error: unknown) => {
      const problem = error instanceof Problem ? error : null;
      const words = problem?.status === 0 ? t('fault.unreachable') : [problem?.detail, problem?.hint].filter(Boolean).join(t('punctuation.stop'));
      void message.error(words || t('settings.failed'), 6);
    },
    [message, t],
  );
}
