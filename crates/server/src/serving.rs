//! A server's life: listening, timers, stopping.
//!
//! Timers look at the state and do what is missing: the drain every ten seconds or as soon as there is much to move, the
//! lake's files every half minute, what people are to be told and what has become of models every minute, the daily cycle once the firm's midnight has
//! passed, the sources whose schedule says so. A server that was off at midnight makes up for it when it starts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use app::App;
use axum::serve::{Listener, ListenerExt as _};
use tokio::sync::watch;
use vocab::Instant;

use crate::http::{Site, router};
use crate::patience::{Patience, Patient};

const DRAIN_EVERY: Duration = Duration::from_secs(10);
/// How often it is asked whether so much has come in that the drain should not wait.
const LOOK_FOR_DRAIN_EVERY: Duration = Duration::from_millis(200);
const PAUSE_AFTER_FAILED_DRAIN: Duration = Duration::from_secs(1);
/// How often it is looked whether something came in that must be felt.
const FEEL_EVERY: Duration = Duration::from_millis(100);
/// So long others have their turn between two looks, however long a look takes.
const LEAST_PAUSE: Duration = Duration::from_millis(10);
/// How often it is looked whether there are lists whose first look would have to wait.
const READY_EVERY: Duration = Duration::from_secs(1);
const KEEP_EVERY: Duration = Duration::from_secs(300);
const TIDY_EVERY: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often it is looked whom there is something to tell.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether a model is to be looked at or trained.
const KEEP_MODELS_EVERY: Duration = Duration::from_secs(60);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(600);
/// How long requests under way may take when the server is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers requests until the process is asked to stop; requests under way are finished first.
pub(crate) async fn answer<L>(site: Arc<Site>, listener: L, stop: watch::Receiver<bool>) -> std::io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
{
    // A tapped listener tells the caller's address, whatever it listens by.
    let listener = Patient::of(listener, Patience::default()).tap_io(|_| {});
    let service = router(site).into_make_service_with_connect_info::<SocketAddr>();
    let asked = stop.clone();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopped(asked));
    tokio::select! {
        served = async { serving.await } => served,
        () = async { stopped(stop).await; tokio::time::sleep(PATIENCE).await } => Ok(()),
    }
}

/// Tells everybody when the process is asked to stop (SIGTERM, SIGINT). Asked twice, it ends at once.
pub(crate) fn stop_signal() -> std::io::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (tell, stop) = watch::channel(false);
    tokio::spawn(async move {
        for asked in 0.. {
            tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
            if asked > 0 {
                std::process::exit(1);
            }
            tell.send_replace(true);
        }
    });
    Ok(stop)
}

pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // The sender lives as long as the process; were it gone, stopping would be right too.
    let _ = stop.wait_for(|asked| *asked).await;
}

/// The timers of an open folder; they end with the signal.
pub(crate) fn start_timers(site: &Arc<Site>, app: &App, stop: &watch::Receiver<bool>) {
    let (recovering, now) = (app.clone(), site.now());
    tokio::spawn(async move {
        if let Err(error) = recovering.recover(now).await {
            tracing::error!(%error, "what an earlier process left behind could not be put right");
        }
    });
    let (draining, ended) = (app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            let mut begun = Stopwatch::now();
            loop {
                tokio::time::sleep(LOOK_FOR_DRAIN_EVERY).await;
                if begun.elapsed() < DRAIN_EVERY && !draining.is_drain_due() {
                    continue;
                }
                begun = Stopwatch::now();
                if let Err(error) = draining.drain().await {
                    tracing::error!(%error, "what came in could not be moved to the lake; it is tried again");
                    tokio::time::sleep(PAUSE_AFTER_FAILED_DRAIN).await;
                }
            }
        })
        .await;
    });
    start_feeling(site, app, stop);
    start_keeping(app, stop);
    start_making_ready(site, app, stop);
    start_telling(site, app, stop);
    start_keeping_models(site, app, stop);
    let (tidied, tidying, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                tokio::time::sleep(TIDY_EVERY).await;
                if let Err(error) = tidying.tidy(tidied.now()).await {
                    tracing::error!(%error, "the lake could not be put in order; it is tried again");
                }
            }
        })
        .await;
    });
    let (clock, fetching, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                // On a task of its own: a stop signal ends the waiting, not a reading half-way.
                let (app, now) = (fetching.clone(), clock.now());
                match tokio::spawn(async move { app.run_due_sources(now).await }).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => tracing::error!(%error, "the sources that are due could not be read"),
                    Err(error) => tracing::error!(%error, "reading sources broke off"),
                }
            }
        })
        .await;
    });
    let (site, app, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                let pause = match daily_cycle(&site, &app).await {
                    Ok(()) => LOOK_EVERY,
                    Err(error) => {
                        tracing::error!(%error, "the daily cycle failed; it is tried again in ten minutes");
                        PAUSE_AFTER_FAILURE
                    }
                };
                tokio::time::sleep(pause).await;
            }
        })
        .await;
    });
}

/// Writes the standing state down now and then, beside those who feel.
fn start_keeping(app: &App, stop: &watch::Receiver<bool>) {
    let (keeping, ended) = (app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                tokio::time::sleep(KEEP_EVERY).await;
                if let Err(error) = keeping.keep_standing().await {
                    tracing::error!(%error, "the standing state could not be written down; it is tried again");
                }
            }
        })
        .await;
    });
}

/// Lets what comes in be felt.
fn start_feeling(site: &Arc<Site>, app: &App, stop: &watch::Receiver<bool>) {
    let (clock, feeling, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            let mut looked = Duration::ZERO;
            loop {
                tokio::time::sleep(FEEL_EVERY.saturating_sub(looked).max(LEAST_PAUSE)).await;
                let begun = Stopwatch::now();
                match feeling.feel(clock.now()).await {
                    Ok(felt) => {
                        for (written, facts) in felt.written {
                            let micros = clock.now().micros().saturating_sub(written.micros());
                            let after = Duration::from_micros(u64::try_from(micros).unwrap_or_default());
                            clock.metrics.felt(after, facts);
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "what came in could not be felt; it is tried again");
                        tokio::time::sleep(PAUSE_AFTER_FAILED_DRAIN).await;
                    }
                }
                looked = begun.elapsed();
            }
        })
        .await;
    });
}

/// Makes what the first look after a cycle would wait for.
fn start_making_ready(site: &Arc<Site>, app: &App, stop: &watch::Receiver<bool>) {
    let (clock, making, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                tokio::time::sleep(READY_EVERY).await;
                if let Err(error) = making.make_ready(clock.now()).await {
                    tracing::error!(%error, "the first look could not be made ready; it is tried again in ten minutes");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        })
        .await;
    });
}

/// Plans what people are to be told: warnings, what was missed, the lists of the morning; and whose customers go back to
/// the pool.
fn start_telling(site: &Arc<Site>, app: &App, stop: &watch::Receiver<bool>) {
    let (clock, telling, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                tokio::time::sleep(TELL_EVERY).await;
                match telling.plan_notices(clock.now()).await {
                    Ok(planned) => {
                        if let Some(day) = planned.missed {
                            tracing::warn!(day, "no list of the morning went out: nothing ran while it was morning");
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "what people are to be told could not be planned; it is tried again")
                    }
                }
                if let Err(error) = telling.return_to_pool(clock.now()).await {
                    tracing::error!(%error, "who goes back to the pool could not be looked at; it is tried again");
                }
            }
        })
        .await;
    });
}

/// Looks after models: what has become of the one in service, and trainings that are due.
fn start_keeping_models(site: &Arc<Site>, app: &App, stop: &watch::Receiver<bool>) {
    let (clock, keeping, ended) = (site.clone(), app.clone(), stop.clone());
    tokio::spawn(async move {
        until(ended, async {
            loop {
                tokio::time::sleep(KEEP_MODELS_EVERY).await;
                // On a task of its own: a stop signal ends the waiting, not the work half-way.
                let (app, now) = (keeping.clone(), clock.now());
                let failure = match tokio::spawn(async move { app.keep_models(now).await }).await {
                    Ok(Ok(())) => continue,
                    Ok(Err(error)) => error.to_string(),
                    Err(error) => error.to_string(),
                };
                tracing::error!(failure, "models could not be looked after; it is tried again in ten minutes");
                tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
            }
        })
        .await;
    });
}

async fn until(stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! { () = work => {} () = stopped(stop) => {} }
}

/// Runs the cycle of the last midnight if it is due and has not been run.
async fn daily_cycle(site: &Site, app: &App) -> Result<(), app::Error> {
    let now = site.now();
    let due = app.last_midnight(now);
    let last = app.cycle_status(&vocab::Scope::All, now).await?.last_as_of;
    let last = last.as_deref().and_then(|text| Instant::parse_rfc3339(text).ok());
    let done = last.is_some_and(|last| last >= due.instant());
    if done || !is_due(app, now) || app.sequence() == 0 || app.firm().await?.is_none() {
        return Ok(());
    }
    let begun = Stopwatch::now();
    // On a task of its own: a stop signal ends the waiting, not the work half-way.
    let running = app.clone();
    let outcome = tokio::spawn(async move { running.run_cycle(due, now).await }).await;
    let done = matches!(&outcome, Ok(Ok(_)));
    site.metrics.cycle(begun.elapsed(), done);
    match outcome {
        Ok(outcome) => {
            let outcome = outcome?;
            tracing::info!(as_of = %outcome.as_of, summary = outcome.summary.en, "daily cycle done");
        }
        Err(error) => tracing::error!(%error, "the daily cycle broke off"),
    }
    Ok(())
}

/// Whether the moment after the last midnight at which the daily cycle runs has passed.
fn is_due(app: &App, now: Instant) -> bool {
    let next = app.next_cycle_at(now);
    app.zone().midnight(next) > app.zone().midnight(now)
}
