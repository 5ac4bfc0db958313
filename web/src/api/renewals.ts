// Renewals, as queries and the one change there is: to say something of a contract.

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api, type Query } from './client';
import type { CustomerRenewals, RenewalList, RenewalMonths, RenewalRow, SayRenewal } from './types';

const of = (customer: string) => `/api/customers/${encodeURIComponent(customer)}/renewals`;

export function useRenewals(filter: Query, enabled = true) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    queryKey: ['renewals', asOf, filter],
    queryFn: ({ pageParam }) => api.get<RenewalList>('/api/renewals', { ...filter, as_of: asOf, cursor: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useRenewalMonths() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['renewal-months', asOf], queryFn: () => api.get<RenewalMonths>('/api/renewals/months', { as_of: asOf }) });
}

export function useCustomerRenewals(customer: string | null) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['customer-renewals', customer, asOf], queryFn: () => api.get<CustomerRenewals>(of(customer ?? ''), { as_of: asOf }), enabled: customer !== null });
}

export interface Saying { row: RenewalRow; said: Omit<SayRenewal, 'contract' | 'version'> }

/** What is said is read again wherever renewals are shown, also when it was refused: then somebody else was faster. */
export function useSayRenewal() {
  const client = useQueryClient();
  const ours = ['renewals', 'renewal-months', 'customer-renewals'];
  return useMutation({
    mutationFn: ({ row, said }: Saying) => api.post<RenewalRow>(`${of(row.customer_id)}/${row.due_on}`, { contract: row.contract, version: row.version, ...said }),
    onSettled: () => client.invalidateQueries({ predicate: (query) => ours.includes(String(query.queryKey[0])) }),
  });
}
