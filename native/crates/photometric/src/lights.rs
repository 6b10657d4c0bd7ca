//! The lights as the solver uses them: unit directions, or positions with fall-off.

use crate::linear::{Sym3, V3, add_outer, condition, dot, unit};
use crate::options::Light;

/// Radiant emission of an LED falls with the cosine to this power off its axis; 1 = Lambertian (Queau et al. 2018).
const LED_EXPONENT: i32 = 1;

/// All lights of a stack, checked.
pub struct Lights {
    lights: Vec<Light>,
    pitch_mm: f64,
    in_mm: bool,
    centre: [f64; 2],
    /// Whether frames were divided by a flat field, which holds fall-off and intensity already.
    flat: bool,
}

/// A light at one pixel.
pub struct At {
    /// Unit vector towards the light.
    pub direction: V3,
    /// What a sample is multiplied by to become `albedo * n.l`.
    pub gain: f64,
}

impl Lights {
    /// `pitch_mm` is used by near lights only.
    pub fn new(lights: &[Light], pitch_mm: Option<f64>, width: usize, height: usize, flat: bool) -> Self {
        Self {
            lights: lights.to_vec(),
            pitch_mm: pitch_mm.unwrap_or(1.0),
            in_mm: pitch_mm.is_some(),
            centre: [(width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0],
            flat,
        }
    }

    /// Number of lights.
    pub fn len(&self) -> usize {
        self.lights.len()
    }

    /// Whether directions differ from pixel to pixel.
    pub fn near(&self) -> bool {
        self.lights.iter().any(|l| matches!(l, Light::PositionMm(_)))
    }

    /// Light `k` at pixel (x, y) of the card plane.
    ///
    /// Near lights: inverse square and Lambertian emission about the axis to the image centre (Queau et al., JMIV 2018),
    /// scaled to 1 at the image centre. A flat field divides both out, and leaves `1 / l_z` of the flat target.
    pub fn at(&self, k: usize, x: f64, y: f64) -> At {
        match self.lights[k] {
            Light::Direction(d) => {
                let direction = unit(d);
                let gain = if self.flat { direction[2] } else { 1.0 };
                At { direction, gain }
            }
            Light::PositionMm(s) => {
                let to = [
                    s[0] - (x - self.centre[0]) * self.pitch_mm,
                    s[1] - (y - self.centre[1]) * self.pitch_mm,
                    s[2],
                ];
                let direction = unit(to);
                if self.flat {
                    return At {
                        direction,
                        gain: direction[2],
                    };
                }
                let emission = dot(unit(s), direction).max(1e-3).powi(LED_EXPONENT);
                At {
                    direction,
                    gain: dot(to, to) / (dot(s, s) * emission),
                }
            }
        }
    }

    /// Directions at the image centre.
    pub fn central(&self) -> Vec<V3> {
        (0..self.len())
            .map(|k| self.at(k, self.centre[0], self.centre[1]).direction)
            .collect()
    }

    /// Position of a near light in mm, relative to the image centre; `None` for a far one.
    pub fn position(&self, k: usize) -> Option<V3> {
        match self.lights[k] {
            Light::PositionMm(s) => Some(s),
            Light::Direction(_) => None,
        }
    }

    /// Pixel of the image centre.
    pub fn centre(&self) -> [f64; 2] {
        self.centre
    }

    /// Millimetres a pixel.
    pub fn pitch_mm(&self) -> f64 {
        self.pitch_mm
    }

    /// Whether places are in mm.
    pub fn in_mm(&self) -> bool {
        self.in_mm
    }

    /// Whether frames are divided by flats.
    pub fn flat(&self) -> bool {
        self.flat
    }
}

/// `S^T S` of unit directions.
pub fn normal_matrix(directions: &[V3]) -> Sym3 {
    let mut m = [0.0; 6];
    for &d in directions {
        add_outer(&mut m, d, 1.0);
    }
    m
}

/// Condition number of a set of directions.
pub fn condition_of(directions: &[V3]) -> f64 {
    condition(&normal_matrix(directions))
}
