// The weekly review of the pretended firm: a full week, its decisions, the month by owner.

import type { NewReviewDecision, ReviewDecision, ReviewDecisionChange, ReviewMonth, ReviewName, ReviewOwner, ReviewPage } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, OWNERS, people } from './firm';

const ok = (body: unknown): Told => ({ status: 200, body });
const WEEK = '2025-11-24';
const BEFORE = '2025-11-17';
const churn = { zh: '到期或沉默', en: 'Lapsed or silent' };
const decision = (id: number, week: string, title: string, done: boolean): ReviewDecision => ({
  id, version: 1, customer_id: null, customer_name: null, week_on: week, title, who: OWNERS[id % OWNERS.length]!, who_id: 2 + (id % OWNERS.length), due_on: days.at(3).slice(0, 10), clock: done ? null : 'overdue', created_at: days.at(8), created_by: '苏晚晴', done_at: done ? days.at(4) : null, done_by: done ? OWNERS[id % OWNERS.length]! : null, was_in_time: done ? true : null,
});
let decisions: ReviewDecision[] = [];

export function reviewAfresh(): void {
  decisions = [decision(1, BEFORE, '把受理超时的跟进单过一遍', true), decision(2, BEFORE, '给沉默两周的高价值客户各打一个电话', false)];
}
reviewAfresh();

function page(empty: boolean): ReviewPage {
  const lost = empty ? [] : people(9).map(({ row }, index) => ({ customer_id: row.id, customer_name: row.name, owner: row.owner, left_at: days.at(5), value: row.value, was_warned: index % 3 !== 0, has_proposal: index === 0 }));
  const number = (of: string, count: number, before: number) => ({ of, count: empty ? 0 : count, before: empty ? 0 : before });
  return {
    week_on: WEEK, until_on: '2025-11-30', previous_on: BEFORE, next_on: null, at: days.at(0), is_complete: true, reach: 'all',
    numbers: [number('opened', 42, 38), number('acted', 31, 31), number('stayed', 12, 9), number('lost', 9, 11), number('late', 3, 6), number('false_alarm', 4, 1)],
    opened_acted_count: empty ? 0 : 28, lost_warned_count: empty ? 0 : 6, lost_amount: empty ? null : 864_000,
    rules: empty ? [] : [
      { rule: 'usage_drop', name: { zh: '使用骤降', en: 'Usage drop' }, opened: 30, acted: 22, false_alarms: 3, left_since: 2 },
      { rule: 'late_tickets', name: { zh: '工单超时', en: 'Late tickets' }, opened: 12, acted: 6, false_alarms: 1, left_since: 0 },
    ],
    lost, later: empty ? null : { left_too: [{ id: 'C10020', name: '海川物流' }], did_not_leave: [] }, churn_name: churn, not_yet: null,
    last_decisions: decisions.filter((one) => one.week_on === BEFORE), decisions: decisions.filter((one) => one.week_on === WEEK), people: OWNERS.map((name, index) => ({ id: index + 2, name })),
  };
}

function names(of: string): ReviewName[] {
  return people(of === 'late' ? 3 : 12).map(({ row }, index) => ({ customer_id: row.id, customer_name: row.name, owner: row.owner, at: days.at(3), by: row.owner, case_id: index + 1, rule: of === 'opened' ? 'usage_drop' : null, words: of === 'late' ? { zh: '处理超时', en: 'Acted upon too late' } : { zh: '', en: '' }, value: row.value }));
}

function month(empty: boolean): ReviewMonth {
  const row = (owner: string | null, index: number): ReviewOwner => ({ owner, customers: 40 - index, amount: 1_200_000 - index * 80_000, opened: 12 - index, act_due: 10, act_in_time: 10 - index, lost: index, lost_amount: index === 0 ? null : index * 60_000, promises_due: index, promises_kept: index, decisions_due: 2, decisions_done: 1 });
  const rows = empty ? [] : OWNERS.slice(0, 4).map(row);
  const sum = (of: (one: ReviewOwner) => number) => rows.reduce((all, one) => all + of(one), 0);
  const total: ReviewOwner = { owner: null, customers: sum((one) => one.customers), amount: sum((one) => one.amount ?? 0), opened: sum((one) => one.opened), act_due: sum((one) => one.act_due), act_in_time: sum((one) => one.act_in_time), lost: sum((one) => one.lost ?? 0), lost_amount: sum((one) => one.lost_amount ?? 0), promises_due: sum((one) => one.promises_due), promises_kept: sum((one) => one.promises_kept), decisions_due: sum((one) => one.decisions_due), decisions_done: sum((one) => one.decisions_done) };
  return { month: '2025-11', previous: '2025-10', next: null, at: days.at(0), is_complete: true, reach: 'all', rows, total, churn_name: churn, not_yet: null };
}

export function review({ method, path, query, scene, body }: Asked): Told | null {
  const one = /^\/api\/review\/decisions\/(\d+)$/.exec(path);
  if (method === 'PATCH' && one) {
    const told = body as ReviewDecisionChange;
    decisions = decisions.map((each) => (each.id !== Number(one[1]) ? each : { ...each, version: each.version + 1, title: told.title ?? each.title, due_on: told.due_on ?? each.due_on, done_at: told.done ? days.at(0) : null, done_by: told.done ? '苏晚晴' : null, clock: told.done ? null : 'overdue', was_in_time: told.done ? false : null }));
    return ok(decisions.find((each) => each.id === Number(one[1])));
  }
  switch (`${method} ${path}`) {
    case 'GET /api/review': return ok(page(scene === 'empty'));
    case 'GET /api/review/month': return ok(month(scene === 'empty'));
    case 'GET /api/review/names': {
      const rows = names(query.get('of') ?? '');
      return ok({ rows, total: rows.length, next_cursor: null });
    }
    case 'POST /api/review/decisions': {
      const told = body as NewReviewDecision;
      const made = { ...decision(decisions.length + 1, told.week_on, told.title, false), clock: 'on_time', who_id: told.to, due_on: told.due_on, customer_id: told.customer_id ?? null, customer_name: people(50).find(({ row }) => row.id === told.customer_id)?.row.name ?? null };
      decisions = [...decisions, made];
      return ok(made);
    }
    default: return null;
  }
}
