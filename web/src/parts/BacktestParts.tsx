// The figures of a backtest cut: by named segment, value, band and owner, each part with its counts and intervals.

import { useState } from 'react';
import type { BacktestReport } from '../api/types';
import { useSay } from '../words/say';
import './backtest-parts.css';
import { BandWord } from './Band';
import { Export } from './Head';

type Part = BacktestReport['segments'][number];

const CUTS = ['segment', 'value', 'band', 'owner'] as const;
/** Parts that are listed: those with the most leavers. */
const SHOWN = 20;

/** `id`: the replay's, by which its table leaves. */
export function BacktestParts({ report, id }: { report: BacktestReport; id: number }) {
  const { t, count, share } = useSay();
  const cuts = CUTS.filter((cut) => report.segments.some((one) => one.by === cut));
  const [chosen, choose] = useState<string | null>(null);
  const cut = cuts.find((one) => one === chosen) ?? cuts[0];
  if (!cut) return null;
  const all = report.segments.filter((one) => one.by === cut);
  const within = (one: Part['counts']['recall']) => (one ? <>{share(one.share, 0)} <span className="quiet">({share(one.low, 0)}–{share(one.high, 0)})</span></> : '—');
  return (
    <section className="backtest-parts" aria-label={t('backtest_parts.title')}>
      <div className="line wrap">
        <h3 className="small soft">{t('backtest_parts.title')}</h3>
        <div className="filters" role="group" aria-label={t('backtest_parts.by_what')}>{cuts.map((one) => <button key={one} type="button" className="chip" aria-pressed={one === cut} onClick={() => choose(one)}>{t(`backtest_parts.by.${one}`)}</button>)}</div>
        <span className="push"><Export what="backtest-parts" query={{ id }} of={t('backtest_parts.title')} /></span>
      </div>
      <div className="backtest-parts-wide">
        <table className="small" aria-label={t(`backtest_parts.by.${cut}`)}>
          <thead><tr><th scope="col">{t('backtest_parts.part')}</th><th scope="col" className="right">{t('backtest_parts.seen')}</th>{!report.is_few && <th scope="col" className="right">{t('card.replayed.recall')}</th>}<th scope="col" className="right">{t('backtest_parts.wrong')}</th>{!report.is_few && <th scope="col" className="right">{t('card.replayed.precision')}</th>}</tr></thead>
          <tbody>
            {all.slice(0, SHOWN).map((one) => (
              <tr key={one.key}>
                <th scope="row"><Name part={one} /></th>
                <td className="number right">{count(one.counts.caught)} / {count(one.counts.leavers)}</td>
                {!report.is_few && <td className="number right">{within(one.counts.recall)}</td>}
                <td className="number right">{count(one.counts.false_alarms)} / {count(one.counts.alerts)}</td>
                {!report.is_few && <td className="number right">{within(one.counts.precision)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small quiet">{t(cut === 'segment' ? 'backtest_parts.segments_mean' : 'backtest_parts.means')}{all.length > SHOWN && ` ${t('backtest_parts.shown', { shown: count(SHOWN), all: count(all.length) })}`}</p>
    </section>
  );
}

function Name({ part }: { part: Part }) {
  const { t, say } = useSay();
  switch (part.by) {
    case 'band': return <BandWord band={part.key || null} />;
    case 'value': return t(`tier.${part.key || 'unknown'}`);
    case 'segment': return part.key ? say(part.name) || part.key : t('backtest_parts.none');
    default: return part.key || t('owner.none');
  }
}
