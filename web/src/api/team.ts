// The team: what is on its desks, and what became of its clocks.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api, type Query } from './client';
import type { BreachReport, TeamPage } from './types';

export function useTeam() {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['team', asOf], queryFn: () => api.get<TeamPage>('/api/team', { as_of: asOf }), refetchInterval: asOf ? false : 120_000 });
}

export function useBreaches(period: Query) {
  const { asOf } = useMoment();
  return useQuery({ queryKey: ['breaches', asOf, period], queryFn: () => api.get<BreachReport>('/api/team/breaches', { ...period, as_of: asOf }), placeholderData: keepPreviousData });
}
