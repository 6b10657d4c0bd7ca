//! Streaks of missing ink: straight thin lines on which the same share of paper shows in every channel.

use crate::bare::{EVEN, LEAST, Picture, VISIBLE};
use crate::chains::{self, Chain};
use crate::finding::Finding;
use crate::frame::Frame;
use crate::hessian::LinePixel;
use crate::learnt::{LISTED, log, odds};
use crate::marks::off_axis_deg;
use crate::planes::Level;
use crate::shapes;
use crate::stats::median;
use crate::types::DefectKind;
use imaging::fastest;
use rayon::prelude::*;

/// Distance across at which the print beside a line is read, cells.
const BESIDE: f64 = 3.0;
/// Shortest line, mm; an accidental row of highlights is shorter.
const SHORTEST_MM: f64 = 3.5;
/// Deviation from straight, root mean square, cells.
const STRAIGHT: f64 = 0.7;
/// Least share of a line's length that its own cells cover; a diagonal one covers 0.7.
const FILLED: f64 = 0.3;
/// Shortest straight stretch that is looked at, cells.
const PIECE: f64 = 8.0;
/// Longest gap between stretches of one line, mm, and no longer than what there is of the line already.
const GAP_MM: f64 = 2.5;
/// A rule of the design lies nearer to an axis of the card than this, degrees.
const RULE_DEG: f64 = 0.6;
/// Share of its rise that a crest has lost in the cells just beside it.
const NARROW: f32 = 0.3;
/// Directions that lines are looked for in.
const DIRECTIONS: usize = 8;

/// Offset of a place `distance` cells away in direction `k`, and that direction, radians.
fn offset(k: usize, distance: f64, w: usize) -> (isize, f32) {
    let angle = std::f64::consts::PI * k as f64 / DIRECTIONS as f64;
    let (dx, dy) = ((distance * angle.cos()).round(), (distance * angle.sin()).round());
    (dy as isize * w as isize + dx as isize, angle as f32)
}

/// Streaks of missing ink; `grid` places the cells.
pub fn find(p: &Picture, grid: &Level, frame: &Frame) -> Vec<Finding> {
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
            let mut crest = vec![0; w - 2 * margin];
            let least = LEAST * VISIBLE * p.white;
            crests(&p.luma, y * w + margin, &sides, least, &mut crest);
            let found = crest.iter().enumerate().filter(|c| *c.1 != 0);
            let found = found.filter_map(|(x, _)| line_pixel(p, &sides, margin + x, y, w));
            found.collect::<Vec<_>>()
        })
        .collect();
    let pieces = chains::link(grid, &pixels)
        .into_iter()
        .filter_map(|c| Piece::new(c, grid.step));
    let mut pieces: Vec<Piece> = pieces.collect();
    pieces.sort_by(|a, b| b.length().total_cmp(&a.length()));
    let mut taken = vec![false; pieces.len()];
    let mut out = Vec::new();
    for seed in 0..pieces.len() {
        if taken[seed] {
            continue;
        }
        let (whole, members) = gather(&pieces, &taken, seed, frame.pitch, grid.step);
        let found = line(p, grid, &whole, frame).map(|f| (f, members));
        if let Some((finding, members)) = found.or_else(|| Some((line(p, grid, &pieces[seed], frame)?, vec![seed]))) {
            members.into_iter().for_each(|m| taken[m] = true);
            out.push(finding);
        }
    }
    out
}

fastest! {
    /// 1 for the cells from `first` on that are a narrow crest of the brightness in some direction.
    fn crests(luma: &[f32], first: usize, sides: &[((isize, f32), isize)], least: f32, out: &mut [u8]) = crests_body
}

#[inline(always)]
fn crests_body(luma: &[f32], first: usize, sides: &[((isize, f32), isize)], least: f32, out: &mut [u8]) {
    let n = out.len();
    let row = |d: isize| &luma[(first as isize + d) as usize..][..n];
    let here = row(0);
    for &((d, _), near) in sides {
        let (a, b, c, e) = (row(d), row(-d), row(near), row(-near));
        for x in 0..n {
            let rise = here[x] - a[x].max(b[x]);
            out[x] |= u8::from((rise > least) & (c[x].max(e[x]) < here[x] - NARROW * rise));
        }
    }
}

/// A cell brighter than the print on both sides of it in some direction, by an even share of paper.
fn line_pixel(p: &Picture, sides: &[((isize, f32), isize)], x: usize, y: usize, w: usize) -> Option<LinePixel> {
    let i = y * w + x;
    if !p.plain.inside[i] {
        return None;
    }
    let at = |d: isize| (i as isize + d) as usize;
    let here = p.luma[i];
    let least = LEAST * VISIBLE * p.white;
    let mut best: Option<(f32, f32)> = None;
    for &((d, angle), near) in sides {
        let rise = here - p.luma[at(d)].max(p.luma[at(-d)]);
        // A crest, and one that is narrow: the cells just beside it are already lower.
        let narrow = p.luma[at(near)].max(p.luma[at(-near)]) < here - NARROW * rise;
        if rise > least && narrow && p.plain.inside[at(d)] && p.plain.inside[at(-d)] && best.is_none_or(|b| rise > b.0)
        {
            let both = [d, -d].map(|d| p.shares(i, at(d)));
            if let [Some(a), Some(b)] = both
                && a[0].min(b[0]) > LEAST
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
        normal: [ux, uy],
    })
}

/// A straight stretch of a line: its points and the line through them, pixels of the maps.
struct Piece {
    points: Vec<[f64; 2]>,
    /// Cells of the line that were found.
    cells: f64,
    middle: [f64; 2],
    along: [f64; 2],
    /// Deviation from straight, root mean square.
    rms: f64,
    /// Ends along the line, from the middle.
    span: [f64; 2],
}

impl Piece {
    fn new(chain: Chain, step: f64) -> Option<Self> {
        let piece = Self::through(chain.points, chain.sum)?;
        (piece.rms <= STRAIGHT * step && piece.length() >= PIECE * step).then_some(piece)
    }

    fn through(points: Vec<[f64; 2]>, cells: f64) -> Option<Self> {
        let (middle, along, rms) = straight(&points)?;
        let mut piece = Self {
            points,
            cells,
            middle,
            along,
            rms,
            span: [0.0; 2],
        };
        let ends = piece.points.iter().map(|&q| piece.place(q)[0]);
        piece.span = ends.fold([f64::MAX, f64::MIN], |m, t| [m[0].min(t), m[1].max(t)]);
        Some(piece)
    }

    /// Place of a point along and across the line.
    fn place(&self, q: [f64; 2]) -> [f64; 2] {
        let d = [q[0] - self.middle[0], q[1] - self.middle[1]];
        [
            d[0] * self.along[0] + d[1] * self.along[1],
            d[1] * self.along[0] - d[0] * self.along[1],
        ]
    }

    fn length(&self) -> f64 {
        self.span[1] - self.span[0]
    }

    fn ends(&self) -> [[f64; 2]; 2] {
        self.span.map(|t| [0, 1].map(|k| self.middle[k] + t * self.along[k]))
    }
}

/// A piece with those that carry its line on: a streak is straight right through the design, where print that is as
/// bright as paper interrupts it.
fn gather(pieces: &[Piece], taken: &[bool], seed: usize, pitch_mm: f64, step: f64) -> (Piece, Vec<usize>) {
    let clone = |p: &Piece| Piece::through(p.points.clone(), p.cells);
    let mut members = vec![seed];
    let Some(mut whole) = clone(&pieces[seed]) else {
        unreachable!("a piece has a line")
    };
    loop {
        let gap = (GAP_MM / pitch_mm).min(whole.length());
        let next = (0..pieces.len()).find(|&k| {
            !taken[k]
                && !members.contains(&k)
                && pieces[k].ends().iter().all(|&e| {
                    let [t, off] = whole.place(e);
                    let beyond = (whole.span[0] - t).max(t - whole.span[1]).max(0.0);
                    off.abs() < step * (1.0 + 0.03 * beyond / step)
                })
                && {
                    let at = pieces[k].ends().map(|e| whole.place(e)[0]);
                    at[0].max(at[1]) > whole.span[0] - gap && at[0].min(at[1]) < whole.span[1] + gap
                }
        });
        let Some(k) = next else { return (whole, members) };
        members.push(k);
        let points = [&whole.points[..], &pieces[k].points].concat();
        let Some(longer) = Piece::through(points, whole.cells + pieces[k].cells) else {
            return (whole, members);
        };
        whole = longer;
    }
}

/// Keeps lines that are long, straight and of even share, and describes them.
fn line(p: &Picture, grid: &Level, whole: &Piece, frame: &Frame) -> Option<Finding> {
    let pitch = frame.pitch;
    // Half a cell at either end belongs to the last ones, and one that is not half covered is not seen.
    let length_px = whole.length() + 2.0 * grid.step;
    let length_mm = length_px * pitch;
    if length_mm < SHORTEST_MM || whole.rms > STRAIGHT * grid.step {
        return None;
    }
    let (along, rms) = (whole.along, whole.rms);
    let across = [-along[1], along[0]];
    let mut shares = Vec::new();
    let (mut low, mut high) = (Vec::new(), Vec::new());
    for q in &whole.points {
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
    if shares.len() < whole.points.len() {
        return None;
    }
    let share = median(&shares);
    let (low, high) = (median(&low), median(&high));
    let spread = median(shares.iter().map(|s| (s - share).abs())) / share.max(1e-6);
    if share < LEAST || low < EVEN * high || spread > 0.45 {
        return None;
    }
    let filled = whole.cells * grid.step / length_px;
    if filled < FILLED {
        return None;
    }
    let ends = whole.ends();
    // A rule of the design runs along the card's axes.
    let rule = off_axis_deg(frame, &whole.points) < RULE_DEG;
    // 217 candidates, 166 of them true.
    let odds = odds(
        -17.56,
        [
            (-5.89, log(rms / grid.step, 0.05)),
            (6.02, log(length_mm, 1.0)),
            (-9.19, f64::from(u8::from(rule))),
        ],
    );
    if odds < LISTED {
        return None;
    }
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
        snr: [f64::from(share / LEAST), 1.0],
        odds: Some(odds),
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
