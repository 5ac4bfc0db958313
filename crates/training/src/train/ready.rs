//! Whether the firm's history carries a model, and what is missing if it does not: in plain words.

use facts::FactFrame;
use outcomes::not_yet;
use vocab::{Horizon, Text};

use super::parts::{Parts, leavers, months};
use super::{HorizonFit, TrainSpec};
use crate::frames::TrainingFrame;

/// Customers who left, at least, for any model: twenty to learn from and ten to judge by.
pub const LEAST_LEAVERS: u64 = 30;
/// From so many on scorecards can be told good from bad by a backtest.
const SCORECARD_LEAVERS: u64 = 10;
/// From so many on a model may look at many things at once.
const FULL_LEAVERS: u64 = 200;

/// How much machinery history carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Rules written by people.
    Rules,
    /// A scorecard with weights set by people, backtested.
    Scorecard,
    /// A model of a few indicators.
    Simple,
    /// A model of as many as help.
    Full,
}

impl Stage {
    /// `rules`, `scorecard`, `simple` or `full`.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Rules => "rules",
            Stage::Scorecard => "scorecard",
            Stage::Simple => "simple",
            Stage::Full => "full",
        }
    }

    fn of(leavers: u64) -> Stage {
        match leavers {
            FULL_LEAVERS.. => Stage::Full,
            LEAST_LEAVERS.. => Stage::Simple,
            SCORECARD_LEAVERS.. => Stage::Scorecard,
            _ => Stage::Rules,
        }
    }
}

/// Why there is no model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `not_yet`, `too_few_leavers`, `too_little_history`, `nothing_to_learn` or `no_usable_signal`.
    pub code: &'static str,
    /// What is wrong.
    pub detail: Text,
    /// What to do.
    pub hint: Text,
}

/// What history carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// How much machinery.
    pub stage: Stage,
    /// Customers who left within the horizon of a look at them.
    pub leavers: u64,
    /// How many more are needed for a model; 0 with enough.
    pub more_leavers: u64,
    /// Customers looked at.
    pub customers: u64,
    /// Moments at which they were looked at, as far as the horizon is told.
    pub moments: u64,
    /// Days until a customer who stops today counts as gone: the delay of the label.
    pub label_delay_days: u32,
    /// Whether everything is there for a model.
    pub is_ready: bool,
    /// What is missing; empty where nothing is.
    pub missing: Vec<Refusal>,
    /// The same in a sentence.
    pub headline: Text,
}

impl Readiness {
    pub(super) fn of(
        past: &FactFrame,
        frame: &TrainingFrame,
        spec: &TrainSpec<'_>,
        horizon: usize,
        parts: Option<&Parts>,
    ) -> Readiness {
        let told = frame.told(horizon);
        let left = leavers(frame, horizon, &told).len() as u64;
        let customers = frame.customers.len() as u64;
        let moments = months(frame, &told) as u64;
        let mut missing = Vec::new();
        if let Some(why) = not_yet(past, spec.churn, spec.as_of) {
            let hint = ("请先导入所需数据，或换一个流失口径", "import what is missing, or choose another definition");
            missing.push(Refusal { code: "not_yet", detail: why, hint: Text::new(hint.0, hint.1) });
        }
        if moments == 0 {
            missing.push(Refusal::history(spec.horizon));
        } else if left < LEAST_LEAVERS {
            missing.push(Refusal::leavers(left));
        } else if parts.is_none() {
            missing.push(Refusal::history(spec.horizon));
        }
        let days = spec.horizon.days;
        let headline = match missing.first() {
            Some(first) => {
                Text::new(format!("还不能训练：{}", first.detail.zh), format!("not ready: {}", first.detail.en))
            }
            None => Text::new(
                format!("可以训练：{moments} 个历史时点、{customers} 位客户，其中 {left} 位在 {days} 天内流失过"),
                format!("ready: {moments} past moments, {customers} customers, {left} of whom left within {days} days"),
            ),
        };
        Readiness {
            stage: Stage::of(left),
            leavers: left,
            more_leavers: LEAST_LEAVERS.saturating_sub(left),
            customers,
            moments,
            label_delay_days: spec.churn.label_delay_days(),
            is_ready: missing.is_empty(),
            missing,
            headline,
        }
    }

    /// Why there can be no model, if so.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.missing.first().cloned()
    }
}

impl Refusal {
    pub(super) fn leavers(left: u64) -> Refusal {
        let more = LEAST_LEAVERS - left;
        Refusal {
            code: "too_few_leavers",
            detail: Text::new(
                format!("历史上只有 {left} 位流失客户，至少需要 {LEAST_LEAVERS} 位，还差 {more} 位"),
                format!(
                    "only {left} customers left in this history; a model needs at least {LEAST_LEAVERS}: {more} more"
                ),
            ),
            hint: Text::new(
                "在此之前请用规则与打分卡；或补录更早的历史、换更宽的流失口径或更长的预测期",
                "until then use rules and scorecards; or import older history, take a wider definition or a longer horizon",
            ),
        }
    }

    pub(super) fn history(horizon: Horizon) -> Refusal {
        let days = horizon.days;
        Refusal {
            code: "too_little_history",
            detail: Text::new(
                format!("历史太短：学习与检验的月份之间要隔开 {days} 天，两边都要有足够的流失客户"),
                format!(
                    "too little history: {days} days must lie between the months learnt from and those judged by, with \
                     enough leavers on both sides"
                ),
            ),
            hint: Text::new(
                "请补录更早的历史，或先用更短的预测期",
                "import older history, or begin with a shorter horizon",
            ),
        }
    }

    pub(super) fn nothing() -> Refusal {
        Refusal {
            code: "nothing_to_learn",
            detail: Text::new("没有一个指标随客户变化", "no indicator differs between customers"),
            hint: Text::new("请导入客户的行为、订单或服务记录", "import what customers do: use, orders, requests"),
        }
    }

    pub(super) fn no_signal(fit: &HorizonFit) -> Refusal {
        let auc = fit.figures.auc;
        Refusal {
            code: "no_usable_signal",
            detail: Text::new(
                format!(
                    "没有可用的信号：检验月份的 AUC 为 {:.3}（95% 区间 {:.3}–{:.3}），与随便猜分不开",
                    auc.value, auc.low, auc.high
                ),
                format!(
                    "no usable signal: the AUC in the months judged by is {:.3} (95 % interval {:.3} to {:.3}), which \
                     cannot be told from guessing",
                    auc.value, auc.low, auc.high
                ),
            ),
            hint: Text::new(
                "请接入更多与流失有关的数据（使用、服务、付款），或继续用规则与打分卡",
                "bring in more of what goes with leaving (use, service, payments), or keep to rules and scorecards",
            ),
        }
    }
}

/// A horizon that history is too short for, and why.
pub(super) fn unlearnt(days: u32) -> (Horizon, Text) {
    let horizon = Horizon { days };
    (horizon, Refusal::history(horizon).detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_few_leavers_people_judge_and_with_many_a_model_does() {
        let stages = [0, 9, 10, 29, 30, 199, 200].map(|leavers| Stage::of(leavers).as_str());
        assert_eq!(stages, ["rules", "rules", "scorecard", "scorecard", "simple", "simple", "full"]);
        let refusal = Refusal::leavers(15);
        assert!(refusal.detail.zh.contains("15") && refusal.detail.zh.contains("还差 15"), "{refusal:?}");
    }
}
