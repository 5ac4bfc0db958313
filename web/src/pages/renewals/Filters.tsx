// Which contracts: due when, whose, in which band, judged how, decided or not, by name. All of it stands in the address.

import { Input, Segmented, Select } from 'antd';
import { useEffect, useState } from 'react';
import type { Query } from '../../api/client';
import type { RenewalList, RenewalMonths } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';

export const FILTERS = ['month', 'owner', 'band', 'judgement', 'answer', 'state', 'search'];
const STATES = ['open', 'decided', 'contradicted', 'all'];
const BANDS = ['critical', 'high', 'medium', 'low', 'unknown'];
const INTENTIONS = ['renew', 'shrink', 'unsure', 'leave', 'none'];

/** What is asked of the server; the board has its own stages beside each other. */
export function filterOf(query: URLSearchParams, isBoard: boolean): Query {
  const keys = FILTERS.filter((key) => !isBoard || key !== 'state');
  return Object.fromEntries(keys.map((key) => [key, query.get(key)]));
}

interface FiltersProps { query: URLSearchParams; set: (change: Record<string, string | null>) => void; list?: RenewalList; months?: RenewalMonths; isBoard: boolean }

export function Filters({ query, set, list, months, isBoard }: FiltersProps) {
  const { t, month, count } = useSay();
  const judged = (key: string) => list?.judgement_counts.find((one) => one.key === key)?.count;
  const pick = (key: string, label: string, options: { value: string; label: string }[], width = 132) => (
    <Select allowClear showSearch={{ optionFilterProp: 'label' }} value={query.get(key)} placeholder={label} aria-label={label} style={{ width }} popupMatchSelectWidth={200} onChange={(next: string | undefined) => set({ [key]: next ?? null })} options={options} />
  );
  return (
    <div className="filters">
      {!isBoard && <Segmented value={query.get('state') ?? 'open'} onChange={(next) => set({ state: next === 'open' ? null : next })} aria-label={t('col.state')} options={STATES.map((one) => ({ value: one, label: t(`renewal.state.${one}`) }))} />}
      <Search query={query} set={set} />
      {pick('month', t('renewal.all_months'), (months?.months ?? []).filter((one) => one.due.count > 0).map((one) => ({ value: one.month, label: month(one.month, true) })))}
      {pick('owner', t('col.owner'), [...(list?.owners ?? []).map((one) => ({ value: one, label: one })), { value: '-', label: t('owner.none') }])}
      {pick('band', t('renewal.all_bands'), BANDS.map((one) => ({ value: one, label: t(`band.${one}`) })))}
      {pick('judgement', t('renewal.judged'), INTENTIONS.map((one) => ({ value: one, label: `${t(`renewal.says.${one}`)}${judged(one) === undefined ? '' : ` ${count(judged(one)!)}`}` })), 156)}
      {pick('answer', t('renewal.answered'), INTENTIONS.map((one) => ({ value: one, label: t(`renewal.answers.${one}`) })), 156)}
    </div>
  );
}

function Search({ query, set }: Pick<FiltersProps, 'query' | 'set'>) {
  const { t } = useSay();
  const told = query.get('search') ?? '';
  const [search, setSearch] = useState(told);
  useEffect(() => setSearch(told), [told]);
  return <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('renewal.search')} aria-label={t('renewal.search')} value={search} onChange={(event) => { setSearch(event.target.value); if (event.target.value === '') set({ search: null }); }} onPressEnter={() => set({ search })} onBlur={() => { if (search !== told) set({ search }); }} style={{ width: 176 }} />;
}
