// Text for machines: shown as it is, copied with one click.

import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useSay } from '../words/say';
import { Icon } from './Icon';
import './code.css';

export function useCopy() {
  const { t } = useSay();
  const { message } = App.useApp();
  return async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      void message.success(t('act.copied'));
    } catch {
      // Browsers give the clipboard to safe addresses only.
      void message.info(t('code.select'));
    }
  };
}

export function Code({ text, label, children }: { text: string; label: string; children?: ReactNode }) {
  const { t } = useSay();
  const copy = useCopy();
  return (
    <div className="code">
      <pre tabIndex={0} role="region" aria-label={label}><code>{children ?? text}</code></pre>
      <Button className="code-copy" size="small" icon={<Icon name="copy" size={14} />} onClick={() => void copy(text)} aria-label={`${t('act.copy')} ${label}`}>{t('act.copy')}</Button>
    </div>
  );
}

/** One line that is copied whole: an address, a key. */
export function CodeLine({ text, label, shown }: { text: string; label: string; shown?: string }) {
  const { t } = useSay();
  const copy = useCopy();
  return (
    <div className="code-line">
      <code aria-label={label}>{shown ?? text}</code>
      <Button type="text" size="small" icon={<Icon name="copy" size={14} />} onClick={() => void copy(text)} aria-label={`${t('act.copy')} ${label}`}>{t('act.copy')}</Button>
    </div>
  );
}
