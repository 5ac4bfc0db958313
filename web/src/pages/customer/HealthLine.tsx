// Health over 180 days on the bands it passes through.

import { useMemo } from 'react';
import type { BandFloor, Point } from '../../api/types';
import { Chart } from '../../parts/Chart';
import { useMode } from '../../theme/mode';
import { bandColour, palettes } from '../../theme/tokens';
import { useSay } from '../../words/say';

interface HealthLineProps { points: Point[]; floors: BandFloor[]; height: number; label: string; compact?: boolean }

export function HealthLine({ points, floors, height, label, compact = false }: HealthLineProps) {
  const { t, count, day, lang } = useSay();
  const mode = useMode();
  const option = useMemo(() => {
    const p = palettes[mode];
    const sorted = [...floors].sort((a, b) => a.from - b.from);
    const zones = sorted.map((floor, index) => [
      { yAxis: floor.from, itemStyle: { color: bandColour(p, floor.band), opacity: mode === 'dark' ? 0.13 : 0.09 },
        label: { show: !compact, position: 'right' as const, distance: 10, color: p.ink3, fontSize: 12, formatter: t(`band.${floor.band}`) } },
      { yAxis: sorted[index + 1]?.from ?? 100 },
    ]);
    const last = points.findLastIndex((point) => point.value != null);
    return {
      grid: { left: compact ? 24 : 32, right: compact ? 8 : lang === 'zh' ? 44 : 64, top: 8, bottom: 22 },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const point = points[items[0]?.dataIndex ?? 0];
          return point ? `${day(point.on)}<br/><b>${t('health.title')} ${point.value == null ? `— ${t('unknown.title')}` : count(point.value, 0)}</b>` : '';
        },
      },
      xAxis: {
        type: 'category', data: points.map((point) => point.on), boundaryGap: false,
        axisLabel: { formatter: (on: string) => (lang === 'zh' ? on.slice(5) : day(on).replace(/ \d{4}$/, '')), interval: Math.max(1, Math.ceil(points.length / (compact ? 3 : 5)) - 1), hideOverlap: true },
      },
      yAxis: { type: 'value', min: 0, max: 100, splitLine: { show: false }, interval: compact ? 50 : 25 },
      series: [
        {
          type: 'line', data: points.map((point, index) => ({ value: point.value ?? null, symbol: index === last ? 'circle' : 'none', symbolSize: 8 })),
          connectNulls: false, lineStyle: { color: p.ink, width: compact ? 1.6 : 2 }, itemStyle: { color: p.ink }, showSymbol: true,
          markArea: { silent: true, data: zones },
        },
      ],
    };
  }, [points, floors, mode, compact, t, count, day, lang]);
  return <Chart option={option} height={height} label={label} />;
}
