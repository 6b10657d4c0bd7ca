//! Widths, size and angles on the measuring plane in mm, from points that were located in raw pixels.

use crate::geometry::{Point, Side, dot};
use crate::outline::Outline;
use crate::plane_map::PlaneMap;
use crate::refine::{Refinement, StationReading, Status};
use crate::stations::{Station, ends};
use crate::uncertainty::weighted_mean;

/// Points along an edge that are mapped to follow it on the plane.
const FOLLOWED: usize = 33;

/// What a calibrated camera makes of a refinement.
#[derive(Clone, Debug)]
pub(crate) struct OnPlane {
    /// mm in one px of each station's width: width in mm over width in px.
    pub(crate) pitches: Vec<Option<f64>>,
    /// Width and height of the card between its ideal corners, mm.
    pub(crate) size_mm: [f64; 2],
    /// Pitch in the middle of the card, mm.
    pub(crate) pitch: f64,
    /// Rotation of the card against the plane's x axis, degrees.
    pub(crate) angle_deg: f64,
    /// Rotation of the print against the cut, degrees, clockwise.
    pub(crate) print_tilt_deg: Option<f64>,
}

impl OnPlane {
    pub(crate) fn of(refinement: &Refinement, map: &PlaneMap) -> Self {
        let outline = &refinement.outline;
        let corners = outline.corners.map(|c| map.to_mm(c));
        let distance = |a: usize, b: usize| (corners[a][0] - corners[b][0]).hypot(corners[a][1] - corners[b][1]);
        let along = |a: usize, b: usize| (corners[b][1] - corners[a][1]).atan2(corners[b][0] - corners[a][0]);
        let down = |a: usize, b: usize| (corners[a][0] - corners[b][0]).atan2(corners[b][1] - corners[a][1]);
        let middle = Point {
            x: outline.corners.iter().map(|c| c.x).sum::<f64>() / 4.0,
            y: outline.corners.iter().map(|c| c.y).sum::<f64>() / 4.0,
        };
        Self {
            pitches: refinement
                .stations
                .iter()
                .map(|r| Some(width_mm(r, outline, map)? / r.width_px.filter(|w| *w > 0.0)?))
                .collect(),
            size_mm: [
                0.5 * (distance(0, 1) + distance(3, 2)),
                0.5 * (distance(0, 3) + distance(1, 2)),
            ],
            pitch: map.pitch_at(middle),
            angle_deg: (0.25 * (along(0, 1) + along(3, 2) + down(0, 3) + down(1, 2))).to_degrees(),
            print_tilt_deg: print_tilt(refinement, map),
        }
    }
}

/// Distance on the plane from the cut edge's point to the border's along the inward normal of the edge, mm.
fn width_mm(reading: &StationReading, outline: &Outline, map: &PlaneMap) -> Option<f64> {
    let (outer, border) = (reading.outer?.point, reading.border?.point);
    let tangent = outline
        .edge(reading.station.side)
        .curve
        .local(reading.station.u)
        .tangent;
    let t = map.turn(outer, tangent);
    let length = t[0].hypot(t[1]);
    let (from, to) = (map.to_mm(outer), map.to_mm(border));
    let across = [to[0] - from[0], to[1] - from[1]];
    // Distance from the line through the outer point along the mapped tangent; widths are never negative.
    Some(((t[0] * across[1] - t[1] * across[0]) / length).abs())
}

/// Mean slope of the widths along the sides that were measured; the sign is that of a clockwise turn.
fn print_tilt(refinement: &Refinement, map: &PlaneMap) -> Option<f64> {
    let turns: Vec<f64> = Side::ALL
        .into_iter()
        .filter_map(|side| {
            let points: Vec<(f64, f64)> = refinement
                .stations
                .iter()
                .filter(|r| r.station.side == side && r.status == Status::Ok)
                .filter_map(|r| {
                    let at = map.to_mm(r.outer?.point);
                    let u = if matches!(side, Side::Left | Side::Right) {
                        at[1]
                    } else {
                        at[0]
                    };
                    Some((u, width_mm(r, &refinement.outline, map)?))
                })
                .collect();
            let slope = slope(&points)?;
            Some(match side {
                Side::Left | Side::Bottom => -slope,
                Side::Right | Side::Top => slope,
            })
        })
        .map(|s| s.atan().to_degrees())
        .collect();
    (!turns.is_empty()).then(|| turns.iter().sum::<f64>() / turns.len() as f64)
}

/// Slope of the straight line of least squares; `None` for fewer than 3 points.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    if points.len() < 3 {
        return None;
    }
    let (mx, my) = (
        points.iter().map(|p| p.0).sum::<f64>() / n,
        points.iter().map(|p| p.1).sum::<f64>() / n,
    );
    let spread: f64 = points.iter().map(|p| (p.0 - mx).powi(2)).sum();
    (spread > 0.0).then(|| points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / spread)
}

/// Weighted mean width of each side and its standard uncertainty, every station's width times its `scale`.
pub(crate) fn side_means(
    refinement: &Refinement,
    uncertain: &[Option<f64>],
    scale: impl Fn(usize) -> Option<f64>,
) -> [Option<(f64, f64)>; 4] {
    Side::ALL.map(|side| {
        let values: Vec<(f64, f64)> = refinement
            .stations
            .iter()
            .enumerate()
            .filter(|(_, r)| r.station.side == side)
            .filter_map(|(i, r)| {
                let p = scale(i)?;
                Some((r.width_px? * p, uncertain[i]? * p))
            })
            .collect();
        weighted_mean(&values)
    })
}

/// The 24 stations at k/8 and k/6 of the arc length that the edges have on the plane, not in the image.
///
/// The places are nearly those of [`crate::reference_points`]; over a plane tilted by 2 degrees they differ by 0.1 mm.
#[must_use]
pub fn reference_points_on(outline: &Outline, map: &PlaneMap) -> Vec<Station> {
    let mut stations = Vec::with_capacity(24);
    for side in Side::ALL {
        let curve = &outline.edge(side).curve;
        let [from, to] = ends(outline, side);
        let places: Vec<f64> = (0..FOLLOWED)
            .map(|i| from + (to - from) * i as f64 / (FOLLOWED - 1) as f64)
            .collect();
        let mapped: Vec<[f64; 2]> = places.iter().map(|u| map.to_mm(curve.at(*u))).collect();
        let mut lengths = vec![0.0];
        for pair in mapped.windows(2) {
            let step = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
            lengths.push(lengths[lengths.len() - 1] + dot(step, step).sqrt());
        }
        let whole = lengths[FOLLOWED - 1];
        for index in 1..=side.stations() {
            let wanted = whole * index as f64 / (side.stations() + 1) as f64;
            let i = lengths.partition_point(|l| *l < wanted).clamp(1, FOLLOWED - 1);
            let part = (wanted - lengths[i - 1]) / (lengths[i] - lengths[i - 1]);
            let u = places[i - 1] + part * (places[i] - places[i - 1]);
            stations.push(Station::on(outline, side, index, u));
        }
    }
    stations
}
