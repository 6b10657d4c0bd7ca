//! Small numerical tools: normal distribution, dense solves, robust statistics, polynomials.

/// Normal cumulative distribution and density at `x`.
///
/// Abramowitz & Stegun 7.1.26 (1964), absolute error 7.5e-8: one exponential serves both values.
#[must_use]
pub fn normal(x: f64) -> (f64, f64) {
    let e = (-0.5 * x * x).exp();
    let z = x.abs() * std::f64::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly =
        t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let tail = 0.5 * poly * e;
    let cdf = if x >= 0.0 { 1.0 - tail } else { tail };
    (cdf, e * 0.398_942_280_401_432_7)
}

/// Inverts a symmetric positive definite matrix by Cholesky; `None` where it is singular.
#[must_use]
pub fn invert_spd<const N: usize>(a: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut l = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let mut sum = a[i][j];
            for k in 0..j {
                sum -= l[i][k] * l[j][k];
            }
            if i == j {
                // A NaN must not pass either.
                if sum.is_nan() || sum <= 1e-14 * a[i][i].abs() {
                    return None;
                }
                l[i][i] = sum.sqrt();
            } else {
                l[i][j] = sum / l[j][j];
            }
        }
    }
    let mut inverse = [[0.0; N]; N];
    for column in 0..N {
        let mut y = [0.0; N];
        for i in 0..N {
            let unit = if i == column { 1.0 } else { 0.0 };
            let sum: f64 = (0..i).map(|k| l[i][k] * y[k]).sum();
            y[i] = (unit - sum) / l[i][i];
        }
        for i in (0..N).rev() {
            let sum: f64 = (i + 1..N).map(|k| l[k][i] * inverse[k][column]).sum();
            inverse[i][column] = (y[i] - sum) / l[i][i];
        }
    }
    Some(inverse)
}

/// Product of a square matrix and a vector.
#[must_use]
pub fn times<const N: usize>(a: &[[f64; N]; N], x: &[f64; N]) -> [f64; N] {
    let mut out = [0.0; N];
    for i in 0..N {
        out[i] = (0..N).map(|j| a[i][j] * x[j]).sum();
    }
    out
}

/// The value below which the fraction `q` of `values` lies; NaN for an empty slice. Reorders the slice.
pub fn quantile(values: &mut [f64], q: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let at = ((values.len() - 1) as f64 * q).round() as usize;
    *values.select_nth_unstable_by(at, f64::total_cmp).1
}

/// Median of a copy of `values`; NaN for an empty slice.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut copy = values.to_vec();
    if copy.len().is_multiple_of(2) && !copy.is_empty() {
        let upper = copy.len() / 2;
        let (below, middle, _) = copy.select_nth_unstable_by(upper, f64::total_cmp);
        let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        return 0.5 * (lower + *middle);
    }
    quantile(&mut copy, 0.5)
}

/// Median and Gaussian-equivalent spread (1.4826 x median absolute deviation).
#[must_use]
pub fn median_mad(values: &[f64]) -> (f64, f64) {
    let centre = median(values);
    let deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    (centre, 1.4826 * median(&deviations))
}

/// Tukey's biweight for a residual in units of its cut-off.
#[must_use]
pub fn tukey(ratio: f64) -> f64 {
    if ratio.abs() >= 1.0 {
        0.0
    } else {
        let q = 1.0 - ratio * ratio;
        q * q
    }
}

/// Weighted least-squares polynomial of degree 2 or less; unused coefficients are 0.
///
/// `x` should be of order 1. Returns the coefficients and the standard deviation of each for unit weight variance.
#[must_use]
pub fn fit_polynomial(x: &[f64], y: &[f64], w: &[f64], degree: usize) -> Option<([f64; 3], [f64; 3])> {
    let terms = degree.min(2) + 1;
    let mut normal_matrix = [[0.0; 3]; 3];
    let mut right = [0.0; 3];
    for i in 0..x.len() {
        let powers = [1.0, x[i], x[i] * x[i]];
        for r in 0..terms {
            right[r] += w[i] * powers[r] * y[i];
            for c in 0..terms {
                normal_matrix[r][c] += w[i] * powers[r] * powers[c];
            }
        }
    }
    for r in terms..3 {
        normal_matrix[r][r] = 1.0;
    }
    let inverse = invert_spd(&normal_matrix)?;
    let mut std = [0.0; 3];
    for r in 0..terms {
        std[r] = inverse[r][r].sqrt();
    }
    Some((times(&inverse, &right), std))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_matches_published_values() {
        // Abramowitz & Stegun, table 26.1.
        for (x, cdf) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746),
            (1.96, 0.975_002_105),
            (-2.5, 0.006_209_665),
        ] {
            assert!((normal(x).0 - cdf).abs() < 1e-7, "{x}");
        }
        assert!((normal(1.0).1 - 0.241_970_725).abs() < 1e-9);
    }

    #[test]
    fn an_inverse_times_its_matrix_is_the_identity() {
        let a = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        let inverse = invert_spd(&a).unwrap();
        for column in 0..3 {
            let unit = times(&a, &[inverse[0][column], inverse[1][column], inverse[2][column]]);
            for (row, value) in unit.iter().enumerate() {
                assert!((value - if row == column { 1.0 } else { 0.0 }).abs() < 1e-12);
            }
        }
        assert!(invert_spd(&[[1.0, 1.0], [1.0, 1.0]]).is_none());
    }

    #[test]
    fn a_parabola_is_recovered_from_its_points() {
        let x: Vec<f64> = (0..9).map(|i| f64::from(i) / 4.0 - 1.0).collect();
        let y: Vec<f64> = x.iter().map(|x| 0.3 - 1.2 * x + 0.7 * x * x).collect();
        let (c, _) = fit_polynomial(&x, &y, &[1.0; 9], 2).unwrap();
        assert!((c[0] - 0.3).abs() < 1e-12 && (c[1] + 1.2).abs() < 1e-12 && (c[2] - 0.7).abs() < 1e-12);
    }

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
