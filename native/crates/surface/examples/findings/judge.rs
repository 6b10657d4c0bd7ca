//! Compares findings with the simulator's truth: found, missed, confused, false, depths, confidences.

use serde::Serialize;
use simulate::{DefectKind as Truth, DefectTruth};
use std::collections::BTreeMap;
use surface::{Condition, Defect, DefectKind};

/// Print changed by less than this inside its outline is not there to be seen (white paper on a white border).
const VISIBLE: f64 = 0.1;
/// Height is judged from this depth (mm) and this width (px) on.
const HEIGHT_FROM: (f64, f64) = (0.01, 5.0);

/// Counts of one kind.
#[derive(Default, Serialize)]
pub struct Tally {
    pub truths: usize,
    pub found: usize,
    pub confused: usize,
    /// Hardly changes the print: neither found nor missed.
    pub invisible: usize,
    pub falsely: usize,
}

/// A depth against the truth's.
#[derive(Serialize)]
pub struct Depth {
    pub kind: DefectKind,
    pub error: f64,
    /// Standard uncertainty claimed, relative.
    pub claimed: f64,
    pub seed: u64,
}

/// Everything counted.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    pub cards: usize,
    pub by_kind: BTreeMap<&'static str, Tally>,
    /// Scratches of 5 um x 60 um and dents of 20 um: truths, found.
    pub faintest: BTreeMap<&'static str, [usize; 2]>,
    pub depths: Vec<Depth>,
    /// Confidence of every finding and whether it is true and of the right kind.
    pub confidences: Vec<(f64, bool)>,
    pub times_ms: Vec<f64>,
}

fn kind_of(t: Truth) -> DefectKind {
    match t {
        Truth::Scratch => DefectKind::Scratch,
        Truth::Dent => DefectKind::Dent,
        Truth::Crease => DefectKind::Crease,
        Truth::Stain => DefectKind::Stain,
        Truth::PrintLine => DefectKind::PrintLine,
        Truth::PrintDot => DefectKind::PrintDot,
        Truth::EdgeWhitening => DefectKind::EdgeWhitening,
        Truth::CornerWear => DefectKind::CornerWear,
        Truth::Roughness => DefectKind::Roughness,
    }
}

/// Distance of a point from a polygon's outline, 0 inside.
fn off(poly: &[[f64; 2]], p: [f64; 2]) -> f64 {
    let n = poly.len();
    let mut inside = false;
    let mut best = f64::INFINITY;
    for i in 0..n {
        let (a, b) = (poly[i], poly[(i + 1) % n]);
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let t = (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
        best = best.min((p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy));
    }
    if inside { 0.0 } else { best }
}

/// A finding belongs to a truth when half of its outline lies within 0.5 mm of the truth's.
fn belongs(d: &Defect, t: &DefectTruth) -> bool {
    d.polygon_mm.iter().filter(|&&p| off(&t.polygon_mm, p) < 0.5).count() * 2 >= d.polygon_mm.len()
}

fn is_relief(t: &DefectTruth) -> bool {
    matches!(t.kind, Truth::Scratch | Truth::Dent | Truth::Crease | Truth::Roughness)
}

/// Names a kind's faintest truth that has to be found.
fn faintest(t: &DefectTruth) -> Option<&'static str> {
    let is = |v: f64, want: f64| (v - want).abs() < 1e-9;
    match t.kind {
        Truth::Scratch if is(t.depth_mm, 0.005) && is(t.width_mm, 0.06) => Some("scratch"),
        Truth::Dent if is(t.depth_mm, 0.02) => Some("dent"),
        _ => None,
    }
}

impl Score {
    /// Adds one card. What a finding of the limit's confidence or more says counts; fainter ones are for a person.
    pub fn add(&mut self, truth: &[DefectTruth], pitch: f64, seed: u64, c: &Condition, limit: f64, verbose: bool) {
        self.cards += 1;
        let all: Vec<&Defect> = c.defects.iter().collect();
        let sure: Vec<&Defect> = all.iter().copied().filter(|d| d.confidence >= limit).collect();
        let say = verbose.then_some(seed);
        for t in truth {
            self.judge(t, &sure, pitch, seed, say);
        }
        for d in all {
            let owner = truth.iter().find(|t| belongs(d, t));
            let right = owner.is_some_and(|t| kind_of(t.kind) == d.kind);
            self.confidences.push((d.confidence, right));
            if owner.is_none() && d.confidence >= limit {
                self.by_kind.entry(d.kind.name()).or_default().falsely += 1;
            }
            if let Some(seed) = say.filter(|_| owner.is_none()) {
                println!(
                    "  {seed}: false {} {:?} {:.2?} l {:.2} w {:.3} a {:.2} d {:?} snr {:.1} p {:.2}",
                    d.id,
                    d.evidence.maps,
                    d.bbox_mm,
                    d.length_mm,
                    d.width_mm,
                    d.area_mm2,
                    d.depth_mm,
                    d.evidence.signal_to_noise,
                    d.confidence
                );
            }
        }
    }

    fn judge(&mut self, t: &DefectTruth, sure: &[&Defect], pitch: f64, seed: u64, say: Option<u64>) {
        let kind = kind_of(t.kind);
        let hits: Vec<&&Defect> = sure.iter().filter(|d| belongs(d, t)).collect();
        let right = hits.iter().find(|d| d.kind == kind);
        let tally = self.by_kind.entry(kind.name()).or_default();
        if !is_relief(t) && t.contrast < VISIBLE {
            tally.invisible += 1;
            return;
        }
        tally.truths += 1;
        tally.found += usize::from(right.is_some());
        tally.confused += usize::from(right.is_none() && !hits.is_empty());
        if let Some(name) = faintest(t) {
            let count = self.faintest.entry(name).or_default();
            count[0] += 1;
            count[1] += usize::from(right.is_some());
        }
        let tall = t.depth_mm >= HEIGHT_FROM.0 && t.width_mm >= HEIGHT_FROM.1 * pitch && kind != DefectKind::Roughness;
        if let Some((d, depth)) = right.and_then(|d| Some((d, d.depth_mm?))).filter(|_| tall) {
            self.depths.push(Depth {
                kind,
                error: depth.abs() / t.depth_mm - 1.0,
                claimed: d.depth_uncertainty_mm.unwrap_or(f64::NAN) / t.depth_mm,
                seed,
            });
            if say.is_some() && (depth.abs() / t.depth_mm - 1.0).abs() > 0.1 {
                println!(
                    "  {seed}: {kind:?} {:.3} wide, {:.4} deep, read {depth:.4}",
                    t.width_mm, t.depth_mm
                );
            }
        }
        if let Some(seed) = say.filter(|_| right.is_none()) {
            let other: Vec<&str> = hits.iter().map(|d| d.kind.name()).collect();
            println!(
                "  {seed}: missed {:?} at {:.2?} {:.2} x {:.3}, {:.4} deep, contrast {:.2}; as {other:?}",
                t.kind, t.bbox_mm, t.length_mm, t.width_mm, t.depth_mm, t.contrast
            );
        }
    }
}
