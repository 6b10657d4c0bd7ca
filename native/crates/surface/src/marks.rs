//! Stains, print dots and print lines: marks that stand alone on plain print and do not show in the relief.

use crate::components::components;
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::plain::Plain;
use crate::planes::Crop;
use crate::shapes;
use crate::stats::{median_sigma, quantiles};
use crate::types::DefectKind;
use rayon::prelude::*;

/// Largest mark, mm2: what is larger is design.
const MAX_AREA_MM2: f64 = 80.0;
/// A line is at least this long, mm, and this many times its mean width.
const LINE: [f64; 2] = [2.5, 5.0];
/// A print line is at most this wide, mm; cells smear it to about three of them. Wider bars are design.
const LINE_WIDTH_MM: f64 = 0.34;
/// A rule of the design runs along the card's axes within this angle, degrees, and is meant to be seen: such a line
/// counts as a printing error only below this contrast.
const RULE: [f64; 2] = [1.2, 0.15];
/// Smallest mark, mm2 (a dot of 0.3 mm); smaller ones are details of the art more often than damage.
const MIN_AREA_MM2: f64 = 0.07;
/// A dot is at most this long, mm.
const DOT_MM: f64 = 1.0;
/// Marks this near to each other, mm, are lettering when there are three.
const LETTERING_MM: f64 = 4.0;

struct Mark {
    cells: Vec<usize>,
    /// Signed relative contrast.
    contrast: f64,
    /// Contrast over the print's spread.
    snr: f64,
    centre: [f64; 2],
}

/// A finding of the print, and the places (pixels of the maps) that it rests on.
pub struct Printed {
    /// The finding.
    pub finding: Finding,
    /// Its places.
    pub places: Vec<[f64; 2]>,
}

impl Printed {
    /// A finding that rests on its whole outline.
    pub fn whole(finding: Finding) -> Self {
        Self {
            places: finding.polygon_px.clone(),
            finding,
        }
    }

    /// The findings of which less than a quarter lies inside outlines (pixels of the maps) of other ones.
    pub fn not_on(found: Vec<Self>, outlines: &[Vec<[f64; 2]>]) -> impl Iterator<Item = Finding> {
        let boxes: Vec<[f64; 4]> = outlines.iter().map(|o| shapes::bounds(o)).collect();
        let covers = move |p: &[f64; 2]| {
            let near = |b: &[f64; 4]| p[0] >= b[0] && p[1] >= b[1] && p[0] <= b[2] && p[1] <= b[3];
            outlines
                .iter()
                .zip(&boxes)
                .any(|(o, b)| near(b) && shapes::contains(o, *p))
        };
        let free = move |m: &Self| 4 * m.places.iter().filter(|p| covers(p)).count() <= m.places.len();
        found.into_iter().filter(free).map(|m| m.finding)
    }
}

/// Marks on plain print.
pub fn find(plain: &Plain, crop: Crop, frame: &Frame, o: &Options) -> Vec<Printed> {
    let limit = |k: usize| (o.print_signal as f32 * plain.spread[k]).max(o.print_contrast as f32);
    let is_odd = |k: usize| plain.inside[k] & (!plain.plain[k] | (plain.deviation[k].abs() > limit(k)));
    let odd: Vec<bool> = (0..plain.plain.len()).into_par_iter().map(is_odd).collect();
    let most = (MAX_AREA_MM2 / plain.cell_mm.powi(2)) as usize;
    let all = components(&odd, plain.w, true, most);
    let centres: Vec<[f64; 2]> = all.iter().filter(|c| c.len() >= 3).map(|c| centre(plain, c)).collect();
    let marks: Vec<Mark> = all
        .par_iter()
        .map_init(
            || Stamps::new(plain),
            |stamps, cells| isolated(plain, &odd, stamps, cells, o),
        )
        .flatten()
        .collect();
    let reach = LETTERING_MM / plain.cell_mm;
    let lettering = |m: &Mark| {
        centres
            .iter()
            .filter(|c| (c[0] - m.centre[0]).hypot(c[1] - m.centre[1]) < reach)
            .count()
            >= 4
    };
    marks
        .iter()
        .filter(|m| !lettering(m))
        .filter_map(|m| describe(plain, crop, frame, m, o))
        .collect()
}

fn centre(plain: &Plain, cells: &[usize]) -> [f64; 2] {
    let mean = |f: &dyn Fn(usize) -> usize| cells.iter().map(|&k| f(k) as f64).sum::<f64>() / cells.len() as f64;
    [mean(&|k| k % plain.w), mean(&|k| k / plain.w)]
}

/// Keeps a component whose surroundings are plain print of one colour, from which it differs enough.
fn isolated(plain: &Plain, odd: &[bool], stamps: &mut Stamps, cells: &[usize], o: &Options) -> Option<Mark> {
    let ring = stamps.ring(plain, cells)?;
    let clean: Vec<usize> = ring.iter().copied().filter(|&k| plain.plain[k] && !odd[k]).collect();
    if ring.is_empty() || (clean.len() as f64) < 0.85 * ring.len() as f64 {
        return None;
    }
    let (level, spread) = median_sigma(&clean.iter().map(|&k| plain.deviation[k]).collect::<Vec<_>>());
    let local = clean.iter().map(|&k| plain.spread[k]).fold(0.0, f32::max).max(spread);
    let inner: Vec<f32> = cells.iter().map(|&k| plain.deviation[k] - level).collect();
    let [low, high] = quantiles(&inner, [0.15, 0.85]);
    let contrast = f64::from(if low.abs() > high.abs() { low } else { high });
    let noise = f64::from(local.max(0.002)) / (cells.len() as f64).sqrt().min(3.0);
    let snr = contrast.abs() / noise;
    // The ring must be of one colour: the rim of a larger design has the mark's contrast across it.
    let even = f64::from(spread) < 0.25 * contrast.abs();
    (even && contrast.abs() >= o.print_contrast && snr >= o.print_signal && f64::from(local) < 0.25 * contrast.abs())
        .then(|| Mark {
            contrast,
            snr,
            centre: centre(plain, cells),
            cells: cells.to_vec(),
        })
}

/// Which cells a walk has seen, without clearing between walks.
struct Stamps {
    seen: Vec<u32>,
    walk: u32,
}

impl Stamps {
    fn new(plain: &Plain) -> Self {
        Self {
            seen: vec![0; plain.plain.len()],
            walk: 0,
        }
    }

    /// Cells two to five away from the component; `None` where the surroundings are not judged.
    fn ring(&mut self, plain: &Plain, cells: &[usize]) -> Option<Vec<usize>> {
        self.walk += 1;
        cells.iter().for_each(|&k| self.seen[k] = self.walk);
        let (mut ring, mut front, mut next): (Vec<usize>, _, Vec<usize>) = (Vec::new(), cells.to_vec(), Vec::new());
        for depth in 1..=5 {
            for &k in &front {
                let (x, y) = (k % plain.w, k / plain.w);
                if x == 0 || y == 0 || x + 1 >= plain.w || y + 1 >= plain.h {
                    return None;
                }
                for j in [k - 1, k + 1, k - plain.w, k + plain.w] {
                    if std::mem::replace(&mut self.seen[j], self.walk) != self.walk {
                        next.push(j);
                    }
                }
            }
            if depth >= 2 {
                ring.extend(&next);
            }
            std::mem::swap(&mut front, &mut next);
            next.clear();
        }
        (ring.iter().filter(|&&k| !plain.inside[k]).count() * 10 < ring.len()).then_some(ring)
    }
}

/// Odds that a small mark is damage. Missing ink and brown stains are found elsewhere, and what they leave of small marks
/// is almost always a detail of the drawing: on the 500 cards named in `learnt` not one of 120 was true. But simulated
/// cards have no specks of dark ink, which real ones do, so that such marks stay listed, for a person.
const DETAIL: f64 = 1.0 / 9.0;

/// Whether a mark has the size of damage rather than of a detail of the drawing.
fn is_typical(kind: DefectKind, area_mm2: f64) -> bool {
    kind == DefectKind::Stain && area_mm2 > 2.0
}

/// Angle between the longest extent of the points and the nearer axis of the card, degrees.
pub fn off_axis_deg(frame: &Frame, points: &[[f64; 2]]) -> f64 {
    let mm = shapes::to_mm(frame, points);
    let n = mm.len() as f64;
    let mean = [0, 1].map(|k| mm.iter().map(|p| p[k]).sum::<f64>() / n);
    let moment = |a: usize, b: usize| mm.iter().map(|p| (p[a] - mean[a]) * (p[b] - mean[b])).sum::<f64>();
    let angle = 0.5 * (2.0 * moment(0, 1)).atan2(moment(0, 0) - moment(1, 1)).to_degrees();
    let folded = angle.rem_euclid(90.0);
    folded.min(90.0 - folded)
}

fn describe(plain: &Plain, crop: Crop, frame: &Frame, m: &Mark, o: &Options) -> Option<Printed> {
    let cell = plain.cell as f64;
    let to_px = |&k: &usize| {
        let at = |i: usize, start: usize| start as f64 + (i as f64 + 0.5) * cell - 0.5;
        [at(k % plain.w, crop.x0), at(k / plain.w, crop.y0)]
    };
    // The core is where the mark has at least 40 % of its contrast; the rest is the gradient's rim.
    let core: Vec<usize> = m
        .cells
        .iter()
        .copied()
        .filter(|&k| f64::from(plain.deviation[k]) * m.contrast.signum() > 0.4 * m.contrast.abs())
        .collect();
    let area = core.len() as f64 * plain.cell_mm.powi(2);
    if area < MIN_AREA_MM2 {
        return None;
    }
    let points: Vec<[f64; 2]> = core.iter().map(to_px).collect();
    let polygon_px = shapes::pixel_hull(&points, cell);
    let pitch = plain.cell_mm / cell;
    let [long, short] = shapes::calipers(&polygon_px).map(|v| v * pitch);
    let mean_width = area / long;
    let kind = if long >= LINE[0] && long >= LINE[1] * mean_width {
        let rule = off_axis_deg(frame, &points) < RULE[0] && m.contrast.abs() > RULE[1];
        if rule || mean_width > LINE_WIDTH_MM {
            return None;
        }
        DefectKind::PrintLine
    } else if long <= DOT_MM {
        DefectKind::PrintDot
    } else {
        DefectKind::Stain
    };
    if kind == DefectKind::Stain && m.contrast.abs() > o.stain_max_contrast {
        return None;
    }
    let finding = Finding {
        kind,
        polygon_px,
        area_mm2: Some(area),
        length_mm: long,
        width_mm: if kind == DefectKind::PrintLine {
            mean_width
        } else {
            short
        },
        depth_mm: None,
        depth_uncertainty_mm: None,
        contrast: m.contrast.abs(),
        maps: vec!["albedo"],
        snr: [m.snr, o.print_signal],
        odds: (!is_typical(kind, area)).then_some(DETAIL),
    };
    Some(Printed {
        finding,
        places: points,
    })
}
