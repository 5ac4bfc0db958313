// What came in, as it came: one line per value, the line with the fault marked.

import { useMemo, type ReactNode } from 'react';
import './code.css';

interface Line { path: string; indent: number; key: string | null; text: string; kind: 'plain' | 'text' }

/** Lines of a value; `path` of a member is written `a.b[0].c`. */
export function linesOf(value: unknown, path = '', indent = 0, key: string | null = null, comma = ''): Line[] {
  const line = (text: string, kind: Line['kind'] = 'plain', at = path): Line => ({ path: at, indent, key, text, kind });
  if (Array.isArray(value)) {
    if (value.length === 0) return [line(`[]${comma}`)];
    const inside = value.flatMap((one, at) => linesOf(one, `${path}[${at}]`, indent + 1, null, at < value.length - 1 ? ',' : ''));
    return [line('['), ...inside, { ...line(`]${comma}`, 'plain', ''), key: null }];
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return [line(`{}${comma}`)];
    const inside = entries.flatMap(([name, one], at) => linesOf(one, path ? `${path}.${name}` : name, indent + 1, name, at < entries.length - 1 ? ',' : ''));
    return [line('{'), ...inside, { ...line(`}${comma}`, 'plain', ''), key: null }];
  }
  return [line(JSON.stringify(value) + comma, typeof value === 'string' ? 'text' : 'plain')];
}

/** `$.batch[0].traits` and `batch.0.traits` and `/batch/0/traits` are one place. */
export const placeOf = (path: string | null | undefined): string =>
  (path ?? '').replace(/^\$\.?/, '').replace(/^\//, '').replaceAll('/', '.').replace(/\.?\b(\d+)\b(?=\.|$)/g, '[$1]').replace(/^\./, '');

export function Json({ text, mark, label }: { text: string; mark?: string | null; label: string }) {
  const lines = useMemo(() => {
    try {
      return linesOf(JSON.parse(text) as unknown);
    } catch {
      return null;
    }
  }, [text]);
  if (!lines) return <pre className="json" tabIndex={0} role="region" aria-label={label}><span>{text}</span></pre>;
  const wanted = placeOf(mark);
  // What is missing has no line of its own: the nearest that holds it is marked.
  const holders = wanted ? lines.map((line) => line.path).filter((path) => path !== '' && (wanted === path || wanted.startsWith(`${path}.`) || wanted.startsWith(`${path}[`))) : [];
  const marked = holders.sort((a, b) => b.length - a.length)[0];
  return (
    <pre className="json" tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, at) => <span key={at} className={marked !== undefined && line.path === marked ? 'json-mark' : undefined}>{rendered(line)}</span>)}
    </pre>
  );
}

function rendered({ indent, key, text, kind }: Line): ReactNode {
  return <>{'  '.repeat(indent)}{key !== null && <><span className="json-key">{JSON.stringify(key)}</span>: </>}<span className={kind === 'text' ? 'json-text' : undefined}>{text}</span></>;
}
