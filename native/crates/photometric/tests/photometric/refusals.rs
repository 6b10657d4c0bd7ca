//! Inputs that cannot be solved end in typed errors that name file and field.

use crate::render::{Scene, flat_card, ring};
use imaging::{Cancel, CoreError, ErrorCode, FrameStack, Samples};
use photometric::{HeightOptions, Light, SolveOptions, height_mm, solve};

fn input(count: usize) -> (FrameStack, SolveOptions) {
    let scene = Scene {
        width: 8,
        height: 6,
        pitch_mm: 0.1,
        surface: &flat_card,
        sigma: 0.0,
        highlight: None,
        varnish: None,
        view_mm: None,
        near: false,
        lights: ring(count, 45.0, 1.0),
        rgb: false,
    };
    let o = SolveOptions::new(scene.lights.iter().map(|&v| Light::Direction(v)).collect());
    (scene.stack(), o)
}

fn refusal(stack: &FrameStack, o: &SolveOptions) -> CoreError {
    solve(stack, o, &Cancel::new(), &|_| {}).expect_err("must be refused")
}

#[test]
fn two_lights_are_too_few() {
    let (stack, o) = input(2);
    assert_eq!(refusal(&stack, &o).code, ErrorCode::LightsTooFew);
}

#[test]
fn coplanar_lights_name_one_of_them() {
    let (stack, mut o) = input(4);
    o.lights = [-0.5, 0.0, 0.4, 0.8].map(|x| Light::Direction([x, 0.0, 1.0])).to_vec();
    let e = refusal(&stack, &o);
    assert_eq!(e.code, ErrorCode::LightsCoplanar);
    assert!(
        e.field
            .is_some_and(|f| f.starts_with("lights[") && f.ends_with("].direction"))
    );
    assert!(e.file.is_some());
}

#[test]
fn bad_numbers_name_the_light_and_its_file() {
    for bad in [
        [f64::NAN, 0.0, 1.0],
        [0.0; 3],
        [f64::INFINITY, 0.0, 1.0],
        [0.5, 0.5, -0.7],
    ] {
        let (stack, mut o) = input(5);
        o.lights[3] = Light::Direction(bad);
        let e = refusal(&stack, &o);
        assert_eq!(e.code, ErrorCode::ValueInvalid, "{bad:?}");
        assert_eq!(e.field.as_deref(), Some("lights[3].direction"));
        assert_eq!(e.file.as_deref(), Some("light-03.png"));
    }
    for bad in [0.0, -1.0, f32::NAN] {
        let (mut stack, o) = input(5);
        stack.frames[1].intensity[2] = bad;
        let e = refusal(&stack, &o);
        assert_eq!(
            (e.code, e.field.as_deref()),
            (ErrorCode::ValueInvalid, Some("lights[1].intensity"))
        );
    }
}

#[test]
fn images_of_another_size_and_truncated_ones_are_refused_by_name() {
    let (mut stack, o) = input(4);
    stack.frames[2].raster.width = 7;
    let e = refusal(&stack, &o);
    assert_eq!(e.code, ErrorCode::ImageSizeMismatch);
    assert_eq!(e.file.as_deref(), Some("light-02.png"));
    let (mut stack, o) = input(4);
    stack.frames[1].raster.samples = Samples::U16(vec![0; 5]);
    assert_eq!(refusal(&stack, &o).code, ErrorCode::ImageSizeMismatch);
    let (mut stack, o) = input(4);
    let mut dark = stack.frames[0].raster.clone();
    dark.height = 5;
    stack.dark = Some(dark);
    assert_eq!(refusal(&stack, &o).field.as_deref(), Some("dark"));
    let (stack, mut o) = input(4);
    o.mask = Some(vec![1; 3]);
    assert_eq!(refusal(&stack, &o).field.as_deref(), Some("mask"));
}

#[test]
fn near_lights_without_a_pitch_and_too_few_flats_are_refused() {
    let (stack, mut o) = input(4);
    o.lights[0] = Light::PositionMm([100.0, 0.0, 200.0]);
    assert_eq!(refusal(&stack, &o).field.as_deref(), Some("pixelPitchMm"));
    let (mut stack, o) = input(4);
    stack.frames[0].flat = Some(stack.frames[0].raster.clone());
    assert_eq!(refusal(&stack, &o).field.as_deref(), Some("flats"));
}

#[test]
fn bad_options_name_their_field() {
    let (stack, o) = input(4);
    let with = |change: &dyn Fn(&mut SolveOptions)| {
        let mut o = o.clone();
        change(&mut o);
        refusal(&stack, &o).field
    };
    assert_eq!(with(&|o| o.saturation = f32::NAN).as_deref(), Some("saturation"));
    assert_eq!(with(&|o| o.read_noise = Some(-1.0)).as_deref(), Some("readNoise"));
    assert_eq!(
        with(&|o| o.pixel_pitch_mm = Some(f64::NAN)).as_deref(),
        Some("pixelPitchMm")
    );
    assert_eq!(with(&|o| o.lights.truncate(3)).as_deref(), Some("lights"));
    let solution = solve(&stack, &o, &Cancel::new(), &|_| {}).expect("solvable");
    let e = height_mm(&solution, 0.0, HeightOptions::default(), &Cancel::new()).expect_err("no pitch");
    assert_eq!(e.field.as_deref(), Some("pixelPitchMm"));
}

#[test]
fn a_single_pixel_and_a_black_stack_do_not_panic() {
    let (mut stack, o) = input(4);
    for frame in &mut stack.frames {
        (frame.raster.width, frame.raster.height) = (1, 1);
        frame.raster.samples = Samples::U16(vec![30_000]);
    }
    let one = solve(&stack, &o, &Cancel::new(), &|_| {}).expect("solvable");
    assert_eq!(one.known, [1]);
    for frame in &mut stack.frames {
        frame.raster.samples = Samples::U16(vec![0]);
    }
    let black = solve(&stack, &o, &Cancel::new(), &|_| {}).expect("solvable");
    assert_eq!((black.known[0], black.summary.unknown_fraction), (0, 1.0));
    let z = height_mm(&black, 0.1, HeightOptions::default(), &Cancel::new()).expect("height");
    assert_eq!(z, [0.0]);
}
