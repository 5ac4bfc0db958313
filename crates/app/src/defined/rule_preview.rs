//! What a rule would do before anybody relies on it: whom it catches now, and which alerts it would have opened in each of
//! the last 26 weeks.
//!
//! The weeks are planned and carried on as a replay does, at the weekly moments for which the lists keep everybody's
//! health. Where everybody would take too long, every so-manieth customer is asked and the counts are scaled up; the
//! answer says so. A backtest (`backtests`) is the exact answer; this one comes while somebody is typing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alerts::{AlertPolicy, Evidence, Given, Occasion, OpenAlerts, Rule};
use facts::{FactFrame, Want};
use indicators::{
    Catalog, Cell, IndicatorFrame, Population, Quantity, Sorting, evaluate_at, figure as written_figure, unit_word,
};
use outcomes::State;
use scores::{ScoreBook, ScoreFrame};
use training::earlier::{LookBack, Traits};
use vocab::{AsOf, CustomerId, Health, Instant, Kind, Scope, Text};

use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::moment::snapshot::{Snapshot, TREND_POINTS, trend_moments};
use crate::shown::{band_word, figure, written};
use crate::view::{RuleExample, RuleFigure, RulePreview, RuleText, RuleWeek, Words};
use crate::{App, Reader, blocking};

/// Customers named whom a rule catches.
const NAMED: usize = 20;
/// Numbers looked up for the weeks, about: as many as take well under a second.
const CELLS: usize = 1_200_000;
/// Customers looked at together.
const CHUNK: usize = 2_000;
/// Days from one moment to the next.
const WEEK: u32 = 7;

impl App {
    /// What a rule would do and would have done, among the customers that the reader sees. Nothing is kept.
    ///
    /// # Edges
    /// In the weeks gone by, segments, tags, tiers and cells count as they are today, and who was there is told by what is
    /// known today; `left_out` says the former. The first moment is looked at for what was open then already.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with the rule.
    pub async fn preview_rule(&self, reader: &Reader, text: RuleText, now: Instant) -> Result<RulePreview, Error> {
        let template = self.working_firm().await?.template;
        let (policy, _) = self.handed_in(&template, &text)?;
        let snapshot = self.snapshot(None, now).await?;
        let belonging = match policy.asks_belonging() {
            true => Some(self.belonging(&snapshot, None).await?),
            false => None,
        };
        let too_new_days = self.lens(&self.working_firm().await?)?.churn.too_new_days;
        let (app, scope) = (self.clone(), reader.scope.clone());
        blocking(move || {
            let ids: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
            let policy = policy.only(&ids);
            let rule = policy.rules.first().ok_or_else(|| Error::internal("a rule without a rule"))?;
            let traits = app.traits_of(&snapshot, &policy)?;
            let trial = Trial {
                app: &app,
                template: &template,
                snapshot: &snapshot,
                belonging: belonging.as_deref(),
                facts_of_traits: traits.as_ref().unwrap_or(snapshot.frame()),
                book: app.book_of(&snapshot).ok_or_else(|| Error::internal("a snapshot without its scorecard"))?,
                catalog: app.definitions().catalog.clone().with_supply(snapshot.supply.clone()),
                too_new_days,
                policy: &policy,
                rule,
            };
            Ok(trial.preview(&scope))
        })
        .await
    }

    /// The traits that a rule asks about, where the lists do not hold them already.
    fn traits_of(&self, snapshot: &Snapshot, policy: &AlertPolicy) -> Result<Option<FactFrame>, Error> {
        let asked = policy.traits();
        let held: Vec<&str> = snapshot.frame().property_keys().collect();
        if asked.iter().all(|key| held.contains(key)) {
            return Ok(None);
        }
        let properties = asked.into_iter().map(str::to_owned).collect();
        let want = Want { kinds: vec![Kind::Trait], properties, ..Want::default() };
        Ok(Some(self.facts().as_of(snapshot.as_of).frame(&want)?))
    }
}

/// A rule that is tried.
struct Trial<'a> {
    app: &'a App,
    template: &'a str,
    snapshot: &'a Arc<Snapshot>,
    belonging: Option<&'a Belonging>,
    facts_of_traits: &'a FactFrame,
    book: &'a ScoreBook,
    catalog: Catalog,
    too_new_days: u32,
    policy: &'a AlertPolicy,
    rule: &'a Rule,
}

/// Where some customers belong, as a rule that is tried asks.
struct Placed<'a> {
    snapshot: &'a Snapshot,
    belonging: Option<&'a Belonging>,
    traits: Traits<'a>,
}

impl alerts::Belonging for Placed<'_> {
    fn said(&self, customer: &CustomerId, key: &str) -> Option<Option<&str>> {
        self.traits.said(customer, key)
    }

    fn is_in(&self, customer: &CustomerId, sorting: Sorting, name: &str) -> Option<bool> {
        self.belonging?.is_in(self.snapshot, self.snapshot.position(customer)?, sorting, name)
    }
}

/// What the weeks brought: by week alerts opened, and of these those whose customer has left since.
#[derive(Default)]
struct Weeks {
    opened: Vec<u64>,
    left: Vec<u64>,
    customers: u64,
    customers_left: u64,
}

impl Weeks {
    fn new() -> Weeks {
        Weeks { opened: vec![0; TREND_POINTS], left: vec![0; TREND_POINTS], ..Weeks::default() }
    }

    fn add(&mut self, other: &Weeks) {
        let sum = |own: &mut [u64], others: &[u64]| own.iter_mut().zip(others).for_each(|(one, more)| *one += more);
        sum(&mut self.opened, &other.opened);
        sum(&mut self.left, &other.left);
        self.customers += other.customers;
        self.customers_left += other.customers_left;
    }
}

/// Whom the rule catches now.
struct Caught {
    count: u64,
    unknown: u64,
    examples: Vec<RuleExample>,
}

impl Trial<'_> {
    fn preview(&self, scope: &Scope) -> RulePreview {
        let seen: Vec<usize> =
            (0..self.snapshot.customers().len()).filter(|place| self.snapshot.admits(scope, *place)).collect();
        let moments = trend_moments(self.snapshot.as_of);
        let begun = moments.first().map_or(Instant::MIN, |first| first.instant());
        let caught = self.caught(&seen);
        let (sample, weeks) = self.weeks(&seen, &moments);
        let scale = seen.len() as f64 / sample.max(1) as f64;
        let scaled = |count: u64| (count as f64 * scale).round() as u64;
        let shown = moments.iter().zip(weeks.opened.iter().zip(&weeks.left)).skip(1);
        let shown = shown.map(|(moment, (opened, left))| RuleWeek {
            on: self.app.zone().date(moment.instant()),
            opened: scaled(*opened),
            left: scaled(*left),
        });
        let is_current = |place: &&usize| self.snapshot.state(**place) == State::Current;
        let has_left = |place: &&usize| matches!(self.snapshot.state(**place), State::Gone { at } if at >= begun);
        RulePreview {
            as_of: written(self.snapshot.as_of.instant()),
            sentence: self.app.condition_words(self.template, &self.rule.when),
            clear: self.rule.clear.as_ref().map(|clear| self.app.condition_words(self.template, clear)),
            schedule: self.rule.days_in_words().map(Words::from),
            customers: seen.iter().filter(is_current).count() as u64,
            caught: caught.count,
            unknown: caught.unknown,
            examples: caught.examples,
            weeks: shown.collect(),
            opened: scaled(weeks.opened.iter().skip(1).sum()),
            opened_customers: scaled(weeks.customers),
            left: scaled(weeks.customers_left),
            left_in_all: seen.iter().filter(has_left).count() as u64,
            left_out: self.left_out(),
            sample: (sample < seen.len()).then_some(sample as u64),
        }
    }

    /// What the weeks take as it is today.
    fn left_out(&self) -> Option<Words> {
        let sortings = [Sorting::Segment, Sorting::Tag, Sorting::Tier, Sorting::Rfm];
        sortings.into_iter().any(|sorting| self.policy.asks(sorting)).then(|| {
            Words::new(
                "过去各周的分群、标签和价值层按今天的算；要看当时的，请回测",
                "In past weeks segments, tags and tiers count as they are today; a backtest takes those of the time",
            )
        })
    }

    fn scoring(&self) -> impl Fn(&IndicatorFrame, &Catalog) -> ScoreFrame + Sync + '_ {
        let said = self.snapshot.heard().0;
        move |frame, catalog| scores::score_said(frame, self.book, catalog, said, frame.as_of().instant())
    }

    fn placed(&self, customers: &[CustomerId], as_of: AsOf) -> Placed<'_> {
        let traits = Traits::of(self.facts_of_traits, customers, &self.policy.traits(), as_of);
        Placed { snapshot: self.snapshot, belonging: self.belonging, traits }
    }

    fn caught(&self, seen: &[usize]) -> Caught {
        let snapshot = self.snapshot;
        let of = |wanted: fn(State) -> bool| -> BTreeSet<CustomerId> {
            let places = seen.iter().filter(|place| wanted(snapshot.state(**place)));
            places.map(|place| snapshot.customers()[*place].clone()).collect()
        };
        let eligible = of(|state| state == State::Current);
        let gone = of(|state| matches!(state, State::Gone { .. }));
        let evidence = Evidence {
            indicators: &snapshot.indicators,
            scores: &snapshot.scores,
            eligible: &eligible,
            gone: &gone,
            health_before: &|place| snapshot.health_week_ago(place),
        };
        let placed = self.placed(snapshot.customers(), snapshot.as_of);
        let scoring = self.scoring();
        let back = LookBack::new(snapshot.frame(), &self.catalog, self.book, self.policy, &scoring);
        let back = back.from(&evidence, &placed, snapshot.as_of);
        let given = Given { belonging: &placed, earlier: &back.earlier(), occasion: None };
        let (mut caught, mut unknown) = (Vec::new(), 0);
        for (customer, holds) in alerts::judged(&evidence, &given, self.policy, self.rule) {
            match holds {
                Some(true) => caught.extend(snapshot.position(customer)),
                Some(false) => {}
                None => unknown += 1,
            }
        }
        let count = caught.len() as u64;
        let worth = |place: &usize| snapshot.value(*place).known().unwrap_or(f64::NEG_INFINITY);
        caught.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
        caught.truncate(NAMED);
        let examples = caught.into_iter().filter_map(|place| self.example(&evidence, &given, place)).collect();
        Caught { count, unknown, examples }
    }

    fn example(&self, evidence: &Evidence<'_>, given: &Given<'_>, place: usize) -> Option<RuleExample> {
        let customer = &self.snapshot.customers()[place];
        let (sentence, figures) = alerts::figures(evidence, given, self.policy, self.rule, customer)?;
        let health = self.snapshot.score(place).and_then(|score| score.health);
        Some(RuleExample {
            id: customer.to_string(),
            name: self.snapshot.name(place).to_owned(),
            sentence: Words::from(sentence),
            health: health.map(Health::points),
            band: self.snapshot.band(place).map(|band| band_word(Some(band)).to_owned()),
            value: figure(self.snapshot.value(place)),
            figures: figures.into_iter().map(|(of, cell)| self.figure(&of, cell)).collect(),
        })
    }

    fn figure(&self, of: &Quantity, cell: Cell) -> RuleFigure {
        let (name, unit) = of.words(&self.catalog);
        let shown = match cell {
            Cell::Known(value) => counted(&written_figure(value, &unit), &unit),
            Cell::Unknown(_) => Text::new("数据不足", "unknown"),
        };
        RuleFigure { of: of.to_string(), name: Words::from(name), shown: Words::from(shown), value: figure(cell) }
    }

    /// How many customers were asked, and what the weeks brought among them.
    fn weeks(&self, seen: &[usize], moments: &[AsOf]) -> (usize, Weeks) {
        let catalog = self.catalog.only(&self.policy.indicators()).with_counts(self.policy.counts());
        let scoring = self.scoring();
        let back = LookBack::new(self.snapshot.frame(), &self.catalog, self.book, self.policy, &scoring);
        let each = moments.len() * catalog.indicators().len().max(1) + moments.len() * self.policy.days_back().len();
        let every = (seen.len() * each).div_ceil(CELLS).max(1);
        let asked: Vec<usize> = seen.iter().copied().step_by(every).collect();
        let chunks: Vec<&[usize]> = asked.chunks(CHUNK).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut sum = Weeks::new();
            while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                sum.add(&self.weeks_of(chunk, moments, &catalog, &back));
            }
            sum
        };
        let mut sum = Weeks::new();
        std::thread::scope(|threads| {
            let count = std::thread::available_parallelism().map_or(1, usize::from).min(chunks.len().max(1));
            let others: Vec<_> = (1..count).map(|_| threads.spawn(work)).collect();
            sum.add(&work());
            for other in others.into_iter().filter_map(|other| other.join().ok()) {
                sum.add(&other);
            }
        });
        (asked.len(), sum)
    }

    /// Every week of some customers, one after the other.
    fn weeks_of(&self, places: &[usize], moments: &[AsOf], catalog: &Catalog, back: &LookBack<'_>) -> Weeks {
        let snapshot = self.snapshot;
        let customers: Vec<CustomerId> = places.iter().map(|place| snapshot.customers()[*place].clone()).collect();
        let healths: Vec<Vec<Option<f64>>> = places.iter().map(|place| snapshot.trend(*place).collect()).collect();
        let frames = evaluate_at(snapshot.frame(), catalog, &Population::These(customers.clone()), moments);
        let mut weeks = Weeks::new();
        let (mut warned, mut lost) = (BTreeSet::new(), BTreeSet::new());
        let mut standing = OpenAlerts::default();
        for (week, indicators) in frames.iter().enumerate() {
            let as_of = indicators.as_of();
            let told = customers.iter().zip(&healths);
            let told = told.map(|(customer, trend)| (customer.clone(), trend[week].map(health_of)));
            let scores = ScoreFrame::of_healths(as_of, self.book, told);
            let (eligible, gone) = self.there(&customers, as_of);
            let evidence = Evidence {
                indicators,
                scores: &scores,
                eligible: &eligible,
                gone: &gone,
                health_before: &|place| healths[place][week.checked_sub(1)?],
            };
            let placed = self.placed(&customers, as_of);
            let back = back.from(&evidence, &placed, as_of);
            let occasion = Some(Occasion { calendar: &self.app.definitions().calendar, days: WEEK });
            let given = Given { belonging: &placed, earlier: &back.earlier(), occasion };
            let plan = alerts::plan_given(&evidence, &given, &standing, self.policy, as_of);
            for new in plan.open.iter().filter(|_| week > 0) {
                weeks.opened[week] += 1;
                warned.insert(new.customer.clone());
                let state = snapshot.position(&new.customer).map(|place| snapshot.state(place));
                if matches!(state, Some(State::Gone { at }) if at >= as_of.instant()) {
                    weeks.left[week] += 1;
                    lost.insert(new.customer.clone());
                }
            }
            standing = standing.carried(plan, as_of.instant());
        }
        weeks.customers = warned.len() as u64;
        weeks.customers_left = lost.len() as u64;
        weeks
    }

    /// Who was there at a moment, and who had gone.
    fn there(&self, customers: &[CustomerId], as_of: AsOf) -> (BTreeSet<CustomerId>, BTreeSet<CustomerId>) {
        let (mut eligible, mut gone) = (BTreeSet::new(), BTreeSet::new());
        for customer in customers {
            let life = self.snapshot.lifetimes.life(customer);
            match life.and_then(|life| life.state(as_of.instant(), self.too_new_days)) {
                Some(State::Current) => eligible.insert(customer.clone()),
                Some(State::Gone { .. }) => gone.insert(customer.clone()),
                Some(State::TooNew) | None => false,
            };
        }
        (eligible, gone)
    }
}

fn health_of(points: f64) -> Health {
    Health::from_hundredths((points * 100.0).round().clamp(0.0, 10_000.0) as u16)
}

/// A number with its unit.
fn counted(number: &str, unit: &str) -> Text {
    let word = unit_word(unit);
    let with = |word: &str| if word.is_empty() { number.to_owned() } else { format!("{number} {word}") };
    Text::new(with(&word.zh), with(&word.en))
}
