//! Webhooks in: a delivery is proved, read by its source's mapping, and on disk before it is answered.
//!
//! Who cannot sign is refused and counted, and nothing of what was sent is kept. What is signed is never lost: it
//! becomes facts, or stands in quarantine with the reason. Sent again it adds nothing.
//!
//! Not here: signatures and mappings (`ingest::hook`), the registry of sources (`sources`), replaying (`quarantine`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use facts::{FactBatch, Fate, Held, HeldRow, Report};
use ingest::hook::{self, Arrived, Delivery, Guard, Jiandaoyun, Read, Recipe, Refused, Scheme, wecom};
use serde_json::{Value, json};
use vocab::{Finding, Instant, SourceName};

use crate::arriving::inspector::{Seen, Trouble};
use crate::error::{Class, Error, from_findings};
use crate::view::{self, HookTaken};
use crate::{App, Reader, blocking};

/// Which door a delivery came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Any JSON, by a mapping.
    Generic,
    /// 简道云 pushes.
    Jiandaoyun,
    /// 企业微信 external-contact callbacks.
    Wecom,
}

impl Hook {
    /// The kind of source behind the door.
    pub fn kind(self) -> &'static str {
        match self {
            Hook::Generic => "webhook",
            Hook::Jiandaoyun => "jiandaoyun",
            Hook::Wecom => "wecom",
        }
    }
}

/// What came to each source's door since the process started, and one lock each for those whose states must be read in
/// order.
#[derive(Default)]
pub(crate) struct Doors {
    kept: Mutex<HashMap<i64, Standing>>,
}

#[derive(Clone, Default)]
struct Standing {
    counts: view::HookCounts,
    order: Arc<Mutex<()>>,
}

impl Doors {
    /// What came to a source's door since the process started.
    pub(crate) fn counts(&self, id: i64) -> view::HookCounts {
        self.standing().get(&id).map(|standing| standing.counts.clone()).unwrap_or_default()
    }

    fn standing(&self) -> MutexGuard<'_, HashMap<i64, Standing>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Takes a delivery: proved, read, and on disk when this returns.
    ///
    /// # Errors
    /// `not_found` for a key that opens nothing; `unsigned`, `bad_signature`, `stale_signature`, `no_secret` and
    /// `not_for_us` for who cannot prove to be the other side; busy when the disk cannot keep up.
    pub async fn take_hook(&self, hook: Hook, key: &str, delivery: Delivery, now: Instant) -> Result<HookTaken, Error> {
        let source = self.hooked(hook, key, now).await?;
        let proved = self.proved(hook, &source, &delivery, now);
        let message = proved.map_err(|refused| self.refuse(&source, refused, now))?;
        let (app, order) = (self.clone(), self.0.doors.standing().entry(source.id).or_default().order.clone());
        let id = source.id;
        let taken = blocking(move || {
            let _in_order = order.lock().unwrap_or_else(PoisonError::into_inner);
            let arrived = Arrived {
                source: SourceName::new(&source.name),
                delivery_id: delivery_id(hook, &source.settings, &delivery),
                now,
            };
            let read = app.read_hook(hook, &source.settings, &message, &arrived)?;
            let (unchanged, mut shown) = (read.unchanged, seen(&read));
            let report = app.facts().append(batch(&arrived.source, read), now)?;
            for (seen, fate) in shown.iter_mut().zip(report.fates.iter().chain(&report.held_fates)) {
                seen.fate = *fate;
            }
            app.0.inspector.saw(&source.name, shown, now);
            Ok(taken(&report, unchanged))
        })
        .await?;
        let mut standing = self.0.doors.standing();
        let counts = &mut standing.entry(id).or_default().counts;
        counts.deliveries += 1;
        counts.accepted += taken.accepted;
        counts.duplicates += taken.duplicates;
        counts.held += taken.held;
        Ok(taken)
    }

    /// Answers the check that 企业微信 makes when the address is entered there.
    pub async fn hook_echo(&self, key: &str, delivery: &Delivery, now: Instant) -> Result<Vec<u8>, Error> {
        let source = self.hooked(Hook::Wecom, key, now).await?;
        let echo = self.wecom_door(&source).and_then(|door| door.echo(delivery));
        echo.map_err(|refused| self.refuse(&source, refused, now))
    }

    /// What came to a source's door since the process started, refusals included.
    pub async fn hook_counts(&self, reader: &Reader, id: i64) -> Result<view::HookCounts, Error> {
        reader.may_administer()?;
        self.source_row(id).await?;
        Ok(self.0.doors.counts(id))
    }

    /// What a mapping would make of a body: nothing is kept, and nobody need have signed it.
    pub async fn preview_hook(
        &self,
        reader: &Reader,
        request: view::HookPreviewRequest,
        now: Instant,
    ) -> Result<view::HookPreview, Error> {
        reader.may_administer()?;
        let arrived = Arrived { source: SourceName::new("preview"), delivery_id: None, now };
        let recipe = match request.kind.as_str() {
            "jiandaoyun" => Jiandaoyun::recipe(&request.mapping, self.zone()),
            _ => Recipe::parse(&request.mapping, self.zone()),
        };
        let recipe = recipe.map_err(|findings| from_findings("bad_mapping", &findings))?;
        let read = hook::read(&recipe, request.body.to_string().as_bytes(), &arrived, &mut |_| None);
        Ok(preview(&read))
    }

    /// What stands in quarantine, or a mended form of it, read again as its source reads it: what it says, or what is
    /// still wrong with it. What says no moment of its own happened when it arrived.
    ///
    /// # Errors
    /// `bad_mapping` when the source's mapping itself cannot be read.
    pub(crate) fn reread_hook(
        &self,
        source: &store::Source,
        row: &HeldRow,
        body: &Value,
    ) -> Result<Result<FactBatch, Finding>, Error> {
        let arrived = Arrived { source: SourceName::new(&source.name), delivery_id: None, now: row.recorded_at };
        let mut memory = |key: &[u8]| self.facts().note(key).ok().flatten();
        let mut read = match source.kind.as_str() {
            "wecom" => wecom::again(body, &row.held.message_id, &arrived, &mut memory),
            kind => {
                let recipe = self.recipe(kind, &source.settings);
                let recipe = recipe.map_err(|findings| from_findings("bad_mapping", &findings))?;
                hook::again(&recipe, body, &arrived, &mut memory)
            }
        };
        Ok(match read.held.pop() {
            Some((_, finding, _)) => Err(finding),
            None => Ok(batch(&arrived.source, read)),
        })
    }

    async fn hooked(&self, hook: Hook, key: &str, now: Instant) -> Result<Arc<store::Source>, Error> {
        let source = self.source_with_key(key, now).await?;
        source
            .filter(|source| source.kind == hook.kind() && source.is_enabled)
            .ok_or_else(|| Error::not_found(("这个接收地址", "this address")))
    }

    /// The message of a delivery that proved itself.
    fn proved(
        &self,
        hook: Hook,
        source: &store::Source,
        delivery: &Delivery,
        now: Instant,
    ) -> Result<Vec<u8>, Refused> {
        match hook {
            Hook::Wecom => self.wecom_door(source)?.open(delivery),
            Hook::Jiandaoyun => {
                let secret = self.hook_secret(source, "secret").unwrap_or_default();
                Jiandaoyun { secret }.check(delivery, now)?;
                Ok(delivery.body.clone())
            }
            Hook::Generic => {
                let written = source.settings.get("signature").cloned().unwrap_or_else(|| json!({ "scheme": "none" }));
                let scheme: Scheme = serde_json::from_value(written).map_err(|_| Refused::NoSecret)?;
                let secret = self.hook_secret(source, "secret").unwrap_or_default();
                Guard { scheme, secret }.check(delivery, now)?;
                Ok(delivery.body.clone())
            }
        }
    }

    fn hook_secret(&self, source: &store::Source, name: &str) -> Option<String> {
        self.source_secrets(source).ok()?.remove(name)
    }

    fn wecom_door(&self, source: &store::Source) -> Result<wecom::Door, Refused> {
        let secret = |name: &str| self.hook_secret(source, name).ok_or(Refused::NoSecret);
        let corp_id = source.settings.get("corp_id").and_then(Value::as_str).filter(|id| !id.is_empty());
        Ok(wecom::Door {
            token: secret("token")?,
            encoding_aes_key: secret("encoding_aes_key")?,
            corp_id: corp_id.ok_or(Refused::NoSecret)?.to_owned(),
        })
    }

    fn refuse(&self, source: &store::Source, refused: Refused, now: Instant) -> Error {
        let mut standing = self.0.doors.standing();
        let counts = &mut standing.entry(source.id).or_default().counts;
        counts.refused += 1;
        counts.last_refused_at = Some(crate::shown::written(now));
        counts.last_refused_because = Some(refused.code().to_owned());
        let error = refusal(refused);
        let words = error.detail().clone();
        let trouble = Trouble { code: error.code().to_owned(), path: String::new(), words };
        self.0.inspector.refused(&source.name, trouble, 1, now);
        error
    }

    fn recipe(&self, kind: &str, settings: &Value) -> Result<Recipe, Vec<Finding>> {
        let mapping = settings.get("mapping").cloned().unwrap_or(Value::Null);
        match kind {
            "jiandaoyun" => Jiandaoyun::recipe(&mapping, self.zone()),
            _ => Recipe::parse(&mapping, self.zone()),
        }
    }

    fn read_hook(&self, hook: Hook, settings: &Value, message: &[u8], arrived: &Arrived) -> Result<Read, Error> {
        let mut failed = None;
        let mut memory = |key: &[u8]| match self.facts().note(key) {
            Ok(note) => note,
            Err(error) => {
                failed = Some(error);
                None
            }
        };
        let mut read = match hook {
            Hook::Wecom => wecom::read(message, arrived, &mut memory),
            _ => match self.recipe(hook.kind(), settings) {
                Ok(recipe) => hook::read(&recipe, message, arrived, &mut memory),
                Err(findings) => hook::hold_all(message, arrived, findings),
            },
        };
        // A key that a mapping leads to a customer again and again is said once; who parted them since stays right.
        let mut said = Vec::new();
        read.identities.retain(|row| {
            let parts = [row.key.as_bytes(), row.role.as_str().as_bytes(), row.customer_id.as_str().as_bytes()];
            let key = [b"hook key".as_slice(), &parts.join(&0)].join(&0);
            let is_new = memory(&key).is_none() && !said.contains(&key);
            said.extend(is_new.then_some(key));
            is_new
        });
        read.notes.extend(said.into_iter().map(|key| (key, b"1".to_vec())));
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(read),
        }
    }
}

fn delivery_id(hook: Hook, settings: &Value, delivery: &Delivery) -> Option<String> {
    let id = match hook {
        Hook::Jiandaoyun => Jiandaoyun::delivery_id(delivery),
        Hook::Wecom => None,
        Hook::Generic => {
            let header = settings.get("delivery_id_header").and_then(Value::as_str).unwrap_or("webhook-id");
            delivery.header(header).map(str::to_owned)
        }
    };
    id.filter(|id| !id.is_empty() && id.len() <= 512)
}

/// What the tail shows of a delivery: its facts, then what is held.
fn seen(read: &Read) -> Vec<Seen> {
    let facts = read.facts.iter().map(|(fact, _)| Seen {
        fate: Fate::Appended,
        message_id: fact.message_id.as_str().to_owned(),
        name: fact.name.clone(),
        who: fact.customer_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        fault: None,
    });
    let held = read.held.iter().map(|(message_id, finding, _)| Seen {
        fate: Fate::Held,
        message_id: message_id.as_str().to_owned(),
        name: String::new(),
        who: String::new(),
        fault: Some(Trouble::from(finding)),
    });
    facts.chain(held).collect()
}

fn batch(source: &SourceName, read: Read) -> FactBatch {
    let held = |(message_id, finding, body): (_, Finding, String)| Held {
        source: source.clone(),
        message_id,
        fault: json!({
            "code": finding.code,
            "path": finding.place.field,
            "zh": finding.detail.zh,
            "en": finding.detail.en,
        })
        .to_string(),
        body,
    };
    FactBatch {
        fingerprints: read.fingerprints(),
        facts: read.facts.into_iter().map(|(fact, _)| fact).collect(),
        identities: read.identities,
        notes: read.notes,
        held: read.held.into_iter().map(held).collect(),
    }
}

fn taken(report: &Report, unchanged: u64) -> HookTaken {
    HookTaken {
        received: report.received + unchanged,
        accepted: report.appended,
        duplicates: report.duplicates + report.conflicts + unchanged,
        held: report.held,
    }
}

fn preview(read: &Read) -> view::HookPreview {
    let facts = read.facts.iter().map(|(fact, _)| view::HookFact {
        customer_id: fact.customer_id.as_ref().map(ToString::to_string),
        actor_id: fact.actor_id.as_ref().map(ToString::to_string),
        kind: fact.kind.as_str().to_owned(),
        name: fact.name.clone(),
        occurred_at: crate::shown::written(fact.occurred_at),
        value: fact.value.map(|value| value.to_f64()),
        currency: fact.currency.clone(),
        text: fact.text.clone(),
        properties: fact.properties.clone(),
    });
    let findings = read.held.iter().map(|(_, finding, _)| crate::arriving::imports::finding_row(finding));
    let identities = read.identities.iter().map(|row| view::HookKey {
        key: row.key.clone(),
        customer_id: row.customer_id.to_string(),
        role: row.role.as_str().to_owned(),
    });
    view::HookPreview { facts: facts.collect(), identities: identities.collect(), findings: findings.collect() }
}

fn refusal(refused: Refused) -> Error {
    let (class, detail, hint) = match refused {
        Refused::Unsigned => (
            Class::Unauthorised,
            ("没有签名", "no signature"),
            ("检查对方的签名设置", "look at the signature settings of the other side"),
        ),
        Refused::BadSignature => (
            Class::Unauthorised,
            ("签名不对", "the signature is wrong"),
            ("检查两边的密钥是否一致", "both sides must hold the same secret"),
        ),
        Refused::Stale => (
            Class::Unauthorised,
            ("签名的时间相差超过 5 分钟", "signed more than five minutes away from now"),
            ("检查两边的时钟", "look at the clocks of both sides"),
        ),
        Refused::NoSecret => (
            Class::Unauthorised,
            ("这个来源还没有配好密钥", "the source has no usable secret yet"),
            ("请管理员在来源里填写密钥", "an administrator enters it at the source"),
        ),
        Refused::NotForUs => (
            Class::Forbidden,
            ("这条消息不是发给本企业的", "the message is meant for another firm"),
            ("检查企业 ID(corp id)", "look at the corp id"),
        ),
    };
    Error::new(class, refused.code(), detail, hint)
}
