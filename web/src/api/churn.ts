// What the page of churn definitions reads and does.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { components } from './schema';

type Shapes = components['schemas'];

export type ChurnAway = Shapes['ChurnAway'];
export type ChurnDefinitionPage = Shapes['ChurnDefinitionPage'];
export type ChurnDefinitionRow = Shapes['ChurnDefinitionRow'];
export type ChurnTrial = Shapes['ChurnTrial'];
export type ChurnWindow = Shapes['ChurnWindow'];

/** A definition that there is, perhaps with another window. */
export interface ChurnAsked { of: string; window_days: number | null }

const LIST = '/api/churn-definitions';
const address = (id: string) => `${LIST}/${encodeURIComponent(id)}`;

export const useChurnDefinitions = () => useQuery({ queryKey: ['churn definitions'], queryFn: () => api.get<ChurnDefinitionRow[]>(LIST) });

export const useChurnDefinition = (id: string | null) =>
  useQuery({ queryKey: ['churn definition', id], queryFn: () => api.get<ChurnDefinitionPage>(address(id ?? '')), enabled: id !== null });

/** What a definition makes of the customers. The last answer stays while the next is worked out. */
export const useChurnTrial = (asked: ChurnAsked | null) =>
  useQuery({
    queryKey: ['churn trial', asked],
    queryFn: () => api.post<ChurnTrial>(`${LIST}/preview`, asked),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });

/** Putting in use and going back; afterwards everything that follows from what leaving means is read again. */
export function useChurnWork() {
  const client = useQueryClient();
  const again = (page: ChurnDefinitionPage) => {
    client.setQueryData(['churn definition', page.row.id], page);
    void client.invalidateQueries({ predicate: (query) => !['churn definition', 'session'].includes(String(query.queryKey[0])) });
  };
  const activate = useMutation({
    mutationFn: ({ id, window_days, note }: { id: string; window_days: number | null; note: string | null }) => api.post<ChurnDefinitionPage>(`${address(id)}/activate`, { window_days, note }),
    onSuccess: again,
  });
  const rollBack = useMutation({
    mutationFn: ({ id, number, version }: { id: string; number: number; version: number }) => api.post<ChurnDefinitionPage>(`${address(id)}/rollback`, { number, version }),
    onSuccess: again,
  });
  return { activate, rollBack };
}
