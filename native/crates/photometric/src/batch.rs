//! Rejection for eight doubtful pixels at once: all subsets with one, two or three of at most eight samples removed.
//!
//! Removing the samples D from a least-squares fit lowers the sum of squares by `r_D^T (I - H)_DD^-1 r_D`, with r the
//! residuals and H the hat matrix (Cook & Weisberg 1982), so every subset is judged without refitting.

use crate::elimination::Linear;
use crate::simd::fastest;

/// Pixels handled together.
pub const WIDE: usize = 8;
/// Most lights whose subsets are all looked at.
pub const MOST_LIGHTS: usize = 8;
/// Fewest samples that must stay, for a fit to check itself.
const FEWEST_KEPT: usize = 5;
/// Most samples removed.
const MOST_REMOVED: usize = 3;
/// Leverage above which samples hold up a direction alone: they cannot be checked, nor spared.
const LEAST_REST: f32 = 0.02;
/// Bound on `trace^3 / (4 det)`, which the squared condition number of the light matrix stays below: 30 squared.
const MOST_SKEW: f32 = 900.0;

type Wide = [f32; WIDE];

/// Eight pixels, light by light.
#[derive(Default)]
pub struct Batch {
    /// Samples.
    pub samples: [Wide; MOST_LIGHTS],
    /// Directions, or the model's slopes along `albedo * normal`: x, y and z of each light.
    pub directions: [[Wide; 3]; MOST_LIGHTS],
    /// The fit of all samples.
    pub g: [Wide; 3],
    /// `(S^T S)^-1` of all lights (xx, xy, xz, yy, yz, zz).
    pub all: [Wide; 6],
    /// Whether `directions` and `all` are filled in.
    pub ready: bool,
    /// On return: `(S^T S)^-1` of the lights kept.
    pub inverse: [Wide; 6],
    /// Sum of squared residuals; on return that of the samples kept.
    pub rss: Wide,
    /// Largest sum of squares that counts as agreement, for 0, 1, 2 and 3 samples removed.
    pub limits: [Wide; MOST_REMOVED + 1],
    /// On return: the samples kept, one bit a light; 0 where no subset agrees.
    pub kept: [u8; WIDE],
}

/// How many of `lights` samples may be removed.
pub fn removable(lights: usize) -> usize {
    MOST_REMOVED.min(lights.saturating_sub(FEWEST_KEPT))
}

impl Batch {
    /// Finds the fewest samples whose removal lets the rest agree, among those the set that lowers the sum of squares
    /// most, and refits the rest exactly.
    pub fn solve(&mut self, lights: usize) {
        solve_wide(self, lights);
    }

    /// The refitted pixel `i`, where some subset agreed.
    pub fn fit(&self, i: usize) -> Option<Linear> {
        (self.kept[i] != 0).then(|| Linear {
            g: self.g.map(|v| f64::from(v[i])),
            inverse: self.inverse.map(|v| f64::from(v[i])),
            rss: f64::from(self.rss[i]),
            kept: self.kept[i].count_ones() as usize,
        })
    }
}

fastest! {
    fn solve_wide(b: &mut Batch, lights: usize) = solve
}

/// `I - H` and the residuals of the fit of all samples.
struct Influence {
    residual: [Wide; MOST_LIGHTS],
    rest: [[Wide; MOST_LIGHTS]; MOST_LIGHTS],
}

#[inline(always)]
fn influence(b: &Batch, lights: usize) -> Influence {
    let mut out = Influence {
        residual: [[0.0; WIDE]; MOST_LIGHTS],
        rest: [[[0.0; WIDE]; MOST_LIGHTS]; MOST_LIGHTS],
    };
    for k in 0..lights {
        let [x, y, z] = &b.directions[k];
        let c = &b.all;
        let mut along = [[0.0; WIDE]; 3];
        for i in 0..WIDE {
            out.residual[k][i] = b.samples[k][i] - (x[i] * b.g[0][i] + y[i] * b.g[1][i] + z[i] * b.g[2][i]);
            along[0][i] = c[0][i] * x[i] + c[1][i] * y[i] + c[2][i] * z[i];
            along[1][i] = c[1][i] * x[i] + c[3][i] * y[i] + c[4][i] * z[i];
            along[2][i] = c[2][i] * x[i] + c[4][i] * y[i] + c[5][i] * z[i];
        }
        for j in 0..=k {
            let [x, y, z] = &b.directions[j];
            let one = if j == k { 1.0 } else { 0.0 };
            for i in 0..WIDE {
                out.rest[k][j][i] = one - (along[0][i] * x[i] + along[1][i] * y[i] + along[2][i] * z[i]);
            }
        }
    }
    out
}

/// Best removal found so far in each lane.
struct Best {
    gain: Wide,
    bits: [u32; WIDE],
}

impl Best {
    #[inline(always)]
    fn new() -> Self {
        Self {
            gain: [-1.0; WIDE],
            bits: [0; WIDE],
        }
    }

    #[inline(always)]
    fn offer(&mut self, gain: &Wide, bits: u32) {
        for i in 0..WIDE {
            let better = gain[i] > self.gain[i];
            self.gain[i] = if better { gain[i] } else { self.gain[i] };
            self.bits[i] = if better { bits } else { self.bits[i] };
        }
    }
}

#[inline(always)]
fn solve(b: &mut Batch, lights: usize) {
    let f = influence(b, lights);
    let mut removed = [u32::MAX; WIDE];
    for i in 0..WIDE {
        if b.rss[i] <= b.limits[0][i] {
            removed[i] = 0;
        }
    }
    for count in 1..=removable(lights) {
        if removed.iter().all(|r| *r != u32::MAX) {
            break;
        }
        let mut best = Best::new();
        match count {
            1 => singles(&f, lights, &mut best),
            2 => pairs(&f, lights, &mut best),
            _ => triples(&f, lights, &mut best),
        }
        for i in 0..WIDE {
            if removed[i] == u32::MAX && best.gain[i] >= 0.0 && b.rss[i] - best.gain[i] <= b.limits[count][i] {
                removed[i] = best.bits[i];
            }
        }
    }
    refit(b, lights, &removed);
}

#[inline(always)]
fn singles(f: &Influence, lights: usize, best: &mut Best) {
    for k in 0..lights {
        let mut gain = [0.0; WIDE];
        for i in 0..WIDE {
            let (r, a) = (f.residual[k][i], f.rest[k][k][i]);
            gain[i] = if a > LEAST_REST { r * r / a } else { -1.0 };
        }
        best.offer(&gain, 1 << k);
    }
}

#[inline(always)]
fn pairs(f: &Influence, lights: usize, best: &mut Best) {
    for k in 1..lights {
        for j in 0..k {
            let mut gain = [0.0; WIDE];
            for i in 0..WIDE {
                let (p, q) = (f.residual[k][i], f.residual[j][i]);
                let (a, c, o) = (f.rest[k][k][i], f.rest[j][j][i], f.rest[k][j][i]);
                let det = a * c - o * o;
                let sum = (p * p * c - 2.0 * p * q * o + q * q * a) / det;
                gain[i] = if det > LEAST_REST * LEAST_REST { sum } else { -1.0 };
            }
            best.offer(&gain, 1 << k | 1 << j);
        }
    }
}

#[inline(always)]
fn triples(f: &Influence, lights: usize, best: &mut Best) {
    for k in 2..lights {
        for j in 1..k {
            // The pair is eliminated once for all third samples (Schur complement).
            let (mut a, mut c, mut o, mut pair) = ([0.0; WIDE], [0.0; WIDE], [0.0; WIDE], [0.0; WIDE]);
            let mut usable = [false; WIDE];
            for i in 0..WIDE {
                let (p, q) = (f.residual[k][i], f.residual[j][i]);
                let det = f.rest[k][k][i] * f.rest[j][j][i] - f.rest[k][j][i] * f.rest[k][j][i];
                usable[i] = det > LEAST_REST * LEAST_REST;
                (a[i], c[i], o[i]) = (f.rest[j][j][i] / det, f.rest[k][k][i] / det, -f.rest[k][j][i] / det);
                pair[i] = p * p * a[i] + 2.0 * p * q * o[i] + q * q * c[i];
            }
            for m in 0..j {
                let mut gain = [0.0; WIDE];
                for i in 0..WIDE {
                    let (p, q, r) = (f.residual[k][i], f.residual[j][i], f.residual[m][i]);
                    let (u, v) = (f.rest[k][m][i], f.rest[j][m][i]);
                    let (x, y) = (a[i] * u + o[i] * v, o[i] * u + c[i] * v);
                    let schur = f.rest[m][m][i] - x * u - y * v;
                    let left = r - x * p - y * q;
                    let sum = pair[i] + left * left / schur;
                    gain[i] = if usable[i] && schur > LEAST_REST { sum } else { -1.0 };
                }
                best.offer(&gain, 1 << k | 1 << j | 1 << m);
            }
        }
    }
}

/// Least squares of the samples that stay; a lane without agreement, or whose rest does not span space, keeps none.
#[inline(always)]
fn refit(b: &mut Batch, lights: usize, removed: &[u32; WIDE]) {
    let mut weight = [[0.0f32; WIDE]; MOST_LIGHTS];
    let (mut m, mut r) = ([[0.0f32; WIDE]; 6], [[0.0f32; WIDE]; 3]);
    for k in 0..lights {
        let [x, y, z] = &b.directions[k];
        let s = &b.samples[k];
        for i in 0..WIDE {
            let w = if removed[i] & (1 << k) == 0 { 1.0 } else { 0.0 };
            weight[k][i] = w;
            let (wx, wy, wz) = (w * x[i], w * y[i], w * z[i]);
            m[0][i] += wx * x[i];
            m[1][i] += wx * y[i];
            m[2][i] += wx * z[i];
            m[3][i] += wy * y[i];
            m[4][i] += wy * z[i];
            m[5][i] += wz * z[i];
            r[0][i] += wx * s[i];
            r[1][i] += wy * s[i];
            r[2][i] += wz * s[i];
        }
    }
    let mut regular = [false; WIDE];
    for i in 0..WIDE {
        let a = [
            m[3][i] * m[5][i] - m[4][i] * m[4][i],
            m[2][i] * m[4][i] - m[1][i] * m[5][i],
            m[1][i] * m[4][i] - m[2][i] * m[3][i],
            m[0][i] * m[5][i] - m[2][i] * m[2][i],
            m[1][i] * m[2][i] - m[0][i] * m[4][i],
            m[0][i] * m[3][i] - m[1][i] * m[1][i],
        ];
        let det = m[0][i] * a[0] + m[1][i] * a[1] + m[2][i] * a[2];
        let trace = m[0][i] + m[3][i] + m[5][i];
        regular[i] = trace * trace * trace <= 4.0 * MOST_SKEW * det;
        let inverse = 1.0 / det;
        for j in 0..6 {
            b.inverse[j][i] = a[j] * inverse;
        }
        let c = [0, 1, 2, 3, 4, 5].map(|j| a[j] * inverse);
        b.g[0][i] = c[0] * r[0][i] + c[1] * r[1][i] + c[2] * r[2][i];
        b.g[1][i] = c[1] * r[0][i] + c[3] * r[1][i] + c[4] * r[2][i];
        b.g[2][i] = c[2] * r[0][i] + c[4] * r[1][i] + c[5] * r[2][i];
    }
    let mut rss = [0.0f32; WIDE];
    for k in 0..lights {
        let [x, y, z] = &b.directions[k];
        for i in 0..WIDE {
            let d = b.samples[k][i] - (x[i] * b.g[0][i] + y[i] * b.g[1][i] + z[i] * b.g[2][i]);
            rss[i] += weight[k][i] * d * d;
        }
    }
    b.rss = rss;
    let all = (1u32 << lights) - 1;
    for i in 0..WIDE {
        let solved = removed[i] != u32::MAX && regular[i];
        b.kept[i] = if solved { (all & !removed[i]) as u8 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{V3, add_outer, apply, dot, inverse, unit};

    fn batch(spoilt: &[&[usize]; WIDE], truth: V3, lights: usize) -> Batch {
        let directions: Vec<V3> = (0..lights)
            .map(|k| {
                let a = k as f64 / lights as f64 * std::f64::consts::TAU;
                unit([a.cos(), a.sin(), 1.0])
            })
            .collect();
        let mut m = [0.0; 6];
        directions.iter().for_each(|&d| add_outer(&mut m, d, 1.0));
        let c = inverse(&m).expect("regular");
        let mut b = Batch {
            limits: [[1e-7; WIDE]; 4],
            ..Batch::default()
        };
        for i in 0..WIDE {
            let samples: Vec<f64> = (0..lights)
                .map(|k| {
                    dot(directions[k], truth)
                        + if spoilt[i].contains(&k) {
                            0.2 + 0.05 * k as f64
                        } else {
                            0.0
                        }
                })
                .collect();
            let mut right = [0.0; 3];
            for k in 0..lights {
                b.samples[k][i] = samples[k] as f32;
                for j in 0..3 {
                    b.directions[k][j][i] = directions[k][j] as f32;
                    right[j] += directions[k][j] * samples[k];
                }
            }
            let g = apply(&c, right);
            for j in 0..3 {
                b.g[j][i] = g[j] as f32;
            }
            for j in 0..6 {
                b.all[j][i] = c[j] as f32;
            }
            b.rss[i] = (0..lights)
                .map(|k| (samples[k] - dot(directions[k], g)).powi(2))
                .sum::<f64>() as f32;
        }
        b
    }

    #[test]
    fn up_to_three_spoilt_samples_of_eight_are_found_and_the_rest_is_exact() {
        let truth = [0.1, -0.05, 0.6];
        let spoilt: [&[usize]; WIDE] = [&[], &[3], &[0, 1], &[2, 6], &[1, 4, 6], &[0, 3, 5], &[7], &[0, 2, 7]];
        let mut b = batch(&spoilt, truth, 8);
        b.solve(8);
        for i in 0..WIDE {
            let fit = b.fit(i).expect("some subset agrees");
            for (k, bit) in (0..8).map(|k| (k, b.kept[i] >> k & 1)) {
                assert_eq!(bit == 0, spoilt[i].contains(&k), "pixel {i}, light {k}");
            }
            assert!((0..3).all(|j| (fit.g[j] - truth[j]).abs() < 1e-5));
        }
    }

    #[test]
    fn five_samples_leave_nothing_to_remove() {
        let spoilt: [&[usize]; WIDE] = [&[1]; WIDE];
        let mut b = batch(&spoilt, [0.0, 0.0, 0.5], 5);
        b.solve(5);
        assert_eq!(b.kept, [0; WIDE]);
    }
}
