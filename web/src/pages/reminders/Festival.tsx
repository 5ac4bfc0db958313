// 节前清单: whom to greet before a festival, with one true line each, and with whom something must be put right first.

import { App, Button, Dropdown } from 'antd';
import { useGreeted, useAnswerReminder, useGreetings } from '../../api/reminders';
import type { FestivalRow, GreetingList, GreetingRow } from '../../api/types';
import { useGo, useMoment, usePageState } from '../../frame/moment';
import { Value } from '../../parts/Amount';
import { useCopy } from '../../parts/Code';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Owners } from './Agenda';

const GROUPS = ['greet', 'fix', 'greeted'] as const;
const CHANNELS = ['message', 'call', 'visit'] as const;

export function FestivalList({ filter, list, greetings }: { filter: string; list: GreetingList | undefined; greetings: ReturnType<typeof useGreetings> }) {
  const { t, say, day, count } = useSay();
  const [query, set] = usePageState();
  const go = useGo();
  const { data, error, refetch, fetchNextPage, hasNextPage, isPlaceholderData } = greetings;
  if (error && !data) return <Fault error={error} what={t('reminders.festival_tab')} again={() => void refetch()} />;
  if (!list) return <BoneRows rows={6} tall />;
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const number = (key: string) => list.counts.find((one) => one.key === key)?.count ?? 0;
  const group = GROUPS.find((one) => one === filter) ?? 'greet';
  return (
    <div className="stack">
      <div className="filters" role="group" aria-label={t('reminders.festival_tab')}>
        {list.festivals.map((one) => (
          <button key={one.id} type="button" className="chip" aria-pressed={one.id === list.festival.id} onClick={() => set({ festival: one.id })}>{say(one.name)}<span className="number">{day(one.on)}</span></button>
        ))}
      </div>
      <Opening festival={list.festival} />
      <div className="filters">
        {GROUPS.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={group === one} onClick={() => set({ group: one === 'greet' ? null : one })}>{t(`greetings.group.${one}`)}<span className="number">{count(number(one))}</span></button>
        ))}
        <Owners owners={list.owners} owner={query.get('owner')} choose={(owner) => set({ owner })} />
      </div>
      {rows.length === 0 ? <div className="card"><Empty title={t(`greetings.none.${group}`)}>{t('greetings.none_text')}</Empty></div>
        : <Rows list={list} rows={rows} hasMore={hasNextPage} more={() => void fetchNextPage()} stale={isPlaceholderData} open={(row) => go(customerAddress(row.customer_id))} />}
    </div>
  );
}

function Opening({ festival }: { festival: FestivalRow }) {
  const { t, say, day } = useSay();
  return (
    <p className="small soft">
      {festival.is_open ? t('greetings.open_now') : t('greetings.opens', { day: day(festival.greet_from) })}
      {festival.doubt && <span className="festival-doubt"><Icon name="warn" size={14} /> {t('greetings.doubt')}{t('punctuation.stop')}{say(festival.doubt)}</span>}
    </p>
  );
}

interface RowsProps { list: GreetingList; rows: GreetingRow[]; hasMore: boolean; more: () => void; stale: boolean; open: (row: GreetingRow) => void }

function Rows({ list, rows, hasMore, more, stale, open }: RowsProps) {
  const { t } = useSay();
  const festival = list.festival;
  const columns: Column<GreetingRow>[] = [
    {
      key: 'customer', title: t('col.customer'), width: 'minmax(150px, 0.8fr)',
      cell: (row) => <div><CustomerName id={row.customer_id} name={row.customer_name} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div>,
    },
    { key: 'words', title: t('greetings.text'), width: 'minmax(280px, 2fr)', cell: (row) => <Told row={row} /> },
    { key: 'value', title: t('col.value'), width: '88px', right: true, cell: (row) => <Value figure={row.value} asOf={list.as_of} /> },
    { key: 'act', title: '', width: '172px', right: true, cell: (row) => <GreetingActs row={row} festival={festival} /> },
  ];
  return (
    <Sheet label={t('reminders.festival_tab')} columns={columns} rows={rows} rowKey={(row) => row.customer_id} rowHeight={84} grows minWidth={820} open={open} total={list.total} hasMore={hasMore} more={more} stale={stale}
      card={(row) => (
        <div className="promise-card">
          <div className="line"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="push" /><Value figure={row.value} asOf={list.as_of} /></div>
          <Told row={row} />
          <div className="promise-acts"><GreetingActs row={row} festival={festival} size="middle" /></div>
        </div>
      )} />
  );
}

/** The true line and the greeting, or what comes first. */
function Told({ row }: { row: GreetingRow }) {
  const { t, say, sentence, near } = useSay();
  return (
    <div className="greeting">
      {row.fix.length > 0 && row.group !== 'greeted' && (
        <ul className="greeting-fix" aria-label={t('greetings.first')}>{row.fix.map((one) => <li key={one.zh}><Icon name="warn" size={14} /><span>{sentence(one)}</span></li>)}</ul>
      )}
      {row.line ? <div className="strong">{sentence(row.line)}</div> : <div className="small quiet">{t('greetings.nothing_known')}</div>}
      {row.group === 'greet' && <div className="soft small">{say(row.greeting)}</div>}
      {row.greeted_at && row.greeted_by && <div className="small quiet">{t('reminders.by', { who: row.greeted_by, when: near(row.greeted_at, row.greeted_at) })}</div>}
    </div>
  );
}

function GreetingActs({ row, festival, size = 'small' }: { row: GreetingRow; festival: FestivalRow; size?: 'small' | 'middle' }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const copy = useCopy();
  const refused = useRefused();
  const greeted = useGreeted();
  const answer = useAnswerReminder();
  const name = row.customer_name;
  if (!canAct) return null;
  if (row.group === 'greeted') {
    const back = { customer_id: row.customer_id, kind: 'greeting', key: `${festival.id}:${festival.year}`, version: row.version, state: 'open', until_on: null, note: null };
    return <Button size={size} type="text" loading={answer.isPending} aria-label={`${t('greetings.back')} ${name}`} onClick={() => answer.mutate(back, { onError: refused })}>{t('greetings.back')}</Button>;
  }
  if (row.group === 'fix') return null;
  const mark = (channel: string) =>
    greeted.mutate(
      { customer_id: row.customer_id, festival: festival.id, year: festival.year, channel, words: say(row.greeting), version: row.version },
      { onSuccess: () => void message.success(t('greetings.marked', { name })), onError: refused },
    );
  return (
    <span className="reminder-acts">
      <Button size={size} icon={<Icon name="copy" size={14} />} aria-label={t('greetings.copy_of', { name })} title={t('greetings.copy')} onClick={() => void copy(say(row.greeting))} />
      <Dropdown trigger={['click']} menu={{ items: CHANNELS.map((key) => ({ key, label: t(`follow_up.channels.${key}`) })), onClick: ({ key }) => mark(key) }}>
        <Button size={size} color="primary" variant="filled" loading={greeted.isPending} aria-label={t('greetings.mark_of', { name })}>{t('greetings.mark')}</Button>
      </Dropdown>
    </span>
  );
}
