// How an indicator's numbers lie among the customers seen: columns, the middle half beneath them, and who has no number
// and why.

import type { Bar, Distribution as Told } from '../../api/types';
import { Columns } from '../../parts/Columns';
import { Dash } from '../../parts/Amount';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';
import { onAxis, part, shown } from './measured';

export function Distribution({ told, unit, height = 120 }: { told: Told; unit: string; height?: number }) {
  const say = useSay();
  const { t, count } = say;
  const [, lower, median, upper] = told.quantiles;
  const { bars } = told;
  if (median === undefined || lower === undefined || upper === undefined || bars.length === 0) {
    return <div className="stack"><p className="quiet">{t('indicators.nobody_known')}</p><Unknowns told={told} /></div>;
  }
  const middle = t('indicators.middle_half', { lower: shown(lower, unit, say), upper: shown(upper, unit, say), median: shown(median, unit, say) });
  const only = bars.length === 1;
  // Bars of whole numbers hold so many numbers each; the others reach from one edge to the next.
  const isWhole = bars.every((bar) => Number.isInteger(bar.from) && Number.isInteger(bar.to));
  const reach = (bar: Bar) => {
    const [from, to] = [bar.from, isWhole ? bar.to - 1 : bar.to];
    return from >= to ? onAxis(from, unit, bar.to - bar.from, say) : `${onAxis(from, unit, to - from, say)} – ${onAxis(to, unit, to - from, say)}`;
  };
  return (
    <div className="stack distribution">
      <p className="small soft">{only ? t('indicators.all_same', { value: shown(median, unit, say) }) : middle}</p>
      {!only && (
        <div>
          <Columns
            dense height={height} label={`${t('indicators.distribution')}${t('punctuation.stop')}${middle}`}
            bars={bars.map((bar, index) => ({
              key: String(index), value: bar.count, strong: bar.from <= median && (isWhole ? median < bar.to : median <= bar.to),
              say: () => <>{reach(bar)}<br /><b>{t('indicators.customers', { count: bar.count, shown: count(bar.count) })}</b></>,
            }))}
          />
          <Scale bars={bars} isWhole={isWhole} lower={lower} median={median} upper={upper} unit={unit} />
        </div>
      )}
      <Unknowns told={told} />
    </div>
  );
}

/** The axis, with the middle half as a bar and the middle value as a dot. */
function Scale({ bars, isWhole, lower, median, upper, unit }: { bars: Bar[]; isWhole: boolean; lower: number; median: number; upper: number; unit: string }) {
  const say = useSay();
  const [from, to] = [bars[0]!.from, bars.at(-1)!.to];
  // A whole number stands in the middle of its place.
  const half = isWhole ? 0.5 : 0;
  const place = (value: number) => `${Math.max(0, Math.min(1, (value + half - from) / (to - from))) * 100}%`;
  const every = Math.max(1, Math.ceil(bars.length / 6));
  const ticks = isWhole ? bars.filter((_, index) => index % every === 0).map((bar) => bar.from) : [0, 0.25, 0.5, 0.75, 1].map((part) => from + (to - from) * part);
  return (
    <div className="scale" aria-hidden="true">
      <div className="scale-line">
        <span className="scale-half" style={{ left: place(lower), right: `calc(100% - ${place(upper)})` }} />
        <span className="scale-middle" style={{ left: place(median) }} />
      </div>
      <div className="scale-ticks">{ticks.map((value, index) => <span key={value} data-edge={isWhole ? undefined : index === 0 ? 'first' : index === ticks.length - 1 ? 'last' : undefined} style={{ left: isWhole ? `${((value + (bars[0]!.to - bars[0]!.from) / 2 - from) / (to - from)) * 100}%` : place(value) }}>{onAxis(value, unit, to - from, say)}</span>)}</div>
    </div>
  );
}

/** Known and unknown as one bar; the reasons in words. */
function Unknowns({ told }: { told: Told }) {
  const { t, count, share } = useSay();
  const known = told.customers === 0 ? 0 : told.known / told.customers;
  return (
    <div className="unknowns small">
      <Hint className="coverage-line" say={() => t('indicators.coverage_means')}>
        <span className="soft">{t('indicators.known_of', { known: count(told.known), all: count(told.customers), share: part(known, share) })}</span>
        <CoverageBar share={known} wide />
      </Hint>
      {told.unknown.map((one) => (
        <div key={one.key} className="line quiet"><Dash because={t(`indicators.unknown.${one.key}`, { defaultValue: one.key })} /><span>{t(`indicators.unknown.${one.key}`, { defaultValue: one.key })}</span><span className="push number">{t('indicators.customers', { count: one.count, shown: count(one.count) })}</span></div>
      ))}
    </div>
  );
}

export function CoverageBar({ share, wide = false }: { share: number; wide?: boolean }) {
  return <span className={wide ? 'coverage coverage-wide' : 'coverage'} aria-hidden="true"><span style={{ width: `${share * 100}%` }} /></span>;
}
