//! Cramer-Rao bound of a width from the sensor's own noise and the true places of both edges; no estimator in it.

use imaging::{FrameStack, LinearSource};
use simulate::Spec;

/// Extent of the measuring window along the edge, mm.
const WINDOW_MM: f64 = 1.0;

/// Noise and blur of a simulated capture's mean frame.
pub struct Sensor {
    blur_px: f64,
    rows: f64,
    /// Variance per light and variance without light, of the mean frame.
    shot: f64,
    read: f64,
}

impl Sensor {
    pub fn of(spec: &Spec, stack: &FrameStack) -> Self {
        let grey = |i: [f32; 3]| f64::from(i[0] + i[1] + i[2]) / 3.0;
        let intensities: Vec<f64> = stack.frames.iter().map(|f| grey(f.intensity)).collect();
        let frames = intensities.len() as f64;
        let mean = intensities.iter().sum::<f64>() / frames;
        // The mean divides each frame by its intensity and keeps the scale of the mean intensity.
        let factors: Vec<f64> = intensities.iter().map(|i| mean / i / frames).collect();
        let well = spec.full_well_electrons;
        let rounding = 1.0 / (12.0 * 65_535.0f64.powi(2));
        let read = (spec.read_noise_electrons / well).powi(2) + rounding;
        Self {
            blur_px: (spec.psf_sigma_px.powi(2) + 1.0 / 12.0).sqrt(),
            rows: WINDOW_MM / spec.pitch_mm,
            // A frame of intensity i sees i / mean of the light, scaled by mean / i / frames.
            shot: factors
                .iter()
                .zip(&intensities)
                .map(|(f, i)| f * f * i / mean)
                .sum::<f64>()
                / well,
            read: factors.iter().map(|f| f * f).sum::<f64>() * read,
        }
    }

    /// Least standard deviation of the distance between two edges, px: background, contrast and blur known.
    pub fn bound_px(&self, src: &dyn LinearSource, outer: [f64; 2], border: [f64; 2]) -> Option<f64> {
        let d = [border[0] - outer[0], border[1] - outer[1]];
        let length = d[0].hypot(d[1]);
        let n = [d[0] / length, d[1] / length];
        let edge = |at: [f64; 2]| {
            let (low, high) = (level(src, at, n, -1.0)?, level(src, at, n, 1.0)?);
            Some(self.edge_variance(low, high))
        };
        Some((edge(outer)? + edge(border)?).sqrt())
    }

    /// Inverse Fisher information of a Gaussian-blurred step under noise that grows with light.
    fn edge_variance(&self, low: f64, high: f64) -> f64 {
        let steps = 2000;
        let reach = 8.0 * self.blur_px;
        let dx = 2.0 * reach / f64::from(steps);
        let (mut information, mut share) = (0.0, 0.0);
        for i in 0..steps {
            let x = (f64::from(i) + 0.5) * dx - reach;
            let density =
                (-0.5 * (x / self.blur_px).powi(2)).exp() / (self.blur_px * (2.0 * std::f64::consts::PI).sqrt());
            share += density * dx;
            let light = low + (high - low) * (share - 0.5 * density * dx);
            let slope = (high - low) * density;
            information += slope * slope / (self.shot * light.max(0.0) + self.read) * dx;
        }
        1.0 / (information * self.rows)
    }
}

/// Mean light over 25 x 5 px beside an edge, 4 to 8 px away along the normal.
fn level(src: &dyn LinearSource, at: [f64; 2], n: [f64; 2], sign: f64) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    let mut pixel = [0.0f32];
    for along in -12..=12 {
        for away in 4..=8 {
            let (u, v) = (f64::from(along), sign * f64::from(away));
            let (x, y) = (
                (at[0] + v * n[0] - u * n[1]).round(),
                (at[1] + v * n[1] + u * n[0]).round(),
            );
            if x < 0.0 || y < 0.0 || x >= src.width() as f64 || y >= src.height() as f64 {
                return None;
            }
            src.read_row(y as usize, x as usize, &mut pixel);
            sum += f64::from(pixel[0]);
            count += 1.0;
        }
    }
    Some(sum / count)
}
