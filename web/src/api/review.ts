// The weekly review: a week, a month by owner, the names behind a number, what was decided.

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api } from './client';
import type { NewReviewDecision, ReviewDecision, ReviewDecisionChange, ReviewMonth, ReviewNames, ReviewPage } from './types';

const KEY = 'review';

export function useReview(week: string | null) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: [KEY, 'week', asOf, week], queryFn: () => api.get<ReviewPage>('/api/review', { week, as_of: asOf }), placeholderData: keepPreviousData });
}

export function useReviewMonth(month: string | null) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: [KEY, 'month', asOf, month], queryFn: () => api.get<ReviewMonth>('/api/review/month', { month, as_of: asOf }), placeholderData: keepPreviousData });
}

/** Which names: a number of a week or of a month, of one owner or rule. */
export interface NamesOf { of: string; week?: string; month?: string; owner?: string; rule?: string }

export function useReviewNames(of: NamesOf) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    queryKey: [KEY, 'names', asOf, of],
    queryFn: ({ pageParam }) => api.get<ReviewNames>('/api/review/names', { ...of, as_of: asOf, cursor: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
}

/** Writing decisions down and changing them; whatever is said, the pages read anew. */
export function useDecisions() {
  const client = useQueryClient();
  // A decision is shown where its customer's case is, and where whoever does it begins the day.
  const again = () => client.invalidateQueries({ predicate: ({ queryKey: [what] }) => [KEY, 'waiting', 'case'].includes(String(what)) });
  const add = useMutation({ mutationFn: (told: NewReviewDecision) => api.post<ReviewDecision>('/api/review/decisions', told), onSuccess: again });
  const change = useMutation({
    mutationFn: ({ id, ...told }: ReviewDecisionChange & { id: number }) => api.patch<ReviewDecision>(`/api/review/decisions/${id}`, told),
    onSettled: again,
  });
  return { add, change };
}
