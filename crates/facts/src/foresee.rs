//! What a load would answer, without writing anything.

use vocab::Instant;

use crate::batch::{Fate, Report};
use crate::error::Error;
use crate::folder::Facts;
use crate::haul::Haul;
use crate::id_map::IdMap;

/// Ids that a look ahead has met; see [`Facts::foresee`].
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    contents: IdMap<u128>,
}

impl Facts {
    /// What [`Facts::load_haul`] would answer for each of these facts, in order; nothing is written. Of facts marked
    /// `again`, `foreseen` remembers the ids, so that the same id in a later call is known.
    pub fn foresee(
        &self,
        haul: &mut Haul,
        again: &[bool],
        foreseen: &mut Foreseen,
        now: Instant,
    ) -> Result<Report, Error> {
        let mut report = Report::default();
        let mut conflicts = Vec::new();
        haul.close()?;
        for (place, (id, content)) in haul.hashes().iter().enumerate() {
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
                haul.shown(place, now).into_iter().for_each(|moment| report.changed_from(moment));
                if again.get(place).is_some_and(|again| *again) {
                    foreseen.contents.insert(*id, *content);
                }
            } else if known != Some(*content) {
                conflicts.push(place as u32);
            }
        }
        report.conflicting = haul.message_ids(&conflicts)?;
        report.sum_up();
        Ok(report)
    }
}
