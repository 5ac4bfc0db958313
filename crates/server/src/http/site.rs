//! What every request meets: the open data folder (once it is ready), the clock, the names we answer to.

use std::sync::{Arc, Mutex, OnceLock};

use app::App;
use app::view::Words;
use ipnet::IpNet;
use vocab::Instant;

use super::metrics::Metrics;
use super::origin::PublicUrl;
use super::problem::Problem;
use super::wire::Rates;

/// How a server is reached and what it may do by itself.
#[derive(Clone, Debug, Default)]
pub struct SiteOptions {
    /// Whether this is the sample company: visitors on loopback are signed in by themselves.
    pub demo: bool,
    /// Host names, without port, that requests may name besides loopback names and bare addresses.
    pub hosts: Vec<String>,
    /// Whether readers reach us by https: cookies are then `Secure`.
    pub https: bool,
    /// The address under which outsiders reach us, when the operator has named it.
    pub public_url: Option<PublicUrl>,
    /// Proxies whose word about who is behind them is believed.
    pub proxies: Vec<IpNet>,
}

/// The server's standing: shared by all requests.
pub struct Site {
    app: OnceLock<App>,
    preparing: Mutex<Preparing>,
    options: SiteOptions,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
    pub(crate) metrics: Metrics,
    pub(crate) rates: Rates,
}

/// How far the preparation of the sample company is.
#[derive(Clone, Debug, Default)]
pub struct Preparing {
    /// What is being done.
    pub stage: Words,
    /// 0 to 1.
    pub share: f64,
}

impl Site {
    /// A site that is not ready yet.
    pub fn new(options: SiteOptions, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Arc<Site> {
        Arc::new(Site {
            app: OnceLock::new(),
            preparing: Mutex::default(),
            options,
            clock: Box::new(clock),
            metrics: Metrics::default(),
            rates: Rates::default(),
        })
    }

    /// The data folder is open and may be asked. Later calls change nothing.
    pub fn ready(&self, app: App) {
        let _ = self.app.set(app);
    }

    /// Says how far preparation is.
    pub fn prepare(&self, preparing: Preparing) {
        *self.preparing.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = preparing;
    }

    pub(crate) fn preparing(&self) -> Preparing {
        self.preparing.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The open folder, or the refusal that it is not ready.
    pub fn app(&self) -> Result<&App, Problem> {
        self.app.get().ok_or_else(Problem::preparing)
    }

    /// The server's moment.
    pub fn now(&self) -> Instant {
        (self.clock)()
    }

    /// This server's address as programs reach it: the public one, else the one that a request used.
    pub(crate) fn own_url(&self, authority: &str) -> String {
        let named = || format!("{}://{authority}", if self.options.https { "https" } else { "http" });
        self.options.public_url.as_ref().map_or_else(named, |url| url.as_str().to_owned())
    }

    pub(crate) fn options(&self) -> &SiteOptions {
        &self.options
    }
}
