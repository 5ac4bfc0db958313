// The last half year with this budget, week by week: who came on the desk, who waited, and who of the leavers was seen
// ahead.

import { useMemo } from 'react';
import type { BudgetPreview, BudgetReplay } from '../../../api/types';
import { Chart } from '../../../parts/Chart';
import { Explain } from '../../../parts/Explain';
import { BoneBlock } from '../../../parts/States';
import { palettes } from '../../../theme/tokens';
import { useMode } from '../../../theme/mode';
import { useSay } from '../../../words/say';

export function Weeks({ preview }: { preview: BudgetPreview }) {
  const { t } = useSay();
  const { replay, state } = preview;
  if (!replay) {
    return <section className="card budget-weeks"><p className="quiet" role="status">{t(`budget.${state === 'too_short' ? 'too_short' : state === 'failed' ? 'failed' : 'running'}`)}</p>{state === 'running' && <BoneBlock height={200} />}</section>;
  }
  return (
    <section className="card budget-weeks">
      <h2>{t('budget.past', { count: replay.weeks.length })}</h2>
      <Figures preview={preview} replay={replay} />
      <Picture preview={preview} replay={replay} />
    </section>
  );
}

function Figures({ preview, replay }: { preview: BudgetPreview; replay: BudgetReplay }) {
  const { t, count, share, money } = useSay();
  const places = replay.weeks.reduce((sum, week) => sum + Math.min(preview.per_week, week.candidates - week.passing), 0);
  const taken = replay.weeks.reduce((sum, week) => sum + week.taken, 0);
  const caught = replay.is_few || replay.leavers === 0 ? '' : ` · ${share(replay.caught / replay.leavers)}`;
  const means = `${t('budget.caught_means', { lead: replay.lead_days, horizon: replay.horizon_days })}${replay.is_few ? ` ${t('budget.few')}` : ''}`;
  return (
    <dl className="budget-figures">
      <div><dt>{t('budget.mean')}</dt><dd className="number">{t('budget.mean_value', { number: count(replay.alerts_per_week, 1) })}</dd></div>
      <div>
        <dt><Explain title={t('budget.caught')} means={means}>{t('budget.caught')}</Explain></dt>
        <dd className="number">{t('budget.caught_value', { leavers: count(replay.leavers), caught: count(replay.caught) })}{caught}</dd>
        <dd className="small quiet">{t('budget.caught_without', { caught: count(replay.caught_without) })}</dd>
      </div>
      <div><dt>{t('budget.past_threshold')}</dt><dd className="number">{replay.threshold == null ? t('budget.everyone') : money(replay.threshold)}</dd></div>
      {places > 0 && <div><dt>{t('budget.used')}</dt><dd className="number">{share(taken / places)}</dd></div>}
    </dl>
  );
}

function Picture({ preview, replay }: { preview: BudgetPreview; replay: BudgetReplay }) {
  const { t, day, count } = useSay();
  const p = palettes[useMode()];
  const option = useMemo(() => {
    const waiting = replay.weeks.map((week) => week.candidates - week.taken - week.passing);
    const bar = (name: string, data: number[], color: string) => ({ name, type: 'bar', stack: 'week', data, itemStyle: { color, borderRadius: 0 }, barMaxWidth: 22 });
    return {
      grid: { left: 8, right: 8, top: 24, bottom: 8, containLabel: true },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: replay.weeks.map((week) => day(week.at)) },
      yAxis: { type: 'value', minInterval: 1 },
      series: [
        { ...bar(t('budget.chart.taken'), replay.weeks.map((week) => week.taken), p.accent), markLine: { silent: true, symbol: 'none', lineStyle: { color: p.ink2, type: 'dashed' }, label: { position: 'insideEndTop', color: p.ink2, formatter: t('budget.chart.cap', { per_week: count(preview.per_week) }) }, data: [{ yAxis: preview.per_week }] } },
        bar(t('budget.chart.passing'), replay.weeks.map((week) => week.passing), p.accentHover),
        bar(t('budget.chart.waiting'), waiting, p.lineStrong),
      ],
    };
  }, [replay, preview.per_week, p, t, day, count]);
  return (
    <>
      <div className="line budget-legend small quiet" aria-hidden="true">
        <span><i style={{ background: p.accent }} />{t('budget.chart.taken')}</span>
        {replay.weeks.some((week) => week.passing > 0) && <span><i style={{ background: p.accentHover }} />{t('budget.chart.passing')}</span>}
        <span><i style={{ background: p.lineStrong }} />{t('budget.chart.waiting')}</span>
      </div>
      <Chart option={option} height={240} label={t('budget.chart.label', { count: replay.weeks.length, per_week: preview.per_week })} />
    </>
  );
}
