//! Uniform cubic B-splines on 0..1, and a symmetric system solved for their coefficients.

/// Intervals of the spline: fine enough for toes and shoulders of film-like curves, coarse enough that each interval
/// holds many codes of 8 bits.
pub(super) const INTERVALS: usize = 24;
/// Coefficients.
pub(super) const SIZE: usize = INTERVALS + 3;

/// Index of the first of four coefficients that matter at a code 0..1, and their weights.
pub(super) fn basis(code: f64) -> (usize, [f64; 4]) {
    let (first, t) = place(code);
    let u = 1.0 - t;
    let (t2, t3) = (t * t, t * t * t);
    let weights = [
        u * u * u / 6.0,
        (3.0 * t3 - 6.0 * t2 + 4.0) / 6.0,
        (-3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0) / 6.0,
        t3 / 6.0,
    ];
    (first, weights)
}

/// As [`basis`], for the derivative by the code.
pub(super) fn slope_basis(code: f64) -> (usize, [f64; 4]) {
    let (first, t) = place(code);
    let u = 1.0 - t;
    let weights = [
        -u * u / 2.0,
        (3.0 * t * t - 4.0 * t) / 2.0,
        (-3.0 * t * t + 2.0 * t + 1.0) / 2.0,
        t * t / 2.0,
    ];
    (first, weights.map(|w| w * INTERVALS as f64))
}

/// As [`basis`], for the second derivative by the code.
pub(super) fn bend_basis(code: f64) -> (usize, [f64; 4]) {
    let (first, t) = place(code);
    let weights = [1.0 - t, 3.0 * t - 2.0, 1.0 - 3.0 * t, t];
    (first, weights.map(|w| w * (INTERVALS * INTERVALS) as f64))
}

fn place(code: f64) -> (usize, f64) {
    let at = code * INTERVALS as f64;
    let first = (at.floor().max(0.0) as usize).min(INTERVALS - 1);
    (first, at - first as f64)
}

/// Value of a spline.
pub(super) fn value(coefficients: &[f64; SIZE], (first, weights): (usize, [f64; 4])) -> f64 {
    weights.iter().zip(&coefficients[first..]).map(|(w, c)| w * c).sum()
}

/// Symmetric matrix of the least-squares problem, stored in full.
#[derive(Clone)]
pub(super) struct Normal(pub Box<[[f64; SIZE]; SIZE]>);

impl Normal {
    pub(super) fn zero() -> Self {
        Self(Box::new([[0.0; SIZE]; SIZE]))
    }

    /// Adds `factor` times the product of two sets of four weights, each with the index of its first coefficient.
    pub(super) fn add(&mut self, factor: f64, (p, a): (usize, &[f64; 4]), (q, b): (usize, &[f64; 4])) {
        for (i, wa) in a.iter().enumerate() {
            for (v, wb) in self.0[p + i][q..].iter_mut().zip(b) {
                *v += factor * wa * wb;
            }
        }
    }

    pub(super) fn times(&self, x: &[f64; SIZE]) -> [f64; SIZE] {
        std::array::from_fn(|i| self.0[i].iter().zip(x).map(|(a, b)| a * b).sum())
    }

    pub(super) fn trace(&self) -> f64 {
        (0..SIZE).map(|i| self.0[i][i]).sum()
    }

    pub(super) fn plus(mut self, other: &Self) -> Self {
        for (row, more) in self.0.iter_mut().zip(other.0.iter()) {
            for (v, m) in row.iter_mut().zip(more) {
                *v += m;
            }
        }
        self
    }

    /// `x` with `self x = b`, by Cholesky; `None` where the matrix is not positive definite.
    pub(super) fn solve(&self, b: &[f64; SIZE]) -> Option<[f64; SIZE]> {
        let mut l = [[0.0; SIZE]; SIZE];
        for i in 0..SIZE {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
                let rest = self.0[i][j] - dot;
                if i == j {
                    if rest.is_nan() || rest <= 0.0 {
                        return None;
                    }
                    l[i][i] = rest.sqrt();
                } else {
                    l[i][j] = rest / l[j][j];
                }
            }
        }
        let mut x = *b;
        for i in 0..SIZE {
            let dot: f64 = (0..i).map(|k| l[i][k] * x[k]).sum();
            x[i] = (x[i] - dot) / l[i][i];
        }
        for i in (0..SIZE).rev() {
            let dot: f64 = (i + 1..SIZE).map(|k| l[k][i] * x[k]).sum();
            x[i] = (x[i] - dot) / l[i][i];
        }
        Some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basis_sums_to_one_and_its_slope_is_the_difference() {
        let coefficients: [f64; SIZE] = std::array::from_fn(|i| (i as f64 * 0.7).sin());
        for i in 0..=200 {
            let code = f64::from(i) / 200.0;
            let sum: f64 = basis(code).1.iter().sum();
            assert!((sum - 1.0).abs() < 1e-12, "{code}: {sum}");
            let inner = code.clamp(1e-4, 1.0 - 1e-4);
            let by = |h: f64| {
                let slope = |c: f64| value(&coefficients, slope_basis(c));
                let rise = value(&coefficients, basis(inner + h)) - value(&coefficients, basis(inner - h));
                (rise / (2.0 * h), (slope(inner + h) - slope(inner - h)) / (2.0 * h))
            };
            let (slope, bend) = by(1e-5);
            assert!(
                (value(&coefficients, slope_basis(inner)) - slope).abs() < 1e-3,
                "{code}"
            );
            // The second derivative has kinks at the knots.
            assert!((value(&coefficients, bend_basis(inner)) - bend).abs() < 0.5, "{code}");
        }
    }

    #[test]
    fn a_system_with_a_known_answer_is_solved() {
        let mut normal = Normal::zero();
        for i in 0..SIZE {
            for j in 0..SIZE {
                normal.0[i][j] = 0.5f64.powi(i.abs_diff(j) as i32);
            }
        }
        let want: [f64; SIZE] = std::array::from_fn(|i| i as f64 - 9.0);
        let b: [f64; SIZE] = std::array::from_fn(|i| (0..SIZE).map(|j| normal.0[i][j] * want[j]).sum());
        let got = normal.solve(&b).expect("positive definite");
        assert!(got.iter().zip(&want).all(|(g, w)| (g - w).abs() < 1e-9));
        normal.0[3][3] = -1.0;
        assert!(normal.solve(&b).is_none());
    }
}
