//! One anchor found to a fraction of a pixel: inverse compositional Gauss-Newton (Baker & Matthews 2004) with gain and
//! offset of the light eliminated, robust against marks on the card.

use crate::cut::Cut;
use crate::placement::Placement;
use crate::robust::{mad, tukey};
use crate::spline::{Spline, blur};
use crate::template::Anchor;
use imaging::{LinearSource, Result};

/// How far from its predicted place an anchor is looked for, mm.
const REACH_MM: f64 = 0.3;
/// Pixels at the rim of a patch that only serve its gradient.
const RIM: usize = 2;
const MOST_STEPS: usize = 30;
/// Steps before pixels that do not fit lose their weight.
const PLAIN_STEPS: usize = 4;
/// Tukey's cut-off in robust standard deviations; wide, as texture is not an outlier.
const CUT_OFF: f64 = 6.0;
/// A step shorter than this ends the iteration, mm.
const SETTLED_MM: f64 = 1e-6;

/// Where an anchor was found.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Card-frame place measured minus predicted, mm.
    pub offset_mm: [f64; 2],
    /// Covariance of the offset from the residual of the patch, mm2.
    pub covariance: [[f64; 2]; 2],
    /// Correlation of patch and card, -1..1.
    pub ncc: f64,
}

/// Why an anchor gave no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It lies partly outside the cut or the image.
    Outside,
    /// There is no structure there, or it left its reach: something else is printed here.
    NotThere,
}

/// A patch with its gradients, at the blur at which it is compared.
pub struct Prepared<'a> {
    anchor: &'a Anchor,
    columns: usize,
    light: Vec<f64>,
    /// Gradient per mm of the example's card frame.
    gradient: Vec<[f64; 2]>,
}

impl<'a> Prepared<'a> {
    /// Blurs the patch by `blur_mm` and differentiates its spline at every pixel but the rim.
    pub fn new(anchor: &'a Anchor, blur_mm: f64) -> Result<Self> {
        let mut values = anchor.light()?;
        let [[a, c], [b, d]] = anchor.steps();
        // Columns (a, c) and rows (b, d) of the patch in mm: the gradient per mm is the transposed inverse times that per px.
        let area = a * d - b * c;
        blur(&mut values, anchor.width, anchor.height, blur_mm / area.sqrt());
        let spline = Spline::new(0.0, 0.0, anchor.width, anchor.height, &values);
        let (columns, rows) = (anchor.width - 2 * RIM, anchor.height - 2 * RIM);
        let (mut light, mut gradient) = (Vec::with_capacity(columns * rows), Vec::with_capacity(columns * rows));
        for y in RIM..RIM + rows {
            for x in RIM..RIM + columns {
                light.push(f64::from(values[y * anchor.width + x]));
                let [gx, gy] = spline.gradient(x as f64, y as f64).unwrap_or_default();
                gradient.push([(d * gx - c * gy) / area, (a * gy - b * gx) / area]);
            }
        }
        Ok(Self {
            anchor,
            columns,
            light,
            gradient,
        })
    }

    fn pixel(&self, index: usize) -> (f64, f64) {
        ((index % self.columns + RIM) as f64, (index / self.columns + RIM) as f64)
    }

    /// Corners of the compared pixels in the example's card frame.
    fn corners(&self) -> [[f64; 2]; 4] {
        let (last, end) = (self.light.len() - 1, self.columns - 1);
        [0, end, last, last - end].map(|i| {
            let (x, y) = self.pixel(i);
            self.anchor.place(x, y)
        })
    }
}

/// An affine map from patch pixels to image pixels, and from mm of the example to image pixels.
struct Sampling {
    origin: [f64; 2],
    column: [f64; 2],
    row: [f64; 2],
    x_mm: [f64; 2],
    y_mm: [f64; 2],
}

impl Sampling {
    /// Follows the map about the middle of the patch, where what it bends is least on the whole.
    fn new(cut: &Cut, placement: &Placement, anchor: &Anchor) -> Self {
        let map = |p: [f64; 2]| cut.to_px(placement.apply(p));
        let half = [anchor.width, anchor.height].map(|n| 0.5 * (n as f64 - 1.0));
        let middle = anchor.place(half[0], half[1]);
        // Half the difference of two opposite places, a given number of steps from the middle.
        let across = |a: [f64; 2], b: [f64; 2], steps: f64| [0, 1].map(|i| (b[i] - a[i]) / (2.0 * steps));
        let about = |x: f64, y: f64| map([middle[0] + x, middle[1] + y]);
        let centre = map(middle);
        let column = across(
            map(anchor.place(0.0, half[1])),
            map(anchor.place(2.0 * half[0], half[1])),
            half[0],
        );
        let row = across(
            map(anchor.place(half[0], 0.0)),
            map(anchor.place(half[0], 2.0 * half[1])),
            half[1],
        );
        Self {
            origin: [0, 1].map(|i| centre[i] - half[0] * column[i] - half[1] * row[i]),
            column,
            row,
            x_mm: across(about(-1.0, 0.0), about(1.0, 0.0), 1.0),
            y_mm: across(about(0.0, -1.0), about(0.0, 1.0), 1.0),
        }
    }

    fn at(&self, (x, y): (f64, f64), d: [f64; 2]) -> [f64; 2] {
        [0, 1]
            .map(|a| self.origin[a] + x * self.column[a] + y * self.row[a] + d[0] * self.x_mm[a] + d[1] * self.y_mm[a])
    }
}

/// Finds one anchor near where a placement puts it. `capture_blur_mm` is added to the capture to match the template's blur.
pub fn locate(
    src: &dyn LinearSource,
    cut: &Cut,
    placement: &Placement,
    patch: &Prepared<'_>,
    capture_blur_mm: f64,
) -> std::result::Result<Found, Lost> {
    let corners = patch.corners().map(|c| placement.apply(c));
    // Within 0.15 mm of the cut its blur and its damage already show.
    if corners.iter().any(|c| !cut.holds(*c, 0.15)) {
        return Err(Lost::Outside);
    }
    let reach = REACH_MM / cut.pitch_mm;
    let px = corners.map(|c| cut.to_px(c));
    let low = |a: usize| px.iter().map(|p| p[a]).fold(f64::INFINITY, f64::min) - reach;
    let high = |a: usize| px.iter().map(|p| p[a]).fold(f64::NEG_INFINITY, f64::max) + reach;
    let bounds = [low(0), low(1), high(0), high(1)];
    let window = Spline::read(src, bounds, capture_blur_mm / cut.pitch_mm).ok_or(Lost::Outside)?;
    let sampling = Sampling::new(cut, placement, patch.anchor);
    iterate(&window, &sampling, patch, placement)
}

fn iterate(
    window: &Spline,
    sampling: &Sampling,
    patch: &Prepared<'_>,
    placement: &Placement,
) -> std::result::Result<Found, Lost> {
    let mut d = [0.0f64; 2];
    let mut seen = vec![0.0; patch.light.len()];
    let mut weights = vec![1.0; patch.light.len()];
    for step in 0..MOST_STEPS {
        for (i, value) in seen.iter_mut().enumerate() {
            let [x, y] = sampling.at(patch.pixel(i), d);
            *value = window.value(x, y).ok_or(Lost::NotThere)?;
        }
        let fit = Fit::of(patch, &seen, &weights).ok_or(Lost::NotThere)?;
        d = [d[0] - fit.step[0], d[1] - fit.step[1]];
        if d[0].hypot(d[1]) > REACH_MM {
            return Err(Lost::NotThere);
        }
        let settled = fit.step[0].hypot(fit.step[1]) < SETTLED_MM;
        if settled && step > PLAIN_STEPS || step + 1 == MOST_STEPS {
            return Ok(fit.found(d, placement));
        }
        if step >= PLAIN_STEPS {
            let spread = mad(&fit.residuals).max(1e-9);
            for (w, e) in weights.iter_mut().zip(&fit.residuals) {
                *w = tukey(e / (CUT_OFF * spread));
            }
        }
    }
    Err(Lost::NotThere)
}

/// One weighted least-squares step.
struct Fit {
    step: [f64; 2],
    residuals: Vec<f64>,
    variance: f64,
    inverse: [[f64; 2]; 2],
    ncc: f64,
}

impl Fit {
    /// `None` where patch or card hold no structure, or the card is the patch's negative.
    fn of(patch: &Prepared<'_>, seen: &[f64], weights: &[f64]) -> Option<Self> {
        let light = &patch.light;
        let total: f64 = weights.iter().sum();
        let mean = |v: &[f64]| v.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total;
        let (mt, mi) = (mean(light), mean(seen));
        let (mut tt, mut ii, mut ti) = (0.0, 0.0, 0.0);
        // Of the gradient with 1, with the light, and with itself.
        let (mut g1, mut gt) = ([0.0; 2], [0.0; 2]);
        for k in 0..light.len() {
            let (t, i, w) = (light[k] - mt, seen[k] - mi, weights[k]);
            tt += w * t * t;
            ii += w * i * i;
            ti += w * t * i;
            for a in 0..2 {
                g1[a] += w * patch.gradient[k][a];
                gt[a] += w * patch.gradient[k][a] * t;
            }
        }
        if !(tt > 0.0 && ii > 0.0 && ti > 0.0) {
            return None;
        }
        let gain = ti / ii;
        let mut h = [[0.0; 2]; 2];
        let mut right = [0.0; 2];
        let mut residuals = Vec::with_capacity(light.len());
        let mut squares = 0.0;
        for k in 0..light.len() {
            let (t, w) = (light[k] - mt, weights[k]);
            let e = gain * (seen[k] - mi) - t;
            residuals.push(e);
            squares += w * e * e;
            // What gain and offset could explain of the gradient says nothing about the place.
            let g = [0, 1].map(|a| patch.gradient[k][a] - g1[a] / total - gt[a] / tt * t);
            for a in 0..2 {
                right[a] += w * g[a] * e;
                for b in 0..2 {
                    h[a][b] += w * g[a] * g[b];
                }
            }
        }
        let det = h[0][0] * h[1][1] - h[0][1] * h[1][0];
        // A NaN must not pass either.
        if det.is_nan() || det <= 1e-9 * h[0][0] * h[1][1] || det <= 0.0 {
            return None;
        }
        let inverse = [[h[1][1] / det, -h[0][1] / det], [-h[1][0] / det, h[0][0] / det]];
        Some(Self {
            step: [0, 1].map(|a| inverse[a][0] * right[0] + inverse[a][1] * right[1]),
            residuals,
            variance: squares / (total - 4.0).max(1.0),
            inverse,
            ncc: ti / (tt * ii).sqrt(),
        })
    }

    fn found(&self, d: [f64; 2], placement: &Placement) -> Found {
        // From the example's frame into the card's.
        let (s, c) = placement.turn.sin_cos();
        let turn = |v: [f64; 2]| [c * v[0] - s * v[1], s * v[0] + c * v[1]].map(|v| v * placement.scale);
        let columns = [
            turn([self.inverse[0][0], self.inverse[1][0]]),
            turn([self.inverse[0][1], self.inverse[1][1]]),
        ];
        let rows = [
            turn([columns[0][0], columns[1][0]]),
            turn([columns[0][1], columns[1][1]]),
        ];
        Found {
            offset_mm: turn(d),
            covariance: rows.map(|r| r.map(|v| v * self.variance)),
            ncc: self.ncc,
        }
    }
}
