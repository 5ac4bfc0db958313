// Whom must I look after today, why, and what do I do? The ranked list is the page.

import { Button } from 'antd';
import { Trans } from 'react-i18next';
import { Link } from 'react-router';
import { useToday } from '../../api/reading';
import type { Today, TodayRow } from '../../api/types';
import { usePageState, useGo, useMoment, withMoment } from '../../frame/moment';
import { useNarrow, useWide } from '../../frame/narrow';
import { Value } from '../../parts/Amount';
import { Band } from '../../parts/Band';
import { CaseButton, Clock } from '../../parts/CaseWork';
import { AdviceButton, AdviceLink } from '../../parts/FollowUp';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { Spark } from '../../parts/Spark';
import { BoneRows, Empty, Fault, Scene } from '../../parts/States';
import { capital, useSay, useSession, type Say } from '../../words/say';
import { CustomerPanel } from './CustomerPanel';
import { Proof } from './Proof';
import { Reminded } from './Reminded';
import { RunCycle } from './RunCycle';
import { Waiting } from './Waiting';
import './today.css';

/** What the alerts say; what the model in service says, where nothing of it was said yet. */
function reason(row: TodayRow, say: Say): string {
  const { risk } = row.customer;
  const said = row.sentences.map(say.say);
  const cause = risk?.reason ? say.say(risk.reason) : '';
  if (cause && !said.includes(cause)) said.push(cause);
  if (risk) said.push(say.t('risk.today', { days: risk.horizon_days, share: say.share(risk.risk, 0) }));
  return capital(said.join(say.lang === 'zh' ? '；' : '; '));
}

export default function TodayPage() {
  const say = useSay();
  const { t } = say;
  const [query, set] = usePageState();
  const owner = query.get('owner');
  const { data, error, refetch, isPlaceholderData, hasNextPage, fetchNextPage, isFetchingNextPage } = useToday(owner);
  const more = () => { if (!isFetchingNextPage) void fetchNextPage(); };
  const wide = useWide();
  const go = useGo();
  const open = query.get('open');
  const chosen = data?.rows.find((row) => row.customer.id === open) ?? (wide ? data?.rows[0] : undefined);

  if (error && !data) return <div className="page"><Head title={t('nav.today')} /><Fault error={error} what={t('nav.today')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('nav.today')} sub={<span>{t('state.loading')}</span>} /><BoneRows tall /></div>;
  const show = (row: TodayRow) => (wide ? set({ open: row.customer.id }) : go(customerAddress(row.customer.id)));

  return (
    <div className="page">
      <Head title={t('nav.today')} sentence={<Sentence data={data} />} sub={<Sub data={data} />} acts={<><Export what="today" query={{ owner }} /><RunCycle shown={data.computed_at} /></>} />
      {data.not_yet && <NotYet data={data} />}
      {!data.not_yet && data.rows.length === 0 && <Done data={data} />}
      {data.rows.length > 0 && (
        <div className={wide ? 'today-split' : 'stack'}>
          <div className="stack">
            <Waiting />
            <Mine owner={owner} set={set} />
            <TodayList data={data} show={show} active={wide ? (chosen?.customer.id ?? null) : null} stale={isPlaceholderData} more={more} hasMore={hasNextPage} />
            <Reminded owner={owner} />
            <GoodNews data={data} />
          </div>
          {wide && chosen && <CustomerPanel key={chosen.customer.id} row={chosen} asOf={data.as_of} />}
        </div>
      )}
      {data.rows.length === 0 && !data.not_yet && <><Waiting /><Reminded owner={owner} /></>}
      {data.rows.length === 0 && <GoodNews data={data} />}
    </div>
  );
}

function Sentence({ data }: { data: Today }) {
  const { t, money } = useSay();
  const { asOf } = useMoment();
  if (data.not_yet) return <>{t('today.not_yet_title')}</>;
  if (data.total === 0) return <>{t(asOf ? 'today.none_past' : 'today.none')}</>;
  const parts = { b: <b /> };
  return (
    <>
      <Trans t={t} i18nKey="today.total" count={data.total} components={parts} />
      {data.due_count > 0 && <Trans t={t} i18nKey="today.due" count={data.due_count} components={parts} />}
      {data.value_sum > 0 && <Trans t={t} i18nKey="today.value" values={{ value: money(data.value_sum) }} components={parts} />}
    </>
  );
}

function Sub({ data }: { data: Today }) {
  const { t, near, dayTime } = useSay();
  return (
    <>
      {data.overdue_count > 0 && <span>{t('today.overdue', { count: data.overdue_count })}</span>}
      {data.unowned_count > 0 && <span>{t('today.unowned', { count: data.unowned_count })}</span>}
      {data.value_unknown_count > 0 && <span>{t('today.value_unknown', { count: data.value_unknown_count })}</span>}
      {data.closed_today_count > 0 && <span>{t('today.closed', { count: data.closed_today_count })}</span>}
      {data.computed_at && <Hint say={() => dayTime(data.computed_at ?? '')}>{t('today.computed', { when: near(data.computed_at, data.as_of) })}</Hint>}
      <Proof proof={data.proof} />
    </>
  );
}

/** 全部 or mine: only for people who are owners themselves and may see more. */
function Mine({ owner, set }: { owner: string | null; set: (change: Record<string, string | null>) => void }) {
  const { t } = useSay();
  const staff = useSession()?.staff;
  if (!staff?.owner_key || staff.role === 'owner') return null;
  return (
    <div className="filters">
      <button type="button" className="chip" aria-pressed={owner === null} onClick={() => set({ owner: null, open: null })}>{t('today.everyone')}</button>
      <button type="button" className="chip" aria-pressed={owner === staff.owner_key} onClick={() => set({ owner: staff.owner_key ?? null, open: null })}>{t('today.mine')}</button>
    </div>
  );
}

interface ListProps { data: Today; show: (row: TodayRow) => void; active: string | null; stale: boolean; more: () => void; hasMore: boolean }

function TodayList({ data, show, active, stale, more, hasMore }: ListProps) {
  const say = useSay();
  const { t } = say;
  const now = data.as_of;
  const opened = (row: TodayRow) => t('today.open_days', { count: Math.max(0, say.daysBetween(row.opened_at, now)) });
  const columns: Column<TodayRow>[] = [
    { key: 'band', title: t('col.band'), width: '84px', cell: (row) => <Trend row={row} /> },
    {
      key: 'customer', title: t('col.customer'), width: 'minmax(220px, 1fr)',
      cell: (row) => (
        <div className="today-words">
          <div className="line"><CustomerName id={row.customer.id} name={row.customer.name} /><Owner owner={row.customer.owner} /></div>
          <div className="soft clip-2" title={reason(row, say)}>{reason(row, say)}</div>
          <div className="line"><div className="today-next clip" title={say.say(row.next_step)}><Icon name="arrow" size={14} /> {say.say(row.next_step)}</div><AdviceLink about={row.customer} /></div>
        </div>
      ),
    },
    { key: 'value', title: t('col.value'), width: '84px', right: true, cell: (row) => <Value figure={row.customer.value} asOf={now} /> },
    {
      key: 'clock', title: t('col.clock'), width: '116px',
      cell: (row) => <div><Clock due={row.due_at} clock={row.clock} now={now} /><div className="small quiet"><Hint say={() => say.dayTime(row.opened_at)}>{opened(row)}</Hint></div></div>,
    },
    { key: 'act', title: '', width: say.lang === 'zh' ? '64px' : '88px', right: true, cell: (row) => <CaseButton work={work(row)} /> },
  ];
  return (
    <Sheet
      label={t('nav.today')} columns={columns} rows={data.rows} rowKey={(row) => row.customer.id} rowHeight={92} grows open={show} active={active} stale={stale} more={more} hasMore={hasMore} total={data.total}
      card={(row) => <TodayCard row={row} now={now} opened={opened(row)} />}
    />
  );
}

export const work = (row: TodayRow) => ({ id: row.case_id, version: row.case_version, state: row.case_state, customer: row.customer.name });

function Trend({ row }: { row: TodayRow }) {
  const { t, count } = useSay();
  const { verdict, trend } = row.customer;
  return (
    <div>
      <Band verdict={verdict} />
      <Spark values={trend} span={30} width={72} height={20} colour={`var(--band-${verdict.band ?? 'unknown'})`}
        label={t('health.trend', { health: verdict.health == null ? '—' : count(verdict.health, 0) })} />
    </div>
  );
}

function Owner({ owner }: { owner?: string | null }) {
  const { t } = useSay();
  return <span className="small quiet nowrap">{owner ?? t('owner.none')}</span>;
}

function TodayCard({ row, now, opened }: { row: TodayRow; now: string; opened: string }) {
  const say = useSay();
  return (
    <div className="today-card">
      <div className="line"><Band verdict={row.customer.verdict} /><span className="push" /><Clock due={row.due_at} clock={row.clock} now={now} /></div>
      <div className="line"><CustomerName id={row.customer.id} name={row.customer.name} /><span className="push" /><Value figure={row.customer.value} asOf={now} /></div>
      <div className="soft clip-2">{reason(row, say)}</div>
      <div className="line">
        <div className="today-card-next"><div className="small quiet">{opened}</div><div className="today-next"><Icon name="arrow" size={14} /><span>{say.say(row.next_step)}</span></div></div>
        <CaseButton work={work(row)} size="middle" />
      </div>
      <div className="today-card-acts"><AdviceButton about={row.customer} block /></div>
    </div>
  );
}

function GoodNews({ data }: { data: Today }) {
  const { t, say } = useSay();
  const { asOf } = useMoment();
  if (data.good_news.length === 0) return null;
  return (
    <section className="good" aria-label={t('today.good_news')}>
      <h2 className="small soft">{t('today.good_news')}</h2>
      <ul>
        {data.good_news.map((one) => (
          <li key={one.customer_id}>
            <Icon name="check" size={16} />
            <span><Link className="strong" to={withMoment(customerAddress(one.customer_id), asOf)}>{one.customer_name}</Link> <span className="soft">{say(one.sentence)}</span></span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Done({ data }: { data: Today }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  return (
    <div className="card state">
      <Scene done />
      <h2>{t(asOf ? 'today.none_past' : 'today.done')}</h2>
      <p>{asOf ? t('today.none_past_text') : data.closed_today_count > 0 ? t('today.done_closed', { count: data.closed_today_count }) : t('today.done_text')}</p>
      <div className="acts"><Link to={withMoment('/customers', asOf)}><Button>{t('today.see_customers')}</Button></Link></div>
    </div>
  );
}

function NotYet({ data }: { data: Today }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const narrow = useNarrow();
  return (
    <div className="card">
      <Empty
        title={t('today.not_yet_title')}
        acts={canAct && <><Link to="/lookback"><Button size={narrow ? 'large' : 'middle'}>{t('lookback.see')}</Button></Link><Link to="/data/import"><Button type="primary" icon={<Icon name="upload" size={16} />} size={narrow ? 'large' : 'middle'}>{t('data.import')}</Button></Link></>}
      >
        {say(data.not_yet)}
      </Empty>
    </div>
  );
}
