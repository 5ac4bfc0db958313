// What history suggests: weights of a scorecard and rules, learnt in the background and read while they are.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { components } from './schema';

type Shapes = components['schemas'];

export type CardFigures = Shapes['CardFigures'];
export type DiscoveryPage = Shapes['DiscoveryPage'];
export type DiscoveryRun = Shapes['DiscoveryRun'];
export type FoundRule = Shapes['FoundRule'];
export type FoundRules = Shapes['FoundRules'];
export type SuggestedWeight = Shapes['SuggestedWeight'];
export type SuggestedWeights = Shapes['SuggestedWeights'];
export type WeightsPage = Shapes['WeightsPage'];
export type WeightsRun = Shapes['WeightsRun'];

const RUNNING_MS = 700;
const DISCOVERY = '/api/rules/discovery';
const weightsOf = (card: string) => `/api/scorecards/${encodeURIComponent(card)}/weights`;
const often = (run: { state: string } | null | undefined) => (run?.state === 'running' ? RUNNING_MS : false);

/** What was learnt, with the work that brings it. */
function useLearning<Page extends { run?: { state: string } | null }>(path: string) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: ['learning', path] });
  const page = useQuery({ queryKey: ['learning', path], queryFn: () => api.get<Page>(path), refetchInterval: (query) => often(query.state.data?.run) });
  const start = useMutation({ mutationFn: (asked: object) => api.post(path, asked), onSettled: again });
  const stop = useMutation({ mutationFn: () => api.remove(path), onSettled: again });
  return { page, start, stop };
}

export const useWeights = (card: string) => useLearning<WeightsPage>(weightsOf(card));

export const useDiscovery = () => useLearning<DiscoveryPage>(DISCOVERY);
