//! Sends what people are to be told, for as long as the server lives.
//!
//! Asked to stop, it finishes the calls that are under way, so that nothing is left of which nobody knows whether it
//! arrived. What a process leaves that was killed is found by the next one.

use std::sync::Arc;
use std::time::Duration;

use app::{App, Clock};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http::Site;
use crate::serving::stopped;

/// How long to wait when nothing is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How long calls under way may take when the server is asked to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Begins; `link` is this server's address as people reach it.
pub(crate) fn start(site: &Arc<Site>, app: &App, link: &str, stop: watch::Receiver<bool>) -> JoinHandle<()> {
    let (site, app, link) = (site.clone(), app.clone(), link.to_owned());
    tokio::spawn(async move {
        let clock: Clock = Arc::new(move || site.now());
        while let Err(error) = app.give_up_lost_notices(clock()).await {
            tracing::error!(%error, "what an earlier process was sending could not be put right; it is tried again");
            if !waited(PAUSE_AFTER_FAILURE, &stop).await {
                return;
            }
        }
        loop {
            let pause = match app.deliver_notices(&clock, &link).await {
                Ok(0) => LOOK_EVERY,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "notices could not be sent; it is tried again");
                    PAUSE_AFTER_FAILURE
                }
            };
            if !waited(pause, &stop).await {
                return;
            }
        }
    })
}

/// Waits for the calls under way.
pub(crate) async fn ended(delivering: JoinHandle<()>) {
    if tokio::time::timeout(PATIENCE, delivering).await.is_err() {
        tracing::warn!("notices were still being sent; the next start lists them as possibly sent");
    }
}

/// Waits, unless the server is asked to stop: whether to go on.
async fn waited(pause: Duration, stop: &watch::Receiver<bool>) -> bool {
    tokio::select! {
        biased;
        () = stopped(stop.clone()) => false,
        () = tokio::time::sleep(pause) => true,
    }
}
