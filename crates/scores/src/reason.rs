//! Why, in words and in the customer's own figures.

use indicators::{Catalog, Cell, Indicator, IndicatorFrame, compares_equals, figure, fill, unit_word};
use vocab::Text;

use crate::book::ScoreBook;
use crate::contributions::Contribution;
use crate::score::CustomerScore;
use crate::weigh::Counted;

/// A share that takes away less than half a point is no reason to call anybody.
const LEAST_HUNDREDTHS: i32 = 50;
/// Nobody reads a fourth reason.
const MOST: usize = 3;

/// What drags this customer's health down most, at most three sentences, worst first.
///
/// `position` is the customer's place in the indicator frame that was scored.
///
/// # Why one sentence per dimension
/// The measures of a dimension are sisters: someone without an order for half a year has none in a quarter either. Of
/// each dimension the measure that takes away most speaks for it.
///
/// # Edges
/// Contributions above −0.5 points are not worth a sentence; without health there is nothing to say. Equal
/// contributions keep the scorecard's order.
pub fn reasons(
    score: &CustomerScore,
    book: &ScoreBook,
    catalog: &Catalog,
    frame: &IndicatorFrame,
    position: usize,
) -> Vec<Text> {
    let mut negative: Vec<(i32, Contribution<'_>)> = score
        .contributions
        .iter()
        .filter_map(|contribution| contribution.points_hundredths.map(|points| (points, contribution)))
        .filter(|(points, _)| *points <= -LEAST_HUNDREDTHS)
        .collect();
    negative.sort_by_key(|(points, _)| *points);
    let mut told: Vec<&str> = Vec::new();
    let mut sentences = Vec::new();
    for (_, contribution) in negative {
        if sentences.len() == MOST {
            break;
        }
        if !told.contains(&contribution.dimension) {
            told.push(contribution.dimension);
            sentences.extend(sentence(&contribution, score, book, catalog, frame, position));
        }
    }
    sentences
}

/// What a contribution says of the customer: the scorecard's own words, unless they compare a figure with its like, else the
/// indicator's, else name and figure.
fn sentence(
    contribution: &Contribution<'_>,
    score: &CustomerScore,
    book: &ScoreBook,
    catalog: &Catalog,
    frame: &IndicatorFrame,
    position: usize,
) -> Option<Text> {
    let book = book.of(score);
    let own = book.reason_of(contribution.indicator);
    let Some(indicator) = catalog.get(contribution.indicator) else {
        let name = book.measure(contribution.indicator)?.manual.as_ref()?;
        return Some(own.cloned().unwrap_or_else(|| said(name, contribution.cell)));
    };
    let Cell::Known(value) = contribution.cell else {
        let nothing = Text::new(format!("没有{}", indicator.name.zh), format!("no number: {}", indicator.name.en));
        return matches!(contribution.counted, Counted::Poor).then_some(nothing);
    };
    let own = own.and_then(|template| filled(template, None, catalog, frame, position));
    Some(own.unwrap_or_else(|| in_words(indicator, value, catalog, frame, position)))
}

/// What an indicator's number says of the customer at a position of the frame: the indicator's own words for when it is bad,
/// filled with the customer's figures, else its name and the figure. Words that would compare a figure with its like are not
/// said.
pub fn in_words(indicator: &Indicator, value: f64, catalog: &Catalog, frame: &IndicatorFrame, position: usize) -> Text {
    let turned = (indicator.reason_negative.is_some() && value < 0.0).then_some(indicator.id.as_str());
    let said = indicator.reason_at(value).and_then(|template| filled(template, turned, catalog, frame, position));
    said.unwrap_or_else(|| plainly(indicator, value))
}

/// A template with the customer's figures; that of the indicator `turned` without its sign. `None` where it would compare a
/// figure with its like.
fn filled(
    template: &Text,
    turned: Option<&str>,
    catalog: &Catalog,
    frame: &IndicatorFrame,
    position: usize,
) -> Option<Text> {
    let lookup = |id: &str| {
        let value = frame.cell(position, id).known()?;
        let value = if turned == Some(id) { -value } else { value };
        catalog.get(id).map(|indicator| (value, indicator.unit.as_str()))
    };
    (!compares_equals(template, &lookup)).then(|| fill(template, &lookup))
}

/// What people said of the customer: the name of what was asked, and the number.
fn said(name: &Text, cell: Cell) -> Text {
    match cell {
        Cell::Known(value) => Text::new(format!("{}：{value}", name.zh), format!("{}: {value}", name.en)),
        Cell::Unknown(_) => name.clone(),
    }
}

/// An indicator's number without a judgement: its name, the figure, the unit.
pub fn plainly(indicator: &Indicator, value: f64) -> Text {
    let (number, unit) = (figure(value, &indicator.unit), unit_word(&indicator.unit));
    let zh = format!("{} {number} {}", indicator.name.zh, unit.zh);
    let en = format!("{}: {number} {}", indicator.name.en, unit.en);
    Text::new(zh.trim_end(), en.trim_end())
}
