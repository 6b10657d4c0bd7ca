//! Sides by formula: a wavy printed card with noise, highlights, shadows and clipped spots.

use imaging::{Encoding, Frame, FrameStack, Raster, Samples};
use photometric::{Light, SolveOptions};

/// What a side is made of.
#[derive(Clone, Copy)]
pub struct Scene {
    pub width: usize,
    pub height: usize,
    pub lights: usize,
    pub channels: usize,
    pub bits: usize,
    /// Standard deviation of a sample, 1 = full scale.
    pub noise: f64,
    /// Lights 200 mm away instead of far ones.
    pub near: bool,
    pub flat: bool,
    pub dark: bool,
    pub srgb: bool,
    /// Highlights on one or two samples, shadows on two neighbours, clipped spots.
    pub spoilt: bool,
    /// Strength of a specular lobe.
    pub varnish: f64,
    /// Factor on the slopes of the waves.
    pub relief: f64,
    /// Millimetres a pixel.
    pub pitch_mm: f64,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            width: 331,
            height: 290,
            lights: 8,
            channels: 1,
            bits: 16,
            noise: 0.004,
            near: false,
            flat: false,
            dark: false,
            srgb: false,
            spoilt: true,
            varnish: 0.0,
            relief: 1.0,
            pitch_mm: 0.25,
        }
    }
}

const DARK: f64 = 0.01;

type V3 = [f64; 3];

fn dot(a: V3, b: V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn unit(a: V3) -> V3 {
    let length = dot(a, a).sqrt();
    a.map(|v| v / length)
}

impl Scene {
    /// The true unit normal at a pixel.
    pub fn normal(&self, x: usize, y: usize) -> V3 {
        let (p, q) = (0.12 * (x as f64 * 0.05).sin(), 0.1 * (y as f64 * 0.04).cos());
        unit([-p * self.relief, -q * self.relief, 1.0])
    }

    /// The true albedo of a channel at a pixel.
    pub fn albedo(&self, x: usize, y: usize, channel: usize) -> f64 {
        let print = 0.45 + 0.25 * ((x / 23 + y / 31) % 2) as f64;
        print * [1.0, 0.8, 0.65][channel] + 0.05 * (x as f64 * 0.01).sin()
    }

    fn direction(&self, k: usize) -> V3 {
        let a = k as f64 / self.lights as f64 * std::f64::consts::TAU + 0.1;
        let elevation = if k.is_multiple_of(2) { 0.8 } else { 1.2 };
        unit([a.cos(), a.sin(), elevation])
    }

    pub fn options(&self) -> SolveOptions {
        let light = |k| {
            let d = self.direction(k);
            if self.near {
                Light::PositionMm(d.map(|v| v * 200.0))
            } else {
                Light::Direction(d)
            }
        };
        let mut options = SolveOptions::new((0..self.lights).map(light).collect());
        options.pixel_pitch_mm = Some(self.pitch_mm);
        options.view_distance_mm = (self.varnish > 0.0).then_some(400.0);
        options
    }

    fn place(&self, x: usize, y: usize) -> [f64; 2] {
        [
            (x as f64 - (self.width as f64 - 1.0) / 2.0) * self.pitch_mm,
            (y as f64 - (self.height as f64 - 1.0) / 2.0) * self.pitch_mm,
        ]
    }

    /// Unit vector to light k, and how bright it is there.
    fn towards(&self, k: usize, x: usize, y: usize) -> (V3, f64) {
        let d = self.direction(k);
        if !self.near {
            return (d, 1.0);
        }
        let place = self.place(x, y);
        let s = d.map(|v| v * 200.0);
        let to = [s[0] - place[0], s[1] - place[1], s[2]];
        let here = unit(to);
        (here, dot(s, s) / dot(to, to) * dot(d, here))
    }

    fn light(&self, k: usize, x: usize, y: usize, channel: usize) -> f64 {
        let ((l, brightness), n) = (self.towards(k, x, y), self.normal(x, y));
        let shade = dot(n, l).max(0.0);
        let place = self.place(x, y);
        let half = unit([l[0], l[1], l[2] + 1.0]);
        let view = unit([-place[0], -place[1], 400.0]);
        let half = if self.varnish > 0.0 {
            unit([l[0] + view[0], l[1] + view[1], l[2] + view[2]])
        } else {
            half
        };
        let lobe = self.varnish * dot(n, half).max(0.0).powi(40);
        let mut value = brightness * shade * (self.albedo(x, y, channel) + lobe);
        if self.spoilt {
            let block = x / 12 + y / 12 * 40;
            if block.is_multiple_of(9)
                && (k == block % self.lights || block.is_multiple_of(18) && k == (block / 5) % self.lights)
            {
                value += 0.15;
            }
            if block.is_multiple_of(31) && (k == 1 || k == 2) {
                value = 0.0;
            }
            if block.is_multiple_of(47) && k == 4 {
                value = 2.0;
            }
        }
        value
    }

    pub fn stack(&self) -> FrameStack {
        let intensity = [1.0, 1.1, 0.9];
        let grey = intensity.iter().sum::<f32>() / 3.0;
        let factor = |c: usize| f64::from(if self.channels == 1 { grey } else { intensity[c] });
        let frames = (0..self.lights).map(|k| {
            let flat = self.flat.then(|| {
                self.raster(|x, y, c, _| {
                    let (l, brightness) = self.towards(k, x, y);
                    0.8 * factor(c) * l[2] * brightness
                })
            });
            let raster = self.raster(|x, y, c, i| {
                let white = if self.flat { 0.8 } else { 1.0 };
                let place = k * self.width * self.height * self.channels + i;
                white * factor(c) * 0.9 * self.light(k, x, y, c) + self.noise * gauss(place)
            });
            Frame {
                name: format!("light {k}"),
                raster,
                intensity,
                flat,
            }
        });
        FrameStack {
            frames: frames.collect(),
            dark: self.dark.then(|| self.raster(|_, _, _, _| 0.0)),
            encoding: if self.srgb { Encoding::Srgb } else { Encoding::Linear },
        }
    }

    fn raster(&self, light: impl Fn(usize, usize, usize, usize) -> f64) -> Raster {
        let n = self.width * self.height * self.channels;
        let codes = (0..n).map(|i| {
            let (pixel, c) = (i / self.channels, i % self.channels);
            let floor = if self.dark { DARK } else { 0.0 };
            let value = (light(pixel % self.width, pixel / self.width, c, i) + floor).clamp(0.0, 1.0);
            if !self.srgb {
                value
            } else if value <= 0.003_130_8 {
                12.92 * value
            } else {
                1.055 * value.powf(1.0 / 2.4) - 0.055
            }
        });
        let samples = if self.bits == 8 {
            Samples::U8(codes.map(|v| (v * 255.0).round() as u8).collect())
        } else {
            Samples::U16(codes.map(|v| (v * 65535.0).round() as u16).collect())
        };
        Raster {
            width: self.width,
            height: self.height,
            channels: self.channels,
            samples,
        }
    }
}

/// Repeatable noise of standard deviation 1.
fn gauss(place: usize) -> f64 {
    let mut state = (place as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let mut sum = 0.0;
    for _ in 0..3 {
        state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state ^= state >> 27;
        sum += (0..4)
            .map(|part| (state >> (16 * part) & 0xffff) as f64 / 65536.0)
            .sum::<f64>();
    }
    sum - 6.0
}
