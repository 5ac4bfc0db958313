// What became of the clocks of some days: kept, run out, how long it took; by team and by person.

import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useBreaches } from '../../api/team';
import type { BreachReport, BreachRow, ClockCount } from '../../api/types';
import { useMoment, usePageState } from '../../frame/moment';
import { Export } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { isoDay } from '../../words/moment';
import { useSay, useSession, type Say } from '../../words/say';
import { Late, Name } from './Parts';

const SPANS = [7, 30, 90];
const USUAL = 30;
const HOUR = 3_600;

export function Breaches() {
  const { t, day } = useSay();
  const [query] = usePageState();
  const period = { from: query.get('from'), to: query.get('to') };
  const { data, error, refetch, isPlaceholderData } = useBreaches(period);
  const isEmpty = data !== undefined && data.people.length === 0;
  return (
    <section className="team-part" aria-label={t('team.report')}>
      <div className="team-head">
        <h2>{t('team.report')}</h2>
        {data && <span className="small quiet">{t('team.days', { from: day(data.from), to: day(data.to) })}</span>}
      </div>
      <Days query={period} />
      {error && !data ? <Fault error={error} what={t('team.report')} again={() => void refetch()} />
        : !data ? <BoneRows rows={4} />
          : isEmpty ? <div className="card"><Empty title={t('team.report_none')} scene={false}>{t('team.report_none_text')}</Empty></div>
            : <Report data={data} stale={isPlaceholderData} />}
      <p className="small quiet">{t('team.how')}</p>
    </section>
  );
}

/** The days that people mean, or any others. */
function Days({ query }: { query: { from: string | null; to: string | null } }) {
  const { t, zone } = useSay();
  const session = useSession();
  const { asOf } = useMoment();
  const [, set] = usePageState();
  const today = dayjs(isoDay(asOf ?? session?.now ?? new Date().toISOString(), zone));
  const first = (days: number) => today.subtract(days - 1, 'day').format('YYYY-MM-DD');
  const isOn = (days: number) => query.to === null && (query.from === first(days) || (query.from === null && days === USUAL));
  const shown = query.from || query.to ? [dayjs(query.from ?? first(USUAL)), dayjs(query.to ?? today)] as [dayjs.Dayjs, dayjs.Dayjs] : null;
  return (
    <div className="filters" role="group" aria-label={t('team.period')}>
      {SPANS.map((days) => (
        <button key={days} type="button" className="chip" aria-pressed={isOn(days)} onClick={() => set({ from: days === USUAL ? null : first(days), to: null })}>{t('team.last_days', { count: days })}</button>
      ))}
      <DatePicker.RangePicker className="team-days" value={shown} maxDate={today} allowClear inputReadOnly aria-label={t('team.period')}
        onChange={(picked) => set({ from: picked?.[0]?.format('YYYY-MM-DD') ?? null, to: picked?.[1]?.format('YYYY-MM-DD') ?? null })} />
      <Export what="team" query={query} />
    </div>
  );
}

function Report({ data, stale }: { data: BreachReport; stale: boolean }) {
  const { t } = useSay();
  return (
    <>
      {data.teams.length > 0 && <Table label={t('team.by_team')} rows={data.teams} stale={stale} />}
      <Table label={t('team.by_person')} rows={data.people} stale={stale} />
    </>
  );
}

function Table({ label, rows, stale }: { label: string; rows: BreachRow[]; stale: boolean }) {
  const say = useSay();
  const { t, count } = say;
  const name = (row: BreachRow) => <Name name={row.name ?? t('team.nobody')} under={row.name === null ? '' : (row.unit ?? (row.id === null ? t('team.no_account') : ''))} />;
  const columns: Column<BreachRow>[] = [
    { key: 'who', title: label, width: 'minmax(160px, 2fr)', cell: name },
    { key: 'taken', title: t('team.taken'), width: '72px', right: true, cell: (row) => <span className="number">{count(row.taken_count)}</span> },
    { key: 'acknowledge', title: t('team.clock.acknowledge'), width: '104px', right: true, cell: (row) => <Kept clock={row.acknowledge} /> },
    { key: 'reply', title: t('team.clock.reply'), width: '104px', right: true, cell: (row) => <Kept clock={row.reply} /> },
    { key: 'act', title: t('team.clock.act'), width: '104px', right: true, cell: (row) => <Kept clock={row.act} /> },
    { key: 'late', title: t('team.breached'), width: '88px', right: true, cell: (row) => <Late many={row.breach_count} /> },
    { key: 'median', title: t('team.median'), width: '116px', right: true, cell: (row) => <span className="number nowrap">{span(row.median_seconds, say)}</span> },
    { key: 'passes', title: t('team.passes'), width: '88px', right: true, cell: (row) => <span className="number soft">{count(row.pass_count)}</span> },
  ];
  return (
    <Sheet label={label} columns={columns} rows={rows} rowKey={(row) => `${row.id ?? '-'} ${row.name ?? ''}`} rowHeight={52} minWidth={880} stale={stale} keys={false}
      card={(row) => (
        <div className="team-card">
          {name(row)}
          <div className="team-figures">
            <span>{t('team.taken')} <b className="number">{count(row.taken_count)}</b></span>
            <span>{t('team.breached')} <Late many={row.breach_count} /></span>
            <span>{t('team.median')} <b className="number">{span(row.median_seconds, say)}</b></span>
          </div>
          <div className="team-figures">
            {(['acknowledge', 'reply', 'act'] as const).map((one) => <span key={one}>{t(`team.clock.${one}`)} <Kept clock={row[one]} /></span>)}
          </div>
        </div>
      )} />
  );
}

/** Kept of those that were decided; a dash where none was. */
function Kept({ clock }: { clock: ClockCount }) {
  const { t, count, share } = useSay();
  const all = clock.kept + clock.breached;
  if (all === 0) return <span className="quiet">—</span>;
  return <Hint className="number nowrap" say={() => t('team.kept_of', { share: share(clock.kept / all, 0), breached: count(clock.breached) })}>{count(clock.kept)}/{count(all)}</Hint>;
}

function span(seconds: number | null, { t, count }: Say): string {
  if (seconds === null) return '—';
  return seconds < HOUR ? t('team.minutes', { number: count(Math.round(seconds / 60)) }) : t('team.hours', { number: count(seconds / HOUR) });
}
