// One stage of the board. It asks for its own cases, page by page.

import { memo, useMemo } from 'react';
import { useCases } from '../../api/cases';
import type { Query } from '../../api/client';
import type { CaseRow, CaseStage } from '../../api/types';
import { BoardColumn } from '../../parts/BoardColumn';
import { useSay } from '../../words/say';
import { CaseCard } from './CaseCard';

interface ColumnProps {
  stage: CaseStage;
  filter: Query;
  now: string;
  query: URLSearchParams;
  /** Whether the case that is held may come here. */
  isGoal: boolean;
  /** Whether a case of another column is held. */
  isHeld: boolean;
  canAct: boolean;
  hold: (row: CaseRow | null) => void;
  drop: () => void;
  shift: (row: CaseRow, step: 1 | -1) => void;
  beside: (stage: string, index: number, step: 1 | -1) => void;
  open: (row: CaseRow) => void;
}

export function Column({ stage, filter, now, query, ...board }: ColumnProps) {
  const { t, say } = useSay();
  const closed = stage.state === 'closed';
  const asked = useMemo(() => ({ ...filter, stage: stage.id, state: closed ? 'closed' : null, sort: closed ? 'newest' : filter.sort }), [filter, stage.id, closed]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useCases(asked);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  return (
    <BoardColumn
      id={stage.id} name={say(stage.name)} none={t(closed ? 'cases.column_closed_none' : 'cases.column_none')} rowKey={(row) => row.id} nameOf={(row) => row.customer_name}
      held={{ rows, total: data?.pages[0]?.total, read: data !== undefined, error, again: () => void refetch(), more: () => void fetchNextPage(), hasMore: hasNextPage, busy: isFetchingNextPage }}
      card={(row) => <Card row={row} now={now} query={query} />} {...board}
    />
  );
}

/** Drawn again only when its own case changes. */
const Card = memo(function Card({ row, now, query }: { row: CaseRow; now: string; query: URLSearchParams }) {
  return <CaseCard row={row} now={now} query={query} board />;
});
