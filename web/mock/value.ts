// The pretended firm's measures of value: a contract in use, and two others that would cut the tiers elsewhere.

import type { Firm, ValuePage } from '../src/api/types';
import { NOW } from './firm';

const tier = (tier: string, zh: string, en: string, from: number | null, count: number) => ({ tier, name: { zh, en }, from, count });
const tiers = (high: number, middle: number, counts: [number, number, number]) => [tier('high', '高价值', 'High value', high, counts[0]), tier('middle', '中价值', 'Middle value', middle, counts[1]), tier('low', '低价值', 'Low value', null, counts[2])];

export const valuePage = (firm: Firm): ValuePage => {
  const options = [
    { id: 'contract_amount', name: { zh: '合同年金额', en: 'Annual contract amount' }, question: { zh: '一年签多少？', en: 'How much is agreed on for a year?' }, known: 1_640, sum: 98_200_000, tiers: tiers(60_000, 12_000, [330, 490, 820]), raised: 0, lowered: 0, gained: 0, lost: 0 },
    { id: 'paid_365d', name: { zh: '近 365 天回款', en: 'Paid in 365 days' }, question: { zh: '一年收到多少？', en: 'How much came in within a year?' }, known: 1_500, sum: 80_100_000, tiers: tiers(52_000, 9_800, [301, 452, 747]), raised: 58, lowered: 70, gained: 0, lost: 140 },
    { id: 'margin_365d', name: { zh: '近 365 天毛利', en: 'Margin, 365 days' }, question: { zh: '最近 365 天在这位客户身上赚了多少？', en: 'What was earned in the last 365 days?' }, known: 0, sum: 0, tiers: [], raised: 0, lowered: 0, gained: 0, lost: 1_640 },
  ];
  const in_use = firm.value ?? 'contract_amount';
  return { in_use, by_scorecard: 'contract_amount', as_of: NOW, customers: 1_700, options: options.map((one) => (one.id === in_use ? { ...one, raised: 0, lowered: 0, gained: 0, lost: 0 } : one)) };
};
