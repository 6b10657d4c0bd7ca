//! Rectangles made of coarse lines, scored as card outlines; refusals where there is none, several, or a cut one.

use super::grid::Grid;
use super::lines::CoarseLine;
use super::options::{OutlineOptions, STANDARD_CARD_MM};
use crate::window::Clip;

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

    /// Area in cells.
    #[must_use]
    pub fn area(&self) -> f64 {
        let [w, h] = self.size();
        w * h
    }

    /// Mean of the corners.
    #[must_use]
    pub fn centre(&self) -> [f64; 2] {
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

    /// The x of row `y` that lie inside, at least `margin` cells from every side; `None` where there are none.
    #[must_use]
    pub fn row(&self, y: f64, margin: f64) -> Option<[f64; 2]> {
        let mut range = [-1e9, 1e9];
        for i in 0..4 {
            let (a, b) = (self.corners[i], self.corners[(i + 1) % 4]);
            let e = [b[0] - a[0], b[1] - a[1]];
            let offset = e[0] * (y - a[1]) + e[1] * a[0];
            Clip::new(-e[1], [margin * e[0].hypot(e[1]), f64::INFINITY]).narrow(&mut range, offset);
        }
        (range[0] <= range[1]).then_some(range)
    }

    /// Whether this is the card around a frame printed on it: nearly as well seen, larger, and not the faint rim of a sleeve.
    #[must_use]
    pub fn is_card_around(&self, inner: &Self) -> bool {
        let sleeve = self.margin(inner) < SLEEVE && self.strength < 0.5 * inner.strength;
        self.prior >= 0.95 * inner.prior && self.encloses(inner) && self.area() > 1.02 * inner.area() && !sleeve
    }

    /// This place and others so near to it that they may be the same card, most likely first.
    #[must_use]
    pub fn with_neighbours(self, found: &[Self]) -> Vec<Self> {
        let mut places = vec![self];
        for r in found {
            // An inner frame would be a wrong card, not a second guess: stay near the first place.
            let near = r.margin(&self) < 1.5 * SLEEVE;
            if places.len() < CANDIDATES && near && places.iter().all(|p| p.differs(r)) {
                places.push(*r);
            }
        }
        places
    }

    /// Largest gap between this rectangle's sides and those of one inside it, as a share of its width.
    fn margin(&self, inner: &Self) -> f64 {
        let gap = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
        (0..4)
            .map(|i| gap(self.corners[i], inner.corners[i]))
            .fold(0.0, f64::max)
            / self.size()[0].min(self.size()[1])
    }

    /// Whether any corner lies more than a cell and a half from the other's.
    #[must_use]
    pub fn differs(&self, other: &Self) -> bool {
        (0..4).any(|i| (self.corners[i][0] - other.corners[i][0]).hypot(self.corners[i][1] - other.corners[i][1]) > 1.5)
    }

    /// Whether all corners of the other lie inside, or on the sides.
    #[must_use]
    pub fn encloses(&self, other: &Self) -> bool {
        other.corners.iter().all(|c| self.contains(*c, -1.5))
    }
}

/// Least mean evidence a side must have.
const LEAST_SUPPORT: f64 = 0.4;
/// Least share of each side inside the picture for a card whose corner is cut.
const LEAST_VISIBLE: f64 = 0.3;
/// Least score of a card.
const LEAST_SCORE: f64 = 0.45;
/// A sleeve stands out this far at most, as a share of the card's width (2.2 mm of 63.5 mm).
const SLEEVE: f64 = 0.035;
/// Opposite sides may differ by this angle (perspective), radians.
const PARALLEL: f64 = 0.045;
/// Neighbouring sides may differ from a right angle by this, radians.
pub const RIGHT: f64 = 0.05;
/// Rectangles handed to the fine stage.
const CANDIDATES: usize = 8;

/// What rectangles are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What is known of the card.
    pub options: &'a OutlineOptions,
    /// Least area as a share of the picture.
    pub least_area: f64,
    /// Largest departure of the sides (of their ratio, where the scale is unknown) from a card's; `None`: only a prior.
    pub strict: Option<f64>,
    /// Whether corners may lie outside the picture.
    pub cut: bool,
}

impl Wanted<'_> {
    /// Whether sides of these lengths (cells) can be a card's; always so where nothing strict is wanted.
    #[must_use]
    pub fn fits(&self, size: [f64; 2], cell: f64, loosely: f64) -> bool {
        let Some(tolerance) = self.strict.map(|t| t * loosely) else {
            return true;
        };
        let expected = self.options.expected_size_mm.unwrap_or(STANDARD_CARD_MM);
        let (short, long) = (size[0].min(size[1]), size[0].max(size[1]));
        let (want_short, want_long) = (expected[0].min(expected[1]), expected[0].max(expected[1]));
        let near = |value: f64, want: f64| (value / want - 1.0).abs() <= tolerance;
        match self.options.pixel_pitch_mm {
            Some(pitch) => near(short * cell * pitch, want_short) && near(long * cell * pitch, want_long),
            None => near(short / long, want_short / want_long),
        }
    }

    /// Whether one side of this length (cells) can be a card's; always so where the scale is unknown.
    #[must_use]
    pub fn may_be_side(&self, length: f64, cell: f64) -> bool {
        let expected = self.options.expected_size_mm.unwrap_or(STANDARD_CARD_MM);
        match (self.strict, self.options.pixel_pitch_mm) {
            (Some(tolerance), Some(pitch)) => expected
                .iter()
                .any(|e| (length * cell * pitch / e - 1.0).abs() <= tolerance),
            _ => true,
        }
    }
}

/// All acceptable rectangles, best first.
#[must_use]
pub fn rectangles(grid: &Grid, lines: &[CoarseLine], wanted: &Wanted) -> Vec<Rectangle> {
    let pairs = parallel_pairs(grid, lines, wanted.least_area.sqrt() * 0.7);
    let mut found = Vec::new();
    for (i, a) in pairs.iter().enumerate() {
        for b in &pairs[i + 1..] {
            if !wanted.fits([a.apart, b.apart], grid.cell as f64, 2.0) {
                continue;
            }
            let turn = (lines[a.first].angle - lines[b.first].angle).rem_euclid(std::f64::consts::PI);
            if (turn - std::f64::consts::FRAC_PI_2).abs() > RIGHT {
                continue;
            }
            if let Some(r) = rectangle(grid, lines, a, b, wanted) {
                found.push(r);
            }
        }
    }
    found.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    found
}

/// Two lines that may be opposite sides.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// One line.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Cells between them, measured at the picture's middle.
    pub apart: f64,
}

/// All pairs of nearly parallel lines at least `least` of the shorter picture side apart.
#[must_use]
pub fn parallel_pairs(grid: &Grid, lines: &[CoarseLine], least: f64) -> Vec<Pair> {
    let least = least * grid.width.min(grid.height) as f64;
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
            let apart = (foot(&lines[i]) - foot(&lines[j])).abs();
            if apart >= least {
                pairs.push(Pair {
                    first: i,
                    second: j,
                    apart,
                });
            }
        }
    }
    pairs
}

fn rectangle(grid: &Grid, lines: &[CoarseLine], a: &Pair, b: &Pair, wanted: &Wanted) -> Option<Rectangle> {
    // The pair whose normals point more to the right makes the left and right sides.
    let steep = |p: &Pair| lines[p.first].normal()[0].abs();
    let (vertical, horizontal) = if steep(a) >= steep(b) { (a, b) } else { (b, a) };
    let order = |p: &Pair, other: usize, axis: usize| -> Option<(usize, usize)> {
        let (m, n) = (
            lines[p.first].meet(&lines[other])?,
            lines[p.second].meet(&lines[other])?,
        );
        Some(if m[axis] <= n[axis] {
            (p.first, p.second)
        } else {
            (p.second, p.first)
        })
    };
    let (left, right) = order(vertical, horizontal.first, 0)?;
    let (top, bottom) = order(horizontal, vertical.first, 1)?;
    let meet = |v: usize, h: usize| lines[v].meet(&lines[h]);
    let corners = [
        meet(left, top)?,
        meet(right, top)?,
        meet(right, bottom)?,
        meet(left, bottom)?,
    ];
    let (w, h) = (grid.width as f64 - 0.5, grid.height as f64 - 0.5);
    let cut = corners
        .iter()
        .any(|c| c[0] < -0.5 || c[1] < -0.5 || c[0] > w || c[1] > h);
    if cut != wanted.cut {
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
    if aspect < 0.4 || r.area() < wanted.least_area * w * h || !wanted.fits([width, height], grid.cell as f64, 1.0) {
        return None;
    }
    let mut beyond = 0.0;
    for (k, (line, p, q)) in [(left, 0, 3), (right, 1, 2), (top, 0, 1), (bottom, 3, 2)]
        .into_iter()
        .enumerate()
    {
        let (s, e) = (lines[line].along(corners[p]), lines[line].along(corners[q]));
        let (whole_start, whole_end) = (s.min(e), s.max(e));
        let (s, e) = if cut {
            let seen = lines[line].inside(grid)?;
            (whole_start.max(seen[0] + 2.0), whole_end.min(seen[1] - 2.0))
        } else {
            (whole_start, whole_end)
        };
        if e - s < LEAST_VISIBLE * (whole_end - whole_start) {
            return None;
        }
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
    r.prior = prior([width, height], grid.cell as f64, 0.008, 0.012, wanted.options);
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
    let shape = 0.75 + 0.25 * bell((size[0] / size[1]) / (expected[0] / expected[1]) - 1.0);
    match options.pixel_pitch_mm {
        Some(pitch) => {
            let part = |k: usize| (size[k] * cell * pitch / expected[k] - 1.0).abs();
            // A scale that fits no card at all may be wrong; the shape still tells the card from a frame printed on it.
            0.4 * shape + 0.6 * bell(part(0).max(part(1)))
        }
        None => shape,
    }
}

/// What the coarse picture says about the card.
pub enum Verdict {
    /// Places of one card, the likeliest first; the fine stage takes the first whose edges it can follow.
    Card(Vec<Rectangle>),
    /// No whole card.
    Nothing,
    /// Another one lies beside it.
    Several,
}

/// Chooses among rectangles: the best one, unless another nearly as good encloses it (an inner frame is not the card,
/// but a sleeve's faint edge just outside it is not either).
#[must_use]
pub fn judge(found: &[Rectangle]) -> Verdict {
    let Some(best) = found.first() else {
        return Verdict::Nothing;
    };
    let mut card = *best;
    for r in found.iter().filter(|r| r.rank >= 0.8 * best.rank) {
        if r.is_card_around(&card) {
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
    Verdict::Card(card.with_neighbours(found))
}
