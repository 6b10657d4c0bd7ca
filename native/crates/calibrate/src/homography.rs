//! Plane-to-plane projective maps: fitting (normalised DLT, Hartley 1997), robustly (RANSAC) and applying.

use crate::linear::{invert3, least_eigenvector, multiply3, zeros};

/// A 3 x 3 projective map of points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Homography(pub(crate) [[f64; 3]; 3]);

impl Homography {
    /// Image of a point.
    pub(crate) fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [u, v, w] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        [u / w, v / w]
    }

    /// The map back; `None` where it is singular.
    pub(crate) fn inverse(&self) -> Option<Self> {
        invert3(self.0).map(Self)
    }

    /// Least-squares map of `from` to `to` with weights; `None` for fewer than 4 points or degenerate ones.
    pub(crate) fn fit(from: &[[f64; 2]], to: &[[f64; 2]], weights: Option<&[f64]>) -> Option<Self> {
        if from.len() < 4 || from.len() != to.len() {
            return None;
        }
        let (a, b) = (Similarity::of(from)?, Similarity::of(to)?);
        let mut normal = zeros(9);
        for i in 0..from.len() {
            let ([x, y], [u, v]) = (a.at(from[i]), b.at(to[i]));
            let w = weights.map_or(1.0, |w| w[i]);
            for row in [
                [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, -u],
                [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, -v],
            ] {
                for p in 0..9 {
                    for q in 0..9 {
                        normal[p][q] += w * row[p] * row[q];
                    }
                }
            }
        }
        let h = least_eigenvector(normal);
        let h = [[h[0], h[1], h[2]], [h[3], h[4], h[5]], [h[6], h[7], h[8]]];
        let full = multiply3(invert3(b.matrix())?, multiply3(h, a.matrix()));
        let scale = full[2][2];
        let fitted = Self(full.map(|row| row.map(|v| v / scale)));
        let finite = fitted.0.iter().flatten().all(|v| v.is_finite());
        (finite && fitted.inverse().is_some()).then_some(fitted)
    }

    /// Fit that leaves out points off by more than `tolerance`; which points were kept. Samples are drawn by a fixed
    /// sequence, so that equal input gives equal output.
    pub(crate) fn fit_robust(from: &[[f64; 2]], to: &[[f64; 2]], tolerance: f64) -> Option<(Self, Vec<bool>)> {
        let n = from.len();
        if n < 4 {
            return None;
        }
        let inside = |h: &Self| -> Vec<bool> {
            (0..n)
                .map(|i| {
                    let p = h.at(from[i]);
                    (p[0] - to[i][0]).hypot(p[1] - to[i][1]) < tolerance
                })
                .collect()
        };
        let count = |kept: &[bool]| kept.iter().filter(|k| **k).count();
        let pick = |kept: &[bool], points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            points.iter().zip(kept).filter(|(_, k)| **k).map(|(p, _)| *p).collect()
        };
        let mut best: Vec<bool> = Self::fit(from, to, None).map_or_else(|| vec![false; n], |h| inside(&h));
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % n
        };
        for _ in 0..200 {
            if count(&best) == n {
                break;
            }
            let sample = [draw(), draw(), draw(), draw()];
            if (0..4).any(|i| sample[..i].contains(&sample[i])) {
                continue;
            }
            let Some(h) = Self::fit(&sample.map(|i| from[i]), &sample.map(|i| to[i]), None) else {
                continue;
            };
            let kept = inside(&h);
            if count(&kept) > count(&best) {
                best = kept;
            }
        }
        for _ in 0..3 {
            let h = Self::fit(&pick(&best, from), &pick(&best, to), None)?;
            best = inside(&h);
        }
        let h = Self::fit(&pick(&best, from), &pick(&best, to), None)?;
        Some((h, best))
    }
}

/// Moves points to the origin at unit size, which keeps the DLT well conditioned.
struct Similarity {
    centre: [f64; 2],
    scale: f64,
}

impl Similarity {
    fn of(points: &[[f64; 2]]) -> Option<Self> {
        let n = points.len() as f64;
        let centre = [0, 1].map(|a| points.iter().map(|p| p[a]).sum::<f64>() / n);
        let spread = points
            .iter()
            .map(|p| (p[0] - centre[0]).hypot(p[1] - centre[1]))
            .sum::<f64>()
            / n;
        (spread.is_finite() && spread > 0.0).then(|| Self {
            centre,
            scale: std::f64::consts::SQRT_2 / spread,
        })
    }

    fn at(&self, p: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|a| (p[a] - self.centre[a]) * self.scale)
    }

    fn matrix(&self) -> [[f64; 3]; 3] {
        let s = self.scale;
        [
            [s, 0.0, -s * self.centre[0]],
            [0.0, s, -s * self.centre[1]],
            [0.0, 0.0, 1.0],
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: Homography = Homography([[12.0, -3.0, 400.0], [2.5, 11.0, 90.0], [1e-3, -2e-3, 1.0]]);

    fn grid() -> Vec<[f64; 2]> {
        (0..30)
            .map(|i| [f64::from(i % 6) * 8.0, f64::from(i / 6) * 8.0])
            .collect()
    }

    #[test]
    fn an_exact_map_is_found_and_inverted() {
        let from = grid();
        let to: Vec<_> = from.iter().map(|p| H.at(*p)).collect();
        let fitted = Homography::fit(&from, &to, None).unwrap();
        let back = fitted.inverse().unwrap();
        for (p, q) in from.iter().zip(&to) {
            let (there, home) = (fitted.at(*p), back.at(*q));
            assert!((there[0] - q[0]).hypot(there[1] - q[1]) < 1e-8);
            assert!((home[0] - p[0]).hypot(home[1] - p[1]) < 1e-9);
        }
    }

    #[test]
    fn wrong_points_are_left_out() {
        let from = grid();
        let mut to: Vec<_> = from.iter().map(|p| H.at(*p)).collect();
        for i in [3, 7, 20, 21, 29] {
            to[i] = [to[i][0] + 60.0, to[i][1] - 45.0];
        }
        let (fitted, kept) = Homography::fit_robust(&from, &to, 2.0).unwrap();
        assert_eq!(kept.iter().filter(|k| !**k).count(), 5);
        let p = fitted.at(from[3]);
        let q = H.at(from[3]);
        assert!((p[0] - q[0]).hypot(p[1] - q[1]) < 1e-6);
    }

    #[test]
    fn points_on_a_line_give_no_map() {
        let from: Vec<[f64; 2]> = (0..6).map(|i| [f64::from(i), 2.0 * f64::from(i)]).collect();
        assert!(Homography::fit(&from, &from, None).is_none_or(|h| h.inverse().is_none()));
        assert!(Homography::fit(&from[..3], &from[..3], None).is_none());
    }
}
