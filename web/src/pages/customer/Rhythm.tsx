// The customer against its own rhythm: what it did week by week, the band within which it was to be expected, and where it changed.

import { useMemo } from 'react';
import type { CustomerRhythm } from '../../api/types';
import { Chart } from '../../parts/Chart';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay } from '../../words/say';

export function Rhythm({ rhythm }: { rhythm: CustomerRhythm }) {
  const say = useSay();
  const { t, lang } = say;
  const mode = useMode();
  const { weeks, changed_on: changed } = rhythm;
  const option = useMemo(() => {
    const p = palettes[mode];
    const band = { type: 'line', stack: 'band', silent: true, symbol: 'none', lineStyle: { opacity: 0 }, stackStrategy: 'all', emphasis: { disabled: true }, tooltip: { show: false } };
    const last = weeks.length - 1;
    return {
      grid: { left: 8, right: 16, top: 20, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const week = weeks[items[0]?.dataIndex ?? 0];
          if (!week) return '';
          const expected = week.expected == null ? '' : `<br/>${t('rhythm.expected', { expected: say.count(week.expected, 1), low: say.count(week.low ?? 0, 1), high: say.count(week.high ?? 0, 1) })}`;
          return `${t('rhythm.week_of', { day: say.day(week.on) })}<br/><b>${t('rhythm.did', { times: say.count(week.count, 0) })}</b>${expected}`;
        },
      },
      xAxis: {
        type: 'category', data: weeks.map((week) => week.on), boundaryGap: false,
        axisLabel: { formatter: (on: string) => (lang === 'zh' ? on.slice(2, 7) : say.month(on.slice(0, 7))), interval: Math.max(1, Math.ceil(weeks.length / 5) - 1), hideOverlap: true, alignMaxLabel: 'right', alignMinLabel: 'left' },
      },
      yAxis: { type: 'value', min: 0, splitNumber: 3, minInterval: 1 },
      series: [
        { ...band, data: weeks.map((week) => week.low ?? null) },
        { ...band, data: weeks.map((week) => (week.low != null && week.high != null ? week.high - week.low : null)), areaStyle: { color: p.ink3, opacity: mode === 'dark' ? 0.24 : 0.16 } },
        { type: 'line', silent: true, symbol: 'none', data: weeks.map((week) => week.expected ?? null), lineStyle: { color: p.ink3, width: 1, type: 'dashed' } },
        {
          type: 'line', data: weeks.map((week, index) => ({ value: week.count, symbol: index === last ? 'circle' : 'none', symbolSize: 8 })), showSymbol: true,
          lineStyle: { color: p.accent, width: 2 }, itemStyle: { color: p.accent },
          ...(changed ? { markLine: { silent: true, symbol: 'none', lineStyle: { color: p.ink2, type: 'solid', width: 1 }, label: { color: p.ink2, fontSize: 12, formatter: t('rhythm.changed') }, data: [{ xAxis: changed }] } } : {}),
        },
      ],
    };
  }, [weeks, changed, mode, lang, t, say]);
  return (
    <section className="card part" aria-label={t('rhythm.title')}>
      <div className="section-title part-title"><h2>{t('rhythm.title')}</h2><span className="small quiet">{t('rhythm.about')}</span></div>
      <p className={rhythm.is_out ? 'strong' : 'soft'}>{say.sentence(rhythm.sentence)}</p>
      <Chart option={option} height={180} label={`${t('rhythm.title')}: ${say.sentence(rhythm.sentence)}`} />
    </section>
  );
}
