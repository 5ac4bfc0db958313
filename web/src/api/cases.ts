// Cases: what the list, the board and a case read, and what is done to them.

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useMoment } from '../frame/moment';
import { api, Problem, type Query } from './client';
import type { CaseList, CaseRow, CaseTaskChange, CaseType, CaseTypePage, CaseWork, MoveCase, NewCase, NewCaseTask, WaitingWork } from './types';

/** Rows of one page of the list. */
const PAGE_ROWS = 100;
/** How many of a bulk are on their way at once. */
const AT_ONCE = 4;

export const useCaseTypes = () => useQuery({ queryKey: ['case_types'], queryFn: () => api.get<CaseTypePage>('/api/case-types'), staleTime: 600_000 });

export function useCases(filter: Query, enabled = true) {
  const { asOf } = useMoment();
  return useInfiniteQuery({
    queryKey: ['cases', asOf, filter],
    queryFn: ({ pageParam }) => api.get<CaseList>('/api/cases', { ...filter, as_of: asOf, cursor: pageParam, limit: PAGE_ROWS }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
    placeholderData: keepPreviousData,
    refetchInterval: asOf ? false : 120_000,
    enabled,
  });
}

const workQuery = (id: number) => ({ queryKey: ['case', id], queryFn: () => api.get<CaseWork>(`/api/cases/${id}/work`) });

/** One case with what this person may do to it; cases have no past page. */
export const useCase = (id: number | null) => useQuery({ ...workQuery(id ?? 0), enabled: id !== null, refetchInterval: 60_000 });

/** The same, for whoever asks only when something is to be done. */
export function useCaseReader() {
  const client = useQueryClient();
  return useCallback((id: number) => client.fetchQuery({ ...workQuery(id), staleTime: 0 }), [client]);
}

/** What waits for me: tasks of cases, and what weekly reviews decided. */
export const useWaiting = (wanted: boolean) => useQuery({ queryKey: ['waiting'], queryFn: () => api.get<WaitingWork>('/api/tasks'), enabled: wanted, refetchInterval: 120_000 });

/** After a change everything that shows cases is read again; the answer is the case's new page already. */
function settled(client: QueryClient, id: number | null) {
  const kept = ['session', 'definitions', 'case_types', 'views'];
  return client.invalidateQueries({ predicate: ({ queryKey: [what, which] }) => !kept.includes(String(what)) && !(what === 'case' && which === id) });
}

/** A change of one case. When it is refused, the case is read anew, so that what changed meanwhile can be seen. */
function useChange<Told extends { id: number }>(send: (told: Told) => Promise<CaseWork>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (work, { id }) => {
      client.setQueryData(['case', id], work);
      void settled(client, id);
    },
    onError: (_, { id }) => client.invalidateQueries({ queryKey: ['case', id] }),
  });
}

export const useMoveCase = () => useChange(({ id, ...told }: MoveCase & { id: number }) => api.post<CaseWork>(`/api/cases/${id}/moves`, told));
export const useNewTask = () => useChange(({ id, ...told }: NewCaseTask & { id: number }) => api.post<CaseWork>(`/api/cases/${id}/tasks`, told));
export const useTaskChange = () => useChange(({ id, task, ...told }: CaseTaskChange & { id: number; task: number }) => api.patch<CaseWork>(`/api/cases/${id}/tasks/${task}`, told));
export const useComment = () => useChange(({ id, body }: { id: number; body: string }) => api.post<CaseWork>(`/api/cases/${id}/comments`, { body }));

export function useOpenCase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (told: NewCase) => api.post<CaseWork>('/api/cases', told),
    onSuccess: (work) => {
      client.setQueryData(['case', work.case.id], work);
      void settled(client, work.case.id);
    },
  });
}

/** The move of a case's type that does `does` from where the case stands. */
export const moveFor = (types: CaseType[] | undefined, row: CaseRow, does: string) =>
  types?.find((one) => one.id === row.type_id)?.moves.find((move) => move.does === does && move.from.includes(row.stage));

export interface ManyMoved { done: number; left: { row: CaseRow; problem: Problem | null }[] }

/** One thing done to many cases, each on its own: what is refused is handed back with its reason. */
export function useMoveMany(types: CaseType[] | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ rows, does, to }: { rows: CaseRow[]; does: string; to: number | null }): Promise<ManyMoved> => {
      const waiting = [...rows];
      const told: ManyMoved = { done: 0, left: [] };
      const work = async () => {
        for (let row = waiting.shift(); row; row = waiting.shift()) {
          const move = moveFor(types, row, does);
          const refused: Problem | null | 'done' = move
            ? await api.post(`/api/cases/${row.id}/moves`, { version: row.version, move: move.id, to }).then(() => 'done' as const, (error: unknown) => (error instanceof Problem ? error : null))
            : null;
          if (refused === 'done') told.done += 1;
          else told.left.push({ row, problem: refused });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return told;
    },
    onSettled: () => settled(client, null),
  });
}
