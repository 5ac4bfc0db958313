//! A customer that was lost: its half year before, week by week, what the rules could have seen of it and when, and what
//! was done about the alerts that were opened.
//!
//! Looked at with the scorecard and the rules of today, at moments at which only what was known then is seen. What to
//! change is `proposals`' business.

use std::collections::BTreeSet;
use std::sync::Arc;

use alerts::{AlertPolicy, Evidence, Given, OpenAlerts, Rule, plan_given};
use facts::StoredFact;
use indicators::{Catalog, IndicatorFrame, Population, Quantity, evaluate_at};
use scores::{ScoreBook, ScoreFrame, score_said};
use training::earlier::{LookBack, Traits};
use vocab::{AsOf, Band, CustomerId, Instant};

use crate::books::NOW;
use crate::customer::customer_page::band_floors;
use crate::customer::ledger::Told;
use crate::error::{Class, Error};
use crate::moment::snapshot::Snapshot;
use crate::shown::{figure, written};
use crate::staff::people::sees_all;
use crate::view::{self, LedgerFact, PostMortem, PostMortemAlert, PostMortemPoint, PostMortemSign, ProposalRun, Words};
use crate::{App, Reader, blocking};

/// Weeks looked back on.
pub(crate) const WEEKS: i64 = 26;
/// A warning must come so many days ahead to be of use.
pub(crate) const LEAD_DAYS: u32 = 14;
/// What held for the last time longer before the end than this was no sign of it.
const FADES_DAYS: i64 = 90;
const MICROS_PER_DAY: f64 = 86_400e6;

/// A customer that left, with its weeks before.
pub(crate) struct Lost {
    pub snapshot: Arc<Snapshot>,
    pub customer: CustomerId,
    pub left_at: Instant,
    pub last_seen: Option<Instant>,
    /// Weekly, oldest first; the last is the moment of leaving.
    pub moments: Vec<AsOf>,
}

/// What was known of it at each of its weeks.
pub(crate) struct Weeks {
    pub frames: Vec<IndicatorFrame>,
    pub scores: Vec<ScoreFrame>,
}

impl App {
    /// How was this customer lost, and what could have been seen of it?
    ///
    /// # Errors
    /// `not_found` for a customer that the reader may not see; `not_lost` for one that has not left.
    pub async fn post_mortem(&self, reader: &Reader, customer: &CustomerId, now: Instant) -> Result<PostMortem, Error> {
        let lost = self.lost(reader, customer, now).await?;
        let (alerts, cases) = self.work_of(&reader.scope, customer, None, now).await?;
        // A proposal tells how everybody fared.
        let proposal = match sees_all(reader) {
            Ok(()) => self.proposal_run(&lost).await?,
            Err(_) => ProposalRun::none(),
        };
        let firm = self.working_firm().await?;
        let app = self.clone();
        blocking(move || {
            let policy = app.policy_in_use(&firm.template);
            let book = app.book_at(&firm.scorecard, NOW)?;
            let facts = app.facts().as_of(lost.snapshot.as_of).facts_of(&lost.customer)?;
            let weeks = app.weeks_of(&lost, book, &policy);
            let asking = Asking { lost: &lost, weeks: &weeks, catalog: &app.definitions().catalog, book };
            let signs = app.signs(&asking, &policy, &facts);
            let position = app.position_of(&lost)?;
            let opened = opened(&lost, &alerts, &cases);
            Ok(PostMortem {
                customer: lost.customer.to_string(),
                name: lost.snapshot.name(position).to_owned(),
                owner: lost.snapshot.cards[position].owner.as_deref().map(str::to_owned),
                value: figure(lost.snapshot.value(position)),
                left_at: written(lost.left_at),
                last_seen_at: lost.last_seen.map(written),
                health: points(&lost, &weeks),
                band_floors: band_floors(book),
                sentence: sentence(&signs, app.zone()),
                signs,
                alerts_sentence: alerts_sentence(&opened),
                alerts: opened,
                lead_days: LEAD_DAYS,
                proposal,
            })
        })
        .await
    }

    /// The customer and its weeks, if it has left.
    pub(crate) async fn lost(&self, reader: &Reader, customer: &CustomerId, now: Instant) -> Result<Lost, Error> {
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, &reader.scope, customer)?;
        let life = snapshot.lifetimes.life(customer);
        let spell = life.and_then(|life| life.absences.last()).copied();
        let Some(spell) = spell.filter(|spell| spell.gone_at <= snapshot.as_of.instant()) else {
            return Err(Error::new(
                Class::Conflict,
                "not_lost",
                ("这位客户没有流失", "this customer has not left"),
                ("复盘只看已流失的客户", "only customers that left are looked back upon"),
            ));
        };
        let week = |back: i64| AsOf(spell.gone_at.plus_days(-7 * back));
        Ok(Lost {
            customer: customer.clone(),
            left_at: spell.gone_at,
            last_seen: spell.last_seen,
            moments: (0..=WEEKS).rev().map(week).collect(),
            snapshot,
        })
    }

    pub(crate) fn position_of(&self, lost: &Lost) -> Result<usize, Error> {
        lost.snapshot.position(&lost.customer).ok_or_else(|| Error::not_found(("这位客户", "the customer")))
    }

    /// The customer's indicators and health at each of its weeks: all that the scorecard and the rules ask, but what puts
    /// everybody side by side.
    pub(crate) fn weeks_of(&self, lost: &Lost, book: &ScoreBook, policy: &AlertPolicy) -> Weeks {
        let ids = [book.indicators(), policy.indicators()].concat();
        let catalog = self.definitions().catalog.only(&ids).without_looking_across();
        let catalog = catalog.with_supply(Arc::clone(&lost.snapshot.supply));
        self.weeks_by(lost, book, &catalog)
    }

    /// The same with the indicators of a catalogue.
    pub(crate) fn weeks_by(&self, lost: &Lost, book: &ScoreBook, catalog: &Catalog) -> Weeks {
        let only = Population::These(vec![lost.customer.clone()]);
        let frames = evaluate_at(lost.snapshot.frame(), catalog, &only, &lost.moments);
        let said = lost.snapshot.heard().0;
        let whole = &self.definitions().catalog;
        let scored = |frame: &IndicatorFrame| score_said(frame, book, whole, said, frame.as_of().instant());
        let scores = frames.iter().map(scored).collect();
        Weeks { frames, scores }
    }

    /// Every rule that held until shortly before the end, and since when; rules that are switched on first.
    fn signs(&self, asking: &Asking<'_>, policy: &AlertPolicy, facts: &[StoredFact]) -> Vec<PostMortemSign> {
        let (lost, weeks) = (asking.lost, asking.weeks);
        let told = Told {
            catalog: &self.definitions().catalog,
            frame: lost.snapshot.frame(),
            place: lost.snapshot.frame().position(&lost.customer),
            facts,
        };
        let by_rule = policy.rules.iter().filter_map(|rule| {
            let said = asking.spoken(&policy.only(&[&rule.id]));
            let begins = begins(lost, &said.iter().map(Option::is_some).collect::<Vec<bool>>())?;
            let sentence = said[begins].clone().unwrap_or_default();
            Some(PostMortemSign {
                rule: Some(rule.id.clone()),
                name: Words::from(&rule.name),
                is_active: rule.active,
                sentence,
                fact: asked(rule).iter().filter_map(|id| newest(&told, id, lost.moments[begins])).max_by(later),
                ..sign_at(lost, begins)
            })
        });
        let mut signs: Vec<PostMortemSign> = by_rule.chain(fallen(lost, weeks)).collect();
        signs.sort_by(|a, b| (!a.is_active, &a.at, &a.rule).cmp(&(!b.is_active, &b.at, &b.rule)));
        signs
    }
}

/// Of two facts the later one.
fn later(one: &LedgerFact, other: &LedgerFact) -> std::cmp::Ordering {
    one.occurred_at.cmp(&other.occurred_at)
}

/// The indicators that a rule asks.
fn asked(rule: &Rule) -> Vec<String> {
    rule.when.quantities().into_iter().filter_map(Quantity::indicator).map(str::to_owned).collect()
}

/// The newest fact that an indicator looks at and that was known at a moment.
fn newest(told: &Told<'_>, indicator: &str, at: AsOf) -> Option<LedgerFact> {
    told.catalog.get(indicator)?;
    let rows = told.catalog.rows_behind(indicator, told.frame, told.place?);
    let row = rows
        .into_iter()
        .filter(|row| told.frame.is_visible(*row, at))
        .max_by_key(|row| told.frame.occurred_at(*row))?;
    told.stored(row)
}

/// What it takes to ask rules about each of a customer's weeks.
pub(crate) struct Asking<'a> {
    pub lost: &'a Lost,
    pub weeks: &'a Weeks,
    /// Every indicator that the scorecard and the rules name.
    pub catalog: &'a Catalog,
    pub book: &'a ScoreBook,
}

impl Asking<'_> {
    /// What the rules would have said at each week, had nothing been open: `None` where they would have been silent.
    pub(crate) fn spoken(&self, policy: &AlertPolicy) -> Vec<Option<Words>> {
        let (lost, frame) = (self.lost, self.lost.snapshot.frame());
        let said = lost.snapshot.heard().0;
        let scoring =
            |at: &IndicatorFrame, catalog: &Catalog| score_said(at, self.book, catalog, said, at.as_of().instant());
        let look = LookBack::new(frame, self.catalog, self.book, policy, &scoring);
        let (customers, keys) = (std::slice::from_ref(&lost.customer), policy.traits());
        let eligible = BTreeSet::from([lost.customer.clone()]);
        let gone = BTreeSet::new();
        let health = |week: usize| {
            let score = self.weeks.scores.get(week)?.get(&lost.customer)?;
            score.health.map(|health| health.points())
        };
        let each = self.weeks.frames.iter().zip(&self.weeks.scores).enumerate();
        each.map(|(week, (indicators, scores))| {
            let at = indicators.as_of();
            let before = week.checked_sub(1).and_then(health);
            let health_before = |_: usize| before;
            let evidence =
                Evidence { indicators, scores, eligible: &eligible, gone: &gone, health_before: &health_before };
            let traits = Traits::of(frame, customers, &keys, at);
            let back = look.from(&evidence, &traits, at);
            let given = Given { belonging: &traits, earlier: &back.earlier(), occasion: None };
            let opened = plan_given(&evidence, &given, &OpenAlerts::default(), policy, at).open;
            opened.first().map(|alert| Words::from(&alert.sentence))
        })
        .collect()
    }
}

/// The week from which on something held for the last time, unless that was over long before the end.
pub(crate) fn begins(lost: &Lost, held: &[bool]) -> Option<usize> {
    let last = held.iter().rposition(|held| *held)?;
    if lost.moments[last].instant().plus_days(FADES_DAYS) < lost.left_at {
        return None;
    }
    Some(held[..last].iter().rposition(|held| !held).map_or(0, |before| before + 1))
}

pub(crate) fn days_ahead(at: Instant, left_at: Instant) -> f64 {
    ((left_at.micros() - at.micros()) as f64 / MICROS_PER_DAY).floor()
}

fn sign_at(lost: &Lost, week: usize) -> PostMortemSign {
    let at = lost.moments[week].instant();
    let lead_days = days_ahead(at, lost.left_at);
    PostMortemSign {
        at: written(at),
        is_before: week == 0,
        lead_days,
        is_in_time: lead_days >= f64::from(LEAD_DAYS),
        rule: None,
        name: Words::default(),
        is_active: true,
        sentence: Words::default(),
        fact: None,
    }
}

/// Health in one of the two worst bands, as a sign of its own.
fn fallen(lost: &Lost, weeks: &Weeks) -> Option<PostMortemSign> {
    let score = |week: usize| weeks.scores[week].get(&lost.customer);
    let held: Vec<bool> =
        (0..weeks.scores.len()).map(|week| score(week).and_then(|one| one.band) >= Some(Band::High)).collect();
    let begins = begins(lost, &held)?;
    let health = score(begins).and_then(|one| one.health).map_or(0.0, |health| health.points().round());
    Some(PostMortemSign {
        name: Words::new("健康分落入高风险", "Health in a high-risk band"),
        sentence: Words::new(format!("健康分 {health} 分"), format!("health was {health}")),
        ..sign_at(lost, begins)
    })
}

fn points(lost: &Lost, weeks: &Weeks) -> Vec<PostMortemPoint> {
    let each = lost.moments.iter().zip(&weeks.scores);
    each.map(|(at, scores)| {
        let score = scores.get(&lost.customer);
        PostMortemPoint {
            at: written(at.instant()),
            health: score.and_then(|one| one.health).map(|health| health.points()),
            band: score.and_then(|one| one.band).map(|band| band.as_str().to_owned()),
        }
    })
    .collect()
}

fn sentence(signs: &[PostMortemSign], zone: &vocab::Zone) -> Words {
    let first =
        |is_active: bool| signs.iter().filter(|sign| sign.is_active == is_active).min_by(|a, b| a.at.cmp(&b.at));
    let day = |sign: &PostMortemSign| zone.parse(&sign.at).map(|at| zone.date(at)).unwrap_or_else(|_| sign.at.clone());
    if let Some(sign) = first(true) {
        let (on, days, zh, en) = (day(sign), sign.lead_days, &sign.sentence.zh, &sign.sentence.en);
        return match sign.is_in_time {
            true => Words::new(
                format!("{on} 就看得出来，比流失早 {days} 天：{zh}"),
                format!("It could be seen on {on}, {days} days before: {en}"),
            ),
            false => Words::new(
                format!("{on} 才看得出来，离流失只有 {days} 天，来不及了：{zh}"),
                format!("It could be seen only on {on}, {days} days before, too late to act: {en}"),
            ),
        };
    }
    if let Some(sign) = first(false) {
        let (on, days) = (day(sign), sign.lead_days);
        return Words::new(
            format!("启用的规则都没有看出来；没启用的“{}”{on} 会出声，早 {days} 天", sign.name.zh),
            format!(
                "No rule that is switched on saw it; \"{}\", which is not, would have spoken on {on}, {days} days before",
                sign.name.en
            ),
        );
    }
    Words::new(
        "流失前半年里，健康分和所有规则都没有触线：以现有的数据看不出来",
        "In the half year before, neither health nor any rule crossed a line: it could not be seen in the data there is",
    )
}

/// The alerts of the half year, oldest first.
fn opened(lost: &Lost, alerts: &[view::AlertRow], cases: &[view::CaseRow]) -> Vec<PostMortemAlert> {
    let (first, left) =
        (lost.moments.first().map(|at| written(at.instant())).unwrap_or_default(), written(lost.left_at));
    let within = alerts.iter().filter(|alert| alert.opened_at >= first && alert.opened_at < left);
    let mut rows: Vec<PostMortemAlert> = within
        .map(|alert| {
            let case = alert.case_id.and_then(|id| cases.iter().find(|case| case.id == id));
            let accepted = case.filter(|case| case.accepted_at.as_ref().is_some_and(|at| *at < left));
            let ahead = lost.snapshot.frame().zone().parse(&alert.opened_at).map(|at| days_ahead(at, lost.left_at));
            let lead_days = ahead.unwrap_or(0.0);
            let fate = match accepted {
                Some(_) => "worked",
                None if lead_days < f64::from(LEAD_DAYS) => "late",
                None => "ignored",
            };
            PostMortemAlert {
                id: alert.id,
                rule_name: alert.rule_name.clone(),
                sentence: alert.sentence.clone(),
                opened_at: alert.opened_at.clone(),
                lead_days,
                fate: fate.to_owned(),
                accepted_by: accepted.and_then(|case| case.accepted_by.clone()),
                outcome: case.and_then(|case| case.outcome.clone()),
                outcome_name: case.and_then(|case| case.outcome_name.clone()),
            }
        })
        .collect();
    rows.sort_by(|a, b| (&a.opened_at, a.id).cmp(&(&b.opened_at, b.id)));
    rows
}

fn alerts_sentence(opened: &[PostMortemAlert]) -> Words {
    let count = |fate: &str| opened.iter().filter(|alert| alert.fate == fate).count();
    let (all, worked, ignored, late) = (opened.len(), count("worked"), count("ignored"), count("late"));
    if all == 0 {
        return Words::new(
            "那半年里没有为这位客户发出过预警",
            "No alert was opened about this customer in that half year",
        );
    }
    Words::new(
        format!("发出过 {all} 条预警：受理 {worked} 条，没人受理 {ignored} 条，来得太晚 {late} 条"),
        format!("{all} alerts were opened: {worked} accepted, {ignored} accepted by nobody, {late} too late"),
    )
}
