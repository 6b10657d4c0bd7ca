//! What is printed inside the border: reflectance as a function of the place on the card.

mod back;
pub(crate) mod colour;
mod front;
mod ink;
pub(crate) mod noise;
mod picture;

use crate::layout::Layout;
use crate::rng::{Draw, key};
use crate::{ArtKind, Side, Spec};
use colour::{Rgb, hex, mix, scale};
use ink::Ink;

const PURPOSE_ART: u64 = 3;

/// Width of the design that front and back are drawn on, in design units (about 1 mm on a standard card).
const DESIGN: [f64; 2] = [57.0, 82.0];

/// Colours of a card's element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    pub dark: Rgb,
    pub mid: Rgb,
    pub light: Rgb,
    pub accent: Rgb,
    pub sky: [Rgb; 3],
    pub name: &'static str,
}

fn theme(index: usize) -> Theme {
    let make = |name, c: [u32; 7]| Theme {
        name,
        dark: hex(c[0]),
        mid: hex(c[1]),
        light: hex(c[2]),
        accent: hex(c[3]),
        sky: [hex(c[4]), hex(c[5]), hex(c[6])],
    };
    match index {
        0 => make(
            "EMBERLAKE",
            [0x5a1e1a, 0xb5452c, 0xf2b27a, 0xffd166, 0x2b2350, 0xc4527a, 0xffb36b],
        ),
        1 => make(
            "TIDEHAVEN",
            [0x123a5c, 0x2a78a8, 0xa9d8ec, 0xf4d35e, 0x1c3f7a, 0x5aa3d8, 0xd8eefa],
        ),
        2 => make(
            "MOSSVALE",
            [0x1d4030, 0x3f8a55, 0xbfe0a8, 0xf2c14e, 0x20586a, 0x78b8a8, 0xf0ecc0],
        ),
        _ => make(
            "DUSKSPIRE",
            [0x33235c, 0x6a4ca8, 0xcbb8ee, 0xffc857, 0x1b1640, 0x6a3f8c, 0xf08a8a],
        ),
    }
}

/// One side's print, ready to be asked for colours.
#[derive(Clone, Debug)]
pub(crate) struct Art {
    kind: ArtKind,
    side: Side,
    origin: [f64; 2],
    scale: [f64; 2],
    /// Sigma of point spread and pixel, design units.
    blur: f64,
    theme: Theme,
    key: u64,
    texture: f64,
    ink: Ink,
}

impl Art {
    /// `blur_mm` is the sigma of point spread and pixel together.
    pub(crate) fn new(spec: &Spec, layout: &Layout, blur_mm: f64) -> Self {
        let [l, t, r, b] = layout.second.unwrap_or(layout.frame);
        let (l, t) = (l.max(-layout.half[0]), t.max(-layout.half[1]));
        let (r, b) = (r.min(layout.half[0]), b.min(layout.half[1]));
        let scale = [DESIGN[0] / (r - l), DESIGN[1] / (b - t)];
        let blur = blur_mm * (scale[0] * scale[1]).sqrt();
        let theme = theme(Draw::new(spec.art_seed(), PURPOSE_ART).below(4));
        let mut ink = Ink::new(DESIGN[0] as usize, DESIGN[1] as usize, blur);
        match spec.side {
            Side::Front => front::letter(&mut ink, &theme, spec.art_seed()),
            Side::Back => back::letter(&mut ink),
        }
        Self {
            kind: spec.art,
            side: spec.side,
            origin: [l, t],
            scale,
            blur,
            theme,
            key: key(spec.art_seed(), PURPOSE_ART),
            texture: spec.art_texture,
            ink,
        }
    }

    /// Linear reflectance at a point of the print frame, mm.
    pub(crate) fn colour(&self, print: [f64; 2]) -> Rgb {
        let p = [0, 1].map(|a| (print[a] - self.origin[a]) * self.scale[a]);
        let base = match self.kind {
            ArtKind::Plain => hex(0x6a7a98),
            ArtKind::Texture => {
                let n = noise::fractal(self.key, print[0] / 3.0, print[1] / 3.0, 5);
                mix(hex(0x304a80), hex(0xd8a860), 0.5 + 0.9 * n)
            }
            ArtKind::Halftone => self.halftone(p),
            _ => self.design(p),
        };
        if self.texture == 0.0 {
            return base;
        }
        scale(
            base,
            1.0 + self.texture * noise::fractal(self.key ^ 9, print[0] / 0.35, print[1] / 0.35, 3),
        )
    }

    fn design(&self, p: [f64; 2]) -> Rgb {
        self.ink.over(p, self.ground(p))
    }

    fn ground(&self, p: [f64; 2]) -> Rgb {
        match self.side {
            Side::Front => front::ground(self, p),
            Side::Back => back::ground(self, p),
        }
    }

    /// Cyan, magenta and yellow dots on three screens (15, 75 and 0 degrees), 4.5 dots a design unit (about 115 lines an
    /// inch); lettering is printed solid.
    fn halftone(&self, p: [f64; 2]) -> Rgb {
        const RULING: f64 = 4.5;
        let mut paper = hex(0xf4f1e8);
        for (channel, angle) in [(0usize, 15.0f64), (1, 75.0), (2, 0.0)] {
            let (s, c) = angle.to_radians().sin_cos();
            let (u, v) = (RULING * (c * p[0] + s * p[1]), RULING * (-s * p[0] + c * p[1]));
            let cell = [u.floor() + 0.5, v.floor() + 0.5];
            let at = [
                (c * cell[0] - s * cell[1]) / RULING,
                (s * cell[0] + c * cell[1]) / RULING,
            ];
            // Dots of 90 % density: the mean reflectance is that of the design (Murray 1936, Davies).
            let area = ((1.0 - self.ground(at)[channel]) / 0.9).clamp(0.0, 0.98);
            let radius = (area / std::f64::consts::PI).sqrt();
            let distance = (radius - (u - cell[0]).hypot(v - cell[1])) / RULING;
            paper[channel] *= 1.0 - 0.9 * colour::cover(distance, self.blur);
        }
        self.ink.over(p, paper)
    }
}
