//! A side whose pixels are solved somewhere else, on a GPU for instance: what that place must know, and the pixels it
//! gives back because they need this crate's own rejection.

use crate::batch::{MOST_LIGHTS, removable};
use crate::finish::{Ctx, MAX_CONFIDENCE_DEG, MODEL_ERROR, Scratch, finish_masked};
use crate::options::{Method, Solution};
use crate::pixels::Pixels;
use crate::reader::MIN_FLAT;
use crate::solve::Counts;
use crate::tile::Tile;
use imaging::{Cancel, FrameStack, Half, Result, Unit};

/// Pixels solved together when they come back; a divisor of the distance between the varnish's nodes, and aligned to it,
/// so that they get the numbers that a whole side gets.
const RUN: usize = 64;

/// Solves the pixels of a side.
pub trait PixelSolver: Sync {
    /// Fills all maps of `out` and tells what it counted.
    ///
    /// # Errors
    /// `Cancelled`; `Gpu...` where the place failed: the caller then solves the side here.
    fn solve(
        &self,
        side: &Side<'_>,
        out: &mut Solution,
        cancel: &Cancel,
        progress: &(dyn Fn(f32) + Sync),
    ) -> Result<Counts>;
}

/// One light, in the form tiles need it.
#[derive(Clone, Copy, Debug)]
pub struct LightNumbers {
    /// Unit vector towards the light at the image centre; everywhere when it is far.
    pub direction: [f32; 3],
    /// What a sample is multiplied by, where the light is far.
    pub gain: f32,
    /// Row of the pseudo-inverse, where all lights are far.
    pub pseudo_inverse: [f32; 3],
    /// Position in mm relative to the image centre, where it is near.
    pub position_mm: Option<[f64; 3]>,
    /// One over the intensity of each channel.
    pub inverse_intensity: [f32; 3],
}

/// The lobe that is taken out of the samples.
#[derive(Clone, Copy, Debug)]
pub struct LobeNumbers {
    /// In units of albedo.
    pub strength: f32,
    /// Blinn-Phong exponent.
    pub exponent: f32,
    /// Slopes p and q of the card at the image centre, and their change per unit of place along x and y.
    pub slopes: [[f32; 3]; 2],
    /// Distance of the camera in mm; `None` for a parallel view.
    pub view_distance: Option<f32>,
}

/// Limits for a fit with this many samples removed.
#[derive(Clone, Copy, Debug)]
pub struct FitLimits {
    /// On the sum of squares, in variances of one sample.
    pub chi_square: f32,
    /// On the sum of squares, in squares of the albedo.
    pub tolerated: f32,
}

/// Everything that is the same for all pixels of a side.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// After fallbacks.
    pub method: Method,
    /// By frame.
    pub lights: Vec<LightNumbers>,
    /// Whether directions differ from pixel to pixel.
    pub near: bool,
    /// Whether frames are divided by their flats.
    pub flat: bool,
    /// mm a pixel; 1 where it is not known.
    pub pitch_mm: f64,
    /// Pixel of the image centre.
    pub centre: [f64; 2],
    /// `(S^T S)^-1` at the image centre (xx, xy, xz, yy, yz, zz).
    pub inverse: [f32; 6],
    /// Variance of a sample: constant, per unit of albedo, per its square.
    pub noise: [f32; 3],
    /// For 0, 1, ... samples removed, as many as rejection by subsets may remove; with many lights it removes none.
    pub limits: Vec<FitLimits>,
    /// Samples below this are too dark to be a measurement.
    pub dark_limit: f32,
    /// Codes from here on are saturated, on the 16-bit range.
    pub saturation_code: u16,
    /// Flats below this give no sample.
    pub least_flat: f32,
    /// A normal less certain than this is not known.
    pub worst_deg: f32,
    /// The varnish, where there is one.
    pub lobe: Option<LobeNumbers>,
}

/// A checked side with its noise and its varnish known.
pub struct Side<'a> {
    /// The frames.
    pub stack: &'a FrameStack,
    /// 0 = outside.
    pub mask: Option<&'a [u8]>,
    pub(crate) ctx: &'a Ctx<'a>,
}

/// Buffers of one worker, made when they are first needed.
#[derive(Default)]
pub struct Bench(Option<Box<Workplace>>);

struct Workplace {
    tile: Tile,
    scratch: Scratch,
    run: Run,
    wanted: [u8; RUN],
}

/// Maps of a run.
struct Run {
    normals: [[Unit; RUN]; 3],
    albedo: Vec<Half>,
    residual: [Half; RUN],
    confidence: [Half; RUN],
    known: [u8; RUN],
}

impl Run {
    /// The first `n` pixels.
    fn pixels(&mut self, n: usize) -> Pixels<'_> {
        let channels = self.albedo.len() / RUN;
        Pixels {
            normals: self.normals.each_mut().map(|plane| &mut plane[..n]),
            albedo: &mut self.albedo[..channels * n],
            residual: &mut self.residual[..n],
            confidence: &mut self.confidence[..n],
            known: &mut self.known[..n],
        }
    }
}

impl Side<'_> {
    /// The numbers that all pixels share.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        let (ctx, setup) = (self.ctx, self.ctx.setup);
        let count = setup.count();
        let lights = (0..count).map(|k| LightNumbers {
            direction: setup.narrow[k],
            gain: setup.gains[k],
            pseudo_inverse: setup.pseudo_inverse[k],
            position_mm: setup.lights.position(k),
            inverse_intensity: setup.reader.inverse_intensity(k),
        });
        let subsets = if count <= MOST_LIGHTS { removable(count) } else { 0 };
        let limits = (0..=subsets).map(|removed| FitLimits {
            chi_square: ctx.thresholds.of(count - removed) as f32,
            tolerated: MODEL_ERROR * MODEL_ERROR * (count - removed) as f32,
        });
        Numbers {
            method: ctx.method,
            lights: lights.collect(),
            near: setup.lights.near(),
            flat: setup.lights.flat(),
            pitch_mm: setup.lights.pitch_mm(),
            centre: setup.lights.centre(),
            inverse: setup.inverse.map(|v| v as f32),
            noise: [ctx.noise.read, ctx.noise.shot, ctx.noise.gain],
            limits: limits.collect(),
            dark_limit: ctx.dark_limit,
            saturation_code: setup.reader.saturation_code(),
            least_flat: MIN_FLAT,
            worst_deg: MAX_CONFIDENCE_DEG,
            lobe: setup.varnish.map(|v| LobeNumbers {
                strength: v.strength as f32,
                exponent: v.exponent as f32,
                slopes: v.slopes.map(|s| s.map(|v| v as f32)),
                view_distance: setup.view_distance().map(|d| d as f32),
            }),
        }
    }

    /// Solves here the pixels of `out` where `wanted` is not 0; pixel 0 of both is pixel `first` of the side.
    pub fn finish(&self, bench: &mut Bench, first: usize, wanted: &[u8], out: &mut Pixels<'_>) -> Counts {
        let width = self.ctx.width;
        let mut counts = Counts::default();
        let mut i = 0;
        while let Some(step) = wanted[i..].iter().position(|w| *w != 0) {
            let pixel = first + i + step;
            let (x, y) = (pixel % width, pixel / width);
            let x0 = x - x % RUN;
            let start = y * width + x0;
            // The part of the run that lies in `wanted`.
            let from = start.max(first) - first;
            let to = (start + RUN.min(width - x0)).min(first + wanted.len()) - first;
            counts = counts.plus(self.run(bench, (x0, y), start, first + from, &wanted[from..to]));
            bench.copy(start, first, from..to, wanted, out);
            i = to;
        }
        counts
    }

    fn run(&self, bench: &mut Bench, (x0, y): (usize, usize), start: usize, at: usize, wanted: &[u8]) -> Counts {
        let n = RUN.min(self.ctx.width - x0);
        let w = bench.0.get_or_insert_with(|| Box::new(Workplace::new(self.ctx)));
        w.wanted.fill(0);
        w.wanted[at - start..at - start + wanted.len()].copy_from_slice(wanted);
        w.tile.read(self.ctx.setup, y, x0, n);
        w.tile.fit(self.ctx.setup);
        w.tile.unvarnish(self.ctx.setup, y, x0);
        let Workplace {
            tile,
            scratch,
            run,
            wanted,
        } = &mut **w;
        let mut out = run.pixels(n);
        finish_masked(self.ctx, tile, scratch, (x0, y), Some(&wanted[..n]), &mut out)
    }
}

impl Workplace {
    fn new(ctx: &Ctx) -> Self {
        Self {
            tile: Tile::new(ctx.setup),
            scratch: Scratch::default(),
            run: Run {
                normals: [[Unit::default(); RUN]; 3],
                albedo: vec![Half::default(); ctx.setup.reader.channels * RUN],
                residual: [Half::default(); RUN],
                confidence: [Half::default(); RUN],
                known: [0; RUN],
            },
            wanted: [0; RUN],
        }
    }
}

impl Bench {
    /// Puts the wanted pixels of the run at `start` into `out`.
    fn copy(&mut self, start: usize, first: usize, part: std::ops::Range<usize>, wanted: &[u8], out: &mut Pixels<'_>) {
        let Some(w) = &mut self.0 else { return };
        let run = w.run.pixels(RUN);
        for i in part.filter(|&i| wanted[i] != 0) {
            out.copy_pixel(i, &run, first + i - start);
        }
    }
}
