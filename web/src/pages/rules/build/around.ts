// What every control of a rule knows: the words that conditions may use, the parameters with names, what is wrong where.

import { createContext, useContext, useMemo } from 'react';
import type { RuleQuantity, RuleVocabulary } from '../../../api/types';
import type { Amount } from './condition';
import type { Placed } from './complaints';
import type { Naming, Parameter } from './draft';

export interface Around {
  vocabulary: RuleVocabulary | null;
  parameters: Record<string, Parameter>;
  setParameter: (id: string, value: number) => void;
  wrong: Placed[];
}

const AroundContext = createContext<Around>({ vocabulary: null, parameters: {}, setParameter: () => undefined, wrong: [] });
export const AroundProvider = AroundContext.Provider;
export const useAround = () => useContext(AroundContext);

/** Units that a sentence says after the number; others are part of the number or plain. */
const SPOKEN = ['day', 'count', 'order', 'ticket', 'person', 'item', 'week', 'hour', 'point', 'seat', 'month'];

export function useNaming(vocabulary: RuleVocabulary | null): Naming {
  return useMemo(() => {
    const known = new Map((vocabulary?.quantities ?? []).map((one) => [one.id, one]));
    return (id) => {
      const one = known.get(id);
      return one ? { zh: one.name.zh, en: one.name.en, unitZh: SPOKEN.includes(one.unit) ? one.unit_word.zh : '' } : null;
    };
  }, [vocabulary]);
}

/** A number that says enough and reads well: two figures. */
export function rounded(value: number): number {
  if (value === 0) return 0;
  const size = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  const near = Math.round(value / size) * size;
  return Number(near.toFixed(Math.max(0, -Math.floor(Math.log10(size)))));
}

/** Where a first threshold stands: at the worse quarter of the present numbers. */
export function firstThreshold(one: RuleQuantity, way: 'now' | 'change' | 'ratio'): { is: '<=' | '>='; than: Amount } {
  const [, low, , high] = one.quartiles;
  const isLow = one.worse === 'lower';
  if (way === 'ratio') return isLow ? { is: '<=', than: 0.5 } : { is: '>=', than: 2 };
  if (low === undefined || high === undefined) return { is: isLow ? '<=' : '>=', than: null };
  if (way === 'change') {
    const half = rounded(Math.max(high - low, 0) / 2) || 1;
    return isLow ? { is: '<=', than: -half } : { is: '>=', than: half };
  }
  return isLow ? { is: '<=', than: rounded(low) } : { is: '>=', than: rounded(high) };
}
