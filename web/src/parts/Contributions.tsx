// Why the health is what it is: signed points from the base, grouped by dimension, that sum to it exactly.

import type { ContributionRow } from '../api/types';
import { useSay } from '../words/say';
import { inUnit } from './Amount';
import { Explain } from './Explain';
import './contributions.css';

interface Group { id: string; name: string; points: number; rows: ContributionRow[] }

export function grouped(rows: ContributionRow[], say: (words: ContributionRow['dimension_name']) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const group = groups.get(row.dimension) ?? { id: row.dimension, name: say(row.dimension_name), points: 0, rows: [] };
    group.points += row.points;
    group.rows.push(row);
    groups.set(row.dimension, group);
  }
  return [...groups.values()];
}

function Bar({ points, scale }: { points: number; scale: number }) {
  const part = scale === 0 ? 0 : (Math.abs(points) / scale) * 50;
  return (
    <span className="bar" aria-hidden="true">
      <span className={points < 0 ? 'bar-take' : 'bar-add'} style={points < 0 ? { right: '50%', width: `${part}%` } : { left: '50%', width: `${part}%` }} />
    </span>
  );
}

function Line({ row, scale, asOf, sentence }: { row: ContributionRow; scale: number; asOf?: string; sentence: boolean }) {
  const say = useSay();
  return (
    <li className="contribution">
      <div className="contribution-words">
        <Explain title={say.say(row.name)} means={say.say(row.sentence)} exact={row.figure.value == null ? say.say(row.figure.unknown_because) : inUnit(row.figure.value, row.unit, say)} asOf={asOf} focusable>
          <span className="clip">{say.say(row.name)}</span>
        </Explain>
        {sentence && <div className="small quiet clip" title={say.say(row.sentence)}>{say.say(row.sentence)}</div>}
      </div>
      <Bar points={row.points} scale={scale} />
      <span className={`number right ${row.points < 0 ? 'strong' : 'soft'}`}>{say.signed(row.points)}</span>
    </li>
  );
}

/** Worst first, without groups: for a narrow panel. */
export function Strongest({ rows, most = 5, asOf }: { rows: ContributionRow[]; most?: number; asOf?: string }) {
  const { t } = useSay();
  const shown = [...rows].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, most);
  if (shown.length === 0) return <p className="quiet small">{t('customer.no_contributions')}</p>;
  const scale = Math.max(...shown.map((row) => Math.abs(row.points)));
  return <ul className="contributions narrow">{shown.map((row) => <Line key={row.indicator} row={row} scale={scale} asOf={asOf} sentence={false} />)}</ul>;
}

export function Contributions({ rows, base, health, asOf }: { rows: ContributionRow[]; base: number; health: number | null | undefined; asOf: string }) {
  const { t, say, count, signed } = useSay();
  if (rows.length === 0) return <p className="quiet">{t('customer.no_contributions')}</p>;
  const scale = Math.max(...rows.map((row) => Math.abs(row.points)));
  return (
    <div>
      {grouped(rows, say).map((group) => (
        <section key={group.id} className="contribution-group">
          <h3 className="line small"><span className="soft">{group.name}</span><span className="push number quiet">{signed(group.points)}</span></h3>
          <ul className="contributions">{group.rows.map((row) => <Line key={row.indicator} row={row} scale={scale} asOf={asOf} sentence />)}</ul>
        </section>
      ))}
      <p className="contribution-sum small quiet">
        {t('customer.sum', { base: count(base), sum: signed(rows.reduce((all, row) => all + row.points, 0)), health: health == null ? '—' : count(health) })}
      </p>
    </div>
  );
}
