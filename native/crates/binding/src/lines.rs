//! Lines of a measured card in the picture: edges and borders as points.

use measure::{Point, Refinement, Side};

/// Border points of a side at fractions of its length, px.
pub fn border_line(outline: &measure::Outline, refinement: &Refinement, side: Side) -> Option<Vec<Point>> {
    let reading = refinement.sides.iter().find(|s| s.side == side)?;
    let border = reading.border.as_ref()?;
    let edge = outline.edge(side);
    let inset = |other: [Side; 2]| {
        let offset = |s: Side| {
            refinement
                .sides
                .iter()
                .find(|r| r.side == s)
                .and_then(|r| r.border.as_ref())
                .map_or(0.0, |b| b.offset_px)
        };
        other.map(offset)
    };
    let [start, end] = match side {
        Side::Left | Side::Right => inset([Side::Top, Side::Bottom]),
        Side::Top | Side::Bottom => inset([Side::Left, Side::Right]),
    };
    let (from, to) = (-edge.curve.half_length + start, edge.curve.half_length - end);
    let at = |i: usize| {
        let u = from + (to - from) * i as f64 / 8.0;
        let frame = edge.curve.local(u);
        frame.at(0.0, border.at(u))
    };
    Some((0..=8).map(at).collect())
}

/// Points of a cut edge from end to end, px.
pub fn edge_line(outline: &measure::Outline, side: Side) -> Vec<Point> {
    let curve = &outline.edge(side).curve;
    (0..=8)
        .map(|i| curve.at(curve.half_length * (f64::from(i) / 4.0 - 1.0)))
        .collect()
}

/// Middle of the sorted values.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
