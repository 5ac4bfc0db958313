// The reminders of a day beside their month.

import { Select } from 'antd';
import { useReminderDays, useReminders } from '../../api/reminders';
import type { ReminderList, ReminderRow } from '../../api/types';
import { useGo, usePageState } from '../../frame/moment';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { ReminderActs } from './Acts';
import { Month, monthOf } from './Month';

export function Agenda({ today, day }: { today: string; day: string }) {
  const { t, say, count } = useSay();
  const [query, set] = usePageState();
  const [kind, owner, state] = [query.get('kind'), query.get('owner'), query.get('state')];
  const go = useGo();
  const month = useReminderDays({ ...monthOf(day), kind, owner }, 1);
  const { data, error, refetch, fetchNextPage, hasNextPage, isPlaceholderData } = useReminders({ from: day, to: day, kind, owner, state });
  const list = data?.pages[0];
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const choose = (next: string) => set({ day: next === today ? null : next });
  return (
    <div className="reminders-split">
      <div className="stack">
        <div className="filters">
          <button type="button" className="chip" aria-pressed={kind === null} onClick={() => set({ kind: null })}>{t('reminders.all_kinds')}</button>
          {list?.kinds.filter((one) => one.is_active).map((one) => (
            <button key={one.id} type="button" className="chip" aria-pressed={kind === one.id} onClick={() => set({ kind: kind === one.id ? null : one.id })}>{say(one.name)}{one.count > 0 && <span className="number">{count(one.count)}</span>}</button>
          ))}
          <button type="button" className="chip" aria-pressed={state === 'answered'} onClick={() => set({ state: state ? null : 'answered' })}>{t('reminders.answered')}</button>
          <Owners owners={list?.owners} owner={owner} choose={(next) => set({ owner: next })} />
        </div>
        {error && !data ? <Fault error={error} what={t('reminders.tab')} again={() => void refetch()} />
          : !list ? <BoneRows rows={6} />
            : rows.length === 0 ? <div className="card"><Empty title={t(state ? 'reminders.none_answered' : 'reminders.none')}>{!state && t('reminders.none_text')}</Empty></div>
              : <Rows list={list} rows={rows} hasMore={hasNextPage} more={() => void fetchNextPage()} stale={isPlaceholderData} open={(row) => go(customerAddress(row.customer_id))} />}
      </div>
      <Month day={day} today={today} days={month.data?.days ?? []} choose={choose} />
    </div>
  );
}

export function Owners({ owners, owner, choose }: { owners: string[] | undefined; owner: string | null; choose: (owner: string | null) => void }) {
  const { t } = useSay();
  return (
    <Select allowClear showSearch value={owner} placeholder={t('col.owner')} aria-label={t('col.owner')} style={{ width: 160 }} onChange={(next) => choose((next as string | undefined) ?? null)}
      options={[...(owners ?? []).map((one) => ({ value: one, label: one })), { value: '-', label: t('owner.none') }]} />
  );
}

interface RowsProps { list: ReminderList; rows: ReminderRow[]; hasMore: boolean; more: () => void; stale: boolean; open: (row: ReminderRow) => void }

function Rows({ list, rows, hasMore, more, stale, open }: RowsProps) {
  const { t, say, sentence } = useSay();
  const columns: Column<ReminderRow>[] = [
    { key: 'customer', title: t('col.customer'), width: 'minmax(176px, 1.2fr)', cell: (row) => <CustomerName id={row.customer_id} name={row.customer_name} /> },
    { key: 'what', title: t('reminders.what'), width: 'minmax(180px, 1.4fr)', cell: (row) => <div><div className="clip-2">{sentence(row.sentence)}</div><div className="small quiet clip">{say(row.kind_name)} · {row.owner ?? t('owner.none')}</div></div> },
    { key: 'due', title: t('reminders.due'), width: '116px', cell: (row) => <Stands row={row} today={list.today} /> },
    { key: 'act', title: '', width: '216px', right: true, cell: (row) => <ReminderActs row={row} today={list.today} /> },
  ];
  return (
    <Sheet label={t('reminders.tab')} columns={columns} rows={rows} rowKey={(row) => `${row.customer_id} ${row.kind} ${row.key}`} rowHeight={64} grows minWidth={720} open={open} total={list.total} hasMore={hasMore} more={more} stale={stale}
      card={(row) => (
        <div className="promise-card">
          <div className="line"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="push" /><Stands row={row} today={list.today} /></div>
          <div>{sentence(row.sentence)}</div>
          <div className="small quiet">{say(row.kind_name)}</div>
          <div className="promise-acts"><ReminderActs row={row} today={list.today} size="middle" /></div>
        </div>
      )} />
  );
}

/** By which day, or what was answered. */
function Stands({ row, today }: { row: ReminderRow; today: string }) {
  const { t, near } = useSay();
  if (row.state === 'done' || row.state === 'skipped') {
    return <span className="small quiet">{t(`reminders.state.${row.state}`)}{row.answered_by && row.answered_at && <><br />{t('reminders.by', { who: row.answered_by, when: near(row.answered_at, today) })}</>}</span>;
  }
  const when = near(row.due_on, today);
  return <span className={row.is_overdue ? 'clock clock-overdue' : 'clock'}>{row.is_overdue ? t('reminders.overdue_since', { when }) : when}</span>;
}
