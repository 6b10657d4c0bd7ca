//! Lengths on an artefact through a plane map, compared with their certificate, and probing on a circle.

use crate::board::{Board, BoardSpec};
use crate::detect::Detection;
use crate::linear::{solve_spd, zeros};
use imaging::{CoreError, ErrorCode, Result};
use measure::{PlaneMap, Point};
use serde::{Deserialize, Serialize};

/// A length between two corners of an artefact with its certified value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedLength {
    /// Corner numbers.
    pub corners: [usize; 2],
    /// Certified length at the reference temperature, mm.
    pub certified_mm: f64,
}

/// A measured length beside its certified value.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Corner numbers.
    pub corners: [usize; 2],
    /// Certified, brought to the artefact's temperature, mm.
    pub certified_mm: f64,
    /// Measured, mm.
    pub measured_mm: f64,
    /// Measured less certified, mm.
    pub error_mm: f64,
    /// Direction in the measuring plane, degrees from x towards y, 0 to 180.
    pub direction_deg: f64,
    /// Standard uncertainty of the measured length from the corners (k = 1), mm.
    pub std_mm: f64,
}

/// Points on a circle against the circle of least squares (ISO 10360-7 names them PForm and PSize).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probing {
    /// Centre, mm.
    pub centre_mm: [f64; 2],
    /// Diameter, mm.
    pub diameter_mm: f64,
    /// Range of the radial distances, mm.
    pub form_mm: f64,
    /// Their standard deviation, mm.
    pub std_mm: f64,
    /// Points.
    pub points: usize,
}

/// All lengths of a board between the given pairs of corners; pairs that were not seen are left out.
///
/// # Errors
/// [`ErrorCode::ImageSizeMismatch`], [`ErrorCode::ValueInvalid`] for pairs that are none.
pub fn compare_lengths(
    map: &PlaneMap,
    view: &Detection,
    lengths: &[CheckedLength],
    expansion: f64,
) -> Result<Vec<Comparison>> {
    if view.image_px != map.image_px {
        return Err(CoreError::new(
            ErrorCode::ImageSizeMismatch,
            "the artefact's image is of another size than the calibration's",
            "photograph the artefact with the camera as it was calibrated",
        ));
    }
    let find = |id: usize| view.corners.iter().find(|c| c.id == id);
    let mut out = Vec::new();
    for length in lengths {
        let [a, b] = length.corners;
        if a == b || !(length.certified_mm.is_finite() && length.certified_mm > 0.0) {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!("the length between corners {a} and {b} is none"),
                "name two different corners and their certified distance in mm",
            )
            .in_field("lengths"));
        }
        let (Some(a), Some(b)) = (find(a), find(b)) else {
            continue;
        };
        let (from, to) = (Point { x: a.x_px, y: a.y_px }, Point { x: b.x_px, y: b.y_px });
        let (p, q) = (map.to_mm(from), map.to_mm(to));
        let d = [q[0] - p[0], q[1] - p[1]];
        let measured = d[0].hypot(d[1]);
        let certified = length.certified_mm * (1.0 + expansion);
        out.push(Comparison {
            corners: length.corners,
            certified_mm: certified,
            measured_mm: measured,
            error_mm: measured - certified,
            direction_deg: d[1].atan2(d[0]).to_degrees().rem_euclid(180.0),
            std_mm: (a.std_px * map.pitch_at(from)).hypot(b.std_px * map.pitch_at(to)),
        });
    }
    Ok(out)
}

/// Nominal lengths of a board: rows, columns and diagonals between corners that lie far apart, for verification.
///
/// # Errors
/// As [`Board::new`].
pub fn lengths_of(spec: &BoardSpec) -> Result<Vec<CheckedLength>> {
    let board = Board::new(spec)?;
    let [nx, ny] = board.corner_grid();
    let at = |x: usize, y: usize| y * nx + x;
    let mut pairs = Vec::new();
    // Five lengths in each of four directions, as ISO 10360-7 asks for several lengths and positions.
    for k in 1..=5 {
        let (x, y) = (k * (nx - 1) / 5, k * (ny - 1) / 5);
        pairs.push([at(0, ny / 2), at(x, ny / 2)]);
        pairs.push([at(nx / 2, 0), at(nx / 2, y)]);
        pairs.push([at(0, 0), at(x, y)]);
        pairs.push([at(nx - 1, 0), at(nx - 1 - x, y)]);
    }
    pairs.retain(|[a, b]| a != b);
    pairs.dedup();
    Ok(pairs
        .into_iter()
        .map(|corners| {
            let (p, q) = (board.corner_mm(corners[0]), board.corner_mm(corners[1]));
            CheckedLength {
                corners,
                certified_mm: (p[0] - q[0]).hypot(p[1] - q[1]),
            }
        })
        .collect())
}

/// Circle of least squares through points by Gauss-Newton on the radial distances; `None` for fewer than 4 points or
/// points on a line.
#[must_use]
pub fn fit_circle(points: &[[f64; 2]]) -> Option<Probing> {
    if points.len() < 4 || !points.iter().flatten().all(|v| v.is_finite()) {
        return None;
    }
    let n = points.len() as f64;
    let middle = [0, 1].map(|a| points.iter().map(|p| p[a]).sum::<f64>() / n);
    let spread = points
        .iter()
        .map(|p| (p[0] - middle[0]).hypot(p[1] - middle[1]))
        .sum::<f64>()
        / n;
    let mut circle = [middle[0], middle[1], spread];
    for _ in 0..50 {
        let mut normal = zeros(3);
        let mut right = vec![0.0; 3];
        for p in points {
            let d = [p[0] - circle[0], p[1] - circle[1]];
            let r = d[0].hypot(d[1]).max(1e-12);
            let row = [-d[0] / r, -d[1] / r, -1.0];
            let miss = -(r - circle[2]);
            for i in 0..3 {
                right[i] += row[i] * miss;
                for j in 0..3 {
                    normal[i][j] += row[i] * row[j];
                }
            }
        }
        let step = solve_spd(&normal, &right)?;
        for i in 0..3 {
            circle[i] += step[i];
        }
        if step.iter().all(|s| s.abs() < 1e-13 * spread) {
            break;
        }
    }
    let distances: Vec<f64> = points
        .iter()
        .map(|p| (p[0] - circle[0]).hypot(p[1] - circle[1]) - circle[2])
        .collect();
    let (low, high) = distances
        .iter()
        .fold((f64::MAX, f64::MIN), |(l, h), d| (l.min(*d), h.max(*d)));
    Some(Probing {
        centre_mm: [circle[0], circle[1]],
        diameter_mm: 2.0 * circle[2],
        form_mm: high - low,
        std_mm: (distances.iter().map(|d| d * d).sum::<f64>() / (n - 3.0)).sqrt(),
        points: points.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_from_part_of_its_rim() {
        let points: Vec<[f64; 2]> = (0..25)
            .map(|i| {
                let a = f64::from(i) * 0.15;
                let r = 5.0 + if i == 7 { 0.002 } else { 0.0 };
                [3.0 + r * a.cos(), -2.0 + r * a.sin()]
            })
            .collect();
        let probing = fit_circle(&points).unwrap();
        assert!((probing.diameter_mm - 10.0).abs() < 1e-3 && (probing.form_mm - 0.002).abs() < 3e-4);
        let line: Vec<[f64; 2]> = (0..9).map(|i| [f64::from(i), 2.0 * f64::from(i)]).collect();
        assert!(fit_circle(&line).is_none_or(|c| c.diameter_mm > 1e3));
        assert!(fit_circle(&points[..3]).is_none());
    }
}
