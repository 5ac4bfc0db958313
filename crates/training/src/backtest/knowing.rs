//! What rules are told at a past moment besides indicators and scores: traits, segments, tiers and cells as of the moment,
//! how customers stood before it, and which days it stands for. Tags are put on by people and leave no fact: of them
//! nothing is told.

use alerts::{AlertPolicy, Belonging, Evidence, Given, Occasion};
use facts::FactFrame;
use indicators::{Sorting, TraitFrame};
use scores::{Portrait, SegmentBook, SegmentFrame};
use vocab::{AsOf, CustomerId};

use super::Spec;
use crate::earlier::{LookBack, LookedBack};

/// What rules may ask of the past besides indicators, health and traits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Knowing<'a> {
    /// The firm's segments, tiers and cells; `None`: rules that ask about them stay silent.
    pub segments: Option<&'a SegmentBook>,
    /// Which days a weekly moment stands for; `None`: every rule is due.
    pub occasion: Option<Occasion<'a>>,
}

impl<'a> Knowing<'a> {
    /// The segments, where rules ask for what only everybody at once can tell.
    pub(crate) fn sorted_by(self, policy: &AlertPolicy) -> Option<&'a SegmentBook> {
        let asks = [Sorting::Segment, Sorting::Tier, Sorting::Rfm].into_iter().any(|sorting| policy.asks(sorting));
        self.segments.filter(|_| asks)
    }

    /// Whether everything that the rules ask about can be told of the past.
    pub(crate) fn can_tell(self, policy: &AlertPolicy) -> bool {
        let of_everybody = [Sorting::Tier, Sorting::Rfm].into_iter().any(|sorting| policy.asks(sorting));
        let segments = policy.asks(Sorting::Segment);
        !policy.asks(Sorting::Tag)
            && (!segments || self.segments.is_some_and(|book| !book.asks_tags()))
            && (!of_everybody || self.segments.is_some())
    }
}

/// Where some customers belonged at a past moment.
pub(crate) struct Belonged<'f> {
    customers: &'f [CustomerId],
    traits: TraitFrame<'f>,
    sorted: Option<(&'f SegmentBook, SegmentFrame)>,
}

impl Belonging for Belonged<'_> {
    fn said(&self, customer: &CustomerId, key: &str) -> Option<Option<&str>> {
        self.traits.said(self.customers.binary_search(customer).ok()?, key)
    }

    fn is_in(&self, customer: &CustomerId, sorting: Sorting, name: &str) -> Option<bool> {
        let (book, frame) = self.sorted.as_ref()?;
        let place = self.customers.binary_search(customer).ok()?;
        match sorting {
            Sorting::Segment => frame.is_in(book.place(name)?, place),
            Sorting::Tier => frame.tier(place).map(|tier| tier.as_str() == name),
            Sorting::Rfm => frame.cell(place).map(|cell| cell.as_str() == name),
            Sorting::Tag => None,
        }
    }
}

/// What rules ask of each past moment.
pub(crate) struct Asked<'a> {
    frame: &'a FactFrame,
    traits: Vec<String>,
    segments: Option<&'a SegmentBook>,
    back: LookBack<'a>,
    occasion: Option<Occasion<'a>>,
}

impl<'a> Asked<'a> {
    /// For every rule of a policy, switched on.
    pub(crate) fn new(
        frame: &'a FactFrame,
        spec: &Spec<'a>,
        policy: &AlertPolicy,
        scoring: crate::earlier::Scoring<'a>,
    ) -> Asked<'a> {
        let segments = spec.knowing.sorted_by(policy);
        let mut traits: Vec<String> = policy.traits().into_iter().map(str::to_owned).collect();
        traits.extend(segments.into_iter().flat_map(SegmentBook::traits).map(str::to_owned));
        traits.sort_unstable();
        traits.dedup();
        let back = LookBack::new(frame, spec.catalog, spec.book, policy, scoring);
        Asked { frame, traits, segments, back, occasion: spec.knowing.occasion }
    }

    /// Whether it takes everybody at once to answer.
    pub(crate) fn asks_of_everybody(&self) -> bool {
        self.segments.is_some()
    }

    /// What is told of the customers that the evidence is about. `stays` says who had not left, by place.
    pub(crate) fn at<'s>(
        &'s self,
        evidence: &Evidence<'_>,
        customers: &'s [CustomerId],
        stays: &dyn Fn(usize) -> bool,
        as_of: AsOf,
    ) -> Answer<'s> {
        let keys: Vec<&str> = self.traits.iter().map(String::as_str).collect();
        let traits = TraitFrame::of(self.frame, customers, &keys, as_of);
        let sorted = self.segments.map(|book| {
            let portrait = Portrait {
                indicators: evidence.indicators,
                scores: evidence.scores,
                traits: &traits,
                tagged: &|_, _| false,
                stays,
                health_before: evidence.health_before,
            };
            (book, scores::sort(book, &portrait))
        });
        let belonged = Belonged { customers, traits, sorted };
        let back = self.back.from(evidence, &belonged, as_of);
        Answer { belonged, back, occasion: self.occasion }
    }
}

/// What is told at one past moment.
pub(crate) struct Answer<'s> {
    belonged: Belonged<'s>,
    back: LookedBack<'s>,
    occasion: Option<Occasion<'s>>,
}

impl Answer<'_> {
    /// Hands over what is told, with the days it stands for.
    pub(crate) fn given<T>(&self, tell: impl FnOnce(&Given<'_>) -> T) -> T {
        tell(&Given { belonging: &self.belonged, earlier: &self.back.earlier(), occasion: self.occasion })
    }

    /// The same as if every rule were due.
    pub(crate) fn given_any_day<T>(&self, tell: impl FnOnce(&Given<'_>) -> T) -> T {
        self.given(|given| tell(&Given { occasion: None, ..*given }))
    }
}
