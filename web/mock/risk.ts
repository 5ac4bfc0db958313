// The pretended model in service: what it says of a customer and why, and why customers leave.

import type { CustomerRow } from '../src/api/types';
import type { CustomerRisk, ReasonRow, ReasonsPage, RiskReason, RiskShort } from '../src/api/risk';
import type { Asked, Told } from './answer';
import { days, riskAt } from './firm';

const words = (zh: string, en: string) => ({ zh, en });
const LABEL = 'saas_contract/1@9f3a57c2d1e8';
const MEANS = words('各项与基准相加，正好是模型给出的对数几率（校准之前）', 'Base and shares add up exactly to the log odds of the model before calibration');
const NONE = words('这个流失口径还没有在用模型。先训练一个，再由人启用', 'No model is in service for this churn definition: train one, and a person puts it in service');

const item = (indicator: string, name: [string, string], added: number, value: number, unit: string, usual: number, sentence: [string, string]) => ({ indicator, name: words(...name), added, figure: { value, unknown: null, unknown_because: null }, unit, usual, sentence: words(...sentence) });
const cause = (node: string, name: [string, string], sort: string | null, items: RiskReason['items']): RiskReason => {
  const added = items.reduce((sum, one) => sum + one.added, 0);
  return { node, name: words(...name), sort, added, odds: Math.exp(added), items };
};

const REASONS = [
  cause('value', ['价值感知（用得少、买得少）', 'Value perceived (uses or buys less)'], 'silent', [
    item('login_days_30d', ['近 30 天登录天数', 'Login days, 30 days'], 0.9, 3, 'day', 14, ['近 30 天只有 3 天登录过', 'logged in on only 3 of the last 30 days']),
    item('login_ratio_30d', ['登录天数环比', 'Login days against before'], 0.35, 0.21, 'ratio', 0.98, ['近 30 天登录 3 天，往常 14 天', 'logged in on 3 days of 30, usually 14']),
    item('features_distinct_30d', ['近 30 天用过的功能数', 'Features used, 30 days'], 0.1, 2, 'item', 6, ['近 30 天只用到 2 项功能', 'used only 2 features in 30 days']),
  ]),
  cause('service', ['服务响应', 'Service response'], 'experience', [item('tickets_fault_90d', ['近 90 天故障类工单数', 'Tickets about faults, 90 days'], 0.42, 2, 'ticket', 0, ['近 90 天为故障或性能提了 2 张工单', '2 tickets about faults or speed in the last 90 days'])]),
  cause('context', ['合同与阶段（不是原因）', 'Contract and stage (no cause)'], null, [item('days_to_contract_end', ['距合同到期天数', 'Days until the contract ends'], -0.3, 240, 'day', 160, ['距合同到期天数 240 天（大家一般 160 天）', 'Days until the contract ends: 240 days (usually 160 days)'])]),
];
const BASE = -2.4;

/** What the list says: the same number as the page. */
export const shortOf = (row: CustomerRow): RiskShort | null =>
  (row.standing.state === 'current' && row.verdict.health != null ? { risk: riskAt(row.verdict.health), horizon_days: 90, model: LABEL, reason: null } : null);

function riskOf(row: CustomerRow, asOf: string, empty: boolean): CustomerRisk {
  const short = empty ? null : shortOf(row);
  const told = short !== null;
  const risk = short?.risk ?? 0;
  const horizons = told ? [[30, 0.4], [60, 0.7], [90, 1], [180, 1.2]].map(([length, part]) => ({ days: length!, risk: risk * part!, usual: 0.05 * part! })) : [];
  const health = row.verdict.health;
  return {
    customer: row.id, as_of: asOf, state: told ? 'told' : empty ? 'no_model' : row.standing.state, because: told ? null : empty ? NONE : words('这位客户太新，模型没有学过这样的客户', 'This customer is too new: the model learnt from nobody like that'),
    model: empty ? null : { id: 1, label: LABEL, number: 1, churn_name: words('合同到期未续或已退订', 'Contract not renewed, or cancelled'), horizon_days: 90, sentence: words('风险最高的一成里，被标为 29% 的客户每 100 位有 28 位在 90 天内流失', 'in the top tenth, of 100 customers marked 29 %, 28 left within 90 days') },
    horizons, sentence: told ? words('180 天内流失概率不到一半：说不出它会在什么时候离开', 'less than a half: when it would leave cannot be said') : null,
    verdict: told ? words(`90 天内流失概率 ${Math.round(risk * 100)}%，大家平均 5%：近 30 天只有 3 天登录过`, `${Math.round(risk * 100)}% to leave within 90 days, where the mean of all is 5%: logged in on only 3 of the last 30 days`) : null,
    worth: told && row.value.value != null ? { measure: words('合同年金额', 'Annual contract amount'), yearly: row.value.value, months: 12, discount: 0.1, value: row.value.value * 0.7, low: row.value.value * 0.62, high: row.value.value * 0.76, whole: row.value.value * 0.95 } : null,
    explained: told ? { base: BASE, margin: BASE + REASONS.reduce((sum, one) => sum + one.added, 0), reasons: REASONS, means: MEANS } : null,
    ways_back: [
      ...(told ? [{ of: 'risk', state: 'found', now: risk, target: 0.05, reached: 0.04, moves: [{ indicator: 'login_days_30d', name: words('近 30 天登录天数', 'Login days, 30 days'), unit: 'day', from: 3, to: 12, action: words('带客户重新用起来', 'help them use it again') }], sentence: words('带客户重新用起来（近 30 天登录天数从 3 到 12 天）：按现在的算法，流失概率会从 34% 到 4%（大家的平均水平是 5%）', 'help them use it again (Login days, 30 days from 3 to 12 days): by today\'s reckoning risk would go from 34% to 4% (the mean of all: 5%)') }] : []),
      ...(health == null ? [] : [{ of: 'health', state: 'none', now: health, target: 75, reached: 68, moves: [], sentence: words('员工能改变的 6 件事里，最多同时改 3 件，也到不了低风险 75，最好到 68：要靠别的办法', 'Changing up to 3 of the 6 things that staff can change does not bring health to the low-risk band (75); the best is 68: it takes something else') }]),
    ],
    confirmed: told ? [{ case_id: 7, closed_at: days.at(40), reason: 'slow_service', name: words('售后慢、服务不到位', 'Slow or poor service'), node: 'service', rank: 2 }] : [],
  };
}

const people = (rows: CustomerRow[], risk: number | null) => rows.slice(0, 20).map((row) => ({ id: row.id, name: row.name, value: row.value, risk }));
const counted = (node: string, name: [string, string], sort: string | null, rows: CustomerRow[], risk: number | null): ReasonRow => ({
  node, name: words(...name), sort, count: rows.length, customers: people(rows, risk),
  tiers: ['high', 'middle', 'low', 'unknown'].map((key) => ({ key, count: rows.filter((row) => (row.tier ?? 'unknown') === key).length })),
});

function reasonsOf(rows: CustomerRow[], asked: Asked, asOf: string): ReasonsPage {
  const empty = asked.scene === 'empty';
  const there = rows.filter((row) => row.standing.state === 'current');
  const gone = rows.filter((row) => row.standing.state === 'gone');
  const tenth = there.slice(0, Math.ceil(there.length / 10));
  const half = Math.ceil(tenth.length / 2);
  const confirmed = empty ? [] : gone.slice(0, 3);
  const quarters = ['2025-Q4', '2025-Q3', '2025-Q2'];
  return {
    as_of: asOf, quarter: asked.query.get('quarter') ?? quarters[0]!, quarters, segment: asked.query.get('segment'), segments: [{ id: 'high_value', name: words('高价值客户', 'High value') }],
    confirmed: {
      left: empty ? 0 : 5, confirmed_left: confirmed.length, unconfirmed: empty ? 0 : 5 - confirmed.length, confirmed_only: 0, sentence: words(`2025-Q4 流失 ${empty ? 0 : 5} 位`, `${empty ? 0 : 5} left in 2025-Q4`),
      rows: confirmed.length === 0 ? [] : [counted('price', ['价格', 'Price'], 'price', confirmed.slice(0, 2), null), counted('unsaid', ['客户没有说', 'They did not say'], null, confirmed.slice(2), null)].filter((row) => row.count > 0),
    },
    predicted: {
      state: empty ? 'no_model' : 'told', because: empty ? NONE : null, model: empty ? null : LABEL, asked: empty ? 0 : there.length, count: empty ? 0 : tenth.length, least_risk: empty ? null : 0.21, horizon_days: empty ? null : 90,
      rows: empty ? [] : [counted('value', ['价值感知（用得少、买得少）', 'Value perceived (uses or buys less)'], 'silent', tenth.slice(0, half), 0.34), counted('service', ['服务响应', 'Service response'], 'experience', tenth.slice(half), 0.25)],
      sentence: empty ? NONE : words(`最可能在 90 天内流失的一成客户里有 ${tenth.length} 位（概率 21% 以上），第一原因最多的是“价值感知（用得少、买得少）”（${half} 位）`, `${tenth.length} are among the tenth likeliest to leave within 90 days (probability 21% or more); the commonest first cause is value perceived (${half})`),
    },
    agreement: empty ? null : { cases: 6, first: 3, first_two: 5, sentence: words('近一年 6 张有确认原因的跟进单里，模型当时给的第一原因说中 3 张，前两个原因里有的 5 张', 'Of 6 cases of the last year with a confirmed reason, the first cause at the time was it in 3, one of the first two in 5'), rows: [{ node: 'price', name: words('价格', 'Price'), confirmed: 4, first: 2, first_two: 3, instead: 1 }, { node: 'service', name: words('服务响应', 'Service response'), confirmed: 2, first: 1, first_two: 2, instead: 0 }] },
  };
}

export function risks(asked: Asked, rows: CustomerRow[], asOf: string): Told | null {
  if (asked.method !== 'GET') return null;
  if (asked.path === '/api/churn/reasons') return { status: 200, body: reasonsOf(rows, asked, asOf) };
  const [, id] = /^\/api\/customers\/([^/]+)\/risk$/.exec(asked.path) ?? [];
  const row = id && rows.find((one) => one.id === decodeURIComponent(id));
  return row ? { status: 200, body: riskOf(row, asOf, asked.scene === 'empty') } : null;
}
