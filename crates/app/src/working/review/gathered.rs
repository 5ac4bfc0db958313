//! Everything that the numbers of a span are made of: gathered once, and kept beside the lists of the day.
//!
//! A span that has ended is looked at through the facts that the present lists were made from, and of everybody only what a
//! review asks is measured: state, name, owner and value. What was on the desk then is folded from the history, which says
//! the same whenever it is asked.
//!
//! Not here: what is counted, and how ([`super::counted`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use actions::DueFor;
use alerts::AlertPolicy;
use outcomes::{Lifetimes, State};
use tokio::sync::OnceCell;
use vocab::{AsOf, CustomerId, Instant, Scope, Text};

use super::counted::{Counted, Of, Stretch, clocks, counted};
use super::{Span, weeks_later};
use crate::error::Error;
use crate::moment::snapshot::{Purpose, Snapshot};
use crate::{App, blocking};

/// The ends of so many spans are kept looked at.
const LOOKS: usize = 2;
/// So many names are kept in all; those of the span last asked for whatever their number.
const NAMES: usize = 50_000;
/// So long after its end a span is settled: whatever was being done then has been written down.
const SETTLED_MICROS: i64 = 10 * 60 * 1_000_000;

/// A span with everything that its numbers are made of.
pub(crate) struct Gathered {
    pub span: Span,
    pub snapshot: Arc<Snapshot>,
    pub counted: BTreeMap<Of, Vec<Counted>>,
    /// Whose case was to be acted upon by a moment of the span, and whether it was.
    pub act_due: Vec<(CustomerId, bool)>,
    /// Why nobody can be said to have left yet.
    pub not_yet: Option<Text>,
    /// The numbers of the week before, once they were asked for.
    before: OnceCell<BTreeMap<Of, Option<u64>>>,
}

impl Gathered {
    pub(super) fn position(&self, customer: &CustomerId) -> Option<usize> {
        self.snapshot.position(customer)
    }

    /// Who owned a customer at the moment.
    pub(super) fn owner(&self, customer: &CustomerId) -> Option<String> {
        self.snapshot.cards[self.position(customer)?].owner.as_deref().map(str::to_owned)
    }

    pub(super) fn count(&self, of: Of) -> Option<u64> {
        (of != Of::Lost || self.not_yet.is_none()).then(|| self.counted[&of].len() as u64)
    }

    fn names(&self) -> usize {
        self.act_due.len() + self.counted.values().map(Vec::len).sum::<usize>()
    }
}

/// Spans that have ended, as they were gathered for the present lists in the hands in which these are.
#[derive(Default)]
pub(crate) struct KeptReviews(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The lists for which it was done.
    of: Weak<Snapshot>,
    looks: Vec<Arc<Snapshot>>,
    /// By scope, the last asked for first.
    spans: Vec<(Scope, Arc<Gathered>)>,
}

impl KeptReviews {
    /// What is kept for these lists; what was kept for others is let go of.
    fn of(&self, present: &Arc<Snapshot>) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !Weak::ptr_eq(&kept.of, &Arc::downgrade(present)) {
            *kept = Kept { of: Arc::downgrade(present), ..Kept::default() };
        }
        kept
    }

    fn look(&self, present: &Arc<Snapshot>, at: AsOf) -> Option<Arc<Snapshot>> {
        self.of(present).looks.iter().find(|look| look.as_of == at).cloned()
    }

    fn keep_look(&self, present: &Arc<Snapshot>, look: &Arc<Snapshot>) {
        let mut kept = self.of(present);
        kept.looks.insert(0, Arc::clone(look));
        kept.looks.truncate(LOOKS);
    }

    fn span(&self, present: &Arc<Snapshot>, scope: &Scope, span: &Span) -> Option<Arc<Gathered>> {
        let mut kept = self.of(present);
        let meant = |one: &Gathered| (one.span.from, one.span.to, one.span.at) == (span.from, span.to, span.at);
        let place = kept.spans.iter().position(|(of, one)| of == scope && meant(one))?;
        kept.spans[..=place].rotate_right(1);
        Some(Arc::clone(&kept.spans[0].1))
    }

    fn keep_span(&self, present: &Arc<Snapshot>, scope: &Scope, gathered: &Arc<Gathered>) {
        let mut kept = self.of(present);
        kept.spans.insert(0, (scope.clone(), Arc::clone(gathered)));
        let mut names = 0;
        let fitting = kept.spans.iter().take_while(|(_, one)| {
            names += one.names();
            names <= NAMES
        });
        let fitting = fitting.count().max(1);
        kept.spans.truncate(fitting);
    }
}

impl App {
    /// Everything that the numbers of a span are made of.
    ///
    /// # Edges
    /// A span that ended a while before the present lists were made is gathered once for each scope; any other is gathered
    /// each time.
    pub(crate) async fn gather(&self, scope: &Scope, span: Span, now: Instant) -> Result<Arc<Gathered>, Error> {
        let present = self.present_snapshot(now).await?;
        let is_settled = span.at.plus_micros(SETTLED_MICROS) <= now && span.at <= present.as_of.instant();
        if !is_settled {
            let snapshot = self.snapshot(span.as_of(now), now).await?;
            return Ok(Arc::new(self.gather_of(scope, span, snapshot, now).await?));
        }
        if let Some(gathered) = present.kept.of::<KeptReviews>().span(&present, scope, &span) {
            return Ok(gathered);
        }
        let look = self.look_back(&present, AsOf(span.at)).await?;
        let gathered = Arc::new(self.gather_of(scope, span, look, now).await?);
        present.kept.of::<KeptReviews>().keep_span(&present, scope, &gathered);
        Ok(gathered)
    }

    async fn gather_of(
        &self,
        scope: &Scope,
        span: Span,
        snapshot: Arc<Snapshot>,
        now: Instant,
    ) -> Result<Gathered, Error> {
        // While it runs, what is done at this very moment counts.
        let at = if span.at == now { now.plus_micros(1) } else { span.at };
        let work = self.store().work_between(scope, span.from, at).await?;
        let scope = scope.clone();
        blocking(move || {
            let left = left_between(&snapshot, &snapshot.lifetimes, &scope, (span.from, at));
            let not_yet = snapshot.not_yet.clone();
            let is_gone = |customer: &CustomerId| {
                let position = snapshot.position(customer);
                position.is_some_and(|position| matches!(snapshot.state(position), State::Gone { .. }))
            };
            let left = not_yet.is_none().then_some(left.as_slice());
            let stretch = Stretch { from: span.from, at, work: &work, left, is_gone: &is_gone };
            let counted = counted(&stretch);
            let decided = work.cases.iter().flat_map(|trail| clocks(trail, span.from, span.at));
            let to_act = decided.filter(|(_, clock)| clock.clock == DueFor::Act);
            let act_due = to_act.map(|(case, clock)| (case.customer_id.clone(), clock.was_kept)).collect();
            Ok(Gathered { span, counted, act_due, not_yet, snapshot, before: OnceCell::new() })
        })
        .await
    }

    /// Everybody as of a moment before that of the present lists, as far as a review asks: through the same facts, in today's
    /// hands.
    async fn look_back(&self, present: &Arc<Snapshot>, at: AsOf) -> Result<Arc<Snapshot>, Error> {
        let kept = || present.kept.of::<KeptReviews>().look(present, at);
        if let Some(look) = kept() {
            return Ok(look);
        }
        let _one_at_a_time = self.0.building.lock().await;
        if let Some(look) = kept() {
            return Ok(look);
        }
        let (app, through, firm) = (self.clone(), Arc::clone(present), self.working_firm().await?);
        let look = blocking(move || {
            let (lens, no_rules) = (app.lens_at(&firm, at.instant())?, AlertPolicy::default());
            let (reading, supply) = (through.reading(), Arc::clone(&through.supply));
            let built = Snapshot::build(reading, supply, lens, at, Purpose::Rules(&no_rules, &[]))?;
            Ok(Arc::new(built.in_hands_of(&through)))
        })
        .await?;
        present.kept.of::<KeptReviews>().keep_look(present, &look);
        Ok(look)
    }

    /// Gathers the week that ended last, of everybody, where the present lists were made since.
    pub(crate) async fn look_at_last_week(&self, present: &Snapshot, now: Instant) -> Result<(), Error> {
        let span = self.week(None, None, now)?;
        if span.at <= present.as_of.instant() {
            let gathered = self.gather(&Scope::All, span, now).await?;
            self.week_before(&Scope::All, &gathered).await?;
        }
        Ok(())
    }

    /// The same numbers of the week before, as that week ended.
    pub(super) async fn week_before(
        &self,
        scope: &Scope,
        gathered: &Gathered,
    ) -> Result<BTreeMap<Of, Option<u64>>, Error> {
        Ok(gathered.before.get_or_try_init(|| self.count_before(scope, gathered)).await?.clone())
    }

    async fn count_before(&self, scope: &Scope, gathered: &Gathered) -> Result<BTreeMap<Of, Option<u64>>, Error> {
        let (from, at) = (weeks_later(self.zone(), gathered.span.from, -1), gathered.span.from);
        let work = self.store().work_between(scope, from, at).await?;
        let (app, scope, snapshot) = (self.clone(), scope.clone(), Arc::clone(&gathered.snapshot));
        blocking(move || {
            let definition = app.churn_definition(&snapshot.churn);
            let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
            // The same facts, looked at as the week before ended; the lists may be older than that where no cycle ran.
            let seen_at = AsOf(at.min(snapshot.as_of.instant()));
            let lifetimes = Lifetimes::of(snapshot.frame(), definition, seen_at);
            let states = lifetimes.states();
            let left = left_between(&snapshot, &lifetimes, &scope, (from, at));
            let can_say = lifetimes.not_yet(definition).is_none();
            let is_gone = |customer: &CustomerId| matches!(states.state(customer), Some(State::Gone { .. }));
            let stretch =
                Stretch { from, at, work: &work, left: can_say.then_some(left.as_slice()), is_gone: &is_gone };
            let counts = counted(&stretch).into_iter().map(|(of, rows)| {
                let count = rows.len() as u64;
                (of, (of != Of::Lost || can_say).then_some(count))
            });
            Ok(counts.collect())
        })
        .await
    }
}

/// Who of those in scope left within two moments, and when for the first time, as these lifetimes tell.
pub(super) fn left_between(
    snapshot: &Snapshot,
    lifetimes: &Lifetimes,
    scope: &Scope,
    (from, to): (Instant, Instant),
) -> Vec<(CustomerId, Instant)> {
    let admitted = snapshot.roll.admitted(scope, None);
    let lives = lifetimes.iter().zip(snapshot.places_along(lifetimes.customers()));
    let left = lives.filter(|(_, place)| place.is_some_and(|place| admitted.has(place)));
    let gone = left.filter_map(|((customer, life), _)| {
        let spell = life.absences.iter().find(|spell| (from..to).contains(&spell.gone_at))?;
        Some((customer.clone(), spell.gone_at))
    });
    gone.collect()
}
