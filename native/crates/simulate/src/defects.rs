//! Damage and printing errors: drawn from the seed or given, resolved to relief, tint and outline.

use crate::art::colour::{Rgb, cover, hex, mix};
use crate::art::noise::noise;
use crate::height::{Relief, Term};
use crate::layout::Layout;
use crate::outline::{around, bounds, stadium};
use crate::rng::{Draw, key};
use crate::{DefectKind, DefectSpec, Spec};
use std::f64::consts::{FRAC_PI_2, TAU};

const PURPOSE_DEFECTS: u64 = 4;
/// Bare card stock.
const STOCK: u32 = 0xf3efe6;

/// One defect with all its numbers fixed.
#[derive(Clone, Debug)]
pub(crate) struct Defect {
    pub kind: DefectKind,
    pub middle: [f64; 2],
    pub angle: f64,
    pub length: f64,
    pub width: f64,
    pub depth: f64,
    pub strength: f64,
    pub polygon: Vec<[f64; 2]>,
    /// Left, top, right, bottom of everything it changes, mm.
    pub reach: [f64; 4],
    key: u64,
}

/// Given ones first, then those drawn from the seed, in the order of the counts.
pub(crate) fn resolve(spec: &Spec, layout: &Layout) -> Vec<Defect> {
    let all = spec.defects.list.iter().copied().chain(drawn(spec, layout));
    all.enumerate()
        .map(|(i, one)| Defect::new(&one, layout, key(spec.seed, 1000 + i as u64)))
        .collect()
}

fn drawn(spec: &Spec, layout: &Layout) -> Vec<DefectSpec> {
    use DefectKind::{CornerWear, Crease, Dent, EdgeWhitening, PrintDot, PrintLine, Scratch, Stain};
    let d = &spec.defects;
    let mut draw = Draw::new(spec.seed, PURPOSE_DEFECTS);
    let [w, h] = layout.half;
    let size = (w / 31.75).min(1.0);
    let mut out = Vec::new();
    let counts = [
        (Scratch, d.scratches, [6.0, 14.0], [0.06, 0.11], [0.004, 0.009]),
        (Dent, d.dents, [1.2, 2.4], [0.0, 0.0], [0.02, 0.045]),
        (Crease, d.creases, [8.0, 16.0], [0.35, 0.6], [0.03, 0.07]),
        (Stain, d.stains, [2.5, 6.0], [0.0, 0.0], [0.0, 0.0]),
        (PrintLine, d.print_lines, [6.0, 20.0], [0.08, 0.16], [0.0, 0.0]),
        (PrintDot, d.print_dots, [0.35, 0.8], [0.0, 0.0], [0.0, 0.0]),
        (EdgeWhitening, d.edge_whitening, [4.0, 10.0], [0.15, 0.4], [0.0, 0.0]),
    ];
    for (kind, count, length, width, depth) in counts {
        for _ in 0..count {
            let length = draw.range(length[0], length[1]) * size;
            let width = if width[1] > 0.0 {
                draw.range(width[0], width[1])
            } else {
                length
            };
            let mut at = [draw.range(-0.62, 0.62) * w, draw.range(-0.7, 0.7) * h];
            if kind == EdgeWhitening {
                let side = draw.below(4);
                at[side % 2] = if side < 2 { -1.0 } else { 1.0 } * [w, h][side % 2];
            }
            out.push(DefectSpec {
                kind,
                at_mm: at,
                angle_deg: draw.range(0.0, 180.0),
                length_mm: Some(length),
                width_mm: Some(width),
                depth_mm: Some(draw.range(depth[0], depth[1])),
                // Drawn scratches leave the ink alone: shape and print are told apart by that.
                strength: Some(draw.range(0.6, 0.95) * f64::from(u8::from(kind != Scratch))),
            });
        }
    }
    let first = draw.below(4);
    for i in 0..d.corner_wear as usize {
        let corner = (first + i) % 4;
        let signs = [[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]][corner];
        out.push(DefectSpec {
            kind: CornerWear,
            at_mm: [signs[0] * w, signs[1] * h],
            angle_deg: 0.0,
            length_mm: None,
            width_mm: Some(draw.range(0.3, 0.6) * size),
            depth_mm: None,
            strength: Some(draw.range(0.8, 0.95)),
        });
    }
    out
}

/// Length, width, depth and strength where the caller left them out.
fn typical(kind: DefectKind) -> [f64; 4] {
    match kind {
        DefectKind::Scratch => [8.0, 0.08, 0.006, 0.0],
        DefectKind::Dent => [1.6, 1.6, 0.03, 0.0],
        DefectKind::Crease => [12.0, 0.5, 0.05, 0.7],
        DefectKind::Stain => [4.0, 4.0, 0.0, 0.6],
        DefectKind::PrintLine => [12.0, 0.12, 0.0, 0.8],
        DefectKind::PrintDot => [0.6, 0.6, 0.0, 0.9],
        DefectKind::EdgeWhitening => [6.0, 0.3, 0.0, 0.85],
        DefectKind::CornerWear => [0.0, 0.5, 0.0, 0.9],
        DefectKind::Roughness => [8.0, 8.0, 0.003, 0.0],
    }
}

impl Defect {
    fn new(one: &DefectSpec, layout: &Layout, key: u64) -> Self {
        let [length, width, depth, strength] = typical(one.kind);
        let length = one.length_mm.unwrap_or(length);
        use DefectKind::{Crease, Dent, PrintDot, Roughness, Scratch, Stain};
        let round = matches!(one.kind, Dent | Stain | PrintDot | Roughness);
        let relief = matches!(one.kind, Scratch | Dent | Crease | Roughness);
        let mut defect = Self {
            kind: one.kind,
            middle: one.at_mm,
            angle: one.angle_deg.to_radians(),
            length,
            width: if round { length } else { one.width_mm.unwrap_or(width) },
            depth: if relief { one.depth_mm.unwrap_or(depth) } else { 0.0 },
            strength: one.strength.unwrap_or(strength),
            polygon: Vec::new(),
            reach: [0.0; 4],
            key,
        };
        defect.polygon = match one.kind {
            DefectKind::Scratch | DefectKind::PrintLine | DefectKind::Crease => {
                stadium(defect.middle, defect.angle, length, defect.width / 2.0)
            }
            DefectKind::Dent | DefectKind::PrintDot | DefectKind::Roughness => {
                around(defect.middle, 64, |_| length / 2.0)
            }
            DefectKind::Stain => around(defect.middle, 96, |turn| defect.blot(turn)),
            DefectKind::EdgeWhitening => defect.edge_outline(layout),
            DefectKind::CornerWear => defect.corner_outline(layout),
        };
        let [l, t, r, b] = bounds(&defect.polygon);
        if one.kind == DefectKind::CornerWear {
            defect.length = (r - l).hypot(b - t);
        }
        let margin = 0.5 + defect.width;
        defect.reach = [l - margin, t - margin, r + margin, b + margin];
        defect
    }

    /// The relief, as the optics of sigma `optics` mm see it.
    pub(crate) fn relief(&self, optics: f64) -> Vec<Relief> {
        let sigma = self.width / 4.0;
        let bank = |side: f64| Term {
            offset: side * 2.6 * sigma,
            height: 0.18 * self.depth,
            sigma: 0.8 * sigma,
        };
        match self.kind {
            DefectKind::Scratch => {
                let groove = Term {
                    offset: 0.0,
                    height: -self.depth,
                    sigma,
                };
                let terms = [groove, bank(-1.0), bank(1.0)];
                vec![Relief::line(self.middle, self.angle, self.length, &terms, optics)]
            }
            DefectKind::Crease => {
                let ridge = Term {
                    offset: 0.0,
                    height: self.depth,
                    sigma,
                };
                vec![Relief::line(self.middle, self.angle, self.length, &[ridge], optics)]
            }
            DefectKind::Dent => vec![Relief::pit(self.middle, self.depth, sigma, optics)],
            DefectKind::Roughness => self.scuff(optics),
            _ => Vec::new(),
        }
    }

    /// Pits and bumps of random height on a jittered grid that fills the outline.
    fn scuff(&self, optics: f64) -> Vec<Relief> {
        const SPACING: f64 = 0.3;
        const SIGMA: f64 = 0.09;
        let steps = (self.length / (2.0 * SPACING)).ceil() as i64;
        let mut out = Vec::new();
        for (i, j) in (-steps..=steps).flat_map(|j| (-steps..=steps).map(move |i| (i, j))) {
            let place = |axis: u64, n: i64| {
                let seed = self.key ^ (i as u64) << 20 ^ (j as u64) << 40 ^ axis;
                SPACING * (n as f64 + crate::rng::unit(crate::rng::mix(seed)) - 0.5)
            };
            let (x, y) = (place(1, i), place(2, j));
            if x.hypot(y) < 0.5 * self.length - SIGMA {
                // Uniform heights of +- sqrt(3) have a standard deviation of 1.
                let height = place(3, 0) / (0.5 * SPACING) * 3f64.sqrt() * self.depth;
                out.push(Relief::pit(
                    [self.middle[0] + x, self.middle[1] + y],
                    height,
                    SIGMA,
                    optics,
                ));
            }
        }
        out
    }

    /// Depth that is left after the optics, mm.
    pub(crate) fn seen_depth(&self, optics: f64) -> f64 {
        let sigma = self.width / 4.0;
        let kept = sigma / sigma.hypot(optics);
        self.depth
            * if self.kind == DefectKind::Dent {
                kept * kept
            } else {
                kept
            }
    }

    /// The colour of the card at `p` after this defect. `blur` is the sigma of the optics in mm.
    pub(crate) fn tint(&self, p: [f64; 2], colour: Rgb, layout: &Layout, blur: f64) -> Rgb {
        let [l, t, r, b] = self.reach;
        if p[0] < l || p[0] > r || p[1] < t || p[1] > b {
            return colour;
        }
        let d = [p[0] - self.middle[0], p[1] - self.middle[1]];
        let (s, c) = self.angle.sin_cos();
        let (along, across) = (c * d[0] + s * d[1], -s * d[0] + c * d[1]);
        let band = |half: f64| cover(half - across.abs(), blur) - cover(-half - across.abs(), blur);
        let run = || cover(self.length / 2.0 - along.abs(), blur.max(0.1));
        let (share, paint) = match self.kind {
            DefectKind::Dent | DefectKind::Roughness => return colour,
            DefectKind::Scratch => (self.strength * band(self.width / 2.0) * run(), hex(STOCK)),
            DefectKind::Crease => {
                let broken = 0.5 + 0.5 * noise(self.key, along * 5.0, across * 9.0);
                (self.strength * band(0.3 * self.width) * run() * broken, hex(STOCK))
            }
            DefectKind::PrintLine => (self.strength * band(self.width / 2.0) * run(), hex(STOCK)),
            DefectKind::PrintDot => (
                self.strength * cover(self.length / 2.0 - d[0].hypot(d[1]), blur),
                hex(STOCK),
            ),
            DefectKind::Stain => {
                let depth = self.blot(d[1].atan2(d[0])) - d[0].hypot(d[1]);
                let rim = 0.65 + 0.35 * (-depth.abs() / (0.06 * self.length)).exp();
                let tea = [0, 1, 2].map(|i| colour[i] * [0.72, 0.5, 0.26][i]);
                return mix(colour, tea, self.strength * rim * cover(depth, blur.max(0.05)));
            }
            DefectKind::EdgeWhitening => (self.whitening(self.edge_depth(p, layout), p, blur), hex(STOCK)),
            DefectKind::CornerWear => (self.whitening(self.corner_depth(p, layout), p, blur), hex(STOCK)),
        };
        mix(colour, paint, share)
    }

    /// Share of bare stock where the worn zone reaches `depth` mm further in, broken up by fibres.
    fn whitening(&self, depth: f64, p: [f64; 2], blur: f64) -> f64 {
        let fibre = 0.86 + 0.14 * noise(self.key ^ 3, p[0] * 9.0, p[1] * 9.0);
        self.strength * fibre * cover(depth, blur.max(0.02))
    }

    /// Radius of a stain in a direction, mm.
    fn blot(&self, turn: f64) -> f64 {
        let phase = |i: u64| TAU * crate::rng::unit(crate::rng::mix(self.key ^ i));
        let wave = 0.13 * (2.0 * turn + phase(1)).sin()
            + 0.09 * (3.0 * turn + phase(2)).sin()
            + 0.05 * (7.0 * turn + phase(3)).sin();
        self.length / 2.0 * (1.0 + wave)
    }

    /// Axis across the nearest edge (0 for left and right), its sign, and where along it the damage lies.
    fn nearest_edge(&self, layout: &Layout) -> (usize, f64, f64) {
        let gap = [0, 1].map(|a| layout.half[a] - self.middle[a].abs());
        let axis = usize::from(gap[1] < gap[0]);
        let run = (layout.half[1 - axis] - layout.radius - self.length / 2.0).max(0.0);
        (axis, self.middle[axis].signum(), self.middle[1 - axis].clamp(-run, run))
    }

    /// How far the whitening reaches in from the edge at a place along it, mm.
    fn edge_width(&self, along: f64) -> f64 {
        let ends = (1.0 - (2.0 * along / self.length).abs()).clamp(0.0, 1.0).sqrt();
        self.width * ends * (0.72 + 0.28 * noise(self.key ^ 4, along / 0.35, 0.5))
    }

    fn edge_depth(&self, p: [f64; 2], layout: &Layout) -> f64 {
        let (axis, sign, at) = self.nearest_edge(layout);
        let along = p[1 - axis] - at;
        if along.abs() >= self.length / 2.0 {
            return -1.0;
        }
        self.edge_width(along) - (layout.half[axis] - sign * p[axis])
    }

    fn edge_outline(&self, layout: &Layout) -> Vec<[f64; 2]> {
        let (axis, sign, at) = self.nearest_edge(layout);
        let place = |along: f64, depth: f64| {
            let mut p = [0.0; 2];
            p[axis] = sign * (layout.half[axis] - depth);
            p[1 - axis] = at + along;
            p
        };
        let steps = 96;
        let along = |i: i32| self.length * (f64::from(i) / f64::from(steps) - 0.5);
        let inner = (0..=steps).rev().map(|i| place(along(i), self.edge_width(along(i))));
        [place(along(0), 0.0), place(along(steps), 0.0)]
            .into_iter()
            .chain(inner)
            .collect()
    }

    /// Signs of the nearest corner and the middle of the fan that its wear is described in.
    fn nearest_corner(&self, layout: &Layout) -> ([f64; 2], [f64; 2]) {
        let signs = self.middle.map(|v| if v < 0.0 { -1.0 } else { 1.0 });
        let inset = layout.radius.max(2.0);
        (signs, [0, 1].map(|a| signs[a] * (layout.half[a] - inset)))
    }

    /// Distance from the fan's middle to the cut edge in a direction (0..pi/2 of the corner's quarter), mm.
    fn corner_rim(&self, turn: f64, layout: &Layout) -> f64 {
        let inset = layout.radius.max(2.0);
        if layout.radius >= 2.0 {
            return layout.radius;
        }
        // A small or no radius: the corner is square but for its rounding.
        let (mut low, mut high) = (0.0, 2.0 * inset);
        let (signs, middle) = self.nearest_corner(layout);
        for _ in 0..40 {
            let r = 0.5 * (low + high);
            let p = [
                middle[0] + signs[0] * r * turn.cos(),
                middle[1] + signs[1] * r * turn.sin(),
            ];
            if layout.outer_distance(p) > 0.0 {
                low = r;
            } else {
                high = r;
            }
        }
        low
    }

    fn corner_width(&self, turn: f64) -> f64 {
        let window = (2.0 * turn).sin().max(0.0).sqrt();
        self.width * window * (0.75 + 0.25 * noise(self.key ^ 5, turn * 9.0, 0.5))
    }

    fn corner_depth(&self, p: [f64; 2], layout: &Layout) -> f64 {
        let (signs, middle) = self.nearest_corner(layout);
        let d = [signs[0] * (p[0] - middle[0]), signs[1] * (p[1] - middle[1])];
        let turn = d[1].atan2(d[0]);
        if !(0.0..=FRAC_PI_2).contains(&turn) {
            return -1.0;
        }
        d[0].hypot(d[1]) - (self.corner_rim(turn, layout) - self.corner_width(turn))
    }

    fn corner_outline(&self, layout: &Layout) -> Vec<[f64; 2]> {
        let (signs, middle) = self.nearest_corner(layout);
        let steps = 48;
        let turn = |i: i32| FRAC_PI_2 * f64::from(i) / f64::from(steps);
        let place = |i: i32, worn: f64| {
            let r = self.corner_rim(turn(i), layout) - worn;
            [
                middle[0] + signs[0] * r * turn(i).cos(),
                middle[1] + signs[1] * r * turn(i).sin(),
            ]
        };
        let outer = (0..=steps).map(|i| place(i, 0.0));
        let inner = (0..=steps).rev().map(|i| place(i, self.corner_width(turn(i))));
        outer.chain(inner).collect()
    }
}
