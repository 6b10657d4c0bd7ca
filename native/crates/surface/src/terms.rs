//! The polynomial terms of a side's bow and shine, and their evaluation.

/// Powers of x and y in the bow's slope: second order.
pub const BOW: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)];
/// Powers of x and y in the shine: fourth order, as the lobe of a near light sweeps over the card.
pub const SHINE: [(usize, usize); 15] = [
    (0, 0),
    (1, 0),
    (0, 1),
    (2, 0),
    (1, 1),
    (0, 2),
    (3, 0),
    (2, 1),
    (1, 2),
    (0, 3),
    (4, 0),
    (3, 1),
    (2, 2),
    (1, 3),
    (0, 4),
];
/// Unknowns of a fit.
pub const UNKNOWNS: usize = BOW.len() + SHINE.len();

/// One value for each unknown.
pub type Row = [f64; UNKNOWNS];

/// A pixel's place on its axis, -1..1.
pub fn place(i: usize, n: usize) -> f64 {
    2.0 * i as f64 / n as f64 - 1.0
}

/// 1, x, x^2, x^3, x^4.
pub fn powers(x: f64) -> [f64; 5] {
    [1.0, x, x * x, x * x * x, x * x * x * x]
}

/// A polynomial in x and y on one row: its coefficients of x alone.
pub fn along_row(fit: &[f64], terms: &[(usize, usize)], v: &[f64; 5]) -> [f64; 5] {
    let mut out = [0.0; 5];
    for (c, (i, j)) in fit.iter().zip(terms) {
        out[*i] += c * v[*j];
    }
    out
}

/// Horner's scheme.
#[inline(always)]
pub fn value(c: &[f32; 5], x: f32) -> f32 {
    (((c[4] * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0]
}

/// Scalar product.
pub fn dot(a: &Row, b: &Row) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
