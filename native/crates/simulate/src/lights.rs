//! The ring of lights: far (parallel rays) or near (inverse square, LED cone).

use crate::Spec;
use crate::rng::Draw;
use serde::Serialize;
use std::f64::consts::PI;

const PURPOSE_LIGHTS: u64 = 2;

/// One light, in the camera frame (x right, y down, z towards the camera, origin where the axis meets the plane).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Light {
    /// Unit vector from the origin to the light.
    pub direction: [f64; 3],
    /// Position, mm; absent for far lights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_mm: Option<[f64; 3]>,
    /// Signal of a white diffuser at the origin that faces the light, as a fraction of full scale.
    ///
    /// Frames divided by it equal albedo x n.l (far lights), or that times the fall-off relative to the origin.
    pub intensity: f64,
    /// Exponent m of the LED's cone cos^m; only with a position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub led_exponent: Option<f64>,
}

impl Light {
    /// Unit vector to the light and irradiance (facing it) at a point of the camera frame, mm.
    #[inline]
    pub(crate) fn at(&self, p: [f64; 3]) -> ([f64; 3], f64) {
        let Some(position) = self.position_mm else {
            return (self.direction, self.intensity);
        };
        let to = [position[0] - p[0], position[1] - p[1], position[2] - p[2]];
        let r2 = to[0] * to[0] + to[1] * to[1] + to[2] * to[2];
        let r = r2.sqrt();
        let l = to.map(|v| v / r);
        let d2: f64 = position.iter().map(|v| v * v).sum();
        let axis = (l[0] * self.direction[0] + l[1] * self.direction[1] + l[2] * self.direction[2]).max(0.0);
        let m = self.led_exponent.unwrap_or(0.0);
        let cone = if m == 1.0 { axis } else { axis.powf(m) };
        (l, self.intensity * d2 / r2 * cone)
    }
}

/// K lights at equal azimuths; relative intensities, not yet scaled to the exposure.
pub(crate) fn ring(spec: &Spec) -> Vec<Light> {
    let mut draw = Draw::new(spec.seed, PURPOSE_LIGHTS);
    let (s, c) = spec.light_elevation_deg.to_radians().sin_cos();
    (0..spec.lights)
        .map(|k| {
            let azimuth = 2.0 * PI * (k as f64 + 0.5) / spec.lights as f64;
            let direction = [c * azimuth.cos(), c * azimuth.sin(), s];
            let spread = spec.light_intensity_spread;
            Light {
                direction,
                position_mm: spec.light_distance_mm.map(|d| direction.map(|v| v * d)),
                intensity: 1.0 + draw.range(-spread, spread),
                led_exponent: spec.light_distance_mm.map(|_| spec.led_exponent),
            }
        })
        .collect()
}

/// Scales all lights by one factor, so that white stock reaches the exposure where the light is brightest.
pub(crate) fn expose(lights: &mut [Light], spec: &Spec, card_points: &[[f64; 3]], normal: [f64; 3], white: f64) {
    let brightest = card_points
        .iter()
        .flat_map(|&p| lights.iter().map(move |light| light.at(p)))
        .map(|(l, e)| e * (l[0] * normal[0] + l[1] * normal[1] + l[2] * normal[2]))
        .fold(1e-6, f64::max);
    let gain = spec.exposure / (white * brightest);
    for light in lights {
        light.intensity *= gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_light_falls_off_with_the_square_of_distance_and_its_cone() {
        let light = Light {
            direction: [0.0, 0.0, 1.0],
            position_mm: Some([0.0, 0.0, 200.0]),
            intensity: 2.0,
            led_exponent: Some(1.0),
        };
        let (l, e) = light.at([0.0, 150.0, 0.0]);
        assert!((l[1] + 0.6).abs() < 1e-12 && (l[2] - 0.8).abs() < 1e-12);
        assert!((e - 2.0 * 0.64 * 0.8).abs() < 1e-12);
        assert!((light.at([0.0; 3]).1 - 2.0).abs() < 1e-12);
    }

    #[test]
    fn ring_lights_stand_at_the_asked_elevation_and_sum_to_the_axis() {
        let lights = ring(&Spec::default());
        let sum = lights
            .iter()
            .fold([0.0; 3], |s, l| [0, 1, 2].map(|a| s[a] + l.direction[a]));
        assert!(sum[0].abs() < 1e-12 && sum[1].abs() < 1e-12);
        assert!(lights.iter().all(|l| (l.direction[2] - 0.5f64.sqrt()).abs() < 1e-12));
    }
}
