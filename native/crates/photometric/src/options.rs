//! What the solver is told and what it gives back.

use imaging::{Half, Unit, zeroed};
use serde::{Deserialize, Serialize};

/// Where a light is seen from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Light {
    /// Vector towards a far light, of any length above 0.
    Direction([f64; 3]),
    /// Position of a near light in mm, relative to the image centre on the card plane.
    PositionMm([f64; 3]),
}

/// How normals are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// Least squares where the samples agree within the noise, rejection where they do not.
    #[default]
    Auto,
    /// Least squares of all unsaturated samples (Woodham 1980).
    LeastSquares,
    /// Rejection at every pixel, without asking whether the samples agree.
    Robust,
}

/// Inputs beside the frames.
#[derive(Clone, Debug)]
pub struct SolveOptions {
    /// One per frame, in the frames' order.
    pub lights: Vec<Light>,
    /// Size of a pixel on the card plane in mm; near lights need it.
    pub pixel_pitch_mm: Option<f64>,
    /// Distance from the camera's pinhole to the card plane in mm, where it is known; else the view is taken as parallel.
    pub view_distance_mm: Option<f64>,
    /// `height * width` bytes, 0 = outside: such pixels are left unknown.
    pub mask: Option<Vec<u8>>,
    /// How normals are found.
    pub method: Method,
    /// Code values at or above this fraction of the sample range count as saturated.
    pub saturation: f32,
    /// Standard deviation of one sample in linear light (1 = full scale), where it is known; else it is estimated.
    pub read_noise: Option<f32>,
}

impl SolveOptions {
    /// Default settings for these lights.
    #[must_use]
    pub fn new(lights: Vec<Light>) -> Self {
        Self {
            lights,
            pixel_pitch_mm: None,
            view_distance_mm: None,
            mask: None,
            method: Method::Auto,
            saturation: 0.98,
            read_noise: None,
        }
    }
}

/// Maps of one side. Unknown pixels hold zeros in every map.
#[derive(Clone, Debug, Default)]
pub struct Solution {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Channels of the albedo: 1 or 3.
    pub channels: usize,
    /// Unit normals (x right, y down, z to the camera).
    pub normals: Normals,
    /// `height * width * channels`, 1 = a surface that returns a light of intensity 1 at full scale when facing it.
    pub albedo: Vec<Half>,
    /// Root mean square of the residual over the kept samples, relative to the albedo.
    pub residual: Vec<Half>,
    /// Standard deviation of the normal as an angle in degrees, from `sigma^2 (S^T S)^-1`; sigma from the noise or,
    /// where the samples do not agree within it, from the residual.
    pub confidence_deg: Vec<Half>,
    /// 1 where a normal was found.
    pub known: Vec<u8>,
    /// Figures for the report.
    pub summary: SolveSummary,
}

/// Unit normals, a plane of `height * width` for each axis; all 0 where unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normals {
    /// To the right.
    pub x: Vec<Unit>,
    /// Down.
    pub y: Vec<Unit>,
    /// To the camera.
    pub z: Vec<Unit>,
}

impl Normals {
    /// Unknown ones.
    #[must_use]
    pub fn zeroed(pixels: usize) -> Self {
        let [x, y, z] = [(); 3].map(|()| zeroed(pixels));
        Self { x, y, z }
    }

    /// Those of triples of numbers.
    #[must_use]
    pub fn from_triples(triples: &[f32]) -> Self {
        let axis = |j: usize| triples[j..].iter().step_by(3).map(|v| Unit::new(*v)).collect();
        Self {
            x: axis(0),
            y: axis(1),
            z: axis(2),
        }
    }

    /// Three numbers a pixel, as files hold them.
    #[must_use]
    pub fn triples(&self) -> Vec<f32> {
        let axes = self.x.iter().zip(&self.y).zip(&self.z);
        axes.flat_map(|((x, y), z)| [x.get(), y.get(), z.get()]).collect()
    }

    /// The normal of pixel `i`.
    #[must_use]
    pub fn at(&self, i: usize) -> [f32; 3] {
        self.planes().map(|plane| plane[i].get())
    }

    /// The planes of x, y and z.
    #[must_use]
    pub fn planes(&self) -> [&[Unit]; 3] {
        [&self.x, &self.y, &self.z]
    }
}

/// Figures for the report.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SolveSummary {
    /// Fraction of the pixels inside the mask without a normal.
    pub unknown_fraction: f64,
    /// Fraction of the pixels inside the mask where samples were rejected.
    pub rejected_fraction: f64,
    /// Ratio of the largest to the smallest singular value of the light matrix at the image centre.
    pub condition_number: f64,
    /// Median of the relative residual over the known pixels.
    pub median_residual: f64,
    /// Standard deviation of one normalised sample at the median brightness; 0 where it cannot be told.
    pub noise: f64,
    /// Median of the confidence in degrees over the known pixels.
    pub median_confidence_deg: f64,
    /// The method used, after fallbacks.
    pub method: Method,
    /// Strength of the specular lobe that was taken out, in units of albedo; 0 where none was found.
    pub varnish_strength: f64,
    /// Its Blinn-Phong exponent; 0 where none was found.
    pub varnish_exponent: f64,
    /// Brightness of every light over its calibrated one, as far as the frames show it; empty where they do not.
    pub light_ratios: Vec<f64>,
    /// Whether directions were computed per pixel from positions.
    pub near_light: bool,
    /// Whether every light was divided by its flat field.
    pub flat_fielded: bool,
    /// Whether the samples were proportional to light.
    pub linear_input: bool,
    /// What the caller should know: a fallback and its reason.
    pub notes: Vec<String>,
}
