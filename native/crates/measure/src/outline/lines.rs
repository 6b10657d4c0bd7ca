//! Straight lines in the coarse picture: Hough voting by edge direction, robust refit, and support along each line.

use super::grid::{EdgeCell, Gradient, Grid};
use rayon::prelude::*;

/// Angle bins over half a turn.
const ANGLES: usize = 180;
/// An edge cell votes for lines within this many degrees of its own direction.
const SPREAD: isize = 6;
/// A cell's direction may differ by this from that of the line it belongs to: sine, and whole degrees that hold it.
const ALIKE: f64 = 0.17;
const NEAR: isize = 11;
/// Cells farther than this from a voted line never belong to it, cells.
const REFIT: f32 = 8.0;
/// At most this many lines go on to the search for one card.
pub const ONE_CARD: Search = Search { most: 40, least: 0.12 };
/// The same for many cards: more lines, and shorter ones.
pub const MANY_CARDS: Search = Search { most: 96, least: 0.06 };

/// How many lines are kept and how long they must be.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// Most lines.
    pub most: usize,
    /// Least votes, as a share of the shorter image side.
    pub least: f64,
}

/// A line `x cos + y sin = rho` in cells, with its evidence summed along it.
#[derive(Clone, Debug)]
pub struct CoarseLine {
    /// Direction of the normal, radians in [0, pi).
    pub angle: f64,
    /// Signed distance of the line from the origin, cells.
    pub rho: f64,
    /// Cumulative evidence along the tangent, one entry per cell, starting at `-reach`.
    cumulative: Vec<f32>,
    /// Cumulative gradient across the line, laid out like `cumulative`.
    steepness: Vec<f32>,
    reach: f64,
}

impl CoarseLine {
    /// Unit normal.
    #[must_use]
    pub fn normal(&self) -> [f64; 2] {
        [self.angle.cos(), self.angle.sin()]
    }

    /// Coordinate of a point along the tangent (-sin, cos).
    #[must_use]
    pub fn along(&self, p: [f64; 2]) -> f64 {
        -p[0] * self.angle.sin() + p[1] * self.angle.cos()
    }

    /// Mean evidence between two coordinates along the tangent; 0 for an empty range.
    #[must_use]
    pub fn support(&self, from: f64, to: f64) -> f64 {
        self.mean(&self.cumulative, from, to)
    }

    /// Mean gradient across the line between two coordinates along the tangent.
    #[must_use]
    pub fn strength(&self, from: f64, to: f64) -> f64 {
        self.mean(&self.steepness, from, to)
    }

    fn mean(&self, cumulative: &[f32], from: f64, to: f64) -> f64 {
        let index = |t: f64| ((t + self.reach).round().max(0.0) as usize).min(cumulative.len() - 1);
        let (a, b) = (index(from.min(to)), index(from.max(to)));
        if b == a {
            return 0.0;
        }
        f64::from(cumulative[b] - cumulative[a]) / (b - a) as f64
    }

    /// First and last coordinate along the tangent at which the line lies on the picture; `None` where it misses it.
    #[must_use]
    pub fn inside(&self, grid: &Grid) -> Option<[f64; 2]> {
        let (origin, step) = (
            [self.rho * self.angle.cos(), self.rho * self.angle.sin()],
            [-self.angle.sin(), self.angle.cos()],
        );
        let mut range = [-self.reach, self.reach];
        for (axis, size) in [grid.width, grid.height].into_iter().enumerate() {
            let last = size as f64 - 1.0;
            if step[axis].abs() < 1e-9 {
                if !(0.0..=last).contains(&origin[axis]) {
                    return None;
                }
                continue;
            }
            let (a, b) = (-origin[axis] / step[axis], (last - origin[axis]) / step[axis]);
            range = [range[0].max(a.min(b)), range[1].min(a.max(b))];
        }
        (range[1] > range[0]).then_some(range)
    }

    /// Cell at a coordinate along the tangent.
    #[must_use]
    pub fn point(&self, t: f64) -> [f64; 2] {
        let (c, s) = (self.angle.cos(), self.angle.sin());
        [self.rho * c - t * s, self.rho * s + t * c]
    }

    /// Point where two lines meet; `None` for nearly parallel lines.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Option<[f64; 2]> {
        let (a, b) = (self.normal(), other.normal());
        let det = a[0] * b[1] - a[1] * b[0];
        (det.abs() > 0.2).then(|| {
            [
                (self.rho * b[1] - other.rho * a[1]) / det,
                (a[0] * other.rho - b[0] * self.rho) / det,
            ]
        })
    }
}

/// The strongest straight lines through edge cells, longest first.
#[must_use]
pub fn find_lines(grid: &Grid, gradient: &Gradient, cells: &[EdgeCell], search: Search) -> Vec<CoarseLine> {
    let reach = (grid.width as f64).hypot(grid.height as f64).ceil();
    let bins = 2 * reach as usize + 3;
    let cells = ByDirection::new(cells);
    let votes = vote(&cells, reach, bins);
    let shortest = (search.least * grid.width.min(grid.height) as f64) as f32;
    let mut lines: Vec<(f64, f64)> = Vec::new();
    let refitted: Vec<(f64, f64)> = peaks(&votes, bins, shortest, 2 * search.most)
        .into_par_iter()
        .map(|(a, r)| refit(&cells, (a as f64).to_radians(), r as f64 - reach - 1.0))
        .collect();
    for (angle, rho) in refitted {
        let same = |l: &(f64, f64)| {
            let turn = (l.0 - angle).abs();
            turn.min(std::f64::consts::PI - turn) < 0.02
                && (l.1.abs() - rho.abs()).abs() < 0.8
                && middle_distance(grid, *l, (angle, rho)) < 0.8
        };
        if lines.iter().any(same) {
            continue;
        }
        lines.push((angle, rho));
        if lines.len() == search.most {
            break;
        }
    }
    let support = |(angle, rho)| with_support(grid, gradient, angle, rho, reach);
    lines.into_par_iter().map(support).collect()
}

/// Edge cells in order of their line's direction, so that those of one line lie together.
struct ByDirection {
    sorted: Vec<EdgeCell>,
    /// First cell of each degree (rounded) of half a turn, and the number of cells.
    start: [usize; ANGLES + 1],
}

impl ByDirection {
    fn new(cells: &[EdgeCell]) -> Self {
        let degree = |c: &EdgeCell| (c.angle.to_degrees().round() as isize).rem_euclid(ANGLES as isize) as usize;
        let mut start = [0; ANGLES + 1];
        for cell in cells {
            start[degree(cell) + 1] += 1;
        }
        for d in 0..ANGLES {
            start[d + 1] += start[d];
        }
        let (mut next, mut order) = (start, vec![0; cells.len()]);
        for (i, cell) in cells.iter().enumerate() {
            let place = &mut next[degree(cell)];
            order[*place] = i;
            *place += 1;
        }
        let sorted = order.into_iter().map(|i| cells[i]).collect();
        Self { sorted, start }
    }

    /// Cells whose direction is within `spread` whole degrees of `middle`, either way round.
    fn within(&self, middle: isize, spread: isize) -> impl Iterator<Item = &EdgeCell> {
        let half_turn = ANGLES as isize;
        let first = (middle - spread).rem_euclid(half_turn) as usize;
        let end = first + 2 * spread as usize + 1;
        let (before, wrapped) = (end.min(ANGLES), end.saturating_sub(ANGLES));
        let part = |from: usize, to: usize| &self.sorted[self.start[from]..self.start[to]];
        part(first, before).iter().chain(part(0, wrapped))
    }
}

/// Difference of two nearly parallel lines where they are nearest to the image's middle, cells.
fn middle_distance(grid: &Grid, a: (f64, f64), b: (f64, f64)) -> f64 {
    let c = [grid.width as f64 / 2.0, grid.height as f64 / 2.0];
    let offset = |(angle, rho): (f64, f64)| c[0] * angle.cos() + c[1] * angle.sin() - rho;
    (offset(a).abs() - offset(b).abs()).abs()
}

/// Votes of all cells, a row of `bins` distances for each degree of the normal.
fn vote(cells: &ByDirection, reach: f64, bins: usize) -> Vec<f32> {
    let mut votes = vec![0.0f32; ANGLES * bins];
    votes.par_chunks_mut(bins).enumerate().for_each(|(a, row)| {
        let (s, c) = (a as f32).to_radians().sin_cos();
        for cell in cells.within(a as isize, SPREAD) {
            let rho = cell.x * c + cell.y * s + reach as f32 + 1.0;
            let i = rho as usize;
            let share = rho - i as f32;
            row[i] += cell.weight * (1.0 - share);
            row[i + 1] += cell.weight * share;
        }
    });
    votes
}

fn peaks(votes: &[f32], bins: usize, least: f32, most: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for a in 0..ANGLES {
        for r in 2..bins - 2 {
            let here = votes[a * bins + r];
            if here < least {
                continue;
            }
            let beaten = (-2..=2isize).any(|da| {
                // Past half a turn the same line has the opposite rho.
                let b = a as isize + da;
                let wrapped = b.rem_euclid(ANGLES as isize) as usize;
                let centre = if b == wrapped as isize { r } else { bins - 1 - r };
                (-1..=1isize).any(|dr| {
                    let other = votes[wrapped * bins + (centre as isize + dr) as usize];
                    other > here || (other == here && (da, dr) < (0, 0))
                })
            });
            if !beaten {
                found.push((here, a, r));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(most).map(|(_, a, r)| (a, r)).collect()
}

/// Three rounds of weighted total least squares over the edge cells near a line.
fn refit(cells: &ByDirection, mut angle: f64, mut rho: f64) -> (f64, f64) {
    // A vote is half a degree and half a cell off at most, and half a picture away from the origin's foot.
    let (s, c) = (angle as f32).sin_cos();
    let near: Vec<&EdgeCell> = cells
        .within(angle.to_degrees().round() as isize, NEAR)
        .filter(|cell| (cell.x * c + cell.y * s - rho as f32).abs() < REFIT)
        .collect();
    for band in [1.6, 1.2, 1.0] {
        let (c, s) = (angle.cos(), angle.sin());
        let turned = |cell: &EdgeCell| (f64::from(cell.normal[1]) * c - f64::from(cell.normal[0]) * s).abs();
        let mut sums = [0.0f64; 6];
        for cell in &near {
            let (x, y) = (f64::from(cell.x), f64::from(cell.y));
            let distance = x * c + y * s - rho;
            if distance.abs() < band && turned(cell) < ALIKE {
                let w = f64::from(cell.weight);
                for (sum, term) in sums.iter_mut().zip([1.0, x, y, x * x, x * y, y * y]) {
                    *sum += w * term;
                }
            }
        }
        if sums[0] < 4.0 {
            break;
        }
        let (mx, my) = (sums[1] / sums[0], sums[2] / sums[0]);
        let (xx, xy, yy) = (
            sums[3] / sums[0] - mx * mx,
            sums[4] / sums[0] - mx * my,
            sums[5] / sums[0] - my * my,
        );
        // The normal is the direction of least spread.
        let along = 0.5 * (2.0 * xy).atan2(xx - yy);
        let mut next = (along + std::f64::consts::FRAC_PI_2).rem_euclid(std::f64::consts::PI);
        if next > std::f64::consts::PI - 1e-12 {
            next = 0.0;
        }
        angle = next;
        rho = mx * angle.cos() + my * angle.sin();
    }
    (angle, rho)
}

fn with_support(grid: &Grid, gradient: &Gradient, angle: f64, rho: f64, reach: f64) -> CoarseLine {
    let (c, s) = (angle.cos(), angle.sin());
    let (w, h) = (grid.width as f64 - 1.0, grid.height as f64 - 1.0);
    let steps = 2 * reach as usize + 1;
    let mut cumulative = Vec::with_capacity(steps + 1);
    let mut steepness = Vec::with_capacity(steps + 1);
    let mut sum = (0.0f32, 0.0f32);
    cumulative.push(0.0);
    steepness.push(0.0);
    for k in 0..steps {
        let t = k as f64 - reach;
        let (x, y) = (rho * c - t * s, rho * s + t * c);
        let off = x < -1.0 || y < -1.0 || x > w + 1.0 || y > h + 1.0;
        let mut best = (0.0f32, 0.0f32);
        // One cell to either side: the coarse line may be off by that much at its ends.
        for side in [-1.0, -0.5, 0.0, 0.5, 1.0] {
            if off {
                break;
            }
            let (x, y) = (x + side * c, y + side * s);
            if x < 0.0 || y < 0.0 || x > w || y > h {
                continue;
            }
            let i = (y + 0.5) as usize * grid.width + (x + 0.5) as usize;
            let across = gradient.x[i] * c as f32 + gradient.y[i] * s as f32;
            let along = gradient.y[i] * c as f32 - gradient.x[i] * s as f32;
            // Texture points everywhere; an edge cell's gradient points across the line.
            if across.abs() > 2.0 * along.abs() {
                best.0 = best.0.max(gradient.evidence(across.abs()));
                best.1 = best.1.max(across.abs());
            }
        }
        sum = (sum.0 + best.0, sum.1 + best.1);
        cumulative.push(sum.0);
        steepness.push(sum.1);
    }
    CoarseLine {
        angle,
        rho,
        cumulative,
        steepness,
        reach,
    }
}
