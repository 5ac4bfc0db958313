// What history says of an indicator: the sentence first, then the figures it rests on. Nothing here promises that
// contact would help; it says what went together.

import { Link } from 'react-router';
import { useEfficacyRun, useIndicatorCatalog } from '../../api/indicators';
import type { EfficacyFigures, EfficacyRow, IndicatorCard } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Columns } from '../../parts/Columns';
import { Explain } from '../../parts/Explain';
import { useSay } from '../../words/say';
import { EfficacyState } from './EfficacyState';
import { contradicts, times } from './measured';
import { VerdictWord, Whisker } from './Whisker';

export function Efficacy({ row, card }: { row: EfficacyRow; card?: Pick<IndicatorCard, 'worse'> }) {
  const { t, say } = useSay();
  const { figures } = row;
  const told = { verdict: row.verdict, auc: figures?.auc ?? null, auc_low: figures?.auc_low ?? null, auc_high: figures?.auc_high ?? null, sentence: row.sentence };
  const against = card && row.verdict === 'signal' && contradicts(card, figures?.direction);
  return (
    <section className="card part stack efficacy" aria-label={t('indicators.efficacy_title')}>
      <div className="line wrap"><h2>{t('indicators.efficacy_title')}</h2><VerdictWord verdict={row.verdict} /></div>
      <p className="efficacy-sentence">{say(row.sentence)}</p>
      {against && <p className="efficacy-against">{t('indicators.against', { found: t(`indicators.direction.${figures?.direction}`) })}</p>}
      {figures && (
        <>
          <Numbers figures={figures} told={told} coverage={row.coverage} />
          <div className="efficacy-charts">
            <Lift figures={figures} />
            <Months figures={figures} />
          </div>
          <Beside figures={figures} />
        </>
      )}
    </section>
  );
}

function Numbers({ figures, told, coverage }: { figures: EfficacyFigures; told: Parameters<typeof Whisker>[0]['told']; coverage: number }) {
  const { t, count, share } = useSay();
  const number = (key: string, value: string) => (
    <div><dt>{t(`indicators.figure.${key}`)}</dt><dd><Explain title={t(`indicators.figure.${key}`)} means={t(`indicators.figure_means.${key}`)} focusable><span className="number">{value}</span></Explain></dd></div>
  );
  return (
    <dl className="efficacy-numbers">
      <div><dt>{t('indicators.efficacy')}</dt><dd><Whisker told={told} /></dd></div>
      {number('lift', figures.lift[0] === undefined ? '—' : times(figures.lift[0]))}
      {number('worst_rate', share(figures.worst_rate))}
      {number('lead', figures.lead_days == null ? '—' : t('indicators.days', { count: Math.round(figures.lead_days) }))}
      {number('caught', share(figures.caught, 0))}
      {number('iv', count(figures.information_value, 2))}
      {number('luck', figures.false_discovery_rate < 0.001 ? t('indicators.under', { share: share(0.001) }) : share(figures.false_discovery_rate))}
      {number('rows', `${count(figures.leavers)} / ${count(figures.rows)}`)}
      {number('coverage', share(coverage, 0))}
    </dl>
  );
}

/** Ten groups of equal size, the worst first, against the share of all. */
function Lift({ figures }: { figures: EfficacyFigures }) {
  const { t, count } = useSay();
  if (figures.lift.length === 0) return null;
  const words = figures.lift.map((lift, index) => `${index + 1}: ×${count(lift, 1)}`).join(', ');
  return (
    <div>
      <h3 className="small soft"><Explain title={t('indicators.lift_by')} means={t('indicators.lift_means')}>{t('indicators.lift_by')}</Explain></h3>
      <Columns height={112} label={`${t('indicators.lift_by')}: ${words}`} level={{ at: 1, word: t('indicators.average') }}
        bars={figures.lift.map((lift, index) => ({ key: String(index), value: lift, label: index === 0 ? t('indicators.worst_tenth') : index === figures.lift.length - 1 ? t('indicators.best_tenth') : '', figure: index === 0 ? times(lift) : undefined, strong: lift > 1, say: () => t('indicators.tenth', { place: index + 1, lift: count(lift, 2) }) }))} />
    </div>
  );
}

/** Is it the same every month: how well it ranked, and how far its numbers had moved. */
function Months({ figures }: { figures: EfficacyFigures }) {
  const { t, count, month, lang } = useSay();
  const { months, drift } = figures;
  if (months.length < 2) return null;
  const every = Math.ceil(months.length / 4);
  const label = (index: number) => (index % every !== 0 ? '' : lang === 'zh' ? months[index]!.month.slice(2) : month(months[index]!.month));
  const words = months.map((one) => `${one.month} ${one.stability == null ? '—' : count(one.stability, 2)}`).join(', ');
  const drifted = drift && drift.stability > drift.bound;
  return (
    <div>
      <h3 className="small soft"><Explain title={t('indicators.stability')} means={t('indicators.stability_means')}>{t('indicators.stability')}</Explain></h3>
      <Columns height={112} label={`${t('indicators.stability')}: ${words}`} level={drift ? { at: drift.bound, word: t('indicators.by_luck') } : undefined}
        bars={months.map((one, index) => ({
          key: one.month, value: one.stability ?? null, label: label(index), strong: drift != null && one.stability != null && one.stability > drift.bound, figure: drifted && one.month === drift.month ? count(drift.stability, 2) : undefined,
          say: () => <>{month(one.month, true)}<br />PSI {one.stability == null ? '—' : count(one.stability, 3)}<br />{t('indicators.efficacy')} {one.auc == null ? '—' : count(one.auc, 2)}<br />{t('indicators.month_rows', { leavers: count(one.leavers), rows: count(one.rows) })}</>,
        }))} />
      {drifted && <p className="small soft">{t('indicators.drifted', { month: month(drift.month, true) })}</p>}
    </div>
  );
}

/** What it says by itself and beside the others, side by side; and what says nearly the same. */
function Beside({ figures }: { figures: EfficacyFigures }) {
  const { t, say, count, signed } = useSay();
  const { asOf } = useMoment();
  const { data } = useIndicatorCatalog();
  const name = (id: string) => {
    const known = data?.indicators.find((one) => one.id === id);
    return known ? <Link className="link said-link" to={withMoment(`/indicators/${encodeURIComponent(id)}`, asOf)}>{say(known.name)}</Link> : <code>{id}</code>;
  };
  const { partial, closest } = figures;
  const open = partial && partial.low <= 0 && partial.high >= 0;
  const turned = partial && !open && figures.direction !== 'unusual' && partial.direction !== figures.direction;
  if (!partial && !closest) return null;
  return (
    <dl className="beside">
      {partial && (
        <>
          <div><dt>{t('indicators.alone')}</dt><dd>{t(`indicators.direction.${figures.direction}`)}</dd></div>
          <div><dt>{t('indicators.with_others')}</dt><dd>{open ? t('indicators.nothing_more') : t(`indicators.direction.${partial.direction}`)} <span className="small quiet number">{t('indicators.coefficient', { value: signed(partial.coefficient, 2), low: signed(partial.low, 2), high: signed(partial.high, 2) })}</span></dd></div>
          {turned && partial.beside.length > 0 && <div><dt /><dd className="soft">{t('indicators.turned')} {partial.beside.map((one, index) => <span key={one.id}>{index > 0 && t('punctuation.comma')}{name(one.id)}</span>)}</dd></div>}
        </>
      )}
      {closest && <div><dt>{t('indicators.closest')}</dt><dd>{name(closest.id)} <span className="small quiet number">{t('indicators.alike', { value: count(closest.correlation, 2) })}</span></dd></div>}
    </dl>
  );
}

/** Before any run: said here too, with the same button. */
export function Untested() {
  const run = useEfficacyRun();
  return run.data ? <EfficacyState run={run.data} /> : null;
}
