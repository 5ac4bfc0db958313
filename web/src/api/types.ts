// What the server answers, by name. The shapes come from its own description (`npm run api`): nothing is written twice.

import type { components } from './schema';

type Shapes = components['schemas'];

/** One page of a list. */
export interface Page<T> {
  rows: T[];
  total: number;
  next_cursor: string | null;
}

export type AcceptCase = Shapes['AcceptCase'];
export type AlertList = Shapes['AlertList'];
export type AlertRow = Shapes['AlertRow'];
export type ApiToken = Shapes['ApiToken'];
export type BandFloor = Shapes['BandFloor'];
export type CaseRow = Shapes['CaseRow'];
export type CaseStep = Shapes['CaseStep'];
export type ChurnMonth = Shapes['ChurnMonth'];
export type ChurnOption = Shapes['ChurnOption'];
export type ChurnOverview = Shapes['ChurnOverview'];
export type CloseCase = Shapes['CloseCase'];
export type ContributionRow = Shapes['ContributionRow'];
export type Count = Shapes['Count'];
export type CustomerList = Shapes['CustomerList'];
export type CustomerPage = Shapes['CustomerPage'];
export type CustomerRow = Shapes['CustomerRow'];
export type CycleStatus = Shapes['CycleStatus'];
export type DataPage = Shapes['DataPage'];
export type DefinitionRow = Shapes['DefinitionRow'];
export type FieldOption = Shapes['FieldOption'];
export type Figure = Shapes['Figure'];
export type FindingRow = Shapes['FindingRow'];
export type Firm = Shapes['Firm'];
export type GoodNews = Shapes['GoodNews'];
export type HealthChange = Shapes['HealthChange'];
export type ImportJob = Shapes['ImportJob'];
export type ImportPreview = Shapes['ImportPreview'];
export type ImportRequest = Shapes['ImportRequest'];
export type IndicatorRow = Shapes['IndicatorRow'];
export type LeaverRow = Shapes['LeaverRow'];
export type NewApiToken = Shapes['NewApiToken'];
export type NewSource = Shapes['NewSource'];
export type NewStaff = Shapes['NewStaff'];
export type Point = Shapes['Point'];
export type PreviewColumn = Shapes['PreviewColumn'];
export type Proof = Shapes['Proof'];
export type SearchHit = Shapes['SearchHit'];
export type Session = Shapes['Session'];
export type SetupRequest = Shapes['SetupRequest'];
export type SignInRequest = Shapes['SignInRequest'];
export type Slice = Shapes['Slice'];
export type Snippet = Shapes['Snippet'];
export type Source = Shapes['Source'];
export type SourceChange = Shapes['SourceChange'];
export type SourceDetail = Shapes['SourceDetail'];
export type SourceRow = Shapes['SourceRow'];
export type Staff = Shapes['Staff'];
export type Standing = Shapes['Standing'];
export type TemplateOption = Shapes['TemplateOption'];
export type TimelineEntry = Shapes['TimelineEntry'];
export type Today = Shapes['Today'];
export type TodayRow = Shapes['TodayRow'];
export type TraitRow = Shapes['TraitRow'];
export type Verdict = Shapes['Verdict'];
export type Words = Shapes['Words'];
