//! How a firm's data comes in: files, events, webhooks, databases; what was held back, and how the sources do.

pub(crate) mod files;
pub(crate) mod hooks;
pub(crate) mod import_jobs;
pub(crate) mod imports;
pub(crate) mod inspector;
pub(crate) mod intake;
pub(crate) mod mappings;
pub(crate) mod pulls;
pub(crate) mod quality;
pub(crate) mod quarantine;
pub(crate) mod seal;
pub(crate) mod snippets;
pub(crate) mod sources;
