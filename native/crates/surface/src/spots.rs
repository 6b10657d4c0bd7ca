//! Spots of missing ink: round, sharp-edged, alone, with the same share of paper in every channel.

use crate::bare::Picture;
use crate::finding::Finding;
use crate::learnt::{LISTED, log, odds};
use crate::planes::Level;
use crate::stats::median;
use crate::types::DefectKind;
use imaging::fastest;
use rayon::prelude::*;
use std::collections::HashMap;

/// Diameters of spots, mm.
const SPOT_MM: [f64; 2] = [0.26, 1.0];
/// Distance at which the print around is looked at first, mm: outside of every spot.
const AROUND_MM: f64 = 0.62;
/// The print around is at least this much less like paper in most directions, as a share of paper.
const LEAST: f32 = 0.07;
/// Least share of paper in a spot, and least of the channels' shares over the largest: paper is nearly grey.
const SHARE: f32 = 0.3;
const EVEN: f32 = 0.3;
/// Most elongation and looseness of a spot.
const ROUND: [f64; 2] = [0.35, 0.6];
/// Spots nearer to each other than this, mm, are a pattern when there are three.
const PATTERN_MM: f64 = 5.0;
/// Sectors in which a spot is compared with the print beside it.
const SECTORS: usize = 8;
/// Colour of bare stock over that of its strongest channel: uncoated paper is a little yellow.
const STOCK: [f32; 3] = [1.0, 0.97, 0.9];

/// Spots of missing ink; `grid` places the cells.
pub fn find(p: &Picture, grid: &Level) -> Vec<Finding> {
    let (w, h) = (grid.w, grid.h);
    let cell_mm = p.plain.cell_mm;
    let around = (AROUND_MM / cell_mm).round() as isize;
    let margin = 2 * around as usize;
    if w <= 2 * margin || h <= 2 * margin {
        return Vec::new();
    }
    let paper = paper(p, w);
    let places = offsets(around as f64, w);
    let mut found: Vec<Spot> = (margin..h - margin)
        .into_par_iter()
        .flat_map_iter(|y| {
            let mut tops = vec![0; w - 2 * margin];
            summits(&paper, y * w + margin, w, &places, &mut tops);
            let found = tops.iter().enumerate().filter(|t| *t.1 != 0);
            let found = found.filter_map(|(x, _)| Spot::at(p, &paper, margin + x, y, w, around));
            found.collect::<Vec<_>>()
        })
        .collect();
    found.retain(|s| s.odds >= LISTED);
    found.sort_by(|a, b| b.odds.total_cmp(&a.odds));
    let kept = apart(found, cell_mm);
    let reach = PATTERN_MM / cell_mm;
    // The spot itself is one of the three.
    let near = |s: &Spot, k: &Spot| (k.x - s.x).powi(2) + (k.y - s.y).powi(2) < reach * reach;
    let alone = |s: &&Spot| kept.iter().filter(|k| near(s, k)).nth(2).is_none();
    kept.iter().filter(alone).map(|s| s.describe(grid, cell_mm)).collect()
}

/// How much of each cell's light could come from bare paper, smoothed over three cells: the channel that lacks most.
/// Ink always takes some channel away; where it is missing all are there.
fn paper(p: &Picture, w: usize) -> Vec<f32> {
    let colour = &p.plain.colour;
    let h = colour.len() / w.max(1);
    let gain = STOCK.map(|s| 1.0 / (9.0 * s * p.white));
    let mut out = vec![0f32; colour.len()];
    out.par_chunks_mut(w.max(1)).enumerate().for_each_init(
        || vec![[0f32; 3]; w],
        |sums, (y, out)| {
            if y > 0 && y + 1 < h {
                let rows = [y - 1, y, y + 1].map(|y| &colour[y * w..(y + 1) * w]);
                least(&rows, &gain, sums, out);
            }
        },
    );
    out
}

fastest! {
    /// Smallest channel of the sums over 3 x 3 cells times the gains.
    fn least(rows: &[&[[f32; 3]]; 3], gain: &[f32; 3], sums: &mut [[f32; 3]], out: &mut [f32]) = least_body
}

#[inline(always)]
fn least_body(rows: &[&[[f32; 3]]; 3], gain: &[f32; 3], sums: &mut [[f32; 3]], out: &mut [f32]) {
    let n = out.len();
    let [a, b, c] = rows.map(|r| &r[..n]);
    let sums = &mut sums[..n];
    for x in 0..n {
        for k in 0..3 {
            sums[x][k] = (a[x][k] + b[x][k] + c[x][k]) * gain[k];
        }
    }
    for x in 1..n.saturating_sub(1) {
        let along = |k: usize| sums[x - 1][k] + sums[x][k] + sums[x + 1][k];
        let (r, g, b) = (along(0), along(1), along(2));
        let less = if r < g { r } else { g };
        out[x] = if less < b { less } else { b };
    }
}

/// Eight places so many cells around a cell.
fn offsets(distance: f64, w: usize) -> [isize; 8] {
    std::array::from_fn(|k| {
        let (s, c) = (std::f64::consts::TAU * k as f64 / 8.0).sin_cos();
        (distance * s).round() as isize * w as isize + (distance * c).round() as isize
    })
}

fastest! {
    /// 1 for the cells from `first` on that no neighbour outshines and nearly all places around lie below.
    fn summits(paper: &[f32], first: usize, w: usize, places: &[isize; 8], out: &mut [u8]) = summits_body
}

#[inline(always)]
fn summits_body(paper: &[f32], first: usize, w: usize, places: &[isize; 8], out: &mut [u8]) {
    let n = out.len();
    let row = |d: isize| &paper[(first as isize + d) as usize..][..n];
    let here = row(0);
    let (left, right, up, down) = (row(-1), row(1), row(-(w as isize)), row(w as isize));
    let around = places.map(row);
    for x in 0..n {
        let below = here[x] - LEAST;
        let mut fewer = 0u8;
        for a in &around {
            fewer += u8::from(a[x] < below);
        }
        let top = left[x].max(right[x]).max(up[x]).max(down[x]) <= here[x];
        out[x] = u8::from(top & (fewer >= 7));
    }
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
    /// Share of paper that it has more than the print beside it.
    share: f64,
    /// That it is missing ink.
    odds: f64,
}

/// The part of a candidate that stands above half of its height, cells from the summit.
struct Blob {
    middle: [f64; 2],
    radius: f64,
    /// Difference of the principal moments over their sum: 0 of a disc, 1 of a line.
    elongation: f64,
    /// Mean square distance from the middle over the radius squared: 0.5 of a disc, more of anything else.
    looseness: f64,
}

impl Blob {
    fn read(p: &Picture, paper: &[f32], i: usize, w: usize, reach: isize) -> Option<Self> {
        let around = offsets(reach as f64, w).map(|d| paper[(i as isize + d) as usize]);
        let half = 0.5 * (median(around) + paper[i]);
        let floor = STOCK.map(|s| half * s * p.white);
        let (mut n, mut sum, mut square) = (0.0, [0.0; 2], [0.0; 3]);
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let c = &p.plain.colour[(i as isize + dy * w as isize + dx) as usize];
                if dx * dx + dy * dy <= reach * reach && c[0] > floor[0] && c[1] > floor[1] && c[2] > floor[2] {
                    let (x, y) = (dx as f64, dy as f64);
                    n += 1.0;
                    sum = [sum[0] + x, sum[1] + y];
                    square = [square[0] + x * x, square[1] + y * y, square[2] + x * y];
                }
            }
        }
        if n < 4.0 {
            return None;
        }
        let middle = sum.map(|s| s / n);
        let (xx, yy) = (square[0] / n - middle[0].powi(2), square[1] / n - middle[1].powi(2));
        let xy = square[2] / n - middle[0] * middle[1];
        let radius = (n / std::f64::consts::PI).sqrt();
        let blob = Self {
            middle,
            radius,
            elongation: (xx - yy).hypot(2.0 * xy) / (xx + yy).max(1e-6),
            looseness: (xx + yy) / (radius * radius),
        };
        let size = (SPOT_MM[0]..=SPOT_MM[1]).contains(&(2.0 * radius * p.plain.cell_mm));
        let round = blob.elongation < ROUND[0] && blob.looseness < ROUND[1];
        (size && round && middle[0].hypot(middle[1]) < 2.5).then_some(blob)
    }
}

/// Mean colours of the sectors of a ring, and how many cells each has.
#[derive(Default)]
struct Sectors {
    sum: [[f32; 3]; SECTORS],
    n: [f32; SECTORS],
}

impl Sectors {
    fn add(&mut self, sector: usize, c: [f32; 3]) {
        (0..3).for_each(|k| self.sum[sector][k] += c[k]);
        self.n[sector] += 1.0;
    }

    /// Mean over all.
    fn mean(&self) -> [f32; 3] {
        let n = self.n.iter().sum::<f32>().max(1.0);
        [0, 1, 2].map(|k| self.sum.iter().map(|s| s[k]).sum::<f32>() / n)
    }

    /// Mean of a sector, `instead` where it has no cell.
    fn of(&self, sector: usize, instead: [f32; 3]) -> [f32; 3] {
        if self.n[sector] > 0.0 {
            self.sum[sector].map(|v| v / self.n[sector])
        } else {
            instead
        }
    }
}

impl Spot {
    /// The spot at a summit, measured against the print beside it: in every sector the print must move by one and the
    /// same share towards paper.
    fn at(p: &Picture, paper: &[f32], x: usize, y: usize, w: usize, reach: isize) -> Option<Self> {
        let i = y * w + x;
        let cell = |dx: isize, dy: isize| (i as isize + dy * w as isize + dx) as usize;
        let corners = [
            cell(-reach, -reach),
            cell(reach, -reach),
            cell(-reach, reach),
            cell(reach, reach),
        ];
        if !corners.iter().all(|&k| p.plain.inside[k]) {
            return None;
        }
        let blob = Blob::read(p, paper, i, w, reach)?;
        let [mut inner, mut beside, mut beyond] = [(); 3].map(|_| Sectors::default());
        let far = (blob.radius + 5.5).ceil() as isize;
        for dy in -far..=far {
            for dx in -far..=far {
                let (a, b) = (dx as f64 - blob.middle[0], dy as f64 - blob.middle[1]);
                let out = a.hypot(b) - blob.radius;
                let ring = match out {
                    _ if out < -0.6 => &mut inner,
                    _ if (0.9..3.2).contains(&out) => &mut beside,
                    _ if (3.2..5.5).contains(&out) => &mut beyond,
                    _ => continue,
                };
                let turn = (b.atan2(a) / std::f64::consts::TAU + 1.0) * SECTORS as f64;
                ring.add(turn as usize % SECTORS, p.plain.colour[cell(dx, dy)]);
            }
        }
        let within = inner.mean();
        // Where no bare paper shows on the card, the spot itself is the brightest.
        let white = (0..3).fold(p.white, |most, k| most.max(within[k] / STOCK[k]));
        let stock = STOCK.map(|s| s * white);
        let each: [[[f32; 3]; 3]; SECTORS] = std::array::from_fn(|s| {
            let out = beside.of(s, within);
            [inner.of(s, within), out, beyond.of(s, out)]
        });
        // Least squares of the step up over the room there is for paper, by channel.
        let (mut step_room, mut room_room, mut step_step, mut drift) = ([0f32; 3], [1e-9f32; 3], 1e-9, 0f32);
        for [here, out, far] in &each {
            for k in 0..3 {
                let (step, room) = (here[k] - out[k], stock[k] - out[k]);
                step_room[k] += step * room;
                room_room[k] += room * room;
                step_step += step * step;
                drift += (far[k] - out[k]).powi(2);
            }
        }
        let all_room = room_room.iter().sum::<f32>();
        let share = step_room.iter().sum::<f32>() / all_room;
        let told = (0..3).filter(|&k| room_room[k] > 0.1 * room_room.iter().fold(0.0, |a, b| b.max(a)));
        let (low, high) = told
            .map(|k| step_room[k] / room_room[k])
            .fold((f32::MAX, f32::MIN), |m, s| (m.0.min(s), m.1.max(s)));
        if share < SHARE || low < EVEN * high {
            return None;
        }
        let rest: f32 = each
            .iter()
            .flat_map(|[here, out, _]| (0..3).map(|k| (here[k] - out[k] - share * (stock[k] - out[k])).powi(2)))
            .sum();
        let relative = |v: f32| f64::from((v / step_step).sqrt());
        let room = (all_room / (3 * SECTORS) as f32).sqrt() / white;
        // 3017 candidates, 111 of them true.
        let odds = odds(
            -34.71,
            [
                (-2.32, log(blob.elongation, 0.05)),
                (-3.76, log(blob.looseness - 0.47, 0.02)),
                (0.26, log(relative(rest), 0.03)),
                (-2.48, log(relative(drift), 0.03)),
                (11.09, f64::from(low / high)),
                (-5.87, log(f64::from(room), 0.1)),
            ],
        );
        Some(Self {
            x: x as f64 + blob.middle[0],
            y: y as f64 + blob.middle[1],
            radius: blob.radius,
            share: f64::from(share),
            odds,
        })
    }

    fn describe(&self, grid: &Level, cell_mm: f64) -> Finding {
        let circle = (0..24).map(|i| {
            let (dy, dx) = (std::f64::consts::TAU * f64::from(i) / 24.0).sin_cos();
            grid.full(self.x + self.radius * dx, self.y + self.radius * dy)
        });
        let diameter = 2.0 * self.radius * cell_mm;
        Finding {
            kind: DefectKind::PrintDot,
            polygon_px: circle.collect(),
            area_mm2: Some(std::f64::consts::FRAC_PI_4 * diameter * diameter),
            length_mm: diameter,
            width_mm: diameter,
            depth_mm: None,
            depth_uncertainty_mm: None,
            contrast: self.share,
            maps: vec!["albedo"],
            snr: [self.share / f64::from(SHARE), 1.0],
            odds: Some(self.odds),
        }
    }
}
