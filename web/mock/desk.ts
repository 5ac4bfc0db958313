// The pretended desk: what is done to alerts, saved views, the alert budget.

import type { AlertRow, Budget, BudgetBeyond, BudgetPage, BudgetPreview, BulkRequest, BulkResult, DeskPage, SavedView } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days } from './firm';

const ok = (body: unknown): Told => ({ status: 200, body });
let views: SavedView[] = [];
let budget: Budget | null = null;
let changes: BudgetPage['changes'] = [];

export function deskAfresh(): void {
  views = [];
  budget = null;
  changes = [];
}

/** One line for each customer: its severest open alert, the others folded in. */
export function linesOf(alerts: AlertRow[]): AlertRow[] {
  const lines = new Map<string, AlertRow[]>();
  for (const alert of alerts.filter((one) => one.state === 'open')) lines.set(alert.customer_id, [...(lines.get(alert.customer_id) ?? []), alert]);
  return [...lines.values()].map(([lead, ...others]) => ({
    ...lead!, reasons: [lead!, ...others].map((one) => one.sentence),
    others: others.map(({ id, version, rule, rule_name, severity, sentence }) => ({ id, version, rule, rule_name, severity, sentence })),
  }));
}

const worth = (row: AlertRow) => row.rank.value * row.rank.worry;
export const byRisk = (a: AlertRow, b: AlertRow): number => worth(b) - worth(a);

function bulk({ body }: Asked, all: AlertRow[]): BulkResult {
  const told = body as BulkRequest;
  const rows = told.alerts.map(({ id, version }) => {
    const alert = all.find((one) => one.id === id);
    if (!alert || alert.version !== version) return { id, done: false, code: 'version_conflict', detail: { zh: '陈默 刚在 2025-12-01 09:12 改过：已稍后处理', en: 'Chen Mo has just changed this, at 2025-12-01 09:12: put off' } };
    alert.version += 1;
    if (told.action === 'snooze') Object.assign(alert, { standing: 'snoozed', case_id: null, case_state: null, due_at: null, snooze: { until: days.at(-4, 0), at: days.at(0), by: '管理员', reason: told.reason ?? '' } });
    if (told.action === 'wake') Object.assign(alert, { standing: 'below', snooze: null });
    if (told.action === 'accept') alert.case_state = 'accepted';
    if (told.action === 'false_alarm') Object.assign(alert, { state: 'resolved', standing: null, resolution: 'false_alarm', resolved_at: days.at(0), false_reason: told.reason ?? '' });
    if (told.action === 'close') Object.assign(alert, { state: 'resolved', standing: null, resolution: 'closed', resolved_at: days.at(0) });
    return { id, done: true, code: null, detail: null };
  });
  return { rows, done_count: rows.filter((one) => one.done).length };
}

/** Customers without an alert, the lowest health first. */
const BEYOND: BudgetBeyond[] = [
  { customer_id: 'C-8821', customer_name: '海桐教育科技', health: 49.2, reason: { zh: '近 30 天登录 4 天', en: 'Login days, 30 days: 4' } },
  { customer_id: 'C-8830', customer_name: '宏远物流', health: 52.6, reason: null },
];

function preview(query: URLSearchParams, lines: AlertRow[]): BudgetPreview {
  const asked: Budget = { people: Number(query.get('people')), cases_per_person: Number(query.get('cases')), urgent_passes: query.get('urgent_passes') === 'true' };
  const perWeek = asked.people * asked.cases_per_person;
  const passes = (row: AlertRow) => asked.urgent_passes && row.severity === 'urgent';
  let room = perWeek;
  const candidates = [...lines].sort(byRisk).map((row) => {
    const above = passes(row) || room > 0;
    if (!passes(row)) room -= 1;
    return { customer_id: row.customer_id, customer_name: row.customer_name, severity: row.severity, at_risk: worth(row), value: row.value, health: row.rank.health ?? null, is_above: above, passes: passes(row) };
  });
  const above = candidates.filter((one) => one.is_above);
  const next = candidates.filter((one) => !one.is_above).slice(0, 10);
  const weeks = Array.from({ length: 26 }, (_, week) => {
    const candidateCount = 8 + ((week * 7) % 11);
    return { at: days.at((26 - week) * 7), candidates: candidateCount, taken: Math.min(perWeek, candidateCount), passing: 0, threshold: candidateCount > perWeek ? 42_000 + week * 900 : null };
  });
  return {
    budget: asked, per_week: perWeek, candidates, candidate_count: candidates.length, above_count: above.length, passing_count: above.filter((one) => one.passes).length, threshold: next.length > 0 ? (above.filter((one) => !one.passes).at(-1)?.at_risk ?? next[0]!.at_risk) : null, next,
    room_count: Math.max(0, room), beyond: BEYOND.slice(0, Math.max(0, room)),
    state: 'done',
    replay: { from: days.at(182), to: days.at(0), weeks, alerts_per_week: weeks.reduce((sum, one) => sum + one.taken, 0) / 26, threshold: weeks.find((one) => one.threshold)?.threshold ?? null, leavers: 23, caught: Math.min(17, 9 + Math.floor(perWeek / 4)), caught_without: 17, lead_days: 14, horizon_days: 90, is_few: false },
  };
}

/** What the desk answers; nothing where the address is another's. */
export function desk(asked: Asked, all: AlertRow[]): Told | null {
  const { method, path, query, body } = asked;
  const lines = linesOf(all);
  const perWeek = budget ? budget.people * budget.cases_per_person : 0;
  const week = budget ? { from: days.at(2), per_week: perWeek, allowance: Math.ceil(perWeek * 0.6), opened: Math.min(perWeek, 7) } : null;
  const page = (): BudgetPage => ({ budget, week, staff_count: 3, changes });
  switch (`${method} ${path}`) {
    case 'GET /api/desk': {
      const standing = (key: string) => lines.filter((one) => one.standing === key).length;
      return ok({
        standing_counts: ['desk', 'below', 'snoozed', 'notice'].map((key) => ({ key, count: standing(key) })), assignees: [{ id: 1, name: '陈默' }, { id: 2, name: '林婉清' }],
        rules: [...new Set(all.map((one) => one.rule))].map((rule, at) => ({ rule, opened: 34 - at * 5, acted: 21 - at * 3, false_alarms: 3 + at })), week,
      } satisfies DeskPage);
    }
    case 'POST /api/alerts/bulk': return ok(bulk(asked, all));
    case 'GET /api/views': return ok(views.filter((one) => one.page === query.get('page')));
    case 'PUT /api/views': {
      const saved = { ...(body as SavedView), id: views.length + 1 };
      views = [...views.filter((one) => one.page !== saved.page || one.name !== saved.name), saved];
      return ok(saved);
    }
    case 'GET /api/budget': return ok(page());
    case 'PUT /api/budget':
      budget = (body as { budget: Budget | null }).budget;
      changes = [{ at: days.at(0), actor: '管理员', budget }, ...changes];
      return ok(page());
    case 'GET /api/budget/preview': return ok(preview(query, lines));
    default: return null;
  }
}
