// A backtest in pictures: how long before leaving the caught were warned of, and what each week's alerts came to.

import type { BacktestReport } from '../api/types';
import { useSay } from '../words/say';
import './backtest-parts.css';
import { Columns } from './Columns';

const HEIGHT = 72;

export function BacktestPictures({ report }: { report: BacktestReport }) {
  const { t } = useSay();
  if (!report.lead && report.weeks.length === 0) return null;
  return (
    <section className="backtest-pictures" aria-label={t('backtest_pictures.title')}>
      {report.lead && <Lead lead={report.lead} />}
      {report.weeks.length > 0 && <Weeks report={report} />}
    </section>
  );
}

function Lead({ lead }: { lead: NonNullable<BacktestReport['lead']> }) {
  const { t, count } = useSay();
  const words = (from: number, leavers: number) => t('backtest_pictures.lead_bin', { from, to: from + 6, shown: count(leavers) });
  const bars = lead.histogram.map((bin) => ({ key: String(bin.from_days), value: bin.leavers, say: () => words(bin.from_days, bin.leavers) }));
  const told = lead.histogram.filter((bin) => bin.leavers > 0).map((bin) => words(bin.from_days, bin.leavers)).join('; ');
  return (
    <figure>
      <h3 className="small soft">{t('backtest_pictures.lead')}</h3>
      <Columns bars={bars} height={HEIGHT} label={told} dense />
      <figcaption className="small quiet">{t('backtest_pictures.lead_means', { median: count(lead.median, 0), low: count(lead.low_quartile, 0), high: count(lead.high_quartile, 0) })}</figcaption>
    </figure>
  );
}

function Weeks({ report }: { report: BacktestReport }) {
  const { t, count, day, share } = useSay();
  const within = (word: string, one: BacktestReport['counts']['recall']) => one && <><br />{t(`card.replayed.${word}`)} {share(one.share, 0)} ({share(one.low, 0)}–{share(one.high, 0)})</>;
  const bars = report.weeks.map(({ at, counts }) => ({
    key: at,
    value: counts.alerts,
    say: () => (
      <>
        {t('backtest_pictures.week_of', { day: day(at) })}<br />
        <b>{t('backtest_pictures.week_alerts', { alerts: count(counts.alerts), wrong: count(counts.false_alarms) })}</b><br />
        {t('backtest_pictures.week_left', { left: count(counts.leavers), caught: count(counts.caught) })}
        {within('recall', counts.recall)}{within('precision', counts.precision)}
      </>
    ),
  }));
  const most = Math.max(...report.weeks.map((week) => week.counts.alerts));
  return (
    <figure>
      <h3 className="small soft">{t('backtest_pictures.weeks')}</h3>
      <Columns bars={bars} height={HEIGHT} label={t('backtest_pictures.weeks_label', { weeks: count(bars.length), mean: count(report.alerts_per_week, 1), most: count(most) })} dense />
      <figcaption className="line small quiet"><span className="number">{day(report.weeks[0]!.at)}</span><span className="push number">{day(report.weeks.at(-1)!.at)}</span></figcaption>
    </figure>
  );
}
