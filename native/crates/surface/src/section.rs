//! Cross-section of a line from its slopes: depth and width, with what optics and sampling took from them put back.

use crate::centring;
use crate::chains::{Chain, dist};
use crate::planes::Level;
use crate::sharpen;
use crate::stats::{median, robust_line};

/// Full width at half height of a Gaussian over its standard deviation.
const FWHM: f64 = 2.354_820_045;
/// Variance that bilinear sampling of a plane adds, px2: the mean of u (1 - u) over phases.
const SAMPLING_PX2: f64 = 1.0 / 6.0;
/// Share of the reach from which on there is only surface.
const WING: f64 = 0.7;
/// Relative standard uncertainty of the model: a groove is not quite Gaussian, a path not quite its middle.
const MODEL: f64 = 0.035;

/// Depth and width of a line.
pub struct Section {
    /// Depth, mm, positive for a valley.
    pub depth_mm: f64,
    /// Full width at half depth, mm.
    pub width_mm: f64,
    /// Depth over the standard deviation of its noise.
    pub snr: f64,
    /// Standard uncertainty of the depth, mm.
    pub uncertainty_mm: f64,
    /// Middle between the flanks at half depth, pixels of the maps beside the path.
    pub offset_px: f64,
    /// Largest deviation from the surface to the other side over the depth: about 0.3 for a groove with banks, above 1
    /// for a bank, which has its groove beside it.
    pub opposed: f64,
}

/// How far the section reaches to either side for a line found on a level of that step, px.
pub fn first_reach(step: f64) -> f64 {
    (6.0 * step).max(8.0)
}

/// Reads the section again with a reach that fits its width, and undoes the blur of optics and sampling.
///
/// A Gaussian groove of width s seen through a Gaussian of width b is a Gaussian of width `sqrt(s^2 + b^2)` whose
/// depth is lower by `s / sqrt(s^2 + b^2)`: the seen width tells what the blur took. `blur_px` is b.
pub fn exact(base: &Level, path: &[[f64; 2]], seen: &Section, chain: &Chain, pitch: f64, blur_px: f64) -> Section {
    let reach = (3.2 * seen.width_mm / pitch).clamp(8.0, 70.0);
    let middle = centring::middle(path, seen.width_mm / pitch);
    let centred = centring::centred(base, middle, reach, chain, pitch, seen.snr);
    // What the first width took for surface may still have been flank.
    let reach = (3.2 * centred.width_mm.unwrap_or(seen.width_mm) / pitch).clamp(8.0, 70.0);
    let Some((s, relief)) = cut(base, &centred.path, reach, chain, pitch) else {
        return Section { ..*seen };
    };
    let blur2 = blur_px * blur_px + SAMPLING_PX2;
    let wide2 = (s.width_mm / (FWHM * pitch)).powi(2);
    // Below half of the seen variance the width no longer tells the depth: the correction stops there.
    let kept2 = ((wide2 - blur2) / wide2).max(0.25);
    let kept = kept2.sqrt();
    let (unsure, unlike) = if kept2 <= 0.25 {
        (0.3, 0.0)
    } else {
        (
            0.1 * (1.0 / kept2 - 1.0),
            sharpen::unlike_gaussian(&relief, wide2, blur2),
        )
    };
    let depth_mm = s.depth_mm * (1.0 / kept + unlike);
    Section {
        depth_mm,
        width_mm: s.width_mm * kept,
        snr: seen.snr,
        offset_px: s.offset_px,
        opposed: s.opposed,
        uncertainty_mm: depth_mm.abs() * (MODEL * MODEL + unsure * unsure + s.snr.powi(-2)).sqrt(),
    }
}

/// Mean slope across the line, integrated from side to side; the outer part on either side is taken as the surface.
pub fn read(base: &Level, path: &[[f64; 2]], reach: f64, chain: &Chain, pitch: f64) -> Option<Section> {
    cut(base, path, reach, chain, pitch).map(|(section, _)| section)
}

/// The same with the relief within the wings: places (pixels of the maps from the middle on) and heights over the depth.
fn cut(base: &Level, path: &[[f64; 2]], reach: f64, chain: &Chain, pitch: f64) -> Option<(Section, Vec<[f64; 2]>)> {
    let dt = (reach / 48.0).max(0.25);
    let half = (reach / dt).ceil() as i64;
    let profile = mean_profile(base, path, half, dt)?;
    let mut z = vec![0.0];
    for pair in profile.slope.windows(2) {
        z.push(z[z.len() - 1] + 0.5 * (pair[0] + pair[1]) * dt * pitch);
    }
    let t: Vec<f64> = (-half..=half).map(|i| i as f64 * dt).collect();
    let wing = |v: &f64| v.abs() > WING * reach;
    let (wt, wz): (Vec<f64>, Vec<f64>) = t.iter().zip(&z).filter(|(v, _)| wing(v)).map(|(a, b)| (*a, *b)).unzip();
    let (a, b) = robust_line(&wt, &wz)?;
    let sign = if chain.valley { -1.0 } else { 1.0 };
    let rise: Vec<f64> = t.iter().zip(&z).map(|(t, z)| sign * (z - a - b * t)).collect();
    let centre = half as usize;
    let near = (0.4 * reach / dt) as usize;
    let top = (centre - near..=centre + near).max_by(|&i, &j| rise[i].total_cmp(&rise[j]))?;
    let depth = rise[top];
    // A sum over `reach` pixels of white slope noise, averaged over the independent stations.
    let stations = (chain.length_px() * profile.share).max(1.0);
    let noise = profile.sigma * pitch * (0.6 * reach).sqrt() / stations.sqrt();
    let cross = |dir: i64| {
        let mut i = top as i64;
        while rise.get((i + dir) as usize).is_some_and(|&v| v > 0.5 * depth) {
            i += dir;
        }
        let (inner, outer) = (rise[i as usize], *rise.get((i + dir) as usize)?);
        Some((i - top as i64).abs() as f64 + (inner - 0.5 * depth) / (inner - outer).max(1e-12))
    };
    let (left, right) = (cross(-1)?, cross(1)?);
    let lowest = rise.iter().copied().fold(0.0, f64::min);
    if depth <= 0.0 {
        return None;
    }
    let offset_px = t[top] + 0.5 * (right - left) * dt;
    let inner = t.iter().zip(&rise).filter(|(t, _)| !wing(t));
    let relief = inner.map(|(t, rise)| [t - offset_px, rise / depth]).collect();
    let section = Section {
        depth_mm: -sign * depth,
        width_mm: (left + right) * dt * pitch,
        snr: depth / noise.max(1e-12),
        uncertainty_mm: noise,
        offset_px,
        opposed: -lowest / depth,
    };
    Some((section, relief))
}

struct Profile {
    slope: Vec<f64>,
    /// Standard deviation of one slope.
    sigma: f64,
    /// Share of the stations that were judged over their whole width.
    share: f64,
}

fn mean_profile(base: &Level, path: &[[f64; 2]], half: i64, dt: f64) -> Option<Profile> {
    const STATIONS: usize = 300;
    let stride = path.len().div_ceil(STATIONS).max(1);
    let mut sum = vec![0.0; (2 * half + 1) as usize];
    let mut row = vec![0.0; sum.len()];
    let (mut used, mut tried) = (0usize, 0usize);
    let mut variance = Vec::new();
    for i in (0..path.len()).step_by(stride) {
        tried += 1;
        let (a, b) = (path[i.saturating_sub(4)], path[(i + 4).min(path.len() - 1)]);
        let d = dist(a, b).max(1e-9);
        let normal = [-(b[1] - a[1]) / d, (b[0] - a[0]) / d];
        let c = base.local(path[i]);
        let judged = row.iter_mut().zip(-half..=half).all(|(out, k)| {
            let t = k as f64 * dt / base.step;
            let slope = base.slope_at(c[0] + t * normal[0], c[1] + t * normal[1]);
            *out = slope.map_or(0.0, |s| s[0] * normal[0] + s[1] * normal[1]);
            slope.is_some()
        });
        if judged {
            used += 1;
            sum.iter_mut().zip(&row).for_each(|(s, v)| *s += v);
            variance.push(base.var[c[1].round() as usize * base.w + c[0].round() as usize]);
        }
    }
    (used > 0).then(|| Profile {
        slope: sum.iter().map(|s| s / used as f64).collect(),
        sigma: f64::from(median(&variance)).sqrt(),
        share: used as f64 / tried as f64,
    })
}
