//! The same numbers as the processor's solver.
//!
//! Both compute in single precision from the same noise, varnish and limits; a GPU may fuse multiplications with
//! additions and divides to 2.5 units in the last place (WGSL, accuracy of built-in functions). That moves a normal by
//! some 1e-6 (measured: 4e-5 degrees at most), and albedo, residual and confidence by as little; near the ends of the
//! range a residual is a difference of almost equal numbers. Two things can move a pixel further: a sum of squares
//! that lies on its limit within that error is judged the other way (at most one pixel in 2000 here), and Newton's search
//! for a pixel's varnish ends when its step is below 2e-3, alone on the GPU, together with its 15 neighbours on the
//! processor (0.001 degrees, where a card's noise is 0.5).

use crate::gpu;
use crate::scenes::Scene;
use imaging::{Cancel, Half};
use photometric::{Method, Solution, SolveOptions, solve, solve_by};

const MOST_BYTES: u64 = 64 << 20;
/// Share of pixels that may be judged the other way.
const ON_THE_LIMIT: f64 = 5e-4;

/// Largest differences beyond one step of the maps.
#[derive(Default)]
struct Worst {
    angle_deg: f64,
    /// Mean angle, steps and all: rounding to steps leaves a mean as it is.
    mean_deg: f64,
    /// Relative.
    albedo: f64,
    /// Relative to the albedo, as the map is.
    residual: f64,
    /// Relative.
    confidence: f64,
    /// Pixels judged otherwise: known on one side only, or further off than the limits.
    otherwise: usize,
}

/// Rounding to the maps' 16 bits may fall to either side of a step, so what counts of a difference between two values is
/// what lies beyond one step.
fn beyond(a: f32, b: f32, step: f64) -> f64 {
    (f64::from(a - b).abs() - 1.001 * step).max(0.0)
}

fn halves_beyond(a: Half, b: Half) -> f64 {
    // Eleven bits of mantissa with the one that is not stored.
    let (a, b) = (a.get(), b.get());
    let octave = f64::from(a.max(b)).max(2f64.powi(-14)).log2().floor();
    beyond(a, b, (octave - 10.0).exp2())
}

/// The angle of a chord.
fn angle_deg(differences: [f64; 3]) -> f64 {
    let chord = differences.map(|d| d * d).iter().sum::<f64>().sqrt();
    2.0 * (chord / 2.0).min(1.0).asin().to_degrees()
}

fn compare(a: &Solution, b: &Solution, most_deg: f64) -> Worst {
    const STEP: f64 = 1.0 / 32_767.0;
    let mut w = Worst::default();
    let mut sum = 0.0;
    for i in 0..a.known.len() {
        let (n, m) = (a.normals.at(i), b.normals.at(i));
        let angle = angle_deg([0, 1, 2].map(|j| beyond(n[j], m[j], STEP)));
        if a.known[i] != b.known[i] || angle > most_deg {
            w.otherwise += 1;
            continue;
        }
        sum += angle_deg([0, 1, 2].map(|j| f64::from(n[j] - m[j])));
        w.angle_deg = w.angle_deg.max(angle);
        for c in a.channels * i..a.channels * (i + 1) {
            let apart = halves_beyond(a.albedo[c], b.albedo[c]);
            w.albedo = w.albedo.max(apart / f64::from(a.albedo[c].get()).max(0.02));
        }
        w.residual = w.residual.max(halves_beyond(a.residual[i], b.residual[i]));
        let (p, q) = (a.confidence_deg[i], b.confidence_deg[i]);
        w.confidence = w.confidence.max(halves_beyond(p, q) / f64::from(p.get()).max(0.01));
    }
    w.mean_deg = sum / a.known.len() as f64;
    w
}

fn agrees(name: &str, scene: Scene, options: &SolveOptions, most_bytes: u64) -> Option<(Solution, Solution)> {
    let gpu = gpu(name, most_bytes)?;
    let stack = scene.stack();
    let here = solve(&stack, options, &Cancel::new(), &|_| {}).expect("the processor solves it");
    let there = solve_by(Some(&gpu), &stack, options, None, &Cancel::new(), &|_| {}).expect("the GPU solves it");
    let varnished = here.summary.varnish_strength > 0.0;
    let (most_deg, most) = if varnished { (1e-3, 1e-4) } else { (5e-4, 1e-4) };
    let w = compare(&here, &there, most_deg);
    let share = w.otherwise as f64 / here.known.len() as f64;
    println!(
        "{name}: angle {:.2e} deg (mean {:.2e}), albedo {:.1e}, residual {:.1e}, confidence {:.1e}, judged otherwise {:.1e}; rejected {:.3}",
        w.angle_deg, w.mean_deg, w.albedo, w.residual, w.confidence, share, here.summary.rejected_fraction
    );
    assert!(
        share <= ON_THE_LIMIT,
        "{name}: {} pixels are judged otherwise",
        w.otherwise
    );
    assert!(w.mean_deg < most_deg, "{name}: {} degrees", w.mean_deg);
    assert!(w.albedo < most && w.residual < most, "{name}");
    assert!(w.confidence < 10.0 * most, "{name}: {}", w.confidence);
    let apart = |a: f64, b: f64| (a - b).abs() <= ON_THE_LIMIT;
    assert!(
        apart(here.summary.rejected_fraction, there.summary.rejected_fraction),
        "{name}"
    );
    assert!(
        apart(here.summary.unknown_fraction, there.summary.unknown_fraction),
        "{name}"
    );
    Some((here, there))
}

fn same(name: &str, scene: Scene) -> Option<(Solution, Solution)> {
    agrees(name, scene, &scene.options(), MOST_BYTES)
}

#[test]
fn far_lights() {
    if let Some((here, _)) = same("far lights", Scene::default()) {
        assert!(
            here.summary.rejected_fraction > 0.05,
            "the scene has something to reject"
        );
    }
}

#[test]
fn near_lights() {
    same(
        "near lights",
        Scene {
            near: true,
            ..Scene::default()
        },
    );
}

#[test]
fn colour() {
    same(
        "colour",
        Scene {
            channels: 3,
            ..Scene::default()
        },
    );
}

#[test]
fn eight_bits_encoded() {
    same(
        "8 bit sRGB",
        Scene {
            bits: 8,
            srgb: true,
            ..Scene::default()
        },
    );
}

#[test]
fn sixteen_bits_encoded_in_colour() {
    same(
        "16 bit sRGB colour",
        Scene {
            srgb: true,
            channels: 3,
            ..Scene::default()
        },
    );
}

#[test]
fn flats_and_a_dark_frame() {
    let scene = Scene {
        flat: true,
        dark: true,
        ..Scene::default()
    };
    same("flats and dark, far", scene);
    same(
        "flats and dark, near, colour",
        Scene {
            near: true,
            channels: 3,
            ..scene
        },
    );
}

#[test]
fn a_dark_frame_alone() {
    same(
        "dark",
        Scene {
            dark: true,
            bits: 8,
            ..Scene::default()
        },
    );
}

#[test]
fn three_four_five_and_twelve_lights() {
    for lights in [3, 4, 5, 12] {
        same(
            &format!("{lights} lights"),
            Scene {
                lights,
                ..Scene::default()
            },
        );
    }
}

#[test]
fn varnish() {
    let scene = Scene {
        varnish: 0.08,
        relief: 0.1,
        pitch_mm: 0.15,
        spoilt: false,
        noise: 0.002,
        ..Scene::default()
    };
    for near in [false, true] {
        if let Some((here, _)) = same("varnish", Scene { near, ..scene }) {
            assert!(here.summary.varnish_strength > 0.0, "the lobe is found");
        }
    }
    same("varnish, colour", Scene { channels: 3, ..scene });
}

#[test]
fn least_squares_alone() {
    let scene = Scene::default();
    let options = SolveOptions {
        method: Method::LeastSquares,
        ..scene.options()
    };
    agrees("least squares", scene, &options, MOST_BYTES);
}

#[test]
fn a_mask_and_a_known_read_noise() {
    let scene = Scene::default();
    let (w, h) = (scene.width, scene.height);
    let inside = |i: usize| (i % w).abs_diff(w / 2) < w / 3 && (i / w).abs_diff(h / 2) < h / 3;
    let options = SolveOptions {
        mask: Some((0..w * h).map(|i| u8::from(inside(i))).collect()),
        read_noise: Some(0.004),
        ..scene.options()
    };
    if let Some((here, there)) = agrees("mask", scene, &options, MOST_BYTES) {
        let outside = (0..w * h).filter(|i| !inside(*i));
        assert!(
            outside
                .into_iter()
                .all(|i| there.known[i] == 0 && there.albedo[i].get() == 0.0)
        );
        assert!(here.known.iter().any(|k| *k != 0));
    }
}

#[test]
fn many_small_tiles_give_what_one_tile_gives() {
    let scene = Scene {
        channels: 3,
        flat: true,
        ..Scene::default()
    };
    let options = scene.options();
    // 48 pictures' bytes of 1,000 pixels: a hundred tiles, whose borders cross rows anywhere.
    let few = agrees("small buffers", scene, &options, 96 << 10);
    let many = agrees("large buffers", scene, &options, MOST_BYTES);
    if let (Some((_, few)), Some((_, many))) = (few, many) {
        assert!(few.normals == many.normals && few.known == many.known);
    }
}
