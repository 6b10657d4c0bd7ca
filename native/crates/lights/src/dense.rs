//! Symmetric positive definite systems of a few dozen unknowns, and Levenberg-Marquardt on top of them.

/// Lower Cholesky factor of a row-major `n x n` matrix; `None` where it is not positive definite.
pub fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut l = matrix.to_vec();
    for i in 0..n {
        for j in 0..=i {
            let sum = l[i * n + j] - (0..j).map(|k| l[i * n + k] * l[j * n + k]).sum::<f64>();
            if i == j {
                if sum <= 0.0 || !sum.is_finite() {
                    return None;
                }
                l[i * n + i] = sum.sqrt();
            } else {
                l[i * n + j] = sum / l[j * n + j];
            }
        }
    }
    Some(l)
}

/// Solves the system whose lower factor is given.
pub fn substitute(l: &[f64], n: usize, b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| l[i * n + k] * x[k]).sum();
        x[i] = (x[i] - sum) / l[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| l[k * n + i] * x[k]).sum();
        x[i] = (x[i] - sum) / l[i * n + i];
    }
    x
}

/// Diagonal of the inverse of the matrix whose lower factor is given.
pub fn inverse_diagonal(l: &[f64], n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| {
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            substitute(l, n, &unit)[i]
        })
        .collect()
}

/// Normal equations of a weighted least-squares problem, gathered row by row.
#[derive(Clone)]
pub struct Normal {
    /// `J^T W J`, row-major.
    pub matrix: Vec<f64>,
    /// `-J^T W r`.
    pub right: Vec<f64>,
    /// `sum w r^2`.
    pub cost: f64,
}

impl Normal {
    /// Of `n` unknowns, empty.
    pub fn new(n: usize) -> Self {
        Self {
            matrix: vec![0.0; n * n],
            right: vec![0.0; n],
            cost: 0.0,
        }
    }

    /// Adds a residual with the few unknowns it depends on: pairs of index and derivative.
    pub fn add(&mut self, residual: f64, weight: f64, row: &[(usize, f64)]) {
        let n = self.right.len();
        for &(i, di) in row {
            self.right[i] -= weight * di * residual;
            for &(j, dj) in row {
                self.matrix[i * n + j] += weight * di * dj;
            }
        }
        self.cost += weight * residual * residual;
    }
}

/// Levenberg 1944, Marquardt 1963: damped Gauss-Newton steps until the cost no longer falls.
///
/// `build` gives the normal equations at a place, or `None` where the place is impossible. Returns the place and its
/// equations; `None` when the start itself is impossible.
pub fn minimise(start: Vec<f64>, build: impl Fn(&[f64]) -> Option<Normal>) -> Option<(Vec<f64>, Normal)> {
    let n = start.len();
    let mut at = start;
    let mut here = build(&at)?;
    let mut damping = 1e-3;
    for _ in 0..200 {
        let mut damped = here.matrix.clone();
        for i in 0..n {
            damped[i * n + i] += damping * here.matrix[i * n + i] + 1e-300;
        }
        let step = cholesky(&damped, n).map(|l| substitute(&l, n, &here.right));
        let next = step.and_then(|s| {
            let place: Vec<f64> = at.iter().zip(&s).map(|(a, d)| a + d).collect();
            build(&place).filter(|b| b.cost < here.cost).map(|b| (place, b))
        });
        match next {
            Some((place, built)) => {
                let gain = (here.cost - built.cost) / here.cost.max(f64::MIN_POSITIVE);
                (at, here) = (place, built);
                damping = (damping * 0.2).max(1e-12);
                if gain < 1e-12 {
                    break;
                }
            }
            None if damping > 1e10 => break,
            None => damping *= 6.0,
        }
    }
    Some((at, here))
}
