//! What the varnish's lobe adds to the least-squares fit, near the card's coarse slopes: a cubic of the slopes, made once
//! for a short run of pixels, that tells every pixel of it where to look for its own slope.

use crate::kernel::LANES;

type Lane = [f32; LANES];

/// Where the lobe is looked at, in reaches from the coarse slopes: a grid, both axes further out, and the coarse slopes
/// themselves at the first and at the last pixel of the run.
pub const POINTS: [[f32; 2]; 15] = [
    [0.0, 0.0],
    [1.0, 0.0],
    [-1.0, 0.0],
    [0.0, 1.0],
    [0.0, -1.0],
    [1.0, 1.0],
    [1.0, -1.0],
    [-1.0, 1.0],
    [-1.0, -1.0],
    [2.0, 0.0],
    [-2.0, 0.0],
    [0.0, 2.0],
    [0.0, -2.0],
    [0.0, 0.0],
    [0.0, 0.0],
];

/// Coefficients for x, y and z of the fit, of the slopes a, b from the origin and of the share of the run.
struct Cubic {
    one: f32,
    a: f32,
    b: f32,
    aa: f32,
    ab: f32,
    bb: f32,
    aaa: f32,
    aab: f32,
    abb: f32,
    bbb: f32,
    share: f32,
}

/// The fit of the lobe near the coarse slopes.
pub struct Model {
    /// The coarse slopes.
    pub origin: [f32; 2],
    /// Slopes further from them are taken for this far.
    most: f32,
    axes: [Cubic; 3],
}

/// The fit at a pixel's slopes, and how it changes with them.
pub struct Near {
    /// x, y and z.
    pub fit: [f32; 3],
    /// Per unit of slope along x.
    pub by_p: [f32; 3],
    /// Per unit of slope along y.
    pub by_q: [f32; 3],
}

impl Model {
    /// Number of the point at the run's first pixel.
    pub const AT_START: usize = 13;
    /// Number of the point at the run's last pixel.
    pub const AT_END: usize = 14;

    /// How far around the coarse slopes to look: a third of what changes a lobe seen half way down by its own size.
    pub fn reach(exponent: f32) -> f32 {
        (0.9 / exponent).clamp(0.004, 0.05)
    }

    /// From the fits at [`POINTS`], which are the first lanes.
    pub fn new(origin: [f32; 2], reach: f32, fits: &[Lane; 3]) -> Self {
        Self {
            origin,
            most: 3.0 * reach,
            axes: fits.map(|f| Cubic::through(&f, reach)),
        }
    }

    /// The fit at the coarse slopes, at this share of the run.
    #[inline(always)]
    pub fn start(&self, share: f32) -> Near {
        let [x, y, z] = &self.axes;
        let fit = |c: &Cubic| c.share.mul_add(share - 0.5, c.one);
        Near {
            fit: [fit(x), fit(y), fit(z)],
            by_p: [x.a, y.a, z.a],
            by_q: [x.b, y.b, z.b],
        }
    }

    /// The fit at slopes p, q, at this share of the run.
    #[inline(always)]
    pub fn near(&self, share: f32, p: f32, q: f32) -> Near {
        let a = (p - self.origin[0]).clamp(-self.most, self.most);
        let b = (q - self.origin[1]).clamp(-self.most, self.most);
        let [x, y, z] = &self.axes;
        let [(fx, px, qx), (fy, py, qy), (fz, pz, qz)] = [x.at(share, a, b), y.at(share, a, b), z.at(share, a, b)];
        Near {
            fit: [fx, fy, fz],
            by_p: [px, py, pz],
            by_q: [qx, qy, qz],
        }
    }
}

impl Cubic {
    /// The value and its slopes along a and b.
    #[inline(always)]
    fn at(&self, share: f32, a: f32, b: f32) -> (f32, f32, f32) {
        let of_b = b.mul_add(self.abb, self.ab);
        let of_a = a.mul_add(self.aab, self.ab);
        let along = a.mul_add(
            b.mul_add(self.aab, a.mul_add(self.aaa, self.aa)),
            b.mul_add(of_b, self.a),
        );
        let across = b.mul_add(b.mul_add(self.bbb, self.bb), self.b);
        let fit = self.share.mul_add(share - 0.5, self.one);
        let by_a = a.mul_add(
            (3.0 * a).mul_add(self.aaa, 2.0 * b.mul_add(self.aab, self.aa)),
            b.mul_add(of_b, self.a),
        );
        let by_b = b.mul_add(
            (3.0 * b).mul_add(self.bbb, 2.0 * a.mul_add(self.abb, self.bb)),
            a.mul_add(of_a, self.b),
        );
        (a.mul_add(along, b.mul_add(across, fit)), by_a, by_b)
    }

    /// Central differences over the points.
    fn through(f: &Lane, r: f32) -> Self {
        let odd = |plus: usize, minus: usize| 0.5 * (f[plus] - f[minus]);
        let second = |plus: usize, minus: usize, middle: usize| f[plus] + f[minus] - 2.0 * f[middle];
        let third = |inner: f32, outer: f32| (outer - 2.0 * inner) / (6.0 * r * r * r);
        let aaa = third(odd(1, 2), odd(9, 10));
        let bbb = third(odd(3, 4), odd(11, 12));
        Self {
            one: f[0],
            a: odd(1, 2) / r - aaa * r * r,
            b: odd(3, 4) / r - bbb * r * r,
            aa: 0.5 * second(1, 2, 0) / (r * r),
            ab: 0.25 * (f[5] - f[6] - f[7] + f[8]) / (r * r),
            bb: 0.5 * second(3, 4, 0) / (r * r),
            aaa,
            aab: 0.25 * (second(5, 7, 3) - second(6, 8, 4)) / (r * r * r),
            abb: 0.25 * (second(5, 6, 1) - second(7, 8, 2)) / (r * r * r),
            bbb,
            share: f[Model::AT_END] - f[Model::AT_START],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cubic with every term, and a slope along the run.
    fn truth(a: f32, b: f32, share: f32) -> f32 {
        let (aa, bb) = (a * a, b * b);
        0.5 - 1.5 * a + 0.8 * b + 2.0 * aa - 3.0 * a * b + 1.2 * bb + 4.0 * a * aa - 5.0 * aa * b + 6.0 * a * bb
            - 7.0 * b * bb
            + 0.25 * (share - 0.5)
    }

    #[test]
    fn a_cubic_and_its_slopes_come_back_everywhere() {
        let (origin, reach) = ([0.02, -0.03], 0.05);
        let mut fit = [0.0; LANES];
        for (i, [a, b]) in POINTS.into_iter().enumerate() {
            let share = match i {
                Model::AT_START => 0.0,
                Model::AT_END => 1.0,
                _ => 0.5,
            };
            fit[i] = truth(a * reach, b * reach, share);
        }
        let model = Model::new(origin, reach, &[fit; 3]);
        for (a, b, share) in [
            (0.0, 0.0, 0.5),
            (0.03, -0.04, 0.0),
            (-0.1, 0.07, 1.0),
            (0.02, 0.12, 0.25),
        ] {
            let near = model.near(share, origin[0] + a, origin[1] + b);
            assert!((near.fit[1] - truth(a, b, share)).abs() < 1e-4, "at {a}, {b}");
            let h = 1e-2;
            let by_p = (truth(a + h, b, share) - truth(a - h, b, share)) / (2.0 * h) - 4.0 * h * h;
            let by_q = (truth(a, b + h, share) - truth(a, b - h, share)) / (2.0 * h) + 7.0 * h * h;
            assert!((near.by_p[0] - by_p).abs() < 5e-3, "{} {by_p}", near.by_p[0]);
            assert!((near.by_q[2] - by_q).abs() < 5e-3, "{} {by_q}", near.by_q[2]);
        }
    }
}
