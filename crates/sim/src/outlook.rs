//! The true probability of leaving, computed from the hidden state; what `hidden` would do, averaged over its luck.

use rand::Rng;

use crate::chance::{Purpose, stream};
use crate::hidden::{CAUSES, Cause, Chances, Hidden, Stage, Subject, address};

/// Truth about one customer at one midnight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outlook {
    pub(crate) p_30d: f64,
    pub(crate) p_90d: f64,
    pub(crate) main_cause: Cause,
}

const HORIZON: i32 = 90;

impl Subject<'_> {
    /// The true probabilities of leaving within 30 and 90 days from the midnight that begins `day`: if nothing is done,
    /// and if the customer is contacted at that midnight.
    ///
    /// Given a path of the hidden drift, the stage is a Markov chain whose chances are known, so its probabilities
    /// are carried forward exactly, cause by cause; only the drift is imagined, `truth_paths` times, from streams that
    /// the world itself never uses. The mean over paths is an unbiased estimate of `P(leaves | hidden state)` whose
    /// error is that of the drift alone. Both answers average over the same paths.
    pub(crate) fn outlook(&self, hidden: &Hidden, day: i32) -> (Outlook, Outlook) {
        let paths = self.rules.spec.truth_paths;
        let mut sums = [Chain::default(); 2];
        for path in 0..paths {
            let moment = (u64::from(path) << 32) | address(day);
            let mut rng = stream(self.seed, self.customer, Purpose::Truth, moment);
            for (sum, chain) in sums.iter_mut().zip(self.one_future(*hidden, day, &mut rng)) {
                sum.left_by_30 += chain.left_by_30;
                for (sum, left) in sum.left.iter_mut().zip(chain.left) {
                    *sum += left;
                }
            }
        }
        let [untreated, treated] = sums.map(|sum| Outlook {
            p_30d: (sum.left_by_30 / f64::from(paths)).clamp(0.0, 1.0),
            p_90d: (sum.left.iter().sum::<f64>() / f64::from(paths)).clamp(0.0, 1.0),
            main_cause: Cause::ALL[largest(&sum.left)],
        });
        (untreated, treated)
    }

    /// One imagined drift, and what it makes of the stage without and with contact.
    fn one_future(&self, mut hidden: Hidden, day: i32, rng: &mut impl Rng) -> [Chain; 2] {
        let mut chains = [Chain::starting_in(hidden.stage); 2];
        let contact = self.contact_factor();
        let contacted_until = day + self.rules.spec.contact.days as i32;
        let mut from = day;
        while from < day + HORIZON {
            if from.rem_euclid(7) == 0 {
                self.rules.drift(&mut hidden, self.taste, self.renews_in_week(from), rng);
            }
            let week = self.rules.chances(&hidden, self.taste);
            let to = (from - from.rem_euclid(7) + 7).min(day + HORIZON);
            for (treated, chain) in chains.iter_mut().enumerate() {
                let mut span = Span::of(chain);
                for today in from..to {
                    let factor = if treated == 1 && today < contacted_until { contact } else { 1.0 };
                    chain.step(&mut span, &self.rules.on_day(&week, &self.terms, today, factor));
                    if today == day + 29 {
                        chain.left_by_30 = chain.left_with(&span);
                    }
                }
                chain.close(&span, &week.shares);
            }
            from = to;
        }
        chains
    }
}

/// Probabilities of where a customer may be, cause by cause, carried forward in time.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    settled: f64,
    wavering: [f64; CAUSES],
    left: [f64; CAUSES],
    left_by_30: f64,
}

/// The part of a week walked so far. Within it the causes keep their shares, so they need not be told apart.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// Who wavered at its start.
    wavering: f64,
    /// Share of those who wavered at its start who still do.
    staying: f64,
    /// Share of those who wavered at its start who have left.
    departed: f64,
    /// Who began to waver in it and still does.
    begun: f64,
    /// Who was settled in it and has left.
    begun_left: f64,
}

impl Span {
    fn of(chain: &Chain) -> Self {
        Self { wavering: chain.wavering.iter().sum(), staying: 1.0, departed: 0.0, begun: 0.0, begun_left: 0.0 }
    }
}

impl Chain {
    fn starting_in(stage: Stage) -> Chain {
        let mut chain = Chain::default();
        match stage {
            Stage::Settled => chain.settled = 1.0,
            Stage::Wavering(cause) => chain.wavering[cause as usize] = 1.0,
            Stage::Gone(cause) => chain.left[cause as usize] = 1.0,
        }
        chain
    }

    fn step(&mut self, span: &mut Span, chances: &Chances) {
        let starting = self.settled * (1.0 - chances.abrupt) * chances.waver;
        let settling = (1.0 - chances.depart) * chances.recover * (span.wavering * span.staying + span.begun);
        span.begun_left += self.settled * chances.abrupt + span.begun * chances.depart;
        span.departed += span.staying * chances.depart;
        let stay = (1.0 - chances.depart) * (1.0 - chances.recover);
        span.staying *= stay;
        span.begun = span.begun * stay + starting;
        self.settled = self.settled * (1.0 - chances.abrupt) - starting + settling;
    }

    fn left_with(&self, span: &Span) -> f64 {
        self.left.iter().sum::<f64>() + span.wavering * span.departed + span.begun_left
    }

    fn close(&mut self, span: &Span, shares: &[f64; CAUSES]) {
        for (cause, share) in shares.iter().enumerate() {
            self.left[cause] += self.wavering[cause] * span.departed + share * span.begun_left;
            self.wavering[cause] = self.wavering[cause] * span.staying + share * span.begun;
        }
    }
}

/// Position of the largest; the first of equals.
fn largest(numbers: &[f64]) -> usize {
    (0..numbers.len()).rev().max_by(|a, b| numbers[*a].total_cmp(&numbers[*b])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::{Rules, Taste, Terms, Treatment};
    use crate::spec::WorldSpec;

    const TASTE: Taste = Taste { satisfaction_mean: 0.0, price_sensitivity: 0.5, fit: 0.0, need: 0.0 };
    const HIDDEN: Hidden = Hidden {
        satisfaction: 0.0,
        contact_shock: 0.0,
        competitor_shock: 0.0,
        price_shock: 0.0,
        stage: Stage::Settled,
    };

    fn subject<'a>(spec: &'a WorldSpec, customer: u32, taste: &'a Taste) -> Subject<'a> {
        Subject {
            rules: Rules { spec },
            seed: 5,
            customer,
            taste,
            terms: Terms { months: 12, end_day: 40, next_end_day: 405 },
        }
    }

    #[test]
    fn the_computed_probability_is_what_happens_to_many_equal_customers() {
        let spec = WorldSpec { truth_paths: 400, ..WorldSpec::default() };
        let treatments = [Treatment::None, Treatment::ContactedOn(3)];
        for (stage, treatment) in [Stage::Settled, Stage::Wavering(Cause::Price)].into_iter().zip(treatments) {
            let hidden = Hidden { stage, satisfaction: -0.8, ..HIDDEN };
            let (untreated, treated) = subject(&spec, 0, &TASTE).outlook(&hidden, 3);
            let outlook = if treatment == Treatment::None { untreated } else { treated };
            let count = 20_000;
            let mut left = (0, 0);
            for customer in 0..count {
                let mut one = hidden;
                for day in 3..93 {
                    subject(&spec, customer, &TASTE).live(&mut one, day, treatment);
                    if matches!(one.stage, Stage::Gone(_)) {
                        left.0 += u32::from(day < 33);
                        left.1 += 1;
                        break;
                    }
                }
            }
            for (realised, p) in [(left.0, outlook.p_30d), (left.1, outlook.p_90d)] {
                let share = f64::from(realised) / f64::from(count);
                let error = (p * (1.0 - p) / f64::from(count)).sqrt() + 0.01 * p;
                assert!((share - p).abs() < 3.0 * error, "{stage:?}: {share} happened, {p} computed");
            }
        }
    }

    #[test]
    fn whoever_wavers_is_likelier_to_leave_and_so_is_the_unhappy() {
        let spec = WorldSpec::default();
        let p = |hidden| subject(&spec, 1, &TASTE).outlook(&hidden, 0).0.p_90d;
        assert!(p(Hidden { stage: Stage::Wavering(Cause::Silent), ..HIDDEN }) > 5.0 * p(HIDDEN));
        assert!(p(Hidden { satisfaction: -1.5, ..HIDDEN }) > 1.5 * p(HIDDEN));
    }

    #[test]
    fn contact_keeps_the_price_sensitive_and_disturbs_the_others() {
        let spec = WorldSpec::default();
        let effect = |price_sensitivity: f64| {
            let taste = Taste { price_sensitivity, ..TASTE };
            let hidden = Hidden { stage: Stage::Wavering(Cause::Price), ..HIDDEN };
            let (untreated, treated) = subject(&spec, 1, &taste).outlook(&hidden, 0);
            untreated.p_90d - treated.p_90d
        };
        assert!(effect(0.9) > 0.1);
        assert!(effect(0.05) < -0.02);
    }

    #[test]
    fn no_chance_no_leaver() {
        let mut spec = WorldSpec::default();
        spec.leaving.intensity = 0.0;
        let outlook = subject(&spec, 1, &TASTE).outlook(&HIDDEN, 0).0;
        assert_eq!((outlook.p_30d, outlook.p_90d), (0.0, 0.0));
    }

    #[test]
    fn the_longer_horizon_holds_the_shorter() {
        let spec = WorldSpec::default();
        let outlook = subject(&spec, 9, &TASTE).outlook(&HIDDEN, 11).0;
        assert!(0.0 < outlook.p_30d && outlook.p_30d < outlook.p_90d);
    }
}
