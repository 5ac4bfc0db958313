// A draft as the definition file that everything else reads. One key a line, so that the place of a fault leads back to
// the control that made it.

import type { Complaint } from '../../../parts/Field';
import { filterTable, isWhole } from '../../../parts/filter';
import { body, inline } from '../../../parts/toml';
import { LEAST, takesBasis, takesNumber, takesProperty, unitOf, type Chosen, type Comparison, type Draft } from './draft';

/** Where on the left a line was made. */
export type Part = 'facts' | 'measure' | 'window' | 'compare' | 'absent' | 'formula' | 'naming';
export interface Written { text: string; id: string; parts: (Part | null)[] }

const quoted = (text: string): string => JSON.stringify(text);
const listed = (items: string[]): string => (items.length === 1 ? quoted(items[0]!) : `[${items.map(quoted).join(', ')}]`);
const both = (zh: string, en: string): string => `{ zh = ${quoted(zh)}, en = ${quoted(en)} }`;

function selector({ kinds, names, where }: Chosen): string {
  const parts = [`kind = ${listed(kinds)}`];
  if (names.length > 0) parts.push(`name = ${listed(names)}`);
  if (isWhole(where)) parts.push(`where = { ${body(filterTable(where))} }`);
  return `{ ${parts.join(', ')} }`;
}

function comparison(draft: Draft): string | null {
  const { compare } = draft;
  if (!compare) return null;
  const more = [
    ...(compare.with.startsWith('own_') ? [`windows = ${compare.windows}`] : []),
    ...(compare.with === 'last_year' && compare.align === 'solar' ? ['align = "solar"'] : []),
    ...(compare.with === 'peers' ? among(compare) : []),
  ];
  return `{ ${[`with = ${quoted(compare.with)}`, `as = ${quoted(compare.as)}`, ...more].join(', ')} }`;
}

/** Among whom, and how many of them there must be. */
function among({ within, by, segments, least }: Comparison): string[] {
  if (within === 'everybody') return [];
  const named = { trait: `{ trait = ${quoted(by.trim())} }`, segments: `{ segments = [${segments.map(quoted).join(', ')}] }`, tier: quoted('tier') }[within];
  return [`within = ${named}`, ...(least === LEAST ? [] : [`least = ${least}`])];
}

/** An id made of the English name; what is no name yet is a draft. */
export function idOf(draft: Draft): string {
  if (draft.id.trim()) return draft.id.trim();
  const made = draft.nameEn.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '');
  return made || 'draft';
}

/** `untitled`: what it is called before anybody has said. */
export function written(draft: Draft, untitled: { zh: string; en: string }): Written {
  const lines: [Part | null, string, string][] = [];
  const line = (part: Part, key: string, value: string | null) => value !== null && lines.push([part, key, value]);
  const [nameZh, nameEn] = [draft.nameZh.trim() || draft.nameEn.trim() || untitled.zh, draft.nameEn.trim() || draft.nameZh.trim() || untitled.en];
  const id = idOf(draft);
  line('naming', 'id', quoted(id));
  line('naming', 'name', both(nameZh, nameEn));
  line('naming', 'question', both(draft.questionZh.trim() || draft.questionEn.trim() || nameZh, draft.questionEn.trim() || draft.questionZh.trim() || nameEn));
  line('naming', 'category', quoted(draft.category));
  if (draft.carried.census !== undefined) line('naming', 'census', inline(draft.carried.census));
  if (draft.way === 'formula') {
    line('formula', 'formula', quoted(draft.formula.trim()));
  } else {
    line('facts', 'of', selector(draft.of));
    line('measure', 'measure', quoted(draft.measure));
    if (takesBasis(draft.measure) && draft.basis !== 'count') line('measure', 'compares', quoted(draft.basis));
    if (takesProperty(draft.measure) || (takesNumber(draft.measure) && draft.property.trim())) line('measure', 'property', quoted(draft.property.trim()));
    if (draft.measure === 'share') line('measure', 'part', selector(draft.part));
    if (draft.measure === 'slope') line('measure', 'step', quoted(draft.step));
    if (draft.measure === 'value_at') line('measure', 'at', quoted(draft.at));
    if (draft.window) line('window', 'window', quoted(draft.window));
    if (draft.since !== 'none') line('window', 'since', draft.since === 'start' ? '"start"' : selector(draft.sinceOf));
    if (draft.offset) line('window', 'offset', quoted(draft.offset));
    if (draft.working) line('window', 'days', '"working"');
    line('compare', 'compare', comparison(draft));
  }
  line('naming', 'unit', quoted(unitOf(draft)));
  line('naming', 'worse', quoted(draft.worse));
  if (draft.way === 'facts') line('absent', 'when_absent', quoted(draft.whenAbsent));
  for (const key of ['reason', 'reason_zero', 'reason_negative']) if (draft.carried[key] !== undefined) line('naming', key, inline(draft.carried[key]));
  const wide = Math.max(...lines.map(([, key]) => key.length));
  const body = lines.map(([, key, value]) => `${key.padEnd(wide)} = ${value}`);
  return { text: `[[indicator]]\n${body.join('\n')}\n`, id, parts: [null, ...lines.map(([part]) => part)] };
}

/** What the server said is wrong, line by line, led back to the controls. */
export function complaints(detail: string, parts: Written['parts']): Complaint<Part>[] {
  return detail.split('\n').filter(Boolean).map((said) => {
    const placed = /^\S+ (?:第 (\d+) 行第 (\d+) 列：|line (\d+), column (\d+): )([\s\S]*)$/.exec(said);
    const line = placed ? Number(placed[1] ?? placed[3]) : null;
    const told = placed?.[5] ?? said;
    const hinted = /^([\s\S]*?)(?:（([^（）]*)）| \(([^()]*)\))$/.exec(told);
    return {
      line, column: placed ? Number(placed[2] ?? placed[4]) : null,
      words: hinted?.[1] ?? told, hint: hinted?.[2] ?? hinted?.[3] ?? '',
      part: line === null ? null : (parts[line - 1] ?? null),
    };
  });
}
