//! Peers by a second road: every customer put among the others by going through everybody for every single one.

use std::sync::Arc;

use facts::{Fact, FactFrame, StoredFact};
use indicators::{Against, Catalog, Cell, IndicatorFrame, PeerGroup, Population, Within, evaluate_at};
use proptest::prelude::*;
use vocab::{AsOf, CustomerId, Kind, MessageId, Unknown};

use crate::naive_compare::put_against;
use crate::specs::Belongs;
use crate::two_roads::{at, frame};

const PLANS: [&str; 3] = ["pro", "free", "trial"];
const MANNERS: [(&str, Against); 4] = [
    ("percentile", Against::Percentile),
    ("z", Against::Z),
    ("ratio", Against::Ratio),
    ("difference", Against::Difference),
];

/// What a customer did: trait changes and orders, in half-days.
#[derive(Clone, Debug)]
struct Life {
    plans: Vec<(i64, usize)>,
    orders: Vec<i64>,
    /// 0 large, 1 small, 2 neither.
    size: usize,
}

fn life() -> impl Strategy<Value = Life> {
    let plans = prop::collection::vec((0i64..30, 0usize..3), 0..3);
    (plans, prop::collection::vec(10i64..30, 0..5), 0usize..3).prop_map(|(plans, orders, size)| Life {
        plans,
        orders,
        size,
    })
}

fn facts(lives: &[Life]) -> Vec<StoredFact> {
    let mut facts = Vec::new();
    let mut tell = |customer: usize, kind: Kind, happened: i64, plan: Option<usize>| {
        let mut fact = Fact::new(name(customer).as_str(), kind, "Seen", at(happened));
        fact.known_at = Some(at(happened));
        fact.message_id = MessageId::from(format!("m{}", facts.len()));
        if let Some(plan) = plan {
            fact.properties.insert("plan".to_owned(), Some(PLANS[plan].to_owned()));
        }
        facts.push(StoredFact { number: facts.len() as u64, recorded_at: at(happened), fact });
    };
    for (customer, life) in lives.iter().enumerate() {
        tell(customer, Kind::Order, 0, None);
        life.plans.iter().for_each(|(happened, plan)| tell(customer, Kind::Trait, *happened, Some(*plan)));
        life.orders.iter().for_each(|happened| tell(customer, Kind::Order, *happened, None));
    }
    facts
}

fn name(customer: usize) -> CustomerId {
    CustomerId::new(format!("c{customer:02}"))
}

/// An indicator of orders within five days for every manner, within a plan and within segments.
fn catalog(least: u32, lives: &[Life]) -> Catalog {
    let mut text = String::new();
    for (manner, _) in MANNERS {
        for (sort, within) in [("plan", "{ trait = \"plan\" }"), ("size", "{ segments = [\"large\", \"small\"] }")] {
            text.push_str(&format!(
                "[[indicator]]\nid = \"{sort}_{manner}\"\nname = {{ zh = \"n\", en = \"n\" }}\n\
                 question = {{ zh = \"q\", en = \"q\" }}\ncategory = \"c\"\nof = {{ kind = \"order\" }}\n\
                 measure = \"count\"\nwindow = \"5d\"\nunit = \"ratio\"\nworse = \"none\"\nwhen_absent = \"zero\"\n\
                 compare = {{ with = \"peers\", as = \"{manner}\", within = {within}, least = {least} }}\n"
            ));
        }
    }
    let belongs = lives.iter().enumerate().map(|(customer, life)| {
        let place = ["large", "small", "elsewhere"][life.size];
        (name(customer), vec![place.to_owned()])
    });
    Catalog::parse(&[("peers.toml".to_owned(), text)])
        .unwrap_or_else(|findings| panic!("{findings:#?}"))
        .with_grouping(Arc::new(Belongs(belongs.collect())))
}

/// What the plan was at a moment: of changes at one instant the one told last.
fn plan_at(life: &Life, moment: i64) -> Option<usize> {
    let mut before: Vec<&(i64, usize)> = life.plans.iter().filter(|(happened, _)| *happened < moment).collect();
    before.sort_by_key(|(happened, _)| *happened);
    before.last().map(|(_, plan)| *plan)
}

/// Among whom somebody is put; nobody's group is none.
type GroupOf<'g> = &'g dyn Fn(&Life) -> Option<usize>;

/// The answer by going through everybody, and how many it was put among.
fn slowly(
    lives: &[Life],
    customer: usize,
    group: GroupOf<'_>,
    (against, least): (Against, u32),
    moment: i64,
) -> (Result<f64, Unknown>, usize) {
    let count = |life: &Life| {
        let inside = |happened: &&i64| (moment - 10..moment).contains(*happened);
        life.orders.iter().filter(inside).count() as f64
    };
    let Some(own) = group(&lives[customer]) else { return (Err(Unknown::TooFewPeers), 0) };
    let alike = lives.iter().filter(|other| group(other) == Some(own));
    let peers: Vec<f64> = alike.map(count).collect();
    if peers.len() < least as usize {
        return (Err(Unknown::TooFewPeers), peers.len());
    }
    (put_against(against, count(&lives[customer]), &peers), peers.len())
}

fn assert_same(found: Cell, slow: Result<f64, Unknown>) -> Result<(), TestCaseError> {
    match (found, slow) {
        (Cell::Known(found), Ok(slow)) => prop_assert!((found - slow).abs() < 1e-9, "{} is not {}", found, slow),
        (found, slow) => prop_assert_eq!(found, slow.map_or_else(Cell::Unknown, Cell::Known)),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whoever_is_put_among_peers_is_put_among_these_and_no_others(
        lives in prop::collection::vec(life(), 1..12),
        least in 2u32..5,
    ) {
        let catalog = catalog(least, &lives);
        let facts = facts(&lives);
        let whole = frame(&facts, &catalog, AsOf(at(40)));
        let moments = [11i64, 20, 31];
        let asked: Vec<AsOf> = moments.iter().map(|moment| AsOf(at(*moment))).collect();
        let answers = evaluate_at(&whole, &catalog, &Population::Everyone, &asked);
        for (answer, moment) in answers.iter().zip(moments) {
            for customer in 0..lives.len() {
                for (manner, against) in MANNERS {
                    let plan = |life: &Life| plan_at(life, moment);
                    let size = |life: &Life| (life.size < 2).then_some(life.size);
                    let groups: [(&str, GroupOf<'_>); 2] = [("plan", &plan), ("size", &size)];
                    for (sort, group) in groups {
                        let id = format!("{sort}_{manner}");
                        let (slow, among) = slowly(&lives, customer, group, (against, least), moment);
                        assert_same(answer.cell(customer, &id), slow)?;
                        let told = answer.peers(customer, &id).map_or(0, |peers| peers.count as usize);
                        prop_assert_eq!(told, among, "{} of {}", id, customer);
                    }
                }
            }
        }
    }
}

fn three() -> Vec<Life> {
    let of = |plan, size, orders: &[i64]| Life { plans: vec![(0, plan)], orders: orders.to_vec(), size };
    vec![of(0, 0, &[28, 29]), of(0, 1, &[28]), of(1, 0, &[])]
}

fn answered(lives: &[Life], population: &Population) -> IndicatorFrame {
    let catalog = catalog(2, lives);
    let facts = facts(lives);
    let whole: FactFrame = frame(&facts, &catalog, AsOf(at(40)));
    evaluate_at(&whole, &catalog, population, &[AsOf(at(31))]).remove(0)
}

#[test]
fn the_frame_says_among_whom_a_customer_was_put() {
    let answer = answered(&three(), &Population::Everyone);
    let pro = PeerGroup { label: Some("pro".to_owned()), count: 2 };
    let free = PeerGroup { label: Some("free".to_owned()), count: 1 };
    assert_eq!(answer.peers(0, "plan_z"), Some(&pro));
    assert_eq!(answer.peers(2, "plan_z"), Some(&free));
    assert_eq!(answer.peer_groups("plan_z"), [pro.clone(), free]);
    // Asked about alone, one is put among the same.
    let alone = answered(&three(), &Population::These(vec![name(1)]));
    assert_eq!(alone.peers(0, "plan_z"), Some(&pro));
    assert_eq!(alone.cell(0, "plan_percentile"), answer.cell(1, "plan_percentile"));
    // And where the column is taken from a frame of everybody.
    let bare = evaluate_at(
        &frame(&facts(&three()), &Catalog::parse(&[]).unwrap(), AsOf(at(40))),
        &Catalog::parse(&[]).unwrap(),
        &Population::These(vec![name(1)]),
        &[AsOf(at(31))],
    )
    .remove(0);
    assert_eq!(bare.with_rest_of(&answer).peers(0, "plan_z"), Some(&pro));
}

#[test]
fn without_knowing_who_is_in_a_segment_nobody_has_peers() {
    let text = "[[indicator]]\nid = \"place\"\nname = { zh = \"n\", en = \"n\" }\n\
        question = { zh = \"q\", en = \"q\" }\ncategory = \"c\"\nof = { kind = \"order\" }\nmeasure = \"count\"\n\
        window = \"5d\"\nunit = \"ratio\"\nworse = \"none\"\nwhen_absent = \"zero\"\n\
        compare = { with = \"peers\", as = \"percentile\", within = \"tier\" }\n";
    let catalog = Catalog::parse(&[("peers.toml".to_owned(), text.to_owned())]).unwrap();
    assert_eq!(catalog.within(), [("place", &Within::Tier)]);
    let facts = facts(&three());
    let whole = frame(&facts, &catalog, AsOf(at(40)));
    let answer = evaluate_at(&whole, &catalog, &Population::Everyone, &[AsOf(at(31))]).remove(0);
    assert_eq!(answer.cell(0, "place"), Cell::Unknown(Unknown::TooFewPeers));
    assert_eq!(answer.peers(0, "place"), None);
}

#[test]
fn what_models_learn_from_holds_no_place_within_a_group_and_nothing_made_of_one() {
    let head = |id: &str| {
        format!(
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"n\", en = \"n\" }}\nquestion = {{ zh = \"q\", en = \"q\" }}\n\
             category = \"c\"\nunit = \"ratio\"\nworse = \"none\"\n"
        )
    };
    let of = "of = { kind = \"order\" }\nmeasure = \"count\"\nwindow = \"5d\"\nwhen_absent = \"zero\"\n";
    let compare = |within: &str| format!("compare = {{ with = \"peers\", as = \"percentile\"{within} }}\n");
    let text = [
        format!("{}{of}", head("orders")),
        format!("{}{of}{}", head("among_all"), compare("")),
        format!("{}{of}{}", head("within_plan"), compare(", within = { trait = \"plan\" }")),
        format!("{}formula = \"within_plan * 2\"\n", head("doubled")),
    ]
    .concat();
    let catalog = Catalog::parse(&[("peers.toml".to_owned(), text)]).unwrap().without_places_within();
    let ids: Vec<&str> = catalog.indicators().iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["orders", "among_all"]);
}
