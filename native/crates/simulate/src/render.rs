//! Renders a scene: every pixel's appearance once, then its light under each lamp, then the sensor.

use crate::Spec;
use crate::lights::{self, Light};
use crate::material::{Material, WHITE};
use crate::shade::Shader;
use crate::truth::{self, Truth};
use imaging::{Cancel, Raster, Result, Samples};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows a worker takes at a time.
const BAND: usize = 8;

/// A simulated capture in memory.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What was asked for.
    pub spec: Spec,
    /// Pixels in a row of every image.
    pub width: usize,
    /// Rows of every image.
    pub height: usize,
    /// One photograph per light.
    pub frames: Vec<Raster>,
    /// Photographs of an ideal white target in the plane, one per light, if asked for.
    pub flats: Vec<Raster>,
    /// All lights off; present when the black level is not 0.
    pub dark: Option<Raster>,
    /// The lights, in the order of the frames.
    pub lights: Vec<Light>,
    /// The normals that were used for shading at pixel centres: height x width x 3, camera frame.
    pub normals: Vec<f32>,
    /// Reflectance seen by each pixel: height x width x 3 (colour) or x 1, linear, 0..1.
    pub albedo: Vec<f32>,
    /// 0, or 1 + index of the defect; 8 bits a sample up to 255 defects, else 16.
    pub labels: Raster,
    /// The camera matrix, px.
    pub camera_matrix: [[f64; 3]; 3],
    /// Everything that is known.
    pub truth: Truth,
}

/// Renders a spec.
///
/// Rows run in parallel on rayon's pool; the result does not depend on the number of threads. `progress` gets 0..1.
///
/// # Errors
/// [`imaging::ErrorCode::ValueInvalid`] naming the field; [`imaging::ErrorCode::Cancelled`].
pub fn render(spec: &Spec, cancel: &Cancel, progress: &(dyn Fn(f32) + Sync)) -> Result<Scene> {
    spec.validate()?;
    cancel.check()?;
    let material = Material::new(spec);
    let mut lights = lights::ring(spec);
    let places = card_grid(&material);
    lights::expose(&mut lights, spec, &places, material.camera.turn([0.0, 0.0, 1.0]), WHITE);
    let shader = Shader::new(spec, &material, lights);
    if spec.bits == 8 {
        shoot::<u8>(spec, &material, &shader, cancel, progress)
    } else {
        shoot::<u16>(spec, &material, &shader, cancel, progress)
    }
}

/// Points over the card in the camera frame: where the exposure looks for the brightest spot.
fn card_grid(material: &Material) -> Vec<[f64; 3]> {
    let [w, h] = material.layout.half;
    let steps = |i: usize| i as f64 / 4.0 - 1.0;
    (0..81)
        .map(|i| material.camera.place([w * steps(i % 9), h * steps(i / 9)]))
        .collect()
}

/// A stored sample.
trait Code: Copy + Default + Send + Sync {
    fn from_code(code: u16) -> Self;
    fn samples(codes: Vec<Self>) -> Samples;
}

impl Code for u8 {
    fn from_code(code: u16) -> Self {
        code as u8
    }
    fn samples(codes: Vec<Self>) -> Samples {
        Samples::U8(codes)
    }
}

impl Code for u16 {
    fn from_code(code: u16) -> Self {
        code
    }
    fn samples(codes: Vec<Self>) -> Samples {
        Samples::U16(codes)
    }
}

/// The slices of all outputs that belong to one band of rows.
struct Band<'a, T> {
    first_row: usize,
    normals: &'a mut [f32],
    albedo: &'a mut [f32],
    labels: &'a mut [u16],
    /// Frames, then flats, then the dark frame.
    images: Vec<&'a mut [T]>,
}

fn shoot<T: Code>(
    spec: &Spec,
    material: &Material,
    shader: &Shader,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Scene> {
    let [width, height] = spec.image_size();
    let channels = if spec.colour { 3 } else { 1 };
    let count = shader.lights.len();
    let images = count * if spec.flats { 2 } else { 1 } + usize::from(spec.black_level > 0.0);
    let mut codes = vec![vec![T::default(); width * height * channels]; images];
    let mut normals = vec![0f32; width * height * 3];
    let mut albedo = vec![0f32; width * height * channels];
    let mut labels = vec![0u16; width * height];

    let mut rows: Vec<_> = codes
        .iter_mut()
        .map(|c| c.chunks_mut(BAND * width * channels))
        .collect();
    let bands: Vec<Band<'_, T>> = normals
        .chunks_mut(BAND * width * 3)
        .zip(albedo.chunks_mut(BAND * width * channels))
        .zip(labels.chunks_mut(BAND * width))
        .enumerate()
        .map(|(i, ((normals, albedo), labels))| Band {
            first_row: i * BAND,
            normals,
            albedo,
            labels,
            images: rows.iter_mut().filter_map(Iterator::next).collect(),
        })
        .collect();
    let (total, done) = (bands.len(), AtomicUsize::new(0));
    bands.into_par_iter().try_for_each(|mut band| {
        cancel.check()?;
        shoot_band(spec, material, shader, count, width, &mut band);
        progress((done.fetch_add(1, Ordering::Relaxed) + 1) as f32 / total as f32);
        Ok(())
    })?;

    let mut rasters: Vec<Raster> = codes
        .into_iter()
        .map(|c| Raster {
            width,
            height,
            channels,
            samples: T::samples(c),
        })
        .collect();
    let dark = if spec.black_level > 0.0 { rasters.pop() } else { None };
    let flats = rasters.split_off(count);
    Ok(Scene {
        truth: truth::of(spec, material, &shader.lights, [width, height]),
        spec: spec.clone(),
        width,
        height,
        frames: rasters,
        flats,
        dark,
        lights: shader.lights.clone(),
        normals,
        albedo,
        labels: label_raster(labels, width, height, material.defects.len()),
        camera_matrix: material.camera.matrix(),
    })
}

fn label_raster(labels: Vec<u16>, width: usize, height: usize, defects: usize) -> Raster {
    let samples = if defects < 256 {
        Samples::U8(labels.into_iter().map(|l| l as u8).collect())
    } else {
        Samples::U16(labels)
    };
    Raster {
        width,
        height,
        channels: 1,
        samples,
    }
}

fn shoot_band<T: Code>(
    spec: &Spec,
    material: &Material,
    shader: &Shader,
    count: usize,
    width: usize,
    band: &mut Band<'_, T>,
) {
    let channels = if spec.colour { 3 } else { 1 };
    for local in 0..band.labels.len() / width {
        let y = band.first_row + local;
        let row = material.row(y, width);
        for x in 0..width {
            let px = [x as f64, y as f64];
            let seen = material.at(px, &row);
            let at = local * width + x;
            band.labels[at] = seen.label;
            for a in 0..3 {
                band.normals[3 * at + a] = seen.normal[a] as f32;
            }
            let grey = seen.albedo.iter().sum::<f64>() / 3.0;
            let colour = if spec.colour {
                seen.albedo.map(|v| v as f32)
            } else {
                [grey as f32; 3]
            };
            band.albedo[channels * at..channels * (at + 1)].copy_from_slice(&colour[..channels]);
            let place = shader.place(material, px);
            for (i, image) in band.images.iter_mut().enumerate() {
                let light = match i / count {
                    0 => shader.light(i, &place, &seen, colour),
                    1 if spec.flats => shader.flat(i - count, &place),
                    _ => [0.0; 3],
                };
                let pixel = y * width + x;
                let bits = shader.sensor.bits(shader.keys[i], pixel);
                for c in 0..channels {
                    image[channels * at + c] = T::from_code(shader.sensor.code(light[c], bits, c));
                }
            }
        }
    }
}
