//! The card's relief as sums of Gaussians, seen through the optics in closed form, with analytic gradients.
//!
//! Shading is linear in small slopes, so a pixel sees the gradient of the relief convolved with point spread and pixel.
//! A Gaussian convolved with a Gaussian is a Gaussian: its variance grows by the optics' and its volume stays.

use crate::profile::{normal_cdf, normal_pdf};

/// One Gaussian across a groove or ridge: offset from its middle (mm), height (mm, negative is a pit), sigma (mm).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub offset: f64,
    pub height: f64,
    pub sigma: f64,
}

impl Term {
    /// As seen through optics of the given sigma (mm), spread along one dimension.
    pub(crate) fn seen(self, optics: f64) -> Self {
        let sigma = self.sigma.hypot(optics);
        Self {
            height: self.height * self.sigma / sigma,
            sigma,
            ..self
        }
    }
}

/// A shape of the relief in the card frame.
#[derive(Clone, Debug)]
pub(crate) enum Relief {
    /// Straight line with a profile across and soft ends.
    Line {
        middle: [f64; 2],
        along: [f64; 2],
        half_length: f64,
        taper: f64,
        terms: Vec<Term>,
        reach: f64,
    },
    /// Round pit: height (negative) and sigma as seen.
    Pit { middle: [f64; 2], height: f64, sigma: f64 },
}

impl Relief {
    /// A line seen through optics of sigma `optics` mm.
    pub(crate) fn line(middle: [f64; 2], angle: f64, length: f64, terms: &[Term], optics: f64) -> Self {
        let terms: Vec<Term> = terms.iter().map(|t| t.seen(optics)).collect();
        let across = terms.iter().map(|t| t.offset.abs() + 6.0 * t.sigma).fold(0.0, f64::max);
        let widest = terms.iter().map(|t| t.sigma).fold(0.0, f64::max);
        let taper = (length / 12.0).min(2.0 * widest).max(1e-3).hypot(optics);
        Self::Line {
            middle,
            along: [angle.cos(), angle.sin()],
            half_length: length / 2.0 - taper.min(length / 6.0),
            taper,
            terms,
            reach: across + length / 2.0 + 6.0 * taper,
        }
    }

    /// A pit of the given depth and sigma (mm) seen through optics of sigma `optics` mm.
    pub(crate) fn pit(middle: [f64; 2], depth: f64, sigma: f64, optics: f64) -> Self {
        let seen = sigma.hypot(optics);
        Self::Pit {
            middle,
            height: -depth * (sigma / seen).powi(2),
            sigma: seen,
        }
    }

    /// Rows of the card frame that this shape touches.
    pub(crate) fn rows(&self) -> [f64; 2] {
        let (y, reach) = match self {
            Self::Line { middle, reach, .. } => (middle[1], *reach),
            Self::Pit { middle, sigma, .. } => (middle[1], 6.0 * sigma),
        };
        [y - reach, y + reach]
    }

    /// Gradient of the height at a card point (mm a mm).
    pub(crate) fn gradient(&self, p: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Pit { middle, height, sigma } => {
                let d = [p[0] - middle[0], p[1] - middle[1]];
                let r2 = (d[0] * d[0] + d[1] * d[1]) / (sigma * sigma);
                if r2 > 36.0 {
                    return [0.0; 2];
                }
                let g = -height * (-0.5 * r2).exp() / (sigma * sigma);
                d.map(|v| v * g)
            }
            Self::Line {
                middle,
                along,
                half_length,
                taper,
                terms,
                reach,
            } => {
                let d = [p[0] - middle[0], p[1] - middle[1]];
                let t = d[0] * along[0] + d[1] * along[1];
                let u = -d[0] * along[1] + d[1] * along[0];
                if t.abs() > *reach || u.abs() > *reach {
                    return [0.0; 2];
                }
                let (a, b) = ((t + half_length) / taper, (t - half_length) / taper);
                let window = normal_cdf(a) - normal_cdf(b);
                let window_slope = (normal_pdf(a) - normal_pdf(b)) / taper;
                let (mut profile, mut slope) = (0.0, 0.0);
                for term in terms {
                    let z = (u - term.offset) / term.sigma;
                    let g = term.height * (-0.5 * z * z).exp();
                    profile += g;
                    slope -= g * z / term.sigma;
                }
                let (gt, gu) = (window_slope * profile, window * slope);
                [gt * along[0] - gu * along[1], gt * along[1] + gu * along[0]]
            }
        }
    }
}

/// The relief of a whole card.
#[derive(Clone, Debug)]
pub(crate) struct Surface {
    pub shapes: Vec<Relief>,
    /// Height of the middle axis over the long edges, mm, and half the card's width, mm.
    pub bow: [f64; 2],
    /// Amplitude as seen (mm) and wave number (1/mm) of `A sin kx sin ky`.
    pub linen: Option<[f64; 2]>,
}

impl Surface {
    /// Gradient of the height at a card point, from the shapes named in `near`.
    pub(crate) fn gradient(&self, p: [f64; 2], near: &[usize]) -> [f64; 2] {
        let mut g = [-2.0 * self.bow[0] * p[0] / (self.bow[1] * self.bow[1]), 0.0];
        if let Some([height, k]) = self.linen {
            let ((sx, cx), (sy, cy)) = ((k * p[0]).sin_cos(), (k * p[1]).sin_cos());
            g = [g[0] + height * k * cx * sy, g[1] + height * k * sx * cy];
        }
        for &i in near {
            let one = self.shapes[i].gradient(p);
            g = [g[0] + one[0], g[1] + one[1]];
        }
        g
    }

    /// Amplitude and wave number of a linen emboss, seen through optics of sigma `optics` mm: a wave keeps
    /// `exp(-k^2 sigma^2 / 2)` of its height along either axis.
    pub(crate) fn linen(depth: f64, period: f64, optics: f64) -> [f64; 2] {
        let k = std::f64::consts::TAU / period;
        [0.5 * depth * (-(k * optics).powi(2)).exp(), k]
    }

    /// Shapes that touch a range of rows of the card frame.
    pub(crate) fn near(&self, rows: [f64; 2]) -> Vec<usize> {
        (0..self.shapes.len())
            .filter(|&i| {
                let [low, high] = self.shapes[i].rows();
                low <= rows[1] && high >= rows[0]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The unblurred relief written out again, to differentiate and integrate numerically.
    fn pit_height(x: f64, y: f64) -> f64 {
        -0.02 * (-(x * x + y * y) / (2.0 * 0.1f64 * 0.1)).exp()
    }

    #[test]
    fn seen_pit_equals_numeric_convolution_of_the_true_pit() {
        let (optics, at) = (0.035, [0.08, -0.05]);
        let seen = Relief::pit([0.0; 2], 0.02, 0.1, optics).gradient(at);
        let (mut gx, mut step) = (0.0, 0.0);
        let n = 120;
        for i in -n..=n {
            for j in -n..=n {
                let (u, v) = (
                    f64::from(i) * 6.0 * optics / f64::from(n),
                    f64::from(j) * 6.0 * optics / f64::from(n),
                );
                let weight = (-(u * u + v * v) / (2.0 * optics * optics)).exp();
                let (x, y, h) = (at[0] + u, at[1] + v, 1e-5);
                gx += weight * (pit_height(x + h, y) - pit_height(x - h, y)) / (2.0 * h);
                step += weight;
            }
        }
        assert!((seen[0] - gx / step).abs() < 1e-6, "{} {}", seen[0], gx / step);
    }

    #[test]
    fn line_gradient_crosses_zero_in_the_middle_and_points_out_of_a_groove() {
        let groove = Term {
            offset: 0.0,
            height: -0.005,
            sigma: 0.015,
        };
        let line = Relief::line([1.0, 2.0], 0.5, 8.0, &[groove], 0.03);
        let middle = line.gradient([1.0, 2.0]);
        assert!(middle[0].hypot(middle[1]) < 1e-12);
        let across = [-(0.5f64.sin()), 0.5f64.cos()];
        let g = line.gradient([1.0 + 0.02 * across[0], 2.0 + 0.02 * across[1]]);
        assert!(g[0] * across[0] + g[1] * across[1] > 0.0);
    }
}
