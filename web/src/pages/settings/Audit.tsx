// 操作审计: who did what that must be accounted for. Read only.

import { Button, DatePicker, Select } from 'antd';
import { useState } from 'react';
import { useAudit } from '../../api/staff';
import type { AuditRow } from '../../api/types';
import { Export } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import './staff/staff.css';

const SORTS = ['sign_in', 'export', 'unmask', 'configuration', 'hand_over', 'sheet'];

export function Audit() {
  const { t, count, dayTime } = useSay();
  const [filter, setFilter] = useState<Record<string, string | undefined>>({});
  const [cursors, setCursors] = useState<string[]>([]);
  const { data, error, refetch } = useAudit({ ...filter, cursor: cursors.at(-1) });
  const put = (key: string, value: string | undefined) => {
    setCursors([]);
    setFilter({ ...filter, [key]: value });
  };
  const columns: Column<AuditRow>[] = [
    { key: 'at', title: t('audit.when'), width: '150px', cell: (one) => <span className="number soft">{dayTime(one.at)}</span> },
    { key: 'actor', title: t('audit.who'), width: 'minmax(110px, 0.8fr)', cell: (one) => <span className="strong clip" style={{ display: 'block' }}>{one.actor}</span> },
    { key: 'what', title: t('audit.what'), width: 'minmax(130px, 1fr)', cell: (one) => <span>{t(`audit.did.${one.what}`, { defaultValue: one.what })} <span className="small quiet">{t(`audit.sort.${one.sort}`)}</span></span> },
    { key: 'subject', title: t('audit.subject'), width: 'minmax(140px, 1.2fr)', cell: (one) => <span className="clip" style={{ display: 'block' }} title={one.subject}>{[t(`audit.resource.${one.resource}`, { defaultValue: one.resource }), one.subject].filter(Boolean).join(' ')}</span> },
    { key: 'detail', title: t('audit.detail'), width: 'minmax(180px, 1.6fr)', cell: (one) => <Detail text={one.detail} /> },
  ];
  if (error && !data) return <Fault error={error} what={t('audit.title')} again={() => void refetch()} />;
  return (
    <>
      <div className="settings-bar"><span className="soft">{data && t('audit.sentence', { count: data.total, shown: count(data.total) })}</span><span className="push"><Export what="audit" query={filter} /></span></div>
      <div className="audit-filters">
        <Select aria-label={t('audit.what')} style={{ width: 160 }} allowClear placeholder={t('audit.all_sorts')} value={filter.sort} onChange={(value) => put('sort', value)} options={SORTS.map((one) => ({ value: one, label: t(`audit.sort.${one}`) }))} />
        <Select aria-label={t('audit.who')} style={{ width: 180 }} allowClear showSearch placeholder={t('audit.all_people')} value={filter.actor} onChange={(value) => put('actor', value)} options={(data?.actors ?? []).map((one) => ({ value: one, label: one }))} />
        <DatePicker aria-label={t('audit.from')} placeholder={t('audit.from')} onChange={(_, text) => put('from', typeof text === 'string' && text ? text : undefined)} />
        <DatePicker aria-label={t('audit.until')} placeholder={t('audit.until')} onChange={(_, text) => put('until', typeof text === 'string' && text ? text : undefined)} />
      </div>
      {!data ? <BoneRows rows={8} /> : data.rows.length === 0 ? <div className="card"><Empty title={t('audit.none')} scene={false} /></div> : (
        <Sheet label={t('audit.title')} columns={columns} rows={data.rows} rowKey={(one) => one.number} keys={false} grows
          card={(one) => <div><div className="line small"><span className="strong">{one.actor}</span><span className="push number quiet">{dayTime(one.at)}</span></div><div>{t(`audit.did.${one.what}`, { defaultValue: one.what })} <span className="soft">{one.subject}</span></div></div>} />
      )}
      <div className="line" style={{ marginTop: 12 }}>
        {cursors.length > 0 && <Button onClick={() => setCursors(cursors.slice(0, -1))}>{t('act.back')}</Button>}
        {data?.next_cursor && <Button className="push" onClick={() => setCursors([...cursors, data.next_cursor ?? ''])}>{t('audit.more')}</Button>}
      </div>
    </>
  );
}

/** The row after the change, field by field; only what says something. */
function Detail({ text }: { text: string }) {
  if (!text) return null;
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return <pre className="audit-detail">{text}</pre>;
  }
  if (typeof told !== 'object' || told === null) return <pre className="audit-detail">{String(told)}</pre>;
  const said = Object.entries(told).filter(([key, value]) => value !== null && value !== '' && !['id', 'version', 'created_at'].includes(key));
  return <p className="audit-detail">{said.slice(0, 8).map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(' · ')}</p>;
}
