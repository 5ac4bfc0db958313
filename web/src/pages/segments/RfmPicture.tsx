// RFM as a picture of eight cells: two squares, spending much and little; in each, lately to the right, often on top.

import { Link } from 'react-router';
import type { RfmCellRow, RfmPage } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Export } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Empty } from '../../parts/States';
import { useSay } from '../../words/say';

export function RfmPicture({ rfm }: { rfm: RfmPage }) {
  const { t, say, count } = useSay();
  const known = rfm.customer_count - rfm.unknown_count;
  const most = Math.max(1, ...rfm.cells.map((cell) => cell.count));
  return (
    <section className="card part" aria-label="RFM">
      <div className="section-title segments-title"><h2>RFM</h2><span className="small quiet">{t('segments.opens')}</span><span className="push"><Export what="rfm" of="RFM" /></span></div>
      {known === 0 ? <Empty title={t('segments.rfm_none')}>{say(rfm.sentence)}</Empty> : (
        <>
          <div className="rfm">
            {[true, false].map((large) => <Square key={String(large)} cells={rfm.cells.filter((cell) => cell.is_large === large)} large={large} most={most} known={known} />)}
          </div>
          <p className="small quiet segments-note">{say(rfm.sentence)}{rfm.unknown_count > 0 && <> <UnknownCells count={rfm.unknown_count} shown={count(rfm.unknown_count)} /></>}</p>
        </>
      )}
    </section>
  );
}

function UnknownCells({ count, shown }: { count: number; shown: string }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  return <Link className="link" to={withMoment('/customers?rfm=unknown', asOf)}>{t('segments.rfm_unknown', { count, shown })}</Link>;
}

function Square({ cells, large, most, known }: { cells: RfmCellRow[]; large: boolean; most: number; known: number }) {
  const { t } = useSay();
  const of = (recent: boolean, frequent: boolean) => cells.find((cell) => cell.is_recent === recent && cell.is_frequent === frequent);
  return (
    <div className="rfm-square" role="group" aria-label={t(large ? 'segments.much' : 'segments.little')}>
      <div className="rfm-head">{t(large ? 'segments.much' : 'segments.little')}</div>
      {[true, false].map((frequent) => [
        <div key={`y${frequent}`} className="rfm-y"><span>{t(frequent ? 'segments.often' : 'segments.seldom')}</span></div>,
        ...[false, true].map((recent) => { const cell = of(recent, frequent); return cell && <Cell key={cell.cell} cell={cell} most={most} known={known} />; }),
      ])}
      <div />
      <div className="rfm-x">{t('segments.long_ago')}</div>
      <div className="rfm-x">{t('segments.lately')}</div>
    </div>
  );
}

function Cell({ cell, most, known }: { cell: RfmCellRow; most: number; known: number }) {
  const say = useSay();
  const { t, count, share, money, moneyWhole } = say;
  const { asOf } = useMoment();
  return (
    <Hint say={() => <><b>{say.say(cell.name)}</b><br />{say.sentence(cell.about)}<br />{moneyWhole(cell.value_sum)}</>}>
      <Link className="rfm-cell" to={withMoment(`/customers?rfm=${cell.cell}`, asOf)} style={{ background: `color-mix(in srgb, var(--accent) ${Math.round(3 + 25 * Math.sqrt(cell.count / most))}%, var(--surface))` }}>
        <span className="small rfm-name">{say.say(cell.name)}</span>
        <span className="rfm-count number">{count(cell.count)}<span className="small soft"> {share(cell.count / Math.max(1, known), 0)}</span></span>
        <span className="small soft number rfm-value">{money(cell.value_sum)}{cell.at_risk_count > 0 && <span className="rfm-risk">{t('segments.at_risk', { count: cell.at_risk_count, shown: count(cell.at_risk_count) })}</span>}</span>
      </Link>
    </Hint>
  );
}
