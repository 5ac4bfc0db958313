// A tag for many at once, put on or taken off; what was done can be taken back.

import { App, AutoComplete, Button } from 'antd';
import { useState } from 'react';
import { useTags, useTagWork } from '../../api/segments';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import '../alerts/alerts.css';

const NOTICE_SECONDS = 8;

export function TagBulk({ ids, clear }: { ids: string[]; clear: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const { data: known } = useTags();
  const { change, undo } = useTagWork();
  const [tag, setTag] = useState('');
  const run = (remove: boolean) => {
    change.mutate({ tag, customers: ids, remove }, {
      onError: refused,
      onSuccess: (done) => {
        const words = t(remove ? 'tags.taken_off' : 'tags.put_on', { count: done.customer_count, tag: done.tag });
        const back = () => { if (done.id != null) undo.mutate(done.id, { onError: refused, onSuccess: () => void message.success(t('tags.undone')) }); };
        void message.success({ duration: NOTICE_SECONDS, content: <span>{words}{done.id != null && <Button type="link" size="small" onClick={back}>{t('tags.undo')}</Button>}</span> });
        clear();
      },
    });
  };
  return (
    <div className="bulk" role="region" aria-label={t('tags.selected', { count: ids.length })}>
      <span className="nowrap">{t('tags.selected', { count: ids.length })}</span>
      <AutoComplete value={tag} onChange={setTag} placeholder={t('tags.name')} aria-label={t('tags.name')} style={{ width: 140 }} options={(known ?? []).map((one) => ({ value: one.tag }))} />
      <Button type="primary" disabled={tag.trim() === ''} loading={change.isPending} onClick={() => run(false)}>{t('tags.put')}</Button>
      <Button disabled={tag.trim() === '' || change.isPending} onClick={() => run(true)}>{t('tags.take')}</Button>
      <Button type="text" onClick={clear}>{t('alerts.clear')}</Button>
    </div>
  );
}
