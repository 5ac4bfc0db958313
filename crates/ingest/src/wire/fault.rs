//! What can be wrong with a message: a stable code, the place in its call, and words in both languages.

use serde_json::json;

/// What is wrong with a message, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable, in `snake_case`.
    pub code: &'static str,
    /// JSON path in the call: `$.batch[3].userId`.
    pub path: String,
    /// What is wrong, in Chinese.
    pub zh: &'static str,
    /// What is wrong, in English.
    pub en: &'static str,
}

/// Every fault: code, Chinese, English.
const FAULTS: &[(&str, &str, &str)] = &[
    ("not_json", "内容不是 JSON", "this is not JSON"),
    ("bad_shape", "内容的结构不对", "this has another shape than it should"),
    ("too_large", "内容超过大小上限", "this is larger than allowed"),
    ("too_slow", "内容迟迟没有传完", "the body has not come to its end in time"),
    ("not_unpacked", "压缩的内容已损坏，无法解压", "the compressed body is damaged and cannot be unpacked"),
    ("too_long", "标识或名称过长", "an id or name is too long"),
    ("unknown_type", "没有这种消息类型", "there is no such type of message"),
    ("missing_user", "缺少 userId 或 anonymousId", "userId or anonymousId is missing"),
    ("missing_distinct_id", "缺少 distinct_id", "distinct_id is missing"),
    ("missing_event", "缺少事件名", "the name of the event is missing"),
    ("missing_group", "缺少 groupId", "groupId is missing"),
    ("missing_previous", "缺少原标识", "the previous id is missing"),
    ("same_user", "原标识与新标识相同", "the previous id is the same as the new one"),
    ("bad_time", "时间无法读取", "the time cannot be read"),
    ("too_old", "时间早于 1990 年", "the time is before 1990"),
    ("too_far_ahead", "时间超前 24 小时以上", "the time is more than 24 hours ahead"),
    ("not_a_number", "应为数字", "this should be a number"),
    ("not_about_a_customer", "这类记录与客户无关", "this sort of record is not about a customer"),
];

impl Fault {
    /// A fault by its code.
    ///
    /// # Panics
    /// If there is no such code: our own mistake, which a test of every code would notice.
    pub(crate) fn new(code: &str, path: impl Into<String>) -> Fault {
        let (code, zh, en) = FAULTS.iter().find(|(known, ..)| *known == code).expect("a code of the list");
        Fault { code, path: path.into(), zh, en }
    }

    /// As the quarantine keeps it.
    pub fn to_json(&self) -> String {
        json!({ "code": self.code, "path": self.path, "zh": self.zh, "en": self.en }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_the_readers_name_is_explained() {
        for source in [include_str!("segment.rs"), include_str!("sensors.rs"), include_str!("mod.rs")] {
            for part in source.split("fault(\"").skip(1).chain(source.split("Err(\"").skip(1)) {
                let code = part.split('"').next().unwrap_or_default();
                assert!(FAULTS.iter().any(|(known, ..)| *known == code), "{code}");
            }
        }
        assert_eq!(Fault::new("bad_time", "$.timestamp").to_json().matches("bad_time").count(), 1);
    }
}
