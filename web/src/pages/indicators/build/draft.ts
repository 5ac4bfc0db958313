// A definition in the making: what the controls hold, what goes together, and how a shipped definition becomes a draft.
// How it is written as TOML is `toml.ts`'s business; whether it is right, the server's.

import { everything, filterOf, isTable, type Group, type Table } from '../../../parts/filter';

/** Which facts. */
export interface Chosen { kinds: string[]; names: string[]; where: Group }

export interface Comparison {
  with: string; as: string; windows: number; align: 'spring_festival' | 'solar';
  /** What peers have in common. */
  within: Within;
  /** The property of the trait they have in common. */
  by: string;
  /** The segments, of which the first counts. */
  segments: string[];
  /** Fewest of them. */
  least: number;
}

export const WITHIN = ['everybody', 'trait', 'segments', 'tier'] as const;
export type Within = (typeof WITHIN)[number];
/** Fewest peers where a definition says nothing else. */
export const LEAST = 20;

export interface Draft {
  way: 'facts' | 'formula';
  of: Chosen;
  measure: string;
  property: string;
  basis: string;
  part: Chosen;
  step: string;
  at: string;
  window: string;
  since: 'none' | 'start' | 'last_of';
  sinceOf: Chosen;
  offset: string;
  working: boolean;
  compare: Comparison | null;
  formula: string;
  whenAbsent: 'unknown' | 'zero';
  id: string;
  nameZh: string;
  nameEn: string;
  questionZh: string;
  questionEn: string;
  category: string;
  /** Empty: as the measure has it. */
  unit: string;
  worse: string;
  /** The indicator it was copied from; empty for none. */
  from: string;
  /** Keys of the definition it was copied from that have no control: sentences, census ids. */
  carried: Record<string, unknown>;
}

export const KINDS = ['event', 'order', 'payment', 'ticket', 'survey_response', 'contract', 'contact_change', 'touch', 'case', 'trait', 'snapshot'] as const;
export const MEASURES: Record<string, string[]> = {
  amount: ['count', 'distinct_days', 'sum', 'distinct_values', 'rate_per_day'],
  value: ['mean', 'min', 'max', 'first', 'last', 'value_at'],
  since: ['days_since_last', 'days_since_first', 'days_until', 'gap_mean', 'gap_max', 'gap_current', 'gap_variation'],
  streak: ['streak_days_with', 'streak_days_without', 'streak_weeks_with', 'streak_weeks_without'],
  shape: ['share', 'slope'],
};
export const BASES = ['count', 'sum', 'distinct_days'] as const;
export const NAMED_WINDOWS = ['this_week', 'this_month', 'this_quarter', 'this_year', 'last_week', 'last_month', 'last_quarter', 'last_year'] as const;
export const TRAILING = ['7d', '14d', '30d', '60d', '90d', '180d', '365d'] as const;
export const UNITS = ['count', 'day', 'money', 'ratio', 'point', 'order', 'ticket', 'item', 'person', 'week', 'hour', 'sigma'] as const;
export const DIRECTIONS = ['lower', 'higher', 'both', 'none'] as const;
export const CATEGORIES = ['behaviour', 'purchase', 'finance', 'satisfaction', 'service', 'relationship', 'event', 'competition', 'demand', 'activity', 'contract', 'payment', 'relation'] as const;
const COURSE = ['ewma', 'cusum'];
/** Told by the rhythm of weeks, beside everybody's. */
const RHYTHM = ['fall', 'rise', 'expected'];
/** Fewest earlier windows of a course in time. */
const COURSE_WINDOWS = 12;
/** Fewest earlier weeks of a rhythm. */
const RHYTHM_WINDOWS = 26;

export const chosen = (): Chosen => ({ kinds: [], names: [], where: everything() });

export const blank = (): Draft => ({
  way: 'facts', of: chosen(), measure: 'count', property: '', basis: 'count', part: chosen(), step: '7d', at: '30d', window: '30d',
  since: 'none', sinceOf: chosen(), offset: '', working: false, compare: null, formula: '', whenAbsent: 'zero',
  id: '', nameZh: '', nameEn: '', questionZh: '', questionEn: '', category: 'behaviour', unit: '', worse: 'lower', from: '', carried: {},
});

// What goes with what. The reader of definitions is the judge; these keep the impossible off the screen.

export const isPositional = (measure: string) => measure.startsWith('days_');
const isGap = (measure: string) => measure.startsWith('gap_');
const isStreak = (measure: string) => measure.startsWith('streak_');
export const takesBasis = (measure: string) => ['share', 'rate_per_day', 'slope'].includes(measure);
export const takesProperty = (measure: string) => ['distinct_values', 'days_until'].includes(measure);
/** Whether a property's number may stand for the value. */
export const takesNumber = (measure: string) => ['sum', 'mean', 'min', 'max', 'first', 'last', 'value_at'].includes(measure);
export const takesOffset = (draft: Draft) => !isPositional(draft.measure) && draft.measure !== 'value_at';
export const takesSince = (draft: Draft) => draft.measure !== 'slope' && !isInTime(draft.compare);
export const takesWorking = (draft: Draft) =>
  ['distinct_days', 'rate_per_day', 'days_since_first', 'days_since_last', 'days_until', 'streak_days_with', 'streak_days_without'].includes(draft.measure);
export const takesZero = (draft: Draft) => !isPositional(draft.measure) && !isGap(draft.measure) && !isCourse(draft.compare);
export const isCourse = (compare: Comparison | null) => compare !== null && [...COURSE, ...RHYTHM].includes(compare.as);
/** Against windows of its own past, which there must be. */
export const isInTime = (compare: Comparison | null) => compare !== null && compare.with !== 'peers';

/** What a number can be put against here. */
export function others(draft: Draft): string[] {
  const hasPast = draft.window !== '' && draft.since === 'none' && !isPositional(draft.measure) && !isStreak(draft.measure);
  const course = hasPast && draft.measure === 'count' && isTrailing(draft.window);
  return [...(hasPast ? ['previous', 'own_history', 'last_year'] : []), 'peers', ...(course ? ['own_and_peers'] : [])];
}

/** How it can be put against them. */
export function manners(draft: Draft, other: string): string[] {
  const course = draft.measure === 'count' && isTrailing(draft.window) ? COURSE : [];
  if (other === 'own_and_peers') return isWeek(draft.window) ? [...RHYTHM, ...COURSE] : COURSE;
  if (other === 'previous' || other === 'last_year') return ['change', 'ratio', 'difference'];
  if (other === 'own_history') return ['z', 'percentile', 'ratio', 'change', 'difference', ...course];
  return ['percentile', 'z', 'ratio', 'change', 'difference'];
}

/** A comparison before anything is said of peers and seasons. */
const ALONE: Omit<Comparison, 'with' | 'as' | 'windows'> = { align: 'spring_festival', within: 'everybody', by: '', segments: [], least: LEAST };

const isWeek = (window: string) => ['7d', '7cd', '1w'].includes(window);
export const isTrailing = (window: string) => /^[1-9]\d*(d|cd|w|mo)$/.test(window);

/** A comparison that begins well. */
export function comparedWith(draft: Draft, other: string): Comparison {
  const as = manners(draft, other)[0] ?? 'ratio';
  return { with: other, as, windows: [...COURSE, ...RHYTHM].includes(as) ? 52 : 12, ...ALONE };
}

/** What the number is counted in, by what is made. */
export function unitOf(draft: Draft): string {
  if (draft.unit) return draft.unit;
  if (draft.way === 'formula') return 'ratio';
  const { compare, measure } = draft;
  if (compare) {
    if (['ratio', 'change', 'fall', 'rise'].includes(compare.as)) return 'ratio';
    if (['z', 'ewma', 'cusum'].includes(compare.as)) return 'sigma';
    if (compare.as === 'percentile') return 'point';
  }
  if (measure === 'share' || measure === 'gap_variation') return 'ratio';
  if (measure.startsWith('streak_weeks')) return 'week';
  if (isPositional(measure) || isGap(measure) || isStreak(measure) || measure === 'distinct_days') return 'day';
  if (measure === 'distinct_values') return 'item';
  const counts = measure === 'count' || (takesBasis(measure) && draft.basis === 'count');
  if (takesBasis(measure) && draft.basis === 'distinct_days') return 'day';
  if (counts) return draft.of.kinds.length === 1 ? ({ order: 'order', ticket: 'ticket' }[draft.of.kinds[0]!] ?? 'count') : 'count';
  return draft.of.kinds.length > 0 && draft.of.kinds.every((kind) => ['order', 'payment', 'contract'].includes(kind)) ? 'money' : 'point';
}

/** The draft without what has stopped making sense beside its other parts. */
export function settled(draft: Draft): Draft {
  const next = { ...draft };
  if (next.measure === 'slope') {
    next.since = 'none';
    if (!/^\d+d$/.test(next.window)) next.window = '90d';
    const [window, step] = [Number.parseInt(next.window, 10), Number.parseInt(next.step, 10)];
    // A slope has whole steps, three at least.
    if (!(window % step === 0 && window / step >= 3)) next.window = `${step * Math.max(3, Math.round(window / step))}d`;
  }
  if (next.measure === 'rate_per_day' && next.window === '' && next.since === 'none') next.window = '30d';
  if (next.compare && !others(next).includes(next.compare.with)) next.compare = null;
  if (next.compare && !manners(next, next.compare.with).includes(next.compare.as)) next.compare = comparedWith(next, next.compare.with);
  if (next.compare && isCourse(next.compare) && next.compare.windows < (RHYTHM.includes(next.compare.as) ? RHYTHM_WINDOWS : COURSE_WINDOWS)) next.compare = { ...next.compare, windows: 52 };
  if (!takesProperty(next.measure) && !takesNumber(next.measure)) next.property = '';
  if (!takesOffset(next)) next.offset = '';
  if (!takesWorking(next)) next.working = false;
  if (!takesZero(next)) next.whenAbsent = 'unknown';
  return next;
}

/** Whether there is enough of it to be worked out; what is missing otherwise. */
export function lacks(draft: Draft): 'facts' | 'property' | 'part' | 'since' | 'formula' | 'peers' | null {
  if (draft.way === 'formula') return draft.formula.trim() === '' ? 'formula' : null;
  if (draft.of.kinds.length === 0) return 'facts';
  if (takesProperty(draft.measure) && draft.property.trim() === '') return 'property';
  if (draft.measure === 'share' && draft.part.kinds.length === 0) return 'part';
  if (draft.since === 'last_of' && draft.sinceOf.kinds.length === 0) return 'since';
  const { compare } = draft;
  if (compare?.with === 'peers' && ((compare.within === 'trait' && compare.by.trim() === '') || (compare.within === 'segments' && compare.segments.length === 0))) return 'peers';
  return null;
}

// From a definition as it is written.

const many = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]);
const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

function chosenOf(value: unknown): Chosen {
  if (!isTable(value)) return chosen();
  return { kinds: many(value.kind), names: many(value.name), where: filterOf(value.where) };
}

/** Among whom; `by` is the older way to name a trait. */
function peersOf({ within, by, least }: Table): Pick<Comparison, 'within' | 'by' | 'segments' | 'least'> {
  const told = { ...ALONE, least: Number(least ?? LEAST) };
  if (within === 'tier') return { ...told, within: 'tier' };
  if (isTable(within)) return 'segments' in within ? { ...told, within: 'segments', segments: many(within.segments) } : { ...told, within: 'trait', by: text(within.trait) };
  return typeof by === 'string' ? { ...told, within: 'trait', by, least: Number(least ?? 2) } : told;
}

const CARRIED = ['census', 'reason', 'reason_zero', 'reason_negative'];

/** A draft that begins as a copy of a definition, under an id of its own. */
export function copied(definition: Table): Draft {
  const own = text(definition.id);
  const id = `${own}_draft`;
  const name = isTable(definition.name) ? definition.name : {};
  const question = isTable(definition.question) ? definition.question : {};
  const compare = isTable(definition.compare) ? definition.compare : null;
  const isShort = definition.measure === 'ratio_to_previous';
  const basis = text(definition.compares, 'count');
  const since = definition.since;
  // Sentences that name the indicator's own number go on naming their own.
  const renamed = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(`{${own}}`, `{${id}}`));
  return settled({
    ...blank(),
    way: 'formula' in definition ? 'formula' : 'facts',
    of: chosenOf(definition.of),
    measure: isShort ? basis : text(definition.measure, 'count'),
    property: text(definition.property),
    basis, part: chosenOf(definition.part), step: text(definition.step, '7d'), at: text(definition.at, '30d'), window: text(definition.window),
    since: since === 'start' ? 'start' : isTable(since) ? 'last_of' : 'none', sinceOf: chosenOf(since), offset: text(definition.offset), working: definition.days === 'working',
    compare: isShort
      ? { with: 'previous', as: 'ratio', windows: 12, ...ALONE }
      : compare && { with: text(compare.with), as: text(compare.as), windows: Number(compare.windows ?? 12), align: compare.align === 'solar' ? 'solar' : 'spring_festival', ...peersOf(compare) },
    formula: text(definition.formula),
    whenAbsent: definition.when_absent === 'zero' ? 'zero' : 'unknown',
    id, nameZh: text(name.zh), nameEn: text(name.en), questionZh: text(question.zh), questionEn: text(question.en),
    category: text(definition.category, 'behaviour'), unit: text(definition.unit), worse: text(definition.worse, 'lower'), from: own,
    carried: Object.fromEntries(CARRIED.filter((key) => key in definition).map((key) => [key, renamed(definition[key])])),
  });
}

// Kept for this visit, so that leaving the page loses nothing.

const KEY = 'liuke.indicator';

export function keep(draft: Draft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

/** A draft that was kept before there was more to say. */
const whole = (draft: Draft): Draft => ({ ...blank(), ...draft, compare: draft.compare && { ...ALONE, ...draft.compare } });

export function kept(): Draft | null {
  try {
    const told = sessionStorage.getItem(KEY);
    return told ? whole(JSON.parse(told) as Draft) : null;
  } catch {
    return null;
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
