//! Builds findings: outline in both frames, severity by kind, confidence from the signal.

use crate::frame::Frame;
use crate::shapes;
use crate::types::{Defect, DefectKind, Evidence};

/// Measurements of a finding before it gets its outline in millimetres, severity and number.
pub struct Finding {
    /// Kind.
    pub kind: DefectKind,
    /// Outline, pixels of the maps.
    pub polygon_px: Vec<[f64; 2]>,
    /// Area; `None` takes the outline's.
    pub area_mm2: Option<f64>,
    /// Longest extent.
    pub length_mm: f64,
    /// Extent across.
    pub width_mm: f64,
    /// Depth, positive below the surface.
    pub depth_mm: Option<f64>,
    /// Standard uncertainty of the depth.
    pub depth_uncertainty_mm: Option<f64>,
    /// Relative change of albedo, where that is the finding.
    pub contrast: f64,
    /// Maps that show it.
    pub maps: Vec<&'static str>,
    /// Signal over noise, and the detector's threshold on it.
    pub snr: [f64; 2],
    /// Odds that it is true, where the detector has learnt them; otherwise the signal tells.
    pub odds: Option<f64>,
}

impl Finding {
    /// 0 to 1. By the signal it is 0.5 at the threshold and 0.9 at 3.3 times the threshold.
    fn confidence(&self) -> f64 {
        let [signal, threshold] = self.snr;
        let by_signal = || 1.0 - 0.5 * (threshold / signal.max(threshold)).powf(1.35);
        self.odds.map_or_else(by_signal, |o| o / (1.0 + o))
    }

    /// The finding in the card's frame; its number is given later.
    pub fn into_defect(self, frame: &Frame) -> Defect {
        let polygon_mm = shapes::to_mm(frame, &self.polygon_px);
        let area_mm2 = self.area_mm2.unwrap_or_else(|| shapes::area(&polygon_mm));
        Defect {
            id: String::new(),
            kind: self.kind,
            bbox_mm: shapes::bounds(&polygon_mm),
            polygon_mm,
            area_mm2,
            length_mm: self.length_mm,
            width_mm: self.width_mm,
            depth_mm: self.depth_mm,
            depth_uncertainty_mm: self.depth_uncertainty_mm,
            severity: severity(&self, area_mm2),
            confidence: self.confidence(),
            evidence: Evidence {
                maps: self.maps.clone(),
                signal_to_noise: self.snr[0],
            },
            polygon_px: self.polygon_px,
        }
    }
}

/// `1 - exp(-x)` of a visibility `x` that is 1 for a defect a grader sees at arm's length:
/// a scratch of 10 mm and 10 um, a dent of 0.5 mm2 and 50 um, a crease of 5 mm and 30 um, a stain of 4 mm2 and 20 %,
/// a print line of 10 mm or dot of 0.25 mm2 at 30 %, 2 mm of bare edge, 0.3 mm2 of worn corner, 50 mm2 of scuff.
fn severity(f: &Finding, area: f64) -> f64 {
    let depth_um = f.depth_mm.unwrap_or(0.0).abs() * 1000.0;
    let x = match f.kind {
        DefectKind::Scratch => (f.length_mm / 10.0).sqrt() * (depth_um / 10.0),
        DefectKind::Dent => (area / 0.5).sqrt() * (depth_um / 50.0),
        DefectKind::Crease => (f.length_mm / 5.0).sqrt() * (depth_um / 30.0).sqrt(),
        DefectKind::Stain => (area / 4.0).sqrt() * (f.contrast / 0.2),
        DefectKind::PrintLine => (f.length_mm / 10.0).sqrt() * (f.contrast / 0.3),
        DefectKind::PrintDot => (area / 0.25).sqrt() * (f.contrast / 0.3),
        DefectKind::EdgeWhitening => f.length_mm / 2.0,
        DefectKind::CornerWear => area / 0.3,
        DefectKind::Roughness => area / 50.0,
    };
    1.0 - (-x).exp()
}
