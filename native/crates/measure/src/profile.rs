//! Mean light profiles across an edge, their gradient at several scales, and sub-pixel gradient peaks.

use crate::math::median;
use crate::window::Window;
use imaging::LinearSource;

/// Mean of a window's pixels along the edge, one value a pixel across it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// v of the first value, px.
    pub v0: f64,
    /// Mean light (or its square root, see [`Profile::perceptual`]).
    pub values: Vec<f64>,
}

/// An extremum of the gradient.
#[derive(Clone, Copy, Debug)]
pub struct Peak {
    /// Position across the edge, px.
    pub v: f64,
    /// Gradient there, signed: light per px.
    pub strength: f64,
    /// Gaussian width of the gradient peak, px (blur, pixel, kernel and its own pixel together); infinite where it is flat.
    pub width: f64,
}

impl Profile {
    /// Reads a window; pixels are shared linearly between the two nearest values. `None` where the window has gaps.
    #[must_use]
    pub fn read(src: &dyn LinearSource, window: &Window) -> Option<Self> {
        let pixels = window.read(src);
        let mut sums = RowSums::new(window, pixels.step()[1]);
        pixels.rows().for_each(|row| sums.add(row.v, row.light));
        sums.profile()
    }

    /// The same from pixels (v, light) that were read before.
    #[must_use]
    pub fn gather(window: &Window, pixels: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let mut sums = Sums::new(window);
        pixels.for_each(|(v, light)| sums.add(v, light));
        sums.profile()
    }

    /// The same profile as square root of light, in which equal steps look about equally strong on dark and bright ground.
    #[must_use]
    pub fn perceptual(mut self) -> Self {
        for value in &mut self.values {
            *value = value.max(0.0).sqrt();
        }
        self
    }

    /// Gradient after Gaussian smoothing with `sigma` px; the ends, where the kernel would leave the profile, are 0.
    #[must_use]
    pub fn gradient(&self, sigma: f64) -> Vec<f64> {
        let kernel = derivative_kernel(sigma);
        let radius = kernel.len() / 2;
        let n = self.values.len();
        let mut out = vec![0.0; n];
        for i in radius..n.saturating_sub(radius) {
            out[i] = kernel
                .iter()
                .zip(&self.values[i - radius..=i + radius])
                .map(|(k, v)| k * v)
                .sum();
        }
        out
    }

    /// Gradient peaks at least `threshold` strong, in order of v.
    #[must_use]
    pub fn peaks(&self, gradient: &[f64], threshold: f64) -> Vec<Peak> {
        (1..gradient.len().saturating_sub(1))
            .filter(|&i| gradient[i].abs() >= threshold)
            .filter(|&i| gradient[i].abs() > gradient[i - 1].abs() && gradient[i].abs() >= gradient[i + 1].abs())
            .map(|i| refine_peak(gradient, i, self.v0))
            .collect()
    }

    /// Median of the values with v in `from ..= to`; `None` where there are none.
    #[must_use]
    pub fn level_between(&self, from: f64, to: f64) -> Option<f64> {
        let first = (from - self.v0).ceil().max(0.0);
        let last = (to - self.v0).floor().min(self.values.len() as f64 - 1.0);
        if last < first {
            return None;
        }
        let part = &self.values[first as usize..=last as usize];
        Some(median(part))
    }
}

/// Light and weight gathered at each px across an edge.
struct Sums {
    v0: f64,
    last: f64,
    at: Vec<[f64; 2]>,
}

impl Sums {
    fn new(window: &Window) -> Self {
        let v0 = window.v[0].ceil();
        let n = (window.v[1].floor() - v0) as usize + 1;
        Self {
            v0,
            last: (n - 1) as f64,
            at: vec![[0.0; 2]; n + 1],
        }
    }

    #[inline]
    fn add(&mut self, v: f64, light: f64) {
        let place = v - self.v0;
        if place >= 0.0 && place <= self.last {
            let i = place as usize;
            let share = place - i as f64;
            let [here, next] = &mut self.at[i..i + 2] else { return };
            here[0] += (1.0 - share) * light;
            here[1] += 1.0 - share;
            next[0] += share * light;
            next[1] += share;
        }
    }

    fn profile(mut self) -> Option<Profile> {
        self.at.pop();
        let values: Vec<f64> = self.at.iter().map(|s| s[0] / s[1]).collect();
        let v0 = self.v0;
        values.iter().all(|v| v.is_finite()).then_some(Profile { v0, values })
    }
}

/// Light and weight of the two values each pixel lies between, gathered row by row.
///
/// Along a row v grows by a constant: within half a pixel of -1, 0 or 1 times the pixel number it stays in one cell, so
/// that a stretch of pixels is shared by straight loops.
struct RowSums {
    v0: f64,
    /// Light and weight of the value below each pixel, then of that above; the first is for v0 - MARGIN.
    below: [Vec<f32>; 2],
    above: [Vec<f32>; 2],
    length: usize,
    /// Step of v along a row: the whole number next to it, and what it has more than that.
    whole: isize,
    drift: f64,
}

/// Pixels just outside the whole values still belong to the outermost of them.
const MARGIN: usize = 2;

impl RowSums {
    fn new(window: &Window, dv: f64) -> Self {
        let v0 = window.v[0].ceil();
        let length = (window.v[1].floor() - v0) as usize + 1;
        let whole = dv.round();
        let zeros = || vec![0.0; length + 2 * MARGIN];
        Self {
            v0,
            below: [zeros(), zeros()],
            above: [zeros(), zeros()],
            length,
            whole: whole as isize,
            drift: dv - whole,
        }
    }

    /// Adds a row whose first pixel is at `v`.
    fn add(&mut self, v: f64, light: &[f32]) {
        let start = v - self.v0 + MARGIN as f64;
        let mut from = 0;
        while from < light.len() {
            // place = cell + share + whole * i, with the cell the same up to `until`.
            let here = start + self.drift * from as f64;
            // A positive value is rounded down by the conversion, without the call that rounding down costs.
            let cell = here as i32;
            let share = here - f64::from(cell);
            let room = if self.drift > 0.0 { 1.0 - share } else { share };
            let left = light.len() - from;
            let all_fit = (left - 1) as f64 * self.drift.abs() <= room;
            let stay = if all_fit {
                left
            } else {
                ((room / self.drift.abs()) as usize).clamp(1, left)
            };
            let first = cell as isize + self.whole * from as isize;
            let part = &light[from..from + stay];
            self.add_stretch(first, [share as f32, self.drift as f32], part);
            from += stay;
        }
    }

    /// Adds pixels to the cells `first`, `first + whole`, ... with shares that grow from `share[0]` by `share[1]` each.
    fn add_stretch(&mut self, first: isize, share: [f32; 2], light: &[f32]) {
        let whole = self.whole;
        let last = first + whole * (light.len() as isize - 1);
        let cells = self.below[0].len() as isize;
        if first.min(last) < 0 || first.max(last) >= cells {
            return;
        }
        let (first, last) = (first as usize, last as usize);
        let at = |i: usize| share[0] + share[1] * i as f32;
        match whole {
            0 => {
                // Four sums side by side, as a chain of additions would wait for itself.
                let (mut sums, mut shares) = ([0.0f32; 4], [0.0f32; 4]);
                let (fours, rest) = light.as_chunks::<4>();
                for (k, four) in fours.iter().enumerate() {
                    for j in 0..4 {
                        sums[j] += four[j];
                        shares[j] += at(4 * k + j) * four[j];
                    }
                }
                for (j, l) in rest.iter().enumerate() {
                    sums[j] += l;
                    shares[j] += at(4 * fours.len() + j) * l;
                }
                let (sum, shared) = (sums.iter().sum::<f32>(), shares.iter().sum::<f32>());
                let n = light.len() as f32;
                let weight = n * share[0] + share[1] * 0.5 * n * (n - 1.0);
                self.below[0][first] += sum - shared;
                self.below[1][first] += n - weight;
                self.above[0][first] += shared;
                self.above[1][first] += weight;
            }
            1 => self.spread(first..last + 1, light.iter(), at),
            _ => {
                let n = light.len();
                self.spread(last..first + 1, light.iter().rev(), |i| at(n - 1 - i));
            }
        }
    }

    fn spread<'a>(
        &mut self,
        cells: std::ops::Range<usize>,
        light: impl Iterator<Item = &'a f32>,
        share: impl Fn(usize) -> f32,
    ) {
        let ([bl, bw], [al, aw]) = (&mut self.below, &mut self.above);
        let below = bl[cells.clone()].iter_mut().zip(&mut bw[cells.clone()]);
        let above = al[cells.clone()].iter_mut().zip(&mut aw[cells]);
        for (i, ((l, (bl, bw)), (al, aw))) in light.zip(below).zip(above).enumerate() {
            let s = share(i);
            *al += s * l;
            *aw += s;
            *bl += (1.0 - s) * l;
            *bw += 1.0 - s;
        }
    }

    fn profile(self) -> Option<Profile> {
        let value = |i: usize| {
            let sum = |k: usize| f64::from(self.below[k][i] + self.above[k][i - 1]);
            sum(0) / sum(1)
        };
        let values: Vec<f64> = (MARGIN..MARGIN + self.length).map(value).collect();
        let v0 = self.v0;
        values.iter().all(|v| v.is_finite()).then_some(Profile { v0, values })
    }
}

/// Derivative-of-Gaussian weights for correlation, normalised so that a unit ramp gives 1.
///
/// The Gaussian is integrated over each pixel's neighbourhood (difference of its values at the half pixels), which keeps
/// the kernel honest at sigma 0.5.
#[must_use]
pub fn derivative_kernel(sigma: f64) -> Vec<f64> {
    let radius = (4.0 * sigma).ceil() as i64 + 1;
    let gauss = |x: f64| (-0.5 * (x / sigma).powi(2)).exp();
    let mut kernel: Vec<f64> = (-radius..=radius)
        .map(|i| gauss(i as f64 - 0.5) - gauss(i as f64 + 0.5))
        .collect();
    let ramp: f64 = kernel.iter().zip(-radius..).map(|(k, i)| k * i as f64).sum();
    for k in &mut kernel {
        *k /= ramp;
    }
    kernel
}

/// Log-parabola through three gradient samples: exact for a Gaussian-blurred step, 0.0003 px at sigma 1.5.
fn refine_peak(gradient: &[f64], i: usize, v0: f64) -> Peak {
    let sign = gradient[i].signum();
    let [left, middle, right] = [gradient[i - 1] * sign, gradient[i] * sign, gradient[i + 1] * sign];
    let at = v0 + i as f64;
    if left <= 0.0 || right <= 0.0 {
        // The neighbour has the other sign: no Gaussian there, so the plain parabola (biased up to 0.08 px) has to do.
        let bend = left - 2.0 * middle + right;
        let shift = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
        return Peak {
            v: at + shift.clamp(-0.5, 0.5),
            strength: gradient[i],
            width: 0.7,
        };
    }
    let (l, m, r) = (left.ln(), middle.ln(), right.ln());
    let bend = l - 2.0 * m + r;
    if bend >= -1e-9 {
        return Peak {
            v: at,
            strength: gradient[i],
            width: f64::INFINITY,
        };
    }
    let shift = (0.5 * (l - r) / bend).clamp(-0.5, 0.5);
    Peak {
        v: at + shift,
        strength: sign * (m - 0.25 * (l - r) * shift).exp(),
        width: (-1.0 / bend).sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;

    #[test]
    fn the_gradient_of_a_ramp_is_its_slope_with_its_sign() {
        let profile = Profile {
            v0: 0.0,
            values: (0..60).map(|i| 0.01 * f64::from(i)).collect(),
        };
        for sigma in [0.5, 1.0, 1.5, 2.0] {
            assert!((profile.gradient(sigma)[30] - 0.01).abs() < 1e-12);
        }
    }

    #[test]
    fn a_blurred_step_is_found_to_a_thousandth_of_a_pixel_at_any_phase() {
        for phase in 0..10 {
            let t = 20.0 + 0.1 * f64::from(phase);
            let values = (0..41)
                .map(|i| 0.2 + 0.5 * normal((f64::from(i) - t) / 1.0).0)
                .collect();
            let profile = Profile { v0: 0.0, values };
            let peaks = profile.peaks(&profile.gradient(1.5), 0.05);
            assert_eq!(peaks.len(), 1);
            assert!((peaks[0].v - t).abs() < 1e-3, "{} {t}", peaks[0].v);
            assert!(
                (peaks[0].width - (1.0f64 + 1.5 * 1.5 + 1.0 / 12.0).sqrt()).abs() < 0.01,
                "{}",
                peaks[0].width
            );
        }
    }
}
