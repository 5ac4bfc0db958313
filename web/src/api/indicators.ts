// What the pages of indicators read and do. Numbers are those of the moment of the page (截至); efficacy is told of all
// history up to the last midnight.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { address, api, Problem } from './client';
import type {
  EfficacyReport, EfficacyRun, IndicatorCatalog, IndicatorComparison, IndicatorPage, IndicatorPreview, IndicatorVocabulary,
} from './types';

const RUNNING_MS = 1_000;

export function useIndicatorCatalog() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['indicators', asOf], queryFn: () => api.get<IndicatorCatalog>('/api/indicators', { as_of: asOf }) });
}

export function useIndicator(id: string | null) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['indicator', id, asOf],
    queryFn: () => api.get<IndicatorPage>(`/api/indicators/${encodeURIComponent(id ?? '')}`, { as_of: asOf }),
    enabled: id !== null,
  });
}

/** The last answer and how far a new one is; `null` for whoever does not see all customers. */
export const useEfficacyRun = () =>
  useQuery({
    queryKey: ['efficacy'],
    queryFn: () => api.get<EfficacyRun>('/api/indicators/efficacy').catch((error: unknown) => {
      if (error instanceof Problem && error.status === 403) return null;
      throw error;
    }),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? RUNNING_MS : false),
  });

export function useEfficacyWork() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<EfficacyRun>('/api/indicators/efficacy'),
    onSuccess: (run) => client.setQueryData(['efficacy'], run),
  });
}

/** After a run has ended, everything that shows efficacy is read again. */
export function useEfficacyEnded() {
  const client = useQueryClient();
  return () => Promise.all([client.invalidateQueries({ queryKey: ['indicators'] }), client.invalidateQueries({ queryKey: ['indicator'] })]);
}

export const useIndicatorVocabulary = () =>
  useQuery({ queryKey: ['indicator vocabulary'], queryFn: () => api.get<IndicatorVocabulary>('/api/indicators/vocabulary'), staleTime: 60_000 });

/** What a definition gives. The last numbers stay while the next are worked out. */
export function usePreview(text: string | null, customer: string | null) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['indicator preview', asOf, text, customer],
    queryFn: () => api.post<IndicatorPreview>(address('/api/indicators/preview', { as_of: asOf }), { text, customer }),
    enabled: text !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}

/** Each side is the id of a shipped indicator or a definition as TOML. */
export function useComparison(left: string | null, right: string | null) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['indicator comparison', asOf, left, right],
    queryFn: () => api.post<IndicatorComparison>(address('/api/indicators/compare', { as_of: asOf }), { left, right }),
    enabled: left !== null && right !== null,
    retry: false,
    staleTime: 60_000,
  });
}

export const useDraftEfficacy = () =>
  useMutation({ mutationFn: (text: string) => api.post<EfficacyReport>('/api/indicators/draft/efficacy', { text }) });
