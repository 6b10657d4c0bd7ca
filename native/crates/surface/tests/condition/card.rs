//! Analytic maps of a flat card with relief and print added by formula, for the tests.

use imaging::{Half, Unit};
use surface::{CardFrame, Condition, Defect, DefectKind, Maps, Options, analyse};

/// Pixel pitch, mm.
pub const PITCH: f64 = 0.04;
/// Card size, mm.
pub const SIZE: [f64; 2] = [63.0, 88.0];
/// Corner radius, mm.
pub const RADIUS: f64 = 3.0;

/// A repeatable generator (SplitMix64) with Gaussian draws (Box and Muller, 1958).
pub struct Rng(pub u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// Gradient of the relief and colour of the print at a card point (mm, origin at the centre).
pub struct Scene<'a> {
    /// (dz/dx, dz/dy).
    pub slope: Box<dyn Fn([f64; 2]) -> [f64; 2] + 'a>,
    /// Albedo of the print.
    pub print: Box<dyn Fn([f64; 2]) -> [f64; 3] + 'a>,
    /// Whether material is missing there.
    pub missing: Box<dyn Fn([f64; 2]) -> bool + 'a>,
    /// Relative residual.
    pub residual: Box<dyn Fn([f64; 2]) -> f64 + 'a>,
    /// Rms angle of the normal's noise, degrees.
    pub noise_deg: f64,
    /// Corner radius the card is cut with.
    pub radius: f64,
    /// Rotation of the card in the picture, degrees.
    pub turn_deg: f64,
}

impl Default for Scene<'_> {
    fn default() -> Self {
        Self {
            slope: Box::new(|_| [0.0; 2]),
            print: Box::new(|_| [0.5, 0.45, 0.4]),
            missing: Box::new(|_| false),
            residual: Box::new(|_| 0.005),
            noise_deg: 0.5,
            radius: RADIUS,
            turn_deg: 0.6,
        }
    }
}

impl<'a> Scene<'a> {
    /// A flat card of one colour with this relief.
    pub fn with_slope(slope: impl Fn([f64; 2]) -> [f64; 2] + 'a) -> Self {
        Self {
            slope: Box::new(slope),
            ..Self::default()
        }
    }

    /// Renders the scene and reads its condition.
    pub fn read(&self, seed: u64) -> Condition {
        render(self, seed).read()
    }
}

/// Rendered maps.
pub struct Rendered {
    pub width: usize,
    pub height: usize,
    pub normals: [Vec<Unit>; 3],
    pub albedo: Vec<Half>,
    pub residual: Vec<Half>,
    pub known: Vec<u8>,
    pub card: CardFrame,
}

impl Rendered {
    pub fn maps(&self) -> Maps<'_> {
        Maps {
            width: self.width,
            height: self.height,
            normals: self.normals.each_ref().map(|axis| &axis[..]),
            albedo: &self.albedo,
            channels: 3,
            residual: &self.residual,
            confidence_deg: None,
            known: &self.known,
        }
    }

    pub fn read(&self) -> Condition {
        analyse(
            &self.maps(),
            &self.card,
            &Options::default(),
            &imaging::Cancel::new(),
            &|_| {},
        )
        .unwrap()
    }
}

/// Renders the scene: the mat is black and rough, the cut is antialiased over one pixel.
pub fn render(scene: &Scene, seed: u64) -> Rendered {
    let margin = 4.0;
    let (width, height) = (
        ((SIZE[0] + 2.0 * margin) / PITCH) as usize,
        ((SIZE[1] + 2.0 * margin) / PITCH) as usize,
    );
    let (s, c) = scene.turn_deg.to_radians().sin_cos();
    let middle = [0.5 * width as f64 - 0.3, 0.5 * height as f64 + 0.2];
    let to_px = |p: [f64; 2]| {
        [
            middle[0] + (c * p[0] - s * p[1]) / PITCH,
            middle[1] + (s * p[0] + c * p[1]) / PITCH,
        ]
    };
    let (hw, hh) = (0.5 * SIZE[0], 0.5 * SIZE[1]);
    let mut rng = Rng(seed);
    let n = width * height;
    let mut out = Rendered {
        width,
        height,
        normals: [(); 3].map(|()| Vec::with_capacity(n)),
        albedo: Vec::with_capacity(3 * n),
        residual: Vec::with_capacity(n),
        known: vec![1; n],
        card: CardFrame {
            corners_px: [[-hw, -hh], [hw, -hh], [hw, hh], [-hw, hh]].map(to_px),
            pixel_pitch_mm: PITCH,
            corner_radius_mm: Some(RADIUS),
            border_px: None,
            rig: Default::default(),
        },
    };
    let sigma = (scene.noise_deg / std::f64::consts::SQRT_2).to_radians();
    for y in 0..height {
        for x in 0..width {
            let d = [(x as f64 - middle[0]) * PITCH, (y as f64 - middle[1]) * PITCH];
            let p = [c * d[0] + s * d[1], c * d[1] - s * d[0]];
            let cover = if (scene.missing)(p) {
                0.0
            } else {
                (inside(p, scene.radius) / PITCH + 0.5).clamp(0.0, 1.0)
            };
            let g = (scene.slope)(p);
            let g = [c * g[0] - s * g[1], s * g[0] + c * g[1]];
            let rough = if cover < 0.5 { 0.3 } else { sigma };
            let (gx, gy) = (g[0] + rough * rng.normal(), g[1] + rough * rng.normal());
            let len = (1.0 + gx * gx + gy * gy).sqrt();
            for (axis, v) in out.normals.iter_mut().zip([-gx / len, -gy / len, 1.0 / len]) {
                axis.push(Unit::new(v as f32));
            }
            let print = (scene.print)(p);
            out.albedo.extend(
                print.map(|v| Half::new((cover * v * (1.0 + 0.007 * rng.normal()) + (1.0 - cover) * 0.04) as f32)),
            );
            out.residual.push(Half::new((scene.residual)(p) as f32));
        }
    }
    out
}

/// Distance inside the rounded outline, mm.
pub fn inside(p: [f64; 2], r: f64) -> f64 {
    let (dx, dy) = (0.5 * SIZE[0] - p[0].abs(), 0.5 * SIZE[1] - p[1].abs());
    if dx < r && dy < r {
        r - (r - dx).hypot(r - dy)
    } else {
        dx.min(dy)
    }
}

/// Slope of a Gaussian pit of `depth` mm and `sigma` mm.
pub fn pit(p: [f64; 2], at: [f64; 2], depth: f64, sigma: f64) -> [f64; 2] {
    let d = [p[0] - at[0], p[1] - at[1]];
    let g = depth / (sigma * sigma) * (-(d[0] * d[0] + d[1] * d[1]) / (2.0 * sigma * sigma)).exp();
    [g * d[0], g * d[1]]
}

/// Slope of a straight groove of Gaussian section: `depth` mm (negative for a ridge), `sigma` mm, ends `a`, `b`.
pub fn groove(p: [f64; 2], a: [f64; 2], b: [f64; 2], depth: f64, sigma: f64) -> [f64; 2] {
    let len = (b[0] - a[0]).hypot(b[1] - a[1]);
    let u = [(b[0] - a[0]) / len, (b[1] - a[1]) / len];
    let d = [p[0] - a[0], p[1] - a[1]];
    let along = d[0] * u[0] + d[1] * u[1];
    let across = -d[0] * u[1] + d[1] * u[0];
    if along < 0.0 || along > len {
        return [0.0; 2];
    }
    let g = depth * across / (sigma * sigma) * (-across * across / (2.0 * sigma * sigma)).exp();
    [-g * u[1], g * u[0]]
}

/// A border with an art box of strong texture: checks, stripes, discs and small lettering-like dashes.
pub fn busy_print(p: [f64; 2]) -> [f64; 3] {
    if p[0].abs() > 28.0 || p[1].abs() > 40.5 {
        return [0.75, 0.65, 0.15];
    }
    let check = ((p[0] / 1.3).floor() + (p[1] / 1.7).floor()).rem_euclid(2.0);
    let stripe = 0.5 + 0.5 * (4.0 * p[0] + 2.0 * p[1] + 3.0 * (0.3 * p[1]).sin()).sin();
    let disc = if (p[0] - 8.0).hypot(p[1] + 12.0) < 7.0 {
        0.6
    } else {
        0.0
    };
    if p[1] > 22.0 {
        let letter =
            (p[1] * 0.9).rem_euclid(2.0) < 1.1 && (p[0] * 1.4 + (p[1] * 0.45).floor() * 0.7).rem_euclid(1.0) < 0.55;
        return if letter { [0.06; 3] } else { [0.8, 0.78, 0.7] };
    }
    [0.08 + 0.5 * check + 0.2 * stripe, 0.1 + 0.5 * stripe, 0.12 + disc]
}

/// The findings of one kind.
pub fn of(condition: &Condition, kind: DefectKind) -> Vec<&Defect> {
    condition.defects.iter().filter(|d| d.kind == kind).collect()
}

/// Middle of a finding's box, mm.
pub fn middle(d: &Defect) -> [f64; 2] {
    [0.5 * (d.bbox_mm[0] + d.bbox_mm[2]), 0.5 * (d.bbox_mm[1] + d.bbox_mm[3])]
}

/// One line a finding, for failure messages.
pub fn list(c: &Condition) -> String {
    c.defects
        .iter()
        .map(|d| {
            let m = middle(d);
            format!(
                "{} at ({:.2}, {:.2}) l {:.3} w {:.3} d {:?} a {:.3} snr {:.1} conf {:.2} sev {:.2}\n",
                d.id,
                m[0],
                m[1],
                d.length_mm,
                d.width_mm,
                d.depth_mm,
                d.area_mm2,
                d.evidence.signal_to_noise,
                d.confidence,
                d.severity
            )
        })
        .collect()
}
