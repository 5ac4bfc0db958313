//! Rows in, a report out: by source, then by kind and name.

use std::collections::BTreeMap;

use facts::SurveyRow;
use serde::{Deserialize, Serialize};
use vocab::{AsOf, Instant, Kind, Zone};

use super::fields::{FieldReport, Fields};
use super::rhythm::{DayType, Rhythm};

/// Days that count as lately.
const LATELY_DAYS: i64 = 7;
/// Days before them whose fields are the comparison.
const BEFORE_DAYS: i64 = 28;
/// Different names of one source that are watched.
const MOST_NAMES: usize = 400;
/// Known this much later than it happened, a live fact is ancient.
const ANCIENT_DAYS: i64 = 400;

/// What can be wrong with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleSort {
    /// Nothing comes any more.
    Silent,
    /// Much less comes than usual.
    VolumeLow,
    /// Much more comes than usual.
    VolumeHigh,
    /// A field that was usually there is often missing.
    Missing,
    /// What were numbers or dates no longer are.
    TypeDrift,
}

impl TroubleSort {
    /// The word in the database and over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            TroubleSort::Silent => "silent",
            TroubleSort::VolumeLow => "volume_low",
            TroubleSort::VolumeHigh => "volume_high",
            TroubleSort::Missing => "missing",
            TroubleSort::TypeDrift => "type_drift",
        }
    }
}

/// Something wrong with one name of a source, or with all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// What.
    pub sort: TroubleSort,
    /// Since when, as far as the facts can tell: RFC 3339.
    pub since: String,
    /// How many came lately, or how many days nothing came.
    pub actual: f64,
    /// How many usually come.
    pub usual: f64,
    /// The fields concerned.
    pub fields: Vec<String>,
}

/// One kind and name of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameReport {
    /// Kind of fact.
    pub kind: String,
    /// Name of fact.
    pub name: String,
    /// Facts looked at.
    pub facts: u64,
    /// Usually, per day.
    pub usual_per_day: f64,
    /// Facts of the last seven whole days.
    pub last_week: u64,
    /// What usually comes in seven such days; absent without a rhythm.
    pub usual_week: Option<f64>,
    /// Facts by day, the last 28 whole days, oldest first.
    pub days: Vec<u64>,
    /// When the latest happened.
    pub last_occurred_at: String,
    /// Facts that count for no customer, lately.
    pub unattributed: u64,
    /// Facts whose moment lay in the future and was moved, lately.
    pub future: u64,
    /// Facts that became known more than 400 days after they happened, lately.
    pub ancient: u64,
    /// Its fields, the one that changed most first; at most twenty.
    pub fields: Vec<FieldReport>,
    /// What is wrong.
    pub troubles: Vec<Trouble>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Its name.
    pub source: String,
    /// Facts looked at.
    pub facts: u64,
    /// Usually, per day.
    pub usual_per_day: f64,
    /// Facts of the last seven whole days.
    pub last_week: u64,
    /// Facts by day, the last 28 whole days, oldest first.
    pub days: Vec<u64>,
    /// When the latest happened.
    pub last_occurred_at: String,
    /// When the latest was written.
    pub last_recorded_at: String,
    /// Facts that count for no customer, lately.
    pub unattributed: u64,
    /// What is wrong with all of it.
    pub troubles: Vec<Trouble>,
    /// Its kinds and names, the largest first.
    pub names: Vec<NameReport>,
}

#[derive(Default)]
struct Seen {
    rhythm: Rhythm,
    facts: u64,
    last_occurred_at: i64,
    last_recorded_at: i64,
    unattributed: u64,
    future: u64,
    ancient: u64,
    fields: Fields,
}

/// Everything that came in up to a moment, on its way to a report.
pub struct Survey {
    as_of: AsOf,
    zone: Zone,
    /// The day of the moment: its own facts do not count yet.
    today: i64,
    sources: BTreeMap<String, BTreeMap<(Kind, String), Seen>>,
}

impl Survey {
    /// A survey as of a moment.
    pub fn new(as_of: AsOf, zone: Zone) -> Self {
        let today = zone.day_number(as_of.instant());
        Self { as_of, zone, today, sources: BTreeMap::new() }
    }

    /// From when on facts say something about the rhythm.
    pub fn since(as_of: AsOf) -> Instant {
        as_of.instant().plus_days(-150)
    }

    /// From when on their properties do.
    pub fn properties_since(as_of: AsOf) -> Instant {
        as_of.instant().plus_days(-(LATELY_DAYS + BEFORE_DAYS))
    }

    /// Takes a row; `counts` says whether it counts for a customer.
    pub fn take(
        &mut self,
        row: SurveyRow<'_>,
        properties: &mut dyn Iterator<Item = (&str, Option<&str>)>,
        counts: bool,
    ) {
        if row.known_at >= self.as_of.instant() {
            return;
        }
        let day = self.zone.day_number(row.known_at);
        let lately = day >= self.today - LATELY_DAYS;
        let before = !lately && day >= self.today - LATELY_DAYS - BEFORE_DAYS;
        let Some(seen) = self.seen(row.source, row.kind, row.name) else { return };
        seen.rhythm.add(day);
        seen.facts += 1;
        seen.last_occurred_at = seen.last_occurred_at.max(row.occurred_at.micros());
        seen.last_recorded_at = seen.last_recorded_at.max(row.recorded_at.micros());
        if lately {
            seen.unattributed += u64::from(!counts);
            seen.ancient += u64::from(row.known_at.days_since(row.occurred_at) > ANCIENT_DAYS);
        }
        // What a customer is told only where it differs has no fields of its own.
        if (lately || before) && row.kind != Kind::Trait && !seen.fields.is_full(lately) {
            seen.fields.count(lately);
            if row.value.is_some() {
                seen.fields.see(lately, "value", "0");
            }
            if counts {
                seen.fields.see(lately, "customer", "-");
            }
            for (key, value) in properties {
                if key == "occurred_at_original" {
                    seen.future += u64::from(lately);
                } else if let Some(value) = value {
                    seen.fields.see(lately, key, value);
                }
            }
        }
    }

    fn seen(&mut self, source: &str, kind: Kind, name: &str) -> Option<&mut Seen> {
        if !self.sources.contains_key(source) {
            self.sources.insert(source.to_owned(), BTreeMap::new());
        }
        let names = self.sources.get_mut(source)?;
        let key = (kind, name.to_owned());
        if names.len() >= MOST_NAMES && !names.contains_key(&key) {
            return None;
        }
        Some(names.entry(key).or_insert_with(|| Seen {
            last_occurred_at: i64::MIN,
            last_recorded_at: i64::MIN,
            ..Seen::default()
        }))
    }

    /// What there is to say at a moment up to the survey's own, by source.
    ///
    /// # Edges
    /// At an earlier moment only how much came is judged, not its fields.
    pub fn report_at(&self, as_of: AsOf, day_type: &dyn Fn(i64) -> DayType) -> Vec<SourceReport> {
        let at = At { today: self.zone.day_number(as_of.instant()), is_end: as_of == self.as_of, day_type };
        self.sources.iter().map(|(source, names)| self.source_report(source, names, &at)).collect()
    }

    /// Midnight at the beginning of a day of the zone.
    pub fn start_of(&self, day: i64) -> Instant {
        let at = self.as_of.instant().plus_days(day - self.today);
        self.zone.midnight(at)
    }

    /// The first day after a moment on which something of a source came, if that day has begun: all of it, or one kind
    /// and name.
    pub fn came_again(&self, source: &str, of: Option<(Kind, &str)>, since: Instant, as_of: AsOf) -> Option<Instant> {
        let names = self.sources.get(source)?;
        let (day, today) = (self.zone.day_number(since) - 1, self.zone.day_number(as_of.instant()));
        let of_name = |((kind, name), seen): (&(Kind, String), &Seen)| match of {
            Some(wanted) if wanted != (*kind, name.as_str()) => None,
            _ => seen.rhythm.next_day(day, today),
        };
        names.iter().filter_map(of_name).min().map(|day| self.start_of(day))
    }

    fn source_report(&self, source: &str, names: &BTreeMap<(Kind, String), Seen>, at: &At<'_>) -> SourceReport {
        let mut total = Rhythm::default();
        for seen in names.values() {
            total.add_all(&seen.rhythm);
        }
        let troubles = self.troubles(&total, at);
        let is_silent = troubles.iter().any(|one| one.sort == TroubleSort::Silent);
        let mut rows: Vec<NameReport> =
            names.iter().map(|((kind, name), seen)| self.name_report(*kind, name, seen, at)).collect();
        if is_silent {
            // What all of it lacks is said once.
            rows.iter_mut().for_each(|row| row.troubles.retain(|one| !is_about_volume(one.sort)));
        }
        rows.sort_by(|a, b| b.facts.cmp(&a.facts).then_with(|| a.name.cmp(&b.name)));
        let latest = |of: fn(&Seen) -> i64| names.values().map(of).max().map_or(Instant::MIN, Instant::from_micros);
        SourceReport {
            source: source.to_owned(),
            facts: names.values().map(|seen| seen.facts).sum(),
            usual_per_day: rounded(total.usual_per_day(total.last_day(at.today).unwrap_or(at.today - 1))),
            last_week: total.between(at.today - LATELY_DAYS, at.today),
            days: at.days(&total),
            last_occurred_at: latest(|seen| seen.last_occurred_at).to_string(),
            last_recorded_at: latest(|seen| seen.last_recorded_at).to_string(),
            unattributed: names.values().map(|seen| seen.unattributed).sum(),
            troubles,
            names: rows,
        }
    }

    fn name_report(&self, kind: Kind, name: &str, seen: &Seen, at: &At<'_>) -> NameReport {
        let mut troubles = self.troubles(&seen.rhythm, at);
        let mut fields = if at.is_end { seen.fields.report() } else { Vec::new() };
        let lately = self.start_of(at.today - LATELY_DAYS).to_string();
        for (sort, test) in [
            (TroubleSort::Missing, FieldReport::went_missing as fn(&FieldReport) -> bool),
            (TroubleSort::TypeDrift, FieldReport::drifted),
        ] {
            let concerned: Vec<String> =
                fields.iter().filter(|field| test(field)).map(|field| field.field.clone()).collect();
            if !concerned.is_empty() {
                let (actual, usual) = (concerned.len() as f64, 0.0);
                troubles.push(Trouble { sort, since: lately.clone(), actual, usual, fields: concerned });
            }
        }
        fields.truncate(20);
        let volume = seen.rhythm.volume(at.today, LATELY_DAYS, at.day_type);
        NameReport {
            kind: kind.as_str().to_owned(),
            name: name.to_owned(),
            facts: seen.facts,
            usual_per_day: rounded(seen.rhythm.usual_per_day(seen.rhythm.last_day(at.today).unwrap_or(at.today - 1))),
            last_week: seen.rhythm.between(at.today - LATELY_DAYS, at.today),
            usual_week: volume.map(|volume| rounded(volume.usual)),
            days: at.days(&seen.rhythm),
            last_occurred_at: Instant::from_micros(seen.last_occurred_at).to_string(),
            unattributed: seen.unattributed,
            future: seen.future,
            ancient: seen.ancient,
            fields,
            troubles,
        }
    }

    /// What is wrong with how much comes.
    fn troubles(&self, rhythm: &Rhythm, at: &At<'_>) -> Vec<Trouble> {
        let came_today = at.is_end && rhythm.on(at.today) > 0;
        if let Some(silence) = rhythm.silence(at.today, at.day_type).filter(|_| !came_today) {
            let since = self.start_of(silence.from_day).to_string();
            let (actual, usual) = (silence.days as f64, rounded(silence.missing));
            return vec![Trouble { sort: TroubleSort::Silent, since, actual, usual, fields: Vec::new() }];
        }
        let Some(volume) = rhythm.volume(at.today, LATELY_DAYS, at.day_type) else { return Vec::new() };
        let actual = volume.actual as f64;
        let sort = match volume.deviation {
            low if low < -6.0 && actual < 0.4 * volume.usual => TroubleSort::VolumeLow,
            high if high > 6.0 && actual > 2.5 * volume.usual => TroubleSort::VolumeHigh,
            _ => return Vec::new(),
        };
        let since = self.start_of(at.today - LATELY_DAYS).to_string();
        vec![Trouble { sort, since, actual, usual: rounded(volume.usual), fields: Vec::new() }]
    }
}

/// The moment at which a survey is asked.
struct At<'a> {
    today: i64,
    /// Whether it is the survey's own.
    is_end: bool,
    day_type: &'a dyn Fn(i64) -> DayType,
}

impl At<'_> {
    fn days(&self, rhythm: &Rhythm) -> Vec<u64> {
        (self.today - 28..self.today).map(|day| rhythm.on(day)).collect()
    }
}

impl Rhythm {
    fn add_all(&mut self, other: &Rhythm) {
        for (day, count) in other.counts() {
            self.add_many(day, count);
        }
    }
}

fn is_about_volume(sort: TroubleSort) -> bool {
    matches!(sort, TroubleSort::Silent | TroubleSort::VolumeLow | TroubleSort::VolumeHigh)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
