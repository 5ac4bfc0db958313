// The middle value over the last year with the middle half as a band. Moments at which nobody has a number stay gaps.

import { useMemo } from 'react';
import type { TrendPoint } from '../../api/types';
import { Chart } from '../../parts/Chart';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay } from '../../words/say';
import { onAxis, part, shown } from './measured';

export function Trend({ points, unit, height = 200 }: { points: TrendPoint[]; unit: string; height?: number }) {
  const say = useSay();
  const { t, lang } = say;
  const mode = useMode();
  const known = points.filter((point) => point.median != null);
  const option = useMemo(() => {
    const p = palettes[mode];
    const all = points.flatMap((point) => [point.lower, point.upper, point.median]).filter((value): value is number => value != null);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const span = most - least;
    // From zero where zero is near; a level far above it is looked at closely.
    const fromZero = least >= 0 && least < most * 0.6;
    const last = points.findLastIndex((point) => point.median != null);
    const band = { type: 'line', stack: 'band', silent: true, symbol: 'none', lineStyle: { opacity: 0 }, stackStrategy: 'all', emphasis: { disabled: true }, tooltip: { show: false } };
    return {
      grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const point = points[items[0]?.dataIndex ?? 0];
          if (!point) return '';
          if (point.median == null) return `${say.day(point.on)}<br/>${t('indicators.nobody_known')}`;
          const half = point.lower != null && point.upper != null ? `<br/>${t('indicators.half_between', { lower: shown(point.lower, unit, say), upper: shown(point.upper, unit, say) })}` : '';
          return `${say.day(point.on)}<br/><b>${t('indicators.median')} ${shown(point.median, unit, say)}</b>${half}<br/>${t('indicators.known_of', { known: say.count(point.known), all: say.count(point.customers), share: part(point.customers ? point.known / point.customers : 0, say.share) })}`;
        },
      },
      xAxis: {
        type: 'category', data: points.map((point) => point.on), boundaryGap: false,
        axisLabel: { formatter: (on: string) => (lang === 'zh' ? on.slice(2, 7) : say.month(on.slice(0, 7))), interval: 2, hideOverlap: true, alignMaxLabel: 'right', alignMinLabel: 'left' },
      },
      yAxis: { type: 'value', scale: !fromZero, splitNumber: 3, axisLabel: { formatter: (value: number) => onAxis(value, unit, span, say) } },
      series: [
        { ...band, data: points.map((point) => point.lower ?? null) },
        { ...band, data: points.map((point) => (point.lower != null && point.upper != null ? point.upper - point.lower : null)), areaStyle: { color: p.accent, opacity: mode === 'dark' ? 0.2 : 0.14 } },
        {
          type: 'line', connectNulls: false, lineStyle: { color: p.accent, width: 2 }, itemStyle: { color: p.accent }, showSymbol: true,
          data: points.map((point, index) => ({ value: point.median ?? null, symbol: index === last ? 'circle' : 'none', symbolSize: 8 })),
        },
      ],
    };
  }, [points, unit, mode, lang, t, say]);
  if (known.length === 0) return <p className="quiet">{t('indicators.no_trend')}</p>;
  const words = known.map((point) => `${say.day(point.on)} ${shown(point.median!, unit, say)}`).join(', ');
  return <Chart option={option} height={height} label={t('indicators.trend_label', { list: words })} />;
}
