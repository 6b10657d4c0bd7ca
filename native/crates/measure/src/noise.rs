//! Noise along the profile of a step, from the residuals of its own fit.

use crate::math::{median, quantile};

/// One side is trusted at most this much more than the other (standard deviations): rounding may hide all its noise.
const MOST_UNEQUAL: f64 = 6.0;
/// Least noise over contrast: what the tabulated model and 16-bit rounding leave.
const LEAST: f64 = 1e-4;
/// Shares of the brighter side between which a pixel belongs to the transition.
const TRANSITION: std::ops::RangeInclusive<f64> = 0.01..=0.99;

/// Variances of the residuals, light squared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Noise {
    /// On the side of smaller v.
    pub before: f64,
    /// On the side of larger v.
    pub behind: f64,
    /// More in the transition: rounding without noise, or a profile that is not quite the model's.
    pub between: f64,
}

impl Noise {
    /// Robust spread of the residuals of both plateaus and of the transition; `shares` say which is which.
    #[must_use]
    pub fn of(residuals: &[f64], shares: &[f64], contrast: f64) -> Self {
        let (mut before, mut behind, mut between) = (Vec::new(), Vec::new(), Vec::new());
        for (r, e) in residuals.iter().zip(shares) {
            if TRANSITION.contains(e) {
                between.push(r.abs());
            } else if *e < 0.5 {
                before.push(r.abs());
            } else {
                behind.push(r.abs());
            }
        }
        let least = (LEAST * contrast.abs()).max(1e-12);
        // 1.15 standard deviations hold three quarters of a normal distribution. The transition has few distinct phases
        // when the edge lies along the rows, and its median may be the one that fits.
        let middle = if between.len() >= 12 {
            quantile(&mut between, 0.75) / 1.1503
        } else {
            0.0
        };
        let plateau = |side: &[f64]| {
            let spread = if side.len() >= 20 {
                1.4826 * median(side)
            } else {
                middle
            };
            spread.max(least)
        };
        let (low, high) = (plateau(&before), plateau(&behind));
        let floor = low.max(high) / MOST_UNEQUAL;
        let (low, high) = (low.max(floor).powi(2), high.max(floor).powi(2));
        let middle = middle * middle;
        Self {
            before: low,
            behind: high,
            between: if middle > 2.0 * low.max(high) { middle } else { 0.0 },
        }
    }

    /// Whether either side has noise; a picture without has rounding, which differs with the phase and repeats itself.
    #[must_use]
    pub fn seen(&self, contrast: f64) -> bool {
        self.before.max(self.behind) > (2.0 * LEAST * contrast).powi(2)
    }

    /// Variance where the share `e` of the light comes from the side of larger v: shot noise grows with light.
    #[must_use]
    pub fn variance(&self, e: f64) -> f64 {
        let transition = (20.0 * e * (1.0 - e)).min(1.0);
        self.before + (self.behind - self.before) * e + transition * self.between
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_has_its_own_noise_and_the_transition_only_what_both_do_not_explain() {
        let shares: Vec<f64> = (0..300).map(|i| [0.0, 0.5, 1.0][i % 3]).collect();
        let sign = |i: usize| if (i / 3).is_multiple_of(2) { 1.0 } else { -1.0 };
        let of = |sizes: [f64; 3]| {
            let residuals: Vec<f64> = (0..300).map(|i| sign(i) * sizes[i % 3]).collect();
            Noise::of(&residuals, &shares, 0.5)
        };
        let even = of([0.001, 0.0012, 0.002]);
        assert!((even.before.sqrt() - 0.001_482_6).abs() < 1e-9 && (even.behind.sqrt() - 0.002_965_2).abs() < 1e-9);
        assert_eq!(even.between, 0.0);
        let rounded = of([0.0, 0.004, 0.0]);
        assert!(
            rounded.between > 1e-5 && (rounded.before.sqrt() - 5e-5).abs() < 1e-9,
            "{rounded:?}"
        );
        assert!(rounded.variance(0.5) > 100.0 * rounded.variance(0.0));
    }
}
