//! What a load would answer, without writing anything.

use vocab::Instant;

use crate::batch::{Fate, Report};
use crate::error::Error;
use crate::folder::Facts;
use crate::id_map::IdMap;
use crate::packed::PackedFacts;
use crate::writer::changes_from;

/// Ids that a look ahead has met; see [`Facts::foresee`].
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    contents: IdMap<u128>,
}

impl Facts {
    /// What [`Facts::load`] would answer for each of these facts, in order; nothing is written. Of facts marked `again`,
    /// `foreseen` remembers the ids, so that the same id in a later call is known.
    pub fn foresee(
        &self,
        facts: &PackedFacts,
        again: &[bool],
        foreseen: &mut Foreseen,
        now: Instant,
    ) -> Result<Report, Error> {
        let mut report = Report::default();
        for (place, (id, content)) in facts.hashes.iter().enumerate() {
            let known = match foreseen.contents.get(id) {
                Some(known) => Some(*known),
                None => self.intake.content_of(*id)?,
            };
            report.fates.push(match known {
                None => Fate::Appended,
                Some(known) if known == *content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
            });
            if known.is_none() {
                let row = facts.row(place, now);
                row.into_iter().for_each(|row| report.changed_from(changes_from(&row.row)));
                if again.get(place).is_some_and(|again| *again) {
                    foreseen.contents.insert(*id, *content);
                }
            } else if known != Some(*content) {
                report.conflicting.extend(facts.message_id(place));
            }
        }
        report.sum_up();
        Ok(report)
    }
}
