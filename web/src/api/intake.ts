// What the pages of 数据接入 read and do. These belong to the present: the moment (截至) does not touch them.

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api, type Query } from './client';
import type {
  ConflictDecision, CustomerIdentity, DataAlert, HookPreview, HookPreviewRequest, IdentityConflict, IdentityConflicts, ImportJob, ImportUndone, NewSource, Quality, QuarantineRow, Replayed, ReplayedMany, SavedMapping, Source, SourceChange, SourceDetail, SourcePreview, SourceRecipe, SourceRun, SourceTest,
} from './types';

/** A list that goes on behind a mark. */
export interface Items<T> { items: T[]; next: string | null }

const OFTEN_MS = 4_000;
const sourcePath = (id: number) => `/api/sources/${id}`;

export const useSources = () =>
  useQuery({ queryKey: ['sources'], queryFn: () => api.get<Items<Source>>('/api/sources'), select: (list) => list.items, refetchInterval: OFTEN_MS });

export const useSource = (id: number | null) =>
  useQuery({ queryKey: ['source', id], queryFn: () => api.get<SourceDetail>(sourcePath(id ?? 0)), enabled: id !== null, refetchInterval: OFTEN_MS });

/** Adding, changing, a new key, removing; afterwards every page that shows sources is read again. */
export function useSourceWork() {
  const client = useQueryClient();
  const again = () => Promise.all([client.invalidateQueries({ queryKey: ['sources'] }), client.invalidateQueries({ queryKey: ['source'] })]);
  const add = useMutation({ mutationFn: (told: NewSource) => api.post<Source>('/api/sources', told), onSuccess: again });
  const change = useMutation({ mutationFn: ({ id, ...told }: { id: number } & Partial<SourceChange>) => api.patch<Source>(sourcePath(id), told), onSettled: again });
  const rotate = useMutation({ mutationFn: (id: number) => api.post<Source>(`${sourcePath(id)}/rotate`), onSettled: again });
  const remove = useMutation({ mutationFn: (id: number) => api.remove(sourcePath(id)), onSettled: again });
  return { add, change, rotate, remove };
}


/** The runs of a fetched source; often while one is under way. */
export const useRuns = (id: number) =>
  useQuery({
    queryKey: ['runs', id],
    queryFn: () => api.get<Items<SourceRun>>(`${sourcePath(id)}/runs`, { limit: 50 }),
    refetchInterval: (query) => (query.state.data?.items[0]?.state === 'running' ? 700 : 15_000),
  });

/** Trying, looking at and reading a fetched source. */
export function useFetchWork() {
  const client = useQueryClient();
  const test = useMutation({ mutationFn: (id: number) => api.post<SourceTest>(`${sourcePath(id)}/test`) });
  const look = useMutation({ mutationFn: (id: number) => api.post<SourcePreview>(`${sourcePath(id)}/preview`) });
  const run = useMutation({ mutationFn: (id: number) => api.post<SourceRun>(`${sourcePath(id)}/run`), onSettled: () => client.invalidateQueries({ queryKey: ['runs'] }) });
  return { test, look, run };
}

export const useConflicts = (state: string) =>
  useQuery({ queryKey: ['conflicts', state], queryFn: () => api.get<IdentityConflicts>('/api/identity/conflicts', { state }), placeholderData: keepPreviousData });

export function useCustomerIdentity(id: string) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['identity', id, asOf], queryFn: () => api.get<CustomerIdentity>(identityPath(id), { as_of: asOf }) });
}

const identityPath = (id: string) => `/api/customers/${encodeURIComponent(id)}/identity`;

/** Saying who is who, and taking it back; everything about customers is read again. */
export function useIdentityWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => ['conflicts', 'identity', 'customer', 'customers', 'timeline'].includes(String(query.queryKey[0])) });
  const decide = useMutation({ mutationFn: ({ id, ...told }: { id: number } & ConflictDecision) => api.post<IdentityConflict>(`/api/identity/conflicts/${id}`, told), onSettled: again });
  const merge = useMutation({ mutationFn: (told: { customer: string; into: string }) => api.post<CustomerIdentity>('/api/identity/merge', told), onSettled: again });
  // Of customers that were made one, those keys are parted that lead to another.
  const part = useMutation({
    mutationFn: async (keys: string[]) => {
      for (const key of keys) {
        const who = await api.get<CustomerIdentity>(identityPath(key));
        if (who.customer_id !== key) await api.post('/api/identity/unmerge', { key });
      }
    },
    onSettled: again,
  });
  return { decide, merge, part };
}

export const useQuality = () => useQuery({ queryKey: ['quality'], queryFn: () => api.get<Quality>('/api/quality'), refetchInterval: 60_000 });

export function useQualityWork() {
  const client = useQueryClient();
  const dismiss = useMutation({ mutationFn: (id: number) => api.post<DataAlert>(`/api/quality/alerts/${id}/dismiss`), onSettled: () => client.invalidateQueries({ queryKey: ['quality'] }) });
  return { dismiss };
}

/** What waits to be mended, newest first. */
export const useHeld = (filter: Query) =>
  useInfiniteQuery({
    queryKey: ['held', filter],
    queryFn: ({ pageParam }) => api.get<Items<QuarantineRow>>('/api/quarantine', { ...filter, after: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS,
  });

/** Reading held rows again, mended or as they came, and throwing them away. */
export function useHeldWork() {
  const client = useQueryClient();
  const again = () => Promise.all([client.invalidateQueries({ queryKey: ['held'] }), client.invalidateQueries({ queryKey: ['sources'] })]);
  const replay = useMutation({ mutationFn: ({ number, body }: { number: number; body: string | null }) => api.post<Replayed>(`/api/quarantine/${number}/replay`, { body }), onSettled: again });
  const replayMany = useMutation({ mutationFn: (numbers: number[]) => api.post<ReplayedMany>('/api/quarantine/replay', { numbers }), onSettled: again });
  const discard = useMutation({ mutationFn: (numbers: number[]) => api.post<unknown>('/api/quarantine/discard', { numbers }), onSettled: again });
  return { replay, replayMany, discard };
}

export const useMappings = () =>
  useQuery({ queryKey: ['mappings'], queryFn: () => api.get<Items<SavedMapping>>('/api/mappings'), select: (list) => list.items, staleTime: 60_000 });

/** Stopping an import and taking one back; everything computed from it is read again. */
export function useImportWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  const cancel = useMutation({ mutationFn: (id: number) => api.post<ImportJob>(`/api/imports/${id}/cancel`), onSettled: again });
  const undo = useMutation({ mutationFn: (id: number) => api.post<ImportUndone>(`/api/imports/${id}/undo`), onSettled: again });
  return { cancel, undo };
}

export const useRecipes = (wanted: boolean) =>
  useQuery({ queryKey: ['recipes'], queryFn: () => api.get<Items<SourceRecipe>>('/api/source-recipes'), select: (list) => list.items, enabled: wanted, staleTime: Infinity });

/** What a mapping makes of a body; nothing is kept. */
export const useHookTrial = () => useMutation({ mutationFn: (told: HookPreviewRequest) => api.post<HookPreview>('/api/hooks/preview', told) });
