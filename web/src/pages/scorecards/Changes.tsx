// Changes of a health, the largest first: points, the sentence, and the facts behind it.

import { useState } from 'react';
import type { HealthChangeRow, LedgerFact } from '../../api/scorecards';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

/** Below this a change is 0.0 where it is written. */
const LEAST_SHOWN = 0.05;

export function Changes({ rows, most = 0 }: { rows: HealthChangeRow[]; most?: number }) {
  const { t, points, count } = useSay();
  const [all, setAll] = useState(false);
  const asked = most > 0 ? rows.slice(0, most) : rows;
  // Several that are nothing each are one line with what they come to, until somebody asks.
  const small = asked.filter((row) => Math.abs(row.points) < LEAST_SHOWN);
  const folds = !all && small.length > 1;
  const shown = folds ? asked.filter((row) => Math.abs(row.points) >= LEAST_SHOWN) : asked;
  return (
    <ul className="changes">
      {shown.map((row, index) => <Change key={index} row={row} />)}
      {folds && (
        <li>
          <span className="number right quiet">{points(small.reduce((sum, row) => sum + row.points, 0))}</span>
          <button type="button" className="as-link quiet" onClick={() => setAll(true)}>{t('ledger.small', { count: small.length, shown: count(small.length) })}</button>
        </li>
      )}
    </ul>
  );
}

function Change({ row }: { row: HealthChangeRow }) {
  const { points, sentence } = useSay();
  return (
    <li>
      <span className={`number right ${row.points < 0 ? 'strong' : 'accent'}`}>{points(row.points)}</span>
      <span className="changes-words">
        <span>{sentence(row.sentence)}</span>
        {row.fact_count > 0 && <Behind facts={row.facts} count={row.fact_count} />}
      </span>
    </li>
  );
}

/** What happened that moved it: the newest by name, the others counted. */
function Behind({ facts, count: all }: { facts: LedgerFact[]; count: number }) {
  const { t, day, dayTime, count } = useSay();
  const more = all - facts.length;
  return (
    <span className="changes-facts small quiet">
      {facts.map((fact) => <Hint key={fact.id} className="tag" say={() => <>{t('timeline.occurred_at')} {dayTime(fact.occurred_at)}<br />{t('timeline.known_at')} {dayTime(fact.known_at)}</>}>{t(`event.${fact.name}`, { defaultValue: fact.name || t(`kind.${fact.kind}`, { defaultValue: fact.kind }) })} {day(fact.occurred_at)}</Hint>)}
      {more > 0 && <span>{t('ledger.more_facts', { count: more, shown: count(more) })}</span>}
    </span>
  );
}
