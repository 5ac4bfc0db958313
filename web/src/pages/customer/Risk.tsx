// How likely this customer is to leave, by the model in service: when, why, what people confirmed; and what would bring it back.

import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { useTrainingPart } from '../../api/models';
import { useCustomerRisk, type ConfirmedReason, type CustomerRisk, type RiskReason, type WayBack } from '../../api/risk';
import { useMoment, withMoment } from '../../frame/moment';
import { Chart } from '../../parts/Chart';
import { Bar, scaleOf } from '../../parts/Contributions';
import { Explain } from '../../parts/Explain';
import { Hint } from '../../parts/Hint';
import { Ring } from '../../parts/ProofBadge';
import { BoneBlock, Fault } from '../../parts/States';
import { TrainingBar } from '../../parts/TrainingBar';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay, useSession } from '../../words/say';
import './risk.css';

/** Indicators shown of a cause before the rest is asked for. */
const FEW = 2;

export function Risk({ id }: { id: string }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  const { data, error, refetch } = useCustomerRisk(id);
  const part = useTrainingPart(data?.state === 'no_model' && asOf === null);
  if (error && !data) return <section className="card part" aria-label={t('risk.title')}><Fault error={error} what={t('risk.title')} again={() => void refetch()} /></section>;
  if (!data) return <BoneBlock height={180} />;
  const isQuiet = data.state === 'no_model' && data.confirmed.length === 0;
  return (
    <>
      {isQuiet && part !== null && <section className="card part stack" aria-label={t('risk.title')}><h2>{t('risk.title')}</h2><TrainingBar part={part} words="model.running_here" /></section>}
      {!isQuiet && (
        <section className="card part" aria-label={t('risk.title')}>
          <div className="section-title part-title"><h2><Explain title={t('risk.title')} means={t('risk.means')} asOf={data.as_of}>{t('risk.title')}</Explain></h2><ModelName risk={data} /></div>
          {data.state === 'told' ? <Told risk={data} /> : <p className="soft"><Because risk={data} /></p>}
          <Confirmed rows={data.confirmed} />
        </section>
      )}
      <WaysBack ways={data.ways_back} />
    </>
  );
}

/** The number beside the health, where there is one. */
export function RiskFigure({ id }: { id: string }) {
  const { t, share } = useSay();
  const { data } = useCustomerRisk(id);
  const days = data?.model?.horizon_days;
  const one = data?.horizons.find((horizon) => horizon.days === days);
  if (!one) return null;
  return <div><dt>{t('risk.title')}</dt><dd className="figure"><Hint focusable say={() => t('risk.usual_within', { count: one.days, share: share(one.usual, 1) })}><span>{share(one.risk, one.risk < 0.1 ? 1 : 0)}</span></Hint></dd></div>;
}

const Because = ({ risk }: { risk: CustomerRisk }) => <>{useSay().sentence(risk.because)}</>;

/** Which model says so, and how far it is proven. */
function ModelName({ risk: { model } }: { risk: CustomerRisk }) {
  const { t, say, sentence } = useSay();
  const { asOf } = useMoment();
  const may = useSession()?.permissions.some((one) => one === 'see_definitions');
  if (!model) return null;
  const name = t('risk.by', { churn: say(model.churn_name), number: model.number });
  return (
    <span className="line wrap small risk-model">
      {may ? <Link className="link" to={withMoment(`/models/${model.id}`, asOf)} title={model.label}>{name}</Link> : <span className="quiet" title={model.label}>{name}</span>}
      <Hint focusable say={() => sentence(model.sentence)} className="proven proven-backtested"><Ring state="backtested" /><span>{t('risk.proven')}</span></Hint>
    </span>
  );
}

function Told({ risk }: { risk: CustomerRisk }) {
  const { t, share, sentence } = useSay();
  const reported = risk.model?.horizon_days;
  return (
    <>
      <p className="soft">{sentence(risk.sentence)}</p>
      <div className="risk-line">
        <dl className="risk-figures">
          {risk.horizons.map((one) => (
            <div key={one.days} className={one.days === reported ? 'is-reported' : undefined}>
              <dt>{t('risk.within', { count: one.days })}</dt>
              <dd><Hint focusable say={() => t('risk.usual', { share: share(one.usual, 1) })}><span className="number">{share(one.risk, one.risk < 0.1 ? 1 : 0)}</span></Hint></dd>
            </div>
          ))}
        </dl>
        <Curve risk={risk} />
      </div>
      {risk.worth && <Worth worth={risk.worth} asOf={risk.as_of} />}
      {risk.explained && <Why reasons={risk.explained.reasons} means={sentence(risk.explained.means)} days={reported ?? 0} />}
    </>
  );
}

/** What it brings in the year to come, as far as it is expected to stay. */
function Worth({ worth, asOf }: { worth: NonNullable<CustomerRisk['worth']>; asOf: string }) {
  const { t, say, share, moneyWhole } = useSay();
  const means = t('risk.worth_means', { measure: say(worth.measure), yearly: moneyWhole(worth.yearly), discount: share(worth.discount, 0) });
  return (
    <p className="risk-worth soft">
      <Explain title={t('risk.worth', { count: worth.months })} means={means} asOf={asOf} focusable>{t('risk.worth', { count: worth.months })}</Explain>
      <b className="number">{moneyWhole(worth.value)}</b>
      <span className="small quiet">{t('risk.worth_range', { low: moneyWhole(worth.low), high: moneyWhole(worth.high), whole: moneyWhole(worth.whole) })}</span>
    </p>
  );
}

/** The share that is still there by day, of such a customer and of all: it never rises. */
function Curve({ risk }: { risk: CustomerRisk }) {
  const say = useSay();
  const { t, share } = say;
  const mode = useMode();
  const { horizons } = risk;
  const option = useMemo(() => {
    const p = palettes[mode];
    const line = (of: 'risk' | 'usual') => [[0, 1], ...horizons.map((one) => [one.days, 1 - one[of]])];
    return {
      grid: { left: 8, right: 20, top: 16, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { data: [number, number] }[]) => {
          const days = items[0]?.data[0] ?? 0;
          const one = horizons.find((horizon) => horizon.days === days);
          return one ? `${t('risk.within', { count: days })}<br/><b>${t('risk.stays', { share: share(1 - one.risk, 0) })}</b><br/>${t('risk.stays_usual', { share: share(1 - one.usual, 0) })}` : '';
        },
      },
      xAxis: { type: 'value', min: 0, max: horizons.at(-1)?.days ?? 180, interval: 30, axisLabel: { formatter: (days: number) => (days === 0 ? t('risk.now') : String(days)) }, splitLine: { show: false } },
      yAxis: { type: 'value', min: 0, max: 1, splitNumber: 2, axisLabel: { formatter: (value: number) => share(value, 0) } },
      series: [
        { type: 'line', silent: true, symbol: 'none', data: line('usual'), lineStyle: { color: p.ink3, width: 1, type: 'dashed' } },
        { type: 'line', data: line('risk'), symbol: 'circle', symbolSize: 6, lineStyle: { color: p.accent, width: 2 }, itemStyle: { color: p.accent } },
      ],
    };
  }, [horizons, mode, t, share]);
  const words = horizons.map((one) => `${t('risk.within', { count: one.days })} ${share(one.risk, 0)}`).join(', ');
  return <div className="risk-curve"><Chart option={option} height={160} label={t('risk.curve', { list: words })} /><p className="small quiet">{t('risk.curve_about')}</p></div>;
}

/** What raises the risk stands to the left, as what takes health away does. */
function Why({ reasons, means, days }: { reasons: RiskReason[]; means: string; days: number }) {
  const { t } = useSay();
  const bars = reasons.flatMap((reason) => reason.items.map((item) => ({ points: -item.added })));
  const scale = scaleOf([...bars, ...reasons.map((reason) => ({ points: -reason.added }))]);
  return (
    <div className="risk-why">
      <h3 className="part-heading"><Explain title={t('risk.why')} means={means} focusable>{t('risk.why_days', { count: days })}</Explain></h3>
      {reasons.map((reason) => <Cause key={reason.node} reason={reason} scale={scale} />)}
    </div>
  );
}

function Cause({ reason, scale }: { reason: RiskReason; scale: ReturnType<typeof scaleOf> }) {
  const say = useSay();
  const { t } = say;
  const [all, setAll] = useState(false);
  const shown = all ? reason.items : reason.items.slice(0, FEW);
  const rest = reason.items.length - shown.length;
  return (
    <section className="contribution-group">
      <h4 className="contribution risk-cause">
        <span className="contribution-words"><b>{say.say(reason.name)}</b>{reason.sort && <span className="tag risk-sort">{t(`risk.sort.${reason.sort}`)}</span>}</span>
        <Bar points={-reason.added} scale={scale} />
        <Hint focusable say={() => t(reason.added > 0 ? 'risk.odds_up' : 'risk.odds_down', { odds: say.count(reason.odds, 2) })}><span className={`number right ${reason.added > 0 ? 'strong' : 'soft'}`}>×{say.count(reason.odds, 2)}</span></Hint>
      </h4>
      <ul className="contributions">
        {shown.map((item) => (
          <li key={item.indicator} className="contribution risk-item">
            <span className="contribution-words clip soft" title={say.say(item.sentence)}>{say.sentence(item.sentence)}</span>
            <Bar points={-item.added} scale={scale} />
            <span className="number right small quiet">×{say.count(Math.exp(item.added), 2)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <button type="button" className="link small" onClick={() => setAll(true)}>{t('risk.more', { count: rest })}</button>}
    </section>
  );
}

/** What people confirmed on closing a case, and whether the model had said so when it was opened. */
function Confirmed({ rows }: { rows: ConfirmedReason[] }) {
  const { t, say, day } = useSay();
  if (rows.length === 0) return null;
  const told = (row: ConfirmedReason) => (row.node == null ? t('risk.confirmed_unsaid') : row.rank == null ? t('risk.confirmed_not') : t('risk.confirmed_rank', { rank: row.rank }));
  return (
    <div className="risk-confirmed">
      <h3 className="part-heading">{t('risk.confirmed')}</h3>
      <ul className="ledger">{rows.map((row) => <li key={row.case_id}><span className="number quiet">{day(row.closed_at)}</span><b>{say(row.name)}</b><span className="soft">{told(row)}</span></li>)}</ul>
    </div>
  );
}

/** The smallest changes, among what staff can change. */
function WaysBack({ ways }: { ways: WayBack[] }) {
  const { t, sentence } = useSay();
  if (ways.length === 0) return null;
  return (
    <section className="card part" aria-label={t('risk.back')}>
      <div className="section-title part-title"><h2><Explain title={t('risk.back')} means={t('risk.back_means')} focusable>{t('risk.back')}</Explain></h2><span className="small quiet">{t('risk.back_about')}</span></div>
      <ul className="risk-ways">{ways.map((way) => <li key={way.of}><span className="small quiet">{t(`risk.of.${way.of}`)}</span><p className={way.state === 'found' ? undefined : 'soft'}>{sentence(way.sentence)}</p></li>)}</ul>
    </section>
  );
}
