// One thing for many: what could not be done is said by name, and stays chosen.

import { Button, Dropdown, Select } from 'antd';
import type { AlertRow, DeskPage } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';
import { alertsOf, useSend, type Ask } from './Deeds';

export interface Undone { id: number; name: string; why: string }

interface BulkProps { rows: AlertRow[]; desk?: DeskPage; ask: Ask; undone: Undone[]; told: (undone: Undone[]) => void; clear: () => void }

export function Bulk({ rows, desk, ask, undone, told, clear }: BulkProps) {
  const { t } = useSay();
  const { send, busy } = useSend();
  const onDesk = rows.filter((row) => row.case_id != null);
  const after = (left: Undone[]) => (left.length > 0 ? told(left) : clear());
  const accept = () => {
    const fresh = rows.filter((row) => row.case_state === 'new');
    send({ action: 'accept', alerts: alertsOf('accept', fresh) }, fresh, after);
  };
  const assign = (to: number) => send({ action: 'assign', to, alerts: alertsOf('assign', onDesk) }, onDesk, after);
  const more = [
    { key: 'snooze', label: t('desk.act.snooze') },
    { key: 'false_alarm', label: t('desk.act.false_alarm') },
    { key: 'wake', label: t('desk.act.wake'), disabled: !rows.some((row) => row.snooze) },
  ];
  return (
    <div className="bulk-place">
      {undone.length > 0 && (
        <div className="bulk-undone" role="status">
          <b>{t('desk.why_not')}</b>
          <ul>{undone.slice(0, 6).map((one) => <li key={one.id}><span className="strong">{one.name}</span> {one.why}</li>)}</ul>
        </div>
      )}
      <div className="bulk" role="region" aria-label={t('alerts.selected', { count: rows.length })}>
        <span className="nowrap">{t('alerts.selected', { count: rows.length })}</span>
        <Button type="primary" loading={busy} disabled={!rows.some((row) => row.case_state === 'new')} onClick={accept}>{t('desk.act.accept')}</Button>
        <Button disabled={busy || onDesk.length === 0} onClick={() => ask('close', onDesk)}>{t('desk.act.close')}</Button>
        <Select<number> value={null} placeholder={t('desk.act.assign')} aria-label={t('desk.assign.to')} disabled={busy || onDesk.length === 0} style={{ width: 104 }} popupMatchSelectWidth={180} onChange={assign}
          options={(desk?.assignees ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        <Dropdown trigger={['click']} menu={{ items: more, onClick: ({ key }) => ask(key as 'snooze', rows) }}>
          <Button disabled={busy || rows.length === 0}>{t('desk.act.snooze')}<Icon name="up" size={14} /></Button>
        </Dropdown>
        <Button type="text" disabled={busy} onClick={clear}>{t('alerts.clear')}</Button>
      </div>
    </div>
  );
}
