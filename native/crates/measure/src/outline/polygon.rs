//! Areas and distances of convex polygons, in whatever unit their points have.

/// Area, positive for either sense of turning.
#[must_use]
pub fn area(polygon: &[[f64; 2]]) -> f64 {
    let n = polygon.len();
    let twice: f64 = (0..n)
        .map(|i| {
            let (a, b) = (polygon[i], polygon[(i + 1) % n]);
            a[0] * b[1] - a[1] * b[0]
        })
        .sum();
    0.5 * twice.abs()
}

/// Part of `subject` inside the convex polygon `clip`, whose corners run clockwise with y down (Sutherland and Hodgman 1974).
#[must_use]
pub fn intersection(subject: &[[f64; 2]], clip: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut out = subject.to_vec();
    for i in 0..clip.len() {
        let (a, b) = (clip[i], clip[(i + 1) % clip.len()]);
        let inside = |p: &[f64; 2]| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
        let input = std::mem::take(&mut out);
        for (k, p) in input.iter().enumerate() {
            let previous = input[(k + input.len() - 1) % input.len()];
            let (d, e) = (inside(&previous), inside(p));
            if (d >= 0.0) != (e >= 0.0) {
                let t = d / (d - e);
                out.push([
                    previous[0] + t * (p[0] - previous[0]),
                    previous[1] + t * (p[1] - previous[1]),
                ]);
            }
            if e >= 0.0 {
                out.push(*p);
            }
        }
    }
    out
}

/// Least distance between two convex polygons; 0 where they overlap.
#[must_use]
pub fn gap(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    if !intersection(a, b).is_empty() {
        return 0.0;
    }
    let reach = |from: &[[f64; 2]], to: &[[f64; 2]]| {
        from.iter()
            .flat_map(|p| (0..to.len()).map(|i| point_to_segment(*p, to[i], to[(i + 1) % to.len()])))
            .fold(f64::INFINITY, f64::min)
    };
    reach(a, b).min(reach(b, a))
}

fn point_to_segment(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let e = [b[0] - a[0], b[1] - a[1]];
    let length = e[0] * e[0] + e[1] * e[1];
    let t = if length > 0.0 {
        (((p[0] - a[0]) * e[0] + (p[1] - a[1]) * e[1]) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p[0] - a[0] - t * e[0]).hypot(p[1] - a[1] - t * e[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Vec<[f64; 2]> {
        vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    }

    #[test]
    fn overlapping_squares_share_what_geometry_says() {
        let (a, b) = (square(0.0, 0.0, 2.0), square(1.0, 0.5, 2.0));
        assert!((area(&intersection(&a, &b)) - 1.5).abs() < 1e-12);
        assert!(gap(&a, &b).abs() < 1e-12);
    }

    #[test]
    fn the_gap_of_squares_is_their_nearest_distance() {
        let a = square(0.0, 0.0, 2.0);
        assert!((gap(&a, &square(2.5, 0.3, 2.0)) - 0.5).abs() < 1e-12);
        let diagonal = gap(&a, &square(5.0, 6.0, 1.0));
        assert!((diagonal - 5.0).abs() < 1e-12, "{diagonal}");
    }
}
