// A stretch of time as people say it: two units at most.

import { useSay } from '../words/say';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 不到 1 分钟, 12 分钟, 3 小时 20 分, 4 天 6 小时. Of working time no days are made: 30 hours of work are no day and a quarter. */
export function useSpan(): (seconds: number, working?: boolean) => string {
  const { t } = useSay();
  return (seconds, working = false) => {
    const whole = Math.max(0, Math.round(seconds / MINUTE));
    if (whole === 0) return t('cases.span.moment');
    const days = working ? 0 : Math.floor((whole * MINUTE) / DAY);
    const hours = Math.floor((whole * MINUTE - days * DAY) / HOUR);
    const minutes = whole % 60;
    const parts = [days > 0 && t('cases.span.days', { number: days }), hours > 0 && t('cases.span.hours', { number: hours }), days === 0 && minutes > 0 && t('cases.span.minutes', { number: minutes })];
    return parts.filter(Boolean).join(' ');
  };
}
