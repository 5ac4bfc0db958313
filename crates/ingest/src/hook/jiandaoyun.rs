//! 简道云: signed pushes of form data. A record's states arrive as `data_create`, `data_update`, `data_delete`.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;
use vocab::{Finding, Instant, Zone};

use super::signature::{is_fresh, unhex};
use super::{Delivery, Recipe, Refused};

/// A Jiandaoyun push source.
#[derive(Clone)]
pub struct Jiandaoyun {
    /// The secret shown in the push settings of the form.
    pub secret: String,
}

impl std::fmt::Debug for Jiandaoyun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jiandaoyun").finish_non_exhaustive()
    }
}

impl Jiandaoyun {
    /// Lets a push through whose `X-JDY-Signature` is the hex SHA-1 of `nonce:payload:secret:timestamp`.
    ///
    /// # Source
    /// hc.jiandaoyun.com/open/11507
    pub fn check(&self, delivery: &Delivery, now: Instant) -> Result<(), Refused> {
        if self.secret.is_empty() {
            return Err(Refused::NoSecret);
        }
        let asked = |name: &str| delivery.parameter(name).filter(|text| !text.is_empty()).ok_or(Refused::Unsigned);
        let (nonce, timestamp) = (asked("nonce")?, asked("timestamp")?);
        let written = delivery.header("x-jdy-signature").ok_or(Refused::Unsigned)?;
        let signature = unhex(written.trim()).ok_or(Refused::BadSignature)?;
        let mut hasher = Sha1::new();
        for part in [nonce.as_bytes(), b":", &delivery.body, b":", self.secret.as_bytes(), b":", timestamp.as_bytes()] {
            hasher.update(part);
        }
        if !bool::from(hasher.finalize().as_slice().ct_eq(&signature)) {
            return Err(Refused::BadSignature);
        }
        let seconds: i64 = timestamp.parse().map_err(|_| Refused::BadSignature)?;
        is_fresh(if seconds > 100_000_000_000 { seconds / 1000 } else { seconds }, now)
    }

    /// What the platform calls the delivery; a push sent again carries the same one.
    pub fn delivery_id(delivery: &Delivery) -> Option<String> {
        delivery.header("x-jdy-deliverid").filter(|id| !id.is_empty()).map(str::to_owned)
    }

    /// The mapping of a form: what the person wrote, with what every push of form data has in common filled in, namely
    /// that the row is `$.data`, its record `$._id`, its version `$.updateTime` and that `data_delete` removes it.
    pub fn recipe(mapping: &Value, zone: &Zone) -> Result<Recipe, Vec<Finding>> {
        let mut mapping = mapping.clone();
        if let Some(map) = mapping.as_object_mut() {
            map.entry("rows").or_insert_with(|| json!("$.data"));
            for rule in map.get_mut("facts").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(rule) = rule.as_object_mut() {
                    rule.entry("record").or_insert_with(|| json!("$._id"));
                    rule.entry("version").or_insert_with(|| json!("$.updateTime"));
                    rule.entry("occurred_at").or_insert_with(|| json!("$.createTime"));
                    rule.entry("removed_when")
                        .or_insert_with(|| json!([{ "path": "body:$.op", "is": ["data_delete"] }]));
                    let ops = ["data_create", "data_update", "data_recover", "data_delete"];
                    let when = rule.entry("when").or_insert_with(|| json!([]));
                    if let Some(when) = when.as_array_mut() {
                        when.push(json!({ "path": "body:$.op", "is": ops }));
                    }
                }
            }
        }
        Recipe::parse(&mapping, zone)
    }
}
