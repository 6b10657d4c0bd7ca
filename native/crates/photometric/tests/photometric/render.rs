//! Images of analytic surfaces under known lights, by formula; shares no code with the solver.

use imaging::{Encoding, Frame, FrameStack, Raster, Samples};

pub type V3 = [f64; 3];

/// A point of the surface.
pub struct Point {
    pub normal: V3,
    pub albedo: [f64; 3],
    /// Height above the card plane in mm.
    pub z_mm: f64,
}

/// Shapes of specular lobes, 1 where the half vector is the normal.
#[derive(Clone, Copy, Debug)]
pub enum Lobe {
    /// Exponent (Blinn 1977).
    BlinnPhong(f64),
    /// Root mean square slope of the facets (Beckmann & Spizzichino 1963), as in Cook & Torrance 1982.
    Beckmann(f64),
    /// The same slope without the projection (Ward 1992).
    Ward(f64),
}

impl Lobe {
    fn at(self, cosine: f64) -> f64 {
        let c = cosine.clamp(1e-3, 1.0);
        let tangent = 1.0 / (c * c) - 1.0;
        match self {
            Self::BlinnPhong(exponent) => c.powf(exponent),
            Self::Beckmann(slope) => (-tangent / (slope * slope)).exp() / c.powi(4),
            Self::Ward(slope) => (-tangent / (slope * slope)).exp(),
        }
    }
}

/// A scene: `surface(x_mm, y_mm)` relative to the image centre.
pub struct Scene<'a> {
    pub width: usize,
    pub height: usize,
    pub pitch_mm: f64,
    pub surface: &'a (dyn Fn(f64, f64) -> Point + Sync),
    /// Standard deviation of the noise, in full scales.
    pub sigma: f64,
    /// Strength and exponent of a Blinn-Phong highlight.
    pub highlight: Option<(f64, f64)>,
    /// Strength and shape of a varnish's lobe, which like the albedo is multiplied by n.l.
    pub varnish: Option<(f64, Lobe)>,
    /// Distance of the camera in mm for the varnish; else the view is parallel.
    pub view_mm: Option<f64>,
    /// Near lights by position in mm with Lambertian emission towards the centre; else directions.
    pub near: bool,
    pub lights: Vec<V3>,
    pub rgb: bool,
}

pub fn dot(a: V3, b: V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn unit(a: V3) -> V3 {
    let l = dot(a, a).sqrt();
    a.map(|v| v / l)
}

/// `count` directions on a ring at an elevation, scaled to a distance.
pub fn ring(count: usize, elevation_deg: f64, distance: f64) -> Vec<V3> {
    let e = elevation_deg.to_radians();
    (0..count)
        .map(|k| {
            let a = (k as f64 + 0.3) / count as f64 * std::f64::consts::TAU;
            [
                distance * e.cos() * a.cos(),
                distance * e.cos() * a.sin(),
                distance * e.sin(),
            ]
        })
        .collect()
}

/// A repeatable standard normal number for a place (Box & Muller 1958 on SplitMix64).
pub fn gaussian(place: u64) -> f64 {
    let mix = |seed: u64| {
        let mut z = seed
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(0x1234_5678_9ABC_DEF1);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    let (a, b) = (mix(2 * place).max(1e-300), mix(2 * place + 1));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

impl Scene<'_> {
    /// Pixel to mm relative to the image centre.
    pub fn place(&self, x: usize, y: usize) -> (f64, f64) {
        (
            (x as f64 - (self.width as f64 - 1.0) / 2.0) * self.pitch_mm,
            (y as f64 - (self.height as f64 - 1.0) / 2.0) * self.pitch_mm,
        )
    }

    /// True normals, 3 a pixel.
    pub fn truth(&self) -> Vec<f32> {
        let mut out = Vec::new();
        for y in 0..self.height {
            for x in 0..self.width {
                let (px, py) = self.place(x, y);
                out.extend((self.surface)(px, py).normal.map(|v| v as f32));
            }
        }
        out
    }

    /// Light at a pixel under light `k`, per channel, without noise.
    pub fn light(&self, k: usize, x: usize, y: usize) -> [f64; 3] {
        let (px, py) = self.place(x, y);
        let p = (self.surface)(px, py);
        let s = self.lights[k];
        let (l, falloff) = if self.near {
            let to = [s[0] - px, s[1] - py, s[2] - p.z_mm];
            let l = unit(to);
            (l, dot(unit(s), l) * dot(s, s) / dot(to, to))
        } else {
            (unit(s), 1.0)
        };
        let shade = dot(p.normal, l).max(0.0);
        let gleam = self.highlight.map_or(0.0, |(strength, exponent)| {
            let h = unit([l[0], l[1], l[2] + 1.0]);
            if shade > 0.0 {
                strength * dot(p.normal, h).max(0.0).powf(exponent)
            } else {
                0.0
            }
        });
        let shine = self.varnish.map_or(0.0, |(strength, lobe)| {
            let v = self.view_mm.map_or([0.0, 0.0, 1.0], |d| unit([-px, -py, d]));
            let h = unit([l[0] + v[0], l[1] + v[1], l[2] + v[2]]);
            strength * lobe.at(dot(p.normal, h))
        });
        p.albedo.map(|a| falloff * ((a + shine) * shade + gleam))
    }

    /// All frames as 16-bit linear images.
    pub fn stack(&self) -> FrameStack {
        let channels = if self.rgb { 3 } else { 1 };
        let frames = (0..self.lights.len()).map(|k| {
            let mut samples = Vec::with_capacity(self.width * self.height * channels);
            for y in 0..self.height {
                for x in 0..self.width {
                    let light = self.light(k, x, y);
                    for c in 0..channels {
                        let place = (((k * self.height + y) * self.width + x) * 3 + c) as u64;
                        samples.push(code(light[c] + self.sigma * gaussian(place)));
                    }
                }
            }
            Frame {
                name: format!("light-{k:02}.png"),
                raster: self.raster(samples),
                intensity: [1.0; 3],
                flat: None,
            }
        });
        FrameStack {
            frames: frames.collect(),
            dark: None,
            encoding: Encoding::Linear,
        }
    }

    pub fn raster(&self, samples: Vec<u16>) -> Raster {
        Raster {
            width: self.width,
            height: self.height,
            channels: if self.rgb { 3 } else { 1 },
            samples: Samples::U16(samples),
        }
    }
}

/// Nearest code of 16 bits.
pub fn code(light: f64) -> u16 {
    (light * 65535.0).round().clamp(0.0, 65535.0) as u16
}

/// Root mean square angle in degrees between two fields of normals.
pub fn rms_deg(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = a
        .chunks_exact(3)
        .zip(b.chunks_exact(3))
        .map(|(a, b)| {
            let d: f64 = a
                .iter()
                .zip(b)
                .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
                .sum();
            // From the chord, which keeps small angles exact.
            (2.0 * (d.sqrt() / 2.0).min(1.0).asin()).to_degrees().powi(2)
        })
        .sum();
    (sum / (a.len() / 3) as f64).sqrt()
}

/// The normal of a surface with these slopes.
pub fn from_slopes(p: f64, q: f64) -> V3 {
    unit([-p, -q, 1.0])
}

/// A flat matt card.
pub fn flat_card(_: f64, _: f64) -> Point {
    Point {
        normal: [0.0, 0.0, 1.0],
        albedo: [0.7; 3],
        z_mm: 0.0,
    }
}
