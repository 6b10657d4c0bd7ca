//! Refusal of inputs that cannot be solved, naming file and field.

use crate::lights::condition_of;
use crate::linear::{V3, cross, dot, unit};
use crate::options::{Light, SolveOptions};
use imaging::{CoreError, ErrorCode, FrameStack, Raster, Result, Samples};

/// Above this the lights lie so nearly in one plane that noise is amplified beyond use.
pub const MAX_CONDITION: f64 = 30.0;

/// Checks a stack and its lights.
///
/// # Errors
/// `LightsTooFew`, `LightsCoplanar`, `ValueInvalid`, `ImageSizeMismatch`, each with file and field where they have one.
pub fn check(stack: &FrameStack, o: &SolveOptions) -> Result<()> {
    if stack.frames.len() < 3 {
        return Err(CoreError::new(
            ErrorCode::LightsTooFew,
            format!("{} frames were given and a normal needs 3", stack.frames.len()),
            "capture the side under at least 3 lights, better 8",
        )
        .in_field("lights"));
    }
    if o.lights.len() != stack.frames.len() {
        let message = format!("{} lights describe {} frames", o.lights.len(), stack.frames.len());
        return Err(invalid("lights", message, "give one light for each frame"));
    }
    check_options(stack, o)?;
    check_images(stack)?;
    for (k, light) in o.lights.iter().enumerate() {
        check_light(k, *light, o.pixel_pitch_mm).map_err(|e| e.in_file(&stack.frames[k].name))?;
        check_intensity(k, stack.frames[k].intensity).map_err(|e| e.in_file(&stack.frames[k].name))?;
    }
    check_spread(stack, o)
}

fn check_options(stack: &FrameStack, o: &SolveOptions) -> Result<()> {
    let in_range = |v: f32| v > 0.0 && v <= 1.0;
    if !in_range(o.saturation) {
        let message = format!("the saturation limit is {}", o.saturation);
        return Err(invalid("saturation", message, "give a fraction above 0 and up to 1"));
    }
    if let Some(noise) = o.read_noise
        && !(noise.is_finite() && noise >= 0.0)
    {
        let message = format!("the read noise is {noise}");
        return Err(invalid("readNoise", message, "give a finite number of 0 or more"));
    }
    if let Some(pitch) = o.pixel_pitch_mm
        && !(pitch.is_finite() && pitch > 0.0)
    {
        let message = format!("the pixel pitch is {pitch} mm");
        return Err(invalid("pixelPitchMm", message, "give a finite number above 0"));
    }
    if let Some(distance) = o.view_distance_mm
        && !(distance.is_finite() && distance > 0.0)
    {
        let message = format!("the camera is {distance} mm away");
        return Err(invalid("viewDistanceMm", message, "give a finite number above 0"));
    }
    let pixels = stack.width() * stack.height();
    match &o.mask {
        Some(mask) if mask.len() != pixels => Err(CoreError::new(
            ErrorCode::ImageSizeMismatch,
            format!("the mask has {} pixels and the frames have {pixels}", mask.len()),
            "give a mask of the frames' size",
        )
        .in_field("mask")),
        _ => Ok(()),
    }
}

fn check_images(stack: &FrameStack) -> Result<()> {
    let first = &stack.frames[0].raster;
    if first.width == 0 || first.height == 0 || !(first.channels == 1 || first.channels == 3) {
        let message = format!(
            "the frame is {} x {} with {} channels",
            first.width, first.height, first.channels
        );
        return Err(invalid("lights[0].file", message, "give grey or RGB frames").in_file(&stack.frames[0].name));
    }
    for (k, frame) in stack.frames.iter().enumerate() {
        same_size(first, &frame.raster, &format!("lights[{k}].file")).map_err(|e| e.in_file(&frame.name))?;
        if let Some(flat) = &frame.flat {
            same_size(first, flat, &format!("flats[{k}]")).map_err(|e| e.in_file(&frame.name))?;
        }
    }
    let flats = stack.frames.iter().filter(|f| f.flat.is_some()).count();
    if flats != 0 && flats != stack.frames.len() {
        let message = format!("{flats} of {} lights have a flat field", stack.frames.len());
        return Err(invalid(
            "flats",
            message,
            "give a flat field for every light or for none",
        ));
    }
    stack
        .dark
        .as_ref()
        .map_or(Ok(()), |dark| same_size(first, dark, "dark"))
}

fn same_size(want: &Raster, got: &Raster, field: &str) -> Result<()> {
    let stored = match &got.samples {
        Samples::U8(v) => v.len(),
        Samples::U16(v) => v.len(),
    };
    let same = (want.width, want.height, want.channels) == (got.width, got.height, got.channels);
    if same && stored == got.width * got.height * got.channels {
        return Ok(());
    }
    let message = format!(
        "the image is {} x {} with {} channels and {stored} samples; the first frame is {} x {} with {}",
        got.width, got.height, got.channels, want.width, want.height, want.channels
    );
    let next = "capture all images of a side with the same camera settings";
    Err(CoreError::new(ErrorCode::ImageSizeMismatch, message, next).in_field(field))
}

fn check_light(k: usize, light: Light, pitch: Option<f64>) -> Result<()> {
    let (v, field) = match light {
        Light::Direction(v) => (v, format!("lights[{k}].direction")),
        Light::PositionMm(v) => (v, format!("lights[{k}].positionMm")),
    };
    let length = dot(v, v).sqrt();
    if !length.is_finite() || length < 1e-9 {
        let message = format!("the vector to the light is {v:?}");
        return Err(invalid(&field, message, "give three finite numbers, not all 0"));
    }
    if v[2] <= 0.0 {
        let message = format!("the light is at or below the card plane: z is {}", v[2]);
        return Err(invalid(&field, message, "z points to the camera; give a z above 0"));
    }
    if matches!(light, Light::PositionMm(_)) && pitch.is_none() {
        let message = "a light position in mm needs the size of a pixel".to_owned();
        return Err(invalid("pixelPitchMm", message, "give pixelPitchMm, or directions"));
    }
    Ok(())
}

fn check_intensity(k: usize, intensity: [f32; 3]) -> Result<()> {
    if intensity.iter().all(|v| v.is_finite() && *v > 0.0) {
        return Ok(());
    }
    let message = format!("the intensity is {intensity:?}");
    Err(invalid(
        &format!("lights[{k}].intensity"),
        message,
        "give finite numbers above 0",
    ))
}

fn check_spread(stack: &FrameStack, o: &SolveOptions) -> Result<()> {
    let directions: Vec<V3> = o
        .lights
        .iter()
        .map(|l| match *l {
            Light::Direction(v) | Light::PositionMm(v) => unit(v),
        })
        .collect();
    let condition = condition_of(&directions);
    if condition <= MAX_CONDITION {
        return Ok(());
    }
    let k = least_helpful(&directions);
    let kind = match o.lights[k] {
        Light::Direction(_) => "direction",
        Light::PositionMm(_) => "positionMm",
    };
    Err(CoreError::new(
        ErrorCode::LightsCoplanar,
        format!("the light directions lie in one plane (condition number {condition:.0}, at most {MAX_CONDITION:.0})"),
        "check this light's direction, or add a light outside that plane",
    )
    .in_file(&stack.frames[k].name)
    .in_field(format!("lights[{k}].{kind}")))
}

/// The light nearest to the plane (or line) that the two most different lights span with the camera.
fn least_helpful(directions: &[V3]) -> usize {
    let mut widest = (0, 1, -1.0);
    for i in 0..directions.len() {
        for j in i + 1..directions.len() {
            let c = cross(directions[i], directions[j]);
            if dot(c, c) > widest.2 {
                widest = (i, j, dot(c, c));
            }
        }
    }
    let plane = cross(directions[widest.0], directions[widest.1]);
    let distance = |k: usize| dot(plane, directions[k]).abs();
    (0..directions.len())
        .filter(|&k| k != widest.0 && k != widest.1)
        .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(0)
}

fn invalid(field: &str, message: String, next: &str) -> CoreError {
    CoreError::new(ErrorCode::ValueInvalid, message, next).in_field(field)
}
