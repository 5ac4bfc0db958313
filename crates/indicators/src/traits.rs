//! What is known of customers at a moment, besides what they do: their traits.
//!
//! The last word that had been said of a key and could be known counts. Which facts are visible is decided by `facts`.

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Kind};

/// Some traits of some customers as of a moment, by the place of the customer.
#[derive(Debug)]
pub struct TraitFrame<'f> {
    keys: Vec<String>,
    columns: Vec<Vec<Option<&'f str>>>,
}

impl<'f> TraitFrame<'f> {
    /// What was last said of each key by the moment; the frame of facts must hold these properties.
    ///
    /// # Edges
    /// A trait that was taken back, or of which nothing was ever said, has no value. Of a customer whom the frame does
    /// not know, nothing is known.
    pub fn of(frame: &'f FactFrame, customers: &[CustomerId], keys: &[&str], as_of: AsOf) -> TraitFrame<'f> {
        let mut columns = vec![vec![None; customers.len()]; keys.len()];
        for (place, customer) in customers.iter().enumerate() {
            if keys.is_empty() {
                break;
            }
            let Some(position) = frame.position(customer) else { continue };
            let mut open: Vec<usize> = (0..keys.len()).collect();
            for row in frame.rows_of(position).rev() {
                if open.is_empty() {
                    break;
                }
                if frame.kind(row) != Kind::Trait || !frame.is_visible(row, as_of) {
                    continue;
                }
                open.retain(|key| match frame.property(row, keys[*key]) {
                    Some(said) => {
                        columns[*key][place] = said;
                        false
                    }
                    None => true,
                });
            }
        }
        TraitFrame { keys: keys.iter().map(|key| (*key).to_owned()).collect(), columns }
    }

    /// What is known of the customer at a place; `None` for a key that was not asked for.
    pub fn said(&self, place: usize, key: &str) -> Option<Option<&'f str>> {
        let column = self.keys.iter().position(|one| one == key)?;
        self.columns[column].get(place).copied()
    }
}
