//! Graphic border of each side: the boundary between the printed frame and the art.

mod choose;
mod colour;
mod lines;
mod probes;

use crate::geometry::{EdgeCurve, Side};
use crate::outline::Outline;
use choose::Limits;
pub use colour::{Mix, Mixed};
use imaging::LinearSource;
use lines::Boundary;
use probes::Probe;
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
    /// Weights of red, green and blue in which it shows, where brightness alone does not show it.
    pub mix: Option<Mix>,
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
    match in_light(src, curve, depth, search) {
        Err(reason) if src.colours() == 3 => in_colour(src, curve, depth, search).ok_or(reason),
        found => found,
    }
}

/// Most borders lie in this outer part of the depth; what is farther in is read only where none is found there.
const OUTER: f64 = 0.5;

fn in_light(src: &dyn LinearSource, curve: &EdgeCurve, depth: f64, search: &BorderSearch) -> SideBorder {
    let outer = OUTER * depth;
    let reach = |line: &Boundary| line.offset + search.rule < outer;
    match look(src, curve, outer, search) {
        Ok((probes, line, stripe)) if !stripe && reach(&line) => Ok(border_line(&probes, &line, None)),
        _ => look(src, curve, depth, search).map(|(probes, line, _)| border_line(&probes, &line, None)),
    }
}

/// Probes down to `depth`, the border among their lines, and whether a stripe begins there.
fn look(
    src: &dyn LinearSource,
    curve: &EdgeCurve,
    depth: f64,
    search: &BorderSearch,
) -> std::result::Result<(Vec<Probe>, Boundary, bool), String> {
    let probes = probes::read(src, curve, search.first, depth, search.half_width);
    if probes.len() < probes::PROBES / 2 {
        return Err("too little of this side lies in the image".into());
    }
    let mut lines = lines::find(&probes, curve.half_length, depth);
    let choice = choose::choose(&probes, &lines, limits(search))?;
    Ok((probes, lines.swap_remove(choice.index), choice.stripe))
}

fn limits(search: &BorderSearch) -> Limits {
    Limits {
        rule: search.rule,
        frame: 0.7 * search.depth,
    }
}

/// Six chances instead of one to take art for a border: a border in colour has to be seen nearly all along its side.
const IN_COLOUR: [f64; 3] = [0.85, 0.6, 0.7];

/// Looks for a border of another colour but equal brightness, then again in the mix that shows it best.
fn in_colour(src: &dyn LinearSource, curve: &EdgeCurve, depth: f64, search: &BorderSearch) -> Option<BorderLine> {
    let [coverage, run, residual] = IN_COLOUR;
    let look = |mix: Mix| {
        let (probes, line, _) = look(&Mixed::new(src, mix), curve, depth, search).ok()?;
        let clear = line.coverage >= coverage && line.run >= run && line.residual <= residual;
        clear.then_some((probes, line))
    };
    let (mix, probes, line) = colour::MIXES
        .into_iter()
        .filter_map(|mix| look(mix).map(|(probes, line)| (mix, probes, line)))
        .max_by(|a, b| a.2.strength.total_cmp(&b.2.strength))?;
    let sharper = colour::best_mix(src, curve, &probes, &line, search.half_width)
        .and_then(|best| look(best).map(|(p, l)| (best, p, l)))
        .filter(|(_, _, l)| (l.offset - line.offset).abs() < 2.0 && l.strength >= line.strength);
    let (mix, probes, line) = sharper.unwrap_or((mix, probes, line));
    Some(border_line(&probes, &line, Some(mix)))
}

fn border_line(probes: &[Probe], line: &Boundary, mix: Option<Mix>) -> BorderLine {
    let seen = probes
        .iter()
        .zip(&line.members)
        .filter(|(_, m)| m.is_some())
        .map(|(p, _)| p.u)
        .collect();
    BorderLine {
        offset_px: line.offset,
        tilt_deg: line.slope.atan().to_degrees(),
        coverage: line.coverage,
        residual_px: line.residual,
        mix,
        slope: line.slope,
        seen,
    }
}
