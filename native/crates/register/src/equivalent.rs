//! What a print placement means as border widths and centering, for designs whose nominal frame is known.

use crate::placement::Placement;
use crate::template::Margins;
use serde::Serialize;

/// The pair of opposite stations that is farthest from the middle.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EquivalentStation {
    /// `leftRight` or `topBottom`.
    pub axis: &'static str,
    /// From 1.
    pub index: usize,
    /// Shares in per cent.
    pub ratio: [f64; 2],
}

/// Border widths and centering that the nominal frame would show on this card.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Equivalent {
    /// Widths of the design's own frame at the middle of each side, mm.
    pub widths_mm: Margins,
    /// Left and right share in per cent: the shift against the mean of both nominal margins.
    pub left_right: [f64; 2],
    /// Top and bottom share.
    pub top_bottom: [f64; 2],
    /// Expanded uncertainty (k = 2) of the left-right share, percentage points.
    pub left_right_uncertainty_pp: f64,
    /// Of the top-bottom share.
    pub top_bottom_uncertainty_pp: f64,
    /// The worst station's share.
    pub worst_station: EquivalentStation,
}

/// Derives the equivalent centering.
///
/// A design may be asymmetric on purpose. Its centering is therefore the one that a symmetric frame with the same mean
/// margin would have under the same shift: `share = 50 (1 + shift / mean margin)`, where the mean margin grows and shrinks
/// with the card's cut. `uncertainty_mm` is expanded (k = 2). `None` where the shift is beyond the margin, or there is none.
#[must_use]
pub fn equivalent(
    margins: &Margins,
    nominal_mm: [f64; 2],
    size_mm: [f64; 2],
    placement: &Placement,
    uncertainty_mm: [f64; 2],
) -> Option<Equivalent> {
    let [x, y] = placement.shift_mm;
    let [dw, dh] = [0, 1].map(|a| 0.5 * (size_mm[a] - nominal_mm[a]));
    let mean = [
        0.5 * (margins.left + margins.right) + dw,
        0.5 * (margins.top + margins.bottom) + dh,
    ];
    if mean.iter().any(|m| *m < 0.2) {
        return None;
    }
    let share = |axis: usize, shift: f64| {
        let first = 50.0 * (1.0 + shift / mean[axis]);
        [first, 100.0 - first]
    };
    let sound = |s: [f64; 2]| s.iter().all(|v| (0.0..=100.0).contains(v));
    let (left_right, top_bottom) = (share(0, x), share(1, y));
    if !sound(left_right) || !sound(top_bottom) {
        return None;
    }
    Some(Equivalent {
        widths_mm: Margins {
            left: margins.left + dw + x,
            right: margins.right + dw - x,
            top: margins.top + dh + y,
            bottom: margins.bottom + dh - y,
        },
        left_right,
        top_bottom,
        left_right_uncertainty_pp: 50.0 * uncertainty_mm[0] / mean[0],
        top_bottom_uncertainty_pp: 50.0 * uncertainty_mm[1] / mean[1],
        worst_station: worst(&share, placement, size_mm),
    })
}

/// Stations stand at k/8 of vertical and k/6 of horizontal sides; a turned print shifts each by turn x place.
fn worst(share: &dyn Fn(usize, f64) -> [f64; 2], placement: &Placement, size_mm: [f64; 2]) -> EquivalentStation {
    let station = |axis: usize, index: usize, count: usize| {
        let along = size_mm[1 - axis] * (index as f64 / (count + 1) as f64 - 0.5);
        let shift = placement.shift_mm[axis] + placement.turn * if axis == 0 { -along } else { along };
        EquivalentStation {
            axis: ["leftRight", "topBottom"][axis],
            index,
            ratio: share(axis, shift).map(|v| v.clamp(0.0, 100.0)),
        }
    };
    let off = |s: &EquivalentStation| (s.ratio[0] - 50.0).abs();
    (1..=7)
        .map(|i| station(0, i, 7))
        .chain((1..=5).map(|i| station(1, i, 5)))
        .fold(station(0, 1, 7), |a, b| if off(&b) > off(&a) { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYMMETRIC: Margins = Margins {
        left: 3.0,
        right: 3.0,
        top: 3.0,
        bottom: 3.0,
    };

    fn shifted(x: f64, y: f64, turn: f64) -> Placement {
        Placement {
            shift_mm: [x, y],
            turn,
            scale: 1.0,
        }
    }

    #[test]
    fn a_shift_of_a_tenth_of_the_margin_is_55_to_45() {
        let e = equivalent(
            &SYMMETRIC,
            [63.5, 88.9],
            [63.5, 88.9],
            &shifted(0.3, -0.15, 0.0),
            [0.03; 2],
        )
        .unwrap();
        assert!((e.left_right[0] - 55.0).abs() < 1e-12 && (e.top_bottom[1] - 52.5).abs() < 1e-12);
        assert!((e.widths_mm.left - 3.3).abs() < 1e-12 && (e.widths_mm.bottom - 3.15).abs() < 1e-12);
        assert!((e.left_right_uncertainty_pp - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_asymmetric_design_in_its_place_is_centred() {
        let margins = Margins {
            left: 2.0,
            right: 4.0,
            top: 3.0,
            bottom: 7.0,
        };
        let e = equivalent(&margins, [63.5, 88.9], [63.5, 88.9], &shifted(0.0, 0.0, 0.0), [0.0; 2]).unwrap();
        assert_eq!((e.left_right, e.top_bottom), ([50.0, 50.0], [50.0, 50.0]));
        assert!((e.widths_mm.right - 4.0).abs() < 1e-12);
    }

    #[test]
    fn a_turned_print_is_worst_at_its_end_stations() {
        let e = equivalent(
            &SYMMETRIC,
            [63.5, 88.9],
            [63.5, 88.9],
            &shifted(0.0, 0.0, 0.01),
            [0.0; 2],
        )
        .unwrap();
        assert_eq!(e.worst_station.axis, "leftRight");
        // Station 1 lies 3/8 of 88.9 mm above the middle: 0.333 mm to the right.
        let first = 50.0 * (1.0 + 0.01 * 88.9 * 0.375 / 3.0);
        assert!((e.worst_station.ratio[0] - first).abs() < 1e-9, "{:?}", e.worst_station);
    }

    #[test]
    fn a_shift_beyond_the_margin_has_no_share() {
        assert!(
            equivalent(
                &SYMMETRIC,
                [63.5, 88.9],
                [63.5, 88.9],
                &shifted(3.2, 0.0, 0.0),
                [0.0; 2]
            )
            .is_none()
        );
    }
}
