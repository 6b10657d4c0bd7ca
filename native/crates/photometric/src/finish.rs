//! From the fits of a tile to the output maps; pixels whose samples disagree go through rejection on the way.

use crate::lanes::Limits;
use crate::linear::{apply, dot};
use crate::noise::Noise;
use crate::options::Method;
use crate::pixel::{Column, Fit, Thresholds, least_squares, robust};
use crate::solve::Counts;
use crate::tile::{Setup, TILE, Tile};

/// Relative model error taken as agreement: calibration and quantisation are not better than this.
const MODEL_ERROR: f32 = 0.002;
/// A normal less certain than this is not known.
const MAX_CONFIDENCE_DEG: f32 = 30.0;
const DEG: f32 = 180.0 / std::f32::consts::PI;

/// What all tiles of a solve share.
pub struct Ctx<'a> {
    /// Lights and frames.
    pub setup: &'a Setup<'a>,
    /// After fallbacks.
    pub method: Method,
    /// Noise of one normalised sample.
    pub noise: Noise,
    /// Chi-square limits.
    pub thresholds: Thresholds,
    /// Normalised samples below this are too dark to be a measurement; 0 where the read noise is not known.
    pub dark_limit: f32,
    /// Pixels in a row of the image.
    pub width: usize,
    /// 0 = outside.
    pub mask: Option<&'a [u8]>,
}

impl Ctx<'_> {
    fn limits(&self) -> Limits {
        let count = self.setup.count();
        Limits {
            noise: self.noise,
            chi_square: self.thresholds.of(count) as f32,
            tolerated: MODEL_ERROR * MODEL_ERROR * count as f32,
            freedom: (count.max(4) - 3) as f32,
            per_light: 1.0 / count as f32,
            inverse: self.setup.inverse.map(|v| v as f32),
        }
    }
}

/// Slices of the output maps.
pub struct Outputs<'a> {
    /// 3 a pixel.
    pub normals: &'a mut [f32],
    /// 1 or 3 a pixel.
    pub albedo: &'a mut [f32],
    /// 1 a pixel.
    pub residual: &'a mut [f32],
    /// 1 a pixel.
    pub confidence: &'a mut [f32],
    /// 1 a pixel.
    pub known: &'a mut [u8],
}

impl Outputs<'_> {
    /// The part for `n` pixels from pixel `at` on.
    pub fn part(&mut self, at: usize, n: usize) -> Outputs<'_> {
        let channels = self.albedo.len() / self.known.len();
        Outputs {
            normals: &mut self.normals[at * 3..(at + n) * 3],
            albedo: &mut self.albedo[at * channels..(at + n) * channels],
            residual: &mut self.residual[at..at + n],
            confidence: &mut self.confidence[at..at + n],
            known: &mut self.known[at..at + n],
        }
    }

    fn clear(&mut self, i: usize) {
        let channels = self.albedo.len() / self.known.len();
        self.normals[3 * i..3 * i + 3].fill(0.0);
        self.albedo[channels * i..channels * (i + 1)].fill(0.0);
        (self.residual[i], self.confidence[i], self.known[i]) = (0.0, 0.0, 0);
    }
}

/// Writes the maps of a tile at (x0, y).
pub fn finish_tile(
    ctx: &Ctx,
    tile: &mut Tile,
    column: &mut Column,
    (x0, y): (usize, usize),
    out: &mut Outputs,
) -> Counts {
    let n = tile.n;
    write_fits(ctx, tile, out);
    let saturated = tile.peaks[..n].iter().any(|&p| ctx.setup.reader.saturated(p));
    let doubtful = tile.lanes.disagrees[..n].iter().any(|d| *d != 0);
    let row_mask = ctx.mask.map(|m| &m[y * ctx.width + x0..][..n]);
    let mut counts = Counts::default();
    let everywhere = ctx.method == Method::Robust;
    let doubtful = everywhere || (doubtful && ctx.method == Method::Auto);
    for i in 0..n {
        if row_mask.is_some_and(|m| m[i] == 0) {
            out.clear(i);
            continue;
        }
        counts.inside += 1;
        let suspect = doubtful && (everywhere || tile.lanes.disagrees[i] != 0);
        if suspect || (saturated && ctx.setup.reader.saturated(tile.peaks[i])) {
            counts.rejected += usize::from(reject(ctx, tile, column, (x0 + i, y), i, out));
        }
        // Written so that NaN is refused too.
        let certain = out.confidence[i] <= MAX_CONFIDENCE_DEG && tile.lanes.length[i] > 0.0;
        if !certain {
            out.clear(i);
            counts.unknown += 1;
        }
    }
    counts
}

/// Normal, albedo, residual and confidence of the least-squares fit.
fn write_fits(ctx: &Ctx, tile: &mut Tile, out: &mut Outputs) {
    let n = tile.n;
    tile.measure(ctx.setup, &ctx.limits());
    let lanes = &tile.lanes;
    let [x, y, z] = &lanes.normal;
    for (i, normal) in out.normals.chunks_exact_mut(3).enumerate() {
        normal.copy_from_slice(&[x[i], y[i], z[i]]);
    }
    out.residual.copy_from_slice(&lanes.residual[..n]);
    out.confidence.copy_from_slice(&lanes.confidence[..n]);
    out.known.fill(1);
    if tile.colour.is_empty() {
        out.albedo.copy_from_slice(&lanes.length[..n]);
        return;
    }
    let mut colour = [0.0f32; 3 * TILE];
    tile.colour_albedo(ctx.setup, &mut colour);
    for (i, albedo) in out.albedo.chunks_exact_mut(3).enumerate() {
        albedo.copy_from_slice(&[colour[i], colour[TILE + i], colour[2 * TILE + i]]);
    }
}

/// Solves one pixel again with samples left out; true where some were.
fn reject(ctx: &Ctx, tile: &Tile, column: &mut Column, (x, y): (usize, usize), i: usize, out: &mut Outputs) -> bool {
    gather(ctx, tile, column, (x, y), i);
    let fit = if ctx.method == Method::LeastSquares {
        let fewest = ctx.setup.count().min(3);
        least_squares(column, fewest).map(|linear| {
            let albedo = dot(linear.g, linear.g).sqrt();
            Fit {
                normal: linear.g.map(|v| v / albedo),
                albedo,
                linear,
            }
        })
    } else {
        robust(column, &ctx.thresholds, |albedo| {
            let albedo = albedo as f32;
            let tolerated = MODEL_ERROR * albedo;
            (f64::from(ctx.noise.variance(albedo)), f64::from(tolerated * tolerated))
        })
    };
    let Some(fit) = fit else {
        // Too few usable samples: infinite uncertainty, which the caller turns into "unknown".
        out.confidence[i] = f32::INFINITY;
        return true;
    };
    write_fit(ctx, tile, column, &fit, i, out);
    column.keep.iter().any(|k| !k)
}

fn gather(ctx: &Ctx, tile: &Tile, column: &mut Column, (x, y): (usize, usize), i: usize) {
    let count = ctx.setup.count();
    column.samples.clear();
    column.directions.clear();
    column.keep.clear();
    column.clipped = 0;
    let saturated = ctx.setup.reader.saturated(tile.peaks[i]);
    for k in 0..count {
        let sample = tile.samples[k * TILE + i];
        column.samples.push(f64::from(sample));
        column.directions.push(tile.direction(ctx.setup, k, i));
        let clipped = saturated && ctx.setup.reader.saturated_at(k, x, y);
        let dark = ctx.method != Method::LeastSquares && sample < ctx.dark_limit;
        column.clipped += usize::from(clipped);
        column.keep.push(!clipped && !dark);
    }
    column.start = column.keep.iter().all(|k| *k).then(|| tile.fit_at(ctx.setup, i));
}

fn write_fit(ctx: &Ctx, tile: &Tile, column: &Column, fit: &Fit, i: usize, out: &mut Outputs) {
    let linear = &fit.linear;
    let n = fit.normal;
    let c = linear.inverse;
    let spread = (c[0] + c[3] + c[5] - dot(n, apply(&c, n))).max(0.0);
    let model = f64::from(ctx.noise.variance(fit.albedo as f32));
    let freedom = linear.kept.saturating_sub(3);
    let agrees = linear.rss <= model * ctx.thresholds.of(linear.kept);
    let variance = if agrees || freedom == 0 {
        model
    } else {
        (linear.rss / freedom as f64).max(model)
    };
    for j in 0..3 {
        out.normals[3 * i + j] = n[j] as f32;
    }
    out.residual[i] = ((linear.rss / linear.kept as f64).sqrt() / fit.albedo) as f32;
    out.confidence[i] = ((variance * spread).sqrt() / fit.albedo) as f32 * DEG;
    if tile.colour.is_empty() {
        out.albedo[i] = fit.albedo as f32;
    } else {
        for channel in 0..3 {
            let albedo = tile.channel_albedo(ctx.setup, channel, i, n, |k| column.keep[k]);
            out.albedo[3 * i + channel] = albedo as f32;
        }
    }
}
