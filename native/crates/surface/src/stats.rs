//! Robust statistics: medians, quantiles and the standard deviation from the median absolute deviation.

/// Ratio of a Gaussian's standard deviation to its median absolute deviation.
pub const MAD_TO_SIGMA: f32 = 1.4826;

/// The `q`-quantile (0..=1) by rank; reorders `v`; 0 for an empty slice.
pub fn quantile(v: &mut [f32], q: f64) -> f32 {
    if v.is_empty() {
        return 0.0;
    }
    let k = ((v.len() - 1) as f64 * q).round() as usize;
    *v.select_nth_unstable_by(k, f32::total_cmp).1
}

/// The same of a sorted, non-empty slice.
pub fn ranked(v: &[f32], q: f64) -> f32 {
    v[((v.len() - 1) as f64 * q).round() as usize]
}

/// Median; reorders `v`.
pub fn median(v: &mut [f32]) -> f32 {
    quantile(v, 0.5)
}

/// Median and robust standard deviation (1.4826 MAD); overwrites `v`.
pub fn median_sigma(v: &mut [f32]) -> (f32, f32) {
    let m = median(v);
    for x in v.iter_mut() {
        *x = (*x - m).abs();
    }
    (m, MAD_TO_SIGMA * median(v))
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
    let b = f64::from(median(&mut rising.collect::<Vec<_>>()));
    let a = f64::from(median(
        &mut (0..n).map(|i| (y[i] - b * t[i]) as f32).collect::<Vec<_>>(),
    ));
    let mut fit = (a, b);
    for _ in 0..3 {
        let residual = |i: usize| (y[i] - fit.0 - fit.1 * t[i]).abs();
        let mut r: Vec<f32> = (0..n).map(|i| residual(i) as f32).collect();
        let limit = f64::from(2.5 * MAD_TO_SIGMA * median(&mut r)).max(1e-6);
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
        let mut v = vec![1.0, 2.0, 3.0, 4.0, 100.0];
        let (m, s) = median_sigma(&mut v);
        assert_eq!(m, 3.0);
        assert!((s - 1.4826).abs() < 1e-5);
    }
}
