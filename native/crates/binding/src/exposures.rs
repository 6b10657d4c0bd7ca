//! Exposures of one light merged into one frame while a side is loaded.

use crate::stack::{ExposureInput, FrameInput, StackInput, invalid};
use imaging::{Encoding, Exposure, Frame, Raster, Result, Samples, merge_exposures, widened};

/// The exposures of a frame beside the first.
pub fn further(frame: &FrameInput) -> &[ExposureInput] {
    frame.exposures.as_deref().and_then(|all| all.get(1..)).unwrap_or(&[])
}

/// Merges the exposures of each light; its intensity follows to the scale of the shortest one.
pub fn merge(
    input: &StackInput,
    encoding: Encoding,
    frames: Vec<Frame>,
    more: Vec<Vec<Raster>>,
    dark: Option<Raster>,
) -> Result<(Vec<Frame>, Option<Raster>)> {
    if more.iter().all(Vec::is_empty) {
        return Ok((frames, dark));
    }
    if !encoding.is_linear() {
        return Err(invalid("exposures", "exposures are merged in linear light only"));
    }
    let mut merged = Vec::with_capacity(frames.len());
    for ((frame, given), more) in frames.into_iter().zip(&input.frames).zip(more) {
        let times = given.exposures.as_deref().unwrap_or(&[]);
        let (raster, scale) = match times.first() {
            Some(main) if !more.is_empty() => {
                let rasters = std::iter::once(&frame.raster).chain(&more);
                let exposures: Vec<Exposure> = times
                    .iter()
                    .zip(rasters)
                    .map(|(e, raster)| Exposure {
                        name: &e.name,
                        raster,
                        seconds: e.seconds,
                    })
                    .collect();
                let (raster, shortest) = merge_exposures(&exposures, dark.as_ref())?;
                (raster, (shortest / main.seconds) as f32)
            }
            _ => (widened(frame.raster), 1.0),
        };
        merged.push(Frame {
            name: frame.name,
            raster,
            intensity: frame.intensity.map(|v| v * scale),
            // A flat field was taken at the time of the light's own frame, whose scale the merged one leaves.
            flat: frame.flat.map(|flat| scaled(widened(flat), dark.as_ref(), scale)),
        });
    }
    Ok((merged, dark.map(widened)))
}

/// A 16-bit flat field as a shorter exposure would show it.
fn scaled(flat: Raster, dark: Option<&Raster>, scale: f32) -> Raster {
    let (width, channels) = (flat.width, flat.channels);
    let black = |i: usize| {
        let (pixel, channel) = (i / channels, i % channels);
        dark.map_or(0.0, |d| {
            f32::from(d.code(pixel % width, pixel / width, channel)) * 65535.0 / f32::from(d.max_code())
        })
    };
    match flat.samples {
        Samples::U16(codes) => Raster {
            samples: Samples::U16(
                codes
                    .into_iter()
                    .enumerate()
                    .map(|(i, c)| {
                        (black(i) + (f32::from(c) - black(i)) * scale)
                            .round()
                            .clamp(0.0, 65535.0) as u16
                    })
                    .collect(),
            ),
            ..flat
        },
        Samples::U8(_) => flat,
    }
}
