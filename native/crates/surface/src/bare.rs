//! Missing ink inside the art: straight thin lines and round spots whose colour moves towards bare paper.
//!
//! On art nothing is plain, so a mark is told from the design by what missing ink does and drawing seldom does: the
//! same share of paper shows in every colour channel, whatever is printed beside it, all along a straight line or all
//! around a round spot.

use crate::chains::{self, Chain};
use crate::finding::Finding;
use crate::frame::Frame;
use crate::hessian::LinePixel;
use crate::marks::off_axis_deg;
use crate::plain::Plain;
use crate::planes::{Crop, Level};
use crate::shapes;
use crate::stats::median;
use crate::types::DefectKind;
use rayon::prelude::*;

/// Distance across at which the print beside a line is read, cells.
const BESIDE: f64 = 3.0;
/// Least share of paper on a line, and in a spot.
const LEAST: [f32; 2] = [0.14, 0.3];
/// Shares of the channels differ by no more than this factor: paper is nearly grey.
const EVEN: f32 = 0.55;
/// Paper must be this much brighter than the print beside, or missing ink does not show.
const VISIBLE: f32 = 0.15;
/// Shortest line, mm; an accidental row of highlights is shorter.
const SHORTEST_MM: f64 = 4.5;
/// Deviation from straight, root mean square, cells.
const STRAIGHT: f64 = 0.7;
/// Least share of a line's length that its own cells cover; a diagonal one covers 0.7.
const FILLED: f64 = 0.4;
/// Directions that lines are looked for in.
const DIRECTIONS: usize = 8;
/// Diameters of spots, mm.
const SPOT_MM: [f64; 2] = [0.3, 0.95];
/// The stroke of a heading's letter is at most this wide, cells.
const STROKE: f64 = 8.0;
/// Spots nearer to each other than this, mm, are a pattern when there are three.
const PATTERN_MM: f64 = 5.0;

/// The cells as one picture: colour and mean.
struct Picture<'a> {
    plain: &'a Plain,
    luma: Vec<f32>,
    white: f32,
}

impl Picture<'_> {
    /// Share of paper that turns the colour `beside` into `here`, by channel: lowest and highest of those that can
    /// tell; `None` where paper would not show.
    fn shares(&self, here: usize, beside: usize) -> Option<[f32; 2]> {
        let (c, b) = (&self.plain.colour[here], &self.plain.colour[beside]);
        let mut out: Option<[f32; 2]> = None;
        for k in 0..3 {
            let room = self.white - b[k];
            if room > VISIBLE * self.white {
                let s = (c[k] - b[k]) / room;
                out = Some(out.map_or([s, s], |[l, h]| [l.min(s), h.max(s)]));
            }
        }
        out
    }
}

/// Marks of missing ink that stand on art; `white` is the paper's albedo, `taken` are outlines (pixels of the maps)
/// of findings that own what lies on them.
pub fn find(plain: &Plain, crop: Crop, frame: &Frame, white: f64, taken: &[Vec<[f64; 2]>]) -> Vec<Finding> {
    let luma = plain.colour.par_iter().map(|c| (c[0] + c[1] + c[2]) / 3.0).collect();
    let picture = Picture {
        plain,
        luma,
        white: white as f32,
    };
    let grid = grid(plain, crop);
    let mut out = lines(&picture, &grid, frame);
    out.extend(spots(&picture, &grid, frame));
    out.retain(|f| {
        let n = f
            .polygon_px
            .iter()
            .filter(|p| taken.iter().any(|t| shapes::contains(t, **p)))
            .count();
        4 * n < f.polygon_px.len()
    });
    out
}

/// The cells as a level without slopes, for places only.
fn grid(plain: &Plain, crop: Crop) -> Level {
    Level {
        w: plain.w,
        h: plain.h,
        p: Vec::new(),
        q: Vec::new(),
        var: Vec::new(),
        mask: Vec::new(),
        step: plain.cell as f64,
        origin: [crop.x0 as f64, crop.y0 as f64],
    }
}

/// Offset of a place `distance` cells away in direction `k`, and that direction, radians.
fn offset(k: usize, distance: f64, w: usize) -> (isize, f32) {
    let angle = std::f64::consts::PI * k as f64 / DIRECTIONS as f64;
    let (dx, dy) = ((distance * angle.cos()).round(), (distance * angle.sin()).round());
    (dy as isize * w as isize + dx as isize, angle as f32)
}

fn lines(p: &Picture, grid: &Level, frame: &Frame) -> Vec<Finding> {
    let (w, h) = (grid.w, grid.h);
    let margin = BESIDE as usize + 1;
    if w <= 2 * margin || h <= 2 * margin {
        return Vec::new();
    }
    let sides: Vec<_> = (0..DIRECTIONS)
        .map(|k| (offset(k, BESIDE, w), offset(k, 1.5, w).0))
        .collect();
    let pixels: Vec<LinePixel> = (margin..h - margin)
        .into_par_iter()
        .flat_map_iter(|y| {
            let sides = &sides;
            (margin..w - margin).filter_map(move |x| line_pixel(p, sides, x, y, w))
        })
        .collect();
    let chains = chains::link(grid, &pixels);
    chains.iter().filter_map(|c| line(p, grid, c, frame)).collect()
}

/// A cell brighter than the print on both sides of it in some direction, by an even share of paper.
fn line_pixel(p: &Picture, sides: &[((isize, f32), isize)], x: usize, y: usize, w: usize) -> Option<LinePixel> {
    let i = y * w + x;
    if !p.plain.inside[i] {
        return None;
    }
    let at = |d: isize| (i as isize + d) as usize;
    let here = p.luma[i];
    let least = LEAST[0] * VISIBLE * p.white;
    let mut best: Option<(f32, f32)> = None;
    for &((d, angle), near) in sides {
        let rise = here - p.luma[at(d)].max(p.luma[at(-d)]);
        // A crest, and one that is narrow: the cells just beside it are already lower.
        let narrow = p.luma[at(near)].max(p.luma[at(-near)]) < here - 0.3 * rise;
        if rise > least && narrow && p.plain.inside[at(d)] && p.plain.inside[at(-d)] && best.is_none_or(|b| rise > b.0)
        {
            let both = [d, -d].map(|d| p.shares(i, at(d)));
            if let [Some(a), Some(b)] = both
                && a[0].min(b[0]) > LEAST[0]
                && a[0] > 0.7 * EVEN * a[1]
                && b[0] > 0.7 * EVEN * b[1]
            {
                best = Some((rise, angle));
            }
        }
    }
    let (_, normal) = best?;
    let (ux, uy) = (normal.cos(), normal.sin());
    let step = (uy.round() as isize) * w as isize + ux.round() as isize;
    let (l, r) = (p.luma[at(-step)], p.luma[at(step)]);
    if l > here || r > here {
        return None;
    }
    let t = 0.5 * (l - r) / (l - 2.0 * here + r).min(-1e-9);
    Some(LinePixel {
        x: x as i32,
        y: y as i32,
        at: [x as f32 + t * ux.round(), y as f32 + t * uy.round()],
        snr: 1.0,
        normal,
    })
}

/// Keeps chains that are long, straight and of even share, and describes them.
fn line(p: &Picture, grid: &Level, chain: &Chain, frame: &Frame) -> Option<Finding> {
    let pitch = frame.pitch;
    let length_mm = chain.length_px() * pitch;
    if length_mm < SHORTEST_MM {
        return None;
    }
    let (middle, along, rms) = straight(&chain.points)?;
    if rms > STRAIGHT * grid.step {
        return None;
    }
    let across = [-along[1], along[0]];
    let mut shares = Vec::new();
    let (mut low, mut high) = (Vec::new(), Vec::new());
    for q in &chain.points {
        let cell = |d: f64| {
            let c = grid.local([q[0] + d * across[0] * grid.step, q[1] + d * across[1] * grid.step]);
            let (x, y) = (c[0].round(), c[1].round());
            (x >= 0.0 && y >= 0.0 && x < grid.w as f64 && y < grid.h as f64).then_some(y as usize * grid.w + x as usize)
        };
        let (Some(here), Some(a), Some(b)) = (cell(0.0), cell(BESIDE), cell(-BESIDE)) else {
            continue;
        };
        for s in [p.shares(here, a), p.shares(here, b)].into_iter().flatten() {
            shares.push(0.5 * (s[0] + s[1]));
            low.push(s[0]);
            high.push(s[1]);
        }
    }
    if shares.len() < chain.points.len() {
        return None;
    }
    let share = median(&mut shares);
    let (low, high) = (median(&mut low), median(&mut high));
    let spread = median(&mut shares.iter().map(|s| (s - share).abs()).collect::<Vec<_>>()) / share.max(1e-6);
    if share < LEAST[0] || low < EVEN * high || spread > 0.35 {
        return None;
    }
    let filled = chain.sum * grid.step / chain.length_px();
    if filled < FILLED {
        return None;
    }
    let project = |q: &[f64; 2]| (q[0] - middle[0]) * along[0] + (q[1] - middle[1]) * along[1];
    let (from, to) = chain
        .points
        .iter()
        .map(project)
        .fold((f64::MAX, f64::MIN), |m, t| (m.0.min(t), m.1.max(t)));
    let ends = [from, to].map(|t| [middle[0] + t * along[0], middle[1] + t * along[1]]);
    // A rule of the design runs along the card's axes: such a line is for a person to judge.
    let rule = off_axis_deg(frame, &chain.points) < 1.2;
    let strength = length_mm / SHORTEST_MM * f64::from(share / LEAST[0]);
    Some(Finding {
        kind: DefectKind::PrintLine,
        polygon_px: shapes::band(&ends, grid.step),
        area_mm2: Some(length_mm * 1.5 * grid.step * pitch),
        length_mm,
        width_mm: 1.5 * grid.step * pitch,
        depth_mm: None,
        depth_uncertainty_mm: None,
        contrast: f64::from(share),
        maps: vec!["albedo"],
        snr: if rule { [1.2, 1.0] } else { [strength, 1.0] },
    })
}

/// Middle, unit direction and root mean square deviation of a total-least-squares line.
fn straight(points: &[[f64; 2]]) -> Option<([f64; 2], [f64; 2], f64)> {
    let n = points.len() as f64;
    let middle = [0, 1].map(|k| points.iter().map(|p| p[k]).sum::<f64>() / n);
    let m = |a: usize, b: usize| {
        points
            .iter()
            .map(|p| (p[a] - middle[a]) * (p[b] - middle[b]))
            .sum::<f64>()
            / n
    };
    let (xx, yy, xy) = (m(0, 0), m(1, 1), m(0, 1));
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let (s, c) = angle.sin_cos();
    let off = xx * s * s + yy * c * c - 2.0 * xy * s * c;
    (n >= 2.0).then_some((middle, [c, s], off.max(0.0).sqrt()))
}

fn spots(p: &Picture, grid: &Level, frame: &Frame) -> Vec<Finding> {
    let (w, h) = (grid.w, grid.h);
    let cell_mm = p.plain.cell_mm;
    let most = (0.5 * SPOT_MM[1] / cell_mm).ceil() as usize + STROKE as usize + 3;
    if w <= 2 * most || h <= 2 * most {
        return Vec::new();
    }
    let mut found: Vec<Spot> = (most..h - most)
        .into_par_iter()
        .flat_map_iter(|y| (most..w - most).filter_map(move |x| spot(p, x, y, w)))
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Spot> = Vec::new();
    for s in found {
        let near = |k: &Spot| (k.x - s.x).hypot(k.y - s.y) < k.radius + s.radius + 2.0;
        if !kept.iter().any(near) {
            kept.push(s);
        }
    }
    let reach = PATTERN_MM / cell_mm;
    let alone = |s: &&Spot| kept.iter().filter(|k| (k.x - s.x).hypot(k.y - s.y) < reach).count() < 3;
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
    let inside = |s: &&Spot| frame.size_mm[0] > 0.0 && s.score >= LEAST[1];
    kept.iter().filter(alone).filter(inside).map(describe).collect()
}

/// A round spot, cells.
struct Spot {
    x: f64,
    y: f64,
    radius: f64,
    /// Lowest share of paper against its surroundings.
    score: f32,
}

/// The print around must be darker in all directions by an even share of paper, with a sharp rim, and the spot itself
/// of one colour.
fn spot(p: &Picture, x: usize, y: usize, w: usize) -> Option<Spot> {
    let i = y * w + x;
    let here = p.luma[i];
    // Only the top of a spot: a plateau keeps its first cell.
    let flat = |j: usize| p.luma[j] <= here;
    if !(p.plain.inside[i] && flat(i - 1) && flat(i + 1) && flat(i - w) && flat(i + w)) {
        return None;
    }
    let cell_mm = p.plain.cell_mm;
    let most = (0.5 * SPOT_MM[1] / cell_mm).floor() as i32;
    // Half-height radius along eight rays; beyond it the print must be dark at once.
    let mut radii = [0f64; 8];
    let mut lowest = 1f32;
    let (mut low, mut high) = (0f32, 0f32);
    let mut bright = 0;
    for (k, radius) in radii.iter_mut().enumerate() {
        let (dy, dx) = (std::f64::consts::TAU * k as f64 / 8.0).sin_cos();
        let cell = |r: f64| {
            let (u, v) = ((r * dx).round() as isize, (r * dy).round() as isize);
            (i as isize + v * w as isize + u) as usize
        };
        let base = (1..=most + 1).find_map(|r| {
            let (a, b) = (cell(f64::from(r)), cell(f64::from(r) + 1.0));
            (p.luma[a] < 0.75 * here && (p.luma[a] - p.luma[b]).abs() < 0.12 * here).then_some((r, b))
        });
        let (r, beside) = base?;
        // Inside a letter the stroke is dark and the paper behind it is bright again.
        let beyond = cell(f64::from(r) + 3.5);
        if !p.plain.inside[beside] || !p.plain.inside[beyond] || p.luma[beyond] > 0.8 * here {
            return None;
        }
        let far = cell(f64::from(r) + STROKE);
        bright += usize::from(p.luma[far] > 0.8 * here);
        let half = 0.5 * (here + p.luma[beside]);
        *radius = (1..=r)
            .find(|&q| p.luma[cell(f64::from(q))] < half)
            .map_or(f64::from(r), |q| {
                let (a, b) = (p.luma[cell(f64::from(q - 1))], p.luma[cell(f64::from(q))]);
                f64::from(q - 1) + f64::from((a - half) / (a - b).max(1e-6))
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
