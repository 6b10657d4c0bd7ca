//! Puts a line's path into the middle of its groove: a path from a coarse level wanders about it by a share of that
//! level's pixel, and a mean over stations that do not lie in line is wider and shallower than the groove.

use crate::chains::{Chain, dist};
use crate::planes::Level;
use crate::section;
use crate::stats::median;

/// Share of a path that is left out at either end at least and at most.
const ENDS: [f64; 2] = [0.12, 0.25];
/// Widths over which the ends of a groove, and a chain that overshoots them, grow shallower.
const FADE: f64 = 4.0;
/// Most pieces whose middle is looked for, and the depth over its noise that each must keep: the middle is then known
/// to a twentieth of the width.
const PIECES: f64 = 8.0;
const PIECE_SNR: f64 = 10.0;

/// A path in the middle of its groove.
pub struct Centred {
    /// Points, pixels of the maps.
    pub path: Vec<[f64; 2]>,
    /// Width of the pieces, mm; `None` where none could be read.
    pub width_mm: Option<f64>,
}

/// The path without its ends, which are shallower than the rest; `width` is the groove's, pixels of the maps.
pub fn middle(path: &[[f64; 2]], width: f64) -> &[[f64; 2]] {
    let length: f64 = path.windows(2).map(|s| dist(s[0], s[1])).sum();
    let share = (FADE * width / length.max(1e-9)).clamp(ENDS[0], ENDS[1]);
    let trim = (share * path.len() as f64) as usize;
    &path[trim..path.len() - trim]
}

/// Moves the path into the middle between the groove's flanks, piece by piece; `snr` is that of the whole depth.
pub fn centred(base: &Level, path: &[[f64; 2]], reach: f64, chain: &Chain, pitch: f64, snr: f64) -> Centred {
    let pieces = (snr / PIECE_SNR)
        .powi(2)
        .min(PIECES)
        .min(path.len() as f64 / 4.0)
        .max(1.0) as usize;
    let bounds = |k: usize| k * path.len() / pieces;
    let mut widths = Vec::new();
    let mut offsets: Vec<[f64; 2]> = Vec::new();
    for k in 0..pieces {
        if let Some(s) = section::read(base, &path[bounds(k)..bounds(k + 1)], reach, chain, pitch) {
            widths.push(s.width_mm as f32);
            // Further off than half its width lies something else.
            if s.offset_px.abs() * pitch < 0.5 * s.width_mm {
                offsets.push([0.5 * (bounds(k) + bounds(k + 1) - 1) as f64, s.offset_px]);
            }
        }
    }
    let moved = |i: usize| {
        let (a, b) = (path[i.saturating_sub(4)], path[(i + 4).min(path.len() - 1)]);
        let d = dist(a, b).max(1e-9);
        let by = between(&offsets, i as f64);
        [path[i][0] - by * (b[1] - a[1]) / d, path[i][1] + by * (b[0] - a[0]) / d]
    };
    Centred {
        path: (0..path.len()).map(moved).collect(),
        width_mm: (!widths.is_empty()).then(|| f64::from(median(&widths))),
    }
}

/// Value of a polyline at `x`, that of its ends beyond them; 0 where it has no points.
fn between(points: &[[f64; 2]], x: f64) -> f64 {
    let after = points.partition_point(|p| p[0] <= x);
    match (after.checked_sub(1).map(|k| points[k]), points.get(after)) {
        (Some(a), Some(b)) => a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]),
        (Some(end), None) => end[1],
        (None, Some(end)) => end[1],
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wandering_path_is_brought_into_the_middle() {
        // A groove along x of 10 um and a standard deviation of 3 px, and a path that swings by 1.5 px about it.
        const W: usize = 300;
        const H: usize = 121;
        let slope = |k: usize| {
            let y = (k / W) as f64 - 60.0;
            (0.01 * y / 9.0 * (-y * y / 18.0).exp()) as f32
        };
        let level = Level {
            p: vec![0.0; W * H],
            q: (0..W * H).map(slope).collect(),
            var: vec![1e-6; W * H],
            mask: vec![1; W * H],
            ..Level::of_places(W, H, 1.0, [0.0; 2])
        };
        let swing = |i: usize| [20.0 + i as f64, 60.0 + 1.5 * (i as f64 / 40.0).sin()];
        let chain = Chain {
            points: (0..261).map(swing).collect(),
            sum: 1.0,
            peak: 1.0,
            valley: true,
            step: 1.0,
        };
        let c = centred(&level, &chain.points, 22.0, &chain, 1.0, 100.0);
        let off = c.path.iter().map(|p| (p[1] - 60.0).abs()).fold(0.0, f64::max);
        assert!(off < 0.6, "{off}");
        let depth = |path: &[[f64; 2]]| section::read(&level, path, 22.0, &chain, 1.0).unwrap().depth_mm;
        assert!((depth(&c.path) / 0.01 - 1.0).abs() < 0.02, "{}", depth(&c.path));
        assert!(depth(&chain.points) < 0.0095, "{}", depth(&chain.points));
    }

    #[test]
    fn the_middle_of_a_short_line_leaves_more_of_its_ends_out() {
        let path: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), 0.0]).collect();
        assert_eq!(middle(&path, 1.0).len(), 76);
        assert_eq!(middle(&path, 5.0).len(), 60);
        assert_eq!(middle(&path, 50.0).len(), 50);
    }
}
