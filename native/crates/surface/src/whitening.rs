//! Bare paper along an edge, judged against what the print beside it does by itself.

use crate::edges::{Side, runs};
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::print::{Print, is_bare, luma, median_colour, relative_spread};
use crate::shapes;
use crate::types::{DefectKind, EdgeReading};
use rayon::prelude::*;

/// The print beside the edge, mm inside it.
const REFERENCE: [f64; 4] = [0.75, 0.95, 1.15, 1.4];
/// Deeper than this, mm, what is bright is print.
const DEEPEST: f64 = 0.75;
/// The same test is made this much further in, mm: runs that it finds there are the print's own.
const CONTROL: [f64; 3] = [0.6, 0.95, 1.4];
/// Least share of bare paper in what counts as such.
const SHARE: f64 = 0.25;
/// Stations from reference to reference.
const EACH: usize = 8;
/// Bare paper stands out of the print beside it by this many of the print's own spreads.
const SPREADS: f64 = 3.0;
/// Print whose spread is a larger share of the paper than this hides bare paper.
const MOST_SPREAD: f64 = 0.08;
/// Shortest stretch, mm; a single bright pixel is not one.
const SHORTEST: f64 = 0.2;
/// A stretch has to be this much longer than the longest of the control's.
const LONGER: f64 = 1.3;

/// One edge with what is needed to read its print.
pub struct Strip<'a> {
    /// The edge.
    pub side: &'a Side,
    /// The print.
    pub print: &'a Print<'a>,
    /// The card's frame.
    pub frame: &'a Frame,
    /// Albedo of the paper.
    pub white: f64,
    /// Stations are this far apart, mm.
    pub ds: f64,
}

/// Bare paper by station.
pub struct Bare {
    /// How deep it reaches, mm; 0 where there is none.
    depth: Vec<f64>,
    /// Share of the stations where it would be visible.
    pub judged: f64,
    /// Longest run of the control, mm.
    control: f64,
}

impl Strip<'_> {
    fn station(&self, i: usize) -> f64 {
        i as f64 * self.ds - self.side.half
    }

    fn colour(&self, i: usize, depth: f64) -> [f64; 3] {
        let at = self.side.point(self.station(i), depth);
        self.print.at(self.frame.px(at)).unwrap_or([0.0; 3])
    }

    /// Reads the stations; `cut` is the depth of the cut at each, mm.
    pub fn bare(&self, cut: &[Option<f64>], o: &Options) -> Bare {
        let references = self.references(cut.len(), o);
        let pitch = self.frame.pitch;
        let found: Vec<Option<(f64, [bool; CONTROL.len()])>> = (0..cut.len())
            .into_par_iter()
            .map(|i| {
                let (reference, contrast) = references[i / EACH]?;
                let is_bare = |d: f64| is_bare(self.colour(i, d), reference, contrast);
                // Within two and a half pixels of the cut the optics mix the background in.
                let first = cut[i].unwrap_or(0.0).clamp(0.0, 0.5) + 2.5 * pitch;
                let steps = (0..).map(|k| first + f64::from(k) * 0.5 * pitch);
                let deep = steps.take_while(|&d| d < DEEPEST && is_bare(d)).last();
                Some((deep.unwrap_or(0.0), CONTROL.map(|d| is_bare(first + d))))
            })
            .collect();
        let longest = (0..CONTROL.len()).filter_map(|c| {
            let control: Vec<f64> = found.iter().map(|f| f.map_or(0.0, |f| f64::from(f.1[c]))).collect();
            runs(&control, |c| *c > 0.0, self.gap()).iter().map(|r| r.1 - r.0).max()
        });
        let longest = longest.max();
        Bare {
            judged: found.iter().flatten().count() as f64 / found.len().max(1) as f64,
            depth: found.iter().map(|f| f.map_or(0.0, |f| f.0)).collect(),
            control: longest.unwrap_or(0) as f64 * self.ds,
        }
    }

    fn gap(&self) -> usize {
        (0.15 / self.ds) as usize
    }

    /// Colour of the print beside every eighth station and the contrast that bare paper needs against it; `None` where
    /// it would not show. The print changes slowly along the edge: each takes the stations round it together.
    fn references(&self, stations: usize, o: &Options) -> Vec<Option<([f64; 3], f64)>> {
        let inner: Vec<[f64; 3]> = (0..stations)
            .into_par_iter()
            .step_by(EACH)
            .map(|i| median_colour(&REFERENCE.map(|d| self.colour(i, d))))
            .collect();
        let reach = (2.0 / self.frame.pitch.max(0.02)) as usize / EACH;
        (0..inner.len())
            .into_par_iter()
            .map(|k| {
                let near = &inner[k.saturating_sub(reach)..(k + reach).min(inner.len())];
                let (reference, spread) = (median_colour(near), relative_spread(near));
                // The noise of black ink is large beside the ink and nothing beside paper.
                let over_paper = spread * luma(reference) / self.white.max(1e-6);
                let room = self.white / luma(reference).max(1e-6) - 1.0;
                let contrast = o.whitening_contrast.max(SPREADS * spread).max(SHARE * room);
                let visible = luma(reference) * (1.0 + contrast) < 0.95 * self.white;
                (visible && over_paper <= MOST_SPREAD).then_some((reference, contrast))
            })
            .collect()
    }

    /// The bare stretches; their total length goes into the reading.
    pub fn stretches(&self, bare: &Bare, reading: &mut EdgeReading) -> Vec<Finding> {
        let shortest = SHORTEST.max(LONGER * bare.control);
        let mut out = Vec::new();
        for (a, b) in runs(&bare.depth, |d| *d > 0.0, self.gap()) {
            let length = (b - a) as f64 * self.ds;
            if length < shortest {
                continue;
            }
            reading.whitening_mm += length;
            let rim = (a..b).map(|i| self.side.point(self.station(i), 0.0));
            let inner = (a..b).rev().map(|i| self.side.point(self.station(i), bare.depth[i]));
            let polygon_px = rim.chain(inner).map(|p| self.frame.px(p)).collect::<Vec<_>>();
            let area = bare.depth[a..b].iter().sum::<f64>() * self.ds;
            out.push(Finding {
                kind: DefectKind::EdgeWhitening,
                polygon_px: shapes::simplify(&polygon_px, 0.5),
                area_mm2: Some(area),
                length_mm: length,
                width_mm: area / length,
                depth_mm: None,
                depth_uncertainty_mm: None,
                contrast: 0.0,
                maps: vec!["albedo"],
                snr: [length / shortest, 1.0],
                odds: None,
            });
        }
        out
    }
}
