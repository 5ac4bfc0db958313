// Indicators of the pretended firm: the catalogue, one of them, drafts and what history says. A draft gives the numbers
// of the catalogue's indicator whose facts it looks at; nothing is really worked out.

import type {
  CustomerFigure, Distribution, EfficacyFigures, EfficacyReport, EfficacyRow, EfficacyRun, IndicatorCard, IndicatorComparison, IndicatorPage, IndicatorPreview, IndicatorVocabulary, PeerPlan, Previewed, TrendPoint, Words,
} from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW, OWNERS, people, timelineOf, type One } from './firm';
import { SEGMENT_NAMES, segmentsOf } from './segments';

const ok = (body: unknown): Told => ({ status: 200, body });
const UNIT_WORDS: Record<string, { zh: string; en: string }> = { day: { zh: '天', en: 'days' }, count: { zh: '次', en: 'times' }, point: { zh: '分', en: 'points' } };
const CENSUS: Record<string, string[]> = { login_days_30d: ['IND-04', 'IND-05'], days_since_last_login: ['IND-07'], open_tickets: ['IND-52'] };
/** AUC, lift, verdict; in the order of the firm's indicators. */
const PAST: [number, number, string][] = [[0.79, 4.1, 'signal'], [0.71, 2.9, 'signal'], [0.68, 2.4, 'signal'], [0.76, 3.6, 'signal'], [0.52, 1.1, 'no_signal'], [0.63, 1.9, 'signal'], [0.66, 2.2, 'signal'], [0.55, 1.3, 'no_signal'], [0.6, 1.5, 'too_little']];
const RUN_MS = 1_500;
let began: number | null = null;

export function afreshIndicators(): void {
  began = null;
}

const here = (asked: Asked): One[] => (asked.scene === 'empty' || asked.scene === 'setup' ? [] : people(2_000).filter((one) => one.row.standing.state !== 'gone'));
const specs = () => people(2_000)[0]!.indicators;

function quantile(sorted: number[], part: number): number {
  const place = part * (sorted.length - 1);
  const low = sorted[Math.floor(place)]!;
  return low + (sorted[Math.ceil(place)]! - low) * (place % 1);
}

export function distribution(values: (number | null)[]): Distribution {
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const missing = values.length - known.length;
  const [low, high] = known.length ? [quantile(known, 0.01), quantile(known, 0.99)] : [0, 0];
  const isWhole = known.every(Number.isInteger);
  const from = isWhole ? Math.floor(low) : low;
  const span = isWhole ? Math.ceil(high) - from + 1 : high - low;
  const width = isWhole ? Math.ceil(span / 20) : span / 20;
  const bars = known.length === 0 ? [] : Array.from({ length: isWhole ? Math.ceil(span / width) : 20 }, (_, bar) => ({ from: from + width * bar, to: from + width * (bar + 1), count: 0 }));
  for (const value of known) bars[Math.max(0, Math.min(bars.length - 1, Math.floor((value - from) / (width || 1))))]!.count += 1;
  return {
    customers: values.length, known: known.length, unknown: missing ? [{ key: 'never_observed', count: missing }] : [], bars,
    mean: known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null, quantiles: known.length ? [0.05, 0.25, 0.5, 0.75, 0.95].map((part) => quantile(known, part)) : [],
  };
}

const cells = (all: One[], index: number): (number | null)[] => all.map((one) => one.indicators[index]!.figure.value ?? null);

function trend(all: One[], index: number): TrendPoint[] {
  return Array.from({ length: 13 }, (_, step) => {
    const week = Math.min(25, step * 2 + 1);
    const known = all.map((one) => one.indicators[index]!.history[week]!.value).filter((value): value is number => value != null).sort((a, b) => a - b);
    const part = (share: number) => (known.length ? quantile(known, share) : null);
    return { on: days.on((12 - step) * 28), median: part(0.5), lower: part(0.25), upper: part(0.75), known: known.length, customers: all.length };
  });
}

function ranked(all: One[], index: number): CustomerFigure[] {
  return all.flatMap((one) => (one.indicators[index]!.figure.value == null ? [] : [{ id: one.row.id, name: one.row.name, value: one.indicators[index]!.figure.value! }])).sort((a, b) => b.value - a.value);
}

const months = Array.from({ length: 12 }, (_, index) => `2025-${String(index + 1).padStart(2, '0')}`);

function figures(index: number): EfficacyFigures | null {
  const [auc, lift, verdict] = PAST[index]!;
  if (verdict === 'too_little') return null;
  const worse = specs()[index]!.worse;
  return {
    rows: 21_400, leavers: 186, auc, auc_low: auc - 0.05, auc_high: Math.min(0.99, auc + 0.05), false_discovery_rate: verdict === 'signal' ? 0.0004 : 0.31, direction: worse === 'higher' ? 'higher' : 'lower',
    information_value: (auc - 0.5) * 2.4, lift: Array.from({ length: 10 }, (_, tenth) => Math.max(0.1, lift * 0.62 ** tenth + 0.12)), worst_rate: 0.0087 * lift, lead_days: 34 + index, caught: 0.3 + (auc - 0.5), closest: index === 0 ? { id: 'days_since_last_login', correlation: 0.82 } : null,
    months: months.map((month, place) => ({ month, rows: 1_780, leavers: 15, auc: place === 3 ? null : auc + Math.sin(place * 2 + index) * 0.05, stability: Math.abs(Math.sin(place + index)) * 0.05 + (place === 9 && index === 2 ? 0.22 : 0) })),
    drift: { month: '2025-10', stability: index === 2 ? 0.24 : 0.04, bound: 0.08 },
    partial: index > 3 ? null : { direction: index === 2 ? 'higher' : worse === 'higher' ? 'higher' : 'lower', coefficient: index === 2 ? 0.31 : -0.62, low: index === 2 ? 0.1 : -0.8, high: index === 2 ? 0.52 : -0.44, beside: [{ id: 'login_days_30d', correlation: 0.77 }] },
  };
}

function efficacy(index: number): EfficacyRow {
  const spec = specs()[index]!;
  const [auc, , verdict] = PAST[index]!;
  const way = spec.worse === 'higher' ? ['高', 'higher'] : ['低', 'lower'];
  return {
    id: spec.id, name: spec.name, category: spec.category, verdict, coverage: 0.97 - index * 0.05, figures: figures(index),
    sentence: verdict === 'signal'
      ? { zh: `${spec.name.zh}越${way[0]}，越容易流失：最差的一成里流失的是平均的 ${PAST[index]![1]} 倍。`, en: `The ${way[1]} ${spec.name.en}, the more left: the worst tenth left ${PAST[index]![1]} times as often as all.` }
      : verdict === 'too_little' ? { zh: '流失的太少，判断不了。', en: 'Too few left to tell.' } : { zh: `看不出与流失有关（区分力 ${auc}）。`, en: `No relation with leaving is seen (AUC ${auc}).` },
  };
}

function report(): EfficacyReport {
  return {
    churn: 'saas_silent', as_of: NOW, design: 'moments', horizon_days: 90, first_at: days.at(730), last_at: days.at(95), rows: 21_400, customers: 1_960, leavers: 186, cut_off: 0, notes: [],
    headline: { zh: '最能预示流失的是近 30 天登录天数，其次是距上次登录天数和席位使用率。', en: 'Login days went with leaving most, then days since the last login and seats in use.' },
    indicators: specs().map((_, index) => efficacy(index)),
  };
}

function run(asked: Asked): EfficacyRun {
  const part = began === null ? 1 : Math.min(1, (Date.now() - began) / RUN_MS);
  const has = asked.scene !== 'empty' && asked.scene !== 'done';
  if (began !== null && part < 1) return { churn: 'saas_silent', state: 'running', progress: part, failure: null, report: has ? report() : null };
  const done = has || began !== null;
  return { churn: 'saas_silent', state: done ? 'done' : 'none', progress: null, failure: null, report: done ? report() : null };
}

function card(asked: Asked, index: number): IndicatorCard {
  const spec = specs()[index]!;
  const values = cells(here(asked), index);
  const told = run(asked).report ? efficacy(index) : null;
  const found = told?.figures;
  return {
    id: spec.id, name: spec.name, question: spec.question, category: spec.category, unit: UNIT_WORDS[spec.unit] ?? { zh: '', en: '' }, unit_key: spec.unit, worse: spec.worse, window: spec.window ?? null, census: CENSUS[spec.id] ?? [], version: 'a3f09c2e7b51d846',
    known: values.filter((value) => value !== null).length, customers: values.length,
    efficacy: told && { verdict: told.verdict, direction: found?.direction ?? null, auc: found?.auc ?? null, auc_low: found?.auc_low ?? null, auc_high: found?.auc_high ?? null, months: found?.months.map((one) => one.auc) ?? [], lift: found?.lift[0] ?? null, sentence: told.sentence },
  };
}

const silent = (): IndicatorCard => ({
  id: 'survey_mean_90d', name: { zh: '近 90 天满意度均分', en: 'Mean survey score, 90 days' }, question: { zh: '最近满意吗？', en: 'Have they been content?' }, category: 'satisfaction', unit: { zh: '分', en: 'points' }, unit_key: 'point', worse: 'lower', window: '90d', census: ['IND-61'], version: '91c2', known: 0, customers: 1_700, efficacy: null,
});

const SOURCE = (id: string, zh: string, en: string) => `# Presence.\n\n[[indicator]]\nid          = "other_one"\nname        = { zh = "另一个", en = "Another" }\n\n[[indicator]]\nid          = "${id}"\nname        = { zh = "${zh}", en = "${en}" }\nquestion    = { zh = "最近一个月有多少天有人在用？", en = "On how many days did anybody use it?" }\ncategory    = "behaviour"\nof          = { kind = "event", name = "Logged In" }\nmeasure     = "distinct_days"\nwindow      = "30d"\nunit        = "day"\nworse       = "lower"\nwhen_absent = "zero"\n`;

interface Part { sort: string; key: string; name?: Words | null; some: One[] }

const named = (text: string): Words => ({ zh: text, en: text });

/** One indicator of the pretended firm puts customers among those of their plan. */
function peersOf(id: string, all: number): PeerPlan | null {
  if (id !== 'feature_breadth_30d') return null;
  const groups = [['专业版', 0.5], ['企业版', 0.3], ['旗舰版', 0.19]] as const;
  return { within: 'trait', property: 'plan', least: 20, group_count: 5, groups: [...groups.map(([name, part]) => ({ name: named(name), count: Math.round(all * part), is_enough: true })), { name: named('内测版'), count: 7, is_enough: false }] };
}

function page(asked: Asked, index: number): IndicatorPage {
  const all = here(asked);
  const spec = specs()[index]!;
  const list = ranked(all, index);
  const [high, low] = [list.slice(0, 10), [...list].reverse().slice(0, 10)];
  const middle = (some: One[]) => distribution(cells(some, index)).quantiles[2] ?? null;
  const groups = [
    ...['critical', 'high', 'medium', 'low'].map((band) => ({ sort: 'band', key: band, some: all.filter((one) => one.row.verdict.band === band) })),
    ...OWNERS.map((owner) => ({ sort: 'owner', key: owner, some: all.filter((one) => one.row.owner === owner) })),
    ...SEGMENT_NAMES.map(({ id, name }) => ({ sort: 'segment', key: id, name, some: all.filter((one) => segmentsOf(one.row).some((segment) => segment.id === id)) })),
  ].map(({ sort, key, name = null, some }: Part) => ({ sort, key, name, known: some.length, median: middle(some) }));
  return {
    card: card(asked, index), as_of: NOW, source: SOURCE(spec.id, spec.name.zh, spec.name.en), distribution: distribution(cells(all, index)), trend: trend(all, index), groups,
    best: spec.worse === 'higher' ? low : high, worst: spec.worse === 'higher' ? high : low, efficacy: run(asked).report ? efficacy(index) : null, peers: peersOf(spec.id, all.length),
    definition: { id: spec.id, name: spec.name, question: spec.question, category: spec.category, of: { kind: 'event', name: 'Logged In', where: { device: ['web', 'ios'] } }, measure: 'distinct_days', window: '30d', unit: 'day', worse: 'lower', when_absent: 'zero' } as never,
  };
}

const meant = (text: string): number => Math.max(0, specs().findIndex((spec) => text.includes(spec.id)));

function previewed(asked: Asked, text: string, customer: string | null): Previewed {
  const all = here(asked);
  const index = /ticket/.test(text) ? 6 : meant(text);
  const id = /^id\s*=\s*"(\w+)"/m.exec(text)?.[1] ?? text;
  const one = all.find((each) => each.row.id === customer);
  const name = /zh = "([^"]*)"/.exec(text)?.[1] ?? specs()[index]!.name.zh;
  return {
    id, name: { zh: name, en: name }, version: 'd00d', distribution: distribution(cells(all, index)), trend: trend(all, index), examples: ranked(all, index).slice(0, 20),
    peers: null,
    customer: one ? { figure: one.indicators[index]!.figure, peers: null, facts: timelineOf(one, 60).map((fact, place) => ({ occurred_at: fact.occurred_at, kind: fact.kind, name: fact.name, value: fact.value, counted: fact.name === 'Logged In' && place < 30 })) } : null,
  };
}

function preview(asked: Asked): Told {
  const { text, customer } = asked.body as { text: string; customer: string | null };
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /\/ 0$|nonsense/.test(line));
  if (at >= 0) return { status: 400, body: { type: 'about:blank', title: 'bad_definition', status: 400, code: 'bad_definition', detail: `definition.toml 第 ${at + 1} 行第 15 列：不认识的指标“nonsense”（是否想写“open_tickets”？）`, hint: '请按提示修改', request_id: '01JE' } };
  return ok({ as_of: NOW, indicators: [previewed(asked, text, customer)] } satisfies IndicatorPreview);
}

function compared(asked: Asked): IndicatorComparison {
  const { left, right } = asked.body as { left: string; right: string };
  const all = here(asked);
  const [a, b] = [meant(left), meant(right)];
  const both = all.flatMap((one) => {
    const [x, y] = [one.indicators[a]!.figure.value, one.indicators[b]!.figure.value];
    return x == null || y == null ? [] : [{ id: one.row.id, name: one.row.name, left: x, right: y }];
  });
  const step = Math.max(1, Math.ceil(both.length / 500));
  const far = [...both].filter((one) => one.left !== one.right).sort((one, two) => Math.abs(two.left - two.right) - Math.abs(one.left - one.right));
  return {
    as_of: NOW, left: previewed(asked, left, null), right: previewed(asked, right, null), both_known: both.length, equal: both.filter((one) => one.left === one.right).length, left_only: 12, right_only: 0, rank_correlation: a === b ? 1 : 0.42,
    farthest: far.slice(0, 20), points: both.filter((_, index) => index % step === 0),
  };
}

const VOCABULARY: IndicatorVocabulary = {
  names: [
    { kind: 'event', name: 'Logged In', facts: 184_320, usual_per_day: 1_240, properties: [{ name: 'device', sort: 'text' }, { name: 'seat', sort: 'text' }] },
    { kind: 'event', name: 'Report Exported', facts: 40_112, usual_per_day: 260, properties: [{ name: 'rows', sort: 'number' }] },
    { kind: 'order', name: 'Order Completed', facts: 4_120, usual_per_day: 27, properties: [{ name: 'channel', sort: 'text' }] },
    { kind: 'ticket', name: 'Ticket Opened', facts: 3_204, usual_per_day: 21, properties: [{ name: 'priority', sort: 'text' }, { name: 'due_on', sort: 'date' }] },
  ],
};

export function indicators(asked: Asked): Told | null {
  const { method, path, scene } = asked;
  switch (`${method} ${path}`) {
    case 'GET /api/indicators': return ok({ as_of: NOW, churn: 'saas_silent', efficacy_as_of: run(asked).report ? NOW : null, indicators: scene === 'setup' ? [] : [...specs().map((_, index) => card(asked, index)), silent()] });
    case 'GET /api/indicators/efficacy': return ok(run(asked));
    case 'POST /api/indicators/efficacy': began = Date.now(); return ok(run(asked));
    case 'GET /api/indicators/vocabulary': return ok(scene === 'empty' ? { names: [] } : VOCABULARY);
    case 'POST /api/indicators/preview': return preview(asked);
    case 'POST /api/indicators/compare': return ok(compared(asked));
    case 'POST /api/indicators/draft/efficacy': return ok({ ...report(), indicators: [{ ...efficacy(0), id: 'draft' }] });
    default: {
      const told = method === 'GET' && /^\/api\/indicators\/(\w+)$/.exec(path);
      if (!told) return null;
      const index = specs().findIndex((spec) => spec.id === told[1]);
      return index >= 0 ? ok(page(asked, index)) : { status: 404, body: { type: 'about:blank', title: 'not_found', status: 404, code: 'not_found', detail: '没有这个指标', hint: '', request_id: '01JE' } };
    }
  }
}
