// Follow-up records, promises and advice, as queries and changes.

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api, type Query } from './client';
import { followUpsQuery } from './opening';
import type { AdviceEntry, AdvicePage, AdvisedTask, FollowUpRow, NewAdviceTask, NewFollowUp, PromiseList, PromiseRow } from './types';

const of = (customer: string, what: string) => `/api/customers/${encodeURIComponent(customer)}/${what}`;

export function useFollowUps(customer: string) {
  const { asOf } = useMoment();
  return useQuery(followUpsQuery(customer, asOf));
}

/** What to do about a customer; nothing is asked while nobody asks. */
export function useAdvice(customer: string | null, reason: string | null) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['advice', customer, reason, asOf],
    queryFn: () => api.get<AdvicePage>(of(customer ?? '', 'advice'), { reason, as_of: asOf }),
    enabled: customer !== null,
    placeholderData: keepPreviousData,
  });
}

export function usePromises(filter: Query) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    queryKey: ['promises', asOf, filter],
    queryFn: ({ pageParam }) => api.get<PromiseList>('/api/promises', { ...filter, as_of: asOf, cursor: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });
}

/** Everything that shows customers is read again: a record changes cases, clocks and indicators. */
function useAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ predicate: (query) => !['session', 'definitions', 'views', 'advice-entries'].includes(String(query.queryKey[0])) });
}

export interface Recording { customer: string; record: NewFollowUp }

/** Makes a task of the advice, in the customer's case. */
export const useAdviceTask = () => useMutation({ mutationFn: ({ customer, ...told }: NewAdviceTask & { customer: string }) => api.post<AdvisedTask>(of(customer, 'advice/task'), told), onSettled: useAgain() });

export const useRecord = () => useMutation({ mutationFn: ({ customer, record }: Recording) => api.post<FollowUpRow>(of(customer, 'follow-ups'), record), onSettled: useAgain() });

export interface Settling { id: number; version: number; state: string; note: string | null }

export const useSettle = () => useMutation({ mutationFn: ({ id, ...told }: Settling) => api.post<PromiseRow>(`/api/promises/${id}/settle`, told), onSettled: useAgain() });

const ENTRIES = ['advice-entries'];

export const useAdviceEntries = () => useQuery({ queryKey: ENTRIES, queryFn: () => api.get<AdviceEntry[]>('/api/advice') });

export function useAdviceWork() {
  const client = useQueryClient();
  const again = () => Promise.all([client.invalidateQueries({ queryKey: ENTRIES }), client.invalidateQueries({ queryKey: ['advice'] })]);
  const put = useMutation({ mutationFn: ({ id, text }: { id: string; text: string }) => api.put<AdviceEntry[]>(`/api/advice/${encodeURIComponent(id)}`, { text }), onSuccess: again });
  const remove = useMutation({ mutationFn: (id: string) => api.remove(`/api/advice/${encodeURIComponent(id)}`), onSuccess: again });
  return { put, remove };
}
