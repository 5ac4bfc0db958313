// What each reading of a source brought, newest first.

import { useRuns } from '../../../api/intake';
import type { SourceRun } from '../../../api/types';
import { Hint } from '../../../parts/Hint';
import { Icon } from '../../../parts/Icon';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneRows, Fault } from '../../../parts/States';
import { useNow, useSay } from '../../../words/say';
import { useAgo } from '../SourceCard';

export function Runs({ id }: { id: number }) {
  const { t, count, dayTime } = useSay();
  const ago = useAgo();
  const now = useNow();
  const { data, error, refetch } = useRuns(id);
  const figure = (value: number) => <span className={value === 0 ? 'number quiet' : 'number'}>{count(value)}</span>;
  const columns: Column<SourceRun>[] = [
    { key: 'when', title: t('data.when'), width: 'minmax(120px, 1fr)', cell: (run) => <span className="nowrap" title={dayTime(run.started_at)}>{ago(run.started_at, now)}</span> },
    { key: 'state', title: t('data.state'), width: 'minmax(110px, 1fr)', cell: (run) => <State run={run} /> },
    { key: 'received', title: t('data.received'), width: '76px', right: true, cell: (run) => figure(run.received) },
    { key: 'accepted', title: t('pull.fresh'), width: '76px', right: true, cell: (run) => figure(run.accepted) },
    { key: 'duplicates', title: t('data.duplicates'), width: '76px', right: true, cell: (run) => figure(run.duplicates) },
    { key: 'rejected', title: t('source.held'), width: '76px', right: true, cell: (run) => figure(run.rejected) },
    { key: 'took', title: t('pull.took'), width: '76px', right: true, cell: (run) => <span className="soft number">{run.finished_at ? took(run) : ''}</span> },
    { key: 'who', title: t('data.who'), width: 'minmax(72px, 0.7fr)', cell: (run) => <span className="soft clip">{t(`pull.actor.${run.actor}`, { defaultValue: run.actor })}</span> },
    { key: 'mark', title: t('pull.up_to'), width: 'minmax(110px, 1fr)', cell: (run) => <span className="small quiet clip" title={run.watermark ?? ''} style={{ display: 'block' }}>{run.watermark ?? '—'}</span> },
  ];
  if (error && !data) return <Fault error={error} what={t('pull.runs')} again={() => void refetch()} />;
  if (!data) return <BoneRows rows={3} />;
  if (data.items.length === 0) return <div className="card part-none quiet">{t('pull.no_runs')}</div>;
  return (
    <Sheet label={t('pull.runs')} columns={columns} rows={data.items} rowKey={(run) => run.id} minWidth={820} keys={false}
      card={(run) => (
        <div style={{ display: 'grid', gap: 4 }}>
          <div className="line"><span>{ago(run.started_at, now)}</span><span className="push" /><State run={run} /></div>
          <div className="small soft">{t('pull.report', { received: count(run.received), accepted: count(run.accepted), duplicates: count(run.duplicates), rejected: count(run.rejected) })}</div>
        </div>
      )} />
  );
}

const took = (run: SourceRun): string => {
  const seconds = (Date.parse(run.finished_at ?? run.started_at) - Date.parse(run.started_at)) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min`;
};

function State({ run }: { run: SourceRun }) {
  const { t, say } = useSay();
  if (run.state === 'running') return <span className="pulse pulse-live"><span className="pulse-dot" aria-hidden="true" />{t('pull.running')}</span>;
  if (run.state === 'failed') {
    return <Hint focusable say={() => <>{say(run.error?.detail)}<br />{say(run.error?.hint)}</>}><span className="pulse pulse-failing"><span className="pulse-dot" aria-hidden="true" />{t('data.state_failed')}</span></Hint>;
  }
  return <span className="small soft line" style={{ gap: 4 }}><Icon name="check" size={14} />{t('data.state_done')}</span>;
}
