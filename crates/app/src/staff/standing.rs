//! What becomes of a role and a place in the tree: how far somebody looks, chosen once for every list, count, search,
//! export, chart, stream and answer.

use std::collections::BTreeSet;

use store::Role;
use vocab::{Instant, Scope};

use crate::error::Error;
use crate::permission::{Reach, permissions, reach};
use crate::staff::people::{hash_of, staff_view};
use crate::{App, Reader, view};

impl App {
    /// The one place where a role and a place in the tree become what somebody sees.
    pub(crate) async fn reader_of(
        &self,
        record: &store::StaffRecord,
        asked: Option<Reach>,
        by_cookie: bool,
    ) -> Result<Reader, Error> {
        let most = reach(record.role);
        let mine: BTreeSet<String> = record.owner_key.iter().cloned().collect();
        let units = if most == Reach::Mine { Vec::new() } else { self.store().units().await? };
        let below = store::units_below(&units, record.id);
        let mut reaches = vec![Reach::Mine];
        let mut team = mine.clone();
        if !below.is_empty() {
            reaches.push(Reach::Team);
            let staff = self.store().staff().await?;
            let members = staff.into_iter().filter(|one| one.unit_id.is_some_and(|unit| below.contains(&unit)));
            team.extend(members.filter_map(|one| one.owner_key));
        }
        if most == Reach::All {
            reaches.push(Reach::All);
        }
        let seen = |reach: Reach| match reach {
            Reach::Mine => Scope::Owners(mine.clone()),
            Reach::Team => Scope::Owners(team.clone()),
            Reach::All => Scope::All,
        };
        let furthest = reaches.last().copied().unwrap_or(Reach::Mine);
        let chosen = asked.filter(|asked| reaches.contains(asked)).unwrap_or(furthest);
        Ok(Reader {
            scope: seen(furthest),
            narrowed: (chosen != furthest).then(|| seen(chosen)),
            reach: chosen,
            reaches,
            permissions: permissions(record.role),
            can_act: record.role != Role::Readonly,
            is_admin: record.role == Role::Admin,
            staff: Some(staff_view(record)),
            by_cookie,
        })
    }

    /// Looks no further than this from now on, in this session.
    ///
    /// # Errors
    /// `bad_reach` for what may not be chosen, `no_session` for a program.
    pub async fn choose_reach(
        &self,
        reader: &Reader,
        cookie: Option<&str>,
        request: view::ReachRequest,
        now: Instant,
    ) -> Result<view::Session, Error> {
        let chosen =
            Reach::from_word(&request.reach).filter(|reach| reader.reaches.contains(reach)).ok_or_else(|| {
                Error::bad(
                    "bad_reach",
                    ("不能选择这个范围", "this cannot be chosen"),
                    ("可选的范围见 GET /api/session 的 reaches", "GET /api/session lists them under reaches"),
                )
            })?;
        let Some(cookie) = cookie.filter(|_| reader.by_cookie) else {
            return Err(Error::bad(
                "no_session",
                ("只有浏览器登录后才能切换范围", "only a session in a browser keeps a choice"),
                ("API 令牌总是用到角色允许的全部范围", "an API token always looks as far as the role may"),
            ));
        };
        self.store().set_session_reach(&hash_of(cookie), Some(chosen.as_str())).await?;
        let reader = self.session(Some(cookie), None, now).await?;
        self.session_view(&reader, now).await
    }

    /// Remembers who signed in, or tried to, and from where.
    pub(crate) async fn account_for_sign_in(
        &self,
        what: &str,
        email: &str,
        actor: &str,
        peer: &str,
        now: Instant,
    ) -> Result<(), Error> {
        const LONGEST: usize = 200;
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let (subject, actor) = (short(email), short(actor));
        let deed = store::Deed { what, subject: &subject, customer: None, actor: &actor };
        Ok(self.store().account_for(deed, &serde_json::json!({ "peer": peer }), now).await?)
    }
}
