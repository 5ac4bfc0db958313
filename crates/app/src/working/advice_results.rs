//! What following advice came to: counted, by entry and version. Nothing is claimed of its effect: whoever followed it was
//! not chosen by lot.

use std::collections::BTreeMap;

use actions::Means;
use store::AdviceFollowed;
use vocab::Scope;

use crate::App;
use crate::error::Error;
use crate::view::AdviceResult;

impl App {
    /// What came of each entry that was followed, by its id; of each the newest version first.
    pub(crate) async fn advice_results(&self, scope: &Scope) -> Result<BTreeMap<String, Vec<AdviceResult>>, Error> {
        let mut results: BTreeMap<String, Vec<AdviceResult>> = BTreeMap::new();
        // By version, ascending.
        for followed in self.store().advice_followed(scope).await?.into_iter().rev() {
            let result = self.advice_result(&followed);
            results.entry(followed.advice.id).or_default().push(result);
        }
        Ok(results)
    }

    fn advice_result(&self, followed: &AdviceFollowed) -> AdviceResult {
        let (version, taken, done) = (followed.advice.version, followed.taken, followed.done);
        let mut result = AdviceResult { version, taken, done, cases: 0, kept: 0, lost: 0, other: 0, open: 0 };
        for (word, count) in &followed.cases {
            let means = word.as_deref().map(|word| self.definitions().cases.outcome(word).map(|outcome| outcome.means));
            result.cases += count;
            *match means {
                None => &mut result.open,
                Some(Some(Means::Kept)) => &mut result.kept,
                Some(Some(Means::Lost)) => &mut result.lost,
                Some(_) => &mut result.other,
            } += count;
        }
        result
    }
}
