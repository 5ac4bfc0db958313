// What pages read, as queries. Every one that shows customers carries the moment of the page (截至).

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api, type Query } from './client';
import { alertsQuery, churnQuery, customerQuery, customersQuery, sessionQuery, timelineQuery, todayQuery } from './opening';
import type { AlertList, CaseRow, CycleStatus, DataPage, DefinitionRow, ImportJob, LeaverRow, SearchHit, Today } from './types';

export const useSessionQuery = () => useQuery(sessionQuery());

/** The list of the day, a page after the other: counts and sums are those of the whole list. */
export function useToday(owner: string | null) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    ...todayQuery(asOf, owner),
    select: ({ pages }): Today | undefined => pages[0] && { ...pages[0], rows: pages.flatMap((page) => page.rows) },
    placeholderData: keepPreviousData,
    refetchInterval: asOf ? false : 120_000,
  });
}

/** One page after another, 200 rows each. */
export function useCustomers(filter: Query) {
  const { asOf } = useMoment();
  return useInfiniteQuery({ ...customersQuery(asOf, filter), placeholderData: keepPreviousData });
}

export function useCustomer(id: string | null) {
  const { asOf } = useMoment();
  return useQuery({ ...customerQuery(id ?? '', asOf), enabled: id !== null });
}

export function useTimeline(id: string, kinds: string[]) {
  const { asOf } = useMoment();
  return useInfiniteQuery({ ...timelineQuery(id, asOf, kinds.join(',')), placeholderData: keepPreviousData });
}

export function useAlerts(filter: Query) {
  const { asOf } = useMoment();
  return useInfiniteQuery({ ...alertsQuery(asOf, filter), placeholderData: keepPreviousData });
}

/** How many cases nobody has accepted yet. */
export function useNewAlertCount() {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['alerts', asOf, 'count'],
    queryFn: () => api.get<AlertList>('/api/alerts', { as_of: asOf, limit: 1 }),
    select: (list) => list.case_state_counts.find((one) => one.key === 'new')?.count ?? 0,
    refetchInterval: 60_000,
  });
}

export function useChurn() {
  const { asOf } = useMoment();
  return useQuery(churnQuery(asOf));
}

export function useLeavers(month: string | null) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['leavers', month, asOf],
    queryFn: () => api.get<LeaverRow[]>(`/api/churn/${month}`, { as_of: asOf }),
    enabled: month !== null,
  });
}

export const useData = () =>
  useQuery({
    queryKey: ['data'],
    queryFn: () => api.get<DataPage>('/api/data'),
    refetchInterval: (query) => (query.state.data?.imports.some((job) => job.state === 'running') ? 1_000 : 30_000),
  });

export const useImportJob = (id: number | null) =>
  useQuery({
    queryKey: ['import', id],
    queryFn: () => api.get<ImportJob>(`/api/imports/${id}`),
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.state === 'running' || !query.state.data ? 500 : false),
  });

export const useCycle = () =>
  useQuery({
    queryKey: ['cycle'],
    queryFn: () => api.get<CycleStatus>('/api/cycle'),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 600 : 60_000),
  });

export const useDefinitions = () =>
  useQuery({ queryKey: ['definitions'], queryFn: () => api.get<DefinitionRow[]>('/api/definitions'), staleTime: 600_000 });

export function useSearch(text: string) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['search', asOf, text],
    queryFn: () => api.get<SearchHit[]>('/api/search', { q: text, as_of: asOf }),
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** A case seen in a list without its version is read first, so that two people never overwrite each other unseen. */
const versionOf = async (id: number, version?: number) => version ?? (await api.get<CaseRow>(`/api/cases/${id}`)).version;

export interface CaseRef { id: number; version?: number }
export interface Closing { outcome: string; churn_reason: string | null; note: string | null }

/** Accepting and closing; afterwards everything that shows the case is read again. */
export function useCaseWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => !['session', 'definitions'].includes(String(query.queryKey[0])) });
  const accept = useMutation({
    mutationFn: async ({ id, version }: CaseRef) =>
      api.post<CaseRow>(`/api/cases/${id}/accept`, { version: await versionOf(id, version) }),
    onSettled: again,
  });
  const close = useMutation({
    mutationFn: async ({ id, version, ...closing }: CaseRef & Closing) =>
      api.post<CaseRow>(`/api/cases/${id}/close`, { version: await versionOf(id, version), ...closing }),
    onSettled: again,
  });
  return { accept, close };
}
