// What pages read about segments, value, RFM and tags, and what they do to tags.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api } from './client';
import type { RfmPage, SegmentList, SegmentPage, TagChange, TagCount, TagRequest } from './types';

export function useSegments() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['segments', asOf], queryFn: () => api.get<SegmentList>('/api/segments', { as_of: asOf }) });
}

export function useSegment(id: string) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['segment', id, asOf],
    queryFn: () => api.get<SegmentPage>(`/api/segments/${encodeURIComponent(id)}`, { as_of: asOf, limit: 1 }),
  });
}

export function useRfm() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['rfm', asOf], queryFn: () => api.get<RfmPage>('/api/rfm', { as_of: asOf }) });
}

export function useTags() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['tags', asOf], queryFn: () => api.get<TagCount[]>('/api/tags', { as_of: asOf }) });
}

const SHOWS_TAGS = ['customers', 'customer', 'segments', 'segment', 'rfm', 'tags', 'today'];

/** Putting tags on, taking them off, taking that back; afterwards everything that shows them is read again. */
export function useTagWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => SHOWS_TAGS.includes(String(query.queryKey[0])) });
  const change = useMutation({ mutationFn: (request: TagRequest) => api.post<TagChange>('/api/tags', request), onSettled: again });
  const undo = useMutation({ mutationFn: (id: number) => api.post<TagChange>(`/api/tags/changes/${id}/undo`), onSettled: again });
  return { change, undo };
}
