//! Symmetric positive definite systems of six unknowns: polynomials of degree 2 in two variables.

/// Coefficients of such a polynomial.
pub const TERMS: usize = 6;

/// A 6 x 6 matrix, of which the lower triangle counts.
pub type Matrix = [[f64; TERMS]; TERMS];

/// Lower factor of a matrix given by its lower triangle; `None` where it is not positive definite.
pub fn cholesky(mut m: Matrix) -> Option<Matrix> {
    for i in 0..TERMS {
        for j in 0..=i {
            let mut sum = m[i][j];
            for k in 0..j {
                sum -= m[i][k] * m[j][k];
            }
            if i == j {
                if sum <= 0.0 || !sum.is_finite() {
                    return None;
                }
                m[i][i] = sum.sqrt();
            } else {
                m[i][j] = sum / m[j][j];
            }
        }
    }
    Some(m)
}

/// Solves the system whose lower factor is given.
pub fn substitute(factor: &Matrix, mut b: [f64; TERMS]) -> [f64; TERMS] {
    for i in 0..TERMS {
        for k in 0..i {
            b[i] -= factor[i][k] * b[k];
        }
        b[i] /= factor[i][i];
    }
    for i in (0..TERMS).rev() {
        for k in i + 1..TERMS {
            b[i] -= factor[k][i] * b[k];
        }
        b[i] /= factor[i][i];
    }
    b
}
