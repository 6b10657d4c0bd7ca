//! Edge readings: roughness and chips of the cut, bare paper beside it.

use crate::cut::{End, Ray, SCREEN_MM, unscreened};
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::print::Print;
use crate::stats::robust_line;
use crate::types::EdgeReading;
use crate::whitening::Strip;
use rayon::prelude::*;

/// One edge of the card in its frame: stations run along `along` from -half to half.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// Outward normal.
    pub out: [f64; 2],
    /// Direction of the stations.
    pub along: [f64; 2],
    /// Distance of the edge from the centre, mm.
    pub distance: f64,
    /// Half the length between the corners' zones, mm.
    pub half: f64,
}

/// Left, right, top, bottom; `corner` mm at each end belong to the corners.
pub fn sides(frame: &Frame, corner: f64) -> [Side; 4] {
    let [w, h] = frame.size_mm.map(|s| 0.5 * s);
    let side = |out: [f64; 2], along: [f64; 2], distance: f64, half: f64| Side {
        out,
        along,
        distance,
        half: half - corner,
    };
    [
        side([-1.0, 0.0], [0.0, 1.0], w, h),
        side([1.0, 0.0], [0.0, 1.0], w, h),
        side([0.0, -1.0], [1.0, 0.0], h, w),
        side([0.0, 1.0], [1.0, 0.0], h, w),
    ]
}

impl Side {
    /// Card-frame point at station `s`, `depth` mm inside the ideal edge.
    pub fn point(&self, s: f64, depth: f64) -> [f64; 2] {
        let d = self.distance - depth;
        [self.along[0] * s + self.out[0] * d, self.along[1] * s + self.out[1] * d]
    }
}

/// An edge as read: the numbers, the findings and the robust line of the cut (offset and slope, mm inside over mm).
pub struct EdgeResult {
    /// Numbers.
    pub reading: EdgeReading,
    /// Bare stretches.
    pub findings: Vec<Finding>,
    /// Depth of the cut `a + b s` behind the ideal edge.
    pub line: Option<(f64, f64)>,
}

/// Depth of the ray's start inside the ideal edge, mm.
const START_MM: f64 = 2.0;
/// Least share of stations that must be read.
const SHARE: f64 = 0.5;

/// Distance of neighbouring stations along an edge, mm.
fn spacing(frame: &Frame) -> f64 {
    frame.pitch.max(0.02)
}

/// Where the material ends at every station of an edge.
pub fn ends(side: &Side, print: &Print, frame: &Frame) -> Vec<Option<End>> {
    let n = (2.0 * side.half / spacing(frame)).floor().max(0.0) as usize;
    let end = |i: usize| {
        let ray = Ray {
            start: side.point(-side.half + i as f64 * spacing(frame), START_MM),
            out: side.out,
            ideal: START_MM,
        };
        ray.end(print, frame)
    };
    (0..n).into_par_iter().map(end).collect()
}

/// Reads one edge from its [`ends`]; `white` is the albedo of the brightest print, against which bare paper would show.
pub fn read(side: &Side, ends: &[Option<End>], print: &Print, frame: &Frame, white: f64, o: &Options) -> EdgeResult {
    let ds = spacing(frame);
    let station = |i: usize| -side.half + i as f64 * ds;
    let (ends, screened) = unscreened(ends, (SCREEN_MM / ds).ceil() as usize);
    let depth: Vec<Option<f64>> = ends.iter().map(|e| e.map(|at| START_MM - at)).collect();
    let mut reading = EdgeReading::default();
    let line = cut(&depth, &station, ds, o, &mut reading);
    if screened {
        // How ragged the cut is cannot be seen between dots.
        reading.fray_mm = 0.0;
    }
    let strip = Strip {
        side,
        print,
        frame,
        white,
        ds,
    };
    let bare = strip.bare(&depth, o);
    reading.whitening_known = bare.judged >= 0.3;
    let findings = strip.stretches(&bare, &mut reading);
    EdgeResult {
        reading,
        findings,
        line,
    }
}

/// Robust line of the cut, roughness about it without chips, and the chips.
fn cut(
    depth: &[Option<f64>],
    station: &dyn Fn(usize) -> f64,
    ds: f64,
    o: &Options,
    reading: &mut EdgeReading,
) -> Option<(f64, f64)> {
    let (s, d): (Vec<f64>, Vec<f64>) = depth
        .iter()
        .enumerate()
        .filter_map(|(i, d)| d.map(|d| (station(i), d)))
        .unzip();
    if (s.len() as f64) < SHARE * depth.len().max(1) as f64 {
        return None;
    }
    let (a, b) = robust_line(&s, &d)?;
    reading.known = true;
    let residual: Vec<f64> = depth
        .iter()
        .enumerate()
        .map(|(i, d)| d.map_or(0.0, |d| d - a - b * station(i)))
        .collect();
    let smooth: Vec<f64> = residual
        .iter()
        .copied()
        .filter(|r| r.abs() < o.chip_min_depth_mm)
        .collect();
    reading.fray_mm = (smooth.iter().map(|r| r * r).sum::<f64>() / smooth.len().max(1) as f64).sqrt();
    reading.rough_mm = rough_length(&residual, ds, o.chip_min_depth_mm);
    for run in runs(&residual, |r| *r > 0.4 * o.chip_min_depth_mm, 1) {
        let part = &residual[run.0..run.1];
        if part.len() >= 2 && part.iter().any(|&r| r > o.chip_min_depth_mm) {
            reading.chipping_mm2 += part.iter().sum::<f64>() * ds;
            reading.longest_chip_mm = reading.longest_chip_mm.max(part.len() as f64 * ds);
        }
    }
    Some((a, b))
}

/// Length (mm) along which the cut deviates by more than [`ROUGH_MM`] rms over a millimetre; chips count apart.
fn rough_length(residual: &[f64], ds: f64, chip_mm: f64) -> f64 {
    /// A clean die cut on real cards stays below a hundredth.
    const ROUGH_MM: f64 = 0.03;
    let reach = (0.5 / ds).round().max(1.0) as usize;
    let rough = |i: &usize| {
        let near = &residual[i.saturating_sub(reach)..(i + reach + 1).min(residual.len())];
        let smooth: Vec<f64> = near.iter().copied().filter(|r| r.abs() < chip_mm).collect();
        let mean = smooth.iter().sum::<f64>() / smooth.len().max(1) as f64;
        let square = smooth.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / smooth.len().max(1) as f64;
        square.sqrt() > ROUGH_MM
    };
    (0..residual.len()).filter(rough).count() as f64 * ds
}

/// Index ranges where `test` holds, joined over at most `gap` failures.
pub fn runs(v: &[f64], test: impl Fn(&f64) -> bool, gap: usize) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for i in (0..v.len()).filter(|&i| test(&v[i])) {
        match out.last_mut() {
            Some(run) if i - run.1 <= gap => run.1 = i + 1,
            _ => out.push((i, i + 1)),
        }
    }
    out
}
