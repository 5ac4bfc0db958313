//! Whether the firm's history lets a churn definition be judged, and since when.

use facts::FactFrame;
use vocab::{AsOf, Instant, Kind, Text, Zone};

use crate::definition::{ChurnDefinition, ChurnRule};
use crate::lifetimes::{MICROS_PER_DAY, Signs};

/// Silence of the whole firm for so long is the end of its data, unless it has been silent as long before.
const LEAST_SILENCE_DAYS: i64 = 7;

/// What the facts visible at a moment let a definition see.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    /// One per rule, in the order of [`ChurnDefinition::rules`].
    pub(crate) rules: Vec<Covered>,
    /// Whether there is any fact about any customer.
    pub(crate) any: bool,
}

/// From when to when the facts of one rule arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Covered {
    /// The first fact of the sort the rule looks at, whoever the customer is; `None`: none ever arrived.
    pub(crate) first: Option<Instant>,
    /// Up to here silence means something. `Instant::MAX` while facts keep arriving.
    pub(crate) until: Instant,
    /// The last fact of the sort.
    pub(crate) last: Option<Instant>,
    /// Days of silence the rule waits for.
    pub(crate) silence_days: u32,
}

impl Covered {
    /// The first moment from which leaving is seen as it happens.
    pub(crate) fn judged_from(&self) -> Option<Instant> {
        self.first.map(|first| first.plus_days(i64::from(self.silence_days)))
    }
}

/// Days on which something happened.
#[derive(Default)]
struct Days {
    marks: Vec<bool>,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Days {
    fn mark(&mut self, at: Instant) {
        if self.first.is_none_or(|first| at < first) {
            self.first = Some(at);
        }
        if self.last.is_none_or(|last| at > last) {
            self.last = Some(at);
        }
        let day = at.micros().div_euclid(MICROS_PER_DAY).max(0) as usize;
        if day >= self.marks.len() {
            self.marks.resize(day + 1, false);
        }
        self.marks[day] = true;
    }

    /// The longest run of days without anything, between the first and the last.
    fn longest_silence(&self) -> i64 {
        let (mut longest, mut last) = (0, None);
        for day in self.marks.iter().enumerate().filter_map(|(day, mark)| mark.then_some(day as i64)) {
            if let Some(last) = last {
                longest = longest.max(day - last);
            }
            last = Some(day);
        }
        longest
    }

    fn covered(&self, rule: &ChurnRule, as_of: AsOf, first: Option<Instant>) -> Covered {
        let patience = self.longest_silence().max(LEAST_SILENCE_DAYS);
        let ended = self.last.filter(|last| last.plus_days(patience + 1) < as_of.instant());
        Covered { first, until: ended.unwrap_or(Instant::MAX), last: self.last, silence_days: rule.silence_days() }
    }
}

/// Looks once through everything visible at a moment.
pub(crate) fn coverage(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf) -> Coverage {
    coverage_by(frame, definition, as_of, |_| true)
}

/// The same, where the rules see only some rows. Whether facts arrive at all is a matter of every row.
pub(crate) fn coverage_by(
    frame: &FactFrame,
    definition: &ChurnDefinition,
    as_of: AsOf,
    sees: impl Fn(usize) -> bool,
) -> Coverage {
    let rules = definition.rules();
    let mut seen: Vec<Days> = rules.iter().map(|_| Days::default()).collect();
    let mut first_said: Vec<Option<Instant>> = vec![None; rules.len()];
    let mut any = Days::default();
    let signs: Vec<Option<Signs<'_>>> = rules.iter().map(|rule| activity(frame, rule)).collect();
    for row in (0..frame.len()).filter(|row| frame.is_visible(*row, as_of)) {
        let at = frame.occurred_at(row);
        any.mark(at);
        if !sees(row) {
            continue;
        }
        for (position, rule) in rules.iter().enumerate() {
            match &signs[position] {
                Some(signs) if signs.take(row) => seen[position].mark(at),
                Some(_) => {}
                None if tells(frame, rule, row) => {
                    first_said[position] = Some(first_said[position].map_or(at, |first| first.min(at)));
                }
                None => {}
            }
        }
    }
    let covered = rules.iter().enumerate().map(|(position, rule)| match rule.silence_days() {
        1.. => seen[position].covered(rule, as_of, seen[position].first),
        0 => any.covered(rule, as_of, first_said[position]),
    });
    Coverage { rules: covered.collect(), any: any.first.is_some() }
}

/// What a rule that waits for silence listens to.
fn activity<'a>(frame: &'a FactFrame, rule: &'a ChurnRule) -> Option<Signs<'a>> {
    match rule {
        ChurnRule::Inactivity { of, .. } => Some(Signs::new(frame, of)),
        ChurnRule::NoOrder { .. } | ChurnRule::PurchaseGap { .. } => Some(Signs::orders(frame)),
        _ => None,
    }
}

/// Whether a row shows that the source of a rule that needs to be told something delivers.
fn tells(frame: &FactFrame, rule: &ChurnRule, row: usize) -> bool {
    match rule {
        ChurnRule::ContractEnd { of, property, .. } => {
            of.kinds.contains(&frame.kind(row)) && frame.property(row, property).flatten().is_some()
        }
        ChurnRule::Cancellation { of, .. } => of.iter().any(|one| {
            // A firm whose contracts arrive and were never cancelled has had no cancellation.
            one.is_delivered_by(frame.kind(row), frame.name(row))
        }),
        _ => false,
    }
}

/// Why nobody can be said to have left this firm at this moment, if so.
///
/// # Edges
/// Of several rules one that can be judged is enough.
pub fn not_yet(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf) -> Option<Text> {
    coverage(frame, definition, as_of).not_yet(definition, as_of, frame.zone())
}

impl Coverage {
    pub(crate) fn not_yet(&self, definition: &ChurnDefinition, as_of: AsOf, zone: &Zone) -> Option<Text> {
        if !self.any {
            return Some(Text::new("还没有任何客户数据", "there are no facts about any customer yet"));
        }
        let connected: Vec<&Covered> = self.rules.iter().filter(|covered| covered.first.is_some()).collect();
        if connected.is_empty() {
            return Some(missing(&definition.rules()));
        }
        let soonest = connected.iter().filter_map(|covered| covered.judged_from()).min()?;
        if soonest > as_of.instant() {
            let days = connected.iter().map(|covered| covered.silence_days).min().unwrap_or(0);
            let first = connected.iter().filter_map(|covered| covered.first).min().unwrap_or(soonest);
            let (first, from) = (zone.date(first), zone.date(soonest));
            return Some(Text::new(
                format!("数据从 {first} 开始，这个流失口径要看 {days} 天，{from} 起才能判断谁已流失"),
                format!(
                    "facts begin on {first} and this definition looks at {days} days: who has left can be judged from {from}"
                ),
            ));
        }
        self.ended(zone)
    }

    /// Why silence means nothing any more: the facts themselves have ended.
    fn ended(&self, zone: &Zone) -> Option<Text> {
        let connected = self.rules.iter().filter(|covered| covered.first.is_some());
        let all_ended = connected.clone().all(|covered| covered.until < Instant::MAX);
        let last = connected.filter_map(|covered| covered.last).max().filter(|_| all_ended)?;
        Some(ended_on(zone, last))
    }

    /// The first moment after which some rule that is fed at all hears nothing any more; `Instant::MAX` while facts keep
    /// arriving.
    pub(crate) fn told_until(&self) -> Instant {
        let connected = self.rules.iter().filter(|covered| covered.first.is_some());
        connected.map(|covered| covered.until).min().unwrap_or(Instant::MAX)
    }

    /// Why leaving between two moments cannot be told, if so.
    pub(crate) fn unjudged(
        &self,
        definition: &ChurnDefinition,
        from: Instant,
        to: Instant,
        zone: &Zone,
    ) -> Option<Text> {
        let mut connected = self.rules.iter().filter(|covered| covered.first.is_some()).peekable();
        if connected.peek().is_none() {
            return Some(missing(&definition.rules()));
        }
        for covered in connected {
            if let (Some(first), Some(judged_from)) = (covered.first, covered.judged_from())
                && judged_from > from
            {
                let (first, judged) = (zone.date(first), zone.date(judged_from));
                return Some(Text::new(
                    format!("数据从 {first} 开始，{judged} 之后的整月才能判断"),
                    format!("facts begin on {first}: whole months after {judged} can be judged"),
                ));
            }
            if let Some(last) = covered.last.filter(|_| covered.until < to.plus_days(-1)) {
                return Some(ended_on(zone, last));
            }
        }
        None
    }
}

fn ended_on(zone: &Zone, last: Instant) -> Text {
    let last = zone.date(last);
    Text::new(
        format!("数据只到 {last}，之后是否流失无法判断"),
        format!("facts reach only to {last}: whether anybody left after that cannot be told"),
    )
}

fn missing(rules: &[&ChurnRule]) -> Text {
    let mut zh: Vec<&str> = Vec::new();
    let mut en: Vec<&str> = Vec::new();
    for rule in rules {
        let (wanted_zh, wanted_en) = match rule {
            ChurnRule::NoOrder { .. } | ChurnRule::PurchaseGap { .. } => ("订单", "orders"),
            ChurnRule::ContractEnd { .. } => ("合同到期日", "contract end dates"),
            ChurnRule::Cancellation { of, .. } => match of.first().and_then(|one| one.kinds.first()) {
                Some(Kind::Contract) => ("合同记录", "contracts"),
                _ => ("退订记录", "cancellations"),
            },
            ChurnRule::Inactivity { .. } | ChurnRule::AnyOf(_) => ("客户行为记录", "facts about what customers do"),
        };
        if !zh.contains(&wanted_zh) {
            zh.push(wanted_zh);
            en.push(wanted_en);
        }
    }
    Text::new(
        format!("这个流失口径要看{}，还没有导入过", zh.join("或")),
        format!("this definition needs {}, and none have been imported", en.join(" or ")),
    )
}
