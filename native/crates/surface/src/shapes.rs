//! Outlines of findings: convex hulls of pixel sets, bands along lines, areas and boxes.

use crate::frame::Frame;

/// Convex hull (Andrew's monotone chain, 1979), counter-clockwise in a y-up frame.
pub fn hull(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut p = points.to_vec();
    p.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    p.dedup();
    if p.len() < 3 {
        return p;
    }
    let cross = |o: [f64; 2], a: [f64; 2], b: [f64; 2]| (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
    let half = |it: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut h: Vec<[f64; 2]> = Vec::new();
        for q in it {
            while h.len() >= 2 && cross(h[h.len() - 2], h[h.len() - 1], q) <= 0.0 {
                h.pop();
            }
            h.push(q);
        }
        h.pop();
        h
    };
    let mut out = half(&mut p.iter().copied());
    out.extend(half(&mut p.iter().rev().copied()));
    out
}

/// Hull of square pixels of side `side` round the points.
pub fn pixel_hull(points: &[[f64; 2]], side: f64) -> Vec<[f64; 2]> {
    let h = 0.5 * side;
    let corners = points
        .iter()
        .flat_map(|p| [[-h, -h], [h, -h], [h, h], [-h, h]].map(|d| [p[0] + d[0], p[1] + d[1]]));
    hull(&corners.collect::<Vec<_>>())
}

/// Area of a polygon (shoelace).
pub fn area(poly: &[[f64; 2]]) -> f64 {
    let n = poly.len();
    0.5 * (0..n)
        .map(|i| poly[i][0] * poly[(i + 1) % n][1] - poly[(i + 1) % n][0] * poly[i][1])
        .sum::<f64>()
        .abs()
}

/// Band of half-width `half` round a path.
pub fn band(path: &[[f64; 2]], half: f64) -> Vec<[f64; 2]> {
    let n = path.len();
    let side = |s: f64| {
        (0..n).map(move |i| {
            let (a, b) = (path[i.saturating_sub(1)], path[(i + 1).min(n - 1)]);
            let d = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-12);
            [path[i][0] - s * (b[1] - a[1]) / d, path[i][1] + s * (b[0] - a[0]) / d]
        })
    };
    let mut out: Vec<[f64; 2]> = side(half).collect();
    let back: Vec<[f64; 2]> = side(-half).collect();
    out.extend(back.into_iter().rev());
    out
}

/// Every point kept whose removal would move the path by more than `tolerance` (Douglas and Peucker, 1973).
pub fn simplify(path: &[[f64; 2]], tolerance: f64) -> Vec<[f64; 2]> {
    if path.len() < 3 {
        return path.to_vec();
    }
    let mut keep = vec![false; path.len()];
    keep[0] = true;
    keep[path.len() - 1] = true;
    let mut stack = vec![(0, path.len() - 1)];
    while let Some((a, b)) = stack.pop() {
        let far = (a + 1..b)
            .map(|i| (off_segment(path[i], path[a], path[b]), i))
            .max_by(|u, v| u.0.total_cmp(&v.0));
        if let Some((d, i)) = far.filter(|f| f.0 > tolerance) {
            debug_assert!(d.is_finite());
            keep[i] = true;
            stack.extend([(a, i), (i, b)]);
        }
    }
    path.iter().zip(keep).filter(|(_, k)| *k).map(|(p, _)| *p).collect()
}

/// Distance of a point from a segment.
pub fn off_segment(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let len2 = dx * dx + dy * dy;
    let t = if len2 > 0.0 {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / len2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}

/// Whether a point lies in a polygon (even-odd).
pub fn contains(poly: &[[f64; 2]], p: [f64; 2]) -> bool {
    let n = poly.len();
    let crosses = |i: &usize| {
        let (a, b) = (poly[*i], poly[(i + 1) % n]);
        (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]
    };
    (0..n).filter(crosses).count() % 2 == 1
}

/// Box x0, y0, x1, y1 of a polygon.
pub fn bounds(poly: &[[f64; 2]]) -> [f64; 4] {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    poly.iter().fold(start, |b, p| {
        [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
    })
}

/// A polygon from pixels to the card's frame.
pub fn to_mm(frame: &Frame, poly: &[[f64; 2]]) -> Vec<[f64; 2]> {
    poly.iter().map(|&p| frame.mm(p)).collect()
}

/// Largest and smallest caliper width of a convex polygon.
pub fn calipers(poly: &[[f64; 2]]) -> [f64; 2] {
    let extent = |a: f64| {
        let (s, c) = a.sin_cos();
        let v = poly.iter().map(|p| p[0] * c + p[1] * s);
        v.clone().fold(f64::NEG_INFINITY, f64::max) - v.fold(f64::INFINITY, f64::min)
    };
    let widths = (0..90).map(|i| extent(f64::from(i).to_radians() * 2.0));
    widths.fold([0.0, f64::INFINITY], |m, w| [m[0].max(w), m[1].min(w)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hull_of_a_filled_square_is_its_four_corners() {
        let points: Vec<[f64; 2]> = (0..25).map(|i| [f64::from(i % 5), f64::from(i / 5)]).collect();
        let h = hull(&points);
        assert_eq!(h.len(), 4);
        assert!((area(&h) - 16.0).abs() < 1e-12);
        assert!((area(&pixel_hull(&points, 1.0)) - 25.0).abs() < 1e-12);
        assert!(contains(&h, [2.0, 2.0]) && !contains(&h, [5.0, 2.0]));
    }

    #[test]
    fn the_band_of_a_straight_path_has_its_width() {
        let b = band(&[[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]], 0.5);
        assert!((area(&b) - 20.0).abs() < 1e-12);
        assert_eq!(bounds(&b), [0.0, -0.5, 20.0, 0.5]);
    }

    #[test]
    fn simplifying_keeps_the_corner_of_an_angle() {
        let path: Vec<[f64; 2]> = (0..21)
            .map(|i| [f64::from(i), if i > 10 { f64::from(i - 10) } else { 0.0 }])
            .collect();
        assert_eq!(simplify(&path, 0.1), vec![[0.0, 0.0], [10.0, 0.0], [20.0, 10.0]]);
    }
}
