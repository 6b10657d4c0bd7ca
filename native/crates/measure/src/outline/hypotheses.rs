//! Rectangles made of coarse lines, scored as card outlines; refusals where there is none, several, or a cut one.

use super::grid::Grid;
use super::lines::CoarseLine;
use super::options::{OutlineOptions, STANDARD_CARD_MM};

/// A rectangle in cells: corners in order top left, top right, bottom right, bottom left.
#[derive(Clone, Copy, Debug)]
pub struct Rectangle {
    /// Corners in cells.
    pub corners: [[f64; 2]; 4],
    /// Evidence along the left, right, top and bottom sides, 0..1.
    pub support: [f64; 4],
    /// Support of the sides and of their ends, 0..1.
    pub score: f64,
    /// Score times how well size and shape fit a card.
    pub rank: f64,
    /// How well size and shape fit a card, 0..1.
    prior: f64,
    /// Mean gradient of the faintest side.
    pub strength: f64,
}

impl Rectangle {
    /// Mean width and height in cells.
    #[must_use]
    pub fn size(&self) -> [f64; 2] {
        let d = |a: usize, b: usize| {
            (self.corners[a][0] - self.corners[b][0]).hypot(self.corners[a][1] - self.corners[b][1])
        };
        [0.5 * (d(0, 1) + d(3, 2)), 0.5 * (d(0, 3) + d(1, 2))]
    }

    fn area(&self) -> f64 {
        let [w, h] = self.size();
        w * h
    }

    fn centre(&self) -> [f64; 2] {
        let sum = |k: usize| self.corners.iter().map(|c| c[k]).sum::<f64>() / 4.0;
        [sum(0), sum(1)]
    }

    /// Whether a point lies inside, at least `margin` cells from every side.
    #[must_use]
    pub fn contains(&self, p: [f64; 2], margin: f64) -> bool {
        (0..4).all(|i| {
            let (a, b) = (self.corners[i], self.corners[(i + 1) % 4]);
            let e = [b[0] - a[0], b[1] - a[1]];
            let distance = (e[0] * (p[1] - a[1]) - e[1] * (p[0] - a[0])) / e[0].hypot(e[1]);
            distance >= margin
        })
    }

    /// Largest gap between this rectangle's sides and those of one inside it, as a share of its width.
    fn margin(&self, inner: &Self) -> f64 {
        let gap = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
        (0..4)
            .map(|i| gap(self.corners[i], inner.corners[i]))
            .fold(0.0, f64::max)
            / self.size()[0].min(self.size()[1])
    }

    fn differs(&self, other: &Self) -> bool {
        (0..4).any(|i| (self.corners[i][0] - other.corners[i][0]).hypot(self.corners[i][1] - other.corners[i][1]) > 1.5)
    }

    fn encloses(&self, other: &Self) -> bool {
        other.corners.iter().all(|c| self.contains(*c, -1.5))
    }
}

/// Least mean evidence a side must have.
const LEAST_SUPPORT: f64 = 0.4;
/// Least score of a card.
const LEAST_SCORE: f64 = 0.45;
/// A sleeve stands out this far at most, as a share of the card's width (2.2 mm of 63.5 mm).
const SLEEVE: f64 = 0.035;
/// Opposite sides may differ by this angle (perspective), radians.
const PARALLEL: f64 = 0.045;
/// Neighbouring sides may differ from a right angle by this, radians.
const RIGHT: f64 = 0.05;

/// All acceptable rectangles, best first.
#[must_use]
pub fn rectangles(grid: &Grid, lines: &[CoarseLine], options: &OutlineOptions) -> Vec<Rectangle> {
    let pairs = parallel_pairs(grid, lines);
    let mut found = Vec::new();
    for (i, a) in pairs.iter().enumerate() {
        for b in &pairs[i + 1..] {
            let turn = (lines[a.0].angle - lines[b.0].angle).rem_euclid(std::f64::consts::PI);
            if (turn - std::f64::consts::FRAC_PI_2).abs() > RIGHT {
                continue;
            }
            if let Some(r) = rectangle(grid, lines, *a, *b, options) {
                found.push(r);
            }
        }
    }
    found.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    found
}

fn parallel_pairs(grid: &Grid, lines: &[CoarseLine]) -> Vec<(usize, usize)> {
    let least = 0.12 * grid.width.min(grid.height) as f64;
    let middle = [grid.width as f64 / 2.0, grid.height as f64 / 2.0];
    let mut pairs = Vec::new();
    for i in 0..lines.len() {
        for j in i + 1..lines.len() {
            let turn = (lines[i].angle - lines[j].angle).rem_euclid(std::f64::consts::PI);
            if turn.min(std::f64::consts::PI - turn) > PARALLEL {
                continue;
            }
            let n = lines[i].normal();
            let foot = |l: &CoarseLine| {
                let m = l.normal();
                let d = l.rho - (middle[0] * m[0] + middle[1] * m[1]);
                d * (m[0] * n[0] + m[1] * n[1]).signum()
            };
            if (foot(&lines[i]) - foot(&lines[j])).abs() >= least {
                pairs.push((i, j));
            }
        }
    }
    pairs
}

fn rectangle(
    grid: &Grid,
    lines: &[CoarseLine],
    a: (usize, usize),
    b: (usize, usize),
    options: &OutlineOptions,
) -> Option<Rectangle> {
    // The pair whose normals point more to the right makes the left and right sides.
    let steep = |p: (usize, usize)| lines[p.0].normal()[0].abs();
    let (vertical, horizontal) = if steep(a) >= steep(b) { (a, b) } else { (b, a) };
    let order = |p: (usize, usize), other: usize, axis: usize| -> Option<(usize, usize)> {
        let (m, n) = (lines[p.0].meet(&lines[other])?, lines[p.1].meet(&lines[other])?);
        Some(if m[axis] <= n[axis] { p } else { (p.1, p.0) })
    };
    let (left, right) = order(vertical, horizontal.0, 0)?;
    let (top, bottom) = order(horizontal, vertical.0, 1)?;
    let meet = |v: usize, h: usize| lines[v].meet(&lines[h]);
    let corners = [
        meet(left, top)?,
        meet(right, top)?,
        meet(right, bottom)?,
        meet(left, bottom)?,
    ];
    let (w, h) = (grid.width as f64 - 0.5, grid.height as f64 - 0.5);
    if corners
        .iter()
        .any(|c| c[0] < -0.5 || c[1] < -0.5 || c[0] > w || c[1] > h)
    {
        return None;
    }
    let mut r = Rectangle {
        corners,
        support: [0.0; 4],
        score: 0.0,
        rank: 0.0,
        prior: 0.0,
        strength: f64::INFINITY,
    };
    let [width, height] = r.size();
    let aspect = width.min(height) / width.max(height);
    if aspect < 0.4 || r.area() < 0.03 * w * h {
        return None;
    }
    let mut beyond = 0.0;
    for (k, (line, p, q)) in [(left, 0, 3), (right, 1, 2), (top, 0, 1), (bottom, 3, 2)]
        .into_iter()
        .enumerate()
    {
        let (s, e) = (lines[line].along(corners[p]), lines[line].along(corners[q]));
        let (s, e) = (s.min(e), s.max(e));
        // Rounded corners take 5 % at most.
        let skip = 0.05 * (e - s);
        r.support[k] = lines[line].support(s + skip, e - skip);
        r.strength = r.strength.min(lines[line].strength(s + skip, e - skip));
        // A card's edges end at its corners; those of a frame inside or a strip beside it may run on.
        let over = 0.045 * (e - s);
        beyond += lines[line].support(s - over, s - 1.5) + lines[line].support(e + 1.5, e + over);
    }
    let least = r.support.iter().copied().fold(1.0, f64::min);
    if least < LEAST_SUPPORT {
        return None;
    }
    let mean = r.support.iter().sum::<f64>() / 4.0;
    r.score = 0.6 * mean + 0.4 * least - 0.4 * beyond / 8.0;
    r.prior = prior([width, height], grid.cell as f64, 0.008, 0.012, options);
    r.rank = r.score * r.prior * squareness(&corners, 0.02);
    (r.score >= LEAST_SCORE).then_some(r)
}

/// 1 for right angles, less from 0.6 `half` radians on, one half at 1.6 `half`; a camera seldom looks that far askew.
#[must_use]
pub fn squareness(c: &[[f64; 2]; 4], half: f64) -> f64 {
    let worst = (0..4)
        .map(|i| {
            let (a, b, d) = (c[i], c[(i + 1) % 4], c[(i + 3) % 4]);
            let (e, f) = ([b[0] - a[0], b[1] - a[1]], [d[0] - a[0], d[1] - a[1]]);
            ((e[0] * f[0] + e[1] * f[1]) / (e[0].hypot(e[1]) * f[0].hypot(f[1]))).abs()
        })
        .fold(0.0, f64::max);
    1.0 / (1.0 + ((worst - 0.6 * half).max(0.0) / half).powi(2))
}

/// How plausible a size is for a card: by millimetres where the scale is known, by shape otherwise.
///
/// `size` is in units of `cell` px; deviations up to `slack` cost nothing, `half` more halves the bell.
#[must_use]
pub fn prior(size: [f64; 2], cell: f64, slack: f64, half: f64, options: &OutlineOptions) -> f64 {
    let upright = size[1] >= size[0];
    let expected = options.expected_size_mm.unwrap_or(if upright {
        STANDARD_CARD_MM
    } else {
        [STANDARD_CARD_MM[1], STANDARD_CARD_MM[0]]
    });
    let bell = |deviation: f64| 1.0 / (1.0 + ((deviation.abs() - slack).max(0.0) / half).powi(2));
    match options.pixel_pitch_mm {
        Some(pitch) => {
            let part = |k: usize| (size[k] * cell * pitch / expected[k] - 1.0).abs();
            0.4 + 0.6 * bell(part(0).max(part(1)))
        }
        None => 0.75 + 0.25 * bell((size[0] / size[1]) / (expected[0] / expected[1]) - 1.0),
    }
}

/// What the coarse picture says about the card.
pub enum Verdict {
    /// Places of one card, the likeliest first; the fine stage takes the first whose edges it can follow.
    Card(Vec<Rectangle>),
    /// No card.
    Nothing,
    /// Part of it is outside the image.
    CutOff,
    /// Another one lies beside it.
    Several,
}

/// Rectangles handed to the fine stage.
const CANDIDATES: usize = 8;

/// Chooses among rectangles: the best one, unless another nearly as good encloses it (an inner frame is not the card,
/// but a sleeve's faint edge just outside it is not either).
#[must_use]
pub fn judge(grid: &Grid, lines: &[CoarseLine], found: &[Rectangle]) -> Verdict {
    let Some(best) = found.first() else {
        return if reaches_border(grid, lines) {
            Verdict::CutOff
        } else {
            Verdict::Nothing
        };
    };
    let mut card = *best;
    for r in found.iter().filter(|r| r.rank >= 0.8 * best.rank) {
        let sleeve = r.margin(&card) < SLEEVE && r.strength < 0.5 * card.strength;
        if r.prior >= 0.95 * card.prior && r.encloses(&card) && r.area() > 1.02 * card.area() && !sleeve {
            card = *r;
        }
    }
    let beside = |r: &&Rectangle| {
        let ratio = r.area() / card.area();
        r.score >= 0.85 * card.score
            && (0.6..1.6).contains(&ratio)
            && !card.contains(r.centre(), -2.0)
            && r.corners.iter().all(|c| !card.contains(*c, 1.0))
            && card.corners.iter().all(|c| !r.contains(*c, 1.0))
    };
    if found.iter().any(|r| beside(&r)) {
        return Verdict::Several;
    }
    let mut places = vec![card];
    for r in found {
        // An inner frame would be a wrong card, not a second guess: stay near the first place.
        let near = r.margin(&card) < 1.5 * SLEEVE;
        if places.len() < CANDIDATES && near && places.iter().all(|p| p.differs(r)) {
            places.push(*r);
        }
    }
    Verdict::Card(places)
}

/// Two long parallel edges that a third one joins and that run on to the image border: a card that is cut off.
fn reaches_border(grid: &Grid, lines: &[CoarseLine]) -> bool {
    let far = (grid.width as f64).hypot(grid.height as f64);
    for (i, j) in parallel_pairs(grid, lines) {
        for third in lines {
            let turn = (third.angle - lines[i].angle).rem_euclid(std::f64::consts::PI);
            if (turn - std::f64::consts::FRAC_PI_2).abs() > RIGHT {
                continue;
            }
            let (Some(p), Some(q)) = (lines[i].meet(third), lines[j].meet(third)) else {
                continue;
            };
            if [p, q].iter().any(|c| outside(grid, *c)) {
                continue;
            }
            if third.support(third.along(p), third.along(q)) < 0.6 {
                continue;
            }
            for direction in [-1.0, 1.0] {
                let runs = |line: &CoarseLine, from: [f64; 2]| {
                    let start = line.along(from);
                    let sense = line.angle - lines[i].angle;
                    let direction = if sense.abs() > 1.0 { -direction } else { direction };
                    let length = border_distance(grid, line, from, direction, far);
                    length > 0.2 * grid.width.min(grid.height) as f64
                        && line.support(start, start + direction * length) > 0.7
                        && line.support(start - direction * 0.15 * length, start - 2.0 * direction) < 0.3
                };
                if runs(&lines[i], p) && runs(&lines[j], q) {
                    return true;
                }
            }
        }
    }
    false
}

fn outside(grid: &Grid, c: [f64; 2]) -> bool {
    c[0] < 0.0 || c[1] < 0.0 || c[0] > grid.width as f64 - 1.0 || c[1] > grid.height as f64 - 1.0
}

/// Cells from a point along a line to the last cells that carry a gradient.
fn border_distance(grid: &Grid, line: &CoarseLine, from: [f64; 2], direction: f64, far: f64) -> f64 {
    let step = [-line.angle.sin() * direction, line.angle.cos() * direction];
    let mut length = 0.0;
    while length < far
        && !outside(
            grid,
            [from[0] + step[0] * (length + 3.0), from[1] + step[1] * (length + 3.0)],
        )
    {
        length += 1.0;
    }
    length
}
