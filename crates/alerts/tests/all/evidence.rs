//! Evidence told in lines: `A logins=3 tickets=?`; health is the number of `score`, a question mark is unknown.

use std::collections::{BTreeMap, BTreeSet};

use alerts::{
    AlertPlan, AlertPolicy, Belonging, Earlier, Evidence, Given, OpenAlerts, plan_given, plan_knowing, undecided,
};
use indicators::{Catalog, Cell, IndicatorFrame};
use scores::{ScoreBook, ScoreFrame};
use vocab::{AsOf, CustomerId, Instant, Unknown, Zone};

const IDS: [&str; 4] = ["score", "logins", "logins_before", "tickets"];

/// Four indicators; what they are made of does not matter here.
pub(crate) fn catalog() -> Catalog {
    let one = |id: &str| {
        format!(
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"a\", en = \"a\" }}\nquestion = {{ zh = \"a\", en = \"a\" }}\ncategory = \"behaviour\"\nof = {{ kind = \"event\" }}\nmeasure = \"count\"\nunit = \"count\"\nworse = \"lower\"\nwhen_absent = \"unknown\"\n"
        )
    };
    let text: String = IDS.iter().map(|id| one(id)).collect();
    Catalog::parse(&[("test.toml".into(), text)]).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// Health is the score itself; bands at 80, 60 and 40.
fn book() -> ScoreBook {
    let text = "id = \"test\"\nname = { zh = \"a\", en = \"a\" }\nabout = { zh = \"a\", en = \"a\" }\nbase = 50\nmin_coverage = 0.5\nbands = { low = 80, medium = 60, high = 40 }\n[[dimension]]\nid = \"all\"\nname = { zh = \"a\", en = \"a\" }\nweight = 1\n[[dimension.measure]]\nindicator = \"score\"\nweight = 1\ncurve = [[0, 0], [100, 100]]\n";
    ScoreBook::parse("test.toml", text, &catalog()).unwrap_or_else(|findings| panic!("{findings:?}"))
}

pub(crate) fn policy(rules: &str) -> AlertPolicy {
    AlertPolicy::parse(&[("rules.toml".into(), rules.into())], &catalog())
        .unwrap_or_else(|findings| panic!("{findings:?}"))
}

pub(crate) fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

/// Who is there and with which numbers.
pub(crate) struct Told {
    indicators: IndicatorFrame,
    scores: ScoreFrame,
    pub(crate) eligible: BTreeSet<CustomerId>,
    pub(crate) gone: BTreeSet<CustomerId>,
    pub(crate) before: BTreeMap<CustomerId, f64>,
    as_of: AsOf,
}

/// Everybody told of is eligible, unless the line says `gone` or `new`; `before=70` is health a week ago.
pub(crate) fn told(lines: &str, when: &str) -> Told {
    let as_of = AsOf(at(when));
    let mut rows: Vec<(&str, Vec<Cell>)> = Vec::new();
    let (mut eligible, mut gone, mut before) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let customer = words.next().unwrap();
        let mut cells = vec![Cell::Unknown(Unknown::NeverObserved); IDS.len()];
        let mut place = Some(&mut eligible);
        for word in words {
            match word.split_once('=') {
                None if word == "gone" => place = Some(&mut gone),
                None => place = None,
                Some(("before", number)) => {
                    before.insert(customer.into(), number.parse().unwrap());
                }
                Some((_, "?")) => {}
                Some((id, number)) => {
                    let at = IDS.iter().position(|one| *one == id).unwrap();
                    cells[at] = Cell::Known(number.parse().unwrap());
                }
            }
        }
        if let Some(place) = place {
            place.insert(customer.into());
        }
        rows.push((customer, cells));
    }
    let rows: Vec<(&str, &[Cell])> = rows.iter().map(|(customer, cells)| (*customer, cells.as_slice())).collect();
    let indicators = IndicatorFrame::by_hand(as_of, &IDS, &rows);
    let scores = scores::score(&indicators, &book(), &catalog());
    Told { indicators, scores, eligible, gone, before, as_of }
}

impl Told {
    pub(crate) fn plan(&self, open: &OpenAlerts, policy: &AlertPolicy) -> AlertPlan {
        self.plan_knowing(&(), open, policy)
    }

    pub(crate) fn plan_knowing(&self, belonging: &dyn Belonging, open: &OpenAlerts, policy: &AlertPolicy) -> AlertPlan {
        self.with_evidence(|evidence| plan_knowing(evidence, belonging, open, policy, self.as_of))
    }

    pub(crate) fn plan_given(&self, given: &Given<'_>, open: &OpenAlerts, policy: &AlertPolicy) -> AlertPlan {
        self.with_evidence(|evidence| plan_given(evidence, given, open, policy, self.as_of))
    }

    /// Whom the present leaves open.
    pub(crate) fn undecided(&self, policy: &AlertPolicy) -> Vec<String> {
        let undecided = self.with_evidence(|evidence| undecided(evidence, &(), policy));
        undecided.iter().map(ToString::to_string).collect()
    }

    /// The same people as they are told of, so many days before some later moment.
    pub(crate) fn earlier(&self, days: u32) -> Earlier<'_> {
        Earlier { days, indicators: &self.indicators, scores: Some(&self.scores), belonging: &() }
    }

    fn with_evidence<T>(&self, ask: impl FnOnce(&Evidence<'_>) -> T) -> T {
        ask(&Evidence {
            indicators: &self.indicators,
            scores: &self.scores,
            eligible: &self.eligible,
            gone: &self.gone,
            health_before: &|place| self.before.get(&self.indicators.customers()[place]).copied(),
        })
    }
}
