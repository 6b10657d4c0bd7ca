//! Against surfaces known by formula.

use crate::gpu;
use crate::scenes::Scene;
use imaging::Cancel;
use photometric::solve_by;

fn worst_deg(scene: Scene) -> Option<f64> {
    let gpu = gpu("analytic truth", 64 << 20)?;
    let options = scene.options();
    let found = solve_by(Some(&gpu), &scene.stack(), &options, None, &Cancel::new(), &|_| {}).expect("solvable");
    let mut worst = 0.0f64;
    for y in 0..scene.height {
        for x in 0..scene.width {
            let i = y * scene.width + x;
            assert_eq!(found.known[i], 1, "({x}, {y})");
            let truth = scene.normal(x, y);
            let square: f64 = (0..3)
                .map(|j| (f64::from(found.normals.at(i)[j]) - truth[j]).powi(2))
                .sum();
            // The chord: an arc cosine of single precision knows nothing below 0.03 degrees.
            worst = worst.max(2.0 * (square.sqrt() / 2.0).asin().to_degrees());
            for c in 0..scene.channels {
                let want = 0.9 * scene.albedo(x, y, c);
                let got = f64::from(found.albedo[scene.channels * i + c].get());
                assert!((got / want - 1.0).abs() < 2e-3, "albedo {got}, truth {want}");
            }
        }
    }
    Some(worst)
}

/// Without noise half a code of 65,535 is left in every picture. At an albedo of 0.36 that is 2e-5 of a sample, and eight
/// of them at worst turn a normal by twice that: 0.0024 degrees. Flat and dark bring two more such pictures.
const HALF_A_CODE_DEG: f64 = 0.003;

#[test]
fn a_clean_surface_is_found_to_the_last_bit_of_the_samples() {
    let clean = Scene {
        noise: 0.0,
        spoilt: false,
        ..Scene::default()
    };
    for scene in [
        clean,
        Scene { near: true, ..clean },
        Scene { channels: 3, ..clean },
        Scene {
            flat: true,
            dark: true,
            near: true,
            ..clean
        },
    ] {
        if let Some(worst) = worst_deg(scene) {
            let pictures = if scene.flat { 3.0 } else { 1.0 };
            assert!(worst < pictures * HALF_A_CODE_DEG, "{worst}");
        }
    }
}

#[test]
fn noise_costs_what_theory_says() {
    let scene = Scene {
        noise: 0.01,
        spoilt: false,
        ..Scene::default()
    };
    let Some(gpu) = gpu("noise", 64 << 20) else { return };
    let options = scene.options();
    let found = solve_by(Some(&gpu), &scene.stack(), &options, None, &Cancel::new(), &|_| {}).expect("solvable");
    // The confidence map is sigma^2 (S^T S)^-1 as an angle: errors over it have a mean square of 1.
    let mut sum = 0.0;
    for i in 0..found.known.len() {
        let truth = scene.normal(i % scene.width, i / scene.width);
        let square: f64 = (0..3)
            .map(|j| (f64::from(found.normals.at(i)[j]) - truth[j]).powi(2))
            .sum();
        sum += square.sqrt().to_degrees().powi(2) / f64::from(found.confidence_deg[i].get()).powi(2);
    }
    let ratio = (sum / found.known.len() as f64).sqrt();
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
}
