// Tables that come back, pretended: whatever file is brought differs in the same few cells. And the pool.

import type { CustomerRow, Ownership, OwnershipRules, PoolReturns, SheetBack, SheetDifference, SheetDifferences, SheetTake, Words } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW, OWNERS } from './firm';

const ok = (body: unknown): Told => ({ status: 200, body });
const both = (zh: string, en: string): Words => ({ zh, en });
const same = (text: string): Words => both(text, text);

let applied: SheetBack[] = [];
const RULES: OwnershipRules = { pool_open: false, claims_per_day: 2, most_customers: null, return_after_days: null, return_warn_days: 7 };
let rules = RULES;
let claimed = new Set<string>();


/** Forgets what was brought back. */
export function sheetsAfresh(): void {
  applied = [];
  rules = RULES;
  claimed = new Set();
}

const cell = (row: number, of: CustomerRow | null, field: string, state: string, rest: Partial<SheetDifference>): SheetDifference => ({
  id: `${row}:${field}`, row, customer_id: of?.id ?? null, customer: of?.name ?? 'NOBODY-7', field, state, was: null, becomes: null, exported: null, why: null, changed_by: null, changed_at: null, ...rest,
});

function cellsOf(customers: CustomerRow[]): SheetDifference[] {
  const [first, second, third] = customers;
  if (!first || !second || !third) return [];
  return [
    cell(2, first, 'owner', 'change', { was: first.owner ? same(first.owner) : null, becomes: same(OWNERS[1]!) }),
    cell(2, first, 'tags', 'change', { becomes: both('重点、先谈', '重点, 先谈') }),
    cell(3, second, 'next_contact', 'change', { becomes: same('2025-12-09') }),
    cell(3, second, 'outcome', 'change', { becomes: both('已流失（价格）', 'Churned (Price)') }),
    cell(4, third, 'tags', 'conflict', { was: same('试用'), becomes: same('回访'), exported: both('无', 'none'), changed_by: OWNERS[2]!, changed_at: days.at(0) }),
    cell(5, third, 'owner', 'rejected', { was: third.owner ? same(third.owner) : null, becomes: same('查无此人'), why: both('没有负责人“查无此人”，或不在您可以分配的范围内', 'no owner "查无此人", or outside those whom you may give customers to') }),
    cell(6, null, 'row', 'rejected', { why: both('没有找到这位客户，或不在您的权限范围内', 'no such customer, or outside what you may see') }),
  ];
}

const standing = () => applied.find((one) => !one.undone_at) ?? null;

function compared(file: string, customers: CustomerRow[]): SheetDifferences {
  const cells = cellsOf(customers).filter((one) => !standing() || one.state === 'rejected');
  const count = (state: string) => cells.filter((one) => one.state === state).length;
  return { upload_id: 'brought', file_name: file, exported_at: days.at(1), row_count: customers.length, change_count: count('change'), conflict_count: count('conflict'), rejected_count: count('rejected'), customer_count: new Set(cells.flatMap((one) => (one.state === 'rejected' ? [] : [one.customer_id]))).size, cells, applied_before: standing() };
}

const ownership = (): Ownership => ({ rules, may_claim: rules.pool_open, claimed_today: claimed.size, left_today: rules.pool_open ? rules.claims_per_day - claimed.size : 0, customer_count: 40 + claimed.size });

/** Two of the reader's customers go back within the week, and one went back that somebody has taken since. */
function returns(customers: CustomerRow[]): PoolReturns {
  const after = rules.pool_open ? (rules.return_after_days ?? null) : null;
  const coming = after === null ? [] : customers.slice(20, 22).map((row, index) => ({ id: row.id, name: row.name, owner: row.owner ?? OWNERS[1]!, quiet_since: days.at(after - 3 - index).slice(0, 10), returns_on: days.at(-3 - index).slice(0, 10) }));
  const returned = after === null ? [] : customers.slice(8, 10).map((row, index) => ({ id: row.id, name: row.name, was: OWNERS[index + 2]!, at: days.at(2 + index), is_in_pool: index === 0 }));
  return { after_days: after, warn_days: rules.return_warn_days ?? 7, coming, coming_total: coming.length, next_cursor: null, returned, returned_total: returned.length };
}

function pooled({ method, path, query, body }: Asked, customers: CustomerRow[]): Told | null {
  if (path === '/api/ownership' && method === 'PUT') rules = body as OwnershipRules;
  if (path === '/api/ownership') return ok(ownership());
  const one = /^\/api\/customers\/([^/]+)\/(claim|owners)$/.exec(path);
  if (one?.[2] === 'owners') return ok([{ owner: OWNERS[0], from: days.at(90), until: null, how: 'hand_over', by: null }, { owner: null, from: days.at(140), until: days.at(90), how: 'sheet', by: '苏晚晴' }, { owner: OWNERS[3], from: days.at(400), until: days.at(140), how: 'crm', by: null }]);
  if (one) {
    claimed.add(decodeURIComponent(one[1]!));
    return ok(ownership());
  }
  if (path === '/api/pool/returns') return ok(returns(customers));
  if (path !== '/api/pool') return null;
  const search = query.get('search') ?? '';
  const rows = customers.slice(0, 9).filter((row) => !claimed.has(row.id) && row.name.includes(search)).map((row, index) => ({ id: row.id, name: row.name, band: row.verdict.band, value: row.value, tier: row.tier, last_seen_at: row.standing.last_seen_at, since: index % 2 ? days.at(20) : null, was: index % 2 ? OWNERS[index % 8] : null }));
  return ok({ rows, total: rows.length, next_cursor: null, ownership: ownership() });
}

export function sheets(asked: Asked, customers: CustomerRow[]): Told | null {
  const { method, path, query, body } = asked;
  const owned = pooled(asked, customers);
  if (owned) return owned;
  if (!path.startsWith('/api/sheets')) return null;
  if (path === '/api/sheets') return ok(applied);
  if (path === '/api/sheets/uploads') return ok(compared(query.get('file_name') ?? '', customers));
  if (path.endsWith('/apply')) {
    const take = body as Partial<SheetTake>;
    const taken = compared('', customers).cells.filter((one) => (one.state === 'change' ? !take.leave?.includes(one.id) : take.overwrite?.includes(one.id)));
    if (taken.length === 0) return ok({ sheet: null, left_count: 0 });
    const sheet: SheetBack = { id: applied.length + 1, file_name: '客户-2025-12-02.xlsx', by: '苏晚晴', at: NOW, exported_at: days.at(1), cell_count: taken.length, customer_count: new Set(taken.map((one) => one.customer_id)).size, undone_at: null, undone_by: null, undone_count: null };
    applied.unshift(sheet);
    return ok({ sheet, left_count: 0 });
  }
  const sheet = applied.find((one) => path.startsWith(`/api/sheets/${one.id}`));
  if (!sheet) return { status: 404, body: { type: 'about:blank', title: 'not_found', status: 404, code: 'not_found', detail: '没有找到这次回填', hint: '可能不在您的权限范围内', request_id: '01JE8Z5Q9K' } };
  if (method === 'POST') Object.assign(sheet, { undone_at: NOW, undone_by: '苏晚晴', undone_count: sheet.cell_count });
  if (method === 'POST') return ok(sheet);
  const cells = cellsOf(customers).filter((one) => one.state === 'change').map((one) => ({ row: one.row, customer_id: one.customer_id, customer_name: one.customer, case_id: null, field: one.field, was: one.was, becomes: one.becomes, undone: sheet.undone_at !== null }));
  return ok({ sheet, cells });
}
