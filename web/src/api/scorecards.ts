// What the pages of scorecards read and do, and what a firm's own past says of them.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { ledgerQuery, proofQuery } from './opening';
import type { components } from './schema';

type Shapes = components['schemas'];

export type AskedOfPeople = Shapes['AskedOfPeople'];
export type BacktestBand = Shapes['BacktestBand'];
export type BacktestCounts = Shapes['BacktestCounts'];
export type BacktestPage = Shapes['BacktestPage'];
export type BacktestRun = Shapes['BacktestRun'];
export type Backtests = Shapes['Backtests'];
export type CustomerProof = Shapes['CustomerProof'];
export type FactTouch = Shapes['FactTouch'];
export type HealthChangeRow = Shapes['HealthChangeRow'];
export type HealthLedger = Shapes['HealthLedger'];
export type JudgementRow = Shapes['JudgementRow'];
export type LedgerFact = Shapes['LedgerFact'];
export type LedgerPage = Shapes['LedgerPage'];
export type MeasureSpread = Shapes['MeasureSpread'];
export type Mover = Shapes['Mover'];
export type NewJudgement = Shapes['NewJudgement'];
export type PostMortem = Shapes['PostMortem'];
export type PostMortemSign = Shapes['PostMortemSign'];
export type ProposalRun = Shapes['ProposalRun'];
export type RuleProposal = Shapes['RuleProposal'];
export type ScorecardDesign = Shapes['ScorecardDesign'];
export type ScorecardPage = Shapes['ScorecardPage'];
export type ScorecardPreview = Shapes['ScorecardPreview'];
export type ScorecardRow = Shapes['ScorecardRow'];
export type ScorecardVersion = Shapes['ScorecardVersion'];
export type ScorerProof = Shapes['ScorerProof'];
export type ScoreSpread = Shapes['ScoreSpread'];

const RUNNING_MS = 700;
const card = (id: string) => `/api/scorecards/${encodeURIComponent(id)}`;
const customer = (id: string) => `/api/customers/${encodeURIComponent(id)}`;

export const useScorecards = () => useQuery({ queryKey: ['scorecards'], queryFn: () => api.get<ScorecardRow[]>('/api/scorecards') });

export const useScorecard = (id: string) => useQuery({ queryKey: ['scorecard', id], queryFn: () => api.get<ScorecardPage>(card(id)) });

/** Read once for a visit: what is being changed must not change beneath the hand. */
export const useDesign = (id: string) =>
  useQuery({ queryKey: ['scorecard design', id], queryFn: () => api.get<ScorecardDesign>(`${card(id)}/design`), staleTime: Infinity, refetchOnWindowFocus: false });

/** What a definition would change. The last answer stays while the next is worked out. */
export const useScorecardPreview = (id: string, definition: string | null, who: string | null) =>
  useQuery({
    queryKey: ['scorecard preview', id, definition, who],
    queryFn: () => api.post<ScorecardPreview>(`${card(id)}/preview`, { definition, customer: who }),
    enabled: definition !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });

const SHOWS_HEALTH = ['scorecards', 'scorecard', 'customer', 'customers', 'customer proof', 'ledger', 'today', 'segments', 'segment', 'definitions', 'churn'];

/** Saving, handing in, activating, rolling back; afterwards everything that shows a health is read again. */
export function useScorecardWork(id: string) {
  const client = useQueryClient();
  const told = (page: ScorecardPage) => client.setQueryData(['scorecard', id], page);
  const again = () => client.invalidateQueries({ predicate: (query) => SHOWS_HEALTH.includes(String(query.queryKey[0])) });
  const reopen = () => client.invalidateQueries({ queryKey: ['scorecard design', id] });
  const save = useMutation({
    mutationFn: (draft: { definition: string; note: string | null; version: number | null }) => api.put<ScorecardPage>(`${card(id)}/draft`, draft),
    onSuccess: async (page) => { told(page); await reopen(); },
  });
  const review = useMutation({ mutationFn: (version: number) => api.post<ScorecardPage>(`${card(id)}/review`, { version }), onSuccess: told });
  const activate = useMutation({
    mutationFn: (step: { version: number; number?: number }) => api.post<ScorecardPage>(`${card(id)}/activate`, step),
    onSuccess: async (page) => { told(page); await Promise.all([again(), reopen()]); },
  });
  const rollBack = useMutation({
    mutationFn: (step: { version: number; number?: number }) => api.post<ScorecardPage>(`${card(id)}/rollback`, step),
    onSuccess: async (page) => { told(page); await Promise.all([again(), reopen()]); },
  });
  return { save, review, activate, rollBack };
}

/** Every replay; read often while one runs. */
export const useBacktests = (enabled = true) =>
  useQuery({
    queryKey: ['backtests'],
    queryFn: () => api.get<Backtests>('/api/backtests'),
    enabled,
    refetchInterval: (query) => (query.state.data?.items.some((run) => run.state === 'running') ? RUNNING_MS : false),
  });

export const useBacktest = (id: number | null) =>
  useQuery({ queryKey: ['backtest', id], queryFn: () => api.get<BacktestPage>(`/api/backtests/${id}`), enabled: id !== null, staleTime: Infinity });

export function useBacktestWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: ['backtests'] });
  const start = useMutation({ mutationFn: (scorer: string) => api.post<BacktestRun>('/api/backtests', { scorer }), onSettled: again });
  const stop = useMutation({ mutationFn: (id: number) => api.remove(`/api/backtests/${id}`), onSettled: again });
  return { start, stop };
}

/** After a replay has ended, what is proven is read again. */
export function useProvenAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ predicate: (query) => ['scorecards', 'scorecard', 'customer proof', 'today'].includes(String(query.queryKey[0])) });
}

export const useCustomerProof = (id: string, enabled = true) => useQuery({ ...proofQuery(id), enabled });

export const useLedger = (id: string, from: string | null, to: string | null, enabled = true) =>
  useQuery({ ...ledgerQuery(id, from, to), enabled, placeholderData: keepPreviousData });

export const useFactTouch = (id: string, fact: string, enabled: boolean) =>
  useQuery({ queryKey: ['fact touch', id, fact], queryFn: () => api.get<FactTouch>(`${customer(id)}/ledger/facts/${fact}`), enabled, staleTime: 60_000, retry: false });

export function useJudging(id: string) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => SHOWS_HEALTH.includes(String(query.queryKey[0])) });
  const say = useMutation({ mutationFn: (word: NewJudgement) => api.post<JudgementRow>(`${customer(id)}/judgements`, word), onSuccess: again });
  const takeBack = useMutation({ mutationFn: (word: number) => api.remove(`${customer(id)}/judgements/${word}`), onSuccess: again });
  return { say, takeBack };
}

const mortem = (id: string) => `${customer(id)}/post-mortem`;

export const usePostMortem = (id: string) =>
  useQuery({ queryKey: ['post-mortem', id], queryFn: () => api.get<PostMortem>(mortem(id)), refetchInterval: (query) => (query.state.data?.proposal.state === 'running' ? RUNNING_MS : false), retry: false });

export function useProposing(id: string) {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => api.post<ProposalRun>(`${mortem(id)}/proposal`), onSettled: () => client.invalidateQueries({ queryKey: ['post-mortem', id] }) });
}
