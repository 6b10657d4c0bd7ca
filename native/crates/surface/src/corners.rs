//! Corner readings: angle, fill against the ideal rounded outline, fray and bare paper; and the radius itself.

use crate::cut::{End, Ray, SCREEN_MM, unscreened};
use crate::edges::Side;
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::print::{Print, is_bare, luma, median_colour, relative_spread};
use crate::shapes;
use crate::stats::median;
use crate::types::{CornerReading, DefectKind};
use rayon::prelude::*;

/// Corner signs in the order TL, TR, BR, BL.
pub const SIGNS: [[f64; 2]; 4] = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
/// Rays over a quarter turn.
const RAYS: usize = 180;
/// Deficit below which the outline counts as ideal, mm: the ideal corners are that uncertain.
const TOLERANCE_MM: f64 = 0.06;
/// The same where the print is screened and shows the cut only between its dots, mm.
const SCREENED_TOLERANCE_MM: f64 = 0.2;
/// Missing or bare area that makes a finding, mm2.
const WEAR_MM2: f64 = 0.06;
/// Fray that makes a finding, mm.
const WEAR_FRAY_MM: f64 = 0.05;

/// Length along each edge that belongs to the corner, mm.
pub fn zone_mm(radius: f64) -> f64 {
    radius.max(1.0) + 1.5
}

/// Radius of the die-cut corners from the cut on the four bisectors: on the bisector the outline stands
/// `r (sqrt 2 - 1)` off the ideal corner. The median of at least three corners; one worn corner does not move it.
pub fn estimate_radius(print: &Print, frame: &Frame) -> Option<f64> {
    let [w, h] = frame.size_mm.map(|s| 0.5 * s);
    let bisector = std::f64::consts::FRAC_1_SQRT_2;
    let mut radii: Vec<f32> = Vec::new();
    for [sx, sy] in SIGNS {
        const INSET: f64 = 5.0;
        let ray = Ray {
            start: [sx * (w - INSET), sy * (h - INSET)],
            out: [sx * bisector, sy * bisector],
            // Half-way between a sharp corner and a radius of 4 mm, so that both lie within the ray's windows.
            ideal: INSET / bisector - 0.8,
        };
        let gap = ray.end(print, frame).map(|end| INSET / bisector - end.at);
        radii.extend(gap.map(|g| (g / (2f64.sqrt() - 1.0)).max(0.0) as f32));
    }
    (radii.len() >= 3).then(|| f64::from(median(&radii)))
}

struct Probe {
    ray: Ray,
    end: Option<f64>,
}

/// Reads corner `index` (TL, TR, BR, BL); `white` is the albedo of the brightest print.
pub fn read(
    index: usize,
    print: &Print,
    frame: &Frame,
    radius: f64,
    white: f64,
    o: &Options,
) -> (CornerReading, Option<Finding>) {
    let inset = zone_mm(radius);
    let [sx, sy] = SIGNS[index];
    let start = [
        sx * (0.5 * frame.size_mm[0] - inset),
        sy * (0.5 * frame.size_mm[1] - inset),
    ];
    let d_phi = std::f64::consts::FRAC_PI_2 / RAYS as f64;
    let rays: Vec<(Ray, Option<End>)> = (0..RAYS)
        .into_par_iter()
        .map(|i| {
            let (s, c) = ((i as f64 + 0.5) * d_phi).sin_cos();
            let mut ray = Ray {
                start,
                out: [sx * c, sy * s],
                ideal: 0.0,
            };
            ray.ideal = ideal_distance(frame, &ray, radius, inset);
            (ray, ray.end(print, frame))
        })
        .collect();
    let reach = (SCREEN_MM / (inset * d_phi)).ceil() as usize;
    let (ends, screened) = unscreened(&rays.iter().map(|r| r.1).collect::<Vec<_>>(), reach);
    let pair = |((ray, _), end): (&(Ray, Option<End>), Option<f64>)| Probe { ray: *ray, end };
    let probes: Vec<Probe> = rays.iter().zip(ends).map(pair).collect();
    let mut reading = CornerReading {
        radius_mm: radius,
        ..CornerReading::default()
    };
    let mut worn: Vec<[f64; 2]> = Vec::new();
    if probes.iter().filter(|p| p.end.is_some()).count() * 3 > RAYS * 2 {
        reading.known = true;
        let tolerance = if screened { SCREENED_TOLERANCE_MM } else { TOLERANCE_MM };
        fill(&probes, d_phi, tolerance, &mut reading, &mut worn);
        if screened {
            // How ragged the cut is cannot be seen between dots.
            reading.fray_mm = 0.0;
        }
    }
    bare(&probes, d_phi, print, frame, white, o, &mut reading, &mut worn);
    let area = reading.missing_area_mm2 + reading.whitening_mm2;
    let is_worn = reading.missing_area_mm2.max(reading.whitening_mm2) > WEAR_MM2 || reading.fray_mm > WEAR_FRAY_MM;
    let finding = (is_worn && worn.len() > 2).then(|| wear(frame, &worn, area, &reading));
    (reading, finding)
}

/// Distance along the ray of the ideal outline, by bisection of the signed distance.
fn ideal_distance(frame: &Frame, ray: &Ray, radius: f64, inset: f64) -> f64 {
    let (mut a, mut b) = (0.0, 2.0 * inset);
    for _ in 0..40 {
        let m = 0.5 * (a + b);
        if frame.inside_mm(ray.at(m), radius) > 0.0 {
            a = m
        } else {
            b = m
        }
    }
    0.5 * (a + b)
}

fn fill(probes: &[Probe], d_phi: f64, tolerance: f64, reading: &mut CornerReading, worn: &mut Vec<[f64; 2]>) {
    let deficit: Vec<f64> = probes.iter().map(|p| p.end.map_or(0.0, |e| p.ray.ideal - e)).collect();
    for (p, &d) in probes.iter().zip(&deficit) {
        if d > tolerance {
            let end = p.ray.ideal - d;
            reading.missing_area_mm2 += 0.5 * (p.ray.ideal.powi(2) - end.powi(2)) * d_phi;
            worn.extend([p.ray.at(p.ray.ideal), p.ray.at(end)]);
        }
    }
    // Roughness is what a running mean over about 0.8 mm leaves: a wrong radius is smooth.
    let reach = 8;
    let rough = |i: usize| {
        let part = &deficit[i.saturating_sub(reach)..(i + reach + 1).min(deficit.len())];
        deficit[i] - part.iter().sum::<f64>() / part.len() as f64
    };
    let inner = reach..deficit.len() - reach;
    let n = inner.len() as f64;
    reading.fray_mm = (inner.map(|i| rough(i).powi(2)).sum::<f64>() / n).sqrt();
}

fn bare(
    probes: &[Probe],
    d_phi: f64,
    print: &Print,
    frame: &Frame,
    white: f64,
    o: &Options,
    reading: &mut CornerReading,
    worn: &mut Vec<[f64; 2]>,
) {
    /// How deep bare paper is looked for, mm.
    const DEPTH: f64 = 0.9;
    /// Rays to either side that make the reference.
    const NEAR: usize = 20;
    /// Print with more relative spread than this hides bare paper; bare paper stands out by this many spreads.
    const MOST_SPREAD: f64 = 0.2;
    const SPREADS: f64 = 4.0;
    let colour = |p: &Probe, t: f64| print.at(frame.px(p.ray.at(t))).unwrap_or([0.0; 3]);
    let inner: Vec<[[f64; 3]; 3]> = probes
        .iter()
        .map(|p| [1.0, 1.2, 1.4].map(|d| colour(p, p.ray.ideal - d)))
        .collect();
    let step = 0.5 * frame.pitch;
    let mut judged = 0;
    for (i, p) in probes.iter().enumerate() {
        // The print beside the rim changes along it: each ray is compared with its own neighbourhood.
        let near: Vec<[f64; 3]> = inner[i.saturating_sub(NEAR)..(i + NEAR).min(RAYS)].concat();
        let (reference, spread) = (median_colour(&near), relative_spread(&near));
        let contrast = o.whitening_contrast.max(SPREADS * spread);
        if spread > MOST_SPREAD || luma(reference) * (1.0 + contrast) > 0.95 * white {
            continue;
        }
        judged += 1;
        let end = p.end.unwrap_or(p.ray.ideal).min(p.ray.ideal);
        let samples = (0..)
            .map(|k| end - 2.5 * frame.pitch - f64::from(k) * step)
            .take_while(|&t| t > p.ray.ideal - DEPTH);
        // Wear runs in from the cut without a gap; a bright spot further in is print.
        for t in samples.take_while(|&t| is_bare(colour(p, t), reference, contrast)) {
            reading.whitening_mm2 += t * d_phi * step;
            worn.push(p.ray.at(t));
        }
    }
    reading.whitening_known = judged * 2 > RAYS;
    if !reading.whitening_known {
        reading.whitening_mm2 = 0.0;
    }
}

fn wear(frame: &Frame, worn: &[[f64; 2]], area: f64, reading: &CornerReading) -> Finding {
    let polygon_mm = shapes::hull(worn);
    let [long, short] = shapes::calipers(&polygon_mm);
    let mut maps = Vec::new();
    if reading.missing_area_mm2 > 0.0 {
        maps.push("known");
    }
    if reading.whitening_mm2 > 0.0 {
        maps.push("albedo");
    }
    Finding {
        kind: DefectKind::CornerWear,
        polygon_px: polygon_mm.iter().map(|&p| frame.px(p)).collect(),
        area_mm2: Some(area),
        length_mm: long,
        width_mm: short,
        depth_mm: None,
        depth_uncertainty_mm: None,
        contrast: 0.0,
        maps,
        snr: [(area / WEAR_MM2).max(reading.fray_mm / WEAR_FRAY_MM), 1.0],
        odds: None,
    }
}

/// Angle between the two cuts that meet in corner `index`, measured in pixels, degrees; `sides` and `lines` are in
/// the order left, right, top, bottom.
pub fn angle_deg(index: usize, frame: &Frame, sides: &[Side; 4], lines: &[Option<(f64, f64)>; 4]) -> Option<f64> {
    let [sx, sy] = SIGNS[index];
    let upright = usize::from(sx > 0.0);
    let level = 2 + usize::from(sy > 0.0);
    let direction = |k: usize, sign: f64| {
        let (a, b) = lines[k]?;
        let side = &sides[k];
        let point = |s: f64| frame.px(side.point(s, a + b * s));
        let (from, to) = (point(sign * side.half), point(-sign * side.half));
        Some([to[0] - from[0], to[1] - from[1]])
    };
    let (u, v) = (direction(upright, sy)?, direction(level, sx)?);
    let cross = u[0] * v[1] - u[1] * v[0];
    let dot = u[0] * v[0] + u[1] * v[1];
    Some(cross.abs().atan2(dot).to_degrees())
}
