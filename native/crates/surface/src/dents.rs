//! Dents and bumps: blob candidates whose integrated relief is compact, with depth, outline and size.

use crate::chains::dist;
use crate::finding::Finding;
use crate::hessian::BlobPixel;
use crate::options::Options;
use crate::planes::Level;
use crate::poisson::{Patch, integrate};
use crate::shapes;
use crate::types::DefectKind;
use imaging::{Cancel, Result};
use rayon::prelude::*;

/// A dent and the radius it claims: lines inside are its rim.
pub struct Dent {
    /// Centre, pixels of the maps.
    pub centre: [f64; 2],
    /// Radius of influence, pixels of the maps.
    pub reach: f64,
    /// The finding.
    pub finding: Finding,
}

/// Longer relief is the card's own waviness, mm.
const LONGEST_MM: f64 = 3.5;
/// Most candidates integrated; a card with more is rough, not dented.
const MOST: usize = 400;
/// Candidates integrated at once.
const BATCH: usize = 16;

/// Strongest candidates first; each dent silences what lies within its reach (its rim, its echo on other levels).
///
/// # Errors
/// Only when cancelled.
pub fn find(
    levels: &[Level],
    blobs: &[(usize, BlobPixel)],
    pitch: f64,
    blur_px: f64,
    o: &Options,
    cancel: &Cancel,
) -> Result<Vec<Dent>> {
    let mut order: Vec<&(usize, BlobPixel)> = blobs.iter().collect();
    order.sort_by(|a, b| b.1.snr.abs().total_cmp(&a.1.snr.abs()));
    let mut dents: Vec<Dent> = Vec::new();
    let mut tried = 0;
    let mut rest = order.into_iter().peekable();
    while rest.peek().is_some() && tried < MOST {
        cancel.check()?;
        let centre = |(k, blob): &(usize, BlobPixel)| levels[*k].full(f64::from(blob.x), f64::from(blob.y));
        let claimed = |dents: &[Dent], c: [f64; 2]| dents.iter().any(|d| dist(d.centre, c) < d.reach);
        let batch: Vec<_> = rest
            .by_ref()
            .filter(|b| !claimed(&dents, centre(b)))
            .take(BATCH)
            .collect();
        tried += batch.len();
        let read = |b: &&(usize, BlobPixel)| measure(levels, b.0, &b.1, pitch, blur_px, o);
        let found: Vec<Option<Dent>> = batch.par_iter().map(read).collect();
        // Measured at once, taken in order: one that a stronger one of the batch claims is dropped after all.
        for (b, dent) in batch.iter().zip(found) {
            if !claimed(&dents, centre(b)) {
                dents.extend(dent);
            }
        }
    }
    Ok(dents)
}

/// Integrates a window of six level pixels' half-width on the level two finer, where a matched dent spans
/// about four pixels of standard deviation.
fn measure(levels: &[Level], k: usize, blob: &BlobPixel, pitch: f64, blur_px: f64, o: &Options) -> Option<Dent> {
    let fine = k.saturating_sub(2);
    let ratio = 1usize << (k - fine);
    let level = &levels[fine];
    let centre = levels[k].full(f64::from(blob.x), f64::from(blob.y));
    let c = level.local(centre);
    let half = (6 * ratio).max(8);
    let patch = integrate(level, c[0].round() as i64, c[1].round() as i64, half, pitch)?;
    let sign = if blob.snr > 0.0 { -1.0 } else { 1.0 };
    let top = summit(&patch, half, sign, 2 * ratio)?;
    let depth = smooth_height(&patch, top, sign)?;
    let core = region(&patch, top, sign, 0.5 * depth);
    let body = region(&patch, top, sign, 0.2 * depth);
    if depth < o.dent_min_depth_mm || !is_compact(&core, patch.n) {
        return None;
    }
    let origin = [c[0].round() - half as f64, c[1].round() - half as f64];
    let to_px = |&k: &usize| level.full(origin[0] + (k % patch.n) as f64, origin[1] + (k / patch.n) as f64);
    let points: Vec<[f64; 2]> = body.iter().map(to_px).collect();
    let polygon_px = shapes::pixel_hull(&points, level.step);
    let [long, short] = shapes::calipers(&polygon_px);
    if long * pitch > LONGEST_MM {
        return None;
    }
    let sigma_px = spread(core.len()) * level.step;
    let (depth, unsure) = exact_depth(levels, to_px(&top), sigma_px, sign, pitch, blur_px).unwrap_or((depth, 0.1));
    let finding = Finding {
        kind: DefectKind::Dent,
        polygon_px,
        area_mm2: Some(body.len() as f64 * (level.step * pitch).powi(2)),
        length_mm: long * pitch,
        width_mm: short * pitch,
        depth_mm: Some(-sign * depth),
        depth_uncertainty_mm: Some(unsure * depth),
        contrast: 0.0,
        maps: vec!["curvature", "slope"],
        snr: [f64::from(blob.snr.abs()), f64::from(o.dent)],
        odds: None,
    };
    Some(Dent {
        centre: to_px(&top),
        reach: (1.3 * long).max(4.0 * levels[k].step),
        finding,
    })
}

/// Standard deviation of a Gaussian whose part above half height has this many pixels.
fn spread(core: usize) -> f64 {
    (core as f64 / (std::f64::consts::TAU * std::f64::consts::LN_2)).sqrt()
}

/// Depth of a dent (mm) and its relative standard uncertainty, read in a window that fits it.
///
/// The window spans five standard deviations, so that its rim is the surface, on the level where one deviation is
/// about four pixels. Optics, the level's averaging and the trapezoid rule of the integration each widen the dent and
/// lower it: a round Gaussian of variance s2 seen through b2 keeps `(s2 - b2) / s2` of its depth, s2 being the seen one.
fn exact_depth(
    levels: &[Level],
    top_px: [f64; 2],
    sigma_px: f64,
    sign: f64,
    pitch: f64,
    blur_px: f64,
) -> Option<(f64, f64)> {
    /// Relative uncertainty of the model, and of the deconvolution for each unit that it adds.
    const MODEL: [f64; 2] = [0.03, 0.1];
    let level = levels
        .iter()
        .rev()
        .find(|l| sigma_px / l.step >= 3.0)
        .unwrap_or(&levels[0]);
    let c = level.local(top_px);
    let half = (5.0 * sigma_px / level.step).ceil().clamp(8.0, 40.0) as usize;
    let patch = integrate(level, c[0].round() as i64, c[1].round() as i64, half, pitch)?;
    let top = summit(&patch, half, sign, (sigma_px / level.step).ceil() as usize)?;
    let seen = smooth_height(&patch, top, sign)?;
    let first = spread(region(&patch, top, sign, 0.5 * seen).len());
    // A narrow peak is not a parabola over five pixels: there a Gaussian is fitted to its upper part.
    let seen = if first < 3.0 {
        peak_height(&patch, top, sign, first).unwrap_or(seen)
    } else {
        seen
    };
    let wide2 = spread(region(&patch, top, sign, 0.5 * seen).len()).powi(2);
    let step2 = level.step * level.step;
    let blur2 = (blur_px * blur_px + (step2 - 1.0) / 12.0) / step2 + 1.0 / 6.0;
    let kept = ((wide2 - blur2) / wide2).max(0.25);
    let unsure = if kept <= 0.25 {
        0.5
    } else {
        MODEL[1] * (1.0 / kept - 1.0)
    };
    Some((seen / kept, MODEL[0].hypot(unsure)))
}

/// Least-squares height of a Gaussian of standard deviation `sigma` (level pixels) round the top, over its upper part;
/// its centre is the part's centre of gravity.
fn peak_height(patch: &Patch, top: usize, sign: f64, sigma: f64) -> Option<f64> {
    let limit = 0.4 * sign * patch.z[top];
    let part = region(patch, top, sign, limit);
    let weight: f64 = part.iter().map(|&k| sign * patch.z[k] - limit).sum();
    let mean = |f: &dyn Fn(usize) -> usize| {
        part.iter()
            .map(|&k| f(k) as f64 * (sign * patch.z[k] - limit))
            .sum::<f64>()
            / weight
    };
    let (cx, cy) = (mean(&|k| k % patch.n), mean(&|k| k / patch.n));
    let shape = |k: usize| {
        let d2 = ((k % patch.n) as f64 - cx).powi(2) + ((k / patch.n) as f64 - cy).powi(2);
        (-0.5 * d2 / (sigma * sigma)).exp()
    };
    let (zg, gg) = part.iter().fold((0.0, 0.0), |s, &k| {
        let g = shape(k);
        (s.0 + sign * patch.z[k] * g, s.1 + g * g)
    });
    (gg > 0.0 && zg > 0.0).then(|| zg / gg)
}

/// Highest (signed) known pixel within `reach` of the window's centre.
fn summit(patch: &Patch, half: usize, sign: f64, reach: usize) -> Option<usize> {
    let range = half - reach..=half + reach;
    let inside = range.clone().flat_map(|y| range.clone().map(move |x| y * patch.n + x));
    inside
        .filter(|&k| patch.known[k])
        .max_by(|&a, &b| (sign * patch.z[a]).total_cmp(&(sign * patch.z[b])))
}

/// Height at a pixel from a quadratic fitted to 5 x 5 pixels (Savitzky and Golay, 1964), which keeps a peak's
/// height where a mean would lower it; the plain value near the rim or unknown pixels.
fn smooth_height(patch: &Patch, k: usize, sign: f64) -> Option<f64> {
    let (x, y) = (k % patch.n, k / patch.n);
    let plain = sign * patch.z[k];
    if x < 2 || y < 2 || x + 2 >= patch.n || y + 2 >= patch.n {
        return Some(plain);
    }
    let mut sum = 0.0;
    for (dy, dx) in (0..5).flat_map(|j| (0..5).map(move |i| (j, i))) {
        let j = (y + dy - 2) * patch.n + x + dx - 2;
        if !patch.known[j] {
            return Some(plain);
        }
        let (u, v) = (dx as f64 - 2.0, dy as f64 - 2.0);
        sum += (27.0 - 5.0 * (u * u + v * v)) / 175.0 * sign * patch.z[j];
    }
    (sum > 0.0).then_some(sum)
}

/// Pixels connected to `top` that stand above `limit`.
fn region(patch: &Patch, top: usize, sign: f64, limit: f64) -> Vec<usize> {
    let n = patch.n;
    let mut seen = vec![false; n * n];
    seen[top] = true;
    let mut part = vec![top];
    let mut at = 0;
    while at < part.len() {
        let k = part[at];
        at += 1;
        let (x, y) = (k % n, k / n);
        let steps = [
            (x > 0, k.wrapping_sub(1)),
            (x + 1 < n, k + 1),
            (y > 0, k.wrapping_sub(n)),
            (y + 1 < n, k + n),
        ];
        for (ok, j) in steps {
            if ok && !seen[j] && patch.known[j] && sign * patch.z[j] > limit {
                seen[j] = true;
                part.push(j);
            }
        }
    }
    part
}

/// Ratio of axes below 2.6 and four fifths of its hull filled: a scratch is longer, crossing scratches are emptier.
fn is_compact(part: &[usize], n: usize) -> bool {
    let c = part.len() as f64;
    let mean = |f: &dyn Fn(usize) -> f64| part.iter().map(|&k| f(k)).sum::<f64>() / c;
    let (x, y) = (|k: usize| (k % n) as f64, |k: usize| (k / n) as f64);
    let (mx, my) = (mean(&x), mean(&y));
    // A pixel's own extent adds 1/12 to the second moments, so that few pixels do not look like a line.
    let sxx = mean(&|k| (x(k) - mx).powi(2)) + 1.0 / 12.0;
    let syy = mean(&|k| (y(k) - my).powi(2)) + 1.0 / 12.0;
    let sxy = mean(&|k| (x(k) - mx) * (y(k) - my));
    let (m, r) = (0.5 * (sxx + syy), (0.25 * (sxx - syy).powi(2) + sxy * sxy).sqrt());
    let ratio = ((m + r) / (m - r).max(1e-9)).sqrt();
    let points: Vec<[f64; 2]> = part.iter().map(|&k| [x(k), y(k)]).collect();
    let rim = |&k: &usize| k % n == 0 || k % n == n - 1 || k / n == 0 || k / n == n - 1;
    ratio < 2.6 && c > 0.7 * shapes::area(&shapes::pixel_hull(&points, 1.0)) && !part.iter().any(rim)
}
