//! Frames to normals, albedo, residual and confidence: bands of rows in parallel, tiles of a row at a time.

use crate::check::check;
use crate::drift;
use crate::finish::{Ctx, Scratch, finish_tile};
use crate::lights::{Lights, condition_of};
use crate::noise::{Noise, estimate};
use crate::offload::{PixelSolver, Side};
use crate::options::{Method, Normals, Solution, SolveOptions, SolveSummary};
use crate::pixel::Thresholds;
use crate::pixels::Pixels;
use crate::reader::Reader;
use crate::tile::{Setup, TILE, Tile};
use crate::varnish;
use imaging::{Cancel, CoreError, ErrorCode, FrameStack, Result, zeroed};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows of a band: cancellation is asked once a band.
const BAND: usize = 16;
/// A light that differs by more than this from its calibration is named.
const MAX_DRIFT: f64 = 0.03;
/// Pixels a median over the image is taken from.
const MEDIAN_SAMPLE: usize = 1 << 16;

/// Pixels counted on the way.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    /// Inside the mask.
    pub inside: usize,
    /// Inside, without a normal.
    pub unknown: usize,
    /// Inside, with samples rejected.
    pub rejected: usize,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, b: Self) -> Self {
        Self {
            inside: self.inside + b.inside,
            unknown: self.unknown + b.unknown,
            rejected: self.rejected + b.rejected,
        }
    }
}

/// The checked parts of a solve; also used by [`crate::gloss()`].
pub fn prepare<'a>(stack: &'a FrameStack, o: &SolveOptions) -> Result<Setup<'a>> {
    check(stack, o)?;
    let reader = Reader::new(stack, o.saturation);
    let flat = stack.frames[0].flat.is_some();
    let lights = Lights::new(&o.lights, o.pixel_pitch_mm, stack.width(), stack.height(), flat);
    let setup = Setup::new(reader, lights).ok_or_else(|| {
        CoreError::new(
            ErrorCode::LightsCoplanar,
            "the light directions at the image centre lie in one plane",
            "check the light positions",
        )
        .in_field("lights")
    })?;
    Ok(setup.seen_from(o.view_distance_mm.filter(|_| o.pixel_pitch_mm.is_some())))
}

/// Normals, albedo, residual and confidence of a stack.
///
/// Samples are divided by intensity, or `(I - dark) / (flat - dark)` where a flat field is given. Geometry is solved on
/// the mean of the normalised channels, the albedo per channel with that one normal. Every pixel is first fitted by
/// least squares (Woodham 1980); where the residual is above the noise (chi-square test with the noise estimated from
/// the frames) [`Method::Auto`] rejects samples: fewest first, else the darkest and brightest, and with 48 lights or more
/// a reflectance model is fitted (Shi et al. 2014). `progress` gets the fraction done, from any thread.
///
/// # Errors
/// `LightsTooFew`, `LightsCoplanar`, `ValueInvalid`, `ImageSizeMismatch` with file and field; `Cancelled`.
pub fn solve(
    stack: &FrameStack,
    o: &SolveOptions,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Solution> {
    solve_into(stack, o, None, cancel, progress)
}

/// [`solve`] into the maps of an earlier side that is not needed any more: new ones of 12 megapixels cost as much time
/// in the system's page handling as their pixels cost to compute.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_into(
    stack: &FrameStack,
    o: &SolveOptions,
    used: Option<Solution>,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Solution> {
    solve_by(None, stack, o, used, cancel, progress)
}

/// [`solve_into`] with the pixels solved elsewhere, where a place is given; noise, varnish and the report's figures are
/// found here in any case.
///
/// # Errors
/// Those of [`solve`], and those of the place.
pub fn solve_by(
    place: Option<&dyn PixelSolver>,
    stack: &FrameStack,
    o: &SolveOptions,
    used: Option<Solution>,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Solution> {
    let mut setup = prepare(stack, o)?;
    cancel.check()?;
    let (width, height) = (stack.width(), stack.height());
    let mut notes = Vec::new();
    let method = usable_method(o.method, setup.count(), &mut notes);
    let floor = o.read_noise.map_or(0.0, |sigma| {
        (0..setup.count())
            .map(|k| setup.reader.normalised_noise(k, sigma))
            .sum::<f32>()
            / setup.count() as f32
    });
    let mut noise = estimate(&setup, width, height, o.mask.as_deref(), floor);
    if method != Method::LeastSquares {
        setup.varnish = varnish::estimate(&setup, &noise, (width, height), o.mask.as_deref());
    }
    let shine = setup.varnish.map_or(0.0, |varnish| varnish.shine(&setup) as f32);
    noise = noise.beneath(shine);
    let mut solution = blank(stack, used, method, noise);
    let ctx = Ctx {
        setup: &setup,
        method,
        noise,
        shine,
        thresholds: Thresholds::new(setup.count()),
        dark_limit: 2.0 * floor,
        width,
        mask: o.mask.as_deref(),
    };
    let counts = match place {
        None => run(&ctx, &mut solution, cancel, progress)?,
        Some(place) => {
            let (ctx, mask) = (&ctx, ctx.mask);
            place.solve(&Side { stack, mask, ctx }, &mut solution, cancel, progress)?
        }
    };
    let ratios = drift::ratios(&setup, &noise, (width, height), o.mask.as_deref());
    note_drift(&ratios, stack, &mut notes);
    summarise(&mut solution, &ctx, counts, notes, stack);
    solution.summary.light_ratios = ratios;
    Ok(solution)
}

/// Says which light differs most from its calibration, if one does by more than [`MAX_DRIFT`].
fn note_drift(ratios: &[f64], stack: &FrameStack, notes: &mut Vec<String>) {
    let apart = |r: f64| (r - 1.0).abs();
    let worst = (0..ratios.len()).max_by(|&a, &b| apart(ratios[a]).total_cmp(&apart(ratios[b])));
    if let Some(k) = worst.filter(|&k| apart(ratios[k]) > MAX_DRIFT) {
        notes.push(format!(
            "the light of {} is at least {:.0} % {} than its calibration says: calibrate the lights again",
            stack.frames[k].name,
            100.0 * apart(ratios[k]),
            if ratios[k] > 1.0 { "brighter" } else { "darker" },
        ));
    }
}

fn usable_method(wanted: Method, lights: usize, notes: &mut Vec<String>) -> Method {
    if lights >= 4 || wanted == Method::LeastSquares {
        return wanted;
    }
    notes.push(format!(
        "{lights} lights leave nothing to reject with: least squares was used; capture at least 4, better 8"
    ));
    Method::LeastSquares
}

/// Maps of the stack's size; their contents are what an earlier side left.
fn blank(stack: &FrameStack, used: Option<Solution>, method: Method, noise: Noise) -> Solution {
    let (width, height, channels) = (stack.width(), stack.height(), stack.channels());
    let pixels = width * height;
    let fits = |s: &Solution| (s.width, s.height, s.channels) == (width, height, channels);
    let mut maps = used.filter(fits).unwrap_or_else(|| Solution {
        width,
        height,
        channels,
        normals: Normals::zeroed(pixels),
        albedo: zeroed(pixels * channels),
        residual: zeroed(pixels),
        confidence_deg: zeroed(pixels),
        known: zeroed(pixels),
        summary: SolveSummary::default(),
    });
    maps.summary = SolveSummary {
        unknown_fraction: 1.0,
        rejected_fraction: 0.0,
        condition_number: 0.0,
        median_residual: 0.0,
        noise: f64::from(noise.variance(0.0)).sqrt(),
        median_confidence_deg: 0.0,
        method,
        varnish_strength: 0.0,
        varnish_exponent: 0.0,
        light_ratios: Vec::new(),
        near_light: false,
        flat_fielded: stack.frames[0].flat.is_some(),
        linear_input: stack.encoding.is_linear(),
        notes: Vec::new(),
    };
    maps
}

fn run(ctx: &Ctx, solution: &mut Solution, cancel: &Cancel, progress: &(dyn Fn(f32) + Sync)) -> Result<Counts> {
    let height = solution.height;
    let done = AtomicUsize::new(0);
    let rows = BAND * solution.width;
    solution
        .pieces(rows)
        .enumerate()
        .map_init(
            || (Tile::new(ctx.setup), Scratch::default()),
            |(tile, scratch), (band, mut out)| {
                cancel.check()?;
                let counts = solve_band(ctx, band * BAND, tile, scratch, &mut out);
                let rows_done = done.fetch_add(BAND, Ordering::Relaxed) + BAND;
                progress(rows_done.min(height) as f32 / height as f32);
                Ok(counts)
            },
        )
        .try_reduce(Counts::default, |a, b| Ok(a.plus(b)))
}

fn solve_band(ctx: &Ctx, y0: usize, tile: &mut Tile, scratch: &mut Scratch, out: &mut Pixels<'_>) -> Counts {
    let mut counts = Counts::default();
    for row in 0..out.known.len() / ctx.width {
        for x0 in (0..ctx.width).step_by(TILE) {
            let n = TILE.min(ctx.width - x0);
            let y = y0 + row;
            let at = y * ctx.width + x0;
            if ctx.mask.is_some_and(|m| m[at..at + n].iter().all(|v| *v == 0)) {
                out.part(row * ctx.width + x0, n).clear_all();
                continue;
            }
            tile.read(ctx.setup, y, x0, n);
            tile.prefetch(ctx.setup, 1);
            tile.fit(ctx.setup);
            tile.prefetch(ctx.setup, 2);
            tile.unvarnish(ctx.setup, y, x0);
            let mut part = out.part(row * ctx.width + x0, n);
            counts = counts.plus(finish_tile(ctx, tile, scratch, (x0, y), &mut part));
        }
    }
    counts
}

fn summarise(solution: &mut Solution, ctx: &Ctx, counts: Counts, notes: Vec<String>, stack: &FrameStack) {
    let part = |n: usize| {
        if counts.inside == 0 {
            0.0
        } else {
            n as f64 / counts.inside as f64
        }
    };
    let [brightness, residual, confidence] = medians(solution);
    let s = &mut solution.summary;
    s.unknown_fraction = part(counts.unknown);
    s.rejected_fraction = part(counts.rejected);
    s.condition_number = condition_of(&ctx.setup.directions);
    if let Some(v) = &ctx.setup.varnish {
        (s.varnish_strength, s.varnish_exponent) = (v.strength, v.exponent);
    }
    s.near_light = ctx.setup.lights.near();
    s.noise = f64::from(ctx.noise.variance(brightness)).sqrt();
    s.notes = notes;
    if !stack.encoding.is_linear() {
        s.notes
            .push("the input was sRGB-encoded and was decoded to linear light first".to_owned());
    }
    s.median_residual = f64::from(residual);
    s.median_confidence_deg = f64::from(confidence);
}

/// Medians of the grey albedo, the residual and the confidence over the known pixels.
fn medians(solution: &Solution) -> [f32; 3] {
    let grey = |i: usize| {
        let c = solution.channels;
        let channels = &solution.albedo[i * c..(i + 1) * c];
        channels.iter().map(|v| v.get()).sum::<f32>() / c as f32
    };
    let (residual, (confidence, brightness)) = rayon::join(
        || median(sampled(solution, |i| solution.residual[i].get())),
        || {
            rayon::join(
                || median(sampled(solution, |i| solution.confidence_deg[i].get())),
                || median(sampled(solution, grey)),
            )
        },
    );
    [brightness, residual, confidence]
}

/// A value at known pixels, spread evenly over the image by a fixed step.
fn sampled(solution: &Solution, value: impl Fn(usize) -> f32) -> Vec<f32> {
    // An odd step does not run along the columns of images whose width is a power of two.
    let step = (solution.known.len() / MEDIAN_SAMPLE).max(1) | 1;
    (0..solution.known.len())
        .step_by(step)
        .filter(|&i| solution.known[i] != 0)
        .map(value)
        .collect()
}

fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}
