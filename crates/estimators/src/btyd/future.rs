//! What a customer is expected to buy from now on.

use super::fit::{Fitted, Model, alive, four};
use super::history::History;

/// A customer's expected purchases after the end of what was watched.
///
/// While they are there they buy at an expected rate that falls with time, since they may drop out:
/// * BG/NBD, MBG/NBD: `r' / α' · E[(1 + p s / α')^−(r' + 1)]` over p ~ Beta(a, b'), with r' = r + x, α' = α + T and b' = b +
///   x (+ 1 for MBG/NBD) at time s from now;
/// * Pareto/NBD: `r' / α' · ((β + T) / (β + T + s))^s̃`, s̃ its shape; NBD: r' / α'.
///
/// Expected purchases are the probability of being there times the integral of that rate.
///
/// # Why
/// The textbook formulas subtract two numbers that agree in all their digits when dropout is rare (a → 0, b → ∞) and
/// divide by a − 1; the rate has neither weakness, and discounting is a factor under the same integral.
///
/// # Source
/// Fader, Hardie & Lee (2005), equations 9 and 10, differentiated in t; Schmittlein et al. (1987) likewise.
#[derive(Clone, Copy, Debug)]
pub struct Future {
    /// The probability that the customer is still there.
    pub alive: f64,
    /// Purchases per unit of time at the very first, if there.
    pub rate: f64,
    falls: Falls,
}

/// How the rate falls with time.
#[derive(Clone, Copy, Debug)]
enum Falls {
    Never,
    /// Scale α', r', a, b'.
    AfterPurchases {
        scale: f64,
        power: f64,
        a: f64,
        b: f64,
    },
    /// Scale β + T and shape.
    WithTime {
        scale: f64,
        shape: f64,
    },
}

impl Future {
    /// Of a customer with this history; [`History::default`] is one who has just bought for the first time.
    pub fn of(fitted: &Fitted, history: &History) -> Self {
        Self::at(fitted.model, &fitted.parameters(), history)
    }

    /// As [`Future::of`], at given parameters.
    pub fn at(model: Model, parameters: &[f64], history: &History) -> Self {
        let x = f64::from(history.frequency);
        let (power, scale) = (parameters[0] + x, parameters[1] + history.age);
        let falls = match model {
            Model::Nbd => Falls::Never,
            Model::BgNbd | Model::MbgNbd => {
                let [_, _, a, b] = four(parameters);
                let chances = x + f64::from(u8::from(model == Model::MbgNbd));
                Falls::AfterPurchases { scale, power, a, b: b + chances }
            }
            Model::ParetoNbd => {
                let [_, _, shape, beta] = four(parameters);
                Falls::WithTime { scale: beta + history.age, shape }
            }
        };
        Self { alive: alive(model, parameters, history), rate: power / scale, falls }
    }

    /// Expected purchases within `time` from now.
    ///
    /// # Example
    /// ```
    /// use estimators::btyd::{Future, History, Model};
    /// let history = History { frequency: 2, recency: 30.43, age: 38.86 };
    /// let future = Future::at(Model::BgNbd, &[0.242593, 4.413532, 0.792886, 2.425753], &history);
    /// assert!((future.purchases(39.0) - 1.2259).abs() < 1e-4);
    /// ```
    pub fn purchases(&self, time: f64) -> f64 {
        self.discounted(time, 0.0)
    }

    /// Expected purchases within `time` from now, one at time s counting `exp(−discount · s)`.
    ///
    /// # Edges
    /// A time of 0 or less has none.
    pub fn discounted(&self, time: f64, discount: f64) -> f64 {
        if time.is_nan() || time <= 0.0 {
            return 0.0;
        }
        let scale = match self.falls {
            Falls::Never => {
                let weight = if discount == 0.0 { time } else { -(-discount * time).exp_m1() / discount };
                return self.rate * weight;
            }
            Falls::AfterPurchases { scale, .. } | Falls::WithTime { scale, .. } => scale,
        };
        // In u = ln(1 + s / scale) the rate is smooth over any horizon.
        let reach = (time / scale).ln_1p();
        let panels = (reach / 1.5 + discount * time / 4.0).ceil().clamp(1.0, 64.0) as u32;
        let width = reach / f64::from(panels);
        let mut sum = 0.0;
        for panel in 0..panels {
            let middle = (f64::from(panel) + 0.5) * width;
            for (node, weight) in LEGENDRE {
                for side in [-1.0, 1.0] {
                    let u = middle + side * node * width / 2.0;
                    let later = u.exp_m1();
                    let worth = if discount == 0.0 { 1.0 } else { (-discount * scale * later).exp() };
                    sum += weight * worth * self.remaining(later) * (later + 1.0);
                }
            }
        }
        self.alive * self.rate * scale * sum * width / 2.0
    }

    /// The share of the first rate that is left at `later` times the scale.
    fn remaining(&self, later: f64) -> f64 {
        match self.falls {
            Falls::Never => 1.0,
            Falls::WithTime { shape, .. } => (-shape * later.ln_1p()).exp(),
            Falls::AfterPurchases { power, a, b, .. } => mean_power(power + 1.0, a, b, later),
        }
    }
}

/// E[(1 + p t)^−n] over p ~ Beta(a, b): ₂F₁(n, a; a + b; −t), with whichever transformation has terms that do not cancel.
fn mean_power(n: f64, a: f64, b: f64, t: f64) -> f64 {
    let (c, z) = (a + b, t / (1.0 + t));
    let free = c - n;
    if free > -12.0 {
        return (-a * t.ln_1p()).exp() * crate::special::hypergeometric(a, free, c, z);
    }
    // (1 + t)^−n ₂F₁(n, b; a + b; z): positive terms that first grow; kept in logarithms.
    let mut log = -n * t.ln_1p();
    let mut sum = log.exp();
    for k in 0..1_000_000_u32 {
        let k = f64::from(k);
        let factor = (n + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        log += factor.ln();
        let term = log.exp();
        sum += term;
        if factor < 1.0 && term <= f64::EPSILON * sum * (1.0 - factor) {
            break;
        }
    }
    sum
}

/// Nodes and weights of Gauss and Legendre's rule with 12 points, the positive half.
pub(super) const LEGENDRE: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_9),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_2),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_4),
    (0.981_560_634_246_719_3, 0.047_175_336_386_511_83),
];
