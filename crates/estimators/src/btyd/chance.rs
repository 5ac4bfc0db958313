//! The distributions that customers' futures are drawn from.

/// A stream of random numbers with the distributions drawn here.
pub(super) struct Chance {
    stream: crate::chance::Chance,
    spare: Option<f64>,
}

impl Chance {
    /// The stream of a seed that belongs to a number.
    pub(super) fn of(seed: u64, number: u64) -> Self {
        Self { stream: crate::chance::Chance::of(seed, number), spare: None }
    }

    /// Uniform in (0, 1]: its logarithm is finite.
    pub(super) fn uniform(&mut self) -> f64 {
        1.0 - self.stream.uniform()
    }

    /// Exponential with mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Standard normal, by Marsaglia's polar method.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }

    /// Gamma of a shape above 0, with scale 1: Marsaglia & Tsang (2000), with the power of a uniform below shape 1.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let power = self.uniform().ln() / shape;
            return self.gamma(shape + 1.0) * power.exp();
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let v = (1.0 + c * normal).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Beta of two shapes above 0.
    pub(super) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        // Both vanish only for shapes so small that the distribution sits on its ends.
        if x + y > 0.0 { x / (x + y) } else { f64::from(u8::from(self.uniform() < a / (a + b))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(mut draw: impl FnMut(&mut Chance) -> f64) -> (f64, f64) {
        let mut chance = Chance::of(11, 3);
        let drawn: Vec<f64> = (0..40_000).map(|_| draw(&mut chance)).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        (mean, drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / drawn.len() as f64)
    }

    #[test]
    fn means_and_variances_are_those_of_the_distributions() {
        let cases: [((f64, f64), f64, f64); 5] = [
            (moments(Chance::uniform), 0.5, 1.0 / 12.0),
            (moments(Chance::exponential), 1.0, 1.0),
            (moments(|chance| chance.gamma(0.3)), 0.3, 0.3),
            (moments(|chance| chance.gamma(7.5)), 7.5, 7.5),
            (moments(|chance| chance.beta(0.8, 2.4)), 0.25, 0.25 * 0.75 / 4.2),
        ];
        for ((mean, variance), expected, spread) in cases {
            assert!((mean - expected).abs() < 4.0 * (spread / 40_000.0_f64).sqrt(), "{mean} {expected}");
            assert!((variance / spread - 1.0).abs() < 0.06, "{variance} {spread}");
        }
    }
}
