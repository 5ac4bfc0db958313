// A month of reminders: how many there are on each day.

import { Button } from 'antd';
import dayjs from 'dayjs';
import type { ReminderDay } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** First and last day of the month of a day. */
export const monthOf = (day: string): { from: string; to: string } => {
  const first = dayjs(day).startOf('month');
  return { from: first.format('YYYY-MM-DD'), to: first.endOf('month').format('YYYY-MM-DD') };
};

interface Props { day: string; today: string; days: ReminderDay[]; choose: (day: string) => void }

export function Month({ day, today, days, choose }: Props) {
  const { t, month, day: dayWords } = useSay();
  const first = dayjs(day).startOf('month');
  // Monday first: as many empty places as there are days of its week before it.
  const before = (first.day() + 6) % 7;
  const counts = new Map(days.map((one) => [one.on, one.count]));
  const all = Array.from({ length: first.daysInMonth() }, (_, index) => first.add(index, 'day').format('YYYY-MM-DD'));
  const to = (months: number) => choose(first.add(months, 'month').format('YYYY-MM-DD'));
  return (
    <section className="card month" aria-label={t('reminders.month')}>
      <div className="line month-head">
        <Button type="text" size="small" icon={<Icon name="left" size={16} />} aria-label={t('reminders.before')} onClick={() => to(-1)} />
        <h2>{month(day.slice(0, 7), true)}</h2>
        <Button type="text" size="small" icon={<Icon name="right" size={16} />} aria-label={t('reminders.after')} onClick={() => to(1)} />
        <span className="push" />
        <Button size="small" disabled={day === today} onClick={() => choose(today)}>{t('reminders.today')}</Button>
      </div>
      <div className="month-days">
        {WEEKDAYS.map((one) => <span key={one} className="month-weekday small quiet">{t(`reminders.weekdays.${one}`)}</span>)}
        {Array.from({ length: before }, (_, index) => <span key={`before-${index}`} />)}
        {all.map((one) => {
          const count = counts.get(one) ?? 0;
          return (
            <button
              key={one} type="button" className="month-day" aria-pressed={one === day} aria-current={one === today ? 'date' : undefined}
              aria-label={t('reminders.day_count', { day: dayWords(one), count })} onClick={() => choose(one)}
            >
              <span>{Number(one.slice(8))}</span>
              <span className={count > 0 ? 'month-count' : 'month-count month-none'}>{count > 0 ? count : ''}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}
