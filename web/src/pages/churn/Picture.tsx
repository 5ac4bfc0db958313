// The picture by which the days of silence were chosen: how long gaps usually are, how many came back from a longer one, and
// what other days would give.

import { useMemo } from 'react';
import type { ChurnAway, ChurnTrial, ChurnWindow } from '../../api/churn';
import { useNarrow } from '../../frame/narrow';
import { Chart } from '../../parts/Chart';
import { Export } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay } from '../../words/say';

interface PictureProps {
  trial: ChurnTrial;
  /** The window in days; nothing where the definition has none. */
  chosen: number | null;
  /** Tries another; nothing where none can be tried. */
  pick: ((days: number) => void) | null;
}

export function Picture({ trial, chosen, pick }: PictureProps) {
  const { t, say, share, count } = useSay();
  const { away } = trial;
  return (
    <section className="card leaving-part" aria-label={t('leaving.picture')}>
      <h2>{t('leaving.picture')}</h2>
      <p className="soft">{t('leaving.picture_about', { watch: away.watch_days })}</p>
      <div className="leaving-charts">
        <Gaps away={away} chosen={chosen} />
        <Returns away={away} chosen={chosen} pick={pick} />
      </div>
      <p className={away.proposed_days == null ? 'leaving-proposal soft' : 'leaving-proposal'}>
        <b>{away.proposed_days == null ? t('leaving.no_proposal') : t(away.proposed_days === chosen ? 'leaving.is_proposed' : 'leaving.proposed', { days: away.proposed_days })}</b>
        {' '}{away.proposed_days == null ? say(away.not_proposed) : t('leaving.returns_rule', { share: share(away.most_false), least: count(away.least_watched) })}
      </p>
      <Others trial={trial} chosen={chosen} pick={pick} />
      <Months trial={trial} />
    </section>
  );
}

function Gaps({ away, chosen }: { away: ChurnAway; chosen: number | null }) {
  const { t, count, share, lang } = useSay();
  const mode = useMode();
  const narrow = useNarrow();
  const bars = away.bars;
  const name = (bar: ChurnAway['bars'][number]) => (bar.to_days == null ? t('leaving.bar_last', { from: bar.from_days }) : t('leaving.bar', { from: bar.from_days, to: bar.to_days }));
  const option = useMemo(() => {
    const p = palettes[mode];
    return {
      grid: { left: 44, right: 8, top: 16, bottom: 28 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: p.ink, opacity: 0.04 } }, formatter: (items: { dataIndex: number }[]) => { const bar = bars[items[0]?.dataIndex ?? 0]!; return `${name(bar)}<br/><b>${t('leaving.bar_count', { count: bar.count, shown: count(bar.count) })}</b> ${share(bar.count / Math.max(1, away.gaps), 1)}`; } },
      xAxis: { type: 'category', data: bars.map((bar) => String(bar.from_days)), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', min: 0, splitNumber: 3, axisLabel: { formatter: (value: number) => share(value) } },
      // Gaps beyond the window are goodbyes that were false: they stand out.
      series: [{ type: 'bar', barCategoryGap: '20%', data: bars.map((bar) => ({ value: bar.count / Math.max(1, away.gaps), itemStyle: { color: chosen !== null && bar.from_days >= chosen ? p.ink3 : p.accent } })) }],
    };
  }, [bars, mode, chosen, away.gaps, t, count, share, lang]);
  const [half, most] = [0.5, 0.95].map((wanted) => away.quantiles.find((one) => one.share === wanted)?.days);
  const list = bars.filter((bar) => bar.count > 0).map((bar) => `${name(bar)} ${share(bar.count / away.gaps, 1)}`).join(t('punctuation.comma'));
  return (
    <figure className="leaving-chart">
      <h3>{t('leaving.gaps_title')}</h3>
      {away.gaps === 0 ? <p className="soft">{t('leaving.gaps_none')}</p> : (
        <><p className="small quiet">{t('leaving.gaps_half', { gaps: count(away.gaps), half: count(half ?? 0, 1), most: count(most ?? 0, 1) })}</p>
          <Chart option={option} height={narrow ? 180 : 220} label={t('leaving.gaps_label', { list })} /></>
      )}
    </figure>
  );
}

function Returns({ away, chosen, pick }: { away: ChurnAway; chosen: number | null; pick: PictureProps['pick'] }) {
  const { t, share, lang } = useSay();
  const mode = useMode();
  const narrow = useNarrow();
  const windows = away.windows;
  const option = useMemo(() => {
    const p = palettes[mode];
    const marks = (one: ChurnWindow) => [one.days === chosen ? t('leaving.chosen') : '', one.days === away.proposed_days ? t('leaving.proposed', { days: one.days }) : ''].filter(Boolean);
    return {
      grid: { left: 44, right: 8, top: 28, bottom: 28 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: p.ink, opacity: 0.04 } }, formatter: (items: { dataIndex: number }[]) => { const one = windows[items[0]?.dataIndex ?? 0]!; return [`<b>${t('leaving.window_days', { count: one.days, shown: one.days })}</b>`, one.return_rate == null ? t('leaving.untold') : `${share(one.return_rate, 1)} (${t('leaving.of_watched', { returned: one.returned, watched: one.watched })})`, ...marks(one)].join('<br/>'); } },
      xAxis: { type: 'category', data: windows.map((one) => String(one.days)), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', min: 0, splitNumber: 3, axisLabel: { formatter: (value: number) => share(value) } },
      series: [{
        type: 'bar', barCategoryGap: '20%', cursor: pick ? 'pointer' : 'default',
        data: windows.map((one) => ({ value: one.return_rate ?? null, itemStyle: { color: one.days === chosen ? p.accent : one.days === away.proposed_days ? 'transparent' : p.ink3, borderColor: p.accent, borderWidth: one.days === away.proposed_days ? 1.5 : 0 } })),
        label: { show: true, position: 'top', color: p.ink2, fontSize: 12, formatter: (item: { dataIndex: number }) => { const one = windows[item.dataIndex]; return one && (one.days === chosen || one.days === away.proposed_days) && one.return_rate != null ? share(one.return_rate) : ''; } },
      }],
    };
  }, [windows, mode, chosen, away.proposed_days, pick, t, share, lang]);
  const list = windows.filter((one) => one.return_rate != null).map((one) => `${t('leaving.window_days', { count: one.days, shown: one.days })} ${share(one.return_rate!)}`).join(t('punctuation.comma'));
  return (
    <figure className="leaving-chart">
      <h3>{t('leaving.returns_title')}</h3>
      {list === '' ? <p className="soft">{t('leaving.untold')}</p> : <Chart option={option} height={narrow ? 180 : 240} label={t('leaving.returns_label', { list })} onPick={pick ? (index) => windows[index] && pick(windows[index].days) : undefined} />}
    </figure>
  );
}

function Others({ trial, chosen, pick }: PictureProps) {
  const { away } = trial;
  const { t, count, share } = useSay();
  const narrow = useNarrow();
  const figure = (value: number) => <span className="number">{count(value)}</span>;
  const columns: Column<ChurnWindow>[] = [
    { key: 'days', title: t('leaving.cols.days'), width: 'minmax(64px, 1fr)', cell: (one) => <span className={one.days === chosen ? 'strong number' : 'number'}>{count(one.days)}{one.days === away.proposed_days && <span className="tag leaving-mark">{t('leaving.proposed', { days: one.days })}</span>}</span> },
    { key: 'gone', title: t('leaving.cols.gone'), width: 'minmax(64px, 1fr)', right: true, cell: (one) => figure(one.gone_now) },
    ...(narrow ? [] : [{ key: 'left', title: t('leaving.cols.left'), width: 'minmax(72px, 1fr)', right: true, cell: (one: ChurnWindow) => figure(one.left) }, { key: 'returned', title: t('leaving.cols.returned'), width: 'minmax(96px, 1fr)', right: true, cell: (one: ChurnWindow) => <span className="number soft">{one.watched === 0 ? '—' : t('leaving.of_watched', { returned: count(one.returned), watched: count(one.watched) })}</span> }]),
    { key: 'rate', title: t('leaving.cols.rate'), width: 'minmax(72px, 1fr)', right: true, cell: (one) => (one.return_rate == null ? <span className="quiet" title={t('leaving.untold')}>—</span> : <span className="number">{share(one.return_rate, 1)}</span>) },
  ];
  return (
    <>
      <div className="line wrap"><h3>{t('leaving.table')}</h3>{pick && <span className="small quiet">{t('leaving.table_about')}</span>}<span className="push"><Export what="churn-windows" query={{ of: trial.id, window_days: trial.window_days }} of={t('leaving.table')} /></span></div>
      <Sheet label={t('leaving.table')} columns={columns} rows={away.windows} rowKey={(one) => String(one.days)} rowHeight={40} keys={false} open={pick ? (one) => pick(one.days) : undefined} />
    </>
  );
}

function Months({ trial }: { trial: ChurnTrial }) {
  const { t, month, share, count } = useSay();
  const mode = useMode();
  const judged = trial.months.filter((one) => one.rate != null);
  const option = useMemo(() => {
    const p = palettes[mode];
    return {
      grid: { left: 44, right: 8, top: 20, bottom: 28 },
      xAxis: { type: 'category', data: trial.months.map((one) => month(one.month)), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', min: 0, splitNumber: 2, axisLabel: { formatter: (value: number) => share(value) } },
      series: [{ type: 'bar', data: trial.months.map((one) => ({ value: one.rate ?? null, itemStyle: { color: p.accent, opacity: one.complete ? 1 : 0.5 } })), label: { show: true, position: 'top', color: p.ink2, fontSize: 12, formatter: (item: { dataIndex: number }) => { const one = trial.months[item.dataIndex]; return one?.rate == null ? '' : share(one.rate); } } }],
    };
  }, [trial.months, mode, month, share]);
  const list = judged.map((one) => `${month(one.month, true)} ${share(one.rate!)} (${count(one.left_count)})`).join(t('punctuation.comma'));
  return (
    <>
      <h3>{t('leaving.months')}</h3>
      {judged.length === 0 ? <p className="soft">{t('leaving.none_judged')}</p> : <Chart option={option} height={160} label={t('leaving.months_label', { list })} />}
    </>
  );
}
