//! When two pairs of plans are the same, so that a cycle that was done is not done again.

use actions::{ActionPlan, USUAL_TYPE};
use alerts::{AlertPlan, Resolution};

/// What makes two pairs of plans the same: everything they say, in their own order.
pub(super) fn fingerprint(alert_plan: &AlertPlan, action_plan: &ActionPlan) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut say = |word: &str| {
        hasher.update(&(word.len() as u64).to_le_bytes());
        hasher.update(word.as_bytes());
    };
    for alert in &alert_plan.open {
        let words = ["open", alert.customer.as_str(), &alert.cause, &alert.rule, alert.severity.as_str()];
        words.into_iter().chain([alert.sentence.zh.as_str(), &alert.sentence.en]).for_each(&mut say);
    }
    for alert in &alert_plan.change {
        let words = ["change", &alert.id.to_string(), &alert.rule, alert.severity.as_str()];
        words.into_iter().chain([alert.sentence.zh.as_str(), &alert.sentence.en]).for_each(&mut say);
    }
    for alert in &alert_plan.resolve {
        let why = if matches!(alert.why, Resolution::Gone) { "gone" } else { "cleared" };
        ["resolve", &alert.id.to_string(), why].into_iter().for_each(&mut say);
    }
    for case in &action_plan.open {
        let owner = case.owner.as_deref();
        let by = [case.accept_by.micros().to_string(), case.act_by.micros().to_string()];
        let words = ["case", case.customer.as_str(), owner.map_or("-", |_| "+"), owner.unwrap_or("")];
        words.into_iter().chain([by[0].as_str(), &by[1], case.severity.as_str()]).for_each(&mut say);
        // Said only where it is not the usual, so that what was done before there were types is known again.
        if case.case_type != USUAL_TYPE {
            ["type", &case.case_type].into_iter().for_each(&mut say);
        }
        if let Some(by) = case.reply_by {
            ["reply", &by.micros().to_string()].into_iter().for_each(&mut say);
        }
    }
    for case in &action_plan.clear {
        ["clear", &case.to_string()].into_iter().for_each(&mut say);
    }
    for case in &action_plan.lower {
        ["lower", &case.to_string()].into_iter().for_each(&mut say);
    }
    for alert in &action_plan.wake {
        ["wake", &alert.id.to_string(), alert.why.as_str()].into_iter().for_each(&mut say);
    }
    hasher.finalize().to_hex().to_string()
}
