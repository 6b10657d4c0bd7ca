//! Pictures for people: photographs, maps and normals as 8-bit rasters. Never measured on.

use crate::{Encoding, Raster, Samples, Unit};
use rayon::prelude::*;

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ramp {
    /// Black at `lo`, white at `hi`.
    Grey {
        /// Value shown black.
        lo: f32,
        /// Value shown white.
        hi: f32,
    },
    /// Blue at `-limit`, light grey at 0, red at `limit` (Moreland 2009, "Diverging Color Maps for Scientific
    /// Visualization").
    Diverging {
        /// Magnitude shown in full colour.
        limit: f32,
    },
    /// Dark to bright, even in perceived lightness ("inferno" of matplotlib, Smith and van der Walt 2015, CC0).
    Heat {
        /// Value shown darkest.
        lo: f32,
        /// Value shown brightest.
        hi: f32,
    },
}

const DIVERGING: [[u8; 3]; 5] = [
    [59, 76, 192],
    [141, 176, 254],
    [221, 221, 221],
    [244, 152, 122],
    [180, 4, 38],
];
const HEAT: [[u8; 3]; 9] = [
    [0, 0, 4],
    [31, 12, 72],
    [85, 15, 109],
    [136, 34, 106],
    [186, 54, 85],
    [227, 89, 51],
    [249, 142, 9],
    [249, 201, 50],
    [252, 255, 164],
];

/// sRGB code value 0..255 of light 0..1 (IEC 61966-2-1:1999, 5.3); out of range is clipped, not-a-number is black.
pub(crate) fn srgb_byte(light: f32) -> u8 {
    let v = light.clamp(0.0, 1.0);
    let encoded = if v <= 0.003_130_8 {
        12.92 * v
    } else {
        1.055 * v.powf(1.0 / 2.4) - 0.055
    };
    (encoded * 255.0).round() as u8
}

/// The raster as 8-bit sRGB for display: its light times `exposure`, clipped to full scale; channels stay.
#[must_use]
pub fn to_srgb8(raster: &Raster, encoding: Encoding, exposure: f32) -> Raster {
    // One entry for every code value: the power function runs at most 65,536 times, not once a sample.
    let table: Vec<u8> = encoding
        .table(raster.max_code())
        .into_iter()
        .map(|light| srgb_byte(light * exposure))
        .collect();
    let samples = match &raster.samples {
        Samples::U8(v) => v
            .par_iter()
            .with_min_len(1 << 16)
            .map(|&s| table[usize::from(s)])
            .collect(),
        Samples::U16(v) => v
            .par_iter()
            .with_min_len(1 << 16)
            .map(|&s| table[usize::from(s)])
            .collect(),
    };
    Raster {
        width: raster.width,
        height: raster.height,
        channels: raster.channels,
        samples: Samples::U8(samples),
    }
}

/// A map of `width * height` values as a picture: grey for [`Ramp::Grey`], RGB for the others. Values that are missing
/// or not finite are black.
#[must_use]
pub fn plane_to_view(data: &[f32], width: usize, height: usize, ramp: Ramp) -> Raster {
    let (lo, hi) = match ramp {
        Ramp::Grey { lo, hi } | Ramp::Heat { lo, hi } => (lo, hi),
        Ramp::Diverging { limit } => (-limit, limit),
    };
    // An empty range shows its one value in the middle.
    let place = move |v: f32| {
        if hi > lo {
            ((v - lo) / (hi - lo)).clamp(0.0, 1.0)
        } else {
            0.5
        }
    };
    match ramp {
        Ramp::Grey { .. } => picture(width, height, |i| {
            shown(data.get(i), |v| [(place(v) * 255.0).round() as u8])
        }),
        Ramp::Diverging { .. } => picture(width, height, |i| shown(data.get(i), |v| colour(&DIVERGING, place(v)))),
        Ramp::Heat { .. } => picture(width, height, |i| shown(data.get(i), |v| colour(&HEAT, place(v)))),
    }
}

/// Samples of a value; black, which neither ramp holds, where it is no number.
fn shown<const C: usize>(value: Option<&f32>, samples: impl Fn(f32) -> [u8; C]) -> [u8; C] {
    match value {
        Some(value) if value.is_finite() => samples(*value),
        _ => [0; C],
    }
}

/// Unit normals (planes of `height x width`: x right, y down, z to the camera) as the usual RGB picture: (n + 1) / 2 with
/// y turned upwards, so that what faces up is green as in OpenGL normal maps.
#[must_use]
pub fn normals_to_view([x, y, z]: [&[Unit]; 3], width: usize, height: usize) -> Raster {
    let byte = |n: f32| ((n + 1.0) * 127.5).round() as u8;
    picture(width, height, |i| {
        [byte(x[i].get()), byte(-y[i].get()), byte(z[i].get())]
    })
}

/// A picture of samples by pixel, rows in parallel.
fn picture<const C: usize>(width: usize, height: usize, pixel: impl Fn(usize) -> [u8; C] + Sync) -> Raster {
    let mut samples = vec![0u8; width * height * C];
    let rows = samples.par_chunks_mut((width * C).max(1));
    rows.enumerate().for_each(|(y, row)| {
        for (x, out) in row.as_chunks_mut::<C>().0.iter_mut().enumerate() {
            *out = pixel(y * width + x);
        }
    });
    Raster {
        width,
        height,
        channels: C,
        samples: Samples::U8(samples),
    }
}

/// The colour at `place` 0..1 of evenly spaced anchors.
fn colour(anchors: &[[u8; 3]], place: f32) -> [u8; 3] {
    let at = place * (anchors.len() - 1) as f32;
    let low = (at as usize).min(anchors.len() - 2);
    let share = at - low as f32;
    let mix = |c: usize| f32::from(anchors[low][c]) * (1.0 - share) + f32::from(anchors[low + 1][c]) * share;
    [0, 1, 2].map(|c| mix(c).round() as u8)
}
