// How a number and a decision are said: on the page, on paper and in the picture alike.

import type { ReviewDecision, ReviewNumber } from '../../api/types';
import { useSay } from '../../words/say';

/** How a number stands to that of the week before, in words. */
export function useCompared() {
  const { t, count } = useSay();
  return ({ count: now, before }: ReviewNumber): string => {
    if (now === null) return '';
    if (before === null) return t('review.before_unknown');
    if (now === before) return t('review.same');
    return t(now > before ? 'review.more' : 'review.fewer', { by: count(Math.abs(now - before)) });
  };
}

/** Whether it was done, when and by whom; or by when it is to be. */
export function useStands() {
  const { t, day } = useSay();
  return (one: ReviewDecision): string => {
    if (one.done_at !== null) return t(one.was_in_time === false ? 'review.done_late' : 'review.done_by', { who: one.done_by, when: day(one.done_at) });
    return t(one.clock === 'overdue' ? 'review.overdue' : 'review.due_on', { when: day(one.due_on) });
  };
}
