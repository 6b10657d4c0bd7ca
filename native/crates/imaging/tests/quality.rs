//! Frame statistics and shifts against images whose noise, blur and motion are known.

mod common;

use common::Random;
use imaging::{Encoding, Raster, Samples, frame_stats, shift_between};

fn image(width: usize, height: usize, light: impl Fn(f64, f64) -> f64, sigma: f64) -> Raster {
    seeded(7, width, height, light, sigma)
}

fn seeded(seed: u64, width: usize, height: usize, light: impl Fn(f64, f64) -> f64, sigma: f64) -> Raster {
    let mut normal = Random(seed);
    let samples = (0..width * height)
        .map(|i| {
            let value = light((i % width) as f64, (i / width) as f64) + sigma * normal.normal();
            (value * 65_535.0).round().clamp(0.0, 65_535.0) as u16
        })
        .collect();
    Raster {
        width,
        height,
        channels: 1,
        samples: Samples::U16(samples),
    }
}

#[test]
fn exposure_figures_count_what_was_put_in() {
    let mut codes = vec![32_768u16; 100 * 50];
    codes[..500].fill(65_535);
    codes[500..510].fill(65_520);
    codes[1000..1250].fill(100);
    let raster = Raster {
        width: 100,
        height: 50,
        channels: 1,
        samples: Samples::U16(codes),
    };
    let stats = frame_stats(&raster, Encoding::Linear);
    assert!((stats.clipped_fraction - 510.0 / 5000.0).abs() < 1e-6);
    assert!((stats.dark_fraction - 250.0 / 5000.0).abs() < 1e-6);
    let mean = (510.0 + 250.0 * 100.0 / 65_535.0 + 4240.0 * 0.5) / 5000.0;
    assert!((f64::from(stats.mean) - mean).abs() < 1e-4);
    assert_eq!(stats.max_code, 65_535);
    let grey = Raster {
        width: 8,
        height: 8,
        channels: 1,
        samples: Samples::U8(vec![188; 64]),
    };
    let stats = frame_stats(&grey, Encoding::Srgb);
    assert!((stats.mean - 0.5).abs() < 0.005, "sRGB 188 is half the light");
    assert_eq!((stats.noise_sigma, stats.sharpness), (0.0, 0.0));
}

#[test]
fn noise_is_found_within_five_percent_also_beside_print() {
    for sigma in [0.001, 0.004, 0.02] {
        let plain = image(400, 300, |x, y| 0.4 + x / 2000.0 + y / 3000.0, sigma);
        let stats = frame_stats(&plain, Encoding::Linear);
        assert!((f64::from(stats.noise_sigma) / sigma - 1.0).abs() < 0.05, "{stats:?}");
        let print = |x: f64, y: f64| {
            if (x % 32.0 < 16.0) ^ (y % 32.0 < 16.0) {
                0.2
            } else {
                0.7
            }
        };
        let stats = frame_stats(&image(400, 300, print, sigma), Encoding::Linear);
        let ratio = f64::from(stats.noise_sigma) / sigma;
        assert!((0.95..1.35).contains(&ratio), "{ratio}");
    }
}

#[test]
fn sharpness_falls_with_blur_and_ignores_exposure_and_noise() {
    // Vertical and horizontal edges every 20 pixels, each a linear ramp of `wide` pixels.
    let edges = |wide: f64, contrast: f64| {
        move |x: f64, y: f64| {
            let ramp = |p: f64, at: f64| ((p - at) / wide + 0.5).clamp(0.0, 1.0);
            let edge = |t: f64| ramp(t % 40.0, 9.5) - ramp(t % 40.0, 29.5);
            0.1 + contrast * (edge(x) + edge(y))
        }
    };
    let of =
        |wide, contrast, sigma| frame_stats(&image(400, 400, edges(wide, contrast), sigma), Encoding::Linear).sharpness;
    let sharp = of(0.001, 0.3, 0.0);
    assert!((sharp - 1.0).abs() < 0.02, "{sharp}");
    let (two, four, eight) = (of(2.0, 0.3, 0.0), of(4.0, 0.3, 0.0), of(8.0, 0.3, 0.0));
    assert!(
        sharp > two + 0.2 && two > four + 0.1 && four > eight + 0.02,
        "{two} {four} {eight}"
    );
    assert!((of(4.0, 0.05, 0.0) - four).abs() < 0.01);
    assert!((of(4.0, 0.3, 0.005) - four).abs() < 0.03);
    assert_eq!(of(4.0, 0.0, 0.0), 0.0);
}

#[test]
fn colour_frames_and_tiny_frames_are_measured_too() {
    let rgb = Raster {
        width: 2,
        height: 1,
        channels: 3,
        samples: Samples::U8(vec![255, 0, 0, 255, 255, 255]),
    };
    let stats = frame_stats(&rgb, Encoding::Linear);
    assert!((stats.mean - 4.0 / 6.0).abs() < 1e-6);
    assert!((stats.clipped_fraction - 4.0 / 6.0).abs() < 1e-6);
}

/// Print-like texture: soft random blobs, moved by (dx, dy), under a light from the direction `tilt`.
fn printed(width: usize, height: usize, (dx, dy): (f64, f64), tilt: (f64, f64)) -> Raster {
    let mut random = Random(3);
    let blobs: Vec<[f64; 4]> = (0..width * height / 400)
        .map(|_| {
            let (x, y) = (random.uniform() * width as f64, random.uniform() * height as f64);
            [x, y, 2.5 + 4.0 * random.uniform(), random.uniform()]
        })
        .collect();
    let mut albedo = vec![0.25; width * height];
    for [bx, by, size, amount] in blobs {
        let (cx, cy, reach) = (bx + dx, by + dy, (4.0 * size).ceil());
        for y in (cy - reach).max(0.0) as usize..((cy + reach).max(0.0) as usize).min(height) {
            for x in (cx - reach).max(0.0) as usize..((cx + reach).max(0.0) as usize).min(width) {
                let r2 = (x as f64 - cx).powi(2) + (y as f64 - cy).powi(2);
                albedo[y * width + x] += 0.3 * amount * (-r2 / (2.0 * size * size)).exp();
            }
        }
    }
    let light = |x: f64, y: f64| {
        let shade = 0.7 + tilt.0 * (x / width as f64 - 0.5) + tilt.1 * (y / height as f64 - 0.5);
        (albedo[y as usize * width + x as usize] * shade).min(1.0)
    };
    // Two frames never share their noise.
    seeded(tilt.0.to_bits(), width, height, light, 0.002)
}

#[test]
fn sub_pixel_shifts_are_found_under_changing_light() {
    for (width, height) in [(300, 220), (1300, 900)] {
        let fixed = printed(width, height, (0.0, 0.0), (0.8, 0.0));
        for shift in [(0.0, 0.0), (0.3, -0.7), (4.5, 2.25), (-17.4, 9.8)] {
            let moved = printed(width, height, shift, (-0.6, 0.5));
            let (dx, dy, confidence) = shift_between(&fixed, &moved);
            let error = (f64::from(dx) - shift.0).hypot(f64::from(dy) - shift.1);
            println!("{width} x {height}, {shift:?}: {dx:.3} {dy:.3}, error {error:.3} px, confidence {confidence:.2}");
            assert!(error < 0.1, "{shift:?} was found as ({dx}, {dy})");
            assert!(confidence > 0.15, "{confidence}");
        }
    }
}

#[test]
fn unrelated_and_mismatched_images_have_no_confidence() {
    let a = image(256, 256, |_, _| 0.5, 0.1);
    let mut other = Random(99);
    let noise = (0..65_536)
        .map(|_| (32_768.0 + 6000.0 * other.normal()) as u16)
        .collect();
    let b = Raster {
        samples: Samples::U16(noise),
        ..a.clone()
    };
    assert!(shift_between(&a, &b).2 < 0.05);
    let flat = image(256, 256, |_, _| 0.5, 0.0);
    assert!(shift_between(&flat, &flat).2 < 0.05);
    let small = image(8, 8, |x, _| x / 8.0, 0.0);
    assert_eq!(shift_between(&small, &small), (0.0, 0.0, 0.0));
    assert_eq!(shift_between(&a, &small), (0.0, 0.0, 0.0));
}
