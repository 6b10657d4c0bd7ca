//! Height of a small window from its slopes: Poisson equation with natural boundary, by cosine transform where the
//! whole window is judged (Simchony, Chellappa and Shao 1990), else by conjugate gradients.

use crate::planes::Level;
use imaging::fastest;

/// Height of a window of a level, millimetres over its own rim.
pub struct Patch {
    /// Side in level pixels (odd).
    pub n: usize,
    /// Row-major heights, 0 where unknown.
    pub z: Vec<f64>,
    /// Where the height is known.
    pub known: Vec<bool>,
}

/// Integrates the slopes of the window of half-width `half` level pixels round (cx, cy) and levels the result by the
/// quadratic-free plane through its rim (the outer fifth). `None` where less than half of the window is judged.
pub fn integrate(level: &Level, cx: i64, cy: i64, half: usize, pitch_mm: f64) -> Option<Patch> {
    let n = 2 * half + 1;
    let mut patch = heights(level, cx - half as i64, cy - half as i64, n, pitch_mm)?;
    if !patch.known[half * n + half] {
        return None;
    }
    level_rim(&mut patch.z, &patch.known, n, half)?;
    Some(patch)
}

/// Integrates the slopes of the window of `n` x `n` level pixels from (x0, y0) on; the heights' mean and tilt are
/// those of the least-squares answer. `None` where less than half of the window is judged.
pub fn heights(level: &Level, x0: i64, y0: i64, n: usize, pitch_mm: f64) -> Option<Patch> {
    let mut index = vec![None; n * n];
    for (k, slot) in index.iter_mut().enumerate() {
        let x = x0 + (k % n) as i64;
        let y = y0 + (k / n) as i64;
        if x >= 0 && y >= 0 && (x as usize) < level.w && (y as usize) < level.h {
            let i = y as usize * level.w + x as usize;
            *slot = (level.mask[i] != 0).then_some(i);
        }
    }
    if index.iter().flatten().count() * 2 < n * n {
        return None;
    }
    let scale = pitch_mm * level.step;
    let known: Vec<bool> = index.iter().map(Option::is_some).collect();
    let plane = |plane: &[f32]| -> Vec<f64> {
        let of = |i: &Option<usize>| i.map_or(0.0, |i| scale * f64::from(plane[i]));
        index.iter().map(of).collect()
    };
    let rises = Rises::new(n, &plane(&level.p), &plane(&level.q), &known);
    let z = if known.iter().all(|&k| k) {
        by_cosines(n, &rises)
    } else {
        by_conjugate_gradients(n, &rises)
    };
    Some(Patch { n, z, known })
}

/// Rises from each pixel to its neighbours on the right and below, with weight 0 where either is not known.
struct Rises {
    right: Vec<f64>,
    down: Vec<f64>,
    right_on: Vec<f64>,
    down_on: Vec<f64>,
}

impl Rises {
    fn new(n: usize, p: &[f64], q: &[f64], known: &[bool]) -> Self {
        let mut out = Self {
            right: vec![0.0; n * n],
            down: vec![0.0; n * n],
            right_on: vec![0.0; n * n],
            down_on: vec![0.0; n * n],
        };
        for k in 0..n * n {
            if k % n + 1 < n && known[k] && known[k + 1] {
                out.right[k] = 0.5 * (p[k] + p[k + 1]);
                out.right_on[k] = 1.0;
            }
            if k / n + 1 < n && known[k] && known[k + n] {
                out.down[k] = 0.5 * (q[k] + q[k + n]);
                out.down_on[k] = 1.0;
            }
        }
        out
    }

    /// Negative divergence of the rises: the right side of the normal equations.
    fn sources(&self, n: usize) -> Vec<f64> {
        let mut out = vec![0.0; n * n];
        for (rises, to) in [(&self.right, 1), (&self.down, n)] {
            for k in 0..n * n - to {
                out[k] -= rises[k];
                out[k + to] += rises[k];
            }
        }
        out
    }
}

fastest! {
    /// The normal equations' matrix times `z`.
    fn apply(n: usize, rises: &Rises, z: &[f64], out: &mut [f64]) = apply_body
}

#[inline(always)]
fn apply_body(n: usize, rises: &Rises, z: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    for (on, to) in [(&rises.right_on, 1), (&rises.down_on, n)] {
        let m = n * n - to;
        let (on, here, there) = (&on[..m], &z[..m], &z[to..][..m]);
        for (k, o) in out[..m].iter_mut().enumerate() {
            *o -= on[k] * (there[k] - here[k]);
        }
        for (k, o) in out[to..][..m].iter_mut().enumerate() {
            *o += on[k] * (there[k] - here[k]);
        }
    }
}

/// Least squares for `z[k + 1] - z[k] = right[k]`, `z[k + n] - z[k] = down[k]` over what is known.
fn by_conjugate_gradients(n: usize, rises: &Rises) -> Vec<f64> {
    let mut r = rises.sources(n);
    let mut z = vec![0.0; n * n];
    let mut dir = r.clone();
    let mut ad = vec![0.0; n * n];
    let mut rr: f64 = r.iter().map(|v| v * v).sum();
    let stop = rr * 1e-9;
    for _ in 0..4 * n {
        if rr <= stop {
            break;
        }
        apply(n, rises, &dir, &mut ad);
        let curvature: f64 = dir.iter().zip(&ad).map(|(a, b)| a * b).sum();
        if curvature <= 0.0 {
            break;
        }
        let alpha = rr / curvature;
        for k in 0..n * n {
            z[k] += alpha * dir[k];
            r[k] -= alpha * ad[k];
        }
        let next: f64 = r.iter().map(|v| v * v).sum();
        let beta = next / rr;
        rr = next;
        for k in 0..n * n {
            dir[k] = r[k] + beta * dir[k];
        }
    }
    z
}

/// The same over a whole window: cosines diagonalise the matrix. The mean of the heights is 0.
fn by_cosines(n: usize, rises: &Rises) -> Vec<f64> {
    let angle = std::f64::consts::PI / (2 * n) as f64;
    let turn: Vec<f64> = (0..4 * n).map(|k| (k as f64 * angle).cos()).collect();
    // Row f holds the cosine of frequency f, of unit length.
    let mut basis = vec![0.0; n * n];
    for (k, b) in basis.iter_mut().enumerate() {
        let (f, i) = (k / n, k % n);
        let norm = if f == 0 { 1.0 } else { 2.0 };
        *b = turn[(2 * i + 1) * f % (4 * n)] * (norm / n as f64).sqrt();
    }
    let mut turned = vec![0.0; n * n];
    for k in 0..n * n {
        turned[k % n * n + k / n] = basis[k];
    }
    let source = rises.sources(n);
    let (mut half, mut whole) = (vec![0.0; n * n], vec![0.0; n * n]);
    product(n, &basis, &source, &mut half);
    product(n, &half, &turned, &mut whole);
    let stiffness = |f: usize| 2.0 - 2.0 * turn[2 * f];
    for (k, v) in whole.iter_mut().enumerate() {
        let sum = stiffness(k / n) + stiffness(k % n);
        *v = if k == 0 { 0.0 } else { *v / sum };
    }
    product(n, &turned, &whole, &mut half);
    product(n, &half, &basis, &mut whole);
    whole
}

fastest! {
    /// Product of two square matrices.
    fn product(n: usize, a: &[f64], b: &[f64], out: &mut [f64]) = product_body
}

#[inline(always)]
fn product_body(n: usize, a: &[f64], b: &[f64], out: &mut [f64]) {
    for (row, out) in a.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
        out.fill(0.0);
        for (v, b) in row.iter().zip(b.chunks_exact(n)) {
            for (o, b) in out.iter_mut().zip(b) {
                *o += v * b;
            }
        }
    }
}

/// Subtracts the plane through the outer fifth of the window; `None` where too little of it is known.
fn level_rim(z: &mut [f64], known: &[bool], n: usize, half: usize) -> Option<()> {
    let at = |k: usize| ((k % n) as f64 - half as f64, (k / n) as f64 - half as f64);
    let rim: Vec<usize> = (0..n * n)
        .filter(|&k| known[k] && at(k).0.abs().max(at(k).1.abs()) >= 0.8 * half as f64)
        .collect();
    if rim.len() < 2 * n {
        return None;
    }
    let c = rim.len() as f64;
    let mean = |f: &dyn Fn(usize) -> f64| rim.iter().map(|&k| f(k)).sum::<f64>() / c;
    let (mx, my, mz) = (mean(&|k| at(k).0), mean(&|k| at(k).1), mean(&|k| z[k]));
    let (sxx, syy) = (mean(&|k| (at(k).0 - mx).powi(2)), mean(&|k| (at(k).1 - my).powi(2)));
    let sxy = mean(&|k| (at(k).0 - mx) * (at(k).1 - my));
    let (sxz, syz) = (
        mean(&|k| (at(k).0 - mx) * (z[k] - mz)),
        mean(&|k| (at(k).1 - my) * (z[k] - mz)),
    );
    let det = sxx * syy - sxy * sxy;
    if det <= 0.0 {
        return None;
    }
    let (bx, by) = ((sxz * syy - syz * sxy) / det, (syz * sxx - sxz * sxy) / det);
    for k in 0..n * n {
        z[k] = if known[k] {
            z[k] - mz - bx * (at(k).0 - mx) - by * (at(k).1 - my)
        } else {
            0.0
        };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slopes of a tilted window with a Gaussian bump, with or without a hole.
    fn bump(hole: bool) -> (Level, impl Fn(usize) -> f64) {
        const N: usize = 41;
        let height = |k: usize| {
            let (x, y) = ((k % N) as f64 - 20.0, (k / N) as f64 - 18.0);
            0.3 * (-(x * x + y * y) / 50.0).exp() + 0.01 * x
        };
        let slope = |to: usize| {
            move |k: usize| {
                let (x, y) = ((k % N) as f64 - 20.0, (k / N) as f64 - 18.0);
                let bump = 0.3 * (-(x * x + y * y) / 50.0).exp();
                let tilt = if to == 0 { 0.01 } else { 0.0 };
                (-[x, y][to] / 25.0 * bump + tilt) as f32
            }
        };
        let level = Level {
            w: N,
            h: N,
            p: (0..N * N).map(slope(0)).collect(),
            q: (0..N * N).map(slope(1)).collect(),
            var: vec![1.0; N * N],
            mask: (0..N * N)
                .map(|k| u8::from(!(hole && k % N < 4 && k / N < 3)))
                .collect(),
            step: 1.0,
            origin: [0.0, 0.0],
        };
        (level, height)
    }

    #[test]
    fn a_window_with_and_without_a_hole_gives_the_height_back() {
        for hole in [false, true] {
            let (level, height) = bump(hole);
            let patch = heights(&level, 0, 0, level.w, 1.0).unwrap();
            let known: Vec<usize> = (0..patch.z.len()).filter(|&k| patch.known[k]).collect();
            let off = known.iter().map(|&k| patch.z[k] - height(k)).sum::<f64>() / known.len() as f64;
            let worst = known
                .iter()
                .map(|&k| (patch.z[k] - off - height(k)).abs())
                .fold(0.0, f64::max);
            // The trapezoid rule itself is off by the third derivative over 12.
            assert!(worst < 2e-3, "{hole}: {worst}");
        }
    }
}
