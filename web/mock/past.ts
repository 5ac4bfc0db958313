// The pretended firm's year in hindsight.

import type { BacktestReport, Lookback } from '../src/api/types';
import { days } from './firm';

const counts = { alerts: 26, in_time: 14, late: 1, false_alarms: 9, undecided: 2, leavers: 20, caught: 14, missed: 6, precision: { share: 0.625, low: 0.43, high: 0.79 }, recall: { share: 0.7, low: 0.48, high: 0.85 } };

const REASONS = [
  { zh: '30 天没有登录', en: 'no login for 30 days' },
  { zh: '健康分只有 31 分', en: 'health is only 31' },
  { zh: '两次付款失败', en: 'two payments failed' },
];

const leavers: BacktestReport['leavers'] = Array.from({ length: 20 }, (_, place) => {
  const left = 330 - place * 15;
  const ahead = place < 14 ? 20 + place * 3 : null;
  return {
    customer: `C-${1001 + place}`, name: `云栈科技 ${place + 1}`, left_at: days.at(left), last_seen_at: days.at(left + 40), missed: ahead === null ? 'never' : null,
    warned_at: ahead === null ? null : days.at(left + ahead), lead_days: ahead, signal: ahead === null ? null : 'saas_away_30d', signal_name: ahead === null ? null : { zh: '30 天没有登录', en: 'No login for 30 days' },
    sentence: ahead === null ? null : REASONS[place % 3]!, value: 20_000 + place * 3_500, health: 40, band: 'high', owner: place % 4 ? '林知远' : null,
  };
});

const warnings: BacktestReport['warnings'] = Array.from({ length: 9 }, (_, place) => ({
  customer: `C-${2001 + place}`, name: `远山制造 ${place + 1}`, at: days.at(300 - place * 21), signal: 'saas_away_30d', signal_name: { zh: '30 天没有登录', en: 'No login for 30 days' }, sentence: REASONS[place % 3]!, fate: 'false', left_at: null, value: 18_000, health: 48, band: 'high', owner: '林知远',
}));

/** Seen ahead of those who left, false alarms of the alerts. */
const segments: BacktestReport['segments'] = ([
  ['segment', 'silent_valued', { zh: '高价值沉默客户', en: 'Valued and silent' }, 9, 11, 3, 13], ['segment', 'new_90d', { zh: '新客户', en: 'New customers' }, 2, 5, 4, 7], ['segment', '', null, 3, 4, 2, 6],
  ['value', 'high', null, 8, 9, 2, 11], ['value', 'low', null, 4, 8, 6, 11], ['value', '', null, 2, 3, 1, 4],
] as const).map(([by, key, name, caught, left, wrong, alerts]) => ({
  by, key, name, counts: { alerts, in_time: caught, late: 0, false_alarms: wrong, undecided: alerts - caught - wrong, leavers: left, caught, missed: left - caught, recall: { share: caught / left, low: caught / left / 2, high: (caught / left + 1) / 2 }, precision: { share: caught / (caught + wrong), low: 0.2, high: 0.9 } },
}));

const weeks: BacktestReport['weeks'] = Array.from({ length: 52 }, (_, week) => {
  const alerts = week % 2 === 0 ? 1 : week % 5 === 0 ? 0 : 2;
  return { at: days.at(364 - week * 7), counts: { alerts, in_time: week % 2, late: 0, false_alarms: alerts - (week % 2 && alerts), undecided: 0, leavers: week % 3 === 0 ? 1 : 0, caught: week % 6 === 0 ? 1 : 0, missed: 0, recall: null, precision: null } };
});

const report: BacktestReport = {
  scorer: 'rules', churn: 'saas_contract', from: days.at(365), to: days.at(0), told_until: days.at(0), moments: 52, lead_days: 14, horizon_days: 90, budget: null, customers: 600, is_few: false,
  headline: { zh: '去年流失 20 位。若当时用现有规则，14 位可提前发现，中位提前 41 天', en: '20 left last year. With the rules in force 14 would have been seen ahead, a median of 41 days' },
  compared: { zh: '同样多的预警：轮流联系每位客户可发现 4 位', en: 'Seen ahead with as many warnings: 4 by everybody in turn' },
  counts, alerts_per_week: 0.5, alerts_per_owner_week: 0.2, lead: { median: 41, low_quartile: 30, high_quartile: 50, histogram: [2, 1, 3, 4, 2, 1, 1].map((leavers, place) => ({ from_days: 14 + 7 * place, leavers })) }, weeks, comparisons: [], segments, bands: [], leavers, warnings, warning_count: 26,
  notes: [{ code: 'facts_end', text: { zh: '有 2 条预警对错还不能定，单独计数', en: '2 warnings are undecided and counted apart' } }],
};

const run = { id: 1, state: 'done', progress: null, failure: null, scorer: 'rules', churn: 'saas_contract', started_at: days.at(0), result: null };

export const lookback = (isNew: boolean): Lookback => (isNew ? { state: 'none', because: null, page: null } : { state: 'done', because: null, page: { run, report } });
