// What the pages of models read and do: which there are, what each is made of, training, putting in service.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSession } from '../words/say';
import { address, api } from './client';
import type { components } from './schema';

type Shapes = components['schemas'];

export type ModelBin = Shapes['ModelBin'];
export type ModelCard = Shapes['ModelCard'];
export type ModelComparison = Shapes['ModelComparison'];
export type ModelContest = Shapes['ModelContest'];
export type ModelDrift = Shapes['ModelDrift'];
export type ModelHorizon = Shapes['ModelHorizon'];
export type ModelMetric = Shapes['ModelMetric'];
export type ModelMonth = Shapes['ModelMonth'];
export type ModelMover = Shapes['ModelMover'];
export type ModelPage = Shapes['ModelPage'];
export type ModelReadiness = Shapes['ModelReadiness'];
export type ModelRetraining = Shapes['ModelRetraining'];
export type ModelRow = Shapes['ModelRow'];
export type ModelSchedule = Shapes['ModelSchedule'];
export type Models = Shapes['Models'];
export type ModelStretch = Shapes['ModelStretch'];
export type TrainingRun = Shapes['TrainingRun'];

const PATH = '/api/models';
const KEY = ['models'];
const RUNNING_MS = 700;
/** How soon a training that somebody else began, or a model that they put in service, is seen. */
export const IDLE_MS = 10_000;

/** Read often while a training runs; whoever may not is asked once. */
export const useModels = (isAsked = true) =>
  useQuery({ queryKey: KEY, queryFn: () => api.get<Models>(PATH), enabled: isAsked, refetchInterval: (query) => (query.state.error ? false : query.state.data?.run?.state === 'running' ? RUNNING_MS : IDLE_MS) });

/** How far the training is that runs, where one does and may be seen. */
export function useTrainingPart(isAsked: boolean): number | null {
  const may = useSession()?.permissions.some((one) => one === 'see_definitions') ?? false;
  const run = useModels(isAsked && may).data?.run;
  return isAsked && run?.state === 'running' ? (run.progress ?? 0) : null;
}

export const useModel = (id: string) => useQuery({ queryKey: ['model', id], queryFn: () => api.get<ModelPage>(`${PATH}/${encodeURIComponent(id)}`) });

export interface TrainingAsked { churn: string; horizon_days: number }

/** Training, and the end of one. */
export function useTraining() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: KEY });
  const start = useMutation({ mutationFn: (asked: TrainingAsked) => api.post<TrainingRun>(PATH, asked), onSuccess: again });
  const stop = useMutation({ mutationFn: () => api.remove(`${PATH}/training`), onSuccess: again });
  return { start, stop };
}

/** Calls back once when a training that was seen running has ended. */
export function useTrainingEnd(run: TrainingRun | null | undefined, end: (run: TrainingRun) => void) {
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && run && run.state !== 'running') end(run);
    wasRunning.current = run?.state === 'running';
  }, [run, end]);
}

/** Putting in service, taking back. */
export function useModelSteps() {
  const client = useQueryClient();
  const told = async (page: ModelPage) => {
    client.setQueryData(['model', String(page.row.id)], page);
    await client.invalidateQueries({ predicate: (query) => query.queryKey[0] === 'models' || query.queryKey[0] === 'model' });
  };
  const step = (what: string) => ({ mutationFn: ({ id, ...seen }: { id: number; version: number; note?: string }) => api.post<ModelPage>(`${PATH}/${id}/${what}`, seen), onSuccess: told });
  return { promote: useMutation(step('promote')), rollBack: useMutation(step('rollback')) };
}

/** What has become of a model, as it was seen last; null where nobody looked yet. */
export const useDrift = (id: number) => useQuery({ queryKey: ['model', String(id), 'drift'], queryFn: () => api.get<ModelDrift | null>(`${PATH}/${id}/drift`) });

/** Looking at it now. */
export function useLook(id: number) {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => api.post<ModelDrift>(`${PATH}/${id}/drift`), onSuccess: (found) => client.setQueryData(['model', String(id), 'drift'], found) });
}

/** A model beside the one in service: worked out anew, so asked once a visit. */
export const useComparison = (id: number, isAsked: boolean) =>
  useQuery({ queryKey: ['model', String(id), 'compare'], queryFn: () => api.get<ModelComparison>(`${PATH}/${id}/compare`), enabled: isAsked, staleTime: Infinity, retry: false });

export const useSchedule = () => {
  const client = useQueryClient();
  return useMutation({ mutationFn: (mode: string) => api.put<ModelSchedule>(`${PATH}/schedule`, { mode }), onSuccess: () => client.invalidateQueries({ queryKey: KEY }) });
};

export interface OutsideAsked { file: File; churn: string; horizon_days: number; lasts_days: number }

/** A table of somebody else's scores becomes a challenger. */
export const useOutside = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ file, ...asked }: OutsideAsked) => api.post<ModelPage>(address(`${PATH}/outside`, { file_name: file.name, ...asked }), file),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
};
