//! Small dense systems of the registration.

/// Solves a system of `N` unknowns by Gaussian elimination with the largest pivot; `None` where it
/// is singular.
pub(super) fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> Option<[f64; N]> {
    let largest = a.iter().flatten().fold(0.0f64, |m, v| m.max(v.abs()));
    for i in 0..N {
        let pivot = (i..N).max_by(|&p, &q| a[p][i].abs().total_cmp(&a[q][i].abs()))?;
        if a[pivot][i].is_nan() || a[pivot][i].abs() <= 1e-12 * largest {
            return None;
        }
        a.swap(i, pivot);
        b.swap(i, pivot);
        for j in i + 1..N {
            let f = a[j][i] / a[i][i];
            for k in i..N {
                a[j][k] -= f * a[i][k];
            }
            b[j] -= f * b[i];
        }
    }
    for i in (0..N).rev() {
        let rest: f64 = (i + 1..N).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - rest) / a[i][i];
    }
    Some(b)
}

/// Inverse of a 2 x 2 matrix.
pub(super) fn inverse2([[a, b], [c, d]]: [[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let det = a * d - b * c;
    (det.abs() > 1e-12 * (a * d).abs().max(1e-300)).then(|| [[d / det, -b / det], [-c / det, a / det]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_with_a_known_answer_is_solved_and_a_singular_one_refused() {
        let a = [[0.0, 2.0, 1.0], [2.0, 1.0, 0.0], [1.0, 0.0, 3.0]];
        let want = [1.0, -2.0, 0.5];
        let b = std::array::from_fn(|i| (0..3).map(|j| a[i][j] * want[j]).sum());
        let got = solve(a, b).expect("regular");
        assert!(got.iter().zip(want).all(|(g, w): (&f64, f64)| (g - w).abs() < 1e-12));
        assert!(solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]).is_none());
        let inverse = inverse2([[4.0, 1.0], [1.0, 3.0]]).expect("regular");
        assert!((inverse[0][0] - 3.0 / 11.0).abs() < 1e-12 && (inverse[0][1] + 1.0 / 11.0).abs() < 1e-12);
    }
}
