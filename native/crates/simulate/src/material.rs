//! What the camera sees at a pixel: reflectance, normal, shine and defect label, independent of the lights.

use crate::art::Art;
use crate::art::colour::{Rgb, hex, mix, scale};
use crate::art::noise::{fractal, noise};
use crate::camera::Camera;
use crate::defects::{self, Defect};
use crate::height::Surface;
use crate::layout::{Layout, Split};
use crate::outline::{bounds, contains};
use crate::rng::key;
use crate::{BorderKind, MatKind, Spec};

/// Reflectance of white card stock; the exposure refers to it.
pub(crate) const WHITE: f64 = 0.88;
/// Foil mirrors this much more than the varnish does at strength 1, and is never without shine.
const FOIL_SHINE: f64 = 0.35;
const PURPOSE_MAT: u64 = 5;

/// Appearance of one pixel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appearance {
    pub albedo: Rgb,
    /// Unit normal in the camera frame.
    pub normal: [f64; 3],
    pub shine: f64,
    /// 0, or 1 + index of the defect.
    pub label: u16,
}

/// The imagined scene, ready to be asked pixel by pixel.
pub(crate) struct Material {
    pub camera: Camera,
    pub layout: Layout,
    pub defects: Vec<Defect>,
    surface: Surface,
    art: Art,
    spec: Spec,
    /// Sigma of point spread and pixel together, mm.
    pub optics: f64,
    /// Coarsest sampling in the image, mm a px.
    coarsest: f64,
    mat_key: u64,
    plane_normal: [f64; 3],
}

/// What may matter in one row of pixels.
pub(crate) struct Row {
    shapes: Vec<usize>,
    damage: Vec<usize>,
}

impl Material {
    pub(crate) fn new(spec: &Spec) -> Self {
        let (camera, layout) = (Camera::new(spec), Layout::new(spec));
        let optics = (spec.psf_sigma_px * spec.psf_sigma_px + 1.0 / 12.0).sqrt() * spec.pitch_mm;
        let defects = defects::resolve(spec, &layout);
        let surface = Surface {
            shapes: defects.iter().flat_map(|d| d.relief(optics)).collect(),
            bow: [spec.bow_mm, layout.half[0]],
            linen: spec.linen.map(|l| Surface::linen(l.depth_mm, l.period_mm, optics)),
        };
        let art = Art::new(spec, &layout, optics);
        let plane_normal = camera.turn([0.0, 0.0, 1.0]);
        let coarsest = camera.coarsest();
        let mat_key = key(spec.seed, PURPOSE_MAT);
        Self {
            camera,
            layout,
            defects,
            surface,
            art,
            spec: spec.clone(),
            optics,
            coarsest,
            mat_key,
            plane_normal,
        }
    }

    /// Picks the shapes and defects that a row of pixels can touch.
    pub(crate) fn row(&self, y: usize, width: usize) -> Row {
        let ys: [f64; 9] =
            std::array::from_fn(|i| self.camera.to_card([(width - 1) as f64 * i as f64 / 8.0, y as f64])[1]);
        // Rows are straight up to distortion; a millimetre covers its bend between samples and the texture's shift.
        let low = ys.iter().copied().fold(f64::INFINITY, f64::min) - 1.0;
        let high = ys.iter().copied().fold(f64::NEG_INFINITY, f64::max) + 1.0;
        let touches = |d: &Defect| d.reach[1] <= high && d.reach[3] >= low;
        Row {
            shapes: self.surface.near([low, high]),
            damage: (0..self.defects.len()).filter(|&i| touches(&self.defects[i])).collect(),
        }
    }

    /// Appearance of the pixel with centre `px`.
    pub(crate) fn at(&self, px: [f64; 2], row: &Row) -> Appearance {
        let card = self.camera.to_card(px);
        let jacobian = || self.camera.jacobian(px);
        let pitch = self.coarsest;
        let outer = self.layout.split_outer(card, pitch, &jacobian);
        let mut albedo = [0.0; 3];
        let mut shine = 0.0;
        if outer.inside < 1.0 {
            let ground = self.mat(shift(card, outer.outer_shift));
            albedo = scale(ground, 1.0 - outer.inside);
        }
        if outer.inside <= 1e-9 {
            return Appearance {
                albedo,
                normal: self.plane_normal,
                shine: 0.0,
                label: 0,
            };
        }
        let (mut print, foil) = self.print(card, outer, pitch, &jacobian);
        let inner = shift(card, outer.inner_shift);
        for &i in &row.damage {
            print = self.defects[i].tint(inner, print, &self.layout, self.optics);
        }
        for i in 0..3 {
            albedo[i] += outer.inside * print[i];
        }
        shine += outer.inside * (self.spec.gloss.strength + foil * FOIL_SHINE);
        let g = self.surface.gradient(card, &row.shapes);
        let length = (1.0 + g[0] * g[0] + g[1] * g[1]).sqrt();
        let normal = self.camera.turn([-g[0] / length, -g[1] / length, 1.0 / length]);
        Appearance {
            albedo,
            normal,
            shine,
            label: self.label(card, row),
        }
    }

    /// Mean change of the colour inside a defect's outline, relative to the brightness without it: what there is
    /// to be seen in the print, 0..1.
    pub(crate) fn contrast(&self, defect: &Defect) -> f64 {
        let [l, t, r, b] = bounds(&defect.polygon);
        let [steps, mut changed, mut inside] = [60.0, 0.0, 0.0];
        for i in 0..3600 {
            let at = [f64::from(i % 60), f64::from(i / 60)].map(|v| (v + 0.5) / steps);
            let p = [l + at[0] * (r - l), t + at[1] * (b - t)];
            if !contains(&defect.polygon, p) || self.layout.outer_distance(p) < 0.0 {
                continue;
            }
            let px = self.camera.to_px(p);
            let jacobian = || self.camera.jacobian(px);
            let split = self.layout.split_outer(p, self.coarsest, &jacobian);
            let (print, _) = self.print(p, split, self.coarsest, &jacobian);
            let tinted = defect.tint(p, print, &self.layout, self.optics);
            let level = print.iter().sum::<f64>().max(1e-3);
            changed += (0..3).map(|k| (tinted[k] - print[k]).abs()).sum::<f64>() / level;
            inside += 1.0;
        }
        if inside > 0.0 { (changed / inside).min(1.0) } else { 0.0 }
    }

    /// Border, second frame and art at a card point, and the share of foil.
    fn print(&self, card: [f64; 2], outer: Split, pitch: f64, jacobian: &dyn Fn() -> [[f64; 2]; 2]) -> (Rgb, f64) {
        let frame = self.layout.split_frame(&self.layout.frame, card, pitch, jacobian);
        let border_at = shift(shift(card, outer.inner_shift), frame.outer_shift);
        let art_at = shift(shift(card, outer.inner_shift), frame.inner_shift);
        let border = if frame.inside < 1.0 {
            self.border(border_at)
        } else {
            [0.0; 3]
        };
        let foil = if self.spec.border_kind == BorderKind::Foil {
            1.0 - frame.inside
        } else {
            0.0
        };
        if frame.inside <= 0.0 {
            return (border, foil);
        }
        let art = |at: [f64; 2]| self.art.colour(self.layout.to_print(at));
        let inside = match &self.layout.second {
            None => art(art_at),
            Some(second) => {
                let split = self.layout.split_frame(second, card, pitch, jacobian);
                let ring = hex(0x2b3a67);
                if split.inside <= 0.0 {
                    ring
                } else {
                    mix(ring, art(shift(art_at, split.inner_shift)), split.inside)
                }
            }
        };
        (mix(border, inside, frame.inside), foil)
    }

    fn border(&self, p: [f64; 2]) -> Rgb {
        let ink = match self.spec.border_kind {
            BorderKind::White | BorderKind::DoubleFrame | BorderKind::None => [WHITE, WHITE, WHITE * 0.985],
            BorderKind::Black => hex(0x26262a),
            BorderKind::Yellow => hex(0xf7cf3c),
            BorderKind::Silver => hex(0xb9bcc2),
            BorderKind::Foil => hex(0x9a9da6),
        };
        if self.spec.border_texture == 0.0 {
            return ink;
        }
        scale(
            ink,
            1.0 + self.spec.border_texture * fractal(self.mat_key ^ 2, p[0] / 0.35, p[1] / 0.35, 3),
        )
    }

    fn mat(&self, p: [f64; 2]) -> Rgb {
        let base = match self.spec.mat {
            MatKind::Black => hex(0x3a3c40),
            MatKind::Grey => hex(0x8c8c8c),
            MatKind::White => hex(0xeeeeee),
        };
        scale(
            base,
            1.0 + self.spec.mat_texture * noise(self.mat_key, p[0] / 0.3, p[1] / 0.3),
        )
    }

    fn label(&self, card: [f64; 2], row: &Row) -> u16 {
        if row.damage.is_empty() || self.layout.outer_distance(card) < 0.0 {
            return 0;
        }
        row.damage
            .iter()
            .rev()
            .find(|&&i| {
                let [l, t, r, b] = self.defects[i].reach;
                let near = card[0] >= l && card[0] <= r && card[1] >= t && card[1] <= b;
                near && contains(&self.defects[i].polygon, card)
            })
            .map_or(0, |&i| i as u16 + 1)
    }
}

fn shift(p: [f64; 2], by: [f64; 2]) -> [f64; 2] {
    [p[0] + by[0], p[1] + by[1]]
}
