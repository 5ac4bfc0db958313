// A text that is seen once, and a button that takes it along.

import { App, Button } from 'antd';
import { useSay } from '../../../words/say';

export function CopyLine({ text }: { text: string }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void message.success(t('act.copied'));
  };
  return <div className="token-once"><code>{text}</code><Button onClick={() => void copy()}>{t('act.copy')}</Button></div>;
}
