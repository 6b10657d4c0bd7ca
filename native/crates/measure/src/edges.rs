//! Sub-pixel edge points of any image: Steger's ridge of the gradient magnitude on a facet of its logarithm.
//!
//! Edges are bright lines of the gradient magnitude (Steger 1998, PAMI 20(2):113). The logarithm of the magnitude of a
//! Gaussian-blurred step is an exact parabola across the edge, so a 3 x 3 least-squares facet (Haralick 1984) of the
//! logarithm has no phase bias at any angle; its mixed derivative keeps the sign that one public implementation lost.
//! Where the ground beside the edge is even, a maximum-likelihood fit then moves the point (`edge_refine`).

use crate::edge_refine::{Patch, PatchPixels};
use crate::math::quantile;
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};
use rayon::prelude::*;
use serde::Serialize;

/// A point on an edge.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EdgePoint {
    /// To the right, px.
    pub x_px: f64,
    /// Down, px.
    pub y_px: f64,
    /// Unit vector from dark to bright.
    pub normal: [f64; 2],
    /// Gradient magnitude, linear light per px.
    pub strength: f64,
    /// Standard deviation along the normal where the point was fitted (method `erf`), px; `None`: the ridge's own place.
    pub std_px: Option<f64>,
}

/// Options of [`detect_edges`].
#[derive(Clone, Debug)]
pub struct EdgeOptions {
    /// Gaussian smoothing, px.
    pub sigma: f64,
    /// Weakest gradient magnitude, linear light per px; `None`: five times the noise of the gradient.
    pub threshold: Option<f64>,
    /// Left, top, width, height of the part to look at; `None`: the whole image.
    pub roi: Option<[usize; 4]>,
    /// The strongest points are kept when there are more.
    pub max_points: usize,
    /// Whether points on even ground are refined by a fit.
    pub refine: bool,
}

impl Default for EdgeOptions {
    fn default() -> Self {
        Self {
            sigma: 1.5,
            threshold: None,
            roi: None,
            max_points: 2_000_000,
            refine: true,
        }
    }
}

/// Rows per band: the smoothing of a band repeats few rows of its neighbours and stays in cache.
const BAND: usize = 64;

/// Finds edge points, in rows from top to bottom.
///
/// # Errors
/// `value.invalid` for a sigma outside 0.4..20, a negative threshold or a region outside the image; `cancelled`.
pub fn detect_edges(src: &dyn LinearSource, options: &EdgeOptions, cancel: &Cancel) -> Result<Vec<EdgePoint>> {
    let [x0, y0, width, height] = check(src, options)?;
    let kernels = Kernels::new(options.sigma);
    let threshold = match options.threshold {
        Some(t) => t,
        None => automatic_threshold(src, &kernels, [x0, y0, width, height], cancel)?,
    };
    let bands: Vec<usize> = (0..height).step_by(BAND).collect();
    let found: Vec<Vec<EdgePoint>> = bands
        .into_par_iter()
        .map(|start| {
            cancel.check()?;
            let rows = BAND.min(height - start);
            let field = Field::compute(src, &kernels, x0, y0 + start, width, rows);
            let found = field.points(threshold);
            if !options.refine || found.is_empty() {
                return Ok(found.into_iter().map(|(point, _)| point).collect());
            }
            cancel.check()?;
            let patch = Patch::read(src, y0 + start, rows);
            let mut pixels = PatchPixels::default();
            let refined = |(point, width): (EdgePoint, f64)| {
                let blur = (width * width - options.sigma * options.sigma).sqrt();
                patch.refine(&point, blur, options.sigma, &mut pixels).unwrap_or(point)
            };
            Ok(found.into_iter().map(refined).collect())
        })
        .collect::<Result<_>>()?;
    let mut points: Vec<EdgePoint> = found.into_iter().flatten().collect();
    if points.len() > options.max_points {
        let mut strengths: Vec<f64> = points.iter().map(|p| p.strength).collect();
        let least = quantile(&mut strengths, 1.0 - options.max_points as f64 / points.len() as f64);
        points.retain(|p| p.strength >= least);
        points.truncate(options.max_points);
    }
    Ok(points)
}

fn check(src: &dyn LinearSource, options: &EdgeOptions) -> Result<[usize; 4]> {
    let invalid = |field: &str, what: String, next: &str| {
        Err(CoreError::new(ErrorCode::ValueInvalid, what, next.to_owned()).in_field(field))
    };
    if !(0.4..=20.0).contains(&options.sigma) {
        return invalid(
            "sigma",
            format!("sigma {} is outside 0.4 to 20 px", options.sigma),
            "use 1.5 px",
        );
    }
    if options.threshold.is_some_and(|t| !(t.is_finite() && t >= 0.0)) {
        return invalid(
            "threshold",
            "the threshold is not a positive number".into(),
            "leave it out to have it chosen",
        );
    }
    let (w, h) = (src.width(), src.height());
    let roi = options.roi.unwrap_or([0, 0, w, h]);
    let fits = |start: usize, length: usize, limit: usize| {
        length > 0 && start.checked_add(length).is_some_and(|end| end <= limit)
    };
    if !(fits(roi[0], roi[2], w) && fits(roi[1], roi[3], h)) {
        return invalid(
            "roi",
            format!("the region {roi:?} leaves the {w} x {h} image"),
            "choose a region inside it",
        );
    }
    Ok(roi)
}

/// Five times the noise of the gradient: the median of a Rayleigh distribution is 1.1774 of its parameter.
fn automatic_threshold(
    src: &dyn LinearSource,
    kernels: &Kernels,
    [x0, y0, width, height]: [usize; 4],
    cancel: &Cancel,
) -> Result<f64> {
    // A dozen thin bands are enough for a median.
    let step = (height / 12).max(1);
    let sizes: Vec<Vec<f64>> = (0..height)
        .step_by(step)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|row| {
            cancel.check()?;
            let field = Field::compute(src, kernels, x0, y0 + row, width, 1);
            Ok((0..width).map(|x| field.size(x, 1)).collect())
        })
        .collect::<Result<_>>()?;
    let mut sizes: Vec<f64> = sizes.into_iter().flatten().collect();
    let noise = quantile(&mut sizes, 0.5) / 1.1774;
    // A noise-free picture still has rounding: a hundredth of a per cent of full scale per px.
    Ok((5.0 * noise).max(f64::from(src.quantisation())).max(1e-4))
}

/// Gaussian and its derivative, integrated over pixels.
struct Kernels {
    smooth: Vec<f64>,
    derivative: Vec<f64>,
    radius: usize,
}

impl Kernels {
    fn new(sigma: f64) -> Self {
        let radius = (5.0 * sigma).ceil() as i64 + 1;
        let gauss = |i: i64| (-0.5 * (i as f64 / sigma).powi(2)).exp();
        let total: f64 = (-radius..=radius).map(gauss).sum();
        let ramp: f64 = (-radius..=radius).map(|i| (i * i) as f64 * gauss(i)).sum();
        Self {
            smooth: (-radius..=radius).map(|i| gauss(i) / total).collect(),
            derivative: (-radius..=radius).map(|i| i as f64 * gauss(i) / ramp).collect(),
            radius: radius as usize,
        }
    }
}

/// Gradient of a band with one row above and below it and one column to either side.
struct Field {
    x0: usize,
    y0: usize,
    rows: usize,
    width: usize,
    gx: Vec<f64>,
    gy: Vec<f64>,
}

impl Field {
    fn compute(src: &dyn LinearSource, k: &Kernels, x0: usize, y0: usize, width: usize, rows: usize) -> Self {
        let margin = k.radius + 1;
        let stride = width + 2;
        // Pixels outside the image repeat its border, which has no gradient of its own.
        let left = x0.saturating_sub(margin);
        let right = (x0 + width + margin).min(src.width());
        let mut line = vec![0.0f32; right - left];
        let lines = rows + 2 * margin;
        let mut smooth = vec![0.0f64; lines * stride];
        let mut slope = vec![0.0f64; lines * stride];
        let mut padded = vec![0.0f64; width + 2 * margin];
        for r in 0..lines {
            let y = (y0 + r).saturating_sub(margin).min(src.height() - 1);
            src.read_row(y, left, &mut line);
            for (i, value) in padded.iter_mut().enumerate() {
                let x = (x0 + i).saturating_sub(margin).clamp(left, right - 1);
                *value = f64::from(line[x - left]);
            }
            for i in 0..stride {
                let part = &padded[i..i + 2 * k.radius + 1];
                let (mut a, mut b) = (0.0, 0.0);
                for ((p, s), d) in part.iter().zip(&k.smooth).zip(&k.derivative) {
                    a += p * s;
                    b += p * d;
                }
                smooth[r * stride + i] = a;
                slope[r * stride + i] = b;
            }
        }
        let mut gx = vec![0.0f64; (rows + 2) * stride];
        let mut gy = vec![0.0f64; (rows + 2) * stride];
        for r in 0..rows + 2 {
            for j in 0..=2 * k.radius {
                let from = (r + j) * stride;
                let (s, d) = (k.smooth[j], k.derivative[j]);
                for i in 0..stride {
                    gx[r * stride + i] += s * slope[from + i];
                    gy[r * stride + i] += d * smooth[from + i];
                }
            }
        }
        Self {
            x0,
            y0,
            rows,
            width,
            gx,
            gy,
        }
    }

    /// Gradient magnitude; column x of the region, row r of the band where 1 is its first row.
    fn size(&self, x: usize, r: usize) -> f64 {
        let i = r * (self.width + 2) + x + 1;
        self.gx[i].hypot(self.gy[i])
    }

    /// Ridge points, each with the Gaussian width of the ridge.
    fn points(&self, threshold: f64) -> Vec<(EdgePoint, f64)> {
        let stride = self.width + 2;
        let size: Vec<f64> = self.gx.iter().zip(&self.gy).map(|(a, b)| a.hypot(*b)).collect();
        let mut points = Vec::new();
        for r in 1..=self.rows {
            for c in 1..=self.width {
                let i = r * stride + c;
                if size[i] < threshold || size[i] <= 0.0 {
                    continue;
                }
                if let Some(point) = self.ridge(&size, i, r, c) {
                    points.push(point);
                }
            }
        }
        points
    }

    /// The ridge point within this pixel, if the ridge passes through it.
    fn ridge(&self, size: &[f64], i: usize, r: usize, c: usize) -> Option<(EdgePoint, f64)> {
        let stride = self.width + 2;
        let n = [self.gx[i] / size[i], self.gy[i] / size[i]];
        let at = |dy: isize, dx: isize| size[(i as isize + dy * stride as isize + dx) as usize];
        let mut f = [[0.0f64; 3]; 3];
        for (dy, row) in f.iter_mut().enumerate() {
            for (dx, value) in row.iter_mut().enumerate() {
                *value = at(dy as isize - 1, dx as isize - 1).max(1e-3 * size[i]).ln();
            }
        }
        let column = |k: usize| f[0][k] + f[1][k] + f[2][k];
        let row = |k: usize| f[k][0] + f[k][1] + f[k][2];
        let (fx, fy) = ((column(2) - column(0)) / 6.0, (row(2) - row(0)) / 6.0);
        let fxx = (column(2) - 2.0 * column(1) + column(0)) / 3.0;
        let fyy = (row(2) - 2.0 * row(1) + row(0)) / 3.0;
        // x and y both to the positive side count positive: with image y downwards too, as n is in the same axes.
        let fxy = (f[2][2] - f[2][0] - f[0][2] + f[0][0]) / 4.0;
        let first = fx * n[0] + fy * n[1];
        let second = fxx * n[0] * n[0] + 2.0 * fxy * n[0] * n[1] + fyy * n[1] * n[1];
        if second >= -1e-6 {
            return None;
        }
        let t = -first / second;
        let (dx, dy) = (t * n[0], t * n[1]);
        // Half a pixel and a hair, so that a ridge between two pixels is not lost to rounding.
        (dx.abs() <= 0.500_001 && dy.abs() <= 0.500_001).then(|| {
            let point = EdgePoint {
                x_px: (self.x0 + c - 1) as f64 + dx,
                y_px: (self.y0 + r - 1) as f64 + dy,
                normal: n,
                strength: size[i],
                std_px: None,
            };
            (point, (-1.0 / second).sqrt())
        })
    }
}
