//! Edge readings: roughness and chips of the cut, bare paper beside it.

use crate::cut::Ray;
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::print::{Print, is_bare, luma, median_colour, relative_spread};
use crate::stats::robust_line;
use crate::types::{DefectKind, EdgeReading};
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

/// Reads one edge; `white` is the albedo of the brightest print, against which bare paper would show.
pub fn read(side: &Side, print: &Print, frame: &Frame, white: f64, o: &Options) -> EdgeResult {
    let ds = frame.pitch.max(0.02);
    let n = (2.0 * side.half / ds).floor().max(0.0) as usize;
    let station = |i: usize| -side.half + i as f64 * ds;
    let depth: Vec<Option<f64>> = (0..n)
        .into_par_iter()
        .map(|i| {
            let ray = Ray {
                start: side.point(station(i), START_MM),
                out: side.out,
                ideal: START_MM,
            };
            ray.end(print, frame).map(|end| START_MM - end)
        })
        .collect();
    let mut reading = EdgeReading::default();
    let line = cut(&depth, &station, ds, o, &mut reading);
    let (bare, judged) = bare_depths(side, print, frame, &depth, &station, white, o);
    reading.whitening_known = judged >= 0.3;
    let findings = stretches(side, frame, &bare, &station, ds, &mut reading);
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
    for run in runs(&residual, |r| *r > 0.4 * o.chip_min_depth_mm, 1) {
        let part = &residual[run.0..run.1];
        if part.len() >= 2 && part.iter().any(|&r| r > o.chip_min_depth_mm) {
            reading.chipping_mm2 += part.iter().sum::<f64>() * ds;
            reading.longest_chip_mm = reading.longest_chip_mm.max(part.len() as f64 * ds);
        }
    }
    Some((a, b))
}

/// How deep bare paper reaches at each station, mm, and the share of stations where it would be visible.
fn bare_depths(
    side: &Side,
    print: &Print,
    frame: &Frame,
    depth: &[Option<f64>],
    station: &(dyn Fn(usize) -> f64 + Sync),
    white: f64,
    o: &Options,
) -> (Vec<f64>, f64) {
    /// The print beside the edge, mm inside it.
    const REFERENCE: [f64; 4] = [0.75, 0.95, 1.15, 1.4];
    /// Stations from reference to reference.
    const EACH: usize = 8;
    let colour = |s: f64, d: f64| print.at(frame.px(side.point(s, d))).unwrap_or([0.0; 3]);
    let inner: Vec<[f64; 3]> = (0..depth.len())
        .into_par_iter()
        .step_by(EACH)
        .map(|i| median_colour(&REFERENCE.map(|d| colour(station(i), d))))
        .collect();
    let reach = (2.0 / frame.pitch.max(0.02)) as usize / EACH;
    // The print beside changes slowly: every eighth station has its reference, from such stations round it.
    let references: Vec<Option<[f64; 3]>> = (0..inner.len())
        .into_par_iter()
        .map(|k| {
            let near = &inner[k.saturating_sub(reach)..(k + reach).min(inner.len())];
            let reference = median_colour(near);
            let visible = luma(reference) * (1.0 + o.whitening_contrast) < 0.95 * white;
            (visible && relative_spread(near) <= 0.08).then_some(reference)
        })
        .collect();
    let bare: Vec<Option<f64>> = (0..depth.len())
        .into_par_iter()
        .map(|i| {
            let reference = references[i / EACH]?;
            // Within two and a half pixels of the cut the optics mix the background in.
            let first = depth[i].unwrap_or(0.0).clamp(0.0, 0.5) + 2.5 * frame.pitch;
            let steps = (0..)
                .map(|k| first + f64::from(k) * 0.5 * frame.pitch)
                .take_while(|&d| d < 0.75);
            let deep = steps
                .take_while(|&d| is_bare(colour(station(i), d), reference, o.whitening_contrast))
                .last();
            Some(deep.unwrap_or(0.0))
        })
        .collect();
    let judged = bare.iter().flatten().count() as f64 / bare.len().max(1) as f64;
    (bare.into_iter().map(|b| b.unwrap_or(0.0)).collect(), judged)
}

fn stretches(
    side: &Side,
    frame: &Frame,
    bare: &[f64],
    station: &dyn Fn(usize) -> f64,
    ds: f64,
    reading: &mut EdgeReading,
) -> Vec<Finding> {
    /// Shortest stretch, mm; a single bright pixel is not one.
    const SHORTEST: f64 = 0.2;
    let gap = (0.15 / ds) as usize;
    let mut out = Vec::new();
    for (a, b) in runs(bare, |d| *d > 0.0, gap) {
        let length = (b - a) as f64 * ds;
        if length < SHORTEST {
            continue;
        }
        reading.whitening_mm += length;
        let rim = (a..b).map(|i| side.point(station(i), 0.0));
        let inner = (a..b).rev().map(|i| side.point(station(i), bare[i]));
        let polygon_px = rim.chain(inner).map(|p| frame.px(p)).collect::<Vec<_>>();
        let area = bare[a..b].iter().sum::<f64>() * ds;
        out.push(Finding {
            kind: DefectKind::EdgeWhitening,
            polygon_px: crate::shapes::simplify(&polygon_px, 0.5),
            area_mm2: Some(area),
            length_mm: length,
            width_mm: area / length,
            depth_mm: None,
            depth_uncertainty_mm: None,
            contrast: 0.0,
            maps: vec!["albedo"],
            snr: [length / SHORTEST, 1.0],
        });
    }
    out
}

/// Index ranges where `test` holds, joined over at most `gap` failures.
fn runs(v: &[f64], test: impl Fn(&f64) -> bool, gap: usize) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for i in (0..v.len()).filter(|&i| test(&v[i])) {
        match out.last_mut() {
            Some(run) if i - run.1 <= gap => run.1 = i + 1,
            _ => out.push((i, i + 1)),
        }
    }
    out
}
