// The pretended models: one in service, one that waits, and a training.

import type { ModelCard, ModelHorizon, ModelPage, ModelRow, TrainingRun } from '../src/api/models';
import type { Asked, Told } from './answer';
import { days, NOW } from './firm';

const metric = (value: number, reach: number) => ({ value, low: value - reach, high: value + reach });
const words = (zh: string, en: string) => ({ zh, en });
const churn_name = words('合同到期未续或已退订', 'Contract not renewed, or cancelled');

const horizon = (length: number): ModelHorizon => ({
  days: length, learnt: { first: '2024-09-01', last: '2025-01-01', rows: 5_210, customers: 1_420, leavers: 96 },
  weighed: length === 180 ? null : { first: '2025-05-01', last: '2025-06-01', rows: 2_480, customers: 1_310, leavers: 61 },
  tested: { first: '2025-08-01', last: '2025-09-01', rows: 2_412, customers: 1_290, leavers: 58 },
  linear_share: 0.6, trees: 140, losses: [0.142, 0.146, 0.139], rows: 2_412, customers: 1_290, left: 97,
  auc: metric(0.842, 0.028), average_precision: metric(0.311, 0.05), log_loss: metric(0.138, 0.01), base_log_loss: 0.169, brier: metric(0.034, 0.004),
  calibration_error: metric(0.009, 0.004), lift: metric(4.6, 0.7), profit: metric(1.92, 0.3),
  reliability: Array.from({ length: 10 }, (_, at) => ({ count: 241, expected: 0.002 + 0.0035 * at ** 2, observed: Math.max(0, 0.001 + 0.0034 * at ** 2 + (at % 2 ? 0.004 : -0.002)) })),
  sentence: words(`风险最高的一成里，被标为 29% 的客户每 100 位有 28 位在 ${length} 天内流失（241 次判断中 67 次）`, `in the top tenth, of 100 customers marked 29 %, 28 left within ${length} days (67 of 241 looks)`),
});

const card: ModelCard = {
  churn: 'saas_contract', churn_name, churn_sentence: words('合同到期后 30 天内没有续约，或客户已退订，即为流失', 'A customer has left when 30 days have passed since its contract ended, or when it cancelled'),
  label_delay_days: 30, horizon_days: 90, as_of: days.at(1), snapshot: '84c1f07e2b9d6a35', content: '9f3a57c2d1e84b60a7f2c5d8e9014b7733aa19c4', code_version: '0.1.0', seed: 1,
  readiness: { stage: 'full', is_ready: true, leavers: 214, more_leavers: 0, customers: 1_830, moments: 13, label_delay_days: 30, missing: [], headline: words('可以训练', 'ready') },
  moments: [{ at: '2025-09-01', eligible: 1_206, too_new: 18, gone: 301, internal: 2, left: 14, stayed: 1_192, untold: 0 }],
  columns: [['last_seen', '距上次登录天数', 'Days since last login', 0.61], ['tickets_late', '超时服务工单', 'Tickets answered late', 0.34], ['renewal', '距合同到期天数', 'Days until the contract ends', 0.22]].map(([id, zh, en, information]) => ({ id: String(id), name: words(String(zh), String(en)), information: Number(information), coverage: 0.97 })),
  set_aside: [{ id: 'churn_form', name: words('退订申请', 'Exit form'), code: 'leak', why: words('单独一列就几乎等于结果（AUC 0.991）', 'alone it all but is the outcome (AUC 0.991)') }, { id: 'nps', name: words('NPS', 'NPS'), code: 'empty', why: words('学习期内没有任何值', 'no value in the months learnt from') }],
  horizons: [30, 60, 90, 180].map(horizon), unlearnt_days: [],
  limits: [words('它说的是谁可能流失，不是联系谁有用；挽留效果要靠对照组验证', 'it says who is likely to leave, not whom it helps to contact: that takes a holdout to find out')],
};

const passport = { churn: 'saas_contract', churn_name, horizon_days: 90, horizons: [30, 60, 90, 180], as_of: card.as_of, snapshot: card.snapshot, lake_version: 90_412, code_version: card.code_version, seed: 1, leavers: 58, auc: metric(0.842, 0.028), calibration_error: metric(0.009, 0.004), sentence: horizon(90).sentence };
const one = (id: number, state: string): ModelRow => ({ id, number: id, version: 1, state, content: card.content, trained_by: '苏晚晴', trained_at: days.at(id === 1 ? 60 : 2), terms: state === 'champion' ? [{ since: days.at(58), until: null, actor: '苏晚晴' }] : [], passport });

let rows: ModelRow[] = [];
let run: TrainingRun | null = null;

export function modelsAfresh(): void {
  rows = [one(2, 'challenger'), one(1, 'champion')];
  run = null;
}
modelsAfresh();

const refused = (asked: { churn: string; horizon_days: number }): TrainingRun => {
  const detail = words('历史上只有 15 位流失客户，至少需要 30 位，还差 15 位', 'only 15 customers left in this history; a model needs at least 30: 15 more');
  const hint = words('在此之前请用规则与打分卡', 'until then use rules and scorecards');
  const refusal = { code: 'too_few_leavers', detail, hint };
  const readiness = { stage: 'scorecard', is_ready: false, leavers: 15, more_leavers: 15, customers: 60, moments: 12, label_delay_days: 30, missing: [refusal], headline: detail };
  return { state: 'refused', progress: null, churn: asked.churn, horizon_days: asked.horizon_days, started_at: NOW, readiness, refusal, model_id: null, failure: null };
};

export function models({ method, path, body, scene }: Asked): Told | null {
  const page = (row: ModelRow): ModelPage => ({ row, card, document: words('# 流失模型卡\n', '# Card of a churn model\n') });
  if (path === '/api/models' && method === 'GET') return { status: 200, body: { items: scene === 'empty' ? [] : rows, run } };
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
