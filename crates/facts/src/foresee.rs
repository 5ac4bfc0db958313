//! What a load would answer, without writing anything.

use std::collections::HashMap;

use crate::batch::Fate;
use crate::encode::{content_hash, id_hash};
use crate::error::Error;
use crate::fact::Fact;
use crate::folder::Facts;

/// Ids that a look ahead has met; see [`Facts::foresee`].
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    contents: HashMap<u128, u128>,
}

impl Facts {
    /// What [`Facts::load`] would answer for each of these facts, in order; nothing is written. Of facts marked `again`,
    /// `foreseen` remembers the ids, so that the same id in a later call is known.
    pub fn foresee(&self, facts: &[Fact], again: &[bool], foreseen: &mut Foreseen) -> Result<Vec<Fate>, Error> {
        let mut fates = Vec::with_capacity(facts.len());
        for (place, fact) in facts.iter().enumerate() {
            let id = id_hash(fact.source.as_str(), fact.message_id.as_str());
            let content = content_hash(fact);
            let known = match foreseen.contents.get(&id) {
                Some(known) => Some(*known),
                None => self.intake.content_of(id)?,
            };
            fates.push(match known {
                None => Fate::Appended,
                Some(known) if known == content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
            });
            if known.is_none() && again.get(place).is_some_and(|again| *again) {
                foreseen.contents.insert(id, content);
            }
        }
        Ok(fates)
    }
}
