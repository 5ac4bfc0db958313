// The one theme of charts: thin axes, few gridlines, direct labels, colours of tokens.ts. Only what we draw is taken in.

import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { fontFamily, palettes, type Mode } from './tokens';

echarts.use([BarChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

function themeOf(mode: Mode) {
  const p = palettes[mode];
  const axis = {
    axisLine: { show: true, lineStyle: { color: p.lineStrong, width: 1 } },
    axisTick: { show: false },
    axisLabel: { color: p.ink3, fontSize: 12, fontFamily },
    splitLine: { show: false },
  };
  return {
    color: [p.accent, p.ink3],
    backgroundColor: 'transparent',
    textStyle: { fontFamily, color: p.ink2, fontSize: 12 },
    categoryAxis: axis,
    timeAxis: axis,
    valueAxis: { ...axis, axisLine: { show: false }, splitLine: { show: true, lineStyle: { color: p.line, width: 1 } } },
    line: { symbol: 'none', lineStyle: { width: 2 }, smooth: false },
    bar: { itemStyle: { borderRadius: [3, 3, 0, 0] }, barMaxWidth: 36 },
    tooltip: {
      backgroundColor: p.raised,
      borderColor: p.line,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: p.ink, fontSize: 12, fontFamily },
      extraCssText: `box-shadow:${p.shadow};border-radius:6px`,
      axisPointer: { lineStyle: { color: p.lineStrong, type: 'solid' } },
      transitionDuration: 0.1,
    },
  };
}

export function draw(host: HTMLElement, mode: Mode) {
  return echarts.init(host, themeOf(mode), { renderer: 'svg' });
}
