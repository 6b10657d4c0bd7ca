//! Cubic B-spline interpolation of a small window (Unser, Aldroubi & Eden 1993): values and gradients between pixels.

use imaging::LinearSource;

/// Pole of the cubic B-spline's inverse filter.
const POLE: f64 = -0.267_949_192_431_122_7;
/// Pixels around a window after which its mirrored border no longer shows (`POLE`^12 = 1e-7).
const PAD: usize = 12;

/// Spline coefficients of a window of an image.
pub struct Spline {
    x0: f64,
    y0: f64,
    width: usize,
    height: usize,
    coefficients: Vec<f32>,
}

impl Spline {
    /// The spline through `values` (row-major), whose first pixel is at (`x0`, `y0`).
    #[must_use]
    pub fn new(x0: f64, y0: f64, width: usize, height: usize, values: &[f32]) -> Self {
        let mut coefficients = values.to_vec();
        for row in coefficients.chunks_mut(width) {
            prefilter(row);
        }
        let mut column = vec![0f32; height];
        for x in 0..width {
            for y in 0..height {
                column[y] = coefficients[y * width + x];
            }
            prefilter(&mut column);
            for y in 0..height {
                coefficients[y * width + x] = column[y];
            }
        }
        Self {
            x0,
            y0,
            width,
            height,
            coefficients,
        }
    }

    /// Reads the window around a box `[left, top, right, bottom]` (px); `None` when the box leaves the image.
    pub fn read(src: &dyn LinearSource, bounds: [f64; 4], blur_px: f64) -> Option<Self> {
        let [left, top, right, bottom] = bounds;
        let inside = left >= 2.0
            && top >= 2.0
            && right <= src.width() as f64 - 3.0
            && bottom <= src.height() as f64 - 3.0
            && right >= left
            && bottom >= top;
        if !inside {
            return None;
        }
        let low = |v: f64| (v.floor() as usize).saturating_sub(PAD);
        let (x0, y0) = (low(left), low(top));
        let x1 = (right.ceil() as usize + PAD).min(src.width() - 1);
        let y1 = (bottom.ceil() as usize + PAD).min(src.height() - 1);
        let (width, height) = (x1 - x0 + 1, y1 - y0 + 1);
        let mut values = vec![0f32; width * height];
        for (i, row) in values.chunks_mut(width).enumerate() {
            src.read_row(y0 + i, x0, row);
        }
        blur(&mut values, width, height, blur_px);
        Some(Self::new(x0 as f64, y0 as f64, width, height, &values))
    }

    /// Value at a position in the image; `None` where the four neighbours are not all in the window.
    #[must_use]
    pub fn value(&self, x: f64, y: f64) -> Option<f64> {
        let (start, wx, wy) = self.place(x, y)?;
        let mut sum = 0.0;
        for (j, wy) in wy.iter().enumerate() {
            let row = &self.coefficients[start + j * self.width..][..4];
            let line: f64 = row.iter().zip(&wx).map(|(c, w)| f64::from(*c) * w).sum();
            sum += wy * line;
        }
        Some(sum)
    }

    /// Gradient at a position, per pixel.
    #[must_use]
    pub fn gradient(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let (start, wx, wy) = self.place(x, y)?;
        let (dx, dy) = (slopes((x - self.x0).fract()), slopes((y - self.y0).fract()));
        let mut g = [0.0; 2];
        for j in 0..4 {
            let row = &self.coefficients[start + j * self.width..][..4];
            for i in 0..4 {
                let c = f64::from(row[i]);
                g[0] += c * dx[i] * wy[j];
                g[1] += c * wx[i] * dy[j];
            }
        }
        Some(g)
    }

    #[inline]
    fn place(&self, x: f64, y: f64) -> Option<(usize, [f64; 4], [f64; 4])> {
        let (x, y) = (x - self.x0, y - self.y0);
        if !(x >= 1.0 && y >= 1.0 && x < self.width as f64 - 2.0 && y < self.height as f64 - 2.0) {
            return None;
        }
        let start = (y as usize - 1) * self.width + x as usize - 1;
        Some((start, weights(x.fract()), weights(y.fract())))
    }
}

#[inline]
fn weights(t: f64) -> [f64; 4] {
    let (s, t2) = (1.0 - t, t * t);
    let t3 = t2 * t;
    [
        s * s * s / 6.0,
        (3.0 * t3 - 6.0 * t2 + 4.0) / 6.0,
        (-3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0) / 6.0,
        t3 / 6.0,
    ]
}

fn slopes(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [-0.5 * s * s, 1.5 * t * t - 2.0 * t, -1.5 * t * t + t + 0.5, 0.5 * t * t]
}

/// In-place recursive inverse filter along one line with mirrored ends.
fn prefilter(line: &mut [f32]) {
    let n = line.len();
    if n < 2 {
        return;
    }
    let gain = (1.0 - POLE) * (1.0 - 1.0 / POLE);
    let horizon = n.min(28);
    let mut first = 0.0;
    let mut power = 1.0;
    for v in &line[..horizon] {
        first += power * f64::from(*v);
        power *= POLE;
    }
    let mut previous = first * gain;
    line[0] = previous as f32;
    for v in &mut line[1..] {
        previous = f64::from(*v) * gain + POLE * previous;
        *v = previous as f32;
    }
    let last = POLE / (POLE * POLE - 1.0) * (f64::from(line[n - 1]) + POLE * f64::from(line[n - 2]));
    let mut next = last;
    line[n - 1] = next as f32;
    for v in line[..n - 1].iter_mut().rev() {
        next = POLE * (next - f64::from(*v));
        *v = next as f32;
    }
}

/// Gaussian blur of a small window, ends repeated; below 0.3 px nothing is done.
pub fn blur(values: &mut [f32], width: usize, height: usize, sigma_px: f64) {
    if sigma_px.is_nan() || sigma_px < 0.3 {
        return;
    }
    let reach = (4.0 * sigma_px).ceil() as usize;
    let taps: Vec<f64> = (0..=reach)
        .map(|i| (-0.5 * (i as f64 / sigma_px).powi(2)).exp())
        .collect();
    let total = 2.0 * taps.iter().sum::<f64>() - taps[0];
    let pass = |line: &[f32]| -> Vec<f32> {
        let at = |i: isize| f64::from(line[i.clamp(0, line.len() as isize - 1) as usize]);
        (0..line.len() as isize)
            .map(|i| {
                let sides: f64 = (1..=reach as isize)
                    .map(|k| taps[k as usize] * (at(i - k) + at(i + k)))
                    .sum();
                ((taps[0] * at(i) + sides) / total) as f32
            })
            .collect()
    };
    for row in values.chunks_mut(width) {
        let smooth = pass(row);
        row.copy_from_slice(&smooth);
    }
    for x in 0..width {
        let column: Vec<f32> = (0..height).map(|y| values[y * width + x]).collect();
        for (y, v) in pass(&column).into_iter().enumerate() {
            values[y * width + x] = v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(x: f64, y: f64) -> f64 {
        0.5 + 0.3 * (0.7 * x + 0.2).sin() * (0.5 * y).cos()
    }

    fn window() -> Spline {
        let values: Vec<f32> = (0..60 * 50)
            .map(|i| wave((i % 60) as f64 + 5.0, (i / 60) as f64 - 3.0) as f32)
            .collect();
        Spline::new(5.0, -3.0, 60, 50, &values)
    }

    #[test]
    fn the_spline_goes_through_the_pixels_and_follows_a_smooth_wave_between_them() {
        let s = window();
        assert!((s.value(30.0, 20.0).unwrap() - wave(30.0, 20.0)).abs() < 1e-6);
        for (x, y) in [(30.5, 20.5), (22.3, 11.8), (40.9, 30.1)] {
            assert!((s.value(x, y).unwrap() - wave(x, y)).abs() < 5e-4, "{x} {y}");
        }
        assert!(s.value(5.5, 20.0).is_none() && s.value(30.0, 45.5).is_none());
    }

    #[test]
    fn the_gradient_is_that_of_the_wave() {
        let g = window().gradient(31.4, 17.7).unwrap();
        let (x, y) = (31.4, 17.7);
        let dx = 0.3 * 0.7 * (0.7f64 * x + 0.2).cos() * (0.5f64 * y).cos();
        let dy = -0.3 * 0.5 * (0.7f64 * x + 0.2).sin() * (0.5f64 * y).sin();
        assert!((g[0] - dx).abs() < 3e-3 && (g[1] - dy).abs() < 3e-3, "{g:?}");
    }

    #[test]
    fn a_blurred_wave_shrinks_as_its_frequency_says() {
        let mut values: Vec<f32> = (0..80 * 80).map(|i| (0.7 * f64::from(i % 80)).sin() as f32).collect();
        blur(&mut values, 80, 80, 1.5);
        let expected = (-0.5f64 * (0.7f64 * 1.5).powi(2)).exp();
        let at = 40 * 80 + 40;
        assert!((f64::from(values[at]) - expected * (0.7f64 * 40.0).sin()).abs() < 1e-3);
    }
}
