//! An analytic card: discs and bars with Gaussian-blurred rims on a tinted ground, integrated over every pixel.

use imaging::{Cancel, Plane, PlaneSource};
use measure::{OutlineOptions, RefineOptions, find_outline, reference_points, refine};
use rayon::prelude::*;
use register::{Cut, Identity, Reference, ReferenceKind, Template, learn, propose};

/// Two-point Gauss-Legendre rule on a pixel; the blurred print is smooth on that scale.
const NODE: f64 = 0.288_675_134_594_812_9;

pub struct Random(pub u64);

impl Random {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    pub fn gauss(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(1e-300), self.uniform());
        (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }
}

#[derive(Clone, Copy)]
struct Shape {
    at: [f64; 2],
    half: [f64; 2],
    turn: [f64; 2],
    round: bool,
    light: f64,
}

/// A design: shapes in print millimetres.
#[derive(Clone)]
pub struct Design {
    shapes: Vec<Shape>,
    size: [f64; 2],
    /// Shapes near each square of 2 mm, painted in their order.
    bins: Vec<Vec<usize>>,
    columns: usize,
}

const BIN: f64 = 2.0;
const BLEED: f64 = 4.0;

impl Design {
    pub fn new(seed: u64, size: [f64; 2]) -> Self {
        let mut r = Random(seed);
        let count = (size[0] * size[1] / 5.0) as usize;
        let shapes: Vec<Shape> = (0..count)
            .map(|i| {
                let a = r.range(0.0, 3.2);
                Shape {
                    at: [0, 1].map(|k| r.range(-0.5, 0.5) * (size[k] + 4.0)),
                    half: [r.range(0.25, 1.8), r.range(0.15, 1.0)],
                    turn: [a.cos(), a.sin()],
                    round: i % 3 == 0,
                    light: r.range(0.05, 0.6),
                }
            })
            .collect();
        let [columns, rows] = size.map(|s| ((s + 2.0 * BLEED) / BIN).ceil() as usize + 1);
        let mut bins = vec![Vec::new(); columns * rows];
        for (i, s) in shapes.iter().enumerate() {
            let reach = s.half[0].max(s.half[1]) + 0.4;
            let index = |v: f64, a: usize, n: usize| (((v + size[a] / 2.0 + BLEED) / BIN).max(0.0) as usize).min(n - 1);
            for y in index(s.at[1] - reach, 1, rows)..=index(s.at[1] + reach, 1, rows) {
                for x in index(s.at[0] - reach, 0, columns)..=index(s.at[0] + reach, 0, columns) {
                    bins[y * columns + x].push(i);
                }
            }
        }
        Self {
            shapes,
            size,
            bins,
            columns,
        }
    }

    /// The same design but for what is printed within `radius` mm of a place.
    pub fn but_for(&self, place: [f64; 2], radius: f64) -> Self {
        let mut twin = self.clone();
        for s in &mut twin.shapes {
            if (s.at[0] - place[0]).hypot(s.at[1] - place[1]) < radius {
                s.light = 0.65 - s.light;
            }
        }
        twin
    }

    fn light(&self, p: [f64; 2], blur: f64) -> f64 {
        let mut v = 0.3 + 0.004 * p[0] - 0.003 * p[1];
        let [x, y] = [0, 1].map(|a| ((p[a] + self.size[a] / 2.0 + BLEED) / BIN).max(0.0) as usize);
        for &i in self
            .bins
            .get(y * self.columns + x.min(self.columns - 1))
            .into_iter()
            .flatten()
        {
            let s = &self.shapes[i];
            let d = [p[0] - s.at[0], p[1] - s.at[1]];
            let q = [s.turn[0] * d[0] + s.turn[1] * d[1], s.turn[0] * d[1] - s.turn[1] * d[0]];
            let cover = if s.round {
                phi((s.half[1] - q[0].hypot(q[1])) / blur)
            } else {
                phi((s.half[0] - q[0].abs()) / blur) * phi((s.half[1] - q[1].abs()) / blur)
            };
            v += cover * (s.light - v);
        }
        v
    }
}

/// Normal distribution by W. J. Cody's style of complementary error function (Numerical Recipes erfcc, 1.2e-7).
pub fn phi(x: f64) -> f64 {
    let z = x.abs() * std::f64::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    let poly = -z * z - 1.265_512_23
        + t * (1.000_023_68
            + t * (0.374_091_96
                + t * (0.096_784_18
                    + t * (-0.186_288_06
                        + t * (0.278_868_07
                            + t * (-1.135_203_98 + t * (1.488_515_87 + t * (-0.822_152_23 + t * 0.170_872_77))))))));
    let tail = 0.5 * t * poly.exp();
    if x >= 0.0 { 1.0 - tail } else { tail }
}

/// One picture of one card.
#[derive(Clone)]
pub struct Shot {
    pub size: [f64; 2],
    pub pitch: f64,
    /// Print against cut: shift in mm, turn in degrees.
    pub shift: [f64; 2],
    pub turn_deg: f64,
    /// The card in the picture.
    pub rotation_deg: f64,
    pub offset: [f64; 2],
    /// Optics, px.
    pub blur_px: f64,
    pub noise: f64,
    pub gain: f64,
    pub veil: f64,
    pub seed: u64,
}

pub const SIZE: [f64; 2] = [24.0, 32.0];

impl Default for Shot {
    fn default() -> Self {
        Self {
            size: SIZE,
            pitch: 0.04,
            shift: [0.0; 2],
            turn_deg: 0.0,
            rotation_deg: 0.3,
            offset: [0.13, -0.21],
            blur_px: 0.8,
            noise: 0.004,
            gain: 1.0,
            veil: 0.0,
            seed: 1,
        }
    }
}

/// Draws a card of a design without any border on a bright mat.
pub fn shoot(design: &Design, shot: &Shot) -> Plane {
    let [width, height] = shot.size.map(|s| ((s + 6.0) / shot.pitch).round() as usize);
    let (sr, cr) = shot.rotation_deg.to_radians().sin_cos();
    let (sp, cp) = shot.turn_deg.to_radians().sin_cos();
    let blur = shot.blur_px * shot.pitch;
    let light = |x: f64, y: f64| {
        let u = (x - 0.5 * (width as f64 - 1.0)) * shot.pitch - shot.offset[0];
        let v = (y - 0.5 * (height as f64 - 1.0)) * shot.pitch - shot.offset[1];
        let card = [cr * u + sr * v, cr * v - sr * u];
        let edge = [0, 1].map(|a| shot.size[a] / 2.0 - card[a].abs());
        let near = edge[0].min(edge[1]) / blur;
        if near < -7.0 {
            return 0.95;
        }
        let d = [card[0] - shot.shift[0], card[1] - shot.shift[1]];
        let print = design.light([cp * d[0] + sp * d[1], cp * d[1] - sp * d[0]], blur);
        let cover = if near > 7.0 {
            1.0
        } else {
            phi(edge[0] / blur) * phi(edge[1] / blur)
        };
        0.95 + cover * (shot.gain * print + shot.veil - 0.95)
    };
    let mut plane = Plane::filled(width, height, 0.0);
    plane.data.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        let mut noise = Random(shot.seed.wrapping_mul(0x1000_0001).wrapping_add(y as u64 * 7919));
        for (x, value) in row.iter_mut().enumerate() {
            let (x, y) = (x as f64, y as f64);
            let sum = light(x - NODE, y - NODE)
                + light(x + NODE, y - NODE)
                + light(x - NODE, y + NODE)
                + light(x + NODE, y + NODE);
            *value = (0.25 * sum + shot.noise * noise.gauss()) as f32;
        }
    });
    plane
}

/// The cut as the measurement finds it.
pub fn cut_of(plane: &Plane, shot: &Shot) -> Cut {
    let (src, cancel) = (PlaneSource(plane), Cancel::new());
    let options = OutlineOptions {
        expected_size_mm: Some(shot.size),
        pixel_pitch_mm: Some(shot.pitch),
        ..OutlineOptions::default()
    };
    let outline = find_outline(&src, &options, &cancel).expect("the card is found");
    let refine_options = RefineOptions {
        pixel_pitch_mm: Some(shot.pitch),
        ..RefineOptions::default()
    };
    let refinement = refine(&src, &outline, &reference_points(&outline), &refine_options, &cancel).expect("refined");
    Cut::from_refinement(&refinement, shot.pitch).expect("four sides")
}

pub fn identity(name: &str) -> Identity {
    Identity {
        name: name.into(),
        set: "test".into(),
        side: "front".into(),
        card_mm: None,
        reference: Reference {
            kind: ReferenceKind::Example,
            shift_mm: [0.0; 2],
            turn_deg: 0.0,
            uncertainty_mm: [0.0; 2],
            turn_uncertainty_deg: 0.0,
        },
        margins_mm: None,
    }
}

/// Learns a design from a shot, with the anchors that are proposed.
pub fn teach(name: &str, design: &Design, shot: &Shot) -> Template {
    let plane = shoot(design, shot);
    let (src, cancel) = (PlaneSource(&plane), Cancel::new());
    let cut = cut_of(&plane, shot);
    let places: Vec<[f64; 2]> = propose(&src, &cut, &cancel)
        .expect("anchors")
        .iter()
        .map(|p| p.at_mm)
        .collect();
    learn(&src, &cut, &places, &identity(name), &cancel)
        .expect("learned")
        .template
}
