//! How much more the position of an edge scatters between windows than its pixels' noise explains.
//!
//! Texture, mottle, a ragged cut or print and JPEG blocks are correlated along the edge, so pixel residuals of one window
//! cannot tell how far they move it. Windows beside each other can: the ratio of their scatter about the side's own line
//! to the noise of each is Birge's ratio (Birge 1932, Phys. Rev. 40:207), pooled over a side.

use crate::geometry::Side;
use crate::locate::Method;
use crate::math::fit_polynomial;
use crate::refine::{EdgeReading, StationReading};

/// Birge's ratio of one edge of one side.
#[derive(Clone, Copy, Debug)]
pub struct Scatter {
    /// Observed over expected variance of a window's position, at least 1.
    pub ratio: f64,
    /// Degrees of freedom it was found with; 0 where the side has too few windows.
    pub freedom: f64,
}

/// Scatter of both edges of every side, in the order of [`Side::ALL`].
#[derive(Clone, Copy, Debug)]
pub struct Scatters {
    /// Of the cut edge.
    pub outer: [Scatter; 4],
    /// Of the graphic border.
    pub border: [Scatter; 4],
}

impl Scatters {
    /// Looks at all windows of all stations.
    #[must_use]
    pub fn of(stations: &[StationReading]) -> Self {
        let of = |side: Side, pick: fn(&StationReading) -> Option<EdgeReading>, degree: usize| {
            ratio(&pooled(stations, side, pick), degree)
        };
        Self {
            // The side's curve may miss the cut's bow by a trace; a printed border is a straight line.
            outer: Side::ALL.map(|s| of(s, |r| r.outer, 2)),
            border: Side::ALL.map(|s| of(s, |r| r.border, 1)),
        }
    }
}

/// All windows of one edge of a side in which the erf fit stands.
#[must_use]
pub fn pooled(
    stations: &[StationReading],
    side: Side,
    pick: impl Fn(&StationReading) -> Option<EdgeReading>,
) -> Vec<Window> {
    let own = stations.iter().filter(|s| s.station.side == side);
    own.filter_map(|s| Some((s.station.u, pick(s)?)))
        .filter(|(_, e)| e.method == Method::Erf)
        .flat_map(|(u, e)| windows_of(u, &e))
        .collect()
}

/// An edge in one window.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Place along the side, px.
    pub u: f64,
    /// Position across it, px.
    pub v: f64,
    /// Its standard deviation from the window's own pixels, px.
    pub std: f64,
}

fn windows_of(u: f64, edge: &EdgeReading) -> Vec<Window> {
    let own = Window {
        u,
        v: edge.offset_px,
        std: edge.std_px,
    };
    let beside = edge.beside.iter().flatten().map(|b| Window {
        u: u + b.u,
        v: b.position,
        std: b.std,
    });
    std::iter::once(own).chain(beside).collect()
}

/// Reduced chi-square of the windows about a polynomial of `degree`.
#[must_use]
pub fn ratio(windows: &[Window], degree: usize) -> Scatter {
    let freedom = windows.len() as f64 - degree as f64 - 1.0;
    let none = Scatter {
        ratio: 1.0,
        freedom: 0.0,
    };
    if freedom < 4.0 {
        return none;
    }
    let half = windows.iter().map(|w| w.u.abs()).fold(1.0, f64::max);
    let x: Vec<f64> = windows.iter().map(|w| w.u / half).collect();
    let y: Vec<f64> = windows.iter().map(|w| w.v).collect();
    let weight: Vec<f64> = windows.iter().map(|w| 1.0 / (w.std * w.std)).collect();
    let Some((c, _)) = fit_polynomial(&x, &y, &weight, degree) else {
        return none;
    };
    let chi: f64 = (0..x.len())
        .map(|i| weight[i] * (y[i] - c[0] - x[i] * (c[1] + x[i] * c[2])).powi(2))
        .sum();
    // Within a standard deviation of its expectation chi-square is chance, not raggedness.
    let chance = 1.0 + (2.0 / freedom).sqrt();
    let found = chi / freedom;
    Scatter {
        ratio: if found > chance { found } else { 1.0 },
        freedom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows on a tilted line with the given deviations in units of their standard deviation.
    fn line(deviations: &[f64]) -> Vec<Window> {
        let place = |i: usize| 100.0 * i as f64 - 400.0;
        let at = |(i, d): (usize, &f64)| Window {
            u: place(i),
            v: 0.3 + 0.001 * place(i) + 0.01 * d,
            std: 0.01,
        };
        deviations.iter().enumerate().map(at).collect()
    }

    #[test]
    fn windows_on_a_line_have_no_extra_scatter_however_it_is_tilted() {
        let scatter = ratio(&line(&[0.0; 9]), 1);
        assert_eq!(scatter.ratio, 1.0);
        assert_eq!(scatter.freedom, 7.0);
    }

    #[test]
    fn the_ratio_is_the_reduced_chi_square() {
        // Alternating deviations of 3 with a zero in the middle: orthogonal to offset, nearly to slope.
        let scatter = ratio(&line(&[3.0, -3.0, 3.0, -3.0, 0.0, 3.0, -3.0, 3.0, -3.0]), 1);
        // Sum of squares 72, less what the slope takes: (sum x d)^2 / sum x^2 = (-36)^2... over 60 units of 1.
        let (xd, xx): (f64, f64) = (
            (-4.0 * 3.0 + 3.0 * 3.0 - 2.0 * 3.0 + 3.0 + 3.0 - 2.0 * 3.0 + 3.0 * 3.0 - 4.0 * 3.0),
            60.0,
        );
        assert!(
            (scatter.ratio - (72.0 - xd * xd / xx) / 7.0).abs() < 1e-9,
            "{scatter:?}"
        );
    }

    #[test]
    fn too_few_windows_say_nothing() {
        assert_eq!(ratio(&line(&[5.0, -5.0, 5.0]), 1).freedom, 0.0);
    }
}
