//! The exact profile of a straight edge seen through a Gaussian point spread and a square pixel.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Distribution function of the standard normal.
pub(crate) fn normal_cdf(t: f64) -> f64 {
    0.5 * libm::erfc(-t * FRAC_1_SQRT_2)
}

/// Density of the standard normal.
pub(crate) fn normal_pdf(t: f64) -> f64 {
    (-0.5 * t * t).exp() / (2.0 * PI).sqrt()
}

/// First antiderivative of [`normal_cdf`].
fn first(t: f64) -> f64 {
    t * normal_cdf(t) + normal_pdf(t)
}

/// Second antiderivative of [`normal_cdf`].
fn second(t: f64) -> f64 {
    0.5 * ((t * t + 1.0) * normal_cdf(t) + t * normal_pdf(t))
}

/// Share of the light of a point spread of `sigma_px` with the pixel's own side that falls below `t` px along one axis.
pub(crate) fn smeared_cdf(t: f64, sigma_px: f64) -> f64 {
    sigma_px * (first((t + 0.5) / sigma_px) - first((t - 0.5) / sigma_px))
}

/// Below this projected pixel side (px) its averaging is left out: it changes the profile by less than 1e-7.
const THIN: f64 = 1e-3;

/// Share of a pixel's light that comes from the inner side of a straight edge.
///
/// The square pixel projects onto the edge's normal as the convolution of two boxes of widths |nx| and |ny|, so the
/// profile is the second difference of the second antiderivative of the normal distribution function: exact but for
/// rounding, at any angle. `distance_px` is the signed distance of the pixel centre (inside positive), `normal` the
/// unit normal in px, `sigma_px` the Gaussian point spread.
#[must_use]
pub fn edge_coverage(distance_px: f64, normal: [f64; 2], sigma_px: f64) -> f64 {
    let d = distance_px / sigma_px;
    let wide = normal[0].abs().max(normal[1].abs()) / sigma_px;
    let thin = normal[0].abs().min(normal[1].abs()) / sigma_px;
    if thin * sigma_px < THIN {
        return ((first(d + 0.5 * wide) - first(d - 0.5 * wide)) / wide).clamp(0.0, 1.0);
    }
    let (outer, inner) = (0.5 * (wide + thin), 0.5 * (wide - thin));
    let sum = second(d + outer) - second(d + inner) - second(d - inner) + second(d - outer);
    (sum / (wide * thin)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Brute force: the pixel's square by midpoints, the point spread by its distribution function along the normal.
    fn integrated(d: f64, n: [f64; 2], sigma: f64) -> f64 {
        const STEPS: usize = 400;
        let at = |i: usize| (i as f64 + 0.5) / STEPS as f64 - 0.5;
        let mut sum = 0.0;
        for i in 0..STEPS {
            for j in 0..STEPS {
                sum += normal_cdf((d + n[0] * at(i) + n[1] * at(j)) / sigma);
            }
        }
        sum / (STEPS * STEPS) as f64
    }

    #[test]
    fn coverage_equals_brute_force_integration_at_every_angle() {
        for angle in [0.0f64, 0.03, 0.4, 5.0, 20.0, 45.0, 70.0, 90.0, 133.0] {
            let (s, c) = angle.to_radians().sin_cos();
            for sigma in [0.3, 0.8, 2.0] {
                for d in [-3.1, -0.7, -0.1, 0.0, 0.25, 1.3, 4.0] {
                    let error = edge_coverage(d, [c, s], sigma) - integrated(d, [c, s], sigma);
                    assert!(error.abs() < 1e-6, "angle {angle} sigma {sigma} d {d}: {error}");
                }
            }
        }
    }

    #[test]
    fn far_from_the_edge_coverage_is_0_or_1() {
        assert!(edge_coverage(-12.0, [0.8, 0.6], 0.8) < 1e-12);
        assert!((edge_coverage(12.0, [0.8, 0.6], 0.8) - 1.0).abs() < 1e-9);
    }
}
