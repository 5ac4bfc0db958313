// A condition as its controls hold it: branches with parts, leaves with a question, each of them turned round or made to
// last if wanted. How a definition writes it, and how one that is written becomes controls, is here; whether it is right
// is the server's business.

import { everything, filterOf, filterTable, isTable, isWhole as filterIsWhole, type Group, type Table } from '../../../parts/filter';

export const SIGNS = ['<', '<=', '>', '>=', '=', '!='] as const;
export type Sign = (typeof SIGNS)[number];
/** `$name` is the value of a parameter; nothing is what has not been typed yet. */
export type Amount = number | string | null;
/** So many times in a row, so many days apart: a day apart is “for so many days”. */
export interface Lasting { times: Amount; everyDays: Amount; daily: boolean }

export const SORTINGS = ['band', 'segment', 'tag', 'tier', 'rfm'] as const;
export type Sorting = (typeof SORTINGS)[number];
export type Question =
  | { sort: 'number'; of: string; way: 'now' | 'change' | 'ratio'; days: Amount; is: Sign; than: Amount }
  | { sort: 'count'; kind: string; name: string; days: Amount; is: Sign; than: Amount }
  | { sort: Sorting; names: string[] }
  | { sort: 'traits'; where: Group }
  /** What has no control is kept as it is written. */
  | { sort: 'other'; value: unknown };
export type Sort = Question['sort'];

interface Shared { not: boolean; lasting: Lasting | null }
export interface Leaf extends Shared { asks: Question }
export interface Branch extends Shared { join: 'all' | 'any' | 'at_least'; least: Amount; parts: Part[] }
export type Part = Leaf | Branch;

export const isBranch = (part: Part): part is Branch => 'parts' in part;
export const branch = (parts: Part[] = [], join: Branch['join'] = 'all'): Branch => ({ not: false, lasting: null, join, least: 2, parts });
export const leaf = (asks: Question): Leaf => ({ not: false, lasting: null, asks });
const isSign = (value: unknown): value is Sign => SIGNS.some((one) => one === value);

/** A question that begins well. */
export function asking(sort: Sort): Question {
  switch (sort) {
    case 'number': return { sort, of: '', way: 'now', days: 30, is: '>=', than: null };
    case 'count': return { sort, kind: '', name: '', days: 30, is: '>=', than: 1 };
    case 'traits': return { sort, where: { ...everything(), items: [{ property: '', op: 'is', values: [] }] } };
    case 'other': return { sort, value: {} };
    default: return { sort, names: [] };
  }
}

/** Whether it asks anything yet. */
export function isWhole(part: Part): boolean {
  if (isBranch(part)) return part.parts.some(isWhole);
  const { asks } = part;
  switch (asks.sort) {
    case 'number': return asks.of !== '' && asks.than !== null && (asks.way === 'now' || asks.days !== null);
    case 'count': return asks.kind !== '' && asks.than !== null && asks.days !== null;
    case 'traits': return filterIsWhole(asks.where);
    case 'other': return true;
    default: return asks.names.length > 0;
  }
}

/** How many questions are begun and not finished. */
export function unfinished(part: Part): number {
  if (isBranch(part)) return part.parts.reduce((sum, one) => sum + unfinished(one), 0);
  return isWhole(part) ? 0 : 1;
}

/** Belonging has no past of its own: it is asked as it is now, and cannot be made to last. */
export const isOfThePresent = (part: Part): boolean => (isBranch(part) ? part.parts.some(isOfThePresent) : ['segment', 'tag', 'tier', 'rfm'].includes(part.asks.sort));

// As a definition writes it.

/** Where a part stands among the controls: the way to it from the root, `0.2`; the root is empty. */
export type Trail = string;
/** What each place of the written condition was made by. */
export type Places = Map<string, Trail>;

export const within = (trail: Trail, index: number): Trail => (trail === '' ? String(index) : `${trail}.${index}`);

function question(asks: Question): unknown {
  switch (asks.sort) {
    case 'number': {
      const { of, way, days, is, than } = asks;
      if (way === 'now') return { of, is, than };
      return { [`${way}_of`]: of, over_days: days, is, than };
    }
    case 'count': return { count_of: { kind: asks.kind, ...(asks.name ? { name: asks.name } : {}) }, within_days: asks.days, is: asks.is, than: asks.than };
    case 'traits': return { traits: filterTable(asks.where) };
    case 'other': return asks.value;
    default: return { [asks.sort]: asks.names };
  }
}

/** The written condition. Parts that ask nothing yet are left out; a branch with one part is that part. */
export function written(part: Part, at = '', places: Places = new Map(), trail: Trail = ''): unknown {
  places.set(at, trail);
  const { not, lasting } = part;
  const inHolds = lasting ? `${at}.holds` : at;
  const inner = not ? `${inHolds}.not` : inHolds;
  for (const place of [inHolds, inner]) places.set(place, trail);
  let value = isBranch(part) ? joined(part, inner, places, trail) : question(part.asks);
  if (not) value = { not: value };
  if (!lasting) return value;
  return lasting.daily ? { holds: value, for_days: lasting.times } : { holds: value, times: lasting.times, every_days: lasting.everyDays };
}

function joined(part: Branch, at: string, places: Places, trail: Trail): unknown {
  const whole = part.parts.map((one, index) => [one, index] as const).filter(([one]) => isWhole(one));
  const [only] = whole;
  if (only && whole.length === 1 && part.join !== 'at_least') return written(only[0], at, places, within(trail, only[1]));
  const key = part.join === 'at_least' ? 'among' : part.join;
  const list = whole.map(([one, index], place) => written(one, `${at}.${key}[${place}]`, places, within(trail, index)));
  return part.join === 'at_least' ? { at_least: part.least ?? 1, among: list } : { [key]: list };
}

// From a condition as it is written.

const amount = (value: unknown): Amount => (typeof value === 'number' || typeof value === 'string' ? value : null);
const has = (table: Table, ...keys: string[]): boolean => keys.length === Object.keys(table).length && keys.every((key) => key in table);

function asked(table: Table): Question {
  const { is } = table;
  if (isSign(is) && has(table, 'of', 'is', 'than')) return { sort: 'number', of: String(table.of), way: 'now', days: 30, is, than: amount(table.than) };
  for (const way of ['change', 'ratio'] as const) {
    if (isSign(is) && has(table, `${way}_of`, 'over_days', 'is', 'than')) return { sort: 'number', of: String(table[`${way}_of`]), way, days: amount(table.over_days), is, than: amount(table.than) };
  }
  const counted = table.count_of;
  if (isSign(is) && has(table, 'count_of', 'within_days', 'is', 'than') && isTable(counted) && typeof counted.kind === 'string') {
    const name = counted.name ?? '';
    if (typeof name === 'string' && Object.keys(counted).every((key) => key === 'kind' || key === 'name')) {
      return { sort: 'count', kind: counted.kind, name, days: amount(table.within_days), is, than: amount(table.than) };
    }
  }
  if (has(table, 'traits') && isTable(table.traits)) return { sort: 'traits', where: filterOf(table.traits) };
  for (const sort of SORTINGS) {
    const names = table[sort];
    if (has(table, sort) && (Array.isArray(names) || typeof names === 'string')) return { sort, names: [names].flat().map(String) };
  }
  return { sort: 'other', value: table };
}

function lastingOf(table: Table): Lasting | null {
  if (has(table, 'holds', 'for_days')) return { times: amount(table.for_days), everyDays: 1, daily: true };
  if (has(table, 'holds', 'times', 'every_days')) return { times: amount(table.times), everyDays: amount(table.every_days), daily: false };
  return null;
}

/** The controls of a written condition. */
export function partOf(value: unknown): Part {
  if (!isTable(value)) return leaf({ sort: 'other', value });
  const lasting = lastingOf(value);
  if (lasting) {
    const inner = partOf(value.holds);
    return inner.lasting ? leaf({ sort: 'other', value }) : { ...inner, lasting };
  }
  if (has(value, 'not')) {
    const inner = partOf(value.not);
    return inner.not || inner.lasting ? { ...branch([inner]), not: true } : { ...inner, not: true };
  }
  if (has(value, 'all') && Array.isArray(value.all)) return branch(value.all.map(partOf));
  if (has(value, 'any') && Array.isArray(value.any)) return branch(value.any.map(partOf), 'any');
  if (has(value, 'at_least', 'among') && Array.isArray(value.among)) {
    return { ...branch(value.among.map(partOf), 'at_least'), least: amount(value.at_least) };
  }
  return leaf(asked(value));
}

/** The same as the root of a tree, which is always a branch. */
export function rootOf(value: unknown): Branch {
  const part = partOf(value);
  return isBranch(part) && !part.lasting && !part.not ? part : branch([part]);
}

// What the controls need to know of a tree.

/** The parameters that a tree names, without the sign. */
export function named(part: Part): string[] {
  const amounts: Amount[] = part.lasting ? [part.lasting.times, part.lasting.everyDays] : [];
  if (isBranch(part)) return [...names(part.join === 'at_least' ? [...amounts, part.least] : amounts), ...part.parts.flatMap(named)];
  const { asks } = part;
  if (asks.sort === 'other') return [...names(amounts), ...[...JSON.stringify(asks.value).matchAll(/"\$(\w+)"/g)].map((match) => match[1]!)];
  if ('than' in asks) amounts.push(asks.than, ...(asks.sort === 'number' && asks.way === 'now' ? [] : [asks.days]));
  return names(amounts);
}

export const parameterOf = (value: Amount): string | null => (typeof value === 'string' && value.startsWith('$') ? value.slice(1) : null);
const names = (amounts: Amount[]): string[] => amounts.map(parameterOf).filter((one): one is string => one !== null);

/** The numbers that a tree asks for as they are now, each once. */
export function numbers(part: Part): string[] {
  if (isBranch(part)) return [...new Set(part.parts.flatMap(numbers))];
  return part.asks.sort === 'number' && part.asks.of !== '' ? [part.asks.of] : [];
}

const TURNED: Record<Sign, Sign> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '=': '!=', '!=': '=' };

/**
 * Where a worry that begins with this tree could end: the opposite, to be moved away from the threshold. What must last
 * before it speaks need not last before it is over.
 */
export function opposite(part: Part): Part {
  const plain = { ...part, lasting: null };
  if (part.not) return { ...plain, not: false };
  if (isBranch(plain)) {
    if (plain.join === 'at_least') return { ...plain, not: true };
    return { ...plain, join: plain.join === 'all' ? 'any' : 'all', parts: plain.parts.filter(isWhole).map(opposite) };
  }
  const { asks } = plain;
  if (asks.sort === 'number' || asks.sort === 'count') return { ...plain, asks: { ...asks, is: TURNED[asks.is] } };
  return { ...plain, not: true };
}
