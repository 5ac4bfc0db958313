// 续约: which contracts end when and whose, how far the work is, what is promised and what was computed. Calendar, board and
// table are three views; the contract opens beside them.

import { Segmented } from 'antd';
import { useCallback, useMemo } from 'react';
import { Link } from 'react-router';
import { useRenewalMonths, useRenewals } from '../../api/renewals';
import type { RenewalMonths, RenewalRow } from '../../api/types';
import { useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Band } from '../../parts/Band';
import { Export, Head } from '../../parts/Head';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { keyOf, seenOf, seeOf } from './address';
import { Board } from './Board';
import { Calendar } from './Calendar';
import { Filters, FILTERS, filterOf } from './Filters';
import { Answered, Computed, Due, Judged, Money, Outcome, RenewalCard } from './Pieces';
import { RenewalDrawer } from './RenewalDrawer';
import './renewals.css';

export default function RenewalsPage() {
  const { t } = useSay();
  const [query, set] = usePageState();
  const { asOf } = useMoment();
  const narrow = useNarrow();
  const asked = query.get('view');
  const mayBoard = asOf === null && !narrow;
  const view = asked === 'table' || (asked === 'board' && mayBoard) ? asked : 'calendar';
  const months = useRenewalMonths();
  const filter = useMemo(() => filterOf(query, view === 'board'), [query, view]);
  const list = useRenewals(filter, view !== 'calendar');
  const open = useCallback((row: RenewalRow) => set({ see: seeOf(row) }, true), [set]);
  const first = list.data?.pages[0];
  const { data, error } = months;
  const hasAny = data && data.months.some((one) => one.due.count > 0);
  const sentence = view === 'calendar' || !first ? data && <Sentence data={data} /> : <ListSentence total={first.total} amount={first.amount} />;
  return (
    <div className={view === 'board' && hasAny ? 'page board-page' : 'page'}>
      <Head
        title={t('nav.renewals')} sentence={sentence}
        acts={
          <>
            <Export what="renewals" query={view === 'calendar' ? { state: 'all' } : filter} />
            <Segmented value={view} onChange={(next) => set({ view: next === 'calendar' ? null : next })} aria-label={t('renewal.view')} options={(mayBoard ? ['calendar', 'board', 'table'] : ['calendar', 'table']).map((one) => ({ value: one, label: t(`renewal.views.${one}`) }))} />
          </>
        }
      />
      {error && !data && <Fault error={error} what={t('nav.renewals')} again={() => void months.refetch()} />}
      {!data && !error && <><BoneBlock height={240} /><BoneRows rows={5} /></>}
      {data && !hasAny && <None data={data} />}
      {data && hasAny && view === 'calendar' && <Calendar data={data} pick={({ month, owner, state }) => set({ view: 'table', month, owner: owner ?? null, state: state ?? null }, true)} />}
      {data && hasAny && view !== 'calendar' && <Filters query={query} set={set} list={first} months={data} isBoard={view === 'board'} />}
      {hasAny && view === 'board' && <Board filter={filter} open={open} />}
      {hasAny && view === 'table' && <Table list={list} query={query} set={set} open={open} />}
      <RenewalDrawer seen={seenOf(query.get('see'))} close={() => set({ see: null })} />
    </div>
  );
}

function Sentence({ data }: { data: RenewalMonths }) {
  const { t, count, money } = useSay();
  const now = data.months.find((one) => one.month === data.this_month);
  if (!now || now.due.count === 0) return <>{t('renewal.sentence_none')}</>;
  return <><Said words="renewal.sentence" count={now.due.count} shown={count(now.due.count)} amount={money(now.due.amount)} />{now.open.count > 0 && <Said words="renewal.open_count" count={now.open.count} shown={count(now.open.count)} />}</>;
}

function ListSentence({ total, amount }: { total: number; amount: number }) {
  const { t, count, money } = useSay();
  if (total === 0) return <>{t('renewal.list_none')}</>;
  return <Said words="renewal.list_sentence" count={total} shown={count(total)} amount={money(amount)} />;
}

/** Why there is nothing: no contracts at all, or only such as renew by themselves. */
function None({ data }: { data: RenewalMonths }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  const mayImport = useSession()?.permissions.some((one) => one === 'manage_data');
  if (data.short_count > 0) return <div className="card"><Empty title={t('renewal.short_only')}>{t('renewal.short_text')}</Empty></div>;
  return <div className="card"><Empty title={t('renewal.none')} acts={mayImport && <Link className="link" to={withMoment('/data/import', asOf)}>{t('renewal.none_act')}</Link>}>{t('renewal.none_text')}</Empty></div>;
}

interface TableProps { list: ReturnType<typeof useRenewals>; query: URLSearchParams; set: (change: Record<string, string | null>) => void; open: (row: RenewalRow) => void }

function Table({ list, query, set, open }: TableProps) {
  const { t, sentence } = useSay();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = list;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const columns = useMemo<Column<RenewalRow>[]>(() => [
    { key: 'due', title: t('renewal.due_on'), width: '104px', cell: (row) => <Due row={row} /> },
    { key: 'customer', title: t('col.customer'), width: 'minmax(150px, 1.4fr)', cell: (row) => <div><button type="button" className="sheet-name renewal-name clip" aria-label={t('renewal.open_row', { name: row.customer_name })} title={row.customer_name} onClick={() => open(row)}>{row.customer_name}</button><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div> },
    { key: 'amount', title: t('renewal.amount'), width: '92px', right: true, cell: (row) => <Money amount={row.amount} /> },
    { key: 'band', title: t('col.band'), width: '88px', cell: (row) => <Band verdict={row.verdict} /> },
    { key: 'reason', title: t('col.reason'), width: 'minmax(140px, 1.4fr)', cell: (row) => <span className="clip-2 small soft" title={row.reason ? sentence(row.reason) : undefined}>{row.reason ? sentence(row.reason) : '—'}</span> },
    { key: 'judgement', title: t('renewal.judged'), width: '112px', cell: (row) => <Judged row={row} /> },
    { key: 'answer', title: t('renewal.answered'), width: '96px', cell: (row) => <Answered row={row} /> },
    { key: 'model', title: t('renewal.model'), width: '104px', cell: (row) => <Computed row={row} /> },
    { key: 'stage', title: t('renewal.stage'), width: 'minmax(112px, 1fr)', cell: (row) => (row.outcome ? <Outcome row={row} /> : <div><div className="clip">{t(`renewal.stages.${row.stage}`)}</div>{row.next_step && <div className="small quiet clip" title={row.next_step}>{row.next_step}</div>}</div>) },
  ], [t, sentence, open]);
  if (error && !data) return <Fault error={error} what={t('nav.renewals')} again={() => void refetch()} />;
  if (!data) return <BoneRows rows={8} />;
  if (rows.length === 0) return <div className="card"><Empty title={t('renewal.none_match')} acts={FILTERS.some((key) => query.get(key)) && <button type="button" className="chip" onClick={() => set(Object.fromEntries(FILTERS.map((key) => [key, null])))}>{t('act.clear_filters')}</button>} /></div>;
  return (
    <Sheet
      label={t('nav.renewals')} columns={columns} rows={rows} rowKey={keyOf} rowHeight={60} minWidth={1120} total={data.pages[0]?.total} stale={isPlaceholderData}
      open={open} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} hasMore={hasNextPage} card={(row) => <RenewalCard row={row} open={open} />}
    />
  );
}
