// Scorecards of the pretended firm: a card that really scores by its weights and curves, its versions, its replay, the
// ledger and the post-mortem of a customer. The numbers follow no model; they only hang together.

import type {
  BacktestRun, CustomerProof, FactTouch, HealthLedger, JudgementRow, LedgerPage, PostMortem, ScorecardDesign, ScorecardPage, ScorecardPreview, ScorecardRow, ScorecardVersion, ScorerProof, ScoreSpread,
} from '../src/api/scorecards';
import type { BacktestReport } from '../src/api/types';
import { corners, pointsAt, type Curve, type Tree } from '../src/pages/scorecards/design';
import { written } from '../src/pages/scorecards/toml';
import type { Asked, Told } from './answer';
import { days, FLOORS, NOW, people, timelineOf, type One } from './firm';
import { distribution } from './indicators';
import { lookback } from './past';

const ok = (body: unknown, status = 200): Told => ({ status, body });
const refuse = (status: number, code: string, detail: string, hint: string): Told => ({ status, body: { type: 'about:blank', title: code, status, code, detail, hint, request_id: '01JE8Z5Q9K' } });
const ME = '苏晚晴';

const TREE: Tree = {
  id: 'saas', name: { zh: 'SaaS 客户健康分', en: 'SaaS health' }, about: { zh: '看产品用得多不多，服务和付款顺不顺。', en: 'Whether the product is used, whether service and payments go well.' },
  base: 70, min_coverage: 0.3, firm_coverage: 0.6, value: 'contract_amount', bands: { low: 70, medium: 50, high: 30 },
  dimension: [
    { id: 'usage', name: { zh: '使用情况', en: 'Usage' }, weight: 46, measure: [
      { indicator: 'login_days_30d', weight: 3, curve: [[0, 0], [6, 40], [14, 75], [21, 100]] },
      { indicator: 'days_since_last_login', weight: 2, curve: [[0, 100], [7, 70], [21, 0]] },
    ] },
    { id: 'service', name: { zh: '服务体验', en: 'Service' }, weight: 30, measure: [
      { indicator: 'open_tickets', weight: 2, curve: { steps: [[0, 90], [2, 40], [4, 0]] } },
      { indicator: 'last_nps', weight: 1, curve: [[0, 0], [6, 35], [10, 100]], missing: 'leave_out', stale: { by: 'days_since_last_login', after: 180, then: 'fade', over: 180 } },
    ] },
    { id: 'money', name: { zh: '合同与付款', en: 'Contract and payments' }, weight: 24, measure: [
      { indicator: 'overdue_payments', weight: 1, curve: [[0, 90], [1, 50], [3, 0]] },
      { indicator: 'days_to_contract_end', weight: 1, curve: [[0, 30], [60, 65], [240, 95]] },
    ] },
  ],
};
const SHIPPED = written(TREE, '# 谁快要走了？\n');

let versions: (ScorecardVersion & { definition: string })[] = [];
let runs: { run: BacktestRun; report: BacktestReport }[] = [];
let words: JudgementRow[] = [];
let proposed = 0;

export function afreshScorecards(): void {
  versions = [version(1, SHIPPED, 'active', 'liuke', null)];
  runs = [];
  words = [];
  proposed = 0;
}

const hash = (text: string) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7).toString(16).padStart(8, '0');

function version(number: number, definition: string, state: string, author: string, note: string | null): ScorecardVersion & { definition: string } {
  const terms = state === 'active' ? [{ since: null, until: null, actor: 'liuke' }] : [];
  return { number, version: 1, content: hash(definition), definition, state, author, note, changed_at: NOW, terms };
}

/** Weights, curves and floors out of a definition as the editor writes it. */
function parsed(text: string) {
  const floor = (band: string) => Number(new RegExp(`${band} = (?:\\{ from = )?(\\d+)`).exec(text)?.[1] ?? 0);
  const dimensions = text.split(/^\[\[dimension\]\]$/m).slice(1).map((block) => {
    const [head, ...measures] = block.split(/^\s*\[\[dimension\.measure\]\]$/m);
    const number = (part: string, key: string) => Number(new RegExp(`^\\s*${key}\\s*= ([\\d.]+)`, 'm').exec(part)?.[1] ?? 0);
    return {
      weight: number(head!, 'weight'),
      measures: measures.map((part) => {
        const curve = /^\s*curve\s*= (.*)$/m.exec(part)?.[1] ?? '[]';
        const steps = /^\{ steps = (.*) \}$/.exec(curve);
        return { id: /indicator\s*= "([^"]+)"/.exec(part)?.[1] ?? '', weight: number(part, 'weight'), curve: (steps ? { steps: JSON.parse(steps[1]!) } : JSON.parse(curve)) as Curve };
      }),
    };
  });
  return { floors: { low: floor('low'), medium: floor('medium'), high: floor('high') }, dimensions };
}

type Card = ReturnType<typeof parsed>;

function health(card: Card, one: One): number | null {
  let [sum, whole] = [0, 0];
  for (const dimension of card.dimensions) {
    const all = dimension.measures.reduce((total, each) => total + each.weight, 0);
    for (const measure of dimension.measures) {
      const value = one.indicators.find((row) => row.id === measure.id)?.figure.value;
      if (value == null) continue;
      const { shape, points } = corners(measure.curve);
      sum += dimension.weight * (measure.weight / all) * pointsAt(shape, points, value);
      whole += dimension.weight * (measure.weight / all);
    }
  }
  return whole === 0 ? null : Math.round((sum / whole) * 100) / 100;
}

const bandOf = (card: Card, points: number | null) => (points === null ? null : points >= card.floors.low ? 'low' : points >= card.floors.medium ? 'medium' : points >= card.floors.high ? 'high' : 'critical');
const here = (asked: Asked): One[] => (asked.scene === 'empty' || asked.scene === 'setup' ? [] : people(2_000).filter((one) => one.row.standing.state !== 'gone'));

function spread(healths: (number | null)[], bands: (string | null)[]): ScoreSpread {
  const tens = Array.from({ length: 10 }, (_, at) => healths.filter((one) => one !== null && Math.min(9, Math.floor(one / 10)) === at).length);
  return { bands: ['critical', 'high', 'medium', 'low', null].map((band) => ({ key: band ?? 'unknown', count: bands.filter((one) => one === band).length })), tens, coverage: 0.91, thin: 14 };
}

function preview(asked: Asked, definition: string, customer: string | null): ScorecardPreview {
  const [now, then] = [parsed(used().definition), parsed(definition)];
  const all = here(asked).map((one) => ({ one, before: health(now, one), after: health(then, one) }));
  const moved = all.filter((each) => bandOf(now, each.before) !== bandOf(then, each.after));
  moved.sort((a, b) => Math.abs((b.after ?? 0) - (b.before ?? 0)) - Math.abs((a.after ?? 0) - (a.before ?? 0)));
  const chosen = all.find((each) => each.one.row.id === customer);
  const ledger = (before: number | null, after: number | null): HealthLedger => ({ before, after, changes: before === after ? [] : [{ cause: 'weight', measure: 'login_days_30d', sentence: { zh: '打分卡调整了“近 30 天登录天数”的权重', en: 'the scorecard weighs Login days, 30 days otherwise' }, points: Math.round(((after ?? 0) - (before ?? 0)) * 100) / 100, before: null, after: null, fact_count: 0, facts: [] }] });
  return {
    customers: all.length, moved: moved.length, before: spread(all.map((each) => each.before), all.map((each) => bandOf(now, each.before))), after: spread(all.map((each) => each.after), all.map((each) => bandOf(then, each.after))),
    movers: moved.slice(0, 40).map((each) => ({ id: each.one.row.id, name: each.one.row.name, before: each.before, after: each.after, band_before: bandOf(now, each.before), band_after: bandOf(then, each.after), value: each.one.row.value.value ?? null, because: { zh: '打分卡调整了“近 30 天登录天数”的权重', en: 'the scorecard weighs Login days, 30 days otherwise' } })),
    ledger: chosen ? ledger(chosen.before, chosen.after) : null,
  };
}

const used = () => versions.find((one) => one.state === 'active')!;
const draft = () => versions.find((one) => one.state === 'draft' || one.state === 'review');
const proofOf = (content: string): ScorerProof => {
  const found = runs.find(({ run }) => run.scorer === `scorecard:saas@${content}`);
  return { state: found ? 'backtested' : 'never', backtest: found ? { id: found.run.id, at: NOW, result: found.run.result! } : null, service: null };
};

function row(asked: Asked): ScorecardRow {
  return { id: 'saas', name: TREE.name, about: TREE.about, version: used().content, is_in_use: true, applies: null, draft: draft()?.state ?? null, customers: here(asked).length, proof: proofOf(used().content) };
}

const OTHER: ScorecardRow = { id: 'general', name: { zh: '通用健康分', en: 'General health' }, about: { zh: '先看活动是否变少。', en: 'Watches activity first.' }, version: '99aa00ff', is_in_use: false, applies: null, draft: null, customers: 0, proof: { state: 'never', backtest: null, service: null } };

function page(asked: Asked): ScorecardPage {
  return {
    row: row(asked), definition: used().definition, draft_definition: draft()?.definition ?? null, base: 70, band_floors: FLOORS.map(([band, from]) => ({ band, from })), band_words: [], min_coverage: 0.3, firm_coverage: 0.6, measures: [],
    versions: [...versions].reverse().map(({ definition: _, ...rest }) => rest),
  };
}

function tree(definition: string): Tree {
  const card = parsed(definition);
  const told = structuredClone(TREE);
  told.bands = { ...told.bands, ...card.floors };
  told.dimension.forEach((group, at) => {
    group.weight = card.dimensions[at]?.weight ?? group.weight;
    group.measure?.forEach((measure, place) => {
      const found = card.dimensions[at]?.measures[place];
      if (found) Object.assign(measure, { weight: found.weight, curve: found.curve });
    });
  });
  return told;
}

function design(asked: Asked): ScorecardDesign {
  const shown = draft() ?? used();
  const rows = people(2_000)[0]!.indicators;
  const measures = TREE.dimension.flatMap((group) => group.measure ?? []).map((measure) => {
    const at = rows.findIndex((one) => one.id === measure.indicator);
    const told = rows[at]!;
    return { id: told.id, name: told.name, question: told.question, unit: told.unit, worse: told.worse, distribution: distribution(here(asked).map((one) => one.indicators[at]!.figure.value ?? null)) };
  });
  return { definition: shown.definition, content: shown.content, is_draft: shown !== used(), tree: tree(shown.definition) as unknown as ScorecardDesign['tree'], applies: null, measures };
}

const BANDS = [['critical', 38, 17], ['high', 120, 31], ['medium', 610, 44], ['low', 1_730, 26]].map(([band, stood, left]) => ({ band: band as string, stood: stood as number, left: left as number, share: { share: (left as number) / (stood as number), low: ((left as number) / (stood as number)) * 0.7, high: ((left as number) / (stood as number)) * 1.35 } }));

function replayed(content: string, better: boolean): void {
  const base = lookback(false).page!.report!;
  const caught = better ? 16 : 14;
  const leavers = base.leavers.map((one, at) => (better && (at === 14 || at === 15) ? { ...one, missed: null, warned_at: days.at(330 - at * 15 + 30), lead_days: 30 } : one));
  const report: BacktestReport = {
    ...base, scorer: `scorecard:saas@${content}`, leavers, bands: BANDS, counts: { ...base.counts, caught, missed: 20 - caught, recall: { share: caught / 20, low: caught / 20 - 0.2, high: caught / 20 + 0.12 } },
    headline: { zh: `去年流失 20 位。若当时用打分卡“SaaS 客户健康分”，${caught} 位可提前发现，中位提前 41 天`, en: `20 left last year. With the scorecard "SaaS health" ${caught} would have been seen ahead, a median of 41 days` },
  };
  const id = runs.length + 1;
  const result = { from: report.from, to: report.to, leavers: 20, caught, alerts: 26, false_alarms: 9, undecided: 2, lead_days: 41, is_few: false, headline: report.headline, horizon_days: 90, bands: BANDS };
  runs.unshift({ run: { id, state: 'done', progress: null, failure: null, scorer: report.scorer, churn: 'saas_silent', started_at: NOW, result }, report });
}

function step(asked: Asked, what: string): Told {
  const told = asked.body as { version: number; number?: number };
  const now = draft();
  if (what === 'review') {
    if (!now || now.version !== told.version) return refuse(409, 'version_conflict', '这条记录刚被别人改过', '请刷新后再试');
    Object.assign(now, { state: 'review', version: now.version + 1 });
    return ok(page(asked));
  }
  const next = what === 'activate' ? now : versions.find((one) => one.number === told.number) ?? versions.findLast((one) => one.state === 'retired');
  if (!next) return refuse(409, 'nothing_before', '没有可以退回的版本', '');
  const before = used();
  Object.assign(before, { state: 'retired', version: before.version + 1, terms: before.terms.map((term) => ({ ...term, until: term.until ?? NOW })) });
  Object.assign(next, { state: 'active', version: next.version + 1, terms: [...next.terms, { since: NOW, until: null, actor: ME }] });
  return ok(page(asked));
}

function ledger(one: One): LedgerPage {
  const facts = timelineOf(one).slice(0, 2).map((fact) => ({ id: fact.id, kind: fact.kind, name: fact.name, occurred_at: fact.occurred_at, known_at: fact.known_at }));
  const now = one.row.verdict.health;
  const change = (points: number, sentence: HealthLedger['changes'][number]['sentence'], behind: typeof facts): HealthLedger['changes'][number] => ({ cause: 'figure', measure: 'login_days_30d', sentence, points, before: null, after: null, fact_count: behind.length, facts: behind });
  const both = [change(-3.2, { zh: '近 30 天登录天数：14 天 → 9 天', en: 'Login days, 30 days: 14 days → 9 days' }, facts), change(1.2, { zh: '其他指标有增减，余下各项权重相应调整', en: 'other measures came or went, so the rest weigh otherwise' }, [])];
  const told: HealthLedger = { before: now == null ? null : now + 2, after: now ?? null, changes: both };
  return { from: days.at(30), to: days.at(0), whole: told, days: [{ from: days.at(2), to: days.at(1), scorecard_version: used().content, ledger: told }] };
}

function mortem(one: One, asked: Asked): Told {
  if (one.row.standing.state !== 'gone') return refuse(409, 'not_lost', '这位客户没有流失', '复盘只看已流失的客户');
  if (asked.method === 'POST') proposed = 1;
  const left = 40;
  const counts = { alerts: 31, in_time: 12, late: 1, false_alarms: 16, undecided: 2, leavers: 24, caught: 12, missed: 12, precision: { share: 0.45, low: 0.28, high: 0.62 }, recall: { share: 0.5, low: 0.31, high: 0.69 } };
  const told: PostMortem = {
    customer: one.row.id, name: one.row.name, owner: one.row.owner, value: one.row.value, left_at: days.at(left), last_seen_at: days.at(left + 60),
    health: Array.from({ length: 27 }, (_, at) => ({ at: days.at(left + (26 - at) * 7), health: Math.max(22, 78 - at * 2.1), band: at < 5 ? 'low' : at < 14 ? 'medium' : 'high' })), band_floors: FLOORS.map(([band, from]) => ({ band, from })),
    signs: [
      { at: days.at(left + 84), is_before: false, lead_days: 84, is_in_time: true, rule: 'usage_drop', name: { zh: '使用骤降', en: 'Usage drop' }, is_active: true, sentence: { zh: '近 30 天登录 4 天，往常 15 天', en: 'logged in on 4 days of the last 30, usually 15' }, fact: { id: '7', kind: 'event', name: 'Logged In', occurred_at: days.at(left + 92), known_at: days.at(left + 92) } },
      { at: days.at(left + 112), is_before: false, lead_days: 112, is_in_time: true, rule: 'nps_low', name: { zh: '推荐分低', en: 'Low recommendation' }, is_active: false, sentence: { zh: '最近一次推荐分 4 分', en: 'last recommendation score 4' }, fact: null },
    ],
    sentence: { zh: `${days.on(left + 84)} 就看得出来，比流失早 84 天：近 30 天登录 4 天，往常 15 天`, en: `It could be seen on ${days.on(left + 84)}, 84 days before: logged in on 4 days of the last 30, usually 15` },
    alerts: [{ id: 1, rule_name: { zh: '使用骤降', en: 'Usage drop' }, sentence: { zh: '近 30 天登录 4 天，往常 15 天', en: 'logged in on 4 days of the last 30, usually 15' }, opened_at: days.at(left + 80), lead_days: 80, fate: 'ignored', accepted_by: null, outcome: null, outcome_name: null }],
    alerts_sentence: { zh: '发出过 1 条预警：受理 0 条，没人受理 1 条，来得太晚 0 条', en: '1 alerts were opened: 0 accepted, 1 accepted by nobody, 0 too late' }, lead_days: 14,
    proposal: proposed === 0 ? { state: 'none', progress: null, failure: null, proposal: null, because: null } : {
      state: 'done', progress: null, failure: null, because: null,
      proposal: {
        sort: 'threshold', rule: 'usage_drop', indicator: 'login_days_30d', sentence: { zh: '把规则“使用骤降”的线从 4 天 挪到 6 天', en: 'Move the threshold of "Usage drop" from 4 days to 6 days' }, definition: '[[rule]]\nid = "usage_drop_earlier"\n', from: 4, to: 6, unit: 'day', warned_at: days.at(left + 98), lead_days: 98,
        replayed_from: days.at(365), replayed_to: days.at(0), is_few: false, counts, present: { ...counts, caught: 9, missed: 15 }, headline: { zh: '去年流失 24 位。若当时用规则“使用骤降（更早）”，12 位可提前发现，中位提前 38 天', en: '24 left last year. With the rule "Usage drop, earlier" 12 would have been seen ahead, a median of 38 days' }, tried: [],
      },
    },
  };
  return asked.method === 'POST' ? ok(told.proposal, 202) : ok(told);
}

export function scorecards(asked: Asked): Told | null {
  const { method, path, body } = asked;
  const card = /^\/api\/scorecards(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(path);
  if (card) {
    if (!card[1]) return ok([row(asked), OTHER]);
    if (card[1] !== 'saas') return refuse(404, 'not_found', '没有这张打分卡', '');
    if (!card[2]) return ok(page(asked));
    if (card[2] === 'design') return ok(design(asked));
    if (card[2] === 'preview') {
      const told = body as { definition: string; customer: string | null };
      return ok(preview(asked, told.definition, told.customer));
    }
    if (card[2] === 'draft') {
      const told = body as { definition: string; note: string | null; version: number | null };
      const now = draft();
      if (now) Object.assign(now, { definition: told.definition, content: hash(told.definition), note: told.note, version: now.version + 1, state: 'draft' });
      else versions.push(version(versions.length + 1, told.definition, 'draft', ME, told.note));
      return ok(page(asked));
    }
    return step(asked, card[2]);
  }
  if (path === '/api/backtests') {
    if (method === 'GET') return ok({ items: runs.map(({ run }) => run) });
    const { scorer } = body as { scorer: string };
    replayed(used().content, false);
    if (scorer.startsWith('draft:')) replayed(draft()!.content, true);
    return ok(runs[0]!.run, 202);
  }
  const run = /^\/api\/backtests\/(\d+)$/.exec(path);
  if (run) return ok(runs.find((one) => one.run.id === Number(run[1])) ?? null);
  const who = /^\/api\/customers\/([^/]+)\/(proof|ledger|ledger\/facts\/\w+|judgements|judgements\/\d+|post-mortem|post-mortem\/proposal)$/.exec(path);
  if (!who) return null;
  const one = people(2_000).find((each) => each.row.id === decodeURIComponent(who[1]!));
  if (!one) return refuse(404, 'not_found', '没有这个客户', '检查编号，或用搜索找');
  if (who[2] === 'proof') return ok({ scorecard: 'saas', name: TREE.name, band: one.row.verdict.band, proof: proofOf(used().content), asked: [{ id: 'pulse_1', name: { zh: '员工评分', en: 'Staff pulse' }, least: 1, most: 5 }] } satisfies CustomerProof);
  if (who[2] === 'ledger') return ok(ledger(one));
  if (who[2]!.startsWith('ledger/')) {
    const fact = timelineOf(one).find((each) => each.id === who[2]!.split('/').at(-1)) ?? timelineOf(one)[0]!;
    return ok({ fact: { id: fact.id, kind: fact.kind, name: fact.name, occurred_at: fact.occurred_at, known_at: fact.known_at }, indicators: [{ id: 'login_days_30d', name: { zh: '近 30 天登录天数', en: 'Login days, 30 days' }, is_on_scorecard: true, points: -6.4 }] } satisfies FactTouch);
  }
  if (who[2] === 'judgements') {
    const told = body as { measure: string | null; value: number; reason: string; until: string | null };
    words.unshift({ id: words.length + 1, measure: told.measure, value: told.value, reason: told.reason, author: ME, said_at: NOW, until: told.until ? `${told.until}T00:00:00+08:00` : null, withdrawn_at: null, withdrawn_by: null, stands: true });
    return ok(words[0], 201);
  }
  if (who[2]!.startsWith('judgements/')) {
    const word = words.find((each) => each.id === Number(who[2]!.split('/')[1]));
    if (word) Object.assign(word, { stands: false, withdrawn_at: NOW, withdrawn_by: ME });
    return ok(word);
  }
  return mortem(one, asked);
}

/** What people have said of a customer; of everybody the same, one visit long. */
export const saidOf = (): JudgementRow[] => words;

afreshScorecards();
