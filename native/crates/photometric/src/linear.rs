//! Symmetric 3 x 3 systems: sums of outer products, inverse, eigenvalues.

/// A vector of the frame.
pub type V3 = [f64; 3];

/// Upper triangle of a symmetric 3 x 3 matrix: xx, xy, xz, yy, yz, zz.
pub type Sym3 = [f64; 6];

/// Inner product.
pub fn dot(a: V3, b: V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The vector scaled to length 1.
pub fn unit(a: V3) -> V3 {
    let inverse = 1.0 / dot(a, a).sqrt();
    a.map(|v| v * inverse)
}

/// Cross product.
pub fn cross(a: V3, b: V3) -> V3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// Adds `weight * s s^T`.
pub fn add_outer(m: &mut Sym3, s: V3, weight: f64) {
    let w = s.map(|v| v * weight);
    m[0] += w[0] * s[0];
    m[1] += w[0] * s[1];
    m[2] += w[0] * s[2];
    m[3] += w[1] * s[1];
    m[4] += w[1] * s[2];
    m[5] += w[2] * s[2];
}

/// Matrix times vector.
pub fn apply(m: &Sym3, v: V3) -> V3 {
    [
        m[0] * v[0] + m[1] * v[1] + m[2] * v[2],
        m[1] * v[0] + m[3] * v[1] + m[4] * v[2],
        m[2] * v[0] + m[4] * v[1] + m[5] * v[2],
    ]
}

/// Inverse by the adjugate; `None` where the determinant vanishes against the matrix's size.
pub fn inverse(m: &Sym3) -> Option<Sym3> {
    let a = [
        m[3] * m[5] - m[4] * m[4],
        m[2] * m[4] - m[1] * m[5],
        m[1] * m[4] - m[2] * m[3],
        m[0] * m[5] - m[2] * m[2],
        m[1] * m[2] - m[0] * m[4],
        m[0] * m[3] - m[1] * m[1],
    ];
    let det = m[0] * a[0] + m[1] * a[1] + m[2] * a[2];
    let trace = m[0] + m[3] + m[5];
    (det > 1e-12 * trace * trace * trace).then(|| a.map(|v| v / det))
}

/// Eigenvalues in ascending order, by the trigonometric solution of the cubic (Smith 1961).
pub fn eigenvalues(m: &Sym3) -> V3 {
    let mean = (m[0] + m[3] + m[5]) / 3.0;
    let off = m[1] * m[1] + m[2] * m[2] + m[4] * m[4];
    let spread = (m[0] - mean).powi(2) + (m[3] - mean).powi(2) + (m[5] - mean).powi(2) + 2.0 * off;
    let p = (spread / 6.0).sqrt();
    if p <= f64::EPSILON * mean.abs() {
        return [mean; 3];
    }
    let b = [
        (m[0] - mean) / p,
        m[1] / p,
        m[2] / p,
        (m[3] - mean) / p,
        m[4] / p,
        (m[5] - mean) / p,
    ];
    let half_det = 0.5
        * (b[0] * (b[3] * b[5] - b[4] * b[4]) - b[1] * (b[1] * b[5] - b[4] * b[2])
            + b[2] * (b[1] * b[4] - b[3] * b[2]));
    let phi = half_det.clamp(-1.0, 1.0).acos() / 3.0;
    let high = mean + 2.0 * p * phi.cos();
    let low = mean + 2.0 * p * (phi + 2.0 * std::f64::consts::PI / 3.0).cos();
    [low, 3.0 * mean - high - low, high]
}

/// Condition number of the light matrix S whose `S^T S` is given; infinite where S has rank below 3.
pub fn condition(m: &Sym3) -> f64 {
    let e = eigenvalues(m);
    if e[0] <= 1e-12 * e[2] {
        f64::INFINITY
    } else {
        (e[2] / e[0]).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_the_identity() {
        let m = [4.0, 1.0, -0.5, 3.0, 0.25, 5.0];
        let i = inverse(&m).expect("regular");
        for axis in 0..3 {
            let mut e = [0.0; 3];
            e[axis] = 1.0;
            let back = apply(&m, apply(&i, e));
            for j in 0..3 {
                assert!((back[j] - e[j]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        // Rotation of diag(1, 2, 5) by 30 degrees about z.
        let (s, c) = (0.5, 0.75f64.sqrt());
        let m = [c * c + 2.0 * s * s, -c * s, 0.0, s * s + 2.0 * c * c, 0.0, 5.0];
        let e = eigenvalues(&m);
        for (got, want) in e.iter().zip([1.0, 2.0, 5.0]) {
            assert!((got - want).abs() < 1e-12, "{got} {want}");
        }
        assert!((condition(&m) - 5f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_plane_of_vectors_has_no_inverse() {
        let mut m = [0.0; 6];
        for v in [[1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [0.3, 0.0, 0.9]] {
            add_outer(&mut m, v, 1.0);
        }
        assert!(inverse(&m).is_none());
        assert!(condition(&m).is_infinite());
    }
}
