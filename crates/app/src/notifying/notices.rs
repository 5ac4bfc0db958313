//! What people were told, what became of it, and what they chose to be told.

use std::collections::HashMap;

use channels::DoorKind;
use store::{DeliveryDecision, DeliveryRecord, DeliveryState, NoticeFilter, NoticeRecord, NoticeWay};
use vocab::{Instant, Lang, NoticeKind};

use crate::error::Error;
use crate::shown::written;
use crate::view::{self, Count, Words};
use crate::{App, Reader};

/// The longest address, in letters.
const ADDRESS_CHARS: usize = 200;

/// Which notices a page shows.
#[derive(Clone, Debug, Default)]
pub struct NoticeQuery {
    /// `mine` (also when absent) or, for administrators, `all`.
    pub whose: Option<String>,
    /// A state of a delivery, or `undecided`.
    pub state: Option<String>,
    /// A kind of notice.
    pub kind: Option<String>,
    /// Rows to skip.
    pub offset: u64,
    /// Rows to show.
    pub limit: u64,
}

impl App {
    /// Notices, the newest first: the reader's own or, for administrators, everybody's.
    pub async fn notices(&self, reader: &Reader, query: &NoticeQuery) -> Result<view::Notices, Error> {
        let me = own_id(reader)?;
        let staff = match query.whose.as_deref() {
            None | Some("mine") => Some(me),
            Some("all") => {
                reader.may_administer()?;
                None
            }
            Some(other) => return Err(bad_filter(other, "mine, all")),
        };
        let mut filter = NoticeFilter { staff, ..NoticeFilter::default() };
        match query.state.as_deref() {
            None => {}
            Some("undecided") => filter.undecided = true,
            Some(word) => {
                let states = DeliveryState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
                filter.state = Some(word.parse().map_err(|()| bad_filter(word, &format!("{states}, undecided")))?);
            }
        }
        if let Some(word) = query.kind.as_deref() {
            filter.kind = Some(kind(word)?);
        }
        let page = self.store().notices(&filter, (query.offset, query.limit)).await?;
        let people = self.store().staff().await?;
        let people: HashMap<i64, String> = people.into_iter().map(|person| (person.id, person.name)).collect();
        let channels = self.store().channels().await?;
        let channels: HashMap<i64, String> = channels.into_iter().map(|row| (row.id, row.name)).collect();
        let count = |state: &DeliveryState| Count {
            key: state.as_str().to_owned(),
            count: page.state_counts.get(state).copied().unwrap_or(0),
        };
        Ok(view::Notices {
            rows: page.rows.iter().map(|row| notice_view(row, &people, &channels)).collect(),
            total: page.total,
            unread: page.unread,
            counts: DeliveryState::ALL.iter().map(count).collect(),
            undecided: page.undecided,
        })
    }

    /// Notes which of their notices the reader has read; how many are left.
    pub async fn read_notices(&self, reader: &Reader, read: view::NoticesRead, now: Instant) -> Result<u64, Error> {
        let me = own_id(reader)?;
        self.store().read_notices(me, read.ids.as_deref(), now).await?;
        let mine = NoticeFilter { staff: Some(me), ..NoticeFilter::default() };
        Ok(self.store().notices(&mine, (0, 0)).await?.unread)
    }

    /// Sends again what failed or may have arrived, or leaves it: one's own, and for administrators everybody's.
    ///
    /// # Errors
    /// Not found; `version_conflict`; `channel_removed`.
    pub async fn decide_notice(
        &self,
        reader: &Reader,
        id: i64,
        (decision, version): (DeliveryDecision, i64),
        now: Instant,
    ) -> Result<view::NoticeDelivery, Error> {
        let me = own_id(reader)?;
        let whose = if reader.is_admin { None } else { Some(me) };
        let decided = self.store().decide_delivery(whose, (id, version), decision, &reader.actor(), now).await;
        let decided = decided.map_err(|error| match error.is_refused() {
            true => Error::bad(
                "channel_removed",
                ("渠道已被删除，无法重发", "the channel was removed, so it cannot be sent again"),
                ("请选择“不发”", "choose not to send it"),
            ),
            false => error.into(),
        })?;
        let channel = self.store().channel(decided.channel_id).await?;
        Ok(delivery_view(&decided, channel.map(|channel| channel.name)))
    }

    /// What the reader chose to be told, and by which ways they may be.
    pub async fn notice_choice(&self, reader: &Reader) -> Result<view::NoticeChoice, Error> {
        let me = own_id(reader)?;
        let choice = self.store().notice_choices().await?.remove(&me).unwrap_or_default();
        self.choice_view(choice).await
    }

    /// Keeps what the reader chooses to be told.
    ///
    /// # Errors
    /// `bad_choice`; `version_conflict`.
    pub async fn put_notice_choice(
        &self,
        reader: &Reader,
        change: view::NoticeChoiceChange,
        now: Instant,
    ) -> Result<view::NoticeChoice, Error> {
        let me = own_id(reader)?;
        let channels = self.store().channels().await?;
        let mut ways: Vec<NoticeWay> = Vec::new();
        for way in change.ways {
            let known = channels.iter().any(|channel| channel.id == way.channel_id);
            if !known || ways.iter().any(|other| other.channel_id == way.channel_id) {
                return Err(bad_choice(
                    ("没有这个渠道，或同一渠道出现了两次", "a channel is not there, or named twice"),
                    ("请刷新后重选", "reload and choose again"),
                ));
            }
            let kinds: Result<Vec<NoticeKind>, Error> = way.kinds.iter().map(|word| kind(word)).collect();
            let address = way.address.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            if address.as_deref().is_some_and(|text| text.chars().count() > ADDRESS_CHARS || text.contains(['<', '>']))
            {
                return Err(bad_choice(("地址写法不对", "an address is no address"), ("请检查后重填", "correct it")));
            }
            ways.push(NoticeWay { channel_id: way.channel_id, kinds: kinds?, address });
        }
        let quiet = match (change.quiet_from.as_deref(), change.quiet_to.as_deref()) {
            (None, None) => None,
            (Some(from), Some(to)) => Some((minute(from)?, minute(to)?)),
            _ => return Err(bad_time("")),
        };
        let lang = match change.lang.as_str() {
            "zh" => Lang::Zh,
            "en" => Lang::En,
            _ => return Err(bad_choice(("语言须为 zh 或 en", "the language is zh or en"), ("请重选", "choose again"))),
        };
        let choice = store::NoticeChoice {
            version: change.version,
            quiet,
            urgent_breaks_quiet: change.urgent_breaks_quiet,
            lang,
            ways: Some(ways),
        };
        let kept = self.store().put_notice_choice(me, &choice, &reader.actor(), now).await?;
        self.choice_view(kept).await
    }

    async fn choice_view(&self, choice: store::NoticeChoice) -> Result<view::NoticeChoice, Error> {
        let channels = self.store().channels().await?;
        let open: Vec<_> = channels.iter().filter(|channel| channel.is_enabled).collect();
        let all = || NoticeKind::ALL.map(|kind| kind.as_str().to_owned()).to_vec();
        let ways = match &choice.ways {
            Some(ways) => ways
                .iter()
                .map(|way| view::NoticeWay {
                    channel_id: way.channel_id,
                    kinds: way.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
                    address: way.address.clone(),
                })
                .collect(),
            // Who never chose is told everything by mail.
            None => open
                .iter()
                .find(|channel| channel.kind == DoorKind::Mail.as_str())
                .map(|channel| view::NoticeWay { channel_id: channel.id, kinds: all(), address: None })
                .into_iter()
                .collect(),
        };
        let options = open.into_iter().filter_map(|channel| {
            let kind: DoorKind = channel.kind.parse().ok()?;
            Some(view::NoticeWayOption {
                channel_id: channel.id,
                name: channel.name.clone(),
                kind: channel.kind.clone(),
                kind_name: Words::from(kind.name()),
                needs_address: kind.needs_address(),
            })
        });
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Ok(view::NoticeChoice {
            version: choice.version,
            quiet_from: choice.quiet.map(|(from, _)| clock(from)),
            quiet_to: choice.quiet.map(|(_, to)| clock(to)),
            urgent_breaks_quiet: choice.urgent_breaks_quiet,
            lang: choice.lang.as_str().to_owned(),
            ways,
            options: options.collect(),
            kinds: all(),
        })
    }
}

/// Notices are a person's; programs on the command line have none.
fn own_id(reader: &Reader) -> Result<i64, Error> {
    reader.staff.as_ref().map(|staff| staff.id).ok_or_else(Error::forbidden)
}

fn kind(word: &str) -> Result<NoticeKind, Error> {
    word.parse().map_err(|()| bad_filter(word, &NoticeKind::ALL.map(NoticeKind::as_str).join(", ")))
}

fn bad_filter(word: &str, all: &str) -> Error {
    let shown: String = word.chars().take(80).collect();
    Error::bad(
        "bad_filter",
        (&format!("筛选条件里没有“{shown}”"), &format!("no such filter value: \"{shown}\"")),
        (&format!("可用：{all}"), &format!("one of: {all}")),
    )
}

fn bad_choice(detail: (&str, &str), hint: (&str, &str)) -> Error {
    Error::bad("bad_choice", detail, hint)
}

fn bad_time(text: &str) -> Error {
    let shown: String = text.chars().take(20).collect();
    bad_choice(
        (&format!("免打扰时段写法不对：“{shown}”"), &format!("not a time of the day: \"{shown}\"")),
        (
            "起止都写成 HH:MM，例如 21:00 和 08:00；不需要时都留空",
            "write both as HH:MM, such as 21:00 and 08:00, or neither",
        ),
    )
}

/// The minute of the day behind `HH:MM`.
fn minute(text: &str) -> Result<u16, Error> {
    let parts = text.split_once(':').and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    match parts {
        Some((hour @ 0..24u16, minute @ 0..60u16)) => Ok(hour * 60 + minute),
        _ => Err(bad_time(text)),
    }
}

fn notice_view(row: &NoticeRecord, people: &HashMap<i64, String>, channels: &HashMap<i64, String>) -> view::Notice {
    let line = |line: &vocab::NoticeLine| view::NoticeLine { text: Words::from(&line.text), path: line.path.clone() };
    view::Notice {
        id: row.id,
        kind: row.said.kind.as_str().to_owned(),
        staff_id: row.said.staff,
        staff_name: people.get(&row.said.staff).cloned().unwrap_or_default(),
        subject: Words::from(&row.said.subject),
        lines: row.said.lines.iter().map(line).collect(),
        path: row.said.path.clone(),
        is_urgent: row.said.is_urgent,
        planned_at: written(row.planned_at),
        not_before: written(row.said.not_before),
        read_at: row.read_at.map(written),
        deliveries: row
            .deliveries
            .iter()
            .map(|one| delivery_view(one, channels.get(&one.channel_id).cloned()))
            .collect(),
    }
}

fn delivery_view(one: &DeliveryRecord, channel_name: Option<String>) -> view::NoticeDelivery {
    view::NoticeDelivery {
        id: one.id,
        version: one.version,
        channel_id: one.channel_id,
        channel_name,
        state: one.state.as_str().to_owned(),
        is_open: one.is_open(),
        next_at: written(one.next_at),
        tries: one.tries,
        settled_at: one.settled_at.map(written),
        trouble: one.trouble.as_deref().and_then(|trouble| serde_json::from_str(trouble).ok()),
        decided_by: one.decided_by.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_read_or_refused() {
        assert_eq!(minute("21:00").unwrap(), 1260);
        assert_eq!(minute("00:05").unwrap(), 5);
        for wrong in ["24:00", "8", "08:60", "-1:00", "x"] {
            assert_eq!(minute(wrong).unwrap_err().code(), "bad_choice", "{wrong}");
        }
    }
}
