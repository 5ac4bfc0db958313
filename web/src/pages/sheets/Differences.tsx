// Cell by cell: what stands, what the file says, and what may become of it.

import { useMemo } from 'react';
import type { SheetDifference, SheetDifferences, Words } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { CustomerName } from '../../parts/CustomerName';
import { Sheet, type Column } from '../../parts/Sheet';
import { Empty } from '../../parts/States';
import { Tick } from '../../parts/Tick';
import { useSay } from '../../words/say';

/** What was decided against the rule: changes are taken unless left out, conflicts are left unless overwritten. */
export interface Chosen { overwrite: ReadonlySet<string>; leave: ReadonlySet<string> }

const STATES = ['all', 'change', 'conflict', 'rejected'] as const;

const isTaken = (cell: SheetDifference, chosen: Chosen) => (cell.state === 'change' ? !chosen.leave.has(cell.id) : cell.state === 'conflict' && chosen.overwrite.has(cell.id));

/** How many cells would be changed. */
export const taken = (cells: SheetDifference[], chosen: Chosen): number => cells.filter((cell) => isTaken(cell, chosen)).length;

interface DifferencesProps { told: SheetDifferences; chosen: Chosen; choose: (chosen: Chosen) => void }

export function Differences({ told, chosen, choose }: DifferencesProps) {
  const { t, count } = useSay();
  const [query, set] = usePageState();
  const show = query.get('show') ?? 'all';
  const rows = useMemo(() => told.cells.filter((cell) => show === 'all' || cell.state === show), [told, show]);
  const counts: Record<string, number> = { change: told.change_count, conflict: told.conflict_count, rejected: told.rejected_count };
  const all = told.change_count + told.conflict_count + told.rejected_count;
  const toggle = (cell: SheetDifference) => {
    const turned = (ids: ReadonlySet<string>) => {
      const next = new Set(ids);
      if (!next.delete(cell.id)) next.add(cell.id);
      return next;
    };
    choose(cell.state === 'change' ? { ...chosen, leave: turned(chosen.leave) } : { ...chosen, overwrite: turned(chosen.overwrite) });
  };
  const mark = (cell: SheetDifference) => cell.state !== 'rejected' && <Tick label={t('sheets.take_this', { row: cell.row, field: t(`sheets.field.${cell.field}`) })} checked={isTaken(cell, chosen)} set={() => toggle(cell)} />;
  const columns: Column<SheetDifference>[] = [
    { key: 'take', title: '', width: '16px', cell: mark },
    { key: 'row', title: t('sheets.row'), width: '56px', right: true, cell: (cell) => <span className="quiet">{cell.row}</span> },
    { key: 'customer', title: t('col.customer'), width: 'minmax(150px, 1.1fr)', cell: (cell) => <Whose cell={cell} /> },
    { key: 'what', title: t('sheets.what'), width: '96px', cell: (cell) => t(`sheets.field.${cell.field}`) },
    { key: 'becomes', title: t('sheets.becomes'), width: 'minmax(220px, 1.6fr)', cell: (cell) => <FromTo {...cell} refused={cell.state === 'rejected'} /> },
    { key: 'note', title: t('sheets.note'), width: 'minmax(180px, 1.4fr)', cell: (cell) => <Note cell={cell} /> },
  ];
  if (all === 0) return <div className="card"><Empty title={t('sheets.nothing')} /></div>;
  return (
    <>
      <div className="filters">
        {STATES.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={show === one} onClick={() => set({ show: one === 'all' ? null : one })}>
            {t(`sheets.show.${one}`)}<span className="number">{count(one === 'all' ? all : counts[one]!)}</span>
          </button>
        ))}
      </div>
      {rows.length === 0 ? <div className="card"><Empty title={t('sheets.none_here')} scene={false} /></div> : (
        <Sheet label={t('sheets.page')} columns={columns} rows={rows} rowKey={(cell) => cell.id} rowHeight={52} grows minWidth={900} keys={false}
          card={(cell) => (
            <div className="sheets-card">
              <div className="line">{mark(cell)}<Whose cell={cell} /><span className="push small quiet nowrap">{t('sheets.row')} {cell.row}</span></div>
              <div className="line small wrap"><span className="quiet">{t(`sheets.field.${cell.field}`)}</span><FromTo {...cell} refused={cell.state === 'rejected'} /></div>
              <Note cell={cell} />
            </div>
          )} />
      )}
      {all > told.cells.length && <div className="sheet-foot">{t('sheets.capped', { shown: count(told.cells.length) })}</div>}
    </>
  );
}

function Whose({ cell }: { cell: SheetDifference }) {
  return cell.customer_id ? <CustomerName id={cell.customer_id} name={cell.customer} /> : <span className="clip quiet">{cell.customer}</span>;
}

/** What stood and what it becomes. */
export function FromTo({ field, was, becomes, refused = false }: { field: string; was?: Words | null; becomes?: Words | null; refused?: boolean }) {
  const { t, say } = useSay();
  const text = (words: Words | null | undefined) => (words ? say(words) : t(field === 'owner' ? 'owner.none' : 'sheets.empty'));
  if (!was && !becomes) return null;
  return (
    <span className="sheets-change" title={t('sheets.from_to', { was: text(was), becomes: text(becomes) })}>
      <span className={was ? 'soft' : 'quiet'}>{text(was)}</span>
      <span className="quiet" aria-hidden="true">→</span>
      <span className={refused ? 'quiet sheets-refused' : becomes ? 'strong' : 'soft'}>{text(becomes)}</span>
    </span>
  );
}

function Note({ cell }: { cell: SheetDifference }) {
  const { t, say, dayTime } = useSay();
  if (cell.state === 'rejected') return <span className="small at-risk">{say(cell.why)}</span>;
  if (cell.state !== 'conflict') return null;
  const parts = [
    cell.exported && t('sheets.was_exported', { exported: say(cell.exported) }),
    cell.changed_by && cell.changed_at && t('sheets.changed_by', { who: cell.changed_by, when: dayTime(cell.changed_at) }),
  ];
  return <span className="small sheets-conflict">{parts.filter(Boolean).join(' · ')}</span>;
}
