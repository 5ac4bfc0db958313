//! One measure over one window, as an expression over the facts of a customer that are grouped together.

use vocab::{Instant, Zone};

use super::tests_of::{selector, text};
use crate::catalog::WhenAbsent;
use crate::measure::{Basis, Gap, Measure, StreakUnit};
use crate::plan::{Anchor, Bounds, DayClock, Pane, Plan, Task};

/// A day in microseconds, as a floating-point number: what divides by it is divided exactly.
pub(super) const DAY: &str = "8.64e10";

/// A window of a task at one moment: which rows lie in it, and where it begins and ends.
pub(super) struct Look<'q, 'a> {
    pub plan: &'q Plan<'a>,
    pub task: &'q Task<'a>,
    pub bounds: &'q Bounds,
    pub pane: Pane,
    /// Whether facts may have currencies of their own.
    pub currencies: bool,
}

/// A number of microseconds, and beside it what the wall clock of the firm shows.
pub(super) fn moment(micros: i64, zone: &Zone) -> String {
    format!("{micros} /* {} */", zone.date_time(Instant::from_micros(micros)))
}

/// The civil day that a moment falls on, told by its number, in the firm's zone.
fn civil_day(micros: &str, zone: &Zone) -> String {
    let zone = text(zone.name());
    format!("floor(epoch_us(timezone({zone}, make_timestamptz(CAST({micros} AS BIGINT)))) / {DAY})")
}

/// The moment that a text names, as the command line reads one; NULL if it names none.
fn moment_in(said: &str, zone: &Zone) -> String {
    let zone = text(zone.name());
    let is = |form: &str| format!("regexp_matches(trim({said}), '{form}')");
    let date = "^[0-9]{4}-[0-9]{2}-[0-9]{2}";
    let clock = "[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?";
    let here = format!("epoch_us(timezone({zone}, TRY_CAST(trim({said}) AS TIMESTAMP)))");
    format!(
        "CASE WHEN {} OR {} THEN {here}\n      WHEN {} THEN epoch_us(TRY_CAST(trim({said}) AS TIMESTAMPTZ)) END",
        is(&format!("{date}$")),
        is(&format!("{date}{clock}$")),
        is(&format!("{date}{clock}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$")),
    )
}

impl Look<'_, '_> {
    fn zone(&self) -> &Zone {
        self.plan.frame.zone()
    }

    fn moment(&self, micros: i64) -> String {
        moment(micros, self.zone())
    }

    /// Whether a row lies in the window; `None` if each does.
    pub(super) fn inside(&self) -> Option<String> {
        let mut conditions = Vec::new();
        if matches!(self.task.anchor, Anchor::LastOf(_)) {
            conditions.push("happened >= begins".to_owned());
        }
        if self.pane.start > i64::MIN {
            conditions.push(format!("happened >= {}", self.moment(self.pane.start)));
        }
        if self.pane.end < self.bounds.as_of {
            conditions.push(format!("happened < {}", self.moment(self.pane.end)));
        }
        if conditions.is_empty() { None } else { Some(conditions.join(" AND ")) }
    }

    /// An aggregate over the rows of the window that also pass.
    fn over(&self, aggregate: &str, also: Option<&str>) -> String {
        let conditions: Vec<String> = self.inside().into_iter().chain(also.map(str::to_owned)).collect();
        match conditions.is_empty() {
            true => aggregate.to_owned(),
            false => format!("{aggregate} FILTER (WHERE {})", conditions.join(" AND ")),
        }
    }

    fn count(&self) -> String {
        self.over("count(*)", None)
    }

    /// Where the window begins, as an expression over grouped rows; `None` = everything before.
    fn start(&self) -> Option<String> {
        let fixed = (self.pane.start > i64::MIN).then(|| self.moment(self.pane.start));
        let own = match self.task.anchor {
            Anchor::None => None,
            Anchor::Start => Some("min(first_seen)"),
            Anchor::LastOf(_) => Some("min(begins)"),
        };
        match (fixed, own) {
            (Some(fixed), Some(own)) => Some(format!("greatest({fixed}, {own})")),
            (fixed, own) => fixed.or(own.map(str::to_owned)),
        }
    }

    /// The column of the values.
    fn value(&self) -> &'static str {
        if self.plan.groups[self.task.group].number.is_some() { "amount" } else { "value" }
    }

    /// The day of a moment, by the clock that cuts the window.
    fn day(&self, micros: &str) -> String {
        match self.bounds.clock {
            DayClock::Rolling(0) => format!("floor({micros} / {DAY})"),
            DayClock::Rolling(phase) => format!("floor(({micros} - {phase}) / {DAY})"),
            DayClock::Civil => civil_day(micros, self.zone()),
        }
    }

    /// The total of the rows that pass; without any the total is zero.
    fn total(&self, basis: Basis, also: Option<&str>) -> String {
        let double = |aggregate: &str| format!("CAST({} AS DOUBLE)", self.over(aggregate, also));
        match basis {
            Basis::Count => double("count(*)"),
            Basis::DistinctDays => double(&format!("count(DISTINCT {})", self.day("happened"))),
            Basis::Sum => {
                let (count, sum) = (self.over("count(*)", also), self.sum(also));
                format!("CASE WHEN {count} = 0 THEN 0 ELSE {sum} END")
            }
        }
    }

    /// The sum of values; NULL if there is none, or if they are of several currencies.
    fn sum(&self, also: Option<&str>) -> String {
        let value = self.value();
        let sum = format!("CAST({} AS DOUBLE)", self.over(&format!("sum({value})"), also));
        if !self.currencies {
            return sum;
        }
        let with_value = [also.unwrap_or_default(), &format!("{value} IS NOT NULL")].join(" AND ");
        let with_value = Some(with_value.trim_start_matches(" AND "));
        let (least, most) = (self.over("min(currency)", with_value), self.over("max(currency)", with_value));
        format!("CASE WHEN {least} = {most} THEN {sum} END")
    }

    /// The value at one end of the window.
    fn value_at(&self, order: &str) -> String {
        let value = self.value();
        let values = self.over(
            &format!("array_agg({value} ORDER BY happened {order}, number {order})"),
            Some(&format!("{value} IS NOT NULL")),
        );
        format!("CAST(({values})[1] AS DOUBLE)")
    }

    /// The measure: NULL where it is unknown, and what silence counts as where the window is silent and that decides.
    pub(super) fn measured(&self) -> String {
        let measure = &self.task.measured.measure;
        let number = self.number(measure);
        let silence = match self.task.when_absent {
            WhenAbsent::Zero => "0",
            WhenAbsent::Unknown => "NULL",
        };
        // Rows of an anchor are there though the group has none.
        let anchored = matches!(self.task.anchor, Anchor::LastOf(_));
        match measure {
            Measure::Streak { .. } => number,
            _ if measure.is_total() && anchored => {
                format!("CASE WHEN count(happened) = 0 THEN {silence} ELSE {number} END")
            }
            _ if measure.is_total() => number,
            // Of no rows there is no number anyway.
            _ if silence == "NULL" => number,
            _ => format!("CASE WHEN {} = 0 THEN {silence} ELSE {number} END", self.count()),
        }
    }

    fn number(&self, measure: &Measure) -> String {
        let value = self.value();
        let double = |aggregate: String| format!("CAST({} AS DOUBLE)", self.over(&aggregate, None));
        let as_of = self.moment(self.bounds.as_of);
        match measure {
            Measure::Count => self.total(Basis::Count, None),
            Measure::Sum => self.total(Basis::Sum, None),
            Measure::DistinctDays => self.total(Basis::DistinctDays, None),
            Measure::DistinctValues { property } => double(format!("count(DISTINCT {})", super::rows::said(property))),
            Measure::Mean => {
                format!("{} / nullif({}, 0)", self.sum(None), self.over(&format!("count({value})"), None))
            }
            Measure::Min => double(format!("min({value})")),
            Measure::Max => double(format!("max({value})")),
            Measure::First => self.value_at("ASC"),
            Measure::Last => self.value_at("DESC"),
            Measure::DaysSinceFirst => self.since(&as_of, &self.over("min(happened)", None)),
            Measure::DaysSinceLast => self.since(&as_of, &self.over("max(happened)", None)),
            // The moment that the latest text names is worked out beside it; here is the text.
            Measure::DaysUntil { property } => {
                let said = super::rows::said(property);
                let texts = format!("array_agg({said} ORDER BY happened DESC, number DESC)");
                format!("({})[1]", self.over(&texts, Some(&format!("{said} IS NOT NULL"))))
            }
            Measure::Gap(gap) => self.gap(*gap),
            Measure::Streak { unit, .. } => self.without(*unit),
            Measure::Share { basis, .. } => {
                let part = self.task.part.map(|part| selector(self.plan.groups[part].selector()));
                let (part, whole) = (self.total(*basis, part.as_deref()), self.total(*basis, None));
                format!("CASE WHEN {whole} > 0 THEN ({part}) / ({whole}) END")
            }
            Measure::RatePerDay(basis) => {
                let start = self
                    .start()
                    .map_or("min(first_seen)".to_owned(), |start| format!("greatest({start}, min(first_seen))"));
                let days = format!("greatest(({} - {start}) / {DAY}, 1.0)", self.moment(self.pane.end));
                format!("({}) / {days}", self.total(*basis, None))
            }
            // Worked out step by step beside it.
            Measure::Slope { .. } => "CAST(NULL AS DOUBLE)".to_owned(),
        }
    }

    /// Whole days up to the moment; the day itself where working days are counted, which is done from outside.
    fn since(&self, as_of: &str, at: &str) -> String {
        match self.task.measured.working {
            true => civil_day(&format!("({at})"), self.zone()),
            false => format!("floor(({as_of} - {at}) / {DAY})"),
        }
    }

    /// The moment that a text names, in whole days from the moment asked about, or its day where working days are counted.
    pub(super) fn until(&self, said: &str) -> String {
        let at = format!("({})", moment_in(said, self.zone()));
        match self.task.measured.working {
            true => civil_day(&at, self.zone()),
            false => format!("floor(({at} - {}) / {DAY})", self.moment(self.bounds.as_of)),
        }
    }

    fn gap(&self, gap: Gap) -> String {
        let begun = match (self.pane.start > i64::MIN, &self.task.anchor) {
            (true, Anchor::LastOf(_)) => format!("previous >= greatest({}, begins)", self.moment(self.pane.start)),
            (false, Anchor::LastOf(_)) => "previous >= begins".to_owned(),
            (true, _) => format!("previous >= {}", self.moment(self.pane.start)),
            (false, _) => "previous IS NOT NULL".to_owned(),
        };
        let gaps = |aggregate: &str| self.over(aggregate, Some(&begun));
        let days = format!("(happened - previous) / {DAY}");
        match gap {
            Gap::Current => format!("({} - {}) / {DAY}", self.moment(self.pane.end), self.over("max(happened)", None)),
            Gap::Mean => {
                let (last, first) = (self.over("max(happened)", None), self.over("min(happened)", None));
                format!("({last} - {first}) / {DAY} / nullif({} - 1, 0)", self.count())
            }
            Gap::Max => gaps(&format!("max({days})")),
            Gap::Variation => {
                let (spread, mean) = (gaps(&format!("stddev_samp({days})")), gaps(&format!("avg({days})")));
                format!("{spread} / nullif({mean}, 0)")
            }
        }
    }

    /// How many days or weeks lie between a day and the window's last, as an expression over its day.
    fn back(&self, unit: StreakUnit, day: &str) -> String {
        let newest = self.bounds.clock.day(self.bounds.now.end - 1, self.zone());
        match (unit, self.bounds.clock) {
            (StreakUnit::Day, _) => format!("{newest} - {day}"),
            (StreakUnit::Week, DayClock::Rolling(_)) => format!("floor(({newest} - {day}) / 7.0)"),
            // Weeks from Monday; 1970-01-01 was a Thursday.
            (StreakUnit::Week, DayClock::Civil) => {
                format!("{} - floor(({day} + 3) / 7.0)", (newest + 3).div_euclid(7))
            }
        }
    }

    /// Days or weeks in a row without a fact.
    fn without(&self, unit: StreakUnit) -> String {
        let latest = self.back(unit, &self.day(&format!("({})", self.over("max(happened)", None))));
        let silence = if self.task.when_absent == WhenAbsent::Zero { "0" } else { "NULL" };
        let never = match self.start() {
            None => silence.to_owned(),
            Some(start) => format!("{} + 1", self.back(unit, &self.day(&start))),
        };
        format!("CASE WHEN {} > 0 THEN {latest} ELSE {never} END", self.count())
    }

    /// A select of the customers that have days or weeks in a row up to the window's end, and how many (`streak`).
    pub(super) fn with(&self, unit: StreakUnit, from: &str) -> String {
        let place = self.back(unit, &self.day("happened"));
        let inside = self.inside().map_or(String::new(), |inside| format!(" WHERE {inside}"));
        format!(
            "SELECT customer, CAST(count(*) FILTER (WHERE place = nth) AS DOUBLE) AS streak\
             \n    FROM (SELECT customer, place, row_number() OVER (PARTITION BY customer ORDER BY place) - 1 AS nth\
             \n      FROM (SELECT DISTINCT customer, {place} AS place FROM {from}{inside}) AS places) AS numbered\
             \n    GROUP BY customer"
        )
    }

    /// A select of the slope over equal steps (`slope`) of the customers that have facts in the window.
    pub(super) fn slope(&self, basis: Basis, step_days: u32, from: &str) -> String {
        let step = i64::from(step_days) * crate::plan::DAY;
        let count = (self.pane.end - self.pane.start) / step;
        let middle = (count - 1) as f64 / 2.0;
        let below: f64 = (0..count).map(|k| (k as f64 - middle).powi(2)).sum();
        let whole = Look { pane: Pane { start: i64::MIN, end: self.bounds.as_of, ..self.pane }, ..*self };
        let total = whole.total(basis, None);
        let inside = self.inside().map_or(String::new(), |inside| format!(" WHERE {inside}"));
        let start = self.moment(self.pane.start);
        format!(
            "SELECT customer, CASE WHEN count(*) = count(total) THEN sum((step - {middle:?}) * total) / {below:?} END AS slope\
             \n    FROM (SELECT customer, floor((happened - {start}) / {step}e0) AS step, {total} AS total\
             \n      FROM {from}{inside} GROUP BY 1, 2) AS steps\
             \n    GROUP BY customer"
        )
    }
}
