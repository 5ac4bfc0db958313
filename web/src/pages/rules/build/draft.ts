// A rule in the making: what the controls hold, how it is written as a value with the fields of a definition file, and
// how a rule that is there becomes a draft.

import { isTable, type Table } from '../../../parts/filter';
import { broken } from '../../../parts/toml';
import type { RuleValue } from '../../../api/rules';
import { branch, isBranch, isWhole, named, numbers, parameterOf, rootOf, unfinished, within, written, type Amount, type Branch, type Part, type Places, type Trail } from './condition';

export const SEVERITIES = ['urgent', 'warning', 'info'] as const;
export const DAYS = ['every_day', 'working_days', 'holidays'] as const;
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export const TIERS = ['high', 'middle', 'low'] as const;

/** A threshold with a name, changed without touching the condition. */
export interface Parameter { value: number; rest: Table }
export interface Schedule { every: 'day' | 'week' | 'month'; weekday: string; day: number }

export interface Draft {
  /** Empty: made of the name. */
  id: string;
  nameZh: string;
  nameEn: string;
  cause: string;
  severity: string;
  severityByTier: Record<string, string>;
  state: string;
  when: Branch;
  /** Nothing: over as soon as it no longer holds. */
  clear: Branch | null;
  cooldown: Amount;
  on: string;
  schedule: Schedule | null;
  sayZh: string;
  sayEn: string;
  stepZh: string;
  stepEn: string;
  parameters: Record<string, Parameter>;
  /** Fields without a control: census id, how an ambiguity was decided. */
  carried: Table;
}

const COOLDOWN_DAYS = 14;

export const blank = (): Draft => ({
  id: '', nameZh: '', nameEn: '', cause: '', severity: 'warning', severityByTier: {}, state: 'active', when: branch([{ not: false, lasting: null, asks: { sort: 'number', of: '', way: 'now', days: 30, is: '>=', than: null } }]), clear: null,
  cooldown: COOLDOWN_DAYS, on: 'every_day', schedule: null, sayZh: '', sayEn: '', stepZh: '', stepEn: '', parameters: {}, carried: {},
});

/** What a number is called, for sentences that nobody wrote; `null` where there is no such number. */
export type Naming = (id: string) => { zh: string; en: string; unitZh: string } | null;
/** Words for what nobody has written yet. */
export interface Untitled { name: { zh: string; en: string }; step: { zh: string; en: string } }

const FIGURES = ['health', 'health_7d_ago', 'health_drop_7d'];

/** The figures of the condition as a sentence: `近 30 天登录天数 {login_days_30d} 天`. */
export function sayOf(when: Part, naming: Naming, otherwise: { zh: string; en: string }): { zh: string; en: string } {
  const said = numbers(when).flatMap((id) => {
    if (id === 'health_change_7d') return [{ zh: '健康分一周前 {health_7d_ago}，现在 {health}', en: 'health was {health_7d_ago} a week ago and is {health}' }];
    const told = naming(id);
    if (!told) return [];
    return [{ zh: `${told.zh} {${id}}${FIGURES.includes(id) || told.unitZh === '' ? '' : ` ${told.unitZh}`}`, en: `${told.en}: {${id}}` }];
  });
  if (said.length === 0) return otherwise;
  return { zh: said.map((one) => one.zh).join('，'), en: said.map((one) => one.en).join(', ') };
}

/** An id made of the English name; `taken` ids are left to their owners. */
export function idOf(draft: Draft, taken: readonly string[] = []): string {
  if (draft.id) return draft.id;
  const made = draft.nameEn.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '') || 'own_rule';
  let id = made;
  for (let next = 2; taken.includes(id); next += 1) id = `${made}_${next}`;
  return id;
}

export interface Written { rule: RuleValue; places: Places }
interface Around { taken?: readonly string[]; naming: Naming; untitled: Untitled }

/** The rule as a value, and which control made which place of it. */
export function ruleOf(draft: Draft, { taken, naming, untitled }: Around): Written {
  const places: Places = new Map();
  const pair = (zh: string, en: string, otherwise: { zh: string; en: string }) => ({ zh: zh.trim() || en.trim() || otherwise.zh, en: en.trim() || zh.trim() || otherwise.en });
  const name = pair(draft.nameZh, draft.nameEn, untitled.name);
  const when = written(draft.when, 'when', places, 'when');
  const clear = draft.clear && isWhole(draft.clear) ? written(draft.clear, 'clear', places, 'clear') : undefined;
  const used = new Set([...named(draft.when), ...(draft.clear ? named(draft.clear) : []), ...[parameterOf(draft.cooldown)].filter((one) => one !== null)]);
  const parameters = Object.entries(draft.parameters).filter(([id]) => used.has(id)).map(([id, { value, rest }]) => [id, { value, ...rest }]);
  const { schedule } = draft;
  const rule: RuleValue = {
    id: idOf(draft, taken),
    ...('census' in draft.carried ? { census: draft.carried.census } : {}),
    name,
    cause: draft.cause.trim() || idOf(draft, taken),
    severity: draft.severity,
    ...(Object.keys(draft.severityByTier).length > 0 ? { severity_by_tier: draft.severityByTier } : {}),
    state: draft.state,
    ...(parameters.length > 0 ? { parameters: Object.fromEntries(parameters) as Table } : {}),
    ...Object.fromEntries(Object.entries(draft.carried).filter(([key]) => key !== 'census')),
    when,
    ...(clear === undefined ? {} : { clear }),
    cooldown_days: draft.cooldown ?? COOLDOWN_DAYS,
    ...(draft.on === 'every_day' ? {} : { on: draft.on }),
    ...(schedule === null ? {} : { schedule: schedule.every === 'week' ? { every: 'week', weekday: schedule.weekday } : schedule.every === 'month' ? { every: 'month', day: schedule.day } : { every: 'day' } }),
    say: pair(draft.sayZh, draft.sayEn, sayOf(draft.when, naming, name)),
    next_step: pair(draft.stepZh, draft.stepEn, untitled.step),
  };
  return { rule, places };
}

/** The rule as the file that everything else reads. */
export function tomlOf(rule: RuleValue): string {
  const entries = Object.entries(rule).filter(([, value]) => value !== undefined && value !== null);
  const wide = Math.max(...entries.map(([key]) => key.length));
  return `[[rule]]\n${entries.map(([key, value]) => `${key.padEnd(wide)} = ${broken(value)}`).join('\n')}\n`;
}

// From a rule that is there.

const FIELDS = ['id', 'name', 'cause', 'severity', 'severity_by_tier', 'state', 'when', 'clear', 'cooldown_days', 'on', 'schedule', 'say', 'next_step', 'parameters'];
const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
const words = (value: unknown): { zh: string; en: string } => (isTable(value) ? { zh: text(value.zh), en: text(value.en) } : { zh: '', en: '' });

function parametersOf(value: unknown): Record<string, Parameter> {
  if (!isTable(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Table] => isTable(entry[1]) && typeof entry[1].value === 'number').map(([id, { value: number, ...rest }]) => [id, { value: number as number, rest }]));
}

function scheduleOf(value: unknown): Schedule | null {
  if (!isTable(value)) return null;
  const every = value.every === 'week' || value.every === 'month' ? value.every : 'day';
  return { every, weekday: text(value.weekday, 'monday'), day: typeof value.day === 'number' ? value.day : 1 };
}

/** The controls of a rule. */
export function draftOf(rule: RuleValue): Draft {
  const [name, say, step] = [words(rule.name), words(rule.say), words(rule.next_step)];
  const cooldown = rule.cooldown_days;
  return {
    id: text(rule.id), nameZh: name.zh, nameEn: name.en, cause: text(rule.cause), severity: text(rule.severity, 'warning'), severityByTier: isTable(rule.severity_by_tier) ? (rule.severity_by_tier as Record<string, string>) : {},
    state: text(rule.state, 'active'), when: rootOf(rule.when), clear: rule.clear === undefined || rule.clear === null ? null : rootOf(rule.clear),
    cooldown: typeof cooldown === 'number' || typeof cooldown === 'string' ? cooldown : COOLDOWN_DAYS, on: text(rule.on, 'every_day'), schedule: scheduleOf(rule.schedule),
    sayZh: say.zh, sayEn: say.en, stepZh: step.zh, stepEn: step.en, parameters: parametersOf(rule.parameters),
    carried: Object.fromEntries(Object.entries(rule).filter(([key]) => !FIELDS.includes(key))),
  };
}

/** A rule of its own that begins as a copy of another: under an id and a name of its own, with nobody's census id. */
export function copyOf(rule: RuleValue, called: (name: string, lang: 'zh' | 'en') => string): Draft {
  const draft = draftOf(rule);
  const { census: _, ...carried } = draft.carried;
  return { ...draft, id: '', nameZh: called(draft.nameZh, 'zh'), nameEn: called(draft.nameEn, 'en'), state: 'active', carried };
}

/** What is still lacking before it can be asked about; then, before it can be saved. */
export function lacks(draft: Draft): 'condition' | null {
  return isWhole(draft.when) ? null : 'condition';
}

export const open = (draft: Draft): number => unfinished(draft.when) + (draft.clear ? unfinished(draft.clear) : 0);

/** The number that an amount stands for. */
export function valueOf(amount: Amount, parameters: Draft['parameters']): number | null {
  const id = parameterOf(amount);
  if (id !== null) return parameters[id]?.value ?? null;
  return typeof amount === 'number' ? amount : null;
}

/** Changes one part of a tree; `null` takes it out. */
export function changed(root: Branch, trail: Trail, next: Part | null): Branch {
  const [first, ...rest] = trail.split('.').filter(Boolean).map(Number);
  if (first === undefined) return next && isBranch(next) ? next : root;
  const parts = root.parts.flatMap((part, index): Part[] => {
    if (index !== first) return [part];
    if (rest.length === 0) return next === null ? [] : [next];
    return isBranch(part) ? [changed(part, rest.join('.'), next)] : [part];
  });
  return { ...root, parts };
}

export { within };

// Kept for this visit, so that leaving the page loses nothing.

const KEY = 'liuke.rule.';

export function keep(of: string, draft: Draft): void {
  try {
    sessionStorage.setItem(KEY + of, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

export function kept(of: string): Draft | null {
  try {
    const told = sessionStorage.getItem(KEY + of);
    return told ? { ...blank(), ...(JSON.parse(told) as Draft) } : null;
  } catch {
    return null;
  }
}

export function forget(of: string): void {
  try {
    sessionStorage.removeItem(KEY + of);
  } catch {
    // Nothing was kept.
  }
}
