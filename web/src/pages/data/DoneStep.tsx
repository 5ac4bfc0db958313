// Step four: the import runs in the house, not in this page.

import { Button } from 'antd';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useImportJob } from '../../api/reading';
import type { ImportJob } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Findings, Tally } from './CheckStep';
import { keepDraft } from './draft';
import { Cancel, Undo } from './Undo';

export function DoneStep({ jobId, another }: { jobId: number; another: () => void }) {
  const { t } = useSay();
  const client = useQueryClient();
  const { data: job, error, refetch } = useImportJob(jobId);
  const state = job?.state;
  useEffect(() => {
    if (state && state !== 'running') {
      keepDraft(null);
      void client.invalidateQueries({ predicate: (query) => !['import', 'session', 'preview'].includes(String(query.queryKey[0])) });
    }
  }, [state, client]);
  if (error && !job) return <Fault error={error} what={t('data.imports')} again={() => void refetch()} />;
  if (!job) return <BoneRows rows={3} />;
  return <div className="card wizard-body" role="status">{job.state === 'running' ? <Running job={job} /> : job.state === 'failed' ? <Failed job={job} another={another} /> : job.state === 'cancelled' || job.state === 'undone' ? <TakenBack job={job} another={another} /> : <Report job={job} another={another} />}</div>;
}

function Running({ job }: { job: ImportJob }) {
  const { t, count } = useSay();
  return (
    <div className="import-progress">
      <h2>{t('import.started', { file: job.file_name })}</h2>
      <div className="progress"><span style={{ width: job.row_count ? `${(job.received / job.row_count) * 100}%` : '30%' }} /></div>
      <div className="line small quiet">{job.can_cancel && <Cancel id={job.id} />}<span className="number">{t('import.progress', { received: count(job.received), total: job.row_count ? count(job.row_count) : '…' })}</span><span className="push">{t('import.leave')}</span></div>
    </div>
  );
}

function Failed({ job, another }: { job: ImportJob; another: () => void }) {
  const { t, say } = useSay();
  return (
    <div className="import-done" role="alert">
      <h2>{t('import.failed')}</h2>
      <p>{say(job.failure)}</p>
      <p className="quiet">{t('import.failed_text')}</p>
      <Button onClick={another}>{t('import.restart')}</Button>
    </div>
  );
}

function Report({ job, another }: { job: ImportJob; another: () => void }) {
  const { t, count, dayTime } = useSay();
  return (
    <>
      <div className="import-done">
        <Icon name="check" size={28} />
        <h2>{t('import.finished')}</h2>
        <p className="soft">{t('import.report', { received: count(job.received), accepted: count(job.accepted), duplicates: count(job.duplicates), rejected: count(job.rejected) })}</p>
      </div>
      <Tally counts={job} />
      <div className="small quiet">
        <span>{t('import.facts', { facts: count(job.facts) })}</span>
        {job.conflicts > 0 && <span> · {t('import.conflicts', { count: job.conflicts })}</span>}
        {job.earliest_changed_moment && <span> · {t('import.changed_from', { when: dayTime(job.earliest_changed_moment) })}</span>}
      </div>
      {job.findings.length > 0 && <Findings rows={job.findings} />}
      <div className="wizard-foot">
        {job.rejected > 0 && <a className="export" href={`/api/imports/${job.id}/rejects.csv`} download><Icon name="export" size={16} />{t('import.download')}</a>}
        {job.can_undo && <Undo job={job} />}
        <Button onClick={another}>{t('import.another')}</Button>
        <Link to="/lookback"><Button>{t('lookback.see')}</Button></Link>
        <Link to="/today"><Button type="primary">{t('import.see_today')}</Button></Link>
      </div>
    </>
  );
}

function TakenBack({ job, another }: { job: ImportJob; another: () => void }) {
  const { t } = useSay();
  return (
    <div className="import-done">
      <h2>{t(`import.${job.state}`)}</h2>
      <p className="quiet">{t(`import.${job.state}_text`)}</p>
      <Button onClick={another}>{t('import.another')}</Button>
    </div>
  );
}
