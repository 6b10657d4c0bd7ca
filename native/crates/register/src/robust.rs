//! The change of placement that all anchors agree on, and how sure it is.

use crate::fine::Found;

/// Squared Mahalanobis distance of two coordinates that chance exceeds once in ten thousand (chi-square, 2 degrees).
const CUT_OFF: f64 = 18.4;
/// No anchor is believed to better than this: interpolation and pixel phase, mm.
const FLOOR_MM: f64 = 0.000_2;
/// Reweightings until the majority has settled.
const ROUNDS: usize = 15;

/// Result of [`agree`].
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Shift x, shift y (mm), turn (rad), relative scale: to be added to the placement.
    pub change: [f64; 4],
    /// Its covariance.
    pub covariance: [[f64; 4]; 4],
    /// Residual of each anchor, mm.
    pub residuals: Vec<[f64; 2]>,
    /// Which anchors took part.
    pub used: Vec<bool>,
}

/// Fits a similarity to the anchors' offsets by iteratively reweighted least squares.
///
/// `at` are card-frame places (mm). Tukey's biweight on residuals in units of their median absolute deviation finds the
/// majority, from a start at the median offset, so that a minority of wrong anchors cannot pull; anchors that then lie off
/// by more than chance are left out. Where the rest still scatters by more than its own covariance, one variance between
/// anchors (print stretch, paper) is added so that it does not (Paule & Mandel 1982). `None` when fewer than 3 remain.
#[must_use]
pub fn agree(at: &[[f64; 2]], found: &[Found]) -> Option<Agreement> {
    let n = at.len();
    let mut weights = start(found);
    let mut spread = 0.0;
    let residuals_of =
        |change: &[f64; 4]| -> Vec<[f64; 2]> { (0..n).map(|k| residual(at[k], &found[k], change)).collect() };
    for _ in 0..ROUNDS {
        let (change, _) = weighted(at, found, &weights, spread)?;
        let residuals = residuals_of(&change);
        let sizes: Vec<f64> = residuals.iter().map(|r| r[0].hypot(r[1])).collect();
        // The median of a two-dimensional Gaussian's length is 1.1774 standard deviations.
        spread = (median(&sizes) / 1.1774).powi(2);
        let scale = spread.sqrt().max(FLOOR_MM);
        for (w, size) in weights.iter_mut().zip(&sizes) {
            *w = tukey(size / (6.0 * scale));
        }
    }
    let (change, _) = weighted(at, found, &weights, spread)?;
    let used: Vec<bool> = residuals_of(&change)
        .into_iter()
        .zip(found)
        .map(|(r, f)| distance(r, f, spread) < CUT_OFF)
        .collect();
    let weights: Vec<f64> = used.iter().map(|u| f64::from(u8::from(*u))).collect();
    let between = paule_mandel(at, found, &weights)?;
    let (change, covariance) = weighted(at, found, &weights, between)?;
    Some(Agreement {
        change,
        covariance,
        residuals: residuals_of(&change),
        used,
    })
}

/// Anchors near the median offset: wide enough for a turn of half a degree at the card's edge.
fn start(found: &[Found]) -> Vec<f64> {
    let middle = [0, 1].map(|a| median(&found.iter().map(|f| f.offset_mm[a]).collect::<Vec<_>>()));
    let far: Vec<f64> = found
        .iter()
        .map(|f| (f.offset_mm[0] - middle[0]).hypot(f.offset_mm[1] - middle[1]))
        .collect();
    let limit = (3.0 * 1.4826 * median(&far)).max(0.02);
    far.iter().map(|d| f64::from(u8::from(*d <= limit))).collect()
}

/// Columns of the linear model at a place: offset = shift + turn x + scale x.
fn model([x, y]: [f64; 2]) -> [[f64; 4]; 2] {
    [[1.0, 0.0, -y, x], [0.0, 1.0, x, y]]
}

fn residual(at: [f64; 2], found: &Found, change: &[f64; 4]) -> [f64; 2] {
    let rows = model(at);
    [0, 1].map(|a| found.offset_mm[a] - (0..4).map(|i| rows[a][i] * change[i]).sum::<f64>())
}

/// Inverse covariance of one anchor with the variance between anchors added.
fn information(found: &Found, between: f64) -> [[f64; 2]; 2] {
    let c = &found.covariance;
    let extra = between + FLOOR_MM * FLOOR_MM;
    let (a, b, d) = (c[0][0] + extra, 0.5 * (c[0][1] + c[1][0]), c[1][1] + extra);
    let det = a * d - b * b;
    [[d / det, -b / det], [-b / det, a / det]]
}

fn distance(r: [f64; 2], found: &Found, between: f64) -> f64 {
    let w = information(found, between);
    r[0] * (w[0][0] * r[0] + w[0][1] * r[1]) + r[1] * (w[1][0] * r[0] + w[1][1] * r[1])
}

/// Least squares with a weight per anchor: the change and its covariance.
fn weighted(at: &[[f64; 2]], found: &[Found], weights: &[f64], between: f64) -> Option<([f64; 4], [[f64; 4]; 4])> {
    if weights.iter().filter(|w| **w > 0.0).count() < 3 {
        return None;
    }
    let mut normal = [[0.0; 4]; 4];
    let mut right = [0.0; 4];
    for k in (0..at.len()).filter(|&k| weights[k] > 0.0) {
        let w = information(&found[k], between).map(|row| row.map(|v| v * weights[k]));
        let rows = model(at[k]);
        for i in 0..4 {
            let wi = [0, 1].map(|b| rows[0][i] * w[0][b] + rows[1][i] * w[1][b]);
            right[i] += wi[0] * found[k].offset_mm[0] + wi[1] * found[k].offset_mm[1];
            for j in 0..4 {
                normal[i][j] += wi[0] * rows[0][j] + wi[1] * rows[1][j];
            }
        }
    }
    let inverse = invert(&normal)?;
    let change = std::array::from_fn(|i| (0..4).map(|j| inverse[i][j] * right[j]).sum());
    Some((change, inverse))
}

/// Variance between anchors at which their weighted squares equal the degrees of freedom; weights are 0 or 1.
fn paule_mandel(at: &[[f64; 2]], found: &[Found], weights: &[f64]) -> Option<f64> {
    let freedom = 2.0 * weights.iter().sum::<f64>() - 4.0;
    let excess = |between: f64| {
        let (change, _) = weighted(at, found, weights, between)?;
        let squares: f64 = (0..at.len())
            .map(|k| weights[k] * distance(residual(at[k], &found[k], &change), &found[k], between))
            .sum();
        Some(squares - freedom)
    };
    if freedom <= 0.0 || excess(0.0)? <= 0.0 {
        return Some(0.0);
    }
    let (mut low, mut high) = (0.0, 1e-8);
    while excess(high)? > 0.0 {
        low = high;
        high *= 4.0;
        if high > 1.0 {
            return Some(high);
        }
    }
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if excess(middle)? > 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    Some(0.5 * (low + high))
}

/// Inverse of a symmetric positive definite 4 x 4 matrix by Gauss-Jordan with scaled unknowns.
fn invert(a: &[[f64; 4]; 4]) -> Option<[[f64; 4]; 4]> {
    let scale: [f64; 4] = std::array::from_fn(|i| 1.0 / a[i][i].sqrt());
    if scale.iter().any(|s| !s.is_finite()) {
        return None;
    }
    let mut m: [[f64; 8]; 4] = std::array::from_fn(|i| {
        std::array::from_fn(|j| match j {
            0..4 => a[i][j] * scale[i] * scale[j],
            _ => f64::from(u8::from(j == i + 4)),
        })
    });
    for p in 0..4 {
        let pivot = (p..4).max_by(|&x, &y| m[x][p].abs().total_cmp(&m[y][p].abs()))?;
        m.swap(p, pivot);
        if m[p][p].abs() < 1e-10 {
            return None;
        }
        let divisor = m[p][p];
        for v in &mut m[p] {
            *v /= divisor;
        }
        let row = m[p];
        for (i, other) in m.iter_mut().enumerate() {
            if i != p {
                let factor = other[p];
                for (v, r) in other.iter_mut().zip(row) {
                    *v -= factor * r;
                }
            }
        }
    }
    Some(std::array::from_fn(|i| {
        std::array::from_fn(|j| m[i][j + 4] * scale[i] * scale[j])
    }))
}

/// Median; NaN for an empty slice.
pub fn median(values: &[f64]) -> f64 {
    let mut copy = values.to_vec();
    if copy.is_empty() {
        return f64::NAN;
    }
    let middle = copy.len() / 2;
    *copy.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Gaussian-equivalent spread about zero-centred median.
pub fn mad(values: &[f64]) -> f64 {
    let middle = median(values);
    1.4826 * median(&values.iter().map(|v| (v - middle).abs()).collect::<Vec<_>>())
}

/// Tukey's biweight of a residual in units of its cut-off.
pub fn tukey(ratio: f64) -> f64 {
    if ratio.abs() >= 1.0 {
        0.0
    } else {
        (1.0 - ratio * ratio).powi(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Vec<[f64; 2]> {
        (0..24)
            .map(|i| [f64::from(i % 4) * 16.0 - 24.0, f64::from(i / 4) * 14.0 - 35.0])
            .collect()
    }

    fn found(at: &[[f64; 2]], change: [f64; 4], noise: impl Fn(usize) -> [f64; 2]) -> Vec<Found> {
        at.iter()
            .enumerate()
            .map(|(k, p)| {
                let (rows, e) = (model(*p), noise(k));
                let offset_mm = [0, 1].map(|a| (0..4).map(|i| rows[a][i] * change[i]).sum::<f64>() + e[a]);
                Found {
                    offset_mm,
                    covariance: [[1e-6, 0.0], [0.0, 1e-6]],
                    ncc: 1.0,
                }
            })
            .collect()
    }

    const CHANGE: [f64; 4] = [0.05, -0.03, 0.001, 0.000_4];

    #[test]
    fn a_similarity_is_recovered_although_a_third_of_the_anchors_lie() {
        let at = grid();
        let wrong = |k: usize| {
            if k.is_multiple_of(3) {
                [0.15, 0.1 * (k as f64 - 8.0) / 8.0]
            } else {
                [0.0; 2]
            }
        };
        let a = agree(&at, &found(&at, CHANGE, wrong)).unwrap();
        for i in 0..4 {
            assert!((a.change[i] - CHANGE[i]).abs() < 1e-6, "{:?}", a.change);
        }
        assert_eq!(a.used.iter().filter(|u| **u).count(), 16);
    }

    #[test]
    fn scatter_beyond_the_stated_uncertainty_widens_it() {
        let at = grid();
        let ragged = |k: usize| [0.005 * (-1f64).powi(k as i32), 0.005 * (-1f64).powi(k as i32 / 4)];
        let a = agree(&at, &found(&at, CHANGE, ragged)).unwrap();
        // Each coordinate scatters by 5 um, 44 degrees of freedom in 48 numbers.
        let expected = 0.005 * (48f64 / 44.0).sqrt() / 24f64.sqrt();
        assert!((a.covariance[0][0].sqrt() / expected - 1.0).abs() < 0.2);
    }

    #[test]
    fn two_anchors_are_not_enough() {
        let at = grid();
        assert!(agree(&at[..2], &found(&at[..2], CHANGE, |_| [0.0; 2])).is_none());
    }

    #[test]
    fn an_inverse_times_its_matrix_is_the_identity() {
        let a = [
            [4.0, 1.0, 0.5, 0.1],
            [1.0, 3.0, 0.2, 0.3],
            [0.5, 0.2, 2.0, 0.4],
            [0.1, 0.3, 0.4, 900.0],
        ];
        let b = invert(&a).unwrap();
        for i in 0..4 {
            for j in 0..4 {
                let sum: f64 = (0..4).map(|k| a[i][k] * b[k][j]).sum();
                assert!((sum - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
    }
}
