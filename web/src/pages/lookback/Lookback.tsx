// 开箱回测: who left last year, the day each would have been warned of, and why; the missed and the false beside.

import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useLookBack, useLookback } from '../../api/past';
import type { BacktestLeaver, BacktestReport, BacktestWarning, Lookback } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { BacktestParts } from '../../parts/BacktestParts';
import { BacktestPictures } from '../../parts/BacktestPictures';
import { CustomerName } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import './lookback.css';

export default function LookbackPage() {
  const { t } = useSay();
  const { data, error, refetch } = useLookback();
  if (error && !data) return <div className="page"><Head title={t('lookback.title')} /><Fault error={error} what={t('lookback.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('lookback.title')} /><BoneRows rows={6} /></div>;
  const page = data.page;
  return page?.report ? <Found report={page.report} id={page.run.id} /> : <div className="page"><Head title={t('lookback.title')} /><Standing data={data} /></div>;
}

/** Before there is anything to show: not looked yet, looking, too little to look at. */
function Standing({ data }: { data: Lookback }) {
  const { t, say, share } = useSay();
  const { canAct } = useMoment();
  if (data.state === 'running') {
    const part = data.page?.run.progress ?? 0;
    return (
      <div className="card lookback-wait" role="status">
        <h2>{t('lookback.running')}</h2>
        <div className="progress"><span style={{ width: `${part * 100}%` }} /></div>
        <p className="small quiet">{t('lookback.running_text', { part: share(part) })}</p>
      </div>
    );
  }
  const short = data.state === 'too_short';
  const why = short ? say(data.because) : data.state === 'failed' ? say(data.page?.run.failure) : t('lookback.none_text');
  const bring = <Link to="/data/import"><Button type="primary">{t('data.import')}</Button></Link>;
  return <div className="card"><Empty title={t(`lookback.${data.state}`)} acts={canAct && (short ? bring : <Again primary />)}>{why}</Empty></div>;
}

function Again({ primary = false }: { primary?: boolean }) {
  const { t } = useSay();
  const look = useLookBack();
  return (
    <>
      <Button type={primary ? 'primary' : 'default'} loading={look.isPending} onClick={() => look.mutate()}>{t(primary ? 'lookback.start' : 'lookback.again')}</Button>
      {look.error && <span className="small" role="alert">{look.error.message}</span>}
    </>
  );
}

const PARTS = ['caught', 'missed', 'false'] as const;
type Part = (typeof PARTS)[number];

function Found({ report, id }: { report: BacktestReport; id: number }) {
  const { t, say, count } = useSay();
  const { canAct } = useMoment();
  const caught = report.leavers.filter((row) => !row.missed);
  const missed = report.leavers.filter((row) => row.missed);
  const wrong = report.warnings.filter((row) => row.fate === 'false');
  const [part, show] = useState<Part>(caught.length > 0 ? 'caught' : 'missed');
  const sizes: Record<Part, number> = { caught: caught.length, missed: missed.length, false: report.counts.false_alarms };
  return (
    <div className="page">
      <Head title={t('lookback.title')} sentence={say(report.headline)} sub={report.compared.zh && <span>{say(report.compared)}</span>} acts={<><Export what="lookback" />{canAct && <Again />}</>} />
      {report.notes.length > 0 && <ul className="card lookback-notes">{report.notes.map((note) => <li key={note.code}><Icon name="warn" size={16} /> {say(note.text)}</li>)}</ul>}
      <div className="filters" role="group" aria-label={t('lookback.title')}>
        {PARTS.map((one) => <button key={one} type="button" className="chip" aria-pressed={part === one} onClick={() => show(one)}>{t(`lookback.${one}`)} <span className="number">{count(sizes[one])}</span></button>)}
      </div>
      {part === 'false' ? <Wrong rows={wrong} of={report} /> : <Leavers rows={part === 'caught' ? caught : missed} of={report} part={part} />}
      {report.leavers.length > 0 && <div className="card lookback-more"><BacktestPictures report={report} /><BacktestParts report={report} id={id} /></div>}
      <p className="small quiet">{t('lookback.means', { lead: report.lead_days, horizon: report.horizon_days })}</p>
    </div>
  );
}

/** Where the warning and the leaving lie in the stretch looked back on. */
function Line({ from, to, warned, left }: { from: string; to: string; warned?: string | null; left?: string | null }) {
  const begin = Date.parse(from);
  const at = (moment: string) => `${Math.min(100, Math.max(0, ((Date.parse(moment) - begin) / (Date.parse(to) - begin)) * 100))}%`;
  const start = warned && left ? at(warned) : null;
  return (
    <span className="lookback-line" aria-hidden="true">
      {start && left && <span className="lookback-span" style={{ left: start, right: `calc(100% - ${at(left)})` }} />}
      {warned && <span className="lookback-warned" style={{ left: at(warned) }} />}
      {left && <span className="lookback-left" style={{ left: at(left) }} />}
    </span>
  );
}

function Leavers({ rows, of, part }: { rows: BacktestLeaver[]; of: BacktestReport; part: Part }) {
  const { t, say, day, money } = useSay();
  const narrow = useNarrow();
  if (rows.length === 0) return <div className="card"><Empty title={t(`lookback.no_${part}`)} scene={false} /></div>;
  const warned = (row: BacktestLeaver) => (row.warned_at ? t('lookback.ahead', { day: day(row.warned_at), days: row.lead_days ?? 0 }) : '');
  const said = (row: BacktestLeaver) => [row.missed ? t(`lookback.why.${row.missed}`) : '', say(row.sentence)].filter(Boolean).join(' · ');
  const columns: Column<BacktestLeaver>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(120px, 1.2fr)', cell: (row) => <div><CustomerName id={row.customer} name={row.name} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div> },
    { key: 'left', title: t('lookback.left_on'), width: '96px', cell: (row) => <span className="number">{day(row.left_at)}</span> },
    { key: 'warned', title: t('lookback.warned_on'), width: 'minmax(184px, 1fr)', cell: (row) => <span className={row.missed ? 'number quiet' : 'number'}>{warned(row) || '—'}</span> },
    { key: 'line', title: t('lookback.line'), width: 'minmax(120px, 1.2fr)', cell: (row) => <Line from={of.from} to={of.to} warned={row.warned_at} left={row.left_at} /> },
    { key: 'signal', title: t('lookback.signal'), width: 'minmax(160px, 2fr)', cell: (row) => <span className="soft clip-2" title={said(row)}>{said(row)}</span> },
    { key: 'value', title: t('lookback.value'), width: '88px', right: true, cell: (row) => <span className="number">{row.value == null ? '—' : money(row.value)}</span> },
  ];
  const card = (row: BacktestLeaver) => (
    <div className="lookback-card">
      <div className="line"><CustomerName id={row.customer} name={row.name} /><span className="push number">{row.value == null ? '' : money(row.value)}</span></div>
      <div className="small quiet">{t('lookback.left_on')} {day(row.left_at)}{row.warned_at && ` · ${t('lookback.warned_on')} ${warned(row)}`}</div>
      <Line from={of.from} to={of.to} warned={row.warned_at} left={row.left_at} />
      <div className="small soft">{said(row)}</div>
    </div>
  );
  return <Sheet label={t(`lookback.${part}`)} columns={columns} rows={rows} rowKey={(row) => `${row.customer} ${row.left_at}`} rowHeight={56} keys={false} card={narrow ? card : undefined} />;
}

function Wrong({ rows, of }: { rows: BacktestWarning[]; of: BacktestReport }) {
  const { t, say, day, money } = useSay();
  const narrow = useNarrow();
  if (rows.length === 0) return <div className="card"><Empty title={t('lookback.no_false')} scene={false} /></div>;
  const columns: Column<BacktestWarning>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(120px, 1.2fr)', cell: (row) => <div><CustomerName id={row.customer} name={row.name} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div> },
    { key: 'at', title: t('lookback.warned_on'), width: '96px', cell: (row) => <span className="number">{day(row.at)}</span> },
    { key: 'line', title: t('lookback.line'), width: 'minmax(120px, 1.2fr)', cell: (row) => <Line from={of.from} to={of.to} warned={row.at} /> },
    { key: 'signal', title: t('lookback.signal'), width: 'minmax(160px, 2fr)', cell: (row) => <span className="soft clip-2" title={say(row.sentence)}>{say(row.sentence)}</span> },
    { key: 'value', title: t('lookback.value'), width: '88px', right: true, cell: (row) => <span className="number">{row.value == null ? '—' : money(row.value)}</span> },
  ];
  const card = (row: BacktestWarning) => (
    <div className="lookback-card">
      <div className="line"><CustomerName id={row.customer} name={row.name} /><span className="push number">{row.value == null ? '' : money(row.value)}</span></div>
      <div className="small quiet">{t('lookback.warned_on')} {day(row.at)}</div>
      <div className="small soft">{say(row.sentence)}</div>
    </div>
  );
  return <Sheet label={t('lookback.false')} columns={columns} rows={rows} rowKey={(row) => `${row.customer} ${row.at} ${row.signal}`} rowHeight={56} keys={false} card={narrow ? card : undefined} />;
}
