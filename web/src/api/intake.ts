// What the pages of 数据接入 read and do. These belong to the present: the moment (截至) does not touch them.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { NewSource, Source, SourceChange, SourceDetail } from './types';

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

