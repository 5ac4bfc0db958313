// The pretended renewals: a contract for some of the pretended firm's customers, due in the months around now.

import type { CustomerRow, RenewalMonth, RenewalRate, RenewalRow, RenewalStep, RenewalTally, SayRenewal, Words } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, NOW } from './firm';

const ok = (body: unknown): Told => ({ status: 200, body });
const refuse = (status: number, code: string, detail: string, hint = ''): Told => ({ status, body: { type: 'about:blank', title: code, status, code, detail, hint, request_id: '01JE8Z5Q9K' } });
const both = (zh: string, en: string): Words => ({ zh, en });
const WHO = '苏晚晴';
const THIS = NOW.slice(0, 7);

let kept: RenewalRow[] | null = null;
let steps: RenewalStep[] = [];

export function renewalsAfresh(): void {
  kept = null;
  steps = [];
}

const RATES: RenewalRate[] = [
  { band: 'critical', decided: 6, renewed: 2, rate: null }, { band: 'high', decided: 20, renewed: 12, rate: 0.6 }, { band: 'medium', decided: 40, renewed: 34, rate: 0.85 },
  { band: 'low', decided: 100, renewed: 96, rate: 0.96 }, { band: null, decided: 0, renewed: 0, rate: null },
];

/** Last days from four months back to ten ahead; what ended long ago is decided by the facts. */
function make(all: CustomerRow[]): RenewalRow[] {
  return all.slice(0, 40).map((customer, index) => {
    const ahead = -120 + index * 11;
    const amount = index === 7 ? null : 20_000 + index * 3_000;
    const decided = ahead < -30;
    const lost = decided && index % 3 === 0;
    const after = decided && !lost && amount !== null ? amount * (index % 3 === 1 ? 1.2 : 0.7) : null;
    const outcome = lost ? 'lost' : after !== null && amount !== null && after < amount ? 'shrunk' : 'renewed';
    const band = customer.verdict.band ?? null;
    return {
      customer_id: customer.id, customer_name: customer.name, owner: customer.owner ?? null, contract: `HT-${100 + index}`, due_on: days.on(-ahead), days_left: ahead + 1, amount, verdict: customer.verdict, reason: customer.reason ?? null,
      version: 0, stage: 'not_started', next_step: null, next_on: null, judgement: null, answer: null, model: RATES.find((one) => one.band === band) ?? RATES[4]!,
      fact: decided ? { outcome, at: days.at(-ahead), amount: after, cancelled: false } : null, said: null, outcome: decided ? outcome : null, contradicts: false, churn_reason: null, churn_reason_name: null,
    };
  });
}

const tally = (rows: RenewalRow[], worth = (row: RenewalRow) => row.amount): RenewalTally => ({ count: rows.length, amount: rows.reduce((sum, row) => sum + (worth(row) ?? 0), 0), unpriced: rows.filter((row) => worth(row) == null).length });

function monthOf(name: string, rows: RenewalRow[]): RenewalMonth {
  const due = rows.filter((row) => row.due_on.startsWith(name));
  const by = (outcome: string) => due.filter((row) => row.fact?.outcome === outcome);
  const open = due.filter((row) => !row.fact);
  const judged = open.filter((row) => row.judgement && row.judgement.says !== 'unsure');
  const rated = open.filter((row) => row.model.rate != null && row.amount != null);
  const priced = due.filter((row) => row.fact && row.amount != null);
  const before = priced.reduce((sum, row) => sum + row.amount!, 0);
  const kept_ = priced.reduce((sum, row) => sum + Math.min(row.amount!, row.fact!.amount ?? 0), 0);
  const after = priced.reduce((sum, row) => sum + (row.fact!.amount ?? 0), 0);
  return {
    month: name, is_past: name < THIS, due: tally(due), renewed: tally(by('renewed')), shrunk: tally(by('shrunk')), lost: tally(by('lost')), open: tally(open), by_hand_count: open.filter((row) => row.said).length,
    after_amount: after, gross: before > 0 ? kept_ / before : null, net: before > 0 ? after / before : null,
    promised: tally(judged, (row) => (row.judgement!.says === 'leave' ? 0 : (row.judgement!.amount ?? row.amount))), unpromised: tally(open.filter((row) => !judged.includes(row))),
    computed: tally(rated, (row) => row.amount! * row.model.rate!), uncomputed: tally(open.filter((row) => !rated.includes(row))),
  };
}

function monthNames(): string[] {
  const [year, month] = THIS.split('-').map(Number) as [number, number];
  return Array.from({ length: 24 }, (_, index) => new Date(Date.UTC(year, month - 1 - 12 + index, 1)).toISOString().slice(0, 7));
}

function say(row: RenewalRow, said: SayRenewal): Told {
  if (said.version !== row.version) return refuse(409, 'version_conflict', '林婉清 刚在 2025-12-03 09:00 改过：改了续约判断', '请刷新后再试');
  if (said.what === 'outcome' && row.fact && said.says) return refuse(409, 'facts_decided', '合同记录已经说明结果：已续');
  const word = said.says ? { says: said.says, amount: said.amount ?? null, note: said.note ?? null, by: WHO, at: NOW } : null;
  row.version += 1;
  if (said.what === 'judgement') row.judgement = word;
  if (said.what === 'answer') row.answer = word;
  if (said.what === 'stage') row.stage = said.says ?? row.stage;
  if (said.what === 'next') Object.assign(row, { next_step: said.note ?? null, next_on: said.on ?? null });
  if (said.what === 'outcome') Object.assign(row, { said: word, outcome: word?.says ?? null, churn_reason: said.churn_reason ?? null, churn_reason_name: said.churn_reason ? both('价格或合同问题', 'Price or contract') : null });
  steps = [{ due_on: row.due_on, contract: row.contract ?? null, what: said.what, says: said.says ?? null, amount: said.amount ?? null, note: said.note ?? null, reason_name: row.churn_reason_name, on: said.on ?? null, by: WHO, at: NOW }, ...steps];
  return ok(row);
}

function list({ query }: Asked, rows: RenewalRow[]): Told {
  const state = query.get('state') ?? 'open';
  const fits = (row: RenewalRow) =>
    (!query.get('month') || row.due_on.startsWith(query.get('month')!)) && (!query.get('owner') || (row.owner ?? '-') === query.get('owner')) && (!query.get('band') || (row.verdict.band ?? 'unknown') === query.get('band'))
    && (!query.get('judgement') || (row.judgement?.says ?? 'none') === query.get('judgement')) && (!query.get('search') || row.customer_name.includes(query.get('search')!));
  const stands = (row: RenewalRow) => state === 'all' || (state === 'open' ? !row.outcome : state === 'decided' ? row.outcome != null : row.contradicts);
  const around = rows.filter(fits);
  const found = around.filter((row) => stands(row) && (!query.get('stage') || row.stage === query.get('stage')));
  return ok({
    rows: found, total: found.length, amount: tally(found).amount, next_cursor: null, owners: [...new Set(rows.flatMap((row) => row.owner ?? []))], as_of: NOW,
    stage_counts: ['not_started', 'contacted', 'negotiating', 'signing', 'decided'].map((key) => ({ key, count: around.filter((row) => (row.outcome ? 'decided' : row.stage) === key).length })),
    judgement_counts: ['renew', 'shrink', 'unsure', 'leave', 'none'].map((key) => ({ key, count: found.filter((row) => (row.judgement?.says ?? 'none') === key).length })),
  });
}

export function renewals(asked: Asked, all: CustomerRow[]): Told | null {
  const { method, path, body } = asked;
  const of = /^\/api\/customers\/([^/]+)\/renewals(?:\/([\d-]+))?$/.exec(path);
  if (!of && !path.startsWith('/api/renewals')) return null;
  kept ??= make(all);
  if (path === '/api/renewals') return list(asked, kept);
  if (!of) {
    const months = monthNames().map((name) => monthOf(name, kept!));
    const ahead = months.filter((one) => !one.is_past);
    const owners = [...new Set(kept.map((row) => row.owner ?? null))].map((owner) => ({ owner, due: ahead.map((one) => tally(kept!.filter((row) => row.due_on.startsWith(one.month) && (row.owner ?? null) === owner))) }));
    return ok({ months, this_month: THIS, owners: owners.filter((one) => one.due.some((each) => each.count > 0)), rates: RATES, later: tally([]), short_count: all.length === 0 ? 0 : 3, contract_count: kept.length, told_until: NOW.slice(0, 10), as_of: NOW });
  }
  const own = kept.filter((row) => row.customer_id === decodeURIComponent(of[1]!));
  if (method === 'POST') {
    const row = own.find((one) => one.due_on === of[2]);
    return row ? say(row, body as SayRenewal) : refuse(404, 'not_found', '没有找到这份合同');
  }
  return ok({ rows: own, steps: steps.filter((step) => own.some((row) => row.due_on === step.due_on)), next: own.find((row) => !row.outcome) ?? null });
}
