// One rule: when it speaks and about whom, how good it has been, who changed it. From here it is changed, switched, gone
// back on, put to history.

import { App, Button, Progress } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { Problem } from '../../api/client';
import { useProofs, useRule, useRulePreview, useRuleWork, type RuleValue } from '../../api/rules';
import { useBacktest, useBacktests, useBacktestWork } from '../../api/scorecards';
import type { RulePage } from '../../api/types';
import { useGo, useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { BacktestParts } from '../../parts/BacktestParts';
import { BacktestPictures } from '../../parts/BacktestPictures';
import { Code } from '../../parts/Code';
import { Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { Severity } from '../../parts/Severity';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { Names, useFirst } from './Effect';
import { useMayChange } from './may';
import { Pattern } from './Pattern';
import { RuleProof } from './RuleProof';
import './rules.css';
import { Tune } from './Tune';
import { Versions } from './Versions';

export default function RulePageView() {
  const { t } = useSay();
  const { id = '' } = useParams();
  const { asOf } = useMoment();
  const { data, error, refetch } = useRule(id);
  const all = <Link className="chip" to={withMoment('/rules', asOf)}>{t('rules.all')}</Link>;
  if (error instanceof Problem && error.status === 404) return <div className="page"><Head title={t('rules.title')} /><div className="card"><Empty title={t('rules.missing')} acts={all}>{t('rules.missing_text', { id })}</Empty></div></div>;
  if (error && !data) return <div className="page"><Head title={t('rules.title')} /><Fault error={error} what={t('rules.one')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('rules.title')} /><div className="rule-columns"><div className="stack"><BoneBlock height={160} /><BoneBlock height={200} /></div><BoneBlock height={280} /></div></div>;
  return <Shown page={data} />;
}

function Part({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  return <section className="card rule-card" aria-label={title}><div className="section-title"><h2>{title}</h2>{about && <span className="small quiet">{about}</span>}</div>{children}</section>;
}

function Shown({ page }: { page: RulePage }) {
  const { t, say } = useSay();
  const narrow = useNarrow();
  const { asOf } = useMoment();
  const go = useGo();
  const may = useMayChange();
  const [query, set] = usePageState();
  const { row } = page;
  const isWritten = query.get('tab') === 'definition';
  const own = encodeURIComponent(row.id);
  return (
    <div className="page">
      <div>
        <Link to={withMoment('/rules', asOf)} className="back small quiet link"><Icon name="left" size={16} />{t('rules.all')}</Link>
        <Head
          title={say(row.name)}
          sub={<><Severity severity={row.severity} word /><span>{t(`rules.causes.${row.cause}`, { defaultValue: row.cause })}</span>{row.census && <code>{row.census}</code>}<span>{t(row.is_active ? 'rules.is_on' : 'rules.is_off')}</span>{row.draft && <span className="tag">{t(`rules.drafts.${row.draft}`, { defaultValue: row.draft })}</span>}</>}
          acts={!narrow && may && (
            <>
              {row.is_active && <TurnOff page={page} />}
              <Button onClick={() => go(`/rules/new?from=${own}`)}>{t('rules.copy')}</Button>
              <Button type={row.draft ? 'primary' : 'default'} onClick={() => go(`/rules/${own}/edit`)}>{t(row.draft ? 'rules.go_on' : 'rules.change')}</Button>
            </>
          )}
        />
      </div>
      <div className="rule-columns">
        <div className="stack">
          <Speaks page={page} />
          <Part title={t('rules.thresholds')} about={t('rules.thresholds_about')}><Tune key={JSON.stringify(page.parameters.map((one) => one.value))} page={page} done={() => undefined} /></Part>
          <Whom page={page} />
        </div>
        <div className="stack">
          <Proved page={page} />
          <Part title={t('rules.versions')}><Versions page={page} /></Part>
          <Part title={t('rules.tabs.toml')}>
            <Button type="text" size="small" className="rule-see" aria-expanded={isWritten} icon={<Icon name={isWritten ? 'up' : 'down'} size={14} />} onClick={() => set({ tab: isWritten ? null : 'definition' })}>{t(isWritten ? 'rules.hide_text' : 'rules.show_text')}</Button>
            {isWritten && <Code text={page.definition} label={t('rules.tabs.toml')} />}
          </Part>
        </div>
      </div>
    </div>
  );
}

function TurnOff({ page }: { page: RulePage }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const { turn } = useRuleWork();
  return <Button loading={turn.isPending} onClick={() => turn.mutate({ id: page.row.id, is_active: false, parameters: {}, note: null }, { onSuccess: () => void message.success(t('rules.turned_off', { name: say(page.row.name) }), 4), onError: refused })}>{t('rules.turn_off')}</Button>;
}

/** The whole rule in plain words. */
function Speaks({ page }: { page: RulePage }) {
  const { t, say, sentence } = useSay();
  const rows: [string, ReactNode][] = [
    [t('rules.clear'), page.clear ? sentence(page.clear) : t('rules.clear_when')],
    [t('rules.cooldown'), page.cooldown_days === 0 ? t('rules.no_cooldown') : t('rules.cooldown_days', { count: page.cooldown_days })],
    ...(page.schedule ? [[t('rules.often'), sentence(page.schedule)] as [string, ReactNode]] : []),
    [t('rules.say'), <Pattern key="say" text={say(page.say)} />],
    [t('today.next_step'), say(page.next_step)],
    ...(page.reading ? [[t('rules.reading'), say(page.reading)] as [string, ReactNode]] : []),
  ];
  return (
    <Part title={t('rules.when')}>
      <p className="rule-lead">{sentence(page.row.sentence)}</p>
      <dl className="rule-facts">{rows.map(([name, words]) => <div key={name}><dt>{name}</dt><dd>{words}</dd></div>)}</dl>
    </Part>
  );
}

/** Whom it catches now, by the thresholds in use. */
function Whom({ page }: { page: RulePage }) {
  const { t } = useSay();
  const { data } = useRulePreview({ rule: page.rule as unknown as RuleValue });
  const first = useFirst(data);
  if (!data || data.examples.length === 0) return null;
  return <Part title={t('rules.who_now')} about={first}><Names told={data} /></Part>;
}

function Proved({ page }: { page: RulePage }) {
  const { t, say, count, day, share } = useSay();
  const client = useQueryClient();
  const { canAct } = useMoment();
  const refused = useRefused();
  const seesAll = useSession()?.staff?.role !== 'owner';
  const { data: proofs } = useProofs();
  const { data: runs } = useBacktests(seesAll);
  const { start } = useBacktestWork();
  const proof = proofs?.get(`rule:${page.row.id}`);
  const told = proof?.backtest?.result;
  const [isWhole, see] = useState(false);
  const report = useBacktest(isWhole && proof?.backtest ? proof.backtest.id : null).data?.report;
  const run = runs?.items.find((one) => one.scorer === `rule:${page.row.id}`);
  const isBusy = runs?.items.some((one) => one.state === 'running') ?? false;
  const wasBusy = useRef(false);
  useEffect(() => {
    if (wasBusy.current && !isBusy) void client.invalidateQueries({ queryKey: ['proofs'] });
    wasBusy.current = isBusy;
  }, [isBusy, client]);
  return (
    <Part title={t('rules.proved')}>
      {proof && <p><RuleProof proof={proof} /></p>}
      {told ? (
        <>
          <p>{say(told.headline)}</p>
          <dl className="rule-numbers">
            {([['caught', `${count(told.caught)} / ${count(told.leavers)}`], ['wrong', count(told.false_alarms)], ['alerts', count(told.alerts)], ['lead', told.lead_days == null ? '—' : t('rules.proof.days', { count: told.lead_days, shown: count(told.lead_days, 0) })]] as const).map(([key, figure]) => <div key={key}><dt>{t(`rules.proof.names.${key}`)}</dt><dd className="number">{figure}</dd></div>)}
          </dl>
          <p className="small quiet">{t('rules.proof.span', { from: day(told.from), to: day(told.to) })}{told.undecided > 0 && ` · ${t('rules.proof.undecided', { shown: count(told.undecided) })}`}</p>
          {told.is_few && <p className="small quiet">{t('rules.proof.few')}</p>}
          {seesAll && !isWhole && <div><Button size="small" type="text" className="rule-see" icon={<Icon name="down" size={14} />} onClick={() => see(true)}>{t('backtest_pictures.see')}</Button></div>}
          {report && proof?.backtest && <><BacktestPictures report={report} /><BacktestParts report={report} id={proof.backtest.id} /></>}
        </>
      ) : <p className="small soft">{t('rules.proof.never_means')}</p>}
      {run?.state === 'running' && <div role="status"><Progress percent={Math.round((run.progress ?? 0) * 100)} size="small" showInfo={false} /><p className="small quiet">{t('rules.proof.running', { share: share(run.progress ?? 0, 0) })}</p></div>}
      {run?.state === 'failed' && <p className="small rule-advice" role="alert">{say(run.failure) || t('lookback.failed')}</p>}
      {canAct && seesAll && <div><Button size="small" loading={start.isPending || run?.state === 'running'} disabled={isBusy} onClick={() => start.mutate(`rule:${page.row.id}`, { onError: refused })}>{t(told ? 'rules.proof.again' : 'rules.proof.run')}</Button></div>}
    </Part>
  );
}
