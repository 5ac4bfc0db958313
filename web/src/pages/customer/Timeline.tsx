// What happened, newest first. Facts as they came; equal ones of a day are folded.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTimeline } from '../../api/reading';
import type { CustomerPage, TimelineEntry } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { Bone, Fault } from '../../parts/States';
import { useSay, type Say } from '../../words/say';
import { kindsIn } from './opening';
import { Touched } from './Touched';

export function Timeline({ page }: { page: CustomerPage }) {
  const { t, count } = useSay();
  const [query, set] = usePageState();
  const kinds = useMemo(() => kindsIn(query), [query]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useTimeline(page.row.id, kinds);
  const entries = useMemo(() => data?.pages.flatMap((one) => one.rows) ?? [], [data]);
  const toggle = (kind: string) => {
    const next = new Set(kinds);
    if (!next.delete(kind)) next.add(kind);
    set({ kind: [...next].join(',') });
  };
  return (
    <section className="card timeline" aria-label={t('timeline.title')}>
      <div className="timeline-head">
        <h2>{t('timeline.title')}</h2>
        <div className="filters">
          {page.fact_counts.map((one) => (
            <button key={one.key} type="button" className="chip" aria-pressed={kinds.includes(one.key)} onClick={() => toggle(one.key)}>
              {t(`kind.${one.key}`, { defaultValue: one.key })} <span className="number">{count(one.count)}</span>
            </button>
          ))}
        </div>
      </div>
      {error && !data && <Fault error={error} what={t('timeline.title')} again={() => void refetch()} />}
      {!data && !error && <div className="stack" style={{ padding: 20 }}><Bone w="70%" /><Bone w="50%" /><Bone w="64%" /></div>}
      {data && entries.length === 0 && <p className="quiet part-empty">{t('timeline.none')}</p>}
      {entries.length > 0 && <Entries customer={page.row.id} entries={entries} asOf={page.as_of} more={() => { if (hasNextPage && !isFetchingNextPage) void fetchNextPage(); }} />}
    </section>
  );
}

function Entries({ customer, entries, asOf, more }: { customer: string; entries: TimelineEntry[]; asOf: string; more: () => void }) {
  const { t, month, zone, day } = useSay();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  const list = useVirtualizer({
    count: entries.length, getScrollElement: () => box.current, estimateSize: () => 44, overscan: 10,
    getItemKey: (index) => entries[index]!.id, initialRect: { width: 800, height: 520 },
  });
  const items = list.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= entries.length - 20) more();
  }, [last, entries.length]);
  const monthOf = (entry: TimelineEntry | undefined) => (entry ? isoMonth(entry.occurred_at, zone) : '');
  return (
    <div className="timeline-box" ref={box} tabIndex={0} role="list" aria-label={t('timeline.title')}>
      <div style={{ height: list.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const entry = entries[item.index]!;
          const isFirst = monthOf(entry) !== monthOf(entries[item.index - 1]);
          return (
            <div key={item.key} ref={list.measureElement} data-index={item.index} className="timeline-item" role="listitem" style={{ transform: `translateY(${item.start}px)` }}>
              {isFirst && <div className="timeline-month small quiet" title={day(entry.occurred_at)}>{month(monthOf(entry), true)}</div>}
              <Entry customer={customer} entry={entry} asOf={asOf} open={open === entry.id} toggle={() => setOpen(open === entry.id ? null : entry.id)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const isoMonth = (at: string, zone: string) => new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' }).format(new Date(at)).slice(0, 7);

/** What kind of value it is decides how it is written. */
function valueOf(entry: TimelineEntry, say: Say): string {
  if (entry.value == null) return '';
  if (entry.kind === 'order' || entry.kind === 'payment' || entry.kind === 'contract') {
    return entry.currency ? `${entry.currency} ${say.count(entry.value, 2)}` : say.moneyWhole(entry.value);
  }
  if (entry.kind === 'survey_response') return say.t('timeline.points', { count: entry.value });
  return say.count(entry.value, 2);
}

function Entry({ customer, entry, asOf, open, toggle }: { customer: string; entry: TimelineEntry; asOf: string; open: boolean; toggle: () => void }) {
  const say = useSay();
  const { t } = say;
  const properties = Object.entries(entry.properties);
  return (
    <div className="entry">
      <button type="button" className="entry-line" onClick={toggle} aria-expanded={open}>
        <span className={`entry-dot kind-${entry.kind}`} aria-hidden="true" />
        <span className="entry-name">
          <span className="entry-title">{t(`event.${entry.name}`, { defaultValue: entry.name || t(`kind.${entry.kind}`, { defaultValue: entry.kind }) })}</span>
          {entry.count > 1 && <span className="tag">×{say.count(entry.count)}</span>}
          {entry.text ? <span className="soft clip">“{entry.text}”</span> : <span className="quiet small clip">{properties.slice(0, 3).map(([, value]) => value).filter(Boolean).join(' · ')}</span>}
        </span>
        <span className="number soft">{valueOf(entry, say)}</span>
        <span className="entry-when small quiet" title={say.dayTime(entry.occurred_at)}>{say.near(entry.occurred_at, asOf)}</span>
      </button>
      {open && (
        <dl className="entry-more small">
          {entry.text && <div><dt>{t('timeline.text')}</dt><dd>{entry.text}</dd></div>}
          {properties.map(([key, value]) => <div key={key}><dt>{key}</dt><dd>{value ?? <span className="quiet">{t('timeline.removed')}</span>}</dd></div>)}
          <div><dt>{t('timeline.occurred_at')}</dt><dd className="number">{say.dayTime(entry.occurred_at)}</dd></div>
          <div><dt>{t('timeline.known_at')}</dt><dd className="number">{say.dayTime(entry.known_at)}</dd></div>
          <div><dt>{t('timeline.recorded_at')}</dt><dd className="number">{say.dayTime(entry.recorded_at)}</dd></div>
          <div><dt>{t('explain.source')}</dt><dd>{entry.source}</dd></div>
        </dl>
      )}
      {open && <Touched customer={customer} entry={entry} asOf={asOf} />}
    </div>
  );
}
