//! Rejection for sixteen doubtful pixels at once: all subsets with one, two or three of at most eight samples removed, each
//! judged without refitting (see [`crate::removals`]).

use crate::noise::Noise;
use crate::removals::{Residuals, Table, influence};
use imaging::{Half, Unit, fastest, pack_halves, pack_units};

/// Pixels handled together.
pub const WIDE: usize = 16;
/// Most lights whose subsets are all looked at.
pub const MOST_LIGHTS: usize = 8;
/// Fewest samples that must stay, for a fit to check itself.
const FEWEST_KEPT: usize = 5;
/// Most samples removed.
pub const MOST_REMOVED: usize = 3;
/// Bound on `trace^3 / (4 det)`, which the squared condition number of the light matrix stays below: 30 squared.
const MOST_SKEW: f32 = 900.0;
const DEG: f32 = 180.0 / std::f32::consts::PI;

/// A number for each pixel.
pub type Wide = [f32; WIDE];

/// What agreement means, by the number of samples removed.
#[derive(Clone, Copy)]
pub struct Judge {
    /// Noise of one sample.
    pub noise: Noise,
    /// Chi-square limit on the sum of squares, in variances of one sample.
    pub chi_square: [f32; MOST_REMOVED + 1],
    /// Tolerated sum of squares, in squares of the albedo.
    pub tolerated: [f32; MOST_REMOVED + 1],
    /// Samples below this may lie in shadow whatever the noise.
    pub least_sample: f32,
}

/// Sixteen pixels, light by light; sixteen numbers are a line of the cache.
#[derive(Default)]
#[repr(C, align(64))]
pub struct Batch {
    /// Samples.
    pub samples: [Wide; MOST_LIGHTS],
    /// Directions: x, y and z of each light.
    pub directions: [[Wide; 3]; MOST_LIGHTS],
    /// The fit of all samples; on return that of the samples kept.
    pub g: [Wide; 3],
    /// Its length.
    pub length: Wide,
    /// `(S^T S)^-1` of all lights (xx, xy, xz, yy, yz, zz).
    pub all: [Wide; 6],
    /// Sum of squared residuals; on return that of the samples kept.
    pub rss: Wide,
    inverse: [Wide; 6],
    /// On return: unit normals.
    pub normal: [Wide; 3],
    /// On return: albedo.
    pub albedo: Wide,
    /// On return: residual relative to the albedo.
    pub residual: Wide,
    /// On return: standard deviation of the normal in degrees.
    pub confidence: Wide,
    /// On return: the samples kept, one bit a light; 0 where no subset agrees.
    pub kept: [u8; WIDE],
    /// On return: whether a sample is so dark that it may lie in shadow; shadows are searched for as groups.
    pub shadow: [bool; WIDE],
    /// On return: all these as the maps hold them.
    pub packed: Packed,
    /// Whether `directions` and `all` are filled in.
    pub ready: bool,
    /// Subsets of far lights; near lights have none.
    pub table: Option<Table>,
}

/// Sixteen pixels of the maps.
#[derive(Default)]
pub struct Packed {
    /// See [`Batch::normal`].
    pub normal: [[Unit; WIDE]; 3],
    /// See [`Batch::albedo`].
    pub albedo: [Half; WIDE],
    /// See [`Batch::residual`].
    pub residual: [Half; WIDE],
    /// See [`Batch::confidence`].
    pub confidence: [Half; WIDE],
}

/// How many of `lights` samples may be removed.
pub fn removable(lights: usize) -> usize {
    MOST_REMOVED.min(lights.saturating_sub(FEWEST_KEPT))
}

impl Batch {
    /// Finds the fewest samples whose removal lets the rest agree, among those the set that lowers the sum of squares
    /// most, and refits the rest exactly.
    pub fn solve(&mut self, lights: usize, judge: &Judge) {
        solve_wide(self, lights, judge);
        let packed = &mut self.packed;
        for (normal, out) in self.normal.iter().zip(&mut packed.normal) {
            pack_units(normal, out);
        }
        pack_halves(&self.albedo, &mut packed.albedo);
        pack_halves(&self.residual, &mut packed.residual);
        pack_halves(&self.confidence, &mut packed.confidence);
    }
}

fastest! {
    fn solve_wide(b: &mut Batch, lights: usize, judge: &Judge) = solve
}

/// Largest sum of squares that agrees after `count` removals.
#[inline(always)]
fn limits(b: &Batch, judge: &Judge, count: usize) -> Wide {
    let mut out = [0.0; WIDE];
    for i in 0..WIDE {
        let a = b.length[i];
        out[i] = judge.noise.variance(a) * judge.chi_square[count] + judge.tolerated[count] * a * a;
    }
    out
}

#[inline(always)]
fn solve(b: &mut Batch, lights: usize, judge: &Judge) {
    let mut removed = [u32::MAX; WIDE];
    let limit = limits(b, judge, 0);
    for i in 0..WIDE {
        removed[i] = if b.rss[i] <= limit[i] { 0 } else { u32::MAX };
    }
    // With a table the residuals are enough; else the hat matrix of every pixel is needed.
    let residuals = b.table.is_some().then(|| Residuals::of(b, lights));
    let own = b.table.is_none().then(|| influence(b, lights));
    for count in 1..=removable(lights) {
        if removed.iter().all(|r| *r != u32::MAX) {
            break;
        }
        let best = match (&b.table, &residuals, &own) {
            (Some(table), Some(residuals), _) => table.best(residuals, count),
            (_, _, Some(own)) => own.best(lights, count),
            _ => break,
        };
        let limit = limits(b, judge, count);
        for i in 0..WIDE {
            let agrees = best.gain[i] >= 0.0 && b.rss[i] - best.gain[i] <= limit[i];
            removed[i] = if removed[i] == u32::MAX && agrees {
                best.bits[i]
            } else {
                removed[i]
            };
        }
    }
    refit(b, lights, &removed);
    figures(b, lights, judge);
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
            m[0][i] = wx.mul_add(x[i], m[0][i]);
            m[1][i] = wx.mul_add(y[i], m[1][i]);
            m[2][i] = wx.mul_add(z[i], m[2][i]);
            m[3][i] = wy.mul_add(y[i], m[3][i]);
            m[4][i] = wy.mul_add(z[i], m[4][i]);
            m[5][i] = wz.mul_add(z[i], m[5][i]);
            r[0][i] = wx.mul_add(s[i], r[0][i]);
            r[1][i] = wy.mul_add(s[i], r[1][i]);
            r[2][i] = wz.mul_add(s[i], r[2][i]);
        }
    }
    let (mut skew, mut inverse, mut g) = ([0.0f32; WIDE], [[0.0f32; WIDE]; 6], [[0.0f32; WIDE]; 3]);
    for i in 0..WIDE {
        let a0 = m[3][i] * m[5][i] - m[4][i] * m[4][i];
        let a1 = m[2][i] * m[4][i] - m[1][i] * m[5][i];
        let a2 = m[1][i] * m[4][i] - m[2][i] * m[3][i];
        let a3 = m[0][i] * m[5][i] - m[2][i] * m[2][i];
        let a4 = m[1][i] * m[2][i] - m[0][i] * m[4][i];
        let a5 = m[0][i] * m[3][i] - m[1][i] * m[1][i];
        let det = m[0][i] * a0 + m[1][i] * a1 + m[2][i] * a2;
        let trace = m[0][i] + m[3][i] + m[5][i];
        // Above 0 where the lights kept nearly lie in a plane.
        skew[i] = trace * trace * trace - 4.0 * MOST_SKEW * det;
        let over = 1.0 / det;
        let (c0, c1, c2, c3, c4, c5) = (a0 * over, a1 * over, a2 * over, a3 * over, a4 * over, a5 * over);
        g[0][i] = c0 * r[0][i] + c1 * r[1][i] + c2 * r[2][i];
        g[1][i] = c1 * r[0][i] + c3 * r[1][i] + c4 * r[2][i];
        g[2][i] = c2 * r[0][i] + c4 * r[1][i] + c5 * r[2][i];
        (inverse[0][i], inverse[1][i], inverse[2][i]) = (c0, c1, c2);
        (inverse[3][i], inverse[4][i], inverse[5][i]) = (c3, c4, c5);
    }
    (b.g, b.inverse) = (g, inverse);
    let mut rss = [0.0f32; WIDE];
    for k in 0..lights {
        let [x, y, z] = &b.directions[k];
        for i in 0..WIDE {
            let fit = x[i].mul_add(b.g[0][i], y[i].mul_add(b.g[1][i], z[i] * b.g[2][i]));
            let d = b.samples[k][i] - fit;
            rss[i] = (weight[k][i] * d).mul_add(d, rss[i]);
        }
    }
    b.rss = rss;
    let all = (1u32 << lights) - 1;
    for i in 0..WIDE {
        let solved = removed[i] != u32::MAX && skew[i] <= 0.0;
        b.kept[i] = if solved { (all & !removed[i]) as u8 } else { 0 };
    }
}

/// Normal, albedo, residual and confidence of the refitted pixels, and whether a sample is dark.
#[inline(always)]
fn figures(b: &mut Batch, lights: usize, judge: &Judge) {
    let mut darkest = b.samples[0];
    for row in &b.samples[1..lights] {
        for i in 0..WIDE {
            darkest[i] = if row[i] < darkest[i] { row[i] } else { darkest[i] };
        }
    }
    let (mut chi_square, mut per_freedom, mut per_kept) = ([0.0f32; WIDE], [0.0f32; WIDE], [0.0f32; WIDE]);
    for i in 0..WIDE {
        // Nothing kept counts as everything: such a pixel's figures are not read.
        let removed = (lights - b.kept[i].count_ones() as usize) % (MOST_REMOVED + 1);
        let kept = (lights - removed) as f32;
        chi_square[i] = judge.chi_square[removed];
        per_freedom[i] = 1.0 / (kept - 3.0);
        per_kept[i] = 1.0 / kept;
    }
    let (mut least, mut albedo, mut residual, mut confidence) =
        ([0.0f32; WIDE], [0.0f32; WIDE], [0.0f32; WIDE], [0.0f32; WIDE]);
    let mut normal = [[0.0f32; WIDE]; 3];
    let (g, c, rss, length) = (b.g, b.inverse, b.rss, b.length);
    for i in 0..WIDE {
        least[i] = 3.0 * judge.noise.variance(length[i]).sqrt();
        let (gx, gy, gz) = (g[0][i], g[1][i], g[2][i]);
        albedo[i] = (gx * gx + gy * gy + gz * gz).sqrt();
        let inverse = 1.0 / albedo[i];
        let (x, y, z) = (gx * inverse, gy * inverse, gz * inverse);
        let along = x * (c[0][i] * x + 2.0 * (c[1][i] * y + c[2][i] * z))
            + y * (c[3][i] * y + 2.0 * c[4][i] * z)
            + c[5][i] * z * z;
        let rest = c[0][i] + c[3][i] + c[5][i] - along;
        let spread = if rest > 0.0 { rest } else { 0.0 };
        let model = judge.noise.variance(albedo[i]);
        let found = rss[i] * per_freedom[i];
        let doubt = if found > model { found } else { model };
        let variance = if rss[i] <= model * chi_square[i] { model } else { doubt };
        (normal[0][i], normal[1][i], normal[2][i]) = (x, y, z);
        residual[i] = (rss[i] * per_kept[i]).sqrt() * inverse;
        confidence[i] = (variance * spread).sqrt() * inverse * DEG;
    }
    for i in 0..WIDE {
        b.shadow[i] = darkest[i] < least[i] || darkest[i] < judge.least_sample;
    }
    (b.normal, b.albedo, b.residual, b.confidence) = (normal, albedo, residual, confidence);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{V3, add_outer, apply, dot, inverse, unit};

    /// Agreement is a sum of squares below 1e-7.
    fn judge() -> Judge {
        Judge {
            noise: Noise {
                read: 1e-8,
                ..Noise::default()
            },
            chi_square: [10.0; MOST_REMOVED + 1],
            tolerated: [0.0; MOST_REMOVED + 1],
            least_sample: 0.0,
        }
    }

    fn batch(spoilt: &[&[usize]], truth: V3, lights: usize, far: bool) -> Batch {
        let directions: Vec<V3> = (0..lights)
            .map(|k| {
                let a = k as f64 / lights as f64 * std::f64::consts::TAU;
                unit([a.cos(), a.sin(), 1.0])
            })
            .collect();
        let mut m = [0.0; 6];
        directions.iter().for_each(|&d| add_outer(&mut m, d, 1.0));
        let c = inverse(&m).expect("regular");
        let mut b = Batch::default();
        if far {
            b.table = Some(Table::new(&directions, &c));
        }
        for i in 0..WIDE {
            let samples: Vec<f64> = (0..lights)
                .map(|k| {
                    dot(directions[k], truth)
                        + if spoilt[i % spoilt.len()].contains(&k) {
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
            b.length[i] = dot(g, g).sqrt() as f32;
            b.rss[i] = (0..lights)
                .map(|k| (samples[k] - dot(directions[k], g)).powi(2))
                .sum::<f64>() as f32;
        }
        b
    }

    #[test]
    fn up_to_three_spoilt_samples_of_eight_are_found_and_the_rest_is_exact() {
        let truth = [0.1, -0.05, 0.6];
        let spoilt: [&[usize]; 8] = [&[], &[3], &[0, 1], &[2, 6], &[1, 4, 6], &[0, 3, 5], &[7], &[0, 2, 7]];
        for far in [false, true] {
            let mut b = batch(&spoilt, truth, 8, far);
            b.solve(8, &judge());
            for i in 0..WIDE {
                assert_ne!(b.kept[i], 0, "some subset agrees");
                for (k, bit) in (0..8).map(|k| (k, b.kept[i] >> k & 1)) {
                    assert_eq!(bit == 0, spoilt[i % 8].contains(&k), "pixel {i}, light {k}");
                }
                assert!((0..3).all(|j| (f64::from(b.g[j][i]) - truth[j]).abs() < 1e-5));
                let albedo = dot(truth, truth).sqrt();
                assert!((f64::from(b.albedo[i]) - albedo).abs() < 1e-5);
                assert!((0..3).all(|j| (f64::from(b.normal[j][i]) - truth[j] / albedo).abs() < 2e-5));
            }
        }
    }

    #[test]
    fn the_confidence_is_that_of_the_samples_kept() {
        let spoilt: [&[usize]; 1] = [&[2, 6]];
        let mut b = batch(&spoilt, [0.0, 0.0, 0.5], 8, true);
        b.solve(8, &judge());
        // Six lights at 45 degrees: those along x are whole, those along y have lost both that lie in that plane.
        let mut m = [0.0; 6];
        for k in (0..8).filter(|k| k % 4 != 2) {
            let a = f64::from(k) * std::f64::consts::FRAC_PI_4;
            add_outer(&mut m, unit([a.cos(), a.sin(), 1.0]), 1.0);
        }
        let c = inverse(&m).expect("regular");
        let wanted = (1e-8 * (c[0] + c[3])).sqrt() / 0.5 * 180.0 / std::f64::consts::PI;
        assert!(
            (f64::from(b.confidence[0]) / wanted - 1.0).abs() < 1e-3,
            "{}",
            b.confidence[0]
        );
    }

    #[test]
    fn five_samples_leave_nothing_to_remove() {
        let spoilt: [&[usize]; 1] = [&[1]];
        let mut b = batch(&spoilt, [0.0, 0.0, 0.5], 5, true);
        b.solve(5, &judge());
        assert_eq!(b.kept, [0; WIDE]);
    }
}
