//! `findings [CARDS] [FIRST_SEED] [-v] [--matte]`: simulates damaged cards, solves and reads them; prints recall by kind, false
//! findings a card, kinds confused, depth errors and times. Tune on some seeds, quote others.

use imaging::{Cancel, Encoding, Frame, FrameStack, Result};
use photometric::SolveOptions;
use simulate::{
    ArtKind, BorderKind, DefectKind as Truth, DefectSpec, DefectTruth, Defects, Gloss, MatKind, Scene, Spec,
};
use std::collections::BTreeMap;
use std::time::Instant;
use surface::{CardFrame, Condition, Defect, DefectKind, Maps, Options};

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn range(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.unit()
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.unit() * of.len() as f64) as usize]
    }
}

/// Length and width ranges (mm) and depth range (mm) of a kind; scratches of 5 um x 60 um and dents of 20 um are the
/// faintest that have to be found.
fn shape(kind: Truth) -> ([f64; 2], [f64; 2], [f64; 2]) {
    match kind {
        Truth::Scratch => ([4.0, 14.0], [0.06, 0.1], [0.005, 0.009]),
        Truth::Dent => ([1.0, 2.4], [0.0, 0.0], [0.02, 0.045]),
        Truth::Crease => ([8.0, 16.0], [0.35, 0.6], [0.03, 0.07]),
        Truth::Stain => ([2.5, 6.0], [0.0, 0.0], [0.0, 0.0]),
        Truth::PrintLine => ([6.0, 20.0], [0.08, 0.16], [0.0, 0.0]),
        Truth::PrintDot => ([0.35, 0.8], [0.0, 0.0], [0.0, 0.0]),
        Truth::EdgeWhitening => ([4.0, 10.0], [0.15, 0.4], [0.0, 0.0]),
        Truth::CornerWear => ([0.0, 0.0], [0.3, 0.6], [0.0, 0.0]),
    }
}

const KINDS: [Truth; 8] = [
    Truth::Scratch,
    Truth::Dent,
    Truth::Crease,
    Truth::Stain,
    Truth::PrintLine,
    Truth::PrintDot,
    Truth::EdgeWhitening,
    Truth::CornerWear,
];

/// Five defects, well apart: a scratch and a dent always, three of any kind.
fn damage(rng: &mut Rng) -> Defects {
    let mut list: Vec<DefectSpec> = Vec::new();
    while list.len() < 5 {
        let kind = if list.len() < 2 {
            KINDS[list.len()]
        } else {
            rng.pick(&KINDS)
        };
        let (length, width, depth) = shape(kind);
        let (hx, hy) = (31.75, 44.45);
        let mut at = [rng.range(-22.0, 22.0), rng.range(-33.0, 33.0)];
        match kind {
            Truth::EdgeWhitening => at = if rng.unit() < 0.5 { [hx, at[1]] } else { [at[0], -hy] },
            Truth::CornerWear => at = rng.pick(&[[-hx, -hy], [hx, -hy], [hx, hy], [-hx, hy]]),
            _ => {}
        }
        let apart = |d: &DefectSpec| (d.at_mm[0] - at[0]).hypot(d.at_mm[1] - at[1]) > 13.0;
        if !list.iter().all(apart) {
            continue;
        }
        list.push(DefectSpec {
            kind,
            at_mm: at,
            angle_deg: rng.range(0.0, 180.0),
            length_mm: (length[1] > 0.0).then(|| rng.range(length[0], length[1])),
            width_mm: (width[1] > 0.0).then(|| rng.range(width[0], width[1])),
            depth_mm: (depth[1] > 0.0).then(|| rng.range(depth[0], depth[1])),
            strength: (kind != Truth::Scratch).then(|| rng.range(0.6, 0.95)),
        });
    }
    Defects {
        list,
        ..Defects::none()
    }
}

fn spec(seed: u64, matte: bool) -> Spec {
    let mut rng = Rng(seed.wrapping_mul(0xA076_1D64_78BD_642F));
    Spec {
        seed,
        art: rng.pick(&[
            ArtKind::Landscape,
            ArtKind::Portrait,
            ArtKind::Abstract,
            ArtKind::Plain,
            ArtKind::Texture,
        ]),
        border_kind: rng.pick(&[
            BorderKind::White,
            BorderKind::Yellow,
            BorderKind::Black,
            BorderKind::Silver,
        ]),
        mat: rng.pick(&[MatKind::Black, MatKind::Grey]),
        rotation_deg: rng.range(-2.0, 2.0),
        gloss: Gloss {
            strength: if matte { 0.0 } else { rng.range(0.0, 0.05) },
            ..Gloss::default()
        },
        defects: damage(&mut rng),
        ..Spec::default()
    }
}

fn stack(scene: Scene) -> (FrameStack, SolveOptions, simulate::Truth) {
    let lights = scene.lights.iter().map(|l| match l.position_mm {
        Some(p) => photometric::Light::PositionMm(p),
        None => photometric::Light::Direction(l.direction),
    });
    let mut options = SolveOptions::new(lights.collect());
    options.pixel_pitch_mm = Some(scene.spec.pitch_mm);
    let frames = scene
        .frames
        .into_iter()
        .zip(&scene.lights)
        .enumerate()
        .map(|(k, (raster, l))| Frame {
            name: format!("light-{k:02}"),
            raster,
            intensity: [l.intensity as f32; 3],
            flat: None,
        });
    (
        FrameStack {
            frames: frames.collect(),
            dark: scene.dark,
            encoding: Encoding::Linear,
        },
        options,
        scene.truth,
    )
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

#[derive(Default)]
struct Tally {
    truths: usize,
    found: usize,
    confused: usize,
}

#[derive(Default)]
struct Score {
    by_kind: BTreeMap<DefectKind, Tally>,
    falsely: BTreeMap<DefectKind, usize>,
    depth: Vec<f64>,
    times_ms: Vec<f64>,
}

impl Score {
    fn add(&mut self, truth: &simulate::Truth, c: &Condition, seed: u64, verbose: bool) {
        for t in &truth.defects {
            let kind = kind_of(t.kind);
            let hits: Vec<&Defect> = c.defects.iter().filter(|d| belongs(d, t)).collect();
            let tally = self.by_kind.entry(kind).or_default();
            tally.truths += 1;
            let right = hits.iter().find(|d| d.kind == kind);
            tally.found += usize::from(right.is_some());
            tally.confused += usize::from(right.is_none() && !hits.is_empty());
            // The height seen is what the optics leave; of narrow grooves they leave little.
            if let Some(depth) = right.and_then(|d| d.depth_mm).filter(|_| t.width_mm / 4.0 > 0.08) {
                self.depth.push(depth.abs() / t.seen_depth_mm - 1.0);
            }
            if verbose && right.is_none() {
                let other: Vec<&str> = hits.iter().map(|d| d.kind.name()).collect();
                println!(
                    "  {seed}: missed {:?} at {:?} {:.2} x {:.3}, {:.4} deep; as {other:?}",
                    t.kind, t.bbox_mm, t.length_mm, t.width_mm, t.depth_mm
                );
            }
        }
        for d in c
            .defects
            .iter()
            .filter(|d| !truth.defects.iter().any(|t| belongs(d, t)))
        {
            *self.falsely.entry(d.kind).or_default() += 1;
            if verbose {
                println!(
                    "  {seed}: false {} {:.2?} l {:.2} w {:.3} a {:.2} d {:?} snr {:.1}",
                    d.id, d.bbox_mm, d.length_mm, d.width_mm, d.area_mm2, d.depth_mm, d.evidence.signal_to_noise
                );
            }
        }
    }

    fn print(mut self, cards: usize) {
        let sum = |f: fn(&Tally) -> usize| self.by_kind.values().map(f).sum::<usize>();
        let (truths, confused) = (sum(|t| t.truths), sum(|t| t.confused));
        for (kind, t) in &self.by_kind {
            let share = 100.0 * t.found as f64 / t.truths as f64;
            println!(
                "{:14} {:3} of {:3} found ({share:.0} %), {} as another kind",
                kind.name(),
                t.found,
                t.truths,
                t.confused
            );
        }
        let falsely: usize = self.falsely.values().sum();
        println!(
            "false findings {:.2} a card {:?}",
            falsely as f64 / cards as f64,
            self.falsely
        );
        println!(
            "kinds confused {:.1} % of {truths}",
            100.0 * confused as f64 / truths.max(1) as f64
        );
        self.depth.sort_by(f64::total_cmp);
        let within = self.depth.iter().filter(|e| e.abs() <= 0.1).count();
        println!(
            "depth within 10 %: {within} of {}; median error {:+.1} %",
            self.depth.len(),
            100.0 * self.depth.get(self.depth.len() / 2).unwrap_or(&0.0)
        );
        self.times_ms.sort_by(f64::total_cmp);
        println!(
            "reading: median {:.0} ms a card",
            self.times_ms[self.times_ms.len() / 2]
        );
    }
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, usual: u64| args.get(i).and_then(|a| a.parse().ok()).unwrap_or(usual);
    let (cards, first) = (number(0, 20).max(1), number(1, 1000));
    let verbose = args.iter().any(|a| a == "-v");
    let matte = args.iter().any(|a| a == "--matte");
    let (cancel, quiet) = (Cancel::new(), |_: f32| {});
    let mut score = Score::default();
    for seed in first..first + cards {
        let (frames, options, truth) = stack(simulate::render(&spec(seed, matte), &cancel, &quiet)?);
        let s = photometric::solve(&frames, &options, &cancel, &quiet)?;
        let maps = Maps {
            width: s.width,
            height: s.height,
            normals: &s.normals,
            albedo: &s.albedo,
            channels: s.channels,
            residual: &s.residual,
            confidence_deg: Some(&s.confidence_deg),
            gloss: None,
            known: &s.known,
        };
        let card = CardFrame {
            corners_px: truth.corners.map(|c| [c.x_px, c.y_px]),
            pixel_pitch_mm: truth.spec.pitch_mm,
            corner_radius_mm: Some(truth.corner_radius_mm),
            border_px: None,
        };
        let start = Instant::now();
        let condition = surface::analyse(&maps, &card, &Options::default(), &cancel, &quiet)?;
        score.times_ms.push(start.elapsed().as_secs_f64() * 1000.0);
        if verbose {
            println!(
                "{seed}: {:?} {:?} foil {:.2} judged {:.2}",
                truth.spec.art, truth.spec.border_kind, condition.foil_fraction, condition.judged_fraction
            );
        }
        score.add(&truth, &condition, seed, verbose);
    }
    score.print(cards as usize);
    Ok(())
}
