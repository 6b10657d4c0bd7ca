//! Learning a design from one good example: where its anchors are, and the file that keeps them.

use crate::cells::Cells;
use crate::cut::Cut;
use crate::structure::{CELL_MM, Structure};
use crate::template::{
    Anchor, CutUncertainty, FEWEST_ANCHORS, MOST_ANCHORS, Margins, Overview, Reference, SCHEMA, Template,
};
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};
use serde::{Deserialize, Serialize};

/// Side of an anchor's patch, mm.
pub const PATCH_MM: f64 = 2.4;
/// Distance of a patch's rim from the cut, mm: room for prints that are shifted further.
const INSET_MM: f64 = 1.0;
/// Anchors proposed by the machine.
const PROPOSED: usize = 28;
/// Fields over which anchors are spread.
const FIELDS: [usize; 2] = [4, 6];
/// Weakest patch that serves as an anchor: standard deviation in noise of 1 % contrast, mm.
const WEAKEST_MM: f64 = 0.01;
/// Distance between candidate places, mm.
const STRIDE_MM: f64 = 0.4;
/// Side of a cell of the overview, mm.
pub const OVERVIEW_MM: f64 = 1.0;

/// A place that could be an anchor.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Middle of the patch in the card frame, mm.
    pub at_mm: [f64; 2],
    /// Where that is in the image, px.
    pub at_px: [f64; 2],
    /// Side of the patch, mm.
    pub side_mm: f64,
    /// Standard deviation with which it would be located in noise of 1 % contrast, mm; absent where it cannot serve.
    pub strength_mm: Option<f64>,
    /// Why it cannot serve, in words.
    pub problem: Option<String>,
}

/// What the operator says of the design.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// What people call it.
    pub name: String,
    /// Set or series.
    #[serde(default)]
    pub set: String,
    /// `front` or `back`.
    pub side: String,
    /// Nominal card size; the example's own when absent.
    pub card_mm: Option<[f64; 2]>,
    /// Placement of the example's print against nominal.
    pub reference: Reference,
    /// Nominal distances from cut to printed frame.
    pub margins_mm: Option<Margins>,
}

/// A new template and what its anchors are like.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Ready to be written.
    pub template: Template,
    /// The anchors' strengths.
    pub anchors: Vec<Proposal>,
}

/// Proposes anchors: the strongest patch of each of 4 x 6 fields, then further strong ones, none overlapping.
///
/// # Errors
/// `value.invalid` when fewer than 6 places have enough structure; cancellation.
pub fn propose(src: &dyn LinearSource, cut: &Cut, cancel: &Cancel) -> Result<Vec<Proposal>> {
    let structure = Structure::new(Cells::read(src, cut, CELL_MM, cancel)?);
    cancel.check()?;
    let room = cut.size_mm.map(|s| 0.5 * (s - PATCH_MM) - INSET_MM);
    let steps = room.map(|r| ((2.0 * r / STRIDE_MM) as usize).max(1));
    let mut places: Vec<(f64, usize, [f64; 2])> = Vec::new();
    for j in 0..=steps[1] {
        for i in 0..=steps[0] {
            let part = [i as f64 / steps[0] as f64, j as f64 / steps[1] as f64];
            let at = [0, 1].map(|a| room[a] * (2.0 * part[a] - 1.0));
            let field = [0, 1].map(|a| ((part[a] * FIELDS[a] as f64) as usize).min(FIELDS[a] - 1));
            if let Some(u) = structure
                .strength(at, PATCH_MM, cut.pitch_mm)
                .filter(|u| *u < WEAKEST_MM)
            {
                places.push((u, field[1] * FIELDS[0] + field[0], at));
            }
        }
    }
    places.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let chosen = choose(&places);
    if chosen.len() < FEWEST_ANCHORS {
        return Err(CoreError::new(
            ErrorCode::ValueInvalid,
            format!(
                "the design has clear structure at only {} places, a template needs {FEWEST_ANCHORS}",
                chosen.len()
            ),
            "use a sharper, better lit picture; a plain design cannot be registered",
        )
        .in_field("anchors"));
    }
    Ok(chosen.into_iter().map(|(u, at)| proposal(cut, at, Ok(u))).collect())
}

/// The best of each field in rounds, each next one away from those already taken.
fn choose(places: &[(f64, usize, [f64; 2])]) -> Vec<(f64, [f64; 2])> {
    let mut chosen: Vec<(f64, [f64; 2])> = Vec::new();
    let mut taken = [0usize; FIELDS[0] * FIELDS[1]];
    for round in 1..=3 {
        for &(u, field, at) in places {
            let near = chosen
                .iter()
                .any(|(_, c)| (c[0] - at[0]).abs() < 1.2 * PATCH_MM && (c[1] - at[1]).abs() < 1.2 * PATCH_MM);
            if chosen.len() < PROPOSED && taken[field] < round && !near {
                taken[field] += 1;
                chosen.push((u, at));
            }
        }
    }
    chosen
}

fn proposal(cut: &Cut, at_mm: [f64; 2], strength: std::result::Result<f64, String>) -> Proposal {
    Proposal {
        at_mm,
        at_px: cut.to_px(at_mm),
        side_mm: PATCH_MM,
        strength_mm: strength.as_ref().ok().copied(),
        problem: strength.err(),
    }
}

/// Judges places that a person chose.
///
/// # Errors
/// Only cancellation.
pub fn check_anchors(src: &dyn LinearSource, cut: &Cut, places: &[[f64; 2]], cancel: &Cancel) -> Result<Vec<Proposal>> {
    let structure = Structure::new(Cells::read(src, cut, CELL_MM, cancel)?);
    Ok(places
        .iter()
        .map(|&at| {
            let judged = if !at.iter().all(|v| v.is_finite()) || !cut.holds(at, 0.5 * PATCH_MM + 0.3) {
                Err("it reaches over the cut".to_owned())
            } else {
                match structure.strength(at, PATCH_MM, cut.pitch_mm) {
                    Some(u) if u < WEAKEST_MM => Ok(u),
                    _ => Err("there is too little structure in one direction".to_owned()),
                }
            };
            proposal(cut, at, judged)
        })
        .collect())
}

/// Makes a template from an example and the places of its anchors.
///
/// # Errors
/// `value.invalid` for an anchor that cannot serve, too few or too many of them, or anchors that cover too little of the
/// card to tell a turn; cancellation.
pub fn learn(
    src: &dyn LinearSource,
    cut: &Cut,
    places: &[[f64; 2]],
    identity: &Identity,
    cancel: &Cancel,
) -> Result<Learned> {
    let mut anchors = check_anchors(src, cut, places, cancel)?;
    if let Some((i, bad)) = anchors.iter().enumerate().find(|(_, a)| a.problem.is_some()) {
        let why = bad.problem.as_deref().unwrap_or_default();
        return Err(refuse(
            format!("anchors[{i}]"),
            format!(
                "the anchor at {:.1}, {:.1} mm cannot serve: {why}",
                bad.at_mm[0], bad.at_mm[1]
            ),
            "move it or take it away",
        ));
    }
    if !(FEWEST_ANCHORS..=MOST_ANCHORS).contains(&anchors.len()) {
        return Err(refuse(
            "anchors".into(),
            format!(
                "a template has {FEWEST_ANCHORS} to {MOST_ANCHORS} anchors, not {}",
                anchors.len()
            ),
            "add or remove anchors",
        ));
    }
    check_spread(&anchors, cut)?;
    // Strongest first, so that a search may use the first few.
    anchors.sort_by(|a, b| a.strength_mm.unwrap_or(1.0).total_cmp(&b.strength_mm.unwrap_or(1.0)));
    let patches = anchors
        .iter()
        .enumerate()
        .map(|(i, a)| patch(src, cut, a.at_mm, i + 1))
        .collect::<Result<_>>()?;
    let fine = Cells::read(src, cut, crate::coarse::CELL_MM, cancel)?;
    let [columns, rows] = cut.size_mm.map(|s| (s / OVERVIEW_MM).floor() as usize);
    let overview = fine.coarser(OVERVIEW_MM, columns, rows);
    let template = Template {
        schema: SCHEMA.to_owned(),
        name: identity.name.clone(),
        set: identity.set.clone(),
        side: identity.side.clone(),
        card_mm: identity.card_mm.unwrap_or(cut.size_mm),
        pitch_mm: cut.pitch_mm,
        blur_mm: cut.blur_mm,
        cut_uncertainty: CutUncertainty {
            centre_mm: cut.centre_u_mm,
            turn_deg: cut.turn_u.to_degrees(),
        },
        reference: identity.reference,
        margins_mm: identity.margins_mm,
        anchors: patches,
        overview: Overview::pack(OVERVIEW_MM, columns, rows, &overview.light),
    };
    template.check()?;
    Ok(Learned { template, anchors })
}

/// Anchors in one corner would turn a micrometre into a degree.
fn check_spread(anchors: &[Proposal], cut: &Cut) -> Result<()> {
    for axis in 0..2 {
        let values = || anchors.iter().map(|a| a.at_mm[axis]);
        let extent = values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
        if extent < 0.35 * cut.size_mm[axis] {
            let direction = ["width", "height"][axis];
            return Err(refuse(
                "anchors".into(),
                format!("the anchors cover only {extent:.0} mm of the card's {direction}"),
                "add anchors near the other end of the card",
            ));
        }
    }
    Ok(())
}

/// Copies the pixels about a place, as they are: resampling would cost accuracy.
fn patch(src: &dyn LinearSource, cut: &Cut, at_mm: [f64; 2], number: usize) -> Result<Anchor> {
    let side = ((PATCH_MM / cut.pitch_mm).round() as usize | 1).clamp(15, 241);
    let centre = cut.to_px(at_mm).map(f64::round);
    let half = (side / 2) as f64;
    let [x0, y0] = centre.map(|c| c - half);
    let inside = x0 >= 0.0 && y0 >= 0.0 && x0 as usize + side <= src.width() && y0 as usize + side <= src.height();
    if !inside {
        return Err(refuse(
            format!("anchors[{}]", number - 1),
            "the anchor lies partly outside the picture".into(),
            "move it or take it away",
        ));
    }
    let mut light = vec![0f32; side * side];
    for (i, row) in light.chunks_mut(side).enumerate() {
        src.read_row(y0 as usize + i, x0 as usize, row);
    }
    let (range, codes) = Anchor::pack(&light);
    let at_mm = cut.to_mm(centre);
    let [across, down] = cut.steps_mm(centre);
    Ok(Anchor {
        id: format!("a{number}"),
        at_mm,
        first_mm: [0, 1].map(|a| at_mm[a] - half * (across[a] + down[a])),
        step_mm: across,
        row_mm: Some(down),
        width: side,
        height: side,
        range,
        codes,
    })
}

fn refuse(field: String, message: String, next: &str) -> CoreError {
    CoreError::new(ErrorCode::ValueInvalid, message, next).in_field(field)
}
