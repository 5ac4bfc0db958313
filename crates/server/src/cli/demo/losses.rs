//! What the sample company's people hear from customers who left.
//!
//! Only these pretended people know why somebody really left, and like people they do not always get to know it: some
//! customers are not asked, some say nothing, some say what is easier to say. The product is told what they write down
//! and nothing else.

use app::SampleLoss;
use sim::{Cause, ChurnTruth};

/// Of a hundred customers who left so many are never asked, so many say nothing, so many give another reason.
const NEVER_ASKED: u32 = 15;
const SAY_NOTHING: u32 = 8;
const SAY_ANOTHER: u32 = 10;

/// What came to the ears of the firm, and when; nothing of whom nobody asked.
pub(super) fn heard(left: &ChurnTruth) -> Option<SampleLoss> {
    // Habits, not chance: the same company hears the same every time.
    let letters = left.customer_id.as_str().bytes();
    let mixed = letters.fold(7_u32, |sum, letter| sum.wrapping_mul(31).wrapping_add(u32::from(letter)));
    let habit = (mixed.wrapping_mul(2_654_435_761) >> 16) % 100;
    let reason = match habit {
        0..NEVER_ASKED => return None,
        habit if habit < NEVER_ASKED + SAY_NOTHING => "not_said",
        habit if habit < NEVER_ASKED + SAY_NOTHING + SAY_ANOTHER => instead(left.cause),
        _ => truly(left.cause),
    };
    // Who fades out or stops paying is missed only after weeks.
    let days = match left.cause {
        Cause::Silent | Cause::NonPayment => 21 + i64::from(habit % 14),
        _ => 1 + i64::from(habit % 4),
    };
    Some(SampleLoss { customer: left.customer_id.clone(), heard_at: left.at.plus_days(days), reason })
}

/// The reason to choose from the list that says what was really so.
fn truly(cause: Cause) -> &'static str {
    match cause {
        Cause::Price => "price",
        Cause::ProductFit => "product_mismatch",
        Cause::Service => "slow_service",
        Cause::ContactLeft => "poor_communication",
        Cause::Competitor => "competitor",
        Cause::NonPayment => "payment",
        Cause::Silent => "need_gone",
    }
}

/// What is said instead by whom the truth is awkward to.
fn instead(cause: Cause) -> &'static str {
    match cause {
        Cause::Price => "competitor",
        Cause::ProductFit | Cause::Service | Cause::Competitor => "price",
        Cause::ContactLeft | Cause::NonPayment => "business_change",
        Cause::Silent => "hard_to_use",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::{CustomerId, Zone};

    const SHIPPED: &str = include_str!("../../../../../definitions/reasons/churn.toml");

    fn left(number: u32, cause: Cause) -> ChurnTruth {
        let at = Zone::default().parse("2025-05-06 15:00").unwrap();
        ChurnTruth { customer_id: CustomerId::new(format!("C{number:05}")), at, date: "2025-05-06".to_owned(), cause }
    }

    #[test]
    fn most_who_left_say_the_truth_some_another_reason_and_some_are_never_asked() {
        let told: Vec<_> = (1..=2_000).map(|number| heard(&left(number, Cause::Service))).collect();
        let share =
            |reason: Option<&str>| told.iter().filter(|one| one.as_ref().map(|one| one.reason) == reason).count();
        assert!((200..=400).contains(&share(None)), "{}", share(None));
        assert!((100..=220).contains(&share(Some("not_said"))), "{}", share(Some("not_said")));
        assert!((130..=270).contains(&share(Some("price"))), "{}", share(Some("price")));
        assert_eq!(share(None) + share(Some("not_said")) + share(Some("price")) + share(Some("slow_service")), 2_000);
        assert_eq!(heard(&left(7, Cause::Service)), heard(&left(7, Cause::Service)));
    }

    #[test]
    fn nobody_is_asked_before_leaving_and_every_answer_is_one_to_choose_from() {
        for cause in Cause::ALL {
            for number in 0..200 {
                let truth = left(number, cause);
                let Some(loss) = heard(&truth) else { continue };
                let days = loss.heard_at.days_since(truth.at);
                assert!((1..=34).contains(&days), "{cause:?} after {days} days");
                assert!(SHIPPED.contains(&format!("id   = \"{}\"", loss.reason)), "{}", loss.reason);
            }
        }
    }
}
