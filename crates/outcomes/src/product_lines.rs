//! 产品线、品类流失: who left a product line, and who of them stays a customer.
//!
//! A line is left by the same rules as the firm, looking only at the facts that name it. Who has left as a whole has left
//! every line; who left a line has left nothing else.
//!
//! Not here: who has left as a whole (`lifetimes`), the rate of past months ([`Lifetimes::months_among`]).

use std::collections::{BTreeMap, HashSet};

use facts::FactFrame;
use indicators::definition::Node;
use indicators::{Matcher, Selector};
use vocab::{CustomerId, Finding, Instant, Kind, LINES_SEPARATOR, Text};

use crate::definition::{ChurnDefinition, ChurnRule, selectors};
use crate::lifetimes::{Lens, Life, Lifetimes, Spell, State, StateFrame, Watch};
use crate::readiness::{Coverage, coverage_by};

/// More names than these are no product lines: an order number, a sentence.
pub const MOST_LINES: usize = 1_000;

/// How many different names a property gives, on the facts that may name a product line where nothing else is said; a fact of
/// several names gives each.
///
/// # Edges
/// Whether a row is visible is not asked; a frame that does not hold the property: 0.
pub fn line_names(frame: &FactFrame, property: &str) -> usize {
    let (mut codes, mut names): (HashSet<u32>, HashSet<&str>) = Default::default();
    for row in (0..frame.len()).filter(|row| NAMING_KINDS.contains(&frame.kind(*row))) {
        if codes.insert(frame.property_code(row, property)) {
            let said = frame.property(row, property).flatten().unwrap_or_default();
            names.extend(said.split(LINES_SEPARATOR).map(str::trim).filter(|name| !name.is_empty()));
        }
    }
    names.len()
}

/// Facts of these kinds may name a line. A ticket's category is no product line.
const NAMING_KINDS: [Kind; 4] = [Kind::Event, Kind::Order, Kind::Payment, Kind::Contract];

/// How facts name the product line that they are about.
///
/// ```toml
/// [product_lines]
/// property  = ["product_line", "category"]    # the first that a fact says
/// separator = "、"                            # one fact may name several; "、" when absent
/// of        = [{ kind = "order" }]            # events, orders, payments and contracts when absent
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LineNames {
    /// The properties that may name it; the first that a fact says counts. Never empty.
    pub properties: Vec<String>,
    /// Which facts may name one.
    pub of: Vec<Selector>,
    /// What stands between the names where one fact has several; never empty.
    pub separator: String,
}

impl LineNames {
    /// Reads the table of a definition; faults are noted.
    pub(crate) fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<LineNames> {
        let mut fields = node.fields(&["property", "separator", "of"], findings)?;
        let property = fields.required("property")?;
        let separator = fields.optional_text("separator").unwrap_or_else(|| LINES_SEPARATOR.to_owned());
        let of = match fields.optional("of") {
            Some(of) => selectors(of, fields.findings),
            None => Some(NAMING_KINDS.map(|kind| Selector::new(kind, &[])).to_vec()),
        };
        let said =
            property.as_list().map_or_else(|| vec![property.as_text()], |all| all.iter().map(Node::as_text).collect());
        let said: Option<Vec<String>> = said.into_iter().map(|one| one.map(str::to_owned)).collect();
        match said.filter(|said| !said.is_empty() && said.iter().all(|one| !one.trim().is_empty())) {
            Some(properties) => Some(LineNames { properties, of: of?, separator }),
            None => {
                findings.push(property.wrong_type(Text::new("至少一个属性名", "at least one name of a property")));
                None
            }
        }
    }

    /// The properties that a frame must hold for it.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> + '_ {
        let filters = self.of.iter().flat_map(Selector::properties).map(str::to_owned);
        self.properties.iter().cloned().chain(filters)
    }
}

/// The same made ready for one frame.
pub(crate) struct Naming<'a> {
    frame: &'a FactFrame,
    names: &'a LineNames,
    of: Vec<Matcher<'a>>,
}

impl<'a> Naming<'a> {
    pub(crate) fn new(frame: &'a FactFrame, names: &'a LineNames) -> Self {
        Self { frame, names, of: names.of.iter().map(|selector| selector.on(frame)).collect() }
    }

    /// The lines that a row names; none for most.
    pub(crate) fn names(&self, row: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        let (frame, names) = (self.frame, self.names);
        let may_name = self.of.iter().any(|matcher| matcher.matches(row));
        let keys = names.properties.iter().filter(move |_| may_name);
        let said = keys.filter_map(move |key| frame.property(row, key).flatten()).find(|said| !said.trim().is_empty());
        let several = said.map(|said| said.split(names.separator.as_str()));
        several.into_iter().flatten().map(str::trim).filter(|name| !name.is_empty())
    }
}

/// One product line, and when each customer was in it.
#[derive(Clone, Debug)]
pub struct ProductLine {
    /// As the facts name it.
    pub name: String,
    lives: Lifetimes,
}

/// How many customers stand where with a line; together, everybody who was ever in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// In it.
    pub current: u64,
    /// In it, but too new there to say.
    pub too_new: u64,
    /// Left it, and is still a customer.
    pub left_line: u64,
    /// Left as a whole, and so this line too.
    pub left_altogether: u64,
}

impl LineCounts {
    /// Everybody who was ever in it.
    pub fn customers(&self) -> u64 {
        self.current + self.too_new + self.left_line + self.left_altogether
    }
}

impl ProductLine {
    /// Comings and goings of the customers who were ever in it; a spell of absence ends or begins with the line's own, or
    /// with the customer's as a whole.
    pub fn lives(&self) -> &Lifetimes {
        &self.lives
    }

    /// How many stand where now, among those whom `counts` lets through. `whole` says who is a customer at all.
    pub fn counts(&self, whole: &StateFrame, counts: &dyn Fn(&CustomerId) -> bool) -> LineCounts {
        let mut sum = LineCounts::default();
        let at = self.lives.as_of.instant();
        for (customer, life) in self.lives.customers.iter().zip(&self.lives.lives).filter(|(one, _)| counts(one)) {
            match life.state(at, self.lives.too_new_days) {
                Some(State::Current) => sum.current += 1,
                Some(State::TooNew) | None => sum.too_new += 1,
                Some(State::Gone { .. }) => match whole.state(customer) {
                    Some(State::Gone { .. }) => sum.left_altogether += 1,
                    _ => sum.left_line += 1,
                },
            }
        }
        sum
    }
}

/// Every product line that the facts name.
#[derive(Clone, Debug)]
pub struct ProductLines {
    /// Sorted by name.
    pub lines: Vec<ProductLine>,
    /// Facts that the rules listen to and that name a line.
    pub named: u64,
    /// Those that might and name none: they count for no line.
    pub unnamed: u64,
}

/// Who was in which product line, and who left it? `None` where the definition leaves no lines one by one.
///
/// A customer is in a line from the first fact on that names it and that some rule listens to, a cancellation apart. It has
/// left the line when the rules say so, looking only at facts that name it and at cancellations that name none; or when it
/// has left as a whole by `whole`, which was read from the same frame by the same definition.
///
/// # Why
/// A customer who stops buying one category and goes on with another is nobody's leaver, and the beginning of many: it is
/// told line by line, and never as a whole leaving.
///
/// # Edges
/// * A fact that names several lines counts in each; one that names none in none, and is counted as unnamed.
/// * Silence in a line is measured from when the line itself is first named: earlier months of it cannot be judged.
/// * A line whose facts end while others go on was left by everybody in it.
/// * More than [`MOST_LINES`] names: an explanation instead.
pub fn product_lines(
    frame: &FactFrame,
    definition: &ChurnDefinition,
    whole: &Lifetimes,
) -> Option<Result<ProductLines, Text>> {
    let names = definition.product_lines.as_ref()?;
    let as_of = whole.as_of;
    let customer_made = ChurnRule::customer_made();
    let naming = Naming::new(frame, names);
    let covered = coverage_by(frame, definition, as_of, |row| naming.names(row).next().is_some());
    let mut watch = Watch::within_lines(frame, definition, &covered, &customer_made);
    let mut found: BTreeMap<&str, Vec<(usize, Life)>> = BTreeMap::new();
    let (mut rows, mut named, mut unnamed) = (Vec::new(), 0, 0);
    for (place, customer) in whole.customers.iter().enumerate() {
        rows.clear();
        rows.extend_from_slice(watch.gather(customer, as_of));
        let parted = Parted::of(&watch.lens, &naming, &rows);
        named += parted.named;
        unnamed += parted.unnamed;
        for (name, rows) in &parted.lines {
            let life = watch.follow(rows, as_of);
            let life = life.map(|life| beside(life, &whole.lives[place]));
            found.entry(name).or_default().extend(life.map(|life| (place, life)));
        }
        if found.len() > MOST_LINES {
            return Some(Err(too_many(names)));
        }
    }
    let lines = found.into_iter().map(|(name, lives)| line(name, lives, whole, &covered)).collect();
    Some(Ok(ProductLines { lines, named, unnamed }))
}

/// The rows of one customer, line by line.
struct Parted<'a> {
    lines: Vec<(&'a str, Vec<usize>)>,
    named: u64,
    unnamed: u64,
}

impl<'a> Parted<'a> {
    fn of(lens: &Lens<'a>, naming: &Naming<'a>, rows: &[usize]) -> Self {
        let mut parted = Self { lines: Vec::new(), named: 0, unnamed: 0 };
        for row in rows.iter().copied().filter(|row| lens.listens_to(*row)) {
            let ends = lens.is_cancelled_by(row);
            let mut names = naming.names(row).peekable();
            if names.peek().is_none() {
                parted.unnamed += u64::from(naming.of.iter().any(|matcher| matcher.matches(row)));
                parted.lines.iter_mut().filter(|_| ends).for_each(|(_, rows)| rows.push(row));
                continue;
            }
            parted.named += 1;
            for name in names {
                match parted.lines.iter_mut().find(|(one, _)| *one == name) {
                    Some((_, rows)) if rows.last() != Some(&row) => rows.push(row),
                    None if !ends => parted.lines.push((name, vec![row])),
                    _ => {}
                }
            }
        }
        parted
    }
}

/// A life within a line, ended as well by every absence as a whole.
fn beside(line: Life, whole: &Life) -> Life {
    let first_seen = line.first_seen;
    let of_whole = whole.absences.iter().filter(|spell| spell.back_at.is_none_or(|back| back > first_seen));
    let of_whole = of_whole.map(|spell| Spell { gone_at: spell.gone_at.max(first_seen), ..*spell });
    let mut spells: Vec<Spell> = line.absences.into_iter().chain(of_whole).collect();
    spells.sort_by_key(|spell| spell.gone_at);
    let mut absences: Vec<Spell> = Vec::with_capacity(spells.len());
    for spell in spells {
        match absences.last_mut().filter(|last| last.back_at.is_none_or(|back| back >= spell.gone_at)) {
            // Away already: there again once neither keeps it away.
            Some(last) => last.back_at = last.back_at.zip(spell.back_at).map(|(one, other)| one.max(other)),
            None => absences.push(spell),
        }
    }
    Life { absences, ..line }
}

fn line(name: &str, lives: Vec<(usize, Life)>, whole: &Lifetimes, covered: &Coverage) -> ProductLine {
    let first = lives.iter().map(|(_, life)| life.first_seen).min();
    let (places, lives): (Vec<usize>, Vec<Life>) = lives.into_iter().unzip();
    let mut coverage = covered.clone();
    for rule in &mut coverage.rules {
        rule.first = rule.first.max(rule.first.and(first));
    }
    let lives = Lifetimes {
        as_of: whole.as_of,
        zone: whole.zone.clone(),
        too_new_days: whole.too_new_days,
        customers: places.into_iter().map(|place| whole.customers[place].clone()).collect(),
        lives,
        coverage,
    };
    ProductLine { name: name.to_owned(), lives }
}

fn too_many(names: &LineNames) -> Text {
    let property = names.properties.join(", ");
    Text::new(
        format!("“{property}”有超过 {MOST_LINES} 个不同的值，不像是产品线；请换一个属性"),
        format!(
            "\"{property}\" has more than {MOST_LINES} different values: these are no product lines; take another property"
        ),
    )
}

impl Lifetimes {
    /// Whether a customer counts as gone right after a moment: who leaves a product line then leaves altogether.
    pub fn is_gone_after(&self, customer: &CustomerId, at: Instant) -> bool {
        let state = self.life(customer).and_then(|life| life.state(at.plus_micros(1), self.too_new_days));
        matches!(state, Some(State::Gone { .. }))
    }
}
