// What the server says is wrong with a rule, led back to the controls that made it.

import type { Complaint } from '../../../parts/Field';
import type { Places } from './condition';

export type Section = 'when' | 'clear' | 'saying' | 'timing' | 'naming';
/** Where of the condition, and what it says. */
export interface Placed extends Complaint<Section> { trail: string | null }

const SECTION_OF: Record<string, Section> = {
  when: 'when', clear: 'clear', say: 'saying', next_step: 'saying', cooldown_days: 'timing', on: 'timing', schedule: 'timing', severity: 'timing', severity_by_tier: 'timing',
};

/** `rule.when.all[1].than: …`, with or without the word for a field, and `rule.toml line 4, column 9: …`, a line each. */
export function complaints(detail: string, places: Places): Placed[] {
  return detail.split('\n').filter(Boolean).map((said) => {
    const path = /^(?:列“|column ")?rule((?:\.[\w-]+|\[\d+\])*)[”"]?\s*[:：]\s*([\s\S]*)$/.exec(said);
    const lined = /^\S+ (?:第 (\d+) 行第 (\d+) 列：|line (\d+), column (\d+): )([\s\S]*)$/.exec(said);
    const told = path?.[2] ?? lined?.[5] ?? said;
    const hinted = /^([\s\S]*?)(?:（([^（）]*)）| \(([^()]*)\))$/.exec(told);
    const place = path?.[1]?.slice(1) ?? '';
    const first = /^\w+/.exec(place)?.[0] ?? '';
    return {
      line: lined ? Number(lined[1] ?? lined[3]) : null, column: lined ? Number(lined[2] ?? lined[4]) : null,
      words: hinted?.[1] || told, hint: hinted?.[2] ?? hinted?.[3] ?? '',
      part: path ? (SECTION_OF[first] ?? 'naming') : null, trail: trailOf(place, places),
    };
  });
}

/** The deepest part of the condition that holds the place. */
function trailOf(place: string, places: Places): string | null {
  for (let at = place; at !== ''; at = at.replace(/(?:\.[\w-]+|\[\d+\]|^[\w-]+)$/, '')) {
    const trail = places.get(at);
    if (trail !== undefined) return trail;
  }
  return null;
}
