//! Odds from measured features by logistic regression (Cox 1958).
//!
//! The coefficients in the detectors were fitted by maximum likelihood with a ridge of 0.02 to the candidates that the
//! detector saw on the simulated cards of `cargo run --release -p surface --example findings -- 300 300000` and
//! `-- 200 700000` (500 cards), each counted as true or not by that example's own rule. Nothing was fitted to the seeds
//! that are quoted.

/// Odds that a candidate is true: bias, then pairs of coefficient and feature.
pub fn odds<const N: usize>(bias: f64, terms: [(f64, f64); N]) -> f64 {
    (bias + terms.iter().map(|(c, f)| c * f).sum::<f64>()).exp()
}

/// Natural logarithm, of nothing smaller than `least`.
pub fn log(value: f64, least: f64) -> f64 {
    value.max(least).ln()
}

/// Odds from which a candidate is listed at all: about as often true as not.
pub const LISTED: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_odds_multiply() {
        assert_eq!(odds(0.0, [(1.0, 0.0)]), 1.0);
        let both = odds(0.5, [(2.0, 0.3), (-1.0, log(0.1, 0.5))]);
        assert!((both - 0.5f64.exp() * 0.6f64.exp() * 2.0).abs() < 1e-9);
    }
}
