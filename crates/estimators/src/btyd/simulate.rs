//! Drawing customers' futures: between which numbers purchases and value will lie.

use super::chance::Chance;
use super::fit::{Fitted, Model};
use super::history::{History, in_parallel};
use super::spend::{GammaGamma, Spend};

/// The range within which a customer's future lies with the confidence asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// Fewest and most purchases.
    pub purchases: (f64, f64),
    /// Least and most value, discounted; none without a model of spend.
    pub value: Option<(f64, f64)>,
}

/// How futures are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// How far ahead, in the unit of the histories.
    pub horizon: f64,
    /// A payment at time s counts `(1 + discount)^−s`.
    pub discount: f64,
    /// The share of a payment that is margin.
    pub margin: f64,
    /// How many futures of each customer.
    pub count: u32,
    /// Between the quantiles (1 − confidence) / 2 and (1 + confidence) / 2.
    pub confidence: f64,
    /// The seed of all luck.
    pub seed: u64,
}

/// Between which numbers do the purchases and the value of each customer lie?
///
/// Each future draws what is unknown of the customer from what their history leaves open (whether they are there; their
/// own rate, dropout and level of spend, by Bayes' rule) and then lives it: purchase by purchase until the horizon or
/// dropout. So the range holds both what is not known of the customer and mere chance; it does not hold the (small)
/// uncertainty of the parameters.
///
/// # Edges
/// Same seed, same ranges, whatever the number of threads. Customers whose spend was never seen are drawn from everybody.
pub fn outlook(
    fitted: &Fitted,
    spend: Option<&GammaGamma>,
    customers: &[(History, Option<Spend>)],
    draws: &Draws,
) -> Vec<Outlook> {
    const TOGETHER: usize = 256;
    let pieces: Vec<&[(History, Option<Spend>)]> = customers.chunks(TOGETHER).collect();
    let drawn = in_parallel(pieces.len(), pieces.len(), |at| {
        let mut futures = Futures::default();
        let first = at * TOGETHER;
        let of = |(k, (history, seen)): (usize, &(History, Option<Spend>))| {
            let mut chance = Chance::of(draws.seed, (first + k) as u64);
            futures.draw(fitted, spend, (history, seen.as_ref()), draws, &mut chance)
        };
        pieces[at].iter().enumerate().map(of).collect::<Vec<Outlook>>()
    });
    drawn.into_iter().flatten().collect()
}

/// Room for the futures of one customer.
#[derive(Default)]
struct Futures {
    purchases: Vec<f64>,
    values: Vec<f64>,
}

impl Futures {
    fn draw(
        &mut self,
        fitted: &Fitted,
        spend: Option<&GammaGamma>,
        (history, seen): (&History, Option<&Spend>),
        draws: &Draws,
        chance: &mut Chance,
    ) -> Outlook {
        let person = Person::of(fitted, history);
        let level = spend.map(|spend| {
            let [p, q, v] = spend.parameters();
            let (x, mean) = seen.map_or((0.0, 0.0), |seen| (f64::from(seen.purchases), seen.mean));
            (p, q + p * x, v + x * mean)
        });
        self.purchases.clear();
        self.values.clear();
        let force = draws.discount.ln_1p();
        for _ in 0..draws.count {
            // A customer's own level: amounts are Gamma(p, ν) with ν ~ Gamma(shape, rate).
            let own = level.map(|(p, shape, rate)| (p, chance.gamma(shape) / rate));
            let (mut count, mut value) = (0.0, 0.0);
            person.live(draws.horizon, chance, |time, chance| {
                count += 1.0;
                if let Some((p, rate)) = own {
                    value += chance.gamma(p) / rate * (-force * time).exp();
                }
            });
            self.purchases.push(count);
            self.values.push(value * draws.margin);
        }
        Outlook {
            purchases: range(&mut self.purchases, draws.confidence),
            value: level.map(|_| range(&mut self.values, draws.confidence)),
        }
    }
}

/// What is left open of one customer.
struct Person {
    alive: f64,
    /// Shape and rate of their own purchase rate.
    rate: (f64, f64),
    dropout: Dropout,
}

enum Dropout {
    Never,
    /// After a purchase, with a probability Beta(a, b).
    AfterPurchase(f64, f64),
    /// At a rate Gamma(shape, rate).
    Anytime(f64, f64),
}

impl Person {
    fn of(fitted: &Fitted, history: &History) -> Self {
        let parameters = fitted.parameters();
        let x = f64::from(history.frequency);
        let dropout = match fitted.model {
            Model::Nbd => Dropout::Never,
            Model::BgNbd => Dropout::AfterPurchase(parameters[2], parameters[3] + x),
            Model::MbgNbd => Dropout::AfterPurchase(parameters[2], parameters[3] + x + 1.0),
            Model::ParetoNbd => Dropout::Anytime(parameters[2], parameters[3] + history.age),
        };
        Self { alive: fitted.alive(history), rate: (parameters[0] + x, parameters[1] + history.age), dropout }
    }

    /// Lives one future, telling of each purchase when it comes.
    fn live(&self, horizon: f64, chance: &mut Chance, mut bought: impl FnMut(f64, &mut Chance)) {
        if chance.uniform() >= self.alive {
            return;
        }
        let rate = chance.gamma(self.rate.0) / self.rate.1;
        let (until, leaves) = match self.dropout {
            Dropout::Never => (horizon, 0.0),
            Dropout::AfterPurchase(a, b) => (horizon, chance.beta(a, b)),
            Dropout::Anytime(shape, scale) => (horizon.min(chance.exponential() / (chance.gamma(shape) / scale)), 0.0),
        };
        let mut time = 0.0;
        loop {
            time += chance.exponential() / rate;
            // NaN (a rate of 0 met by a wait of 0) ends it like a wait beyond the horizon.
            if time.is_nan() || time > until {
                return;
            }
            bought(time, chance);
            if leaves > 0.0 && chance.uniform() < leaves {
                return;
            }
        }
    }
}

fn range(values: &mut [f64], confidence: f64) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * values.len() as f64).floor() as usize;
        values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(0.0)
    };
    (at((1.0 - confidence) / 2.0), at((1.0 + confidence) / 2.0))
}
