// A day ahead: the ones that people mean, and any other within a year.

import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { isoDay } from '../words/moment';
import { useSay, useSession } from '../words/say';

export function DayChoice({ label, value, choose }: { label: string; value: string | null; choose: (day: string | null) => void }) {
  const { t, day, zone } = useSay();
  const session = useSession();
  const today = dayjs(isoDay(session?.now ?? new Date().toISOString(), zone));
  const monday = today.add(((8 - today.day()) % 7) || 7, 'day');
  const days: [string, string][] = [
    [t('desk.snooze.tomorrow'), today.add(1, 'day').format('YYYY-MM-DD')],
    [t('desk.snooze.in_days', { count: 3 }), today.add(3, 'day').format('YYYY-MM-DD')],
    [t('desk.snooze.next_week'), monday.format('YYYY-MM-DD')],
  ];
  return (
    <div className="ask-chips" role="group" aria-label={label}>
      {days.map(([words, when]) => <button key={words} type="button" className="chip" title={day(when)} aria-pressed={value === when} onClick={() => choose(value === when ? null : when)}>{words}</button>)}
      <DatePicker value={value ? dayjs(value) : null} minDate={today} maxDate={today.add(1, 'year')} placeholder={t('desk.snooze.pick')} aria-label={label} inputReadOnly onChange={(picked) => choose(picked ? picked.format('YYYY-MM-DD') : null)} />
    </div>
  );
}
