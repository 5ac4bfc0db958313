//! The tables of pages as workbooks, through one door: what is asked of a page is asked of its table.
//!
//! Not here: tables that come back, or whose filters are many: they have doors of their own (`exports`). What each table
//! asks of whoever wants it: `permits`.

use std::sync::Arc;

use app::{Export, NoticeQuery, PageTable, PromiseQuery, ReasonsQuery, view};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as NoSuchWord, StrDeserializer};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::churn::LineAsked;
use super::exports::{LangAsked, workbook};
use super::risk::ReasonsAsked;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Named, Signed, filled, list, of_query};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(table_workbook))
}

/// A table of a page, as a file is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub(crate) enum TableFile {
    #[serde(rename = "advice.xlsx")]
    Advice,
    #[serde(rename = "backtest.xlsx")]
    Backtest,
    #[serde(rename = "backtest-bands.xlsx")]
    BacktestBands,
    #[serde(rename = "backtest-parts.xlsx")]
    BacktestParts,
    #[serde(rename = "budget.xlsx")]
    Budget,
    #[serde(rename = "channels.xlsx")]
    Channels,
    #[serde(rename = "churn-bands.xlsx")]
    ChurnBands,
    #[serde(rename = "churn-owners.xlsx")]
    ChurnOwners,
    #[serde(rename = "churn-reasons.xlsx")]
    ChurnReasons,
    #[serde(rename = "churn-windows.xlsx")]
    ChurnWindows,
    #[serde(rename = "comparison.xlsx")]
    Comparison,
    #[serde(rename = "conflicts.xlsx")]
    Conflicts,
    #[serde(rename = "customer-indicators.xlsx")]
    CustomerIndicators,
    #[serde(rename = "definitions.xlsx")]
    Definitions,
    #[serde(rename = "desks.xlsx")]
    Desks,
    #[serde(rename = "held.xlsx")]
    Held,
    #[serde(rename = "indicators.xlsx")]
    Indicators,
    #[serde(rename = "invitations.xlsx")]
    Invitations,
    #[serde(rename = "line-leavers.xlsx")]
    LineLeavers,
    #[serde(rename = "lookback.xlsx")]
    Lookback,
    #[serde(rename = "model-figures.xlsx")]
    ModelFigures,
    #[serde(rename = "model-months.xlsx")]
    ModelMonths,
    #[serde(rename = "models.xlsx")]
    Models,
    #[serde(rename = "notices.xlsx")]
    Notices,
    #[serde(rename = "pool.xlsx")]
    Pool,
    #[serde(rename = "pool-returns.xlsx")]
    PoolReturns,
    #[serde(rename = "product-lines.xlsx")]
    ProductLines,
    #[serde(rename = "promises.xlsx")]
    Promises,
    #[serde(rename = "quality.xlsx")]
    Quality,
    #[serde(rename = "reason-agreement.xlsx")]
    ReasonAgreement,
    #[serde(rename = "renewal-months.xlsx")]
    RenewalMonths,
    #[serde(rename = "renewal-owners.xlsx")]
    RenewalOwners,
    #[serde(rename = "review-rules.xlsx")]
    ReviewRules,
    #[serde(rename = "rfm.xlsx")]
    Rfm,
    #[serde(rename = "roles.xlsx")]
    Roles,
    #[serde(rename = "rules.xlsx")]
    Rules,
    #[serde(rename = "runs.xlsx")]
    Runs,
    #[serde(rename = "scorecards.xlsx")]
    Scorecards,
    #[serde(rename = "segments.xlsx")]
    Segments,
    #[serde(rename = "sheet.xlsx")]
    Sheet,
    #[serde(rename = "sheets.xlsx")]
    Sheets,
    #[serde(rename = "sources.xlsx")]
    Sources,
    #[serde(rename = "staff.xlsx")]
    Staff,
    #[serde(rename = "tokens.xlsx")]
    Tokens,
    #[serde(rename = "value-risk.xlsx")]
    ValueRisk,
}

impl TableFile {
    /// The table of a file's name; none where there is no such table.
    pub(crate) fn of(name: &str) -> Option<TableFile> {
        let word: StrDeserializer<'_, NoSuchWord> = name.into_deserializer();
        TableFile::deserialize(word).ok()
    }
}

/// Which one: a customer, a model, a source, a file, a replay.
#[derive(Deserialize)]
struct WhichAsked<T> {
    id: T,
}

/// Filters that pages have; each table reads those of its page.
#[derive(Default, Deserialize)]
struct PageAsked {
    state: Option<String>,
    owner: Option<String>,
    search: Option<String>,
    source: Option<String>,
    unit: Option<String>,
    week: Option<String>,
    whose: Option<String>,
    kind: Option<String>,
    ids: Option<String>,
}

/// A budget that is tried.
#[derive(Deserialize)]
struct BudgetAsked {
    people: u32,
    cases: u32,
    #[serde(default)]
    urgent_passes: bool,
}

fn which<T: serde::de::DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    of_query::<WhichAsked<T>>(uri).map(|asked| asked.id)
}

fn reasons(uri: &Uri) -> Result<ReasonsQuery, Problem> {
    of_query::<ReasonsAsked>(uri).map(ReasonsAsked::query)
}

/// The table that a file's name and the query of an address ask for.
fn table(file: TableFile, uri: &Uri) -> Result<PageTable, Problem> {
    let page: PageAsked = of_query(uri)?;
    Ok(match file {
        TableFile::Advice => PageTable::Advice,
        TableFile::Backtest => PageTable::Backtest(which(uri)?),
        TableFile::BacktestBands => PageTable::BacktestBands(which(uri)?),
        TableFile::BacktestParts => PageTable::BacktestParts(which(uri)?),
        TableFile::Budget => {
            let BudgetAsked { people, cases: cases_per_person, urgent_passes } = of_query(uri)?;
            PageTable::Budget(view::Budget { people, cases_per_person, urgent_passes })
        }
        TableFile::Channels => PageTable::Channels,
        TableFile::ChurnBands => PageTable::ChurnParts { by_owner: false },
        TableFile::ChurnOwners => PageTable::ChurnParts { by_owner: true },
        TableFile::ChurnReasons => PageTable::ChurnReasons(reasons(uri)?),
        TableFile::ReasonAgreement => PageTable::ReasonAgreement(reasons(uri)?),
        TableFile::ChurnWindows => PageTable::ChurnWindows(of_query(uri)?),
        TableFile::Comparison => PageTable::Comparison(of_query(uri)?),
        TableFile::Conflicts => PageTable::Conflicts(filled(page.state)),
        TableFile::CustomerIndicators => PageTable::CustomerIndicators(CustomerId::from(which::<String>(uri)?)),
        TableFile::Definitions => PageTable::Definitions,
        TableFile::Desks => PageTable::Desks,
        TableFile::Held => PageTable::Held(filled(page.source)),
        TableFile::Indicators => PageTable::Indicators(list(page.ids.as_deref())),
        TableFile::Invitations => PageTable::Invitations,
        TableFile::LineLeavers => {
            let LineAsked { line, month } = of_query(uri)?;
            PageTable::LineLeavers { line, month }
        }
        TableFile::Lookback => PageTable::Lookback,
        TableFile::ModelFigures => PageTable::ModelFigures(which(uri)?),
        TableFile::ModelMonths => PageTable::ModelStretches(which(uri)?),
        TableFile::Models => PageTable::Models,
        TableFile::Notices => {
            let (whose, state, kind) = (filled(page.whose), filled(page.state), filled(page.kind));
            PageTable::Deliveries(NoticeQuery { whose, state, kind, ..NoticeQuery::default() })
        }
        TableFile::Pool => PageTable::Pool(filled(page.search)),
        TableFile::PoolReturns => PageTable::PoolReturns,
        TableFile::ProductLines => PageTable::ProductLines,
        TableFile::Promises => {
            let (state, owner) = (filled(page.state), filled(page.owner));
            PageTable::Promises(PromiseQuery { state, owner, ..PromiseQuery::default() })
        }
        TableFile::Quality => PageTable::Quality,
        TableFile::RenewalMonths => PageTable::RenewalMonths,
        TableFile::RenewalOwners => PageTable::RenewalOwners,
        TableFile::ReviewRules => PageTable::ReviewRules(filled(page.week)),
        TableFile::Rfm => PageTable::Rfm,
        TableFile::Roles => PageTable::Roles,
        TableFile::Rules => PageTable::Rules(list(page.ids.as_deref())),
        TableFile::Runs => PageTable::SourceRuns(which(uri)?),
        TableFile::Scorecards => PageTable::Scorecards,
        TableFile::Segments => PageTable::Segments,
        TableFile::Sheet => PageTable::SheetBack(which(uri)?),
        TableFile::Sheets => PageTable::SheetsBack,
        TableFile::Sources => PageTable::Sources,
        TableFile::Staff => PageTable::Staff(filled(page.unit)),
        TableFile::Tokens => PageTable::Tokens,
        TableFile::ValueRisk => PageTable::ValueRisk,
    })
}

/// Any other table as a workbook
///
/// The table of a page, as filtered, within what the reader sees there; the second sheet says what it is, of which moment,
/// with which filters. It takes the filters of its page: `promises` (`state`, `owner`), `pool` (`search`), `held`
/// (`source`), `staff` (`unit`, an id or `none`), `conflicts` (`state`), `review-rules` (`week`), `notices` (`whose`,
/// `state`, `kind`), `indicators` and `rules` (`ids`, in this order), `comparison` (`left`, `right`), `churn-windows`
/// (`of`, `window_days`), `line-leavers` (`line`, `month`), `churn-reasons` and `reason-agreement` (`quarter`, `segment`), `budget` (`people`, `cases`, `urgent_passes`); and `id` where it is of one thing:
/// `customer-indicators`, `model-figures`, `model-months`, `runs` (a source), `sheet`, `backtest`, `backtest-bands`, `backtest-parts`.
/// Asks that the role may export and may see the page. The export is recorded.
#[utoipa::path(get, path = "/api/exports/{table}", tag = "exports",
    params(("table" = inline(TableFile), Path, description = "Name of the file"), LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn table_workbook(
    visit: Signed,
    Named(file): Named<String>,
    Asked(lang): Asked<LangAsked>,
    uri: Uri,
) -> Result<Response, Problem> {
    let file = TableFile::of(&file).ok_or_else(Problem::not_found)?;
    workbook(visit, Export::Page(table(file, &uri)?), lang).await
}
