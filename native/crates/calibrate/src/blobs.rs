//! Dark four-sided blobs of a picture: what markers look like before they are read.

use crate::light::Sums;
use imaging::Plane;

/// Four corners in clockwise order (as seen, y down), px of the picture that was searched.
pub(crate) type Quad = [[f64; 2]; 4];

/// A pixel is dark when it has less than this share of the mean light around it.
const DARK: f64 = 0.75;
/// Smallest side of a marker, px.
const LEAST_SIDE: f64 = 9.0;

/// Four-sided dark blobs under a local threshold with windows of half side `half`.
pub(crate) fn dark_quads(plane: &Plane, sums: &Sums, half: usize) -> Vec<Quad> {
    let (width, height) = (plane.width, plane.height);
    let mut dark: Vec<bool> = (0..width * height)
        .map(|i| f64::from(plane.data[i]) < DARK * sums.mean(i % width, i / width, half))
        .collect();
    let most = width * height / 6;
    let mut quads = Vec::new();
    let mut stack = Vec::new();
    for start in 0..width * height {
        if !dark[start] {
            continue;
        }
        dark[start] = false;
        stack.push(start);
        let (mut area, mut cut) = (0, false);
        // Leftmost and rightmost pixel of each row are enough for the hull.
        let mut rows: std::collections::BTreeMap<usize, (usize, usize)> = std::collections::BTreeMap::new();
        while let Some(at) = stack.pop() {
            area += 1;
            let (x, y) = (at % width, at / width);
            let span = rows.entry(y).or_insert((x, x));
            *span = (span.0.min(x), span.1.max(x));
            cut |= x == 0 || y == 0 || x + 1 == width || y + 1 == height;
            let mut visit = |next: usize| {
                if dark[next] {
                    dark[next] = false;
                    stack.push(next);
                }
            };
            if x > 0 {
                visit(at - 1);
            }
            if x + 1 < width {
                visit(at + 1);
            }
            if y > 0 {
                visit(at - width);
            }
            if y + 1 < height {
                visit(at + width);
            }
        }
        if !cut && area as f64 >= 0.4 * LEAST_SIDE * LEAST_SIDE && area < most {
            let points: Vec<[f64; 2]> = rows
                .iter()
                .flat_map(|(y, (a, b))| [[*a as f64, *y as f64], [*b as f64, *y as f64]])
                .collect();
            quads.extend(quad_of(&points, area as f64));
        }
    }
    quads
}

/// The quadrilateral that a blob fills, if it does.
fn quad_of(points: &[[f64; 2]], area: f64) -> Option<Quad> {
    let mut hull = convex_hull(points);
    let whole = polygon_area(&hull);
    if hull.len() < 4 || whole < 1.0 {
        return None;
    }
    // The corner that spans the least triangle goes until four are left (Visvalingam & Whyatt 1993).
    while hull.len() > 4 {
        let n = hull.len();
        let least = (0..n)
            .map(|i| (i, polygon_area(&[hull[(i + n - 1) % n], hull[i], hull[(i + 1) % n]])))
            .min_by(|a, b| a.1.total_cmp(&b.1))?
            .0;
        hull.remove(least);
    }
    let quad: Quad = [hull[0], hull[1], hull[2], hull[3]];
    let own = polygon_area(&quad);
    let sides: Vec<f64> = (0..4)
        .map(|i| {
            let (a, b) = (quad[i], quad[(i + 1) % 4]);
            (a[0] - b[0]).hypot(a[1] - b[1])
        })
        .collect();
    let (shortest, longest) = (
        sides.iter().copied().fold(f64::MAX, f64::min),
        sides.iter().copied().fold(0.0, f64::max),
    );
    let fits = own > 0.8 * whole && area > 0.4 * own && shortest >= LEAST_SIDE && longest < 4.0 * shortest;
    fits.then(|| grown(quad))
}

/// Blobs end at pixel centres; their outline lies half a pixel further out.
fn grown(quad: Quad) -> Quad {
    let centre = [0, 1].map(|a| quad.iter().map(|p| p[a]).sum::<f64>() / 4.0);
    quad.map(|p| {
        let (dx, dy) = (p[0] - centre[0], p[1] - centre[1]);
        let length = dx.hypot(dy).max(1e-9);
        let factor = 1.0 + std::f64::consts::FRAC_1_SQRT_2 / length;
        [centre[0] + dx * factor, centre[1] + dy * factor]
    })
}

/// Corners of the convex hull, clockwise as seen (Andrew's monotone chain, 1979).
fn convex_hull(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let turn = |o: [f64; 2], a: [f64; 2], b: [f64; 2]| (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
    let chain = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut out: Vec<[f64; 2]> = Vec::new();
        for p in points {
            while out.len() >= 2 && turn(out[out.len() - 2], out[out.len() - 1], p) <= 0.0 {
                out.pop();
            }
            out.push(p);
        }
        out.pop();
        out
    };
    let mut hull = chain(&mut sorted.iter().copied());
    hull.extend(chain(&mut sorted.iter().rev().copied()));
    hull
}

fn polygon_area(points: &[[f64; 2]]) -> f64 {
    let n = points.len();
    let twice: f64 = (0..n)
        .map(|i| {
            let (a, b) = (points[i], points[(i + 1) % n]);
            a[0] * b[1] - a[1] * b[0]
        })
        .sum();
    twice.abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilted_dark_square_is_found_with_its_corners_clockwise() {
        let mut plane = Plane::filled(220, 200, 0.8);
        let corners = [[30.0, 20.0], [80.0, 28.0], [72.0, 78.0], [22.0, 70.0]];
        for y in 0..200 {
            for x in 0..220 {
                let inside = (0..4).all(|i| {
                    let (a, b): ([f64; 2], [f64; 2]) = (corners[i], corners[(i + 1) % 4]);
                    (b[0] - a[0]) * (y as f64 - a[1]) - (b[1] - a[1]) * (x as f64 - a[0]) >= 0.0
                });
                if inside {
                    plane.data[y * 220 + x] = 0.05;
                }
            }
        }
        let quads = dark_quads(&plane, &Sums::new(&plane), 40);
        assert_eq!(quads.len(), 1);
        for corner in corners {
            let nearest = quads[0]
                .iter()
                .map(|q| (q[0] - corner[0]).hypot(q[1] - corner[1]))
                .fold(f64::MAX, f64::min);
            assert!(nearest < 1.5, "{corner:?} off by {nearest}");
        }
        let [a, b, c, _] = quads[0];
        assert!((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0.0);
    }

    #[test]
    fn round_and_thin_blobs_are_no_markers() {
        let mut plane = Plane::filled(200, 100, 0.8);
        for y in 0..100i32 {
            for x in 0..200i32 {
                let disc = (x - 40) * (x - 40) + (y - 50) * (y - 50) < 900;
                let stripe = (100..180).contains(&x) && (48..54).contains(&y);
                if disc || stripe {
                    plane.data[(y * 200 + x) as usize] = 0.05;
                }
            }
        }
        assert!(dark_quads(&plane, &Sums::new(&plane), 60).is_empty());
    }
}
