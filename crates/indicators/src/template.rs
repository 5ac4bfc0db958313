//! Sentences with figures in them: `近 30 天登录 {login_days_30d} 天`.
//!
//! Fills in numbers as a person writes them. Where the wording depends on the number, the blank says how:
//! `{days|1:# day|*:# days}`, `{days|0:没有登录过|*:只有 # 天登录过}`; the first case that is the number as written, else
//! `*`, and `#` stands for the number. Which sentence is said, and of whom, is decided elsewhere.

use vocab::{Lang, Text};

/// The names between braces in both wordings, each once, in order of appearance.
pub fn names(template: &Text) -> Vec<&str> {
    let mut names = Vec::new();
    for wording in [&template.zh, &template.en] {
        let mut rest = wording.as_str();
        while let Some((_, blank, after)) = next_blank(rest) {
            let (name, _) = parted(blank);
            if !names.contains(&name) {
                names.push(name);
            }
            rest = after;
        }
    }
    names
}

/// Splits at the first `{blank}`: what stands before, the blank, what stands after.
fn next_blank(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('{')?;
    let close = open + text[open..].find('}')?;
    Some((&text[..open], text[open + 1..close].trim(), &text[close + 1..]))
}

/// The name of a blank and its cases, if it has any.
fn parted(blank: &str) -> (&str, Option<&str>) {
    match blank.split_once('|') {
        Some((name, cases)) => (name.trim(), Some(cases)),
        None => (blank, None),
    }
}

/// The wording for a number: of the case that is written like it, else of `*`, else the number alone.
fn worded(number: &str, cases: Option<&str>) -> String {
    let cases = cases.into_iter().flat_map(|cases| cases.split('|')).filter_map(|case| case.split_once(':'));
    let mut otherwise = None;
    for (of, wording) in cases {
        match of.trim() {
            of if of == number => return wording.replace('#', number),
            "*" => otherwise = Some(wording.replace('#', number)),
            _ => {}
        }
    }
    otherwise.unwrap_or_else(|| number.to_owned())
}

/// The sentence with its figures.
///
/// `lookup` gives the value of a name and its unit. A ratio is written in percent, everything else with thousands
/// separators and at most one decimal. A name without a value becomes 数据不足 / "unknown": a sentence never invents a
/// number.
///
/// # Edges
/// Cases that do not fit the number, and have no `*`, leave the number as it is.
///
/// # Example
/// ```
/// use vocab::Text;
/// let template = Text::new("近 90 天消费 {amount_90d}", "spent {amount_90d} in 90 days");
/// let text = indicators::fill(&template, &|_| Some((12345.0, "money")));
/// assert_eq!(text.zh, "近 90 天消费 12,345");
/// let template = Text::new("{days} 天没来", "away for {days|1:# day|*:# days}");
/// assert_eq!(indicators::fill(&template, &|_| Some((1.0, "day"))).en, "away for 1 day");
/// ```
pub fn fill<'u>(template: &Text, lookup: &dyn Fn(&str) -> Option<(f64, &'u str)>) -> Text {
    Text { zh: fill_one(&template.zh, Lang::Zh, lookup), en: fill_one(&template.en, Lang::En, lookup) }
}

/// Whether a sentence puts two figures beside each other that are written alike, so that it compares nothing: 日均登录 0 次，往常 0
/// 次. `lookup` is that of [`fill`].
///
/// # Edges
/// False where it has one figure, more than two, one that is unknown, or two of different units.
pub fn compares_equals<'u>(template: &Text, lookup: &dyn Fn(&str) -> Option<(f64, &'u str)>) -> bool {
    let names = names(template);
    let [one, other] = names.as_slice() else { return false };
    let written = |name: &str| lookup(name).map(|(value, unit)| (figure(value, unit), unit));
    written(one).is_some_and(|one| written(other) == Some(one))
}

fn fill_one<'u>(template: &str, lang: Lang, lookup: &dyn Fn(&str) -> Option<(f64, &'u str)>) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, blank, after)) = next_blank(rest) {
        let (name, cases) = parted(blank);
        filled.push_str(before);
        match (lookup(name), lang) {
            (Some((value, unit)), _) => filled.push_str(&worded(&figure(value, unit), cases)),
            (None, Lang::Zh) => filled.push_str("数据不足"),
            (None, Lang::En) => filled.push_str("unknown"),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A number as a person writes it: `12,345`, `3.5`, and `62%` for a ratio. Without the unit's word.
pub fn figure(value: f64, unit: &str) -> String {
    if unit == "ratio" { format!("{}%", grouped(value * 100.0, 0)) } else { grouped(value, 1) }
}

fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if part.bytes().any(|digit| digit != b'0') {
        grouped.push('.');
        grouped.push_str(part.trim_end_matches('0'));
    }
    if value < 0.0 && grouped.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        grouped.insert(0, '-');
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let written: Vec<String> = [0.0, 3.0, 3.25, 999.96, 12345.6, -1234567.0, -0.04, 0.05]
            .into_iter()
            .map(|value| figure(value, "day"))
            .collect();
        assert_eq!(written, ["0", "3", "3.2", "1,000", "12,345.6", "-1,234,567", "0", "0.1"]);
        assert_eq!(figure(0.618, "ratio"), "62%");
    }

    #[test]
    fn a_figure_that_is_unknown_is_said_to_be_unknown() {
        let template = Text::new("近 30 天登录 {a} 天，往常 {b} 天", "{a} days, usually {b}");
        let text = fill(&template, &|name| (name == "a").then_some((2.0, "day")));
        assert_eq!(text, Text::new("近 30 天登录 2 天，往常 数据不足 天", "2 days, usually unknown"));
        assert_eq!(names(&template), ["a", "b"]);
    }

    #[test]
    fn the_wording_follows_the_number() {
        let template = Text::new(
            "近 30 天{a|0:没有登录过|*:只有 # 天登录过}",
            "{a|0:no day|1:one day|*:# days} of 30{b|2:, twice}",
        );
        let said = |days: f64| fill(&template, &|_| Some((days, "day")));
        assert_eq!(said(0.0), Text::new("近 30 天没有登录过", "no day of 300"));
        assert_eq!(said(1.0), Text::new("近 30 天只有 1 天登录过", "one day of 301"));
        assert_eq!(said(2.0), Text::new("近 30 天只有 2 天登录过", "2 days of 30, twice"));
        assert_eq!(names(&template), ["a", "b"]);
        assert_eq!(fill(&template, &|_| None).zh, "近 30 天数据不足");
    }

    #[test]
    fn two_figures_that_are_written_alike_compare_nothing() {
        let template = Text::new("日均登录 {now} 次，往常 {usual} 次", "{now} logins a day, usually {usual}");
        let beside = |now: (f64, &'static str), usual: Option<(f64, &'static str)>| {
            compares_equals(&template, &|name| if name == "now" { Some(now) } else { usual })
        };
        assert!(beside((0.0, "count"), Some((0.04, "count"))), "both are written 0");
        assert!(beside((3.0, "count"), Some((3.0, "count"))));
        assert!(!beside((0.0, "count"), Some((0.1, "count"))));
        assert!(!beside((0.0, "count"), Some((0.0, "day"))), "days are not times");
        assert!(!beside((0.0, "count"), None));
        let one = Text::new("近 30 天登录 {now} 次", "{now} logins in 30 days");
        assert!(!compares_equals(&one, &|_| Some((0.0, "count"))));
    }

    #[test]
    fn a_brace_that_is_never_closed_stays() {
        let text = fill(&Text::new("{a", "}{"), &|_| None);
        assert_eq!(text, Text::new("{a", "}{"));
    }
}
