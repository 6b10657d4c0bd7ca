//! Stage 4: the 24 stations on the fitted edges.

use crate::geometry::{Point, Side};
use crate::outline::Outline;
use serde::Serialize;

/// A place on the cut edge where a width is measured.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// Edge it lies on.
    pub side: Side,
    /// From 1; top to bottom on vertical edges, left to right on horizontal ones.
    pub index: usize,
    /// Position on the fitted edge, px.
    pub position: Point,
    /// Unit normal into the card.
    pub inward: [f64; 2],
    /// Place along the side, px from its middle.
    pub u: f64,
}

/// The 24 stations in the order left 1..7, right 1..7, top 1..5, bottom 1..5: at k/8 and k/6 of the arc length between
/// the ideal corners.
#[must_use]
pub fn reference_points(outline: &Outline) -> Vec<Station> {
    let mut stations = Vec::with_capacity(24);
    for side in Side::ALL {
        let curve = &outline.edge(side).curve;
        let [from, to] = ends(outline, side);
        let n = side.stations();
        for index in 1..=n {
            let u = curve.u_at_fraction(from, to, index as f64 / (n + 1) as f64);
            stations.push(Station::on(outline, side, index, u));
        }
    }
    stations
}

/// Places of the ideal corners along a side, px from its middle, in the order of its stations.
pub(crate) fn ends(outline: &Outline, side: Side) -> [f64; 2] {
    let [top_left, top_right, bottom_right, bottom_left] = outline.corners;
    let corners = match side {
        Side::Left => [top_left, bottom_left],
        Side::Right => [top_right, bottom_right],
        Side::Top => [top_left, top_right],
        Side::Bottom => [bottom_left, bottom_right],
    };
    corners.map(|corner| outline.edge(side).curve.u_of(corner))
}

impl Station {
    /// The station of this number at `u` along its side.
    pub(crate) fn on(outline: &Outline, side: Side, index: usize, u: f64) -> Self {
        let local = outline.edge(side).curve.local(u);
        Self {
            side,
            index,
            position: local.origin,
            inward: local.normal,
            u,
        }
    }
}
