// What a customer's value is measured by here, and what another measure would change.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { Firm, ValuePage } from './types';

export const useValue = () => useQuery({ queryKey: ['firm', 'value'], queryFn: () => api.get<ValuePage>('/api/firm/value') });

/** Chooses a measure; `null` goes back to the one that the scorecard names. Every list follows. */
export function useValueChoice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (value: string | null) => {
      const firm = await api.get<Firm>('/api/firm');
      return api.put<Firm>('/api/firm', { ...firm, value });
    },
    onSuccess: () => client.invalidateQueries(),
  });
}
