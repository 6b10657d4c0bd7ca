//! Normals and albedo against analytic surfaces.

use crate::render::{Point, Scene, V3, code, dot, flat_card, from_slopes, ring, rms_deg, unit};
use imaging::{Cancel, Encoding, Samples};
use photometric::{Light, Method, Solution, SolveOptions, solve};

fn scene<'a>(surface: &'a (dyn Fn(f64, f64) -> Point + Sync), lights: Vec<V3>) -> Scene<'a> {
    Scene {
        width: 160,
        height: 120,
        pitch_mm: 0.4,
        surface,
        sigma: 0.0,
        highlight: None,
        varnish: None,
        view_mm: None,
        near: false,
        lights,
        rgb: false,
    }
}

fn options(scene: &Scene) -> SolveOptions {
    let lights = scene.lights.iter();
    let mut o = SolveOptions::new(if scene.near {
        lights.map(|&v| Light::PositionMm(v)).collect()
    } else {
        lights.map(|&v| Light::Direction(v)).collect()
    });
    o.pixel_pitch_mm = Some(scene.pitch_mm);
    o
}

fn run(scene: &Scene, o: &SolveOptions) -> Solution {
    solve(&scene.stack(), o, &Cancel::new(), &|_| {}).expect("solvable")
}

#[test]
fn a_noisy_flat_card_reaches_the_physical_limit() {
    for count in [4, 8, 16] {
        let mut s = scene(&flat_card, ring(count, 45.0, 1.0));
        s.sigma = 0.007;
        let got = run(&s, &options(&s));
        let limit = (2.0 * s.sigma / (0.7 * (count as f64).sqrt() * 45f64.to_radians().cos())).to_degrees();
        let rms = rms_deg(&got.normals.triples(), &s.truth());
        assert!(rms <= 1.05 * limit, "{count} lights: {rms} against {limit}");
        let told = got.summary.median_confidence_deg;
        assert!((told / limit - 1.0).abs() < 0.1, "confidence {told} against {limit}");
        assert!((got.summary.noise / s.sigma - 1.0).abs() < 0.1, "{}", got.summary.noise);
        assert!(
            got.summary.rejected_fraction < 0.002,
            "{}",
            got.summary.rejected_fraction
        );
    }
}

/// Sphere of 40 mm radius in a plane; slopes up to 45 degrees keep all lights of a high ring above it.
fn sphere(x: f64, y: f64) -> Point {
    let (r, d) = (40.0, (x * x + y * y).sqrt());
    let normal = if d < 0.7 * r {
        [x / r, y / r, (1.0 - d * d / (r * r)).sqrt()]
    } else {
        [0.0, 0.0, 1.0]
    };
    let albedo = if (x * 0.5).sin() > 0.0 {
        [0.6, 0.5, 0.4]
    } else {
        [0.3, 0.4, 0.5]
    };
    Point {
        normal,
        albedo,
        z_mm: 0.0,
    }
}

#[test]
fn a_matt_sphere_with_print_is_exact() {
    let s = scene(&sphere, ring(8, 60.0, 1.0));
    let got = run(&s, &options(&s));
    assert!(rms_deg(&got.normals.triples(), &s.truth()) < 0.05);
    assert_eq!(got.summary.unknown_fraction, 0.0);
}

#[test]
fn highlights_are_rejected_and_least_squares_is_not_fooled_silently() {
    let mut s = scene(&sphere, ring(12, 60.0, 1.0));
    s.highlight = Some((0.3, 150.0));
    s.sigma = 0.002;
    let mut o = options(&s);
    let auto = rms_deg(&run(&s, &o).normals.triples(), &s.truth());
    o.method = Method::LeastSquares;
    let plain = run(&s, &o);
    let least_squares = rms_deg(&plain.normals.triples(), &s.truth());
    // The noise alone gives 0.35; the skirts of the lobe below the noise cannot be told and add the rest.
    assert!(auto < 0.75, "{auto}");
    assert!(least_squares > 3.0 * auto, "{least_squares} against {auto}");
    assert!(plain.summary.median_confidence_deg > 0.0);
}

#[test]
fn attached_shadows_on_a_steep_slope_are_rejected() {
    let steep = |_: f64, _: f64| Point {
        normal: unit([0.75, 0.2, 0.6]),
        albedo: [0.6; 3],
        z_mm: 0.0,
    };
    let mut s = scene(&steep, ring(8, 40.0, 1.0));
    s.sigma = 0.002;
    let rms = rms_deg(&run(&s, &options(&s)).normals.triples(), &s.truth());
    // What an observer who knows the shadows would reach: least squares of the lit lights alone.
    let normal = steep(0.0, 0.0).normal;
    let lit: Vec<V3> = s.lights.iter().copied().filter(|&l| dot(normal, l) > 0.0).collect();
    assert_eq!(lit.len(), 5);
    s.lights = lit;
    let mut o = options(&s);
    o.method = Method::LeastSquares;
    let reference = rms_deg(&run(&s, &o).normals.triples(), &s.truth());
    assert!(rms < 1.6 * reference, "{rms} against {reference}");
}

#[test]
fn colours_share_one_normal_and_keep_their_albedo() {
    let mut s = scene(&sphere, ring(8, 60.0, 1.0));
    s.rgb = true;
    let mut stack = s.stack();
    // The lights' colour is divided out.
    for (k, frame) in stack.frames.iter_mut().enumerate() {
        frame.intensity = [0.9, 0.5 + 0.05 * k as f32, 1.2];
        let Samples::U16(v) = &mut frame.raster.samples else {
            unreachable!("made as 16 bit")
        };
        for (i, sample) in v.iter_mut().enumerate() {
            *sample = (f32::from(*sample) * frame.intensity[i % 3]).round() as u16;
        }
    }
    let got = solve(&stack, &options(&s), &Cancel::new(), &|_| {}).expect("solvable");
    assert!(rms_deg(&got.normals.triples(), &s.truth()) < 0.1);
    for (x, y) in [(10, 10), (80, 60), (120, 30)] {
        let (px, py) = s.place(x, y);
        let want = sphere(px, py).albedo;
        let at = (y * s.width + x) * 3;
        for c in 0..3 {
            assert!((f64::from(got.albedo[at + c].get()) - want[c]).abs() < 1e-3);
        }
    }
}

#[test]
fn srgb_frames_are_decoded_and_the_report_says_so() {
    let s = scene(&sphere, ring(8, 60.0, 1.0));
    let mut stack = s.stack();
    stack.encoding = Encoding::Srgb;
    for frame in &mut stack.frames {
        let Samples::U16(v) = &mut frame.raster.samples else {
            unreachable!("made as 16 bit")
        };
        for sample in v.iter_mut() {
            let light = f64::from(*sample) / 65535.0;
            // IEC 61966-2-1, encoding direction.
            *sample = code(if light <= 0.003_130_8 {
                12.92 * light
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            });
        }
    }
    let got = solve(&stack, &options(&s), &Cancel::new(), &|_| {}).expect("solvable");
    assert!(rms_deg(&got.normals.triples(), &s.truth()) < 0.1);
    assert!(!got.summary.linear_input && got.summary.notes.iter().any(|n| n.contains("sRGB")));
}

#[test]
fn near_lights_on_a_flat_card_are_exact_and_far_treatment_is_not() {
    let mut s = scene(&flat_card, ring(8, 45.0, 200.0));
    s.near = true;
    let near = rms_deg(&run(&s, &options(&s)).normals.triples(), &s.truth());
    assert!(near < 0.02, "{near}");
    let far = SolveOptions::new(s.lights.iter().map(|&v| Light::Direction(v)).collect());
    assert!(rms_deg(&run(&s, &far).normals.triples(), &s.truth()) > 3.0);
}

#[test]
fn near_lights_on_a_tilted_card_stay_near_the_noise_limit() {
    let (p, sigma) = (5f64.to_radians().tan(), 0.007);
    // A tilted region of the card: the slope is 5 degrees, the relief stays under 1 mm.
    let tilted = move |x: f64, _: f64| Point {
        normal: from_slopes(p, 0.0),
        albedo: [0.7; 3],
        z_mm: (x * p).rem_euclid(1.0),
    };
    let mut s = scene(&tilted, ring(8, 45.0, 200.0));
    s.near = true;
    s.sigma = sigma;
    let rms = rms_deg(&run(&s, &options(&s)).normals.triples(), &s.truth());
    let limit = (2.0 * sigma / (0.7 * 8f64.sqrt() * 45f64.to_radians().cos())).to_degrees();
    assert!(rms < limit + 0.15, "{rms} against {limit}");
}

#[test]
fn flat_fields_and_a_dark_frame_make_uneven_near_lights_exact() {
    let mut s = scene(&flat_card, ring(8, 45.0, 200.0));
    s.near = true;
    let offset = 0.02;
    let mut stack = s.stack();
    let white = |x: f64, y: f64| Point {
        albedo: [0.95; 3],
        ..flat_card(x, y)
    };
    let target = Scene {
        surface: &white,
        lights: s.lights.clone(),
        ..scene(&white, Vec::new())
    };
    let target = Scene { near: true, ..target };
    let raised = |samples: &Samples, gain: f64| match samples {
        Samples::U16(v) => v
            .iter()
            .map(|c| code(gain * f64::from(*c) / 65535.0 + offset))
            .collect(),
        Samples::U8(_) => Vec::new(),
    };
    for (k, (frame, flat)) in stack.frames.iter_mut().zip(target.stack().frames).enumerate() {
        // Unknown brightness of each LED, which the flat carries too; intensity is then not used.
        let gain = 0.4 + 0.05 * k as f64;
        frame.raster = s.raster(raised(&frame.raster.samples, gain));
        frame.flat = Some(s.raster(raised(&flat.raster.samples, gain)));
    }
    stack.dark = Some(s.raster(vec![code(offset); s.width * s.height]));
    for o in [
        options(&s),
        SolveOptions::new(s.lights.iter().map(|&v| Light::Direction(v)).collect()),
    ] {
        let got = solve(&stack, &o, &Cancel::new(), &|_| {}).expect("solvable");
        let rms = rms_deg(&got.normals.triples(), &s.truth());
        assert!(rms < 0.02, "{rms}");
        assert!(
            (got.albedo[7000].get() - 0.7 / 0.95).abs() < 2e-3,
            "{:?}",
            got.albedo[7000]
        );
    }
}

#[test]
fn a_saturated_sample_is_left_out() {
    let bright = |_: f64, _: f64| Point {
        normal: from_slopes(0.3, 0.1),
        albedo: [1.1; 3],
        z_mm: 0.0,
    };
    let s = scene(&bright, ring(8, 60.0, 1.0));
    for method in [Method::Auto, Method::LeastSquares] {
        let mut o = options(&s);
        o.method = method;
        let got = run(&s, &o);
        assert!(rms_deg(&got.normals.triples(), &s.truth()) < 0.05);
        assert!(got.summary.rejected_fraction > 0.99);
    }
}

#[test]
fn black_pixels_and_pixels_outside_the_mask_are_unknown_not_invented() {
    let hole = |x: f64, _: f64| Point {
        albedo: if x < 0.0 { [0.0; 3] } else { [0.5; 3] },
        ..flat_card(0.0, 0.0)
    };
    let s = scene(&hole, ring(8, 45.0, 1.0));
    let mut o = options(&s);
    let mut mask = vec![255u8; s.width * s.height];
    mask[..s.width * 10].fill(0);
    o.mask = Some(mask);
    let got = run(&s, &o);
    assert!((got.summary.unknown_fraction - 0.5).abs() < 1e-9);
    let outside = (0..s.width * 10).map(|i| got.normals.at(i));
    assert!(outside.into_iter().all(|n| n == [0.0; 3]) && got.known[..s.width * 10].iter().all(|k| *k == 0));
    assert_eq!(got.normals.at(20 * s.width), [0.0; 3]);
}

#[test]
fn the_same_bits_come_out_with_one_thread_and_with_many() {
    let mut s = scene(&sphere, ring(8, 50.0, 1.0));
    s.sigma = 0.01;
    s.highlight = Some((0.4, 40.0));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| run(&s, &options(&s)))
    };
    let (a, b) = (with(1), with(5));
    assert!(a.normals == b.normals && a.albedo == b.albedo && a.known == b.known);
    assert!(a.residual == b.residual && a.confidence_deg == b.confidence_deg);
}

#[test]
fn robust_with_three_lights_falls_back_and_says_so() {
    let s = scene(&flat_card, ring(3, 45.0, 1.0));
    let mut o = options(&s);
    o.method = Method::Robust;
    let got = run(&s, &o);
    assert_eq!(got.summary.method, Method::LeastSquares);
    assert!(got.summary.notes[0].contains("3 lights"));
    assert!(rms_deg(&got.normals.triples(), &s.truth()) < 0.02);
}
