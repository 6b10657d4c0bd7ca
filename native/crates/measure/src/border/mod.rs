//! Graphic border of each side: the boundary between the printed frame and the art.

mod choose;
mod lines;
mod probes;

use crate::geometry::Side;
use crate::outline::Outline;
use choose::Limits;
use imaging::LinearSource;
use rayon::prelude::*;
use serde::Serialize;

/// Where to look for the border, px.
#[derive(Clone, Copy, Debug)]
pub struct BorderSearch {
    /// Nearest to the cut edge.
    pub first: f64,
    /// Farthest from it.
    pub depth: f64,
    /// Widest printed line that belongs to the boundary.
    pub rule: f64,
    /// Half extent of each probe along the edge.
    pub half_width: f64,
}

/// The printed boundary along one side.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BorderLine {
    /// Distance from the cut edge at mid-side, px.
    pub offset_px: f64,
    /// Tilt against the cut edge, degrees.
    pub tilt_deg: f64,
    /// Share of the side on which it was seen.
    pub coverage: f64,
    /// Root mean square distance of its points, px.
    pub residual_px: f64,
    /// Slope against the edge.
    #[serde(skip)]
    pub slope: f64,
    /// Places along the side (px from its middle) where it was seen.
    #[serde(skip)]
    pub seen: Vec<f64>,
}

impl BorderLine {
    /// Distance from the cut edge at u, px.
    #[must_use]
    pub fn at(&self, u: f64) -> f64 {
        self.offset_px + self.slope * u
    }

    /// Whether the boundary was seen within `reach` px of u.
    #[must_use]
    pub fn seen_near(&self, u: f64, reach: f64) -> bool {
        self.seen.iter().any(|s| (s - u).abs() <= reach)
    }
}

/// What was found on one side.
pub type SideBorder = std::result::Result<BorderLine, String>;

/// Looks for the border on all four sides, in the order of [`Side::ALL`].
#[must_use]
pub fn find_borders(src: &dyn LinearSource, outline: &Outline, search: &BorderSearch) -> Vec<SideBorder> {
    Side::ALL
        .into_par_iter()
        .map(|side| find_border(src, outline, side, search))
        .collect()
}

fn find_border(src: &dyn LinearSource, outline: &Outline, side: Side, search: &BorderSearch) -> SideBorder {
    let curve = &outline.edge(side).curve;
    let across = if matches!(side, Side::Left | Side::Right) {
        outline.size_px[0]
    } else {
        outline.size_px[1]
    };
    // Beyond the card's middle the other side's border would be found.
    let depth = search.depth.min(0.45 * across);
    let probes = probes::read(src, curve, search.first, depth, search.half_width);
    if probes.len() < probes::PROBES / 2 {
        return Err("too little of this side lies in the image".into());
    }
    let lines = lines::find(&probes, curve.half_length, depth);
    let limits = Limits {
        rule: search.rule,
        frame: 0.7 * search.depth,
    };
    let line = &lines[choose::choose(&probes, &lines, limits)?];
    let seen = probes
        .iter()
        .zip(&line.members)
        .filter(|(_, m)| m.is_some())
        .map(|(p, _)| p.u)
        .collect();
    Ok(BorderLine {
        offset_px: line.offset,
        tilt_deg: line.slope.atan().to_degrees(),
        coverage: line.coverage,
        residual_px: line.residual,
        slope: line.slope,
        seen,
    })
}
