//! What can be wrong with a row of a delivery, in words; every code that webhooks can say is in this file.

use vocab::{Finding, Place, Text};

/// A finding about a path of the body.
pub(super) fn finding(code: &'static str, path: &str, detail: (String, String), hint: (&str, &str)) -> Finding {
    let place = Place { field: (!path.is_empty()).then(|| path.to_owned()), ..Place::default() };
    Finding::new(code, Text::new(detail.0, detail.1), Text::new(hint.0, hint.1)).at(place)
}

fn shown(value: &str) -> String {
    crate::fault::excerpt(value)
}

pub(super) fn not_json(why: &str) -> Finding {
    let why = shown(why);
    finding(
        "not_json",
        "",
        (format!("内容不是 JSON:{why}"), format!("the body is no JSON: {why}")),
        ("检查对方的推送格式", "look at the format the other side sends"),
    )
}

pub(super) fn not_an_object(path: &str) -> Finding {
    finding(
        "not_an_object",
        path,
        ("这一条不是对象".to_owned(), "the row is no object".to_owned()),
        ("检查映射里的 rows 路径", "look at the path of rows in the mapping"),
    )
}

pub(super) fn no_rows(path: &str) -> Finding {
    finding(
        "no_rows",
        path,
        ("按路径没有找到数据".to_owned(), "the path leads to nothing".to_owned()),
        ("检查映射里的 rows 路径", "look at the path of rows in the mapping"),
    )
}

pub(super) fn no_rule() -> Finding {
    finding(
        "no_rule",
        "",
        ("没有一条规则适用".to_owned(), "no rule of the mapping fits".to_owned()),
        ("在映射里为它写一条规则，或在对方关闭这种推送", "write a rule for it, or switch it off on the other side"),
    )
}

pub(super) fn missing(path: &str, field_zh: &str, field: &str) -> Finding {
    finding(
        "missing_value",
        path,
        (format!("没有{field_zh}"), format!("{field} is missing")),
        ("补全后重放", "fill it in and replay"),
    )
}

pub(super) fn bad_number(path: &str, value: &str) -> Finding {
    let value = shown(value);
    finding(
        "bad_number",
        path,
        (format!("不是数字：“{value}”"), format!("not a number: \"{value}\"")),
        ("改成 1234.50 这样的数字后重放", "write a number such as 1234.50 and replay"),
    )
}

pub(super) fn bad_date(path: &str, value: &str) -> Finding {
    let value = shown(value);
    finding(
        "bad_date",
        path,
        (format!("不是时间：“{value}”"), format!("not a moment: \"{value}\"")),
        ("可以是 ISO 8601、unix 秒或毫秒", "ISO 8601, unix seconds or milliseconds will do"),
    )
}

pub(super) fn future_date(path: &str, value: &str) -> Finding {
    let value = shown(value);
    finding(
        "future_date",
        path,
        (format!("时间在未来 24 小时以后：“{value}”"), format!("more than 24 hours in the future: \"{value}\"")),
        ("检查对方的时钟或时区", "check the other side's clock or zone"),
    )
}

pub(super) fn date_too_old(path: &str, value: &str) -> Finding {
    let value = shown(value);
    finding(
        "date_too_old",
        path,
        (format!("早于 1990 年：“{value}”"), format!("before 1990: \"{value}\"")),
        ("检查时间的单位（秒还是毫秒）", "check the unit: seconds or milliseconds"),
    )
}

pub(super) fn damaged_key(path: &str, value: &str) -> Finding {
    let value = shown(value);
    finding(
        "damaged_key",
        path,
        (format!("不能当编号：“{value}”"), format!("cannot be a key: \"{value}\"")),
        ("打了码或不完整的号码不作为编号", "a masked or cut number is never a key"),
    )
}

pub(super) fn older_than_known(path: &str) -> Finding {
    finding(
        "older_than_known",
        path,
        ("比已知的版本旧，未采用".to_owned(), "older than what is known already: not taken".to_owned()),
        ("推送先后颠倒，一般不需要处理", "deliveries overtook each other; nothing to do"),
    )
}

pub(super) fn unknown_event(what: &str) -> Finding {
    let what = shown(what);
    finding(
        "unknown_event",
        "",
        (format!("不认识这种推送：“{what}”"), format!("an event of an unknown sort: \"{what}\"")),
        ("一般不需要处理；可丢弃", "usually nothing to do; it can be discarded"),
    )
}

pub(super) fn bad_xml(why: &str) -> Finding {
    let why = shown(why);
    finding(
        "bad_xml",
        "",
        (format!("内容不是有效的 XML:{why}"), format!("no well-formed XML: {why}")),
        ("检查对方的推送格式", "look at the format the other side sends"),
    )
}

pub(super) fn nobody_known(chat: &str) -> Finding {
    let chat = shown(chat);
    finding(
        "nobody_known",
        "",
        (
            format!("客户群 {chat} 的成员不明，未记到任何客户"),
            format!("whoever was in the group {chat} is not known: it counts for no customer"),
        ),
        ("从接入后入群的成员才能识别", "members are known from the moment they join after the connection"),
    )
}

/// What stands against a mapping as a whole.
pub(super) fn bad_recipe(path: &str, zh: impl Into<String>, en: impl Into<String>) -> Finding {
    finding(
        "bad_mapping",
        path,
        (zh.into(), en.into()),
        ("写法见文档“数据接入 · Webhook”", "the guide on webhooks shows how it is written"),
    )
}
