// Values as a definition file writes them. Definitions are read on the server; nothing here reads.

const quoted = (text: string): string => JSON.stringify(text);
const keyed = (key: string): string => (/^[\w-]+$/.test(key) ? key : quoted(key));

/** A value on one line. What is absent is left out. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{ ${body(value)} }`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** The pairs of a table without its braces. */
export const body = (table: object): string => Object.entries(table).filter(([, one]) => one !== undefined && one !== null).map(([key, one]) => `${keyed(key)} = ${inline(one)}`).join(', ');

const LONG = 100;

/** A value whose lists break into lines where one would be too long. */
export function broken(value: unknown, indent = ''): string {
  const short = inline(value);
  if (short.length + indent.length <= LONG) return short;
  if (Array.isArray(value)) return `[\n${value.map((one) => `${indent}  ${broken(one, `${indent}  `)},\n`).join('')}${indent}]`;
  // Only lists may break inside a table.
  if (typeof value === 'object' && value !== null) return `{ ${Object.entries(value).filter(([, one]) => one !== undefined && one !== null).map(([key, one]) => `${keyed(key)} = ${broken(one, indent)}`).join(', ')} }`;
  return short;
}
