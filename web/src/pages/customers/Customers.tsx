// Find anybody, see where everybody stands: search, filter, sort; a hundred thousand rows scroll freely.

import { Input, Select } from 'antd';
import { memo, useCallback, useEffect, useMemo, useState } from 'react';
import { useCustomers } from '../../api/reading';
import { useSegments, useTags } from '../../api/segments';
import type { CustomerList, CustomerRow } from '../../api/types';
import { useGo, useMoment, usePageState } from '../../frame/moment';
import { Value } from '../../parts/Amount';
import { BANDS, Band, BandShape, Change, Health } from '../../parts/Band';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { BringBack, Export, Head } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { Spark } from '../../parts/Spark';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { Tick } from '../../parts/Tick';
import { useSay } from '../../words/say';
import { CustomerTabs } from '../segments/Tabs';
import { filterIn, NARROWS } from './opening';
import { TagBulk } from './TagBulk';

const TIERS = ['high', 'middle', 'low'];
const STATES = ['current', 'too_new', 'gone'] as const;
const WORST_FIRST: Record<string, 'asc' | 'desc'> = { name: 'asc', health: 'asc', change: 'asc', value: 'desc', last_seen: 'asc', risk: 'desc' };

export default function CustomersPage() {
  const { t, count } = useSay();
  const [query, set] = usePageState();
  const go = useGo();
  const filter = useMemo(() => filterIn(query), [query]);
  const { data, error, refetch, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useCustomers(filter);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const first = data?.pages[0];
  const sortBy = query.get('sort') ?? 'risk';
  const order = (query.get('order') as 'asc' | 'desc' | null) ?? WORST_FIRST[sortBy] ?? 'asc';
  const sort = {
    by: sortBy, order,
    set: (by: string) => set({ sort: by, order: by === sortBy ? (order === 'asc' ? 'desc' : 'asc') : (WORST_FIRST[by] ?? 'asc') }),
  };
  const filtered = NARROWS.some((key) => query.get(key));
  const { canAct } = useMoment();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const columns = useColumns(first?.as_of, canAct, rows, chosen, setChosen);

  return (
    <div className="page">
      <CustomerTabs />
      <Head
        title={t('nav.customers')}
        sentence={first ? <Sentence list={first} filtered={filtered} /> : t('nav.customers')}
        sub={first && <States list={first} />}
        acts={<><Export what="customers" query={filter} /><BringBack /></>}
      />
      <Filters list={first} query={query} set={set} />
      {error && !data && <Fault error={error} what={t('nav.customers')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={12} />}
      {data && rows.length === 0 && (
        <div className="card">
          {filtered
            ? <Empty title={t('customers.none_match')} acts={<button type="button" className="chip" onClick={() => set(Object.fromEntries(NARROWS.map((key) => [key, null])))}>{t('act.clear_filters')}</button>}>{t('customers.none_match_text')}</Empty>
            : <Empty title={t('customers.none')}>{t('customers.none_text')}</Empty>}
        </div>
      )}
      {rows.length > 0 && (
        <Sheet
          label={t('nav.customers')} columns={columns} rows={rows} rowKey={(row) => row.id} total={first?.total} rowHeight={56} minWidth={1000}
          sort={sort} stale={isPlaceholderData} open={(row) => go(customerAddress(row.id))}
          more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} hasMore={data?.pages.at(-1)?.next_cursor != null}
          card={(row) => <Card row={row} asOf={first?.as_of} />}
        />
      )}
      {rows.length > 0 && first && rows.length === first.total && <div className="sheet-foot">{t('state.all_shown', { count: first.total, shown: count(first.total) })}</div>}
      {canAct && chosen.size > 0 && <TagBulk ids={[...chosen]} clear={() => setChosen(new Set())} />}
    </div>
  );
}

function Sentence({ list, filtered }: { list: CustomerList; filtered: boolean }) {
  const { t, count } = useSay();
  const atRisk = list.band_counts.filter((one) => one.key === 'high' || one.key === 'critical').reduce((all, one) => all + one.count, 0);
  return <>{t(filtered ? 'customers.sentence_filtered' : 'customers.sentence', { count: list.total, shown: count(list.total), risk: count(atRisk) })}</>;
}

function States({ list }: { list: CustomerList }) {
  const { t, count } = useSay();
  const of = (key: string) => list.state_counts.find((one) => one.key === key)?.count ?? 0;
  const all = list.state_counts.reduce((sum, one) => sum + one.count, 0);
  return <span>{t('customers.states', { all: count(all), current: count(of('current')), too_new: count(of('too_new')), gone: count(of('gone')) })}</span>;
}

interface FiltersProps { list: CustomerList | undefined; query: URLSearchParams; set: (change: Record<string, string | null>) => void }

/** Drawn again when what narrows the list changes, and not for each page of rows that is read further. */
const Filters = memo(function Filters({ list, query, set }: FiltersProps) {
  const { t, count } = useSay();
  const told = query.get('search') ?? '';
  const [search, setSearch] = useState(told);
  useEffect(() => setSearch(told), [told]);
  useEffect(() => {
    if (search === told) return undefined;
    const wait = setTimeout(() => set({ search }), 200);
    return () => clearTimeout(wait);
  }, [search]);
  const chosen = new Set((query.get('band') ?? '').split(',').filter(Boolean));
  const toggle = (band: string) => {
    const next = new Set(chosen);
    if (!next.delete(band)) next.add(band);
    set({ band: [...next].join(',') });
  };
  const number = (band: string) => list?.band_counts.find((one) => one.key === band)?.count;
  return (
    <div className="filters">
      <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('customers.search')} aria-label={t('customers.search')} value={search} onChange={(event) => setSearch(event.target.value)} style={{ width: 240 }} />
      {[...BANDS, 'unknown'].map((band) => (
        <button key={band} type="button" className="chip" aria-pressed={chosen.has(band)} onClick={() => toggle(band)}>
          <BandShape band={band === 'unknown' ? null : band} size={10} />
          {t(`band.${band}`)}
          <span className="number">{number(band) === undefined ? '' : count(number(band)!)}</span>
        </button>
      ))}
      <Select
        allowClear showSearch placeholder={t('col.owner')} aria-label={t('col.owner')} style={{ width: 140 }} value={query.get('owner')} onChange={(owner: string | undefined) => set({ owner: owner ?? null })}
        options={[{ value: '-', label: t('owner.none') }, ...(list?.owners ?? []).map((owner) => ({ value: owner, label: owner }))]}
      />
      <Select
        allowClear placeholder={t('customers.state_default')} aria-label={t('col.state')} style={{ width: 132 }} value={query.get('state')} onChange={(state: string | undefined) => set({ state: state ?? null })}
        options={STATES.map((state) => ({ value: state, label: t(`standing.${state}`) }))}
      />
      <Belonging query={query} set={set} list={list} />
      <button type="button" className="chip" aria-pressed={query.get('has_alert') === 'true'} onClick={() => set({ has_alert: query.get('has_alert') === 'true' ? null : 'true' })}>{t('customers.has_alert')}</button>
    </div>
  );
});

/** Segment, tier of value, tag; a cell of RFM where one was chosen elsewhere. */
function Belonging({ list, query, set }: FiltersProps) {
  const { t, say, count } = useSay();
  const { data: segments } = useSegments();
  const { data: tags } = useTags();
  const rfm = query.get('rfm');
  const tierCount = (tier: string) => list?.tier_counts.find((one) => one.key === tier)?.count;
  return (
    <>
      <Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('segments.segment')} aria-label={t('segments.segment')} style={{ width: 152 }} value={query.get('segment')} onChange={(segment: string | undefined) => set({ segment: segment ?? null })}
        options={(segments?.segments ?? []).map((one) => ({ value: one.id, label: `${say(one.name)} ${count(one.count)}` }))} />
      <Select allowClear placeholder={t('col.tier')} aria-label={t('col.tier')} style={{ width: 124 }} value={query.get('tier')} onChange={(tier: string | undefined) => set({ tier: tier ?? null })}
        options={[...TIERS, 'unknown'].map((tier) => ({ value: tier, label: `${t(`tier.${tier}`)} ${tierCount(tier) === undefined ? '' : count(tierCount(tier)!)}` }))} />
      {((tags?.length ?? 0) > 0 || query.get('tag')) && (
        <Select allowClear showSearch placeholder={t('tags.tag')} aria-label={t('tags.tag')} style={{ width: 124 }} value={query.get('tag')} onChange={(tag: string | undefined) => set({ tag: tag ?? null })}
          options={(tags ?? []).map((one) => ({ value: one.tag, label: `${one.tag} ${count(one.count)}` }))} />
      )}
      {rfm && <button type="button" className="chip" aria-pressed="true" onClick={() => set({ rfm: null })}>RFM {t(`rfm_cell.${rfm}`)}<Icon name="close" size={12} /></button>}
    </>
  );
}

function useColumns(asOf: string | undefined, canAct: boolean, rows: CustomerRow[], chosen: ReadonlySet<string>, choose: (next: ReadonlySet<string>) => void): Column<CustomerRow>[] {
  const say = useSay();
  const { t } = say;
  const mark = useCallback((row: CustomerRow) => {
    const toggle = () => {
      const next = new Set(chosen);
      if (!next.delete(row.id)) next.add(row.id);
      choose(next);
    };
    return <Tick label={t('alerts.select', { name: row.name })} checked={chosen.has(row.id)} set={toggle} />;
  }, [t, chosen, choose]);
  const pick = useMemo<Column<CustomerRow>>(() => {
    const all = rows.length > 0 && rows.every((row) => chosen.has(row.id));
    const title = <Tick label={t('tags.select_all')} checked={all} partly={chosen.size > 0 && !all} set={(on) => choose(new Set(on ? rows.map((row) => row.id) : []))} />;
    return { key: 'pick', width: '16px', title, cell: mark };
  }, [t, rows, chosen, choose, mark]);
  const hasRisk = rows.some((row) => row.risk != null);
  const rest = useMemo<Column<CustomerRow>[]>(() => [
    { key: 'band', title: t('col.band'), width: '76px', sort: 'risk', cell: (row) => <Band verdict={row.verdict} /> },
    { key: 'name', title: t('col.customer'), width: 'minmax(180px, 1.4fr)', sort: 'name', cell: (row) => <div><CustomerName id={row.id} name={row.name} />{row.tags.length > 0 && <div className="customer-tags">{row.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}</div>}</div> },
    { key: 'health', title: t('col.health'), width: '52px', right: true, sort: 'health', cell: (row) => <Health verdict={row.verdict} asOf={asOf} /> },
    ...(hasRisk ? [{ key: 'risk', title: t('risk.column'), width: '56px', right: true, cell: (row: CustomerRow) => (row.risk ? <Hint say={() => t('risk.column_hint', { days: row.risk?.horizon_days, model: row.risk?.model })}><span className="number">{say.share(row.risk.risk, row.risk.risk < 0.1 ? 1 : 0)}</span></Hint> : <span className="quiet">—</span>) }] : []),
    { key: 'change', title: t('col.change'), width: '64px', right: true, sort: 'change', cell: (row) => <Change points={row.health_change_30d} /> },
    { key: 'trend', title: t('col.trend'), width: '80px', cell: (row) => <Spark values={row.trend} span={30} label={t('col.trend')} colour={`var(--band-${row.verdict.band ?? 'unknown'})`} /> },
    { key: 'reason', title: t('col.reason'), width: 'minmax(132px, 1.2fr)', cell: (row) => <div className="soft clip-2" title={say.say(row.reason)}>{row.reason ? say.sentence(row.reason) : <span className="quiet">{row.standing.state === 'current' ? t('customers.no_reason') : t(`standing.${row.standing.state}`)}</span>}</div> },
    { key: 'value', title: t('col.value'), width: '84px', right: true, sort: 'value', cell: (row) => <div><Value figure={row.value} asOf={asOf} />{row.tier && <div className={row.tier === 'high' ? 'small soft nowrap' : 'small quiet nowrap'} title={row.rfm ? `RFM ${t(`rfm_cell.${row.rfm}`)}` : undefined}>{t(`tier.${row.tier}`)}</div>}</div> },
    { key: 'owner', title: t('col.owner'), width: '92px', cell: (row) => <span className={row.owner ? 'soft clip' : 'quiet clip'}>{row.owner ?? t('owner.none')}</span> },
    { key: 'seen', title: t('col.last_seen'), width: '84px', right: true, sort: 'last_seen', cell: (row) => row.standing.last_seen_at ? <span className="soft nowrap" title={say.dayTime(row.standing.last_seen_at)}>{say.near(row.standing.last_seen_at, asOf ?? row.standing.last_seen_at).replace(/ \d{2}:\d{2}$/, '')}</span> : <span className="quiet">{t('customers.never_seen')}</span> },
  ], [say, t, asOf, hasRisk]);
  return useMemo(() => (canAct ? [pick, ...rest] : rest), [canAct, pick, rest]);
}

function Card({ row, asOf }: { row: CustomerRow; asOf?: string }) {
  const { sentence, t } = useSay();
  return (
    <div style={{ display: 'grid', gap: 4 }}>
      <div className="line"><CustomerName id={row.id} name={row.name} /><span className="push" /><Value figure={row.value} asOf={asOf} /></div>
      <div className="line small"><Band verdict={row.verdict} /><span className="quiet">{t('col.health')} <Health verdict={row.verdict} asOf={asOf} /></span><span className="push quiet clip">{row.owner ?? t('owner.none')}</span></div>
      {row.reason && <div className="soft small clip">{sentence(row.reason)}</div>}
      {row.tags.length > 0 && <div className="customer-tags">{row.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}</div>}
    </div>
  );
}
