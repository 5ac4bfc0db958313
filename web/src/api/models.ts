// What the pages of models read and do: which there are, what each is made of, training, putting in service.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api } from './client';
import type { components } from './schema';

type Shapes = components['schemas'];

export type ModelBin = Shapes['ModelBin'];
export type ModelCard = Shapes['ModelCard'];
export type ModelHorizon = Shapes['ModelHorizon'];
export type ModelMetric = Shapes['ModelMetric'];
export type ModelPage = Shapes['ModelPage'];
export type ModelReadiness = Shapes['ModelReadiness'];
export type ModelRow = Shapes['ModelRow'];
export type Models = Shapes['Models'];
export type ModelStretch = Shapes['ModelStretch'];
export type TrainingRun = Shapes['TrainingRun'];

const PATH = '/api/models';
const KEY = ['models'];
const RUNNING_MS = 700;

/** Read often while a training runs. */
export const useModels = () =>
  useQuery({ queryKey: KEY, queryFn: () => api.get<Models>(PATH), refetchInterval: (query) => (query.state.data?.run?.state === 'running' ? RUNNING_MS : false) });

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
  const step = (what: string) => ({ mutationFn: ({ id, version }: { id: number; version: number }) => api.post<ModelPage>(`${PATH}/${id}/${what}`, { version }), onSuccess: told });
  return { promote: useMutation(step('promote')), rollBack: useMutation(step('rollback')) };
}
