//! Rejection for eight doubtful pixels at once: all subsets with one, two or three of at most eight samples removed, each
//! judged without refitting (see [`crate::removals`]).

use crate::noise::Noise;
use crate::removals::{Table, influence, products};
use crate::simd::fastest;

/// Pixels handled together.
pub const WIDE: usize = 8;
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

/// Eight pixels, light by light.
#[derive(Default)]
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
    /// Whether `directions` and `all` are filled in.
    pub ready: bool,
    /// Subsets of far lights; near lights have none.
    pub table: Option<Table>,
    /// Sum of squared residuals; on return that of the samples kept.
    pub rss: Wide,
    /// On return: the samples kept, one bit a light; 0 where no subset agrees.
    pub kept: [u8; WIDE],
    /// On return: whether a sample is so dark that it may lie in shadow; shadows are searched for as groups.
    pub shadow: [bool; WIDE],
    /// On return: unit normals.
    pub normal: [Wide; 3],
    /// On return: albedo.
    pub albedo: Wide,
    /// On return: residual relative to the albedo.
    pub residual: Wide,
    /// On return: standard deviation of the normal in degrees.
    pub confidence: Wide,
    inverse: [Wide; 6],
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
    }
}

fastest! {
    fn solve_wide(b: &mut Batch, lights: usize, judge: &Judge) = solve
}

#[inline(always)]
fn solve(b: &mut Batch, lights: usize, judge: &Judge) {
    let mut removed = [u32::MAX; WIDE];
    let limits = |b: &Batch, count: usize| {
        let mut out = [0.0; WIDE];
        for i in 0..WIDE {
            let a = b.length[i];
            out[i] = judge.noise.variance(a) * judge.chi_square[count] + judge.tolerated[count] * a * a;
        }
        out
    };
    let limit = limits(b, 0);
    for i in 0..WIDE {
        removed[i] = if b.rss[i] <= limit[i] { 0 } else { u32::MAX };
    }
    // With a table the products of residuals are enough; else the hat matrix of every pixel is.
    let products = b.table.is_some().then(|| products(b, lights));
    let own = b.table.is_none().then(|| influence(b, lights));
    for count in 1..=removable(lights) {
        if removed.iter().all(|r| *r != u32::MAX) {
            break;
        }
        let best = match (&b.table, &products, &own) {
            (Some(table), Some(products), _) => table.best(products, count),
            (_, _, Some(own)) => own.best(lights, count),
            _ => break,
        };
        let limit = limits(b, count);
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

/// Normal, albedo, residual and confidence of the refitted pixels, and whether a sample is dark.
#[inline(always)]
fn figures(b: &mut Batch, lights: usize, judge: &Judge) {
    let mut darkest = b.samples[0];
    for row in &b.samples[1..lights] {
        for i in 0..WIDE {
            darkest[i] = if row[i] < darkest[i] { row[i] } else { darkest[i] };
        }
    }
    for i in 0..WIDE {
        let least = 3.0 * judge.noise.variance(b.length[i]).sqrt();
        b.shadow[i] = darkest[i] < least || darkest[i] < judge.least_sample;
        let [x, y, z] = [0, 1, 2].map(|j| b.g[j][i]);
        let albedo = (x * x + y * y + z * z).sqrt();
        let inverse = 1.0 / albedo;
        let [x, y, z] = [x * inverse, y * inverse, z * inverse];
        let c = [0, 1, 2, 3, 4, 5].map(|j| b.inverse[j][i]);
        let along = x * (c[0] * x + 2.0 * (c[1] * y + c[2] * z)) + y * (c[3] * y + 2.0 * c[4] * z) + c[5] * z * z;
        let rest = c[0] + c[3] + c[5] - along;
        let spread = if rest > 0.0 { rest } else { 0.0 };
        let kept = b.kept[i].count_ones() as usize;
        let model = judge.noise.variance(albedo);
        let chi_square = judge.chi_square[(lights - kept.max(lights - MOST_REMOVED)) & MOST_REMOVED];
        let found = b.rss[i] / kept.max(4).saturating_sub(3) as f32;
        let doubt = if found > model { found } else { model };
        let variance = if b.rss[i] <= model * chi_square { model } else { doubt };
        for (j, v) in [x, y, z].into_iter().enumerate() {
            b.normal[j][i] = v;
        }
        b.albedo[i] = albedo;
        b.residual[i] = (b.rss[i] / kept.max(1) as f32).sqrt() * inverse;
        b.confidence[i] = (variance * spread).sqrt() * inverse * DEG;
    }
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

    fn batch(spoilt: &[&[usize]; WIDE], truth: V3, lights: usize, far: bool) -> Batch {
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
        let spoilt: [&[usize]; WIDE] = [&[], &[3], &[0, 1], &[2, 6], &[1, 4, 6], &[0, 3, 5], &[7], &[0, 2, 7]];
        for far in [false, true] {
            let mut b = batch(&spoilt, truth, 8, far);
            b.solve(8, &judge());
            for i in 0..WIDE {
                assert_ne!(b.kept[i], 0, "some subset agrees");
                for (k, bit) in (0..8).map(|k| (k, b.kept[i] >> k & 1)) {
                    assert_eq!(bit == 0, spoilt[i].contains(&k), "pixel {i}, light {k}");
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
        let spoilt: [&[usize]; WIDE] = [&[2, 6]; WIDE];
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
        let spoilt: [&[usize]; WIDE] = [&[1]; WIDE];
        let mut b = batch(&spoilt, [0.0, 0.0, 0.5], 5, true);
        b.solve(5, &judge());
        assert_eq!(b.kept, [0; WIDE]);
    }
}
