//! Standing state says what the facts say: built, followed and read back, with late, corrected, doubled and merged facts.

use std::sync::{Arc, OnceLock};

use facts::{Fact, FactBatch, Facts, Identity, IdentityRole, Options, StopPoint};
use indicators::{Catalog, Delivery, IndicatorFrame, Population, Standing, evaluate_at};
use proptest::prelude::*;
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, SourceName};

use crate::two_roads::{at, definitions};

/// Something that comes in, in small.
#[derive(Clone, Debug)]
enum Told {
    Fact {
        id: u8,
        customer: u8,
        person: Option<u8>,
        kind: u8,
        happened: i64,
        late: i64,
        value: Option<i64>,
        plan: u8,
    },
    /// A correction of an id, of the same customer or another; or its retraction.
    Correction {
        id: u8,
        target: u8,
        customer: u8,
        happened: i64,
        retracts: bool,
    },
    Merge {
        key: u8,
        customer: u8,
        ends: bool,
    },
    Member {
        person: u8,
        customer: u8,
    },
}

fn told() -> impl Strategy<Value = Told> {
    let happened = || prop_oneof![4 => 20i64..40, 1 => 0i64..20];
    let value = prop_oneof![1 => Just(None), 3 => (-3i64..9).prop_map(Some)];
    let fact = (0..24u8, 0..4u8, prop::option::weighted(0.2, 0..2u8), 0..3u8, happened(), 0i64..6, value, 0..3u8);
    let fact = fact.prop_map(|(id, customer, person, kind, happened, late, value, plan)| Told::Fact {
        id,
        customer,
        person,
        kind,
        happened,
        late,
        value,
        plan,
    });
    let correction = (24..40u8, 0..24u8, 0..4u8, happened(), any::<bool>());
    let correction = correction.prop_map(|(id, target, customer, happened, retracts)| Told::Correction {
        id,
        target,
        customer,
        happened,
        retracts,
    });
    let merge = (0..4u8, 0..4u8, prop::bool::weighted(0.3));
    let merge = merge.prop_map(|(key, customer, ends)| Told::Merge { key, customer, ends });
    let member = (0..2u8, 0..4u8).prop_map(|(person, customer)| Told::Member { person, customer });
    prop_oneof![12 => fact, 4 => correction, 2 => merge, 1 => member]
}

impl Told {
    fn batch(&self, now: Instant) -> FactBatch {
        let mut batch = FactBatch::default();
        let named = |customer: &u8| CustomerId::new(format!("c{customer}"));
        match self {
            Told::Fact { id, customer, person, kind, happened, late, value, plan } => {
                let kind = [Kind::Event, Kind::Order, Kind::Ticket][usize::from(*kind)];
                let name = ["Logged In", "Seen"][usize::from(plan % 2)];
                let mut fact = Fact::new(named(customer).as_str(), kind, name, at(*happened));
                if let Some(person) = person {
                    (fact.customer_id, fact.actor_id) = (None, Some(format!("u{person}").into()));
                }
                fact.message_id = MessageId::from(format!("m{id}"));
                fact.known_at = Some(at(happened + late).min(now));
                fact.value = value.map(|value| Amount::from_millionths(i128::from(value) * 333_333));
                fact.currency = (*plan == 2 && value == &Some(7)).then(|| "USD".to_owned());
                if *plan > 0 {
                    fact.properties.insert("plan".to_owned(), Some(["pro", "free"][usize::from(plan - 1)].to_owned()));
                    fact.properties.insert("end_on".to_owned(), Some("2025-03-01".to_owned()));
                    fact.properties.insert("cost".to_owned(), value.map(|value| format!("{value}.5")));
                }
                batch.facts.push(fact);
            }
            Told::Correction { id, target, customer, happened, retracts } => {
                let mut fact = Fact::new(named(customer).as_str(), Kind::Order, "Seen", at(*happened));
                fact.message_id = MessageId::from(format!("m{id}"));
                let target = Some(MessageId::from(format!("m{target}")));
                if *retracts {
                    fact.retracts = target
                } else {
                    fact.supersedes = target
                }
                fact.value = Some(Amount::from_millionths(5_000_000));
                batch.facts.push(fact);
            }
            Told::Merge { key, customer, ends } => {
                let target = if *ends { named(key) } else { named(customer) };
                let mut row =
                    Identity::new(named(key).as_str(), IdentityRole::SameAs, target.as_str(), SourceName::new("crm"));
                row.supersedes = ends.then(|| named(customer));
                batch.identities.push(row);
            }
            Told::Member { person, customer } => {
                let source = SourceName::new("crm");
                let row = Identity::new(
                    format!("u{person}").as_str(),
                    IdentityRole::MemberOf,
                    named(customer).as_str(),
                    source,
                );
                batch.identities.push(row);
            }
        }
        batch
    }
}

/// What the facts say at a moment, the slow way.
fn slowly(facts: &Facts, catalog: &Catalog, as_of: AsOf) -> IndicatorFrame {
    let frame = facts.as_of(as_of).frame(&catalog.want()).unwrap();
    evaluate_at(&frame, catalog, &Population::Everyone, &[as_of]).remove(0)
}

fn built(facts: &Facts, catalog: &Arc<Catalog>) -> Standing {
    Standing::build(catalog.clone(), &facts.as_of(Standing::VIEW), 2).unwrap().unwrap()
}

/// Every measure, and one that puts customers against each other.
fn everything() -> Arc<Catalog> {
    static CATALOG: OnceLock<Arc<Catalog>> = OnceLock::new();
    let read = || {
        let among_peers = "[[indicator]]\nid = \"place\"\nname = { zh = \"n\", en = \"n\" }\n\
             question = { zh = \"q\", en = \"q\" }\ncategory = \"c\"\nof = { kind = \"order\" }\nmeasure = \"count\"\n\
             compare = { with = \"peers\", as = \"percentile\" }\nunit = \"ratio\"\nworse = \"none\"\nwhen_absent = \"zero\"\n";
        let files = [("all.toml".to_owned(), definitions()), ("peers.toml".to_owned(), among_peers.to_owned())];
        Arc::new(Catalog::parse(&files).unwrap_or_else(|findings| panic!("{findings:#?}")))
    };
    CATALOG.get_or_init(read).clone()
}

/// What else happens in a round.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    Nothing,
    /// The log is moved to the lake.
    Drained,
    /// Every third lane of what stands is folded, from one of the first on.
    Folded(u8),
    /// What stands is written down; the log is moved on.
    Kept,
    /// The load is acknowledged and not finished: the next one finishes it. What stands is written down meanwhile.
    LoadBroken,
    /// The process is killed: what stands is what was written down last, if anything was.
    Killed,
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => Just(Turn::Nothing),
        1 => Just(Turn::Drained),
        2 => (0u8..3).prop_map(Turn::Folded),
        2 => Just(Turn::Kept),
        2 => Just(Turn::LoadBroken),
        2 => Just(Turn::Killed),
    ]
}

/// A folder, what stands of it, and what was written down of that.
struct World {
    dir: tempfile::TempDir,
    facts: Option<Facts>,
    catalog: Arc<Catalog>,
    standing: Standing,
    kept: Option<Vec<u8>>,
}

impl World {
    fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let facts = Facts::open(dir.path(), Options::default()).unwrap();
        let standing = built(&facts, &everything());
        World { dir, facts: Some(facts), catalog: everything(), standing, kept: None }
    }

    fn facts(&self) -> &Facts {
        self.facts.as_ref().unwrap()
    }

    /// Some of it is loaded, the rest comes live.
    fn hear(&self, told: &[(bool, Told)], now: Instant, turn: Turn) {
        let together = |loaded: bool| {
            let mut all = FactBatch::default();
            for (_, one) in told.iter().filter(|(is_loaded, _)| *is_loaded == loaded) {
                let batch = one.batch(now);
                all.facts.extend(batch.facts);
                all.identities.extend(batch.identities);
            }
            all
        };
        if turn == Turn::LoadBroken {
            self.facts().stop_at(StopPoint::LoadAcknowledged);
        }
        if told.iter().any(|(is_loaded, _)| *is_loaded) {
            let loaded = self.facts().load(together(true), now);
            assert!(loaded.is_ok() || turn == Turn::LoadBroken, "{loaded:?}");
        }
        self.facts().stop_at(StopPoint::Nowhere);
        self.facts().append(together(false), now).unwrap();
    }

    fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Nothing | Turn::LoadBroken | Turn::Folded(_) => {}
            Turn::Drained => {
                self.facts().drain().unwrap();
            }
            Turn::Kept => {
                let mut bytes = Vec::new();
                self.standing.write(&mut bytes).unwrap();
                self.standing = Standing::read(self.catalog.clone(), self.facts().zone(), &mut &*bytes).unwrap();
                self.kept = Some(bytes);
                self.facts().drain().unwrap();
            }
            Turn::Killed => {
                drop(self.facts.take());
                self.facts = Some(Facts::open(self.dir.path(), Options::default()).unwrap());
                let read = |bytes: &Vec<u8>| Standing::read(self.catalog.clone(), self.facts().zone(), &mut &**bytes);
                self.standing = self.kept.as_ref().map_or_else(
                    || built(self.facts(), &self.catalog),
                    |bytes| read(bytes).expect("what was written is read"),
                );
            }
        }
        let view = self.facts().as_of(Standing::VIEW);
        self.standing.follow(&view).unwrap();
        if let Turn::Folded(first) = turn {
            let mut lane = usize::from(first);
            while self.standing.settle_lane(lane) {
                lane += 3;
            }
            assert!(lane >= 3, "there are more lanes than that");
        }
        if turn == Turn::LoadBroken {
            let mut bytes = Vec::new();
            self.standing.write(&mut bytes).unwrap();
            self.kept = Some(bytes);
        }
    }
}

fn cases() -> u32 {
    std::env::var("LIUKE_STANDING_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn what_stands_is_what_the_facts_say_built_followed_or_read_back(
        rounds in prop::collection::vec((prop::collection::vec((any::<bool>(), told()), 0..9), turn()), 1..4),
    ) {
        let mut world = World::new();
        for (round, (told, turn)) in rounds.iter().enumerate() {
            let now = at(40 + 4 * round as i64);
            world.hear(told, now, *turn);
            world.turn(*turn);
            // Batches of one moment are written a little after each other.
            let soon = AsOf(now.plus_micros(1)).max(world.standing.from());
            for as_of in [soon, AsOf(at(90))] {
                let wanted = slowly(world.facts(), &world.catalog, as_of);
                let found = world.standing.answer(as_of, Delivery::Observed, 2).unwrap();
                prop_assert_eq!(&found, &wanted, "{:?}", as_of);
            }
        }
        let wanted = slowly(world.facts(), &world.catalog, AsOf(at(61)));
        let anew = built(world.facts(), &world.catalog);
        prop_assert_eq!(&anew.answer(AsOf(at(61)).max(anew.from()), Delivery::Observed, 1).unwrap(), &wanted, "built anew");
    }
}

#[test]
fn a_moment_before_something_was_known_is_not_answered() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts::open(dir.path(), Options::default()).unwrap();
    let mut fact = Fact::new("c1", Kind::Order, "Seen", at(3));
    fact.message_id = MessageId::from("m1".to_owned());
    facts.append(FactBatch { facts: vec![fact], ..FactBatch::default() }, at(10)).unwrap();
    let standing = built(&facts, &everything());
    assert_eq!(standing.from(), AsOf(at(10).plus_micros(1)));
    assert!(standing.answer(AsOf(at(10)), Delivery::Observed, 1).is_none());
    assert_eq!(standing.answer(standing.from(), Delivery::Observed, 1).unwrap().customers().len(), 1);
}

#[test]
fn who_belongs_to_whom_is_read_again_for_only_where_a_person_did_something_alone() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts::open(dir.path(), Options::default()).unwrap();
    let seen = |id, person| Told::Fact { id, customer: 1, person, kind: 1, happened: 3, late: 0, value: None, plan: 1 };
    let (catalog, mut now) = (everything(), 40);
    let mut standing = built(&facts, &catalog);
    let mut follow = |told: Told| {
        now += 1;
        facts.append(told.batch(at(now)), at(now)).unwrap();
        let followed = standing.follow(&facts.as_of(Standing::VIEW)).unwrap();
        let soon = AsOf(at(now).plus_micros(1));
        assert_eq!(standing.answer(soon, Delivery::Observed, 1).unwrap(), slowly(&facts, &catalog, soon));
        followed.read_again
    };
    assert_eq!(follow(seen(1, None)), 0);
    assert_eq!(follow(Told::Member { person: 0, customer: 1 }), 0, "every fact names its customer");
    facts.drain().unwrap();
    assert_eq!(follow(Told::Member { person: 1, customer: 1 }), 0, "those in the lake too");
    assert_eq!(follow(seen(2, Some(0))), 0, "what a person does counts for their customer at once");
    assert_ne!(follow(Told::Member { person: 0, customer: 2 }), 0, "a person has done something alone");
    facts.drain().unwrap();
    assert_ne!(follow(Told::Member { person: 1, customer: 2 }), 0, "and whoever else is told of may be such a one");
}

#[test]
fn what_was_written_down_and_is_not_whole_is_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts::open(dir.path(), Options::default()).unwrap();
    let told = Told::Fact { id: 1, customer: 1, person: None, kind: 1, happened: 3, late: 0, value: Some(4), plan: 1 };
    facts.append(told.batch(at(10)), at(10)).unwrap();
    let catalog = everything();
    let mut bytes = Vec::new();
    built(&facts, &catalog).write(&mut bytes).unwrap();
    let read = |bytes: &[u8], catalog: &Arc<Catalog>| Standing::read(catalog.clone(), facts.zone(), &mut &*bytes);
    assert_eq!(read(&bytes, &catalog).unwrap().rows_held(), built(&facts, &catalog).rows_held());
    for place in (0..bytes.len()).step_by(7) {
        let mut other = bytes.clone();
        other[place] ^= 4;
        assert!(read(&other, &catalog).is_none(), "byte {place} changed");
        assert!(read(&bytes[..place], &catalog).is_none(), "cut at {place}");
    }
    let fewer = Arc::new(Catalog::parse(&[]).unwrap());
    assert!(read(&bytes, &fewer).is_none(), "another catalogue");
    let [one, other] = [0, 1].map(|place| Arc::new(catalog.only(&[catalog.indicators()[place].id.as_str()])));
    let mut bytes = Vec::new();
    built(&facts, &one).write(&mut bytes).unwrap();
    assert!(read(&bytes, &one).is_some() && read(&bytes, &other).is_none(), "another part of the same catalogue");
}
