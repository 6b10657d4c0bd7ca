//! Categories of hard cards, each made at random from a seed.
#![allow(dead_code, reason = "each test file uses its own part")]

use super::Noise;
use super::scene::{HardCard, Ink, Rgb, Rule, Sheet};
use imaging::{Cancel, DecodeLimits, Encoding, Raster};

/// A drawn picture and how it was stored.
pub struct Picture {
    pub sheet: Sheet,
    pub stored: Stored,
}

#[derive(Clone, Copy)]
pub enum Stored {
    Linear16,
    Srgb8,
    Jpeg(u8),
}

impl Picture {
    pub fn encoding(&self) -> Encoding {
        match self.stored {
            Stored::Linear16 => Encoding::Linear,
            _ => Encoding::Srgb,
        }
    }

    pub fn raster(&self) -> Raster {
        match self.stored {
            Stored::Linear16 => self.sheet.raster16(),
            Stored::Srgb8 => self.sheet.raster8(),
            Stored::Jpeg(quality) => {
                let file = imaging::encode_jpeg(&self.sheet.raster8(), quality).expect("a JPEG");
                imaging::decode_bytes(&file, "card.jpg", &DecodeLimits::default(), &Cancel::new()).expect("a picture")
            }
        }
    }
}

type Make = fn(&mut Noise) -> Picture;

pub const CATEGORIES: [(&str, Make); 20] = [
    ("plain", |r| linear(card(r), r)),
    ("any rotation", |r| {
        let mut c = card(r);
        c.angle_deg = 360.0 * r.uniform();
        linear(c, r)
    }),
    ("dark card on a dark mat", |r| {
        let mut c = card(r);
        c.frame = Ink::Flat([between(r, 0.006, 0.012); 3]);
        let mut p = linear(c, r);
        p.sheet.ground = Ink::Flat([between(r, 0.022, 0.035); 3]);
        p.sheet.noise = 0.0015;
        p
    }),
    ("white border on a white mat", |r| {
        let mut c = card(r);
        let light = between(r, 0.74, 0.8);
        c.frame = Ink::Flat([light; 3]);
        let mut p = linear(c, r);
        p.sheet.ground = Ink::Flat([light + between(r, 0.04, 0.08); 3]);
        p
    }),
    ("low-contrast border", |r| {
        let mut c = card(r);
        let light = between(r, 0.4, 0.7);
        c.frame = Ink::Flat([light; 3]);
        c.art = Ink::Waves {
            mean: [light * between(r, 0.9, 0.95); 3],
            amplitude: 0.008,
        };
        linear(c, r)
    }),
    ("border in colour only", |r| {
        let mut c = card(r);
        let light = between(r, 0.3, 0.5);
        c.frame = Ink::Flat([light * 1.5, light * 0.75, light * 0.75]);
        c.art = Ink::Flat([light * 0.75, light * 0.75, light * 1.5]);
        linear(c, r)
    }),
    ("sleeve", |r| sleeved(r, 0.5, 1.6, 0.05, 0.15)),
    ("top-loader", |r| sleeved(r, 3.0, 5.5, 0.08, 0.3)),
    ("JPEG, quality 75 to 90", |r| {
        let c = card(r);
        let mut p = linear(c, r);
        p.stored = Stored::Jpeg(75 + (15.0 * r.uniform()) as u8);
        p
    }),
    ("art with the border's colour", |r| {
        let mut c = card(r);
        let frame = c.frame;
        for _ in 0..4 {
            let (x, y) = (between(r, -30.0, 10.0), between(r, -42.0, 20.0));
            let (w, h) = (between(r, 8.0, 20.0), between(r, 8.0, 20.0));
            c.patches.push(([x, y, x + w, y + h], frame));
        }
        linear(c, r)
    }),
    ("double frame", |r| {
        let mut c = card(r);
        let second = between(r, 1.4, 2.5);
        c.rules.push(Rule {
            from: 0.0,
            to: second,
            colour: hue(r, 0.1, 0.35),
        });
        linear(c, r)
    }),
    ("rule around the art", |r| {
        let mut c = card(r);
        c.rules.push(Rule {
            from: 0.0,
            to: between(r, 0.25, 0.6),
            colour: [0.02; 3],
        });
        linear(c, r)
    }),
    ("two rules around the art", |r| {
        let mut c = card(r);
        let (a, gap, b) = (between(r, 0.25, 0.45), between(r, 0.4, 0.7), between(r, 0.25, 0.45));
        let Ink::Flat(frame) = c.frame else {
            unreachable!("frames are flat")
        };
        c.rules.push(Rule {
            from: 0.0,
            to: a,
            colour: [0.05, 0.03, 0.03],
        });
        c.rules.push(Rule {
            from: a,
            to: a + gap,
            colour: frame,
        });
        c.rules.push(Rule {
            from: a + gap,
            to: a + gap + b,
            colour: [0.3, 0.05, 0.05],
        });
        linear(c, r)
    }),
    ("borderless", |r| {
        let mut c = card(r);
        c.borders = [None; 4];
        busy(&mut c, r);
        linear(c, r)
    }),
    ("one to three sides", |r| {
        let mut c = card(r);
        let keep = 1 + (14.0 * r.uniform()) as usize;
        for k in 0..4 {
            if keep >> k & 1 == 0 {
                c.borders[k] = None;
            }
        }
        busy(&mut c, r);
        linear(c, r)
    }),
    ("screened border, 133 to 200 lpi", |r| {
        let mut c = card(r);
        c.frame = Ink::Screen {
            paper: [0.8; 3],
            dots: hue(r, 0.1, 0.4),
            coverage: between(r, 0.2, 0.5),
            lines_per_inch: between(r, 133.0, 200.0),
            angle_deg: [15.0, 45.0, 75.0][(3.0 * r.uniform()) as usize],
        };
        c.art = Ink::Waves {
            mean: [0.12; 3],
            amplitude: 0.05,
        };
        at_pitch(c, 25.4 / 600.0, r)
    }),
    ("corner radius 0 to 4 mm", |r| {
        let mut c = card(r);
        c.radius = [0.0, 3.0, 3.175, between(r, 0.5, 4.0)][(4.0 * r.uniform()) as usize];
        linear(c, r)
    }),
    ("bowed edges", |r| {
        let mut c = card(r);
        c.bow = between(r, -0.35, 0.35);
        linear(c, r)
    }),
    ("noisy 8 bit", |r| {
        let mut p = linear(card(r), r);
        p.stored = Stored::Srgb8;
        p.sheet.noise = between(r, 0.01, 0.02);
        p
    }),
    ("mat with texture", |r| {
        let mut p = linear(card(r), r);
        p.sheet.ground = Ink::Waves {
            mean: [0.1; 3],
            amplitude: 0.04,
        };
        p
    }),
];

fn between(r: &mut Noise, low: f64, high: f64) -> f64 {
    low + (high - low) * r.uniform()
}

fn hue(r: &mut Noise, low: f64, high: f64) -> Rgb {
    [between(r, low, high), between(r, low, high), between(r, low, high)]
}

/// A card with four borders on flat ink, small rotation, art with texture.
fn card(r: &mut Noise) -> HardCard {
    let width = |r: &mut Noise| Some(between(r, 1.8, 5.0));
    HardCard {
        angle_deg: between(r, -3.0, 3.0),
        print_tilt_deg: between(r, -0.4, 0.4),
        borders: [width(r), width(r), width(r), width(r)],
        frame: Ink::Flat(hue(r, 0.55, 0.8)),
        art: Ink::Waves {
            mean: hue(r, 0.15, 0.35),
            amplitude: between(r, 0.02, 0.1),
        },
        ..HardCard::default()
    }
}

/// Art with shapes everywhere, some of them straight and parallel to the edges.
fn busy(c: &mut HardCard, r: &mut Noise) {
    c.art = Ink::Waves {
        mean: hue(r, 0.2, 0.5),
        amplitude: between(r, 0.08, 0.18),
    };
    for _ in 0..12 {
        let (x, y) = (between(r, -36.0, 20.0), between(r, -50.0, 30.0));
        let (w, h) = (between(r, 3.0, 18.0), between(r, 3.0, 18.0));
        let ink = Ink::Flat(hue(r, 0.05, 0.8));
        c.patches.push(([x, y, x + w, y + h], ink));
    }
}

fn sleeved(r: &mut Noise, low: f64, high: f64, dim: f64, bright: f64) -> Picture {
    let mut c = card(r);
    let over = [
        between(r, low, high),
        between(r, low, high),
        between(r, low, high),
        between(r, low, high),
    ];
    c.sleeve = Some((over, between(r, 0.1, 0.3), between(r, dim, bright)));
    linear(c, r)
}

fn linear(card: HardCard, r: &mut Noise) -> Picture {
    at_pitch(card, 0.06, r)
}

fn at_pitch(card: HardCard, pitch: f64, r: &mut Noise) -> Picture {
    let mut sheet = Sheet::of(card, pitch);
    sheet.sigma = between(r, 0.5, 1.0);
    sheet.seed = (1e9 * r.uniform()) as u64;
    Picture {
        sheet,
        stored: Stored::Linear16,
    }
}
