//! Uncertainty of one width and of a side's mean: scatter of both edges from the capture, and the terms of the budget.

use crate::budget::{Combined, Distribution, Group, Source, Term, Unit, combine};
use crate::locate::Method;
use crate::math::fit_polynomial;
use crate::refine::{EdgeReading, StationReading};
use crate::scatter::{Scatter, Scatters};

/// What no single image can show; from calibration, from stated assumptions and from the definition of the measurand.
#[derive(Clone, Debug)]
pub struct Budget {
    /// In the order of the report.
    pub terms: Vec<Term>,
}

/// Largest error of the erf fit with the place of an edge between pixels, px (`tests/edges.rs` holds it to that).
const PHASE_BIAS_PX: f64 = 0.0005;

impl Default for Budget {
    /// What the estimator itself is known for; the instrument's own terms are absent until a calibration states them.
    fn default() -> Self {
        let phase = |id: &str| Term {
            id: id.to_owned(),
            half_width: PHASE_BIAS_PX,
            unit: Unit::Px,
            distribution: Distribution::UShaped,
            coverage: 1.0,
            sensitivity: 1.0,
            freedom: None,
            source: Source::Assumption,
            group: Group::Instrument,
        };
        Self {
            terms: vec![phase("phaseOuter"), phase("phaseBorder")],
        }
    }
}

/// Standard uncertainty of a width, part by part, px.
#[derive(Clone, Debug)]
pub struct WidthUncertainty {
    /// Cut edge and graphic border: noise, texture and raggedness, with degrees of freedom.
    pub edges: [(f64, Option<f64>); 2],
    /// Part of the edges that all stations of the side share, px.
    pub shared: f64,
    /// The budget's terms in their order; `None`: not to be had without a scale.
    pub terms: Vec<Option<f64>>,
}

impl WidthUncertainty {
    /// Of a station; `None` where there is no width.
    #[must_use]
    pub fn of(reading: &StationReading, scatters: &Scatters, budget: &Budget, pitch: Option<f64>) -> Option<Self> {
        let (outer, border) = (reading.outer?, reading.border?);
        let width = reading.width_px?;
        let side = reading.station.side.index();
        Some(Self {
            edges: [edge(&outer, scatters.outer[side]), edge(&border, scatters.border[side])],
            shared: outer.shared_px.hypot(border.shared_px),
            terms: terms(budget, width, pitch),
        })
    }

    /// What differs from station to station: scatter of both edges, px.
    #[must_use]
    pub fn own(&self) -> f64 {
        let [outer, border] = self.edges.map(|(u, _)| u * u);
        (outer + border - self.shared * self.shared)
            .max(LEAST_PX * LEAST_PX)
            .sqrt()
    }

    /// Everything, px.
    #[must_use]
    pub fn combined(&self) -> Combined {
        let terms = self.terms.iter().flatten().map(|u| (*u, None));
        combine(&self.edges.iter().copied().chain(terms).collect::<Vec<_>>())
    }
}

/// Least standard deviation an edge is given, px: a picture without noise has its rounding.
const LEAST_PX: f64 = 1e-6;

fn edge(reading: &EdgeReading, scatter: Scatter) -> (f64, Option<f64>) {
    // Fallback methods state a cautious deviation of their own.
    let ratio = if reading.method == Method::Erf {
        scatter.ratio
    } else {
        1.0
    };
    let freedom = (scatter.freedom > 0.0).then_some(scatter.freedom);
    let own = (reading.std_px * ratio.sqrt()).max(LEAST_PX);
    (own.hypot(reading.shared_px), freedom)
}

/// Standard uncertainties of the budget's terms for a width, px.
#[must_use]
pub fn terms(budget: &Budget, width_px: f64, pitch: Option<f64>) -> Vec<Option<f64>> {
    budget.terms.iter().map(|t| t.standard_px(width_px, pitch)).collect()
}

/// Root of the sum of squares of what all stations of a side share, px; a scale error is left out of ratios.
#[must_use]
pub fn common_px(budget: &Budget, width_px: f64, pitch: Option<f64>, with_scale: bool) -> f64 {
    let parts = budget.terms.iter().filter(|t| with_scale || t.unit != Unit::Relative);
    let squares: f64 = parts
        .filter_map(|t| t.standard_px(width_px, pitch))
        .map(|u| u * u)
        .sum();
    squares.sqrt()
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
