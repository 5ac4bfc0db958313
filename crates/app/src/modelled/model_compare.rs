//! Two models beside each other: judged on the same customers and moments, and whom each would put first today.
//!
//! The arithmetic is `training`'s ([`training::rivals`]). Nothing is kept: the same facts give the same answer.

use std::collections::HashMap;

use store::{VersionRecord, VersionState, Versioned};
use training::rivals::{Contest, Mover, Movers, Rivals, movers, rivals};
use vocab::{AsOf, CustomerId, Horizon, Instant};

use crate::error::Error;
use crate::learnt::efficacy::no_churn;
use crate::learnt::trained::{SEED, metric};
use crate::modelled::model_card::bins;
use crate::modelled::model_looks::{Asked, months};
use crate::modelled::model_watch::Asking;
use crate::modelled::models::missing;
use crate::modelled::outside_models::is_outside;
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{ModelComparison, ModelContest, ModelLists, ModelMover, ModelRivals, ModelSide, Words};
use crate::{App, Reader, blocking, threads};

/// Past months compared on, at most.
const MOST_MONTHS: usize = 12;
/// Customers named who would change lists.
const NAMED: usize = 40;

impl App {
    /// A model beside the one in service of its churn definition, or beside the one that is named; for whoever sees all
    /// customers.
    ///
    /// Both are asked about the months that neither had learnt from: those that both were judged by, and all since.
    ///
    /// # Edges
    /// Months whose outcomes are not told are no part of it. Where no month is told yet there is no verdict, and it is said
    /// when there will be one.
    ///
    /// # Errors
    /// `not_found`; `model_damaged`; `nothing_to_compare` where none is in service or it is the same one, `other_churn` where
    /// the two foretell different things, `no_horizon` where they share no horizon.
    pub async fn compare_models(
        &self,
        reader: &Reader,
        id: i64,
        with: Option<i64>,
        now: Instant,
    ) -> Result<ModelComparison, Error> {
        sees_all(reader)?;
        let known = self.store().versions(Versioned::Model).await?;
        let challenger = known.iter().find(|one| one.id == id).ok_or_else(missing)?;
        let champion = match with {
            Some(with) => Some(known.iter().find(|one| one.id == with).ok_or_else(missing)?),
            None => known.iter().find(|one| one.of == challenger.of && one.state == VersionState::Active),
        };
        let champion = champion.filter(|one| one.id != id).ok_or_else(nothing_to_compare)?;
        if champion.of != challenger.of {
            return Err(Error::bad(
                "other_churn",
                ("两个模型的流失口径不同", "the two models foretell leaving by different definitions"),
                ("请选同一流失口径的模型", "choose two of one churn definition"),
            ));
        }
        let pair = [self.asking(champion.clone()).await?, self.asking(challenger.clone()).await?];
        let (supply, as_of) = (self.supply().await?, self.last_midnight(now));
        let app = self.clone();
        let mut found = blocking(move || {
            let [champion, challenger] = &pair;
            let days = shared_horizon(champion, challenger).ok_or_else(no_horizon)?;
            let (churn, zone) = (&challenger.record.of, app.zone());
            let definition = app.churn_definition(churn).ok_or_else(|| no_churn(churn))?;
            let since = pair.iter().filter_map(|one| one.judged(&app, days)).map(|(first, _)| first).max();
            let since = since.unwrap_or(as_of.instant());
            let mut past = months(zone, since, as_of.instant());
            let wait = i64::from(days) + i64::from(definition.late_days);
            past.retain(|at| at.instant().plus_days(wait) <= as_of.instant());
            past.drain(..past.len().saturating_sub(MOST_MONTHS));
            let columns = pair.iter().flat_map(Asking::columns).collect();
            let moments = past.iter().copied().chain([as_of]).collect();
            let asked = Asked { definition, columns, supply, moments, as_of };
            let mut looks = app.looks_at(&asked, &[days])?.pop().unwrap_or_default();
            let today = looks.pop();
            let (sayers, horizon) = ([champion.model.sayer(), challenger.model.sayer()], Horizon { days });
            let told = rivals(&looks, sayers, horizon, SEED, threads());
            let lists = today.and_then(|today| movers(&today, sayers, horizon));
            let not_yet = told.is_none().then(|| not_yet(&zone.date(since.plus_days(wait))));
            Ok(ModelComparison {
                champion: side(&champion.record),
                challenger: side(&challenger.record),
                horizon_days: days,
                as_of: written(as_of.instant()),
                told: told.map(|told| app.rivals_shown(&told)),
                not_yet,
                lists: lists.map(|lists| lists_shown(&lists)),
                notes: notes(champion, challenger),
            })
        })
        .await?;
        if let Some(lists) = &mut found.lists {
            self.name_movers(lists, now).await?;
        }
        Ok(found)
    }

    fn rivals_shown(&self, told: &Rivals) -> ModelRivals {
        let date = |at: &AsOf| self.zone().date(at.instant());
        let contest = |one: &Contest| ModelContest {
            figure: one.figure.to_owned(),
            champion: metric(one.champion),
            challenger: metric(one.challenger),
            gap: metric(one.gap),
            is_better: one.is_better,
        };
        ModelRivals {
            moments: told.moments.iter().map(date).collect(),
            rows: told.rows,
            customers: told.customers,
            left: told.left,
            unsaid: told.unsaid,
            contests: told.contests.iter().map(contest).collect(),
            champion_reliability: bins(&told.reliability[0]),
            challenger_reliability: bins(&told.reliability[1]),
            says: Words::from(&told.says),
        }
    }

    /// Calls the customers by their names as of now.
    async fn name_movers(&self, lists: &mut ModelLists, now: Instant) -> Result<(), Error> {
        let snapshot = self.snapshot(None, now).await?;
        let names: HashMap<String, String> = lists
            .movers
            .iter()
            .filter_map(|one| {
                let place = snapshot.position(&CustomerId::new(&one.customer_id))?;
                Some((one.customer_id.clone(), snapshot.name(place).to_owned()))
            })
            .collect();
        for one in &mut lists.movers {
            if let Some(name) = names.get(&one.customer_id) {
                one.name.clone_from(name);
            }
        }
        Ok(())
    }
}

/// The horizon that the challenger reports if the champion answers it, else the longest that both do.
fn shared_horizon(champion: &Asking, challenger: &Asking) -> Option<u32> {
    let (ours, theirs) = (champion.model.horizons(), challenger.model.horizons());
    let reported = challenger.card.horizon_days;
    let shared = |days: &u32| ours.contains(days) && theirs.contains(days);
    Some(reported).filter(|days| shared(days)).or_else(|| theirs.iter().copied().filter(|days| shared(days)).max())
}

fn side(record: &VersionRecord) -> ModelSide {
    ModelSide { id: record.id, number: record.number, is_outside: is_outside(record) }
}

fn lists_shown(lists: &Movers) -> ModelLists {
    let mover = |one: &Mover| ModelMover {
        customer_id: one.customer.to_string(),
        name: one.customer.to_string(),
        champion: one.champion,
        challenger: one.challenger,
        enters: one.enters,
    };
    ModelLists {
        customers: lists.customers,
        top: lists.top,
        changed: lists.movers.iter().filter(|one| one.enters).count() as u64,
        movers: lists.movers.iter().take(NAMED).map(mover).collect(),
    }
}

fn notes(champion: &Asking, challenger: &Asking) -> Vec<Words> {
    let mut notes = Vec::new();
    if [champion, challenger].iter().any(|one| one.card.outside.is_some()) {
        notes.push(Words::new(
            "外部模型学习过哪些月份看不到：如果它学过这些月份，比较会偏向它",
            "which months the model of somebody else had learnt from cannot be seen: if these were among them, it is favoured",
        ));
    }
    notes
}

fn not_yet(day: &str) -> Words {
    Words::new(
        format!("还没有两个模型都没学过、结果又已知道的月份；最早 {day} 以后可以比较"),
        format!("no month yet that neither had learnt from and whose outcomes are told; the first is after {day}"),
    )
}

fn nothing_to_compare() -> Error {
    Error::bad(
        "nothing_to_compare",
        ("没有另一个模型可以比较", "there is no other model to compare with"),
        ("请先启用一个模型，或指定另一个", "put one in service first, or name another"),
    )
}

fn no_horizon() -> Error {
    Error::bad(
        "no_horizon",
        ("两个模型没有相同的预测期", "the two models share no horizon"),
        ("请选预测期相同的模型", "choose two that answer the same horizon"),
    )
}
