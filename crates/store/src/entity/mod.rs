//! The tables as SeaORM sees them, one module each. None of these types leaves the room.
//!
//! What they serialise to is what `history` keeps of a row, so a field that must not be remembered (a password's hash,
//! a projection) is skipped there.

pub(crate) mod alerts;
pub(crate) mod case_comments;
pub(crate) mod case_mentions;
pub(crate) mod case_tasks;
pub(crate) mod cases;
pub(crate) mod channels;
pub(crate) mod customer_owner;
pub(crate) mod customer_tags;
pub(crate) mod cycles;
pub(crate) mod data_alerts;
pub(crate) mod decisions;
pub(crate) mod follow_ups;
pub(crate) mod hand_overs;
pub(crate) mod history;
pub(crate) mod identity_apart;
pub(crate) mod identity_conflicts;
pub(crate) mod import_jobs;
pub(crate) mod invitations;
pub(crate) mod judgements;
pub(crate) mod mappings;
pub(crate) mod model_retrainings;
pub(crate) mod model_watches;
pub(crate) mod next_contacts;
pub(crate) mod notice_attempts;
pub(crate) mod notice_choices;
pub(crate) mod notice_deliveries;
pub(crate) mod notices;
pub(crate) mod owner_changes;
pub(crate) mod owners_given;
pub(crate) mod pool_warnings;
pub(crate) mod promises;
pub(crate) mod quality_reports;
pub(crate) mod reminder_answers;
pub(crate) mod renewals;
pub(crate) mod saved_views;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sheet_cells;
pub(crate) mod sheet_tags;
pub(crate) mod sheets;
pub(crate) mod sign_in_attempts;
pub(crate) mod source_runs;
pub(crate) mod sources;
pub(crate) mod staff;
pub(crate) mod tag_changes;
pub(crate) mod tokens;
pub(crate) mod unit_heads;
pub(crate) mod units;
pub(crate) mod version_terms;
pub(crate) mod versions;
