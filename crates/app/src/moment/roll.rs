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

use crate::moment::cards::Card;
use crate::moment::order::CustomerOrder;
use crate::moment::snapshot::{Snapshot, state_index};
use crate::moment::spelling::Spelling;
use crate::shown::{BANDS, band_place, hidden};

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
    /// By owner, nobody last: customers in each state.
    states_of: OnceLock<Vec<[u32; 3]>>,
    /// What is the same whoever owns the customers.
    lasting: Arc<Lasting>,
}

struct Lasting {
    states: Vec<State>,
    bands: Vec<Option<Band>>,
    /// State and verdict as one small number: see [`facet`].
    facets: Vec<u8>,
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
        let (bands, values): (Vec<Option<Band>>, _) = scores.iter().map(|(_, score)| (score.band, score.value)).unzip();
        let band = |place: usize| bands.get(place).copied().flatten();
        let facets = states.iter().enumerate().map(|(place, state)| facet(*state, band(place)) as u8).collect();
        let (orders, spelling, masked) = Default::default();
        let lasting = Lasting { states, bands, facets, values, orders, spelling, masked };
        let (pool, states_of, lasting) = (OnceLock::new(), OnceLock::new(), Arc::new(lasting));
        Roll { owner_of: keeper_of, owners: keepers, keepers: None, pool, states_of, lasting }
    }

    /// Other owners than at first: those of the cards as they are now.
    pub(crate) fn own(&mut self, cards: &[Card]) {
        let Keepers { keeper_of, keepers } = Keepers::of(cards.iter().map(|card| card.owner.as_deref()));
        (self.owner_of, self.owners) = (keeper_of, keepers);
        (self.pool, self.states_of) = (OnceLock::new(), OnceLock::new());
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

    /// State and verdict of everybody, by place, each as one small number: see [`facet`].
    pub(crate) fn facets(&self) -> &[u8] {
        &self.lasting.facets
    }

    /// Customers in each state among those whom a reader sees: current, too new, gone.
    pub(crate) fn state_counts(&self, scope: &Scope) -> [u64; 3] {
        let mut counts = [0; 3];
        let mut add = |of: &[u32; 3]| counts.iter_mut().zip(of).for_each(|(sum, count)| *sum += u64::from(*count));
        if self.keepers.is_some() {
            let admitted = self.admitted(scope, None);
            let seen = self.lasting.states.iter().enumerate().filter(|(place, _)| admitted.has(*place));
            let mut of = [0; 3];
            seen.for_each(|(_, state)| of[state_index(*state)] += 1);
            add(&of);
            return counts;
        }
        let by_owner = self.states_of.get_or_init(|| {
            let mut by_owner = vec![[0; 3]; self.owners.len() + 1];
            for (place, state) in self.lasting.states.iter().enumerate() {
                by_owner[self.owner_number(place)][state_index(*state)] += 1;
            }
            by_owner
        });
        let owners = self.owners().map(Some).chain([None]).zip(by_owner);
        owners.filter(|(owner, _)| scope.admits(*owner)).for_each(|(_, of)| add(of));
        counts
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
        let is_everybody = seen.is_open() && asked.as_ref().is_none_or(Gate::is_open);
        Admitted { seen, asked, is_everybody }
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

    /// Everybody as somebody may type them; spelled when first asked for.
    pub(crate) fn spelling(&self, snapshot: &Snapshot) -> &Spelling {
        let named = || snapshot.customers().iter().zip(&snapshot.cards);
        let spelled = || Spelling::of(named().map(|(customer, card)| (customer.as_str(), card.name.as_deref())));
        self.lasting.spelling.get_or_init(spelled)
    }

    /// Sorts and spells everything that the lists will ask for.
    pub(crate) fn make_ready(&self, snapshot: &Snapshot) {
        for order in CustomerOrder::ALL {
            self.order(snapshot, order, false);
        }
        self.spelling(snapshot);
        self.pool(snapshot);
        self.state_counts(&Scope::All);
    }
}

/// So many pairs of a state and a verdict there are.
pub(crate) const FACETS: usize = 3 * BANDS.len();

/// A state and a verdict as one number below [`FACETS`].
fn facet(state: State, band: Option<Band>) -> usize {
    state_index(state) * BANDS.len() + band_place(band)
}

/// The places of the state and of the verdict that a facet is of.
pub(crate) fn parts_of(facet: usize) -> (usize, usize) {
    (facet / BANDS.len(), facet % BANDS.len())
}

/// Whom a reader sees.
pub(crate) struct Admitted<'a> {
    seen: Gate<'a>,
    /// Whom they asked for, where that goes by other owners than scope does.
    asked: Option<Gate<'a>>,
    /// Nobody is left out: then nobody's owner is looked up.
    is_everybody: bool,
}

/// Which owners' customers pass.
struct Gate<'a> {
    place_of: &'a [u32],
    open: Vec<bool>,
    pool: bool,
}

impl Gate<'_> {
    /// Whether everybody passes.
    fn is_open(&self) -> bool {
        self.pool && self.open.iter().all(|is_open| *is_open)
    }

    fn passes(&self, position: usize) -> bool {
        self.open.get(self.place_of[position] as usize).copied().unwrap_or(self.pool)
    }
}

impl Admitted<'_> {
    /// Whether the customer at a place is among them.
    pub(crate) fn has(&self, position: usize) -> bool {
        self.is_everybody
            || self.seen.passes(position) && self.asked.as_ref().is_none_or(|asked| asked.passes(position))
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
