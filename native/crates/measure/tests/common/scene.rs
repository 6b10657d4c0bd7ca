//! Hard cards for the tests: sheets of cards with colour, halftone, rules, sleeves, bowed edges, drawn by oversampling.
//!
//! Independent of the code under test and of the simulator: every colour is a function of a place on the card in mm, a
//! pixel is the mean of its sub-samples, the lens is a Gaussian blur over pixels, and the widths are the numbers drawn.
#![allow(dead_code, reason = "each test file uses its own part")]

use super::Noise;
use imaging::{Raster, Samples};
use rayon::prelude::*;

pub type Rgb = [f64; 3];

/// A printed or unprinted area, in linear light.
#[derive(Clone, Copy)]
pub enum Ink {
    Flat(Rgb),
    /// An amplitude-modulated screen of round dots.
    Screen {
        paper: Rgb,
        dots: Rgb,
        coverage: f64,
        lines_per_inch: f64,
        angle_deg: f64,
    },
    /// Waves from 0.6 to 5 mm around a mean.
    Waves {
        mean: Rgb,
        amplitude: f64,
    },
}

impl Ink {
    fn at(&self, u: f64, v: f64) -> Rgb {
        match *self {
            Self::Flat(colour) => colour,
            Self::Screen {
                paper,
                dots,
                coverage,
                lines_per_inch,
                angle_deg,
            } => {
                let (s, c) = angle_deg.to_radians().sin_cos();
                let period = 25.4 / lines_per_inch;
                let fraction = |t: f64| t / period - (t / period).round();
                let (a, b) = (fraction(u * c + v * s), fraction(-u * s + v * c));
                // Dots of this radius cover the wanted share while they do not touch.
                let radius = (coverage / std::f64::consts::PI).sqrt();
                if a.hypot(b) < radius { dots } else { paper }
            }
            Self::Waves { mean, amplitude } => {
                let wave = 0.5 * (2.1 * u + 0.7 * v).sin() * (1.3 * v - 0.4 * u).cos()
                    + 0.3 * (9.7 * u + 7.3 * v).sin()
                    + 0.2 * (1.7 * v).cos();
                mean.map(|m| (m + amplitude * wave).max(0.0))
            }
        }
    }
}

/// A line printed around the art: between two distances from the border, positive into the art, mm.
#[derive(Clone, Copy)]
pub struct Rule {
    pub from: f64,
    pub to: f64,
    pub colour: Rgb,
}

/// One card on the sheet; lengths in mm.
#[derive(Clone)]
pub struct HardCard {
    pub size: (f64, f64),
    pub centre: (f64, f64),
    pub angle_deg: f64,
    pub print_tilt_deg: f64,
    pub radius: f64,
    /// The middle of the left and right edges stands out by this much.
    pub bow: f64,
    /// Left, right, top, bottom; `None`: the art bleeds over the edge there.
    pub borders: [Option<f64>; 4],
    pub frame: Ink,
    pub art: Ink,
    pub rules: Vec<Rule>,
    /// Areas of the art in other ink: from and to in mm from the card's centre.
    pub patches: Vec<([f64; 4], Ink)>,
    /// A film around the card: its overhang per side, the width of its bright rim and the rim's light.
    pub sleeve: Option<([f64; 4], f64, f64)>,
}

impl Default for HardCard {
    fn default() -> Self {
        Self {
            size: (63.5, 88.9),
            centre: (0.0, 0.0),
            angle_deg: 0.0,
            print_tilt_deg: 0.0,
            radius: 3.0,
            bow: 0.0,
            borders: [Some(3.0), Some(3.4), Some(2.8), Some(4.1)],
            frame: Ink::Flat([0.8; 3]),
            art: Ink::Waves {
                mean: [0.3; 3],
                amplitude: 0.1,
            },
            rules: Vec::new(),
            patches: Vec::new(),
            sleeve: None,
        }
    }
}

impl HardCard {
    fn local(&self, x: f64, y: f64) -> (f64, f64) {
        let (s, c) = self.angle_deg.to_radians().sin_cos();
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        (dx * c + dy * s, -dx * s + dy * c)
    }

    /// Distances from the left, right, top and bottom cut edges and borders, inside positive.
    fn distances(&self, u: f64, v: f64) -> ([f64; 4], [f64; 4]) {
        let (w, h) = (0.5 * self.size.0, 0.5 * self.size.1);
        let bulge = self.bow * (1.0 - (v / h).powi(2));
        let outer = [w + bulge + u, w + bulge - u, h + v, h - v];
        let slope = self.print_tilt_deg.to_radians().tan();
        let turn = [-slope * v, slope * v, slope * u, -slope * u];
        let mut inner = [f64::INFINITY; 4];
        for k in 0..4 {
            if let Some(b) = self.borders[k] {
                // The print stays straight where the edge bows.
                let straight = [w + u, w - u, h + v, h - v][k];
                inner[k] = straight - b - turn[k];
            }
        }
        (outer, inner)
    }

    /// Distance inside the rounded outline.
    fn inside(&self, outer: &[f64; 4]) -> f64 {
        let (a, b) = (outer[0].min(outer[1]), outer[2].min(outer[3]));
        if a < self.radius && b < self.radius {
            self.radius - (self.radius - a).hypot(self.radius - b)
        } else {
            a.min(b)
        }
    }

    /// True width at a station in mm, at arc length `part` of the side (edges bow by far less than they are long).
    pub fn width_mm(&self, side: usize, part: f64) -> Option<f64> {
        let slope = self.print_tilt_deg.to_radians().tan();
        let length = if side < 2 { self.size.1 } else { self.size.0 };
        let turn = [-slope, slope, slope, -slope][side];
        let bulge = if side < 2 {
            self.bow * (1.0 - (2.0 * part - 1.0).powi(2))
        } else {
            0.0
        };
        self.borders[side].map(|b| b + turn * (part - 0.5) * length + bulge)
    }

    /// Colour at a place of the sheet and whether a boundary is nearer than `reach`; `None` off the card and its sleeve.
    fn colour(&self, x: f64, y: f64, reach: f64) -> (Option<Rgb>, bool) {
        let (u, v) = self.local(x, y);
        let (outer, inner) = self.distances(u, v);
        let inside = self.inside(&outer);
        if inside < -12.0 {
            return (None, false);
        }
        let depth = inner.into_iter().fold(f64::INFINITY, f64::min);
        let mut near = inside.abs() < reach || depth.abs() < reach;
        if inside < 0.0 {
            let Some((over, rim, light)) = self.sleeve else {
                return (None, near);
            };
            let film = (0..4).map(|k| outer[k] + over[k]).fold(f64::INFINITY, f64::min);
            near |= film.abs() < reach + rim;
            return ((film > 0.0 && film < rim).then_some([light; 3]), near);
        }
        let any = self.borders.iter().any(Option::is_some);
        let rule = self.rules.iter().find(|r| any && depth >= r.from && depth < r.to);
        near |= self
            .rules
            .iter()
            .any(|r| (depth - r.from).abs() < reach || (depth - r.to).abs() < reach);
        if let Some(rule) = rule {
            return (Some(rule.colour), near);
        }
        if any && depth < 0.0 {
            return (Some(self.frame.at(u, v)), near);
        }
        let in_patch = |p: &&([f64; 4], Ink)| u >= p.0[0] && u < p.0[2] && v >= p.0[1] && v < p.0[3];
        let ink = self.patches.iter().find(in_patch).map_or(&self.art, |p| &p.1);
        near |= !self.patches.is_empty();
        (Some(ink.at(u, v)), near)
    }

    fn screened(&self) -> bool {
        let screen = |ink: &Ink| matches!(ink, Ink::Screen { .. });
        screen(&self.frame) || screen(&self.art)
    }
}

/// Cards on a ground, as a camera or scanner sees them.
#[derive(Clone)]
pub struct Sheet {
    pub image_px: (usize, usize),
    pub pitch: f64,
    pub ground: Ink,
    pub cards: Vec<HardCard>,
    /// Blur, px.
    pub sigma: f64,
    /// White noise, full scale = 1.
    pub noise: f64,
    pub seed: u64,
}

impl Sheet {
    /// One card in the middle of a picture with a rim of 6 mm around its turned outline.
    pub fn of(card: HardCard, pitch: f64) -> Self {
        let (s, c) = card.angle_deg.to_radians().sin_cos();
        let (w, h) = card.size;
        let (width, height) = (w * c.abs() + h * s.abs() + 12.0, w * s.abs() + h * c.abs() + 12.0);
        let px = |mm: f64| (mm / pitch).ceil() as usize;
        Self {
            image_px: (px(width), px(height)),
            pitch,
            ground: Ink::Flat([0.03; 3]),
            cards: vec![HardCard {
                // Off the pixel grid.
                centre: (0.5 * width + 0.37 * pitch, 0.5 * height - 0.21 * pitch),
                ..card
            }],
            sigma: 0.7,
            noise: 0.003,
            seed: 1,
        }
    }

    /// Linear light, three channels, row by row.
    pub fn light(&self) -> Vec<f32> {
        let (w, h) = self.image_px;
        let fine = if self.cards.iter().any(HardCard::screened) {
            4
        } else {
            1
        };
        let mut out = vec![0.0f32; 3 * w * h];
        out.par_chunks_mut(3 * w).enumerate().for_each(|(y, row)| {
            for x in 0..w {
                let colour = self.pixel(x as f64, y as f64, fine);
                row[3 * x..3 * x + 3].copy_from_slice(&colour.map(|c| c as f32));
            }
        });
        self.blur(&mut out);
        let mut noise = Noise(self.seed);
        for value in &mut out {
            *value += (self.noise * noise.gauss()) as f32;
        }
        out
    }

    fn pixel(&self, x: f64, y: f64, fine: usize) -> Rgb {
        let reach = 1.0 * self.pitch;
        let at = |x: f64, y: f64| -> (Rgb, bool) {
            let (mm, mut near) = ((x * self.pitch, y * self.pitch), false);
            for card in &self.cards {
                let (colour, close) = card.colour(mm.0, mm.1, reach);
                near |= close;
                if let Some(colour) = colour {
                    return (colour, near);
                }
            }
            (self.ground.at(mm.0, mm.1), near)
        };
        let (centre, near) = at(x, y);
        let n = if near { 5 } else { fine };
        if n == 1 {
            return centre;
        }
        let mut sum = [0.0; 3];
        for i in 0..n * n {
            let offset = |k: usize| (k as f64 + 0.5) / n as f64 - 0.5;
            let (colour, _) = at(x + offset(i % n), y + offset(i / n));
            for (s, c) in sum.iter_mut().zip(colour) {
                *s += c;
            }
        }
        sum.map(|s| s / (n * n) as f64)
    }

    fn blur(&self, light: &mut [f32]) {
        let (w, h) = self.image_px;
        let radius = (4.0 * self.sigma).ceil() as i64;
        let mut kernel: Vec<f32> = (-radius..=radius)
            .map(|i| (-0.5 * (i as f64 / self.sigma).powi(2)).exp() as f32)
            .collect();
        let total: f32 = kernel.iter().sum();
        kernel.iter_mut().for_each(|k| *k /= total);
        let source = light.to_vec();
        let mut across = vec![0.0f32; light.len()];
        across
            .par_chunks_mut(3 * w)
            .zip(source.par_chunks(3 * w))
            .for_each(|(out, row)| {
                for x in 0..w as i64 {
                    for (k, weight) in kernel.iter().enumerate() {
                        let from = (x + k as i64 - radius).clamp(0, w as i64 - 1) as usize;
                        for c in 0..3 {
                            out[3 * x as usize + c] += weight * row[3 * from + c];
                        }
                    }
                }
            });
        light.par_chunks_mut(3 * w).enumerate().for_each(|(y, out)| {
            out.fill(0.0);
            for (k, weight) in kernel.iter().enumerate() {
                let from = (y as i64 + k as i64 - radius).clamp(0, h as i64 - 1) as usize;
                for (o, v) in out.iter_mut().zip(&across[3 * w * from..3 * w * (from + 1)]) {
                    *o += weight * v;
                }
            }
        });
    }

    /// As 16-bit linear RGB.
    pub fn raster16(&self) -> Raster {
        let code = |v: &f32| (v.clamp(0.0, 1.0) * 65_535.0).round() as u16;
        self.raster(Samples::U16(self.light().iter().map(code).collect()))
    }

    /// As 8-bit sRGB.
    pub fn raster8(&self) -> Raster {
        let code = |v: &f32| {
            let v = f64::from(v.clamp(0.0, 1.0));
            // IEC 61966-2-1.
            let encoded = if v <= 0.003_130_8 {
                12.92 * v
            } else {
                1.055 * v.powf(1.0 / 2.4) - 0.055
            };
            (255.0 * encoded).round() as u8
        };
        self.raster(Samples::U8(self.light().iter().map(code).collect()))
    }

    fn raster(&self, samples: Samples) -> Raster {
        Raster {
            width: self.image_px.0,
            height: self.image_px.1,
            channels: 3,
            samples,
        }
    }
}
