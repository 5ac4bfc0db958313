// Changes of a health, the largest first: points, the sentence, and the facts behind it.

import type { HealthChangeRow, LedgerFact } from '../../api/scorecards';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

export function Changes({ rows, most = 0 }: { rows: HealthChangeRow[]; most?: number }) {
  const { points, sentence } = useSay();
  const shown = most > 0 ? rows.slice(0, most) : rows;
  return (
    <ul className="changes">
      {shown.map((row, index) => (
        <li key={index}>
          <span className={`number right ${row.points < 0 ? 'strong' : 'accent'}`}>{points(row.points)}</span>
          <span className="changes-words">
            <span>{sentence(row.sentence)}</span>
            {row.fact_count > 0 && <Behind facts={row.facts} count={row.fact_count} />}
          </span>
        </li>
      ))}
    </ul>
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
