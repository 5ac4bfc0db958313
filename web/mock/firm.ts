// A pretended software firm for working on the screens without a server: the same rows for the same seed. It follows
// no model; it only looks like a firm. Never part of the build.

import type {
  AlertRow, CaseRow, ContributionRow, CustomerRow, Firm, IndicatorRow, Point, TimelineEntry, Words,
} from '../src/api/types';
import { moved, opened, typeOf } from './case_types';

export const NOW = '2025-12-03T01:12:00Z';
const DAY = 86_400_000;
const at = (daysAgo: number, hour = 1, minute = 12) => new Date(Date.parse(NOW) - daysAgo * DAY + (hour - 1) * 3_600_000 + (minute - 12) * 60_000).toISOString().replace('.000', '');
const on = (daysAgo: number) => new Date(Date.parse(NOW) + 8 * 3_600_000 - daysAgo * DAY).toISOString().slice(0, 10);

/** mulberry32 */
export function dice(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (low: number, high: number) => low + Math.floor(next() * (high - low + 1)),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
    bell: () => (next() + next() + next() + next() - 2) / 2,
  };
}

export const FIRM: Firm = {
  name: '云帆协同', template: 'saas', noun: { zh: '客户', en: 'customer' }, noun_plural_en: 'customers', measure_zh: '家',
  owner_title: { zh: '客户经理', en: 'account manager' }, timezone: 'Asia/Shanghai', currency: 'CNY', churn: 'saas_silent', scorecard: 'saas', demo: true,
};

export const OWNERS = ['林婉清', '陈启明', '周思远', '王雨桐', '赵子昂', '何静', '孙博文', '吴嘉怡'];
const PLACES = ['上海', '杭州', '深圳', '北京', '苏州', '成都', '广州', '宁波', '武汉', '厦门', '青岛', '南京', '长沙', '西安', '合肥', '无锡', '佛山', '天津'];
const NAMES = ['启衡', '云栖', '嘉禾', '明德', '远航', '锦程', '汇智', '博雅', '星野', '海川', '安澜', '知行', '华光', '凌云', '青禾', '同舟', '瑞丰', '致远', '恒信', '百川', '清源', '万象', '格物', '兰亭', '听涛', '松石', '元启', '拾光', '云岭', '长风'];
const TRADES = ['智能制造', '生物科技', '供应链', '教育科技', '医疗器械', '新能源', '物流', '文化传媒', '软件', '食品', '精密仪器', '建筑设计', '跨境电商', '汽车零部件', '环保科技', '商贸'];
const LONG = '内蒙古自治区呼和浩特市敕勒川智慧农牧业大数据与冷链物流协同创新发展示范园区投资运营管理有限责任公司第一分公司';

const DIMENSIONS = {
  usage: { zh: '使用活跃', en: 'Usage' }, money: { zh: '续费与付款', en: 'Renewal and payment' },
  service: { zh: '服务体验', en: 'Service' }, relation: { zh: '关系', en: 'Relationship' },
} satisfies Record<string, Words>;

interface Spec { id: string; name: Words; question: Words; category: string; unit: string; worse: string; window?: string; dim: keyof typeof DIMENSIONS; weight: number; good: number; bad: number; say: (v: number, usual: number) => Words }
const SPECS: Spec[] = [
  { id: 'login_days_30d', name: { zh: '近 30 天登录天数', en: 'Login days, 30 days' }, question: { zh: '最近一个月有多少天有人在用？', en: 'On how many days of the last month did anybody use it?' }, category: 'behaviour', unit: 'day', worse: 'lower', window: '30d', dim: 'usage', weight: 18, good: 21, bad: 2, say: (v, u) => ({ zh: `近 30 天登录 ${v} 天，往常 ${u} 天`, en: `logged in on ${v} days of the last 30, usually ${u}` }) },
  { id: 'active_seats_ratio', name: { zh: '席位使用率', en: 'Seats in use' }, question: { zh: '买的席位有多少在用？', en: 'How many of the paid seats are used?' }, category: 'behaviour', unit: 'percent', worse: 'lower', window: '30d', dim: 'usage', weight: 12, good: 0.85, bad: 0.2, say: (v) => ({ zh: `席位只用了 ${Math.round(v * 100)}%`, en: `${Math.round(v * 100)}% of seats in use` }) },
  { id: 'feature_breadth_30d', name: { zh: '近 30 天用到的功能数', en: 'Features used, 30 days' }, question: { zh: '用得深不深？', en: 'How widely is the product used?' }, category: 'behaviour', unit: 'count', worse: 'lower', window: '30d', dim: 'usage', weight: 8, good: 14, bad: 2, say: (v) => ({ zh: `近 30 天只用到 ${v} 个功能`, en: `used ${v} features in 30 days` }) },
  { id: 'days_since_last_login', name: { zh: '距上次登录天数', en: 'Days since last login' }, question: { zh: '多久没来了？', en: 'How long have they been away?' }, category: 'behaviour', unit: 'day', worse: 'higher', window: '90d', dim: 'usage', weight: 10, good: 0, bad: 21, say: (v) => ({ zh: `已 ${v} 天无人登录`, en: `nobody logged in for ${v} days` }) },
  { id: 'days_to_contract_end', name: { zh: '距合同到期天数', en: 'Days to contract end' }, question: { zh: '还有多久到期？', en: 'How soon does the contract end?' }, category: 'finance', unit: 'day', worse: 'lower', dim: 'money', weight: 10, good: 240, bad: 14, say: (v) => ({ zh: `合同还有 ${v} 天到期`, en: `contract ends in ${v} days` }) },
  { id: 'overdue_payments', name: { zh: '逾期账单数', en: 'Overdue invoices' }, question: { zh: '有没有拖欠？', en: 'Is anything unpaid?' }, category: 'finance', unit: 'count', worse: 'higher', window: '90d', dim: 'money', weight: 10, good: 0, bad: 3, say: (v) => ({ zh: `${v} 张账单逾期未付`, en: `${v} invoices overdue` }) },
  { id: 'open_tickets', name: { zh: '超时未回工单', en: 'Tickets past due' }, question: { zh: '有没有等着我们的问题？', en: 'Is anything waiting for us?' }, category: 'satisfaction', unit: 'count', worse: 'higher', window: '30d', dim: 'service', weight: 12, good: 0, bad: 4, say: (v) => ({ zh: `${v} 张工单超时未回`, en: `${v} tickets past due` }) },
  { id: 'last_nps', name: { zh: '最近一次推荐分', en: 'Last recommendation score' }, question: { zh: '愿意推荐我们吗？', en: 'Would they recommend us?' }, category: 'satisfaction', unit: 'point', worse: 'lower', window: '180d', dim: 'service', weight: 10, good: 10, bad: 2, say: (v) => ({ zh: `最近一次推荐分 ${v} 分`, en: `last recommendation score ${v}` }) },
  { id: 'champion_changes', name: { zh: '关键联系人变动', en: 'Key contact changes' }, question: { zh: '对接的人还在吗？', en: 'Is our contact still there?' }, category: 'relationship', unit: 'count', worse: 'higher', window: '90d', dim: 'relation', weight: 10, good: 0, bad: 2, say: (v) => ({ zh: `近 90 天关键联系人换了 ${v} 次`, en: `key contact changed ${v} times in 90 days` }) },
];

const STEPS: Words[] = [
  { zh: '打电话问问近况，约一次使用回访', en: 'Call, ask how things are, arrange a review' },
  { zh: '催办超时工单，并亲自回复进展', en: 'Push the late tickets and report back in person' },
  { zh: '认识新的对接人，安排一次产品培训', en: 'Meet the new contact and offer training' },
  { zh: '提前谈续约，带上去年的使用成果', en: 'Open the renewal early with last year’s results' },
];
const RULES: { id: string; name: Words; cause: string; severity: string }[] = [
  { id: 'usage_drop', name: { zh: '使用骤降', en: 'Usage drop' }, cause: 'usage', severity: 'urgent' },
  { id: 'late_tickets', name: { zh: '工单超时', en: 'Late tickets' }, cause: 'service', severity: 'warning' },
  { id: 'contact_left', name: { zh: '关键联系人变动', en: 'Key contact left' }, cause: 'relation', severity: 'warning' },
  { id: 'renewal_near', name: { zh: '临近到期且健康分低', en: 'Renewal near, health low' }, cause: 'money', severity: 'urgent' },
];

export interface One {
  row: CustomerRow;
  contributions: ContributionRow[];
  base: number;
  indicators: IndicatorRow[];
  history: Point[];
  reasons: Words[];
  alerts: AlertRow[];
  kase: CaseRow | null;
  nextStep: Words;
  traits: [string, string][];
}

const FLOORS: [string, number][] = [['critical', 0], ['high', 40], ['medium', 60], ['low', 75]];
const bandOf = (health: number) => FLOORS.filter(([, from]) => health >= from).at(-1)![0];
const round1 = (v: number) => Math.round(v * 10) / 10;

function nameOf(d: ReturnType<typeof dice>, index: number): string {
  if (index === 3) return LONG;
  if (index % 97 === 41) return d.pick(['Harbour & Pine Logistics', 'Northwind Instruments', 'Bluebird Education', 'Kestrel Analytics', 'Maple Grove Foods']);
  return `${d.pick(PLACES)}${d.pick(NAMES)}${d.pick(TRADES)}${d.next() < 0.7 ? '有限公司' : '股份有限公司'}`;
}

/** One customer from its number alone. */
export function make(index: number): One {
  const d = dice(index * 2654435761 + 17);
  const id = `C${String(10001 + index)}`;
  const name = nameOf(d, index);
  const owner = d.next() < 0.04 ? null : d.pick(OWNERS);
  const bare = index % 400 === 399;
  const fate = d.next();
  const state = bare ? 'too_new' : fate < 0.13 ? 'gone' : fate < 0.17 ? 'too_new' : 'current';
  const mood = Math.max(0, Math.min(1, 0.76 + d.bell() * 0.52 - (index % 61 === 7 ? 0.5 : 0)));
  const contributions: ContributionRow[] = [];
  const indicators: IndicatorRow[] = [];
  const base = 80;
  for (const spec of SPECS) {
    const level = Math.max(0, Math.min(1, mood + d.bell() * 0.5));
    const unknown = bare || (spec.id === 'last_nps' && d.next() < 0.3);
    const raw = spec.bad + (spec.good - spec.bad) * level;
    const value = spec.unit === 'percent' ? Math.round(raw * 100) / 100 : Math.round(raw);
    const usual = Math.round(spec.good * (0.6 + d.next() * 0.3));
    const figure = unknown
      ? { value: null, unknown: 'never_observed', unknown_because: { zh: '还没有收到过这类动态', en: 'nothing of this kind has been seen yet' } }
      : { value, unknown: null, unknown_because: null };
    const history = Array.from({ length: 26 }, (_, week) => {
      const drift = level + (0.72 - level) * Math.max(0, (22 - week) / 26) + d.bell() * 0.09;
      const v = spec.bad + (spec.good - spec.bad) * Math.max(0, Math.min(1, drift));
      return { on: on((25 - week) * 7), value: unknown || (week < 4 && index % 9 === 0) ? null : spec.unit === 'percent' ? Math.round(v * 100) / 100 : Math.round(v) };
    });
    indicators.push({ id: spec.id, name: spec.name, question: spec.question, category: spec.category, unit: spec.unit, worse: spec.worse, window: spec.window ?? null, figure, history, peers: spec.id === 'feature_breadth_30d' && figure.value !== null ? { name: { zh: '专业版', en: 'Pro' }, others: 214 } : null });
    if (!unknown) {
      const points = round1((level - 0.78) * spec.weight * 0.95);
      contributions.push({ indicator: spec.id, name: spec.name, dimension: spec.dim, dimension_name: DIMENSIONS[spec.dim], points, figure, counted: spec.id === 'last_nps' && index % 3 === 0 ? 'faded' : 'whole', unit: spec.unit, sentence: spec.say(value, usual) });
    }
  }
  const health = bare ? null : round1(Math.max(2, Math.min(100, base + contributions.reduce((all, one) => all + one.points, 0))));
  const worst = [...contributions].sort((a, b) => a.points - b.points).filter((one) => one.points < -1);
  const reasons = worst.slice(0, 3).map((one) => one.sentence);
  const from = health === null ? 0 : Math.min(96, health + d.int(-6, health < 60 ? 46 : 10));
  const turn = d.int(10, 22);
  const trend: (number | null)[] = Array.from({ length: 27 }, (_, week) => {
    if (health === null || (index % 9 === 0 && week < 5)) return null;
    const part = week < turn ? 0 : (week - turn) / (26 - turn);
    return week === 26 ? health : round1(Math.max(0, Math.min(100, from + (health - from) * part + d.bell() * 3)));
  });
  const value = d.next() < 0.05 || bare ? null : Math.round((4000 + d.next() ** 3 * 420_000) / 100) * 100;
  const seats = d.int(5, 400);
  const row: CustomerRow = {
    id, name, owner,
    verdict: { band: health === null ? null : bandOf(health), health, coverage: bare ? 0 : contributions.length / SPECS.length, firmness: bare ? 'thin' : 'firm', unknown_because: bare ? { zh: '还没有任何动态，数据不足以打分', en: 'there are no facts yet, too little is known to score' } : null },
    health_change_30d: health === null || trend[22] == null ? null : round1(health - trend[22]),
    trend,
    standing: { state, gone_at: state === 'gone' ? at(d.int(2, 330)) : null, first_seen_at: bare ? null : at(d.int(200, 540)), last_seen_at: bare ? null : at(state === 'gone' ? d.int(100, 300) : Math.round((1 - mood) * 30), d.int(1, 9), d.int(0, 59)), won_back: state === 'current' && index % 40 === 7 ? { gone_at: at(310), back_at: at(220) } : null },
    value: value === null ? { value: null, unknown: 'never_observed', unknown_because: { zh: '没有收到过合同或订单', en: 'no contract or order has been seen' } } : { value, unknown: null, unknown_because: null },
    reason: state === 'current' ? (reasons[0] ?? null) : null,
    open_alert_count: 0,
    risk: null,
    contract_end_on: bare ? null : on(-d.int(4, 340)),
    tier: value === null ? null : value >= 60_000 ? 'high' : value >= 12_000 ? 'middle' : 'low',
    rfm: value === null ? null : `${value >= 20_000 ? 'key' : 'plain'}_${mood > 0.76 ? (index % 3 ? 'value' : 'develop') : index % 2 ? 'keep' : 'win_back'}`,
    tags: index % 17 === 0 ? ['重点'] : index % 23 === 0 ? ['重点', '行业标杆'] : [],
  };
  const one: One = {
    row, contributions, base, indicators, reasons, nextStep: d.pick(STEPS), alerts: [], kase: null,
    history: trend.map((v, week) => ({ on: on((26 - week) * 7), value: v })),
    traits: bare ? [] : [['plan', d.pick(['标准版', '专业版', '企业版'])], ['industry', d.pick(TRADES)], ['city', d.pick(PLACES)], ['seats', String(seats)], ['phone', `138${String(d.int(10_000_000, 99_999_999))}`]],
  };
  if (state === 'current' && health !== null && health < 52) addWork(one, d, index);
  return one;
}

/** What the pretended model says of this health. */
export const riskAt = (health: number) => Math.min(0.8, Math.max(0.01, (90 - health) / 100));

function addWork(one: One, d: ReturnType<typeof dice>, index: number): void {
  const { row } = one;
  const openedDays = d.int(0, 6);
  const opened_at = at(openedDays, d.int(0, 2), d.int(0, 59));
  const accepted = d.next() < 0.35;
  const due = openedDays === 0 ? at(0, 10, 0) : openedDays > 4 ? at(d.int(0, 2), 0, 30) : d.next() < 0.3 ? at(0, 10, 0) : at(-d.int(1, 4), 10, 0);
  const caseId = 5000 + index;
  const worst = [...one.contributions].sort((a, b) => a.points - b.points);
  const count = row.verdict.health! < 40 ? 2 : 1;
  for (let n = 0; n < count; n += 1) {
    const cause = worst[n]!;
    const rule = RULES.find((r) => r.cause === cause.dimension || (r.cause === 'usage' && cause.dimension === 'usage')) ?? RULES[0]!;
    one.alerts.push({
      id: 20_000 + index * 4 + n, customer_id: row.id, customer_name: row.name, owner: row.owner, rule: rule.id, rule_name: rule.name, cause: rule.cause,
      severity: row.verdict.health! < 34 ? 'urgent' : rule.severity, sentence: cause.sentence, state: 'open', opened_at, resolved_at: null, resolution: null,
      case_id: caseId, case_state: accepted ? 'accepted' : 'new', case_version: accepted ? (index % 7 === 0 ? 4 : 2) : 1, assigned_to: row.owner, due_at: due, verdict: row.verdict, value: row.value,
      version: 1, standing: 'desk', snooze: null, false_reason: null, next_step: one.nextStep, reasons: [], others: [],
      rank: { place: null, at_risk: row.value.value == null ? null : row.value.value * riskAt(row.verdict.health!), value: row.value.value ?? 60_000, is_typical: row.value.value == null, worry: riskAt(row.verdict.health!), by: 'risk', horizon_days: 90, health: row.verdict.health },
    });
  }
  row.open_alert_count = count;
  const kase = opened({ id: caseId, customer_id: row.id, customer_name: row.name, owner: row.owner, opened_at, accept_by: due, act_by: due, alerts: one.alerts, tier: row.tier, severity: one.alerts[0]!.severity });
  if (accepted) moved(kase, typeOf(kase.type_id).moves[0]!, { at: at(Math.max(0, openedDays - 1), 2, 40), actor: row.owner ?? '管理员' });
  // Now and then one is handed about and nobody does anything.
  for (const to of accepted && index % 7 === 0 ? OWNERS.slice(0, 2) : []) moved(kase, typeOf(kase.type_id).moves.find((each) => each.does === 'transfer')!, { at: at(0, 1, 5), actor: kase.assigned_name ?? '管理员', to, note: '这家一直是你在对接' });
  one.kase = kase;
}

const EVENTS: [string, string][] = [['event', 'Logged In'], ['event', 'Report Exported'], ['event', 'Member Invited'], ['event', 'Dashboard Viewed'], ['order', 'Order Completed'], ['payment', 'Payment Succeeded'], ['ticket', 'Ticket Opened'], ['survey_response', 'NPS Answered'], ['contact_change', 'Contact Changed'], ['contract', 'Contract Renewed'], ['trait', 'Traits Changed']];
const TEXTS = ['导出报表一直转圈,已经第三次了,能不能给个准信?', '新来的同事不会用,希望安排一次培训', '价格比别家高,老板让我们再比一比', '客服回复很快,谢谢', 'Export to Excel keeps failing for the finance team.', '想问下明年的席位能不能按季度付'];

function propertiesOf(kind: string, d: ReturnType<typeof dice>): Record<string, string | null> {
  if (kind === 'trait') return { plan: '专业版' };
  if (kind === 'event') return { seat: `u-${d.int(1, 40)}`, device: d.pick(['web', 'ios', 'android']) };
  if (kind === 'ticket') return { priority: d.pick(['普通', '紧急']), channel: '微信' };
  return {};
}

export function timelineOf(one: One, length = 420): TimelineEntry[] {
  if (!one.row.standing.first_seen_at) return [];
  const d = dice(Number(one.row.id.slice(1)) * 7919);
  let days = 0;
  return Array.from({ length }, (_, index): TimelineEntry => {
    days += d.next() * 1.3;
    const [kind, name] = d.next() < 0.72 ? EVENTS[d.int(0, 3)]! : EVENTS[d.int(4, 10)]!;
    const when = at(days, d.int(1, 9), d.int(0, 59));
    return {
      id: `${one.row.id}-${index}`, kind, name, occurred_at: when, known_at: when, recorded_at: when,
      value: kind === 'order' || kind === 'payment' || kind === 'contract' ? d.int(8, 400) * 100 : kind === 'survey_response' ? d.int(2, 10) : null,
      currency: null, text: kind === 'ticket' || (kind === 'survey_response' && d.next() < 0.6) ? d.pick(TEXTS) : null,
      properties: propertiesOf(kind, d),
      source: d.pick(['product', 'crm', 'helpdesk']), count: name === 'Logged In' || name === 'Dashboard Viewed' ? d.int(1, 14) : 1,
    };
  });
}

const again = (one: One, index: number): One => ({ ...one, alerts: [], kase: null, row: { ...one.row, id: `C${10001 + index}`, open_alert_count: 0 } });

const made = new Map<number, One[]>();
export function people(count: number): One[] {
  let all = made.get(count);
  if (!all) {
    // Beyond the first thousands the same fates return under other ids: enough to scroll through.
    const first = Array.from({ length: Math.min(count, 2_000) }, (_, index) => make(index));
    all = Array.from({ length: count }, (_, index) => first[index] ?? again(first[index % first.length]!, index));
    made.set(count, all);
  }
  return all;
}

export const days = { at, on };
export { FLOORS };
