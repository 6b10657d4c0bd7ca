//! Vectors of three numbers.

/// Inner product.
pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Euclidean length.
pub fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

/// `a + t * b`.
pub fn along(a: [f64; 3], t: f64, b: [f64; 3]) -> [f64; 3] {
    [a[0] + t * b[0], a[1] + t * b[1], a[2] + t * b[2]]
}

/// `a - b`.
pub fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    along(a, -1.0, b)
}

/// Of length 1; a zero vector stays what it is.
pub fn unit(a: [f64; 3]) -> [f64; 3] {
    let length = norm(a);
    if length > 0.0 { a.map(|v| v / length) } else { a }
}
