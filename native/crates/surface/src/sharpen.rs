//! The part of a section's depth that a Gaussian does not tell: banks beside a groove, a flat floor, a sharp edge.

/// Frequencies the deconvolution works on, up to half a cycle a pixel.
const FREQUENCIES: usize = 64;
/// Share of a frequency that optics must let through for it to be put back; fainter ones are put back in part.
const FAINT: f64 = 0.07;

/// What deconvolution adds to the depth in the middle of a section, as a share of the seen depth, beyond what it adds to
/// the Gaussian of the seen width.
///
/// `relief` holds places (pixels beside the middle, evenly spaced) and heights over the seen depth; `wide2` is the variance
/// of the Gaussian and `blur2` that of what is undone, px2. The Gaussian takes care of the depth and of all frequencies
/// that the blur has swallowed; only the small rest is deconvolved (Wiener's filter), so that neither noise nor what the
/// filter has to leave out weighs much.
pub fn unlike_gaussian(relief: &[[f64; 2]], wide2: f64, blur2: f64) -> f64 {
    let [Some(first), Some(second)] = [relief.first(), relief.get(1)] else {
        return 0.0;
    };
    let step = 0.5 / FREQUENCIES as f64;
    let weights: [f64; FREQUENCIES] = std::array::from_fn(|k| {
        let turn = std::f64::consts::TAU * (k as f64 + 0.5) * step;
        let kept = (-0.5 * blur2 * turn * turn).exp();
        2.0 * step * kept / (kept * kept + FAINT * FAINT)
    });
    let at_middle = |t: f64| {
        let turn = std::f64::consts::TAU * t * step;
        // Cosines of odd halves of the turn, each from the two before it.
        let (twice, mut last, mut here) = (2.0 * turn.cos(), (0.5 * turn).cos(), (0.5 * turn).cos());
        weights.iter().fold(0.0, |sum, weight| {
            let sum = sum + weight * here;
            (last, here) = (here, twice * here - last);
            sum
        })
    };
    let rest = |[t, z]: &[f64; 2]| (z - (-0.5 * t * t / wide2).exp()) * at_middle(*t);
    relief.iter().map(rest).sum::<f64>() * (second[0] - first[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_groove_with_banks_gets_its_depth_back() {
        // A groove of 0.2 mm with banks of 18 % as the simulator makes it, through optics of 0.94 px, seen by its width.
        let terms = [(0.0, 1.0, 1.25), (3.25, -0.18, 1.0), (-3.25, -0.18, 1.0)];
        let blur2 = 0.89f64;
        let seen = |t: f64| -> f64 {
            let part = |(o, h, s): &(f64, f64, f64)| {
                let wide = (s * s + blur2).sqrt();
                h * s / wide * (-0.5 * ((t - o) / wide).powi(2)).exp()
            };
            terms.iter().map(part).sum()
        };
        let half = (0..4000)
            .map(|i| f64::from(i) * 1e-3)
            .find(|&t| seen(t) < 0.5 * seen(0.0))
            .unwrap();
        let wide2 = (2.0 * half / 2.354_820_045).powi(2);
        let relief: Vec<[f64; 2]> = (-60..=60)
            .map(|i| f64::from(i) * 0.25)
            .map(|t| [t, seen(t) / seen(0.0)])
            .collect();
        let truth: f64 = terms.iter().map(|(o, h, s)| h * (-0.5 * (o / s).powi(2)).exp()).sum();
        let gaussian = seen(0.0) * (wide2 / (wide2 - blur2)).sqrt();
        let whole = gaussian + seen(0.0) * unlike_gaussian(&relief, wide2, blur2);
        assert!((gaussian / truth - 1.0).abs() > 0.03, "{gaussian} for {truth}");
        assert!((whole / truth - 1.0).abs() < 0.02, "{whole} for {truth}");
    }
}
