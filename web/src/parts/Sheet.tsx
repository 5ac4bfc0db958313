// The one table. Rows beyond a screenful are virtual, so a hundred thousand scroll like fifty; on a phone each row
// becomes a card. Keys: j k move, enter opens.

import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useDeferredValue, useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode, type RefObject } from 'react';
import { useScroller } from '../frame/moment';
import { useNarrow } from '../frame/narrow';
import { useSay } from '../words/say';
import { Icon } from './Icon';
import { useListKeys } from './keys';
import { leastWidth } from './tracks';

export interface Column<Row> {
  key: string;
  title: ReactNode;
  /** Track of the grid: `minmax(200px, 2fr)`, `96px`. */
  width: string;
  right?: boolean;
  /** Name of the sort the server knows. */
  sort?: string;
  cell: (row: Row, index: number) => ReactNode;
}

interface SheetProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  open?: (row: Row) => void;
  active?: string | number | null;
  card?: (row: Row, index: number) => ReactNode;
  sort?: { by: string; order: 'asc' | 'desc'; set: (by: string) => void };
  /** Called when the end comes into sight. */
  more?: () => void;
  hasMore?: boolean;
  total?: number;
  rowHeight?: number;
  /** In a narrower place it scrolls inside its card, its head with it; what the columns need at least when absent. */
  minWidth?: number;
  /** Rows may be taller than `rowHeight`: they are measured. */
  grows?: boolean;
  stale?: boolean;
  keys?: boolean;
}

const VIRTUAL_FROM = 60;

/** Whether a place is narrower than what stands in it. */
function useTight(place: RefObject<HTMLElement | null>, least: number): boolean {
  const [isTight, setTight] = useState(false);
  useLayoutEffect(() => {
    const box = place.current;
    if (!box || least === 0) return setTight(false);
    const look = () => setTight(box.clientWidth < least);
    look();
    const watch = new ResizeObserver(look);
    watch.observe(box);
    return () => watch.disconnect();
  }, [place, least]);
  return isTight;
}

export function Sheet<Row>(props: SheetProps<Row>) {
  const { columns, rows, rowKey, open, card, rowHeight = 48, keys = true } = props;
  const { t, count } = useSay();
  const narrow = useNarrow();
  const asCards = narrow && card !== undefined;
  const grows = asCards || props.grows === true;
  const scroller = useScroller();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const virtual = rows.length > VIRTUAL_FROM;
  const tracks = columns.map((column) => column.width).join(' ');
  const least = asCards ? 0 : (props.minWidth ?? (narrow ? 0 : leastWidth(columns.map((column) => column.width))));
  const frame = useRef<HTMLDivElement>(null);
  const isTight = useTight(frame, least);

  useLayoutEffect(() => {
    if (!body.current || !scroller) return;
    setMargin(body.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop);
  }, [scroller, rows.length === 0, asCards]);

  const list = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => scroller,
    estimateSize: () => (asCards ? 104 : rowHeight),
    overscan: 2,
    scrollMargin: margin,
    getItemKey: (index) => rowKey(rows[index]!),
  });
  // Newcomers are drawn in slices, so that a long way at once keeps nobody's finger waiting; meanwhile rows may have become fewer.
  const items = useDeferredValue(list.getVirtualItems()).filter((item) => item.index < rows.length);
  const lastSeen = items.at(-1)?.index ?? -1;
  const { more, hasMore } = props;
  useEffect(() => {
    if (hasMore && more && lastSeen >= rows.length - 40) more();
  }, [lastSeen, rows.length, hasMore, more]);

  const reveal = useCallback(
    (index: number) => {
      if (virtual) list.scrollToIndex(index, { align: 'auto' });
      else body.current?.children[index]?.scrollIntoView({ block: 'nearest' });
    },
    [virtual, list],
  );
  const at = useListKeys(keys ? rows.length : 0, (index) => open?.(rows[index]!), reveal);
  const chosen = (row: Row, index: number) => (props.active !== undefined && props.active !== null ? rowKey(row) === props.active : index === at);

  const rowOf = (row: Row, index: number, top?: number) => (
    <SheetRow
      key={rowKey(row)} row={row} index={index} top={top} columns={columns} tracks={tracks} height={rowHeight} card={asCards ? card : undefined}
      active={chosen(row, index)} opens={open !== undefined} measure={top !== undefined && grows ? list.measureElement : undefined}
    />
  );
  // One listener for all rows; what is a link or a control of its own acts for itself.
  const click = (event: React.MouseEvent) => {
    const target = event.target as Element;
    if (!open || target.closest('a,button,input,label')) return;
    const row = rows[Number(target.closest<HTMLElement>('[data-index]')?.dataset.index ?? -1)];
    if (row) open(row);
  };

  return (
    <div ref={frame} className={isTight ? 'card sheet-scroll' : 'card'} style={props.stale ? { opacity: 0.6 } : undefined}>
      <div role="table" aria-label={props.label} aria-rowcount={(props.total ?? rows.length) + 1} aria-busy={props.stale} style={least > 0 ? { minWidth: least } : undefined}>
        {!asCards && <SheetHead columns={columns} tracks={tracks} sort={props.sort} />}
        {virtual ? (
          <div role="rowgroup" ref={body} onClick={click} style={{ height: list.getTotalSize(), position: 'relative' }}>
            {items.map((item) => rowOf(rows[item.index]!, item.index, item.start - margin))}
          </div>
        ) : (
          <div role="rowgroup" ref={body} onClick={click}>{rows.map((row, index) => rowOf(row, index))}</div>
        )}
      </div>
      {hasMore && <div className="sheet-foot">{t('state.more', { shown: count(rows.length), total: count(props.total ?? rows.length) })}</div>}
    </div>
  );
}

interface SheetRowProps<Row> {
  row: Row;
  index: number;
  /** Where a virtual row stands; others stand in the flow. */
  top?: number;
  columns: Column<Row>[];
  tracks: string;
  height: number;
  card?: (row: Row, index: number) => ReactNode;
  active: boolean;
  opens: boolean;
  measure?: (element: Element | null) => void;
}

/** A heading that changes (how many are chosen) changes no row below it. */
function sameRow<Row>({ columns: before, ...was }: SheetRowProps<Row>, { columns: after, ...is }: SheetRowProps<Row>) {
  const sameCells = before === after || (before.length === after.length && before.every((column, at) => column.cell === after[at]!.cell && column.right === after[at]!.right));
  return sameCells && (Object.keys(is) as (keyof typeof is)[]).every((key) => Object.is(was[key], is[key]));
}

/** Drawn again only when its own row changes, so that scrolling draws nothing but newcomers. */
const SheetRow = memo(function SheetRow<Row>({ row, index, top, columns, tracks, height, card, active, opens, measure }: SheetRowProps<Row>) {
  const place: CSSProperties = top === undefined ? {} : { position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${top}px)` };
  return (
    <div
      ref={measure} data-index={index} role="row" aria-rowindex={index + 2} data-opens={opens ? '' : undefined} data-active={active}
      className={card ? 'sheet-row sheet-card' : 'sheet-row sheet-grid'}
      style={card ? place : { gridTemplateColumns: tracks, ...(measure || top === undefined ? { minHeight: height } : { height }), ...place }}
    >
      {card ? <div role="cell">{card(row, index)}</div> : columns.map((column) => (
        <div key={column.key} role="cell" className={column.right ? 'sheet-cell right' : 'sheet-cell'}>{column.cell(row, index)}</div>
      ))}
    </div>
  );
}, sameRow) as <Row>(props: SheetRowProps<Row>) => ReactNode;

function SheetHead<Row>({ columns, tracks, sort }: { columns: Column<Row>[]; tracks: string; sort: SheetProps<Row>['sort'] }) {
  return (
    <div role="rowgroup" className="sheet-head">
      <div role="row" className="sheet-grid" style={{ gridTemplateColumns: tracks }}>
        {columns.map((column) => {
          const on = column.sort !== undefined && sort?.by === column.sort;
          return (
            <div key={column.key} role="columnheader" className={column.right ? 'right nowrap' : 'nowrap'}
              aria-sort={on ? (sort.order === 'asc' ? 'ascending' : 'descending') : undefined}>
              {column.sort && sort ? (
                <button type="button" onClick={() => sort.set(column.sort!)}>
                  {column.title}
                  {on && <Icon name={sort.order === 'asc' ? 'up' : 'down'} size={14} />}
                </button>
              ) : column.title}
            </div>
          );
        })}
      </div>
    </div>
  );
}
