// The pretended models: one in service, one that waits, and a training.

import type { ModelCard, ModelComparison, ModelDrift, ModelHorizon, ModelPage, ModelRow, ModelSchedule, TrainingRun } from '../src/api/models';
import type { Asked, Told } from './answer';
import { days, NOW } from './firm';

const metric = (value: number, reach: number) => ({ value, low: value - reach, high: value + reach });
const words = (zh: string, en: string) => ({ zh, en });
const churn_name = words('合同到期未续或已退订', 'Contract not renewed, or cancelled');

const horizon = (length: number): ModelHorizon => ({
  days: length, learnt: { first: '2024-09-01', last: '2025-01-01', rows: 5_210, customers: 1_420, leavers: 96 },
  weighed: length === 180 ? null : { first: '2025-05-01', last: '2025-06-01', rows: 2_480, customers: 1_310, leavers: 61 },
  told: length === 180 ? null : { first: '2024-09-01', last: '2025-06-01', rows: 10_920, customers: 1_520, leavers: 232 },
  tested: { first: '2025-08-01', last: '2025-09-01', rows: 2_412, customers: 1_290, leavers: 58 },
  linear_share: 0.6, trees: 140, losses: [0.142, 0.146, 0.139], rows: 2_412, customers: 1_290, left: 97,
  auc: metric(0.842, 0.028), auc_in_time: length === 30 ? null : metric(0.807, 0.034), average_precision: metric(0.311, 0.05), log_loss: metric(0.138, 0.01), base_log_loss: 0.169, brier: metric(0.034, 0.004),
  calibration_error: metric(0.009, 0.004), lift: metric(4.6, 0.7), profit: metric(1.92, 0.3),
  reliability: Array.from({ length: 10 }, (_, at) => ({ count: 241, expected: 0.002 + 0.0035 * at ** 2, observed: Math.max(0, 0.001 + 0.0034 * at ** 2 + (at % 2 ? 0.004 : -0.002)) })),
  sentence: words(`风险最高的一成里，被标为 29% 的客户每 100 位有 28 位在 ${length} 天内流失（241 次判断中 67 次）`, `in the top tenth, of 100 customers marked 29 %, 28 left within ${length} days (67 of 241 looks)`),
});

const card: ModelCard = {
  churn: 'saas_contract', churn_name, churn_sentence: words('合同到期后 30 天内没有续约，或客户已退订，即为流失', 'A customer has left when 30 days have passed since its contract ended, or when it cancelled'),
  label_delay_days: 30, late_days: 3, outside: null, horizon_days: 90, as_of: days.at(1), snapshot: '84c1f07e2b9d6a35', content: '9f3a57c2d1e84b60a7f2c5d8e9014b7733aa19c4', code_version: '0.1.0', seed: 1,
  readiness: { stage: 'full', is_ready: true, leavers: 214, more_leavers: 0, customers: 1_830, moments: 13, label_delay_days: 30, missing: [], headline: words('可以训练', 'ready') },
  moments: [{ at: '2025-09-01', eligible: 1_206, too_new: 18, gone: 301, internal: 2, left: 14, stayed: 1_192, untold: 0 }],
  columns: [['last_seen', '距上次登录天数', 'Days since last login', 0.61], ['tickets_late', '超时服务工单', 'Tickets answered late', 0.34], ['renewal', '距合同到期天数', 'Days until the contract ends', 0.22]].map(([id, zh, en, information]) => ({ id: String(id), name: words(String(zh), String(en)), information: Number(information), coverage: 0.97 })),
  set_aside: [{ id: 'churn_form', name: words('退订申请', 'Exit form'), code: 'leak', why: words('单独一列就几乎等于结果（AUC 0.991）', 'alone it all but is the outcome (AUC 0.991)') }, { id: 'nps', name: words('NPS', 'NPS'), code: 'empty', why: words('学习期内没有任何值', 'no value in the months learnt from') }],
  horizons: [30, 60, 90, 180].map(horizon), unlearnt_days: [],
  limits: [words('它说的是谁可能流失，不是联系谁有用；挽留效果要靠对照组验证', 'it says who is likely to leave, not whom it helps to contact: that takes a holdout to find out')],
};

const passport = { churn: 'saas_contract', churn_name, horizon_days: 90, horizons: [30, 60, 90, 180], as_of: card.as_of, snapshot: card.snapshot, lake_version: 90_412, code_version: card.code_version, seed: 1, leavers: 58, auc: metric(0.842, 0.028), calibration_error: metric(0.009, 0.004), sentence: horizon(90).sentence, outside: null };
const one = (id: number, state: string): ModelRow => ({ id, number: id, version: 1, state, content: card.content, trained_by: '苏晚晴', trained_at: days.at(id === 1 ? 60 : 2), terms: state === 'champion' ? [{ since: days.at(58), until: null, actor: '苏晚晴' }] : [], note: state === 'champion' ? '看过模型卡，近两个月说得准' : null, passport });

const THEIRS = { name: '数据部_流失分.csv', scores: 14_508, first: '2024-10-01', last: '2025-10-01', lasts_days: 45 };

const shift = (psi: number) => ({ psi, chance: 0.03, level: psi >= 0.25 ? 'moved' : psi >= 0.1 ? 'watch' : 'steady' });
const drift = (): ModelDrift => ({
  as_of: days.at(0), horizon_days: 90, before: { first: '2024-12-01', last: '2025-02-01', customers: 1_290, leaving: metric(0.051, 0.007) }, watch: 0.1, moved: 0.25, off: 1.25,
  months: ['2025-03-01', '2025-04-01', '2025-05-01', '2025-06-01', '2025-07-01', '2025-08-01', '2025-09-01', '2025-10-01'].map((at, place) => ({
    at, told_on: `2025-${String(6 + place).padStart(2, '0')}-30`, customers: 1_240 + 12 * place, unsaid: 0, score: shift(0.02 + 0.006 * place ** 2),
    inputs: [{ id: 'last_seen', name: words('距上次登录天数', 'Days since last login'), shift: shift(0.01 + 0.05 * place) }, { id: 'renewal', name: words('距合同到期天数', 'Days until the contract ends'), shift: shift(0.03) }],
    kept: place < 5 ? { said: 62 + place, left: 60 + 6 * place, ratio: metric((60 + 6 * place) / (62 + place), 0.22), is_off: place === 4 } : null,
    leaving: place < 5 ? { share: metric(0.048 + 0.004 * place, 0.011), is_off: false } : null,
  })),
  signs: [
    { code: 'score_moved', at: '2025-10-01', says: words('流失概率的分布与检验时不同（PSI 0.31），变化大的指标有 1 个', 'the probabilities are spread otherwise than in the months judged by (PSI 0.31); indicators that moved: 1') },
    { code: 'off', at: '2025-07-01', says: words('模型预计流失 66 位，实际流失 84 位，是预计的 1.27 倍（95% 区间 1.05–1.49）', 'the model expected 66 to leave and 84 left, 1.27 times as many (95 % interval 1.05 to 1.49)') },
  ],
});

const contest = (figure: string, one: number, other: number, reach: number, isHighGood: boolean) => {
  const gap = metric(other - one, reach);
  const isCertain = gap.low > 0 || gap.high < 0;
  return { figure, champion: metric(one, 0.03), challenger: metric(other, 0.03), gap, is_better: isCertain ? gap.value > 0 === isHighGood : null };
};
const mover = (place: number, enters: boolean) => ({ customer_id: `A${1000 + place}`, name: `${enters ? '云启' : '远山'}科技 ${place}`, champion: enters ? 0.08 : 0.31, challenger: enters ? 0.34 : 0.11, enters });
const comparison = (id: number): ModelComparison => ({
  champion: { id: 1, number: 1, is_outside: false }, challenger: { id, number: id, is_outside: id === 3 }, horizon_days: 90, as_of: days.at(0),
  told: {
    moments: ['2025-03-01', '2025-04-01', '2025-05-01', '2025-06-01', '2025-07-01'], rows: 6_214, customers: 1_318, left: 331, unsaid: id === 3 ? 48 : 0,
    contests: [contest('auc', 0.842, 0.861, 0.012, true), contest('log_loss', 0.138, 0.131, 0.004, false), contest('brier', 0.034, 0.033, 0.002, false), contest('calibration_error', 0.009, 0.008, 0.006, false), contest('lift', 4.6, 4.9, 0.5, true)],
    champion_reliability: horizon(90).reliability, challenger_reliability: horizon(90).reliability,
    says: words('候选模型更好：对数损失相差 -0.0070（95% 区间 -0.0110 至 -0.0030），AUC 相差 +0.019', 'the challenger is better: log loss differs by -0.0070 (95 % interval -0.0110 to -0.0030), AUC by +0.019'),
  },
  not_yet: null, lists: { customers: 1_206, top: 121, changed: 3, movers: [1, 2, 3].flatMap((place) => [mover(place, true), mover(place, false)]) },
  notes: id === 3 ? [words('外部模型学习过哪些月份看不到：如果它学过这些月份，比较会偏向它', 'which months the model of somebody else had learnt from cannot be seen: if these were among them, it is favoured')] : [],
});

let schedule: ModelSchedule = { mode: 'off', trainings: [] };
let rows: ModelRow[] = [];
let run: TrainingRun | null = null;

export function modelsAfresh(): void {
  rows = [one(2, 'challenger'), one(1, 'champion')];
  run = null;
  schedule = { mode: 'monthly', trainings: [{ churn: 'saas_contract', as_of: '2025-10-01', cause: 'monthly', begun_at: days.at(1), outcome: 'trained', model_id: 2, says: null }, { churn: 'saas_contract', as_of: '2025-09-01', cause: 'monthly', begun_at: days.at(31), outcome: 'refused', model_id: null, says: words('历史上只有 28 位流失客户，至少需要 30 位，还差 2 位', 'only 28 customers left in this history; a model needs at least 30: 2 more') }] };
}
modelsAfresh();

const refused = (asked: { churn: string; horizon_days: number }): TrainingRun => {
  const detail = words('历史上只有 15 位流失客户，至少需要 30 位，还差 15 位', 'only 15 customers left in this history; a model needs at least 30: 15 more');
  const hint = words('在此之前请用规则与打分卡', 'until then use rules and scorecards');
  const refusal = { code: 'too_few_leavers', detail, hint };
  const readiness = { stage: 'scorecard', is_ready: false, leavers: 15, more_leavers: 15, customers: 60, moments: 12, label_delay_days: 30, missing: [refusal], headline: detail };
  return { state: 'refused', progress: null, churn: asked.churn, horizon_days: asked.horizon_days, started_at: NOW, readiness, refusal, model_id: null, failure: null };
};

/** A training is under way, this far. */
export function trains(progress: number) {
  run = { state: 'running', progress, churn: 'saas_contract', horizon_days: 90, started_at: NOW, readiness: null, refusal: null, model_id: null, failure: null };
}

export function models({ method, path, query, body, scene }: Asked): Told | null {
  const cardOf = (row: ModelRow): ModelCard => (row.passport.outside ? { ...card, readiness: null, columns: [], set_aside: [], outside: row.passport.outside, horizons: [{ ...horizon(90), learnt: null, weighed: null, told: null, linear_share: null, trees: null, losses: null }] } : card);
  const page = (row: ModelRow): ModelPage => ({ row, card: cardOf(row), document: words('# 流失模型卡\n', '# Card of a churn model\n') });
  if (path === '/api/models' && method === 'GET') return { status: 200, body: { items: scene === 'empty' ? [] : rows, run, schedule: scene === 'empty' ? { mode: 'off', trainings: [] } : schedule } };
  if (path === '/api/models/schedule') {
    schedule = { ...schedule, mode: (body as { mode: string }).mode };
    return { status: 200, body: schedule };
  }
  if (path === '/api/models/outside') {
    const row = one(3, 'challenger');
    rows = [{ ...row, passport: { ...row.passport, horizons: [90], outside: { ...THEIRS, lasts_days: Number(query.get('lasts_days')) } } }, ...rows];
    return { status: 200, body: page(rows[0]!) };
  }
  const [, of, asked] = /^\/api\/models\/(\d+)\/(drift|compare)$/.exec(path) ?? [];
  if (asked === 'compare') return { status: 200, body: comparison(Number(of)) };
  if (asked === 'drift') return { status: 200, body: method === 'POST' || of === '1' ? drift() : null };
  if (path === '/api/models' && method === 'POST') {
    run = refused(body as { churn: string; horizon_days: number });
    return { status: 202, body: run };
  }
  const [, id, step] = /^\/api\/models\/(\d+)(?:\/(promote|rollback))?$/.exec(path) ?? [];
  const row = rows.find((each) => String(each.id) === id);
  if (!row) return null;
  if (method === 'POST') {
    const next = step === 'promote' ? row.id : 2;
    rows = rows.map((each) => ({ ...each, version: each.version + 1, state: each.id === next ? 'champion' : 'retired' }));
    return { status: 200, body: page(rows.find((each) => each.id === next)!) };
  }
  return { status: 200, body: page(row) };
}
