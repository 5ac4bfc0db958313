// 提醒与节前清单: of whom must I think today, of whom on another day, and whom do I greet before the festival?

import { useGreetings, useReminderDays } from '../../api/reminders';
import type { FestivalRow, GreetingList, ReminderList } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { Export, Head } from '../../parts/Head';
import { Said } from '../../parts/Said';
import { BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Agenda } from './Agenda';
import { FestivalList } from './Festival';
import { monthOf } from './Month';
import './reminders.css';

export default function RemindersPage() {
  const { t } = useSay();
  const [query] = usePageState();
  const owner = query.get('owner');
  const { data, error, refetch } = useReminderDays({ owner }, 1);
  const name = t('nav.reminders');
  if (error && !data) return <div className="page"><Head title={name} /><Fault error={error} what={name} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={name} /><BoneRows rows={6} /></div>;
  return query.get('view') === 'festival' ? <Greeting /> : <Remembering data={data} />;
}

function Views({ festival }: { festival: FestivalRow | null | undefined }) {
  const { t, say } = useSay();
  const [query, set] = usePageState();
  const view = query.get('view');
  return (
    <div className="filters">
      <button type="button" className="chip" aria-pressed={view !== 'festival'} onClick={() => set({ view: null, festival: null, group: null })}>{t('reminders.tab')}</button>
      <button type="button" className="chip" aria-pressed={view === 'festival'} onClick={() => set({ view: 'festival', kind: null, state: null, day: null })}>{t('reminders.festival_tab')}{festival && <span className="number">{say(festival.name)}</span>}</button>
    </div>
  );
}

/** How far the next festival is. */
function Ahead({ festival }: { festival: FestivalRow }) {
  const { t, say, day } = useSay();
  const name = say(festival.name);
  return <span>{festival.is_near ? t('reminders.sub', { name, count: festival.working_days_left }) : t('reminders.sub_on', { name, day: day(festival.on) })}</span>;
}

function Remembering({ data }: { data: ReminderList }) {
  const { t, count } = useSay();
  const [query] = usePageState();
  const day = query.get('day') ?? data.today;
  const sentence = data.due_count === 0 ? t('reminders.none_today')
    : <><Said words="reminders.sentence" count={data.due_count} shown={count(data.due_count)} />{data.overdue_count > 0 && <Said words="reminders.overdue" count={data.overdue_count} shown={count(data.overdue_count)} />}</>;
  return (
    <div className="page">
      <Head title={t('nav.reminders')} sentence={sentence} sub={data.festival && <Ahead festival={data.festival} />}
        acts={<Export what="reminders" query={{ ...monthOf(day), kind: query.get('kind'), owner: query.get('owner') }} />} />
      <Views festival={data.festival} />
      <Agenda today={data.today} day={day} />
    </div>
  );
}

function Greeting() {
  const { t } = useSay();
  const [query] = usePageState();
  const group = query.get('group') ?? 'greet';
  const filter = { festival: query.get('festival'), owner: query.get('owner') };
  const greetings = useGreetings({ ...filter, group });
  const list = greetings.data?.pages[0];
  return (
    <div className="page">
      <Head title={t('nav.reminders')} sentence={list && <Sentence list={list} />} sub={list && <Ahead festival={list.festival} />} acts={<Export what="greetings" query={{ ...filter, group: 'all' }} />} />
      <Views festival={list?.festival} />
      <FestivalList filter={group} list={list} greetings={greetings} />
    </div>
  );
}

function Sentence({ list }: { list: GreetingList }) {
  const { t, say, count } = useSay();
  const name = say(list.festival.name);
  const number = (key: string) => list.counts.find((one) => one.key === key)?.count ?? 0;
  const [greet, fix] = [number('greet'), number('fix')];
  if (greet + fix === 0) return <>{t('greetings.none_sentence', { name })}</>;
  return <><Said words="greetings.sentence" name={name} count={greet} shown={count(greet)} />{fix > 0 && <Said words="greetings.fix" count={fix} shown={count(fix)} />}</>;
}
