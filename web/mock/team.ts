// The pretended team: what is on the desks of the pretended firm, and what became of its clocks.

import type { BreachReport, BreachRow, DeskLoad, Notices, TeamPage } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW, OWNERS } from './firm';

const load = (open: number, waiting: number, overdue: number, today: number, next: string | null): DeskLoad => ({ open_count: open, waiting_count: waiting, overdue_count: overdue, due_today_count: today, next_due_at: next });

const LOADS = [load(14, 3, 2, 4, '2025-12-03T02:30:00Z'), load(9, 1, 0, 2, '2025-12-04T02:00:00Z'), load(6, 0, 1, 0, null)];

const row = (id: number | null, name: string | null, unit: string | null, taken: number, late: number): BreachRow => ({
  id, name, unit, taken_count: taken, acknowledge: { kept: taken, breached: late }, reply: { kept: 0, breached: 0 }, act: taken > 0 ? { kept: taken - 1, breached: 1 } : { kept: 0, breached: 0 },
  breach_count: late + (taken > 0 ? 1 : 0), median_seconds: taken > 0 ? 5 * 3_600 + 1_800 : null, pass_count: taken > 0 ? late : 0,
});

let isRead = false;

export function teamAfresh(): void {
  isRead = false;
}

function notices(isEmpty: boolean): Notices {
  const one = (id: number, kind: string, zh: string, en: string, path: string): Notices['rows'][number] => ({
    id, kind, staff_id: 1, staff_name: '苏晚晴', subject: { zh, en }, lines: [{ text: { zh: '近 30 天登录 3 天，往常 14 天；价值 ¥86.4 万', en: 'logged in on 3 of 30 days, usually 14; worth ¥864k' }, path }], path,
    is_urgent: false, planned_at: days.at(0), not_before: days.at(0), read_at: isRead ? NOW : null, deliveries: [],
  });
  const rows = isEmpty ? [] : [one(2, 'breach_soon', '远山科技的受理时限快到了：今天 10:50', 'Yuanshan is to be accepted by today 10:50', '/cases/1'), one(1, 'morning', '今天要跟进 12 家客户，3 个已超时', '12 customers to look after today, 3 overdue', '/today')];
  return { rows, total: rows.length, unread: isRead ? 0 : rows.length, counts: [], undecided: 0 };
}

export function team({ method, path, query, scene, body: told }: Asked): Told | null {
  if (method === 'POST' && path === '/api/notices/read') {
    isRead = (told as { ids: number[] | null }).ids === null || isRead;
    return { status: 200, body: { unread: notices(false).unread } };
  }
  if (method !== 'GET') return null;
  if (path === '/api/notices' && query.get('whose') === 'mine') return { status: 200, body: notices(scene === 'empty') };
  const isEmpty = scene === 'empty';
  if (path === '/api/team') {
    const members = isEmpty ? [] : LOADS.map((one, at) => ({ id: at + 2, name: OWNERS[at]!, unit: at === 0 ? '客户成功部' : '华东组', is_here: at < 2, load: one }));
    const body: TeamPage = { as_of: NOW, members, pool: load(isEmpty ? 0 : 3, 3, 0, 0, null), elsewhere: load(0, 0, 0, 0, null), total: load(isEmpty ? 0 : 32, 7, 3, 6, LOADS[0]!.next_due_at) };
    return { status: 200, body };
  }
  if (path !== '/api/team/breaches') return null;
  const people = isEmpty ? [] : [row(2, OWNERS[0]!, '客户成功部', 21, 3), row(3, OWNERS[1]!, '华东组', 12, 0), row(null, null, null, 0, 1)];
  const teams = isEmpty ? [] : [row(1, '客户成功部', null, 33, 3), row(2, '华东组', '客户成功部', 12, 0)];
  const body: BreachReport = { from: query.get('from') ?? days.at(29).slice(0, 10), to: query.get('to') ?? NOW.slice(0, 10), as_of: NOW, teams, people, total: row(null, null, null, 33, 4) };
  return { status: 200, body };
}
