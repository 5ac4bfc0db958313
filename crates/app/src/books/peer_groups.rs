//! Who is in which segment and tier of value, for indicators that put customers among those of their own.
//!
//! Worked out as of the very moment that is asked about, from what could be known then, by today's segments and
//! scorecard. Tags and the course of health are left to people and to weeks gone by: a segment that asks for them
//! cannot be compared within.

use std::sync::Arc;

use facts::{FactFrame, Want};
use indicators::definition::did_you_mean;
use indicators::{
    Catalog, Grouping, Indicator, IndicatorFrame, Population, Quantity, Sorting, Supply, TIERS, TraitFrame, With,
    Within, evaluate_at,
};
use outcomes::{ChurnDefinition, Lifetimes, State};
use scores::{Portrait, ScoreBook, Segment, SegmentBook};
use vocab::{AsOf, CustomerId, Finding, Text};

use crate::App;
use crate::error::{Error, from_findings};
use crate::view::{self, Firm, Words};

/// What membership of a firm's customers hangs on.
#[derive(Debug)]
struct Memberships {
    segments: SegmentBook,
    book: ScoreBook,
    churn: ChurnDefinition,
    /// What segments and the scorecard read.
    catalog: Catalog,
}

impl Grouping for Memberships {
    fn want(&self) -> Want {
        let mut want = self.catalog.want();
        want.properties.extend(self.segments.traits().into_iter().map(str::to_owned));
        want.properties.extend(self.churn.properties());
        want
    }

    fn groups(&self, within: &Within, frame: &FactFrame, customers: &[CustomerId], as_of: AsOf) -> Vec<Option<usize>> {
        let indicators = evaluate_at(frame, &self.catalog, &Population::Everyone, &[as_of]).remove(0);
        let everybody = indicators.customers();
        let scores = scores::score(&indicators, &self.book, &self.catalog);
        let states = Lifetimes::of(frame, &self.churn, as_of).states();
        let sorted = scores::sort(
            &self.segments,
            &Portrait {
                indicators: &indicators,
                scores: &scores,
                traits: &TraitFrame::of(frame, everybody, &self.segments.traits(), as_of),
                tagged: &|_, _| false,
                stays: &|place| !matches!(states.state(&everybody[place]), Some(State::Gone { .. })),
                health_before: &|_| None,
            },
        );
        let segments: Vec<Option<usize>> = match within {
            Within::Segments(ids) => ids.iter().map(|id| self.segments.place(id)).collect(),
            Within::Trait(_) | Within::Tier => Vec::new(),
        };
        let group = |place: usize| match within {
            Within::Tier => {
                let tier = sorted.tier(place)?.as_str();
                TIERS.iter().position(|(word, ..)| *word == tier)
            }
            _ => segments.iter().position(|one| one.and_then(|one| sorted.is_in(one, place)) == Some(true)),
        };
        customers.iter().map(|customer| group(indicators.position(customer)?)).collect()
    }
}

impl App {
    /// A catalogue told who is in which segment and tier, if it asks.
    ///
    /// # Errors
    /// `bad_definition` for segments that there are not, or that hang on what cannot be asked about a moment.
    pub(crate) fn with_memberships(
        &self,
        catalog: Catalog,
        firm: &Firm,
        supply: &Arc<Supply>,
    ) -> Result<Catalog, Error> {
        let within = catalog.within();
        if within.is_empty() {
            return Ok(catalog);
        }
        let lens = self.lens(firm)?;
        let Some(segments) = lens.definitions.segments.get(&firm.template).cloned() else { return Ok(catalog) };
        let findings: Vec<Finding> = within.into_iter().flat_map(|(id, within)| wrong(id, within, &segments)).collect();
        if !findings.is_empty() {
            return Err(from_findings("bad_definition", &findings));
        }
        let reads = [lens.book.indicators(), segments.indicators()].concat();
        let groups = Memberships {
            catalog: lens.definitions.catalog.only(&reads).with_supply(Arc::clone(supply)),
            segments,
            book: lens.book.clone(),
            churn: lens.churn.clone(),
        };
        Ok(catalog.with_grouping(Arc::new(groups)))
    }
}

/// Groups of peers that a page names.
const MOST_GROUPS: usize = 12;
/// Fewest customers with a number that are compared where a definition says nothing.
const TWO: u32 = 2;

/// What a group of peers is called; nothing where it is everybody, or everybody of whom a trait is not told.
fn group_name(within: Option<&Within>, label: Option<&str>, book: Option<&SegmentBook>) -> Option<Words> {
    let label = label?;
    let found = match within? {
        Within::Trait(_) => None,
        Within::Segments(_) => book.and_then(|book| book.name(label)),
        Within::Tier => Sorting::Tier.word(label),
    };
    Some(found.map_or_else(|| Words::new(label, label), Words::from))
}

/// Among whom the customer at a place was put by an indicator; `None` where its number is no place among others, and of
/// who belongs to no group.
pub(crate) fn peers(
    indicator: &Indicator,
    frame: &IndicatorFrame,
    place: usize,
    book: Option<&SegmentBook>,
) -> Option<view::Peers> {
    let group = frame.peers(place, &indicator.id)?;
    frame.cell(place, &indicator.id).known()?;
    let name = group_name(indicator.within(), group.label.as_deref(), book);
    Some(view::Peers { name, others: u64::from(group.count.saturating_sub(1)) })
}

/// Among whom an indicator puts customers at the moment of a frame; `None` where it puts nobody against others.
pub(crate) fn peer_plan(
    indicator: &Indicator,
    frame: &IndicatorFrame,
    book: Option<&SegmentBook>,
) -> Option<view::PeerPlan> {
    let With::Peers { within, least } = &indicator.measured()?.compare.as_ref()?.with else { return None };
    let least = least.unwrap_or(TWO);
    let mut groups: Vec<view::PeerGroup> = frame
        .peer_groups(&indicator.id)
        .iter()
        .map(|group| view::PeerGroup {
            name: group_name(within.as_ref(), group.label.as_deref(), book),
            count: u64::from(group.count),
            is_enough: group.count >= least,
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    let group_count = groups.len() as u64;
    groups.truncate(MOST_GROUPS);
    let (sort, property) = match within {
        None => (None, None),
        Some(Within::Trait(property)) => (Some("trait"), Some(property.clone())),
        Some(Within::Segments(_)) => (Some("segments"), None),
        Some(Within::Tier) => (Some("tier"), None),
    };
    Some(view::PeerPlan { within: sort.map(str::to_owned), property, least, groups, group_count })
}

/// Why a customer has no place among peers: how few there are of its sort, or that it is of none.
pub(crate) fn too_few(
    indicator: &Indicator,
    frame: &IndicatorFrame,
    place: usize,
    book: Option<&SegmentBook>,
) -> Option<Words> {
    let With::Peers { within, least } = &indicator.measured()?.compare.as_ref()?.with else { return None };
    let Some(group) = frame.peers(place, &indicator.id) else {
        return Some(Words::new("不知道这位客户和谁是同类", "it is not known of what sort this customer is"));
    };
    let (count, least) = (group.count, (*least)?);
    Some(match group_name(within.as_ref(), group.label.as_deref(), book) {
        Some(name) => Words::new(
            format!("同为“{}”、有数可比的只有 {count} 位，不到 {least} 位，比不出高低", name.zh),
            format!("only {count} of \"{}\" have a number, fewer than {least}: too few to compare", name.en),
        ),
        None => Words::new(
            format!("有数可比的只有 {count} 位，不到 {least} 位，比不出高低"),
            format!("only {count} have a number, fewer than {least}: too few to compare"),
        ),
    })
}

/// What is wrong with the segments that an indicator compares within.
fn wrong(id: &str, within: &Within, book: &SegmentBook) -> Vec<Finding> {
    let Within::Segments(named) = within else { return Vec::new() };
    let known: Vec<&str> = book.segments.iter().map(|segment| segment.id.as_str()).collect();
    let finding = |name: &String| match book.segment(name) {
        None => Some(Finding::new(
            "unknown_reference",
            Text::new(
                format!("指标“{id}”：没有名为“{name}”的分群"),
                format!("indicator \"{id}\": there is no segment \"{name}\""),
            ),
            did_you_mean(name, &known),
        )),
        Some(segment) if hangs_on_people(segment, book) => Some(Finding::new(
            "senseless",
            Text::new(
                format!("指标“{id}”：分群“{name}”要看标签或健康分的变化，不能用来分同类"),
                format!("indicator \"{id}\": segment \"{name}\" asks for tags or for how health changed"),
            ),
            Text::new("请换一个只看资料和指标的分群", "choose one that rests on traits and indicators"),
        )),
        Some(_) => None,
    };
    named.iter().filter_map(finding).collect()
}

/// Whether membership hangs on tags or on the health of another moment, of itself or by a segment that it names.
fn hangs_on_people(segment: &Segment, book: &SegmentBook) -> bool {
    let asks_course = segment.when.quantities().into_iter().any(|one| *one == Quantity::HealthChange7d);
    asks_course
        || segment.when.names().into_iter().any(|(sorting, name)| match sorting {
            Sorting::Tag => true,
            Sorting::Segment => book.segment(name).is_some_and(|named| hangs_on_people(named, book)),
            Sorting::Tier | Sorting::Rfm => false,
        })
}
