//! The reading of one side, stage by stage.

use crate::chains::{self, Chain};
use crate::dents::{self, Dent};
use crate::finding::Finding;
use crate::foil::Foil;
use crate::frame::Frame;
use crate::hessian;
use crate::lines::{self, Line};
use crate::options::Options;
use crate::planes::{self, Crop, Level};
use crate::types::{CardFrame, Condition, Corners, Defect, Edges, Maps};
use crate::{chains::dist, input};
use imaging::{Cancel, CoreError, ErrorCode, Result};

/// Reads the condition of one side.
///
/// `maps` are row-major planes of one size, `card` places the card in them, `progress` gets 0..=1. Lengths are in mm in
/// the card's frame (origin at its centre, x right, y down).
///
/// # Errors
/// `value.invalid`, `image.sizeMismatch`, `image.tooLarge` or `card.cutOff` naming the field, or `cancelled`.
pub fn analyse(maps: &Maps, card: &CardFrame, o: &Options, cancel: &Cancel, progress: &(dyn Fn(f32) + Sync)) -> Result<Condition> {
    input::check(maps, card, o)?;
    let frame = Frame::new(card).ok_or_else(|| {
        let text = "the four corners do not span a card";
        CoreError::new(ErrorCode::ValueInvalid, text, "find the card's outline again").in_field("card.corners_px")
    })?;
    let radius = card.corner_radius_mm.unwrap_or(3.0);
    let crop = Crop::around(maps, &card.corners_px);
    let foil = Foil::find(maps, &frame, radius, crop, o);
    progress(0.05);
    let planes = planes::prepare(maps, &frame, radius, crop, &foil, o, cancel)?;
    progress(0.3);
    let shapes = shape_findings(planes.base, &frame, radius, o, cancel)?;
    progress(0.8);
    let defects = ranked(shapes, &frame, o.max_findings);
    progress(1.0);
    Ok(Condition {
        defects,
        corners: Corners::default(),
        edges: Edges::default(),
        foil_fraction: foil.fraction,
        judged_fraction: planes.judged,
        notes: Vec::new(),
    })
}

/// Coarsest level: its pixel is about 0.6 mm, for dents of 2 mm.
const COARSEST_MM: f64 = 0.7;

/// Scratches, creases and dents over all levels.
fn shape_findings(base: Level, frame: &Frame, radius: f64, o: &Options, cancel: &Cancel) -> Result<Vec<Finding>> {
    let mut levels = vec![base];
    while levels[levels.len() - 1].step * 2.0 * frame.pitch <= COARSEST_MM {
        let next = levels[levels.len() - 1].halved(cancel)?;
        levels.push(next);
    }
    let mut chains: Vec<Chain> = Vec::new();
    let mut blobs = Vec::new();
    for (k, level) in levels.iter().enumerate() {
        let found = hessian::candidates(level, o.line_follow, o.dent, cancel)?;
        chains.extend(chains::link(level, &found.lines));
        blobs.extend(found.blobs.into_iter().map(|b| (k, b)));
    }
    let dents = dents::find(&levels, &blobs, frame.pitch, o, cancel)?;
    let mut lines = lines::find(&levels[0], chains, frame, radius, o);
    lines.retain(|l| !dents.iter().any(|d| is_rim(l, d)));
    Ok(dents.into_iter().map(|d| d.finding).chain(lines.into_iter().map(|l| l.finding)).collect())
}

/// Whether a line is the rim of a dent: most of it lies within the dent's reach.
fn is_rim(line: &Line, dent: &Dent) -> bool {
    line.path.iter().filter(|&&p| dist(p, dent.centre) < dent.reach).count() * 2 > line.path.len()
}

/// Findings in the card's frame, worst first, numbered within their kind.
fn ranked(findings: Vec<Finding>, frame: &Frame, most: usize) -> Vec<Defect> {
    let mut defects: Vec<Defect> = findings.into_iter().map(|f| f.into_defect(frame)).collect();
    defects.sort_by(|a, b| (b.severity * b.confidence).total_cmp(&(a.severity * a.confidence)));
    defects.truncate(most);
    let mut counts = std::collections::HashMap::new();
    for d in &mut defects {
        let n = counts.entry(d.kind).or_insert(0u32);
        *n += 1;
        d.id = format!("{}-{n}", d.kind.name());
    }
    defects
}
