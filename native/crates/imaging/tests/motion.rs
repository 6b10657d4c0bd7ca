//! The motion of frames against drawn ones that moved by known amounts under changing lights with wandering highlights.

mod common;

use common::Random;
use imaging::{Cancel, Encoding, Frame, FrameStack, Motion, Raster, Registration, Samples, motions, register};

const WIDTH: usize = 900;
const HEIGHT: usize = 1200;
const LIMITS: Registration = Registration {
    from_px: 0.3,
    most_px: 5.0,
};

/// Soft-edged discs and bars of ink on white stock: print whose edges are blurred steps of 0.8 px.
struct Print {
    discs: Vec<[f64; 4]>,
}

impl Print {
    fn new(seed: u64, count: usize) -> Self {
        let mut random = Random(seed);
        let mut next = || {
            let (x, y) = (random.uniform() * WIDTH as f64, random.uniform() * HEIGHT as f64);
            [
                x,
                y,
                4.0 + 30.0 * random.uniform().powi(2),
                0.15 + 0.75 * random.uniform(),
            ]
        };
        Self {
            discs: (0..count).map(|_| next()).collect(),
        }
    }

    /// Reflectance of every pixel of a frame whose content moved; discs are painted one over the other.
    fn drawn(&self, motion: &Motion) -> Vec<f64> {
        let mut albedo = vec![0.85; WIDTH * HEIGHT];
        let middle = [(WIDTH as f64 - 1.0) / 2.0, (HEIGHT as f64 - 1.0) / 2.0];
        for &[x, y, radius, ink] in &self.discs {
            let by = motion.at([x - middle[0], y - middle[1]]);
            let (cx, cy) = (x + by[0], y + by[1]);
            let reach = radius + 4.0;
            for py in (cy - reach).max(0.0) as usize..((cy + reach).max(0.0) as usize).min(HEIGHT) {
                for px in (cx - reach).max(0.0) as usize..((cx + reach).max(0.0) as usize).min(WIDTH) {
                    let distance = radius - (px as f64 - cx).hypot(py as f64 - cy);
                    // A logistic of this slope is within 1 % of a Gaussian step of 0.85 px.
                    let share = 1.0 / (1.0 + (-distance * 1.702 / 0.85).exp());
                    let at = &mut albedo[py * WIDTH + px];
                    *at += share * (ink - *at);
                }
            }
        }
        albedo
    }
}

/// A frame under a light from `azimuth`: fall-off, a gloss lobe that wanders with the light, clipping, noise.
fn frame(print: &Print, motion: &Motion, azimuth: f64, gloss: f64, seed: u64) -> Raster {
    let albedo = print.drawn(motion);
    let (lx, ly) = (azimuth.cos(), azimuth.sin());
    let mut random = Random(seed);
    let code = |i: usize| {
        let (u, v) = (
            (i % WIDTH) as f64 / WIDTH as f64 - 0.5,
            (i / WIDTH) as f64 / HEIGHT as f64 - 0.5,
        );
        let shade = 0.55 + 0.35 * (lx * u + ly * v);
        let highlight = gloss * (-((u - 0.3 * lx).powi(2) + (v - 0.3 * ly).powi(2)) / 0.01).exp();
        let light = albedo[i] * shade + highlight + 0.004 * random.normal();
        (light * 65_535.0).round().clamp(0.0, 65_535.0) as u16
    };
    Raster {
        width: WIDTH,
        height: HEIGHT,
        channels: 1,
        samples: Samples::U16((0..WIDTH * HEIGHT).map(code).collect()),
    }
}

fn stack(rasters: Vec<Raster>) -> FrameStack {
    let frames = rasters
        .into_iter()
        .enumerate()
        .map(|(i, raster)| Frame {
            name: format!("light-{i}.png"),
            raster,
            intensity: [1.0; 3],
            flat: None,
        })
        .collect();
    FrameStack {
        frames,
        dark: None,
        encoding: Encoding::Linear,
    }
}

fn by(x: f64, y: f64, turn: f64) -> Motion {
    Motion {
        shift: [x, y],
        turn,
        ..Motion::default()
    }
}

/// Largest error at the corners of the frame between what was found and what was drawn, px.
fn error(found: &Motion, truth: &Motion) -> f64 {
    let (w, h) = (WIDTH as f64 / 2.0, HEIGHT as f64 / 2.0);
    [[w, h], [w, -h], [-w, h], [-w, -h], [0.0, 0.0]]
        .iter()
        .map(|&p| {
            let (a, b) = (found.at(p), truth.at(p));
            (a[0] - b[0]).hypot(a[1] - b[1])
        })
        .fold(0.0, f64::max)
}

#[test]
fn moves_and_turns_are_found_to_a_twentieth_of_a_pixel_under_changing_lights_and_highlights() {
    let print = Print::new(5, 500);
    let truths = [
        by(0.0, 0.0, 0.0),
        by(0.0, 0.0, 0.0),
        by(0.31, -0.17, 0.0),
        by(-0.48, 1.62, 0.0006),
        by(3.7, 2.2, -0.001),
        by(-6.4, 7.9, 0.002),
    ];
    for gloss in [0.0, 0.8] {
        let rasters = truths
            .iter()
            .enumerate()
            .map(|(i, truth)| frame(&print, truth, i as f64 * 1.05, gloss, 100 + i as u64))
            .collect();
        let found = motions(&stack(rasters), &Cancel::new()).expect("frames");
        for (found, truth) in found.iter().zip(&truths) {
            let found = found.expect("a motion");
            let off = error(&found, truth);
            println!(
                "gloss {gloss}: {:?} found {:?} turn {:.5}: {off:.4} px, std {:.4}, {} places",
                truth.shift, found.shift, found.turn, found.std, found.places
            );
            assert!(off < 0.05, "{truth:?} was found as {found:?}");
        }
    }
}

#[test]
fn a_far_move_is_found_as_one_and_other_print_or_no_print_is_not_judged() {
    let print = Print::new(5, 500);
    let far = by(61.0, -43.0, 0.0);
    let still = by(0.0, 0.0, 0.0);
    let rasters = vec![
        frame(&print, &still, 0.0, 0.0, 1),
        frame(&print, &far, 1.0, 0.0, 2),
        frame(&Print::new(77, 500), &still, 2.0, 0.0, 3),
    ];
    let found = motions(&stack(rasters), &Cancel::new()).expect("frames");
    assert!(error(&found[1].expect("a motion"), &far) < 0.1, "{:?}", found[1]);
    assert!(found[2].is_none(), "{:?}", found[2]);
    let blank = Print { discs: Vec::new() };
    let rasters = (0..3)
        .map(|i| frame(&blank, &still, f64::from(i), 0.8, 10 + i as u64))
        .collect();
    let found = motions(&stack(rasters), &Cancel::new()).expect("frames");
    assert!(found.iter().all(Option::is_none), "{found:?}");
}

#[test]
fn motions_against_another_frame_are_those_of_the_same_places() {
    let (a, b) = (by(1.3, -0.4, 0.003), by(-2.0, 0.7, -0.001));
    let relative = b.relative_to(&a);
    for p in [[0.0, 0.0], [300.0, -200.0], [-120.0, 410.0]] {
        // A place p lies at p + a(p) in the one frame and at p + b(p) in the other.
        let (by_a, by_b) = (a.at(p), b.at(p));
        let step = relative.at([p[0] + by_a[0], p[1] + by_a[1]]);
        assert!((by_a[0] + step[0] - by_b[0]).abs() < 1e-9 && (by_a[1] + step[1] - by_b[1]).abs() < 1e-9);
    }
}

#[test]
fn frames_are_brought_to_the_place_of_most_and_far_ones_are_left() {
    let print = Print::new(5, 500);
    let truths = [
        by(2.3, -1.1, 0.0005),
        by(0.0, 0.0, 0.0),
        by(0.1, 0.05, 0.0),
        by(0.0, 0.0, 0.0),
        by(20.0, 0.0, 0.0),
    ];
    let rasters = truths
        .iter()
        .enumerate()
        .map(|(i, truth)| frame(&print, truth, i as f64, 0.4, 40 + i as u64))
        .collect();
    let mut stack = stack(rasters);
    let moved = register(&mut stack, &LIMITS, &Cancel::new()).expect("frames");
    let undone: Vec<bool> = moved.iter().map(|m| m.undone).collect();
    assert_eq!(undone, [true, false, false, false, false], "{moved:?}");
    assert!(moved[4].largest > 19.0 && moved[2].largest < 0.2);
    // The first frame now shows what an unmoved camera would have seen: its print without noise, under its light.
    let still = print.drawn(&by(0.0, 0.0, 0.0));
    let there = print.drawn(&truths[0]);
    let (mut before, mut after, mut count) = (0.0, 0.0, 0.0);
    let light = frame(&Print { discs: Vec::new() }, &by(0.0, 0.0, 0.0), 0.0, 0.4, 40);
    for y in (20..HEIGHT - 20).step_by(3) {
        for x in (20..WIDTH - 20).step_by(3) {
            let i = y * WIDTH + x;
            let shade = f64::from(light.code(x, y, 0)) / 65_535.0 / 0.85;
            let seen = f64::from(stack.frames[0].raster.code(x, y, 0)) / 65_535.0;
            if seen < 0.9 && (there[i] - still[i]).abs() > 0.1 {
                after += (seen - still[i] * shade).abs();
                before += (there[i] - still[i]).abs() * shade;
                count += 1.0;
            }
        }
    }
    println!(
        "mean difference {:.4} before, {:.4} after",
        before / count,
        after / count
    );
    // Of the lobe over ink and the noise of both frames some thousandths remain.
    assert!(count > 1000.0 && after / count < 0.1 * before / count);
}

/// Lambert shading of a smooth, unprinted relief under a light 45 degrees high: what is seen turns with the light.
fn relief(azimuth: f64, seed: u64) -> Raster {
    let (side, mut random) = (280usize, Random(seed));
    let light = [
        azimuth.cos() / 2f64.sqrt(),
        azimuth.sin() / 2f64.sqrt(),
        1.0 / 2f64.sqrt(),
    ];
    let code = |i: usize| {
        let (x, y) = ((i % side) as f64, (i / side) as f64);
        // Slopes of a sum of smooth waves.
        let gx = 0.5 * (x / 9.0).cos() * (y / 13.0).cos() + 0.3 * ((x + y) / 17.0).cos();
        let gy = 0.5 * -(x / 9.0).sin() * (y / 13.0).sin() + 0.3 * ((x + y) / 17.0).cos();
        let shade = (-gx * light[0] - gy * light[1] + light[2]).max(0.0) / (1.0 + gx * gx + gy * gy).sqrt();
        ((0.6 * shade + 0.002 * random.normal()) * 65_535.0)
            .round()
            .clamp(0.0, 65_535.0) as u16
    };
    Raster {
        width: side,
        height: side,
        channels: 1,
        samples: Samples::U16((0..side * side).map(code).collect()),
    }
}

#[test]
fn shading_that_turns_with_the_light_is_no_motion() {
    for count in [8u8, 24] {
        let rasters = (0..count)
            .map(|i| relief(f64::from(i) / f64::from(count) * std::f64::consts::TAU, 60 + i as u64))
            .collect();
        let mut stack = stack(rasters);
        let moved = register(&mut stack, &LIMITS, &Cancel::new()).expect("frames");
        let largest = moved.iter().map(|m| m.largest).fold(0.0, f64::max);
        println!(
            "{count} lights: {} frames told, largest {largest:.2} px",
            moved.iter().filter(|m| m.motion.is_some()).count()
        );
        assert!(
            moved.iter().all(|m| !m.undone && m.largest <= LIMITS.most_px),
            "{moved:?}"
        );
    }
}
