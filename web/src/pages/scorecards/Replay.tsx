// The card put to the firm's own past, in plain sentences, beside the one in use over the same stretch.

import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useBacktest, useBacktests, useBacktestWork, useProvenAgain, type BacktestRun } from '../../api/scorecards';
import type { BacktestLeaver, BacktestReport } from '../../api/types';
import { BacktestParts } from '../../parts/BacktestParts';
import { BacktestPictures } from '../../parts/BacktestPictures';
import { BandWord } from '../../parts/Band';
import { CustomerName } from '../../parts/CustomerName';
import { Export } from '../../parts/Head';
import '../../parts/learning.css';
import { useRefused } from '../../parts/refused';
import { Bone, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

export interface ReplayProps {
  card: string;
  /** Hash of the draft as it is saved; nothing is being written without it. */
  draft: string | null;
  /** Hash of the version in use. */
  present: string | null;
  /** Changes that are not saved are not replayed. */
  unsaved: boolean;
  canAct: boolean;
}

const keyOf = (card: string, content: string | null) => (content ? `scorecard:${card}@${content}` : null);

export function Replay({ card, draft, present, unsaved, canAct }: ReplayProps) {
  const { t, say, share } = useSay();
  const refused = useRefused();
  const { data, error, refetch } = useBacktests();
  const work = useBacktestWork();
  const proven = useProvenAgain();
  const runs = data?.items ?? [];
  const last = (key: string | null): BacktestRun | null => (key ? (runs.find((run) => run.scorer === key) ?? null) : null);
  const [mine, theirs] = [last(keyOf(card, draft)), last(keyOf(card, present))];
  const running = runs.find((run) => run.state === 'running') ?? null;
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !running) void proven();
    wasRunning.current = running !== null;
  }, [running, proven]);
  if (error && !data) return <Fault error={error} what={t('card.tabs.replay')} again={() => void refetch()} />;
  if (!data) return <div className="stack"><Bone w="60%" h={16} /><Bone w="100%" h={120} /></div>;
  const begin = () => work.start.mutate(`${draft ? 'draft' : 'scorecard'}:${card}`, { onError: refused });
  const acts = canAct && <Button type="primary" loading={work.start.isPending} disabled={unsaved || running !== null} onClick={begin}>{t(mine ?? (draft ? null : theirs) ? 'card.replay_again' : draft ? 'card.replay_draft' : 'card.replay_present')}</Button>;
  return (
    <div className="stack">
      <div className="line wide"><p className="soft" style={{ flex: 1 }}>{t(unsaved ? 'card.replay_unsaved' : 'card.replay_about')}</p>{acts}</div>
      {running && (
        <div className="learning" role="status">
          <p>{t(running.scorer === keyOf(card, draft) ? 'card.replaying_draft' : running.scorer === keyOf(card, present) ? 'card.replaying_present' : 'card.replaying_another', { part: share(running.progress ?? 0) })}</p>
          <div className="progress"><span style={{ width: `${(running.progress ?? 0) * 100}%` }} /></div>
          {canAct && <div><Button size="small" onClick={() => work.stop.mutate(running.id, { onError: refused })}>{t('act.cancel')}</Button></div>}
        </div>
      )}
      {[mine, theirs].map((run) => run?.state === 'failed' && <p key={run.id} role="alert" className="quiet">{say(run.failure)}</p>)}
      <Both mine={draft ? mine : null} theirs={theirs} />
    </div>
  );
}

function Both({ mine, theirs }: { mine: BacktestRun | null; theirs: BacktestRun | null }) {
  const { t } = useSay();
  const one = useBacktest(mine?.state === 'done' ? mine.id : null);
  const other = useBacktest(theirs?.state === 'done' ? theirs.id : null);
  const [draft, present] = [one.data?.report ?? null, other.data?.report ?? null];
  const shown = draft ? mine : theirs;
  if (!draft && !present) return mine || theirs ? null : <Empty title={t('card.never_replayed')} scene={false}>{t('card.never_replayed_text')}</Empty>;
  const both = draft && present && draft.from === present.from && draft.to === present.to;
  return (
    <>
      {draft && <Answer report={draft} title={t('card.this_version')} />}
      {present && <Answer report={present} title={t('card.version_in_use')} />}
      {(draft ?? present)!.notes.map((note) => <Note key={note.code} text={note.text} />)}
      <Table draft={draft} present={present} />
      <div className="line wrap">
        {draft && mine && <Export what="backtest" query={{ id: mine.id }} of={t('card.this_version')} />}
        {present && theirs && <Export what="backtest" query={{ id: theirs.id }} of={t('card.version_in_use')} />}
      </div>
      {both && <Gained draft={draft} present={present} />}
      <BacktestPictures report={(draft ?? present)!} />
      <BacktestParts report={(draft ?? present)!} id={shown!.id} />
      <Record report={(draft ?? present)!} id={shown!.id} />
    </>
  );
}

const Note = ({ text }: { text: BacktestReport['headline'] }) => <p className="small quiet">{useSay().say(text)}</p>;

function Answer({ report, title }: { report: BacktestReport; title: string }) {
  const { say, day } = useSay();
  return (
    <div className="replay-answer">
      <h3 className="small soft">{title} <span className="quiet number">{day(report.from)} – {day(report.to)}</span></h3>
      <p className="efficacy-sentence">{say(report.headline)}</p>
      {report.compared.zh && <p className="soft">{say(report.compared)}</p>}
    </div>
  );
}

/** The figures beside each other. */
function Table({ draft, present }: { draft: BacktestReport | null; present: BacktestReport | null }) {
  const { t, count, share } = useSay();
  const sides = [draft, present].filter((one): one is BacktestReport => one !== null);
  const within = (one: { share: number; low: number; high: number } | null | undefined) => (one ? `${share(one.share, 0)} (${share(one.low, 0)}–${share(one.high, 0)})` : '—');
  const rows: [string, (one: BacktestReport) => string][] = [
    ['leavers', (one) => count(one.counts.leavers)],
    ['caught', (one) => count(one.counts.caught)],
    ['missed', (one) => count(one.counts.missed)],
    ['false_alarms', (one) => count(one.counts.false_alarms)],
    ['alerts_per_week', (one) => count(one.alerts_per_week, 1)],
    ['lead', (one) => (one.lead ? count(one.lead.median, 0) : '—')],
    ...(sides.every((one) => one.is_few) ? [] : [['recall', (one: BacktestReport) => within(one.counts.recall)], ['precision', (one: BacktestReport) => within(one.counts.precision)]] as [string, (one: BacktestReport) => string][]),
  ];
  return (
    <table className="moments small" aria-label={t('card.tabs.replay')}>
      <thead><tr><th scope="col"><span className="hidden">{t('card.figure')}</span></th>{draft && <th scope="col" className="right">{t('card.this_version')}</th>}{present && <th scope="col" className="right">{t('card.version_in_use')}</th>}</tr></thead>
      <tbody>{rows.map(([key, of]) => <tr key={key}><th scope="row">{t(`card.replayed.${key}`)}</th>{sides.map((one, at) => <td key={at} className="number right">{of(one)}</td>)}</tr>)}</tbody>
    </table>
  );
}

/** Whom one sees and the other does not. */
function Gained({ draft, present }: { draft: BacktestReport; present: BacktestReport }) {
  const { t } = useSay();
  const caught = (report: BacktestReport) => new Map(report.leavers.filter((one) => !one.missed).map((one) => [`${one.customer} ${one.left_at}`, one]));
  const [mine, theirs] = [caught(draft), caught(present)];
  const only = (of: Map<string, BacktestLeaver>, not: Map<string, BacktestLeaver>) => [...of].filter(([key]) => !not.has(key)).map(([, one]) => one);
  const [gained, lost] = [only(mine, theirs), only(theirs, mine)];
  if (gained.length + lost.length === 0) return <p className="small quiet">{t('card.same_caught')}</p>;
  return <>{gained.length > 0 && <Names title={t('card.gained', { count: gained.length })} rows={gained} />}{lost.length > 0 && <Names title={t('card.lost', { count: lost.length })} rows={lost} />}</>;
}

function Names({ title, rows }: { title: string; rows: BacktestLeaver[] }) {
  const { t, day, money } = useSay();
  return (
    <div>
      <h3 className="small soft build-heading">{title}</h3>
      <ul className="replay-names">
        {rows.slice(0, 12).map((row) => <li key={`${row.customer} ${row.left_at}`}><CustomerName id={row.customer} name={row.name} /><span className="small quiet number">{t('lookback.left_on')} {day(row.left_at)}</span><span className="small number right">{row.value == null ? '—' : money(row.value)}</span></li>)}
      </ul>
    </div>
  );
}

/** What became of those who stood in each band. */
function Record({ report, id }: { report: BacktestReport; id: number }) {
  const { t, count, share } = useSay();
  const bands = report.bands ?? [];
  if (bands.every((one) => one.stood === 0)) return null;
  return (
    <div>
      <div className="line build-heading"><h3 className="small soft">{t('card.record', { days: report.horizon_days })}</h3><span className="push"><Export what="backtest-bands" query={{ id }} of={t('card.record', { days: report.horizon_days })} /></span></div>
      <table className="moments small" aria-label={t('card.record', { days: report.horizon_days })}>
        <thead><tr><th scope="col">{t('col.band')}</th><th scope="col" className="right">{t('card.stood')}</th><th scope="col" className="right">{t('card.left')}</th>{!report.is_few && <th scope="col" className="right">{t('churn.share')}</th>}</tr></thead>
        <tbody>{bands.map((one) => <tr key={one.band}><th scope="row"><BandWord band={one.band} /></th><td className="number right">{count(one.stood)}</td><td className="number right">{count(one.left)}</td>{!report.is_few && <td className="number right">{one.share ? share(one.share.share, 1) : '—'}</td>}</tr>)}</tbody>
      </table>
    </div>
  );
}
