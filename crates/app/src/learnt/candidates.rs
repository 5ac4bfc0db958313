//! Which changes of the rules could have warned of a lost customer: thresholds that speak earlier, and indicators that no
//! rule in force asks and that moved first. What each would have given is asked of the past (`proposals`).

use std::collections::BTreeSet;

use alerts::{AlertPolicy, Rule};
use indicators::{Cell, Comparison, Condition, Indicator, Quantity, Worse, figure, unit_word};
use outcomes::State;
use vocab::{Severity, Text};

use crate::App;
use crate::learnt::post_mortem::{Lost, WEEKS, Weeks};
use crate::moment::snapshot::Snapshot;
use crate::view::Words;

/// Weeks before the leaving at which a change must speak.
const AHEAD_WEEKS: usize = 4;
/// A rule that speaks of more of the present customers than this speaks of everybody.
const MOST_SPOKEN: f64 = 0.25;
/// An indicator is out of the ordinary where at most so many stand as badly,
const RARE: f64 = 0.15;
/// and has moved if at least so many stood as badly as the customer did half a year before.
const ORDINARY: f64 = 0.3;
/// Tried of each sort.
const EACH: usize = 2;

/// A change that could be made.
pub(crate) struct Candidate {
    /// `threshold` or `indicator`.
    pub sort: &'static str,
    /// The rule that it changes.
    pub rule: Option<String>,
    pub indicator: String,
    pub from: Option<f64>,
    pub to: f64,
    pub unit: String,
    pub sentence: Words,
    /// As TOML.
    pub definition: String,
    /// Share of the present customers that it would speak of.
    share: f64,
}

/// What a rule says beside its condition.
struct Wording<'a> {
    id: String,
    name: Text,
    cause: &'a str,
    severity: Severity,
    cooldown_days: u32,
    say: Text,
    next_step: Text,
}

impl App {
    /// The changes worth a replay, those that speak of fewest first.
    pub(crate) fn candidates(&self, lost: &Lost, weeks: &Weeks, policy: &AlertPolicy) -> Vec<Candidate> {
        let mut looser: Vec<Candidate> =
            policy.rules.iter().filter_map(|rule| self.looser(lost, weeks, rule)).collect();
        looser.sort_by(|a, b| a.share.total_cmp(&b.share));
        looser.truncate(EACH);
        let in_force = policy.active();
        let asked: BTreeSet<&str> = in_force.indicators().into_iter().collect();
        let others = self.definitions().catalog.indicators().iter().filter(|one| !asked.contains(one.id.as_str()));
        let mut moved: Vec<Candidate> = others.filter_map(|one| self.moved(lost, weeks, one)).collect();
        moved.sort_by(|a, b| a.share.total_cmp(&b.share));
        moved.truncate(EACH);
        looser.into_iter().chain(moved).collect()
    }

    /// A rule about one number with the threshold at which the customer stood a month before it left.
    fn looser(&self, lost: &Lost, weeks: &Weeks, rule: &Rule) -> Option<Candidate> {
        let Condition::Compare { of, is, than } = &rule.when else { return None };
        let stood = number(lost, weeks, of, WEEKS as usize - AHEAD_WEEKS)?;
        let (is_low, worse) = match is {
            Comparison::Below | Comparison::AtMost => (true, stood > *than),
            Comparison::Above | Comparison::AtLeast => (false, stood < *than),
            Comparison::Equal | Comparison::NotEqual => return None,
        };
        let to = rounded(stood, is_low);
        let share = share(&lost.snapshot, of, to, is_low).filter(|share| worse && *share <= MOST_SPOKEN)?;
        let (id, unit) = match of {
            Quantity::Indicator(id) => (id.as_str(), self.definitions().catalog.get(id)?.unit.as_str()),
            Quantity::Health => ("health", "point"),
            _ => return None,
        };
        let (old, new) = (shown(*than, unit), shown(to, unit));
        let wording = Wording {
            id: format!("{}_earlier", rule.id),
            name: Text::new(format!("{}（更早）", rule.name.zh), format!("{}, earlier", rule.name.en)),
            cause: &rule.cause,
            severity: rule.severity,
            cooldown_days: rule.cooldown_days,
            say: rule.say.clone(),
            next_step: rule.next_step.clone(),
        };
        Some(Candidate {
            sort: "threshold",
            rule: Some(rule.id.clone()),
            indicator: id.to_owned(),
            from: Some(*than),
            to,
            unit: unit.to_owned(),
            sentence: Words::new(
                format!("把规则“{}”的线从 {} 挪到 {}", rule.name.zh, old.zh, new.zh),
                format!("Move the threshold of \"{}\" from {} to {}", rule.name.en, old.en, new.en),
            ),
            definition: definition(&wording, id, is_low, to),
            share,
        })
    }

    /// An indicator that stood out a month before the customer left and did not half a year before.
    fn moved(&self, lost: &Lost, weeks: &Weeks, indicator: &Indicator) -> Option<Candidate> {
        let is_low = match indicator.worse {
            Worse::Lower => true,
            Worse::Higher => false,
            Worse::Both | Worse::None => return None,
        };
        let of = Quantity::Indicator(indicator.id.clone());
        let to = rounded(number(lost, weeks, &of, WEEKS as usize - AHEAD_WEEKS)?, is_low);
        let before = number(lost, weeks, &of, 0)?;
        let share_of = |at: f64| share(&lost.snapshot, &of, at, is_low);
        let share = share_of(to).filter(|share| *share <= RARE)?;
        share_of(before).filter(|share| *share >= ORDINARY)?;
        let new = shown(to, &indicator.unit);
        let (sign_zh, sign_en) = if is_low { ("不高于", "at most") } else { ("不低于", "at least") };
        let (zh, en) = (&indicator.name.zh, &indicator.name.en);
        let named =
            Text::new(format!("{zh}{sign_zh} {}", new.zh.trim_end()), format!("{en} {sign_en} {}", new.en.trim_end()));
        let wording = Wording {
            id: format!("lost_{}", indicator.id),
            name: named.clone(),
            cause: "lost_sign",
            severity: Severity::Warning,
            cooldown_days: 14,
            say: Text::new(format!("{zh}：{{{}}}", indicator.id), format!("{en}: {{{}}}", indicator.id)),
            next_step: Text::new("看看最近发生了什么，联系一次", "See what happened lately, and get in touch"),
        };
        Some(Candidate {
            sort: "indicator",
            rule: None,
            indicator: indicator.id.clone(),
            from: None,
            to,
            unit: indicator.unit.clone(),
            sentence: Words::new(format!("新增一条规则：{}", named.zh), format!("A new rule: {}", named.en)),
            definition: definition(&wording, &indicator.id, is_low, to),
            share,
        })
    }
}

/// A number of the customer at one of its weeks.
fn number(lost: &Lost, weeks: &Weeks, of: &Quantity, week: usize) -> Option<f64> {
    match of {
        Quantity::Indicator(id) => {
            let frame = weeks.frames.get(week)?;
            frame.cell(frame.position(&lost.customer)?, id).known()
        }
        Quantity::Health => Some(weeks.scores.get(week)?.get(&lost.customer)?.health?.points()),
        _ => None,
    }
}

/// Share of the present customers who have a number and stand as badly; `None` where nobody has one.
fn share(snapshot: &Snapshot, of: &Quantity, to: f64, is_low: bool) -> Option<f64> {
    let there = (0..snapshot.customers().len()).filter(|at| !matches!(snapshot.state(*at), State::Gone { .. }));
    let value = |at: usize| match of {
        Quantity::Indicator(id) => match snapshot.indicators.cell(at, id) {
            Cell::Known(value) => Some(value),
            Cell::Unknown(_) => None,
        },
        Quantity::Health => snapshot.score(at)?.health.map(|health| health.points()),
        _ => None,
    };
    let known: Vec<f64> = there.filter_map(value).collect();
    let bad = known.iter().filter(|value| if is_low { **value <= to } else { **value >= to }).count();
    (!known.is_empty()).then(|| bad as f64 / known.len() as f64)
}

/// To two figures, on the side that still holds for the number.
fn rounded(value: f64, is_low: bool) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let step = 10_f64.powf(value.abs().log10().floor() - 1.0);
    let steps = value / step;
    let whole = if is_low { (steps - 1e-9).ceil() } else { (steps + 1e-9).floor() };
    // Back to a number that is written as short as it is meant.
    format!("{:.6}", whole * step).parse().unwrap_or(value)
}

fn shown(value: f64, unit: &str) -> Text {
    let (number, word) = (figure(value, unit), unit_word(unit));
    Text::new(format!("{number} {}", word.zh).trim_end(), format!("{number} {}", word.en).trim_end())
}

fn definition(wording: &Wording<'_>, of: &str, is_low: bool, to: f64) -> String {
    let both = |text: &Text| format!("{{ zh = {:?}, en = {:?} }}", text.zh, text.en);
    let sign = if is_low { "<=" } else { ">=" };
    format!(
        "[[rule]]\nid            = {:?}\nname          = {}\ncause         = {:?}\nseverity      = {:?}\n\
         when          = {{ of = {of:?}, is = {sign:?}, than = {to} }}\ncooldown_days = {}\nsay           = {}\n\
         next_step     = {}\n",
        wording.id,
        both(&wording.name),
        wording.cause,
        wording.severity.as_str(),
        wording.cooldown_days,
        both(&wording.say),
        both(&wording.next_step),
    )
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn a_threshold_is_rounded_to_two_figures_and_still_holds_for_the_customer() {
        assert_eq!((rounded(6.0, true), rounded(6.0, false)), (6.0, 6.0));
        assert_eq!((rounded(0.7312, true), rounded(0.7312, false)), (0.74, 0.73));
        assert_eq!((rounded(1_234.0, true), rounded(1_234.0, false)), (1_300.0, 1_200.0));
        assert_eq!((rounded(-12.34, true), rounded(-12.34, false)), (-12.0, -13.0));
        assert_eq!(rounded(0.0, true), 0.0);
    }
}
