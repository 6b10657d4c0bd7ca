//! Brown stains (tea, coffee, tobacco, grease) on any print.
//!
//! A stain is a filter on the print: by Beer and Lambert's law it takes the same share of each channel's light from
//! whatever lies under it, so that all around its outline the log albedo steps down by one and the same tint, most in
//! blue and least in red, and the print's own edges run on through it. A design that does this around a closed outline
//! is rare. The outline is looked for as the closed path around a point on which the step suits such a tint best.

use crate::finding::Finding;
use crate::frame::Frame;
use crate::learnt::{LISTED, log, odds};
use crate::ring;
use crate::shapes;
use crate::stats::{median, quantiles};
use crate::tint::Tint;
use crate::types::DefectKind;
use imaging::fastest;
use rayon::prelude::*;

/// Radii of an outline, mm.
const RADIUS_MM: [f64; 2] = [0.8, 4.2];
/// Turns at which an outline is read.
const TURNS: usize = 48;
/// Green's and red's share of blue's absorption, and how far they may be off: brown dyes absorb ever more to the blue.
const BROWN: [f32; 3] = [0.6, 0.32, 0.13];
/// Absorption of blue, natural logarithm: weaker ones drown in the print, stronger ones are ink.
const BLUE: [f32; 2] = [0.3, 0.8];
/// Most that a turn can say against an outline: lettering crosses some.
const AGAINST: f32 = -0.6;
/// How far a turn's step may be off the outline's, natural logarithm, and as a share of it.
const OFF: [f32; 2] = [0.05, 0.22];
/// Albedo that shine may add to the print.
const SHINE: f32 = 0.006;
/// The step of a rim is done within a cell or two; beyond this share more at three cells it is a gradient of the print.
const SOFT: f32 = 1.4;
/// Cells between the places that rims are counted around.
const STRIDE: usize = 4;
/// Directions in which a place must see rims to be looked at, of 24.
const FEWEST: u32 = 10;
/// Places looked at, and how far apart they are, mm.
const PLACES: usize = 12;
const APART_MM: f64 = 1.2;

/// How well a step of the log albedo, inwards from print of the log albedo `outside`, suits the rim of a brown stain:
/// 1 at best, 0 hardly, -1 not at all.
fn suits(step: [f32; 3], outside: [f32; 3]) -> f32 {
    let blue = step[2].max(0.05);
    let size = ((BLUE[0] - blue) / 0.15).max((blue - BLUE[1]) / 0.2).max(0.0);
    // A channel in which the print is all but black tells little: a trace of shine on it hides the step.
    let far = |k: usize| BROWN[2] + 0.04 / blue + SHINE * (-outside[k]).exp();
    let (green, red) = (
        (step[1] / blue - BROWN[0]) / far(1),
        (step[0] / blue - BROWN[1]) / far(0),
    );
    (1.0 - 0.5 * (green * green + red * red + size * size)).max(-1.0)
}

/// The outline of a possible stain.
struct Blot {
    /// Centre, cells.
    centre: [f64; 2],
    /// Radius by turn, cells.
    radii: Vec<usize>,
    /// Median step of the log albedo.
    tint: [f32; 3],
    /// Mean evidence of the turns, -1 to 1.
    score: f32,
    /// Scatter of blue's step along the outline, relative.
    scatter: f32,
    /// How well the tint suits a stain.
    suited: f32,
    /// Mean of the steps' softness.
    soft: f32,
    /// How much the print outside varies along the outline in green, 15 % to 85 %, natural logarithm: the step is the
    /// same all the same.
    variety: f32,
}

/// A step of the log albedo inwards along a ray.
struct Step {
    tint: [f32; 3],
    /// The print outside of it.
    outside: [f32; 3],
    /// How much it looks like a gradient of the print, 0 to 1.
    soft: f32,
}

/// Brown stains.
pub fn find(tint: &Tint, frame: &Frame) -> Vec<Finding> {
    let margin = 4;
    if tint.w <= 2 * margin || tint.h <= 2 * margin {
        return Vec::new();
    }
    let places = places(tint, &rims(tint, margin));
    let mut blots: Vec<Blot> = places
        .into_par_iter()
        .filter_map(|at| {
            let first = Blot::around(tint, at)?;
            // Once more from the middle of what was found: rays cross the outline straighter from there.
            Blot::around(tint, first.middle())
        })
        .collect();
    blots.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<(Blot, Vec<[f64; 2]>)> = Vec::new();
    for blot in blots {
        let outline = blot.outline();
        let middle = blot.middle();
        let twice =
            |k: &(Blot, Vec<[f64; 2]>)| shapes::contains(&k.1, middle) || shapes::contains(&outline, k.0.middle());
        if !kept.iter().any(twice) {
            kept.push((blot, outline));
        }
    }
    kept.into_iter()
        .filter_map(|(blot, outline)| blot.describe(tint, frame, &outline))
        .collect()
}

/// A place whose gradient suits a stain's rim: cell, and unit vector outwards.
type Rim = ([usize; 2], [f32; 2]);

fn rims(t: &Tint, margin: usize) -> Vec<Rim> {
    (margin..t.h - margin)
        .into_par_iter()
        .map_init(
            || [0, 1, 2].map(|_| [vec![0f32; t.w], vec![0f32; t.w]]),
            |steps, y| {
                for (plane, [across, along]) in t.log.iter().zip(steps.iter_mut()) {
                    let rows = [0, 1, 2, 3, 4].map(|k| &plane[(y + k - 2) * t.w..][..t.w]);
                    gradients(&rows, across, along);
                }
                let suited = |x: usize| rim(t, steps, x, y);
                (margin..t.w - margin).filter_map(suited).collect::<Vec<_>>()
            },
        )
        .flatten_iter()
        .collect()
}

fastest! {
    /// Differences of the means of two cells to either side, along x and along y, smoothed over three cells.
    fn gradients(rows: &[&[f32]; 5], across: &mut [f32], along: &mut [f32]) = gradients_body
}

#[inline(always)]
fn gradients_body(rows: &[&[f32]; 5], across: &mut [f32], along: &mut [f32]) {
    let n = across.len();
    let [a, b, c, d, e] = rows.map(|r| &r[..n]);
    let along = &mut along[..n];
    for x in 2..n.saturating_sub(2) {
        let column = |x: usize| b[x] + c[x] + d[x];
        let rise = |x: usize| d[x] + e[x] - a[x] - b[x];
        across[x] = (column(x + 1) + column(x + 2) - column(x - 1) - column(x - 2)) * (1.0 / 6.0);
        along[x] = (rise(x - 1) + rise(x) + rise(x + 1)) * (1.0 / 6.0);
    }
}

/// The rim at a cell, if its gradients are those of one: brown, and no further away than a cell or two.
fn rim(t: &Tint, steps: &[[Vec<f32>; 2]; 3], x: usize, y: usize) -> Option<Rim> {
    /// Least that a rim suits.
    const LEAST: f32 = 0.2;
    let (gx, gy) = (steps[2][0][x], steps[2][1][x]);
    let square = gx * gx + gy * gy;
    if !(0.02..1.5).contains(&square) {
        return None;
    }
    let length = square.sqrt();
    let out = [gx / length, gy / length];
    let step = [0, 1, 2].map(|k| steps[k][0][x] * out[0] + steps[k][1][x] * out[1]);
    let here = t.log.each_ref().map(|plane| plane[y * t.w + x]);
    if suits(step, here) < LEAST {
        return None;
    }
    let to = |d: f32| {
        let at = [x as f32 + d * out[0], y as f32 + d * out[1]].map(|v| v.round() as usize);
        at[1] * t.w + at[0]
    };
    let (outer, inner) = (to(3.0), to(-3.0));
    let wide = t.log[2][outer] - t.log[2][inner];
    (t.inside[outer] && t.inside[inner] && wide < 1.15 * SOFT * length).then_some(([x, y], out))
}

/// Places from which rims are seen in most directions, the best first (a Hough transform for star-shaped outlines).
fn places(t: &Tint, rims: &[Rim]) -> Vec<[f64; 2]> {
    let (w, h) = (t.w / STRIDE + 1, t.h / STRIDE + 1);
    let mut seen = vec![0u32; w * h];
    let [near, far] = RADIUS_MM.map(|r| (r / t.cell_mm / STRIDE as f64) as f32);
    let reach = far as usize;
    for ([x, y], out) in rims {
        let at = [*x as f32 / STRIDE as f32, *y as f32 / STRIDE as f32];
        let span = |v: f32, n: usize| (v as usize).saturating_sub(reach)..(v as usize + reach + 1).min(n);
        for j in span(at[1], h) {
            for i in span(at[0], w) {
                let d = [at[0] - i as f32, at[1] - j as f32];
                let r = (d[0] * d[0] + d[1] * d[1]).sqrt();
                // Within 37 degrees of the way the rim faces.
                if r >= near && r <= far && d[0] * out[0] + d[1] * out[1] > 0.8 * r {
                    seen[j * w + i] |= 1 << sector(d);
                }
            }
        }
    }
    let mut best: Vec<(u32, usize)> = seen.iter().map(|s| s.count_ones()).zip(0..).collect();
    best.retain(|b| b.0 >= FEWEST);
    best.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let apart = APART_MM / t.cell_mm;
    let mut out: Vec<[f64; 2]> = Vec::new();
    for (_, k) in best {
        let at = [k % w, k / w].map(|v| (v * STRIDE) as f64);
        if out.iter().all(|o| (o[0] - at[0]).hypot(o[1] - at[1]) > apart) {
            out.push(at);
            if out.len() == PLACES {
                break;
            }
        }
    }
    out
}

/// One of 24 directions, in order around but not quite of one width: the octant and a third of the tangent.
fn sector(d: [f32; 2]) -> u32 {
    let (x, y) = (d[0].abs(), d[1].abs());
    let third = (3.0 * x.min(y) / x.max(y).max(1e-6)).min(2.0) as u32;
    let octant = u32::from(d[0] < 0.0) | u32::from(d[1] < 0.0) << 1 | u32::from(y > x) << 2;
    3 * octant + third
}

impl Blot {
    /// The best outline around a point, in cells.
    fn around(t: &Tint, centre: [f64; 2]) -> Option<Self> {
        let [near, far] = RADIUS_MM.map(|r| (r / t.cell_mm).round() as usize);
        let (radii, reach) = (far + 1, far + 5);
        let rays: Vec<Option<[f32; 3]>> = (0..TURNS)
            .flat_map(|k| {
                let (s, c) = angle(k).sin_cos();
                (0..reach).map(move |r| t.at([centre[0] + c * r as f64, centre[1] + s * r as f64]))
            })
            .collect();
        // The step at a radius and how much it looks like a gradient of the print.
        let read = |k: usize, r: usize| -> Option<Step> {
            let q = &rays[k * reach..(k + 1) * reach];
            let (a, b, c, d) = (q[r + 1]?, q[r + 2]?, q[r - 1]?, q[r - 2]?);
            let step = [0, 1, 2].map(|i| 0.5 * (a[i] + b[i] - c[i] - d[i]));
            let wide = q[r + 3]?[2] - q[r - 3]?[2];
            Some(Step {
                tint: step,
                outside: a,
                soft: (2.0 * (wide / step[2].max(0.05) - SOFT)).clamp(0.0, 1.0),
            })
        };
        let steps: Vec<Option<Step>> = (0..TURNS)
            .flat_map(|k| (0..radii).map(move |r| (k, r)))
            .map(|(k, r)| if r < near { None } else { read(k, r) })
            .collect();
        let weigh = |suits: &dyn Fn(&Step) -> f32| -> Vec<f32> {
            let each = |s: &Option<Step>| s.as_ref().map_or(0.0, |s| (suits(s) - s.soft).max(AGAINST));
            steps.iter().map(each).collect()
        };
        let mut evidence = weigh(&|s| suits(s.tint, s.outside));
        let mut ring = ring::strongest(&evidence, radii, near);
        let on = |ring: &[usize]| -> Vec<&Step> {
            let each = ring
                .iter()
                .enumerate()
                .filter_map(|(k, r)| steps[k * radii + r].as_ref());
            each.collect()
        };
        // Then with the tint that the outline itself has shown.
        for _ in 0..2 {
            let on = on(&ring);
            let tint = middle(&on, |s| s.tint);
            if 2 * on.len() < TURNS || suits(tint, middle(&on, |s| s.outside)) < 0.0 {
                return None;
            }
            let most = tint.map(|v| OFF[0] + OFF[1] * v.max(0.3 * tint[2]));
            evidence = weigh(&|s| {
                let off = |i: usize| ((s.tint[i] - tint[i]) / most[i]).powi(2);
                1.0 - (off(0) + off(1) + off(2)) / 1.5
            });
            ring = ring::strongest(&evidence, radii, near);
        }
        let on = on(&ring);
        if 2 * on.len() < TURNS {
            return None;
        }
        let (tint, outside) = (middle(&on, |s| s.tint), middle(&on, |s| s.outside));
        let off = median(on.iter().map(|s| (s.tint[2] - tint[2]).abs()));
        let [low, high] = quantiles(on.iter().map(|s| s.outside[1]), [0.15, 0.85]);
        Some(Self {
            centre,
            tint,
            score: ring
                .iter()
                .enumerate()
                .map(|(k, r)| evidence[k * radii + r])
                .sum::<f32>()
                / TURNS as f32,
            scatter: off / tint[2].max(0.01),
            suited: suits(tint, outside),
            soft: on.iter().map(|s| s.soft).sum::<f32>() / TURNS as f32,
            variety: high - low,
            radii: ring,
        })
    }

    /// Outline, cells.
    fn outline(&self) -> Vec<[f64; 2]> {
        let place = |(k, &r): (usize, &usize)| {
            let (s, c) = angle(k).sin_cos();
            [self.centre[0] + r as f64 * c, self.centre[1] + r as f64 * s]
        };
        self.radii.iter().enumerate().map(place).collect()
    }

    /// Mean of the outline, cells.
    fn middle(&self) -> [f64; 2] {
        let outline = self.outline();
        [0, 1].map(|i| outline.iter().map(|p| p[i]).sum::<f64>() / TURNS as f64)
    }

    /// The finding, where the outline is more likely a stain's than not.
    fn describe(&self, t: &Tint, frame: &Frame, outline: &[[f64; 2]]) -> Option<Finding> {
        let polygon_px: Vec<[f64; 2]> = outline.iter().map(|p| t.grid.full(p[0], p[1])).collect();
        let [long, short] = shapes::calipers(&polygon_px).map(|v| v * frame.pitch);
        // 1188 candidates, 127 of them true.
        let odds = odds(
            -10.43,
            [
                (-2.21, f64::from(self.score)),
                (-3.23, log(f64::from(self.scatter), 0.02)),
                (6.03, f64::from(self.suited)),
                (1.18, f64::from(self.tint[2].min(0.5))),
                (-8.57, f64::from(self.soft)),
                (0.72, f64::from(self.variety.min(2.0))),
            ],
        );
        if odds < LISTED {
            return None;
        }
        let swallowed = self.tint.map(|v| 1.0 - (-v).exp());
        Some(Finding {
            kind: DefectKind::Stain,
            polygon_px,
            area_mm2: None,
            length_mm: long,
            width_mm: short,
            depth_mm: None,
            depth_uncertainty_mm: None,
            contrast: f64::from(swallowed.iter().sum::<f32>()) / 3.0,
            maps: vec!["albedo"],
            snr: [1.0 / f64::from(self.scatter.max(0.01)), 1.0],
            odds: Some(odds),
        })
    }
}

/// Median by channel.
fn middle(on: &[&Step], of: impl Fn(&Step) -> [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|i| median(on.iter().map(|s| of(s)[i])))
}

/// Angle of a turn, radians.
fn angle(k: usize) -> f64 {
    std::f64::consts::TAU * k as f64 / TURNS as f64
}
