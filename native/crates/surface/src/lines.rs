//! Scratches and creases: the strongest chain over all levels, its cross-section, depth and width, and its kind.

use crate::chains::{Chain, dist};
use crate::finding::Finding;
use crate::frame::Frame;
use crate::options::Options;
use crate::planes::Level;
use crate::shapes;
use crate::stats::{median, robust_line};
use crate::types::DefectKind;

/// Wider relief is the card's own bow and waviness, mm.
const WIDEST_MM: f64 = 1.5;

/// A line worth reporting, before dents have claimed their rims.
pub struct Line {
    /// Smoothed path, pixels of the maps.
    pub path: Vec<[f64; 2]>,
    /// The finding.
    pub finding: Finding,
}

/// Picks chains by total signal; a chain beside a stronger one is its flank or its echo on another level.
pub fn find(base: &Level, chains: Vec<Chain>, frame: &Frame, radius: f64, o: &Options) -> Vec<Line> {
    let min_px = o.line_min_length_mm / frame.pitch;
    let mut strong: Vec<Chain> = chains
        .into_iter()
        .filter(|c| c.peak >= o.line_seed && c.total() >= o.line_total && c.length_px() >= min_px && is_open(c))
        .collect();
    strong.sort_by(|a, b| b.total().total_cmp(&a.total()));
    let mut taken: Vec<Chain> = Vec::new();
    for chain in strong {
        if !taken.iter().any(|t| beside(&chain, t)) {
            taken.push(chain);
        }
    }
    taken
        .iter()
        .filter_map(|c| measure(base, c, frame, radius, o))
        .collect()
}

/// The rim of a dent is a closed line; a scratch gets somewhere.
fn is_open(c: &Chain) -> bool {
    dist(c.points[0], c.points[c.points.len() - 1]) > 0.6 * c.length_px()
}

/// Whether most of `c` runs within the flanks of `t`.
fn beside(c: &Chain, t: &Chain) -> bool {
    let reach = 4.5 * c.step.max(t.step);
    let b = shapes::bounds(&t.points);
    let near = |p: &[f64; 2]| {
        p[0] > b[0] - reach
            && p[1] > b[1] - reach
            && p[0] < b[2] + reach
            && p[1] < b[3] + reach
            && t.points.iter().any(|&s| dist(*p, s) < reach)
    };
    c.points.iter().filter(|p| near(p)).count() * 2 > c.points.len()
}

/// Moving average over nine points takes the pixel grid's jitter out of a path.
fn smooth(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    (0..points.len())
        .map(|i| {
            let r = 4.min(i).min(points.len() - 1 - i);
            let part = &points[i - r..=i + r];
            let mean = |axis: usize| part.iter().map(|p| p[axis]).sum::<f64>() / part.len() as f64;
            [mean(0), mean(1)]
        })
        .collect()
}

/// Cross-section of a line from its slopes.
struct Section {
    /// Depth, mm, positive for a valley.
    depth_mm: f64,
    width_mm: f64,
    /// Depth over its standard deviation.
    snr: f64,
}

fn measure(base: &Level, chain: &Chain, frame: &Frame, radius: f64, o: &Options) -> Option<Line> {
    let path = smooth(&chain.points);
    let section = section(base, &path, chain, frame.pitch)?;
    if section.snr < o.line_depth || section.width_mm > WIDEST_MM {
        return None;
    }
    let length_mm = chain.length_px() * frame.pitch;
    let near_edge = |p: [f64; 2]| frame.inside_mm(frame.mm(p), radius) < o.edge_margin_mm + 0.8;
    let at_edge = near_edge(path[0]) || near_edge(path[path.len() - 1]);
    let wide = section.width_mm >= o.crease_min_width_mm;
    let kind = if wide && (length_mm >= o.crease_min_length_mm || (at_edge && length_mm >= 2.0)) {
        DefectKind::Crease
    } else if wide && length_mm < 6.0 * section.width_mm {
        DefectKind::Dent
    } else {
        DefectKind::Scratch
    };
    let drawn = shapes::simplify(&path, 0.3);
    let half_px = (0.5 * section.width_mm / frame.pitch).max(1.0);
    let finding = Finding {
        kind,
        polygon_px: shapes::band(&drawn, half_px),
        area_mm2: Some(length_mm * section.width_mm),
        length_mm,
        width_mm: section.width_mm,
        depth_mm: Some(section.depth_mm),
        contrast: 0.0,
        maps: vec!["curvature", "slope"],
        snr: [chain.total(), o.line_total],
    };
    Some(Line { path, finding })
}

/// Mean slope across the line, integrated from side to side; the ends are taken as the surface.
fn section(base: &Level, path: &[[f64; 2]], chain: &Chain, pitch: f64) -> Option<Section> {
    let reach = (6.0 * chain.step).max(8.0);
    let dt = (chain.step * 0.25).max(0.5);
    let half = (reach / dt).ceil() as i64;
    let profile = mean_profile(base, path, half, dt)?;
    let mut z = vec![0.0];
    for pair in profile.slope.windows(2) {
        z.push(z[z.len() - 1] + 0.5 * (pair[0] + pair[1]) * dt * pitch);
    }
    let t: Vec<f64> = (-half..=half).map(|i| i as f64 * dt).collect();
    let wing = |v: &f64| v.abs() > 0.7 * reach;
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
    let width_mm = (cross(-1)? + cross(1)?) * dt * pitch;
    (depth > 0.0).then(|| Section {
        depth_mm: -sign * depth,
        width_mm,
        snr: depth / noise.max(1e-12),
    })
}

struct Profile {
    slope: Vec<f64>,
    /// Standard deviation of one slope.
    sigma: f64,
    /// Share of the stations that were judged over their whole width.
    share: f64,
}

fn mean_profile(base: &Level, path: &[[f64; 2]], half: i64, dt: f64) -> Option<Profile> {
    const STATIONS: usize = 600;
    let stride = path.len().div_ceil(STATIONS);
    let mut sum = vec![0.0; (2 * half + 1) as usize];
    let (mut used, mut tried) = (0usize, 0usize);
    let mut variance = Vec::new();
    for i in (0..path.len()).step_by(stride) {
        tried += 1;
        let (a, b) = (path[i.saturating_sub(4)], path[(i + 4).min(path.len() - 1)]);
        let d = dist(a, b).max(1e-9);
        let normal = [-(b[1] - a[1]) / d, (b[0] - a[0]) / d];
        let row: Option<Vec<f64>> = (-half..=half)
            .map(|k| {
                let t = k as f64 * dt;
                let c = base.local([path[i][0] + t * normal[0], path[i][1] + t * normal[1]]);
                base.slope_at(c[0], c[1]).map(|s| s[0] * normal[0] + s[1] * normal[1])
            })
            .collect();
        if let Some(row) = row {
            used += 1;
            sum.iter_mut().zip(row).for_each(|(s, v)| *s += v);
            let c = base.local(path[i]);
            variance.push(base.var[c[1].round() as usize * base.w + c[0].round() as usize]);
        }
    }
    (used > 0).then(|| Profile {
        slope: sum.iter().map(|s| s / used as f64).collect(),
        sigma: f64::from(median(&mut variance)).sqrt(),
        share: used as f64 / tried as f64,
    })
}
