//! Cut edges that the mottle around them drowns: readings are drawn towards the straight line of their side.
//!
//! On a black card on a black mat the mottle of both is a tenth of the step between them. It is alike over the whole
//! window, so it moves a local fit by far more than the fit's own residuals tell. A cut is straight to some micrometres
//! (knife and die leave no more over a millimetre), so where the scatter between windows exceeds that and mottle explains
//! it, the best linear prediction (Robinson 1991, Stat. Sci. 6:15) from the reading and the line of all windows is taken.

use crate::geometry::Side;
use crate::locate::Method;
use crate::math::fit_polynomial;
use crate::refine::{EdgeReading, StationReading};
use crate::scatter::{Scatter, Window, pooled, ratio};

/// Raggedness of a cut between windows of a millimetre, mm (standard deviation).
const RAGGED_MM: f64 = 0.005;
/// Displacement by residuals that are alike over a whole window, px per residual in units of the step: half of the
/// transition's length at usual blurs.
const LEVER_PX: f64 = 2.0;
/// A smaller share of the residual in the step is noise that averages out, and scatter beyond it is the edge's own.
const MOTTLED: f64 = 0.04;

/// Draws drowned readings of every side's cut edge to its line; widths follow.
pub fn steady(stations: &mut [StationReading], pitch_mm: f64) {
    let ragged = RAGGED_MM / pitch_mm;
    for side in Side::ALL {
        let windows = pooled(stations, side, |r| r.outer);
        let scatter = ratio(&windows, 1);
        let Some(line) = Line::through(&windows, scatter) else {
            continue;
        };
        for reading in stations.iter_mut().filter(|r| r.station.side == side) {
            let Some(edge) = reading.outer.filter(|e| drowned(e, scatter, ragged)) else {
                continue;
            };
            let u = reading.station.u;
            let (predicted, uncertain) = line.at(u);
            let own = edge.std_px * scatter.ratio.sqrt();
            let trust = ragged * ragged / (ragged * ragged + own * own);
            let moved = (1.0 - trust) * (predicted - edge.offset_px);
            reading.outer = Some(EdgeReading {
                point: edge.point.moved(reading.station.inward, moved),
                offset_px: edge.offset_px + moved,
                std_px: (trust.sqrt() * own).hypot((1.0 - trust) * uncertain),
                method: Method::SideLine,
                beside: [None; 2],
                blur_fit: None,
                ..edge
            });
            // The border lies on the inner side of the edge; both normals agree to a thousandth.
            reading.width_px = reading.width_px.map(|w| w - moved);
        }
    }
}

/// Whether mottle explains that the edge scatters by more than a cut's raggedness.
fn drowned(edge: &EdgeReading, scatter: Scatter, ragged: f64) -> bool {
    let own = edge.std_px * scatter.ratio.sqrt();
    let mottle = edge.residual / edge.contrast.abs();
    edge.method == Method::Erf && own > 0.5 * ragged && mottle > MOTTLED && own <= LEVER_PX * mottle
}

/// Windows of a station, which lie next to each other: mottle of larger extent moves them alike, so they count as one.
const ALIKE: f64 = 3.0;

/// Weighted straight line through windows.
struct Line {
    half: f64,
    coefficients: [f64; 3],
    std: [f64; 3],
}

impl Line {
    fn through(windows: &[Window], scatter: Scatter) -> Option<Self> {
        if scatter.freedom <= 0.0 {
            return None;
        }
        let half = windows.iter().map(|w| w.u.abs()).fold(1.0, f64::max);
        let x: Vec<f64> = windows.iter().map(|w| w.u / half).collect();
        let y: Vec<f64> = windows.iter().map(|w| w.v).collect();
        let variance = |w: &Window| ALIKE * scatter.ratio * w.std * w.std;
        let weight: Vec<f64> = windows.iter().map(|w| 1.0 / variance(w)).collect();
        let (coefficients, std) = fit_polynomial(&x, &y, &weight, 1)?;
        Some(Self {
            half,
            coefficients,
            std,
        })
    }

    /// Position at u and its standard deviation; stations are symmetric about the middle, so both terms are independent.
    fn at(&self, u: f64) -> (f64, f64) {
        let x = u / self.half;
        let [offset, slope, _] = self.coefficients;
        (offset + slope * x, self.std[0].hypot(self.std[1] * x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use crate::refine::Status;
    use crate::stations::Station;

    const PITCH: f64 = 0.04;

    /// Stations of a straight left side with readings off by `errors` px, each fitted with `residual` of a step of 0.01.
    fn side(errors: &[f64; 7], residual: f64) -> Vec<StationReading> {
        let reading = |(i, error): (usize, &f64)| {
            let u = 300.0 * (i as f64 - 3.0);
            let edge = EdgeReading {
                point: Point { x: *error, y: u },
                method: Method::Erf,
                std_px: 0.04,
                offset_px: *error,
                beside: [None; 2],
                scale_spread_px: 0.0,
                blur_px: 0.8,
                blur_fit: None,
                shared_px: 0.0,
                contrast: 0.01,
                residual,
            };
            StationReading {
                station: Station {
                    side: Side::Left,
                    index: i + 1,
                    position: Point { x: 0.0, y: u },
                    inward: [1.0, 0.0],
                    u,
                },
                status: Status::Ok,
                reason: None,
                outer: Some(edge),
                border: Some(edge),
                width_px: Some(75.0 - error),
            }
        };
        errors.iter().enumerate().map(reading).collect()
    }

    const ERRORS: [f64; 7] = [0.2, -0.15, 0.1, 0.25, -0.3, 0.05, -0.15];

    #[test]
    fn readings_that_mottle_scatters_come_near_to_the_line_and_their_widths_follow() {
        let mut stations = side(&ERRORS, 0.0015);
        steady(&mut stations, PITCH);
        for s in &stations {
            let edge = s.outer.unwrap();
            assert_eq!(edge.method, Method::SideLine);
            assert!((s.width_px.unwrap() - (75.0 - edge.offset_px)).abs() < 1e-12);
            assert!((edge.point.x - edge.offset_px).abs() < 1e-12);
            // Never more certain than the raggedness of a cut allows, nor less than before.
            assert!(edge.std_px > 0.08 && edge.std_px < 0.25, "{}", edge.std_px);
        }
        let rms = |values: Vec<f64>| (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt();
        let after = rms(stations.iter().map(|s| s.outer.unwrap().offset_px).collect());
        assert!(after < 0.6 * rms(ERRORS.to_vec()), "{after}");
    }

    #[test]
    fn a_ragged_cut_seen_clearly_is_left_as_it_was_read() {
        let mut stations = side(&ERRORS, 0.0002);
        steady(&mut stations, PITCH);
        for (s, before) in stations.iter().zip(ERRORS) {
            let edge = s.outer.unwrap();
            assert_eq!((edge.method, edge.offset_px), (Method::Erf, before));
        }
    }
}
