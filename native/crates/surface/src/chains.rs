//! Links line pixels of one level into ordered chains and joins collinear pieces across gaps.

use crate::hessian::LinePixel;
use crate::line_graph::{Graph, Part, Walker};
use crate::planes::Level;
use std::collections::HashMap;

/// An ordered line: points in pixels of the maps, and how strong it is.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Points along the line, pixels of the maps.
    pub points: Vec<[f64; 2]>,
    /// Sum of the pixels' curvature in standard deviations.
    pub sum: f64,
    /// Strongest pixel.
    pub peak: f32,
    /// True for a valley.
    pub valley: bool,
    /// Pixels of the maps per pixel of the level it was found on.
    pub step: f64,
}

impl Chain {
    /// Length along the points, pixels of the maps.
    pub fn length_px(&self) -> f64 {
        self.points.windows(2).map(|s| dist(s[0], s[1])).sum::<f64>() + self.step
    }

    /// Mean curvature over the length (gaps count as nothing) times the root of the independent samples: noise of
    /// the one-pixel Gaussian is correlated over about three pixels along the line.
    pub fn total(&self) -> f64 {
        let n = (self.length_px() / self.step).max(1.0);
        self.sum / n * (n / 3.0).sqrt()
    }
}

/// Distance of two points. Not `hypot`: places on a card need no care for overflow.
pub fn dist(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x * x + y * y).sqrt()
}

/// Fewest pixels of a piece worth joining.
const MIN_PIXELS: usize = 4;

/// Chains of a level from its line pixels (sorted by row and column).
pub fn link(level: &Level, pixels: &[LinePixel]) -> Vec<Chain> {
    let graph = Graph::new(pixels, level.h);
    let mut walker = Walker::new(&graph, pixels.len());
    let mut pieces = Vec::new();
    for start in 0..pixels.len() as u32 {
        let mut stack: Vec<Part> = walker.unseen(start).into_iter().collect();
        while let Some(part) = stack.pop() {
            if part.pixels.len() < MIN_PIXELS {
                continue;
            }
            let path = walker.longest_path(&part);
            if path.len() >= MIN_PIXELS {
                pieces.push(to_chain(level, pixels, &path));
            }
            stack.extend(walker.without(&part, &path));
        }
    }
    join(pieces)
}

fn to_chain(level: &Level, pixels: &[LinePixel], path: &[u32]) -> Chain {
    let of = |&k: &u32| pixels[k as usize];
    Chain {
        points: path
            .iter()
            .map(of)
            .map(|p| level.full(f64::from(p.at[0]), f64::from(p.at[1])))
            .collect(),
        sum: path.iter().map(of).map(|p| f64::from(p.snr.abs())).sum(),
        peak: path.iter().map(of).map(|p| p.snr.abs()).fold(0.0, f32::max),
        valley: of(&path[0]).snr > 0.0,
        step: level.step,
    }
}

/// Direction out of a chain's end, from its last pixels.
fn outward(c: &Chain, last: bool) -> ([f64; 2], [f64; 2]) {
    let n = c.points.len();
    let reach = (n - 1).min(8);
    let (tip, back) = if last {
        (c.points[n - 1], c.points[n - 1 - reach])
    } else {
        (c.points[0], c.points[reach])
    };
    let d = dist(tip, back).max(1e-9);
    (tip, [(tip[0] - back[0]) / d, (tip[1] - back[1]) / d])
}

/// Joins ends that face each other: gap up to 12 level pixels and no longer than either piece, both directions
/// within 17 degrees of the connection.
fn join(pieces: Vec<Chain>) -> Vec<Chain> {
    const GAP: f64 = 12.0;
    let Some(step) = pieces.first().map(|c| c.step) else {
        return pieces;
    };
    let cell = GAP * step;
    let ends: Vec<_> = pieces
        .iter()
        .flat_map(|c| [outward(c, false), outward(c, true)])
        .collect();
    let key = |p: [f64; 2]| ((p[0] / cell).floor() as i64, (p[1] / cell).floor() as i64);
    let mut grid: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    ends.iter()
        .enumerate()
        .for_each(|(e, end)| grid.entry(key(end.0)).or_default().push(e));
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (e, end) in ends.iter().enumerate() {
        let (kx, ky) = key(end.0);
        for (dx, dy) in (-1..=1).flat_map(|y| (-1..=1).map(move |x| (x, y))) {
            for &f in grid.get(&(kx + dx, ky + dy)).into_iter().flatten() {
                if f > e && f / 2 != e / 2 && pieces[e / 2].valley == pieces[f / 2].valley {
                    let limit = cell.min(pieces[e / 2].length_px()).min(pieces[f / 2].length_px());
                    pairs.extend(facing(end, &ends[f], limit, step).map(|gap| (gap, e, f)));
                }
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut mate = vec![usize::MAX; ends.len()];
    for (_, e, f) in pairs {
        if mate[e] == usize::MAX && mate[f] == usize::MAX && far_end(&mate, e ^ 1) != f {
            (mate[e], mate[f]) = (f, e);
        }
    }
    assemble(&pieces, &mate)
}

fn facing(a: &([f64; 2], [f64; 2]), b: &([f64; 2], [f64; 2]), limit: f64, step: f64) -> Option<f64> {
    const COS: f64 = 0.955;
    let d = [b.0[0] - a.0[0], b.0[1] - a.0[1]];
    let gap = d[0].hypot(d[1]);
    let cos_a = (d[0] * a.1[0] + d[1] * a.1[1]) / gap.max(1e-9);
    let cos_b = -(d[0] * b.1[0] + d[1] * b.1[1]) / gap.max(1e-9);
    let straight = -(a.1[0] * b.1[0] + a.1[1] * b.1[1]);
    // Very near ends have no direction between them; their own directions must do.
    let close = gap < 2.5 * step && straight > COS;
    (gap <= limit && (close || (cos_a > COS && cos_b > COS))).then_some(gap)
}

/// The other end of the joined line that has `e` inside it, walking away through mates.
fn far_end(mate: &[usize], mut e: usize) -> usize {
    while mate[e] != usize::MAX {
        e = mate[e] ^ 1;
    }
    e
}

fn assemble(pieces: &[Chain], mate: &[usize]) -> Vec<Chain> {
    let mut used = vec![false; pieces.len()];
    let mut out = Vec::new();
    for start in 0..mate.len() {
        if mate[start] != usize::MAX || used[start / 2] {
            continue;
        }
        let mut whole = Chain {
            points: Vec::new(),
            sum: 0.0,
            peak: 0.0,
            ..pieces[start / 2].clone()
        };
        let mut e = start;
        loop {
            let c = &pieces[e / 2];
            used[e / 2] = true;
            if e % 2 == 0 {
                whole.points.extend(&c.points);
            } else {
                whole.points.extend(c.points.iter().rev());
            }
            whole.sum += c.sum;
            whole.peak = whole.peak.max(c.peak);
            let far = e ^ 1;
            if mate[far] == usize::MAX {
                break;
            }
            e = mate[far];
        }
        out.push(whole);
    }
    out
}
