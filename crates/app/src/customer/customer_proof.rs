//! What the firm's own past says of a customer's health: how far the scorecard is proven, and what it asks people about.

use vocab::{CustomerId, Instant};

use crate::error::Error;
use crate::view::{AskedOfPeople, CustomerProof, Words};
use crate::{App, Reader};

impl App {
    /// How far is this customer's health to be believed here, by the firm's own past?
    ///
    /// # Errors
    /// `not_found` for a customer that the reader may not see.
    pub async fn customer_proof(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        now: Instant,
    ) -> Result<CustomerProof, Error> {
        let snapshot = self.snapshot(None, now).await?;
        let position = self.place(&snapshot, &reader.scope, customer)?;
        let book = self.book_of(&snapshot).ok_or_else(|| Error::not_found(("打分卡", "the scorecard")))?;
        let score = snapshot.score(position);
        let book = score.map_or(book, |score| book.of(score));
        let proof = self.scorecard_proof(reader, &book.id).await?;
        let asked = book.measures().filter_map(|(_, measure, _)| {
            let corners = measure.curve.corners();
            Some(AskedOfPeople {
                id: measure.indicator.to_string(),
                name: Words::from(measure.manual.as_ref()?),
                least: corners.first()?.0,
                most: corners.last()?.0,
            })
        });
        Ok(CustomerProof {
            scorecard: book.id.clone(),
            name: Words::from(&book.name),
            band: score.and_then(|score| score.band).map(|band| band.as_str().to_owned()),
            proof,
            asked: asked.collect(),
        })
    }
}
