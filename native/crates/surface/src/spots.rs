//! Spots of missing ink: round, sharp-edged, alone, with the same share of paper in every channel.

use crate::bare::{EVEN, LEAST, Picture};
use crate::finding::Finding;
use crate::planes::Level;
use crate::types::DefectKind;
use imaging::fastest;
use rayon::prelude::*;
use std::collections::HashMap;

/// Diameters of spots, mm.
const SPOT_MM: [f64; 2] = [0.3, 0.95];
/// The stroke of a heading's letter is at most this wide, cells.
const STROKE: f64 = 8.0;
/// Spots nearer to each other than this, mm, are a pattern when there are three.
const PATTERN_MM: f64 = 5.0;

/// Spots of missing ink; `grid` places the cells.
pub fn find(p: &Picture, grid: &Level) -> Vec<Finding> {
    let (w, h) = (grid.w, grid.h);
    let cell_mm = p.plain.cell_mm;
    let most = (0.5 * SPOT_MM[1] / cell_mm).ceil() as usize + STROKE as usize + 3;
    if w <= 2 * most || h <= 2 * most {
        return Vec::new();
    }
    let rays = Rays::new(cell_mm, w);
    let mut found: Vec<Spot> = (most..h - most)
        .into_par_iter()
        .flat_map_iter(|y| {
            let mut tops = vec![0; w - 2 * most];
            summits(&p.luma, y * w + most, w, &mut tops);
            let found = tops.iter().enumerate().filter(|t| *t.1 != 0);
            let found = found.filter_map(|(x, _)| spot(p, &rays, most + x, y, w));
            found.collect::<Vec<_>>()
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let kept = apart(found, cell_mm);
    let reach = PATTERN_MM / cell_mm;
    // The spot itself is one of the three.
    let near = |s: &Spot, k: &Spot| (k.x - s.x).powi(2) + (k.y - s.y).powi(2) < reach * reach;
    let alone = |s: &&Spot| kept.iter().filter(|k| near(s, k)).nth(2).is_none();
    let describe = |s: &Spot| {
        let circle = (0..24).map(|i| {
            let (dy, dx) = (std::f64::consts::TAU * f64::from(i) / 24.0).sin_cos();
            grid.full(s.x + s.radius * dx, s.y + s.radius * dy)
        });
        let diameter = 2.0 * s.radius * cell_mm;
        Finding {
            kind: DefectKind::PrintDot,
            polygon_px: circle.collect(),
            area_mm2: Some(std::f64::consts::FRAC_PI_4 * diameter * diameter),
            length_mm: diameter,
            width_mm: diameter,
            depth_mm: None,
            depth_uncertainty_mm: None,
            contrast: f64::from(s.score),
            maps: vec!["albedo"],
            snr: [f64::from(s.score / LEAST[1]) * 1.2, 1.0],
        }
    };
    let inside = |s: &&Spot| s.score >= LEAST[1];
    kept.iter().filter(alone).filter(inside).map(describe).collect()
}

/// The spots, best first, without those that touch a better one.
fn apart(found: Vec<Spot>, cell_mm: f64) -> Vec<Spot> {
    let side = 2.0 * SPOT_MM[1] / cell_mm + 2.0;
    let place = |s: &Spot| [(s.x / side) as i64, (s.y / side) as i64];
    let mut buckets: HashMap<[i64; 2], Vec<usize>> = HashMap::new();
    let mut kept: Vec<Spot> = Vec::new();
    for s in found {
        let [bx, by] = place(&s);
        let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| [bx + dx, by + dy]));
        let touches = |&k: &usize| (kept[k].x - s.x).hypot(kept[k].y - s.y) < kept[k].radius + s.radius + 2.0;
        if !around.filter_map(|b| buckets.get(&b)).flatten().any(touches) {
            buckets.entry([bx, by]).or_default().push(kept.len());
            kept.push(s);
        }
    }
    kept
}

/// A round spot, cells.
struct Spot {
    x: f64,
    y: f64,
    radius: f64,
    /// Lowest share of paper against its surroundings.
    score: f32,
}

fastest! {
    /// 1 for the cells from `first` on that none of the four neighbours outshines: a plateau counts whole.
    fn summits(luma: &[f32], first: usize, w: usize, out: &mut [u8]) = summits_body
}

#[inline(always)]
fn summits_body(luma: &[f32], first: usize, w: usize, out: &mut [u8]) {
    let n = out.len();
    let row = |from: usize| &luma[from..][..n];
    let (here, left, right, up, down) = (
        row(first),
        row(first - 1),
        row(first + 1),
        row(first - w),
        row(first + w),
    );
    for x in 0..n {
        out[x] = u8::from(left[x].max(right[x]).max(up[x]).max(down[x]) <= here[x]);
    }
}

/// Rays of a spot.
const RAYS: usize = 8;

/// Offsets of the cells along the rays of a spot.
struct Rays {
    /// Distances 0 to the largest radius and two more.
    along: [Vec<isize>; RAYS],
    /// The same, but further out: inside a letter the paper is bright again there, and beyond its stroke.
    beyond: [[Vec<isize>; 2]; RAYS],
}

impl Rays {
    fn new(cell_mm: f64, w: usize) -> Self {
        let most = (0.5 * SPOT_MM[1] / cell_mm).floor() as i32;
        let of = |k: usize, further: f64| -> Vec<isize> {
            let (dy, dx) = (std::f64::consts::TAU * k as f64 / RAYS as f64).sin_cos();
            let place = |r: f64| (r * dy).round() as isize * w as isize + (r * dx).round() as isize;
            (0..=most + 2).map(|r| place(f64::from(r) + further)).collect()
        };
        Self {
            along: std::array::from_fn(|k| of(k, 0.0)),
            beyond: std::array::from_fn(|k| [of(k, 3.5), of(k, STROKE)]),
        }
    }
}

/// The print around must be darker in all directions by an even share of paper, with a sharp rim, and the spot itself
/// of one colour.
fn spot(p: &Picture, rays: &Rays, x: usize, y: usize, w: usize) -> Option<Spot> {
    let i = y * w + x;
    let here = p.luma[i];
    if !p.plain.inside[i] {
        return None;
    }
    let cell_mm = p.plain.cell_mm;
    let at = |d: isize| (i as isize + d) as usize;
    // Half-height radius along eight rays; beyond it the print must be dark at once.
    let mut radii = [0f64; RAYS];
    let mut lowest = 1f32;
    let (mut low, mut high) = (0f32, 0f32);
    let mut bright = 0;
    for (k, radius) in radii.iter_mut().enumerate() {
        let along = &rays.along[k];
        let base = (1..along.len() - 1).find_map(|r| {
            let (a, b) = (at(along[r]), at(along[r + 1]));
            (p.luma[a] < 0.75 * here && (p.luma[a] - p.luma[b]).abs() < 0.12 * here).then_some((r, b))
        });
        let (r, beside) = base?;
        let [letter, stroke] = [0, 1].map(|far| at(rays.beyond[k][far][r]));
        if !p.plain.inside[beside] || !p.plain.inside[letter] || p.luma[letter] > 0.8 * here {
            return None;
        }
        bright += usize::from(p.luma[stroke] > 0.8 * here);
        let half = 0.5 * (here + p.luma[beside]);
        *radius = (1..=r).find(|&q| p.luma[at(along[q])] < half).map_or(r as f64, |q| {
            let (a, b) = (p.luma[at(along[q - 1])], p.luma[at(along[q])]);
            (q - 1) as f64 + f64::from((a - half) / (a - b).max(1e-6))
        });
        let s = p.shares(i, beside)?;
        lowest = lowest.min(s[0]);
        low += s[0];
        high += s[1];
    }
    let pairs: Vec<f64> = (0..4).map(|k| radii[k] + radii[k + 4]).collect();
    let (short, long) = pairs.iter().fold((f64::MAX, 0f64), |m, &d| (m.0.min(d), m.1.max(d)));
    let mean = pairs.iter().sum::<f64>() / 8.0;
    let round = short > 0.7 * long;
    let size = (SPOT_MM[0]..=SPOT_MM[1]).contains(&(2.0 * mean * cell_mm));
    (round && size && bright <= 2 && lowest > LEAST[1] && low > EVEN * high).then(|| Spot {
        x: x as f64 + 0.5 * (radii[0] - radii[4]),
        y: y as f64 + 0.5 * (radii[2] - radii[6]),
        radius: mean,
        score: lowest.min(1.0),
    })
}
