// The pretended firm's segments, tiers, RFM and tags: counted from its rows, so that they reconcile.

import type { CustomerRow, RfmCellRow, RfmPage, SegmentList, SegmentName, SegmentPage, SegmentRow, TagRequest, Words } from '../src/api/types';
import type { Asked, Told } from './answer';

type Rows = CustomerRow[];
interface Named { id: string; name: Words; about: Words; sentence: Words; when: (row: CustomerRow) => boolean }

const risky = (row: CustomerRow) => row.verdict.band === 'high' || row.verdict.band === 'critical';
const NAMED: Named[] = [
  { id: 'valued_at_risk', name: { zh: '高价值高流失风险', en: 'High value, at risk' }, about: { zh: '最该先跟进的一群：金额大，又正在走远。', en: 'Look after these first: large contracts that are drifting away.' }, sentence: { zh: '客户价值为高价值，且风险等级为高、极高', en: 'value tier is High value and band is high or critical' }, when: (row) => row.tier === 'high' && risky(row) },
  { id: 'churn_warned', name: { zh: '流失预警客户', en: 'Churn warned' }, about: { zh: '使用骤降，或健康分已到高风险。', en: 'Usage has fallen sharply, or health is in a band of risk.' }, sentence: { zh: '风险等级为高、极高，或登录天数环比不超过 50%', en: 'band is high or critical or Login days against the 30 days before at most 50%' }, when: risky },
  { id: 'high_value', name: { zh: '高价值客户', en: 'High value' }, about: { zh: '年合同金额排在前面，配专属服务。', en: 'The largest annual contracts; they get a service of their own.' }, sentence: { zh: '客户价值为高价值', en: 'value tier is High value' }, when: (row) => row.tier === 'high' },
  { id: 'stable', name: { zh: '稳定客户', en: 'Stable' }, about: { zh: '低风险，保持现在的节奏就好。', en: 'Low risk: keep the pace.' }, sentence: { zh: '风险等级为低', en: 'band is low' }, when: (row) => row.verdict.band === 'low' },
];
export const SEGMENT_NAMES: SegmentName[] = NAMED.map(({ id, name }) => ({ id, name }));
const TIER_NAMES: [string, Words, number | null][] = [['high', { zh: '高价值', en: 'High value' }, 60_000], ['middle', { zh: '中价值', en: 'Middle value' }, 12_000], ['low', { zh: '低价值', en: 'Low value' }, null], ['unknown', { zh: '数据不足', en: 'Unknown' }, null]];
const CELLS: [string, string, string][] = [
  ['key_value', '重要价值客户', 'Key, valued'], ['plain_value', '一般价值客户', 'Regular, valued'], ['key_develop', '重要发展客户', 'Key, to develop'], ['plain_develop', '一般发展客户', 'Regular, to develop'],
  ['key_keep', '重要保持客户', 'Key, to keep'], ['plain_keep', '一般保持客户', 'Regular, to keep'], ['key_win_back', '重要挽留客户', 'Key, to win back'], ['plain_win_back', '一般挽留客户', 'Regular, to win back'],
];

let changed = new Map<string, string[]>();
const changes: { id: number; before: [string, string[]][] }[] = [];

export function afreshTags(): void {
  changed = new Map();
  changes.length = 0;
}

export const tagsOf = (row: CustomerRow): string[] => changed.get(row.id) ?? row.tags;
export const segmentsOf = (row: CustomerRow): SegmentName[] => NAMED.filter((one) => one.when(row)).map(({ id, name }) => ({ id, name }));

/** Whether a row passes the filters of the list that are about belonging. */
export function belongs(row: CustomerRow, query: URLSearchParams): boolean {
  const asked = (key: string) => (query.get(key) ?? '').split(',').filter(Boolean);
  const passes = (key: string, has: (name: string) => boolean) => asked(key).length === 0 || asked(key).some(has);
  return passes('segment', (id) => NAMED.some((one) => one.id === id && one.when(row)))
    && passes('tier', (tier) => (row.tier ?? 'unknown') === tier)
    && passes('rfm', (cell) => (row.rfm ?? 'unknown') === cell)
    && passes('tag', (tag) => tagsOf(row).includes(tag));
}

const here = (rows: Rows) => rows.filter((row) => row.standing.state !== 'gone');
const value = (rows: Rows) => rows.reduce((sum, row) => sum + (row.value.value ?? 0), 0);
const sums = (rows: Rows) => ({ count: rows.length, value_sum: value(rows), at_risk_count: rows.filter(risky).length });

function segmentRow(one: Named, rows: Rows): SegmentRow {
  const members = rows.filter(one.when);
  const unknown = rows.filter((row) => row.verdict.band === null && !one.when(row)).length;
  return { id: one.id, name: one.name, about: one.about, sentence: one.sentence, unknown_count: unknown, outside_count: rows.length - members.length - unknown, ...sums(members) };
}

function list(rows: Rows, now: string): SegmentList {
  const bands = ['critical', 'high', 'medium', 'low', 'unknown'];
  return {
    as_of: now, customer_count: rows.length, value_name: { zh: '合同年金额', en: 'Annual contract amount' },
    value_sentence: { zh: '按合同年金额：60,000 起为高价值（约前 20%），12,000 起为中价值（约前 20% 到 50%），其余为低价值。', en: 'By Annual contract amount: high value from 60,000 (about the first 20%), middle value from 12,000 (about 20% to 50%), low value below.' },
    tiers: TIER_NAMES.map(([tier, name, from]) => ({ tier, name, from, ...sums(rows.filter((row) => (row.tier ?? 'unknown') === tier)) })),
    matrix: TIER_NAMES.flatMap(([tier]) => bands.map((band) => {
      const cell = rows.filter((row) => (row.tier ?? 'unknown') === tier && (row.verdict.band ?? 'unknown') === band);
      return { tier, band, count: cell.length, value_sum: value(cell) };
    })),
    segments: NAMED.map((one) => segmentRow(one, rows)),
  };
}

function page(one: Named, rows: Rows, now: string): SegmentPage {
  const row = segmentRow(one, rows);
  const last = new Date(now);
  const history = Array.from({ length: 13 }, (_, at) => {
    const on = at === 12 ? now.slice(0, 10) : new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - 11 + at, 1)).toISOString().slice(0, 10);
    return { on, count: at === 12 ? row.count : Math.round(row.count * (0.7 + 0.025 * at + 0.06 * Math.sin(at))), joined_count: at === 0 ? 0 : 6 + (at % 4), left_count: at === 0 ? 0 : 3 + (at % 3) };
  });
  return { row, as_of: now, source: '', history, members: [], next_cursor: null };
}

function rfm(rows: Rows, now: string): RfmPage {
  const cells = CELLS.map(([cell, zh, en], at): RfmCellRow => ({
    cell, name: { zh, en }, about: { zh: '主动回访，别让他走远', en: 'call before they drift away' }, is_recent: at < 4, is_frequent: at % 4 < 2, is_large: at % 2 === 0, ...sums(rows.filter((row) => row.rfm === cell)),
  }));
  return {
    as_of: now, customer_count: rows.length, unknown_count: rows.filter((row) => row.rfm === null).length, cells,
    sentence: { zh: '距上次登录天数不超过 3 天算最近来过，近 90 天登录天数不低于 38 天算常来，合同年金额不低于 20,000 算金额高。三条线按截至时点的客户划：最近约 50%，频次约 50%，金额约 50%。', en: 'Lately: Days since last login at most 3 days. Often: Days with a login, 90 days at least 38 days. Much: Annual contract amount at least 20,000. Cut by the customers of the moment: about 50% lately, 50% often, 50% much.' },
    measures: [{ id: 'days_since_login', name: { zh: '距上次登录天数', en: 'Days since last login' }, unit: 'day', cut: 3 }],
  };
}

function tagged(request: TagRequest, rows: Rows): Told {
  const tag = request.tag.trim();
  const turned = rows.filter((row) => request.customers.includes(row.id) && tagsOf(row).includes(tag) === request.remove);
  changes.push({ id: changes.length + 1, before: turned.map((row) => [row.id, tagsOf(row)]) });
  for (const row of turned) changed.set(row.id, request.remove ? tagsOf(row).filter((one) => one !== tag) : [...tagsOf(row), tag].sort());
  return { status: 200, body: { id: turned.length > 0 ? changes.length : null, tag, removed: request.remove, customer_count: turned.length } };
}

/** Answers what is asked about belonging; nothing for any other address. */
export function belonging({ method, path, body }: Asked, all: Rows, now: string): Told | null {
  const rows = here(all);
  const one = /^\/api\/segments\/([^/]+)$/.exec(path);
  if (one) {
    const found = NAMED.find((each) => each.id === one[1]);
    return found ? { status: 200, body: page(found, rows, now) } : { status: 404, body: { code: 'not_found', detail: '没有找到这个分群', hint: '' } };
  }
  const back = /^\/api\/tags\/changes\/(\d+)\/undo$/.exec(path);
  if (back) {
    const change = changes.find((each) => each.id === Number(back[1]))!;
    for (const [id, tags] of change.before) changed.set(id, tags);
    return { status: 200, body: { id: change.id, tag: '', removed: true, customer_count: change.before.length } };
  }
  switch (`${method} ${path}`) {
    case 'GET /api/segments': return { status: 200, body: list(rows, now) };
    case 'GET /api/rfm': return { status: 200, body: rfm(rows, now) };
    case 'GET /api/tags': {
      const counts = new Map<string, number>();
      for (const row of all) for (const tag of tagsOf(row)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      return { status: 200, body: [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count) };
    }
    case 'POST /api/tags': return tagged(body as TagRequest, all);
    default: return null;
  }
}
