//! What came of advice that was followed: how often each entry of the library became a task, and how the cases ended in
//! which it did. What an outcome means is not said here: the case types say it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use vocab::Scope;

use crate::case::CaseState;
use crate::case_desk::Advised;
use crate::entity::{case_tasks, cases};
use crate::scope::{admitted, listed};
use crate::{Error, Store};

/// An entry of the library in one of its versions, and what came of following it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdviceFollowed {
    /// Which entry, in which version.
    pub advice: Advised,
    /// Tasks that it filled.
    pub taken: u64,
    /// Of those, done.
    pub done: u64,
    /// Cases with such a task, by the word in which they ended; `None` of those that have not.
    pub cases: BTreeMap<Option<String>, u64>,
}

impl Store {
    /// How often was each entry followed, and how did the cases end? By entry, then by version.
    ///
    /// # Edges
    /// A case in which the same version was followed twice counts once; one that was opened again has not ended.
    pub async fn advice_followed(&self, scope: &Scope) -> Result<Vec<AdviceFollowed>, Error> {
        let doing = "reading what came of advice";
        let read = self.read().await?;
        let mut tasks = case_tasks::Entity::find()
            .select_only()
            .column(case_tasks::Column::AdviceId)
            .column(case_tasks::Column::AdviceVersion)
            .column(case_tasks::Column::CaseId)
            .column(case_tasks::Column::DoneAt)
            .filter(case_tasks::Column::AdviceId.is_not_null());
        if let Some(only) = admitted(scope, cases::Column::CustomerId) {
            let seen = Query::select().column(cases::Column::Id).from(cases::Entity).and_where(only).take();
            tasks = tasks.filter(case_tasks::Column::CaseId.in_subquery(seen));
        }
        let tasks: Vec<(String, Option<i64>, i64, Option<i64>)> =
            tasks.into_tuple().all(&read).await.map_err(Error::while_doing(doing))?;
        let of: BTreeSet<i64> = tasks.iter().map(|(.., case, _)| *case).collect();
        let of: Vec<i64> = of.into_iter().collect();
        let ended: Vec<(i64, String, Option<String>, Option<String>)> = cases::Entity::find()
            .select_only()
            .column(cases::Column::Id)
            .column(cases::Column::State)
            .column(cases::Column::Outcome)
            .column(cases::Column::EndedAs)
            .filter(listed(&read, (cases::Entity, cases::Column::Id), &of))
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let word = |(id, state, outcome, ended_as): (i64, String, Option<String>, Option<String>)| {
            (id, ended_as.or(outcome).filter(|_| state == CaseState::Closed.as_str()))
        };
        let ended: HashMap<i64, Option<String>> = ended.into_iter().map(word).collect();
        let mut followed: BTreeMap<(String, i64), (u64, u64, BTreeSet<i64>)> = BTreeMap::new();
        for (id, version, case, done_at) in tasks {
            let (taken, done, cases) = followed.entry((id, version.unwrap_or(0))).or_default();
            *taken += 1;
            *done += u64::from(done_at.is_some());
            cases.insert(case);
        }
        let told = followed.into_iter().map(|((id, version), (taken, done, of))| {
            let mut cases: BTreeMap<Option<String>, u64> = BTreeMap::new();
            for case in of {
                *cases.entry(ended.get(&case).cloned().flatten()).or_default() += 1;
            }
            AdviceFollowed { advice: Advised { id, version }, taken, done, cases }
        });
        Ok(told.collect())
    }
}
