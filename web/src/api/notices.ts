// Notices, channels and choices, as queries and changes.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { NoticeChannel, NoticeChannelKind, NoticeChannels, NoticeChoice, NoticeChoiceChange, NoticeDelivery, Notices } from './types';

export type ChannelKind = NoticeChannelKind;

export const useChannels = () => useQuery({ queryKey: ['channels'], queryFn: () => api.get<NoticeChannels>('/api/channels') });

export const useNoticeChoice = () => useQuery({ queryKey: ['notice-choice'], queryFn: () => api.get<NoticeChoice>('/api/notice-choices/mine') });

export interface NoticeFilter { whose: 'mine' | 'all'; state?: string | undefined; offset: number; limit: number }

/** What was told, and what became of it; read again while something is under way. */
export const useNotices = (filter: NoticeFilter) =>
  useQuery({
    queryKey: ['notices', filter],
    queryFn: () => api.get<Notices>('/api/notices', { ...filter }),
    refetchInterval: (query) => (query.state.data?.rows.some((row) => row.deliveries.some((one) => one.state === 'planned' || one.state === 'sending')) ? 5_000 : 60_000),
  });

/** A change after which channels and what is chosen of them are read again. */
export function useChannelWork<Told, Answer>(work: (told: Told) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['channels'] });
      void client.invalidateQueries({ queryKey: ['notice-choice'] });
    },
  });
}

export interface ChannelTold { name: string; kind: string; settings: Record<string, unknown>; secrets: Record<string, string> }

export const addChannel = (told: ChannelTold) => api.post<NoticeChannel>('/api/channels', told);
export const changeChannel = ({ id, ...told }: { id: number; version: number; name?: string; is_enabled?: boolean; settings?: Record<string, unknown>; secrets?: Record<string, string> }) =>
  api.patch<NoticeChannel>(`/api/channels/${id}`, told);
export const removeChannel = (id: number) => api.remove(`/api/channels/${id}`);
export const testChannel = (id: number) => api.post<{ answer: string }>(`/api/channels/${id}/test`, {});

export function useChoosing() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (told: NoticeChoiceChange) => api.put<NoticeChoice>('/api/notice-choices/mine', told),
    onSuccess: (after) => client.setQueryData(['notice-choice'], after),
  });
}

/** Sends a delivery again, or leaves it. */
export function useDeciding() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, what }: { id: number; version: number; what: 'resend' | 'leave' }) => api.post<NoticeDelivery>(`/api/notice-deliveries/${id}/${what}`, { version }),
    onSettled: () => client.invalidateQueries({ queryKey: ['notices'] }),
  });
}
