// What pages read of the firm's own past: the first look back.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { Lookback } from './types';

const PATH = '/api/lookback';
const KEY = ['lookback'];

/** Read often while it is being worked out. */
export const useLookback = () =>
  useQuery({ queryKey: KEY, queryFn: () => api.get<Lookback>(PATH), refetchInterval: (query) => (query.state.data?.state === 'running' ? 700 : false) });

export function useLookBack() {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => api.post<Lookback>(PATH), onSuccess: (told) => client.setQueryData(KEY, told) });
}
