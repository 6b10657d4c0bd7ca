//! GUM budget of one width: noise of both edges from their own residuals, and the systematic parts a caller knows.

use crate::geometry::Side;
use crate::locate::Method;
use crate::math::fit_polynomial;
use crate::refine::{EdgeReading, Refinement, StationReading};

/// Standard uncertainties (k = 1) that no single image can show; they come from calibration and from the definition of
/// the measurand (JCGM 100; see Hemming 2007 for worked vision budgets).
#[derive(Clone, Debug)]
pub struct Budget {
    /// Bias of the estimator with the position of the edge between pixels, per edge, px.
    pub phase_bias_px: f64,
    /// Residual non-linearity of the sensor, on the width, px.
    pub radiometric_px: f64,
    /// Lens distortion and stitching left after calibration, on the width, px.
    pub distortion_px: f64,
    /// Relative uncertainty of the scale (certificate, fit and drift).
    pub scale_relative: f64,
    /// Height, curl, placing of the station, temperature and humidity, on the width, mm.
    pub part_mm: f64,
    /// Definition of cut edge and printed border, on the width, mm.
    pub definition_mm: f64,
}

impl Default for Budget {
    /// What the estimator itself is known for; calibration terms are zero until a calibration states them.
    fn default() -> Self {
        Self {
            phase_bias_px: 0.001,
            radiometric_px: 0.0,
            distortion_px: 0.0,
            scale_relative: 0.0,
            part_mm: 0.0,
            definition_mm: 0.0,
        }
    }
}

/// Mean inflation of the edges of one side: one station's clusters are too few to trust alone.
#[derive(Clone, Copy, Debug)]
pub struct Inflation {
    outer: [f64; 4],
    border: [f64; 4],
}

impl Inflation {
    /// Pools the stations of each side.
    #[must_use]
    pub fn of(refinement: &Refinement) -> Self {
        let pool = |side: Side, pick: fn(&StationReading) -> Option<EdgeReading>| {
            let values: Vec<f64> = refinement
                .stations
                .iter()
                .filter(|s| s.station.side == side)
                .filter_map(pick)
                .filter(|e| e.method == Method::Erf)
                .map(|e| e.inflation)
                .collect();
            if values.is_empty() {
                1.0
            } else {
                values.iter().sum::<f64>() / values.len() as f64
            }
        };
        Self {
            outer: Side::ALL.map(|s| pool(s, |r| r.outer)),
            border: Side::ALL.map(|s| pool(s, |r| r.border)),
        }
    }
}

/// Standard uncertainty of a station's width in px without scale and mm terms; `None` where there is no width.
#[must_use]
pub fn width_u_px(reading: &StationReading, inflation: &Inflation, budget: &Budget) -> Option<f64> {
    let (outer, border) = (reading.outer?, reading.border?);
    reading.width_px?;
    let side = reading.station.side.index();
    let edge = |e: EdgeReading, pooled: f64| {
        // Chance makes the pooled ratio scatter by some 10 % around 1; below that it is taken as 1.
        let factor = if e.method == Method::Erf && pooled > 1.15 {
            pooled
        } else {
            1.0
        };
        e.std_px * e.std_px * factor + budget.phase_bias_px.powi(2)
    };
    let variance = edge(outer, inflation.outer[side])
        + edge(border, inflation.border[side])
        + budget.radiometric_px.powi(2)
        + budget.distortion_px.powi(2);
    Some(variance.sqrt())
}

/// Standard uncertainty in mm of a width.
#[must_use]
pub fn width_u_mm(width_px: f64, u_px: f64, pitch: f64, budget: &Budget) -> f64 {
    let parts = [
        u_px * pitch,
        width_px * pitch * budget.scale_relative,
        budget.part_mm,
        budget.definition_mm,
    ];
    parts.iter().map(|p| p * p).sum::<f64>().sqrt()
}

/// Inverse-variance weighted mean of (value, standard uncertainty) in order along a side, and its standard uncertainty.
///
/// Stations of a ragged cut or print differ by more than their own noise. That scatter about a straight trend (the
/// tilt of the print is no scatter) is added to every variance by the moment estimate of DerSimonian & Laird (1986), so
/// that no single station with a lucky fit decides the mean.
#[must_use]
pub fn weighted_mean(values: &[(f64, f64)]) -> Option<(f64, f64)> {
    if values.is_empty() || values.iter().any(|(_, u)| !(u.is_finite() && *u > 0.0)) {
        return None;
    }
    let ragged = raggedness(values);
    let weight = |u: f64| 1.0 / (u * u + ragged);
    let total: f64 = values.iter().map(|(_, u)| weight(*u)).sum();
    let mean = values.iter().map(|(v, u)| v * weight(*u)).sum::<f64>() / total;
    Some((mean, (1.0 / total).sqrt()))
}

/// Variance between stations beyond their own uncertainty; 0 for fewer than 4 stations.
fn raggedness(values: &[(f64, f64)]) -> f64 {
    if values.len() < 4 {
        return 0.0;
    }
    let n = values.len() as f64;
    let x: Vec<f64> = (0..values.len()).map(|i| 2.0 * i as f64 / (n - 1.0) - 1.0).collect();
    let (y, w): (Vec<f64>, Vec<f64>) = values.iter().map(|(v, u)| (*v, 1.0 / (u * u))).unzip();
    let Some((c, _)) = fit_polynomial(&x, &y, &w, 1) else {
        return 0.0;
    };
    let q: f64 = (0..y.len()).map(|i| w[i] * (y[i] - c[0] - c[1] * x[i]).powi(2)).sum();
    let (sum, squares) = (w.iter().sum::<f64>(), w.iter().map(|w| w * w).sum::<f64>());
    // Chance alone makes q twice its expectation now and then; only more than that is raggedness.
    if q <= 2.0 * (n - 2.0) {
        0.0
    } else {
        (q - (n - 2.0)) / (sum - squares / sum)
    }
}

/// Share of `a` in `a + b` in per cent and its standard uncertainty in percentage points (GUM propagation).
#[must_use]
pub fn share((a, ua): (f64, f64), (b, ub): (f64, f64)) -> Option<([f64; 2], f64)> {
    let sum = a + b;
    if !(sum > 0.0 && a >= 0.0 && b >= 0.0) {
        return None;
    }
    let u = 100.0 * ((b * ua).powi(2) + (a * ub).powi(2)).sqrt() / (sum * sum);
    let first = 100.0 * a / sum;
    Some(([first, 100.0 - first], u))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weighted_mean_favours_the_certain_value() {
        let (mean, u) = weighted_mean(&[(1.0, 0.1), (2.0, 0.2)]).unwrap();
        assert!((mean - 1.2).abs() < 1e-12);
        assert!((u - 0.089_442_719).abs() < 1e-9);
        assert!(weighted_mean(&[]).is_none());
    }

    #[test]
    fn ragged_stations_share_the_mean_and_a_tilt_is_not_raggedness() {
        let (mean, u) = weighted_mean(&[(3.0, 0.001), (3.1, 0.002), (3.0, 0.002), (3.1, 0.002), (3.0, 0.002)]).unwrap();
        assert!((mean - 3.04).abs() < 0.01 && u > 0.01, "{mean} {u}");
        let tilted: Vec<(f64, f64)> = (0..7).map(|i| (3.0 + 0.1 * f64::from(i), 0.002)).collect();
        let (mean, u) = weighted_mean(&tilted).unwrap();
        assert!((mean - 3.3).abs() < 1e-9 && (u - 0.002 / 7f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn ten_micrometres_on_three_millimetre_margins_move_centering_by_an_eighth_of_a_point() {
        // u(r) = sqrt(2) u / (2 S), S = 6 mm: 0.118 pp.
        let (parts, u) = share((3.0, 0.01), (3.0, 0.01)).unwrap();
        assert_eq!(parts, [50.0, 50.0]);
        assert!((u - 100.0 * 2f64.sqrt() * 0.01 / 12.0).abs() < 1e-9);
        assert!(share((0.0, 0.1), (0.0, 0.1)).is_none());
    }
}
