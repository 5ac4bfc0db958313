// One column of a board: its cards, only those in sight drawn; carried by mouse or by keys. What a column holds, what a card
// shows and what a move asks belong to the page.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useSay } from '../words/say';
import './board.css';
import { Bone, Fault } from './States';

/** Fewer than this many are all drawn. */
const VIRTUAL_FROM = 40;

/** What a column holds, page by page. */
export interface Held<Row> {
  rows: Row[];
  total?: number;
  read: boolean;
  error: unknown;
  again: () => void;
  more: () => void;
  hasMore: boolean;
  busy: boolean;
}

interface ColumnProps<Row> {
  id: string;
  name: string;
  /** Said where it is empty. */
  none: string;
  held: Held<Row>;
  rowKey: (row: Row) => string | number;
  nameOf: (row: Row) => string;
  card: (row: Row) => ReactNode;
  /** Whether the card that is carried may come here. */
  isGoal: boolean;
  /** Whether a card of another column is carried. */
  isHeld: boolean;
  canAct: boolean;
  hold: (row: Row | null) => void;
  drop: () => void;
  shift: (row: Row, step: 1 | -1) => void;
  beside: (column: string, index: number, step: 1 | -1) => void;
  open: (row: Row) => void;
}

export function BoardColumn<Row>({ id, name, none, held, rowKey, nameOf, card, isGoal, isHeld, canAct, hold, drop, shift, beside, open }: ColumnProps<Row>) {
  const { count } = useSay();
  const { rows, total, more, hasMore, busy } = held;
  const body = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const [at, setAt] = useState(0);
  const virtual = rows.length > VIRTUAL_FROM;
  const list = useVirtualizer({ count: virtual ? rows.length : 0, getScrollElement: () => body.current, estimateSize: () => 128, overscan: 6, gap: 8, getItemKey: (index) => rowKey(rows[index]!) });
  const items = list.getVirtualItems();
  const last = virtual ? (items.at(-1)?.index ?? -1) : rows.length - 1;
  useEffect(() => {
    if (hasMore && !busy && virtual && last >= rows.length - 10) more();
  }, [last, rows.length, virtual, hasMore, busy, more]);
  const step = useCallback((index: number) => {
    if (index < 0 || index >= rows.length) return;
    setAt(index);
    const found = () => body.current?.querySelector<HTMLElement>(`[data-card="${index}"]`);
    if (found()) return found()!.focus();
    list.scrollToIndex(index);
    requestAnimationFrame(() => found()?.focus());
  }, [rows.length, list]);
  const press = (event: React.KeyboardEvent<HTMLElement>, row: Row, index: number) => {
    if (event.target !== event.currentTarget) return;
    const side = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (event.key === 'Enter') open(row);
    else if (event.key === 'ArrowDown' || event.key === 'j') step(index + 1);
    else if (event.key === 'ArrowUp' || event.key === 'k') step(index - 1);
    else if (side !== 0 && event.shiftKey) { if (canAct) shift(row, side); }
    else if (side !== 0) beside(id, index, side);
    else if (event.key === 'm') event.currentTarget.querySelector<HTMLElement>('.move-menu')?.click();
    else return;
    event.preventDefault();
  };
  const cardOf = (row: Row, index: number) => (
    <div
      key={rowKey(row)} data-card={index} tabIndex={index === Math.min(at, rows.length - 1) ? 0 : -1} className="board-card" role="listitem" draggable={canAct} aria-describedby={canAct ? 'board-keys' : undefined}
      onKeyDown={(event) => press(event, row, index)} onFocus={() => setAt(index)}
      onDragStart={(event) => { event.dataTransfer.setData('text/plain', nameOf(row)); event.dataTransfer.effectAllowed = 'move'; hold(row); }}
    >
      {card(row)}
    </div>
  );
  return (
    <section
      className="board-column" data-column={id} data-goal={isGoal || undefined} data-away={(isHeld && !isGoal) || undefined} data-over={(over && isGoal) || undefined} aria-label={name}
      onDragOver={(event) => { if (isGoal) { event.preventDefault(); setOver(true); } }} onDragLeave={() => setOver(false)} onDrop={(event) => { event.preventDefault(); setOver(false); drop(); }}
    >
      <h2 className="board-head"><span className="clip">{name}</span><span className="number quiet">{total === undefined ? '' : count(total)}</span></h2>
      <div className="board-body" ref={body} role="list" aria-label={name}>
        {held.error !== null && !held.read && <div role="listitem"><Fault error={held.error} what={name} again={held.again} /></div>}
        {!held.read && held.error === null && <div role="listitem" className="stack">{[0, 1, 2].map((index) => <Bone key={index} w="100%" h={96} />)}</div>}
        {held.read && rows.length === 0 && <div role="listitem" className="board-none small quiet">{none}</div>}
        {virtual ? (
          <div style={{ height: list.getTotalSize(), position: 'relative' }} role="presentation">
            {items.map((item) => <div key={item.key} ref={list.measureElement} data-index={item.index} role="presentation" style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${item.start}px)` }}>{cardOf(rows[item.index]!, item.index)}</div>)}
          </div>
        ) : rows.map(cardOf)}
      </div>
    </section>
  );
}

/** What a board keeps: the card that is carried, and the way from a card to the one beside it. */
export function useBoard<Row>() {
  const board = useRef<HTMLDivElement>(null);
  const [carried, carry] = useState<Row | null>(null);
  const beside = useCallback((id: string, index: number, step: 1 | -1) => {
    const columns = [...(board.current?.querySelectorAll<HTMLElement>('[data-column]') ?? [])];
    const from = columns.findIndex((column) => column.dataset.column === id);
    const ahead = step === 1 ? columns.slice(from + 1) : columns.slice(0, from).reverse();
    for (const column of ahead) {
      const cards = [...column.querySelectorAll<HTMLElement>('[data-card]')];
      const goal = cards.find((card) => Number(card.dataset.card) >= index) ?? cards.at(-1);
      if (goal) return goal.focus();
    }
    return undefined;
  }, []);
  useEffect(() => {
    // What was dropped anywhere else is carried no longer.
    const end = () => carry(null);
    document.addEventListener('dragend', end);
    return () => document.removeEventListener('dragend', end);
  }, []);
  return { board, carried, carry, beside };
}
