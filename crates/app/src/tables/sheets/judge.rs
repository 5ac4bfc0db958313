//! What a cell that comes back means, beside what stands now and what it said when it left. Pure: who may do it, and to
//! whom, is asked elsewhere.

use std::collections::BTreeSet;

/// What a cell asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Nothing: it says what stands, or what it said when it left.
    Same,
    /// A change.
    Change,
    /// A change of what somebody else has changed since it left.
    Conflict,
}

/// What a cell asks for: what it says, what it said when it left, where that is known, and what stands.
///
/// What already stands is asked by nobody, so a file that is applied twice changes nothing. What nobody has touched in the
/// file is not asked for either, even where it has become something else meanwhile.
pub(crate) fn judge<T: PartialEq>(says: &T, said: Option<&T>, stands: &T) -> Judged {
    match said {
        _ if says == stands => Judged::Same,
        Some(said) if says == said => Judged::Same,
        Some(said) if said != stands => Judged::Conflict,
        _ => Judged::Change,
    }
}

/// The tags of a cell. A tag may hold a mark that also separates: those that are `known` are taken out whole first, the
/// longest first.
///
/// # Edges
/// `、`, `,`, `，`, `;`, `；`, `|` and line ends separate; blanks around a tag do not count.
pub(crate) fn tags_of<'a>(cell: &str, known: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let separates = |c: char| matches!(c, '、' | ',' | '，' | ';' | '；' | '|' | '\n' | '\r');
    let mut odd: Vec<&str> = known.filter(|tag| tag.contains(separates)).collect();
    odd.sort_by_key(|tag| std::cmp::Reverse(tag.len()));
    let (mut rest, mut tags) = (cell.to_owned(), BTreeSet::new());
    for tag in odd {
        if let Some(at) = whole(&rest, tag, separates) {
            rest.replace_range(at..at + tag.len(), "");
            tags.insert(tag.to_owned());
        }
    }
    tags.extend(rest.split(separates).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned));
    tags
}

/// Where a tag stands by itself in a cell.
fn whole(cell: &str, tag: &str, separates: impl Fn(char) -> bool) -> Option<usize> {
    let alone = |text: Option<char>| text.is_none_or(&separates);
    let fits = |at: &usize| {
        let (before, after) = (cell[..*at].trim_end(), cell[at + tag.len()..].trim_start());
        alone(before.chars().next_back()) && alone(after.chars().next())
    };
    cell.match_indices(tag).map(|(at, _)| at).find(fits)
}

/// A day as people write it, as `2025-07-03`: `2025/7/3`, `2025.7.3`, `2025年7月3日`, with or without a time after it.
pub(crate) fn day_of(cell: &str) -> Option<String> {
    let day = cell.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
    (year.len() == 4).then(|| format!("{year}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_is_not_asked_for_and_what_others_changed_is_a_conflict() {
        assert_eq!(judge(&"王芳", Some(&"李雷"), &"李雷"), Judged::Change);
        assert_eq!(judge(&"王芳", None, &"李雷"), Judged::Change, "a file that does not say what stood");
        assert_eq!(judge(&"王芳", Some(&"李雷"), &"赵敏"), Judged::Conflict);
        assert_eq!(judge(&"王芳", Some(&"李雷"), &"王芳"), Judged::Same, "somebody else did the same");
        assert_eq!(judge(&"李雷", Some(&"李雷"), &"赵敏"), Judged::Same, "nobody touched this cell");
        assert_eq!(judge(&"王芳", None, &"王芳"), Judged::Same, "applied again");
    }

    #[test]
    fn tags_are_told_apart_by_every_usual_mark() {
        let tags = |cell: &str| tags_of(cell, ["先谈、后签", "先谈"].into_iter()).into_iter().collect::<Vec<_>>();
        assert_eq!(tags("重点, VIP 2026；老客户"), ["VIP 2026", "老客户", "重点"]);
        assert_eq!(tags(" 、重点、、"), ["重点"]);
        assert_eq!(tags(""), Vec::<String>::new());
        assert_eq!(tags("重点、先谈、后签"), ["先谈、后签", "重点"], "a tag that holds the mark itself");
        assert_eq!(tags("重点、先谈、后签约"), ["先谈", "后签约", "重点"], "and one that only begins so");
    }

    #[test]
    fn a_day_is_read_as_people_write_it() {
        for cell in ["2025-07-03", "2025/7/3", "2025.7.3", "2025年7月3日", "2025-07-03 10:30:00"] {
            assert_eq!(day_of(cell).as_deref(), Some("2025-07-03"), "{cell}");
        }
        for cell in ["", "7-3", "下周三", "03/07/2025"] {
            assert_eq!(day_of(cell), None, "{cell}");
        }
    }
}
