//! Radiometry and noise of rendered frames against formulas.

use imaging::{Cancel, Raster};
use simulate::{ArtKind, Borders, Defects, Gloss, MatKind, Scene, SignalEncoding, Spec, render};

/// A matte card without noise, 0.2 mm a pixel, whose border and art are uniform.
fn matte() -> Spec {
    Spec {
        pitch_mm: 0.2,
        rotation_deg: 0.0,
        offset_mm: [0.0; 2],
        art: ArtKind::Plain,
        art_texture: 0.0,
        mat: MatKind::Grey,
        mat_texture: 0.0,
        colour: false,
        noise: false,
        borders_mm: Some(Borders {
            left: 3.0,
            right: 3.0,
            top: 3.0,
            bottom: 3.0,
        }),
        gloss: Gloss {
            strength: 0.0,
            roughness: 0.3,
        },
        defects: Defects::none(),
        ..Spec::default()
    }
}

fn scene(spec: &Spec) -> Scene {
    render(spec, &Cancel::new(), &|_| {}).unwrap()
}

fn value(raster: &Raster, x: usize, y: usize) -> f64 {
    f64::from(raster.code(x, y, 0)) / f64::from(raster.max_code())
}

#[test]
fn a_flat_matte_card_is_albedo_times_cosine_times_intensity() {
    for elevation in [20.0f64, 45.0, 80.0] {
        let s = scene(&Spec {
            light_elevation_deg: elevation,
            ..matte()
        });
        for (light, frame) in s.lights.iter().zip(&s.frames) {
            for (x, y) in [(3, 3), (s.width / 2, s.height / 2), (36, s.height / 2)] {
                let expected = f64::from(s.albedo[y * s.width + x]) * light.intensity * elevation.to_radians().sin();
                assert!((value(frame, x, y) - expected).abs() < 1.0 / 65_535.0);
            }
        }
    }
}

#[test]
fn white_stock_reaches_the_exposure_under_the_brightest_light() {
    for distance in [None, Some(200.0)] {
        let s = scene(&Spec {
            light_distance_mm: distance,
            border_kind: simulate::BorderKind::White,
            exposure: 0.6,
            ..matte()
        });
        let brightest = s.frames.iter().map(|f| {
            (0..s.width * s.height)
                .map(|i| value(f, i % s.width, i / s.width))
                .fold(0.0, f64::max)
        });
        let brightest = brightest.fold(0.0, f64::max);
        // The border is white within half a percent (a trace of yellow), and the grid of places is coarse.
        assert!((brightest - 0.6).abs() < 0.012, "{distance:?}: {brightest}");
    }
}

#[test]
fn a_near_light_falls_off_as_the_inverse_square_with_its_cone() {
    let s = scene(&Spec {
        light_distance_mm: Some(200.0),
        ..matte()
    });
    let pitch = 0.2;
    for (light, frame) in s.lights.iter().zip(&s.frames) {
        let q = light.position_mm.unwrap();
        for (x, y) in [(80, 100), (s.width - 60, s.height - 90)] {
            let p = [
                (x as f64 - (s.width as f64 - 1.0) / 2.0) * pitch,
                (y as f64 - (s.height as f64 - 1.0) / 2.0) * pitch,
                0.0,
            ];
            let to = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
            let r = to.iter().map(|v| v * v).sum::<f64>().sqrt();
            // LED axis through the origin; cosine emission; Lambert on the card.
            let cone = to.iter().zip(&q).map(|(a, b)| a * b).sum::<f64>() / (r * 200.0);
            let expected =
                f64::from(s.albedo[y * s.width + x]) * light.intensity * (200.0 / r).powi(2) * cone * to[2] / r;
            assert!((value(frame, x, y) - expected).abs() < 1.5 / 65_535.0);
        }
    }
}

#[test]
fn frames_over_flats_give_the_albedo_of_a_flat_card_anywhere() {
    let s = scene(&Spec {
        light_distance_mm: Some(150.0),
        flats: true,
        vignetting: 0.3,
        black_level: 0.02,
        ..matte()
    });
    let dark = s.dark.as_ref().unwrap();
    for (frame, flat) in s.frames.iter().zip(&s.flats) {
        for (x, y) in [(2, 2), (120, 300), (s.width - 3, 5)] {
            let j = (value(frame, x, y) - value(dark, x, y)) / (value(flat, x, y) - value(dark, x, y));
            assert!((j - f64::from(s.albedo[y * s.width + x])).abs() < 2e-4, "{j}");
        }
    }
}

#[test]
fn shot_noise_variance_follows_the_signal_in_the_image() {
    let clean = scene(&Spec { lights: 2, ..matte() });
    let noisy = scene(&Spec {
        lights: 2,
        noise: true,
        full_well_electrons: 12_000.0,
        read_noise_electrons: 8.0,
        ..matte()
    });
    // Mat, border and art are three uniform signals; every other row keeps the pixels plenty.
    for (x0, x1) in [(0, 25), (33, 43), (60, 280)] {
        let (mut sum, mut square, mut n, mut signal) = (0.0, 0.0, 0.0, 0.0);
        for y in 60..430 {
            for x in x0..x1 {
                let d = value(&noisy.frames[1], x, y) - value(&clean.frames[1], x, y);
                sum += d;
                square += d * d;
                n += 1.0;
                signal = value(&clean.frames[1], x, y);
            }
        }
        let variance = square / n - (sum / n) * (sum / n);
        let expected = (signal * 12_000.0 + 64.0) / 12_000f64.powi(2);
        assert!(
            (variance / expected - 1.0).abs() < 5.0 * (2f64 / n).sqrt(),
            "{variance} {expected}"
        );
        assert!((sum / n).abs() < 4.0 * (expected / n).sqrt() + 1e-6);
    }
}

#[test]
fn a_tilted_plane_turns_the_normals_and_its_shading_follows() {
    let s = scene(&Spec {
        tilt_deg: [5.0, 0.0],
        ..matte()
    });
    let at = (s.height / 2) * s.width + s.width / 2;
    let (sin, cos) = 5f64.to_radians().sin_cos();
    let n = [0.0, -sin, cos];
    for a in 0..3 {
        assert!((f64::from(s.normals[3 * at + a]) - n[a]).abs() < 1e-6);
    }
    for (light, frame) in s.lights.iter().zip(&s.frames) {
        let cosine: f64 = light.direction.iter().zip(&n).map(|(a, b)| a * b).sum();
        let expected = f64::from(s.albedo[at]) * light.intensity * cosine;
        assert!((value(frame, s.width / 2, s.height / 2) - expected).abs() < 1.0 / 65_535.0);
    }
}

#[test]
fn grey_frames_are_the_mean_of_the_colour_channels() {
    let grey = scene(&matte());
    let colour = scene(&Spec {
        colour: true,
        ..matte()
    });
    let (x, y) = (grey.width / 2, 36);
    let mean = (0..3).map(|c| f64::from(colour.frames[0].code(x, y, c))).sum::<f64>() / 3.0;
    assert!((mean - f64::from(grey.frames[0].code(x, y, 0))).abs() <= 1.0);
}

#[test]
fn srgb_8_bit_frames_decode_to_the_linear_ones() {
    let linear = scene(&matte());
    let coded = scene(&Spec {
        bits: 8,
        encoding: SignalEncoding::Srgb,
        ..matte()
    });
    for (x, y) in [(5, 5), (36, 200), (160, 240)] {
        let v = value(&coded.frames[0], x, y);
        let light = ((v + 0.055) / 1.055).powf(2.4);
        assert!((light - value(&linear.frames[0], x, y)).abs() < 0.006);
    }
}

#[test]
fn foil_mirrors_light_that_plain_silver_does_not() {
    let kind = |border_kind| {
        let s = scene(&Spec {
            border_kind,
            light_elevation_deg: 88.0,
            ..matte()
        });
        value(&s.frames[0], 36, s.height / 2)
            / f64::from(s.albedo[(s.height / 2) * s.width + 36])
            / s.lights[0].intensity
    };
    assert!(kind(simulate::BorderKind::Foil) > 2.0 * kind(simulate::BorderKind::Silver));
}
