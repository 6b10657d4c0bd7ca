//! Radius of the card's rounded corners in mm, and the die it comes from.

use serde::Serialize;

/// Radii of usual dies, mm: square cut; 3 mm of most trading cards; 1/8 inch of playing cards.
const NOMINAL_MM: [f64; 3] = [0.0, 3.0, 3.175];
/// Standard uncertainty of one corner's reading beyond its scatter, px: phase and blur of the probed arc.
const READING_PX: f64 = 0.5;
/// A worn die departs from its nominal radius by this much, mm.
const DIE_MM: f64 = 0.03;
/// Coverage factor.
const K: f64 = 2.0;

/// The four corners of a card together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CornerRadius {
    /// Median of the corners, mm.
    pub radius_mm: f64,
    /// Expanded uncertainty (k = 2), mm.
    pub uncertainty_mm: f64,
    /// The one usual radius that agrees with it; `None` where none does, or more than one.
    pub nominal_mm: Option<f64>,
}

impl CornerRadius {
    /// From the radii of the corners in px; `None` for fewer than 3 of them, as one may be worn.
    #[must_use]
    pub fn of(radii_px: &[Option<f64>; 4], pixel_pitch_mm: f64) -> Option<Self> {
        let read: Vec<f64> = radii_px.iter().flatten().copied().collect();
        if read.len() < 3 {
            return None;
        }
        let (median, spread) = crate::math::median_mad(&read);
        let standard = pixel_pitch_mm * spread.hypot(READING_PX) / (read.len() as f64).sqrt();
        let radius_mm = median * pixel_pitch_mm;
        let uncertainty_mm = K * standard;
        let agrees = |nominal: &&f64| (radius_mm - **nominal).abs() <= uncertainty_mm.hypot(DIE_MM);
        let mut candidates = NOMINAL_MM.iter().filter(agrees);
        let nominal_mm = candidates.next().filter(|_| candidates.next().is_none()).copied();
        Some(Self {
            radius_mm,
            uncertainty_mm,
            nominal_mm,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radius_gets_the_die_that_it_agrees_with_and_none_where_two_do() {
        let of = |mm: f64, pitch: f64| CornerRadius::of(&[Some(mm / pitch); 4], pitch).unwrap();
        assert_eq!(of(3.01, 0.04).nominal_mm, Some(3.0));
        assert_eq!(of(3.165, 0.04).nominal_mm, Some(3.175));
        assert_eq!(of(0.0, 0.04).nominal_mm, Some(0.0));
        assert_eq!(of(2.0, 0.04).nominal_mm, None);
        // Half-way between two dies on a coarse scan.
        assert_eq!(of(3.0875, 0.2).nominal_mm, None);
    }

    #[test]
    fn one_worn_corner_does_not_decide_and_two_readings_say_nothing() {
        let worn = CornerRadius::of(&[Some(75.0), Some(75.2), Some(90.0), Some(74.9)], 0.04).unwrap();
        assert_eq!(worn.nominal_mm, Some(3.0));
        assert_eq!(CornerRadius::of(&[Some(75.0), None, None, Some(75.0)], 0.04), None);
    }
}
