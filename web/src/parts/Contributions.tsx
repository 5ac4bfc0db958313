// Why the health is what it is: signed points from the base, grouped by dimension, that sum to it exactly.

import type { ContributionRow } from '../api/types';
import { useSay } from '../words/say';
import { inUnit } from './Amount';
import { Explain } from './Explain';
import './contributions.css';
import { Hint } from './Hint';

interface Group { id: string; name: string; points: number; rows: ContributionRow[] }

export function grouped(rows: ContributionRow[], say: (words: ContributionRow['dimension_name']) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const group = groups.get(row.dimension) ?? { id: row.dimension, name: say(row.dimension_name), points: 0, rows: [] };
    group.points += row.points;
    group.rows.push(row);
    groups.set(row.dimension, group);
  }
  // What weighs most is read first, within a dimension and among them.
  const weight = (one: { points: number }) => Math.abs(one.points);
  for (const group of groups.values()) group.rows.sort((a, b) => weight(b) - weight(a));
  return [...groups.values()].sort((a, b) => weight(b) - weight(a));
}

/** Share of the width before zero, and how much of it one point takes. */
interface Scale { zero: number; perPoint: number }

export function scaleOf(rows: Pick<ContributionRow, 'points'>[]): Scale {
  const low = Math.min(0, ...rows.map((row) => row.points));
  const high = Math.max(0, ...rows.map((row) => row.points));
  const perPoint = high === low ? 0 : 100 / (high - low);
  return { zero: -low * perPoint, perPoint };
}

/** A signed amount from zero: to the left what is bad. */
export function Bar({ points, scale: { zero, perPoint } }: { points: number; scale: Scale }) {
  const width = `${Math.abs(points) * perPoint}%`;
  return (
    <span className="bar" aria-hidden="true" style={{ '--zero': `${zero}%` } as React.CSSProperties}>
      <span className={points < 0 ? 'bar-take' : 'bar-add'} style={points < 0 ? { right: `${100 - zero}%`, width } : { left: `${zero}%`, width }} />
    </span>
  );
}

function Line({ row, scale, asOf, sentence }: { row: ContributionRow; scale: Scale; asOf?: string; sentence: boolean }) {
  const say = useSay();
  return (
    <li className="contribution">
      <div className="contribution-words">
        <Explain title={say.say(row.name)} means={say.say(row.sentence)} exact={row.figure.value == null ? say.say(row.figure.unknown_because) : inUnit(row.figure.value, row.unit, say)} asOf={asOf} focusable>
          <span className="clip">{say.say(row.name)}</span>
        </Explain>
        {row.counted !== 'whole' && <> <Hint className="tag" focusable say={() => say.t(`counted.${row.counted}_means`)}>{say.t(`counted.${row.counted}`)}</Hint></>}
        {sentence && <div className="small quiet clip" title={say.say(row.sentence)}>{say.sentence(row.sentence)}</div>}
      </div>
      <Bar points={row.points} scale={scale} />
      <span className={`number right ${row.points < 0 ? 'strong' : 'soft'}`}>{say.points(row.points)}</span>
    </li>
  );
}

/** Worst first, without groups: for a narrow panel. */
export function Strongest({ rows, most = 5, asOf }: { rows: ContributionRow[]; most?: number; asOf?: string }) {
  const { t } = useSay();
  const shown = [...rows].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, most);
  if (shown.length === 0) return <p className="quiet small">{t('customer.no_contributions')}</p>;
  const scale = scaleOf(shown);
  return <ul className="contributions narrow">{shown.map((row) => <Line key={row.indicator} row={row} scale={scale} asOf={asOf} sentence={false} />)}</ul>;
}

export function Contributions({ rows, base, health, asOf }: { rows: ContributionRow[]; base: number; health: number | null | undefined; asOf: string }) {
  const { t, say, count, points, signed } = useSay();
  if (rows.length === 0) return <p className="quiet">{t('customer.no_contributions')}</p>;
  const scale = scaleOf(rows);
  return (
    <div>
      {grouped(rows, say).map((group) => (
        <section key={group.id} className="contribution-group">
          <h3 className="line small"><span className="soft">{group.name}</span><span className="push number quiet">{points(group.points)}</span></h3>
          <ul className="contributions">{group.rows.map((row) => <Line key={row.indicator} row={row} scale={scale} asOf={asOf} sentence />)}</ul>
        </section>
      ))}
      <p className="contribution-sum small quiet">
        {t('customer.sum', { base: count(base, 2), sum: signed(rows.reduce((all, row) => all + row.points, 0), 2), health: health == null ? '—' : count(health, 2) })}
      </p>
    </div>
  );
}
