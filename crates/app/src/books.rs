//! Definitions as they are in use: what ships, the firm's own versions, each parsed once and found by its moment.

pub(crate) mod bookshelf;
pub(crate) mod churnbook;
pub(crate) mod definitions;
pub(crate) mod parsed;
pub(crate) mod peer_groups;
pub(crate) mod rulebook;
pub(crate) mod version_steps;
pub(crate) mod versions;

use vocab::Instant;

/// The moment of whoever asks for what is in use now.
pub(crate) const NOW: Instant = Instant::MAX;
