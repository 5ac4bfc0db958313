//! Sending what waits: claimed first, sent once, settled after.
//!
//! What waits for one person on one channel goes out as one message, urgent notices first. What did not arrive is tried
//! again after half a minute, two, ten, thirty minutes, two, five and ten hours; what nobody knows of is never sent again
//! by itself ([`store::DeliveryState`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use channels::{Fault, FaultClass, Line, Message, Pace, Receipt, Recipient};
use store::{Claim, NoticeChannel, NoticeChoice, Settled};
use tokio::task::JoinSet;
use vocab::{Instant, Lang, Notice, NoticeKind, Text};

use crate::App;
use crate::error::Error;
use crate::view;

/// Tells the moment; `server` owns the clock.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

const SECOND: i64 = 1_000_000;
/// How many calls are under way at once.
const AT_ONCE: usize = 16;
/// How long to wait before each further try, in seconds.
const WAITS: [i64; 7] = [30, 120, 600, 1800, 7200, 18_000, 36_000];
/// How often a service may ask for rest before we take it that it never ends.
const RESTS: i64 = 24;
/// After how long a claim that nobody settled is given up, whoever made it: far longer than any call may take.
const LOST_AFTER: i64 = 600 * SECOND;
/// Bounds of the delay by which what is sent by the clock is spread, in seconds.
const SPREAD: (i64, i64) = (5, 90);

impl App {
    /// Puts notices into the outbox; how many were new. What is sent by the clock leaves some seconds after its moment,
    /// each person's at another, as the services ask.
    pub(crate) async fn put_notices(&self, notices: &[Notice], now: Instant) -> Result<u64, Error> {
        Ok(self.store().put_notices(notices, &leaves_at, now).await?)
    }

    /// Notes that what an earlier process of this folder was sending when it ended may have arrived. Called once, before
    /// this process sends anything.
    pub async fn give_up_lost_notices(&self, now: Instant) -> Result<u64, Error> {
        let lost = self.store().give_up_claims(Some(&self.claimer()), Instant::MIN, &cut_off(), now).await?;
        if lost > 0 {
            tracing::warn!(lost, "the server ended while these notices were sent; they may have arrived");
        }
        Ok(lost)
    }

    /// Sends what is due, and waits until it is settled; how many calls were made. `link` is this server's address as
    /// people reach it. The timer calls it again and again.
    pub async fn deliver_notices(&self, clock: &Clock, link: &str) -> Result<usize, Error> {
        let now = clock();
        self.store().give_up_claims(None, now.plus_micros(-LOST_AFTER), &cut_off(), now).await?;
        let channels: BTreeMap<i64, Arc<NoticeChannel>> =
            self.store().channels().await?.into_iter().map(|row| (row.id, Arc::new(row))).collect();
        if channels.is_empty() {
            return Ok(0);
        }
        let paces: BTreeMap<i64, Pace> = channels
            .values()
            .filter_map(|row| Some((row.id, channels::pace(row.kind.parse().ok()?, &row.settings))))
            .collect();
        let free = |channel: i64, staff: i64, earlier: &[(Instant, i64)]| match paces.get(&channel) {
            Some(pace) => {
                let mine = |who: i64| !pace.per_person || who == staff;
                let sent: Vec<Instant> = earlier.iter().filter(|(_, who)| mine(*who)).map(|(at, _)| *at).collect();
                pace.free_at(&sent, now)
            }
            None => Instant::MAX,
        };
        let claims = self.store().claim_deliveries(&self.claimer(), AT_ONCE, &free, now).await?;
        let (count, chosen) = (claims.len(), Arc::new(self.store().notice_choices().await?));
        let mut sending = JoinSet::new();
        for claim in claims {
            let Some(channel) = channels.get(&claim.channel_id).cloned() else { continue };
            let (app, clock, link, chosen) = (self.clone(), clock.clone(), link.to_owned(), chosen.clone());
            sending.spawn(async move {
                let choice = chosen.get(&claim.staff).cloned().unwrap_or_default();
                let outcome = app.send_claim(&claim, &channel, &choice, (&link, clock())).await;
                let ended = clock();
                let settled = settled(&outcome, claim.tries, claim.attempt_id, ended);
                if let Err(fault) = &outcome {
                    tracing::warn!(code = fault.code, channel = channel.id, class = ?fault.class, "a notice did not go out");
                }
                app.store().settle_attempt(claim.attempt_id, &settled, ended).await
            });
        }
        // One that cannot be settled breaks off no other: whatever is under way is waited for, then the first fault told.
        let mut outcome = Ok(count);
        while let Some(done) = sending.join_next().await {
            let settled = done.map_err(Error::internal).and_then(|settled| Ok(settled?));
            outcome = outcome.and_then(|count| settled.map(|_| count));
        }
        outcome
    }

    async fn send_claim(
        &self,
        claim: &Claim,
        channel: &NoticeChannel,
        choice: &NoticeChoice,
        (link, now): (&str, Instant),
    ) -> Result<Receipt, Fault> {
        let staff = self.store().staff_by_id(claim.staff).await.map_err(|error| later(&error))?;
        let Some(staff) = staff.filter(|staff| staff.active) else {
            return Err(fault(FaultClass::Never, "left", ("此人已离职", "this person works here no more")));
        };
        let is_mail = channel.kind == channels::DoorKind::Mail.as_str();
        let address = choice.address(channel.id).map(str::to_owned).or(Some(staff.email).filter(|_| is_mail));
        let door = self.door(channel).map_err(|error| {
            let (detail, hint) = (error.detail(), error.hint());
            Fault::new(FaultClass::Never, error.code(), (&detail.zh, &detail.en), (&hint.zh, &hint.en))
        })?;
        let message = composed(claim, Recipient { name: staff.name, address }, choice.lang, link);
        self.outside().send(&door, &message, now).await
    }

    /// By what name this folder's process claims: the same after a restart, another on another machine.
    pub(crate) fn claimer(&self) -> String {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let dir = self.dir().canonicalize().unwrap_or_else(|_| self.dir().to_owned());
        format!("{}:{}", host.trim(), dir.display())
    }
}

/// When a notice may leave the house: what many are told by the clock is spread over some seconds, the same for all that
/// one person is told at a moment, so that it still goes out as one.
fn leaves_at(notice: &Notice) -> Instant {
    if !matches!(notice.kind, NoticeKind::Morning | NoticeKind::TeamMorning) {
        return notice.not_before;
    }
    let seed = blake3::hash(format!("{} {}", notice.staff, notice.not_before.micros()).as_bytes());
    let number = i64::from(u32::from_le_bytes([seed.as_bytes()[0], seed.as_bytes()[1], 0, 0]));
    notice.not_before.plus_micros((SPREAD.0 + number % (SPREAD.1 - SPREAD.0 + 1)) * SECOND)
}

/// What one person is told in one message.
fn composed(claim: &Claim, to: Recipient, lang: Lang, base: &str) -> Message {
    let whole = |path: &Option<String>| path.as_ref().map(|path| format!("{base}{path}"));
    let lines_of = |notice: &Notice| -> Vec<Line> {
        let line = |line: &vocab::NoticeLine| Line { text: line.text.get(lang).to_owned(), link: whole(&line.path) };
        notice.lines.iter().map(line).collect()
    };
    let id = format!("notice-{}", claim.attempt_id);
    if let [only] = claim.notices.as_slice() {
        let subject = only.subject.get(lang).to_owned();
        return Message { id, to, lang, subject, lines: lines_of(only), link: whole(&only.path) };
    }
    let count = claim.notices.len();
    let subject = match lang {
        Lang::Zh => format!("留客：{count} 条通知"),
        Lang::En => format!("Liuke: {count} notices"),
    };
    let lines = claim.notices.iter().flat_map(|notice| {
        let first = Line { text: notice.subject.get(lang).to_owned(), link: whole(&notice.path) };
        std::iter::once(first).chain(lines_of(notice))
    });
    Message { id, to, lang, subject, lines: lines.collect(), link: Some(format!("{base}/settings/notices?whose=mine")) }
}

/// What the outcome of a call means for what it carried.
pub(crate) fn settled(outcome: &Result<Receipt, Fault>, tries: i64, attempt: i64, now: Instant) -> Settled {
    let fault = match outcome {
        Ok(receipt) => return Settled::Sent(receipt.answer.clone()),
        Err(fault) => fault,
    };
    let trouble = trouble_of(fault.code, &fault.detail, &fault.hint);
    let tried = usize::try_from(tries - 1).unwrap_or_default();
    match fault.class {
        FaultClass::Perhaps => Settled::Perhaps(trouble),
        FaultClass::Throttled(rest) if tries < RESTS => {
            let until = now.plus_micros(i64::try_from(rest.as_micros()).unwrap_or(i64::MAX));
            Settled::Later { at: until, trouble, pause: Some(until) }
        }
        FaultClass::Later if tried < WAITS.len() => {
            // Up to a fifth longer, each attempt otherwise, so that not all come back at once.
            let wait = WAITS[tried] * SECOND;
            let at = now.plus_micros(wait + wait / 5 * (attempt.rem_euclid(16)) / 16);
            Settled::Later { at, trouble, pause: None }
        }
        FaultClass::Never | FaultClass::Later | FaultClass::Throttled(_) => Settled::Failed(trouble),
    }
}

/// Why something did not arrive, as it is kept beside it.
pub(crate) fn trouble_of(code: &str, detail: &Text, hint: &Text) -> String {
    let words = view::RunError { code: code.to_owned(), detail: detail.into(), hint: hint.into() };
    serde_json::to_string(&words).unwrap_or_default()
}

fn cut_off() -> String {
    trouble_of(
        "cut_off",
        &Text::new("发送途中服务停止，可能已送达", "the server stopped while it was sent; it may have arrived"),
        &Text::new("请核对后选择“重发”或“不发”", "look, and choose to resend or not"),
    )
}

fn fault(class: FaultClass, code: &'static str, detail: (&str, &str)) -> Fault {
    Fault::new(class, code, detail, ("请在“员工”中查看此人", "look the person up under \"Staff\""))
}

fn later(error: &store::Error) -> Fault {
    tracing::error!(%error, "who is to be told could not be read");
    fault(FaultClass::Later, "busy", ("数据库暂时不可用", "the database cannot be read at the moment"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use vocab::NoticeLine;

    use super::*;

    fn notice(kind: NoticeKind, subject: &str) -> Notice {
        Notice {
            key: subject.to_owned(),
            staff: 7,
            kind,
            subject: Text::new(subject, subject),
            lines: vec![NoticeLine { text: Text::new("示例科技", "Example"), path: Some("/cases/17".to_owned()) }],
            path: Some("/today".to_owned()),
            is_urgent: kind == NoticeKind::Urgent,
            not_before: Instant::from_micros(1_700_000_000_000_000),
        }
    }

    fn claim(notices: Vec<Notice>) -> Claim {
        Claim { attempt_id: 3, channel_id: 1, staff: 7, tries: 1, notices }
    }

    fn fault_of(class: FaultClass) -> Result<Receipt, Fault> {
        Err(fault(class, "busy", ("", "")))
    }

    #[test]
    fn one_notice_is_said_as_it_is_and_several_as_one() {
        let to = || Recipient { name: "李雷".to_owned(), address: None };
        let one = composed(&claim(vec![notice(NoticeKind::Urgent, "紧急")]), to(), Lang::Zh, "https://x");
        assert_eq!((one.subject.as_str(), one.link.as_deref()), ("紧急", Some("https://x/today")));
        assert_eq!(one.lines, [Line { text: "示例科技".to_owned(), link: Some("https://x/cases/17".to_owned()) }]);
        let both = vec![notice(NoticeKind::Urgent, "a"), notice(NoticeKind::Morning, "b")];
        let both = composed(&claim(both), to(), Lang::En, "https://x");
        assert_eq!(
            (both.subject.as_str(), both.link.as_deref()),
            ("Liuke: 2 notices", Some("https://x/settings/notices?whose=mine"))
        );
        let texts: Vec<&str> = both.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["a", "Example", "b", "Example"]);
    }

    #[test]
    fn what_is_sent_by_the_clock_is_spread_and_what_is_urgent_is_not() {
        let (morning, urgent) = (notice(NoticeKind::Morning, "m"), notice(NoticeKind::Urgent, "u"));
        let after = leaves_at(&morning).micros() - morning.not_before.micros();
        assert!((5 * SECOND..=90 * SECOND).contains(&after), "{after}");
        assert_eq!(leaves_at(&notice(NoticeKind::TeamMorning, "t")), leaves_at(&morning), "one person, one message");
        assert_eq!(leaves_at(&urgent), urgent.not_before);
    }

    #[test]
    fn a_fault_is_tried_again_later_and_later_and_then_no_more() {
        let now = Instant::from_micros(0);
        let at = |tries| match settled(&fault_of(FaultClass::Later), tries, 0, now) {
            Settled::Later { at, pause: None, .. } => Some(at.micros() / SECOND),
            _ => None,
        };
        let waits: Vec<Option<i64>> = (1..=8).map(at).collect();
        let expected = [Some(30), Some(120), Some(600), Some(1800), Some(7200), Some(18_000), Some(36_000), None];
        assert_eq!(waits, expected);
        assert!(matches!(settled(&fault_of(FaultClass::Never), 1, 0, now), Settled::Failed(_)));
        assert!(matches!(settled(&fault_of(FaultClass::Perhaps), 1, 0, now), Settled::Perhaps(_)));
        let rest = settled(&fault_of(FaultClass::Throttled(Duration::from_secs(600))), 9, 0, now);
        let until = Instant::from_micros(600 * SECOND);
        assert!(matches!(rest, Settled::Later { at, pause: Some(pause), .. } if at == until && pause == until));
    }
}
