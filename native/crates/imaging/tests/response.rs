//! The response found from drawn photographs against the analytic curves that they were drawn with.

use imaging::{Cancel, Encoding, ErrorCode, Exposure, Raster, ResponseCurve, Samples, estimate_response, linearised};

const SIDE: usize = 220;

/// Sums of 12 hashed uniform numbers: nearly normal noise of a place.
fn noise(place: u64) -> f64 {
    let mut state = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66;
    (0..12)
        .map(|_| {
            state ^= state >> 30;
            state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
            state ^= state >> 27;
            (state >> 11) as f64 / (1u64 << 53) as f64
        })
        .sum::<f64>()
        - 6.0
}

/// Soft patches of light from 0.002 to 0.6 of full scale at the longest time of 1.
fn scene(x: usize, y: usize) -> f64 {
    let (u, v) = (x as f64 / SIDE as f64, y as f64 / SIDE as f64);
    let soft = 0.5 + 0.5 * (7.0 * u + 3.0 * (5.0 * v).sin()).sin();
    0.002 * (300.0f64).powf(0.75 * soft + 0.25 * v)
}

/// Photographs at `times`, codes by `encode` (light to code, both 0..1), with noise of `sigma` of full scale.
fn photographs(times: &[f64], depth: u16, sigma: f64, encode: impl Fn(f64) -> f64) -> Vec<Raster> {
    times
        .iter()
        .enumerate()
        .map(|(k, time)| {
            let code = |i: usize| {
                let light = (scene(i % SIDE, i / SIDE) * time).min(1.0);
                let code = encode(light) + sigma * noise((i + k * SIDE * SIDE) as u64);
                (code * f64::from(depth)).round().clamp(0.0, f64::from(depth))
            };
            let samples = match depth {
                255 => Samples::U8((0..SIDE * SIDE).map(|i| code(i) as u8).collect()),
                _ => Samples::U16((0..SIDE * SIDE).map(|i| code(i) as u16).collect()),
            };
            Raster {
                width: SIDE,
                height: SIDE,
                channels: 1,
                samples,
            }
        })
        .collect()
}

const NAMES: [&str; 6] = ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"];

fn exposures<'a>(rasters: &'a [Raster], times: &[f64]) -> Vec<Exposure<'a>> {
    rasters
        .iter()
        .zip(times)
        .zip(NAMES)
        .map(|((raster, &seconds), name)| Exposure { name, raster, seconds })
        .collect()
}

const TIMES: [f64; 6] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0];

fn gamma(light: f64) -> f64 {
    light.powf(1.0 / 2.2)
}

fn srgb(light: f64) -> f64 {
    if light <= 0.003_130_8 {
        12.92 * light
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}

/// A film-like curve with toe and shoulder: a logistic in the cube root of light, 0 at 0 and 1 at 1.
fn film(light: f64) -> f64 {
    let raw = |l: f64| 1.0 / (1.0 + (-4.0 * (l.cbrt() - 0.5)).exp());
    (raw(light) - raw(0.0)) / (raw(1.0) - raw(0.0))
}

/// Largest difference of light between the found curve and the camera's own, over the codes that were seen.
fn worst_error(encode: impl Fn(f64) -> f64 + Copy, depth: u16, sigma: f64) -> f64 {
    let rasters = photographs(&TIMES, depth, sigma, encode);
    let fit = estimate_response(&exposures(&rasters, &TIMES), &Cancel::new()).expect("a response");
    let channel = &fit.channels[0];
    let curve = ResponseCurve::new(&channel.points).expect("a curve");
    assert!(channel.residual < 0.0012 + 1.2 * sigma, "{}", channel.residual);
    assert!(
        channel.exposures.iter().all(|e| (e.ratio - 1.0).abs() < 0.02),
        "{:?}",
        channel.exposures
    );
    // Only ratios of light count: both are compared at the same light of one middling code.
    let scale = 0.5 / curve.light(encode(0.5));
    (0..=400)
        .map(|i| f64::from(i) / 400.0)
        .filter(|l| (channel.seen[0]..0.93).contains(&encode(*l)))
        .map(|l| (curve.light(encode(l)) * scale - l).abs())
        .fold(0.0, f64::max)
}

#[test]
fn curves_of_cameras_are_found_to_a_few_thousandths_of_full_scale() {
    for (name, encode) in [
        ("gamma", gamma as fn(f64) -> f64),
        ("sRGB", srgb),
        ("film", film),
        ("linear", |l| l),
    ] {
        let eight = worst_error(encode, 255, 0.004);
        let sixteen = worst_error(encode, 65_535, 0.002);
        println!("{name}: {eight:.5} of full scale from 8 bits, {sixteen:.5} from 16");
        assert!(eight < 0.004 && sixteen < 0.003, "{name}: {eight} {sixteen}");
    }
}

#[test]
fn a_scene_linearised_by_the_found_curve_is_proportional_to_time() {
    let rasters = photographs(&TIMES, 255, 0.003, film);
    let fit = estimate_response(&exposures(&rasters, &TIMES), &Cancel::new()).expect("a response");
    let curve = [ResponseCurve::new(&fit.channels[0].points).expect("a curve")];
    let mean = |k: usize| {
        let (linear, encoding) = linearised(rasters[k].clone(), &curve).expect("linear");
        assert!(matches!(encoding, Encoding::Measured { .. }));
        let places = (0..SIDE * SIDE).filter(|i| (0.05..0.2).contains(&scene(i % SIDE, i / SIDE)));
        let light: Vec<f64> = places.map(|i| f64::from(linear.code(i % SIDE, i / SIDE, 0))).collect();
        light.iter().sum::<f64>() / light.len() as f64
    };
    let (one, two, four) = (mean(3), mean(4), mean(5));
    assert!(
        (two / one - 2.0).abs() < 0.02 && (four / two - 2.0).abs() < 0.02,
        "{one} {two} {four}"
    );
}

#[test]
fn colours_are_found_apart() {
    let curves = [gamma as fn(f64) -> f64, srgb, film];
    let parts: Vec<Vec<Raster>> = curves.iter().map(|c| photographs(&TIMES, 255, 0.003, c)).collect();
    let rgb: Vec<Raster> = (0..TIMES.len())
        .map(|k| Raster {
            width: SIDE,
            height: SIDE,
            channels: 3,
            samples: Samples::U8(
                (0..SIDE * SIDE)
                    .flat_map(|i| parts.iter().map(move |p| p[k].code(i % SIDE, i / SIDE, 0) as u8))
                    .collect(),
            ),
        })
        .collect();
    let fit = estimate_response(&exposures(&rgb, &TIMES), &Cancel::new()).expect("a response");
    for (channel, encode) in fit.channels.iter().zip(curves) {
        let curve = ResponseCurve::new(&channel.points).expect("a curve");
        let ratio = curve.light(encode(0.4)) / curve.light(encode(0.1));
        assert!((ratio - 4.0).abs() < 0.03, "{ratio}");
    }
}

#[test]
fn a_wrong_time_a_changed_scene_and_codes_never_seen_are_refused() {
    let refusal = |rasters: &[Raster], times: &[f64]| {
        let error = estimate_response(&exposures(rasters, times), &Cancel::new()).unwrap_err();
        println!("{error}");
        error
    };
    let rasters = photographs(&TIMES, 255, 0.003, gamma);
    let mut times = TIMES;
    times[2] *= 1.4;
    let wrong = refusal(&rasters, &times);
    assert_eq!(
        (wrong.code, wrong.file.as_deref()),
        (ErrorCode::CalibrationFailed, Some("c.png"))
    );
    times[2] = f64::NAN;
    assert_eq!(refusal(&rasters, &times).code, ErrorCode::ValueInvalid);
    assert_eq!(refusal(&rasters[..2], &TIMES).code, ErrorCode::ValueInvalid);
    assert_eq!(refusal(&rasters[..3], &[1.0, 1.1, 1.2]).code, ErrorCode::ValueInvalid);
    assert_eq!(refusal(&rasters[..3], &TIMES).code, ErrorCode::CalibrationWeak);
    let mut other = rasters.clone();
    other[1] = Raster {
        width: SIDE * SIDE,
        height: 1,
        ..rasters[1].clone()
    };
    assert_eq!(refusal(&other, &TIMES).code, ErrorCode::ImageSizeMismatch);
    let flipped = match &rasters[4].samples {
        Samples::U8(v) => Samples::U8(v.iter().rev().copied().collect()),
        Samples::U16(_) => unreachable!("drawn with 8 bits"),
    };
    other[1] = rasters[1].clone();
    other[4] = Raster {
        samples: flipped,
        ..rasters[4].clone()
    };
    let moved = refusal(&other, &TIMES);
    assert_eq!(
        (moved.code, moved.file.as_deref()),
        (ErrorCode::CalibrationFailed, Some("e.png"))
    );
    assert!(moved.message.contains("no curve"), "{moved}");
}
