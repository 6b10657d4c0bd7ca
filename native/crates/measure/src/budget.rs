//! GUM budget (JCGM 100:2008): components with distribution and degrees of freedom, combined by Welch and Satterthwaite.

use serde::{Deserialize, Serialize};

/// Shape of what is known of a quantity, which turns its half width into a standard uncertainty (JCGM 100, 4.3 and 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Distribution {
    /// Given as a multiple `coverage` of the standard deviation.
    Normal,
    /// Anything within the half width is equally likely.
    Rectangular,
    /// Likely in the middle, impossible beyond the half width.
    Triangular,
    /// A sine's values: most likely at the ends.
    UShaped,
}

/// What a half width is given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// Image pixels on the width.
    Px,
    /// Millimetres on the width.
    Mm,
    /// Fraction of the width.
    Relative,
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// Measured from this capture.
    Capture,
    /// The calibration record.
    Calibration,
    /// A stated assumption.
    Assumption,
}

/// What a component belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    /// Camera, scale, light and estimator.
    Instrument,
    /// The card's own state: temperature, humidity.
    Part,
    /// What "cut edge" and "printed border" mean on this card.
    Measurand,
}

/// A component that one image cannot show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Term {
    /// Name within the budget.
    pub id: String,
    /// Half width, or for a normal distribution the expanded value.
    pub half_width: f64,
    /// Unit of the half width.
    pub unit: Unit,
    /// Shape.
    pub distribution: Distribution,
    /// Coverage factor of a normal distribution's expanded value.
    #[serde(default = "one")]
    pub coverage: f64,
    /// Change of the width per change of the quantity.
    #[serde(default = "one")]
    pub sensitivity: f64,
    /// Degrees of freedom; `None`: taken as exactly known.
    #[serde(default)]
    pub freedom: Option<f64>,
    /// Where it comes from.
    pub source: Source,
    /// What it belongs to.
    pub group: Group,
}

fn one() -> f64 {
    1.0
}

impl Term {
    /// Divisor of the half width.
    #[must_use]
    pub fn divisor(&self) -> f64 {
        match self.distribution {
            Distribution::Normal => self.coverage,
            Distribution::Rectangular => 3f64.sqrt(),
            Distribution::Triangular => 6f64.sqrt(),
            Distribution::UShaped => 2f64.sqrt(),
        }
    }

    /// Standard uncertainty of the width it causes, in the term's own unit.
    #[must_use]
    pub fn standard(&self) -> f64 {
        self.half_width / self.divisor() * self.sensitivity
    }

    /// The same in px; `None` for mm without a scale.
    #[must_use]
    pub fn standard_px(&self, width_px: f64, pitch_mm: Option<f64>) -> Option<f64> {
        match self.unit {
            Unit::Px => Some(self.standard()),
            Unit::Relative => Some(self.standard() * width_px),
            Unit::Mm => pitch_mm.map(|p| self.standard() / p),
        }
    }

    /// Whether every number makes sense.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let finite = [self.half_width, self.coverage, self.sensitivity]
            .iter()
            .all(|v| v.is_finite());
        finite && self.half_width >= 0.0 && self.coverage > 0.0 && self.freedom.is_none_or(|f| f > 0.0)
    }
}

/// A combined standard uncertainty with its effective degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Combined {
    /// Root of the sum of squares.
    pub standard: f64,
    /// Effective degrees of freedom; `None`: none of the parts has a finite number.
    pub freedom: Option<f64>,
}

/// Combines independent standard uncertainties with their degrees of freedom (JCGM 100, 5.1.2 and G.4.1).
#[must_use]
pub fn combine(parts: &[(f64, Option<f64>)]) -> Combined {
    let variance: f64 = parts.iter().map(|(u, _)| u * u).sum();
    let doubt: f64 = parts.iter().filter_map(|(u, f)| f.map(|f| u.powi(4) / f)).sum();
    Combined {
        standard: variance.sqrt(),
        freedom: (doubt > 0.0).then(|| variance * variance / doubt),
    }
}

/// Coverage factor for the two-sided probability `level` with `freedom` degrees of freedom: Student's t quantile.
///
/// Bisection of the distribution function, itself by the continued fraction of the incomplete beta function
/// (Abramowitz & Stegun 26.5.8, 26.7.1).
#[must_use]
pub fn coverage_factor(level: f64, freedom: f64) -> f64 {
    let outside = |t: f64| 1.0 - incomplete_beta(freedom / (freedom + t * t), 0.5 * freedom, 0.5) < level;
    let (mut low, mut high) = (0.0, 4.0);
    while outside(high) && high < 1e6 {
        (low, high) = (high, 4.0 * high);
    }
    while high - low > 1e-9 * high {
        let middle = 0.5 * (low + high);
        if outside(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = (log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

/// Continued fraction of the incomplete beta function, evaluated forwards (Lentz 1976).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let guard = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let (mut c, mut value) = (1.0, d);
    for m in 1..500 {
        let m = f64::from(m);
        for numerator in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / guard(1.0 + numerator * d);
            c = guard(1.0 + numerator / c);
            value *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-14 {
            break;
        }
    }
    value
}

/// Logarithm of the gamma function by Stirling's series after raising the argument above 10 (error below 1e-13).
fn log_gamma(x: f64) -> f64 {
    let (mut z, mut shift) = (x, 0.0);
    while z < 10.0 {
        shift -= z.ln();
        z += 1.0;
    }
    let w = 1.0 / (z * z);
    let series = (1.0 / 12.0 + w * (-1.0 / 360.0 + w * (1.0 / 1260.0 + w * (-1.0 / 1680.0 + w / 1188.0)))) / z;
    shift + (z - 0.5) * z.ln() - z + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_factor_matches_printed_tables() {
        // JCGM 100, table G.2.
        for (level, freedom, factor) in [
            (0.95, 1.0, 12.71),
            (0.95, 10.0, 2.23),
            (0.9545, 20.0, 2.13),
            (0.99, 16.0, 2.92),
            (0.9545, 100.0, 2.025),
        ] {
            let seen = coverage_factor(level, freedom);
            assert!((seen - factor).abs() < 0.0051, "{level} {freedom}: {seen}");
        }
    }

    #[test]
    fn nist_technical_note_1297_example_d_2_gives_34_nanometres() {
        let parts = [25.0, 5.8, 3.9, 6.7, 1.7, 5.8, 10.2, 2.9, 16.6].map(|u| (u, None));
        let all = combine(&parts);
        assert!((all.standard - 33.812).abs() < 1e-3, "{all:?}");
        assert_eq!(all.freedom, None);
    }

    #[test]
    fn gum_example_h_1_gives_32_nanometres_with_16_degrees_of_freedom_and_93_at_99_per_cent() {
        let all = combine(&[
            (25.0, Some(18.0)),
            (9.7, Some(25.6)),
            (2.9, Some(50.0)),
            (16.6, Some(2.0)),
        ]);
        let freedom = all.freedom.unwrap();
        assert!(
            (all.standard - 31.671).abs() < 1e-3 && (freedom - 16.765).abs() < 1e-3,
            "{all:?}"
        );
        // The GUM rounds the degrees of freedom down to 16: k = 2.92, U = 93 nm.
        assert!((coverage_factor(0.99, freedom.floor()) * all.standard - 93.0).abs() < 1.0);
    }

    #[test]
    fn a_term_in_mm_needs_a_scale_and_a_relative_one_grows_with_the_width() {
        let term = |unit| Term {
            id: "t".into(),
            half_width: 0.003,
            unit,
            distribution: Distribution::Rectangular,
            coverage: 1.0,
            sensitivity: 1.0,
            freedom: None,
            source: Source::Assumption,
            group: Group::Part,
        };
        assert_eq!(term(Unit::Mm).standard_px(75.0, None), None);
        let px = term(Unit::Mm).standard_px(75.0, Some(0.04)).unwrap();
        assert!((px - 0.003 / 3f64.sqrt() / 0.04).abs() < 1e-12);
        let relative = term(Unit::Relative).standard_px(75.0, None).unwrap();
        assert!((relative - 75.0 * 0.003 / 3f64.sqrt()).abs() < 1e-12);
    }
}
