//! The tables of pages that have no filters of their own worth a type, each read by the method that its page is read by:
//! so a table holds what its page shows, no more, to the same readers.

mod definitions;
mod house;
mod past;
mod reasons;
mod work;

use vocab::CustomerId;

use super::Sheet;
use super::columns::Ask;
use crate::error::Error;
use crate::view::{Budget, ChurnText, CompareRequest};
use crate::{NoticeQuery, PromiseQuery, ReasonsQuery};

/// Rows of a table that grows without end, at most.
const MOST_ROWS: usize = 100_000;
/// Rows that are read at once of what is read page by page.
const PAGE: usize = 500;

/// The table of a page.
#[derive(Clone, Debug)]
pub enum PageTable {
    /// Promises, as filtered.
    Promises(PromiseQuery),
    /// The indicators of a customer.
    CustomerIndicators(CustomerId),
    /// Who has how much on the desk.
    Desks,
    /// The calendar of renewals by month.
    RenewalMonths,
    /// The calendar of renewals by owner and month.
    RenewalOwners,
    /// Named segments.
    Segments,
    /// Tiers of value against bands.
    ValueRisk,
    /// The cells of RFM.
    Rfm,
    /// Customers whom nobody owns, as searched.
    Pool(Option<String>),
    /// Whose customers go back to the pool, and what went back.
    PoolReturns,
    /// What came of each rule in a week: of this day, or the one before.
    ReviewRules(Option<String>),
    /// Customers by band, or by owner.
    ChurnParts {
        /// By owner instead of by band.
        by_owner: bool,
    },
    /// Product lines, and who left them.
    ProductLines,
    /// Who left a product line in a month.
    LineLeavers {
        /// The line.
        line: String,
        /// `YYYY-MM`.
        month: String,
    },
    /// What other windows would make of who has left.
    ChurnWindows(ChurnText),
    /// Why customers leave, confirmed and predicted.
    ChurnReasons(ReasonsQuery),
    /// How often the two agree.
    ReasonAgreement(ReasonsQuery),
    /// Customers that may be one, in a state.
    Conflicts(Option<String>),
    /// Files that were brought back.
    SheetsBack,
    /// What such a file changed.
    SheetBack(i64),
    /// The catalogue of indicators, those with these ids in this order, or all.
    Indicators(Vec<String>),
    /// Whose numbers lie farthest apart by two definitions.
    Comparison(CompareRequest),
    /// Scorecards.
    Scorecards,
    /// Rules, those with these ids in this order, or all.
    Rules(Vec<String>),
    /// Everything by which something is computed, in a sentence each.
    Definitions,
    /// The library of advice.
    Advice,
    /// Models of who will leave.
    Models,
    /// How good a model is, horizon by horizon.
    ModelFigures(i64),
    /// What a model learnt from, chose and was judged by.
    ModelStretches(i64),
    /// Who comes on the desk with a budget.
    Budget(Budget),
    /// Leavers and mistaken warnings of the first look back.
    Lookback,
    /// Leavers and warnings of a replay.
    Backtest(u64),
    /// What became of those in each band in a replay.
    BacktestBands(u64),
    /// What became of those in each part that a replay is cut by.
    BacktestParts(u64),
    /// Sources.
    Sources,
    /// Readings of a source.
    SourceRuns(i64),
    /// What comes in against what usually comes.
    Quality,
    /// What came in and could not become a fact, of a source or of all.
    Held(Option<String>),
    /// Who works here: in a unit and below it, in `none`, or all.
    Staff(Option<String>),
    /// Who is invited.
    Invitations,
    /// What each role may do.
    Roles,
    /// One's own tokens.
    Tokens,
    /// Ways by which notices leave.
    Channels,
    /// Notices and what became of them, as filtered.
    Deliveries(NoticeQuery),
}

impl PageTable {
    /// Whether numbers and addresses in it are those of customers, so that they leave hidden.
    pub(super) fn is_about_customers(&self) -> bool {
        !matches!(self, PageTable::Staff(_) | PageTable::Invitations)
    }
}

/// Draws a table up.
pub(super) async fn page_sheet(ask: &Ask<'_>, table: &PageTable) -> Result<Sheet, Error> {
    match table {
        PageTable::Promises(query) => work::promises(ask, query).await,
        PageTable::CustomerIndicators(customer) => work::customer_indicators(ask, customer).await,
        PageTable::Desks => work::desks(ask).await,
        PageTable::RenewalMonths => work::renewal_months(ask).await,
        PageTable::RenewalOwners => work::renewal_owners(ask).await,
        PageTable::Segments => work::segments(ask).await,
        PageTable::ValueRisk => work::value_risk(ask).await,
        PageTable::Rfm => work::rfm(ask).await,
        PageTable::Pool(search) => work::pool(ask, search.as_deref()).await,
        PageTable::PoolReturns => work::pool_returns(ask).await,
        PageTable::ReviewRules(week) => work::review_rules(ask, week.as_deref()).await,
        PageTable::Conflicts(state) => work::conflicts(ask, state.as_deref()).await,
        PageTable::SheetsBack => work::sheets(ask).await,
        PageTable::SheetBack(id) => work::sheet(ask, *id).await,
        PageTable::ChurnParts { by_owner } => past::churn_parts(ask, *by_owner).await,
        PageTable::ProductLines => past::product_lines(ask).await,
        PageTable::LineLeavers { line, month } => past::line_leavers(ask, line, month).await,
        PageTable::ChurnWindows(text) => past::churn_windows(ask, text).await,
        PageTable::ChurnReasons(query) => reasons::reasons(ask, query).await,
        PageTable::ReasonAgreement(query) => reasons::agreement(ask, query).await,
        PageTable::Lookback => past::lookback(ask).await,
        PageTable::Backtest(id) => past::backtest(ask, *id).await,
        PageTable::BacktestBands(id) => past::backtest_bands(ask, *id).await,
        PageTable::BacktestParts(id) => past::backtest_parts(ask, *id).await,
        PageTable::Models => past::models(ask).await,
        PageTable::ModelFigures(id) => past::model_figures(ask, *id).await,
        PageTable::ModelStretches(id) => past::model_stretches(ask, *id).await,
        PageTable::Budget(budget) => past::budget(ask, *budget).await,
        PageTable::Indicators(ids) => definitions::indicators(ask, ids).await,
        PageTable::Comparison(request) => definitions::comparison(ask, request).await,
        PageTable::Scorecards => definitions::scorecards(ask).await,
        PageTable::Rules(ids) => definitions::rules(ask, ids).await,
        PageTable::Definitions => definitions::definitions(ask).await,
        PageTable::Advice => definitions::advice(ask).await,
        PageTable::Sources => house::sources(ask).await,
        PageTable::SourceRuns(id) => house::source_runs(ask, *id).await,
        PageTable::Quality => house::quality(ask).await,
        PageTable::Held(source) => house::held(ask, source.as_deref()).await,
        PageTable::Staff(unit) => house::staff(ask, unit.as_deref()).await,
        PageTable::Invitations => house::invitations(ask).await,
        PageTable::Roles => house::roles(ask).await,
        PageTable::Tokens => house::tokens(ask).await,
        PageTable::Channels => house::channels(ask).await,
        PageTable::Deliveries(query) => house::deliveries(ask, query).await,
    }
}
