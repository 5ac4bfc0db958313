// Reminders and greetings, as queries and changes.

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api, type Query } from './client';
import type { AnswerReminder, Greeted, GreetingList, ReminderAnswered, ReminderList } from './types';

const next = (last: { next_cursor?: string | null }) => last.next_cursor ?? null;

/** Reminders of some days, in pages. */
export function useReminders(filter: Query) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    queryKey: ['reminders', asOf, filter],
    queryFn: ({ pageParam }) => api.get<ReminderList>('/api/reminders', { ...filter, as_of: asOf, cursor: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });
}

/** What is to be done today, the first few; and how many there are on each day of a stretch. */
export function useReminderDays(filter: Query, limit: number, wanted = true) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['reminders', 'days', asOf, filter, limit],
    queryFn: () => api.get<ReminderList>('/api/reminders', { ...filter, as_of: asOf, limit }),
    placeholderData: keepPreviousData,
    enabled: wanted,
  });
}

export function useGreetings(filter: Query) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    queryKey: ['greetings', asOf, filter],
    queryFn: ({ pageParam }) => api.get<GreetingList>('/api/greetings', { ...filter, as_of: asOf, cursor: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });
}

/** Answers change lists of reminders; a greeting is a follow-up record too. */
function useAgain(keys: string[]) {
  const client = useQueryClient();
  return () => client.invalidateQueries({ predicate: (query) => keys.includes(String(query.queryKey[0])) });
}

export const useAnswerReminder = () => useMutation({ mutationFn: (told: AnswerReminder) => api.post<ReminderAnswered>('/api/reminders/answers', told), onSettled: useAgain(['reminders', 'greetings']) });

export const useGreeted = () => useMutation({ mutationFn: (told: Greeted) => api.post<ReminderAnswered>('/api/greetings', told), onSettled: useAgain(['greetings', 'reminders', 'follow-ups', 'customer', 'timeline']) });
