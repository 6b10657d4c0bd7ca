//! Robust statistics: medians, quantiles and the standard deviation from the median absolute deviation.

use std::borrow::Borrow;

/// Ratio of a Gaussian's standard deviation to its median absolute deviation.
pub const MAD_TO_SIGMA: f32 = 1.4826;

/// The bits of a float as a whole number that sorts as the floats do (the order of [`f32::total_cmp`]); whole numbers are
/// compared in one step. Applied to such a number it gives the bits back.
fn sortable(bits: i32) -> i32 {
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

fn keys(values: impl IntoIterator<Item = impl Borrow<f32>>) -> Vec<i32> {
    let key = |v: f32| sortable(v.to_bits() as i32);
    values.into_iter().map(|v| key(*v.borrow())).collect()
}

fn value(key: i32) -> f32 {
    f32::from_bits(sortable(key) as u32)
}

fn rank(n: usize, q: f64) -> usize {
    ((n - 1) as f64 * q).round() as usize
}

/// The `q`-quantile (0..=1) by rank; 0 of nothing.
pub fn quantile(values: impl IntoIterator<Item = impl Borrow<f32>>, q: f64) -> f32 {
    let mut keys = keys(values);
    if keys.is_empty() {
        return 0.0;
    }
    let k = rank(keys.len(), q);
    value(*keys.select_nth_unstable(k).1)
}

/// Several quantiles of a few values.
pub fn quantiles<const N: usize>(values: impl IntoIterator<Item = impl Borrow<f32>>, q: [f64; N]) -> [f32; N] {
    let mut keys = keys(values);
    keys.sort_unstable();
    q.map(|q| keys.get(rank(keys.len().max(1), q)).map_or(0.0, |k| value(*k)))
}

/// Median; 0 of nothing.
pub fn median(values: impl IntoIterator<Item = impl Borrow<f32>>) -> f32 {
    quantile(values, 0.5)
}

/// Median and robust standard deviation (1.4826 MAD).
pub fn median_sigma(values: &[f32]) -> (f32, f32) {
    let m = median(values);
    (m, MAD_TO_SIGMA * median(values.iter().map(|v| (v - m).abs())))
}

/// Line `a + b t` through points: median of the slopes over half the range (after Theil, 1950), then least squares
/// with 2.5-sigma rejection. `None` with fewer than 4 points or no spread in `t`.
pub fn robust_line(t: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let n = t.len().min(y.len());
    if n < 4 {
        return None;
    }
    let far = n / 2;
    let rising = (0..n - far)
        .filter(|&i| t[i + far] != t[i])
        .map(|i| ((y[i + far] - y[i]) / (t[i + far] - t[i])) as f32);
    let b = f64::from(median(rising));
    let a = f64::from(median((0..n).map(|i| (y[i] - b * t[i]) as f32)));
    let mut fit = (a, b);
    for _ in 0..3 {
        let residual = |i: usize| (y[i] - fit.0 - fit.1 * t[i]).abs();
        let limit = f64::from(2.5 * MAD_TO_SIGMA * median((0..n).map(|i| residual(i) as f32))).max(1e-6);
        let keep: Vec<usize> = (0..n).filter(|&i| residual(i) <= limit).collect();
        fit = least_squares(t, y, &keep)?;
    }
    Some(fit)
}

fn least_squares(t: &[f64], y: &[f64], keep: &[usize]) -> Option<(f64, f64)> {
    let n = keep.len() as f64;
    let mt = keep.iter().map(|&i| t[i]).sum::<f64>() / n;
    let my = keep.iter().map(|&i| y[i]).sum::<f64>() / n;
    let stt = keep.iter().map(|&i| (t[i] - mt).powi(2)).sum::<f64>();
    let sty: f64 = keep.iter().map(|&i| (t[i] - mt) * (y[i] - my)).sum();
    (stt > 0.0).then(|| (my - sty / stt * mt, sty / stt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_sorted_values() {
        let values = [0.5, -3.0, f32::NAN, -0.0, 7.25, -1e-30, 0.0, 2.0, f32::INFINITY];
        let mut sorted = values;
        sorted.sort_by(f32::total_cmp);
        for (k, want) in sorted.iter().enumerate() {
            let q = k as f64 / 8.0;
            assert_eq!(quantile(values, q).to_bits(), want.to_bits());
            assert_eq!(quantiles(values, [q])[0].to_bits(), want.to_bits());
        }
        assert_eq!(median(&[] as &[f32]), 0.0);
        assert_eq!(quantiles(&[] as &[f32], [0.1, 0.9]), [0.0, 0.0]);
    }

    #[test]
    fn the_robust_line_ignores_a_third_of_outliers() {
        let t: Vec<f64> = (0..90).map(f64::from).collect();
        let y: Vec<f64> = t
            .iter()
            .map(|&x| if (x as i32) % 3 == 0 { 50.0 } else { 2.0 + 0.1 * x })
            .collect();
        let (a, b) = robust_line(&t, &y).unwrap();
        assert!((a - 2.0).abs() < 0.05 && (b - 0.1).abs() < 0.002, "{a} {b}");
    }

    #[test]
    fn the_robust_sigma_of_a_known_sample() {
        let (m, s) = median_sigma(&[1.0, 2.0, 3.0, 4.0, 100.0]);
        assert_eq!(m, 3.0);
        assert!((s - 1.4826).abs() < 1e-5);
    }
}
