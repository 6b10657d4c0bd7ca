//! Where the card's cut edge and its printed borders run, and how much of a pixel lies on which layer.

use crate::profile::{edge_coverage, normal_pdf};
use crate::rng::Draw;
use crate::{BorderKind, Borders, Spec};

/// Width of the inner frame of a double frame, mm.
const SECOND_FRAME_MM: f64 = 1.2;
const PURPOSE_BORDERS: u64 = 1;

/// A signed distance and its gradient.
#[derive(Clone, Copy, Debug)]
struct Signed {
    /// Inside positive, mm.
    distance: f64,
    /// Unit vector to the inside.
    inward: [f64; 2],
    /// 1 / radius of a convex boundary, 1/mm.
    curvature: f64,
}

/// How much of a pixel lies inside a boundary, and where the light of either part comes from on average.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    /// Share of light from inside, 0..1.
    pub inside: f64,
    /// Card-frame offset (mm) from the pixel to the mean origin of the inner part's light.
    pub inner_shift: [f64; 2],
    /// The same for the outer part.
    pub outer_shift: [f64; 2],
}

impl Split {
    fn whole(inside: bool) -> Self {
        Self {
            inside: f64::from(u8::from(inside)),
            inner_shift: [0.0; 2],
            outer_shift: [0.0; 2],
        }
    }
}

/// Resolved geometry of one card, in the card frame.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Half width and half height, mm.
    pub half: [f64; 2],
    pub radius: f64,
    /// Cosine and sine of the print's tilt.
    pub print: [f64; 2],
    /// Where the print's centre lies in the card frame, mm.
    pub print_offset: [f64; 2],
    /// Limits left, top, right, bottom of the border's inner rectangle in the print frame; infinite where art bleeds.
    pub frame: [f64; 4],
    /// The same for the inner rectangle of a double frame.
    pub second: Option<[f64; 4]>,
    sigma_px: f64,
    /// Beyond this distance (px) an edge is not seen.
    reach_px: f64,
}

impl Layout {
    pub(crate) fn new(spec: &Spec) -> Self {
        let borders = resolve_borders(spec);
        let half = spec.card_mm.map(|v| v / 2.0);
        let limit = |border: f64, edge: f64, sign: f64| {
            if border > 0.0 {
                edge + sign * border
            } else {
                sign * f64::NEG_INFINITY
            }
        };
        let frame = [
            limit(borders.left, -half[0], 1.0),
            limit(borders.top, -half[1], 1.0),
            limit(borders.right, half[0], -1.0),
            limit(borders.bottom, half[1], -1.0),
        ];
        let second = (spec.border_kind == BorderKind::DoubleFrame).then(|| {
            let [l, t, r, b] = frame;
            [
                l + SECOND_FRAME_MM,
                t + SECOND_FRAME_MM,
                r - SECOND_FRAME_MM,
                b - SECOND_FRAME_MM,
            ]
        });
        let tilt = spec.print_tilt_deg.to_radians();
        Self {
            half,
            radius: spec.corner_radius_mm,
            print: [tilt.cos(), tilt.sin()],
            print_offset: spec.print_offset_mm,
            frame,
            second,
            sigma_px: spec.psf_sigma_px,
            reach_px: 6.6 * spec.psf_sigma_px + 1.7,
        }
    }

    /// Card point in the print frame, mm.
    pub(crate) fn to_print(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [c, s] = self.print;
        let (x, y) = (x - self.print_offset[0], y - self.print_offset[1]);
        [c * x + s * y, -s * x + c * y]
    }

    fn outer(&self, p: [f64; 2]) -> Signed {
        let q = [0, 1].map(|a| p[a].abs() - self.half[a] + self.radius);
        let sign = p.map(|v| if v < 0.0 { 1.0 } else { -1.0 });
        if q[0] > 0.0 && q[1] > 0.0 {
            let length = q[0].hypot(q[1]).max(1e-12);
            return Signed {
                distance: self.radius - length,
                inward: [sign[0] * q[0] / length, sign[1] * q[1] / length],
                curvature: if self.radius > 0.0 { 1.0 / self.radius } else { 0.0 },
            };
        }
        let axis = usize::from(q[1] > q[0]);
        let mut inward = [0.0; 2];
        inward[axis] = sign[axis];
        Signed {
            distance: self.radius - q[axis],
            inward,
            curvature: 0.0,
        }
    }

    /// Signed distance to the cut edge, mm, inside positive.
    pub(crate) fn outer_distance(&self, card: [f64; 2]) -> f64 {
        self.outer(card).distance
    }

    /// Split of a pixel by the cut edge. `jacobian` is only asked near the edge; `mm_per_px` is an upper bound.
    pub(crate) fn split_outer(&self, card: [f64; 2], mm_per_px: f64, jacobian: &dyn Fn() -> [[f64; 2]; 2]) -> Split {
        let edge = self.outer(card);
        if edge.distance.abs() > self.reach_px * mm_per_px {
            return Split::whole(edge.distance > 0.0);
        }
        self.split(edge, jacobian())
    }

    /// Split of a pixel by a rectangle of the print frame; the four edges multiply, which is exact but at its corners.
    pub(crate) fn split_frame(
        &self,
        frame: &[f64; 4],
        card: [f64; 2],
        mm_per_px: f64,
        jacobian: &dyn Fn() -> [[f64; 2]; 2],
    ) -> Split {
        let p = self.to_print(card);
        let distances = [p[0] - frame[0], p[1] - frame[1], frame[2] - p[0], frame[3] - p[1]];
        let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
        if nearest.abs() > self.reach_px * mm_per_px {
            return Split::whole(nearest > 0.0);
        }
        let [c, s] = self.print;
        let normals = [[c, s], [-s, c], [-c, -s], [s, -c]];
        let columns = jacobian();
        let mut all = Split::whole(true);
        for (distance, inward) in distances.into_iter().zip(normals) {
            if distance > self.reach_px * mm_per_px {
                continue;
            }
            let one = self.split(
                Signed {
                    distance,
                    inward,
                    curvature: 0.0,
                },
                columns,
            );
            all.inside *= one.inside;
            for a in 0..2 {
                all.inner_shift[a] += one.inner_shift[a];
                all.outer_shift[a] += one.outer_shift[a];
            }
        }
        all
    }

    fn split(&self, edge: Signed, columns: [[f64; 2]; 2]) -> Split {
        let gradient = columns.map(|col| col[0] * edge.inward[0] + col[1] * edge.inward[1]);
        let mm_per_px = gradient[0].hypot(gradient[1]);
        let normal = gradient.map(|g| g / mm_per_px);
        // Point spread and pixel together; the pixel's square has variance 1/12 along any direction.
        let variance = self.sigma_px * self.sigma_px + 1.0 / 12.0;
        let bend = 0.5 * variance * edge.curvature * mm_per_px;
        let d = edge.distance / mm_per_px - bend;
        let inside = edge_coverage(d, normal, self.sigma_px);
        // Mean of a truncated normal: light of the inner part comes from `variance * density / inside` further in.
        // This keeps texture next to an edge from moving the edge.
        let sigma = variance.sqrt();
        let mass = sigma * normal_pdf(d / sigma) * mm_per_px;
        let along = |share: f64, sign: f64| {
            let shift = sign * (mass / share.max(1e-9)).min(8.0 * sigma * mm_per_px);
            edge.inward.map(|n| n * shift)
        };
        Split {
            inside,
            inner_shift: along(inside, 1.0),
            outer_shift: along(1.0 - inside, -1.0),
        }
    }
}

fn resolve_borders(spec: &Spec) -> Borders {
    if spec.border_kind == BorderKind::None {
        return Borders {
            left: 0.0,
            right: 0.0,
            top: 0.0,
            bottom: 0.0,
        };
    }
    spec.borders_mm.unwrap_or_else(|| {
        let mut draw = Draw::new(spec.seed, PURPOSE_BORDERS);
        let mut pair = || {
            let mean = draw.range(2.9, 3.2);
            let shift = draw.range(0.08, 0.4) * if draw.below(2) == 0 { -1.0 } else { 1.0 };
            (mean - shift, mean + shift)
        };
        let ((left, right), (top, bottom)) = (pair(), pair());
        Borders {
            left,
            right,
            top,
            bottom,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::normal_cdf;

    /// One dimension by brute force: texture `a + b x` inside x > 0, seen from `at` through point spread and pixel.
    fn seen(a: f64, b: f64, at: f64, sigma: f64) -> f64 {
        let n = 40_000;
        let step = 16.0 / f64::from(n);
        (0..n)
            .map(|i| {
                let u = (f64::from(i) + 0.5) * step - 8.0;
                let weight = normal_cdf((u + 0.5) / sigma) - normal_cdf((u - 0.5) / sigma);
                let x = at + u;
                if x > 0.0 { weight * (a + b * x) * step } else { 0.0 }
            })
            .sum()
    }

    #[test]
    fn texture_beside_an_edge_does_not_move_the_edge() {
        let spec = Spec {
            pitch_mm: 1.0,
            card_mm: [100.0, 100.0],
            corner_radius_mm: 0.0,
            ..Spec::default()
        };
        let layout = Layout::new(&spec);
        let unit = || [[1.0, 0.0], [0.0, 1.0]];
        for at in [-1.5, -0.6, -0.1, 0.0, 0.3, 0.9, 2.0] {
            let split = layout.split_outer([at - 50.0, 0.0], 1.0, &unit);
            let (a, b) = (0.5, 0.03);
            let drawn = split.inside * (a + b * (at + split.inner_shift[0]));
            let error_px = (drawn - seen(a, b, at, 0.8)) / (0.46 * a);
            assert!(error_px.abs() < 0.001, "at {at}: {error_px} px");
        }
    }
}
