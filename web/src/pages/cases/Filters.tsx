// Which cases: whose, of which type, how far, late or not, by name. All of it stands in the address.

import { Input, Segmented, Select } from 'antd';
import { useEffect, useState } from 'react';
import type { Query } from '../../api/client';
import type { CaseList, CaseStage, CaseTypePage } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Icon } from '../../parts/Icon';
import { Views } from '../../parts/Views';
import { useSay, useSession } from '../../words/say';

export const FILTERS = ['who', 'type', 'stage', 'state', 'overdue', 'search'];
/** What a saved view keeps: the same for the board and the table. */
const KEPT = [...FILTERS, 'sort'];
const WHO = ['mine', 'team', 'pool', 'mentioned'];
const EVERY_STATE = 'new,accepted,closed';
const STATES = ['open', 'closed', 'all'];

/** What is asked of the server; the past knows how far a case was, and nothing else; a board has its stages beside each other. */
export function filterOf(query: URLSearchParams, asOf: string | null, isBoard = false): Query {
  const state = query.get('state') === 'all' ? EVERY_STATE : query.get('state');
  if (asOf !== null) return { state };
  const told = Object.fromEntries(['who', 'type', 'stage', 'overdue', 'search', 'sort'].map((key) => [key, query.get(key)]));
  return isBoard ? { ...told, stage: null } : { ...told, state };
}

/** Stages of the type that is asked for, else of all types, each id once; in the order of work. */
export function stagesOf(types: CaseTypePage | undefined, type: string | null): CaseStage[] {
  const order: Record<string, number> = { new: 0, accepted: 1, closed: 2 };
  const found = new Map<string, CaseStage>();
  for (const stage of (types?.types ?? []).filter((one) => !type || one.id === type).flatMap((one) => one.stages)) {
    if (!found.has(stage.id)) found.set(stage.id, stage);
  }
  return [...found.values()].sort((a, b) => (order[a.state] ?? 1) - (order[b.state] ?? 1));
}

export const countOf = (counts: { key: string; count: number }[] | undefined, key: string): number => counts?.find((one) => one.key === key)?.count ?? 0;

interface FiltersProps { query: URLSearchParams; set: (change: Record<string, string | null>) => void; list?: CaseList; types?: CaseTypePage; isBoard: boolean }

export function Filters({ query, set, list, types, isBoard }: FiltersProps) {
  const { t, say, count } = useSay();
  const { asOf } = useMoment();
  const narrow = useNarrow();
  const reaches = useSession()?.reaches;
  const toggle = (key: string, value: string) => set({ [key]: query.get(key) === value ? null : value });
  const state = query.get('state') ?? 'open';
  const shown = (key: string) => (key === 'team' ? (reaches ?? []).some((one) => one === 'team') || countOf(list?.who_counts, 'team') > 0 : key !== 'mentioned' || countOf(list?.who_counts, 'mentioned') > 0);
  const stages = stagesOf(types, query.get('type')).filter((one) => (state === 'all' ? true : (one.state === 'closed') === (state === 'closed')))
    .filter((one) => countOf(list?.stage_counts, one.id) > 0 || query.get('stage') === one.id);
  if (asOf !== null) return <div className="filters"><States state={state} set={set} /></div>;
  return (
    <div className="filters">
      <Views page="cases" keys={KEPT} query={query} set={set} />
      {!isBoard && <States state={state} set={set} />}
      <Search query={query} set={set} narrow={narrow} />
      {WHO.filter((key) => shown(key) || query.get('who') === key).map((key) => (
        <button key={key} type="button" className="chip" title={t(`cases.who_means.${key}`)} aria-pressed={query.get('who') === key} onClick={() => toggle('who', key)}>
          {t(`cases.who.${key}`)} <span className="number">{list ? count(countOf(list.who_counts, key)) : ''}</span>
        </button>
      ))}
      <button type="button" className="chip" aria-pressed={query.get('overdue') === 'true'} onClick={() => toggle('overdue', 'true')}>
        {t('cases.overdue')} <span className="number">{list ? count(list.overdue_count) : ''}</span>
      </button>
      {(types?.types.length ?? 0) > 1 && (
        <Select allowClear placeholder={t('cases.all_types')} aria-label={t('cases.type')} style={{ width: 148 }} popupMatchSelectWidth={220} value={query.get('type')} onChange={(type: string | undefined) => set({ type: type ?? null, stage: null })}
          options={types?.types.map((one) => ({ value: one.id, label: `${say(one.name)} ${list ? count(countOf(list.type_counts, one.id)) : ''}` }))} />
      )}
      {!isBoard && stages.map((stage) => (
        <button key={stage.id} type="button" className="chip" aria-pressed={query.get('stage') === stage.id} onClick={() => toggle('stage', stage.id)}>
          {say(stage.name)} <span className="number">{list ? count(countOf(list.stage_counts, stage.id)) : ''}</span>
        </button>
      ))}
    </div>
  );
}

function States({ state, set }: { state: string; set: FiltersProps['set'] }) {
  const { t } = useSay();
  return (
    <Segmented value={state} onChange={(next) => set({ state: next === 'open' ? null : next, stage: null })} aria-label={t('col.state')}
      options={STATES.map((one) => ({ value: one, label: t(`cases.state.${one}`) }))} />
  );
}

function Search({ query, set, narrow }: { query: URLSearchParams; set: FiltersProps['set']; narrow: boolean }) {
  const { t } = useSay();
  const told = query.get('search') ?? '';
  const [search, setSearch] = useState(told);
  useEffect(() => setSearch(told), [told]);
  useEffect(() => {
    if (search === told) return undefined;
    const wait = setTimeout(() => set({ search }), 200);
    return () => clearTimeout(wait);
  }, [search]);
  return <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('cases.search')} aria-label={t('cases.search')} value={search} onChange={(event) => setSearch(event.target.value)} style={{ width: narrow ? 160 : 200 }} />;
}
