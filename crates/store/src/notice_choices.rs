//! What each person chose to be told, by which way, and when not.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use vocab::{Instant, Lang, NoticeKind};

use crate::entity::notice_choices;
use crate::history::Resource;
use crate::open::Change;
use crate::{Error, Store};

/// A way by which a person is told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeWay {
    /// By which channel.
    pub channel_id: i64,
    /// What.
    pub kinds: Vec<NoticeKind>,
    /// Where that channel reaches them, if they said so.
    pub address: Option<String>,
}

/// What a person chose. The default is that of somebody who never chose: quiet from 21:00 to 08:00 but for what is
/// urgent, in Chinese, everything by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeChoice {
    /// Grows by one with every change; 0 for somebody who never chose.
    pub version: i64,
    /// When nothing is to reach them, as minutes of the day: from, to (not included); the second may be the smaller.
    pub quiet: Option<(u16, u16)>,
    /// Whether what is urgent may reach them all the same.
    pub urgent_breaks_quiet: bool,
    /// The language of what reaches them.
    pub lang: Lang,
    /// By which ways; `None` means everything by mail, to their sign-in name.
    pub ways: Option<Vec<NoticeWay>>,
}

impl Default for NoticeChoice {
    fn default() -> Self {
        Self { version: 0, quiet: Some((21 * 60, 8 * 60)), urgent_breaks_quiet: true, lang: Lang::Zh, ways: None }
    }
}

impl NoticeChoice {
    /// The channels by which a kind of notice reaches this person; `mail` is the one for those who never chose.
    pub fn channels(&self, kind: NoticeKind, mail: Option<i64>) -> Vec<i64> {
        match &self.ways {
            None => mail.into_iter().collect(),
            Some(ways) => ways.iter().filter(|way| way.kinds.contains(&kind)).map(|way| way.channel_id).collect(),
        }
    }

    /// Where a channel reaches them, if they said so.
    pub fn address(&self, channel_id: i64) -> Option<&str> {
        self.ways.iter().flatten().find(|way| way.channel_id == channel_id)?.address.as_deref()
    }
}

/// A way as the database writes it.
#[derive(Serialize, Deserialize)]
struct WrittenWay {
    channel_id: i64,
    kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

impl Store {
    /// What those who chose have chosen, by their id; everybody else has the default.
    pub async fn notice_choices(&self) -> Result<BTreeMap<i64, NoticeChoice>, Error> {
        choices(&self.reader).await
    }

    /// Keeps what a person chose. `version` is the one they saw.
    ///
    /// # Errors
    /// A conflict if it was changed meanwhile.
    pub async fn put_notice_choice(
        &self,
        staff: i64,
        choice: &NoticeChoice,
        actor: &str,
        now: Instant,
    ) -> Result<NoticeChoice, Error> {
        let doing = "keeping what a person chose";
        let mut writing = self.write(now).await?;
        let before = notice_choices::Entity::find_by_id(staff).one(&writing.transaction).await;
        let version = before.map_err(Error::while_doing(doing))?.map_or(0, |row| row.version);
        if version != choice.version {
            return Err(Error::conflict(format!("the choice of {staff} was changed"), Some(version)));
        }
        let written = choice.ways.as_ref().map(|ways| {
            let way = |way: &NoticeWay| WrittenWay {
                channel_id: way.channel_id,
                kinds: way.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
                address: way.address.clone(),
            };
            serde_json::to_string(&ways.iter().map(way).collect::<Vec<_>>()).unwrap_or_default()
        });
        let row = notice_choices::Model {
            staff_id: staff,
            version: version + 1,
            quiet_from: choice.quiet.map(|(from, _)| i64::from(from)),
            quiet_to: choice.quiet.map(|(_, to)| i64::from(to)),
            urgent_breaks_quiet: choice.urgent_breaks_quiet,
            lang: choice.lang.as_str().to_owned(),
            ways: written,
        };
        use notice_choices::Column as C;
        let over = OnConflict::column(C::StaffId)
            .update_columns([C::Version, C::QuietFrom, C::QuietTo, C::UrgentBreaksQuiet, C::Lang, C::Ways])
            .to_owned();
        let put = notice_choices::ActiveModel {
            staff_id: Set(row.staff_id),
            version: Set(row.version),
            quiet_from: Set(row.quiet_from),
            quiet_to: Set(row.quiet_to),
            urgent_breaks_quiet: Set(row.urgent_breaks_quiet),
            lang: Set(row.lang.clone()),
            ways: Set(row.ways.clone()),
        };
        notice_choices::Entity::insert(put)
            .on_conflict(over)
            .exec_without_returning(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::NoticeChoice,
            id: staff.to_string(),
            customer: None,
            version: row.version,
            actor,
            cause: "chosen",
        };
        writing.remember(change, &row)?;
        writing.commit().await?;
        NoticeChoice::new(row)
    }
}

/// The choices as a connection sees them.
pub(crate) async fn choices(connection: &impl ConnectionTrait) -> Result<BTreeMap<i64, NoticeChoice>, Error> {
    let rows = notice_choices::Entity::find().all(connection).await;
    let rows = rows.map_err(Error::while_doing("reading what people chose"))?;
    rows.into_iter().map(|row| Ok((row.staff_id, NoticeChoice::new(row)?))).collect()
}

impl NoticeChoice {
    fn new(row: notice_choices::Model) -> Result<Self, Error> {
        let unreadable = |what: &str| Error::unreadable(format!("the choice of {}: {what}", row.staff_id));
        let minute = |minute: i64| u16::try_from(minute).map_err(|_| unreadable("a minute of the day"));
        let quiet = match (row.quiet_from, row.quiet_to) {
            (Some(from), Some(to)) => Some((minute(from)?, minute(to)?)),
            _ => None,
        };
        let way = |way: WrittenWay| {
            let kinds: Result<Vec<NoticeKind>, ()> = way.kinds.iter().map(|word| word.parse()).collect();
            let kinds = kinds.map_err(|()| unreadable("a kind of notice"))?;
            Ok(NoticeWay { channel_id: way.channel_id, kinds, address: way.address })
        };
        let ways = match &row.ways {
            None => None,
            Some(text) => {
                let ways: Vec<WrittenWay> =
                    serde_json::from_str(text).map_err(|error| unreadable(&error.to_string()))?;
                Some(ways.into_iter().map(way).collect::<Result<_, Error>>()?)
            }
        };
        Ok(Self {
            version: row.version,
            quiet,
            urgent_breaks_quiet: row.urgent_breaks_quiet,
            lang: Lang::from_tag(&row.lang).unwrap_or_default(),
            ways,
        })
    }
}
