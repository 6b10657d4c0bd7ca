//! Row by row from normals to slopes, curvatures and the divergence of the slopes; straight loops for SIMD.

use imaging::{Unit, fastest};

/// Slopes are bounded as if no normal were nearer than this to the image plane (cosine; 87 degrees).
const MIN_COSINE: f32 = 0.05;

fastest! {
    /// `p = -n_x / n_z` and `q = -n_y / n_z` of the planes of x, y and z; unknown pixels hold (0, 0, 0), which become slope 0.
    pub fn slopes(normals: &[&[Unit]; 3], p: &mut [f32], q: &mut [f32]) = slopes_body
}

#[inline(always)]
fn slopes_body(normals: &[&[Unit]; 3], p: &mut [f32], q: &mut [f32]) {
    let n = p.len();
    let q = &mut q[..n];
    let [x, y, z] = normals.map(|plane| &plane[..n]);
    for i in 0..n {
        let z = z[i].get();
        let inverse = -1.0 / if z > MIN_COSINE { z } else { MIN_COSINE };
        (p[i], q[i]) = (x[i].get() * inverse, y[i].get() * inverse);
    }
}

/// Three rows of slopes and of what is known, above, at and below. The first value of each is the left neighbour of the
/// first result.
pub struct Around<'a> {
    /// Slopes along x.
    pub p: [&'a [f32]; 3],
    /// Slopes along y.
    pub q: [&'a [f32]; 3],
    /// 1 = known.
    pub known: [&'a [u8]; 3],
}

impl Around<'_> {
    /// Cuts all rows to what `n` results need, so that loops over them carry no checks.
    #[inline(always)]
    fn cut(&self, n: usize) -> Self {
        Self {
            p: self.p.map(|v| &v[..n + 2]),
            q: self.q.map(|v| &v[..n + 2]),
            known: self.known.map(|v| &v[..n + 2]),
        }
    }
}

fastest! {
    /// Mean and Gaussian curvature by differences over `1 / by_x` and `1 / by_y`; 0 next to unknown pixels.
    pub fn curvatures(rows: &Around, by_x: f32, by_y: f32, mean: &mut [f32], gaussian: &mut [f32]) = curvatures_body
}

#[inline(always)]
fn curvatures_body(rows: &Around, by_x: f32, by_y: f32, mean: &mut [f32], gaussian: &mut [f32]) {
    let n = mean.len();
    let gaussian = &mut gaussian[..n];
    let Around { p, q, known } = rows.cut(n);
    for i in 0..n {
        let usable = known[0][i + 1] & known[1][i] & known[1][i + 1] & known[1][i + 2] & known[2][i + 1];
        let (ph, qh) = (p[1][i + 1], q[1][i + 1]);
        let p_x = (p[1][i + 2] - p[1][i]) * by_x;
        let q_x = (q[1][i + 2] - q[1][i]) * by_x;
        let p_y = (p[2][i + 1] - p[0][i + 1]) * by_y;
        let q_y = (q[2][i + 1] - q[0][i + 1]) * by_y;
        let (pp, qq) = (ph * ph, qh * qh);
        let metric = 1.0 + pp + qq;
        let inverse = 1.0 / metric;
        let top = (1.0 + qq) * p_x - ph * qh * (p_y + q_x) + (1.0 + pp) * q_y;
        let h = -0.5 * top * inverse / metric.sqrt();
        let k = (p_x * q_y - p_y * q_x) * (inverse * inverse);
        mean[i] = if usable != 0 { h } else { 0.0 };
        gaussian[i] = if usable != 0 { k } else { 0.0 };
    }
}

fastest! {
    /// `-(dp/dx + dq/dy)` by central differences, 0 next to unknown pixels.
    pub fn divergence(rows: &Around, out: &mut [f32]) = divergence_body
}

#[inline(always)]
fn divergence_body(rows: &Around, out: &mut [f32]) {
    let n = out.len();
    let Around { p, q, known } = rows.cut(n);
    for i in 0..n {
        let usable = known[0][i + 1] & known[1][i] & known[1][i + 1] & known[1][i + 2] & known[2][i + 1];
        let v = -0.5 * (p[1][i + 2] - p[1][i] + q[2][i + 1] - q[0][i + 1]);
        out[i] = if usable != 0 { v } else { 0.0 };
    }
}
