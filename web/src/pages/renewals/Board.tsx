// The board of renewals: a column for each stage and one for what is decided. A card is carried by mouse or by keys; where an
// outcome is needed it is asked for. What the facts have decided cannot be carried.

import { App } from 'antd';
import { memo, useCallback, useMemo, useState } from 'react';
import type { Query } from '../../api/client';
import { useRenewals, useSayRenewal } from '../../api/renewals';
import type { RenewalRow } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { BoardColumn, useBoard } from '../../parts/BoardColumn';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import { keyOf } from './address';
import { RenewalCard } from './Pieces';
import { STAGES } from './RenewalDrawer';
import { SayAsk } from './SayAsk';

const DECIDED = 'decided';
const COLUMNS = [...STAGES, DECIDED];

/** Where a card stands. */
const columnOf = (row: RenewalRow): string => (row.outcome ? DECIDED : row.stage);

export function Board({ filter, open }: { filter: Query; open: (row: RenewalRow) => void }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const sending = useSayRenewal();
  const { board, carried, carry, beside } = useBoard<RenewalRow>();
  const [ending, end] = useState<RenewalRow | null>(null);
  const { mutate } = sending;

  const bring = useCallback((row: RenewalRow, column: string) => {
    carry(null);
    if (!canAct || columnOf(row) === column) return;
    if (row.outcome) void message.info(t('renewal.decided_by_facts'));
    else if (column === DECIDED) end(row);
    else mutate({ row, said: { what: 'stage', says: column } }, { onSuccess: () => void message.success(t('renewal.moved', { name: row.customer_name, stage: t(`renewal.stages.${column}`) })), onError: refused });
  }, [canAct, carry, message, mutate, refused, t]);
  const shift = useCallback((row: RenewalRow, step: 1 | -1) => {
    const goal = COLUMNS[COLUMNS.indexOf(columnOf(row)) + step];
    if (goal) bring(row, goal);
  }, [bring]);

  return (
    <>
      {canAct && <p className="hidden" id="board-keys">{t('renewal.board_keys')}</p>}
      <div className="board" ref={board} role="group" aria-label={t('renewal.views.board')}>
        {COLUMNS.map((column) => (
          <Column key={column} column={column} filter={filter} isGoal={carried !== null && carried.outcome == null && columnOf(carried) !== column} isHeld={carried !== null && columnOf(carried) !== column} canAct={canAct}
            hold={carry} drop={() => { if (carried) bring(carried, column); }} shift={shift} beside={beside} open={open} />
        ))}
      </div>
      {ending && <SayAsk key={keyOf(ending)} row={ending} what="outcome" leave={() => end(null)} />}
    </>
  );
}

interface ColumnProps {
  column: string;
  filter: Query;
  isGoal: boolean;
  isHeld: boolean;
  canAct: boolean;
  hold: (row: RenewalRow | null) => void;
  drop: () => void;
  shift: (row: RenewalRow, step: 1 | -1) => void;
  beside: (column: string, index: number, step: 1 | -1) => void;
  open: (row: RenewalRow) => void;
}

function Column({ column, filter, open, ...board }: ColumnProps) {
  const { t } = useSay();
  const asked = useMemo(() => (column === DECIDED ? { ...filter, state: DECIDED } : { ...filter, stage: column }), [filter, column]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useRenewals(asked);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  return (
    <BoardColumn
      id={column} name={t(`renewal.stages.${column}`)} none={t(column === DECIDED ? 'renewal.decided_none' : 'renewal.column_none')} rowKey={keyOf} nameOf={(row) => row.customer_name} open={open}
      held={{ rows, total: data?.pages[0]?.total, read: data !== undefined, error, again: () => void refetch(), more: () => void fetchNextPage(), hasMore: hasNextPage, busy: isFetchingNextPage }}
      card={(row) => <Card row={row} open={open} />} {...board}
    />
  );
}

/** Drawn again only when its own renewal changes. */
const Card = memo(function Card({ row, open }: { row: RenewalRow; open: (row: RenewalRow) => void }) {
  return <RenewalCard row={row} board open={open} />;
});
