// What is listed: by where it stands, severity, case, owner, rule and name; and the filters that a person keeps.

import { Input, Segmented, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useDefinitions } from '../../api/reading';
import type { AlertList, DeskPage } from '../../api/types';
import { useNarrow } from '../../frame/narrow';
import { Icon } from '../../parts/Icon';
import { Severity } from '../../parts/Severity';
import { Views } from '../../parts/Views';
import { useSay } from '../../words/say';
import { FILTERS } from './opening';

/** What a saved view keeps. */
const KEPT = [...FILTERS, 'state', 'sort'];
const SEVERITIES = ['urgent', 'warning', 'info'];
const STANDINGS = ['desk', 'below', 'snoozed', 'notice'];
const CASE_STATES = ['new', 'accepted', 'closed'];
type SetState = (change: Record<string, string | null>) => void;

interface FiltersProps { query: URLSearchParams; set: SetState; list?: AlertList; desk?: DeskPage; lines: boolean }

export function Filters({ query, set, list, desk, lines }: FiltersProps) {
  const { t, say, count } = useSay();
  const { data: definitions } = useDefinitions();
  const narrow = useNarrow();
  const told = query.get('search') ?? '';
  const [search, setSearch] = useState(told);
  useEffect(() => setSearch(told), [told]);
  useEffect(() => {
    if (search === told) return undefined;
    const wait = setTimeout(() => set({ search }), 200);
    return () => clearTimeout(wait);
  }, [search]);
  const rules = definitions?.filter((one) => one.sort === 'rule') ?? [];
  const toggle = (key: string, value: string) => set({ [key]: query.get(key) === value ? null : value });
  const number = (counts: { key: string; count: number }[] | undefined, key: string) => counts?.find((one) => one.key === key)?.count;
  const shown = (found: number | undefined) => (found === undefined ? '' : count(found));
  const record = (rule: string) => desk?.rules.find((one) => one.rule === rule);
  return (
    <div className="filters">
      <Views page="alerts" keys={KEPT} query={query} set={set} />
      <Segmented value={query.get('state') ?? 'open'} onChange={(state) => set({ state: state === 'open' ? null : state, standing: null, sort: null })} aria-label={t('col.state')}
        options={['open', 'resolved', 'all'].map((state) => ({ value: state, label: t(`alerts.${state}`) }))} />
      <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('alerts.search')} aria-label={t('alerts.search')} value={search} onChange={(event) => setSearch(event.target.value)} style={{ width: narrow ? 160 : 180 }} />
      {lines && STANDINGS.map((standing) => {
        const found = number(desk?.standing_counts, standing);
        if (!found && query.get('standing') !== standing) return null;
        return (
          <button key={standing} type="button" className="chip" title={t(`desk.standing_means.${standing}`)} aria-pressed={query.get('standing') === standing} onClick={() => toggle('standing', standing)}>
            {t(`desk.standing.${standing}`)} <span className="number">{shown(found)}</span>
          </button>
        );
      })}
      {SEVERITIES.map((severity) => (
        <button key={severity} type="button" className="chip" aria-pressed={query.get('severity') === severity} onClick={() => toggle('severity', severity)}>
          <Severity severity={severity} word /><span className="number">{shown(number(list?.severity_counts, severity))}</span>
        </button>
      ))}
      {CASE_STATES.slice(0, query.get('state') ? 3 : 2).map((state) => (
        <button key={state} type="button" className="chip" aria-pressed={query.get('case_state') === state} onClick={() => toggle('case_state', state)}>
          {t(`case_state.${state}`)} <span className="number">{shown(number(list?.case_state_counts, state))}</span>
        </button>
      ))}
      <Select allowClear showSearch placeholder={t('col.owner')} aria-label={t('col.owner')} style={{ width: 132 }} value={query.get('owner')} onChange={(owner: string | undefined) => set({ owner: owner ?? null })}
        options={[{ value: '-', label: t('owner.none') }, ...(list?.owners ?? []).map((owner) => ({ value: owner, label: owner }))]} />
      <Select allowClear placeholder={t('alerts.all_rules')} aria-label={t('alerts.all_rules')} style={{ width: 168 }} popupMatchSelectWidth={320} value={query.get('rule')} onChange={(rule: string | undefined) => set({ rule: rule ?? null })}
        options={rules.map((rule) => ({ value: rule.id, label: say(rule.name), record: record(rule.id) }))}
        optionRender={(option) => <RuleOption name={String(option.label)} record={option.data.record} />} />
    </div>
  );
}

function RuleOption({ name, record }: { name: string; record?: { opened: number; acted: number; false_alarms: number } }) {
  const { t } = useSay();
  return (
    <div>
      <div className="clip">{name}</div>
      {record && <div className="small quiet">{t('desk.record', { opened: record.opened, acted: record.acted, false_alarms: record.false_alarms })}</div>}
    </div>
  );
}
