//! An analytic card renderer for the tests, independent of the code under test and of the simulator.
//!
//! Gaussian-blurred straight edges, integrated over every pixel's area by a 4 x 4 Gauss-Legendre rule.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod categories;
pub mod scene;
pub mod tally;

use imaging::{Plane, Raster, Samples};
use rayon::prelude::*;

/// Gauss-Legendre nodes and weights on -0.5..0.5.
const NODES: [(f64, f64); 4] = [
    (-0.430_568_155_797_026_3, 0.173_927_422_568_727),
    (-0.169_990_521_792_428_1, 0.326_072_577_431_273),
    (0.169_990_521_792_428_1, 0.326_072_577_431_273),
    (0.430_568_155_797_026_3, 0.173_927_422_568_727),
];

/// Normal distribution by the series of erf near 0 and a continued fraction in the tails (to 1e-13).
pub fn phi(x: f64) -> f64 {
    let z = x.abs();
    let tail = if z < 3.0 {
        // Phi(z) - 1/2 = pdf(z) * (z + z^3/3 + z^5/15 + ...), Marsaglia 2004.
        let (mut sum, mut term, mut k) = (z, z, 1.0);
        while term > 1e-17 {
            k += 2.0;
            term *= z * z / k;
            sum += term;
        }
        0.5 - sum * pdf(z)
    } else {
        let mut fraction = z;
        for k in (1..=80).rev() {
            fraction = z + f64::from(k) / fraction;
        }
        pdf(z) / fraction
    };
    if x >= 0.0 { 1.0 - tail } else { tail }
}

pub fn pdf(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// A small deterministic generator (SplitMix64) with Gaussian output (Box-Muller).
pub struct Noise(pub u64);

impl Noise {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn gauss(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(1e-300), self.uniform());
        (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }
}

/// Renders `light(x, y)` integrated over each pixel where `near(x, y)` says that it varies, sampled at its centre elsewhere.
pub fn render(
    width: usize,
    height: usize,
    near: impl Fn(f64, f64) -> bool + Sync,
    light: impl Fn(f64, f64) -> f64 + Sync,
) -> Plane {
    let mut plane = Plane::filled(width, height, 0.0);
    plane.data.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, value) in row.iter_mut().enumerate() {
            let (cx, cy) = (x as f64, y as f64);
            *value = if near(cx, cy) {
                let mut sum = 0.0;
                for (dy, wy) in NODES {
                    for (dx, wx) in NODES {
                        sum += wx * wy * light(cx + dx, cy + dy);
                    }
                }
                sum as f32
            } else {
                light(cx, cy) as f32
            };
        }
    });
    plane
}

/// A straight edge through `at` whose normal points `degrees` from the x axis, from `low` to `high`.
pub fn edge_plane(size: usize, at: (f64, f64), degrees: f64, sigma: f64, low: f64, high: f64) -> Plane {
    let (s, c) = degrees.to_radians().sin_cos();
    let distance = |x: f64, y: f64| (x - at.0) * c + (y - at.1) * s;
    render(
        size,
        size,
        |x, y| distance(x, y).abs() < 10.0 * sigma + 2.0,
        |x, y| low + (high - low) * phi(distance(x, y) / sigma),
    )
}

/// A card; lengths in mm.
#[derive(Clone)]
pub struct Card {
    pub image_px: (usize, usize),
    pub pitch: f64,
    pub size: (f64, f64),
    /// Position of the card's centre in the image, px.
    pub centre_px: (f64, f64),
    pub angle_deg: f64,
    pub print_tilt_deg: f64,
    /// Left, right, top, bottom widths at the middle of each side; `None`: no border there.
    pub borders: [Option<f64>; 4],
    pub mat: f64,
    pub frame: f64,
    pub art: f64,
    /// Amplitude of the texture in the art.
    pub texture: f64,
    pub sigma: f64,
}

impl Default for Card {
    fn default() -> Self {
        Self {
            image_px: (1800, 2450),
            pitch: 0.04,
            size: (63.5, 88.9),
            centre_px: (901.3, 1222.6),
            angle_deg: 0.0,
            print_tilt_deg: 0.0,
            borders: [Some(3.0), Some(3.4), Some(2.8), Some(4.1)],
            mat: 0.04,
            frame: 0.8,
            art: 0.25,
            texture: 0.0,
            sigma: 0.8,
        }
    }
}

impl Card {
    /// Card coordinates (mm from its centre) of an image position.
    fn local(&self, x: f64, y: f64) -> (f64, f64) {
        let (s, c) = self.angle_deg.to_radians().sin_cos();
        let (dx, dy) = ((x - self.centre_px.0) * self.pitch, (y - self.centre_px.1) * self.pitch);
        (dx * c + dy * s, -dx * s + dy * c)
    }

    /// Signed distances (mm, inside positive) from the left, right, top and bottom cut edges and print boundaries.
    fn distances(&self, x: f64, y: f64) -> ([f64; 4], [f64; 4]) {
        let (u, v) = self.local(x, y);
        let (w, h) = (0.5 * self.size.0, 0.5 * self.size.1);
        let outer = [w + u, w - u, h + v, h - v];
        let t = self.print_tilt_deg.to_radians();
        // Tilted boundaries keep their width at the middle of each side.
        let slope = t.tan();
        let along = [v, v, u, u];
        let turn = [-slope, slope, slope, -slope];
        let mut inner = [f64::INFINITY; 4];
        for k in 0..4 {
            if let Some(b) = self.borders[k] {
                inner[k] = (outer[k] - b - turn[k] * along[k]) * t.cos();
            }
        }
        (outer, inner)
    }

    /// True width at a station in mm: along the inward normal of the cut edge, at arc length `part` of the side.
    pub fn width_mm(&self, side: usize, part: f64) -> Option<f64> {
        let slope = self.print_tilt_deg.to_radians().tan();
        let length = if side < 2 { self.size.1 } else { self.size.0 };
        let turn = [-slope, slope, slope, -slope][side];
        self.borders[side].map(|b| b + turn * (part - 0.5) * length)
    }

    pub fn light(&self, x: f64, y: f64) -> f64 {
        let (outer, inner) = self.distances(x, y);
        let sigma = self.sigma * self.pitch;
        let cover = |d: &[f64; 4]| {
            d.iter()
                .map(|d| if *d > 9.0 * sigma { 1.0 } else { phi(d / sigma) })
                .product::<f64>()
        };
        let (card, art) = (cover(&outer), cover(&inner));
        let (u, v) = self.local(x, y);
        // Waves of 2 to 5 mm and a fine one, of no common period with pixels or stations.
        if self.texture == 0.0 {
            return self.mat + (self.frame - self.mat) * card + (self.art - self.frame) * art;
        }
        let wave = 0.5 * (2.1 * u + 0.7 * v).sin() * (1.3 * v - 0.4 * u).cos() + 0.3 * (9.7 * u + 7.3 * v).sin();
        self.mat + (self.frame - self.mat) * card + (self.art + self.texture * wave - self.frame) * art
    }

    pub fn plane(&self) -> Plane {
        let reach = (9.0 * self.sigma + 1.5) * self.pitch;
        render(
            self.image_px.0,
            self.image_px.1,
            |x, y| {
                let (outer, inner) = self.distances(x, y);
                outer.iter().chain(&inner).any(|d| d.abs() < reach)
            },
            |x, y| self.light(x, y),
        )
    }
}

/// Adds white Gaussian noise.
pub fn add_noise(plane: &mut Plane, std: f64, seed: u64) {
    let mut noise = Noise(seed);
    for value in &mut plane.data {
        *value += (std * noise.gauss()) as f32;
    }
}

/// Quantises to 16-bit linear grey.
pub fn to_raster16(plane: &Plane) -> Raster {
    let code = |v: &f32| (f64::from(*v) * 65_535.0).round().clamp(0.0, 65_535.0) as u16;
    Raster {
        width: plane.width,
        height: plane.height,
        channels: 1,
        samples: Samples::U16(plane.data.iter().map(code).collect()),
    }
}

/// Mean and standard deviation.
pub fn mean_std(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (
        mean,
        (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt(),
    )
}
