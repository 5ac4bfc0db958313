//! What a customer is worth here: by which measure, and what another would change.
//!
//! The scorecard names a measure; a firm may choose its own, for all its scorecards. Where the tiers are cut is the
//! segments' business, what a value is used for that of whoever asks for it.

use indicators::{Sorting, TIERS};
use outcomes::State;
use scores::{Tier, TierCuts, TierPlan, tiers_of};
use vocab::Instant;

use crate::books::NOW;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::written;
use crate::view::{ValueOption, ValuePage, ValueTier, Words};
use crate::{App, Reader, blocking};

/// Measures that are offered, the usual first: what is agreed on for a year, earned in one, spent in one, in a quarter.
const OFFERED: [&str; 6] =
    ["contract_amount", "margin_365d", "amount_365d", "amount_90d", "paid_365d", "total_spend_mean_2mo"];
/// What value is counted in.
const MONEY: &str = "money";

/// Tiers of everybody, by place, and where they are cut.
type Tiers = (Option<TierCuts>, Vec<Option<Tier>>);

impl App {
    /// Refuses a measure of value that is none.
    pub(crate) fn check_measure_of_value(&self, id: &str) -> Result<(), Error> {
        let is_amount = self.definitions().catalog.get(id).is_some_and(|indicator| indicator.unit == MONEY);
        if is_amount {
            return Ok(());
        }
        Err(Error::bad(
            "unknown_choice",
            (&format!("“{id}”不是以金额计的指标"), &format!("\"{id}\" is no indicator of an amount")),
            ("请从列表中选择", "choose one from the list"),
        ))
    }

    /// What value can be measured by, and what each measure would make of the customers of now.
    ///
    /// # Errors
    /// `forbidden` for whoever does not administer.
    pub async fn value_page(&self, reader: &Reader, now: Instant) -> Result<ValuePage, Error> {
        reader.may_administer()?;
        let snapshot = self.snapshot(None, now).await?;
        let firm = self.working_firm().await?;
        let by_scorecard = self.single_book_at(&firm.scorecard, NOW)?.value.clone();
        let in_use = firm.value.clone().or_else(|| by_scorecard.clone());
        let app = self.clone();
        blocking(move || {
            let plan = app.definitions().segments.get(&firm.template).map(|book| book.tiers);
            let stays = |place: usize| !matches!(snapshot.state(place), State::Gone { .. });
            let here: Vec<usize> = (0..snapshot.customers().len()).filter(|place| stays(*place)).collect();
            let present = in_use.as_deref().map(|id| sorted(plan, &values(&snapshot, &here, id)));
            let mut ids: Vec<&str> = in_use.iter().chain(&by_scorecard).map(String::as_str).chain(OFFERED).collect();
            let mut seen = Vec::new();
            ids.retain(|id| {
                !seen.contains(id) && {
                    seen.push(*id);
                    true
                }
            });
            let mut options: Vec<ValueOption> = ids
                .into_iter()
                .filter_map(|id| app.value_option(id, &snapshot, &here, plan, present.as_ref()))
                .collect();
            options.sort_by_key(|option| (in_use.as_deref() != Some(option.id.as_str()), u64::MAX - option.known));
            let (as_of, customers) = (written(snapshot.as_of.instant()), here.len() as u64);
            Ok(ValuePage { in_use, by_scorecard, as_of, customers, options })
        })
        .await
    }

    fn value_option(
        &self,
        id: &str,
        snapshot: &Snapshot,
        here: &[usize],
        plan: Option<TierPlan>,
        present: Option<&Tiers>,
    ) -> Option<ValueOption> {
        let indicator = self.definitions().catalog.get(id)?;
        let values = values(snapshot, here, id);
        let (cuts, tiers) = sorted(plan, &values);
        let before = |place: usize| present.and_then(|(_, tiers)| tiers[place]);
        let count = |fits: &dyn Fn(Option<Tier>, Option<Tier>) -> bool| {
            tiers.iter().enumerate().filter(|(place, tier)| fits(before(*place), **tier)).count() as u64
        };
        let row = |(tier, (word, ..)): (Tier, &(&str, &str, &str))| ValueTier {
            tier: (*word).to_owned(),
            name: Sorting::Tier.word(word).map(Words::from).unwrap_or_default(),
            from: cuts.and_then(|cuts| match tier {
                Tier::High => Some(cuts.high),
                Tier::Middle => Some(cuts.middle),
                Tier::Low => None,
            }),
            count: tiers.iter().filter(|one| **one == Some(tier)).count() as u64,
        };
        Some(ValueOption {
            id: id.to_owned(),
            name: Words::from(&indicator.name),
            question: Words::from(&indicator.question),
            known: values.iter().flatten().count() as u64,
            sum: values.iter().flatten().sum(),
            tiers: plan.map(|_| Tier::ALL.into_iter().zip(&TIERS).map(row).collect()).unwrap_or_default(),
            raised: count(&|before, after| before.is_some() && after > before),
            lowered: count(&|before, after| after.is_some() && after < before),
            gained: count(&|before, after| before.is_none() && after.is_some()),
            lost: count(&|before, after| before.is_some() && after.is_none()),
        })
    }
}

/// What each customer would be worth, by place among those who have not left.
fn values(snapshot: &Snapshot, here: &[usize], id: &str) -> Vec<Option<f64>> {
    here.iter().map(|place| snapshot.indicators.cell(*place, id).known()).collect()
}

fn sorted(plan: Option<TierPlan>, values: &[Option<f64>]) -> Tiers {
    plan.map_or_else(|| (None, vec![None; values.len()]), |plan| tiers_of(plan, values, &|_| true))
}
