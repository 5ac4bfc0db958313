// A chart, fetched when first needed. What it shows is also said in words (`label`) for those who do not see it.

import { useEffect, useRef } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { useMode, useStill } from '../theme/mode';

interface ChartProps {
  option: EChartsCoreOption;
  height: number;
  label: string;
  onPick?: (index: number) => void;
  /** A dot of a scatter, where a column would be too much. */
  onPickItem?: (index: number) => void;
}

/** Motion under 200 ms, none for those who want none. */
const moved = (option: EChartsCoreOption, still: boolean): EChartsCoreOption => ({ animation: !still, animationDuration: 160, animationDurationUpdate: 160, ...option });

export function Chart({ option, height, label, onPick, onPickItem }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const mode = useMode();
  const still = useStill();
  const pick = useRef(onPick);
  pick.current = onPick;
  const pickItem = useRef(onPickItem);
  pickItem.current = onPickItem;
  const latest = useRef(option);
  latest.current = option;
  const drawn = useRef<{ setOption: (option: EChartsCoreOption, replace: boolean) => void } | null>(null);

  useEffect(() => {
    let gone = false;
    let stop = () => undefined as void;
    void import('../theme/charts').then(({ draw }) => {
      if (gone || !host.current) return;
      const chart = draw(host.current, mode);
      drawn.current = chart;
      chart.setOption(moved(latest.current, still), true);
      // The whole column of a category answers, not only the ink of its bar.
      chart.getZr().on('click', (event) => {
        const point = [event.offsetX, event.offsetY];
        if (!chart.containPixel('grid', point)) return;
        const [index] = chart.convertFromPixel({ gridIndex: 0 }, point) as [number, number];
        pick.current?.(Math.round(index));
      });
      chart.on('click', (event) => {
        if (event.componentType === 'series') pickItem.current?.(event.dataIndex);
      });
      const watch = new ResizeObserver(() => chart.resize());
      watch.observe(host.current);
      stop = () => {
        watch.disconnect();
        drawn.current = null;
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      stop();
    };
  }, [mode, still]);

  useEffect(() => {
    drawn.current?.setOption(moved(option, still), true);
  }, [option, still]);

  return <div ref={host} className="chart" style={{ height, cursor: onPick ? 'pointer' : undefined }} role="img" aria-label={label} />;
}
