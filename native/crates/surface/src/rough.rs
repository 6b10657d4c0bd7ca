//! Roughness: where hollows and bumps crowd, the area is scuffed and they are not dents of their own.

use crate::dents::Dent;
use crate::finding::Finding;
use crate::lines::Line;
use crate::shapes;
use crate::types::DefectKind;

/// Neighbours in a scuff are no further apart than this, mm.
const NEAR_MM: f64 = 3.2;
/// Fewest hollows and bumps of a scuff; a knock leaves one or two.
const FEWEST: usize = 5;
/// Least number of them for each mm2.
const DENSITY: f64 = 0.08;

/// Takes crowded dents and the lines among them out of the lists and returns the areas they fill.
///
/// The height is the root mean square of the members' heights. The signal is their number over the fewest accepted.
pub fn gather(dents: &mut Vec<Dent>, lines: &mut Vec<Line>, pitch_mm: f64) -> Vec<Finding> {
    let near = NEAR_MM / pitch_mm;
    let mut group: Vec<usize> = (0..dents.len()).collect();
    for i in 0..dents.len() {
        for j in 0..i {
            let (a, b) = (dents[i].centre, dents[j].centre);
            if (a[0] - b[0]).hypot(a[1] - b[1]) < near && group[i] != group[j] {
                let (from, to) = (group[i], group[j]);
                group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
            }
        }
    }
    let mut out = Vec::new();
    let mut gone = vec![false; dents.len()];
    for g in 0..dents.len() {
        let members: Vec<usize> = (0..dents.len()).filter(|&i| group[i] == g).collect();
        let Some(area) = scuff(dents, &members, pitch_mm) else {
            continue;
        };
        members.iter().for_each(|&i| gone[i] = true);
        let inside = |l: &Line| {
            let n = l
                .path
                .iter()
                .filter(|p| shapes::contains(&area.polygon_px, **p))
                .count();
            2 * n > l.path.len()
        };
        lines.retain(|l| !inside(l));
        out.push(area);
    }
    let mut at = 0;
    dents.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
    out
}

fn scuff(dents: &[Dent], members: &[usize], pitch_mm: f64) -> Option<Finding> {
    let heights: Vec<f64> = members.iter().filter_map(|&i| dents[i].finding.depth_mm).collect();
    let hollows = heights.iter().filter(|&&d| d > 0.0).count();
    // Blows only go down; what stands up as often as it goes down is a worn surface.
    if members.len() < FEWEST || hollows == 0 || hollows == heights.len() {
        return None;
    }
    let points: Vec<[f64; 2]> = members
        .iter()
        .flat_map(|&i| dents[i].finding.polygon_px.clone())
        .collect();
    let polygon_px = shapes::hull(&points);
    let area_mm2 = shapes::area(&polygon_px) * pitch_mm * pitch_mm;
    if members.len() as f64 / area_mm2 < DENSITY {
        return None;
    }
    let [long, short] = shapes::calipers(&polygon_px).map(|v| v * pitch_mm);
    let rms = (heights.iter().map(|d| d * d).sum::<f64>() / heights.len() as f64).sqrt();
    Some(Finding {
        kind: DefectKind::Roughness,
        polygon_px,
        area_mm2: Some(area_mm2),
        length_mm: long,
        width_mm: short,
        depth_mm: Some(rms),
        depth_uncertainty_mm: Some(rms / (2.0 * heights.len() as f64).sqrt()),
        contrast: 0.0,
        maps: vec!["curvature", "slope"],
        snr: [members.len() as f64, FEWEST as f64 - 2.0],
        odds: None,
    })
}
