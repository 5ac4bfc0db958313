//! 流失原因: why customers left in a quarter, as people confirmed it, and why the likeliest are predicted to leave; with
//! counts that add up, and how often the two agree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actions::{ReasonNode, ReasonTree};
use indicators::{Population, Sorting, evaluate_at};
use store::{CaseFilter, CaseRecord, CaseSlice, CaseState};
use training::risk::together;
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::moment::snapshot::Snapshot;
use crate::risk::champion::{CHUNK, Champion, Crowd};
use crate::risk::page::because;
use crate::shown::{figure, tier_word, written};
use crate::view::{
    AgreementRow, ConfirmedReasons, Count, PredictedReasons, ReasonAgreement, ReasonCustomer, ReasonRow, ReasonsPage,
    SegmentName, Words,
};
use crate::{App, Reader, blocking, threads};

/// Quarters that can be chosen.
const QUARTERS: i32 = 8;
/// The likeliest: one customer of so many.
const ONE_OF: usize = 10;
/// Customers named behind a number, at most.
const NAMED: usize = 20;
/// Days of closed cases that agreement is counted on.
const AGREEMENT_DAYS: i64 = 365;
const TIERS: [&str; 4] = ["high", "middle", "low", "unknown"];

/// What is asked of the page of reasons.
#[derive(Clone, Debug, Default)]
pub struct ReasonsQuery {
    /// `2025-Q2`; the quarter of the moment when absent.
    pub quarter: Option<String>,
    /// Only customers in this segment.
    pub segment: Option<String>,
}

/// A customer among the likeliest to leave.
#[derive(Clone, Debug)]
pub(crate) struct Likely {
    pub place: usize,
    pub risk: f64,
    /// The branch of its first cause; `None` where no cause raises the risk.
    pub node: Option<usize>,
}

/// A quarter of the firm's zone.
struct Quarter {
    name: String,
    from: Instant,
    to: Instant,
}

/// Whom the page is about.
struct Asked<'a> {
    app: &'a App,
    lists: &'a Snapshot,
    scope: &'a Scope,
    belonging: &'a Belonging,
    segment: Option<&'a str>,
}

impl App {
    /// Why customers left in a quarter, and why they are predicted to leave now.
    ///
    /// # Errors
    /// `bad_quarter`, `unknown_segment`, `model_damaged`.
    pub async fn reasons_page(
        &self,
        reader: &Reader,
        query: &ReasonsQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<ReasonsPage, Error> {
        let lists = self.snapshot(as_of, now).await?;
        let belonging = self.belonging(&lists, as_of).await?;
        let champion = self.champion(&lists.churn).await?;
        let until = as_of.map_or(now, AsOf::instant);
        let quarters = self.quarters(until);
        let quarter = match &query.quarter {
            None => 0,
            Some(name) => quarters.iter().position(|one| one.name == *name).ok_or_else(|| bad_quarter(name))?,
        };
        let segments = segments_of(&belonging);
        if let Some(wrong) = query.segment.as_ref().filter(|id| !segments.iter().any(|one| one.id == **id)) {
            return Err(unknown_segment(wrong));
        }
        let since = lists.as_of.instant().plus_days(-AGREEMENT_DAYS).min(quarters[quarter].from);
        let closed = CaseFilter { states: vec![CaseState::Closed], closed_from: Some(since), ..CaseFilter::default() };
        let mut cases = self.store().cases(&reader.scope, &closed, CaseSlice::default()).await?.rows;
        cases.retain(|case| case.churn_reason.is_some() && case.closed_at < Some(until));
        let (app, scope, segment) = (self.clone(), reader.scope.clone(), query.segment.clone());
        blocking(move || {
            let (belonging, segment) = (&*belonging, segment.as_deref());
            let asked = Asked { app: &app, lists: &lists, scope: &scope, belonging, segment };
            let champion = champion.as_deref();
            Ok(ReasonsPage {
                as_of: written(lists.as_of.instant()),
                confirmed: asked.confirmed(&cases, &quarters[quarter]),
                predicted: asked.predicted(champion),
                agreement: champion.and_then(|champion| asked.agreement(champion, &cases)),
                quarter: quarters[quarter].name.clone(),
                quarters: quarters.into_iter().map(|one| one.name).collect(),
                segment: segment.map(str::to_owned),
                segments,
            })
        })
        .await
    }

    /// The quarter of the moment and those before it, the newest first.
    fn quarters(&self, at: Instant) -> Vec<Quarter> {
        let zone = self.zone();
        // A moment at the very beginning of a quarter is asked about the one that has just ended.
        let last = at.plus_micros(-1);
        let month: i32 = zone.date(last).get(5..7).and_then(|text| text.parse().ok()).unwrap_or(1);
        let begun = (month - 1) % 3;
        let quarter = |back: i32| {
            let from = zone.month_start(last, -begun - 3 * back);
            let day = zone.date(from);
            let number = day.get(5..7).and_then(|text| text.parse::<i32>().ok()).map_or(1, |month| (month + 2) / 3);
            let name = format!("{}-Q{number}", day.get(..4).unwrap_or_default());
            Quarter { name, from, to: zone.month_start(last, 3 - begun - 3 * back) }
        };
        (0..QUARTERS).map(quarter).collect()
    }

    /// The causes that the model would have given when a case was opened, the first one first, as known then. What puts
    /// customers side by side is unknown to it there: everybody's past would have to be measured for each case.
    pub(crate) fn causes_then(&self, champion: &Champion, lists: &Snapshot, case: &CaseRecord) -> Option<Vec<usize>> {
        let definitions = self.definitions();
        let tree = &definitions.reason_tree;
        let columns = champion.model.columns();
        let ids: Vec<&str> = columns.iter().map(String::as_str).chain(tree.evidence()).collect();
        let catalog = definitions.catalog.only(&ids).without_looking_across().with_supply(Arc::clone(&lists.supply));
        let only = Population::These(vec![case.customer_id.clone()]);
        let frame =
            evaluate_at(lists.frame(), &catalog, &only, &[AsOf(case.opened_at.min(lists.as_of.instant()))]).pop()?;
        let place = frame.position(&case.customer_id)?;
        let explained = champion.explainer.explain(&champion.asked(&frame).row(place));
        let added: Vec<(&str, f64)> = columns.iter().map(String::as_str).zip(explained.contributions).collect();
        let gathered = tree.gather(&added, &|id| frame.cell(place, id).known());
        Some(tree.causes(&gathered).into_iter().map(|one| one.node).collect())
    }

    /// The tenth of everybody with the highest risk, each with its first cause.
    fn likeliest(&self, champion: &Champion, lists: &Snapshot, crowd: &Crowd) -> Vec<Likely> {
        let asked = champion.asked(&lists.indicators);
        let places: Vec<usize> = (0..crowd.eligible.len()).filter(|place| crowd.eligible[*place]).collect();
        let chunks: Vec<&[usize]> = places.chunks(CHUNK).collect();
        let risk = |place: &usize| (champion.risks(&asked.row(*place))[champion.place], *place);
        let told = together(chunks.len(), threads(), |at| chunks[at].iter().map(risk).collect::<Vec<(f64, usize)>>());
        let mut risks: Vec<(f64, usize)> = told.into_iter().flatten().collect();
        risks.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        risks.truncate(places.len().div_ceil(ONE_OF));
        let tree = &self.definitions().reason_tree;
        let ids: Vec<&str> = champion.model.columns().iter().map(String::as_str).collect();
        let why = |(risk, place): &(f64, usize)| {
            let added: Vec<(&str, f64)> =
                ids.iter().copied().zip(champion.explainer.explain(&asked.row(*place)).contributions).collect();
            let gathered = tree.gather(&added, &|id| lists.indicators.cell(*place, id).known());
            Likely { place: *place, risk: *risk, node: tree.causes(&gathered).first().map(|one| one.node) }
        };
        let chunks: Vec<&[(f64, usize)]> = risks.chunks(CHUNK).collect();
        let likely = together(chunks.len(), threads(), |at| chunks[at].iter().map(why).collect::<Vec<Likely>>());
        likely.into_iter().flatten().collect()
    }
}

impl Asked<'_> {
    fn is_seen(&self, place: usize) -> bool {
        let is_in = |id: &str| self.belonging.is_in(self.lists, place, Sorting::Segment, id) == Some(true);
        self.lists.admits(self.scope, place) && self.segment.is_none_or(is_in)
    }

    fn tree(&self) -> &ReasonTree {
        &self.app.definitions().reason_tree
    }

    fn confirmed(&self, cases: &[CaseRecord], quarter: &Quarter) -> ConfirmedReasons {
        let within = |at: Instant| at >= quarter.from && at < quarter.to;
        let gone = |customer: &CustomerId| {
            let life = self.lists.lifetimes.life(customer);
            life.is_some_and(|life| life.absences.iter().any(|spell| within(spell.gone_at)))
        };
        let places = (0..self.lists.customers().len()).filter(|place| self.is_seen(*place));
        let left: BTreeSet<usize> = places.filter(|place| gone(&self.lists.customers()[*place])).collect();
        // The last word on a customer counts.
        let mut said: BTreeMap<usize, &CaseRecord> = BTreeMap::new();
        for case in cases.iter().filter(|case| case.closed_at.is_some_and(within)) {
            let Some(place) = self.lists.position(&case.customer_id).filter(|place| self.is_seen(*place)) else {
                continue;
            };
            let last = said.entry(place).or_insert(case);
            if (case.closed_at, case.id) > (last.closed_at, last.id) {
                *last = case;
            }
        }
        let confirmed_left = said.keys().filter(|place| left.contains(place)).count() as u64;
        let confirmed_only = said.len() as u64 - confirmed_left;
        let node = |case: &CaseRecord| self.tree().of_confirmed(case.churn_reason.as_deref().unwrap_or_default());
        let each = said.iter().map(|(place, case)| (*place, node(case), None)).collect();
        let rows = self.rows(each, ("unsaid", Words::new("客户没有说", "They did not say")));
        let sentence = confirmed_sentence(&quarter.name, left.len() as u64, confirmed_left, &rows);
        let unconfirmed = left.len() as u64 - confirmed_left;
        ConfirmedReasons { left: left.len() as u64, confirmed_left, unconfirmed, confirmed_only, rows, sentence }
    }

    fn predicted(&self, champion: Option<&Champion>) -> PredictedReasons {
        let none = |state: &str| PredictedReasons {
            state: state.to_owned(),
            because: because(state),
            model: None,
            asked: 0,
            count: 0,
            least_risk: None,
            horizon_days: None,
            rows: Vec::new(),
            sentence: because(state).unwrap_or_default(),
        };
        let Some(champion) = champion else { return none("no_model") };
        if self.lists.as_of.instant() < champion.known_until {
            return none("too_early");
        }
        let crowd = Crowd::of(self.app, self.lists);
        let said = crowd.said(champion, self.lists);
        let likeliest = said.likeliest.get_or_init(|| self.app.likeliest(champion, self.lists, &crowd));
        let seen: Vec<&Likely> = likeliest.iter().filter(|one| self.is_seen(one.place)).collect();
        let each = seen.iter().map(|one| (one.place, one.node, Some(one.risk))).collect();
        let asked = (0..crowd.eligible.len()).filter(|place| crowd.eligible[*place] && self.is_seen(*place));
        let least_risk = likeliest.last().map(|one| one.risk);
        let rows = self.rows(each, ("no_cause", Words::new("没有突出的原因", "No cause stands out")));
        let days = champion.horizon().days;
        PredictedReasons {
            state: "told".to_owned(),
            because: None,
            model: Some(champion.label.clone()),
            asked: asked.count() as u64,
            count: seen.len() as u64,
            least_risk,
            horizon_days: Some(days),
            sentence: predicted_sentence(days, seen.len() as u64, least_risk, &rows),
            rows,
        }
    }

    /// Customers with a branch and perhaps a risk, as rows by branch, most first; those without a branch last.
    fn rows(&self, each: Vec<(usize, Option<usize>, Option<f64>)>, (rest, rest_name): (&str, Words)) -> Vec<ReasonRow> {
        let mut by: BTreeMap<Option<usize>, Vec<(usize, Option<f64>)>> = BTreeMap::new();
        each.into_iter().for_each(|(place, node, risk)| by.entry(node).or_default().push((place, risk)));
        let mut rows: Vec<ReasonRow> = by
            .into_iter()
            .map(|(branch, places)| match branch.map(|branch| &self.tree().nodes()[branch]) {
                Some(node) => {
                    let sort = node.sort.map(|sort| sort.as_str().to_owned());
                    self.row((&node.id, Words::from(&node.name), sort), places)
                }
                None => self.row((rest, rest_name.clone(), None), places),
            })
            .collect();
        rows.sort_by_key(|row| (row.node == rest, std::cmp::Reverse(row.count)));
        rows
    }

    fn row(
        &self,
        (node, name, sort): (&str, Words, Option<String>),
        mut places: Vec<(usize, Option<f64>)>,
    ) -> ReasonRow {
        let tier = |place: usize| tier_word(self.belonging.tier(place));
        let tiers = TIERS.map(|key| {
            let count = places.iter().filter(|(place, _)| tier(*place) == key).count() as u64;
            Count { key: key.to_owned(), count }
        });
        let count = places.len() as u64;
        let value = |place: usize| self.lists.value(place).known().unwrap_or(0.0);
        places.sort_by(|one, other| value(other.0).total_cmp(&value(one.0)).then(one.0.cmp(&other.0)));
        places.truncate(NAMED);
        let customer = |(place, risk): (usize, Option<f64>)| ReasonCustomer {
            id: self.lists.customers()[place].to_string(),
            name: self.lists.name(place).to_owned(),
            value: figure(self.lists.value(place)),
            risk,
        };
        let customers = places.into_iter().map(customer).collect();
        ReasonRow { node: node.to_owned(), name, sort, count, tiers: tiers.to_vec(), customers }
    }

    /// How often the confirmed reason was what the model gave when the case was opened.
    fn agreement(&self, champion: &Champion, cases: &[CaseRecord]) -> Option<ReasonAgreement> {
        let since = self.lists.as_of.instant().plus_days(-AGREEMENT_DAYS);
        let mut pairs: Vec<(usize, Vec<usize>)> = Vec::new();
        for case in cases.iter().filter(|case| case.closed_at >= Some(since)) {
            let seen = self.lists.position(&case.customer_id).is_some_and(|place| self.is_seen(place));
            let confirmed = case.churn_reason.as_deref().and_then(|reason| self.tree().of_confirmed(reason));
            let Some(confirmed) = confirmed.filter(|_| seen) else { continue };
            pairs.extend(self.app.causes_then(champion, self.lists, case).map(|causes| (confirmed, causes)));
        }
        agreement(self.tree().nodes(), &pairs)
    }
}

/// Confirmed branches beside the causes that were given, counted; `None` of none.
fn agreement(nodes: &[ReasonNode], pairs: &[(usize, Vec<usize>)]) -> Option<ReasonAgreement> {
    if pairs.is_empty() {
        return None;
    }
    let is_among =
        |(confirmed, causes): &&(usize, Vec<usize>), most: usize| causes.iter().take(most).any(|one| one == confirmed);
    let count = |most: usize| pairs.iter().filter(|pair| is_among(pair, most)).count() as u64;
    let row = |(at, node): (usize, &ReasonNode)| {
        let own = || pairs.iter().filter(move |(confirmed, _)| *confirmed == at);
        let instead = pairs.iter().filter(|(confirmed, causes)| *confirmed != at && causes.first() == Some(&at));
        AgreementRow {
            node: node.id.clone(),
            name: Words::from(&node.name),
            confirmed: own().count() as u64,
            first: own().filter(|pair| is_among(pair, 1)).count() as u64,
            first_two: own().filter(|pair| is_among(pair, 2)).count() as u64,
            instead: instead.count() as u64,
        }
    };
    let mut rows: Vec<AgreementRow> =
        nodes.iter().enumerate().map(row).filter(|row| row.confirmed + row.instead > 0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.confirmed));
    let (cases, first, first_two) = (pairs.len() as u64, count(1), count(2));
    let sentence = Words::new(
        format!(
            "近一年 {cases} 张有确认原因的跟进单里，模型当时给的第一原因说中 {first} 张，前两个原因里有的 {first_two} 张"
        ),
        format!(
            "Of {cases} cases of the last year with a confirmed reason, the model's first cause at the time was it in {first}, \
             one of the first two in {first_two}"
        ),
    );
    Some(ReasonAgreement { cases, first, first_two, rows, sentence })
}

fn confirmed_sentence(quarter: &str, left: u64, confirmed: u64, rows: &[ReasonRow]) -> Words {
    let most = rows.first().filter(|row| row.node != "unsaid");
    let (zh, en) = most.map_or_else(Default::default, |row| {
        (
            format!("，最多的是“{}”（{} 位）", row.name.zh, row.count),
            format!("; most of all {} ({})", row.name.en.to_lowercase(), row.count),
        )
    });
    Words::new(
        format!("{quarter} 流失 {left} 位，{confirmed} 位有人工确认的原因{zh}"),
        format!("{left} left in {quarter}, {confirmed} of them with a confirmed reason{en}"),
    )
}

fn predicted_sentence(days: u32, count: u64, least: Option<f64>, rows: &[ReasonRow]) -> Words {
    let (Some(least), Some(most)) = (least, rows.first()) else {
        return Words::new(
            "最可能流失的一成客户里，没有您能看到的",
            "None of the likeliest tenth is among the customers seen here",
        );
    };
    let least = indicators::figure(least, "ratio");
    Words::new(
        format!(
            "最可能在 {days} 天内流失的一成客户里有 {count} 位（概率 {least} 以上），第一原因最多的是“{}”（{} 位）",
            most.name.zh, most.count
        ),
        format!(
            "{count} are among the tenth likeliest to leave within {days} days (probability {least} or more); the commonest \
             first cause is {} ({})",
            most.name.en.to_lowercase(),
            most.count
        ),
    )
}

fn segments_of(belonging: &Belonging) -> Vec<SegmentName> {
    let segments = belonging.book().map(|book| book.segments.iter()).into_iter().flatten();
    segments.map(|one| SegmentName { id: one.id.clone(), name: Words::from(&one.name) }).collect()
}

fn bad_quarter(name: &str) -> Error {
    Error::bad(
        "bad_quarter",
        (&format!("没有这个季度：“{name}”"), &format!("there is no quarter \"{name}\"")),
        ("写成 2025-Q2，最早到两年前", "write 2025-Q2, two years back at most"),
    )
}

fn unknown_segment(name: &str) -> Error {
    Error::bad(
        "unknown_segment",
        (&format!("没有这个分群：“{name}”"), &format!("there is no segment \"{name}\"")),
        ("可用的见 GET /api/segments", "GET /api/segments lists them"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use actions::ChurnSort;

    #[test]
    fn agreement_counts_the_first_and_the_first_two_and_what_was_said_instead() {
        let node = |id: &str| ReasonNode {
            id: id.to_owned(),
            name: vocab::Text::new(id, id),
            sort: Some(ChurnSort::Voluntary),
            is_symptom: false,
            confirmed: Vec::new(),
        };
        let nodes = [node("price"), node("service"), node("value")];
        let pairs = [(0, vec![0, 2]), (0, vec![2, 0]), (0, vec![2, 1, 0]), (1, vec![]), (1, vec![1])];
        let told = agreement(&nodes, &pairs).unwrap();
        assert_eq!((told.cases, told.first, told.first_two), (5, 2, 3));
        let row = |id: &str| {
            let row = told.rows.iter().find(|row| row.node == id).unwrap();
            (row.confirmed, row.first, row.first_two, row.instead)
        };
        assert_eq!((row("price"), row("service"), row("value")), ((3, 1, 2, 0), (2, 1, 1, 0), (0, 0, 0, 2)));
        assert!(agreement(&nodes, &[]).is_none());
    }
}
