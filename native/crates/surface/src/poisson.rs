//! Height of a small window from its slopes (Poisson equation with natural boundary, conjugate gradients).

use crate::planes::Level;

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
    let rise = |a: usize, b: usize, plane: &[f32]| Some(0.5 * scale * f64::from(plane[index[a]?] + plane[index[b]?]));
    let right: Vec<Option<f64>> = (0..n * n)
        .map(|k| if k % n + 1 < n { rise(k, k + 1, &level.p) } else { None })
        .collect();
    let down: Vec<Option<f64>> = (0..n * n)
        .map(|k| if k / n + 1 < n { rise(k, k + n, &level.q) } else { None })
        .collect();
    Some(Patch {
        n,
        z: solve(n, &right, &down),
        known: index.iter().map(Option::is_some).collect(),
    })
}

/// Least squares for `z[k + 1] - z[k] = right[k]`, `z[k + n] - z[k] = down[k]`.
fn solve(n: usize, right: &[Option<f64>], down: &[Option<f64>]) -> Vec<f64> {
    let apply = |z: &[f64], out: &mut [f64]| {
        out.fill(0.0);
        for (edges, to) in [(right, 1), (down, n)] {
            for (k, edge) in edges.iter().enumerate() {
                if edge.is_some() {
                    let d = z[k + to] - z[k];
                    out[k] -= d;
                    out[k + to] += d;
                }
            }
        }
    };
    let mut r = vec![0.0; n * n];
    for (edges, to) in [(right, 1), (down, n)] {
        for (k, edge) in edges.iter().enumerate() {
            if let Some(d) = edge {
                r[k] -= d;
                r[k + to] += d;
            }
        }
    }
    let mut z = vec![0.0; n * n];
    let mut dir = r.clone();
    let mut ad = vec![0.0; n * n];
    let mut rr: f64 = r.iter().map(|v| v * v).sum();
    let stop = rr * 1e-9;
    for _ in 0..4 * n {
        if rr <= stop {
            break;
        }
        apply(&dir, &mut ad);
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
