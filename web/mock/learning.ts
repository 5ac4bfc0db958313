// The pretended learning from history: begun, read once while it runs, then with its answer. The numbers follow no model.

import type { CardFigures, DiscoveryRun, FoundRule, SuggestedWeights, WeightsRun } from '../src/api/learning';
import type { Asked, Told } from './answer';
import { days, NOW } from './firm';

const ok = (body: unknown, status = 200): Told => ({ status, body });
const words = (zh: string, en: string) => ({ zh, en });
const share = (value: number, reach: number) => ({ share: value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) });
const stretch = (first: string, last: string, leavers: number) => ({ first, last, rows: 5_210, customers: 1_420, leavers });

const figures = (auc: number, caught: number): CardFigures => ({ auc: { value: auc, low: auc - 0.03, high: auc + 0.03 }, warned: 240, leavers: 58, caught, precision: share(caught / 240, 0.05), recall: share(caught / 58, 0.12) });

const MEASURES: [string, string, string, number, number, string | null][] = [
  ['login_days_30d', '近 30 天登录天数', 'Days with a login, last 30', 0.276, 0.412, null],
  ['days_since_last_login', '距上次登录天数', 'Days since last login', 0.184, 0.231, null],
  ['open_tickets', '未解决工单', 'Open tickets', 0.2, 0.133, null],
  ['last_nps', '最近一次推荐分', 'Last recommendation score', 0.1, 0.1, 'no_data'],
  ['overdue_payments', '逾期付款', 'Overdue payments', 0.12, 0.093, null],
  ['days_to_contract_end', '距合同到期天数', 'Days to contract end', 0.12, 0.031, null],
];

const SUGGESTED: SuggestedWeights = {
  learnt: stretch('2024-09-01', '2025-01-01', 96), chosen: stretch('2025-05-01', '2025-06-01', 61), tested: stretch('2025-08-01', '2025-09-01', 58), strength: 0.3,
  measures: MEASURES.map(([id, zh, en, hand, suggested, unlearnt]) => ({ id, name: words(zh, en), hand, suggested, unlearnt })),
  hand: figures(0.741, 27), suggested: figures(0.793, 35), difference: { value: 0.052, low: 0.021, high: 0.083 }, better: 'suggested',
  sentence: words('建议的权重在之后的月份里更准：每次提醒最低的一成，58 位流失客户里抓住 35 位，现在的权重抓住 27 位', 'the suggested weights did better in later months: with the lowest tenth warned of, 35 of 58 leavers were caught, 27 by yours'),
};

const tally = (rows: number, left: number) => ({ rows, left, customers: Math.round(rows * 0.7), leavers: Math.round(left * 0.8) });

const counts = (caught: number, wrong: number) => ({ alerts: caught + wrong, in_time: caught, late: 0, false_alarms: wrong, undecided: 0, leavers: 58, caught, missed: 58 - caught, precision: share(caught / (caught + wrong), 0.1), recall: share(caught / 58, 0.12) });

const found = (id: string, zh: string, en: string, when: object, hits: number, rows: number): FoundRule => ({
  id, sentence: words(zh, en),
  rule: { id, name: words(zh, en), cause: 'discovered', severity: 'warning', state: 'active', when, cooldown_days: 30, say: words(zh, en), next_step: words('联系一次，了解情况', 'Get in touch and ask') } as never,
  found: tally(rows + 6, hits + 2), confirmed: tally(rows, hits), precision: share(hits / rows, 0.11), lift: hits / rows / 0.041, recall: hits / 140, q: 0.00002,
  replay: { from: days.at(365), to: days.at(0), counts: counts(Math.round(hits / 3), 12), headline: words(`去年流失 58 位，这条规则能提前发现 ${Math.round(hits / 3)} 位`, `58 left last year; this rule would have seen ${Math.round(hits / 3)} of them ahead`) },
});

const RULES = [
  found('found_1a2b3c4d', '近 30 天登录天数不超过 3 天，且未解决工单不少于 2 张', 'days with a login, last 30 is at most 3 days and open tickets is at least 2', { all: [{ of: 'login_days_30d', is: '<=', than: 3 }, { of: 'open_tickets', is: '>=', than: 2 }] }, 42, 71),
  found('found_5e6f7a8b', '距上次登录天数不低于 21 天', 'days since last login is at least 21 days', { of: 'days_since_last_login', is: '>=', than: 21 }, 60, 190),
];

let weights: WeightsRun | null = null;
let discovery: DiscoveryRun | null = null;

export function learningAfresh(): void {
  weights = null;
  discovery = null;
}

const refusal = { code: 'too_few_leavers', detail: words('历史上只有 15 位流失客户，至少需要 30 位，还差 15 位', 'only 15 customers left in this history; a model needs at least 30: 15 more'), hint: words('在此之前请用规则与打分卡', 'until then use rules and scorecards') };
const begun = { state: 'running', progress: 0.4, churn: 'saas_contract', horizon_days: 90, started_at: NOW, failure: null, refusal: null, answer: null };

/** What was asked for is there the next time somebody looks. */
function later<Run extends { state: string }>(run: Run | null, answer: object, isEmpty: boolean): Run | null {
  if (run?.state !== 'running') return run;
  return isEmpty ? { ...run, state: 'refused', progress: null, refusal } : { ...run, state: 'done', progress: null, answer };
}

export function learning({ method, path, scene }: Asked): Told | null {
  const [, card] = /^\/api\/scorecards\/([^/]+)\/weights$/.exec(path) ?? [];
  if (!card && path !== '/api/rules/discovery') return null;
  const isEmpty = scene === 'empty';
  if (method === 'POST') {
    if (card) weights = { ...begun, scorecard: card, readiness: null };
    else discovery = { ...begun };
    return ok(card ? weights : discovery, 202);
  }
  if (method === 'DELETE') {
    if (card && weights) weights = { ...weights, state: 'stopped', progress: null };
    if (!card && discovery) discovery = { ...discovery, state: 'stopped', progress: null };
    return ok(null, 204);
  }
  const run = card ? weights : discovery;
  if (card) weights = later(weights, SUGGESTED, isEmpty);
  else discovery = later(discovery, { looked: stretch('2024-09-01', '2025-09-01', 140), tested: 96, base: 0.041, leaks: [words('退订申请', 'Exit form')], rules: RULES }, isEmpty);
  return ok({ run });
}
