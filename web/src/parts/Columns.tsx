// A few columns side by side: a distribution, ten tenths, a year of months. Small enough to need no chart; each column
// says itself on hover, and all of them are told in one sentence to those who do not see them.

import type { ReactNode } from 'react';
import { Hint } from './Hint';
import './columns.css';

export interface ColumnBar {
  key: string;
  /** Height; nothing where it is not known. */
  value: number | null;
  say: () => ReactNode;
  /** Below the column; empty for none. */
  label?: string;
  /** Above the column. */
  figure?: string;
  strong?: boolean;
}

interface ColumnsProps {
  bars: ColumnBar[];
  height: number;
  /** What is seen, in a sentence. */
  label: string;
  /** A level worth comparing with, and its word. */
  level?: { at: number; word: string };
  /** Where the scale begins; most begin at nothing. */
  from?: number;
  /** Narrow gaps, for a distribution. */
  dense?: boolean;
}

export function Columns({ bars, height, label, level, from = 0, dense = false }: ColumnsProps) {
  const most = Math.max(level?.at ?? from, ...bars.map((bar) => bar.value ?? from));
  const share = (value: number) => (most <= from ? 0 : Math.max(0, (value - from) / (most - from)) * 100);
  const hasLabels = bars.some((bar) => bar.label !== undefined);
  return (
    <div className={dense ? 'columns columns-dense' : 'columns'} role="img" aria-label={label}>
      <div className="columns-bars" style={{ height }}>
        {level && most > from && <span className="columns-level" style={{ bottom: `${share(level.at)}%` }}><span>{level.word}</span></span>}
        {bars.map((bar) => (
          <Hint key={bar.key} className="column" say={bar.say}>
            {bar.figure && <span className="column-figure" style={{ bottom: `calc(${share(bar.value ?? 0)}% + 2px)` }}>{bar.figure}</span>}
            {bar.value === null
              ? <span className="column-none" />
              : <span className={bar.strong === false ? 'column-bar column-pale' : 'column-bar'} style={{ height: `${share(bar.value)}%` }} />}
          </Hint>
        ))}
      </div>
      {hasLabels && <div className="columns-labels" aria-hidden="true">{bars.map((bar) => <span key={bar.key}>{bar.label}</span>)}</div>}
    </div>
  );
}
