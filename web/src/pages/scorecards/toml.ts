// A scorecard's tree as its file: known keys in the order in which people read them, the rest as it came.

import { inline } from '../../parts/toml';
import type { Group, Measure, Tree } from './design';

const TOP = ['id', 'name', 'about', 'for', 'base', 'min_coverage', 'firm_coverage', 'value', 'bands'];
const GROUP = ['id', 'name', 'weight'];
const MEASURE = ['indicator', 'pulse', 'name', 'weight', 'curve', 'own', 'missing', 'stale', 'reason'];
/** Words read better with Chinese first, as every shipped file has them; bands from best to worst. */
function ordered(key: string, one: unknown): unknown {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
  const first = key === 'bands' ? ['low', 'medium', 'high', 'critical'] : key === 'stale' ? ['by', 'after', 'then', 'over'] : key === 'own' ? ['usual', 'by'] : ['from', 'zh', 'en', 'means'];
  const entries = Object.entries(one).map(([name, inner]): [string, unknown] => [name, ordered(name, inner)]);
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  return Object.fromEntries(entries.sort((a, b) => rank(a[0]) - rank(b[0])));
}

function lines(table: Record<string, unknown>, first: string[], without: string[], indent: string): string[] {
  const told = Object.entries(table).filter(([key, one]) => !without.includes(key) && one !== undefined && one !== null);
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  told.sort((a, b) => rank(a[0]) - rank(b[0]));
  const wide = Math.max(...told.map(([key]) => key.length));
  return told.map(([key, one]) => `${indent}${key.padEnd(wide)} = ${inline(ordered(key, one))}`);
}

function measure(one: Measure, path: string, indent: string): string {
  return `${indent}[[${path}.measure]]\n${lines({ ...one }, MEASURE, [], indent).join('\n')}\n`;
}

function group(one: Group, path: string, depth: number): string {
  const indent = '  '.repeat(depth);
  const head = `${indent}[[${path}]]\n${lines({ ...one }, GROUP, ['measure', 'group'], indent).join('\n')}\n`;
  const measures = (one.measure ?? []).map((each) => measure(each, path, `${indent}  `));
  const inner = (one.group ?? []).map((each) => group(each, `${path}.group`, depth + 1));
  return [head, ...measures, ...inner].join('\n');
}

/** The comment with which the file began is kept; the others belong to lines that may be gone. */
export function written(tree: Tree, before: string): string {
  const comment = /^(?:#[^\n]*\n)+/.exec(before)?.[0] ?? '';
  const head = lines(tree, TOP, ['dimension'], '').join('\n');
  return `${comment}${comment ? '\n' : ''}${head}\n\n${tree.dimension.map((one) => group(one, 'dimension', 0)).join('\n')}`;
}
