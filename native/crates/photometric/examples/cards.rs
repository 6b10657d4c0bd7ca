//! Normals of simulated cards in memory: rms error against the noise limit, flat, tilted, near, glossy, dented.

#[path = "../tests/photometric/render.rs"]
mod render;

use imaging::Cancel;
use photometric::{Light, SolveOptions, solve};
use render::{Point, Scene, from_slopes, ring};

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

fn main() {
    println!("case                                rms deg   limit  ratio  gain    varnish      (truth 0.15 x 30)");
    for (name, near, tilt_deg, gloss, dents) in [
        ("flat, matt, far", false, 0.0f64, 0.0, false),
        ("flat, matt, near", true, 0.0, 0.0, false),
        ("tilted 5 degrees, matt, near", true, 5.0, 0.0, false),
        ("flat, glossy, far", false, 0.0, 0.15, false),
        ("flat, glossy, near", true, 0.0, 0.15, false),
        ("tilted 5 degrees, glossy, near", true, 5.0, 0.15, false),
        ("dents, matt, far", false, 0.0, 0.0, true),
        ("dents, glossy, far", false, 0.0, 0.15, true),
        ("dents, very glossy, far", false, 0.0, 0.6, true),
        ("dents, glossy, near", true, 0.0, 0.15, true),
    ] {
        let surface = card(tilt_deg.to_radians().tan(), dents);
        let scene = Scene {
            width: 700,
            height: 900,
            pitch_mm: 0.1,
            surface: &surface,
            sigma: 0.003,
            highlight: None,
            varnish: (gloss > 0.0).then_some((gloss, 30.0)),
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
        let s = solve(&scene.stack(), &o, &Cancel::new(), &|_| {}).expect("solvable");
        let truth = scene.truth();
        let (mut error, mut limit, mut up, mut down, mut count) = (0.0, 0.0, 0.0, 0.0, 0usize);
        for i in (0..s.known.len()).filter(|&i| s.known[i] != 0) {
            let (n, t) = (&s.normals[3 * i..3 * i + 3], &truth[3 * i..3 * i + 3]);
            let d: f64 = (0..3).map(|j| f64::from(n[j] - t[j]).powi(2)).sum();
            error += d;
            let (x, y) = scene.place(i % s.width, i / s.width);
            let a = surface(x, y).albedo[0];
            limit += (2.0 * 0.003 / (a * 8f64.sqrt() * 45f64.to_radians().cos())).powi(2);
            let plane = f64::from(t[0] / t[2]) + tilt_deg.to_radians().tan();
            up += f64::from(n[0] / n[2] - t[0] / t[2] + plane as f32) * plane;
            down += plane * plane;
            count += 1;
        }
        let deg = |v: f64| (v / count as f64).sqrt().to_degrees();
        println!(
            "{name:34} {:8.3} {:7.3} {:6.3} {:6.3}   {:.3} x {:.0}",
            deg(error),
            deg(limit),
            (error / limit).sqrt(),
            if down > 0.0 && dents { up / down } else { f64::NAN },
            s.summary.varnish_strength,
            s.summary.varnish_exponent
        );
    }
}
