//! Normals of simulated cards in memory: rms error against the noise limit, flat, tilted, near, glossy, dented.

#[path = "../tests/photometric/render.rs"]
mod render;

use imaging::Cancel;
use photometric::{Light, SolveOptions, solve};
use render::{Lobe, Point, Scene, flat_card, from_slopes, ring, rms_deg};

/// A printed card of two inks with Gaussian dents 1 mm wide and 40 micrometres deep on it.
fn card(tilt: f64, dents: bool) -> impl Fn(f64, f64) -> Point + Sync {
    move |x, y| {
        let ink = (
            (x * 0.9).sin() * (y * 0.7).cos() > 0.0,
            (x * 0.31 + y * 0.17).sin() > 0.3,
        );
        let albedo = match ink {
            (true, true) => 0.85,
            (true, false) => 0.5,
            (false, true) => 0.25,
            (false, false) => 0.12,
        };
        let (mut p, mut q) = (tilt, 0.0);
        if dents {
            let (dx, dy) = (x.rem_euclid(8.0) - 4.0, y.rem_euclid(8.0) - 4.0);
            let sigma = 0.5;
            let depth = 0.04 * (-(dx * dx + dy * dy) / (2.0 * sigma * sigma)).exp();
            p += depth * dx / (sigma * sigma);
            q += depth * dy / (sigma * sigma);
        }
        Point {
            normal: from_slopes(p, q),
            albedo: [albedo; 3],
            z_mm: 0.0,
        }
    }
}

const PHONG: Option<(f64, Lobe)> = Some((0.15, Lobe::BlinnPhong(30.0)));
const BECKMANN: Option<(f64, Lobe)> = Some((0.15, Lobe::Beckmann(0.25)));
const WARD: Option<(f64, Lobe)> = Some((0.15, Lobe::Ward(0.22)));
const SIGMA: f64 = 0.003;

/// Noise limit of a matt card in degrees, rms over its inks: `2 sigma / (albedo sqrt(K) cos e)` at every pixel.
fn limit_deg(scene: &Scene) -> f64 {
    let mut sum = 0.0;
    for y in 0..scene.height {
        for x in 0..scene.width {
            let (px, py) = scene.place(x, y);
            let albedo = (scene.surface)(px, py).albedo[0];
            sum += (2.0 * SIGMA / (albedo * 8f64.sqrt() * 45f64.to_radians().cos())).powi(2);
        }
    }
    (sum / (scene.width * scene.height) as f64).sqrt().to_degrees()
}

/// Regression of the slopes found on the true ones about the card's plane: 1 where depths are right.
fn gain(normals: &[f32], truth: &[f32]) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for (n, t) in normals.chunks_exact(3).zip(truth.chunks_exact(3)) {
        for j in 0..2 {
            let slope = f64::from(t[j] / t[2]);
            above += slope * f64::from(n[j] / n[2].max(0.05));
            below += slope * slope;
        }
    }
    above / below
}

/// Name, slope of the surface, near lights, varnish.
type Case<'a> = (
    &'a str,
    &'a (dyn Fn(f64, f64) -> Point + Sync),
    bool,
    Option<(f64, Lobe)>,
);

fn main() {
    let flat = card(0.0, false);
    let tilted = card(5f64.to_radians().tan(), false);
    let dented = card(0.0, true);
    let cases: [Case; 10] = [
        ("flat, one tone, matt, far", &flat_card, false, None),
        ("flat, matt, far", &flat, false, None),
        ("flat, matt, near", &flat, true, None),
        ("tilted 5 degrees, matt, near", &tilted, true, None),
        ("flat, glossy, far", &flat, false, PHONG),
        ("flat, glossy, near", &flat, true, PHONG),
        ("tilted 5 degrees, glossy, near", &tilted, true, PHONG),
        ("dents, glossy, near", &dented, true, PHONG),
        ("dents, glossy by Beckmann, far", &dented, false, BECKMANN),
        ("dents, glossy by Ward, far", &dented, false, WARD),
    ];
    for (name, surface, near, varnish) in cases {
        let scene = Scene {
            width: 700,
            height: 900,
            pitch_mm: 0.1,
            surface,
            sigma: SIGMA,
            highlight: None,
            varnish,
            view_mm: Some(400.0),
            near,
            lights: ring(8, 45.0, if near { 200.0 } else { 1.0 }),
            rgb: false,
        };
        let lights = scene.lights.iter();
        let mut o = SolveOptions::new(if near {
            lights.map(|&v| Light::PositionMm(v)).collect()
        } else {
            lights.map(|&v| Light::Direction(v)).collect()
        });
        o.pixel_pitch_mm = Some(scene.pitch_mm);
        o.view_distance_mm = scene.view_mm;
        match solve(&scene.stack(), &o, &Cancel::new(), &|_| {}) {
            Ok(s) => {
                let truth = scene.truth();
                println!(
                    "{name}: {:.3} deg rms, limit {:.3}, slope gain {:.3}, varnish {:.3} x {:.0}",
                    rms_deg(&s.normals.triples(), &truth),
                    limit_deg(&scene),
                    gain(&s.normals.triples(), &truth),
                    s.summary.varnish_strength,
                    s.summary.varnish_exponent
                );
            }
            Err(e) => eprintln!("{name}: {e}"),
        }
    }
}
