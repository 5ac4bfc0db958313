// The pretended work on customers: lists of cases, their moves, tasks and comments.

import type { CaseComment, CaseList, CaseMove, CaseRow, CaseTask, CaseWork, MoveCase, NewCase, WaitingRow } from '../src/api/types';
import type { Asked, Told } from './answer';
import { moved, opened, typeOf, TYPES } from './case_types';
import { days, NOW, OWNERS, type One } from './firm';
import { adviceOf } from './followUps';

const ok = (body: unknown): Told => ({ status: 200, body });
const refuse = (status: number, code: string, detail: string, hint: string): Told => ({ status, body: { type: 'about:blank', title: code, status, code, detail, hint, request_id: '01JE8Z5Q9K' } });
const ME = '苏晚晴';
const PEOPLE = [ME, ...OWNERS].map((name, index) => ({ id: index + 1, name }));
const person = (id: number | null | undefined) => PEOPLE.find((one) => one.id === id)?.name ?? null;
const tasks = new Map<number, CaseTask[]>();
const comments = new Map<number, CaseComment[]>();
let byHand: CaseRow[] = [];
let overtaken: number | null = null;

export function casesAfresh(): void {
  tasks.clear();
  comments.clear();
  byHand = [];
  overtaken = null;
}

/** Lets a colleague change a case behind the page's back. */
export function overtake(id: number): void {
  overtaken = id;
}

function clockOf(row: CaseRow): string | null {
  if (!row.due_at || row.state === 'closed') return null;
  return row.due_at < NOW ? 'overdue' : row.due_at.slice(0, 10) === NOW.slice(0, 10) ? 'due_today' : 'on_time';
}

const allOf = (people: One[]): CaseRow[] => [...byHand, ...people.flatMap((one) => (one.kase ? [one.kase] : []))].map((row) => Object.assign(row, { clock: clockOf(row), open_task_count: (tasks.get(row.id) ?? []).filter((one) => !one.done_at).length, comment_count: (comments.get(row.id) ?? []).length }));

function isWhose(row: CaseRow, who: string | null): boolean {
  if (who === 'mine') return row.assigned_to === ME || (tasks.get(row.id) ?? []).some((one) => one.who === ME && !one.done_at);
  if (who === 'pool') return row.assigned_to === null;
  if (who === 'mentioned') return (comments.get(row.id) ?? []).some((one) => one.mentions.some(({ name }) => name === ME));
  return true;
}

function tally(rows: CaseRow[], key: (row: CaseRow) => string) {
  const found = new Map<string, number>();
  for (const row of rows) found.set(key(row), (found.get(key(row)) ?? 0) + 1);
  return [...found].map(([one, count]) => ({ key: one, count }));
}

function list(query: URLSearchParams, all: CaseRow[]): CaseList {
  const search = (query.get('search') ?? '').toLowerCase();
  const fits = all.filter((row) =>
    (!query.get('type') || row.type_id === query.get('type'))
    && (!search || row.customer_name.toLowerCase().includes(search) || row.customer_id.toLowerCase().includes(search))
    && (query.get('overdue') !== 'true' || row.clock === 'overdue'));
  const states = (query.get('state') ?? 'new,accepted').split(',');
  const whose = fits.filter((row) => isWhose(row, query.get('who')));
  const rows = whose.filter((row) => states.includes(row.state) && (!query.get('stage') || row.stage === query.get('stage')));
  rows.sort(query.get('sort') === 'newest' ? (a, b) => b.opened_at.localeCompare(a.opened_at) : (a, b) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9'));
  const from = Number(query.get('cursor') ?? 0);
  const size = Number(query.get('limit') ?? 50);
  const open = fits.filter((row) => row.state !== 'closed');
  return {
    rows: rows.slice(from, from + size), total: rows.length, next_cursor: from + size < rows.length ? String(from + size) : null,
    state_counts: tally(whose, (row) => row.state), stage_counts: tally(whose, (row) => row.stage), type_counts: tally(whose.filter((row) => row.state !== 'closed'), (row) => row.type_id),
    who_counts: ['mine', 'team', 'pool', 'mentioned', 'all'].map((key) => ({ key, count: key === 'team' ? 0 : open.filter((row) => isWhose(row, key)).length })), overdue_count: whose.filter((row) => row.clock === 'overdue').length,
  };
}

const movesOf = (row: CaseRow): CaseMove[] => typeOf(row.type_id).moves.filter((one) => one.from.includes(row.stage) && (one.does !== 'claim' || row.assigned_to !== ME) && (one.does !== 'nudge' || (row.assigned_to !== null && row.assigned_to !== ME)));

const workOf = (row: CaseRow): CaseWork => ({ case: row, moves: movesOf(row), people: PEOPLE, tasks: [...(tasks.get(row.id) ?? [])].sort((a, b) => Number(a.done_at !== null) - Number(b.done_at !== null)), decisions: [], comments: comments.get(row.id) ?? [], can_work: true });

/** Alerts follow their case. */
function follow(row: CaseRow, people: One[]): void {
  const one = people.find((each) => each.kase === row);
  for (const alert of row.alerts) {
    Object.assign(alert, { case_state: row.state, case_version: row.version });
    if (row.state === 'closed') Object.assign(alert, { state: 'resolved', resolved_at: NOW, resolution: 'closed' });
  }
  if (one && row.state === 'closed') one.row.open_alert_count = 0;
}

function move(row: CaseRow, told: Partial<MoveCase> & { version: number }, wanted: (one: CaseMove) => boolean, people: One[]): Told {
  if (overtaken === row.id) {
    overtaken = null;
    moved(row, typeOf(row.type_id).moves.find((one) => one.does === 'assign')!, { at: NOW, actor: '陈启明', to: '林婉清' });
  }
  if (told.version !== row.version) return refuse(409, 'version_conflict', '陈启明 刚在 2025-12-03 09:12 改过：分派给 林婉清', '看过最新的情况再试');
  const one = movesOf(row).find(wanted);
  if (!one) return refuse(409, 'move_not_allowed', '现在不能这样做', '可以：结案');
  if (one.does === 'close' && told.outcome === 'churned' && !told.churn_reason) return refuse(400, 'bad_churn_reason', '要说明为什么流失', '选一个流失原因');
  moved(row, one, { at: NOW, actor: ME, note: told.reason ?? told.note ?? null, outcome: told.outcome ?? null, to: person(told.to) });
  follow(row, people);
  return ok(workOf(row));
}

function open(told: NewCase, people: One[], all: CaseRow[]): Told {
  const one = people.find((each) => each.row.id === told.customer_id);
  const standing = all.find((row) => row.customer_id === told.customer_id && row.state !== 'closed');
  if (!one) return refuse(404, 'not_found', '没有这个客户', '');
  if (standing) return refuse(409, 'case_open', `这位客户已有跟进单 #${standing.id}`, '在那张跟进单上接着跟');
  const row = opened({ id: 9000 + byHand.length, customer_id: one.row.id, customer_name: one.row.name, owner: person(told.to) ?? one.row.owner, opened_at: NOW, accept_by: days.at(0, 3), act_by: days.at(-1, 3), alerts: [], tier: one.row.tier, severity: told.severity ?? 'warning', type: told.type_id, about: told.about, opened_by: ME });
  byHand = [row, ...byHand];
  return ok(workOf(row));
}

function task(row: CaseRow, { method, body }: Asked, id: number | null): Told {
  const told = body as { version?: number; title?: string; to?: number | null; due?: string | null; done?: boolean };
  const mine = tasks.get(row.id) ?? [];
  const due_at = told.due ? `${told.due}T15:59:59Z` : null;
  if (method === 'POST') {
    const clock = due_at && due_at.slice(0, 10) === NOW.slice(0, 10) ? 'due_today' : due_at ? 'on_time' : null;
    tasks.set(row.id, [...mine, { id: mine.length + 1, version: 1, title: told.title ?? '', who: person(told.to) ?? row.assigned_name, who_id: told.to ?? null, due_at, clock, created_at: NOW, created_by: ME, done_at: null, done_by: null, advice: null }]);
    return ok(workOf(row));
  }
  const one = mine.find((each) => each.id === id);
  if (!one || one.version !== told.version) return refuse(409, 'version_conflict', '陈启明 刚改过这个任务', '看过最新的情况再试');
  one.version += 1;
  if (told.done !== undefined) Object.assign(one, told.done ? { done_at: NOW, done_by: ME } : { done_at: null, done_by: null });
  if (told.title) one.title = told.title;
  if (due_at) one.due_at = due_at;
  return ok(workOf(row));
}

/** What waits for me: my tasks, what is due first, first. */
function waiting(all: CaseRow[]): Told {
  const mine = all.flatMap((row) => (tasks.get(row.id) ?? []).filter((one) => one.who === ME && !one.done_at).map((one): WaitingRow => ({ kind: 'task', id: one.id, version: one.version, title: one.title, customer_id: row.customer_id, customer_name: row.customer_name, case_id: row.id, week_on: null, due_at: one.due_at, clock: one.clock, advice: one.advice })));
  return ok({ rows: mine, total: mine.length, due_count: 0, overdue_count: 0 });
}

/** The first step of the advice as a task of mine, once while it waits. */
function advised(customer: string, told: { reason?: string | null }, people: One[], all: CaseRow[]): Told {
  const one = people.find((each) => each.row.id === customer);
  const page = one && adviceOf(one.row, told.reason ?? null, people.map((each) => each.row));
  if (!one || !page) return refuse(404, 'not_found', '没有找到这位客户', '');
  const standing = all.find((row) => row.customer_id === customer && row.state !== 'closed');
  if (!standing) open({ customer_id: customer, type_id: 'retention', about: page.reason_name.zh, severity: null, to: 1 }, people, all);
  const row = standing ?? byHand[0]!;
  const mine = tasks.get(row.id) ?? [];
  const waits = mine.find((each) => each.advice?.id === page.reason && !each.done_at);
  const task: CaseTask = waits ?? { id: mine.length + 1, version: 1, title: page.first_step.zh, who: ME, who_id: 1, due_at: row.due_at, clock: 'due_today', created_at: NOW, created_by: ME, done_at: null, done_by: null, advice: { id: page.reason, name: page.reason_name, version: 0 } };
  if (!waits) tasks.set(row.id, [...mine, task]);
  return ok({ case_id: row.id, opened: !standing, made: !waits, task });
}

/** What is answered about cases; nothing where the address is another's. */
export function cases(asked: Asked, people: One[]): Told | null {
  const { method, path, query, body } = asked;
  if (path === '/api/case-types') return ok(TYPES);
  const advice = /^\/api\/customers\/([^/]+)\/advice\/task$/.exec(path);
  if (!advice && path !== '/api/tasks' && !path.startsWith('/api/cases')) return null;
  const all = allOf(people);
  if (path === '/api/tasks') return waiting(all);
  if (advice) return advised(decodeURIComponent(advice[1]!), body as { reason?: string | null }, people, all);
  if (path === '/api/cases') return method === 'GET' ? ok(list(query, all)) : open(body as NewCase, people, all);
  const [, id, what, which] = /^\/api\/cases\/(\d+)(?:\/(\w+))?(?:\/(\d+))?$/.exec(path) ?? [];
  const row = all.find((one) => one.id === Number(id));
  if (!row) return refuse(404, 'not_found', '没有这张跟进单', '回到列表再看');
  const told = body as MoveCase;
  switch (what) {
    case undefined: return ok(row);
    case 'work': return ok(workOf(row));
    case 'accept': case 'close': {
      const done = move(row, told, (one) => one.does === (what === 'accept' ? 'acknowledge' : 'close'), people);
      return done.status === 200 ? ok(row) : done;
    }
    case 'moves': return move(row, told, (one) => one.id === told.move, people);
    case 'tasks': return task(row, asked, which ? Number(which) : null);
    case 'comments': {
      const said = (body as { body: string }).body;
      const mine = comments.get(row.id) ?? [];
      comments.set(row.id, [...mine, { id: mine.length + 1, at: NOW, by: ME, body: said, mentions: PEOPLE.filter((one) => said.includes(`@${one.name}`)) }]);
      return ok(workOf(row));
    }
    default: return null;
  }
}
