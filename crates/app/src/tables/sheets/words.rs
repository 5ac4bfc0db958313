//! What differences say to people: outcomes, lists of tags, and why a cell is rejected.

use std::collections::BTreeSet;

use actions::Outcome;
use store::SheetField;

use crate::view::Words;

/// A text that both languages say alike.
pub(crate) fn same(text: &str) -> Words {
    Words::new(text, text)
}

/// That there was nothing.
pub(crate) fn nothing() -> Words {
    Words::new("无", "none")
}

/// A list of tags; none of none.
pub(crate) fn joined(tags: &BTreeSet<String>) -> Option<Words> {
    let list = |glue: &str| tags.iter().map(String::as_str).collect::<Vec<_>>().join(glue);
    (!tags.is_empty()).then(|| Words::new(list("、"), list(", ")))
}

/// How a case ends, and why the customer left.
pub(crate) fn outcome_words(outcome: Words, reason: Option<&Words>) -> Words {
    match reason {
        Some(reason) => {
            Words::new(format!("{}（{}）", outcome.zh, reason.zh), format!("{} ({})", outcome.en, reason.en))
        }
        None => outcome,
    }
}

/// The outcome of a case type that a cell names, in either language or by its own word.
pub(crate) fn outcome_of<'a>(cell: &str, known: &'a [Outcome]) -> Option<&'a Outcome> {
    let is_named =
        |one: &&Outcome| [&one.id, &one.name.zh, &one.name.en].iter().any(|name| name.eq_ignore_ascii_case(cell));
    known.iter().find(is_named)
}

/// A value of a cell as it was kept, in words; `outcome` and `reason` name those of a code.
pub(crate) fn kept_words(
    field: SheetField,
    kept: &str,
    outcome: impl Fn(&str) -> Words,
    reason: impl Fn(&str) -> Words,
) -> Words {
    match field {
        SheetField::Tags => Words::new(kept, kept.replace('、', ", ")),
        SheetField::Outcome => {
            let (word, code) = kept.split_once(':').map_or((kept, None), |(word, code)| (word, Some(code)));
            outcome_words(outcome(word), code.map(reason).as_ref())
        }
        SheetField::Owner | SheetField::NextContact => same(kept),
    }
}

/// Why a cell is rejected.
pub(crate) mod rejections {
    use crate::view::Words;

    pub(crate) fn unknown_customer() -> Words {
        Words::new("没有找到这位客户，或不在您的权限范围内", "no such customer, or outside what you may see")
    }

    pub(crate) fn unknown_owner(name: &str) -> Words {
        let shown = if name.is_empty() { "-" } else { name };
        Words::new(
            format!("没有负责人“{shown}”，或不在您可以分配的范围内"),
            format!("no owner \"{shown}\", or outside those whom you may give customers to"),
        )
    }

    pub(crate) fn not_yours_to_give() -> Words {
        Words::new("只有主管和管理员能改负责人", "only heads and administrators change owners")
    }

    pub(crate) fn not_reopened() -> Words {
        Words::new(
            "已结案的跟进单不能用表格重新打开，请在跟进单页操作",
            "a closed case is not opened again by a table: do that on its page",
        )
    }

    pub(crate) fn no_outcome() -> Words {
        Words::new(
            "流失原因和备注随结案写入：请同时填“结果”",
            "a reason and a note are written on closing: fill in Outcome as well",
        )
    }

    pub(crate) fn no_case() -> Words {
        Words::new("这位客户没有这张未结案的跟进单", "this customer has no such case that is not closed")
    }

    pub(crate) fn unknown_reason(cell: &str) -> Words {
        Words::new(format!("没有流失原因“{cell}”"), format!("no reason for leaving \"{cell}\""))
    }

    pub(crate) fn closed_already(id: i64, by: &str) -> Words {
        Words::new(
            format!("跟进单 #{id} 已由 {by} 结案，结案内容不能用表格改"),
            format!("case #{id} was closed by {by}: how it ended is not changed by a table"),
        )
    }

    pub(crate) fn twice(line: u64) -> Words {
        Words::new(
            format!("第 {line} 行已把同一项改成别的值"),
            format!("row {line} changes the same to something else"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_understood_in_either_language_and_none_that_only_the_cycle_says() {
        let known = actions::usual_outcomes();
        let outcome_of = |cell| outcome_of(cell, &known).map(|one| one.id.as_str());
        for cell in ["已流失", "Churned", "churned", "CHURNED"] {
            assert_eq!(outcome_of(cell), Some("churned"), "{cell}");
        }
        assert_eq!(outcome_of("误报"), Some("false_alarm"));
        for cell in ["自行恢复", "cleared", "put_off", "随便", ""] {
            assert_eq!(outcome_of(cell), None, "{cell}");
        }
    }

    #[test]
    fn what_was_kept_is_told_in_both_languages() {
        let reason = |code: &str| Words::new(format!("{code} 的中文"), format!("{code} in English"));
        let known = actions::usual_outcomes();
        let outcome = |word: &str| {
            known.iter().find(|one| one.id == word).map_or_else(|| same(word), |one| Words::from(&one.name))
        };
        let told = kept_words(SheetField::Outcome, "churned:price", outcome, reason);
        assert_eq!((told.zh.as_str(), told.en.as_str()), ("已流失（price 的中文）", "Churned (price in English)"));
        assert_eq!(kept_words(SheetField::Outcome, "retained", outcome, reason).en, "Retained");
        assert_eq!(kept_words(SheetField::Tags, "重点、先谈", outcome, reason).en, "重点, 先谈");
    }
}
