//! The cycle: load, plan, apply, record. Once a day by the clock, and whenever somebody asks.
//!
//! It takes no hint of what changed: it looks at the state as of a moment and does what is missing, so running it
//! twice changes nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard};

use actions::Desk;
use alerts::{Evidence, Given, Occasion};
use facts::ScoreRow;
use indicators::{Catalog, Cell, IndicatorFrame};
use scores::CustomerScore;
use store::CycleRecord;
use training::earlier::LookBack;
use vocab::{AsOf, CustomerId, Instant, Lang, Scope};

use crate::error::{Class, Error};
use crate::fresh::ahead::{Moment, Series};
use crate::moment::belonging::Told;
use crate::moment::snapshot::{Heard, Reading, Snapshot, owners};
use crate::risk::worth::KeptScale;
use crate::risk::worth::hundredths;
use crate::shown::written;
use crate::view::{self, Words};
use crate::{App, Reader, blocking};

/// What a cycle did.
#[derive(Clone, Debug)]
pub struct CycleOutcome {
    /// The moment it stood at.
    pub as_of: AsOf,
    /// In a sentence.
    pub summary: Words,
    /// The plan as printed, in both languages.
    pub plan: Words,
    /// Whether anything changed.
    pub changed: bool,
    /// Customers scored.
    pub scored: u64,
    /// Alerts opened.
    pub opened: u64,
    /// Alerts resolved.
    pub resolved: u64,
}

/// Where the running cycle is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Cycles that are asked for and have not ended: the one that runs, and those that wait for their turn.
    asked: usize,
    stage: Option<&'static str>,
    failure: Option<Words>,
}

impl Progress {
    fn ask(&mut self) {
        self.asked += 1;
        self.failure = None;
        self.stage.get_or_insert(STAGES[0]);
    }
}

/// A cycle that is asked for: the state is `running` until this is dropped. Whoever waits for its end, from the answer
/// that announced it on, never sees an end before the beginning.
pub(crate) struct AskedCycle(App);

impl Drop for AskedCycle {
    fn drop(&mut self) {
        let mut progress = self.0.progress();
        progress.asked -= 1;
        if progress.asked == 0 {
            progress.stage = None;
        }
    }
}

/// A cause that somebody closed longer ago than this is no longer in cooldown, whatever its rule says.
pub(crate) const LONGEST_COOLDOWN_DAYS: i64 = 366;

const STAGES: [&str; 4] = ["load", "scores", "alerts", "record"];

impl App {
    /// Runs one whole cycle: indicators and scores as of a moment, alerts and cases planned and applied, scores kept.
    ///
    /// `now` is when the work is done: it dates what is opened and starts the clocks.
    ///
    /// # Edges
    /// A moment before that of the last cycle is scored, but opens and resolves nothing: alerts are about the present.
    pub async fn run_cycle(&self, as_of: AsOf, now: Instant) -> Result<CycleOutcome, Error> {
        let outcomes = self.run_cycles(&[(as_of, now)], async |_| Ok(())).await?;
        outcomes.into_iter().next().ok_or_else(|| Error::internal("a cycle without an outcome"))
    }

    /// Runs one cycle after the other, each at its own moment and time; the facts are read once, up to the latest.
    /// `after_each` is what people do before the next.
    pub async fn run_cycles(
        &self,
        moments: &[(AsOf, Instant)],
        mut after_each: impl AsyncFnMut(&CycleOutcome) -> Result<(), Error>,
    ) -> Result<Vec<CycleOutcome>, Error> {
        let _asked = self.ask_cycle();
        let _one_at_a_time = self.0.cycling.lock().await;
        // Moments of the past are lived through without what came in since being felt in between.
        let _unfelt = if moments.len() > 1 { Some(self.0.live.feeling.lock().await) } else { None };
        self.set_stage(STAGES[0]);
        let result = self.cycle_after_cycle(moments, &mut after_each).await;
        self.progress().failure = result.as_ref().err().map(|error| error.detail().clone());
        result
    }

    async fn cycle_after_cycle(
        &self,
        moments: &[(AsOf, Instant)],
        after_each: &mut impl AsyncFnMut(&CycleOutcome) -> Result<(), Error>,
    ) -> Result<Vec<CycleOutcome>, Error> {
        let Some(end) = moments.iter().map(|(as_of, _)| *as_of).max() else {
            return Ok(Vec::new());
        };
        if let Some((_, now)) = moments.last() {
            self.settle_identities(*now).await?;
            self.tell_owners(*now).await?;
            self.tell_follow_ups(*now).await?;
        }
        let firm = Arc::new(self.working_firm().await?);
        let last = moments.last().map_or(end.instant(), |(_, now)| *now);
        self.refresh_scorecards().await?;
        self.refresh_rules().await?;
        self.refresh_churn().await?;
        // As of the first moment: the history never runs backwards, so what is written first dates what follows.
        let first = moments.first().map_or(last, |(_, now)| *now);
        self.keep_scorecard_in_use(&firm.scorecard, first).await?;
        let reading = {
            let (app, firm) = (self.clone(), firm.clone());
            let read = move || {
                let said = app.shelf().in_use().said.clone();
                let policy = app.policy_in_use(&firm.template);
                let reading = Reading::of(app.facts(), app.lens(&firm)?, &policy.traits(), end)?;
                Ok::<_, Error>(reading.hearing(said, Heard::DayAfter(last)))
            };
            blocking(read)
        };
        let (reading, survey) = tokio::try_join!(reading, self.survey(end))?;
        let is_shown = |place: usize| place + 1 == moments.len() && !self.is_headless();
        let asked: Vec<Moment> = moments
            .iter()
            .enumerate()
            .map(|(at, (as_of, _))| Moment { as_of: *as_of, is_shown: is_shown(at) })
            .collect();
        let columns = self.columns_in_service(&firm.churn).await?;
        let mut series = Series::new(self.clone(), firm, Arc::new(reading), columns);
        let mut outcomes = Vec::new();
        for (place, (as_of, now)) in moments.iter().copied().enumerate() {
            self.set_stage("scores");
            self.settle_quality(survey.clone(), as_of, now).await?;
            let supply = self.supply().await?;
            let hands = self.hands(as_of, false).await?;
            let snapshot = series.snapshot(asked[place], supply.clone(), hands).await?;
            if let Some(next) = asked.get(place + 1) {
                series.begin(*next, supply);
            }
            let outcome = self.conclude(snapshot, now).await?;
            after_each(&outcome).await?;
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// Plans, applies and records what a snapshot asks for.
    async fn conclude(&self, snapshot: Arc<Snapshot>, now: Instant) -> Result<CycleOutcome, Error> {
        self.set_stage("alerts");
        let as_of = snapshot.as_of;
        let last = self.store().last_cycle(&Scope::All).await?;
        let newest = last.is_none_or(|last| last.as_of <= as_of);
        // Scores are what was judged of the facts, whatever the plans make of it: they are written down beside.
        let keeping = {
            let (app, scored) = (self.clone(), snapshot.clone());
            tokio::spawn(blocking(move || app.keep_scores(&scored, now)))
        };
        let concluded = self.carry_out(&snapshot, newest, now).await;
        self.set_stage("record");
        keeping.await.map_err(Error::internal)??;
        let outcome = concluded?;
        if newest && !self.is_headless() {
            self.0.snapshots.set_present(snapshot.clone());
            tokio::task::spawn_blocking(move || {
                snapshot.make_ready();
                if let Some(scale) = snapshot.kept.of::<KeptScale>().read() {
                    scale.shares(&snapshot);
                }
            });
        }
        Ok(outcome)
    }

    /// Plans what a snapshot asks for and makes it true.
    async fn carry_out(&self, snapshot: &Arc<Snapshot>, newest: bool, now: Instant) -> Result<CycleOutcome, Error> {
        let as_of = snapshot.as_of;
        let planning = self.0.live.planning.lock().await;
        let (plan, work) = match newest {
            true => {
                self.weigh_by_risk(snapshot).await?;
                // Nothing that is planned hangs on what the database knew of the owners of these customers.
                let owning = {
                    let (app, snapshot) = (self.clone(), snapshot.clone());
                    tokio::spawn(async move { app.store().set_owners(&owners(&snapshot)).await })
                };
                let planned = self.plan(snapshot, now).await;
                owning.await.map_err(Error::internal)??;
                planned?
            }
            false => Default::default(),
        };
        let scored = snapshot.scores.iter().filter(|(_, score)| score.health.is_some()).count() as u64;
        let mut outcome = CycleOutcome {
            as_of,
            summary: summary(scored, plan.open.len() as u64, plan.resolve.len() as u64),
            plan: printed(&plan, &work, self.zone()),
            changed: false,
            scored,
            opened: plan.open.len() as u64,
            resolved: plan.resolve.len() as u64,
        };
        if newest {
            let record = CycleRecord {
                as_of,
                started_at: now,
                finished_at: now,
                summary: vocab::Text::new(outcome.summary.zh.clone(), outcome.summary.en.clone()),
                plan: kept(&outcome.plan)?,
            };
            let worth =
                |customer: &CustomerId, severity| hundredths(self.worth_of(snapshot, customer, severity).at_risk);
            let applied = self.store().apply_cycle_weighed(&plan, &work, &record, &worth).await?;
            outcome.changed = applied.changed;
            self.put_in_order(snapshot, None).await?;
        }
        drop(planning);
        Ok(outcome)
    }

    /// The plan of alerts and of work for a snapshot, given what is open.
    async fn plan(
        &self,
        snapshot: &Arc<Snapshot>,
        now: Instant,
    ) -> Result<(alerts::AlertPlan, actions::ActionPlan), Error> {
        let firm = self.working_firm().await?;
        let policy = self.policy_in_use(&firm.template);
        let open =
            self.store().open_alerts(&Scope::All, snapshot.as_of.instant().plus_days(-LONGEST_COOLDOWN_DAYS)).await?;
        let limits = self.desk_limits(now).await?;
        let (mut eligible, mut gone) = snapshot.eligible_and_gone();
        // Who has done something since is spoken for by what is felt of it, and would be judged here by less.
        let (app, as_of) = (self.clone(), snapshot.as_of);
        let felt = blocking(move || Ok(app.0.live.seen_since(as_of))).await?;
        eligible.retain(|customer| !felt.contains(customer));
        gone.retain(|customer| !felt.contains(customer));
        let belonging = match policy.asks_belonging() {
            true => Some(self.belonging(snapshot, None).await?),
            false => None,
        };
        // Health that rests on a silent source says less than it did: it neither opens an alert nor resolves one.
        let muted = self.muted_scores(snapshot, &firm)?;
        let plan = {
            let evidence = Evidence {
                indicators: &snapshot.indicators,
                scores: muted.as_ref().unwrap_or(&snapshot.scores),
                eligible: &eligible,
                gone: &gone,
                health_before: &|place| snapshot.health_week_ago(place),
            };
            let told = belonging.as_ref().map(|belonging| Told::of(snapshot, belonging, &policy.traits()));
            self.plan_alerts(snapshot, &evidence, told.as_ref(), &open, &policy)?
        };
        let desk = Desk {
            open_cases: self.store().open_cases(&Scope::All).await?,
            owners: self.owners_of_worried(snapshot, &plan, &open).await?,
            ..Desk::default()
        };
        let work = self.work_within(&limits, (snapshot.as_ref(), &plan, &open, &desk), now);
        let work = self.hand_out_alerts(snapshot, work, &desk, now).await?;
        Ok((plan, work))
    }

    /// Whose customers those are who have a worry: as the snapshot says, which the store has just taken over; of whom it does
    /// not know, as the store does.
    async fn owners_of_worried(
        &self,
        snapshot: &Snapshot,
        plan: &alerts::AlertPlan,
        open: &alerts::OpenAlerts,
    ) -> Result<BTreeMap<CustomerId, String>, Error> {
        let new = plan.open.iter().map(|alert| &alert.customer);
        let mut worried: Vec<&CustomerId> = new.chain(open.open.iter().map(|alert| &alert.customer)).collect();
        worried.sort_unstable();
        worried.dedup();
        let worried: Vec<CustomerId> = worried.into_iter().cloned().collect();
        let (mut owners, mut unknown) = (BTreeMap::new(), Vec::new());
        for (customer, place) in worried.iter().zip(snapshot.places_along(&worried)) {
            match place.map(|place| snapshot.cards[place].owner.as_deref()) {
                Some(owner) => owners.extend(owner.map(|owner| (customer.clone(), owner.to_owned()))),
                None => unknown.push(customer.clone()),
            }
        }
        if !unknown.is_empty() {
            owners.extend(self.store().desk_of(&Scope::All, &unknown).await?.owners);
        }
        Ok(owners)
    }

    /// The plan of alerts, with what rules ask about earlier moments looked up for whom that is open.
    pub(crate) fn plan_alerts(
        &self,
        snapshot: &Snapshot,
        evidence: &Evidence<'_>,
        told: Option<&Told<'_>>,
        open: &alerts::OpenAlerts,
        policy: &alerts::AlertPolicy,
    ) -> Result<alerts::AlertPlan, Error> {
        let book = self.book_of(snapshot).ok_or_else(|| Error::internal("a snapshot without its scorecard"))?;
        let catalog = self.definitions().catalog.clone().with_supply(snapshot.supply.clone());
        let scoring = |frame: &IndicatorFrame, catalog: &Catalog| {
            scores::score_said_lightly(frame, book, catalog, snapshot.heard().0, frame.as_of().instant())
        };
        let belonging: &dyn alerts::Belonging = told.map_or(&(), |told| told);
        let back = LookBack::new(snapshot.frame(), &catalog, book, policy, &scoring);
        let back = back.from(evidence, belonging, snapshot.as_of);
        let occasion = Some(Occasion { calendar: &self.definitions().calendar, days: 1 });
        let given = Given { belonging, earlier: &back.earlier(), occasion };
        Ok(alerts::plan_given(evidence, &given, open, policy, snapshot.as_of))
    }

    /// Puts right what an earlier process left behind when it was killed: imports that still claim to run, sessions and
    /// failed sign-ins that no longer count. For a server's start, when nothing of its own is running yet.
    pub async fn recover(&self, now: Instant) -> Result<(), Error> {
        self.end_stale_imports(&[], now).await?;
        self.end_lost_runs(now).await?;
        self.tell_owners(now).await?;
        self.tell_follow_ups(now).await?;
        self.store().sweep_sessions(now).await?;
        self.store().sweep_failed_sign_ins(now.plus_days(-1)).await?;
        Ok(())
    }

    /// The moment a cycle takes by default: the last midnight passed in the firm's zone.
    pub fn last_midnight(&self, now: Instant) -> AsOf {
        AsOf(self.zone().midnight(now))
    }

    /// Starts a cycle as of this very moment in the background.
    ///
    /// # Errors
    /// `cycle_running` while one is under way.
    pub async fn start_cycle(&self, reader: &Reader, now: Instant) -> Result<view::CycleStatus, Error> {
        reader.may_act()?;
        let Some(asked) = self.ask_only_cycle() else {
            return Err(Error::new(
                Class::Conflict,
                "cycle_running",
                ("名单正在计算中", "the list is being computed already"),
                ("稍等片刻即可", "it takes a moment"),
            ));
        };
        let app = self.clone();
        tokio::spawn(async move {
            let _asked = asked;
            if let Err(error) = app.run_cycle(AsOf(now), now).await {
                tracing::error!(%error, "cycle failed");
            }
        });
        self.cycle_status(&reader.scope, now).await
    }

    /// Where the cycle stands. Its plan names customers: it is told to whoever sees all of them.
    pub async fn cycle_status(&self, scope: &Scope, now: Instant) -> Result<view::CycleStatus, Error> {
        let progress = self.progress().clone();
        let is_running = progress.asked > 0;
        let last = self.store().last_cycle(scope).await?;
        let state = match (is_running, &progress.failure) {
            (true, _) => "running",
            (false, Some(_)) => "failed",
            (false, None) => "idle",
        };
        let done = progress.stage.and_then(|stage| STAGES.iter().position(|one| *one == stage)).unwrap_or(0);
        Ok(view::CycleStatus {
            state: state.to_owned(),
            stage: progress.stage.map(str::to_owned),
            progress: if is_running { done as f64 / STAGES.len() as f64 } else { 1.0 },
            last_as_of: last.as_ref().map(|cycle| written(cycle.as_of.instant())),
            last_finished_at: last.as_ref().map(|cycle| written(cycle.finished_at)),
            last_summary: last.as_ref().map(|cycle| Words::from(&cycle.summary)),
            last_plan: last.map(|cycle| told(cycle.plan)),
            failure: progress.failure,
            next_at: Some(written(self.next_cycle_at(now))),
        })
    }

    /// When the daily cycle runs next: ten minutes after the coming midnight.
    pub fn next_cycle_at(&self, now: Instant) -> Instant {
        let after = |midnight: Instant| midnight.plus_micros(600_000_000);
        let today = after(self.zone().midnight(now));
        if today > now { today } else { after(self.zone().midnight(now.plus_micros(26 * 3_600_000_000))) }
    }

    /// Says from now on that a cycle runs. For whoever announces one before it begins; it still has to be run.
    pub(crate) fn ask_cycle(&self) -> AskedCycle {
        self.progress().ask();
        AskedCycle(self.clone())
    }

    /// The same; nothing where one is asked for already.
    fn ask_only_cycle(&self) -> Option<AskedCycle> {
        let mut progress = self.progress();
        if progress.asked > 0 {
            return None;
        }
        progress.ask();
        drop(progress);
        Some(AskedCycle(self.clone()))
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.cycle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn set_stage(&self, stage: &'static str) {
        self.progress().stage = Some(stage);
    }
}

fn printed(plan: &alerts::AlertPlan, work: &actions::ActionPlan, zone: &vocab::Zone) -> Words {
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| plan.print(lang) + &work.print(lang, zone));
    Words { zh, en }
}

/// Lines of a plan that are kept with its cycle; what was done to each alert and case is in their history.
const KEPT_LINES: usize = 1_000;

/// Both languages of a plan in the one text that the store keeps, with no more lines than anybody reads.
fn kept(plan: &Words) -> Result<String, Error> {
    let cut = |text: &str, rest: &dyn Fn(usize) -> String| match text.lines().count().checked_sub(KEPT_LINES) {
        None | Some(0) => text.to_owned(),
        Some(more) => text.split_inclusive('\n').take(KEPT_LINES).collect::<String>() + &rest(more),
    };
    let zh = cut(&plan.zh, &|more| format!("……还有 {more} 行\n"));
    let en = cut(&plan.en, &|more| format!("… {more} more lines\n"));
    serde_json::to_string(&Words { zh, en }).map_err(|error| Error::internal(error.to_string()))
}

/// A plan as it was kept; before both languages were kept it was plain text.
fn told(plan: String) -> Words {
    serde_json::from_str(&plan).unwrap_or_else(|_| Words { zh: plan.clone(), en: plan })
}

fn summary(scored: u64, opened: u64, resolved: u64) -> Words {
    Words::new(
        format!("评分 {scored} 个，新开预警 {opened} 条，解除 {resolved} 条"),
        format!("{scored} scored, {opened} alerts opened, {resolved} resolved"),
    )
}

/// Customers whose scores are written at once.
const SCORED_AT_ONCE: usize = 8_192;

impl App {
    /// Keeps the scores of a cycle in the lake: those by each scorecard by themselves, some customers after the other, with
    /// their reasons.
    fn keep_scores(&self, snapshot: &Snapshot, now: Instant) -> Result<(), Error> {
        let mut scorecards: Vec<&str> = Vec::new();
        for (_, score) in snapshot.scores.iter() {
            if !scorecards.contains(&&*score.scorecard) {
                scorecards.push(&score.scorecard);
            }
        }
        let book = self.book_of(snapshot).ok_or_else(|| Error::internal("a snapshot without its scorecard"))?;
        let catalog = self.definitions().catalog.clone().with_supply(snapshot.supply.clone());
        let (said, heard) = snapshot.heard();
        let count = snapshot.customers().len();
        for scorecard in scorecards {
            let mut measures = None;
            let of_part = |start: usize| -> Vec<ScoreRow> {
                let places = start..(start + SCORED_AT_ONCE).min(count);
                let is_own = |score: &CustomerScore| *score.scorecard == *scorecard;
                if !places.clone().any(|place| is_own(snapshot.scores.at(place))) {
                    return Vec::new();
                }
                let mut row = |place: usize, score: &CustomerScore| {
                    is_own(score).then(|| score_row(snapshot, place, score, &mut measures, now))
                };
                if snapshot.scores.tells_why() {
                    return places.filter_map(|place| row(place, snapshot.scores.at(place))).collect();
                }
                let part = scores::score_said(&snapshot.indicators.part(places.clone()), book, &catalog, said, heard);
                places.clone().filter_map(|place| row(place, part.at(place - places.start))).collect()
            };
            let mut parts = (0..count).step_by(SCORED_AT_ONCE).map(of_part);
            self.facts().append_scores(&mut parts)?;
        }
        Ok(())
    }
}

/// A score as the lake keeps it; `measures` are the scorecard's, once they are known.
fn score_row(
    snapshot: &Snapshot,
    place: usize,
    score: &CustomerScore,
    measures: &mut Option<Vec<(usize, String)>>,
    now: Instant,
) -> ScoreRow {
    ScoreRow {
        customer_id: snapshot.customers()[place].clone(),
        as_of: snapshot.as_of.instant(),
        recorded_at: now,
        scorecard: score.scorecard.to_string(),
        version: snapshot.scores.version.clone(),
        health: score.health.map(|health| i32::from(health.hundredths())),
        band: score.band.map(|band| band.as_str().to_owned()),
        coverage: i32::from(score.coverage),
        contributions: contributions(score, measures),
        value: match score.value {
            Cell::Known(value) => vocab::Amount::from_f64(value).map(|amount| amount.millionths() as i64),
            Cell::Unknown(_) => None,
        },
    }
}

/// Points by measure, as JSON, in the order of their ids; of a measure that a scorecard has twice the last.
fn contributions(score: &CustomerScore, measures: &mut Option<Vec<(usize, String)>>) -> String {
    let mut text = String::from("{");
    let mut add = |key: &str, points: Option<i32>| {
        let points = points.map_or_else(|| "null".to_owned(), |points| points.to_string());
        let comma = if text.len() > 1 { "," } else { "" };
        text.extend([comma, key, ":", &points]);
    };
    if score.contributions.iter().next().is_some() {
        let measures = measures.get_or_insert_with(|| {
            let named = score.contributions.iter().enumerate().map(|(place, one)| (one.indicator, place));
            let by_id: BTreeMap<&str, usize> = named.collect();
            by_id.into_iter().map(|(id, place)| (place, serde_json::Value::from(id).to_string())).collect()
        });
        for (place, key) in measures {
            add(key, score.contributions[*place].points_hundredths.map(i32::from));
        }
    }
    if let Some(word) = &score.correction {
        add("\"correction\"", Some(word.points_hundredths));
    }
    text + "}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_plan_is_kept_in_short_and_says_how_much_is_left_out() {
        let plan = |lines: usize| Words { zh: "一行\n".repeat(lines), en: "a line\n".repeat(lines) };
        let short = told(kept(&plan(KEPT_LINES)).unwrap());
        assert_eq!(short, plan(KEPT_LINES));
        let long = told(kept(&plan(KEPT_LINES + 7)).unwrap());
        assert_eq!((long.zh.lines().count(), long.zh.lines().last()), (KEPT_LINES + 1, Some("……还有 7 行")));
        assert_eq!(long.en.lines().last(), Some("… 7 more lines"));
    }
}
