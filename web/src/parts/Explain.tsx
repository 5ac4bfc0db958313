// Every number explains itself: what it means, its unit, its window, the moment it stands at.

import type { ReactNode } from 'react';
import { useSay } from '../words/say';
import { Hint } from './Hint';

export interface Meaning {
  title?: ReactNode;
  /** What it means, in a sentence. */
  means?: ReactNode;
  /** The figure with every digit. */
  exact?: ReactNode;
  unit?: ReactNode;
  window?: ReactNode;
  asOf?: string | null;
  source?: ReactNode;
}

export function Explain({ children, focusable = false, ...meaning }: Meaning & { children: ReactNode; focusable?: boolean }) {
  return <Hint className="explained" focusable={focusable} say={() => <MeaningText {...meaning} />}>{children}</Hint>;
}

function MeaningText({ title, means, exact, unit, window, asOf, source }: Meaning) {
  const { t, dayTime } = useSay();
  const rows: [string, ReactNode][] = [];
  if (exact) rows.push([t('explain.exact'), exact]);
  if (unit) rows.push([t('explain.unit'), unit]);
  if (window) rows.push([t('explain.window'), window]);
  if (source) rows.push([t('explain.source'), source]);
  if (asOf) rows.push([t('explain.as_of'), dayTime(asOf)]);
  return (
    <div className="meaning">
      {title && <div className="meaning-title">{title}</div>}
      {means && <div>{means}</div>}
      {rows.length > 0 && (
        <dl>
          {rows.map(([name, text]) => (
            <div key={name}><dt>{name}</dt><dd>{text}</dd></div>
          ))}
        </dl>
      )}
    </div>
  );
}
