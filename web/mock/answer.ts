// The pretended server: the paths of the API over the pretended firm. Used by `npm run dev` and by Vitest.

import { AUDIT, ORGANISATION, PERMISSIONS } from './staff';
import { valuePage } from './value';
import type {
  AlertList, ChurnOverview, CustomerList, CustomerPage, CycleStatus, DataPage, DefinitionRow, Figure, ImportJob,
  ImportPreview, LeaverRow, SearchHit, Session, Slice, TemplateOption, Today, TodayRow,
} from '../src/api/types';
import { cases, casesAfresh } from './cases';
import { byRisk, desk, deskAfresh, linesOf } from './desk';
import { afreshChurn, churnDefinitions, linesBy } from './churn';
import { followUps, followUpsAfresh } from './followUps';
import { renewals, renewalsAfresh } from './renewals';
import { afreshIndicators, indicators } from './indicators';
import { afreshIntake, intake } from './intake';
import { afreshTags, belongs, belonging, segmentsOf, tagsOf } from './segments';
import { learning, learningAfresh } from './learning';
import { models, modelsAfresh } from './models';
import { risks, shortOf } from './risk';
import { lookback } from './past';
import { reminders, remindersAfresh } from './reminders';
import { review, reviewAfresh } from './review';
import { afreshScorecards, saidOf, scorecards } from './scorecards';
import { afreshRules, ruling } from './rules';
import { sheets, sheetsAfresh } from './sheets';
import { noticeDoors, noticesAfresh } from './notices';
import { team, teamAfresh } from './team';
import { days, FIRM, FLOORS, NOW, OWNERS, people, riskAt, timelineOf, type One } from './firm';

export type Scene = 'firm' | 'empty' | 'setup' | 'signed_out' | 'many' | 'done' | 'broken';
export interface Asked { method: string; path: string; query: URLSearchParams; body: unknown; scene: Scene }
export interface Told { status: number; body: unknown; type?: string }

const ok = (body: unknown, status = 200): Told => ({ status, body });
const refuse = (status: number, code: string, detail: string, hint: string): Told => ({ status, body: { type: 'about:blank', title: code, status, code, detail, hint, request_id: '01JE8Z5Q9K' } });

const STAFF = { id: 1, name: '苏晚晴', email: 'admin@yunfan.example', role: 'admin', owner_key: null, unit_id: null, active: true };
let firm = { ...FIRM };
let signedIn = true;
let reach: Session['reach'] = 'all';
let cycleStart = 0;
const jobs: ImportJob[] = [];
const tokens = [{ id: 1, name: 'BI 取数', created_at: days.at(40), last_used_at: days.at(1), token: null as string | null }];
const staff = [STAFF, ...OWNERS.map((name, index) => ({ id: index + 2, name, email: `cs${index + 1}@yunfan.example`, role: index === 0 ? 'manager' : 'owner', owner_key: name, active: true }))];

/** Forgets what was done to it. */
export function afresh(): void {
  firm = { ...FIRM };
  signedIn = true;
  cycleStart = 0;
  jobs.length = 0;
  afreshIntake();
  afreshChurn();
  deskAfresh();
  followUpsAfresh();
  renewalsAfresh();
  remindersAfresh();
  casesAfresh();
  reviewAfresh();
  afreshTags();
  teamAfresh();
  noticesAfresh();
  sheetsAfresh();
  afreshIndicators();
  afreshRules();
  afreshScorecards();
  learningAfresh();
  modelsAfresh();
}

const everyone = (scene: Scene): One[] => (scene === 'empty' || scene === 'setup' ? [] : people(scene === 'many' ? 100_000 : 2_000));
const RANK: Record<string, number> = { critical: 0, high: 1, medium: 2, low: 3 };
const rank = (one: One) => RANK[one.row.verdict.band ?? ''] ?? 4;
const number = (figure: Figure) => figure.value ?? -1;

function counts<T>(list: T[], key: (one: T) => string, keys: readonly string[]) {
  const found = new Map(keys.map((one) => [one, 0]));
  for (const one of list) found.set(key(one), (found.get(key(one)) ?? 0) + 1);
  return [...found].map(([k, count]) => ({ key: k, count }));
}

function pageOf<T>(list: T[], query: URLSearchParams, limit = 50) {
  const from = Number(query.get('cursor') ?? 0);
  const size = Math.min(500, Number(query.get('limit') ?? limit));
  return { rows: list.slice(from, from + size), total: list.length, next_cursor: from + size < list.length ? String(from + size) : null };
}

const momentOf = (query: URLSearchParams) => {
  const told = query.get('as_of');
  return told ? (told.length === 10 ? `${told}T00:00:00+08:00` : told) : NOW;
};

function customers({ query, scene }: Asked): CustomerList {
  const all = everyone(scene);
  const search = (query.get('search') ?? '').toLowerCase();
  const states = (query.get('state') ?? 'current,too_new').split(',');
  const bands = (query.get('band') ?? '').split(',').filter(Boolean);
  const owner = query.get('owner');
  const before = all.filter(({ row }) =>
    states.includes(row.standing.state)
    && (!search || row.name.toLowerCase().includes(search) || row.id.toLowerCase().includes(search))
    && (!owner || (owner === '-' ? row.owner === null : row.owner === owner))
    && (query.get('has_alert') !== 'true' || row.open_alert_count > 0)
    && belongs(row, query));
  const list = before.filter(({ row }) => bands.length === 0 || bands.includes(row.verdict.band ?? 'unknown'));
  const sort = query.get('sort') ?? 'risk';
  const natural: Record<string, (a: One, b: One) => number> = {
    risk: (a, b) => rank(b) - rank(a) || (b.row.verdict.health ?? 101) - (a.row.verdict.health ?? 101),
    name: (a, b) => a.row.name.localeCompare(b.row.name, 'zh'),
    value: (a, b) => number(a.row.value) - number(b.row.value),
    health: (a, b) => (a.row.verdict.health ?? 101) - (b.row.verdict.health ?? 101),
    change: (a, b) => (a.row.health_change_30d ?? 0) - (b.row.health_change_30d ?? 0),
    last_seen: (a, b) => (a.row.standing.last_seen_at ?? '').localeCompare(b.row.standing.last_seen_at ?? ''),
  };
  const sign = (query.get('order') ?? (sort === 'risk' || sort === 'value' ? 'desc' : 'asc')) === 'asc' ? 1 : -1;
  list.sort((a, b) => sign * (natural[sort] ?? natural.risk!)(a, b));
  return {
    ...pageOf(list.map((one) => ({ ...one.row, tags: tagsOf(one.row), risk: shortOf(one.row) })), query),
    band_counts: counts(before, (one) => one.row.verdict.band ?? 'unknown', ['critical', 'high', 'medium', 'low', 'unknown']),
    state_counts: counts(all, (one) => one.row.standing.state, ['current', 'too_new', 'gone']),
    tier_counts: counts(list, (one) => one.row.tier ?? 'unknown', ['high', 'middle', 'low', 'unknown']),
    owners: OWNERS, as_of: momentOf(query),
  };
}

const open = (scene: Scene) => everyone(scene).filter((one) => one.kase && one.kase.state !== 'closed');

function today({ query, scene }: Asked): Today {
  const now = momentOf(query);
  const owner = query.get('owner');
  const list = scene === 'done' ? [] : open(scene).filter((one) => !owner || one.row.owner === owner).slice(0, scene === 'many' ? 400 : 26);
  const rows = list.map((one): TodayRow => {
    const due = one.kase!.act_by;
    const clock = due < now ? 'overdue' : due.slice(0, 10) === now.slice(0, 10) ? 'due_today' : 'on_time';
    return {
      customer: one.row, case_id: one.kase!.id, case_state: one.kase!.state, case_version: one.kase!.version, opened_at: one.kase!.opened_at, due_at: due, clock,
      severity: one.alerts[0]!.severity, sentences: one.alerts.map((alert) => alert.sentence), next_step: one.nextStep,
    };
  }).sort((a, b) => Number(b.clock === 'overdue') - Number(a.clock === 'overdue') || (RANK[a.customer.verdict.band ?? ''] ?? 4) - (RANK[b.customer.verdict.band ?? ''] ?? 4) || number(b.customer.value) - number(a.customer.value));
  const page = pageOf(rows, query, 20);
  return {
    as_of: now, ...page, due_count: rows.filter((row) => row.clock !== 'on_time').length, overdue_count: rows.filter((row) => row.clock === 'overdue').length,
    value_sum: rows.reduce((sum, row) => sum + (row.customer.value.value ?? 0), 0), value_unknown_count: rows.filter((row) => row.customer.value.value == null).length,
    closed_today_count: scene === 'done' ? 9 : everyone(scene).filter((one) => one.kase?.state === 'closed').length, unowned_count: rows.filter((row) => !row.customer.owner).length,
    good_news: scene === 'empty' ? [] : everyone(scene).filter((one) => (one.row.health_change_30d ?? 0) > 3 && one.row.verdict.band === 'low').slice(0, 2).map((one) => ({
      customer_id: one.row.id, customer_name: one.row.name, sentence: { zh: `健康分 30 天涨了 ${Math.round(one.row.health_change_30d!)} 分，登录回到往常`, en: `health up ${Math.round(one.row.health_change_30d!)} points in 30 days, logins back to normal` },
    })),
    computed_at: scene === 'empty' ? null : days.at(0, 0, 30),
    not_yet: scene === 'empty' ? { zh: '还没有任何动态。导入订单、登录或合同之后，这里会列出今天最需要跟进的客户。', en: 'There are no facts yet. Once orders, logins or contracts are imported, the customers who need you most will be listed here.' } : null,
    proof: { stage: 'untested', sentence: { zh: '◌ 未在贵司数据上回测', en: '◌ not yet backtested on your data' } },
  };
}

/** Logins around fourteen a week; whoever is at risk fell to a third of them nine weeks ago. */
function rhythmOf(one: One, now: string): CustomerPage['rhythm'] {
  const isOut = one.row.verdict.band === 'high' || one.row.verdict.band === 'critical';
  const weeks = Array.from({ length: 53 }, (_, week) => {
    const usual = 14 + (week % 5) - 2;
    const known = week >= 19;
    return { on: days.at(7 * (53 - week)).slice(0, 10), count: isOut && week >= 44 ? Math.round(usual / 3) : usual, expected: known ? 14 : null, low: known ? 6.4 : null, high: known ? 21.6 : null };
  });
  const last = weeks[52]!;
  return {
    indicator: 'login_fall', name: { zh: '登录下降的偶然率', en: 'Logins fallen by chance' }, as_of: now, weeks, is_out: isOut, changed_on: isOut ? weeks[44]!.on : null,
    sentence: isOut
      ? { zh: `比自己往常降了：近 7 天 ${last.count} 次，按往常和大家同期该有 14 次，约从 ${weeks[44]!.on} 那周起变成原来的 33%。没变的客户一年里只有 2% 会碰巧这样。`, en: `It has fallen against itself: ${last.count} in the last 7 days where 14 were to be expected, since about ${weeks[44]!.on} at 33% of what it was. Of customers that did not change 2% would seem so within a year.` }
      : { zh: `和自己往常一样：近 7 天 ${last.count} 次，按往常和大家同期该有 14 次。`, en: `As usual for itself: ${last.count} in the last 7 days where 14 were to be expected.` },
  };
}

function customer(one: One, now: string): CustomerPage {
  const facts = timelineOf(one);
  const before = one.history.at(-2)?.value ?? null;
  const change = Math.round(((one.row.verdict.health ?? 0) - (before ?? 0)) * 10) / 10;
  const parts = [Math.round(change * 6) / 10 - 0.8, 0.8];
  const moved = change === 0 ? [] : [...parts, Math.round((change - parts[0]! - parts[1]!) * 10) / 10].flatMap((points, index) => (one.contributions[index * 2] ? [{ ...one.contributions[index * 2]!, points }] : []));
  return {
    row: one.row, as_of: now, base: one.base, health_history: one.history, band_floors: FLOORS.map(([band, from]) => ({ band, from })), contributions: one.contributions,
    reasons: one.reasons, change: { before, moved }, indicators: one.indicators, rhythm: rhythmOf(one, now), traits: one.traits.map(([key, value]) => ({ key, value, since: days.at(120) })),
    alerts: one.alerts, cases: one.kase ? [one.kase] : [], scorecard: { zh: 'SaaS 健康分模型 · v1', en: 'SaaS scorecard · v1' }, scorecard_version: 'a1b2c3d4', judgements: saidOf(),
    other_healths: one.row.id.endsWith('7') ? [{ scorecard: 'large', name: { zh: '大客户健康分', en: 'Large accounts' }, verdict: { band: 'high', health: 41, coverage: 0.62, firmness: 'firm', unknown_because: null } }] : [],
    fact_counts: counts(facts, (fact) => fact.kind, []).sort((a, b) => b.count - a.count),
    tags: tagsOf(one.row).map((tag) => ({ tag, at: days.at(12), by: STAFF.name })), segments: segmentsOf(one.row),
  };
}

function alerts({ query, scene }: Asked): AlertList {
  const asked = query.get('state') ?? 'open';
  const search = (query.get('search') ?? '').toLowerCase();
  const asLines = query.get('lines') === 'true';
  const alike = everyone(scene).flatMap((one) => one.alerts);
  const rest = (asLines ? linesOf(alike) : alike).filter((alert) =>
    (asked === 'all' || alert.state === asked)
    && (!query.get('owner') || (query.get('owner') === '-' ? !alert.owner : alert.owner === query.get('owner')))
    && (!query.get('rule') || alert.rule === query.get('rule'))
    && (!query.get('standing') || alert.standing === query.get('standing'))
    && (!search || alert.customer_name.toLowerCase().includes(search)));
  const severity = query.get('severity');
  const caseState = query.get('case_state');
  const weight: Record<string, number> = { urgent: 0, warning: 1, info: 2 };
  const list = rest.filter((alert) => (!severity || severity.split(',').includes(alert.severity)) && (!caseState || caseState.split(',').includes(alert.case_state ?? 'none')))
    .sort((a, b) => (query.get('sort') === 'rank' ? byRisk(a, b) : weight[a.severity]! - weight[b.severity]! || b.opened_at.localeCompare(a.opened_at)));
  if (query.get('sort') === 'rank') list.forEach((alert, at) => { alert.rank = { ...alert.rank, place: at + 1 }; });
  return {
    ...pageOf(list, query), owners: OWNERS, as_of: momentOf(query),
    severity_counts: counts(rest.filter((alert) => !caseState || caseState === alert.case_state), (alert) => alert.severity, ['urgent', 'warning', 'info']),
    case_state_counts: counts(rest.filter((alert) => !severity || severity === alert.severity), (alert) => alert.case_state ?? 'none', ['new', 'accepted', 'closed', 'none']),
  };
}

function slices(list: One[], key: (one: One) => string, keys: string[]): Slice[] {
  const found = new Map<string, Slice>(keys.map((one) => [one, { key: one, count: 0, value_sum: 0, at_risk_count: 0, at_risk_value: 0 }]));
  for (const one of list) {
    const slice = found.get(key(one)) ?? { key: key(one), count: 0, value_sum: 0, at_risk_count: 0, at_risk_value: 0 };
    const risky = one.row.verdict.band === 'high' || one.row.verdict.band === 'critical';
    slice.count += 1;
    slice.value_sum += one.row.value.value ?? 0;
    slice.at_risk_count += risky ? 1 : 0;
    slice.at_risk_value += (one.row.value.value ?? 0) * (one.row.verdict.health == null ? 0.05 : riskAt(one.row.verdict.health));
    found.set(slice.key, slice);
  }
  return [...found.values()];
}

function leavers(scene: Scene, month: string): LeaverRow[] {
  return everyone(scene).filter((one) => one.row.standing.gone_at?.startsWith(month)).map(({ row }) => ({
    customer_id: row.id, customer_name: row.name, owner: row.owner, gone_at: row.standing.gone_at!, last_seen_at: row.standing.last_seen_at, value: row.value,
  }));
}

function churn({ query, scene }: Asked): ChurnOverview {
  const all = everyone(scene);
  const current = all.filter((one) => one.row.standing.state === 'current');
  let start = all.length - 40;
  const months = scene === 'empty' ? [] : ['2024-12', ...Array.from({ length: 12 }, (_, index) => `2025-${String(index + 1).padStart(2, '0')}`)].map((month, index) => {
    const left = leavers(scene, month).length;
    const row = { month, customers_at_start: start, left_count: left, rate: index === 0 ? null : left / start, unknown_because: index === 0 ? { zh: '历史不足：这个月的动态不完整', en: 'short history: facts of this month are incomplete' } : null, complete: month !== '2025-12' };
    start -= left;
    return row;
  });
  return {
    as_of: momentOf(query), churn: 'saas_silent', churn_name: { zh: '合同到期未续或 60 天无人登录', en: 'Contract lapsed or 60 days silent' },
    sentence: { zh: '合同到期 15 天未续，或连续 60 天没有任何人登录，即视为流失。', en: 'A customer has left when its contract lapsed 15 days ago unrenewed, or nobody logged in for 60 days.' },
    months, state_counts: counts(all, (one) => one.row.standing.state, ['current', 'too_new', 'gone']), customer_count: all.length,
    by_band: slices(current, (one) => one.row.verdict.band ?? 'unknown', ['critical', 'high', 'medium', 'low', 'unknown']),
    by_owner: slices(current, (one) => one.row.owner ?? '', []).sort((a, b) => b.at_risk_count - a.at_risk_count),
    by_product_line: scene !== 'empty', risk_horizon_days: scene === 'empty' ? null : 90,
    not_yet: scene === 'empty' ? { zh: '还没有动态，无法判断谁已流失。导入至少 60 天的历史之后再来看。', en: 'There are no facts yet. Come back once at least 60 days of history are imported.' } : null,
  };
}

function data(scene: Scene): DataPage {
  const source = (name: string, facts: number, kinds: [string, number][], recorded: number) => ({ name, facts, first_at: days.at(548), last_at: days.at(recorded), recorded_at: days.at(recorded), kinds: kinds.map(([key, count]) => ({ key, count })) });
  const past: ImportJob[] = [
    { id: 3, file_name: '2025-11 订单.xlsx', kind: 'orders', source: 'orders', state: 'done', started_at: days.at(1, 2, 5), finished_at: days.at(1, 2, 6), actor: '苏晚晴', received: 12_480, row_count: 12_480, accepted: 12_391, duplicates: 72, rejected: 17, warned: 6, can_cancel: false, can_undo: true, undone_at: null, facts: 4_120, conflicts: 0, earliest_changed_moment: days.at(33), findings: [], failure: null },
    { id: 2, file_name: 'helpdesk-export.csv', kind: 'tickets', source: 'helpdesk', state: 'done', started_at: days.at(6, 3, 30), finished_at: days.at(6, 3, 31), actor: '苏晚晴', received: 3_204, row_count: 3_204, accepted: 3_204, duplicates: 0, rejected: 0, warned: 0, can_cancel: false, can_undo: true, undone_at: null, facts: 3_204, conflicts: 0, earliest_changed_moment: days.at(200), findings: [], failure: null },
    { id: 1, file_name: '客户名单.csv', kind: 'customers', source: 'crm', state: 'failed', started_at: days.at(9, 3, 30), finished_at: days.at(9, 3, 30), actor: '苏晚晴', received: 0, row_count: null, accepted: 0, duplicates: 0, rejected: 0, warned: 0, can_cancel: false, can_undo: false, undone_at: null, facts: 0, conflicts: 0, earliest_changed_moment: null, findings: [], failure: { zh: '文件里没有客户编号一列', en: 'the file has no customer id column' } },
  ];
  const imports = [...jobs].reverse().map(progress);
  if (scene === 'empty') return { sources: [], imports, facts: 0, customers: 0 };
  return {
    sources: [source('product', 1_284_032, [['event', 1_284_032]], 0), source('crm', 18_204, [['contract', 3_820], ['trait', 12_004], ['contact_change', 2_380]], 1), source('helpdesk', 22_410, [['ticket', 22_410]], 6), source('billing', 31_877, [['payment', 27_757], ['order', 4_120]], 1), source('survey', 4_122, [['survey_response', 4_122]], 26)],
    imports: [...imports, ...past], facts: 1_360_645, customers: 2_000,
  };
}

/** Two seconds per import, told by the clock of the machine. */
function progress(job: ImportJob): ImportJob {
  const part = Math.min(1, (Date.now() - Number(jobStarts.get(job.id))) / 2000);
  if (part < 1) return { ...job, received: Math.round((job.row_count ?? 0) * part) };
  return { ...job, state: 'done', finished_at: NOW, received: job.row_count ?? 0, accepted: 2_361, duplicates: 24, rejected: 15, warned: 45, can_cancel: false, can_undo: true, facts: 1_204, earliest_changed_moment: days.at(200), findings: preview(job.file_name).findings };
}
const jobStarts = new Map<number, number>();

function preview(file: string, told: { kind?: string | null; mapping?: Record<string, string | null>; equal_rows?: string | null } = {}): ImportPreview {
  const guess: [string, string[], string | null][] = [
    ['客户编号', ['C10001', 'C10002', 'C10007'], 'customer_id'], ['订单号', ['SO-88121', 'SO-88122', 'SO-88140'], 'order_id'], ['下单时间', ['2025/11/02 10:21', '2025/11/02 10:40', '2025/11/03 09:02'], 'occurred_at'],
    ['金额', ['12,800.00', '3,600.00', '—'], 'value'], ['备注', ['续费', '', '增购 5 席'], null], ['销售', ['林婉清', '陈启明', '林婉清'], null],
  ];
  const columns = guess.map(([header, samples, field]) => ({ header, samples, field: told.mapping && header in told.mapping ? told.mapping[header]! : field, chosen: Boolean(told.mapping && header in told.mapping) }));
  const blocking = columns.some((column) => column.field === 'customer_id') ? [] : [{ code: 'missing_field', row: null, field: 'customer_id', detail: { zh: '没有哪一列是客户编号', en: 'No column is the customer id' }, hint: { zh: '为客户编号选一列', en: 'Choose a column for the customer id' } }];
  return {
    upload_id: 'u1', file_name: file, size: 284_120, format: 'csv', encoding: 'gb18030', sheets: [], sheet: null, kind: told.kind ?? 'orders', kinds: ['orders', 'events', 'customers', 'tickets', 'surveys', 'contracts', 'payments', 'follow-ups', 'snapshot', 'ledger'],
    fields: [['customer_id', '客户编号', 'Customer id', true], ['order_id', '订单号', 'Order number', true], ['occurred_at', '下单时间', 'Ordered at', true], ['value', '金额', 'Amount', false], ['currency', '币种', 'Currency', false], ['status', '状态', 'Status', false], ['product', '商品', 'Product', false]].map(([id, zh, en, required]) => ({ id: id as string, name: { zh: zh as string, en: en as string }, required: required as boolean })),
    columns, row_count: 2_400, accepted: blocking.length ? 0 : 2_361, duplicates: blocking.length ? 0 : 24, rejected: blocking.length ? 0 : 15, facts: blocking.length ? 0 : 1_204,
    good: blocking.length ? 0 : 2_340, warned: blocking.length ? 0 : 45, bad: blocking.length ? 0 : 15, conflicts: 0, equal_rows: told.equal_rows ?? 'each', saved_mapping: null, mapping_file: null,
    findings: blocking.length ? [] : [
      { code: 'bad_number', row: 318, field: '金额', detail: { zh: '“—”不是数', en: '“—” is not a number' }, hint: { zh: '改成数字，或留空', en: 'Write a number or leave it empty' } },
      { code: 'bad_time', row: 402, field: '下单时间', detail: { zh: '“13/32/2025”读不成日期', en: '“13/32/2025” is not a date' }, hint: { zh: '写成 2025-12-31 这样', en: 'Write it like 2025-12-31' } },
      { code: 'missing_customer', row: 977, field: '客户编号', detail: { zh: '客户编号是空的', en: 'The customer id is empty' }, hint: { zh: '补上客户编号', en: 'Fill in the customer id' } },
    ],
    finding_counts: blocking.length ? [] : [{ key: 'bad_number', count: 9 }, { key: 'bad_time', count: 4 }, { key: 'missing_customer', count: 2 }], blocking,
  };
}

const TEMPLATES: TemplateOption[] = [
  { id: 'saas', name: { zh: '软件与订阅服务', en: 'Software and subscriptions' }, about: { zh: '按合同续费，看使用、服务和关系', en: 'Contracts that renew; usage, service and relationship tell' }, noun: { zh: '客户', en: 'customer' }, noun_plural_en: 'customers', measure_zh: '家', owner_title: { zh: '客户经理', en: 'account manager' }, churn: [{ id: 'saas_silent', name: { zh: '到期或沉默', en: 'Lapsed or silent' }, sentence: { zh: '合同到期 15 天未续，或连续 60 天没有任何人登录，即视为流失。', en: 'Left when the contract lapsed 15 days ago unrenewed, or nobody logged in for 60 days.' } }, { id: 'contract_end', name: { zh: '合同到期', en: 'Contract end' }, sentence: { zh: '合同到期 15 天未续，即视为流失。', en: 'Left when the contract lapsed 15 days ago unrenewed.' } }], scorecard: 'saas' },
  { id: 'ecommerce', name: { zh: '零售与电商', en: 'Retail and e-commerce' }, about: { zh: '没有合同，看多久没买、买得多不多', en: 'No contract; recency and frequency tell' }, noun: { zh: '会员', en: 'member' }, noun_plural_en: 'members', measure_zh: '位', owner_title: { zh: '导购', en: 'advisor' }, churn: [{ id: 'no_order_90d', name: { zh: '90 天未下单', en: '90 days without an order' }, sentence: { zh: '连续 90 天没有下单，即视为流失。', en: 'Left when there was no order for 90 days.' } }], scorecard: 'ecommerce' },
  { id: 'general', name: { zh: '通用', en: 'General' }, about: { zh: '先看活动是否变少，之后再细调', en: 'Watches activity first; refine later' }, noun: { zh: '客户', en: 'customer' }, noun_plural_en: 'customers', measure_zh: '位', owner_title: { zh: '负责人', en: 'owner' }, churn: [{ id: 'silent_90d', name: { zh: '90 天无动态', en: '90 days silent' }, sentence: { zh: '连续 90 天没有任何动态，即视为流失。', en: 'Left when nothing happened for 90 days.' } }], scorecard: 'general' },
];

const DEFINITIONS: DefinitionRow[] = [
  { id: 'saas', sort: 'scorecard', name: { zh: 'SaaS 健康分模型', en: 'SaaS scorecard' }, sentence: { zh: '四个维度：使用活跃、续费与付款、服务体验、关系', en: 'Four dimensions: usage, renewal and payment, service, relationship' }, active: true },
  { id: 'saas_silent', sort: 'churn', name: { zh: '到期或沉默', en: 'Lapsed or silent' }, sentence: { zh: '合同到期 15 天未续，或连续 60 天没有任何人登录', en: 'Contract lapsed 15 days, or 60 days silent' }, active: true },
  { id: 'usage_drop', sort: 'rule', name: { zh: '使用骤降', en: 'Usage drop' }, sentence: { zh: '近 30 天登录天数不到往常一半', en: 'Login days fell below half the usual' }, active: true },
  { id: 'late_tickets', sort: 'rule', name: { zh: '工单超时', en: 'Late tickets' }, sentence: { zh: '有 2 张以上工单超时未回', en: 'Two or more tickets past due' }, active: true },
  ...people(8)[0]!.indicators.map((row) => ({ id: row.id, sort: 'indicator', name: row.name, sentence: row.question, active: true })),
];

function cycle(): CycleStatus {
  const part = cycleStart ? Math.min(1, (Date.now() - cycleStart) / 3000) : 1;
  const running = part < 1;
  return {
    state: running ? 'running' : 'idle', stage: running ? ['load', 'indicators', 'scores', 'alerts', 'record'][Math.floor(part * 5)]! : null, progress: running ? part : 1,
    last_as_of: days.at(0, 0, 30), last_finished_at: days.at(0, 0, 30), last_summary: { zh: '算完了：2,000 家客户，新增 4 条预警，解除 2 条', en: 'Done: 2,000 customers, 4 alerts opened, 2 cleared' }, last_plan: null, failure: null, next_at: days.at(-1, 0, 30),
  };
}

function session(scene: Scene): Session {
  const state = scene === 'setup' ? 'setup' : scene === 'signed_out' || !signedIn ? 'signed_out' : 'signed_in';
  return { state, staff: state === 'signed_in' ? STAFF : null, permissions: state === 'signed_in' ? PERMISSIONS : [], reach: reach, reaches: state === 'signed_in' ? ['mine', 'all'] : [], firm: state === 'setup' ? null : firm, value_name: state === 'signed_in' ? { zh: '合同年金额', en: 'Annual contract amount' } : null, templates: state === 'setup' ? TEMPLATES : [], timezone: 'Asia/Shanghai', now: NOW, version: '0.1.0' };
}

export function answer(asked: Asked): Told {
  const { method, path, query, scene, body } = asked;
  if (scene === 'broken' && path !== '/api/session') return refuse(500, 'internal', '', '');
  const door = intake(asked) ?? indicators(asked) ?? learning(asked) ?? scorecards(asked) ?? ruling(asked) ?? churnDefinitions(asked);
  if (door) return door;
  const reviewed = review(asked);
  if (reviewed) return reviewed;
  const renewed = renewals(asked, everyone(scene).map((one) => one.row));
  if (renewed) return renewed;
  const followed = followUps(asked, everyone(scene).map((one) => one.row));
  if (followed) return followed;
  const reminded = reminders(asked, everyone(scene).map((one) => one.row));
  if (reminded) return reminded;
  const brought = sheets(asked, everyone(scene).map((one) => one.row));
  if (brought) return brought;
  const sorted = belonging(asked, everyone(scene).map((one) => one.row), momentOf(query));
  if (sorted) return sorted;
  const done = desk(asked, everyone(scene).flatMap((one) => one.alerts));
  if (done) return done;
  const modelled = models(asked);
  if (modelled) return modelled;
  const risky = risks(asked, everyone(scene).map((one) => one.row), momentOf(query));
  if (risky) return risky;
  const told = noticeDoors(asked);
  if (told) return told;
  const grouped = team(asked);
  if (grouped) return grouped;
  const worked = cases(asked, everyone(scene));
  if (worked) return worked;
  const who = /^\/api\/customers\/([^/]+)(\/timeline)?$/.exec(path);
  if (who) {
    const one = everyone(scene).find((each) => each.row.id === decodeURIComponent(who[1]!));
    if (!one) return refuse(404, 'not_found', '没有这个客户', '检查编号,或用搜索找');
    if (!who[2]) return ok(customer(one, momentOf(query)));
    const kinds = (query.get('kind') ?? '').split(',').filter(Boolean);
    return ok(pageOf(timelineOf(one).filter((fact) => kinds.length === 0 || kinds.includes(fact.kind)), query, 100));
  }
  if (path === '/api/churn/lines/leavers') return ok(leavers(scene, query.get('month') ?? '').map((leaver, index) => ({ leaver, stayed: index % 2 === 0 })));
  const month = /^\/api\/churn\/(\d{4}-\d{2})$/.exec(path);
  if (month) return ok(leavers(scene, month[1]!));
  const job = /^\/api\/imports\/(\d+)$/.exec(path);
  if (job) return ok(data(scene).imports.find((one) => one.id === Number(job[1])));
  const back = /^\/api\/imports\/(\d+)\/(undo|cancel)$/.exec(path);
  if (back) {
    const one = data(scene).imports.find((each) => each.id === Number(back[1]))!;
    return ok(back[2] === 'undo' ? { facts: one.facts, earliest_changed_moment: one.earliest_changed_moment, import: { ...one, state: 'undone' } } : { ...one, state: 'cancelled' });
  }
  if (/^\/api\/definitions\/.*\/source$/.test(path)) return { status: 200, type: 'text/plain; charset=utf-8', body: '[[indicator]]\nid       = "login_days_30d"\nname     = { zh = "近 30 天登录天数", en = "Login days, 30 days" }\nquestion = { zh = "最近一个月有多少天有人在用？", en = "On how many days did anybody use it?" }\nof       = { kind = "event", name = "Logged In" }\nmeasure  = "distinct_days"\nwindow   = "30d"\nunit     = "day"\nworse    = "lower"\n' };
  if (/^\/api\/imports\/uploads\/[^/]+\/preview$/.test(path)) return ok(preview('2025-11 订单.csv', body as object));
  if (/^\/api\/imports\/uploads\/[^/]+\/commit$/.test(path)) {
    const id = 100 + jobs.length;
    jobStarts.set(id, Date.now());
    jobs.push({ id, file_name: '2025-11 订单.csv', kind: 'orders', source: 'orders', state: 'running', started_at: NOW, finished_at: null, actor: STAFF.name, received: 0, row_count: 2_400, accepted: 0, duplicates: 0, rejected: 0, warned: 0, can_cancel: true, can_undo: false, undone_at: null, facts: 0, conflicts: 0, earliest_changed_moment: null, findings: [], failure: null });
    return ok(jobs.at(-1), 202);
  }
  switch (`${method} ${path}`) {
    case 'GET /api/session': return ok(session(scene));
    case 'POST /api/sign-in': {
      if ((body as { password: string }).password === 'wrong') return refuse(401, 'bad_credentials', '邮箱或密码不对', '再试一次,或请管理员重设');
      signedIn = true;
      return ok(session(scene === 'signed_out' ? 'firm' : scene));
    }
    case 'POST /api/sign-out': signedIn = false; return ok(session(scene));
    case 'POST /api/setup': firm = (body as { firm: typeof firm }).firm; return ok(session('firm'));
    case 'GET /api/firm': return ok(firm);
    case 'GET /api/firm/value': return ok(valuePage(firm));
    case 'PUT /api/firm': firm = body as typeof firm; return ok(firm);
    case 'GET /api/templates': return ok(TEMPLATES);
    case 'GET /api/organisation': return ok(ORGANISATION);
    case 'GET /api/audit': return ok(AUDIT);
    case 'PUT /api/session/reach': reach = (body as { reach: Session['reach'] }).reach; return ok(session(scene));
    case 'GET /api/staff': return ok(staff);
    case 'POST /api/staff': staff.push({ ...(body as typeof STAFF), id: staff.length + 1, active: true }); return ok(staff.at(-1));
    case 'GET /api/tokens': return ok(tokens.map((token) => ({ ...token, token: null })));
    case 'POST /api/tokens': tokens.push({ id: tokens.length + 1, name: (body as { name: string }).name, created_at: NOW, last_used_at: null as unknown as string, token: 'lk_5f0e9c2ab7d14e6f8a' }); return ok(tokens.at(-1));
    case 'GET /api/today': return ok(today(asked));
    case 'GET /api/customers': return ok(customers(asked));
    case 'GET /api/alerts': return ok(alerts(asked));
    case 'GET /api/churn': return ok(churn(asked));
    case 'GET /api/churn/lines': return ok(linesBy('plan'));
    case 'GET /api/data': return ok(data(scene));
    case 'GET /api/imports': return ok(data(scene).imports);
    case 'POST /api/imports/uploads': return ok(preview(query.get('file_name') ?? ''));
    case 'GET /api/lookback': return ok(lookback(scene === 'empty'));
    case 'POST /api/lookback': return ok({ state: 'running', because: null, page: null }, 202);
    case 'GET /api/cycle': return ok(cycle());
    case 'POST /api/cycle': cycleStart = Date.now(); return ok(cycle(), 202);
    case 'GET /api/definitions': return ok(DEFINITIONS);
    case 'GET /api/search': {
      const text = (query.get('q') ?? '').toLowerCase();
      return ok(everyone(scene).filter(({ row }) => row.name.toLowerCase().includes(text) || row.id.toLowerCase().includes(text)).slice(0, 8).map(({ row }): SearchHit => ({ customer_id: row.id, name: row.name, owner: row.owner, band: row.verdict.band })));
    }
    default:
      if (method === 'DELETE' && path.startsWith('/api/tokens/')) {
        tokens.splice(tokens.findIndex((token) => token.id === Number(path.split('/').at(-1))), 1);
        return { status: 204, body: null };
      }
      return refuse(404, 'not_found', '没有这个地址', '');
  }
}
