// What the pages of rules read and do.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from './client';
import type { ProofOf, RulePage, RulePreview, RuleRow, RuleSwitch, RuleVocabulary, ScorerProof } from './types';

const address = (id: string) => `/api/rules/${encodeURIComponent(id)}`;

/** A rule as a value, with the fields of a definition file. */
export type RuleValue = Record<string, unknown>;

/** What is asked about: controls hand in a value, the written definition is handed in as it is. */
export type RuleAsked = { rule: RuleValue } | { definition: string };

export const useRules = () => useQuery({ queryKey: ['rules'], queryFn: () => api.get<RuleRow[]>('/api/rules') });

export const useRule = (id: string | null) =>
  useQuery({ queryKey: ['rule', id], queryFn: () => api.get<RulePage>(address(id ?? '')), enabled: id !== null });

export const useRuleVocabulary = () =>
  useQuery({ queryKey: ['rule vocabulary'], queryFn: () => api.get<RuleVocabulary>('/api/rules/vocabulary'), staleTime: 60_000 });

/** What a rule would do. The last answer stays while the next is worked out. */
export function useRulePreview(asked: RuleAsked | null) {
  return useQuery({
    queryKey: ['rule preview', asked],
    queryFn: () => api.post<RulePreview>('/api/rules/preview', asked),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}

/** What is proven of each scorer, by its name; nothing for whoever may not read it. */
export const useProofs = () =>
  useQuery({
    queryKey: ['proofs'],
    queryFn: async () => {
      try {
        const list = await api.get<ProofOf[]>('/api/proofs');
        return new Map<string, ScorerProof>(list.map((one) => [one.scorer, one.proof]));
      } catch (error) {
        if (error instanceof Problem && error.status === 403) return new Map<string, ScorerProof>();
        throw error;
      }
    },
  });

interface Saving { id: string; asked: RuleAsked; note: string | null; version: number | null }
interface Step { id: string; number?: number; version: number }

/** Drafting, putting in use, going back, switching; afterwards everything that shows rules is read again. */
export function useRuleWork() {
  const client = useQueryClient();
  const again = (page: RulePage) => {
    client.setQueryData(['rule', page.row.id], page);
    void client.invalidateQueries({ predicate: (query) => ['rules', 'proofs', 'definitions', 'alerts'].includes(String(query.queryKey[0])) });
  };
  // What was refused may have been changed by somebody else meanwhile.
  const stale = (id: string) => void client.invalidateQueries({ queryKey: ['rule', id] });
  const draft = useMutation({
    mutationFn: ({ id, asked, note, version }: Saving) => api.put<RulePage>(`${address(id)}/draft`, { ...asked, note, version }),
    onSuccess: again, onError: (_, { id }) => stale(id),
  });
  const activate = useMutation({
    mutationFn: ({ id, ...step }: Step) => api.post<RulePage>(`${address(id)}/activate`, step),
    onSuccess: again, onError: (_, { id }) => stale(id),
  });
  const review = useMutation({
    mutationFn: ({ id, ...step }: Step) => api.post<RulePage>(`${address(id)}/review`, step),
    onSuccess: again, onError: (_, { id }) => stale(id),
  });
  const rollBack = useMutation({
    mutationFn: ({ id, ...step }: Step) => api.post<RulePage>(`${address(id)}/rollback`, step),
    onSuccess: again, onError: (_, { id }) => stale(id),
  });
  const turn = useMutation({
    mutationFn: ({ id, ...asked }: RuleSwitch & { id: string }) => api.post<RulePage>(`${address(id)}/switch`, asked),
    onSuccess: again, onError: (_, { id }) => stale(id),
  });
  return { draft, review, activate, rollBack, turn };
}
