// A curve on the numbers that customers really have: its corners are moved by mouse, finger and keyboard, and stand in a
// list beside it for whoever would rather type.

import { Button, InputNumber, Segmented } from 'antd';
import { useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { MeasureSpread } from '../../api/scorecards';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';
import { onAxis, shown } from '../indicators/measured';
import { added, corners, curveOf, moved, pointsAt, removed, stepFor, type Corner, type Curve, type Shape } from './design';

const WIDE = 560;
const HIGH = 220;
const PAD = { left: 34, right: 14, top: 12, bottom: 26 };

interface CurveEditorProps { name: string; curve: Curve; spread: MeasureSpread | undefined; set: (curve: Curve) => void; fixed: boolean }

export function CurveEditor({ name, curve, spread, set, fixed }: CurveEditorProps) {
  const { t } = useSay();
  const { shape, points } = corners(curve);
  const unit = spread?.unit ?? 'point';
  const [held, hold] = useState<{ from: number; to: number } | null>(null);
  const reach = useMemo(() => reachOf(points, spread), [points, spread]);
  // While a corner is held the picture stands still beneath it.
  const seen = held ?? reach;
  const step = stepFor(seen.to - seen.from);
  const change = (next: Corner[], as: Shape = shape) => set(curveOf(as, next));
  return (
    <div className="curve">
      <Picture name={name} shape={shape} points={points} spread={spread} unit={unit} seen={seen} step={step} fixed={fixed} change={change} hold={(on) => hold(on ? seen : null)} />
      {!fixed && (
        <div className="curve-controls">
          <Segmented size="small" value={shape} aria-label={t('card.shape')} onChange={(as) => change(points, as as Shape)} options={(['straight', 'steps'] as const).map((one) => ({ value: one, label: t(`card.shapes.${one}`) }))} />
          <Corners name={name} points={points} unit={unit} step={step} change={change} />
        </div>
      )}
      <p className="small quiet">{t(fixed ? 'card.curve_means' : 'card.curve_how')}</p>
    </div>
  );
}

/** From the lowest to the highest number worth drawing: the curve's corners and where nearly all customers stand. */
function reachOf(points: Corner[], spread: MeasureSpread | undefined): { from: number; to: number } {
  const bars = spread?.distribution.bars ?? [];
  const all = [...points.map((corner) => corner[0]), ...bars.flatMap((bar) => [bar.from, bar.to])];
  const [from, to] = [Math.min(...all), Math.max(...all)];
  if (from === to) return { from: from - 1, to: to + 1 };
  const spare = (to - from) * 0.04;
  // Numbers that never fall below nothing are not drawn below it.
  return { from: from >= 0 ? Math.max(0, from - spare) : from - spare, to: to + spare };
}

interface PictureProps {
  name: string; shape: Shape; points: Corner[]; spread: MeasureSpread | undefined; unit: string; seen: { from: number; to: number }; step: number; fixed: boolean;
  change: (points: Corner[]) => void; hold: (on: boolean) => void;
}

function Picture({ name, shape, points, spread, unit, seen, step, fixed, change, hold }: PictureProps) {
  const say = useSay();
  const { t } = say;
  const svg = useRef<SVGSVGElement>(null);
  const clip = useId();
  const held = useRef<number | null>(null);
  const span = seen.to - seen.from;
  const x = (at: number) => PAD.left + ((at - seen.from) / span) * (WIDE - PAD.left - PAD.right);
  const y = (height: number) => PAD.top + (1 - height / 100) * (HIGH - PAD.top - PAD.bottom);
  const told = (event: { clientX: number; clientY: number }): Corner => {
    const box = svg.current!.getBoundingClientRect();
    const inX = ((event.clientX - box.left) / box.width) * WIDE;
    const inY = ((event.clientY - box.top) / box.height) * HIGH;
    return [seen.from + ((inX - PAD.left) / (WIDE - PAD.left - PAD.right)) * span, 100 * (1 - (inY - PAD.top) / (HIGH - PAD.top - PAD.bottom))];
  };
  const press = (at: number) => (event: PointerEvent<SVGGElement>) => {
    if (fixed) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    (event.currentTarget as unknown as HTMLElement).focus();
    held.current = at;
    hold(true);
  };
  const drag = (event: PointerEvent<SVGGElement>) => {
    if (held.current === null) return;
    const [at, height] = told(event);
    change(moved(points, held.current, at, height, step));
  };
  const release = () => {
    held.current = null;
    hold(false);
  };
  const key = (at: number) => (event: KeyboardEvent) => {
    const far = event.shiftKey ? 10 : 1;
    const [px, py] = points[at]!;
    const by: Record<string, [number, number]> = { ArrowLeft: [-step * far, 0], ArrowRight: [step * far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    const move = by[event.key];
    if (move) change(moved(points, at, px + move[0], py + move[1], step));
    else if (event.key === 'Delete' || event.key === 'Backspace') change(removed(points, at));
    else return;
    event.preventDefault();
  };
  const path = lineOf(shape, points, seen, x, y);
  const words = points.map((corner) => t('card.corner', { at: shown(corner[0], unit, say), points: Math.round(corner[1]) })).join(t('punctuation.list'));
  return (
    <svg
      ref={svg} className="curve-picture" viewBox={`0 0 ${WIDE} ${HIGH}`} role="group" aria-label={t('card.curve_of', { name, list: words })}
      onDoubleClick={(event) => !fixed && change(added(shape, points, told(event)[0], step))}
    >
      <clipPath id={clip}><rect x={PAD.left} y={0} width={WIDE - PAD.left - PAD.right} height={HIGH} /></clipPath>
      {[0, 25, 50, 75, 100].map((height) => (
        <g key={height} aria-hidden="true"><line className="curve-grid" x1={PAD.left} x2={WIDE - PAD.right} y1={y(height)} y2={y(height)} /><text className="curve-word" x={PAD.left - 8} y={y(height) + 4} textAnchor="end">{height}</text></g>
      ))}
      <Bars spread={spread} clip={clip} x={x} />
      {[0, 0.25, 0.5, 0.75, 1].map((part) => {
        const at = seen.from + span * part;
        return <text key={part} className="curve-word" aria-hidden="true" x={x(at)} y={HIGH - 8} textAnchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}>{onAxis(at, unit, span, say)}</text>;
      })}
      <path className="curve-line" d={path} clipPath={`url(#${clip})`} aria-hidden="true" />
      {points.map((corner, at) => (
        <g
          key={at} className={fixed ? 'curve-corner curve-fixed' : 'curve-corner'} transform={`translate(${x(corner[0])} ${y(corner[1])})`}
          {...(fixed ? { 'aria-hidden': true } : {
            role: 'slider', tabIndex: 0, 'aria-label': t('card.corner_of', { name, place: at + 1 }), 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': Math.round(corner[1]),
            'aria-valuetext': t('card.corner', { at: shown(corner[0], unit, say), points: Math.round(corner[1]) }), 'aria-orientation': 'vertical' as const,
            onPointerDown: press(at), onPointerMove: drag, onPointerUp: release, onPointerCancel: release, onKeyDown: key(at),
          })}
        >
          <circle className="curve-reach" r="16" /><circle className="curve-dot" r="6" />
        </g>
      ))}
    </svg>
  );
}

function lineOf(shape: Shape, points: Corner[], seen: { from: number; to: number }, x: (at: number) => number, y: (height: number) => number): string {
  const first = points[0]!;
  const start = `M${x(Math.min(seen.from, first[0]))} ${y(first[1])}`;
  const along = points.map((corner, at) => (shape === 'steps' && at > 0 ? `H${x(corner[0])}V${y(corner[1])}` : `L${x(corner[0])} ${y(corner[1])}`)).join('');
  return `${start}${along}H${x(Math.max(seen.to, points.at(-1)![0]))}`;
}

/** How the customers lie, behind the curve. */
function Bars({ spread, clip, x }: { spread: MeasureSpread | undefined; clip: string; x: (at: number) => number }) {
  const bars = spread?.distribution.bars ?? [];
  const most = Math.max(...bars.map((bar) => bar.count), 1);
  const room = HIGH - PAD.top - PAD.bottom;
  return (
    <g clipPath={`url(#${clip})`} aria-hidden="true">
      {bars.map((bar) => {
        const height = (bar.count / most) * room * 0.8;
        // All equal: a bar of some width all the same.
        const [left, right] = bar.from === bar.to ? [x(bar.from) - 8, x(bar.from) + 8] : [x(bar.from), x(bar.to)];
        return <rect key={bar.from} className="curve-bar" x={left + 0.5} width={Math.max(1, right - left - 1)} y={HIGH - PAD.bottom - height} height={height} />;
      })}
    </g>
  );
}

/** The corners as figures. */
function Corners({ name, points, unit, step, change }: { name: string; points: Corner[]; unit: string; step: number; change: (points: Corner[]) => void }) {
  const { t } = useSay();
  const typed = (at: number, place: number | null, height: number | null) => {
    if (place === null || height === null) return;
    // A typed number may lie closer to its neighbour than a dragged one.
    change(moved(points, at, place, height, Math.min(step, 1e-6 * Math.max(1, Math.abs(place)) || step)));
  };
  const widest = points.reduce((found, corner, at) => (at > 0 && corner[0] - points[at - 1]![0] > found.gap ? { gap: corner[0] - points[at - 1]![0], middle: (corner[0] + points[at - 1]![0]) / 2 } : found), { gap: 0, middle: points[0]![0] });
  return (
    <ul className="curve-corners" aria-label={t('card.corners', { name })}>
      {points.map((corner, at) => (
        <li key={at}>
          <InputNumber size="small" value={corner[0]} step={step} formatter={(value) => (value === undefined ? '' : String(value))} aria-label={t('card.corner_at', { place: at + 1 })} onChange={(place) => typed(at, place, corner[1])} />
          <span className="quiet small">{t(`unit.${unit}`, { count: corner[0], defaultValue: '' })} →</span>
          <InputNumber size="small" value={corner[1]} min={0} max={100} aria-label={t('card.corner_points', { place: at + 1 })} onChange={(height) => typed(at, corner[0], height)} />
          <span className="quiet small">{t('card.points')}</span>
          <Button size="small" type="text" disabled={points.length <= 2} icon={<Icon name="close" size={14} />} aria-label={t('card.corner_remove', { place: at + 1 })} onClick={() => change(removed(points, at))} />
        </li>
      ))}
      <li><Button size="small" icon={<Icon name="plus" size={14} />} onClick={() => change([...points, [widest.middle, Math.round(pointsAt('straight', points, widest.middle))] as Corner].sort((a, b) => a[0] - b[0]))}>{t('card.corner_add')}</Button></li>
    </ul>
  );
}
