//! Cards that run out of the picture: which sides of the picture cut them.

use super::grid::Grid;
use super::hypotheses::{Pair, RIGHT, Rectangle, Wanted, parallel_pairs, rectangles};
use super::lines::CoarseLine;
use super::polygon;
use crate::geometry::Side;

/// A card of which only a part is in the picture.
#[derive(Clone, Debug)]
pub struct CutCard {
    /// Corners of the visible part in cells.
    pub visible: Vec<[f64; 2]>,
    /// Sides of the picture that cut it, in the order of [`Side::ALL`].
    pub sides: Vec<Side>,
}

/// Sides of the picture as words: "right side", "top and right sides".
#[must_use]
pub fn words(sides: &[Side]) -> String {
    let names: Vec<&str> = sides.iter().map(|s| s.name()).collect();
    match names.as_slice() {
        [] => "border".into(),
        [one] => format!("{one} side"),
        [first @ .., last] => format!("{} and {last} sides", first.join(", ")),
    }
}

/// Sides of the picture beyond which some of the points lie, by more than half a cell.
#[must_use]
pub fn beyond(points: &[[f64; 2]], width: f64, height: f64) -> Vec<Side> {
    let any = |test: &dyn Fn(&[f64; 2]) -> bool| points.iter().any(test);
    let out = [
        any(&|p| p[0] < -0.5),
        any(&|p| p[0] > width - 0.5),
        any(&|p| p[1] < -0.5),
        any(&|p| p[1] > height - 0.5),
    ];
    Side::ALL.into_iter().filter(|s| out[s.index()]).collect()
}

/// Cards of which a corner, an end or all but one corner is outside the picture, the most complete first.
#[must_use]
pub fn find(grid: &Grid, lines: &[CoarseLine], wanted: &Wanted) -> Vec<CutCard> {
    let mut found: Vec<CutCard> = rectangles(grid, lines, &Wanted { cut: true, ..*wanted })
        .iter()
        .map(|r| of_rectangle(grid, r))
        .collect();
    found.extend(ends(grid, lines, wanted));
    found.extend(corners(grid, lines));
    found
}

fn of_rectangle(grid: &Grid, r: &Rectangle) -> CutCard {
    let (w, h) = (grid.width as f64, grid.height as f64);
    CutCard {
        visible: r
            .corners
            .iter()
            .map(|c| [c[0].clamp(0.0, w - 1.0), c[1].clamp(0.0, h - 1.0)])
            .collect(),
        sides: beyond(&r.corners, w, h),
    }
}

/// Two long parallel edges that a third one joins and that run on to the picture's border.
fn ends(grid: &Grid, lines: &[CoarseLine], wanted: &Wanted) -> Vec<CutCard> {
    let mut found = Vec::new();
    for Pair { first, second, .. } in parallel_pairs(grid, lines, wanted.least_area.sqrt() * 0.7) {
        let (a, b) = (&lines[first], &lines[second]);
        for third in lines {
            if !square(a, third) {
                continue;
            }
            let (Some(p), Some(q)) = (a.meet(third), b.meet(third)) else {
                continue;
            };
            let apart = (p[0] - q[0]).hypot(p[1] - q[1]);
            if outside(grid, p) || outside(grid, q) || !wanted.may_be_side(apart, grid.cell as f64) {
                continue;
            }
            if third.support(third.along(p), third.along(q)) < 0.6 {
                continue;
            }
            for direction in [-1.0, 1.0] {
                let sense = if (b.angle - a.angle).abs() > 1.0 {
                    -direction
                } else {
                    direction
                };
                if let (Some(x), Some(y)) = (runs_out(grid, a, p, direction), runs_out(grid, b, q, sense)) {
                    found.push(CutCard {
                        sides: nearest_sides(grid, &[x, y]),
                        visible: vec![p, q, y, x],
                    });
                }
            }
        }
    }
    found
}

/// Two edges that meet at a right angle, end there, and both run on to the picture's border.
fn corners(grid: &Grid, lines: &[CoarseLine]) -> Vec<CutCard> {
    let mut found = Vec::new();
    for (i, a) in lines.iter().enumerate() {
        for b in &lines[i + 1..] {
            let Some(p) = a.meet(b).filter(|p| square(a, b) && !outside(grid, *p)) else {
                continue;
            };
            let out = |line: &CoarseLine| [-1.0, 1.0].into_iter().find_map(|d| runs_out(grid, line, p, d));
            if let (Some(x), Some(y)) = (out(a), out(b)) {
                found.push(CutCard {
                    sides: nearest_sides(grid, &[x, y]),
                    visible: vec![p, x, y],
                });
            }
        }
    }
    found
}

fn square(a: &CoarseLine, b: &CoarseLine) -> bool {
    let turn = (a.angle - b.angle).rem_euclid(std::f64::consts::PI);
    (turn - std::f64::consts::FRAC_PI_2).abs() <= RIGHT
}

fn outside(grid: &Grid, c: [f64; 2]) -> bool {
    c[0] < 0.0 || c[1] < 0.0 || c[0] > grid.width as f64 - 1.0 || c[1] > grid.height as f64 - 1.0
}

/// Where a line that starts at `from` leaves the picture, if its edge is seen all the way and not on the other side.
fn runs_out(grid: &Grid, line: &CoarseLine, from: [f64; 2], direction: f64) -> Option<[f64; 2]> {
    let start = line.along(from);
    let [low, high] = line.inside(grid)?;
    // The outermost cells carry no gradient.
    let end = if direction > 0.0 { high - 3.0 } else { low + 3.0 };
    let length = (end - start) * direction;
    let long = length > 0.2 * grid.width.min(grid.height) as f64;
    let seen = long && line.support(start, end) > 0.7;
    let ends_here = line.support(start - direction * 0.15 * length, start - direction * 2.0) < 0.3;
    (seen && ends_here).then(|| line.point(end))
}

/// The picture's sides nearest to each of some points.
fn nearest_sides(grid: &Grid, points: &[[f64; 2]]) -> Vec<Side> {
    let nearest = |p: &[f64; 2]| {
        let gaps = [
            p[0],
            grid.width as f64 - 1.0 - p[0],
            p[1],
            grid.height as f64 - 1.0 - p[1],
        ];
        Side::ALL
            .into_iter()
            .min_by(|a, b| gaps[a.index()].total_cmp(&gaps[b.index()]))
    };
    let sides: Vec<Side> = points.iter().filter_map(nearest).collect();
    Side::ALL.into_iter().filter(|s| sides.contains(s)).collect()
}

/// Departure from a card's size (or shape, where the scale is unknown) above which a rectangle may be a printed frame.
const NO_CARD: f64 = 0.02;
/// Departure allowed for the card around it.
const CARD: f64 = 0.02;

/// A cut card around a rectangle that has not a card's size itself: then the rectangle is a frame printed on that card.
#[must_use]
pub fn around(grid: &Grid, lines: &[CoarseLine], inner: &Rectangle, wanted: &Wanted) -> Option<CutCard> {
    let is_card = Wanted {
        strict: Some(NO_CARD),
        ..*wanted
    };
    if is_card.fits(inner.size(), grid.cell as f64, 1.0) {
        return None;
    }
    let [w, h] = inner.size();
    let inside = |card: &CutCard| {
        let shared = polygon::area(&polygon::intersection(&inner.corners, &clockwise(&card.visible)));
        let near = polygon::area(&card.visible) < 1.5 * w * h;
        near && shared > 0.98 * inner.area()
    };
    let strict = Wanted {
        strict: Some(CARD),
        ..*wanted
    };
    find(grid, lines, &strict).into_iter().find(inside)
}

/// The same corners in the sense that [`polygon::intersection`] asks for.
#[must_use]
pub fn clockwise(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let n = points.len();
    let twice: f64 = (0..n)
        .map(|i| points[i][0] * points[(i + 1) % n][1] - points[i][1] * points[(i + 1) % n][0])
        .sum();
    let mut out = points.to_vec();
    if twice < 0.0 {
        out.reverse();
    }
    out
}
