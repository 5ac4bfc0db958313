//! The roll of customers as lists want it: what each is filtered by, side by side by place, and the orders in which
//! they are shown. Made once per snapshot, so that a page of a million customers costs one walk over small numbers.
//!
//! Not here: which filters a list has (`customers`), what a hit is worth (`search`).

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use indicators::Cell;
use outcomes::State;
use scores::ScoreFrame;
use vocab::{Band, Scope, Unknown};

use crate::customer::contacts::hidden;
use crate::customer::customers::CustomerOrder;
use crate::customer::search::{Named, Written, fold, spelled};
use crate::moment::cards::Card;
use crate::moment::snapshot::Snapshot;

/// Place of nobody among the owners.
const NOBODY: u32 = u32::MAX;

/// One number per customer and question, by place.
#[derive(Clone)]
pub(crate) struct Roll {
    owner_of: Vec<u32>,
    owners: Vec<Box<str>>,
    /// In whose hands each is today, where that is not the owner of the moment: what scope goes by.
    keepers: Option<Keepers>,
    /// Places of customers in nobody's hands who have not left, the most valuable first.
    pool: OnceLock<Vec<u32>>,
    /// What is the same whoever owns the customers.
    lasting: Arc<Lasting>,
}

struct Lasting {
    states: Vec<State>,
    bands: Vec<Option<Band>>,
    values: Vec<Cell>,
    orders: [OnceLock<Vec<u32>>; 2 * CustomerOrder::ALL.len()],
    spelling: OnceLock<Spelling>,
    /// Places of customers by what is shown of an id that leaves the house hidden.
    masked: OnceLock<HashMap<String, Vec<u32>>>,
}

/// An owner for each place.
#[derive(Clone)]
struct Keepers {
    keeper_of: Vec<u32>,
    keepers: Vec<Box<str>>,
}

impl Keepers {
    fn of<'a>(owners: impl Iterator<Item = Option<&'a str>> + Clone) -> Keepers {
        let mut keepers: Vec<Box<str>> = owners.clone().flatten().map(Box::from).collect();
        keepers.sort_unstable();
        keepers.dedup();
        let place =
            |owner: &str| keepers.binary_search_by(|one| one.as_ref().cmp(owner)).map_or(NOBODY, |at| at as u32);
        let keeper_of = owners.map(|owner| owner.map_or(NOBODY, place)).collect();
        Keepers { keeper_of, keepers }
    }
}

impl Roll {
    /// The roll of customers in these states with these scores and cards, all by place.
    pub(crate) fn new(states: Vec<State>, scores: &ScoreFrame, cards: &[Card]) -> Roll {
        let Keepers { keeper_of, keepers } = Keepers::of(cards.iter().map(|card| card.owner.as_deref()));
        let (bands, values) = scores.iter().map(|(_, score)| (score.band, score.value)).unzip();
        let (orders, spelling, masked) = Default::default();
        let lasting = Lasting { states, bands, values, orders, spelling, masked };
        let (pool, lasting) = (OnceLock::new(), Arc::new(lasting));
        Roll { owner_of: keeper_of, owners: keepers, keepers: None, pool, lasting }
    }

    /// Other owners than at first: those of the cards as they are now.
    pub(crate) fn own(&mut self, cards: &[Card]) {
        let Keepers { keeper_of, keepers } = Keepers::of(cards.iter().map(|card| card.owner.as_deref()));
        (self.owner_of, self.owners) = (keeper_of, keepers);
        self.pool = OnceLock::new();
    }

    /// Scope goes by these owners, by place, whoever owned the customers at the moment.
    pub(crate) fn keep(&mut self, today: &[Option<Box<str>>]) {
        self.keepers = Some(Keepers::of(today.iter().map(Option::as_deref)));
        self.pool = OnceLock::new();
    }

    /// In whose hands the customer at a place is today.
    pub(crate) fn keeper(&self, position: usize) -> Option<&str> {
        let (place, owners) = match &self.keepers {
            Some(keepers) => (keepers.keeper_of[position], &keepers.keepers),
            None => (self.owner_of[position], &self.owners),
        };
        owners.get(place as usize).map(AsRef::as_ref)
    }

    /// State of the customer at a place.
    pub(crate) fn state(&self, position: usize) -> State {
        self.lasting.states[position]
    }

    /// Verdict of the customer at a place.
    pub(crate) fn band(&self, position: usize) -> Option<Band> {
        self.lasting.bands.get(position).copied().flatten()
    }

    /// Value of the customer at a place, in the firm's currency, where known.
    pub(crate) fn value(&self, position: usize) -> Cell {
        self.lasting.values.get(position).copied().unwrap_or(Cell::Unknown(Unknown::NeverObserved))
    }

    /// Everybody who owns a customer, sorted.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &str> {
        self.owners.iter().map(AsRef::as_ref)
    }

    /// Whose the customer at a place is, as a number: the place of the owner among [`Roll::owners`], and one more than the
    /// last of them where nobody owns it.
    pub(crate) fn owner_number(&self, position: usize) -> usize {
        (self.owner_of[position] as usize).min(self.owners.len())
    }

    /// Which customers somebody may see, and of these only those of one owner where one is asked for (`-`: nobody's):
    /// decided once per owner, not once per customer.
    pub(crate) fn admitted(&self, scope: &Scope, owner: Option<&str>) -> Admitted<'_> {
        let asked = |one: Option<&str>| owner.is_none_or(|wanted| one.unwrap_or("-") == wanted);
        let admits = |one: Option<&str>| scope.admits(one) && (self.keepers.is_some() || asked(one));
        let (keeper_of, keepers) = match &self.keepers {
            Some(keepers) => (&keepers.keeper_of, &keepers.keepers),
            None => (&self.owner_of, &self.owners),
        };
        let asked = self.keepers.is_some().then(|| Gate {
            place_of: &self.owner_of,
            open: self.owners().map(|one| asked(Some(one))).collect(),
            pool: asked(None),
        });
        let seen = Gate {
            place_of: keeper_of,
            open: keepers.iter().map(|one| admits(Some(one))).collect(),
            pool: admits(None),
        };
        Admitted { seen, asked }
    }

    /// Every place in an order, turned round or not; sorted when first asked for.
    pub(crate) fn order(&self, snapshot: &Snapshot, order: CustomerOrder, turned: bool) -> &[u32] {
        let slot = CustomerOrder::ALL.iter().position(|one| *one == order).unwrap_or(0) * 2 + usize::from(turned);
        self.lasting.orders[slot].get_or_init(|| sorted(snapshot, order, turned))
    }

    /// Places of customers who are in nobody's hands today and have not left, the most valuable first; picked out when first
    /// asked for.
    pub(crate) fn pool(&self, snapshot: &Snapshot) -> &[u32] {
        self.pool.get_or_init(|| {
            let is_free =
                |place: usize| self.keeper(place).is_none() && !matches!(self.state(place), State::Gone { .. });
            let order = self.order(snapshot, CustomerOrder::Value, false);
            order.iter().copied().filter(|place| is_free(*place as usize)).collect()
        })
    }

    /// Places of customers whose id looks like this where numbers are hidden, and not like this where they are shown.
    pub(crate) fn masked(&self, snapshot: &Snapshot, shown: &str) -> &[u32] {
        let of = || {
            let mut masked: HashMap<String, Vec<u32>> = HashMap::new();
            for (place, customer) in snapshot.customers().iter().enumerate() {
                let shown = hidden(customer.as_str());
                if shown != customer.as_str() {
                    masked.entry(shown).or_default().push(place as u32);
                }
            }
            masked
        };
        self.lasting.masked.get_or_init(of).get(shown).map_or(&[], Vec::as_slice)
    }

    /// Places of customers, of those asked about, in whose id, name, pinyin or initials a folded text occurs, in order, each
    /// with its rank; those without a rank are left out.
    pub(crate) fn spelled(
        &self,
        snapshot: &Snapshot,
        folded: &str,
        asked: impl Fn(usize) -> bool,
        rank: impl Fn(Written<'_>) -> Option<u8>,
    ) -> Vec<(u8, usize)> {
        let spelling = self.lasting.spelling.get_or_init(|| Spelling::of(snapshot));
        let places = spelling.places(folded).into_iter().filter(|place| asked(*place));
        places.filter_map(|place| Some((rank(spelling.written(place))?, place))).collect()
    }

    /// Sorts and spells everything that the lists will ask for.
    pub(crate) fn make_ready(&self, snapshot: &Snapshot) {
        for order in CustomerOrder::ALL {
            self.order(snapshot, order, false);
        }
        self.lasting.spelling.get_or_init(|| Spelling::of(snapshot));
        self.pool(snapshot);
    }
}

/// Whom a reader sees.
pub(crate) struct Admitted<'a> {
    seen: Gate<'a>,
    /// Whom they asked for, where that goes by other owners than scope does.
    asked: Option<Gate<'a>>,
}

/// Which owners' customers pass.
struct Gate<'a> {
    place_of: &'a [u32],
    open: Vec<bool>,
    pool: bool,
}

impl Gate<'_> {
    fn passes(&self, position: usize) -> bool {
        self.open.get(self.place_of[position] as usize).copied().unwrap_or(self.pool)
    }
}

impl Admitted<'_> {
    /// Whether the customer at a place is among them.
    pub(crate) fn has(&self, position: usize) -> bool {
        self.seen.passes(position) && self.asked.as_ref().is_none_or(|asked| asked.passes(position))
    }
}

/// Sort key: the larger is shown first, unknown comes last either way.
struct Key {
    band: Option<Band>,
    value: f64,
    number: Option<f64>,
    position: u32,
}

fn sorted(snapshot: &Snapshot, order: CustomerOrder, turned: bool) -> Vec<u32> {
    let places = 0..snapshot.customers().len() as u32;
    if order == CustomerOrder::Name {
        let mut places: Vec<u32> = places.collect();
        // Places are in the order of the ids, which settles equal names.
        places.sort_by(|a, b| snapshot.name(*a as usize).cmp(snapshot.name(*b as usize)).then(a.cmp(b)));
        if turned {
            places.reverse();
        }
        return places;
    }
    let mut keys: Vec<Key> = places.map(|position| key(snapshot, order, position)).collect();
    let direction = |ordering: Ordering| if turned { ordering.reverse() } else { ordering };
    keys.sort_by(|a, b| {
        let missing_last = a.number.is_none().cmp(&b.number.is_none());
        missing_last
            .then_with(|| direction(b.band.cmp(&a.band)))
            .then_with(|| direction(b.value.total_cmp(&a.value)))
            .then_with(|| direction(b.number.unwrap_or(0.0).total_cmp(&a.number.unwrap_or(0.0))))
            .then_with(|| a.position.cmp(&b.position))
    });
    keys.into_iter().map(|key| key.position).collect()
}

fn key(snapshot: &Snapshot, order: CustomerOrder, position: u32) -> Key {
    let at = position as usize;
    let known = |cell: Cell| match cell {
        Cell::Known(value) => Some(value),
        Cell::Unknown(_) => None,
    };
    let health = || snapshot.score(at).and_then(|score| score.health).map(|health| -health.points());
    let number = match order {
        CustomerOrder::Risk | CustomerOrder::Health => health(),
        CustomerOrder::Value | CustomerOrder::Name => known(snapshot.value(at)),
        CustomerOrder::Change => snapshot.health_change_30d(at).map(|change| -change),
        CustomerOrder::LastSeen => {
            snapshot.states.last_seen(&snapshot.customers()[at]).map(|seen| seen.micros() as f64)
        }
    };
    match order {
        // Within a verdict the most valuable first; what nobody knows the value of, last.
        CustomerOrder::Risk => Key {
            band: snapshot.band(at),
            value: known(snapshot.value(at)).unwrap_or(f64::NEG_INFINITY),
            number,
            position,
        },
        _ => Key { band: None, value: 0.0, number, position },
    }
}

/// Ids and names as somebody types them, one after the other in one text.
struct Spelling {
    text: String,
    /// Where each customer's part ends.
    ends: Vec<usize>,
}

impl Spelling {
    fn of(snapshot: &Snapshot) -> Spelling {
        let mut text = String::new();
        let mut ends = Vec::with_capacity(snapshot.customers().len());
        for (position, customer) in snapshot.customers().iter().enumerate() {
            let mut write = |part: &str| {
                text.push_str(part);
                // No folded text holds a blank, so nothing is found across two parts.
                text.push('\n');
            };
            write(&fold(customer.as_str().chars()));
            if let Some(name) = snapshot.cards[position].name.as_deref() {
                let (full, initials) = spelled(name);
                write(&fold(name.chars()));
                write(&initials);
                write(&full);
            }
            ends.push(text.len());
        }
        Spelling { text, ends }
    }

    fn places(&self, folded: &str) -> Vec<usize> {
        let finder = memchr::memmem::Finder::new(folded.as_bytes());
        let (mut places, mut from, mut place) = (Vec::new(), 0, 0);
        while let Some(at) = finder.find(&self.text.as_bytes()[from..]) {
            // Where hits are dense the next part is near; where they are rare it is looked for by halves.
            let near = self.ends[place..].iter().take(8).position(|end| *end > from + at);
            place = near.map_or_else(|| self.ends.partition_point(|end| *end <= from + at), |steps| place + steps);
            let Some(end) = self.ends.get(place) else { break };
            places.push(place);
            from = *end;
        }
        places
    }

    /// The part of the customer at a place.
    fn written(&self, place: usize) -> Written<'_> {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        let mut parts = self.text[start..self.ends[place]].split('\n');
        let id = parts.next().unwrap_or_default();
        let named = match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(initials), Some(full)) => Some(Named { name, initials, full }),
            _ => None,
        };
        Written { id, named }
    }
}
