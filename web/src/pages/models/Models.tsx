// Models of who will leave: whether history carries one, how far the training is, which there are and which is in service.

import { Button, Radio, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useChurnDefinitions } from '../../api/churn';
import { useModels, useTraining, useTrainingEnd, type ModelRow, type TrainingRun } from '../../api/models';
import { useGo, useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Ask, Asked } from '../../parts/Ask';
import { Export, Head } from '../../parts/Head';
import { useRefused } from '../../parts/refused';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { TrainingBar } from '../../parts/TrainingBar';
import { useSay, useSession } from '../../words/say';
import { Outside } from './Outside';
import { Schedule } from './Schedule';
import './models.css';

const HORIZONS = [30, 60, 90, 180];

export default function ModelsPage() {
  const { t, say, count } = useSay();
  const { canAct } = useMoment();
  const may = useSession()?.permissions.some((one) => one === 'edit_definitions') ?? false;
  const go = useGo();
  const { data, error, refetch } = useModels();
  const [asking, ask] = useState(false);
  const [bringing, bring] = useState(false);
  useTrainingEnd(data?.run, (run) => { if (run.model_id != null) go(`/models/${run.model_id}`); });
  if (error && !data) return <div className="page"><Head title={t('model.title')} /><Fault error={error} what={t('model.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('model.title')} /><BoneRows rows={4} /></div>;
  const champion = data.items.find((one) => one.state === 'champion');
  const sentence = champion ? t('model.sentence', { number: champion.number, churn: say(champion.passport.churn_name) }) : data.items.length > 0 ? t('model.none_serves') : t('model.title');
  const begin = canAct && may && <Button type="primary" disabled={data.run?.state === 'running'} onClick={() => ask(true)}>{t('model.train')}</Button>;
  const outside = canAct && may && <Button onClick={() => bring(true)}>{t('model.outside_add')}</Button>;
  return (
    <div className="page">
      <Head title={t('model.title')} sentence={sentence} sub={<span>{data.items.length > 0 ? t('model.about', { count: data.items.length, shown: count(data.items.length) }) : t('model.means')}</span>} acts={<>{data.items.length > 0 && <Export what="models" />}{outside}{begin}</>} />
      {data.run && <Run run={data.run} may={canAct && may} />}
      {data.items.length > 0 ? <List rows={data.items} /> : data.run?.state !== 'running' && <div className="card"><Empty title={t('model.none')} acts={begin}>{t('model.none_text')}</Empty></div>}
      <Schedule schedule={data.schedule} may={canAct && may} />
      {asking && <Train leave={() => ask(false)} />}
      {bringing && <Outside leave={() => bring(false)} />}
    </div>
  );
}

/** What to learn: whose leaving, and how far ahead. */
function Train({ leave }: { leave: () => void }) {
  const { t, say } = useSay();
  const refused = useRefused();
  const { data } = useChurnDefinitions();
  const { start } = useTraining();
  const [churn, setChurn] = useState<string | null>(null);
  const [days, setDays] = useState(90);
  const chosen = churn ?? data?.find((one) => one.is_in_use)?.id ?? null;
  const send = () => chosen && start.mutate({ churn: chosen, horizon_days: days }, { onSuccess: leave, onError: refused });
  return (
    <Ask title={t('model.train')} ok={t('model.train_start')} ready={chosen !== null} busy={start.isPending} send={send} leave={leave}>
      <p className="soft">{t('model.train_about')}</p>
      <Asked label={t('model.churn')}>
        <Select value={chosen} loading={!data} aria-label={t('model.churn')} onChange={setChurn} options={(data ?? []).map((one) => ({ value: one.id, label: say(one.name) }))} />
      </Asked>
      <Asked label={t('model.horizon_reported')}>
        <Radio.Group value={days} onChange={(event) => setDays(event.target.value as number)} optionType="button" options={HORIZONS.map((one) => ({ value: one, label: t('model.days', { days: one }) }))} />
      </Asked>
    </Ask>
  );
}

/** The training that runs, or what came of the last one. */
function Run({ run, may }: { run: TrainingRun; may: boolean }) {
  const { t, say } = useSay();
  const refused = useRefused();
  const { stop } = useTraining();
  if (run.state === 'running') {
    return (
      <div className="card model-run">
        <h2>{t('model.running')}</h2>
        <TrainingBar part={run.progress ?? 0} words="model.running_text" />
        {may && <div><Button size="small" loading={stop.isPending} onClick={() => stop.mutate(undefined, { onError: refused })}>{t('act.cancel')}</Button></div>}
      </div>
    );
  }
  if (run.state === 'done' || run.state === 'stopped') return null;
  const ready = run.readiness;
  return (
    <div className="card model-run" role="status">
      <h2>{run.state === 'failed' ? t('model.failed') : t('model.refused')}</h2>
      <p>{say(run.refusal?.detail ?? run.failure)}</p>
      {run.refusal && <p className="soft">{say(run.refusal.hint)}</p>}
      {ready && <dl className="model-facts small">
        <div><dt>{t('model.fit_for')}</dt><dd>{t(`model.stage.${ready.stage}`)}</dd></div>
        <div><dt>{t('model.leavers')}</dt><dd className="number">{ready.leavers}</dd></div>
        {ready.more_leavers > 0 && <div><dt>{t('model.more_leavers')}</dt><dd className="number">{ready.more_leavers}</dd></div>}
        <div><dt>{t('model.looked_at')}</dt><dd className="number">{ready.customers}</dd></div>
        <div><dt>{t('model.moments')}</dt><dd className="number">{ready.moments}</dd></div>
      </dl>}
    </div>
  );
}

function List({ rows }: { rows: ModelRow[] }) {
  const { t, say, count, dayTime } = useSay();
  const { asOf } = useMoment();
  const go = useGo();
  const narrow = useNarrow();
  const name = (row: ModelRow) => <Link to={withMoment(`/models/${row.id}`, asOf)} className="sheet-name">{t('model.name', { number: row.number, churn: say(row.passport.churn_name) })}</Link>;
  const state = (row: ModelRow) => <span className="tag" data-state={row.state}>{t(`model.state.${row.state}`)}</span>;
  const auc = (row: ModelRow) => <span className="number">{count(row.passport.auc.value, 3)} <span className="quiet">{count(row.passport.auc.low, 3)}–{count(row.passport.auc.high, 3)}</span></span>;
  const columns: Column<ModelRow>[] = [
    { key: 'name', title: t('model.one'), width: 'minmax(180px, 2fr)', cell: (row) => <div>{name(row)}<div className="small quiet clip">{row.passport.outside ? t('model.outside_of', { name: row.passport.outside.name }) : t('model.ahead', { days: row.passport.horizon_days })}</div></div> },
    { key: 'state', title: t('col.state'), width: '112px', cell: state },
    { key: 'auc', title: t('model.metric.auc'), width: 'minmax(150px, 1fr)', cell: auc },
    { key: 'ece', title: t('model.metric.calibration_error'), width: '112px', right: true, cell: (row) => <span className="number">{count(row.passport.calibration_error.value, 3)}</span> },
    { key: 'leavers', title: t('model.leavers_judged'), width: '132px', right: true, cell: (row) => <span className="number">{count(row.passport.leavers)}</span> },
    { key: 'at', title: t('model.trained'), width: '152px', cell: (row) => <span className="small quiet">{dayTime(row.trained_at)}</span> },
  ];
  const card = (row: ModelRow) => <div className="stack" style={{ gap: 4 }}><div className="line">{name(row)}<span className="push">{state(row)}</span></div><div className="small">{t('model.metric.auc')} {auc(row)}</div><div className="small quiet">{t('model.ahead', { days: row.passport.horizon_days })} · {dayTime(row.trained_at)}</div></div>;
  return <Sheet label={t('model.title')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={60} open={(row) => go(`/models/${row.id}`)} card={narrow ? card : undefined} />;
}
