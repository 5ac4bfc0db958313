//! What the other scorecards say of a customer: lists score everybody by one, but a customer may have several healths at once.

use scores::{CustomerScore, ScoreBook, score_each};

use crate::App;
use crate::customer::customers::verdict_of;
use crate::moment::snapshot::Snapshot;
use crate::view::{OtherHealth, Words};

impl App {
    /// The healths of the customer at a place by every scorecard in use that is for it besides the one that scored it, in the
    /// order in which scorecards are asked.
    ///
    /// # Edges
    /// None where there is one scorecard, or the customer is asked about by one alone. A person's word on the health stands in
    /// place of each of them, as it does in the lists.
    pub(crate) fn other_healths(
        &self,
        snapshot: &Snapshot,
        place: usize,
        book: &ScoreBook,
        score: &CustomerScore,
    ) -> Vec<OtherHealth> {
        let customer = snapshot.indicators.what_if(place, &[]);
        let is_other = |one: &ScoreBook| *one.id != *score.scorecard && one.is_for(&customer, 0);
        let books: Vec<ScoreBook> = book.each().filter(is_other).collect();
        let asked: Vec<&ScoreBook> = books.iter().collect();
        let (said, heard) = snapshot.heard();
        let frames = score_each(&customer, &asked, &self.definitions().catalog, said, heard);
        let told = |(book, frame): (&ScoreBook, &scores::ScoreFrame)| OtherHealth {
            scorecard: book.id.clone(),
            name: Words::from(&book.name),
            verdict: verdict_of(Some(frame.at(0))),
        };
        books.iter().zip(&frames).map(told).collect()
    }
}
