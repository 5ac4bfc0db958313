// What the page of churn definitions reads and does.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api } from './client';
import type { components } from './schema';

type Shapes = components['schemas'];

export type ChurnAway = Shapes['ChurnAway'];
export type ChurnDefinitionPage = Shapes['ChurnDefinitionPage'];
export type ChurnDefinitionRow = Shapes['ChurnDefinitionRow'];
export type ChurnTrial = Shapes['ChurnTrial'];
export type ChurnWindow = Shapes['ChurnWindow'];
export type LineLeaverRow = Shapes['LineLeaverRow'];
export type LineMonth = Shapes['LineMonth'];
export type ProductLineRow = Shapes['ProductLineRow'];
export type ProductLines = Shapes['ProductLines'];

/** A definition that there is, perhaps with another window, or with product lines told apart by another property (none: empty). */
export interface ChurnAsked { of: string; window_days: number | null; product_line?: string }

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
    mutationFn: ({ of, note, ...changed }: ChurnAsked & { note: string | null }) => api.post<ChurnDefinitionPage>(`${address(of)}/activate`, { ...changed, note }),
    onSuccess: again,
  });
  const rollBack = useMutation({
    mutationFn: ({ id, number, version }: { id: string; number: number; version: number }) => api.post<ChurnDefinitionPage>(`${address(id)}/rollback`, { number, version }),
    onSuccess: again,
  });
  return { activate, rollBack };
}

/** Who left which product line. */
export function useProductLines() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['product lines', asOf], queryFn: () => api.get<ProductLines>('/api/churn/lines', { as_of: asOf }) });
}

export function useLineLeavers(line: string, month: string) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['line leavers', line, month, asOf], queryFn: () => api.get<LineLeaverRow[]>('/api/churn/lines/leavers', { line, month, as_of: asOf }) });
}
