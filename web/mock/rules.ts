// Rules of the pretended firm: what they say, whom they catch by the firm's own numbers, week by week; drafts and versions.
// Only what the screens use is understood: numbers as they are, belonging, and how conditions are joined.

import type {
  Figure, ProofOf, RulePage, RuleParameter, RulePreview, RuleRow, RuleSwitch, RuleVocabulary, ScorecardVersion, Words,
} from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW, people, type One } from './firm';

type Value = Record<string, unknown>;
interface Kept { id: string; shipped: Value | null; rule: Value; draft: Value | null; versions: ScorecardVersion[] }

const ok = (body: unknown): Told => ({ status: 200, body });
const refuse = (status: number, code: string, detail: string, hint = ''): Told => ({ status, body: { type: 'about:blank', title: code, status, code, detail, hint } });
const WEEKS = 26;
const ADMIN = '苏晚晴';
const words = (zh: string, en: string): Words => ({ zh, en });

const SHIPPED: Value[] = [
  {
    id: 'saas_away', census: 'RULE-05', name: words('很久没有登录', 'No login for long'), cause: 'usage', severity: 'urgent', state: 'active',
    parameters: { days: { value: 14, unit: 'day', least: 3, most: 90, name: words('没有登录的天数', 'Days without a login') } },
    when: { of: 'days_since_last_login', is: '>=', than: '$days' }, clear: { of: 'login_days_30d', is: '>=', than: 4 }, cooldown_days: 30,
    say: words('已经 {days_since_last_login} 天没有登录', 'no login for {days_since_last_login|1:# day|*:# days}'), next_step: words('打电话确认是否还在用', 'Call and ask whether it is in use'),
  },
  {
    id: 'saas_health_low', census: 'RULE-02', name: words('健康分偏低', 'Health is low'), cause: 'health', severity: 'warning', state: 'active',
    parameters: { floor: { value: 42, unit: 'point', least: 10, most: 90, name: words('健康分', 'Health') } },
    when: { of: 'health', is: '<', than: '$floor' }, cooldown_days: 14, say: words('健康分只有 {health} 分', 'health is only {health}'), next_step: words('看扣分项，安排一次回访', 'See what costs points and call'),
  },
  {
    id: 'saas_tickets', name: words('工单没有人回', 'Tickets wait for an answer'), cause: 'tickets', severity: 'warning', state: 'active',
    when: { all: [{ of: 'open_tickets', is: '>=', than: 2 }, { not: { tier: ['low'] } }] }, cooldown_days: 14, say: words('{open_tickets} 张工单超时未回', '{open_tickets} tickets past due'), next_step: words('当天给答复', 'Answer today'),
  },
  {
    id: 'saas_away_and_unused', census: 'RULE-10', name: words('7 天未登录且用得少', 'Away for 7 days and little used'), cause: 'usage', severity: 'warning', state: 'available',
    reading: words('原文用顿号分隔，这里按“且”理解：两条同时满足。', 'The source joins them by a comma; read as “and”: both must hold.'),
    parameters: { days: { value: 7, unit: 'day', least: 1, most: 60, name: words('没有登录的天数', 'Days without a login') }, used: { value: 6, unit: 'day', least: 0, most: 30, name: words('近 30 天登录天数', 'Login days, 30 days') } },
    when: { all: [{ of: 'days_since_last_login', is: '>=', than: '$days' }, { of: 'login_days_30d', is: '<=', than: '$used' }] }, clear: { of: 'login_days_30d', is: '>=', than: 8 }, cooldown_days: 21,
    say: words('{days_since_last_login} 天没有登录，近 30 天只来了 {login_days_30d} 天', 'away for {days_since_last_login} days, here on {login_days_30d} of 30'), next_step: words('约一次功能培训', 'Offer a training'),
  },
  {
    id: 'saas_ends_soon', census: 'RULE-12', name: words('快到期且健康分低', 'Ends soon while health is low'), cause: 'renewal', severity: 'urgent', state: 'available',
    when: { at_least: 2, among: [{ of: 'days_to_contract_end', is: '<=', than: 30 }, { of: 'health', is: '<', than: 50 }, { of: 'last_nps', is: '<=', than: 5 }] }, cooldown_days: 30,
    say: words('合同还有 {days_to_contract_end} 天到期', 'the contract ends in {days_to_contract_end} days'), next_step: words('约决策人谈续约', 'Meet whoever decides'),
  },
];

let rules: Kept[] = [];
export function afreshRules(): void {
  rules = SHIPPED.map((rule) => ({ id: String(rule.id), shipped: rule, rule, draft: null, versions: [] }));
}
afreshRules();

// Words and truth of a condition.

const isTable = (value: unknown): value is Value => typeof value === 'object' && value !== null && !Array.isArray(value);
const specs = () => people(2_000)[0]!.indicators;
const HEALTH = { id: 'health', name: words('健康分', 'Health'), unit: 'point' };
const BANDS: Record<string, Words> = { critical: words('极高', 'critical'), high: words('高', 'high'), medium: words('中', 'medium'), low: words('低', 'low') };
const TIERS: Record<string, Words> = { high: words('高价值', 'High value'), middle: words('中价值', 'Middle value'), low: words('低价值', 'Low value') };
const UNITS: Record<string, Words> = { day: words('天', 'days'), count: words('次', 'times'), point: words('分', 'points'), percent: words('', '') };
const SIGNS: Record<string, Words> = { '<': words('低于', 'below'), '<=': words('不超过', 'at most'), '>': words('高于', 'above'), '>=': words('不低于', 'at least'), '=': words('是', 'is'), '!=': words('不是', 'is not') };

class Wrong extends Error {}
const quantity = (of: string, place: string) => {
  const found = of === 'health' ? HEALTH : specs().find((one) => one.id === of);
  if (!found) throw new Wrong(`${place}.of: 没有指标“${of}”（是否想写“login_days_30d”？）`);
  return found;
};
const resolved = (rule: Value, value: unknown): number => {
  if (typeof value === 'number') return value;
  const parameter = isTable(rule.parameters) ? rule.parameters[String(value).slice(1)] : undefined;
  return isTable(parameter) ? Number(parameter.value) : Number.NaN;
};
const join = (list: Words[], zh: string, en: string): Words => words(list.map((one) => one.zh).join(zh), list.map((one) => one.en).join(en));

function said(rule: Value, value: unknown, place: string): Words {
  if (!isTable(value)) throw new Wrong(`${place}: 看不懂的条件`);
  const parts = (list: unknown, key: string) => (list as unknown[]).map((one, at) => said(rule, one, `${place}.${key}[${at}]`));
  if ('all' in value) return join(parts(value.all, 'all'), '，且', ' and ');
  if ('any' in value) return join(parts(value.any, 'any'), '，或', ' or ');
  if ('among' in value) {
    const list = join(parts(value.among, 'among'), '；', '; ');
    return words(`以下至少 ${value.at_least} 项：${list.zh}`, `at least ${value.at_least} of these: ${list.en}`);
  }
  if ('not' in value) {
    const inner = said(rule, value.not, `${place}.not`);
    return words(`不是（${inner.zh}）`, `not (${inner.en})`);
  }
  if ('holds' in value) {
    const inner = said(rule, value.holds, `${place}.holds`);
    return 'for_days' in value ? words(`连续 ${value.for_days} 天都满足（${inner.zh}）`, `on ${value.for_days} days in a row (${inner.en})`) : words(`每 ${value.every_days} 天看一次，连续 ${value.times} 次都满足（${inner.zh}）`, `${value.times} times in a row, ${value.every_days} days apart (${inner.en})`);
  }
  if ('of' in value) {
    const one = quantity(String(value.of), place);
    const than = resolved(rule, value.than);
    if (Number.isNaN(than)) throw new Wrong(`${place}.than: 要写数字`);
    const sign = SIGNS[String(value.is)]!;
    return words(`${one.name.zh}${sign.zh} ${than} ${UNITS[one.unit]?.zh ?? ''}`.trim(), `${one.name.en} ${sign.en} ${than} ${UNITS[one.unit]?.en ?? ''}`.trim());
  }
  for (const [key, named] of [['band', BANDS], ['tier', TIERS]] as const) {
    if (key in value) return join((value[key] as string[]).map((one) => named[one] ?? words(one, one)), '、', ' or ');
  }
  return words('其他条件', 'another condition');
}

type Answer = boolean | null;
const compare: Record<string, (a: number, b: number) => boolean> = { '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b, '=': (a, b) => a === b, '!=': (a, b) => a !== b };

/** The number of a customer in a week; the last week is now. */
function numberOf(one: One, of: string, week: number): number | null {
  if (of === 'health') return week === WEEKS - 1 ? (one.row.verdict.health ?? null) : (one.history[week]?.value ?? null);
  const cell = one.indicators.find((each) => each.id === of);
  return (week === WEEKS - 1 ? cell?.figure.value : cell?.history[week]?.value) ?? null;
}

function holds(rule: Value, value: unknown, one: One, week: number): Answer {
  if (!isTable(value)) return null;
  const count = (list: unknown, least: number): Answer => {
    const answers = (list as unknown[]).map((each) => holds(rule, each, one, week));
    const yes = answers.filter((each) => each === true).length;
    return yes >= least ? true : yes + answers.filter((each) => each === null).length < least ? false : null;
  };
  if ('all' in value) return count(value.all, (value.all as unknown[]).length);
  if ('any' in value) return count(value.any, 1);
  if ('among' in value) return count(value.among, Number(value.at_least));
  if ('not' in value) {
    const inner = holds(rule, value.not, one, week);
    return inner === null ? null : !inner;
  }
  if ('holds' in value) return holds(rule, value.holds, one, week);
  if ('of' in value) {
    const number = numberOf(one, String(value.of), week);
    return number === null ? null : compare[String(value.is)]!(number, resolved(rule, value.than));
  }
  if ('band' in value) return one.row.verdict.band ? (value.band as string[]).includes(one.row.verdict.band) : null;
  if ('tier' in value) return one.row.tier ? (value.tier as string[]).includes(one.row.tier) : null;
  if ('tag' in value) return one.row.tags.some((tag) => (value.tag as string[]).includes(tag));
  return false;
}

function figures(value: unknown, found: string[] = []): string[] {
  if (Array.isArray(value)) value.forEach((one) => figures(one, found));
  else if (isTable(value)) {
    if (typeof value.of === 'string' && !found.includes(value.of)) found.push(value.of);
    Object.values(value).forEach((one) => figures(one, found));
  }
  return found;
}

const figureOf = (value: number | null): Figure => (value === null ? { value: null, unknown: 'never_observed', unknown_because: words('还没有收到过这类动态', 'nothing of this kind has been seen yet') } : { value, unknown: null, unknown_because: null });

function spoken(rule: Value, one: One): Words {
  const say = rule.say as Words;
  const put = (text: string) => text.replace(/\{-?(\w+)(?:\|[^}]*)?\}/g, (_, id: string) => String(numberOf(one, id, WEEKS - 1) ?? '—'));
  return words(put(say.zh), put(say.en));
}

function preview(rule: Value, all: One[]): RulePreview {
  const here = all.filter((one) => one.row.standing.state === 'current');
  const caught = here.filter((one) => holds(rule, rule.when, one, WEEKS - 1) === true).sort((a, b) => (b.row.value.value ?? -1) - (a.row.value.value ?? -1));
  const seen = new Set<string>();
  const left = new Set<string>();
  const weeks = Array.from({ length: WEEKS }, (_, week) => {
    const opened = all.filter((one) => week > 0 && holds(rule, rule.when, one, week) === true && holds(rule, rule.when, one, week - 1) !== true);
    const gone = opened.filter((one) => one.row.standing.state === 'gone');
    opened.forEach((one) => seen.add(one.row.id));
    gone.forEach((one) => left.add(one.row.id));
    return { on: days.on((WEEKS - 1 - week) * 7), opened: opened.length, left: gone.length };
  });
  return {
    as_of: NOW, sentence: said(rule, rule.when, 'rule.when'), clear: rule.clear ? said(rule, rule.clear, 'rule.clear') : null, schedule: rule.on === 'working_days' ? words('只在工作日提醒', 'on working days only') : null,
    customers: here.length, caught: caught.length, unknown: here.filter((one) => holds(rule, rule.when, one, WEEKS - 1) === null).length,
    examples: caught.slice(0, 20).map((one) => ({
      id: one.row.id, name: one.row.name, sentence: spoken(rule, one), health: one.row.verdict.health, band: one.row.verdict.band, value: one.row.value,
      figures: figures(rule.when).map((of) => {
        const told = quantity(of, '');
        const value = numberOf(one, of, WEEKS - 1);
        const unit = UNITS[told.unit]!;
        return { of, name: told.name, shown: words(`${value ?? '—'} ${unit.zh}`.trim(), `${value ?? '—'} ${unit.en}`.trim()), value: figureOf(value) };
      }),
    })),
    weeks, opened: weeks.reduce((sum, week) => sum + week.opened, 0), opened_customers: seen.size, left: left.size, left_in_all: all.filter((one) => one.row.standing.state === 'gone').length, left_out: null, sample: null,
  };
}

// What is kept.

function row(one: Kept, all: One[]): RuleRow {
  const { rule } = one;
  return {
    id: one.id, census: (rule.census as string | undefined) ?? null, name: rule.name as Words, cause: String(rule.cause), severity: String(rule.severity), is_active: rule.state === 'active', is_shipped: one.shipped !== null,
    is_own: one.shipped === null || one.versions.some((version) => version.state === 'active' && version.note !== null) || JSON.stringify(one.shipped) !== JSON.stringify(rule), sentence: said(rule, rule.when, 'rule.when'), draft: one.draft ? (one.versions.some((version) => version.state === 'review') ? 'review' : 'draft') : null,
    open_alerts: all.reduce((sum, each) => sum + each.alerts.filter((alert) => alert.rule === one.id).length, 0),
  };
}

function parameters(one: Kept): RuleParameter[] {
  const told = isTable(one.rule.parameters) ? one.rule.parameters : {};
  const shipped = one.shipped && isTable(one.shipped.parameters) ? one.shipped.parameters : {};
  return Object.entries(told).map(([id, raw]) => {
    const parameter = raw as Value;
    const before = shipped[id] as Value | undefined;
    return { id, name: parameter.name as Words, unit: String(parameter.unit), value: Number(parameter.value), shipped: before ? Number(before.value) : null, least: Number(parameter.least), most: Number(parameter.most) };
  });
}

function page(one: Kept, all: One[]): RulePage {
  const { rule } = one;
  return {
    row: row(one, all), definition: `[[rule]]\nid = "${one.id}"\n`, rule: rule as never, draft_definition: one.draft ? `[[rule]]\nid = "${one.id}"\n` : null, draft_rule: (one.draft ?? null) as never,
    clear: rule.clear ? said(rule, rule.clear, 'rule.clear') : null, cooldown_days: Number(rule.cooldown_days), schedule: null, say: rule.say as Words, next_step: rule.next_step as Words, reading: (rule.reading as Words | undefined) ?? null,
    parameters: parameters(one), versions: [...one.versions].reverse(),
  };
}

const kinds = new Map<ScorecardVersion, Value>();

function put(one: Kept, rule: Value, state: 'draft' | 'active', note: string | null): ScorecardVersion {
  if (one.versions.length === 0 && one.shipped) {
    const first = version(1, 'active', 'liuke', null);
    first.terms.push({ since: null, until: null, actor: 'liuke' });
    kinds.set(first, one.shipped);
    one.versions.push(first);
  }
  const next = version(one.versions.length + 1, 'draft', ADMIN, note);
  kinds.set(next, rule);
  one.versions.push(next);
  if (state === 'active') start(one, next);
  else one.draft = rule;
  return next;
}

const version = (number: number, state: string, author: string, note: string | null): ScorecardVersion => ({ number, version: 1, content: `c${number}`, state, author, note, changed_at: NOW, terms: [] });

function start(one: Kept, chosen: ScorecardVersion): void {
  for (const each of one.versions) {
    if (each.state !== 'active') continue;
    Object.assign(each, { state: 'retired', version: each.version + 1 });
    const term = each.terms.at(-1);
    if (term) term.until = NOW;
  }
  Object.assign(chosen, { state: 'active', version: chosen.version + 1 });
  chosen.terms.push({ since: NOW, until: null, actor: ADMIN });
  one.rule = kinds.get(chosen)!;
  one.draft = null;
}

function vocabulary(all: One[]): RuleVocabulary {
  const here = all.filter((one) => one.row.standing.state === 'current');
  const quartiles = (of: string) => {
    const known = here.map((one) => numberOf(one, of, WEEKS - 1)).filter((value): value is number => value !== null).sort((a, b) => a - b);
    return { known: known.length, quartiles: known.length ? [0, 0.25, 0.5, 0.75, 1].map((part) => known[Math.round(part * (known.length - 1))]!) : [] };
  };
  const named = (list: Record<string, Words>) => Object.entries(list).map(([id, name]) => ({ id, name }));
  return {
    quantities: [...specs().map((one) => ({ id: one.id, name: one.name, question: one.question, category: one.category, unit: one.unit, unit_word: UNITS[one.unit] ?? words('', ''), worse: one.worse, ...quartiles(one.id) })), { ...HEALTH, question: words('客户整体好不好？', 'How well does the customer stand?'), category: 'health', unit_word: UNITS.point!, worse: 'lower', ...quartiles('health') }],
    bands: named(BANDS), traits: [{ key: 'industry', name: words('行业', 'industry'), values: ['软件', '物流', '食品'], known: here.length }, { key: 'seats', name: words('席位', 'seats'), values: ['50', '120'], known: here.length }],
    segments: [{ id: 'churn_warned', name: words('流失预警客户', 'Churn warned') }], tags: ['重点', '行业标杆'], tiers: named(TIERS), rfm: [{ id: 'key_keep', name: words('重要保持客户', 'Key, to keep') }],
    events: [{ kind: 'event', name: 'Logged In', facts: 48_210, usual_per_day: 160, properties: [] }, { kind: 'ticket', name: 'Ticket Opened', facts: 3_120, usual_per_day: 9, properties: [] }], causes: ['usage', 'health', 'tickets', 'renewal'],
    severities: [{ id: 'urgent', name: words('紧急', 'Urgent') }, { id: 'warning', name: words('提醒', 'Warning') }, { id: 'info', name: words('知会', 'Notice') }], most_days: 366,
  };
}

const proofs = (): ProofOf[] => rules.map((one, place) => ({
  scorer: `rule:${one.id}`,
  proof: {
    state: one.rule.state === 'active' ? 'in_service' : place % 2 ? 'backtested' : 'never',
    backtest: place === 2 || place === 4 ? null : { id: 3, at: days.at(4), result: { from: days.at(365), to: days.at(0), leavers: 20, caught: 14 - place * 2, alerts: 31, false_alarms: 9 + place, undecided: 2, lead_days: 41, is_few: false, horizon_days: 90, bands: [], headline: words(`去年流失 20 位，这条规则能提前发现 ${14 - place * 2} 位`, `20 left last year; this rule would have seen ${14 - place * 2} of them ahead`) } },
    service: one.rule.state === 'active' ? { alerts: 40 - place * 7, open: 12 - place * 2, false_alarms: place % 3 } : null,
  },
}));

/** A written definition is not read here: it is taken for the rule whose id it names. */
function askedRule(body: unknown): Value {
  const { rule, definition } = body as { rule?: Value; definition?: string };
  return rule ?? rules.find((one) => definition?.includes(`"${one.id}"`))?.rule ?? {};
}

/** Answers what is asked about rules; nothing for any other address. */
export function ruling({ method, path, body, scene }: Asked): Told | null {
  const all = scene === 'empty' || scene === 'setup' ? [] : people(2_000);
  if (path === '/api/proofs') return ok(proofs());
  if (path === '/api/backtests' && method === 'GET') return ok({ items: [] });
  if (!path.startsWith('/api/rules')) return null;
  try {
    if (path === '/api/rules') return ok(rules.map((one) => row(one, all)));
    if (path === '/api/rules/vocabulary') return ok(vocabulary(all));
    if (path === '/api/rules/preview') return ok(preview(askedRule(body), all));
    const [, id = '', act] = /^\/api\/rules\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    let one = rules.find((each) => each.id === decodeURIComponent(id));
    if (act === 'draft') {
      const [rule, note] = [askedRule(body), (body as { note: string | null }).note];
      said(rule, rule.when, 'rule.when');
      if (!one) rules.push((one = { id, shipped: null, rule, draft: null, versions: [] }));
      const written = one.versions.find((each) => each.state === 'draft' || each.state === 'review');
      if (written) {
        kinds.set(written, rule);
        Object.assign(written, { state: 'draft', version: written.version + 1, note: note ?? written.note });
        one.draft = rule;
      } else put(one, rule, 'draft', note);
      return ok(page(one, all));
    }
    if (!one) return refuse(404, 'not_found', '没有找到这条规则');
    if (act === 'switch') {
      const asked = body as RuleSwitch;
      const told = isTable(one.rule.parameters) ? one.rule.parameters : {};
      const values = Object.fromEntries(Object.entries(told).map(([name, parameter]) => [name, { ...(parameter as Value), value: asked.parameters?.[name] ?? (parameter as Value).value }]));
      put(one, { ...one.rule, state: asked.is_active ? 'active' : 'available', ...(Object.keys(values).length > 0 ? { parameters: values } : {}) }, 'active', asked.note ?? null);
    }
    if (act === 'review') {
      const written = one.versions.find((each) => each.state === 'draft')!;
      Object.assign(written, { state: 'review', version: written.version + 1 });
      return ok(page(one, all));
    }
    const number = (body as { number?: number } | undefined)?.number;
    if (act === 'activate' || act === 'rollback') start(one, one.versions.find((each) => each.number === number)!);
    return ok(page(one, all));
  } catch (error) {
    if (error instanceof Wrong) return refuse(400, 'bad_definition', error.message, '按位置逐条修改');
    throw error;
  }
}
