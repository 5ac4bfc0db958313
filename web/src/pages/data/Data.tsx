// What is in the house, from where, how fresh; and every file that came in.

import { Button, Tag } from 'antd';
import { Link } from 'react-router';
import { useData } from '../../api/reading';
import type { ImportJob, SourceRow } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { Hint } from '../../parts/Hint';
import { useSay, useSession } from '../../words/say';
import './data.css';

export default function DataPage() {
  const { t, count } = useSay();
  const { data, error, refetch } = useData();
  const { canAct } = useMoment();
  const importButton = canAct && <Link to="/data/import"><Button type="primary" icon={<Icon name="upload" size={16} />}>{t('data.import')}</Button></Link>;
  if (error && !data) return <div className="page"><Head title={t('data.title')} /><Fault error={error} what={t('data.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('data.title')} /><BoneBlock height={120} /><BoneRows rows={4} /></div>;
  const empty = data.facts === 0;
  return (
    <div className="page">
      <Head
        title={t('data.title')}
        sentence={empty ? t('data.sentence_none') : t('data.sentence', { count: data.sources.length, shown: count(data.facts) })}
        sub={!empty && <span>{t('data.customers', { count: data.customers, shown: count(data.customers) })}</span>}
        acts={!empty && <><Export what="imports" />{importButton}</>}
      />
      {empty && data.imports.length === 0 && <div className="card"><Empty title={t('data.none')} acts={importButton}>{t('data.none_text')}</Empty></div>}
      {empty && data.imports.length > 0 && <div>{importButton}</div>}
      {data.sources.length > 0 && (
        <section>
          <h2 className="data-heading">{t('data.sources')}</h2>
          <ul className="sources">{data.sources.map((source) => <Source key={source.name} source={source} />)}</ul>
        </section>
      )}
      {(data.imports.length > 0 || !empty) && (
        <section>
          <h2 className="data-heading">{t('data.imports')}</h2>
          {data.imports.length === 0 ? <div className="card part-none quiet">{t('data.no_imports')}</div> : <Imports jobs={data.imports} />}
        </section>
      )}
    </div>
  );
}

/** A source, and whether its heart beats: quiet for more than three days is said. */
function Source({ source }: { source: SourceRow }) {
  const { t, count, near, day, dayTime, daysBetween } = useSay();
  const now = useSession()?.now ?? source.recorded_at;
  const quiet = daysBetween(source.last_at, now) > 3;
  return (
    <li className="card source">
      <div className="line"><span className={quiet ? 'beat quiet-beat' : 'beat'} aria-hidden="true" /><span className="strong clip">{source.name}</span></div>
      <div className="source-count number">{t('data.facts', { count: source.facts, shown: count(source.facts) })}</div>
      <div className="small soft">{source.kinds.map((kind) => `${t(`kind.${kind.key}`, { defaultValue: kind.key })} ${count(kind.count)}`).join(' · ')}</div>
      <div className="small quiet source-foot">
        <Hint say={() => `${t('data.first')} ${dayTime(source.first_at)}`}><span>{day(source.first_at)} – </span></Hint>
        <Hint say={() => `${t('data.last')} ${dayTime(source.last_at)} · ${t('data.written')} ${dayTime(source.recorded_at)}`}><span>{near(source.last_at, now)}</span></Hint>
        {quiet && <div>{t('data.quiet_since', { when: day(source.last_at) })}</div>}
      </div>
    </li>
  );
}

function Imports({ jobs }: { jobs: ImportJob[] }) {
  const say = useSay();
  const { t, count } = say;
  const now = useSession()?.now ?? new Date(0).toISOString();
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
  ];
  return (
    <Sheet
      label={t('data.imports')} columns={columns} rows={jobs} rowKey={(job) => job.id} minWidth={940} keys={false}
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
  if (job.state === 'running') return <span className="small soft">{t('data.state_running')} {job.row_count ? share(job.received / job.row_count, 0) : ''}</span>;
  return <span className="small soft line" style={{ gap: 4 }}><Icon name="check" size={14} />{t('data.state_done')}</span>;
}
