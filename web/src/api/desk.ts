// What the alerts and budget pages read, and what is done to alerts.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api } from './client';
import type { Budget, BudgetPage, BudgetPreview, BulkRequest, BulkResult, DeskPage, NewSavedView, SavedView } from './types';

export function useAlertDesk() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['alerts', 'desk', asOf], queryFn: () => api.get<DeskPage>('/api/desk'), enabled: asOf === null });
}

/** What is done, and only what it needs. */
export type Bulk = Pick<BulkRequest, 'action' | 'alerts'> & Partial<BulkRequest>;

const NOTHING = { until: null, reason: null, outcome: null, churn_reason: null, note: null, to: null };

/** One thing done to many alerts, or to one; afterwards everything that shows them is read again. */
export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Bulk) => api.post<BulkResult>('/api/alerts/bulk', { ...NOTHING, ...request }),
    onSettled: () => client.invalidateQueries({ predicate: (query) => !['session', 'definitions', 'views'].includes(String(query.queryKey[0])) }),
  });
}

export const useViews = (page: string) => useQuery({ queryKey: ['views', page], queryFn: () => api.get<SavedView[]>('/api/views', { page }), staleTime: 60_000 });

export function useViewWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: ['views'] });
  const save = useMutation({ mutationFn: (view: NewSavedView) => api.put<SavedView>('/api/views', view), onSettled: again });
  const forget = useMutation({ mutationFn: (id: number) => api.remove(`/api/views/${id}`), onSettled: again });
  return { save, forget };
}

export const useBudget = () => useQuery({ queryKey: ['budget'], queryFn: () => api.get<BudgetPage>('/api/budget') });

/** Where a budget's line falls; asked again while its replay is worked out. */
export const useBudgetPreview = (budget: Budget | null) =>
  useQuery({
    queryKey: ['budget', 'preview', budget],
    queryFn: () => api.get<BudgetPreview>('/api/budget/preview', { people: budget?.people, cases: budget?.cases_per_person, urgent_passes: budget?.urgent_passes }),
    enabled: budget !== null,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1_000 : false),
  });

export function usePutBudget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (budget: Budget | null) => api.put<BudgetPage>('/api/budget', { budget }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ['budget'], exact: true }), client.invalidateQueries({ queryKey: ['alerts'] })]),
  });
}
