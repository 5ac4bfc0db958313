// The pretended follow-ups: records, promises and advice of the pretended firm.

import type { AdviceEntry, AdvicePage, CustomerRow, FollowUpRow, NewFollowUp, PromiseRow, Words } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW, OWNERS } from './firm';

const ok = (body: unknown): Told => ({ status: 200, body });
const refuse = (status: number, code: string, detail: string): Told => ({ status, body: { type: 'about:blank', title: code, status, code, detail, hint: '', request_id: '01JE8Z5Q9K' } });
const both = (zh: string, en: string): Words => ({ zh, en });
const WHO = '苏晚晴';

let records: FollowUpRow[] = [];
let promises: PromiseRow[] | null = null;
let own = new Map<string, string>();

export function followUpsAfresh(): void {
  records = [];
  promises = null;
  own = new Map();
}

const promise = (id: number, customer: CustomerRow, words: string, due: string, change: Partial<PromiseRow> = {}): PromiseRow => ({
  id, version: 1, customer_id: customer.id, customer_name: customer.name, owner: customer.owner ?? null, words, due_on: due, due_at: `${due}T16:00:00Z`, made_at: days.at(9), made_by: customer.owner ?? WHO,
  state: 'open', is_overdue: due < NOW.slice(0, 10), settled_at: null, settled_by: null, note: null, ...change,
});

function ledger(all: CustomerRow[]): PromiseRow[] {
  if (promises === null) {
    const [a, b, c, d] = all.filter((row) => row.open_alert_count > 0);
    promises = a && b && c && d ? [
      promise(1, a, '周二前把新报价发过去', days.on(2)), promise(2, b, '月底前修好导出报表', days.on(-4)),
      promise(3, c, '安排一次上门培训', days.on(20), { state: 'broken', version: 2, is_overdue: false, settled_at: days.at(12), settled_by: WHO, note: '讲师排不开' }), promise(4, d, '回一份迁移方案', days.on(15), { state: 'kept', version: 2, is_overdue: false, settled_at: days.at(16), settled_by: WHO }),
    ] : [];
  }
  return promises;
}

const REASONS: [string, Words, string[]][] = [
  ['usage', both('使用变少、活跃下降', 'Used less, less active'), ['usage', 'activity', 'features']],
  ['price', both('嫌贵、在议价', 'Finds us dear, bargains'), ['price']],
  ['service', both('投诉、工单没解决', 'Complaints, requests left open'), ['complaint', 'tickets', 'service']],
];

const resultOf = (version: number) => ({ version, taken: 12, done: 9, cases: 11, kept: 5, lost: 2, other: 1, open: 3 });

export function adviceOf(row: CustomerRow, reason: string | null, all: CustomerRow[]): AdvicePage | null {
  const [id, name] = REASONS.find(([one]) => one === (reason ?? 'usage')) ?? [];
  if (!id || !name) return null;
  return {
    customer_id: row.id, customer_name: row.name, reason: id, version: own.has(id) ? 1 : 0, reason_name: name, because: reason ? null : (row.reason ?? null), tier: row.tier ?? null,
    who: both('负责人本人，当天打电话；产品同事旁听', 'The owner in person, by phone today'), first_step: both('一对一回访，问清谁在用、卡在哪一步', 'Call them one to one: who uses it, at which step it stops'),
    openings: [both('看到最近用得少了些，想听听是不是哪里不顺手。', 'I saw that you have been using us less. Is anything in the way?'), both('您常用的那几个功能，最近有没有算不对的时候？', 'Did the features you use give wrong figures lately?'), both('如果换了同事在用，我可以带他走一遍。', 'If a colleague has taken over, I can walk them through it.')],
    not_offer: both('先别谈折扣和续费', 'No discount and no renewal yet'), tutorial: both('三分钟上手视频', 'A three-minute video'),
    promises: ledger(all).filter((one) => one.customer_id === row.id && one.state !== 'kept'), result: id === 'usage' ? resultOf(own.has(id) ? 1 : 0) : null, choices: REASONS.map(([each, words]) => ({ id: each, name: words })),
  };
}

const textOf = (id: string, name: Words) => `[[advice]]\nid = "${id}"\nname = { zh = "${name.zh}", en = "${name.en}" }\n`;
const entries = (): AdviceEntry[] => REASONS.map(([id, name, causes]) => ({ id, name, causes, categories: [], text: own.get(id) ?? textOf(id, name), is_own: own.has(id), is_shipped: true, results: id === 'usage' ? [resultOf(own.has(id) ? 1 : 0)] : [] }));

function library({ method, body }: Asked, id: string | undefined): Told {
  if (!id) return ok(entries());
  if (method === 'DELETE') {
    own.delete(id);
    return { status: 204, body: null };
  }
  const { text } = body as { text: string };
  if (!text.includes('name')) return refuse(400, 'bad_definition', `${id}.toml 第 1 行第 1 列：缺少“name”（请补上 name = …）`);
  own.set(id, text);
  return ok(entries());
}

function list({ query }: Asked, all: CustomerRow[]): Told {
  const state = query.get('state') ?? 'open';
  const owner = query.get('owner');
  const theirs = ledger(all).filter((one) => !owner || one.owner === owner);
  const is = (one: PromiseRow, key: string) => key === 'all' || (key === 'overdue' ? one.is_overdue : one.state === key);
  const rows = theirs.filter((one) => is(one, state));
  return ok({ rows, total: rows.length, next_cursor: null, counts: ['open', 'overdue', 'kept', 'broken'].map((key) => ({ key, count: theirs.filter((one) => is(one, key)).length })), owners: OWNERS, as_of: NOW });
}

function settle(body: unknown, id: number, all: CustomerRow[]): Told {
  const told = body as { version: number; state: string };
  const one = ledger(all).find((each) => each.id === id);
  if (!one) return refuse(404, 'not_found', '没有找到这条承诺');
  if (one.version !== told.version) return refuse(409, 'version_conflict', '陈默 刚在 09:12 改过：承诺已兑现');
  const open = told.state === 'open';
  Object.assign(one, { version: one.version + 1, state: told.state, is_overdue: open && one.due_on < NOW.slice(0, 10), settled_at: open ? null : NOW, settled_by: open ? null : WHO });
  return ok(one);
}

function record(row: CustomerRow, told: NewFollowUp, all: CustomerRow[]): FollowUpRow {
  const kept: FollowUpRow = { id: records.length + 1, customer_id: row.id, case_id: null, at: NOW, recorded_at: NOW, actor: WHO, channel: told.channel, outcome: told.outcome, contact: told.contact ?? null, mood: told.mood ?? null, note: told.note ?? null, next_on: told.next_on ?? null };
  records.unshift(kept);
  if (told.promise) ledger(all).unshift({ ...promise(100 + records.length, row, told.promise.words, told.promise.due_on), made_at: NOW, made_by: WHO });
  return kept;
}

export function followUps(asked: Asked, all: CustomerRow[]): Told | null {
  const { method, path, query, body } = asked;
  const entry = /^\/api\/advice(?:\/(\w+))?$/.exec(path);
  if (entry) return library(asked, entry[1]);
  if (path === '/api/promises') return list(asked, all);
  const settled = /^\/api\/promises\/(\d+)\/settle$/.exec(path);
  if (settled) return settle(body, Number(settled[1]), all);
  const of = /^\/api\/customers\/([^/]+)\/(follow-ups|advice|unmask)$/.exec(path);
  if (!of) return null;
  const row = all.find((one) => one.id === decodeURIComponent(of[1]!));
  if (!row) return refuse(404, 'not_found', '没有找到这位客户');
  if (of[2] === 'unmask') return ok({ customer_id: row.id, contacts: [{ key: 'contact_phone', value: '13800138000' }, { key: 'contact_email', value: 'ops@example.cn' }] });
  if (of[2] === 'advice') {
    const page = adviceOf(row, query.get('reason'), all);
    return page ? ok(page) : refuse(404, 'not_found', '没有找到这个原因的建议');
  }
  if (method === 'POST') return ok(record(row, body as NewFollowUp, all));
  const rows = records.filter((one) => one.customer_id === row.id);
  return ok({ rows, promises: ledger(all).filter((one) => one.customer_id === row.id), next_on: rows[0]?.next_on ?? null });
}
