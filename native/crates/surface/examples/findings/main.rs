//! `findings [CARDS] [FIRST_SEED] [-v] [--matte] [--heights] [--fine] [--repeat] [--json]`: simulates damaged cards, solves
//! and reads them in memory; prints what was found, missed, confused and invented by kind, depths, confidences and times. `--fine`
//! renders 12 megapixels, `--repeat` reads every card five times and quotes the quickest. Tune on some seeds, quote others.

mod deal;
mod judge;
mod report;

use imaging::{Cancel, Encoding, Frame, FrameStack, Result};
use judge::Score;
use photometric::SolveOptions;
use simulate::{Scene, Spec};
use std::time::Instant;
use surface::{CardFrame, Condition, Maps, Options, Rig};

/// As in the product.
#[global_allocator]
static ALLOCATOR: imaging::Aligned = imaging::Aligned;

/// Pixel pitch at which a side fills 12 megapixels, mm.
const FINE_MM: f64 = 0.0253;

/// The rig's frames as the solver wants them.
fn stack(scene: Scene) -> (FrameStack, SolveOptions, simulate::Truth) {
    let lights = scene.lights.iter().map(|l| match l.position_mm {
        Some(p) => photometric::Light::PositionMm(p),
        None => photometric::Light::Direction(l.direction),
    });
    let mut options = SolveOptions::new(lights.collect());
    options.pixel_pitch_mm = Some(scene.spec.pitch_mm);
    options.view_distance_mm = Some(scene.spec.camera_distance_mm);
    let frames = scene.frames.into_iter().zip(&scene.lights).enumerate();
    let frames = frames.map(|(k, (raster, l))| Frame {
        name: format!("light-{k:02}"),
        raster,
        intensity: [l.intensity as f32; 3],
        flat: None,
    });
    let stack = FrameStack {
        frames: frames.collect(),
        dark: scene.dark,
        encoding: Encoding::Linear,
    };
    (stack, options, scene.truth)
}

/// One card from its spec to its condition, with the time of the quickest of so many readings alone, ms.
fn read(spec: &Spec, times: usize) -> Result<(simulate::Truth, Condition, f64)> {
    let (cancel, quiet, mut left) = (Cancel::new(), |_: f32| {}, times.max(1));
    let (frames, options, truth) = stack(simulate::render(spec, &cancel, &quiet)?);
    let s = photometric::solve(&frames, &options, &cancel, &quiet)?;
    drop(frames);
    let maps = Maps {
        width: s.width,
        height: s.height,
        normals: s.normals.planes(),
        albedo: &s.albedo,
        channels: s.channels,
        residual: &s.residual,
        confidence_deg: Some(&s.confidence_deg),
        known: &s.known,
    };
    let card = CardFrame {
        corners_px: truth.corners.map(|c| [c.x_px, c.y_px]),
        pixel_pitch_mm: spec.pitch_mm,
        corner_radius_mm: Some(truth.corner_radius_mm),
        border_px: None,
        rig: Rig {
            blur_sigma_px: Some(spec.psf_sigma_px.hypot(12f64.sqrt().recip())),
            view_distance_mm: Some(spec.camera_distance_mm),
            light_distance_mm: spec.light_distance_mm,
            light_elevation_deg: Some(spec.light_elevation_deg),
        },
    };
    let mut quickest = f64::INFINITY;
    loop {
        let start = Instant::now();
        let condition = surface::analyse(&maps, &card, &Options::default(), &cancel, &quiet)?;
        quickest = quickest.min(start.elapsed().as_secs_f64() * 1000.0);
        left -= 1;
        if left == 0 {
            return Ok((truth, condition, quickest));
        }
    }
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|a| a == flag);
    let number = |i: usize, usual: u64| {
        let numbers = args.iter().filter(|a| !a.starts_with('-'));
        numbers.clone().nth(i).and_then(|a| a.parse().ok()).unwrap_or(usual)
    };
    let (cards, first) = (number(0, 20).max(1), number(1, 1000));
    let deck = deal::Deck {
        matte: has("--matte"),
        heights: has("--heights"),
    };
    let verbose = has("-v");
    let mut score = Score::default();
    for seed in first..first + cards {
        let mut spec = deal::card(seed, deck);
        if has("--fine") {
            spec.pitch_mm = FINE_MM;
        }
        let (truth, condition, ms) = read(&spec, if has("--repeat") { 5 } else { 1 })?;
        score.times_ms.push(ms);
        if verbose {
            println!(
                "{seed}: {:?} {:?} {:?}{} gloss {:.3} foil {:.2} judged {:.2} {:?}",
                spec.side,
                spec.art,
                spec.border_kind,
                if spec.linen.is_some() { " linen" } else { "" },
                spec.gloss.strength,
                condition.foil_fraction,
                condition.judged_fraction,
                condition.notes
            );
        }
        score.add(&truth.defects, spec.pitch_mm, seed, &condition, report::LIMIT, verbose);
    }
    if has("--json") {
        println!("{}", report::json(&score));
    } else {
        report::print(&score);
    }
    Ok(())
}
