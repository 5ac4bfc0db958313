//! 开箱回测: what the shipped scorecard and rules would have seen of the firm's own last year, the first thing after its own
//! data have come in.

use vocab::{AsOf, Instant};

use crate::error::Error;
use crate::learnt::backtests::{BacktestQuery, BacktestScorer};
use crate::view::{Lookback, Words};
use crate::{App, Reader, blocking};

/// Where the number of the first look stands.
const SETTING: &str = "lookback";
/// A year is looked back, or as much of it as there is.
const YEAR_DAYS: i64 = 365;
/// Before this much history nobody is old enough to be warned of.
const WARM_UP_DAYS: i64 = 30;
/// A shorter stretch says nothing.
const LEAST_DAYS: i64 = 56;

impl App {
    /// Looks back now, in the background: the rules of the firm's template, health's among them, over the last year up to the
    /// day of the last fact. Asked again while one runs, it begins nothing new.
    ///
    /// # Errors
    /// `history_too_short` with less than eight weeks to look back on.
    pub async fn first_look(&self, reader: &Reader, now: Instant) -> Result<Lookback, Error> {
        reader.may_act()?;
        crate::staff::people::sees_all(reader)?;
        let before = self.lookback(reader, now).await?;
        if before.state == "running" {
            return Ok(before);
        }
        let Some((from, to)) = self.stretch(now).await? else {
            return Err(Error::bad(
                "history_too_short",
                ("历史数据不到八周，还看不出什么", "there are less than eight weeks of history to look back on"),
                ("再导入更早的订单、登录或合同", "import earlier orders, logins or contracts"),
            ));
        };
        let query = BacktestQuery::new(BacktestScorer::Rules, from, to);
        let run = self.begin_backtest(reader, query, now).await?;
        self.store().put_setting(SETTING, &run.id.to_string(), &reader.actor(), now).await?;
        self.lookback(reader, now).await
    }

    /// The first look, or how far it is; for whoever sees all customers.
    pub async fn lookback(&self, reader: &Reader, now: Instant) -> Result<Lookback, Error> {
        crate::staff::people::sees_all(reader)?;
        let id = self.store().setting(SETTING).await?.and_then(|text| text.parse::<u64>().ok());
        let page = match id {
            Some(id) => self.backtest_page(reader, id).await.ok(),
            None => None,
        };
        if let Some(page) = page {
            return Ok(Lookback { state: page.run.state.clone(), because: None, page: Some(page) });
        }
        let (state, because) = match self.stretch(now).await? {
            Some(_) => ("none", None),
            None => (
                "too_short",
                Some(Words::new(
                    "历史数据不到八周，还看不出什么：再导入更早的订单、登录或合同",
                    "there are less than eight weeks of history: import earlier orders, logins or contracts",
                )),
            ),
        };
        Ok(Lookback { state: state.to_owned(), because, page: None })
    }

    /// After an import of the firm's own: looks back, unless it is the sample company or another replay runs.
    pub(crate) async fn look_back_after_import(&self, now: Instant) {
        let is_demo = self.is_demo().await.unwrap_or(true);
        if is_demo {
            return;
        }
        if let Err(error) = self.first_look(&Reader::command_line(), now).await {
            tracing::info!(%error, "no look back after the import");
        }
    }

    /// The year up to the day of the last fact, as far as there is one.
    pub(crate) async fn stretch(&self, now: Instant) -> Result<Option<(AsOf, AsOf)>, Error> {
        let app = self.clone();
        let sources = blocking(move || Ok(app.facts().sources()?)).await?;
        let first = sources.iter().map(|source| source.first_occurred_at).min();
        let last = sources.iter().map(|source| source.last_occurred_at).max();
        let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
        let zone = self.zone();
        let to = zone.midnight(last.plus_days(1)).min(zone.midnight(now));
        let from = zone.midnight(to.plus_days(-YEAR_DAYS).max(first.plus_days(WARM_UP_DAYS)));
        Ok((from.plus_days(LEAST_DAYS) <= to).then_some((AsOf(from), AsOf(to))))
    }
}
