// The pretended reminders: of the pretended firm, a few for today and some ahead; and who is greeted before 春节.

import type { AnswerReminder, CustomerRow, FestivalRow, Greeted, GreetingRow, ReminderRow, Words } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW, OWNERS } from './firm';

const ok = (body: unknown): Told => ({ status: 200, body });
const both = (zh: string, en: string): Words => ({ zh, en });
const WHO = '苏晚晴';

let answers = new Map<string, { version: number; state: string; until: string | null }>();

export function remindersAfresh(): void {
  answers = new Map();
}

const KINDS: [string, Words, (on: string) => Words][] = [
  ['call_back', both('约好的联系', 'Agreed contact'), (on) => both(`说好 ${on} 再联系`, `agreed to be in touch on ${on}`)],
  ['birthday', both('生日', 'Birthday'), (on) => both(`${on} 是联系人的生日`, `${on} is the contact's birthday`)],
  ['renewal', both('合同到期', 'Contract ends'), (on) => both(`合同 ${on} 到期，提前谈续约`, `the contract ends on ${on}: talk about renewing`)],
  ['no_meeting', both('半年没见面', 'No meeting for half a year'), (on) => both(`上次拜访或开会是 ${on}，已过 184 天`, `last visit or meeting on ${on}, 184 days ago`)],
];
const FESTIVALS: FestivalRow[] = [
  { id: 'spring_festival', year: 2026, name: both('春节', 'Spring Festival'), on: '2026-02-17', greet_from: '2026-02-10', working_days_left: 54, is_near: false, is_open: false, doubt: null },
  { id: 'dragon_boat', year: 2026, name: both('端午节', 'Dragon Boat Festival'), on: '2026-06-19', greet_from: '2026-06-12', working_days_left: 128, is_near: false, is_open: false, doubt: null },
];

const keyOf = (told: { customer_id: string; kind: string; key: string }) => `${told.customer_id} ${told.kind} ${told.key}`;

function all(customers: CustomerRow[]): ReminderRow[] {
  const picked = customers.filter((one) => one.open_alert_count > 0).slice(0, 8);
  return picked.map((row, index) => {
    const [kind, name, say] = KINDS[index % KINDS.length]!;
    const due = days.on([0, 2, 0, -1, -3, -8, -9, -20][index]!);
    const told = answers.get(`${row.id} ${kind} ${due}`);
    const state = told?.state === 'done' ? 'done' : told?.state === 'not_this_year' ? 'skipped' : due <= days.on(0) ? 'due' : 'coming';
    return {
      customer_id: row.id, customer_name: row.name, owner: row.owner ?? null, kind, kind_name: name, key: due, sentence: say(due), on: due, due_on: told?.until ?? due, state, is_overdue: state === 'due' && due < days.on(0),
      version: told?.version ?? 0, answered_at: told ? NOW : null, answered_by: told ? WHO : null, note: null,
    };
  });
}

function list({ query }: Asked, customers: CustomerRow[]): Told {
  const today = days.on(0);
  const [from, to] = [query.get('from') ?? today, query.get('to') ?? query.get('from') ?? today];
  const [kind, owner] = [query.get('kind'), query.get('owner')];
  const theirs = all(customers).filter((one) => !owner || one.owner === owner);
  const due = theirs.filter((one) => one.state === 'due');
  const listed = (one: ReminderRow) => (one.state === 'due' ? today : one.due_on);
  const answered = query.get('state') === 'answered';
  const within = theirs.filter((one) => listed(one) >= from && listed(one) <= to && ['done', 'skipped'].includes(one.state) === answered);
  const rows = within.filter((one) => !kind || one.kind === kind);
  const counted = [...new Set(rows.map(listed))].sort().map((on) => ({ on, count: rows.filter((one) => listed(one) === on).length }));
  const kinds = KINDS.map(([id, name]) => ({ id, name, is_active: true, count: within.filter((one) => one.kind === id).length }));
  const limit = Number(query.get('limit') ?? 100);
  return ok({
    rows: rows.slice(0, limit), total: rows.length, next_cursor: null, today, due_count: due.length, overdue_count: due.filter((one) => one.is_overdue).length,
    days: counted, kinds, festival: FESTIVALS[0], owners: OWNERS, as_of: NOW,
  });
}

function greetings({ query }: Asked, customers: CustomerRow[]): Told {
  const festival = FESTIVALS.find((one) => one.id === query.get('festival')) ?? FESTIVALS[0]!;
  const group = query.get('group') ?? 'greet';
  const rows: GreetingRow[] = customers.slice(0, 12).map((row, index) => {
    const told = answers.get(`${row.id} greeting ${festival.id}:${festival.year}`);
    const fix = index % 4 === 1 ? [both('先处理 2025-11-20 起的投诉', 'first settle the complaint open since 2025-11-20')] : [];
    const line = index % 5 === 4 ? null : both(`今年 ${(index % 9) + 1} 月续约，客服本月解决了 2 个问题`, 'renewed this year, our service resolved 2 requests this month');
    return {
      customer_id: row.id, customer_name: row.name, owner: row.owner ?? null, value: row.value, group: told?.state === 'done' ? 'greeted' : fix.length > 0 ? 'fix' : 'greet', line,
      greeting: both(`${row.name}，新春好！祝新的一年顺顺利利。`, `Happy Spring Festival, ${row.name}!`), fix, version: told?.version ?? 0, greeted_at: told?.state === 'done' ? NOW : null, greeted_by: told?.state === 'done' ? WHO : null,
    };
  });
  const shown = rows.filter((one) => group === 'all' || one.group === group);
  const counts = ['greet', 'fix', 'greeted'].map((key) => ({ key, count: rows.filter((one) => one.group === key).length }));
  return ok({ festival, festivals: FESTIVALS, rows: shown, total: shown.length, next_cursor: null, counts, owners: OWNERS, as_of: NOW });
}

function answered(told: { customer_id: string; kind: string; key: string; version: number; state: string; until_on?: string | null }): Told {
  const known = answers.get(keyOf(told))?.version ?? 0;
  if (known !== told.version) return { status: 409, body: { type: 'about:blank', title: 'version_conflict', status: 409, code: 'version_conflict', detail: '这条记录刚被别人改过', hint: '请刷新后再试', request_id: '01JE8Z5Q9K' } };
  answers.set(keyOf(told), { version: known + 1, state: told.state, until: told.until_on ?? null });
  return ok({ customer_id: told.customer_id, kind: told.kind, key: told.key, version: known + 1, state: told.state, until_on: told.until_on ?? null, at: NOW, by: WHO });
}

export function reminders(asked: Asked, customers: CustomerRow[]): Told | null {
  const { method, path, body } = asked;
  if (path === '/api/reminders') return list(asked, customers);
  if (path === '/api/reminders/answers') return answered(body as AnswerReminder);
  if (path !== '/api/greetings') return null;
  if (method !== 'POST') return greetings(asked, customers);
  const told = body as Greeted;
  return answered({ customer_id: told.customer_id, kind: 'greeting', key: `${told.festival}:${told.year}`, version: told.version, state: 'done' });
}
