//! How mottled ground differs from itself a few pixels on: a variogram and the covariance that goes with it.

/// Lags the variogram is taken at, px.
pub const LAGS: usize = 8;
/// Ranges that are tried, px.
const RANGES: [f64; 8] = [0.7, 1.0, 1.5, 2.0, 3.0, 4.5, 6.5, 9.0];
/// Share of the sill that is noise of its own in every slice at least: keeps the covariance regular.
const LEAST_NUGGET: f64 = 1e-3;

/// Nugget, and a Matern part of smoothness 3/2 (Stein 1999): mottle is smooth, but not infinitely so.
#[derive(Clone, Copy, Debug)]
pub struct Variogram {
    nugget: f64,
    sill: f64,
    range: f64,
}

impl Variogram {
    /// Fits half the mean squared differences at the lags 1, 2, ...; `None` where there are none.
    #[must_use]
    pub fn fit(gamma: &[f64; LAGS]) -> Option<Self> {
        if !gamma.iter().all(|g| g.is_finite()) || gamma.iter().all(|g| *g <= 0.0) {
            return None;
        }
        RANGES
            .iter()
            .map(|&range| Self::at_range(gamma, range))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|best| best.0)
    }

    /// The best nugget and sill at a range, neither below 0, and the sum of squares they leave.
    fn at_range(gamma: &[f64; LAGS], range: f64) -> (Self, f64) {
        let rise: [f64; LAGS] = std::array::from_fn(|i| 1.0 - correlation(i as f64 + 1.0, range));
        let dot = |a: &[f64; LAGS], b: &[f64; LAGS]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let one = [1.0; LAGS];
        let (rr, r1, n) = (dot(&rise, &rise), dot(&rise, &one), LAGS as f64);
        let (gr, g1) = (dot(gamma, &rise), dot(gamma, &one));
        let det = rr * n - r1 * r1;
        let free = (det > 1e-9).then(|| ((gr * n - g1 * r1) / det, (g1 * rr - gr * r1) / det));
        let (sill, nugget) = match free {
            Some((sill, nugget)) if sill >= 0.0 && nugget >= 0.0 => (sill, nugget),
            Some((_, nugget)) if nugget < 0.0 => (gr / rr, 0.0),
            _ => (0.0, g1 / n),
        };
        let left = (0..LAGS).map(|i| (gamma[i] - nugget - sill * rise[i]).powi(2)).sum();
        (Self { nugget, sill, range }, left)
    }

    /// Covariance of two slices `lag` px apart, up to a constant that a free level takes up.
    #[must_use]
    pub fn covariance(&self, lag: f64) -> f64 {
        let own = if lag == 0.0 {
            self.nugget.max(LEAST_NUGGET * self.sill)
        } else {
            0.0
        };
        own + self.sill * correlation(lag, self.range)
    }
}

fn correlation(lag: f64, range: f64) -> f64 {
    let x = 3f64.sqrt() * lag / range;
    (1.0 + x) * (-x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nugget_sill_and_range_are_found_again() {
        let truth = Variogram {
            nugget: 0.2,
            sill: 1.5,
            range: 3.0,
        };
        let sill = truth.covariance(0.0);
        let fit = Variogram::fit(&std::array::from_fn(|i| sill - truth.covariance(i as f64 + 1.0))).unwrap();
        assert!(
            (fit.nugget - 0.2).abs() < 1e-9 && (fit.sill - 1.5).abs() < 1e-9 && fit.range == 3.0,
            "{fit:?}"
        );
    }

    #[test]
    fn white_noise_has_no_range_and_nothing_has_no_variogram() {
        let fit = Variogram::fit(&[0.7; LAGS]).unwrap();
        assert!(
            (fit.covariance(0.0) - 0.7).abs() < 0.02 && fit.covariance(3.0) < 0.05,
            "{fit:?}"
        );
        assert!(Variogram::fit(&[0.0; LAGS]).is_none());
        assert!(Variogram::fit(&[f64::NAN; LAGS]).is_none());
    }
}
