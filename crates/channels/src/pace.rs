//! How fast a door may be used: four fifths of what its service publishes.
//!
//! A bucket whose tokens come back one by one, each a whole span after it was taken. So no span of that length, wherever
//! it begins, ever holds more than the bucket, and a program that starts anew with what was sent before it knows as much
//! as one that never stopped.

use serde_json::Value;
use vocab::Instant;

use crate::door::DoorKind;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Mails a minute where nobody said otherwise: what small servers let through.
const MAILS: u32 = 60;

/// How many messages may go out within which spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Most messages, and the span in microseconds.
    spans: Vec<(u32, i64)>,
    /// Whether each person has a bucket of their own.
    pub per_person: bool,
}

/// The pace of a door: of the settings only a mail server's own `per_minute` matters.
pub fn pace(kind: DoorKind, settings: &Value) -> Pace {
    let kept = |published: u32| published * 4 / 5;
    let (spans, per_person) = match kind {
        DoorKind::Mail => {
            let own = settings.get("per_minute").and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok());
            (vec![(own.unwrap_or(MAILS).max(1), MINUTE)], false)
        }
        DoorKind::WecomBot | DoorKind::DingtalkBot => (vec![(kept(20), MINUTE)], false),
        DoorKind::WecomApp => (vec![(kept(30), MINUTE), (kept(1000), HOUR)], true),
        DoorKind::FeishuBot => (vec![(kept(5), SECOND), (kept(100), MINUTE)], false),
    };
    Pace { spans, per_person }
}

impl Pace {
    /// From when on the next message may go out, given when the earlier ones did (in order); not after `now` if it may at
    /// once.
    pub fn free_at(&self, sent: &[Instant], now: Instant) -> Instant {
        let behind = |&(most, span): &(u32, i64)| {
            let place = sent.len().checked_sub(most as usize)?;
            Some(sent[place].plus_micros(span))
        };
        self.spans.iter().filter_map(behind).max().filter(|free| *free > now).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends as fast as it may and looks at every span of the published length.
    fn most_within(kind: DoorKind, span: i64, count: usize) -> usize {
        let pace = pace(kind, &Value::Null);
        let mut sent: Vec<Instant> = Vec::new();
        let mut now = Instant::from_micros(0);
        while sent.len() < count {
            now = pace.free_at(&sent, now);
            sent.push(now);
        }
        let within =
            |from: &Instant| sent.iter().filter(|at| **at >= *from && at.micros() < from.micros() + span).count();
        sent.iter().map(within).max().unwrap_or(0)
    }

    #[test]
    fn no_span_holds_more_than_four_fifths_of_what_is_published() {
        assert_eq!(most_within(DoorKind::WecomBot, MINUTE, 100), 16);
        assert_eq!(most_within(DoorKind::DingtalkBot, MINUTE, 100), 16);
        assert_eq!(most_within(DoorKind::FeishuBot, MINUTE, 300), 80);
        assert_eq!(most_within(DoorKind::FeishuBot, SECOND, 300), 4);
        assert_eq!(most_within(DoorKind::WecomApp, MINUTE, 100), 24);
        assert_eq!(most_within(DoorKind::WecomApp, HOUR, 2000), 800);
    }

    #[test]
    fn a_mail_server_says_its_own_rate() {
        let own = pace(DoorKind::Mail, &serde_json::json!({"per_minute": 2}));
        let at = |seconds: i64| Instant::from_micros(seconds * SECOND);
        assert_eq!(own.free_at(&[at(0)], at(1)), at(1));
        assert_eq!(own.free_at(&[at(0), at(1)], at(1)), at(60));
        assert_eq!(own.free_at(&[at(0), at(1)], at(61)), at(61));
    }
}
