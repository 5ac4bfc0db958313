// What was said beside what came of it: ten groups of equal size, the diagonal is the truth.

import type { ModelBin } from '../../api/models';
import { useSay } from '../../words/say';

const SIZE = 280;
const EDGE = 36;

/** The next round share at or above: 5, 10, 20, 50 or 100 per cent. */
const roundUp = (share: number) => [0.05, 0.1, 0.2, 0.5].find((one) => share <= one) ?? 1;

export function Believed({ bins, days }: { bins: ModelBin[]; days: number }) {
  const { t, share, count } = useSay();
  const end = roundUp(Math.max(...bins.flatMap((one) => [one.expected, one.observed]), 0.01));
  const span = SIZE - EDGE - 8;
  const x = (value: number) => EDGE + (value / end) * span;
  const y = (value: number) => SIZE - EDGE - (value / end) * span;
  const top = bins[bins.length - 1];
  const label = top ? t('model.believed_label', { said: share(top.expected, 0), seen: share(top.observed, 0), days }) : '';
  const ticks = [0, end / 2, end];
  return (
    <figure className="believed">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={label}>
        {ticks.map((one) => (
          <g key={one}>
            <line className="believed-grid" x1={x(one)} x2={x(one)} y1={y(0)} y2={y(end)} />
            <line className="believed-grid" x1={x(0)} x2={x(end)} y1={y(one)} y2={y(one)} />
            <text className="believed-word" x={x(one)} y={SIZE - EDGE + 16} textAnchor={one === end ? 'end' : 'middle'}>{share(one, 0)}</text>
            <text className="believed-word" x={EDGE - 6} y={y(one) + 4} textAnchor="end">{share(one, 0)}</text>
          </g>
        ))}
        <line className="believed-truth" x1={x(0)} y1={y(0)} x2={x(end)} y2={y(end)} />
        {bins.map((one) => <circle key={one.expected} className="believed-dot" cx={x(one.expected)} cy={y(one.observed)} r={4.5}><title>{t('model.bin', { shown: count(one.count), said: share(one.expected, 1), seen: share(one.observed, 1) })}</title></circle>)}
        <text className="believed-word" x={x(end)} y={SIZE - 4} textAnchor="end">{t('model.said')}</text>
        <text className="believed-word" x={EDGE + 4} y={14}>{t('model.came_true')}</text>
      </svg>
    </figure>
  );
}
