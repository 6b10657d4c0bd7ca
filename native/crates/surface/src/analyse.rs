//! The reading of one side, stage by stage.

use crate::bare;
use crate::blots;
use crate::chains::{self, Chain, dist};
use crate::corners;
use crate::cut::End;
use crate::dents::{self, Dent};
use crate::edges::{self, Side};
use crate::finding::Finding;
use crate::foil::Foil;
use crate::frame::Frame;
use crate::hessian;
use crate::input;
use crate::layering;
use crate::lift;
use crate::lines::{self, Line};
use crate::marks::{self, Printed};
use crate::options::Options;
use crate::plain::Plain;
use crate::planes::{self, Crop, Level};
use crate::print::Print;
use crate::rough;
use crate::stats::quantile;
use crate::tint::Tint;
use crate::types::{CardFrame, Condition, Corners, Defect, Edges, Maps};
use imaging::{Cancel, CoreError, ErrorCode, Result};

/// Radius assumed where neither the caller nor the corners tell it, mm (the common die).
const USUAL_RADIUS_MM: f64 = 3.175;

/// Reads the condition of one side.
///
/// `maps` are row-major planes of one size, `card` places the card in them, `progress` gets 0..=1. Lengths are in mm in
/// the card's frame (origin at its centre, x right, y down).
///
/// # Errors
/// `value.invalid`, `image.sizeMismatch`, `image.tooLarge` or `card.cutOff` naming the field, or `cancelled`.
pub fn analyse(
    maps: &Maps,
    card: &CardFrame,
    o: &Options,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Condition> {
    input::check(maps, card, o)?;
    let frame = Frame::new(card).ok_or_else(|| {
        let text = "the four corners do not span a card";
        CoreError::new(ErrorCode::ValueInvalid, text, "find the card's outline again").in_field("card.corners_px")
    })?;
    let mut notes = Vec::new();
    let print = Print::new(maps);
    let radius = radius_mm(card, &print, &frame, &mut notes);
    let crop = Crop::around(maps, &card.corners_px);
    let foil = Foil::find(maps, &frame, radius, crop, o);
    progress(0.05);
    let sides = edges::sides(&frame, corners::zone_mm(radius));
    // The cut needs nothing of the relief, whose trend is found in steps that one core does.
    let (planes, ends) = rayon::join(
        || planes::prepare(maps, &frame, radius, crop, &foil, &card.rig, o, cancel),
        || sides.each_ref().map(|side| edges::ends(side, &print, &frame)),
    );
    let planes = planes?;
    progress(0.25);
    let white = white_level(&print, maps, crop, &planes.base.mask);
    let levels = pyramid(planes.base, frame.pitch, cancel)?;
    progress(0.4);
    // Relief, print and outline need nothing of each other until the end.
    let blur_px = card.rig.blur_sigma_px.unwrap_or(0.0);
    let (relief, (printed, mut outline)) = rayon::join(
        || shape_findings(&levels, &print, &frame, radius, blur_px, o, cancel),
        || {
            let printed = || printed(maps, crop, &levels[0], &frame, white, o);
            let cut = Cut {
                sides: &sides,
                ends: &ends,
            };
            rayon::join(printed, || outline(&cut, &print, &frame, radius, white, &levels, o))
        },
    );
    let mut findings = relief?;
    progress(0.9);
    for found in printed {
        let outlines: Vec<Vec<[f64; 2]>> = findings.iter().map(|f| widened(f, &frame)).collect();
        findings.extend(Printed::not_on(found, &outlines));
    }
    findings.append(&mut outline.findings);
    let Outline { corners, edges, .. } = outline;
    let foil_fraction = (foil.fraction + planes.mirrors).min(1.0);
    if foil_fraction > 0.0 {
        notes.push(format!(
            "{:.0} % of the side is foil or holo: its surface is not judged",
            100.0 * foil_fraction
        ));
    }
    if planes.embossed {
        notes.push(
            "the stock is embossed (linen or the like): its regular texture is no damage and was taken out".into(),
        );
    }
    if planes.judged < 0.9 {
        notes.push(format!(
            "only {:.0} % of the surface could be judged",
            100.0 * planes.judged
        ));
    }
    cancel.check()?;
    progress(1.0);
    Ok(Condition {
        defects: ranked(findings, &frame, o.max_findings),
        corners,
        edges,
        foil_fraction,
        judged_fraction: planes.judged,
        notes,
    })
}

fn radius_mm(card: &CardFrame, print: &Print, frame: &Frame, notes: &mut Vec<String>) -> f64 {
    if let Some(r) = card.corner_radius_mm {
        return r;
    }
    match corners::estimate_radius(print, frame) {
        Some(r) if r <= 6.0 => r,
        _ => {
            notes.push(format!(
                "the corner radius could not be read; {USUAL_RADIUS_MM} mm is assumed"
            ));
            USUAL_RADIUS_MM
        }
    }
}

/// Albedo of the card's paper, from the brightest print's strongest channel: yellow ink is as bright as paper in red.
fn white_level(print: &Print, maps: &Maps, crop: Crop, mask: &[u8]) -> f64 {
    let at = |i: usize| (crop.y0 + i / crop.w) * maps.width + crop.x0 + i % crop.w;
    let judged = (0..mask.len()).step_by(61).filter(|&i| mask[i] != 0);
    let sample = judged.map(|i| print.pixel(at(i)).into_iter().fold(0.0, f32::max));
    f64::from(quantile(sample, 0.995))
}

/// Coarsest level: its pixel is about 0.6 mm, for dents of 2 mm.
const COARSEST_MM: f64 = 0.7;

/// The slopes on every scale that findings are looked for on.
fn pyramid(base: Level, pitch_mm: f64, cancel: &Cancel) -> Result<Vec<Level>> {
    let mut levels = vec![base];
    while levels[levels.len() - 1].step * 2.0 * pitch_mm <= COARSEST_MM {
        let next = levels[levels.len() - 1].halved(cancel)?;
        levels.push(next);
    }
    Ok(levels)
}

/// Scratches, creases and dents over all levels.
fn shape_findings(
    levels: &[Level],
    print: &Print,
    frame: &Frame,
    radius: f64,
    blur_px: f64,
    o: &Options,
    cancel: &Cancel,
) -> Result<Vec<Finding>> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut blobs = Vec::new();
    for (k, level) in levels.iter().enumerate() {
        let found = hessian::candidates(level, o.line_follow, o.dent, cancel)?;
        chains.extend(chains::link(level, &found.lines));
        blobs.extend(found.blobs.into_iter().map(|b| (k, b)));
    }
    let mut dents = dents::find(levels, &blobs, frame.pitch, blur_px, o, cancel)?;
    let mut lines = lines::find(&levels[0], chains, frame, radius, blur_px, o);
    lines.retain(|l| !dents.iter().any(|d| is_rim(l, d)));
    for line in lines.iter_mut().filter(|l| lines::follows_print(l, print, frame.pitch)) {
        // Not sure enough to cost anything; it is listed for a person.
        line.finding.snr = [1.2, 1.0];
    }
    let rough = rough::gather(&mut dents, &mut lines, frame.pitch);
    Ok(rough
        .into_iter()
        .chain(dents.into_iter().map(|d| d.finding))
        .chain(lines.into_iter().map(|l| l.finding))
        .collect())
}

/// Whether a line is the rim of a dent: most of it lies within the dent's reach.
fn is_rim(line: &Line, dent: &Dent) -> bool {
    line.path.iter().filter(|&&p| dist(p, dent.centre) < dent.reach).count() * 2 > line.path.len()
}

/// Outline of a relief finding with 0.2 mm around: broken ink on a crease belongs to the crease.
fn widened(f: &Finding, frame: &Frame) -> Vec<[f64; 2]> {
    let n = f.polygon_px.len().max(1) as f64;
    let centre = [0, 1].map(|k| f.polygon_px.iter().map(|p| p[k]).sum::<f64>() / n);
    let margin = 0.2 / frame.pitch;
    let push = |p: &[f64; 2]| {
        let d = dist(*p, centre).max(1e-9);
        [0, 1].map(|k| p[k] + margin * (p[k] - centre[k]) / d)
    };
    f.polygon_px.iter().map(push).collect()
}

/// Marks of the print: stains, those on plain print, then missing ink on art.
fn printed(maps: &Maps, crop: Crop, base: &Level, frame: &Frame, white: f64, o: &Options) -> [Vec<Printed>; 3] {
    let plain = Plain::find(maps, crop, base, frame.pitch);
    let grid = plain.grid(crop);
    let stains = || blots::find(&Tint::new(&plain, &grid), frame);
    let (stains, (marks, bare)) = rayon::join(stains, || {
        rayon::join(
            || marks::find(&plain, crop, frame, o),
            || bare::find(&plain, &grid, frame, white),
        )
    });
    [stains.into_iter().map(Printed::whole).collect(), bare, marks]
}

/// The card's four edges, and where the material ends along them.
struct Cut<'a> {
    sides: &'a [Side; 4],
    ends: &'a [Vec<Option<End>>; 4],
}

/// Corner and edge readings, and their findings.
struct Outline {
    corners: Corners,
    edges: Edges,
    findings: Vec<Finding>,
}

fn outline(cut: &Cut, print: &Print, frame: &Frame, radius: f64, white: f64, levels: &[Level], o: &Options) -> Outline {
    let mut findings = Vec::new();
    let Cut { sides, ends } = cut;
    let mut read = [0, 1, 2, 3].map(|k: usize| edges::read(&sides[k], &ends[k], print, frame, white, o));
    let lines = [0, 1, 2, 3].map(|k: usize| read[k].line);
    let corner = [0, 1, 2, 3].map(|k| {
        let (mut reading, finding) = corners::read(k, print, frame, radius, white, o);
        reading.lift_mm = lift::read(k, levels, frame, radius);
        reading.angle_deg = corners::angle_deg(k, frame, sides, &lines).unwrap_or(0.0);
        findings.extend(finding);
        reading
    });
    for (r, side) in read.iter_mut().zip(*sides) {
        r.reading.layering_mm = layering::read(side, &levels[0], frame);
    }
    read.iter_mut().for_each(|r| findings.append(&mut r.findings));
    let [left, right, top, bottom] = read.map(|r| r.reading);
    let [top_left, top_right, bottom_right, bottom_left] = corner;
    Outline {
        corners: Corners {
            top_left,
            top_right,
            bottom_right,
            bottom_left,
        },
        edges: Edges {
            left,
            right,
            top,
            bottom,
        },
        findings,
    }
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
