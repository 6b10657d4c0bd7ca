//! Glossy printed cards: the varnish must neither fake relief nor deepen it. Lobes of two physical models.

use crate::render::{Lobe, Point, Scene, from_slopes, gaussian, ring};
use imaging::Cancel;
use photometric::{Light, Solution, SolveOptions, solve};

const SIGMA: f64 = 0.003;
const PITCH: f64 = 0.25;

/// Four inks; Gaussian dents of 0.1 mm depth and 1 mm radius every 12 mm where asked for.
fn card(tilt_deg: f64, dents: bool) -> impl Fn(f64, f64) -> Point + Sync {
    let tilt = tilt_deg.to_radians().tan();
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
            let (dx, dy) = (x.rem_euclid(12.0) - 6.0, y.rem_euclid(12.0) - 6.0);
            let slope = 0.1 * (-(dx * dx + dy * dy) / 2.0).exp();
            p += slope * dx;
            q += slope * dy;
        }
        Point {
            normal: from_slopes(p, q),
            albedo: [albedo; 3],
            z_mm: 0.0,
        }
    }
}

fn scene<'a>(surface: &'a (dyn Fn(f64, f64) -> Point + Sync), near: bool, varnish: Option<(f64, Lobe)>) -> Scene<'a> {
    Scene {
        width: 260,
        height: 350,
        pitch_mm: PITCH,
        surface,
        sigma: SIGMA,
        highlight: None,
        varnish,
        view_mm: Some(400.0),
        near,
        lights: ring(8, 45.0, if near { 200.0 } else { 1.0 }),
        rgb: false,
    }
}

fn options(s: &Scene) -> SolveOptions {
    let lights = s.lights.iter();
    let mut o = SolveOptions::new(if s.near {
        lights.map(|&v| Light::PositionMm(v)).collect()
    } else {
        lights.map(|&v| Light::Direction(v)).collect()
    });
    o.pixel_pitch_mm = Some(s.pitch_mm);
    o.view_distance_mm = s.view_mm;
    o
}

fn run(s: &Scene) -> Solution {
    solve(&s.stack(), &options(s), &Cancel::new(), &|_| {}).expect("solvable")
}

/// Root mean square angle to the truth over that of the noise limit of a matt card, pixel by pixel.
fn over_limit(s: &Scene, got: &Solution) -> f64 {
    let truth = s.truth();
    let (mut error, mut limit) = (0.0, 0.0);
    for i in 0..got.known.len() {
        let (x, y) = s.place(i % s.width, i / s.width);
        let albedo = (s.surface)(x, y).albedo[0];
        limit += (2.0 * SIGMA / (albedo * 8f64.sqrt() * 45f64.to_radians().cos())).powi(2);
        error += (0..3)
            .map(|j| f64::from(got.normals.at(i)[j] - truth[3 * i + j]).powi(2))
            .sum::<f64>();
    }
    (error / limit).sqrt()
}

/// Regression of the slopes found on the true ones: 1 = depths are right, 2 = dents read twice as deep.
fn gain(s: &Scene, got: &Solution) -> f64 {
    let truth = s.truth();
    let slope = |n: &[f32], j: usize| f64::from(n[j]) / f64::from(n[2].max(0.05));
    let (mut above, mut below) = (0.0, 0.0);
    for (n, t) in got.normals.triples().chunks_exact(3).zip(truth.chunks_exact(3)) {
        for j in 0..2 {
            above += slope(n, j) * slope(t, j);
            below += slope(t, j) * slope(t, j);
        }
    }
    above / below
}

#[test]
fn a_matt_card_has_no_varnish() {
    for (near, tilt) in [(false, 0.0), (true, 0.0), (true, 5.0)] {
        let surface = card(tilt, true);
        let s = scene(&surface, near, None);
        let got = run(&s);
        assert_eq!(got.summary.varnish_strength, 0.0, "near {near}, tilt {tilt}");
        assert!((gain(&s, &got) - 1.0).abs() < 0.01);
    }
}

#[test]
fn a_glossy_flat_card_stays_at_the_noise_limit_of_a_matt_one() {
    for (near, tilt) in [(false, 0.0), (true, 0.0), (true, 5.0)] {
        let surface = card(tilt, false);
        let s = scene(&surface, near, Some((0.15, Lobe::BlinnPhong(30.0))));
        let got = run(&s);
        let ratio = over_limit(&s, &got);
        assert!(ratio < 1.05, "near {near}, tilt {tilt}: {ratio}");
        assert!(
            (got.summary.varnish_strength / 0.15 - 1.0).abs() < 0.1,
            "{}",
            got.summary.varnish_strength
        );
    }
}

#[test]
fn dents_on_varnish_read_as_deep_as_they_are_whatever_the_lobe() {
    for lobe in [Lobe::BlinnPhong(30.0), Lobe::Beckmann(0.25), Lobe::Ward(0.22)] {
        for near in [false, true] {
            let surface = card(0.0, true);
            let s = scene(&surface, near, Some((0.15, lobe)));
            let found = gain(&s, &run(&s));
            assert!((found - 1.0).abs() < 0.05, "{lobe:?}, near {near}: {found}");
            // Without the lobe the same frames are a quarter too deep or worse.
            let mut plain = options(&s);
            plain.method = photometric::Method::LeastSquares;
            let plain = solve(&s.stack(), &plain, &Cancel::new(), &|_| {}).expect("solvable");
            assert!(gain(&s, &plain) > 1.15, "{lobe:?}, near {near}: {}", gain(&s, &plain));
        }
    }
}

#[test]
fn the_varnish_of_print_of_one_tone_is_told_from_the_bend_of_the_card() {
    // A card that is flat, and one whose middle stands 0.4 mm above its long edges; dents in it; lights known to 0.3 mm.
    for curvature in [0.0, 8.0 * 0.4 / (63.5 * 63.5)] {
        let dented = card(0.0, true);
        let surface = |x: f64, y: f64| {
            let Point {
                normal: [nx, ny, nz], ..
            } = dented(x, y);
            Point {
                normal: from_slopes(-nx / nz - curvature * x, -ny / nz),
                albedo: [0.22; 3],
                z_mm: 0.0,
            }
        };
        for varnish in [
            None,
            Some((0.05, Lobe::BlinnPhong(30.0))),
            Some((0.15, Lobe::BlinnPhong(30.0))),
        ] {
            let s = scene(&surface, true, varnish);
            let mut o = options(&s);
            for light in &mut o.lights {
                if let Light::PositionMm(at) = light {
                    *at = at.map(|v| v * 1.0015);
                }
            }
            let got = solve(&s.stack(), &o, &Cancel::new(), &|_| {}).expect("solvable");
            let found = gain(&s, &got);
            assert!(
                (found - 1.0).abs() < 0.05,
                "{varnish:?}, curvature {curvature}: {found}, {:?}",
                got.summary
            );
        }
    }
}

/// Adds photon noise of this variance per unit of light to all frames.
fn with_photon_noise(s: &Scene, variance: f64) -> imaging::FrameStack {
    let mut stack = s.stack();
    for (k, frame) in stack.frames.iter_mut().enumerate() {
        let imaging::Samples::U16(codes) = &mut frame.raster.samples else {
            unreachable!("made as 16 bit")
        };
        let first = ((k + s.lights.len()) * codes.len()) as u64;
        for (place, code) in (first..).zip(codes.iter_mut()) {
            let light = f64::from(*code) / 65535.0;
            *code = crate::render::code(light + (variance * light).sqrt() * gaussian(place));
        }
    }
    stack
}

#[test]
fn the_photon_noise_of_the_varnish_is_no_disagreement_on_black_print() {
    let inks = card(0.0, false);
    // One tenth is black: there the varnish is most of the light, and its photons most of the noise.
    let surface = |x: f64, y: f64| {
        let albedo = if (x * 0.2).sin() > 0.95 {
            [0.004; 3]
        } else {
            inks(x, y).albedo
        };
        Point { albedo, ..inks(x, y) }
    };
    let s = Scene {
        sigma: 5e-5,
        ..scene(&surface, false, Some((0.2, Lobe::BlinnPhong(30.0))))
    };
    let got = solve(&with_photon_noise(&s, 3e-5), &options(&s), &Cancel::new(), &|_| {}).expect("solvable");
    // Chance lets one pixel in ten thousand disagree; with the noise of the print alone it is one in a thousand.
    let rejected = got.summary.rejected_fraction;
    assert!(rejected < 4e-4, "{rejected}");
}

#[test]
fn steep_dents_in_black_print_are_read_from_the_varnish_alone() {
    let inks = card(0.0, false);
    // A black band with cones of one in seven in it: hardly any light but the lobe's comes back from there.
    let surface = |x: f64, y: f64| {
        let black = (x * 0.2).sin() > 0.8;
        let mut p = inks(x, y);
        if black {
            let (dx, dy) = (x.rem_euclid(6.0) - 3.0, y.rem_euclid(6.0) - 3.0);
            let steep = 0.15 / dx.hypot(dy).max(1.0);
            p.albedo = [0.002; 3];
            p.normal = from_slopes(steep * dx, steep * dy);
        }
        p
    };
    for rgb in [false, true] {
        let s = Scene {
            sigma: 5e-5,
            rgb,
            ..scene(&surface, true, Some((0.2, Lobe::BlinnPhong(30.0))))
        };
        let got = solve(&with_photon_noise(&s, 3e-5), &options(&s), &Cancel::new(), &|_| {}).expect("solvable");
        let truth = s.truth();
        let (mut worst, mut squares, mut claimed, mut count) = (0.0f64, 0.0, 0.0, 0.0f64);
        for i in 0..got.known.len() {
            let (x, y) = s.place(i % s.width, i / s.width);
            if (s.surface)(x, y).albedo[0] > 0.01 || got.known[i] == 0 {
                continue;
            }
            let off = (0..3)
                .map(|j| f64::from(got.normals.at(i)[j] - truth[3 * i + j]).powi(2))
                .sum::<f64>();
            worst = worst.max(off.sqrt());
            squares += off;
            claimed += f64::from(got.confidence_deg[i].get()).to_radians().powi(2);
            count += 1.0;
        }
        let (rms, worst) = ((squares / count).sqrt().to_degrees(), worst.to_degrees());
        assert!(count > 1e4, "{count} pixels");
        assert!(worst < 5.0 && rms < 0.5, "rgb {rgb}: worst {worst}, rms {rms} degrees");
        assert!(squares < claimed, "rgb {rgb}: {squares} for {claimed}");
    }
}

#[test]
fn a_light_that_has_faded_since_its_calibration_is_named() {
    let surface = card(0.0, false);
    let s = scene(&surface, false, None);
    let mut stack = s.stack();
    assert!(!run(&s).summary.notes.iter().any(|n| n.contains("calibrat")));
    let imaging::Samples::U16(codes) = &mut stack.frames[3].raster.samples else {
        unreachable!("made as 16 bit")
    };
    codes.iter_mut().for_each(|c| *c = (f32::from(*c) * 0.88) as u16);
    let got = solve(&stack, &options(&s), &Cancel::new(), &|_| {}).expect("solvable");
    let note = got
        .summary
        .notes
        .iter()
        .find(|n| n.contains("calibrat"))
        .expect("a note");
    assert!(note.contains("light-03.png"), "{note}");
}

#[test]
fn the_confidence_is_the_standard_deviation_of_the_normal() {
    let surface = card(3.0, false);
    let s = scene(&surface, true, None);
    let got = run(&s);
    let truth = s.truth();
    let (mut squared, mut inside) = (0.0, 0usize);
    for i in 0..got.known.len() {
        let chord: f64 = (0..3)
            .map(|j| f64::from(got.normals.at(i)[j] - truth[3 * i + j]).powi(2))
            .sum();
        let z = chord.sqrt().to_degrees() / f64::from(got.confidence_deg[i].get());
        squared += z * z;
        // Two independent tilts: the angle is Rayleigh, and 95 % lie below sqrt(-ln 0.05) of their joint deviation.
        inside += usize::from(z < 1.7308);
    }
    let n = got.known.len() as f64;
    assert!(
        ((squared / n).sqrt() - 1.0).abs() < 0.05,
        "normalised error {}",
        (squared / n).sqrt()
    );
    assert!(
        (inside as f64 / n - 0.95).abs() < 0.01,
        "coverage {}",
        inside as f64 / n
    );
}
