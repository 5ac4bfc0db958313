// Every file that came in, what became of its rows, and the wizard for the next one.

import { Button, Tag } from 'antd';
import { Link } from 'react-router';
import { useData } from '../../api/reading';
import type { ImportJob } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Export, Head } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import './data.css';
import { DataTabs } from './Tabs';
import { Cancel, Undo } from './Undo';

export default function FilesPage() {
  const { t, count } = useSay();
  const { data, error, refetch } = useData();
  const { canAct } = useMoment();
  const importButton = canAct && <Link to="/data/import"><Button type="primary" icon={<Icon name="upload" size={16} />}>{t('data.import')}</Button></Link>;
  const jobs = data?.imports ?? [];
  const rows = jobs.reduce((all, job) => all + job.accepted, 0);
  return (
    <div className="page">
      <Head title={t('data.tabs.files')} sentence={data && (jobs.length === 0 ? t('data.no_imports') : t('data.sentence_files', { count: jobs.length, rows: count(rows) }))} acts={jobs.length > 0 && <><Export what="imports" />{importButton}</>} />
      <DataTabs />
      {error && !data && <Fault error={error} what={t('data.imports')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={4} />}
      {data && jobs.length === 0 && <div className="card"><Empty title={t('data.none')} acts={importButton}>{t('data.none_text')}</Empty></div>}
      {jobs.length > 0 && <Imports jobs={jobs} />}
    </div>
  );
}

function Imports({ jobs }: { jobs: ImportJob[] }) {
  const say = useSay();
  const { t, count } = say;
  const now = useSession()?.now ?? new Date(0).toISOString();
  const { canAct } = useMoment();
  const figure = (value: number) => <span className={value === 0 ? 'number quiet' : 'number'}>{count(value)}</span>;
  const columns: Column<ImportJob>[] = [
    { key: 'file', title: t('data.file'), width: 'minmax(160px, 2fr)', cell: (job) => <div className="line"><Icon name="file" size={16} /><span className="clip" title={job.file_name}>{job.file_name}</span></div> },
    { key: 'kind', title: t('data.kind'), width: '88px', cell: (job) => <span className="soft">{t(`table_kind.${job.kind}`, { defaultValue: job.kind })}</span> },
    { key: 'state', title: t('data.state'), width: 'minmax(88px, 1fr)', cell: (job) => <State job={job} /> },
    { key: 'received', title: t('data.received'), width: '72px', right: true, cell: (job) => figure(job.received) },
    { key: 'accepted', title: t('data.accepted'), width: '72px', right: true, cell: (job) => figure(job.accepted) },
    { key: 'duplicates', title: t('data.duplicates'), width: '72px', right: true, cell: (job) => figure(job.duplicates) },
    { key: 'rejected', title: t('data.rejected'), width: '88px', right: true, cell: (job) => (job.rejected > 0 ? <a className="link number" href={`/api/imports/${job.id}/rejects.csv`} download title={t('import.download')}>{count(job.rejected)}</a> : figure(0)) },
    { key: 'who', title: t('data.who'), width: '80px', cell: (job) => <span className="soft clip">{job.actor}</span> },
    { key: 'when', title: t('data.when'), width: '104px', right: true, cell: (job) => <span className="soft nowrap" title={say.dayTime(job.started_at)}>{say.near(job.started_at, now)}</span> },
    { key: 'act', title: '', width: say.lang === 'zh' ? '56px' : '64px', right: true, cell: (job) => (job.can_undo && canAct ? <Undo job={job} small /> : job.can_cancel && canAct ? <Cancel id={job.id} /> : null) },
  ];
  return (
    <Sheet
      label={t('data.imports')} columns={columns} rows={jobs} rowKey={(job) => job.id} minWidth={1000} keys={false}
      card={(job) => (
        <div style={{ display: 'grid', gap: 4 }}>
          <div className="line"><span className="clip">{job.file_name}</span><span className="push" /><State job={job} /></div>
          <div className="small soft">{t('import.report', { received: count(job.received), accepted: count(job.accepted), duplicates: count(job.duplicates), rejected: count(job.rejected) })}</div>
          <div className="small quiet line"><span>{say.near(job.started_at, now)} · {job.actor}</span>{job.rejected > 0 && <a className="link push" href={`/api/imports/${job.id}/rejects.csv`} download>{t('import.download')}</a>}</div>
        </div>
      )}
    />
  );
}

function State({ job }: { job: ImportJob }) {
  const { t, say, share } = useSay();
  if (job.state === 'failed') return <Hint focusable say={() => say(job.failure)}><Tag variant="outlined">{t('data.state_failed')}</Tag></Hint>;
  if (job.state === 'cancelled' || job.state === 'undone') return <span className="small quiet">{t(`data.state_${job.state}`)}</span>;
  if (job.state === 'running') return <span className="small soft">{t('data.state_running')} {job.row_count ? share(job.received / job.row_count, 0) : ''}</span>;
  return <span className="small soft line" style={{ gap: 4 }}><Icon name="check" size={14} />{t('data.state_done')}</span>;
}
