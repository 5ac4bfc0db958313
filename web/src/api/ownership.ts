// Whose customers are whose: the rules, the pool, who had a customer when.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api } from './client';
import type { Ownership, OwnershipRules, OwnerTerm, PoolList, PoolReturns } from './types';

export const useOwnership = () => useQuery({ queryKey: ['ownership'], queryFn: () => api.get<Ownership>('/api/ownership') });

export const usePool = (search: string | null) => useInfiniteQuery({
  queryKey: ['pool', search],
  queryFn: ({ pageParam }) => api.get<PoolList>('/api/pool', { search, cursor: pageParam, limit: 100 }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor ?? null,
  placeholderData: (before) => before,
});

/** Who goes back to the pool, and who went back. */
export const usePoolReturns = () => useInfiniteQuery({
  queryKey: ['pool-returns'],
  queryFn: ({ pageParam }) => api.get<PoolReturns>('/api/pool/returns', { cursor: pageParam, limit: 50 }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor ?? null,
});

export function useOwnerTerms(customer: string) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['owner-terms', customer, asOf], queryFn: () => api.get<OwnerTerm[]>(`/api/customers/${encodeURIComponent(customer)}/owners`, { as_of: asOf }) });
}

/** Taking a customer, and choosing the rules; whose is whose is then read again everywhere. */
export function useOwnershipWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  const claim = useMutation({ mutationFn: (customer: string) => api.post<Ownership>(`/api/customers/${encodeURIComponent(customer)}/claim`), onSettled: again });
  const put = useMutation({ mutationFn: (rules: OwnershipRules) => api.put<Ownership>('/api/ownership', rules), onSettled: again });
  return { claim, put };
}
