//! Height of torn and lifted surfaces against formulas: the plain integration smears the step, the weighted one keeps it.

use crate::render::gaussian;
use imaging::{Cancel, ErrorCode, Half};
use photometric::{HeightOptions, Normals, Solution, SolveSummary, StepOptions, height_mm, height_with_steps_mm};
use std::cell::RefCell;

const PITCH: f64 = 0.04;
const WIDTH: usize = 160;
const HEIGHT: usize = 140;

/// A solution with the slopes of `surface(x, y) -> (z, p, q)` in px, and noise on them.
fn made(surface: &dyn Fn(f64, f64) -> [f64; 3], noise: f64) -> (Solution, Vec<f64>) {
    let n = WIDTH * HEIGHT;
    let mut s = Solution {
        width: WIDTH,
        height: HEIGHT,
        channels: 1,
        normals: Normals::default(),
        albedo: vec![Half::new(0.5); n],
        residual: vec![Half::default(); n],
        confidence_deg: vec![Half::default(); n],
        known: vec![1; n],
        summary: SolveSummary::default(),
    };
    let (mut truth, mut normals) = (Vec::new(), Vec::new());
    for i in 0..n {
        let [z, p, q] = surface((i % WIDTH) as f64, (i / WIDTH) as f64);
        let (p, q) = (
            p + noise * gaussian(2 * i as u64),
            q + noise * gaussian(2 * i as u64 + 1),
        );
        let scale = 1.0 / (1.0 + p * p + q * q).sqrt();
        normals.extend([-p * scale, -q * scale, scale].map(|v| v as f32));
        truth.push(z * PITCH);
    }
    s.normals = Normals::from_triples(&normals);
    (s, truth)
}

/// The card is cut along x = 79.5 from y = 50 down to its edge, and the part to the right of the cut bends upwards.
fn lifted(x: f64, y: f64) -> [f64; 3] {
    let up = (y - 50.0).max(0.0);
    if x < 79.5 || up == 0.0 {
        [0.0; 3]
    } else {
        [0.002 * up * up, 0.0, 0.004 * up]
    }
}

/// Largest distance from the truth, both with mean 0.
fn off(found: &[f32], truth: &[f64]) -> f64 {
    let n = truth.len() as f64;
    let (a, b) = (
        found.iter().map(|v| f64::from(*v)).sum::<f64>() / n,
        truth.iter().sum::<f64>() / n,
    );
    let errors = found.iter().zip(truth).map(|(f, t)| (f64::from(*f) - a - t + b).abs());
    errors.fold(0.0, f64::max)
}

fn with_steps(s: &Solution) -> Vec<f32> {
    let o = StepOptions {
        remove_quadratic: false,
        ..StepOptions::default()
    };
    height_with_steps_mm(s, PITCH, o, &Cancel::new(), &|_| {}).expect("height")
}

fn plain(s: &Solution) -> Vec<f32> {
    let o = HeightOptions {
        remove_quadratic: false,
        ..HeightOptions::default()
    };
    height_mm(s, PITCH, o, &Cancel::new()).expect("height")
}

#[test]
fn a_corner_lifted_along_a_cut_keeps_its_step_where_plain_integration_smears_it() {
    for noise in [0.0, 0.01] {
        let (s, truth) = made(&lifted, noise);
        let step = 0.002 * 89.0f64.powi(2) * PITCH;
        let (smeared, kept) = (off(&plain(&s), &truth) / step, off(&with_steps(&s), &truth) / step);
        println!("noise {noise}: plain {smeared:.3}, with steps {kept:.3} of the step");
        assert!(smeared > 0.2, "plain integration is off by {smeared} of the step");
        assert!(kept < 0.05, "with steps it is off by {kept}");
    }
}

#[test]
fn a_surface_without_steps_comes_out_as_plain_integration_has_it() {
    let dent = |x: f64, y: f64| {
        let (dx, dy) = (x - 70.0, y - 60.0);
        let z = -1.5 * (-(dx * dx + dy * dy) / (2.0 * 49.0)).exp();
        [z, -z * dx / 49.0, -z * dy / 49.0]
    };
    for noise in [0.0, 0.01] {
        let (s, truth) = made(&dent, noise);
        let (a, b) = (off(&plain(&s), &truth), off(&with_steps(&s), &truth));
        println!("noise {noise}: plain {a:.5} mm, with steps {b:.5} mm");
        let depth = 1.5 * PITCH;
        assert!(b < 0.05 * depth && b < 1.5 * a + 0.01 * depth, "{a} {b}");
    }
}

#[test]
fn progress_ends_at_one_and_a_raised_flag_or_a_bad_pitch_stops_it() {
    let (s, _) = made(&lifted, 0.0);
    let heard = RefCell::new(Vec::new());
    let o = StepOptions::default();
    height_with_steps_mm(&s, PITCH, o, &Cancel::new(), &|share| heard.borrow_mut().push(share)).expect("height");
    let heard = heard.into_inner();
    assert!(
        heard.windows(2).all(|w| w[0] <= w[1]) && heard.last() == Some(&1.0),
        "{heard:?}"
    );
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = height_with_steps_mm(&s, PITCH, o, &cancel, &|_| {}).expect_err("cancelled");
    assert_eq!(stopped.code, ErrorCode::Cancelled);
    let refused = height_with_steps_mm(&s, f64::NAN, o, &Cancel::new(), &|_| {}).expect_err("no pitch");
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (ErrorCode::ValueInvalid, Some("pixelPitchMm"))
    );
}
