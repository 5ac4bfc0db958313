// How far the catalogue has been put to history: never, at work, done, failed. The churn definition is named, because
// every figure beside the indicators hangs on it.

import { Button, Progress } from 'antd';
import { useEffect, useRef } from 'react';
import { useEfficacyEnded, useEfficacyWork } from '../../api/indicators';
import { useDefinitions } from '../../api/reading';
import type { EfficacyReport, EfficacyRun } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useRefused } from '../../parts/refused';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

export function EfficacyState({ run }: { run: EfficacyRun }) {
  const { t, say, share } = useSay();
  const { canAct } = useMoment();
  const work = useEfficacyWork();
  const refused = useRefused();
  const ended = useEfficacyEnded();
  const running = run.state === 'running';
  const before = useRef(running);
  useEffect(() => {
    if (before.current && !running) void ended();
    before.current = running;
  }, [running, ended]);
  const start = (label: string, primary: boolean) => canAct && <Button type={primary ? 'primary' : 'default'} loading={work.isPending} onClick={() => work.mutate(undefined, { onError: refused })}>{label}</Button>;
  const { report } = run;
  return (
    <section className="card efficacy-state" aria-label={t('indicators.state.title')} aria-busy={running}>
      <div className="efficacy-words">
        {running && <><h2>{t('indicators.state.running', { share: share(run.progress ?? 0, 0) })}</h2><Progress percent={Math.round((run.progress ?? 0) * 100)} showInfo={false} size="small" aria-label={t('indicators.state.title')} /><p className="small quiet">{t('indicators.state.leave')}</p></>}
        {!running && run.state === 'failed' && <div role="alert"><h2>{t('indicators.state.failed')}</h2><p className="soft">{say(run.failure)}</p></div>}
        {!running && run.state !== 'failed' && !report && <><h2>{t('indicators.state.none')}</h2><p className="soft">{t('indicators.state.none_text')}</p></>}
        {!running && run.state !== 'failed' && report && <Done report={report} />}
        <Churn id={run.churn} />
      </div>
      {!running && start(t(report ? 'indicators.state.again' : 'indicators.state.run'), !report)}
    </section>
  );
}

function Done({ report }: { report: EfficacyReport }) {
  const { t, say, count, day } = useSay();
  return (
    <>
      <h2>{say(report.headline)}</h2>
      <p className="small soft">
        {report.first_at && report.last_at && t('indicators.state.span', { from: day(report.first_at), to: day(report.last_at) })}
        {t('indicators.state.rows', { rows: count(report.rows), customers: count(report.customers), leavers: count(report.leavers) })}
        {report.horizon_days != null && t('indicators.state.horizon', { days: count(report.horizon_days) })}
      </p>
      {report.notes.map((note) => <p key={note.code} className="small quiet">{say(note.text)}</p>)}
    </>
  );
}

function Churn({ id }: { id: string }) {
  const { t, say } = useSay();
  const { data } = useDefinitions();
  const one = data?.find((each) => each.sort === 'churn' && each.id === id);
  return <p className="small quiet">{t('churn.definition')} · <Hint say={() => (one ? say(one.sentence) : id)} focusable className="explained">{one ? say(one.name) : id}</Hint></p>;
}
