//! Polygons of the card frame: area, bounding box, point membership.

/// Enclosed area, by the shoelace formula.
pub(crate) fn area(polygon: &[[f64; 2]]) -> f64 {
    let n = polygon.len();
    let twice: f64 = (0..n)
        .map(|i| {
            let (a, b) = (polygon[i], polygon[(i + 1) % n]);
            a[0] * b[1] - b[0] * a[1]
        })
        .sum();
    twice.abs() / 2.0
}

/// Left, top, right, bottom.
pub(crate) fn bounds(polygon: &[[f64; 2]]) -> [f64; 4] {
    polygon.iter().fold(
        [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])],
    )
}

/// Whether a point lies inside, by the parity of crossings to its right.
pub(crate) fn contains(polygon: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let n = polygon.len();
    (0..n).fold(false, |inside, i| {
        let (a, b) = (polygon[i], polygon[(i + 1) % n]);
        let crosses = (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0];
        inside != crosses
    })
}

/// A stadium: all points within `half_width` of a straight line of the given total length.
pub(crate) fn stadium(middle: [f64; 2], angle: f64, length: f64, half_width: f64) -> Vec<[f64; 2]> {
    let (s, c) = angle.sin_cos();
    let run = (length / 2.0 - half_width).max(0.0);
    (0..32)
        .map(|i| {
            // Half a step of offset gives both caps 16 points each.
            let turn = (f64::from(i) + 0.5) * std::f64::consts::TAU / 32.0;
            let u = half_width * turn.cos() + run.copysign(turn.cos());
            let v = half_width * turn.sin();
            [middle[0] + c * u - s * v, middle[1] + s * u + c * v]
        })
        .collect()
}

/// A star-shaped outline around a middle: `radius` of the angle.
pub(crate) fn around(middle: [f64; 2], points: u32, radius: impl Fn(f64) -> f64) -> Vec<[f64; 2]> {
    (0..points)
        .map(|i| {
            let turn = f64::from(i) * std::f64::consts::TAU / f64::from(points);
            let r = radius(turn);
            [middle[0] + r * turn.cos(), middle[1] + r * turn.sin()]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stadium_and_circle_have_the_area_of_their_formulas() {
        let s = area(&stadium([3.0, 1.0], 0.7, 10.0, 0.5));
        let expected = 9.0 + std::f64::consts::PI * 0.25;
        assert!((s - expected).abs() < 0.02 * expected, "{s} {expected}");
        assert!((area(&around([0.0; 2], 256, |_| 2.0)) - 4.0 * std::f64::consts::PI).abs() < 2e-3);
    }

    #[test]
    fn membership_and_bounds_agree_with_a_square() {
        let square = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];
        assert!(contains(&square, [1.0, 0.1]) && !contains(&square, [2.1, 1.0]) && !contains(&square, [1.0, -0.1]));
        assert_eq!(bounds(&square), [0.0, 0.0, 2.0, 2.0]);
    }
}
