//! Refines linked edge points by a maximum-likelihood fit where the neighbourhood is a single blurred step.
//!
//! The ridge of a smoothed gradient is unbiased, but its kernel is not the edge's own profile: it costs 15 to 20 % in
//! scatter over the Cramer-Rao bound. The fit weighs rows along the edge by the detector's own Gaussian, so a point still
//! speaks for its own place, and takes the levels of both sides from a wider patch.

use crate::aperture::{Aperture, Table};
use crate::edges::EdgePoint;
use crate::math::{invert_spd, times};
use imaging::LinearSource;

/// Half extent of the patch across and along the edge, px.
const ACROSS: f64 = 8.0;
const ALONG: f64 = 7.0;
/// Rows of pixels around a band that its points' patches reach.
pub const MARGIN: usize = 11;
/// Blur beyond which the patch does not hold the whole transition, px.
const MOST_BLUR: f64 = 2.0;
/// Residual over contrast above which this is not one step.
const MOST_RESIDUAL: f64 = 0.2;
const PARAMETERS: usize = 4;

/// Rows of light around a band.
pub struct Patch {
    first_row: usize,
    width: usize,
    rows: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Pixel {
    u: f64,
    v: f64,
    light: f64,
}

struct Fit {
    p: [f64; PARAMETERS],
    std: f64,
}

impl Patch {
    /// Reads the rows `first..first + count` of the image with their margin.
    #[must_use]
    pub fn read(src: &dyn LinearSource, first: usize, count: usize) -> Self {
        let first_row = first.saturating_sub(MARGIN);
        let last = (first + count + MARGIN).min(src.height());
        let width = src.width();
        let mut rows = vec![0.0; (last - first_row) * width];
        for (i, row) in rows.chunks_exact_mut(width.max(1)).enumerate() {
            src.read_row(first_row + i, 0, row);
        }
        Self { first_row, width, rows }
    }

    /// The point moved to where the fit puts it; `None` where the patch is not one step on even ground.
    #[must_use]
    pub fn refine(&self, point: &EdgePoint, blur: f64, sigma: f64, pixels: &mut PatchPixels) -> Option<EdgePoint> {
        // NaN blur is refused too.
        if !(0.2..=MOST_BLUR).contains(&blur) {
            return None;
        }
        self.gather(point, pixels)?;
        let (low, high) = pixels.levels(blur)?;
        let start = [low, high - low, 0.0, (blur * blur - 1.0 / 12.0).max(0.04).sqrt()];
        pixels.weigh(blur, sigma);
        let fit = pixels.fit(Aperture::along(point.normal), start)?;
        let shift = fit.p[2];
        (shift.abs() < 0.7 && fit.std.is_finite()).then(|| EdgePoint {
            x_px: point.x_px + shift * point.normal[0],
            y_px: point.y_px + shift * point.normal[1],
            std_px: Some(fit.std),
            ..*point
        })
    }

    fn gather(&self, point: &EdgePoint, pixels: &mut PatchPixels) -> Option<()> {
        let n = point.normal;
        let reach = [
            ACROSS * n[0].abs() + ALONG * n[1].abs(),
            ACROSS * n[1].abs() + ALONG * n[0].abs(),
        ];
        let rows = self.rows.len() / self.width.max(1);
        let (left, right) = ((point.x_px - reach[0]).ceil(), (point.x_px + reach[0]).floor());
        let (top, bottom) = ((point.y_px - reach[1]).ceil(), (point.y_px + reach[1]).floor());
        let first = self.first_row as f64;
        if left < 0.0 || top < first || right >= self.width as f64 || bottom >= first + rows as f64 {
            return None;
        }
        pixels.all.clear();
        for y in top as usize..=bottom as usize {
            let row = &self.rows[(y - self.first_row) * self.width..][..self.width];
            let dy = y as f64 - point.y_px;
            for (x, &light) in row.iter().enumerate().take(right as usize + 1).skip(left as usize) {
                let dx = x as f64 - point.x_px;
                let (v, u) = (dx * n[0] + dy * n[1], dy * n[0] - dx * n[1]);
                if v.abs() <= ACROSS && u.abs() <= ALONG {
                    let light = f64::from(light);
                    pixels.all.push(Pixel { u, v, light });
                }
            }
        }
        Some(())
    }
}

/// Buffers that all points of a band share.
#[derive(Default)]
pub struct PatchPixels {
    all: Vec<Pixel>,
    weights: Vec<f64>,
}

impl PatchPixels {
    /// Mean light of both sides; `None` where either side is uneven against the step between them.
    fn levels(&self, blur: f64) -> Option<(f64, f64)> {
        let mut sums = [[0.0f64; 3]; 2];
        let away = 2.5 * blur + 0.5;
        for p in self.all.iter().filter(|p| p.v.abs() > away) {
            let sum = &mut sums[usize::from(p.v > 0.0)];
            sum[0] += 1.0;
            sum[1] += p.light;
            sum[2] += p.light * p.light;
        }
        let level = |s: &[f64; 3]| {
            let mean = s[1] / s[0];
            (mean, (s[2] / s[0] - mean * mean).max(0.0).sqrt())
        };
        let ((low, spread_low), (high, spread_high)) = (level(&sums[0]), level(&sums[1]));
        let contrast = high - low;
        let even = contrast > 0.0 && spread_low < MOST_RESIDUAL * contrast && spread_high < MOST_RESIDUAL * contrast;
        (even && sums[0][0] >= 16.0 && sums[1][0] >= 16.0).then_some((low, high))
    }

    /// Rows count by a Gaussian of the detector's scale within the transition, and fully where only a level is learned.
    fn weigh(&mut self, blur: f64, sigma: f64) {
        let edge = 3.0 * blur + 0.5;
        let weight = |p: &Pixel| {
            if p.v.abs() > edge {
                1.0
            } else {
                (-0.5 * (p.u / sigma).powi(2)).exp()
            }
        };
        self.weights.clear();
        self.weights.extend(self.all.iter().map(weight));
    }

    /// Gauss-Newton on background, contrast, position and blur.
    fn fit(&self, aperture: Aperture, start: [f64; PARAMETERS]) -> Option<Fit> {
        let mut p = start;
        for _ in 0..6 {
            let Pass { h, g, .. } = self.pass(aperture, &p);
            let step = times(&invert_spd(&h)?, &g);
            for (value, by) in p.iter_mut().zip(step) {
                *value += by;
            }
            p[3] = p[3].clamp(0.2, 1.5 * MOST_BLUR);
            if p[2].abs() > 1.0 || p[1] <= 0.0 {
                return None;
            }
            if step[2].abs() < 2e-6 && step[3].abs() < 1e-4 {
                break;
            }
        }
        let end = self.pass(aperture, &p);
        let freedom = self.all.len() as f64 - PARAMETERS as f64;
        let variance = end.squares / freedom;
        let settled = variance.sqrt() < MOST_RESIDUAL * p[1] && end.even(variance);
        // Sandwich: weights are chosen, not inverse variances.
        let inverse = invert_spd(&end.h)?;
        let spread: f64 = (0..PARAMETERS)
            .map(|a| inverse[2][a] * times(&end.h2, &inverse[2])[a])
            .sum();
        (settled && p.iter().all(|v| v.is_finite())).then(|| Fit {
            p,
            std: (variance * spread).sqrt(),
        })
    }

    fn pass(&self, aperture: Aperture, p: &[f64; PARAMETERS]) -> Pass {
        let table = Table::new(aperture, p[3]);
        let mut pass = Pass::default();
        for (pixel, &w) in self.all.iter().zip(&self.weights) {
            let [e, by_x, by_sigma] = table.at(pixel.v - p[2]);
            let j = [1.0, e, -p[1] * by_x, p[1] * by_sigma];
            let r = pixel.light - p[0] - p[1] * e;
            pass.squares += r * r;
            let slice = &mut pass.slices[((pixel.v + ACROSS) / 2.0).min(7.0) as usize];
            slice.0 += r;
            slice.1 += 1.0;
            for a in 0..PARAMETERS {
                pass.g[a] += w * r * j[a];
                for b in 0..=a {
                    pass.h[a][b] += w * j[a] * j[b];
                    pass.h2[a][b] += w * w * j[a] * j[b];
                }
            }
        }
        for a in 0..PARAMETERS {
            for b in 0..a {
                pass.h[b][a] = pass.h[a][b];
                pass.h2[b][a] = pass.h2[a][b];
            }
        }
        pass
    }
}

/// Sums over the patch at one set of parameters.
#[derive(Default)]
struct Pass {
    h: [[f64; PARAMETERS]; PARAMETERS],
    h2: [[f64; PARAMETERS]; PARAMETERS],
    g: [f64; PARAMETERS],
    squares: f64,
    /// Sum and number of residuals in slices of 2 px across the edge.
    slices: [(f64, f64); 8],
}

impl Pass {
    /// Whether the slices' mean residuals are what white noise gives (chi-square, 4 standard deviations).
    fn even(&self, variance: f64) -> bool {
        let used = self.slices.iter().filter(|s| s.1 > 0.0);
        let chi: f64 = used.map(|s| s.0 * s.0 / s.1).sum();
        // Rounding of a noise-free picture is not white; a thousandth of the contrast does no harm.
        chi <= 8.0 * variance + 4.0 * 4.0 * variance
    }
}
