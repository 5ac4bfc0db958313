//! Operational memory: what is open on which desk, who works here, what was imported, and the history of all of it.
//!
//! SQLite in the data folder by default, PostgreSQL when several machines share it; the same code, the same answers.
//! Facts about customers are not here (`facts`), nor is anything decided here (`alerts`, `actions`): a cycle's plans
//! come in whole and are applied in one transaction ([`Store::apply_cycle`]).
//!
//! Three habits:
//! * **Scope first.** A method that can show customers takes [`vocab::Scope`] and applies it in the database, or in the
//!   index of cases, over the projection of owners, before anything is counted or paged.
//! * **Nothing is overwritten unseen.** Every change of a row writes what the row became into `history`, in the same
//!   transaction ([`Store::as_recorded`] folds it back). People send back the version they saw; a conflict tells them
//!   the present one.
//! * **Only hashes.** Secrets of sessions, tokens and passwords come in hashed.

mod advice_followed;
mod alert;
mod alert_index;
mod audit;
mod case;
mod case_calls;
mod case_desk;
mod case_index;
mod case_list;
mod case_lives;
mod case_moves;
mod channels;
mod cycle;
mod decisions;
mod deliveries;
mod desk;
mod entity;
mod error;
mod follow_ups;
mod hand_over;
mod history;
mod identity;
mod imports;
mod invitations;
mod judgements;
mod line;
mod mappings;
mod migration;
mod model_watch;
mod names;
mod next_contacts;
mod notice_choices;
mod notices;
mod open;
mod org;
mod owners;
mod people;
mod pool_returns;
mod promises;
mod quality;
mod reminders;
mod renewals;
mod rows;
mod saved_views;
mod scope;
mod settings;
mod sheets;
mod source_runs;
mod sources;
mod tags;
mod team;
mod versions;
mod words;
mod work_between;

pub use advice_followed::AdviceFollowed;
pub use alert::{
    AlertFilter, AlertOrder, AlertPage, AlertPosition, AlertRecord, AlertResolution, AlertSlice, AlertState, Snooze,
    Standing,
};
pub use audit::{AuditFilter, AuditSort, Deed};
pub use case::{CaseOutcome, CaseRecord, CaseState, CaseStep, Closing};
pub use case_calls::{Called, CaseCall};
pub use case_desk::{Advised, CaseComment, CaseTask, DeskLoad, NewCaseTask, TaskChange, WaitingTask};
pub use case_index::CaseKey;
pub use case_list::{CaseFilter, CaseOrder, CasePage, CaseSlice, Whose};
pub use case_lives::CaseLife;
pub use case_moves::{Acting, Carrying, CaseMoving, CaseOpening};
pub use channels::{ChannelChange, NewChannel, NoticeChannel};
pub use cycle::{Applied, CYCLE_ACTOR, CycleRecord, Worth};
pub use decisions::{Decided, DecisionRecord, DecisionsOf};
pub use deliveries::{
    AttemptOutcome, AttemptRecord, Claim, DeliveryDecision, DeliveryRecord, DeliveryState, Free, Settled,
};
pub use error::Error;
pub use follow_ups::{Channel, FollowUpRecord, Mood, NewFollowUp, NewPromise, TouchOutcome};
pub use hand_over::{GivenBy, GivenOwner, HandOver, Share};
pub use history::{HistoryEntry, News, Recorded, Resource};
pub use identity::{ConflictRecord, ConflictState, NewConflict};
pub use imports::{ImportJobRecord, ImportResult, ImportState, NewImportJob};
pub use invitations::{InvitationRecord, NewInvitation};
pub use judgements::{Judgement, NewJudgement};
pub use line::{RuleCount, Snoozing};
pub use mappings::SavedMapping;
pub use model_watch::{ModelWatch, Retraining, RetrainingCause, RetrainingOutcome};
pub use next_contacts::NextContact;
pub use notice_choices::{NoticeChoice, NoticeWay};
pub use notices::{NoticeFilter, NoticePage, NoticeRecord};
pub use open::Store;
pub use org::{NewUnit, StaffChange, UnitRecord, units_below};
pub use owners::{OwnerCause, OwnerChange, PoolClaim};
pub use people::{NewStaff, Role, StaffRecord, TokenRecord};
pub use promises::{PromiseFilter, PromisePage, PromiseRecord, PromiseState, Settling, UntoldPromise};
pub use quality::{DataAlertRecord, NewDataAlert};
pub use reminders::{AnswerState, LastFollowUp, NewReminderAnswer, ReminderAnswer};
pub use renewals::{
    Intention, RenewalKey, RenewalOutcome, RenewalRecord, RenewalSaying, RenewalStage, RenewalStep, RenewalWord,
};
pub use saved_views::SavedView;
pub use sheets::{NewSheet, Reopening, SheetCellRecord, SheetDoes, SheetEdit, SheetField, SheetRecord, SheetUndone};
pub use source_runs::{RunCounts, RunEnd, RunState, SourceRun};
pub use sources::{NewSource, Source, SourceChange};
pub use tags::{TagChangeRecord, TagRecord};
pub use team::DeskClocks;
pub use versions::{NewVersion, VersionRecord, VersionState, VersionTerm, Versioned};
pub use work_between::{CaseTrail, TrailStep, WorkBetween};
