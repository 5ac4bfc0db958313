// What was told, and what became of it. What may have arrived waits for a person: send it again, or leave it.

import { App, Button, Select } from 'antd';
import { useState } from 'react';
import { useDeciding, useNotices } from '../../../api/notices';
import type { Notice, NoticeDelivery } from '../../../api/types';
import { usePageState } from '../../../frame/moment';
import { Export } from '../../../parts/Head';
import { useRefused } from '../../../parts/refused';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';

const STATES = ['all', 'undecided', 'planned', 'sending', 'sent', 'failed', 'possibly_sent'];
const SHOWN = 50;

export function Deliveries({ admin }: { admin: boolean }) {
  const { t, count, dayTime, say } = useSay();
  const [query, set] = usePageState();
  const [offset, setOffset] = useState(0);
  const whose = admin && query.get('whose') !== 'mine' ? 'all' : 'mine';
  const state = query.get('state') ?? 'all';
  const { data, error, refetch } = useNotices({ whose, state: state === 'all' ? undefined : state, offset, limit: SHOWN });
  const put = (change: Record<string, string | null>) => {
    setOffset(0);
    set(change);
  };
  const title = t(whose === 'all' ? 'notices.record' : 'notices.record_mine');
  if (error && !data) return <Fault error={error} what={title} again={() => void refetch()} />;
  const columns: Column<Notice>[] = [
    { key: 'when', title: t('notices.when'), width: '140px', cell: (one) => <span className="number soft">{dayTime(one.planned_at)}</span> },
    ...(whose === 'all' ? [{ key: 'who', title: t('notices.who'), width: 'minmax(90px, 0.6fr)', cell: (one: Notice) => <span className="clip" style={{ display: 'block' }}>{one.staff_name}</span> }] : []),
    { key: 'what', title: t('notices.what'), width: 'minmax(180px, 1.6fr)', cell: (one) => <div><span className="clip-2">{say(one.subject)}</span><span className="small quiet">{t(`notices.kind.${one.kind}`)}</span></div> },
    { key: 'where', title: t('notices.where'), width: 'minmax(220px, 1.8fr)', cell: (one) => <Fates one={one} /> },
  ];
  return (
    <section aria-label={title}>
      <div className="settings-bar">
        <h2>{title}</h2>
        <span className="soft">{data && t('notices.total', { count: data.total, shown: count(data.total) })}</span>
        {data && data.undecided > 0 && <button type="button" className="notice-decide" onClick={() => put({ state: 'undecided' })}>{t('notices.decide', { count: data.undecided })}</button>}
        <span className="push line">
          <Export what="notices" query={{ whose, state: state === 'all' ? null : state }} of={title} />
          {admin && <Select aria-label={t('notices.who')} style={{ width: 130 }} value={whose} onChange={(value) => put({ whose: value === 'all' ? null : value })} options={[{ value: 'all', label: t('notices.everybody') }, { value: 'mine', label: t('notices.mine') }]} />}
          <Select aria-label={t('notices.where')} style={{ width: 130 }} value={state} onChange={(value) => put({ state: value === 'all' ? null : value })} options={STATES.map((one) => ({ value: one, label: t(`notices.state.${one}`) }))} />
        </span>
      </div>
      {!data ? <BoneRows rows={4} /> : data.rows.length === 0 ? <div className="card"><Empty title={t('notices.record_none')} scene={false}>{t('notices.record_none_text')}</Empty></div> : (
        <Sheet label={title} columns={columns} rows={data.rows} rowKey={(one) => one.id} rowHeight={56} keys={false} grows
          card={(one) => (
            <div className="stack" style={{ gap: 6 }}>
              <div className="line small quiet"><span>{whose === 'all' ? one.staff_name : t(`notices.kind.${one.kind}`)}</span><span className="push number">{dayTime(one.planned_at)}</span></div>
              <div>{say(one.subject)}</div>
              <Fates one={one} />
            </div>
          )} />
      )}
      <div className="line" style={{ marginTop: 12 }}>
        {offset > 0 && <Button onClick={() => setOffset(Math.max(0, offset - SHOWN))}>{t('act.back')}</Button>}
        {data && offset + SHOWN < data.total && <Button className="push" onClick={() => setOffset(offset + SHOWN)}>{t('notices.more')}</Button>}
      </div>
    </section>
  );
}

function Fates({ one }: { one: Notice }) {
  const { t } = useSay();
  if (one.deliveries.length === 0) return <span className="small quiet">{t('notices.inside')}</span>;
  return <ul className="notice-fates">{one.deliveries.map((each) => <Fate key={each.id} one={each} />)}</ul>;
}

function Fate({ one }: { one: NoticeDelivery }) {
  const { t, sentence, dayTime } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const deciding = useDeciding();
  const decide = (what: 'resend' | 'leave') =>
    deciding.mutate({ id: one.id, version: one.version, what }, { onSuccess: () => void message.success(t(what === 'resend' ? 'notices.resent' : 'notices.left')), onError: refused });
  const again = one.state === 'planned' && one.tries > 0;
  return (
    <li>
      <div className="line">
        <span className="notice-state" data-state={one.state}>{t(`notices.state.${one.state}`)}</span>
        <span className="clip">{one.channel_name ?? t('notices.gone')}</span>
        {one.is_open && (
          <span className="push line notice-acts">
            <Button size="small" loading={deciding.isPending} onClick={() => decide('resend')}>{t('notices.resend')}</Button>
            <Button size="small" type="text" disabled={deciding.isPending} onClick={() => decide('leave')}>{t('notices.leave')}</Button>
          </span>
        )}
      </div>
      {one.trouble && one.state !== 'sent' && <div className="small soft">{sentence(one.trouble.detail)}{one.is_open && <span className="quiet">{t('punctuation.stop')}{sentence(one.trouble.hint)}</span>}</div>}
      {again && <div className="small quiet">{t('notices.tries', { count: one.tries })}{t('punctuation.comma')}{t('notices.next_try', { when: dayTime(one.next_at) })}</div>}
      {one.decided_by && <div className="small quiet">{t('notices.left_by', { who: one.decided_by })}</div>}
    </li>
  );
}
