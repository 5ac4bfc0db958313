// Queries that a page asks as it opens: it asks them itself, and they are asked ahead of it (`src/ahead.ts`) by the very same
// objects. Nothing here knows of components: it is there before they are.

import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, Problem, type Query } from './client';
import type { CustomerRisk } from './risk';
import type { CustomerProof, LedgerPage } from './scorecards';
import type { AlertList, ChurnOverview, CustomerList, CustomerPage, FollowUps, Page, Session, TimelineEntry, Today } from './types';

/** What is read in a window, for a while. */
export const newClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (times, error) => times < 2 && error instanceof Problem && (error.status === 0 || error.status >= 500),
        retryDelay: (times) => 400 * 2 ** times,
      },
    },
  });

export const customerPath = (id: string) => `/api/customers/${encodeURIComponent(id)}`;

const fromTheStart = { initialPageParam: null as string | null, getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor ?? null };

export const sessionQuery = () =>
  queryOptions({ queryKey: ['session'], queryFn: () => api.get<Session>('/api/session'), staleTime: 60_000 });

/** The list of the day, a page after the other. */
export const todayQuery = (asOf: string | null, owner: string | null) =>
  infiniteQueryOptions({
    queryKey: ['today', asOf, owner],
    queryFn: ({ pageParam }) => api.get<Today>('/api/today', { as_of: asOf, owner, cursor: pageParam }),
    ...fromTheStart,
  });

/** One page after another, 200 rows each. */
export const customersQuery = (asOf: string | null, filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['customers', asOf, filter],
    queryFn: ({ pageParam }) => api.get<CustomerList>('/api/customers', { ...filter, as_of: asOf, cursor: pageParam, limit: 200 }),
    ...fromTheStart,
  });

export const alertsQuery = (asOf: string | null, filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['alerts', asOf, filter],
    queryFn: ({ pageParam }) => api.get<AlertList>('/api/alerts', { ...filter, as_of: asOf, cursor: pageParam, limit: 200 }),
    ...fromTheStart,
  });

export const churnQuery = (asOf: string | null) =>
  queryOptions({ queryKey: ['churn', asOf], queryFn: () => api.get<ChurnOverview>('/api/churn', { as_of: asOf }) });

export const customerQuery = (id: string, asOf: string | null) =>
  queryOptions({ queryKey: ['customer', id, asOf], queryFn: () => api.get<CustomerPage>(customerPath(id), { as_of: asOf }) });

export const timelineQuery = (id: string, asOf: string | null, kind: string) =>
  infiniteQueryOptions({
    queryKey: ['timeline', id, asOf, kind],
    queryFn: ({ pageParam }) => api.get<Page<TimelineEntry>>(`${customerPath(id)}/timeline`, { kind, as_of: asOf, cursor: pageParam, limit: 100 }),
    ...fromTheStart,
  });

export const riskQuery = (id: string, asOf: string | null) =>
  queryOptions({ queryKey: ['customer risk', id, asOf], queryFn: () => api.get<CustomerRisk>(`${customerPath(id)}/risk`, { as_of: asOf }) });

/** The record of the card of today: no past moment is judged by it. */
export const proofQuery = (id: string) =>
  queryOptions({ queryKey: ['customer proof', id], queryFn: () => api.get<CustomerProof>(`${customerPath(id)}/proof`) });

/** Without a beginning, the last 30 days; without an end, up to where the lists stand. */
export const ledgerQuery = (id: string, from: string | null, to: string | null) =>
  queryOptions({ queryKey: ['ledger', id, from, to], queryFn: () => api.get<LedgerPage>(`${customerPath(id)}/ledger`, { from, to }) });

export const followUpsQuery = (id: string, asOf: string | null) =>
  queryOptions({ queryKey: ['follow-ups', id, asOf], queryFn: () => api.get<FollowUps>(`${customerPath(id)}/follow-ups`, { as_of: asOf }) });
