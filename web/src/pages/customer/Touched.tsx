// From a fact back to the health: which indicators look at it, what they do to the health now, and what it moved on the
// day it became known.

import { useFactTouch, useLedger } from '../../api/scorecards';
import type { TimelineEntry } from '../../api/types';
import { Bone } from '../../parts/States';
import { useSay } from '../../words/say';

const DAY_MS = 86_400_000;
/** A ledger goes back so far. */
const REACH_DAYS = 189;

export function Touched({ customer, entry, asOf }: { customer: string; entry: TimelineEntry; asOf: string }) {
  const { t, say, points, sentence } = useSay();
  const touch = useFactTouch(customer, entry.id, true);
  const known = Date.parse(entry.known_at);
  const end = Date.parse(asOf);
  const within = known < end && end - known < REACH_DAYS * DAY_MS;
  const to = Math.min(end, known + DAY_MS);
  const ledger = useLedger(customer, new Date(known - 1_000).toISOString(), new Date(to).toISOString(), within);
  if (touch.error) return null;
  if (!touch.data) return <div className="stack" style={{ gap: 6 }}><Bone w="50%" /><Bone w="40%" /></div>;
  const { indicators } = touch.data;
  const looking = new Set(indicators.map((one) => one.id));
  const moved = (ledger.data?.whole.changes ?? []).filter((one) => one.measure && looking.has(one.measure) && one.facts.some((fact) => fact.id === entry.id || one.fact_count > one.facts.length));
  const counting = indicators.filter((one) => one.points != null || one.is_on_scorecard);
  return (
    <div className="touched">
      <div className="small strong">{t('touched.title')}</div>
      {indicators.length === 0 && <p className="small quiet">{t('touched.none')}</p>}
      {moved.length > 0 && <><p className="small soft">{t('touched.then')}</p><ul className="changes small">{moved.map((one, index) => <li key={index}><span className={`number right ${one.points < 0 ? 'strong' : 'accent'}`}>{points(one.points)}</span><span>{sentence(one.sentence)}</span></li>)}</ul></>}
      {counting.length > 0 && <><p className="small soft">{t('touched.now')}</p><ul className="changes small">{counting.map((one) => <li key={one.id}><span className="number right soft">{one.points == null ? '—' : points(one.points)}</span><span>{say(one.name)}</span></li>)}</ul></>}
      {counting.length === 0 && indicators.length > 0 && <p className="small quiet">{t('touched.off_card', { list: indicators.slice(0, 4).map((one) => say(one.name)).join(t('punctuation.list')), count: indicators.length })}</p>}
    </div>
  );
}
