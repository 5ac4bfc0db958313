//! What an indicator makes of facts: measures, the stretch of time they look at, and what they are compared with.
//!
//! Words only. How they are read from a file is told in `read`, how they are computed in `kernel`.

use vocab::{AsOf, Instant, Window, Zone};

use crate::selector::Selector;

/// What is added up over a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// How many facts.
    Count,
    /// The sum of their values.
    Sum,
    /// On how many days.
    DistinctDays,
}

/// What is told of the time between one fact and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gap {
    /// Mean, in days with their fractions.
    Mean,
    /// Longest, in days with their fractions.
    Max,
    /// From the latest fact to the window's end, in days with their fractions.
    Current,
    /// Sample deviation over mean: 0 for a clock, about 1 for chance.
    Variation,
}

/// What a streak is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreakUnit {
    /// Days.
    Day,
    /// Weeks: seven days back from the window's end, or civil weeks from Monday where the window is a civil one.
    Week,
}

/// What is made of the facts selected. Every window is half-open, `[as_of − window, as_of)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// How many facts.
    Count,
    /// Sum of their values. Facts without a value are left out; if none has one, unknown `no_value`.
    Sum,
    /// Mean of their values, over the facts that have one.
    Mean,
    /// Smallest of their values.
    Min,
    /// Largest of their values.
    Max,
    /// Value of the earliest fact that has one.
    First,
    /// Value of the latest fact that has one.
    Last,
    /// On how many days something happened.
    ///
    /// With a window of 24-hour days, days count back from its end, the border belonging to the newer one; with a
    /// civil window, or where only working days are asked for, they are days of the firm's zone.
    DistinctDays,
    /// How many different values a property had.
    DistinctValues {
        /// The property.
        property: String,
    },
    /// Whole days of 24 hours since the first fact, rounded down.
    DaysSinceFirst,
    /// Whole days of 24 hours since the latest fact, rounded down.
    DaysSinceLast,
    /// Whole days of 24 hours until the date that the latest fact carrying the property names (midnight in the firm's
    /// zone), rounded down; negative once it has passed.
    DaysUntil {
        /// The property that holds the date.
        property: String,
    },
    /// The time between one fact and the next, both within the window. Two facts at least, or unknown `no_value`.
    Gap(Gap),
    /// How many days or weeks in a row, counted back from the window's end, had a fact (`with`) or had none.
    Streak {
        /// Days or weeks.
        unit: StreakUnit,
        /// With facts, or without.
        with: bool,
    },
    /// Total of the facts that are also of the part, divided by the total of all; a total of zero is `zero_base`.
    Share {
        /// The part; already cut down to what the whole takes.
        part: Selector,
        /// What is added up.
        basis: Basis,
    },
    /// Total divided by days: those of the window, but only since the customer's first fact of any kind, and one at
    /// least.
    RatePerDay(Basis),
    /// Least-squares slope of the totals of equal steps of the window, per step.
    Slope {
        /// What is added up.
        basis: Basis,
        /// Length of a step in days of 24 hours.
        step_days: u32,
    },
}

impl Measure {
    /// Whether it is a position in time, which needs no whole window and cannot be compared with earlier windows.
    pub fn is_positional(&self) -> bool {
        matches!(
            self,
            Measure::DaysSinceFirst | Measure::DaysSinceLast | Measure::DaysUntil { .. } | Measure::Gap(Gap::Current)
        )
    }

    /// Whether silence since ever decides it, rather than silence in the window.
    pub(crate) fn is_total(&self) -> bool {
        matches!(
            self,
            Measure::Count
                | Measure::Sum
                | Measure::DistinctDays
                | Measure::DistinctValues { .. }
                | Measure::Share { .. }
                | Measure::RatePerDay(_)
                | Measure::Slope { .. }
        )
    }

    /// Whether a window that begins before anything was delivered makes it unknown.
    pub(crate) fn needs_whole_window(&self) -> bool {
        !self.is_positional() && *self != Measure::Last
    }

    pub(crate) fn counts_days(&self) -> bool {
        let basis = match self {
            Measure::Share { basis, .. } | Measure::RatePerDay(basis) | Measure::Slope { basis, .. } => Some(*basis),
            _ => None,
        };
        *self == Measure::DistinctDays || basis == Some(Basis::DistinctDays) || matches!(self, Measure::Streak { .. })
    }

    /// The property it looks at.
    pub(crate) fn property(&self) -> Option<&str> {
        match self {
            Measure::DistinctValues { property } | Measure::DaysUntil { property } => Some(property),
            _ => None,
        }
    }

    /// Whether it looks at values at all.
    pub(crate) fn reads_values(&self) -> bool {
        self.adds_values() || matches!(self, Measure::Min | Measure::Max | Measure::First | Measure::Last)
    }

    /// Whether the value may be a property of the fact instead of its own.
    pub(crate) fn takes_number(&self) -> bool {
        matches!(self, Measure::Sum | Measure::Mean | Measure::Min | Measure::Max | Measure::First | Measure::Last)
    }

    pub(crate) fn adds_values(&self) -> bool {
        let basis = match self {
            Measure::Share { basis, .. } | Measure::RatePerDay(basis) | Measure::Slope { basis, .. } => Some(*basis),
            _ => None,
        };
        matches!(self, Measure::Sum | Measure::Mean) || basis == Some(Basis::Sum)
    }
}

/// A unit of the civil calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CalendarUnit {
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// A year.
    Year,
}

impl CalendarUnit {
    /// Midnight at which the unit that holds a moment begins, or the one so many units before it.
    fn start(self, at: Instant, before: u32, zone: &Zone) -> Instant {
        let months = |unit: i32, into: i32| zone.month_start(at, -into - unit * before as i32);
        let month = i32::from(zone.civil(at).month) - 1;
        match self {
            CalendarUnit::Week => {
                // 1970-01-01 was a Thursday.
                let into = (zone.day_number(at) + 3).rem_euclid(7);
                let days = into as u32 + 7 * before;
                Window::CalendarDays(days).start(AsOf(zone.midnight(at)), zone)
            }
            CalendarUnit::Month => months(1, 0),
            CalendarUnit::Quarter => months(3, month % 3),
            CalendarUnit::Year => months(12, month),
        }
    }
}

/// How far back an indicator looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Everything before.
    All,
    /// The stretch that ends at the moment.
    Trailing(Window),
    /// From the beginning of the calendar unit that holds the moment. At its very first instant it is empty.
    This(CalendarUnit),
    /// The whole calendar unit before the one that holds the moment.
    Last(CalendarUnit),
}

/// A stretch of time, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub start: Instant,
    pub end: Instant,
}

impl Reach {
    /// Where it looks when it stands at `end`, or `earlier` windows before.
    ///
    /// An earlier `this_month` goes as far into its month as the present one has come, and not beyond.
    pub(crate) fn stretch(self, end: Instant, earlier: u32, zone: &Zone) -> Stretch {
        match self {
            Reach::All => Stretch { start: Instant::MIN, end },
            Reach::Trailing(window) => {
                let mut stretch = Stretch { start: window.start(AsOf(end), zone), end };
                for _ in 0..earlier {
                    stretch = Stretch { start: window.start(AsOf(stretch.start), zone), end: stretch.start };
                }
                stretch
            }
            Reach::This(unit) => {
                let begun = end.micros() - unit.start(end, 0, zone).micros();
                let start = unit.start(end, earlier, zone);
                let close = match earlier {
                    0 => end,
                    _ => start.plus_micros(begun).min(unit.start(end, earlier - 1, zone)),
                };
                Stretch { start, end: close }
            }
            Reach::Last(unit) => {
                Stretch { start: unit.start(end, earlier + 1, zone), end: unit.start(end, earlier, zone) }
            }
        }
    }

    /// Whether it is cut by days of the firm's zone.
    pub(crate) fn is_civil(self) -> bool {
        !matches!(self, Reach::All | Reach::Trailing(Window::Days(_)))
    }
}

impl std::fmt::Display for Reach {
    /// As it is written in a definition; empty for everything.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = REACHES.iter().find(|(_, reach)| reach == self).map(|(word, _)| *word);
        match (self, named) {
            (Reach::Trailing(window), _) => write!(f, "{window}"),
            (_, word) => f.write_str(word.unwrap_or("")),
        }
    }
}

/// Windows that have a name.
pub(crate) const REACHES: &[(&str, Reach)] = &[
    ("this_week", Reach::This(CalendarUnit::Week)),
    ("this_month", Reach::This(CalendarUnit::Month)),
    ("this_quarter", Reach::This(CalendarUnit::Quarter)),
    ("this_year", Reach::This(CalendarUnit::Year)),
    ("last_week", Reach::Last(CalendarUnit::Week)),
    ("last_month", Reach::Last(CalendarUnit::Month)),
    ("last_quarter", Reach::Last(CalendarUnit::Quarter)),
    ("last_year", Reach::Last(CalendarUnit::Year)),
];

/// Something of the customer's own that a window begins with, if later than the window itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Since {
    /// The customer's first fact of any kind.
    Start,
    /// The customer's latest fact of this sort; facts of the same instant count. Never seen: unknown
    /// `never_observed`.
    LastOf(Selector),
}

/// How a number is put against others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Against {
    /// Divided by theirs (by their mean, if several). Not above zero: `zero_base`.
    Ratio,
    /// The ratio less one.
    Change,
    /// Less theirs (their mean, if several).
    Difference,
    /// Less their mean, in sample deviations. Two at least; none of them different: `zero_base`.
    Z,
    /// Which part of them is below, those equal counted half: 0 to 1.
    Percentile,
    /// The drift accumulated over all of them, in deviations: negative if the rate has fallen. See
    /// [`estimators::detect::ewma`].
    Ewma,
    /// The evidence accumulated over all of them that the rate has halved. See [`estimators::detect::cusum`].
    Cusum,
    /// How rare such a fall is: the share of unchanged customers that would within a year seem to have fallen as much. See
    /// [`estimators::rhythm::Rhythm::told`].
    Fall,
    /// How rare such a rise is.
    Rise,
    /// What its own rate and everybody's doings let expect of the window.
    Expected,
}

impl Against {
    /// Whether it looks at the windows as a course in time rather than as a heap.
    pub fn is_course(self) -> bool {
        matches!(self, Against::Ewma | Against::Cusum) || self.is_rhythm()
    }

    /// Whether it is told by the customer's own rhythm, beside everybody's.
    pub fn is_rhythm(self) -> bool {
        matches!(self, Against::Fall | Against::Rise | Against::Expected)
    }
}

/// What a number is put against.
#[derive(Clone, Debug, PartialEq)]
pub enum With {
    /// The window before (环比).
    Previous,
    /// So many windows before, one after the other.
    OwnHistory {
        /// How many.
        windows: u32,
    },
    /// So many windows before, each put against what everybody's counts did in it: season and outages are nobody's
    /// fall.
    OwnAndPeers {
        /// How many.
        windows: u32,
    },
    /// The same season of last year (同比).
    LastYear {
        /// Whether windows near 春节 move with it, see [`crate::season`].
        spring_festival: bool,
    },
    /// The other customers, the customer itself among them.
    Peers {
        /// Only those who have this in common with it; `None` = everybody.
        within: Option<Within>,
        /// Fewest of them with a number for there to be a comparison; fewer is `too_few_peers`, and so is a customer that
        /// belongs to no group. `None`, the older form: two, or `zero_base`; those of whom the trait is not told are a
        /// group too.
        least: Option<u32>,
    },
}

/// What customers who are put against each other have in common, at the moment of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Within {
    /// The latest trait that speaks of this property gives it the same value.
    Trait(String),
    /// Of these segments, the first that they belong to is the same.
    Segments(Vec<String>),
    /// The tier of value.
    Tier,
}

/// Fewest customers with a number in a group, where a definition that compares within one says nothing else: below that a
/// rank among them says little.
pub(crate) const FEWEST_PEERS: u32 = 20;

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// With what.
    pub with: With,
    /// How.
    pub against: Against,
}

/// A measure of facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The facts it looks at.
    pub of: Selector,
    /// What it makes of them.
    pub measure: Measure,
    /// The property whose number it takes for the value of a fact; `None` = the fact's own. What is no number is no value.
    pub number: Option<String>,
    /// How far back it looks.
    pub reach: Reach,
    /// What its window begins with.
    pub since: Option<Since>,
    /// How far before the moment its window ends; `None` = at the moment.
    pub offset: Option<Window>,
    /// Whether only working days count as days.
    pub working: bool,
    /// What the number is compared with.
    pub compare: Option<Compare>,
}

impl Measured {
    /// Every selector it names: its own, the part of a share, what its window begins with.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let part = match &self.measure {
            Measure::Share { part, .. } => Some(part),
            _ => None,
        };
        let since = match &self.since {
            Some(Since::LastOf(selector)) => Some(selector),
            _ => None,
        };
        std::iter::once(&self.of).chain(part).chain(since)
    }
}
