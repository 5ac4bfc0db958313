//! How moments, figures, verdicts, people's numbers and pages of a list are written wherever they are shown.

use facts::Properties;
use indicators::{Cell, Outage};
use scores::Tier;
use vocab::{Band, Instant, Lang, Unknown, Zone, masked};

use crate::error::Error;
use crate::view::{Figure, Words};

/// The moment as people read it: RFC 3339 in UTC.
pub(crate) fn written(at: Instant) -> String {
    at.to_string()
}

/// A number or the reason why there is none.
pub(crate) fn figure(cell: Cell) -> Figure {
    match cell {
        Cell::Known(value) => Figure { value: Some(value), unknown: None, unknown_because: None },
        Cell::Unknown(why) => {
            Figure { value: None, unknown: Some(why.as_str().to_owned()), unknown_because: Some(unknown_words(why)) }
        }
    }
}

/// Why there is no number, in words.
pub(crate) fn unknown_words(why: Unknown) -> Words {
    let (zh, en) = match why {
        Unknown::NeverObserved => ("这位客户还没有这类记录", "nothing of this sort was ever seen for this customer"),
        Unknown::ShortHistory => ("历史还不够长", "the history does not reach back far enough yet"),
        Unknown::SourceSilent => ("数据来源已停止更新", "the source has stopped delivering"),
        Unknown::NotConnected => ("还没有接入这类数据", "no source of this sort is connected"),
        Unknown::ZeroBase => {
            ("对比期为零，无法计算变化", "there is nothing to compare with: the earlier figure is zero")
        }
        Unknown::NoValue => ("记录里没有可用的数值", "the records carry no usable value"),
        Unknown::MixedCurrency => ("混有多种货币且没有汇率", "several currencies without a rate"),
        Unknown::LowCoverage => ("已知的数据太少，不足以打分", "too little is known for a score"),
        Unknown::TooFewPeers => ("同类客户太少，比不出高低", "too few customers of the same sort to compare with"),
    };
    Words::new(zh, en)
}

/// Value of a customer, where known.
pub(crate) fn known(cell: Cell) -> Option<f64> {
    match cell {
        Cell::Known(value) => Some(value),
        Cell::Unknown(_) => None,
    }
}

/// Why an indicator has no number: which source is silent, and since when.
pub(crate) fn silent_because(outage: &Outage, zone: &Zone) -> Words {
    let (source, since) = (&outage.source, zone.date(outage.since));
    match outage.until {
        None => Words::new(
            format!("来源“{source}”自 {since} 起没有数据"),
            format!("the source {source} has delivered nothing since {since}"),
        ),
        Some(until) => {
            let until = zone.date(until);
            Words::new(
                format!("来源“{source}”在 {since} 至 {until} 之间没有数据"),
                format!("the source {source} delivered nothing from {since} to {until}"),
            )
        }
    }
}

/// What a filter calls those of whom a thing is not known.
pub(crate) const UNKNOWN: &str = "unknown";

/// Every verdict, the worst first.
pub(crate) const BANDS: [Option<Band>; 5] =
    [Some(Band::Critical), Some(Band::High), Some(Band::Medium), Some(Band::Low), None];

/// Place of a verdict among [`BANDS`].
pub(crate) fn band_place(band: Option<Band>) -> usize {
    BANDS.iter().position(|one| *one == band).unwrap_or(BANDS.len() - 1)
}

/// The band's word, or `unknown`.
pub(crate) fn band_word(band: Option<Band>) -> &'static str {
    band.map_or(UNKNOWN, Band::as_str)
}

/// A text as everybody may read it.
pub(crate) fn hidden(text: &str) -> String {
    masked(text).into_owned()
}

/// Properties as everybody may read them.
pub(crate) fn hidden_properties(properties: &Properties) -> Properties {
    let hide = |value: &Option<String>| value.as_deref().map(hidden);
    properties.iter().map(|(key, value)| (key.clone(), hide(value))).collect()
}

/// The tier's word, or `unknown`.
pub(crate) fn tier_word(tier: Option<Tier>) -> &'static str {
    tier.map_or(UNKNOWN, Tier::as_str)
}

/// The owner's word for a bare list head in exports.
pub(crate) fn nobody(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "无人负责",
        Lang::En => "nobody",
    }
}

/// A word of a filter that there is none of.
pub(crate) fn bad_filter(word: &str, zh: &str, en: &str) -> Error {
    Error::bad(
        "bad_filter",
        (&format!("筛选条件里没有“{word}”"), &format!("no such filter value: \"{word}\"")),
        (&format!("可用：{zh}"), &format!("one of: {en}")),
    )
}

/// Where a page begins.
pub(crate) fn offset(cursor: Option<&str>) -> Result<usize, Error> {
    cursor.map_or(Ok(0), |text| {
        text.parse().map_err(|_| {
            Error::bad(
                "bad_cursor",
                ("翻页标记无效", "the cursor is not one of ours"),
                ("请从第一页重新开始", "begin again at the first page"),
            )
        })
    })
}

/// Cuts a page out of the matches.
pub(crate) fn page<'a, T>(
    matches: &'a [T],
    cursor: Option<&str>,
    limit: usize,
) -> Result<(&'a [T], Option<String>), Error> {
    let start = offset(cursor)?.min(matches.len());
    let end = (start + limit.clamp(1, 500)).min(matches.len());
    let next = (end < matches.len()).then(|| end.to_string());
    Ok((&matches[start..end], next))
}
