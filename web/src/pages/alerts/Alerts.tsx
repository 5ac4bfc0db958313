// Every open reason to look at a customer: filter, accept one or many, close, export.

import { App, Button, Checkbox, Input, Segmented, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useAlerts, useCaseWork, useDefinitions } from '../../api/reading';
import type { AlertList, AlertRow } from '../../api/types';
import { useGo, useMoment, usePageState } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Value } from '../../parts/Amount';
import { Band } from '../../parts/Band';
import { CaseButton, Clock } from '../../parts/CaseWork';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Severity } from '../../parts/Severity';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import './alerts.css';

const SEVERITIES = ['urgent', 'warning', 'info'];
const CASE_STATES = ['new', 'accepted', 'closed'];
type SetState = (change: Record<string, string | null>) => void;

export default function AlertsPage() {
  const { t } = useSay();
  const [query, set] = usePageState();
  const go = useGo();
  const { canAct } = useMoment();
  const filter = useMemo(() => ({
    state: query.get('state'), severity: query.get('severity'), case_state: query.get('case_state'), owner: query.get('owner'), rule: query.get('rule'), search: query.get('search'),
  }), [query]);
  const { data, error, refetch, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useAlerts(filter);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const first = data?.pages[0];
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const columns = useColumns(first?.as_of, canAct, rows, chosen, setChosen);
  const filtered = ['severity', 'case_state', 'owner', 'rule', 'search'].some((key) => query.get(key));

  return (
    <div className="page">
      <Head title={t('nav.alerts')} sentence={first ? <Sentence list={first} /> : t('nav.alerts')} acts={<Export what="alerts" query={filter} />} />
      <Filters query={query} set={set} list={first} />
      {error && !data && <Fault error={error} what={t('nav.alerts')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={10} />}
      {data && rows.length === 0 && (
        <div className="card">
          {filtered
            ? <Empty title={t('alerts.none_match')} acts={<button type="button" className="chip" onClick={() => set({ severity: null, case_state: null, owner: null, rule: null, search: null })}>{t('act.clear_filters')}</button>} />
            : <Empty title={t('alerts.none')}>{t('alerts.none_text')}</Empty>}
        </div>
      )}
      {rows.length > 0 && (
        <Sheet
          label={t('nav.alerts')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={56} minWidth={1000} total={first?.total} stale={isPlaceholderData}
          open={(row) => go(customerAddress(row.customer_id))} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} hasMore={data?.pages.at(-1)?.next_cursor != null}
          card={(row) => <Card row={row} now={first?.as_of ?? row.opened_at} />}
        />
      )}
      {chosen.size > 0 && <Bulk rows={rows.filter((row) => chosen.has(row.id))} clear={() => setChosen(new Set())} />}
    </div>
  );
}

function Sentence({ list }: { list: AlertList }) {
  const { t, count } = useSay();
  if (list.total === 0) return <>{t('alerts.sentence_none')}</>;
  const fresh = list.case_state_counts.find((one) => one.key === 'new')?.count ?? 0;
  return <>{t('alerts.sentence', { count: list.total, shown: count(list.total), fresh: count(fresh) })}</>;
}

function Filters({ query, set, list }: { query: URLSearchParams; set: SetState; list?: AlertList }) {
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
  const number = (counts: { key: string; count: number }[] | undefined, key: string) => {
    const found = counts?.find((one) => one.key === key)?.count;
    return found === undefined ? '' : count(found);
  };
  return (
    <div className="filters">
      <Segmented value={query.get('state') ?? 'open'} onChange={(state) => set({ state: state === 'open' ? null : state })} aria-label={t('col.state')}
        options={['open', 'resolved', 'all'].map((state) => ({ value: state, label: t(`alerts.${state}`) }))} />
      <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('alerts.search')} aria-label={t('alerts.search')} value={search} onChange={(event) => setSearch(event.target.value)} style={{ width: narrow ? 160 : 200 }} />
      {SEVERITIES.map((severity) => (
        <button key={severity} type="button" className="chip" aria-pressed={query.get('severity') === severity} onClick={() => toggle('severity', severity)}>
          <Severity severity={severity} word /><span className="number">{number(list?.severity_counts, severity)}</span>
        </button>
      ))}
      {CASE_STATES.slice(0, query.get('state') ? 3 : 2).map((state) => (
        <button key={state} type="button" className="chip" aria-pressed={query.get('case_state') === state} onClick={() => toggle('case_state', state)}>
          {t(`case_state.${state}`)} <span className="number">{number(list?.case_state_counts, state)}</span>
        </button>
      ))}
      <Select allowClear showSearch placeholder={t('col.owner')} aria-label={t('col.owner')} style={{ width: 140 }} value={query.get('owner')} onChange={(owner: string | undefined) => set({ owner: owner ?? null })}
        options={[{ value: '-', label: t('owner.none') }, ...(list?.owners ?? []).map((owner) => ({ value: owner, label: owner }))]} />
      <Select allowClear placeholder={t('alerts.all_rules')} aria-label={t('alerts.all_rules')} style={{ width: 168 }} value={query.get('rule')} onChange={(rule: string | undefined) => set({ rule: rule ?? null })}
        options={rules.map((rule) => ({ value: rule.id, label: say(rule.name) }))} />
    </div>
  );
}

const acceptable = (row: AlertRow) => row.case_id !== null && row.case_state === 'new';
const workOf = (row: AlertRow) => ({ id: row.case_id!, state: row.case_state ?? 'closed', customer: row.customer_name });

function useColumns(asOf: string | undefined, canAct: boolean, rows: AlertRow[], chosen: ReadonlySet<number>, choose: (next: ReadonlySet<number>) => void): Column<AlertRow>[] {
  const say = useSay();
  const { t } = say;
  return useMemo(() => {
    const now = asOf ?? new Date(0).toISOString();
    const free = rows.filter(acceptable);
    const toggle = (id: number) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      choose(next);
    };
    const pick: Column<AlertRow> = {
      key: 'pick', width: '20px',
      title: <Checkbox aria-label={t('alerts.select_all')} disabled={free.length === 0} checked={free.length > 0 && free.every((row) => chosen.has(row.id))} indeterminate={chosen.size > 0 && !free.every((row) => chosen.has(row.id))}
        onChange={(event) => choose(new Set(event.target.checked ? free.map((row) => row.id) : []))} />,
      cell: (row) => (acceptable(row) ? <Checkbox aria-label={t('alerts.select', { name: row.customer_name })} checked={chosen.has(row.id)} onChange={() => toggle(row.id)} /> : null),
    };
    const rest: Column<AlertRow>[] = [
      { key: 'severity', title: t('col.severity'), width: '72px', cell: (row) => <Severity severity={row.severity} word faded={row.state === 'resolved'} /> },
      { key: 'customer', title: t('col.customer'), width: 'minmax(160px, 1.2fr)', cell: (row) => <div><CustomerName id={row.customer_id} name={row.customer_name} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div> },
      { key: 'alert', title: t('col.alert'), width: 'minmax(200px, 2fr)', cell: (row) => <div><div className="clip" title={say.say(row.sentence)}>{say.sentence(row.sentence)}</div><div className="small quiet clip">{say.say(row.rule_name)}</div></div> },
      { key: 'band', title: t('col.band'), width: '80px', cell: (row) => <Band verdict={row.verdict} /> },
      { key: 'value', title: t('col.value'), width: '84px', right: true, cell: (row) => <Value figure={row.value} asOf={asOf} /> },
      { key: 'opened', title: t('col.opened'), width: '88px', cell: (row) => <span className="small soft nowrap" title={say.dayTime(row.opened_at)}>{say.near(row.opened_at, now)}</span> },
      { key: 'clock', title: t('col.clock'), width: '108px', cell: (row) => <Standing row={row} now={now} /> },
      { key: 'act', title: '', width: say.lang === 'zh' ? '64px' : '88px', right: true, cell: (row) => (row.case_id !== null && row.case_state !== 'closed' ? <CaseButton work={workOf(row)} /> : null) },
    ];
    return canAct ? [pick, ...rest] : rest;
  }, [say, t, asOf, canAct, rows, chosen, choose]);
}

function Standing({ row, now }: { row: AlertRow; now: string }) {
  const { t, near } = useSay();
  if (row.state === 'resolved') return <span className="small quiet">{t(`resolution.${row.resolution ?? 'cleared'}`)}{row.resolved_at && <><br />{near(row.resolved_at, now)}</>}</span>;
  return (
    <div>
      {row.due_at && <Clock due={row.due_at} now={now} />}
      {row.case_state && <div className="small quiet">{t(`case_state.${row.case_state}`)}</div>}
    </div>
  );
}

function Card({ row, now }: { row: AlertRow; now: string }) {
  const { say, sentence, t } = useSay();
  return (
    <div style={{ display: 'grid', gap: 4 }}>
      <div className="line"><Band verdict={row.verdict} /><span className="push" />{row.due_at && row.state === 'open' && <Clock due={row.due_at} now={now} />}</div>
      <div className="line"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="push" /><Value figure={row.value} asOf={now} /></div>
      <div className="line">
        <div style={{ flex: 1, minWidth: 0 }}><div className="soft clip-2">{sentence(row.sentence)}</div><div className="small quiet line"><Severity severity={row.severity} />{say(row.rule_name)} · {row.owner ?? t('owner.none')}</div></div>
        {row.case_id !== null && row.case_state !== 'closed' && <CaseButton work={workOf(row)} size="middle" />}
      </div>
    </div>
  );
}

/** Accepting many: one by one, and what failed is said. */
function Bulk({ rows, clear }: { rows: AlertRow[]; clear: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const { accept } = useCaseWork();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    const ids = [...new Set(rows.map((row) => row.case_id!))];
    const results = [];
    for (const id of ids) results.push(await accept.mutateAsync({ id }).then(() => true, () => false));
    const failed = results.filter((fine) => !fine).length;
    if (failed < ids.length) void message.success(t('alerts.accepted', { count: ids.length - failed }));
    if (failed > 0) void message.error(t('alerts.failed', { count: failed }));
    setBusy(false);
    clear();
  };
  return (
    <div className="bulk" role="region" aria-label={t('alerts.selected', { count: rows.length })}>
      <span>{t('alerts.selected', { count: rows.length })}</span>
      <Button type="primary" loading={busy} onClick={() => void run()}>{t('alerts.accept_all')}</Button>
      <Button type="text" disabled={busy} onClick={clear}>{t('alerts.clear')}</Button>
    </div>
  );
}
