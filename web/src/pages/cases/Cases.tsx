// The work on customers, as a board and as a table: two views of one filter. Whose turn is it, by when, what comes next?

import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { Trans } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useCases, useCaseTypes } from '../../api/cases';
import type { CaseList, CaseRow } from '../../api/types';
import { useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { BringBack, Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Moving } from '../../parts/Moving';
import { Sheet } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useNow, useSay } from '../../words/say';
import { caseAddress } from './address';
import { Board } from './Board';
import { Bulk, type Undone } from './Bulk';
import { CaseCard } from './CaseCard';
import './cases.css';
import { useColumns } from './Columns';
import { Filters, FILTERS, filterOf } from './Filters';
import { NewCase } from './NewCase';

export default function CasesPage() {
  const { t } = useSay();
  const [query, set] = usePageState();
  const { asOf, canAct } = useMoment();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const isBoard = asOf === null && !narrow && query.get('view') === 'board';
  const filter = useMemo(() => filterOf(query, asOf, isBoard), [query, asOf, isBoard]);
  const { data, error, refetch, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useCases(filter);
  const { data: types } = useCaseTypes();
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const first = data?.pages[0];
  const present = useNow(60_000);
  const now = asOf ?? present;
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [undone, setUndone] = useState<Undone[]>([]);
  const [opening, setOpening] = useState(false);
  const columns = useColumns({ now, canAct, rows, chosen, choose: setChosen });
  const picked = useMemo(() => rows.filter((row) => chosen.has(row.id)), [rows, chosen]);
  const isFiltered = FILTERS.some((key) => query.get(key));
  const sort = query.get('sort') ?? 'due';
  const open = (row: CaseRow) => void navigate(withMoment(caseAddress(row.id, query), asOf));

  return (
    <Moving>
      <div className={isBoard ? 'page cases board-page' : 'page cases'}>
        <Head
          title={t('nav.cases')} sentence={first ? <Sentence list={first} isOpen={isBoard || !query.get('state')} /> : t('nav.cases')}
          acts={
            <>
              <Export what="cases" query={filter} />
              <BringBack />
              {asOf === null && !narrow && <Segmented value={isBoard ? 'board' : 'table'} onChange={(view) => set({ view: view === 'board' ? 'board' : null })} aria-label={t('cases.view')} options={['table', 'board'].map((view) => ({ value: view, label: t(`cases.views.${view}`) }))} />}
              {canAct && <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpening(true)}>{t('cases.open')}</Button>}
            </>
          }
        />
        <Filters query={query} set={set} list={first} types={types} isBoard={isBoard} />
        {error && !data && <Fault error={error} what={t('nav.cases')} again={() => void refetch()} />}
        {!data && !error && <BoneRows rows={10} />}
        {isBoard && data && <Board query={query} types={types} now={now} />}
        {!isBoard && data && rows.length === 0 && (
          <div className="card">
            {isFiltered
              ? <Empty title={t('cases.none_match')} acts={<button type="button" className="chip" onClick={() => set(Object.fromEntries(FILTERS.map((key) => [key, null])))}>{t('act.clear_filters')}</button>} />
              : <Empty title={t('cases.none')} acts={canAct && <Button onClick={() => setOpening(true)}>{t('cases.open')}</Button>}>{t('cases.none_text')}</Empty>}
          </div>
        )}
        {!isBoard && rows.length > 0 && (
          <Sheet
            label={t('nav.cases')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={64} minWidth={1000} total={first?.total} stale={isPlaceholderData}
            sort={{ by: sort, order: sort === 'newest' ? 'desc' : 'asc', set: (by) => set({ sort: by === 'due' ? null : by }) }}
            open={open} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} hasMore={data?.pages.at(-1)?.next_cursor != null}
            card={(row) => <CaseCard row={row} now={now} query={query} />}
          />
        )}
        {canAct && !isBoard && (picked.length > 0 || undone.length > 0) && (
          <Bulk rows={picked} undone={undone} clear={() => { setChosen(new Set()); setUndone([]); }} told={(left) => { setUndone(left); setChosen(new Set(left.map((one) => one.id))); }} />
        )}
        {opening && <NewCase leave={() => setOpening(false)} opened={(id) => void navigate(caseAddress(id, query))} />}
      </div>
    </Moving>
  );
}

function Sentence({ list, isOpen }: { list: CaseList; isOpen: boolean }) {
  const { t, count } = useSay();
  if (list.total === 0) return <>{t('cases.sentence_none')}</>;
  const values = { shown: count(list.total), overdue: count(list.overdue_count) };
  const key = !isOpen ? 'cases.sentence_plain' : list.overdue_count > 0 ? 'cases.sentence_overdue' : 'cases.sentence';
  return <Trans t={t} i18nKey={key} count={list.total} values={values} components={{ b: <b /> }} />;
}
