//! Flat fields at one and two heights.

use crate::render::{Bench, degrees_between, length, noisy, ring, sub, white};
use imaging::{Cancel, ErrorCode, LinearSource, Plane, PlaneSource};
use lights::{FlatPlane, FlatsFit, View, flat_lights};

const BENCH: Bench = Bench {
    width: 190,
    height: 250,
    pitch: 0.4,
    eye: 400.0,
};

fn fit(heights: &[f64], exponent: f64) -> FlatsFit {
    let lamps = ring(200.0, exponent);
    let frames: Vec<Vec<Plane>> = heights
        .iter()
        .map(|&h| {
            lamps
                .iter()
                .zip(1..)
                .map(|(l, i)| noisy(white(&BENCH, l, h, 0.15), 0.003, i))
                .collect()
        })
        .collect();
    let sources: Vec<Vec<PlaneSource>> = frames.iter().map(|f| f.iter().map(PlaneSource).collect()).collect();
    let planes: Vec<FlatPlane> = sources
        .iter()
        .zip(heights)
        .map(|(s, &height_mm)| FlatPlane {
            height_mm,
            frames: s.iter().map(|p| p as &dyn LinearSource).collect(),
            dark: None,
        })
        .collect();
    let view = View::of(BENCH.width, BENCH.height, Some(BENCH.pitch), Some(BENCH.eye));
    flat_lights(&planes, &view, &Cancel::new()).unwrap()
}

#[test]
fn two_heights_give_positions_intensities_cone_and_vignetting() {
    let found = fit(&[0.0, 20.0], 1.0);
    for (light, lamp) in found.lights.iter().zip(ring(200.0, 1.0)) {
        let off = length(sub(light.position_mm, lamp.at));
        assert!(off < 1.5, "{off} mm off, said {:?}", light.uncertainty_mm);
        assert!(degrees_between(light.direction, lamp.at) < 0.3);
        assert!(
            (light.intensity / lamp.power - 1.0).abs() < 0.01,
            "{} for {}",
            light.intensity,
            lamp.power
        );
    }
    assert!((found.led_exponent - 1.0).abs() < 0.05, "cone {}", found.led_exponent);
    assert!(
        (found.vignetting - 0.15).abs() < 0.02,
        "vignetting {}",
        found.vignetting
    );
    assert!(found.residual < 0.003);
}

#[test]
fn the_stated_uncertainty_covers_the_error_of_positions() {
    let found = fit(&[0.0, 20.0], 2.0);
    let mut ratios = Vec::new();
    for (light, lamp) in found.lights.iter().zip(ring(200.0, 2.0)) {
        let off = sub(light.position_mm, lamp.at);
        ratios.extend((0..3).map(|i| (off[i] / light.uncertainty_mm[i]).powi(2)));
    }
    let rms = (ratios.iter().sum::<f64>() / ratios.len() as f64).sqrt();
    assert!((0.3..2.5).contains(&rms), "errors are {rms} times what is stated");
}

#[test]
fn one_height_says_less_and_says_so() {
    let (one, two) = (fit(&[0.0], 1.0), fit(&[0.0, 20.0], 1.0));
    let worst = |f: &FlatsFit| f.lights.iter().map(|l| length(l.uncertainty_mm)).fold(0.0, f64::max);
    assert!(
        worst(&one) > 1.5 * worst(&two),
        "{} against {}",
        worst(&one),
        worst(&two)
    );
    for (light, lamp) in one.lights.iter().zip(ring(200.0, 1.0)) {
        let off = degrees_between(light.direction, lamp.at);
        assert!(off < 1.5, "{off} degrees");
    }
}

#[test]
fn dark_missing_and_mismatched_flats_are_refused() {
    let view = View::of(190, 250, Some(0.4), Some(400.0));
    let cancel = Cancel::new();
    assert_eq!(
        flat_lights(&[], &view, &cancel).unwrap_err().code,
        ErrorCode::LightsTooFew
    );
    let black = Plane::filled(190, 250, 0.0);
    let source = PlaneSource(&black);
    let plane = |count: usize| FlatPlane {
        height_mm: 0.0,
        frames: vec![&source as &dyn LinearSource; count],
        dark: None,
    };
    assert_eq!(
        flat_lights(&[plane(2)], &view, &cancel).unwrap_err().code,
        ErrorCode::ImageDark
    );
    let stopped = Cancel::new();
    stopped.cancel();
    assert_eq!(
        flat_lights(&[plane(2)], &view, &stopped).unwrap_err().code,
        ErrorCode::Cancelled
    );
}
