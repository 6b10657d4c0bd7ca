//! Scratches and creases: the strongest chain over all levels, its cross-section, depth and width, and its kind.

use crate::chains::{Chain, dist};
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::planes::Level;
use crate::print::Print;
use crate::section::{self, Section};
use crate::shapes;
use crate::types::DefectKind;

/// Wider relief is the card's own bow and waviness, mm.
const WIDEST_MM: f64 = 1.5;

/// Wider than this a line's signal has to grow with its width, mm.
const WIDE_MM: f64 = 0.45;

/// A line worth reporting, before dents have claimed their rims.
pub struct Line {
    /// Smoothed path, pixels of the maps.
    pub path: Vec<[f64; 2]>,
    /// The finding.
    pub finding: Finding,
}

/// Picks chains by total signal; a chain beside a stronger one is its flank or its echo on another level.
pub fn find(base: &Level, chains: Vec<Chain>, frame: &Frame, radius: f64, blur_px: f64, o: &Options) -> Vec<Line> {
    let min_px = o.line_min_length_mm / frame.pitch;
    let mut strong: Vec<Chain> = chains
        .into_iter()
        .filter(|c| c.peak >= o.line_seed && c.total() >= o.line_total && c.length_px() >= min_px && is_open(c))
        .collect();
    strong.sort_by(|a, b| b.total().total_cmp(&a.total()));
    let mut taken: Vec<Chain> = Vec::new();
    let mut lines = Vec::new();
    for chain in strong {
        if taken.iter().any(|t| beside(&chain, t)) {
            continue;
        }
        let path = smooth(&chain.points);
        let seen = section::read(base, &path, section::first_reach(chain.step), &chain, frame.pitch);
        // The banks of a groove may sum up to more than the groove does, but they are not what there is to report.
        if seen.as_ref().is_some_and(|s| s.opposed > 1.0) {
            continue;
        }
        lines.extend(seen.and_then(|seen| measure(base, &chain, path, &seen, frame, radius, blur_px, o)));
        taken.push(chain);
    }
    lines
}

/// Whether the line runs along one edge of the print: most of its length has brighter print on the same side. Shine
/// that was not quite undone, and lights that are not quite registered, draw such edges into the slopes; a scratch
/// crosses the print, and a fold breaks the ink alike on both sides: there the step has to stand beyond its width too.
pub fn follows_print(line: &Line, print: &Print, pitch_mm: f64) -> bool {
    /// Distance to either side, mm.
    const BESIDE_MM: f64 = 0.14;
    let far = line.finding.width_mm.max(BESIDE_MM);
    [BESIDE_MM, far]
        .iter()
        .all(|mm| has_step(&line.path, print, mm / pitch_mm))
}

/// Whether most of a path has brighter print on the same side, `off` pixels beside it.
fn has_step(path: &[[f64; 2]], print: &Print, off: f64) -> bool {
    /// Relative step of the print that counts.
    const STEP: f64 = 0.07;
    /// Share of the path with the step on one side.
    const SHARE: f64 = 0.6;
    let step = |i: usize| {
        let (a, b) = (path[i.saturating_sub(4)], path[(i + 4).min(path.len() - 1)]);
        let d = dist(a, b).max(1e-9);
        let normal = [-(b[1] - a[1]) / d, (b[0] - a[0]) / d];
        let luma = |s: f64| print.luma([path[i][0] + s * off * normal[0], path[i][1] + s * off * normal[1]]);
        let (l, r) = (f64::from(luma(1.0)?), f64::from(luma(-1.0)?));
        Some((l - r) / (l + r).max(1e-6))
    };
    let steps: Vec<f64> = (0..path.len()).step_by(3).filter_map(step).collect();
    let up = steps.iter().filter(|s| **s > STEP).count();
    let down = steps.iter().filter(|s| **s < -STEP).count();
    up.max(down) as f64 > SHARE * steps.len() as f64 && up.min(down) * 4 < up.max(down)
}

/// The rim of a dent is a closed line; a scratch gets somewhere.
fn is_open(c: &Chain) -> bool {
    dist(c.points[0], c.points[c.points.len() - 1]) > 0.6 * c.length_px()
}

/// Whether most of `c` runs within the flanks of `t`.
fn beside(c: &Chain, t: &Chain) -> bool {
    let reach = 4.5 * c.step.max(t.step);
    let b = shapes::bounds(&t.points);
    let near = |p: &[f64; 2]| {
        p[0] > b[0] - reach
            && p[1] > b[1] - reach
            && p[0] < b[2] + reach
            && p[1] < b[3] + reach
            && t.points.iter().any(|&s| dist(*p, s) < reach)
    };
    c.points.iter().filter(|p| near(p)).count() * 2 > c.points.len()
}

/// Moving average over nine points takes the pixel grid's jitter out of a path.
fn smooth(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    (0..points.len())
        .map(|i| {
            let r = 4.min(i).min(points.len() - 1 - i);
            let part = &points[i - r..=i + r];
            let mean = |axis: usize| part.iter().map(|p| p[axis]).sum::<f64>() / part.len() as f64;
            [mean(0), mean(1)]
        })
        .collect()
}

fn measure(
    base: &Level,
    chain: &Chain,
    path: Vec<[f64; 2]>,
    seen: &Section,
    frame: &Frame,
    radius: f64,
    blur_px: f64,
    o: &Options,
) -> Option<Line> {
    if seen.snr < o.line_depth || seen.width_mm > WIDEST_MM {
        return None;
    }
    let section = section::exact(base, &path, seen, chain, frame.pitch, blur_px);
    if section.width_mm > WIDEST_MM {
        return None;
    }
    // Waviness of the trend's own making is wide: a wide line has to stand out by more.
    let threshold = o.line_total * (section.width_mm / WIDE_MM).max(1.0);
    if chain.total() < threshold {
        return None;
    }
    let length_mm = chain.length_px() * frame.pitch;
    let near_edge = |p: [f64; 2]| frame.inside_mm(frame.mm(p), radius) < o.edge_margin_mm + 0.8;
    let at_edge = near_edge(path[0]) || near_edge(path[path.len() - 1]);
    // A fold stands up, a scratch goes down with low banks: a raised line need not be as wide to be a fold.
    let raised = if section.depth_mm < 0.0 { 0.7 } else { 1.0 };
    let wide = section.width_mm >= raised * o.crease_min_width_mm;
    let kind = if wide && (length_mm >= o.crease_min_length_mm || (at_edge && length_mm >= 2.0)) {
        DefectKind::Crease
    } else if wide && length_mm < 6.0 * section.width_mm {
        DefectKind::Dent
    } else {
        DefectKind::Scratch
    };
    let drawn = shapes::simplify(&path, 0.3);
    let half_px = (0.5 * section.width_mm / frame.pitch).max(1.0);
    let finding = Finding {
        kind,
        polygon_px: shapes::band(&drawn, half_px),
        area_mm2: Some(length_mm * section.width_mm),
        length_mm,
        width_mm: section.width_mm,
        depth_mm: Some(section.depth_mm),
        depth_uncertainty_mm: Some(section.uncertainty_mm),
        contrast: 0.0,
        maps: vec!["curvature", "slope"],
        snr: [chain.total(), threshold],
        odds: None,
    };
    Some(Line { path, finding })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{CardFrame, Rig};

    #[test]
    fn a_groove_is_reported_where_one_of_its_banks_sums_up_to_more() {
        // A groove along y of 20 um and a standard deviation of 2 px, with banks of 4 um 5 px beside it.
        const W: usize = 200;
        let part = |x: f64, depth: f64, s: f64| depth * x / (s * s) * (-x * x / (2.0 * s * s)).exp();
        let slope = |k: usize| {
            let x = (k % W) as f64 - 100.0;
            let banks = part(x - 5.0, -0.004, 1.6) + part(x + 5.0, -0.004, 1.6);
            ((part(x, 0.02, 2.0) + banks) / 0.04) as f32
        };
        let level = Level {
            p: (0..W * W).map(slope).collect(),
            q: vec![0.0; W * W],
            var: vec![1e-5; W * W],
            mask: vec![1; W * W],
            ..Level::of_places(W, W, 1.0, [0.0; 2])
        };
        let line = |x: f64, sum: f64, valley: bool| Chain {
            points: (50..150).map(|y| [x, f64::from(y)]).collect(),
            sum,
            peak: 50.0,
            valley,
            step: 2.0,
        };
        let chains = vec![line(105.0, 2200.0, false), line(100.0, 2000.0, true)];
        let frame = Frame::new(&CardFrame {
            corners_px: [[0.0, 0.0], [199.0, 0.0], [199.0, 199.0], [0.0, 199.0]],
            pixel_pitch_mm: 0.04,
            corner_radius_mm: None,
            border_px: None,
            rig: Rig::default(),
        })
        .unwrap();
        let found = find(&level, chains, &frame, 0.0, 0.0, &Options::default());
        assert_eq!(found.len(), 1);
        let depth = found[0].finding.depth_mm.unwrap();
        assert!((depth / 0.02 - 1.0).abs() < 0.1, "{depth}");
    }
}
