//! A quadratic surface fitted to a height map: the low-frequency bow that photometric stereo cannot be trusted with.

use crate::cholesky::{TERMS, cholesky, substitute};

/// Pixels a fit is made from at most; the six coefficients of a bow need no more.
const SAMPLE: usize = 1 << 18;

/// Subtracts the least-squares quadratic over the known pixels (or their mean, with `constant_only`) from them.
pub fn subtract(z: &mut [f32], known: &[u8], width: usize, height: usize, constant_only: bool) {
    let step = (z.len() / SAMPLE).max(1) | 1;
    let row = |i: usize| terms(i % width, i / width, width, height);
    let mut m = [[0.0; TERMS]; TERMS];
    let mut b = [0.0; TERMS];
    for i in (0..z.len()).step_by(step).filter(|&i| known[i] != 0) {
        let t = row(i);
        for r in 0..TERMS {
            for c in 0..=r {
                m[r][c] += t[r] * t[c];
            }
            b[r] += t[r] * f64::from(z[i]);
        }
    }
    if m[0][0] == 0.0 {
        return;
    }
    let constant = [b[0] / m[0][0], 0.0, 0.0, 0.0, 0.0, 0.0];
    let coefficients = if constant_only {
        constant
    } else {
        // Too few or collinear pixels carry no bow.
        cholesky(m).map_or(constant, |factor| substitute(&factor, b))
    };
    for i in 0..z.len() {
        let bow: f64 = row(i).iter().zip(&coefficients).map(|(t, c)| t * c).sum();
        z[i] -= bow as f32;
    }
}

/// 1, x, y, x^2, xy, y^2 with x and y in -1..1.
fn terms(x: usize, y: usize, width: usize, height: usize) -> [f64; TERMS] {
    let centred = |v: usize, n: usize| (2.0 * v as f64 - (n as f64 - 1.0)) / n as f64;
    let (x, y) = (centred(x, width), centred(y, height));
    [1.0, x, y, x * x, x * y, y * y]
}
