//! Capture folders with true normals, read for tests and examples.

use imaging::{Cancel, DecodeLimits, Encoding, Frame, FrameStack, Samples, decode_file, read_npy_f32};
use photometric::{Light, SolveOptions};
use std::path::Path;

/// A real capture with its truth.
pub struct Dataset {
    /// All frames.
    pub stack: FrameStack,
    /// All lights and the mask.
    pub options: SolveOptions,
    /// `H * W * 3` true normals.
    pub truth: Vec<f32>,
}

/// Reads a folder in the capture format with `mask.png` and `normals-truth.npy` beside it.
pub fn load(folder: &Path) -> Result<Dataset, String> {
    let text = std::fs::read_to_string(folder.join("capture.json")).map_err(|e| e.to_string())?;
    let capture: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let lights = capture["lights"].as_array().ok_or("no lights")?;
    let triple = |v: &serde_json::Value| -> Result<[f64; 3], String> {
        let list = v.as_array().filter(|l| l.len() == 3).ok_or("not a triple")?;
        Ok(std::array::from_fn(|j| list[j].as_f64().unwrap_or(f64::NAN)))
    };
    let decode = |name: &str| {
        decode_file(&folder.join(name), &DecodeLimits::default(), &Cancel::new()).map_err(|e| e.to_string())
    };
    let mut frames = Vec::new();
    let mut directions = Vec::new();
    for light in lights {
        let name = light["file"].as_str().ok_or("no file")?;
        frames.push(Frame {
            name: name.to_owned(),
            raster: decode(name)?,
            intensity: triple(&light["intensity"])?.map(|v| v as f32),
            flat: None,
        });
        directions.push(Light::Direction(triple(&light["direction"])?));
    }
    let mask = decode("mask.png")?;
    let mut options = SolveOptions::new(directions);
    options.mask = Some(match &mask.samples {
        Samples::U8(v) => v.iter().step_by(mask.channels).copied().collect(),
        Samples::U16(v) => v.iter().step_by(mask.channels).map(|s| u8::from(*s > 0)).collect(),
    });
    let (_, truth) = read_npy_f32(&folder.join("normals-truth.npy"), 1 << 24).map_err(|e| e.to_string())?;
    Ok(Dataset {
        stack: FrameStack {
            frames,
            dark: None,
            encoding: Encoding::Linear,
        },
        options,
        truth,
    })
}

/// The frames and lights of some indices.
pub fn subset(data: &Dataset, chosen: &[usize]) -> (FrameStack, SolveOptions) {
    let mut options = data.options.clone();
    options.lights = chosen.iter().map(|&k| data.options.lights[k]).collect();
    let stack = FrameStack {
        frames: chosen.iter().map(|&k| data.stack.frames[k].clone()).collect(),
        dark: None,
        encoding: data.stack.encoding,
    };
    (stack, options)
}

/// `count` well-spread lights: the one nearest the mean direction first, then always the one furthest from all chosen.
pub fn well_spread(lights: &[Light], count: usize) -> Vec<usize> {
    let units: Vec<[f64; 3]> = lights
        .iter()
        .map(|l| {
            let (Light::Direction(v) | Light::PositionMm(v)) = *l;
            let length = v.iter().map(|c| c * c).sum::<f64>().sqrt();
            v.map(|c| c / length)
        })
        .collect();
    let cosine = |a: &[f64; 3], b: &[f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let mean: [f64; 3] = std::array::from_fn(|j| units.iter().map(|u| u[j]).sum());
    let best = |score: &dyn Fn(usize) -> f64| {
        (0..units.len())
            .max_by(|&a, &b| score(a).total_cmp(&score(b)).then(b.cmp(&a)))
            .unwrap_or(0)
    };
    let mut chosen = vec![best(&|k| cosine(&units[k], &mean))];
    while chosen.len() < count {
        let nearest = |k: usize| {
            chosen
                .iter()
                .map(|&c| cosine(&units[k], &units[c]))
                .fold(-1.0, f64::max)
        };
        let next = best(&|k| -nearest(k));
        chosen.push(next);
    }
    chosen
}

/// Angles in degrees over the mask in ascending order; an unknown pixel counts 90.
pub fn angular_errors(normals: &[f32], truth: &[f32], mask: &[u8]) -> Vec<f64> {
    let mut errors: Vec<f64> = (0..mask.len())
        .filter(|&i| mask[i] != 0)
        .map(|i| {
            let (a, b) = (&normals[3 * i..3 * i + 3], &truth[3 * i..3 * i + 3]);
            let inner: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            let length: f64 = b.iter().map(|b| f64::from(*b).powi(2)).sum::<f64>().sqrt();
            (inner / length).clamp(-1.0, 1.0).acos().to_degrees()
        })
        .collect();
    errors.sort_by(f64::total_cmp);
    errors
}
