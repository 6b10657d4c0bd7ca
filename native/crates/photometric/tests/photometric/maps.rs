//! Curvature, height, shape and gloss against formulas.

use crate::render::{Point, Scene, flat_card, from_slopes, ring};
use imaging::{Cancel, ErrorCode};
use photometric::{
    HeightOptions, Light, ShapeOptions, Solution, SolveOptions, curvature, gloss, gradients, height_mm,
    shape_multiscale, solve,
};

const PITCH: f64 = 0.04;

fn capture<'a>(surface: &'a (dyn Fn(f64, f64) -> Point + Sync)) -> Scene<'a> {
    Scene {
        width: 150,
        height: 130,
        pitch_mm: PITCH,
        surface,
        sigma: 0.0,
        highlight: None,
        varnish: None,
        view_mm: None,
        near: false,
        lights: ring(8, 45.0, 1.0),
        rgb: false,
    }
}

fn solved(scene: &Scene, mask: Option<Vec<u8>>) -> Solution {
    let mut o = SolveOptions::new(scene.lights.iter().map(|&v| Light::Direction(v)).collect());
    o.mask = mask;
    solve(&scene.stack(), &o, &Cancel::new(), &|_| {}).expect("solvable")
}

/// Gaussian dent of a depth and radius in mm at a centre.
fn dent(depth: f64, radius: f64, cx: f64, cy: f64) -> impl Fn(f64, f64) -> Point {
    move |x, y| {
        let (dx, dy) = (x - cx, y - cy);
        let z = -depth * (-(dx * dx + dy * dy) / (2.0 * radius * radius)).exp();
        Point {
            normal: from_slopes(-z * dx / (radius * radius), -z * dy / (radius * radius)),
            // Print across the dent must not show in the height.
            albedo: if (x * 9.0).sin() > 0.0 { [0.8; 3] } else { [0.2; 3] },
            z_mm: z,
        }
    }
}

fn depth_found(z: &[f32], scene: &Scene, cx: f64, cy: f64) -> f64 {
    let (mut sum, mut count, mut low) = (0.0, 0.0, f64::INFINITY);
    for y in 0..scene.height {
        for x in 0..scene.width {
            let (px, py) = scene.place(x, y);
            let d = (px - cx).hypot(py - cy);
            let v = f64::from(z[y * scene.width + x]);
            if d < 0.1 {
                low = low.min(v);
            } else if d > 1.2 && d < 1.8 {
                sum += v;
                count += 1.0;
            }
        }
    }
    sum / count - low
}

#[test]
fn the_depth_of_a_dent_is_right_to_ten_percent() {
    for (depth, radius) in [(0.010, 0.1), (0.020, 0.3), (0.100, 0.3)] {
        let surface = dent(depth, radius, 0.3, -0.2);
        let s = capture(&surface);
        let z = height_mm(&solved(&s, None), PITCH, HeightOptions::default(), &Cancel::new()).expect("height");
        let found = depth_found(&z, &s, 0.3, -0.2);
        assert!((found / depth - 1.0).abs() < 0.1, "{found} against {depth}");
    }
}

#[test]
fn unknown_pixels_and_an_outline_do_not_spoil_the_height() {
    let surface = dent(0.02, 0.3, 0.3, -0.2);
    let s = capture(&surface);
    let mask = (0..s.width * s.height).map(|i| {
        let (x, y) = (i % s.width, i / s.width);
        let outside = x < 9 || y < 7 || x > 140;
        let speck = x % 23 == 0 && y % 17 < 3;
        u8::from(!outside && !speck)
    });
    let solution = solved(&s, Some(mask.collect()));
    let z = height_mm(&solution, PITCH, HeightOptions::default(), &Cancel::new()).expect("height");
    let found = depth_found(&z, &s, 0.3, -0.2);
    assert!((found / 0.02 - 1.0).abs() < 0.1, "{found}");
    assert_eq!(z[0], 0.0);
}

#[test]
fn bow_is_removed_on_request_and_kept_otherwise() {
    let bowed = |x: f64, y: f64| Point {
        normal: from_slopes(0.02 * x, 0.01 * y),
        ..flat_card(x, y)
    };
    let s = capture(&bowed);
    let solution = solved(&s, None);
    let kept = HeightOptions {
        remove_quadratic: false,
        ..HeightOptions::default()
    };
    let z = height_mm(&solution, PITCH, kept, &Cancel::new()).expect("height");
    let at = |x: usize, y: usize| f64::from(z[y * s.width + x]);
    let (px, _) = s.place(145, 65);
    let (cx, _) = s.place(75, 65);
    let want = 0.01 * (px * px - cx * cx);
    assert!(
        (at(145, 65) - at(75, 65) - want).abs() < 0.02 * want,
        "{}",
        at(145, 65) - at(75, 65)
    );
    let flat = height_mm(&solution, PITCH, HeightOptions::default(), &Cancel::new()).expect("height");
    assert!(flat.iter().all(|v| v.abs() < 2e-4));
}

#[test]
fn a_sphere_has_the_curvature_of_its_radius_and_a_bump_is_positive() {
    let radius = 8.0;
    let ball = move |x: f64, y: f64| Point {
        normal: [
            x / radius,
            y / radius,
            (1.0 - (x * x + y * y) / (radius * radius)).sqrt(),
        ],
        ..flat_card(x, y)
    };
    let s = capture(&ball);
    let solution = solved(&s, None);
    let c = curvature(&solution, Some(PITCH), &Cancel::new()).expect("curvature");
    for (x, y) in [(75, 65), (30, 40), (120, 100)] {
        let at = y * s.width + x;
        assert!((f64::from(c.mean[at]) * radius - 1.0).abs() < 0.02, "{}", c.mean[at]);
        assert!(
            (f64::from(c.gaussian[at]) * radius * radius - 1.0).abs() < 0.04,
            "{}",
            c.gaussian[at]
        );
    }
    let shape = shape_multiscale(&solution, ShapeOptions::default(), &Cancel::new()).expect("shape");
    assert!(shape.iter().all(|v| v.is_finite()));
    let g = gradients(&solution);
    let (px, py) = s.place(30, 40);
    let nz = (1.0 - (px * px + py * py) / (radius * radius)).sqrt();
    assert!((f64::from(g.p[40 * s.width + 30]) + px / radius / nz).abs() < 1e-3);
}

#[test]
fn shape_shows_the_dent_and_not_the_print() {
    let surface = dent(0.02, 0.2, 0.0, 0.0);
    let s = capture(&surface);
    let options = ShapeOptions { characteristic_px: 5.0 };
    let shape = shape_multiscale(&solved(&s, None), options, &Cancel::new()).expect("shape");
    let middle = shape[65 * s.width + 75];
    let far = shape[20 * s.width + 20].abs();
    assert!(middle < 0.0 && far < 0.05 * middle.abs(), "{middle} {far}");
}

#[test]
fn gloss_is_the_height_of_the_highlight_and_zero_on_matt_card() {
    let mut s = capture(&flat_card);
    // The half vector of light 0 lies 22.5 degrees off; tilt the card's lobe there with a wide one.
    s.highlight = Some((0.25, 1e4));
    let facing = |_: f64, _: f64| {
        let l = ring(8, 45.0, 1.0)[0];
        Point {
            normal: crate::render::unit([l[0], l[1], l[2] + 1.0]),
            albedo: [0.5; 3],
            z_mm: 0.0,
        }
    };
    s.surface = &facing;
    let o = SolveOptions::new(s.lights.iter().map(|&v| Light::Direction(v)).collect());
    let stack = s.stack();
    let solution = solve(&stack, &o, &Cancel::new(), &|_| {}).expect("solvable");
    let map = gloss(&stack, &o, &solution, &Cancel::new()).expect("gloss");
    assert!((map[5000] - 0.25).abs() < 0.01, "{}", map[5000]);
    s.highlight = None;
    let stack = s.stack();
    let solution = solve(&stack, &o, &Cancel::new(), &|_| {}).expect("solvable");
    let map = gloss(&stack, &o, &solution, &Cancel::new()).expect("gloss");
    assert!(map.iter().all(|v| *v < 1e-3));
}

#[test]
fn a_raised_flag_stops_every_map() {
    let s = capture(&flat_card);
    let solution = solved(&s, None);
    let cancel = Cancel::new();
    cancel.cancel();
    let code = |e: Option<imaging::CoreError>| e.map(|e| e.code);
    assert_eq!(
        code(curvature(&solution, None, &cancel).err()),
        Some(ErrorCode::Cancelled)
    );
    let height = height_mm(&solution, PITCH, HeightOptions::default(), &cancel);
    assert_eq!(code(height.err()), Some(ErrorCode::Cancelled));
    let shape = shape_multiscale(&solution, ShapeOptions::default(), &cancel);
    assert_eq!(code(shape.err()), Some(ErrorCode::Cancelled));
    let o = SolveOptions::new(s.lights.iter().map(|&v| Light::Direction(v)).collect());
    assert_eq!(
        code(solve(&s.stack(), &o, &cancel, &|_| {}).err()),
        Some(ErrorCode::Cancelled)
    );
    assert_eq!(
        code(gloss(&s.stack(), &o, &solution, &cancel).err()),
        Some(ErrorCode::Cancelled)
    );
}
