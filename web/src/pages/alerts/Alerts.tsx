// Who must be looked after, in the order of what is at risk, and why in that order: filter, do one thing to one or many,
// keep a filter, export. Of the open alerts of a customer one line is made.

import { Button } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { Trans } from 'react-i18next';
import { useAlertDesk } from '../../api/desk';
import { useAlerts } from '../../api/reading';
import type { AlertList, AlertRow, DeskPage } from '../../api/types';
import { useGo, useMoment, usePageState } from '../../frame/moment';
import { customerAddress } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { Sheet } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import './alerts.css';
import { Bulk, type Undone } from './Bulk';
import { useColumns } from './Columns';
import { Deeds, type Deed } from './Deeds';
import { Filters } from './Filters';
import { LineCard } from './Line';
import { FILTERS, filterIn, isByLines } from './opening';

export default function AlertsPage() {
  const { t } = useSay();
  const [query, set] = usePageState();
  const go = useGo();
  const { canAct, asOf } = useMoment();
  const lines = isByLines(query, asOf);
  const filter = useMemo(() => filterIn(query, asOf), [query, asOf]);
  const { data, error, refetch, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useAlerts(filter);
  const { data: desk } = useAlertDesk();
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const first = data?.pages[0];
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [deed, setDeed] = useState<Deed | null>(null);
  const [undone, setUndone] = useState<Undone[]>([]);
  const ask = useCallback((kind: Deed['kind'], asked: AlertRow[]) => setDeed({ kind, rows: asked }), []);
  const columns = useColumns({ asOf: first?.as_of, canAct, lines, rows, chosen, choose: setChosen, ask });
  const filtered = FILTERS.some((key) => query.get(key));
  const sort = query.get('sort') ?? (lines ? 'rank' : 'severity');
  const picked = useMemo(() => rows.filter((row) => chosen.has(row.id)), [rows, chosen]);

  return (
    <div className="page">
      <Head title={t('nav.alerts')} sentence={first ? <Sentence list={first} desk={desk} lines={lines} /> : t('nav.alerts')}
        sub={lines && desk?.week && <span>{t('desk.week', { opened: desk.week.opened, per_week: desk.week.per_week, allowance: desk.week.allowance })}</span>}
        acts={<><ToBudget /><Export what="alerts" query={{ ...filter, lines: null }} /></>} />
      <Filters query={query} set={set} list={first} desk={desk} lines={lines} />
      {error && !data && <Fault error={error} what={t('nav.alerts')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={10} />}
      {data && rows.length === 0 && (
        <div className="card">
          {filtered
            ? <Empty title={t('alerts.none_match')} acts={<button type="button" className="chip" onClick={() => set(Object.fromEntries(FILTERS.map((key) => [key, null])))}>{t('act.clear_filters')}</button>} />
            : <Empty title={t('alerts.none')}>{t('alerts.none_text')}</Empty>}
        </div>
      )}
      {rows.length > 0 && (
        <Sheet
          label={t('nav.alerts')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={72} minWidth={1000} total={first?.total} stale={isPlaceholderData}
          sort={{ by: sort === 'oldest' ? 'newest' : sort, order: sort === 'oldest' ? 'asc' : 'desc', set: (by) => set({ sort: by === 'newest' && sort === 'newest' ? 'oldest' : by === 'rank' ? null : by }) }}
          open={(row) => go(customerAddress(row.customer_id))} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} hasMore={data?.pages.at(-1)?.next_cursor != null}
          card={(row) => <LineCard row={row} now={first?.as_of ?? row.opened_at} ask={canAct ? ask : undefined} />}
        />
      )}
      {(picked.length > 0 || undone.length > 0) && (
        <Bulk rows={picked} desk={desk} ask={ask} undone={undone} clear={() => { setChosen(new Set()); setUndone([]); }} told={setUndone} />
      )}
      <Deeds deed={deed} done={(left) => { setDeed(null); setUndone(left); setChosen(new Set(left.map((one) => one.id))); }} leave={() => setDeed(null)} />
    </div>
  );
}

function ToBudget() {
  const { t } = useSay();
  const go = useGo();
  const session = useSession();
  const { canAct } = useMoment();
  if (!canAct || !session?.permissions.some((one) => one === 'edit_definitions')) return null;
  return <Button onClick={() => go('/alerts/budget')}>{t('desk.budget')}</Button>;
}

function Sentence({ list, desk, lines }: { list: AlertList; desk?: DeskPage; lines: boolean }) {
  const { t, count } = useSay();
  if (list.total === 0) return <>{t('alerts.sentence_none')}</>;
  const fresh = list.case_state_counts.find((one) => one.key === 'new')?.count ?? 0;
  if (!lines) return <>{t('alerts.sentence', { count: list.total, shown: count(list.total), fresh: count(fresh) })}</>;
  const standing = (key: string) => desk?.standing_counts.find((one) => one.key === key)?.count ?? 0;
  const values = { shown: count(list.total), desk: count(standing('desk')), below: count(standing('below')) };
  const key = desk?.week || standing('below') > 0 ? 'desk.sentence' : 'desk.sentence_plain';
  return <Trans t={t} i18nKey={key} count={list.total} values={values} components={{ b: <b /> }} />;
}
