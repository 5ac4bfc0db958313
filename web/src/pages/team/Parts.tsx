// What both tables of the team's page show of a row.

import { useSay } from '../../words/say';

export function Name({ name, under: below }: { name: string; under: string }) {
  return <div><div className="sheet-name clip" title={name}>{name}</div>{below && <div className="small quiet clip">{below}</div>}</div>;
}

/** How many ran out: marked as everywhere where any did, never by colour alone. */
export function Late({ many }: { many: number }) {
  const { count } = useSay();
  return many > 0 ? <span className="clock clock-overdue number">{count(many)}</span> : <span className="number quiet">0</span>;
}
