//! From the fits of a tile to the output maps; pixels whose samples disagree go through rejection on the way.

use crate::batch::{Batch, Judge, MOST_LIGHTS, WIDE, removable};
use crate::glint::Samples;
use crate::kernel::LANES;
use crate::lanes::{DISAGREES, Limits, UNCERTAIN};
use crate::linear::{apply, dot};
use crate::noise::Noise;
use crate::options::Method;
use crate::pixel::{Column, Fit, Thresholds, least_squares, robust};
use crate::pixels::Pixels;
use crate::removals::Table;
use crate::shining::shines;
use crate::solve::Counts;
use crate::tile::{Setup, TILE, Tile};
use imaging::{Half, pack_halves, pack_triples, pack_units};

/// Relative model error taken as agreement: calibration and quantisation are not better than this.
pub const MODEL_ERROR: f32 = 0.002;
/// A normal less certain than this is not known.
pub const MAX_CONFIDENCE_DEG: f32 = 30.0;
/// Degrees of a radian.
pub const DEG: f32 = 180.0 / std::f32::consts::PI;

/// What all tiles of a solve share.
pub struct Ctx<'a> {
    /// Lights and frames.
    pub setup: &'a Setup<'a>,
    /// After fallbacks.
    pub method: Method,
    /// Noise of one normalised sample.
    pub noise: Noise,
    /// What the varnish adds to the brightness of a flat card, which `noise` already covers; 0 without varnish.
    pub shine: f32,
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
            per_freedom: 1.0 / (count.max(4) - 3) as f32,
            per_light: 1.0 / count as f32,
            worst_deg: MAX_CONFIDENCE_DEG,
            inverse: self.setup.inverse.map(|v| v as f32),
        }
    }
}

impl Ctx<'_> {
    fn judge(&self) -> Judge {
        let lights = self.setup.count();
        let kept = |removed: usize| lights.saturating_sub(removed);
        Judge {
            noise: self.noise,
            chi_square: std::array::from_fn(|removed| self.thresholds.of(kept(removed)) as f32),
            tolerated: std::array::from_fn(|removed| MODEL_ERROR * MODEL_ERROR * kept(removed) as f32),
            least_sample: self.dark_limit,
        }
    }
}

/// Buffers of one worker for doubtful pixels.
#[derive(Default)]
pub struct Scratch {
    column: Column,
    batch: Batch,
    samples: Samples,
    /// Pixels of the tile that wait for a batch.
    waiting: Vec<usize>,
}

/// Writes the maps of a tile at (x0, y).
pub fn finish_tile(
    ctx: &Ctx,
    tile: &mut Tile,
    scratch: &mut Scratch,
    (x0, y): (usize, usize),
    out: &mut Pixels<'_>,
) -> Counts {
    let row_mask = ctx.mask.map(|m| &m[y * ctx.width + x0..][..tile.n]);
    finish_masked(ctx, tile, scratch, (x0, y), row_mask, out)
}

/// [`finish_tile`] with the mask of its own pixels.
pub fn finish_masked(
    ctx: &Ctx,
    tile: &mut Tile,
    scratch: &mut Scratch,
    (x0, y): (usize, usize),
    row_mask: Option<&[u8]>,
    out: &mut Pixels<'_>,
) -> Counts {
    let n = tile.n;
    write_fits(ctx, tile, out);
    let brightest = tile.peaks[..n].iter().copied().fold(0, u16::max);
    let saturated = ctx.setup.reader.saturated(brightest);
    let mut counts = Counts::default();
    let everywhere = ctx.method == Method::Robust;
    // Least squares ignores disagreement; what is left to look at is what cannot be known.
    let relevant = if ctx.method == Method::LeastSquares {
        UNCERTAIN
    } else {
        UNCERTAIN | DISAGREES
    };
    scratch.waiting.clear();
    for from in (0..n).step_by(LANES) {
        let to = n.min(from + LANES);
        let doubtful =
            everywhere || saturated || tile.lanes.doubts[from..to].iter().fold(0, |all, d| all | d) & relevant != 0;
        if !doubtful && row_mask.is_none() {
            counts.inside += to - from;
            continue;
        }
        for i in from..to {
            if row_mask.is_some_and(|m| m[i] == 0) {
                out.clear(i);
                continue;
            }
            counts.inside += 1;
            let doubts = tile.lanes.doubts[i] & relevant;
            let clipped = saturated && ctx.setup.reader.saturated(tile.peaks[i]);
            if let Some(varnish) = &ctx.setup.varnish
                && (clipped || doubts != 0)
                && shines(ctx, varnish, tile, &mut scratch.samples, (x0 + i, y), i, out)
            {
                continue;
            }
            if clipped || everywhere {
                let (rejected, degrees) = reject(ctx, tile, &mut scratch.column, (x0 + i, y), i, out);
                counts.rejected += usize::from(rejected);
                counts.unknown += usize::from(forget_if_uncertain(ctx, tile, degrees, out, i));
            } else if doubts & DISAGREES != 0 {
                scratch.waiting.push(i);
            } else if doubts != 0 {
                let degrees = tile.lanes.confidence[i];
                counts.unknown += usize::from(forget_if_uncertain(ctx, tile, degrees, out, i));
            }
        }
    }
    counts.plus(settle(ctx, tile, scratch, (x0, y), out))
}

/// Clears a pixel whose normal is too uncertain, and tells whether it did. Where too few samples agree to carry a normal,
/// but all of them together do, with the larger residual told, the fit of all stands.
fn forget_if_uncertain(ctx: &Ctx, tile: &Tile, degrees: f32, out: &mut Pixels<'_>, i: usize) -> bool {
    // Written so that NaN is refused too.
    let certain = |degrees: f32| degrees <= MAX_CONFIDENCE_DEG && tile.lanes.length[i] > 0.0;
    if certain(degrees) {
        return false;
    }
    let clipped = ctx.setup.reader.saturated(tile.peaks[i]);
    if clipped || !certain(tile.lanes.confidence[i]) {
        out.clear(i);
        return true;
    }
    restore(ctx, tile, i, out);
    false
}

/// Puts the fit of all samples back.
fn restore(ctx: &Ctx, tile: &Tile, i: usize, out: &mut Pixels<'_>) {
    let lanes = &tile.lanes;
    let normal = [0, 1, 2].map(|j| lanes.normal[j][i]);
    out.set_normal(i, normal);
    out.residual[i] = Half::new(lanes.residual[i]);
    out.confidence[i] = Half::new(lanes.confidence[i]);
    if tile.colour.is_empty() {
        out.albedo[i] = Half::new(lanes.length[i]);
        return;
    }
    for channel in 0..3 {
        let albedo = tile.channel_albedo(ctx.setup, channel, i, normal.map(f64::from), |_| true);
        out.albedo[3 * i + channel] = Half::new(albedo as f32);
    }
}

/// Rejection for the waiting pixels: few lights by all subsets, what that leaves one by one.
fn settle(ctx: &Ctx, tile: &Tile, scratch: &mut Scratch, (x0, y): (usize, usize), out: &mut Pixels<'_>) -> Counts {
    let mut counts = Counts::default();
    let lights = ctx.setup.count();
    let Scratch {
        column, batch, waiting, ..
    } = scratch;
    let few = lights <= MOST_LIGHTS && removable(lights) > 0;
    let judge = ctx.judge();
    for group in waiting.chunks(WIDE) {
        if few {
            fill(ctx, tile, group, batch);
            batch.solve(lights, &judge);
        }
        for (lane, &i) in group.iter().enumerate() {
            if few && batch.kept[lane] != 0 && !batch.shadow[lane] {
                counts.rejected += usize::from((batch.kept[lane].count_ones() as usize) < lights);
                counts.unknown += usize::from(!take(ctx, tile, batch, lane, i, out));
            } else {
                let (rejected, degrees) = reject(ctx, tile, column, (x0 + i, y), i, out);
                counts.rejected += usize::from(rejected);
                counts.unknown += usize::from(forget_if_uncertain(ctx, tile, degrees, out, i));
            }
        }
    }
    counts
}

/// Writes a pixel of a batch. Where its normal is too uncertain the fit of all samples stands, if that is certain; else
/// the pixel is cleared, and false returned.
fn take(ctx: &Ctx, tile: &Tile, batch: &Batch, lane: usize, i: usize, out: &mut Pixels<'_>) -> bool {
    // Written so that NaN is refused too.
    let certain = batch.confidence[lane] <= MAX_CONFIDENCE_DEG && batch.albedo[lane] > 0.0;
    if !certain {
        let stands = tile.lanes.confidence[i] <= MAX_CONFIDENCE_DEG && tile.lanes.length[i] > 0.0;
        if !stands {
            out.clear(i);
        }
        return stands;
    }
    let packed = &batch.packed;
    for (plane, normal) in out.normals.iter_mut().zip(&packed.normal) {
        plane[i] = normal[lane];
    }
    out.residual[i] = packed.residual[lane];
    out.confidence[i] = packed.confidence[lane];
    if tile.colour.is_empty() {
        out.albedo[i] = packed.albedo[lane];
        return true;
    }
    let normal = [0, 1, 2].map(|j| batch.normal[j][lane]);
    let kept = batch.kept[lane];
    for channel in 0..3 {
        let kept = |k: usize| kept >> k & 1 == 1;
        let albedo = tile.channel_albedo(ctx.setup, channel, i, normal.map(f64::from), kept);
        out.albedo[3 * i + channel] = Half::new(albedo as f32);
    }
    true
}

/// Puts pixels of the tile into a batch; a short group is filled up with its last pixel.
fn fill(ctx: &Ctx, tile: &Tile, group: &[usize], batch: &mut Batch) {
    let lights = ctx.setup.count();
    let pixels: [usize; WIDE] = std::array::from_fn(|lane| group[lane.min(group.len() - 1)]);
    // The mask spares a check for each number; tiles are no longer.
    let of = |plane: &[f32]| {
        let plane: &[f32; TILE] = plane.try_into().expect("planes of a tile");
        pixels.map(|i| plane[i & (TILE - 1)])
    };
    for k in 0..lights {
        batch.samples[k] = of(&tile.samples[k * TILE..(k + 1) * TILE]);
    }
    // Far lights are the same for every pixel of the side.
    let near = ctx.setup.lights.near();
    if near || !batch.ready {
        for k in 0..lights {
            for j in 0..3 {
                batch.directions[k][j] = pixels.map(|i| tile.narrow_direction(ctx.setup, k, i)[j]);
            }
        }
        for j in 0..6 {
            batch.all[j] = pixels.map(|i| tile.narrow_inverse(ctx.setup, i)[j]);
        }
        batch.table = (!near).then(|| Table::new(&ctx.setup.directions, &ctx.setup.inverse));
        batch.ready = true;
    }
    for j in 0..3 {
        batch.g[j] = of(&tile.g[j]);
    }
    batch.rss = of(&tile.rss);
    batch.length = of(&tile.lanes.length);
}

/// Normal, albedo, residual and confidence of the least-squares fit.
fn write_fits(ctx: &Ctx, tile: &mut Tile, out: &mut Pixels<'_>) {
    let n = tile.n;
    tile.measure(ctx.setup, &ctx.limits());
    tile.prefetch(ctx.setup, 3);
    let lanes = &tile.lanes;
    for (plane, packed) in lanes.normal.iter().zip(&mut out.normals) {
        pack_units(&plane[..n], packed);
    }
    pack_halves(&lanes.residual[..n], out.residual);
    pack_halves(&lanes.confidence[..n], out.confidence);
    out.known.fill(1);
    if tile.colour.is_empty() {
        pack_halves(&lanes.length[..n], out.albedo);
        return;
    }
    let mut colour = [0.0f32; 3 * TILE];
    tile.colour_albedo(ctx.setup, &mut colour);
    let planes = [0, 1, 2].map(|c| &colour[c * TILE..(c + 1) * TILE]);
    pack_triples(&planes, out.albedo);
}

/// Solves one pixel again with samples left out: whether some were, and how certain the normal is, in degrees.
fn reject(
    ctx: &Ctx,
    tile: &Tile,
    column: &mut Column,
    (x, y): (usize, usize),
    i: usize,
    out: &mut Pixels<'_>,
) -> (bool, f32) {
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
        return (true, f32::INFINITY);
    };
    let degrees = write_fit(ctx, tile, |k| column.keep[k], &fit, i, out);
    (column.keep.iter().any(|k| !k), degrees)
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

/// Writes a fit and tells how certain its normal is, in degrees.
fn write_fit(ctx: &Ctx, tile: &Tile, kept: impl Fn(usize) -> bool, fit: &Fit, i: usize, out: &mut Pixels<'_>) -> f32 {
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
    let degrees = ((variance * spread).sqrt() / fit.albedo) as f32 * DEG;
    out.set_normal(i, n.map(|v| v as f32));
    out.residual[i] = Half::new(((linear.rss / linear.kept as f64).sqrt() / fit.albedo) as f32);
    out.confidence[i] = Half::new(degrees);
    if tile.colour.is_empty() {
        out.albedo[i] = Half::new(fit.albedo as f32);
    } else {
        for channel in 0..3 {
            let albedo = tile.channel_albedo(ctx.setup, channel, i, n, &kept);
            out.albedo[3 * i + channel] = Half::new(albedo as f32);
        }
    }
    degrees
}
