//! The budget as the report carries it: components once, and what each contributes to every width and side.

use crate::budget::{Combined, Distribution, Group, Source, Unit, coverage_factor};
use crate::geometry::Side;
use crate::refine::Refinement;
use crate::uncertainty::{Budget, WidthUncertainty, terms};
use serde::Serialize;

/// Coverage factor of the expanded uncertainties.
const K: f64 = 2.0;
/// Probability that two standard deviations of a normal distribution cover.
const LEVEL: f64 = 0.9545;

/// What the stated U is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// What the capture itself shows: the instrument's own components are absent.
    Repeatability,
    /// With the instrument's components from a calibration record.
    Uncertainty,
}

/// A line of the budget.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComponentReport {
    /// Name.
    pub id: String,
    /// `A`: from statistics of the capture, `B`: from elsewhere (JCGM 100, 2.3.2 and 2.3.3).
    #[serde(rename = "type")]
    pub evaluation: &'static str,
    /// Shape.
    pub distribution: Distribution,
    /// Half width; `None` where it differs from point to point.
    pub half_width: Option<f64>,
    /// Unit of the half width.
    pub unit: Unit,
    /// What the half width is divided by.
    pub divisor: f64,
    /// Change of the width per change of the quantity.
    pub sensitivity: f64,
    /// Where it comes from.
    pub source: Source,
    /// What it belongs to.
    pub group: Group,
}

/// Contributions to one width or mean.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shares {
    /// Standard uncertainties in the order of the components; `None`: not to be had without a scale.
    pub parts: Vec<Option<f64>>,
    /// Degrees of freedom of the two edges; `None`: not estimated.
    pub edge_freedom: [Option<f64>; 2],
    /// Combined standard uncertainty.
    pub standard: f64,
    /// Expanded uncertainty (k = 2).
    pub expanded: f64,
    /// Effective degrees of freedom (Welch-Satterthwaite); `None`: no finite number.
    pub freedom: Option<f64>,
    /// Coverage factor that gives 95.45 % at these degrees of freedom (Student).
    pub student_factor: f64,
}

/// The `budget` block of the report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BudgetReport {
    /// What U is.
    pub kind: Kind,
    /// Always 2.
    pub coverage_factor: f64,
    /// Unit of all contributions: `mm`, or `px` without a scale.
    pub unit: &'static str,
    /// The lines.
    pub components: Vec<ComponentReport>,
    /// In the order of the 24 points; `None` where there is no width.
    pub points: Vec<Option<Shares>>,
    /// Mean widths: left, right, top, bottom.
    pub sides: [Option<Shares>; 4],
}

impl BudgetReport {
    /// Puts the parts together; `own` are the sides' means with the uncertainty that their stations' scatter leaves.
    pub(crate) fn of(
        refinement: &Refinement,
        parts: &[Option<WidthUncertainty>],
        own: &[Option<(f64, f64)>; 4],
        pitch: Option<f64>,
        budget: &Budget,
    ) -> Self {
        let scale = pitch.unwrap_or(1.0);
        let point = |p: &Option<WidthUncertainty>| p.as_ref().map(|p| shares(p, scale));
        let side = |side: Side| {
            let (width, spread) = own[side.index()]?;
            let stations = refinement.stations.iter().zip(parts);
            let members: Vec<&WidthUncertainty> = stations
                .filter(|(r, _)| r.station.side == side)
                .filter_map(|(_, p)| p.as_ref())
                .collect();
            Some(shares(&mean(&members, spread, terms(budget, width, pitch)), scale))
        };
        let calibrated = budget.terms.iter().any(|t| t.source == Source::Calibration);
        Self {
            kind: if calibrated {
                Kind::Uncertainty
            } else {
                Kind::Repeatability
            },
            coverage_factor: K,
            unit: if pitch.is_some() { "mm" } else { "px" },
            components: components(budget),
            points: parts.iter().map(point).collect(),
            sides: Side::ALL.map(side),
        }
    }
}

fn components(budget: &Budget) -> Vec<ComponentReport> {
    let edge = |id: &str| ComponentReport {
        id: id.to_owned(),
        evaluation: "A",
        distribution: Distribution::Normal,
        half_width: None,
        unit: Unit::Px,
        divisor: 1.0,
        sensitivity: 1.0,
        source: Source::Capture,
        group: Group::Instrument,
    };
    let terms = budget.terms.iter().map(|t| ComponentReport {
        id: t.id.clone(),
        evaluation: "B",
        distribution: t.distribution,
        half_width: Some(t.half_width),
        unit: t.unit,
        divisor: t.divisor(),
        sensitivity: t.sensitivity,
        source: t.source,
        group: t.group,
    });
    [edge("outerEdge"), edge("borderEdge")]
        .into_iter()
        .chain(terms)
        .collect()
}

/// A side's mean: its spread is shared out to both edges as their variances stand at the stations.
fn mean(members: &[&WidthUncertainty], spread: f64, terms: Vec<Option<f64>>) -> WidthUncertainty {
    let variance = |k: usize| members.iter().map(|m| m.edges[k].0.powi(2)).sum::<f64>();
    let (outer, border) = (variance(0), variance(1));
    let share = |v: f64| spread * (v / (outer + border)).sqrt();
    let freedom = |k: usize| members.iter().filter_map(|m| m.edges[k].1).reduce(f64::max);
    WidthUncertainty {
        edges: [(share(outer), freedom(0)), (share(border), freedom(1))],
        shared: 0.0,
        terms,
    }
}

fn shares(of: &WidthUncertainty, scale: f64) -> Shares {
    let Combined { standard, freedom } = of.combined();
    let edges = of.edges.iter().map(|e| Some(e.0));
    let parts = edges.chain(of.terms.iter().copied());
    Shares {
        parts: parts.map(|u| u.map(|u| short(u * scale))).collect(),
        edge_freedom: of.edges.map(|e| e.1),
        standard: short(standard * scale),
        expanded: short(K * standard * scale),
        freedom: freedom.map(|f| short(f.min(1e6))),
        student_factor: short(freedom.map_or(K, |f| coverage_factor(LEVEL, f.max(1.0)))),
    }
}

/// Five significant digits: a report holds three hundred of these numbers.
fn short(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(4 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::combine;

    #[test]
    fn shares_add_up_to_the_stated_uncertainty() {
        let of = WidthUncertainty {
            edges: [(0.03, Some(18.0)), (0.04, Some(19.0))],
            shared: 0.0,
            terms: vec![Some(0.12), None],
        };
        let s = shares(&of, 0.04);
        assert!((s.standard - 0.13 * 0.04).abs() < 1e-7 && (s.expanded - 2.0 * s.standard).abs() < 1e-7);
        let squares: f64 = s.parts.iter().flatten().map(|u| u * u).sum();
        assert!((squares.sqrt() - s.standard).abs() < 1e-6);
        assert_eq!(s.parts.len(), 4);
        let freedom = combine(&of.edges).freedom.unwrap() * (0.13f64 / 0.05).powi(4);
        assert!((s.freedom.unwrap() / freedom - 1.0).abs() < 1e-3);
    }

    #[test]
    fn five_digits_stay() {
        assert_eq!(short(0.000_123_456_78), 0.000_123_46);
        assert_eq!(short(-98_765.4), -98_765.0);
    }
}
