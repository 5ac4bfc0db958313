//! 产品线、品类流失: who left which product line, month by month, with names; leaving a line is not leaving.

use std::sync::{Arc, OnceLock};

use outcomes::{ChurnDefinition, Leaver, Lifetimes, Month, ProductLine, StateFrame};
use vocab::{AsOf, CustomerId, Instant, Scope, Text};

use crate::customer::overview::{leaver_row, most_valuable_first};
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::view::{LineLeaverRow, LineMonth, ProductLineRow, ProductLines, Words};
use crate::{App, blocking};

/// Months shown of a line.
const MONTHS: usize = 12;
/// Lines shown at most.
const MOST_SHOWN: usize = 100;

/// The product lines of a snapshot, once they were asked for.
pub(crate) type KeptLines = OnceLock<Arc<KnownLines>>;

/// Every product line, or why there are none.
pub(crate) type KnownLines = Result<outcomes::ProductLines, Text>;

/// Whether a customer is seen by whoever asks.
type Sees<'a> = &'a dyn Fn(&CustomerId) -> bool;

impl App {
    /// Who left which product line, of the customers in scope; where lines are not left one by one, that they are not.
    pub async fn product_lines(&self, scope: &Scope, as_of: Option<AsOf>, now: Instant) -> Result<ProductLines, Error> {
        self.about_lines(scope, as_of, now, |app, definition, snapshot, found, sees| {
            let whole = (&snapshot.lifetimes, &snapshot.states);
            Ok(shown_lines(app, definition, whole, found, sees))
        })
        .await
    }

    /// The names behind one month of one product line, largest value first.
    ///
    /// # Errors
    /// `not_found` for a line or a month that there is not.
    pub async fn line_leavers(
        &self,
        scope: &Scope,
        (line, month): (&str, &str),
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<LineLeaverRow>, Error> {
        let (line, month) = (line.to_owned(), month.to_owned());
        self.about_lines(scope, as_of, now, move |app, definition, snapshot, found, sees| {
            let lines = found.as_ref().map(|found| found.lines.as_slice()).unwrap_or_default();
            let line = lines.iter().find(|one| one.name == line);
            let line = line.ok_or_else(|| Error::not_found(("这条产品线", "the product line")))?;
            let months = months(line, definition, sees);
            let month = months.iter().find(|one| app.month_word(one) == month);
            let month = month.ok_or_else(|| Error::not_found(("这个月份", "the month")))?;
            let row = |left: &Leaver| {
                Some(LineLeaverRow { stayed: stayed(&snapshot.lifetimes, left), leaver: leaver_row(snapshot, left)? })
            };
            let mut rows: Vec<LineLeaverRow> = month.left.iter().filter_map(row).collect();
            rows.sort_by(|a, b| most_valuable_first(&a.leaver, &b.leaver));
            Ok(rows)
        })
        .await
    }

    async fn about_lines<T: Send + 'static>(
        &self,
        scope: &Scope,
        as_of: Option<AsOf>,
        now: Instant,
        tell: impl FnOnce(&App, &ChurnDefinition, &Snapshot, &KnownLines, Sees<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let (app, scope) = (self.clone(), scope.clone());
        blocking(move || {
            let definition = app.churn_definition(&snapshot.churn);
            let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
            let kept = snapshot.kept.of::<KeptLines>();
            let found = kept.get_or_init(|| {
                let found = outcomes::product_lines(snapshot.frame(), definition, &snapshot.lifetimes);
                Arc::new(found.unwrap_or_else(|| Err(not_by_line())))
            });
            let sees = |customer: &CustomerId| {
                snapshot.position(customer).is_some_and(|position| snapshot.admits(&scope, position))
            };
            tell(&app, definition, &snapshot, found, &sees)
        })
        .await
    }
}

/// Product lines as they are shown to whoever sees these customers; `whole` says who is a customer at all.
pub(crate) fn shown_lines(
    app: &App,
    definition: &ChurnDefinition,
    whole: (&Lifetimes, &StateFrame),
    found: &KnownLines,
    sees: Sees<'_>,
) -> ProductLines {
    let names = definition.product_lines.as_ref();
    let mut shown = ProductLines {
        properties: names.map(|names| names.properties.clone()).unwrap_or_default(),
        says: definition.lines_in_words().map(Words::from).unwrap_or_default(),
        lines: Vec::new(),
        line_count: 0,
        unnamed_share: None,
        unknown_because: found.as_ref().err().map(Words::from),
    };
    let Ok(found) = found else { return shown };
    let facts = found.named + found.unnamed;
    shown.unnamed_share = (facts > 0).then(|| found.unnamed as f64 / facts as f64);
    let rows = found.lines.iter().map(|line| line_row(app, definition, whole, line, sees));
    shown.lines = rows.filter(|row| row.customers > 0).collect();
    shown.line_count = shown.lines.len() as u64;
    if shown.line_count == 0 {
        shown.unknown_because = Some(Words::new(
            "没有一条明细写明产品线，看不出谁离开了哪一条",
            "no fact names a product line: who left which cannot be told",
        ));
    }
    shown.lines.sort_by(|a, b| (b.current + b.too_new, &a.name).cmp(&(a.current + a.too_new, &b.name)));
    shown.lines.truncate(MOST_SHOWN);
    shown
}

fn line_row(
    app: &App,
    definition: &ChurnDefinition,
    (lives, states): (&Lifetimes, &StateFrame),
    line: &ProductLine,
    sees: Sees<'_>,
) -> ProductLineRow {
    let counts = line.counts(states, sees);
    let month = |month: &Month| LineMonth {
        month: app.month_row(month, lives.as_of()),
        stayed_count: month.left.iter().filter(|left| stayed(lives, left)).count() as u64,
    };
    ProductLineRow {
        name: line.name.clone(),
        customers: counts.customers(),
        current: counts.current,
        too_new: counts.too_new,
        left_line: counts.left_line,
        left_altogether: counts.left_altogether,
        months: months(line, definition, sees).iter().map(month).collect(),
    }
}

/// The months of a line among the customers that are seen.
fn months(line: &ProductLine, definition: &ChurnDefinition, sees: Sees<'_>) -> Vec<Month> {
    let seen: Vec<bool> = line.lives().customers().iter().map(sees).collect();
    line.lives().months_among(definition, MONTHS, &|place| seen[place])
}

fn not_by_line() -> Text {
    Text::new("现在的流失定义没有分产品线", "the churn definition in use does not tell product lines apart")
}

/// Whether whoever left a line was still a customer.
fn stayed(whole: &Lifetimes, left: &Leaver) -> bool {
    !whole.is_gone_after(&left.customer, left.at)
}
