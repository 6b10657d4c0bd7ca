//! Light that reaches the sensor from one pixel: Lambert, a specular lobe, attached shadows, vignetting.

use crate::Spec;
use crate::lights::Light;
use crate::material::{Appearance, Material};
use crate::sensor::Sensor;

/// A pixel's place relative to lights and camera.
pub(crate) struct Place {
    /// Point of the plane in the camera frame, mm.
    point: [f64; 3],
    /// Unit vector to the camera.
    view: [f32; 3],
    /// Share of light that vignetting leaves.
    kept: f32,
}

/// Light that reaches the sensor.
pub(crate) struct Shader {
    pub lights: Vec<Light>,
    far: bool,
    directions: Vec<([f32; 3], f32)>,
    eye: [f64; 3],
    centre: [f64; 2],
    vignetting: f64,
    /// Blinn-Phong exponent.
    exponent: f32,
    plane_normal: [f32; 3],
    pub sensor: Sensor,
    /// Noise keys of frames, flats and dark frame, in this order.
    pub keys: Vec<u64>,
}

impl Shader {
    pub(crate) fn new(spec: &Spec, material: &Material, lights: Vec<Light>) -> Self {
        let sensor = Sensor::new(spec);
        let centre = material.camera.centre();
        Self {
            far: spec.light_distance_mm.is_none(),
            directions: lights
                .iter()
                .map(|l| (l.direction.map(|v| v as f32), l.intensity as f32))
                .collect(),
            eye: material.camera.eye(),
            centre,
            vignetting: spec.vignetting / (centre[0] * centre[0] + centre[1] * centre[1]),
            exponent: (2.0 / (spec.gloss.roughness * spec.gloss.roughness) - 2.0) as f32,
            plane_normal: material.camera.turn([0.0, 0.0, 1.0]).map(|v| v as f32),
            keys: (0..2 * lights.len() + 1).map(|i| sensor.frame_key(i)).collect(),
            sensor,
            lights,
        }
    }

    pub(crate) fn place(&self, material: &Material, px: [f64; 2]) -> Place {
        let (_, point) = material.camera.see(px);
        let to = [0, 1, 2].map(|a| self.eye[a] - point[a]);
        let length = (to[0] * to[0] + to[1] * to[1] + to[2] * to[2]).sqrt();
        let d = [px[0] - self.centre[0], px[1] - self.centre[1]];
        Place {
            point,
            view: to.map(|v| (v / length) as f32),
            kept: (1.0 - self.vignetting * (d[0] * d[0] + d[1] * d[1])) as f32,
        }
    }

    #[inline]
    fn lamp(&self, index: usize, place: &Place) -> ([f32; 3], f32) {
        if self.far {
            return self.directions[index];
        }
        let (l, e) = self.lights[index].at(place.point);
        (l.map(|v| v as f32), e as f32)
    }

    /// Lambert plus a normalised Blinn-Phong lobe; attached shadows are dark. Fractions of full scale.
    #[inline]
    pub(crate) fn light(&self, index: usize, place: &Place, seen: &Appearance, albedo: [f32; 3]) -> [f32; 3] {
        let (l, e) = self.lamp(index, place);
        let n = seen.normal.map(|v| v as f32);
        let cosine = dot(n, l);
        if cosine <= 0.0 {
            return [0.0; 3];
        }
        let mut shine = 0.0;
        if seen.shine > 0.0 {
            let h = [0, 1, 2].map(|a| l[a] + place.view[a]);
            let facing = dot(n, h) / dot(h, h).sqrt();
            let m = self.exponent;
            shine = seen.shine as f32 * (m + 8.0) / 8.0 * facing.max(0.0).powf(m);
        }
        let gain = e * cosine * place.kept;
        albedo.map(|a| (a + shine) * gain)
    }

    /// An ideal white target (reflectance 1, matte) in the plane.
    pub(crate) fn flat(&self, index: usize, place: &Place) -> [f32; 3] {
        let (l, e) = self.lamp(index, place);
        [e * dot(self.plane_normal, l).max(0.0) * place.kept; 3]
    }
}

#[inline]
fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
