// Which facts or customers pass, by what they say: a tree of tests, as controls hold it and as definitions write it.

export type Op = 'is' | 'is_not' | '<' | '<=' | '>' | '>=' | '=' | '!=' | 'matches' | 'known' | 'unknown';
export interface Test { property: string; op: Op; values: string[] }
export interface Group { join: 'all' | 'any'; not: boolean; items: Condition[] }
export type Condition = Test | Group;

/** A table of a definition. */
export type Table = Record<string, unknown>;

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isGroup = (one: Condition): one is Group => 'items' in one;
export const everything = (): Group => ({ join: 'all', not: false, items: [] });

/** Whether a condition says anything yet. */
export function isWhole(one: Condition): boolean {
  if (isGroup(one)) return one.items.some(isWhole);
  return one.property.trim() !== '' && (one.op === 'known' || one.op === 'unknown' || one.values.some((value) => value !== ''));
}

// As definitions write it.

const one = (values: string[]): string | string[] => (values.length === 1 ? values[0]! : values);

function testTable({ property, op, values }: Test): Table {
  const first = values[0] ?? '';
  switch (op) {
    case 'is': return { [property]: one(values) };
    case 'is_not': return { not: { [property]: one(values) } };
    case 'matches': return { [property]: { matches: first } };
    case 'known': return { [property]: { known: true } };
    case 'unknown': return { [property]: { known: false } };
    default: return { [property]: { is: op, than: /^[+-]?\d+(\.\d+)?$/.test(first.trim()) ? Number(first) : first } };
  }
}

/** The table of a condition; tests that say nothing yet are left out. */
export function filterTable(condition: Condition): Table {
  if (!isGroup(condition)) return testTable(condition);
  const whole = condition.items.filter(isWhole);
  const keys = whole.map((item) => (isGroup(item) ? '' : item.op === 'is_not' ? 'not' : item.property));
  const isFlat = condition.join === 'all' && keys.every((key) => key !== '') && new Set(keys).size === keys.length;
  const [only] = whole;
  const inner: Table = isFlat ? Object.assign({}, ...whole.map(filterTable)) as Table : whole.length === 1 && only ? filterTable(only) : { [condition.join]: whole.map(filterTable) };
  return condition.not ? { not: inner } : inner;
}

// From a definition as it is written.

const many = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]);
const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** A group that stands for a table; a table that is one group alone is that group. */
export function filterOf(value: unknown): Group {
  if (!isTable(value)) return everything();
  const all = conditionOf(value);
  const [only, ...more] = all.items;
  return only && more.length === 0 && isGroup(only) ? only : all;
}

function conditionOf(table: Table): Group {
  const items = Object.entries(table).map(([key, value]): Condition => {
    if ((key === 'all' || key === 'any') && Array.isArray(value)) return { join: key, not: false, items: value.filter(isTable).flatMap((each) => plain(conditionOf(each))) };
    if (key === 'not' && isTable(value)) return negated(conditionOf(value));
    return testOf(key, value);
  });
  return { join: 'all', not: false, items };
}

/** A group of one that says nothing more than its one part. */
const plain = (group: Group): Condition[] => (group.items.length === 1 && !group.not ? group.items : [group]);

function negated(group: Group): Condition {
  const [only] = group.items;
  if (group.items.length === 1 && only && !isGroup(only)) {
    if (only.op === 'is') return { ...only, op: 'is_not' };
    if (only.op === 'known') return { ...only, op: 'unknown' };
    if (only.op === 'unknown') return { ...only, op: 'known' };
  }
  if (group.items.length === 1 && only && isGroup(only) && !only.not) return { ...only, not: true };
  return { ...group, not: true };
}

function testOf(property: string, value: unknown): Test {
  if (!isTable(value)) return { property, op: 'is', values: many(value) };
  if ('matches' in value) return { property, op: 'matches', values: [text(value.matches)] };
  if ('known' in value) return { property, op: value.known === false ? 'unknown' : 'known', values: [] };
  return { property, op: text(value.is, '=') as Op, values: [String(value.than ?? '')] };
}
