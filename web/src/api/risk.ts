// What the pages of risk and reasons read: how likely a customer is to leave and why, and why customers leave, all together.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMoment } from '../frame/moment';
import { api } from './client';
import { IDLE_MS } from './models';
import { riskQuery } from './opening';
import type { components } from './schema';

type Shapes = components['schemas'];

export type AgreementRow = Shapes['AgreementRow'];
export type ConfirmedReason = Shapes['ConfirmedReason'];
export type CustomerRisk = Shapes['CustomerRisk'];
export type ReasonCustomer = Shapes['ReasonCustomer'];
export type ReasonRow = Shapes['ReasonRow'];
export type ReasonsPage = Shapes['ReasonsPage'];
export type RiskHorizon = Shapes['RiskHorizon'];
export type RiskReason = Shapes['RiskReason'];
export type RiskShort = Shapes['RiskShort'];
export type WayBack = Shapes['WayBack'];

export function useCustomerRisk(id: string) {
  const { asOf } = useMoment();
  return useQuery({
    ...riskQuery(id, asOf),
    refetchInterval: (query) => awaited(query.state.data?.state, asOf),
  });
}

/** Until a model is in service it is looked again whether one is: what it says appears by itself. */
const awaited = (state: string | undefined, asOf: string | null) => (asOf === null && state === 'no_model' ? IDLE_MS : false);

export function useReasons(quarter: string | null, segment: string | null) {
  const { asOf } = useMoment();
  return useQuery({
    queryKey: ['reasons', quarter, segment, asOf],
    queryFn: () => api.get<ReasonsPage>('/api/churn/reasons', { quarter, segment, as_of: asOf }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => awaited(query.state.data?.predicted.state, asOf),
  });
}
