// How an indicator's numbers, windows and directions are said. Nothing here draws.

import type { Figure, IndicatorCard, Peers } from '../../api/types';
import { inUnit } from '../../parts/Amount';
import type { Say } from '../../words/say';

/** A number of an indicator with its unit. */
export const shown = (value: number, unit: string, say: Say): string => inUnit(value, unit, say);

/** The same, short enough for an axis: amounts with their sign, everything else bare. */
export function onAxis(value: number, unit: string, span: number, say: Say): string {
  if (unit === 'money') return say.money(value);
  const digits = span >= 20 ? 0 : span >= 2 ? 1 : 2;
  return unit === 'ratio' ? `×${say.count(value, Math.max(1, digits))}` : say.count(value, digits);
}

const SPANS: Record<string, string> = { d: 'days', cd: 'civil_days', w: 'weeks', mo: 'months' };

/** `30d` and `last_month` as people say them; nothing = the whole past. */
export function windowWords(window: string | null | undefined, { t }: Say): string {
  if (!window) return t('indicators.window.all');
  const told = /^(\d+)(d|cd|w|mo)$/.exec(window);
  if (told) return t(`indicators.window.${SPANS[told[2]!]}`, { count: Number(told[1]) });
  return t(`indicators.window.${window}`, { defaultValue: window });
}

/** Why there is no number: the server's sentence, else the words for its reason. */
export const whyNot = (figure: Figure, say: Say): string =>
  say.say(figure.unknown_because) || (figure.unknown ? say.t(`indicators.unknown.${figure.unknown}`, { defaultValue: figure.unknown }) : '');

/** Among whom a customer was put, in a sentence. */
export const amongWords = (peers: Peers, say: Say): string => {
  const others = { count: peers.others };
  return peers.name ? say.t('indicators.peers.with', { ...others, group: say.say(peers.name) }) : say.t('indicators.peers.with_all', others);
};

/** Whether history points the other way than the definition says. */
export function contradicts(card: Pick<IndicatorCard, 'worse'>, direction: string | null | undefined): boolean {
  return (card.worse === 'higher' && direction === 'lower') || (card.worse === 'lower' && direction === 'higher');
}

export const VERDICTS = ['signal', 'leak', 'no_signal', 'too_little'] as const;
const RANK: Record<string, number> = { signal: 0, leak: 1, no_signal: 2, too_little: 3 };

/** The strongest signal first; what was never tested, and then what has no data, last. */
export function byEfficacy(a: IndicatorCard, b: IndicatorCard): number {
  const rank = (one: IndicatorCard) => (one.efficacy ? (RANK[one.efficacy.verdict] ?? 4) : 5);
  return rank(a) - rank(b) || (b.efficacy?.auc ?? 0) - (a.efficacy?.auc ?? 0) || coverage(b) - coverage(a) || a.id.localeCompare(b.id);
}

/** Share of the customers seen of whom it is known. */
export const coverage = (one: Pick<IndicatorCard, 'known' | 'customers'>): number => (one.customers === 0 ? 0 : one.known / one.customers);

/** Whether every word typed is somewhere in the names, the question, the id or the census ids. */
export function isMeant(one: IndicatorCard, typed: string): boolean {
  const all = [one.name.zh, one.name.en, one.question.zh, one.question.en, one.id, ...one.census].join('\n').toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

/** The table of one indicator out of the file that holds it. */
export function ownTable(source: string, id: string): string {
  const blocks = source.split(/^(?=\[\[indicator\]\])/m);
  const own = blocks.find((block) => new RegExp(`^id\\s*=\\s*"${id}"`, 'm').test(block));
  return (own ?? source).trimEnd();
}

/** A share of many: nearly all is not all, and nearly none is not none. */
export const part = (value: number, share: (value: number, digits?: number) => string): string => share(value, (value > 0.99 && value < 1) || (value < 0.01 && value > 0) ? 1 : 0);

/** How many times: always one decimal, so that a column of them lines up. */
export const times = (value: number): string => `×${value.toFixed(1)}`;
