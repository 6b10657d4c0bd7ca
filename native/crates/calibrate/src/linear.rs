//! Dense linear algebra for small systems: Cholesky solve and inverse, and the least eigenvector of a symmetric matrix.

/// A square matrix, row by row.
pub(crate) type Matrix = Vec<Vec<f64>>;

/// Zeros.
pub(crate) fn zeros(n: usize) -> Matrix {
    vec![vec![0.0; n]; n]
}

/// Lower Cholesky factor; `None` where the matrix is not positive definite.
fn factor(a: &Matrix) -> Option<Matrix> {
    let n = a.len();
    let mut l = zeros(n);
    for i in 0..n {
        for j in 0..=i {
            let sum = a[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
            if i == j {
                if sum.is_nan() || sum <= 1e-15 * a[i][i].abs() {
                    return None;
                }
                l[i][i] = sum.sqrt();
            } else {
                l[i][j] = sum / l[j][j];
            }
        }
    }
    Some(l)
}

fn substitute(l: &Matrix, b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = (b[i] - (0..i).map(|k| l[i][k] * y[k]).sum::<f64>()) / l[i][i];
    }
    for i in (0..n).rev() {
        y[i] = (y[i] - (i + 1..n).map(|k| l[k][i] * y[k]).sum::<f64>()) / l[i][i];
    }
    y
}

/// Solves a symmetric positive definite system; rows and columns are balanced first, as parameters differ in size.
pub(crate) fn solve_spd(a: &Matrix, b: &[f64]) -> Option<Vec<f64>> {
    let (scale, balanced) = balance(a)?;
    let l = factor(&balanced)?;
    let scaled: Vec<f64> = b.iter().zip(&scale).map(|(v, s)| v * s).collect();
    let x = substitute(&l, &scaled);
    Some(x.iter().zip(&scale).map(|(v, s)| v * s).collect())
}

/// Inverts a symmetric positive definite matrix.
pub(crate) fn invert_spd(a: &Matrix) -> Option<Matrix> {
    let n = a.len();
    let (scale, balanced) = balance(a)?;
    let l = factor(&balanced)?;
    let mut inverse = zeros(n);
    for column in 0..n {
        let mut unit = vec![0.0; n];
        unit[column] = 1.0;
        for (row, value) in substitute(&l, &unit).into_iter().enumerate() {
            inverse[row][column] = value * scale[row] * scale[column];
        }
    }
    Some(inverse)
}

fn balance(a: &Matrix) -> Option<(Vec<f64>, Matrix)> {
    let n = a.len();
    let scale: Option<Vec<f64>> = (0..n)
        .map(|i| (a[i][i] > 0.0 && a[i][i].is_finite()).then(|| 1.0 / a[i][i].sqrt()))
        .collect();
    let scale = scale?;
    let balanced = (0..n)
        .map(|i| (0..n).map(|j| a[i][j] * scale[i] * scale[j]).collect())
        .collect();
    Some((scale, balanced))
}

/// Unit eigenvector of the least eigenvalue of a symmetric matrix, by Jacobi rotations (Golub & Van Loan, 8.5).
pub(crate) fn least_eigenvector(mut a: Matrix) -> Vec<f64> {
    let n = a.len();
    let mut v = zeros(n);
    for i in 0..n {
        v[i][i] = 1.0;
    }
    for _ in 0..60 {
        let off: f64 = (0..n).map(|i| (0..i).map(|j| a[i][j] * a[i][j]).sum::<f64>()).sum();
        let diagonal: f64 = (0..n).map(|i| a[i][i] * a[i][i]).sum();
        if off <= 1e-27 * diagonal {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, p, q);
            }
        }
    }
    let least = (0..n).min_by(|&i, &j| a[i][i].total_cmp(&a[j][j])).unwrap_or(0);
    (0..n).map(|i| v[i][least]).collect()
}

fn rotate(a: &mut Matrix, v: &mut Matrix, p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let t = if theta == 0.0 { 1.0 } else { t };
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    let n = a.len();
    for k in 0..n {
        let (x, y) = (a[k][p], a[k][q]);
        (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y);
    }
    for k in 0..n {
        let (x, y) = (a[p][k], a[q][k]);
        (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y);
        let (x, y) = (v[k][p], v[k][q]);
        (v[k][p], v[k][q]) = (c * x - s * y, s * x + c * y);
    }
}

/// Inverse of a 3 x 3 matrix; `None` where it is singular.
pub(crate) fn invert3(m: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let minor = |r: usize, c: usize| {
        let (r1, r2) = ((r + 1) % 3, (r + 2) % 3);
        let (c1, c2) = ((c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let det: f64 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    if !det.is_finite() || det.abs() < 1e-300 {
        return None;
    }
    Some([0, 1, 2].map(|r| [0, 1, 2].map(|c| minor(c, r) / det)))
}

/// Product of two 3 x 3 matrices.
pub(crate) fn multiply3(a: [[f64; 3]; 3], b: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    a.map(|row| [0, 1, 2].map(|c| (0..3).map(|k| row[k] * b[k][c]).sum()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_of_very_different_scales_are_solved_and_inverted() {
        let a = vec![vec![4e8, 2e2, 1e3], vec![2e2, 3e-3, 1e-3], vec![1e3, 1e-3, 2.0]];
        let x = solve_spd(&a, &[1.0, 2.0, 3.0]).unwrap();
        for (row, b) in a.iter().zip([1.0, 2.0, 3.0]) {
            let sum: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
            assert!((sum - b).abs() < 1e-9);
        }
        let inverse = invert_spd(&a).unwrap();
        let unit: f64 = (0..3).map(|k| a[1][k] * inverse[k][1]).sum();
        assert!((unit - 1.0).abs() < 1e-9);
        assert!(solve_spd(&vec![vec![1.0, 2.0], vec![2.0, 1.0]], &[1.0, 1.0]).is_none());
    }

    #[test]
    fn the_least_eigenvector_is_the_one_algebra_gives() {
        // Eigenvalues 1 and 3.
        let v = least_eigenvector(vec![vec![2.0, 1.0], vec![1.0, 2.0]]);
        assert!((v[0] + v[1]).abs() < 1e-12 && (v[0].hypot(v[1]) - 1.0).abs() < 1e-12);
        let m = [[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 0.0, 1.0]];
        let unit = multiply3(m, invert3(m).unwrap());
        for (i, row) in unit.iter().enumerate() {
            for (j, v) in row.iter().enumerate() {
                assert!((v - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
    }
}
