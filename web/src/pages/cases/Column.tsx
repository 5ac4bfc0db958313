// One stage of the board. It asks for its own cases, page by page, and draws only those in sight.

import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCases } from '../../api/cases';
import type { Query } from '../../api/client';
import type { CaseRow, CaseStage } from '../../api/types';
import { Bone, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { CaseCard } from './CaseCard';

/** Fewer than this many are all drawn. */
const VIRTUAL_FROM = 40;

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

export function Column({ stage, filter, now, query, isGoal, isHeld, canAct, hold, drop, shift, beside, open }: ColumnProps) {
  const { t, say, count } = useSay();
  const closed = stage.state === 'closed';
  const asked = useMemo(() => ({ ...filter, stage: stage.id, state: closed ? 'closed' : null, sort: closed ? 'newest' : filter.sort }), [filter, stage.id, closed]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useCases(asked);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const total = data?.pages[0]?.total;
  const body = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const [at, setAt] = useState(0);
  const virtual = rows.length > VIRTUAL_FROM;
  const list = useVirtualizer({ count: virtual ? rows.length : 0, getScrollElement: () => body.current, estimateSize: () => 128, overscan: 6, gap: 8, getItemKey: (index) => rows[index]!.id });
  const items = list.getVirtualItems();
  const last = virtual ? (items.at(-1)?.index ?? -1) : rows.length - 1;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && virtual && last >= rows.length - 10) void fetchNextPage();
  }, [last, rows.length, virtual, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const step = useCallback((index: number) => {
    if (index < 0 || index >= rows.length) return;
    setAt(index);
    const card = () => body.current?.querySelector<HTMLElement>(`[data-card="${index}"]`);
    if (card()) return card()!.focus();
    list.scrollToIndex(index);
    requestAnimationFrame(() => card()?.focus());
  }, [rows.length, list]);
  const press = (event: React.KeyboardEvent<HTMLElement>, row: CaseRow, index: number) => {
    if (event.target !== event.currentTarget) return;
    const side = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (event.key === 'Enter') open(row);
    else if (event.key === 'ArrowDown' || event.key === 'j') step(index + 1);
    else if (event.key === 'ArrowUp' || event.key === 'k') step(index - 1);
    else if (side !== 0 && event.shiftKey) { if (canAct) shift(row, side); }
    else if (side !== 0) beside(stage.id, index, side);
    else if (event.key === 'm') event.currentTarget.querySelector<HTMLElement>('.move-menu')?.click();
    else return;
    event.preventDefault();
  };
  const cardOf = (row: CaseRow, index: number) => (
    <div
      key={row.id} data-card={index} tabIndex={index === Math.min(at, rows.length - 1) ? 0 : -1} className="board-card" role="listitem" draggable={canAct} aria-describedby={canAct ? 'board-keys' : undefined}
      onKeyDown={(event) => press(event, row, index)} onFocus={() => setAt(index)}
      onDragStart={(event) => { event.dataTransfer.setData('text/plain', row.customer_name); event.dataTransfer.effectAllowed = 'move'; hold(row); }}
    >
      <Card row={row} now={now} query={query} />
    </div>
  );
  return (
    <section
      className="board-column" data-column={stage.id} data-goal={isGoal || undefined} data-away={(isHeld && !isGoal) || undefined} data-over={(over && isGoal) || undefined} aria-label={say(stage.name)}
      onDragOver={(event) => { if (isGoal) { event.preventDefault(); setOver(true); } }} onDragLeave={() => setOver(false)} onDrop={(event) => { event.preventDefault(); setOver(false); drop(); }}
    >
      <h2 className="board-head"><span className="clip">{say(stage.name)}</span><span className="number quiet">{total === undefined ? '' : count(total)}</span></h2>
      <div className="board-body" ref={body} role="list" aria-label={say(stage.name)}>
        {error && !data && <div role="listitem"><Fault error={error} what={say(stage.name)} again={() => void refetch()} /></div>}
        {!data && !error && <div role="listitem" className="stack">{[0, 1, 2].map((index) => <Bone key={index} w="100%" h={96} />)}</div>}
        {data && rows.length === 0 && <div role="listitem" className="board-none small quiet">{t(closed ? 'cases.column_closed_none' : 'cases.column_none')}</div>}
        {virtual ? (
          <div style={{ height: list.getTotalSize(), position: 'relative' }} role="presentation">
            {items.map((item) => <div key={item.key} ref={list.measureElement} data-index={item.index} role="presentation" style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${item.start}px)` }}>{cardOf(rows[item.index]!, item.index)}</div>)}
          </div>
        ) : rows.map(cardOf)}
      </div>
    </section>
  );
}

/** Drawn again only when its own case changes. */
const Card = memo(function Card({ row, now, query }: { row: CaseRow; now: string; query: URLSearchParams }) {
  return <CaseCard row={row} now={now} query={query} board />;
});
