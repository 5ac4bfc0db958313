//! A change of the rules that would have warned of a lost customer in time, replayed on the firm's own past before
//! anybody is asked to believe it.
//!
//! Two sorts are tried: a rule there is with a threshold that speaks earlier, and an indicator that no rule in force asks
//! and that moved first. Each is replayed over the last year as any rule is; what is proposed is the one whose warnings
//! were right most often for what they found. Worked out in the background and kept under `DIR/state/post-mortems`: it
//! can be worked out again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use alerts::{AlertPolicy, Rule};
use training::backtest::{self, BacktestReport, Failure, Leaving, Scorer, Spec};
use vocab::{AsOf, CustomerId, Instant};

use crate::error::{Class, Error};
use crate::learnt::backtest_shown::counts;
use crate::learnt::candidates::Candidate;
use crate::learnt::post_mortem::{Asking, LEAD_DAYS, Lost, begins, days_ahead};
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{ProposalRun, RuleProposal, TriedRule, Words};
use crate::{App, Reader, blocking};

const HORIZON_DAYS: u32 = 90;

/// The proposals that this process works on, by file.
#[derive(Default)]
pub(crate) struct Proposals {
    work: Mutex<HashMap<PathBuf, Work>>,
}

#[derive(Clone, Debug)]
enum Work {
    Running(f64),
    Failed(Words),
}

impl Proposals {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Work>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the work up unless there is some.
    fn begin(&self, file: &Path) -> bool {
        let mut all = self.lock();
        if all.values().any(|work| matches!(work, Work::Running(_))) {
            return false;
        }
        all.insert(file.to_path_buf(), Work::Running(0.0));
        true
    }
}

/// A candidate with what its replay gave.
struct Replayed {
    candidate: Candidate,
    warned_at: Option<AsOf>,
    report: BacktestReport,
}

impl App {
    /// Begins to work out a proposal in the background; one is worked out at a time. For whoever sees all customers.
    ///
    /// # Errors
    /// `not_found`, `not_lost`; `proposal_running` while another one is worked out.
    pub async fn propose_rule(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        now: Instant,
    ) -> Result<ProposalRun, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let lost = self.lost(reader, customer, now).await?;
        let file = self.proposal_file(&lost);
        if !self.proposals().begin(&file) {
            return Err(Error::new(
                Class::Conflict,
                "proposal_running",
                ("另一份复盘建议还在计算", "another proposal is being worked out"),
                ("等它算完再试", "try again when it is done"),
            ));
        }
        let app = self.clone();
        tokio::spawn(async move {
            let (teller, about) = (app.clone(), file.clone());
            let progress = move |part: f64| {
                teller.proposals().lock().insert(about.clone(), Work::Running(part));
                true
            };
            let worked = app.work_out(lost, Arc::new(progress), now).await;
            let kept = worked.and_then(|run| keep(&file, &run));
            let mut all = app.proposals().lock();
            match kept {
                Ok(()) => all.remove(&file),
                Err(error) => {
                    tracing::error!(%error, "a proposal could not be worked out");
                    all.insert(file, Work::Failed(error.detail().clone()))
                }
            };
        });
        let lost = self.lost(reader, customer, now).await?;
        self.proposal_run(&lost).await
    }

    /// How far the work is, and what came of it.
    pub(crate) async fn proposal_run(&self, lost: &Lost) -> Result<ProposalRun, Error> {
        let file = self.proposal_file(lost);
        let work = self.proposals().lock().get(&file).cloned();
        let blank = ProposalRun::none();
        match work {
            Some(Work::Running(part)) => Ok(ProposalRun { state: "running".to_owned(), progress: Some(part), ..blank }),
            Some(Work::Failed(why)) => Ok(ProposalRun { state: "failed".to_owned(), failure: Some(why), ..blank }),
            // A file that cannot be read is as good as none.
            None => {
                let kept = blocking(move || Ok(std::fs::read(file).ok())).await?;
                Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(blank))
            }
        }
    }

    async fn work_out(
        &self,
        lost: Lost,
        progress: Arc<dyn Fn(f64) -> bool + Send + Sync>,
        now: Instant,
    ) -> Result<ProposalRun, Error> {
        let Some((from, to)) = self.stretch(now).await? else {
            return Ok(nothing(Words::new(
                "历史数据不到八周，建议没法在过去验证",
                "There are less than eight weeks of history: nothing could be put to the past",
            )));
        };
        let (firm, supply) = (self.working_firm().await?, self.supply().await?);
        let app = self.clone();
        blocking(move || {
            let lens = app.lens(&firm)?;
            let policy = app.policy_in_use(&firm.template);
            let catalog = app.definitions().catalog.clone().with_supply(supply);
            let weeks = app.weeks_by(&lost, lens.book, &catalog.without_looking_across());
            let asking = Asking { lost: &lost, weeks: &weeks, catalog: &catalog, book: lens.book };
            let mut found = Vec::new();
            for candidate in app.candidates(&lost, &weeks, &policy) {
                let Some((rule, with)) = joined(&policy, &candidate, &catalog) else { continue };
                let said = asking.spoken(&with.only(&[&rule.id]));
                let held: Vec<bool> = said.iter().map(Option::is_some).collect();
                let warned_at = begins(&lost, &held).map(|week| lost.moments[week]);
                let ahead = warned_at.map_or(0.0, |at| days_ahead(at.instant(), lost.left_at));
                if ahead >= f64::from(LEAD_DAYS) {
                    found.push((candidate, rule, with, warned_at));
                }
            }
            let all = found.len().max(1) as f64;
            let mut replayed = Vec::new();
            for (place, (candidate, rule, with, warned_at)) in found.into_iter().enumerate() {
                let spec = Spec {
                    catalog: &catalog,
                    book: lens.book,
                    policy: &with,
                    scorer: Scorer::Rule(&rule.id),
                    leaving: Leaving::Definition(lens.churn),
                    from,
                    to,
                    known_until: now,
                    lead_days: LEAD_DAYS,
                    horizon_days: HORIZON_DAYS,
                    budget: None,
                    knowing: app.replay_knowing(&firm.template),
                };
                let told = |part: f64| progress((place as f64 + part) / all);
                replayed.push(Replayed { candidate, warned_at, report: app.replay_rule(&spec, &told)? });
            }
            Ok(chosen(replayed, &lost))
        })
        .await
    }

    fn replay_rule(&self, spec: &Spec<'_>, progress: &(dyn Fn(f64) -> bool + Sync)) -> Result<BacktestReport, Error> {
        let past = self.facts().as_of(spec.to).frame(&spec.want())?;
        let hindsight = self.facts().after(spec.from, spec.look_back())?;
        backtest::backtest(&past, &hindsight, spec, progress).map_err(|failure| match failure {
            Failure::Refused { code, detail, hint } => Error::bad(code, (&detail.zh, &detail.en), (&hint.zh, &hint.en)),
            Failure::Stopped => Error::internal("a proposal was stopped by nobody"),
            Failure::Facts(error) => error.into(),
        })
    }

    /// By the customer and its leaving: whoever leaves again is looked back upon again.
    fn proposal_file(&self, lost: &Lost) -> PathBuf {
        let name = format!("{} {}", lost.customer.as_str(), written(lost.left_at));
        let name = &blake3::hash(name.as_bytes()).to_hex()[..16];
        self.dir().join("state").join("post-mortems").join(format!("{name}.json"))
    }
}

fn nothing(because: Words) -> ProposalRun {
    ProposalRun { state: "done".to_owned(), progress: None, failure: None, proposal: None, because: Some(because) }
}

/// The rules with the candidate among them; `None` for a candidate that is no rule.
fn joined(policy: &AlertPolicy, candidate: &Candidate, catalog: &indicators::Catalog) -> Option<(Rule, AlertPolicy)> {
    let file = ("proposal.toml".to_owned(), candidate.definition.clone());
    let own = AlertPolicy::parse(std::slice::from_ref(&file), catalog).ok()?;
    let rule = own.rules.first()?.clone();
    Some((rule, policy.clone().with(own)))
}

/// The one whose warnings were right most often for what they found: the harmonic mean of the share of warnings that
/// caught and of leavers caught, `2 · caught / (alerts + leavers)`.
fn chosen(mut replayed: Vec<Replayed>, lost: &Lost) -> ProposalRun {
    let worth = |one: &Replayed| {
        let counts = &one.report.counts;
        2.0 * counts.caught as f64 / (counts.alerts + counts.leavers).max(1) as f64
    };
    replayed.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let mut rest = replayed.into_iter();
    let Some(best) = rest.next() else {
        return nothing(Words::new(
            "放宽任何一条规则、换任何一个指标，都不能提前两周看出这位客户要走，或者会惊动太多别的客户",
            "No looser threshold and no other indicator would have shown this leaving two weeks ahead without speaking of too many others",
        ));
    };
    let tried = rest.map(|one| TriedRule {
        sentence: one.candidate.sentence,
        caught: one.report.counts.caught as u64,
        alerts: one.report.counts.alerts as u64,
        false_alarms: one.report.counts.false_alarms as u64,
    });
    let Replayed { candidate, warned_at, report } = best;
    let present = report.comparisons.iter().find(|one| one.id == "present");
    let proposal = RuleProposal {
        sort: candidate.sort.to_owned(),
        rule: candidate.rule,
        indicator: candidate.indicator,
        sentence: candidate.sentence,
        definition: candidate.definition,
        from: candidate.from,
        to: candidate.to,
        unit: candidate.unit,
        warned_at: warned_at.map(|at| written(at.instant())),
        lead_days: warned_at.map(|at| days_ahead(at.instant(), lost.left_at)),
        replayed_from: written(report.from.instant()),
        replayed_to: written(report.to.instant()),
        is_few: report.is_few,
        counts: counts(&report.counts, report.precision, report.recall),
        present: present.map(|one| counts(&one.counts, one.precision, one.recall)),
        headline: Words::from(&report.headline),
        tried: tried.collect(),
    };
    ProposalRun { state: "done".to_owned(), progress: None, failure: None, proposal: Some(proposal), because: None }
}

/// Written whole or not at all.
fn keep(file: &Path, run: &ProposalRun) -> Result<(), Error> {
    let partial = file.with_extension("partial");
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(Error::internal)?;
    }
    std::fs::write(&partial, serde_json::to_vec(run).map_err(Error::internal)?).map_err(Error::internal)?;
    std::fs::rename(&partial, file).map_err(Error::internal)
}
