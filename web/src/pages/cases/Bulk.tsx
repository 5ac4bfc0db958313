// One thing for many cases: taken up, claimed, given to somebody. What could not be done is said by name and stays chosen.

import { App, Button, Select } from 'antd';
import { useCaseTypes, useMoveMany, type ManyMoved } from '../../api/cases';
import { useAlertDesk } from '../../api/desk';
import type { CaseRow } from '../../api/types';
import { useSay } from '../../words/say';
import '../alerts/alerts.css';

export interface Undone { id: number; name: string; why: string }

interface BulkProps { rows: CaseRow[]; undone: Undone[]; told: (undone: Undone[]) => void; clear: () => void }

export function Bulk({ rows, undone, told, clear }: BulkProps) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const { data: types } = useCaseTypes();
  const { data: desk } = useAlertDesk();
  const many = useMoveMany(types?.types);
  const after = ({ done, left }: ManyMoved) => {
    if (done > 0) void message.success(t('desk.done', { count: done }));
    if (left.length === 0) return clear();
    void message.warning(t('desk.partly', { count: left.length }));
    return told(left.map(({ row, problem }) => ({ id: row.id, name: row.customer_name, why: problem?.detail || t('cases.not_from', { stage: say(row.stage_name) }) })));
  };
  const run = (does: string, to: number | null = null) => many.mutate({ rows, does, to }, { onSuccess: after });
  const busy = many.isPending;
  return (
    <div className="bulk-place">
      {undone.length > 0 && (
        <div className="bulk-undone" role="status">
          <b>{t('desk.why_not')}</b>
          <ul>{undone.slice(0, 6).map((one) => <li key={one.id}><span className="strong">{one.name}</span> {one.why}</li>)}</ul>
        </div>
      )}
      <div className="bulk" role="region" aria-label={t('cases.selected', { count: rows.length })}>
        <span className="nowrap">{t('cases.selected', { count: rows.length })}</span>
        <Button type="primary" loading={busy && many.variables?.does === 'claim'} disabled={busy || rows.length === 0} onClick={() => run('claim')}>{t('cases.claim')}</Button>
        <Button loading={busy && many.variables?.does === 'acknowledge'} disabled={busy || !rows.some((row) => row.state === 'new')} onClick={() => run('acknowledge')}>{t('act.accept')}</Button>
        <Select<number> value={null} placeholder={t('desk.act.assign')} aria-label={t('desk.assign.to')} disabled={busy || rows.length === 0} style={{ width: 104 }} popupMatchSelectWidth={180} onChange={(to) => run('assign', to)}
          showSearch={{ optionFilterProp: 'label' }} options={(desk?.assignees ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        <Button type="text" disabled={busy} onClick={clear}>{t('alerts.clear')}</Button>
      </div>
    </div>
  );
}
