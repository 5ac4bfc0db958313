// What a rule would have done in each of the last weeks: alerts opened, and how many of those customers have left since.

import type { RuleWeek } from '../../api/types';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

export function Weeks({ weeks, height = 96 }: { weeks: RuleWeek[]; height?: number }) {
  const { t, count, day } = useSay();
  const most = Math.max(1, ...weeks.map((week) => week.opened));
  const [first, last] = [weeks[0], weeks.at(-1)];
  const opened = weeks.reduce((sum, week) => sum + week.opened, 0);
  const left = weeks.reduce((sum, week) => sum + week.left, 0);
  if (!first || !last) return null;
  return (
    <figure className="rule-weeks">
      <div className="rule-bars" style={{ height }} role="img" aria-label={t('rules.weeks_label', { from: day(first.on), to: day(last.on), opened: count(opened), left: count(left), most: count(most) })}>
        {weeks.map((week) => (
          <Hint key={week.on} className="rule-week" say={() => <>{t('rules.week_of', { day: day(week.on) })}<br /><b>{t('rules.opened', { count: week.opened, shown: count(week.opened) })}</b>{week.opened > 0 && <><br />{t('rules.left_since', { shown: count(week.left) })}</>}</>}>
            <span className={week.opened === 0 ? 'rule-bar rule-bar-none' : 'rule-bar'} style={{ height: week.opened === 0 ? 2 : `${(week.opened / most) * 100}%` }}>
              {week.left > 0 && <span className="rule-bar-left" style={{ height: `${(Math.min(week.left, week.opened) / week.opened) * 100}%` }} />}
            </span>
          </Hint>
        ))}
        {opened > 0 && <span className="rule-most small quiet number" aria-hidden="true">{t('rules.most_a_week', { shown: count(most) })}</span>}
      </div>
      <figcaption className="line small quiet"><span className="number">{day(first.on)}</span><span className="push line"><span className="rule-key" /> {t('rules.key_opened')}</span><span className="line"><span className="rule-key rule-key-left" /> {t('rules.key_left')}</span><span className="push number">{day(last.on)}</span></figcaption>
    </figure>
  );
}

/** A year has so many weeks of alerts: how many in one of them, with one decimal where they are few. */
export const perWeek = (opened: number, weeks: number): number => (weeks === 0 ? 0 : opened / weeks);
