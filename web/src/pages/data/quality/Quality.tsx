// Is the data sound? What is wrong with a source, since when, and which indicators have no number because of it; then
// every source and fact name against its own rhythm.

import { App, Button } from 'antd';
import { Link } from 'react-router';
import { useQuality, useQualityWork } from '../../../api/intake';
import type { DataAlert, FieldQuality, NameQuality, SourceQuality } from '../../../api/types';
import { useMoment } from '../../../frame/moment';
import { Beats } from '../../../parts/Beats';
import { Export, Head } from '../../../parts/Head';
import { Hint } from '../../../parts/Hint';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { Said } from '../../../parts/Said';
import { Severity } from '../../../parts/Severity';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../../parts/States';
import { useNow, useSay, useSession } from '../../../words/say';
import '../data.css';
import { useAgo } from '../SourceCard';
import { DataTabs } from '../Tabs';
import './quality.css';

export default function QualityPage() {
  const { t, near } = useSay();
  const now = useNow(60_000);
  const { data, error, refetch } = useQuality();
  const starved = new Set(data?.alerts.flatMap((one) => one.starved.map((each) => each.id)));
  const sick = new Set(data?.alerts.map((one) => one.source));
  return (
    <div className="page">
      <Head
        title={t('data.tabs.quality')}
        sentence={data && (sick.size === 0 ? t(data.as_of ? 'quality.fine' : 'quality.not_yet') : <><Said words="quality.sentence" count={sick.size} />{starved.size > 0 && <Said words="quality.starves" count={starved.size} />}</>)}
        sub={data?.as_of && <span>{t('today.computed', { when: near(data.as_of, now) })}</span>}
        acts={data && data.sources.length > 0 && <Export what="quality" />}
      />
      <DataTabs />
      {error && !data && <Fault error={error} what={t('data.tabs.quality')} again={() => void refetch()} />}
      {!data && !error && <><BoneBlock height={80} /><BoneRows rows={5} /></>}
      {data?.sources.length === 0 && <div className="card"><Empty title={t('quality.none')}>{t('quality.none_text')}</Empty></div>}
      {data && data.alerts.length > 0 && <ul className="card troubles" aria-label={t('quality.alerts')}>{data.alerts.map((one) => <Trouble key={one.id} alert={one} />)}</ul>}
      {data?.sources.map((one) => <SourcePart key={one.source} source={one} now={now} />)}
      {data && data.past_alerts.length > 0 && (
        <section>
          <h2 className="data-heading">{t('quality.past')}</h2>
          <ul className="card troubles">{data.past_alerts.map((one) => <Trouble key={one.id} alert={one} />)}</ul>
        </section>
      )}
    </div>
  );
}

function Trouble({ alert }: { alert: DataAlert }) {
  const { t, say, sentence, day } = useSay();
  const { canAct } = useMoment();
  const admin = useSession()?.staff?.role === 'admin';
  const { modal } = App.useApp();
  const refused = useRefused();
  const { dismiss } = useQualityWork();
  const open = alert.state === 'open';
  const ask = () => void modal.confirm({ title: t('quality.dismiss_title'), content: t('quality.dismiss_text'), okText: t('quality.dismiss'), cancelText: t('act.cancel'), icon: null, onOk: () => dismiss.mutateAsync(alert.id).catch(refused) });
  return (
    <li className="trouble">
      <Severity severity={alert.severity} faded={!open} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <div className={open ? '' : 'soft'}><b>{alert.source}</b> {alert.name && <span className="tag">{t(`event.${alert.name}`, { defaultValue: alert.name })}</span>} {sentence(alert.sentence)}</div>
        <div className="small quiet">{t('quality.since', { when: day(alert.since) })}{alert.until && ` – ${day(alert.until)}`}{!open && ` · ${t(`quality.state.${alert.state}`)}`}</div>
        {alert.starved.length > 0 && <div className="small trouble-starved"><span className="quiet">{t('quality.starved')}</span>{alert.starved.map((one) => <span key={one.id} className="tag">{say(one.name)}</span>)}</div>}
      </div>
      {open && canAct && admin && <Button size="small" type="text" onClick={ask}>{t('quality.dismiss')}</Button>}
    </li>
  );
}

function SourcePart({ source, now }: { source: SourceQuality; now: string }) {
  const { t, count, dayTime } = useSay();
  const ago = useAgo();
  const columns = useColumns(now);
  const figure = (name: string, value: number) => value > 0 && <span>{t(`quality.${name}`)} <b className="number">{count(value)}</b></span>;
  return (
    <section aria-label={source.source}>
      <div className="quality-head">
        <h2>{source.source}</h2>
        <span className="small quiet" title={dayTime(source.last_recorded_at)}>{t('source.last_seen')} {ago(source.last_recorded_at, now)}</span>
        <span className="small quiet">{t('quality.per_day', { count: source.usual_per_day, shown: count(source.usual_per_day, source.usual_per_day < 10 ? 1 : 0) })}</span>
        <span className="push small quality-counts">
          {source.held > 0 && <span>{t('quality.held')} <Link className="link strong number" to={`/data/held?source=${encodeURIComponent(source.source)}`}>{count(source.held)}</Link></span>}
          {figure('duplicates', source.duplicates)}
          {figure('conflicts', source.conflicts)}
          {figure('unattributed', source.unattributed)}
          {figure('refused', source.refused)}
        </span>
      </div>
      <Sheet label={source.source} columns={columns} rows={source.names} rowKey={(row) => `${row.kind} ${row.name}`} rowHeight={52} minWidth={860} keys={false} card={(row) => <NameCard row={row} />} />
    </section>
  );
}

function useColumns(now: string): Column<NameQuality>[] {
  const { t, near, dayTime } = useSay();
  return [
    { key: 'name', title: t('quality.name'), width: 'minmax(150px, 1.2fr)', cell: (row) => <FactName row={row} /> },
    { key: 'days', title: t('quality.days'), width: '136px', cell: (row) => <Days row={row} /> },
    { key: 'week', title: t('quality.week'), width: '120px', right: true, cell: (row) => <Week row={row} /> },
    { key: 'last', title: t('quality.freshness'), width: '104px', right: true, cell: (row) => <span className="soft nowrap" title={dayTime(row.last_occurred_at)}>{near(row.last_occurred_at, now).replace(/ \d{2}:\d{2}$/, '')}</span> },
    { key: 'fields', title: t('quality.fields'), width: 'minmax(150px, 1fr)', cell: (row) => <Fields fields={row.fields} /> },
    { key: 'odd', title: t('quality.odd'), width: '128px', cell: (row) => <Odd row={row} /> },
    { key: 'state', title: t('col.state'), width: '96px', right: true, cell: (row) => <Standing row={row} /> },
  ];
}

function FactName({ row }: { row: NameQuality }) {
  const { t } = useSay();
  const kind = t(`kind.${row.kind}`, { defaultValue: row.kind });
  return <div style={{ minWidth: 0 }}><div className="clip">{row.name ? t(`event.${row.name}`, { defaultValue: row.name }) : kind}</div>{row.name && <div className="small quiet clip">{kind}</div>}</div>;
}

function Days({ row }: { row: NameQuality }) {
  const { t } = useSay();
  return <Beats values={row.days} width={132} height={24} label={t('quality.days_label', { list: row.days.join(', ') })} colour={row.troubles.length > 0 ? 'var(--medium)' : 'var(--accent)'} />;
}

/** Last week's, and how that stands to what usually comes. */
function Week({ row }: { row: NameQuality }) {
  const { t, count } = useSay();
  return <div><div className="number">{count(row.last_week)}</div><div className="small quiet nowrap">{row.usual_week == null ? t('quality.no_rhythm') : t('quality.usual', { shown: count(row.usual_week, 0) })}</div></div>;
}

/** Facts that are strange in themselves. */
function Odd({ row }: { row: NameQuality }) {
  const { t, count } = useSay();
  const told = (['unattributed', 'future', 'ancient'] as const).filter((name) => row[name] > 0).map((name) => `${t(`quality.${name}`)} ${count(row[name])}`);
  return told.length > 0 ? <span className="small soft">{told.join(' · ')}</span> : <span className="quiet">—</span>;
}

/** The field that changed most: missing now and not before, or of another type. */
function Fields({ fields }: { fields: FieldQuality[] }) {
  const { t, share } = useSay();
  const worst = fields[0];
  if (!worst) return <span className="quiet">—</span>;
  const missing = (one: FieldQuality) => t('quality.missing', { now: share(one.missing_now, 0), before: share(one.missing_before, 0) });
  const drift = driftOf(worst);
  const changed = Math.abs(worst.missing_now - worst.missing_before) > 0.05;
  const said = changed ? missing(worst) : drift ? t('quality.drift', { before: t(`quality.type.${drift.before}`), now: t(`quality.type.${drift.now}`) }) : null;
  return (
    <Hint say={() => <>{fields.slice(0, 8).map((one) => <div key={one.field}>{one.field} {missing(one)}</div>)}</>} focusable>
      <span className={said ? 'small' : 'small quiet'}>{said ? <><code>{worst.field}</code> {said}</> : t('quality.fields_fine', { count: fields.length })}</span>
    </Hint>
  );
}

const TYPES = ['number', 'date', 'truth', 'text'] as const;

/** The type that most values had, and the one that most have now, where they differ. */
function driftOf(field: FieldQuality): { before: string; now: string } | null {
  const most = (shares: FieldQuality['types_now']) => [...TYPES].sort((a, b) => shares[b] - shares[a])[0]!;
  const [before, now] = [most(field.types_before), most(field.types_now)];
  return before === now || field.types_now[now] === 0 || field.types_before[before] === 0 ? null : { before, now };
}

function Standing({ row }: { row: NameQuality }) {
  const { t } = useSay();
  const first = row.troubles[0];
  if (!first) return <span className="small soft line" style={{ gap: 4, justifyContent: 'flex-end' }}><Icon name="check" size={14} />{t('quality.good')}</span>;
  return <span className="small trouble-word"><Icon name="warn" size={14} />{t(`quality.sort.${first.sort}`, { defaultValue: first.sort })}</span>;
}

function NameCard({ row }: { row: NameQuality }) {
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div className="line"><FactName row={row} /><span className="push" /><Standing row={row} /></div>
      <div className="line"><Days row={row} /><span className="push" /><div className="right"><Week row={row} /></div></div>
      <Fields fields={row.fields} />
    </div>
  );
}
