//! What the model in service says of one customer: how likely, when, why, and what people confirmed.
//!
//! Not here: what would bring the customer back (`risk_ways`), everybody together (`risk_reasons`).

use actions::Gathered;
use indicators::{Cell, Indicator, Worse, figure, unit_word};
use outcomes::State;
use scores::{in_words, plainly};
use store::{CaseFilter, CaseRecord, CaseSlice, CaseState};
use vocab::{AsOf, CustomerId, Instant, Text};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::risk::champion::{Champion, Crowd, CrowdSaid, middle};
use crate::shown;
use crate::shown::written;
use crate::view::{ConfirmedReason, CustomerRisk, RiskExplained, RiskHorizon, RiskItem, RiskReason, Words};
use crate::{App, Reader, blocking};

/// From this probability on it is said within how many days a customer is likely to leave.
const LIKELY: f64 = 0.5;

/// A customer whom a model is asked about: how it stands in `shown`, among everybody in `lists`.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub champion: &'a Champion,
    pub shown: &'a Snapshot,
    pub place: usize,
    pub lists: &'a Snapshot,
    pub crowd: &'a Crowd,
}

impl App {
    /// How likely is this customer to leave, when, why, and what would bring it back?
    ///
    /// # Edges
    /// Without a model in service, before its own history ended, and of a customer whom no model is asked about there
    /// is no risk; what the health would need and what people confirmed is told all the same.
    ///
    /// # Errors
    /// `not_found` for a customer that the reader may not see; `model_damaged`.
    pub async fn customer_risk(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<CustomerRisk, Error> {
        let lists = self.snapshot(as_of, now).await?;
        let shown = self.fresh_of(&lists, customer, as_of, now).await?;
        let place = self.place(&shown, &reader.scope, customer)?;
        let champion = self.champion(&lists.churn).await?;
        let closed = CaseFilter {
            states: vec![CaseState::Closed],
            customers: Some(vec![customer.clone()]),
            ..CaseFilter::default()
        };
        let cases = self.store().cases(&reader.scope, &closed, CaseSlice::default()).await?.rows;
        // A look at the past knows only what was confirmed by then.
        let until = as_of.map_or(now, AsOf::instant);
        let cases: Vec<CaseRecord> = cases.into_iter().filter(|case| case.closed_at < Some(until)).collect();
        let app = self.clone();
        blocking(move || {
            let crowd = Crowd::of(&app, &lists);
            let is_eligible = lists.position(&shown.customers()[place]).is_some_and(|at| crowd.eligible[at]);
            let state = state_of(champion.as_deref(), &shown, place, is_eligible);
            let mut page = CustomerRisk {
                customer: shown.customers()[place].to_string(),
                as_of: written(shown.as_of.instant()),
                because: because(state),
                state: state.to_owned(),
                model: champion.as_deref().map(Champion::name),
                horizons: Vec::new(),
                sentence: None,
                verdict: None,
                worth: None,
                explained: None,
                ways_back: Vec::new(),
                confirmed: app.confirmed(champion.as_deref(), &lists, &cases),
            };
            if let Some(champion) = champion.as_deref().filter(|_| state == TOLD) {
                let told = Told { champion, shown: &shown, place, lists: &lists, crowd: &crowd };
                let said = crowd.said(champion, &lists);
                page.horizons = told.horizons(&said);
                page.sentence = Some(when(&page.horizons));
                let explained = told.explained(&app);
                page.verdict = verdict(&page.horizons, champion.horizon().days, &explained);
                page.explained = Some(explained);
                page.worth = app.worth_ahead(&told, &page.horizons);
                page.ways_back.push(app.risk_way(&told, &said));
            }
            page.ways_back.extend(app.health_way((&shown, place), (&lists, &crowd)));
            Ok(page)
        })
        .await
    }

    /// What people confirmed on closing cases, beside what the model gave when each was opened.
    fn confirmed(&self, champion: Option<&Champion>, lists: &Snapshot, cases: &[CaseRecord]) -> Vec<ConfirmedReason> {
        let tree = &self.definitions().reason_tree;
        let mut told: Vec<ConfirmedReason> = cases
            .iter()
            .filter_map(|case| {
                let (reason, closed_at) = (case.churn_reason.as_deref()?, case.closed_at?);
                let node = tree.of_confirmed(reason);
                let causes = champion.and_then(|champion| self.causes_then(champion, lists, case));
                let rank = causes.zip(node).and_then(|(causes, node)| causes.iter().position(|one| *one == node));
                Some(ConfirmedReason {
                    case_id: case.id,
                    closed_at: written(closed_at),
                    reason: reason.to_owned(),
                    name: self.churn_reason_name(reason),
                    node: node.map(|node| tree.nodes()[node].id.clone()),
                    rank: rank.map(|rank| rank as u32 + 1),
                })
            })
            .collect();
        told.sort_by(|one, other| other.closed_at.cmp(&one.closed_at).then(other.case_id.cmp(&one.case_id)));
        told
    }
}

const TOLD: &str = "told";

/// Whether there is a risk, or why not.
fn state_of(champion: Option<&Champion>, shown: &Snapshot, place: usize, is_eligible: bool) -> &'static str {
    match (champion, shown.state(place)) {
        (None, _) => "no_model",
        (Some(champion), _) if shown.as_of.instant() < champion.known_until => "too_early",
        (_, State::Gone { .. }) => "gone",
        (_, State::TooNew) => "too_new",
        _ if !is_eligible => "internal",
        _ => TOLD,
    }
}

/// Why there is no risk.
pub(crate) fn because(state: &str) -> Option<Words> {
    let (zh, en) = match state {
        "no_model" => (
            "这个流失口径还没有在用模型。先训练一个，再由人启用",
            "No model is in service for this churn definition: train one, and a person puts it in service",
        ),
        "too_early" => (
            "在用模型的历史晚于这个时点，不给出流失概率",
            "The model in service was learnt from later history: no risk is given here",
        ),
        "gone" => ("这位客户已经流失，不再预测", "This customer has left: nothing is predicted any more"),
        "too_new" => {
            ("这位客户太新，模型没有学过这样的客户", "This customer is too new: the model learnt from nobody like that")
        }
        "internal" => {
            ("内部或测试客户，不在预测范围内", "An internal or test customer: the model is not asked about it")
        }
        _ => return None,
    };
    Some(Words::new(zh, en))
}

/// Within how many days it is likely to leave, where that can be said.
fn when(horizons: &[RiskHorizon]) -> Words {
    let share = |risk: f64| figure(risk, "ratio");
    let Some(last) = horizons.last() else { return Words::default() };
    match horizons.iter().find(|one| one.risk >= LIKELY) {
        Some(one) => Words::new(
            format!("很可能在 {} 天内离开（{} 天内流失概率 {}）", one.days, one.days, share(one.risk)),
            format!("Likely to leave within {} days (probability {})", one.days, share(one.risk)),
        ),
        None => Words::new(
            format!("{} 天内流失概率 {}，不到一半：说不出它会在什么时候离开", last.days, share(last.risk)),
            format!(
                "{} to leave within {} days, less than a half: when it would leave cannot be said",
                share(last.risk),
                last.days
            ),
        ),
    }
}

/// How likely it leaves, beside the mean of all; and why, where it is likelier than that.
fn verdict(horizons: &[RiskHorizon], reported_days: u32, explained: &RiskExplained) -> Option<Words> {
    let share = |risk: f64| figure(risk, "ratio");
    let one = horizons.iter().find(|one| one.days == reported_days)?;
    let (days, risk, usual) = (one.days, share(one.risk), share(one.usual));
    let likely = horizons.iter().find(|one| one.risk >= LIKELY);
    let is_above = likely.is_some() || one.risk > one.usual;
    let lead = match likely {
        Some(likely) => Words::new(
            format!("很可能在 {} 天内离开（流失概率 {}）", likely.days, share(likely.risk)),
            format!("Likely to leave within {} days (probability {})", likely.days, share(likely.risk)),
        ),
        None if is_above => Words::new(
            format!("{days} 天内流失概率 {risk}，大家平均 {usual}"),
            format!("{risk} to leave within {days} days, where the mean of all is {usual}"),
        ),
        None => Words::new(
            format!("{days} 天内流失概率 {risk}，不高于大家的平均 {usual}"),
            format!("{risk} to leave within {days} days, no more than the mean of all ({usual})"),
        ),
    };
    let cause = strongest(explained).filter(|_| is_above);
    Some(cause.map_or(lead.clone(), |cause| {
        Words::new(format!("{}：{}", lead.zh, cause.zh), format!("{}: {}", lead.en, cause.en))
    }))
}

/// The strongest cause of a risk in the customer's own figures; none where no cause raises it.
pub(crate) fn strongest(explained: &RiskExplained) -> Option<&Words> {
    let cause = explained.reasons.iter().find(|reason| reason.sort.is_some() && reason.added > 0.0)?;
    cause.items.iter().find(|item| item.added > 0.0).map(|item| &item.sentence)
}

impl Told<'_> {
    fn row(&self) -> Vec<f64> {
        self.champion.asked(&self.shown.indicators).row(self.place)
    }

    fn horizons(&self, said: &CrowdSaid) -> Vec<RiskHorizon> {
        let each = self.champion.model.horizons().into_iter().zip(self.champion.risks(&self.row()));
        let each = each.zip(&said.usual);
        each.map(|((horizon, risk), usual)| RiskHorizon { days: horizon.days, risk, usual: *usual }).collect()
    }

    /// The log odds of the reported horizon by branch of the reason tree.
    pub(crate) fn explained(&self, app: &App) -> RiskExplained {
        let tree = &app.definitions().reason_tree;
        let columns = self.champion.model.columns();
        let explained = self.champion.explainer.explain(&self.row());
        let added: Vec<(&str, f64)> =
            columns.iter().map(String::as_str).zip(explained.contributions.iter().copied()).collect();
        let value = |id: &str| self.shown.indicators.cell(self.place, id).known();
        let reason = |one: Gathered| {
            let node = &tree.nodes()[one.node];
            let items = one.parts.iter().filter_map(|(place, added)| self.item(app, &columns[*place], *added));
            RiskReason {
                node: node.id.clone(),
                name: Words::from(&node.name),
                sort: node.sort.map(|sort| sort.as_str().to_owned()),
                added: one.added,
                odds: one.added.exp(),
                items: items.collect(),
            }
        };
        RiskExplained {
            base: explained.base,
            margin: explained.margin(),
            reasons: tree.gather(&added, &value).into_iter().map(reason).collect(),
            means: Words::new(
                "各项与基准相加，正好是模型给出的对数几率（校准之前）；校准只把它换算成概率，不改变先后。说的是模型怎么算，不等于因果",
                "Base and shares add up exactly to the model's log odds before calibration, which turns them into a probability \
                 and changes no order. They say how the model reckons, not what causes leaving",
            ),
        }
    }

    fn item(&self, app: &App, id: &str, added: f64) -> Option<RiskItem> {
        let catalog = &app.definitions().catalog;
        let indicator = catalog.get(id)?;
        let cell = self.shown.indicators.cell(self.place, id);
        let usual = middle(&self.crowd.sorted(self.lists, id));
        let sentence = match cell {
            Cell::Unknown(_) => {
                Text::new(format!("没有{}", indicator.name.zh), format!("no number: {}", indicator.name.en))
            }
            Cell::Known(value) if added > 0.0 && is_worse(indicator, value, usual) => {
                in_words(indicator, value, catalog, &self.shown.indicators, self.place)
            }
            Cell::Known(value) => beside_usual(indicator, value, usual),
        };
        Some(RiskItem {
            indicator: indicator.id.clone(),
            name: Words::from(&indicator.name),
            added,
            figure: shown::figure(cell),
            unit: indicator.unit.clone(),
            usual,
            sentence: Words::from(sentence),
        })
    }
}

/// Whether a figure is on the worse side of the usual one: only then is it said in the words for when it is bad.
fn is_worse(indicator: &Indicator, value: f64, usual: Option<f64>) -> bool {
    usual.is_none_or(|usual| match indicator.worse {
        Worse::Higher => value > usual,
        Worse::Lower => value < usual,
        Worse::Both | Worse::None => false,
    })
}

/// A figure without a judgement, with what is usual beside it.
fn beside_usual(indicator: &Indicator, value: f64, usual: Option<f64>) -> Text {
    let plain = plainly(indicator, value);
    let Some(usual) = usual else { return plain };
    let (number, unit) = (figure(usual, &indicator.unit), unit_word(&indicator.unit));
    Text::new(
        format!("{}（大家一般 {number} {}）", plain.zh, unit.zh).replace(" ）", "）"),
        format!("{} (usually {number} {})", plain.en, unit.en).replace(" )", ")"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn horizons(risks: [f64; 4]) -> Vec<RiskHorizon> {
        let each = [30, 60, 90, 180].into_iter().zip(risks);
        each.map(|(days, risk)| RiskHorizon { days, risk, usual: 0.1 }).collect()
    }

    #[test]
    fn the_verdict_leads_with_the_probability_and_names_a_cause_only_above_the_mean() {
        let item = |sentence: &str, added| RiskItem {
            indicator: "logins".to_owned(),
            name: Words::default(),
            added,
            figure: shown::figure(Cell::Known(3.0)),
            unit: "day".to_owned(),
            usual: None,
            sentence: Words::new(sentence, sentence),
        };
        let reason = |sort: Option<&str>, items: Vec<RiskItem>| RiskReason {
            node: "value".to_owned(),
            name: Words::default(),
            sort: sort.map(str::to_owned),
            added: items.iter().map(|item| item.added).sum(),
            odds: 1.0,
            items,
        };
        let reasons = vec![reason(None, vec![item("合同", 2.0)]), reason(Some("silent"), vec![item("登录 3 天", 1.0)])];
        let explained = RiskExplained { base: 0.0, margin: 0.0, reasons, means: Words::default() };
        let said = |risks: [f64; 4]| verdict(&horizons(risks), 90, &explained).unwrap().zh;
        assert_eq!(said([0.1, 0.2, 0.3, 0.6]), "很可能在 180 天内离开（流失概率 60%）：登录 3 天");
        assert_eq!(said([0.1, 0.15, 0.2, 0.3]), "90 天内流失概率 20%，大家平均 10%：登录 3 天");
        assert_eq!(said([0.01, 0.02, 0.04, 0.08]), "90 天内流失概率 4%，不高于大家的平均 10%");
        assert_eq!(verdict(&horizons([0.1; 4]), 45, &explained), None);
    }

    #[test]
    fn when_a_customer_leaves_is_said_only_where_it_is_likelier_than_not() {
        let said = when(&horizons([0.2, 0.55, 0.6, 0.9]));
        assert_eq!(said.zh, "很可能在 60 天内离开（60 天内流失概率 55%）");
        let unsaid = when(&horizons([0.05, 0.1, 0.2, 0.49]));
        assert!(unsaid.en.contains("49%") && unsaid.en.contains("cannot be said"), "{unsaid:?}");
        assert_eq!(when(&[]), Words::default());
    }
}
