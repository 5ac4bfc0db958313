// One model: how far it can be believed, what it looks at, what it cannot do; putting it in service and taking it back.

import { App, Button, Input, Segmented } from 'antd';
import { useState, type ReactNode } from 'react';
import { useParams } from 'react-router';
import { useModel, useModelSteps, type ModelHorizon, type ModelMetric, type ModelPage as Page, type ModelStretch } from '../../api/models';
import { useMoment } from '../../frame/moment';
import { Ask, Asked } from '../../parts/Ask';
import { Export, Head } from '../../parts/Head';
import { useRefused } from '../../parts/refused';
import { BoneRows, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { Believed } from './Believed';
import { Compare } from './Compare';
import { Drift } from './Drift';
import './models.css';

export default function ModelPage() {
  const { id = '' } = useParams();
  const { t } = useSay();
  const { data, error, refetch } = useModel(id);
  if (error && !data) return <div className="page"><Head title={t('model.one')} /><Fault error={error} what={t('model.one')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('model.one')} /><BoneRows rows={6} /></div>;
  return <Shown key={data.row.id} page={data} />;
}

function Shown({ page }: { page: Page }) {
  const { t, say, sentence, day } = useSay();
  const { row, card } = page;
  const [days, show] = useState(card.horizon_days);
  const horizon = card.horizons.find((one) => one.days === days) ?? card.horizons[0]!;
  const title = t('model.name', { number: row.number, churn: say(card.churn_name) });
  return (
    <div className="page">
      <Head title={title} sentence={sentence(horizon.sentence)} acts={<Steps page={page} />}
        sub={<span className="line wrap"><span>{title}</span><span className="tag" data-state={row.state}>{t(`model.state.${row.state}`)}</span><span className="quiet">{card.outside ? `${t('model.outside')} · ${t('model.outside_until', { day: day(card.as_of), days: card.outside.lasts_days })}` : t('model.known_until', { day: day(card.as_of) })}</span></span>} />
      {card.horizons.length > 1 && <Segmented value={days} onChange={show} aria-label={t('model.horizon')} options={card.horizons.map((one) => ({ value: one.days, label: t('model.days', { days: one.days }) }))} />}
      <div className="model-pair">
        <Part title={t('model.believed')} about={t('model.believed_about')}><Believed bins={horizon.reliability} days={horizon.days} /></Part>
        <Part title={t('model.figures')} about={t('model.figures_about')} acts={<Export what="model-figures" query={{ id: row.id }} of={t('model.figures')} />}><Figures horizon={horizon} /></Part>
      </div>
      <Compare page={page} />
      <Drift page={page} />
      {!card.outside && (
        <div className="model-pair">
          <Columns page={page} />
          <Part title={t('model.left_out')}><LeftOut page={page} /></Part>
        </div>
      )}
      <Part title={t('model.in_time')} about={t('model.in_time_about')} acts={<Export what="model-months" query={{ id: row.id }} of={t('model.in_time')} />}><Stretches horizon={horizon} /></Part>
      <Part title={t('model.limits')}><ul className="model-limits">{card.limits.map((one) => <li key={one.en}>{say(one)}</li>)}</ul></Part>
      <Part title={t('model.papers')}><Papers page={page} /></Part>
    </div>
  );
}

function Part({ title, about, acts, children }: { title: string; about?: string; acts?: ReactNode; children: ReactNode }) {
  return <section className="card model-part"><div className="line"><h2>{title}</h2>{acts && <span className="push">{acts}</span>}</div>{about && <p className="small quiet">{about}</p>}{children}</section>;
}

/** What a person does with it. */
function Steps({ page: { row } }: { page: Page }) {
  const { t } = useSay();
  const { modal } = App.useApp();
  const { canAct } = useMoment();
  const isAdmin = useSession()?.staff?.role === 'admin';
  const refused = useRefused();
  const { promote, rollBack } = useModelSteps();
  const [asking, setAsking] = useState(false);
  const [why, setWhy] = useState('');
  if (!canAct || !isAdmin) return null;
  const seen = { id: row.id, version: row.version };
  if (row.state !== 'champion') {
    const leave = () => setAsking(false);
    const note = why.trim();
    const send = () => promote.mutate(note ? { ...seen, note } : seen, { onSuccess: leave, onError: refused });
    return (
      <>
        <Button type="primary" onClick={() => setAsking(true)}>{t('model.promote')}</Button>
        {asking && (
          <Ask title={t('model.promote_title', { number: row.number })} ok={t('model.promote')} ready busy={promote.isPending} send={send} leave={leave}>
            <p className="soft">{t('model.promote_text')}</p>
            <Asked label={t('model.why')} optional><Input.TextArea rows={3} maxLength={500} value={why} placeholder={t('model.why_hint')} aria-label={t('model.why')} onChange={(event) => setWhy(event.target.value)} /></Asked>
          </Ask>
        )}
      </>
    );
  }
  const ask = () => void modal.confirm({ title: t('model.roll_back_title', { number: row.number }), content: t('model.roll_back_text'), okText: t('model.roll_back'), cancelText: t('act.cancel'), onOk: () => rollBack.mutate(seen, { onError: refused }) });
  return <Button loading={rollBack.isPending} onClick={ask}>{t('model.roll_back')}</Button>;
}

const METRICS = ['auc', 'auc_in_time', 'average_precision', 'lift', 'log_loss', 'brier', 'calibration_error', 'profit'] as const;

function Figures({ horizon }: { horizon: ModelHorizon }) {
  const { t, count } = useSay();
  const within = (metric: ModelMetric, digits: number) => `${count(metric.low, digits)}–${count(metric.high, digits)}`;
  return (
    <table className="model-table small">
      <thead><tr><th scope="col">{t('model.figure')}</th><th scope="col" className="right">{t('model.value')}</th><th scope="col" className="right">{t('model.interval')}</th></tr></thead>
      <tbody>
        {METRICS.map((one) => {
          const metric = horizon[one];
          return metric && <tr key={one}><th scope="row" title={t(`model.metric_means.${one}`)}>{t(`model.metric.${one}`)}</th><td className="number right">{count(metric.value, 3)}</td><td className="number right quiet">{within(metric, 3)}</td></tr>;
        })}
        <tr><th scope="row">{t('model.metric.base_log_loss')}</th><td className="number right">{count(horizon.base_log_loss, 3)}</td><td /></tr>
      </tbody>
    </table>
  );
}

function Columns({ page: { card } }: { page: Page }) {
  const { t, say, share, count } = useSay();
  const most = Math.max(...card.columns.map((one) => one.information), 1e-9);
  return (
    <Part title={t('model.columns', { count: card.columns.length })} about={t('model.columns_about')}>
      <ul className="model-columns small">
        {card.columns.map((one) => (
          <li key={one.id} title={t('model.column_hint', { information: count(one.information, 3), coverage: share(one.coverage, 0) })}>
            <span className="clip">{say(one.name)}</span>
            <span className="model-bar" aria-hidden="true"><i style={{ width: `${(100 * one.information) / most}%` }} /></span>
            <span className="number right quiet">{count(one.information, 2)}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

const CODES = ['leak', 'copy', 'weak', 'constant', 'empty'] as const;

function LeftOut({ page: { card } }: { page: Page }) {
  const { t, say } = useSay();
  const groups = CODES.map((code) => ({ code, rows: card.set_aside.filter((one) => one.code === code) })).filter((one) => one.rows.length > 0);
  if (groups.length === 0) return <p className="small quiet">{t('model.nothing_left_out')}</p>;
  return (
    <div className="stack">
      {groups.map(({ code, rows }) => (
        <details key={code} open={code === 'leak'} className="small">
          <summary>{t(`model.aside.${code}`)} <span className="number quiet">{rows.length}</span></summary>
          <ul className="model-aside">{rows.map((one) => <li key={one.id}><span>{say(one.name)}</span> <span className="quiet">{say(one.why)}</span></li>)}</ul>
        </details>
      ))}
    </div>
  );
}

/** The months of each stretch, in the order of time. */
function Stretches({ horizon }: { horizon: ModelHorizon }) {
  const { t, count } = useSay();
  const row = (key: string, of: ModelStretch | null | undefined) => (
    <tr key={key}>
      <th scope="row">{t(`model.stretch.${key}`)}</th>
      {of ? <><td className="number">{of.first === of.last ? of.first : `${of.first} – ${of.last}`}</td><td className="number right">{count(of.customers)}</td><td className="number right">{count(of.leavers)}</td></> : <td colSpan={3} className="quiet">{t('model.by_folds')}</td>}
    </tr>
  );
  return (
    <div className="model-scroll">
      <table className="model-table small">
        <thead><tr><th scope="col">{t('model.months')}</th><th scope="col">{t('model.from_to')}</th><th scope="col" className="right">{t('model.looked_at')}</th><th scope="col" className="right">{t('model.leavers')}</th></tr></thead>
        <tbody>{horizon.learnt && <>{row('learnt', horizon.learnt)}{row('weighed', horizon.weighed)}{horizon.told && row('told', horizon.told)}</>}{row('tested', horizon.tested)}</tbody>
      </table>
    </div>
  );
}

/** For an auditor: where it came from, when it served, the card as a document. */
function Papers({ page: { row, card, document } }: { page: Page }) {
  const { t, say, count, day, dayTime } = useSay();
  const facts: [string, string][] = [
    [t('model.trained'), t('model.trained_by', { when: dayTime(row.trained_at), who: row.trained_by })],
    [t('model.digest'), card.content.slice(0, 16)],
    [t('model.snapshot'), card.snapshot],
    [t('model.code_version'), card.code_version],
    [t('model.seed'), String(card.seed)],
    [t('model.label_delay'), t('model.days', { days: card.label_delay_days })],
    [t('model.late_days'), t('model.days', { days: card.late_days })],
  ];
  if (card.outside) facts.splice(1, 0, [t('model.outside'), `${card.outside.name} · ${t('model.outside_scores', { shown: count(card.outside.scores), first: day(card.outside.first), last: day(card.outside.last) })}`]);
  const href = `data:text/markdown;charset=utf-8,${encodeURIComponent(say(document))}`;
  return (
    <>
      <dl className="model-facts small">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="number">{value}</dd></div>)}</dl>
      {row.terms.map((term) => <p key={`${term.since} ${term.actor}`} className="small quiet">{t(term.until ? 'model.term' : 'model.term_open', { since: term.since ? dayTime(term.since) : '', until: term.until ? dayTime(term.until) : '', who: term.actor })}</p>)}
      {row.note && <p className="small">{t('model.said_why', { why: row.note })}</p>}
      <div><a className="export" href={href} download={`${card.churn}-${row.number}.md`}>{t('model.card')}</a></div>
    </>
  );
}
