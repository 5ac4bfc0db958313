// What the server answers: the types of `crates/app/src/view`, by name.

/** One sentence in both languages. */
export interface Words {
  /** Chinese. */
  zh: string;
  /** English. */
  en: string;
}

/** One page of a list. */
export interface Page<T> {
  /** The rows, in the order asked for. */
  rows: T[];
  /** How many rows the filter matches in all. */
  total: number;
  /** Hand this back to get the next page; absent on the last. */
  next_cursor?: string | null;
}

/** A number that may be missing, with the reason why. */
export interface Figure {
  /** The number, in its unit. */
  value?: number | null;
  /** Why there is none: a stable word such as `never_observed`. */
  unknown?: string | null;
  /** The same reason in words. */
  unknown_because?: Words | null;
}

/** How this firm speaks of its customers, and the choices that every sentence depends on. */
export interface Firm {
  /** Name of the firm. */
  name: string;
  /** Industry template: `saas`, `ecommerce`, `general`. */
  template: string;
  /** The customer's noun: 客户, 会员, 学员… / customer, member…. */
  noun: Words;
  /** English plural of the noun. */
  noun_plural_en: string;
  /** Measure word in Chinese: 家, 位, 名…. */
  measure_zh: string;
  /** What an owner is called: 客户经理, 导购… / account manager…. */
  owner_title: Words;
  /** IANA name of the zone, fixed before the first fact. */
  timezone: string;
  /** ISO 4217 code of amounts. */
  currency: string;
  /** Active churn definition. */
  churn: string;
  /** Active scorecard. */
  scorecard: string;
  /** Whether this is the sample company. */
  demo: boolean;
}

/** What may be chosen at set-up. */
export interface TemplateOption {
  /** Stable id. */
  id: string;
  /** Name. */
  name: Words;
  /** Whom it suits. */
  about: Words;
  /** Default noun. */
  noun: Words;
  /** Default English plural. */
  noun_plural_en: string;
  /** Default measure word. */
  measure_zh: string;
  /** Default title of an owner. */
  owner_title: Words;
  /** Churn definitions to choose from, the default first. */
  churn: ChurnOption[];
  /** The scorecard it starts with. */
  scorecard: string;
}

/** One churn definition that may be chosen. */
export interface ChurnOption {
  /** Stable id. */
  id: string;
  /** Name. */
  name: Words;
  /** The definition in one sentence. */
  sentence: Words;
}

/** Who is here, and in what state the deployment is. */
export interface Session {
  /** `setup` (no staff yet), `signed_out`, `signed_in`. */
  state: string;
  /** The person, when signed in. */
  staff?: Staff | null;
  /** Present unless set-up has not been done. */
  firm?: Firm | null;
  /** Templates, while in `setup`. */
  templates: TemplateOption[];
  /** The server's moment. */
  now: string;
  /** Version of the program. */
  version: string;
}

/** A person who works in this system. */
export interface Staff {
  /** Stable id. */
  id: number;
  /** Name shown. */
  name: string;
  /** Sign-in name (e-mail). */
  email: string;
  /** `admin` (all customers), `manager` (all customers), `owner` (own customers only), `readonly` (all, no acting). */
  role: string;
  /** The owner key whose customers are theirs, as written in the data. */
  owner_key?: string | null;
  /** Whether the account is in use. */
  active: boolean;
}

/** What set-up sends: the first administrator and the deployment's words. */
export interface SetupRequest {
  /** From the one-time link. */
  token: string;
  /** Administrator's name. */
  name: string;
  /** Administrator's sign-in name. */
  email: string;
  /** At least 8 characters. */
  password: string;
  /** The firm's words and choices; `timezone` cannot change after the first fact. */
  firm: Firm;
}

/** What sign-in sends. */
export interface SignInRequest {
  /** Sign-in name. */
  email: string;
  /** Password. */
  password: string;
}

/** A person to be added. */
export interface NewStaff {
  /** Name shown. */
  name: string;
  /** Sign-in name. */
  email: string;
  /** First password, at least 8 characters. */
  password: string;
  /** See [`Staff::role`]. */
  role: string;
  /** See [`Staff::owner_key`]. */
  owner_key?: string | null;
}

/** An API token as listed; its secret is shown once, when made. */
export interface ApiToken {
  /** Stable id. */
  id: number;
  /** What it is for. */
  name: string;
  /** When made. */
  created_at: string;
  /** When last used. */
  last_used_at?: string | null;
  /** Only in the answer that makes it. */
  token?: string | null;
}

/** A name for a new API token. */
export interface NewApiToken {
  /** What it is for. */
  name: string;
}

/** The verdict on one customer: one band, with what it rests on. */
export interface Verdict {
  /** `low`, `medium`, `high`, `critical`; absent when too little is known. */
  band?: string | null;
  /** Health in points, 0 to 100. */
  health?: number | null;
  /** Share of the scorecard's weight that is known, 0 to 1. */
  coverage: number;
  /** Why there is no health, when there is none. */
  unknown_because?: Words | null;
}

/** Where a customer stands by the churn definition. */
export interface Standing {
  /** `current`, `too_new`, `gone`. */
  state: string;
  /** When gone: the moment it counts as gone. */
  gone_at?: string | null;
  /** First fact known. */
  first_seen_at?: string | null;
  /** Last activity known, by the churn definition's own selector or else any fact of the customer's own doing. */
  last_seen_at?: string | null;
}

/** One row of the customer list. */
export interface CustomerRow {
  /** The source's own id. */
  id: string;
  /** Name, or the id where none is known. */
  name: string;
  /** Owner key. */
  owner?: string | null;
  /** The verdict. */
  verdict: Verdict;
  /** Change of health over the last 30 days, in points. */
  health_change_30d?: number | null;
  /** Health over the last 180 days, oldest first, at most 27 weekly points; `null` where unknown. */
  trend: (number | null)[];
  /** Where it stands. */
  standing: Standing;
  /** Value by the deployment's measure, in the firm's currency. */
  value: Figure;
  /** The strongest reason. */
  reason?: Words | null;
  /** Open alerts. */
  open_alert_count: number;
  /** Contract end, where known. */
  contract_end_on?: string | null;
}

/** The customers page: a page of rows, with counts of the whole filter. */
export interface CustomerList {
  /** The rows. */
  rows: CustomerRow[];
  /** How many the filter matches. */
  total: number;
  /** Next page. */
  next_cursor?: string | null;
  /** Among the matches, without regard to the band filter: how many in each band. */
  band_counts: Count[];
  /** Among all customers in scope: how many in each state; they add up to all, always. */
  state_counts: Count[];
  /** Owners that can be filtered by. */
  owners: string[];
  /** The moment shown. */
  as_of: string;
}

/** How many of what. */
export interface Count {
  /** The word: a band (or `unknown`), a state, a kind. */
  key: string;
  /** How many. */
  count: number;
}

/** Signed share of one indicator in the health. */
export interface ContributionRow {
  /** Indicator id. */
  indicator: string;
  /** Name of the indicator. */
  name: Words;
  /** Its dimension's id. */
  dimension: string;
  /** Name of the dimension. */
  dimension_name: Words;
  /** Points it adds (positive) or takes (negative); with the base they sum to the health exactly. */
  points: number;
  /** The indicator's figure. */
  figure: Figure;
  /** Unit of the figure. */
  unit: string;
  /** In the customer's own figures. */
  sentence: Words;
}

/** One indicator of the customer, with its own history. */
export interface IndicatorRow {
  /** Id. */
  id: string;
  /** Name. */
  name: Words;
  /** The question it answers. */
  question: Words;
  /** `behaviour`, `finance`, `satisfaction`, `relationship`, …. */
  category: string;
  /** Unit. */
  unit: string;
  /** `higher`, `lower`, `both`, `none`: which way is worse. */
  worse: string;
  /** Window as written (`30d`), where it has one. */
  window?: string | null;
  /** Now. */
  figure: Figure;
  /** Weekly history, oldest first. */
  history: Point[];
}

/** A value at a moment. */
export interface Point {
  /** Date in the firm's zone. */
  on: string;
  /** `null` where unknown. */
  value?: number | null;
}

/** What changed in the health since a week ago. */
export interface HealthChange {
  /** Health a week ago. */
  before?: number | null;
  /** Contributions that moved, largest first; they sum to the difference exactly. */
  moved: ContributionRow[];
}

/** The page of one customer. */
export interface CustomerPage {
  /** As in the list. */
  row: CustomerRow;
  /** The moment shown. */
  as_of: string;
  /** Health a customer starts from before contributions. */
  base: number;
  /** Health over time, weekly, oldest first. */
  health_history: Point[];
  /** Where the bands change, e.g. `[["critical",0],["high",40],…]`. */
  band_floors: BandFloor[];
  /** Contributions grouped by dimension, in the scorecard's order. */
  contributions: ContributionRow[];
  /** The strongest reasons, at most three, worst first. */
  reasons: Words[];
  /** Since last week. */
  change: HealthChange;
  /** Every indicator. */
  indicators: IndicatorRow[];
  /** Traits: key, value, since when. */
  traits: TraitRow[];
  /** Alerts, open first. */
  alerts: AlertRow[];
  /** Cases, open first. */
  cases: CaseRow[];
  /** Name and version of the scorecard. */
  scorecard: Words;
  /** How many facts there are by kind. */
  fact_counts: Count[];
}

/** Lower edge of a band. */
export interface BandFloor {
  /** Band. */
  band: string;
  /** Lowest health in it. */
  from: number;
}

/** One trait of a customer. */
export interface TraitRow {
  /** Key as it came. */
  key: string;
  /** Present value. */
  value: string;
  /** Since when it is known to be so. */
  since: string;
}

/** One entry of the timeline. */
export interface TimelineEntry {
  /** Stable within the customer. */
  id: string;
  /** Kind of fact. */
  kind: string;
  /** Name of what happened. */
  name: string;
  /** When it happened. */
  occurred_at: string;
  /** When we could have known. */
  known_at: string;
  /** When we wrote it. */
  recorded_at: string;
  /** Its value. */
  value?: number | null;
  /** Currency, where it is not the firm's. */
  currency?: string | null;
  /** Words, as they came. */
  text?: string | null;
  /** Properties. */
  properties: Record<string, string | null>;
  /** Source. */
  source: string;
  /** Equal facts of the same day folded into this entry, itself included. */
  count: number;
}

/** One alert. */
export interface AlertRow {
  /** Stable id. */
  id: number;
  /** Customer id. */
  customer_id: string;
  /** Customer's name. */
  customer_name: string;
  /** Owner key. */
  owner?: string | null;
  /** Rule that raised it. */
  rule: string;
  /** Name of the rule. */
  rule_name: Words;
  /** Cause: at most one open alert per customer and cause. */
  cause: string;
  /** `info`, `warning`, `urgent`. */
  severity: string;
  /** Reason in the customer's own figures. */
  sentence: Words;
  /** `open`, `resolved`. */
  state: string;
  /** Opened at. */
  opened_at: string;
  /** Resolved at. */
  resolved_at?: string | null;
  /** Why resolved: `cleared`, `closed`, `gone`. */
  resolution?: string | null;
  /** The case that works on it. */
  case_id?: number | null;
  /** State of that case. */
  case_state?: string | null;
  /** When it is due, where a case is open. */
  due_at?: string | null;
  /** Present verdict on the customer. */
  verdict?: Verdict | null;
  /** Value of the customer. */
  value: Figure;
}

/** The alerts page. */
export interface AlertList {
  /** Rows. */
  rows: AlertRow[];
  /** How many match. */
  total: number;
  /** Next page. */
  next_cursor?: string | null;
  /** Counts by severity of what matches without the severity filter. */
  severity_counts: Count[];
  /** Counts by case state (`new`, `accepted`, `closed`, `none`) without that filter. */
  case_state_counts: Count[];
  /** The moment shown. */
  as_of: string;
}

/** The work on one customer. */
export interface CaseRow {
  /** Stable id. */
  id: number;
  /** Customer id. */
  customer_id: string;
  /** Customer's name. */
  customer_name: string;
  /** Owner key. */
  owner?: string | null;
  /** `new`, `accepted`, `closed`. */
  state: string;
  /** Opened at. */
  opened_at: string;
  /** To be accepted by. */
  accept_by: string;
  /** To be acted upon by. */
  act_by: string;
  /** Accepted at. */
  accepted_at?: string | null;
  /** By whom. */
  accepted_by?: string | null;
  /** Closed at. */
  closed_at?: string | null;
  /** By whom. */
  closed_by?: string | null;
  /** `retained`, `churned`, `no_action_needed`, `false_alarm`, `cleared`. */
  outcome?: string | null;
  /** Note written on closing. */
  note?: string | null;
  /** Grows by one with every change; send it back to change the case. */
  version: number;
  /** Alerts it works on. */
  alerts: AlertRow[];
  /** Every step, oldest first. */
  steps: CaseStep[];
}

/** One step in a case's history. */
export interface CaseStep {
  /** `opened`, `accepted`, `closed`, `reopened`, `cleared`. */
  what: string;
  /** When. */
  at: string;
  /** Who; `liuke` for the cycle. */
  actor: string;
}

/** What accepting a case sends. */
export interface AcceptCase {
  /** The version seen. */
  version: number;
}

/** What closing a case sends. */
export interface CloseCase {
  /** The version seen. */
  version: number;
  /** See [`CaseRow::outcome`]; `cleared` is the cycle's own. */
  outcome: string;
  /** A note. */
  note?: string | null;
}

/** One customer to look after today. */
export interface TodayRow {
  /** The customer. */
  customer: CustomerRow;
  /** The open case. */
  case_id: number;
  /** Its state: `new` or `accepted`. */
  case_state: string;
  /** Its version. */
  case_version: number;
  /** When it was opened. */
  opened_at: string;
  /** What is due next. */
  due_at: string;
  /** `on_time`, `due_today`, `overdue`. */
  clock: string;
  /** Severest alert. */
  severity: string;
  /** One sentence per open alert, severest first. */
  sentences: Words[];
  /** The suggested next step. */
  next_step: Words;
}

/** The page of the day. */
export interface Today {
  /** The moment shown. */
  as_of: string;
  /** Ranked rows: overdue first, then by band, value and time. */
  rows: TodayRow[];
  /** How many customers in all. */
  total: number;
  /** How many are due today or overdue. */
  due_count: number;
  /** How many are overdue. */
  overdue_count: number;
  /** Value of these customers together, in the firm's currency; what is unknown is left out. */
  value_sum: number;
  /** How many of them have no known value. */
  value_unknown_count: number;
  /** How many cases were closed since midnight. */
  closed_today_count: number;
  /** How many customers whom nobody owns need attention. */
  unowned_count: number;
  /** Up to two pieces of good news. */
  good_news: GoodNews[];
  /** When the list was last computed. */
  computed_at?: string | null;
  /** Why there is no list, when none can be made yet. */
  not_yet?: Words | null;
  /** How far the score is proved on this firm's own history. */
  proof: Proof;
}

/** How far a score is proved here. */
export interface Proof {
  /** `untested`: never backtested on this firm's data. */
  stage: string;
  /** In a sentence. */
  sentence: Words;
}

/** A customer that is doing better. */
export interface GoodNews {
  /** Customer id. */
  customer_id: string;
  /** Its name. */
  customer_name: string;
  /** What got better. */
  sentence: Words;
}

/** A column of an uploaded table. */
export interface PreviewColumn {
  /** Header as written. */
  header: string;
  /** First values. */
  samples: string[];
  /** The field it was guessed or told to be; `null` = kept as a property. */
  field?: string | null;
  /** Whether somebody chose it rather than the guess. */
  chosen: boolean;
}

/** One fault, placed. */
export interface FindingRow {
  /** Stable code. */
  code: string;
  /** Row as a person counts it: the header is row 1. */
  row?: number | null;
  /** Column. */
  field?: string | null;
  /** What is wrong. */
  detail: Words;
  /** What to do. */
  hint: Words;
}

/** A field that a kind of table can have. */
export interface FieldOption {
  /** Stable word. */
  id: string;
  /** Name. */
  name: Words;
  /** Without it nothing can be imported. */
  required: boolean;
}

/** What an uploaded file would become: nothing has been written yet. */
export interface ImportPreview {
  /** Hand this back. */
  upload_id: string;
  /** Name of the file. */
  file_name: string;
  /** Bytes. */
  size: number;
  /** `csv`, `xlsx`, `parquet`. */
  format: string;
  /** `utf-8`, `gb18030`…; absent where the format has none. */
  encoding?: string | null;
  /** Sheets to choose from. */
  sheets: string[];
  /** Sheet shown. */
  sheet?: string | null;
  /** Kind guessed or chosen: `orders`, `events`, `customers`, …. */
  kind: string;
  /** Kinds to choose from. */
  kinds: string[];
  /** Fields of this kind. */
  fields: FieldOption[];
  /** Columns. */
  columns: PreviewColumn[];
  /** Rows seen. */
  row_count: number;
  /** Of these: would be accepted. */
  accepted: number;
  /** Of these: already there. */
  duplicates: number;
  /** Of these: would be rejected. */
  rejected: number;
  /** Facts the accepted rows make. */
  facts: number;
  /** First faults, at most 100. */
  findings: FindingRow[];
  /** How many by code. */
  finding_counts: Count[];
  /** What must be mended before anything can be imported. */
  blocking: FindingRow[];
}

/** What the wizard sends: how to read the uploaded file. */
export interface ImportRequest {
  /** Kind; guessed when absent. */
  kind?: string | null;
  /** Name of the source; the kind when absent. */
  source?: string | null;
  /** Sheet of a workbook; the first when absent. */
  sheet?: string | null;
  /** Header → field (`null` = property, `"-"` = leave out); headers not named are guessed. */
  mapping: Record<string, string | null>;
  /** Day on which a customer table was true, `YYYY-MM-DD`. */
  observed_on?: string | null;
  /** Zone of naive times; the firm's when absent. */
  timezone?: string | null;
}

/** A running or finished import. */
export interface ImportJob {
  /** Stable id. */
  id: number;
  /** Name of the file. */
  file_name: string;
  /** Kind. */
  kind: string;
  /** Source. */
  source: string;
  /** `running`, `done`, `failed`. */
  state: string;
  /** Started at. */
  started_at: string;
  /** Finished at. */
  finished_at?: string | null;
  /** By whom. */
  actor: string;
  /** Rows read so far. */
  received: number;
  /** Rows in all, where known. */
  row_count?: number | null;
  /** Rows taken. */
  accepted: number;
  /** Rows that were there already. */
  duplicates: number;
  /** Rows rejected. */
  rejected: number;
  /** Facts made. */
  facts: number;
  /** Same id, other content. */
  conflicts: number;
  /** Views from this moment on have changed. */
  earliest_changed_moment?: string | null;
  /** First faults, at most 100. */
  findings: FindingRow[];
  /** Why it failed. */
  failure?: Words | null;
}

/** What is in the lake, by source. */
export interface SourceRow {
  /** Name. */
  name: string;
  /** Facts. */
  facts: number;
  /** Earliest that happened. */
  first_at: string;
  /** Latest that happened. */
  last_at: string;
  /** Latest written. */
  recorded_at: string;
  /** By kind. */
  kinds: Count[];
}

/** The data page. */
export interface DataPage {
  /** Sources. */
  sources: SourceRow[];
  /** Imports, newest first. */
  imports: ImportJob[];
  /** Facts in all. */
  facts: number;
  /** Customers in all. */
  customers: number;
}

/** A cycle: running, or the last one. */
export interface CycleStatus {
  /** `idle`, `running`, `failed`. */
  state: string;
  /** `load`, `indicators`, `scores`, `alerts`, `record`. */
  stage?: string | null;
  /** 0 to 1. */
  progress: number;
  /** Moment of the last finished cycle. */
  last_as_of?: string | null;
  /** When it finished. */
  last_finished_at?: string | null;
  /** What it did, in a sentence. */
  last_summary?: Words | null;
  /** The plan as printed. */
  last_plan?: string | null;
  /** Why it failed. */
  failure?: Words | null;
  /** When the next one is due. */
  next_at?: string | null;
}

/** A hit of ⌘K. */
export interface SearchHit {
  /** Customer id. */
  customer_id: string;
  /** Name. */
  name: string;
  /** Owner key. */
  owner?: string | null;
  /** Band. */
  band?: string | null;
}

/** What a definition says, for hover and help. */
export interface DefinitionRow {
  /** Id. */
  id: string;
  /** `indicator`, `scorecard`, `rule`, `churn`. */
  sort: string;
  /** Name. */
  name: Words;
  /** What it says, in a sentence. */
  sentence: Words;
  /** Whether it is in use now. */
  active: boolean;
}

/** One past month. */
export interface ChurnMonth {
  /** `YYYY-MM`. */
  month: string;
  /** Customers at its start. */
  customers_at_start: number;
  /** Of those, how many left in it. */
  left_count: number;
  /** `left ÷ at start`; absent when nobody was there or the month cannot be judged. */
  rate?: number | null;
  /** Why it cannot be judged. */
  unknown_because?: Words | null;
  /** Whether the month has ended. */
  complete: boolean;
}

/** Somebody who left. */
export interface LeaverRow {
  /** Customer id. */
  customer_id: string;
  /** Name. */
  customer_name: string;
  /** Owner key. */
  owner?: string | null;
  /** When it counts as gone. */
  gone_at: string;
  /** Last activity before. */
  last_seen_at?: string | null;
  /** Value before leaving. */
  value: Figure;
}

/** Customers and amount in one band or at one owner. */
export interface Slice {
  /** Band or owner key; `unknown` or empty where there is none. */
  key: string;
  /** Customers. */
  count: number;
  /** Their value together. */
  value_sum: number;
  /** Of those in band high or critical. */
  at_risk_count: number;
  /** Their value. */
  at_risk_value: number;
}

/** The churn overview. */
export interface ChurnOverview {
  /** The moment shown. */
  as_of: string;
  /** Active definition. */
  churn: string;
  /** Its name. */
  churn_name: Words;
  /** The definition in one sentence. */
  sentence: Words;
  /** Months, oldest first. */
  months: ChurnMonth[];
  /** `current`, `too_new`, `gone`: add up to all customers. */
  state_counts: Count[];
  /** All customers. */
  customer_count: number;
  /** Present customers by band, worst first, then `unknown`. */
  by_band: Slice[];
  /** Present customers by owner, most at risk first. */
  by_owner: Slice[];
  /** Why the firm cannot be judged yet. */
  not_yet?: Words | null;
}
