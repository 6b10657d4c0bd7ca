//! Layering: stretches of an edge where the card's layers part and the surface rises (or sinks) towards the cut.

use crate::edges::{Side, runs};
use crate::frame::Frame;
use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median};

/// The rim whose slope is read, mm inside the ideal edge; nearer the optics mix the background in.
const RIM: [f64; 2] = [0.32, 0.95];
/// The surface it is compared with, mm inside the edge.
const INNER: [f64; 2] = [1.6, 3.2];
/// Depths read in each of both.
const DEPTHS: usize = 8;
/// Rise over the rim that counts, mm.
const RISE_MM: f64 = 0.015;
/// The same over the scatter of all stations.
const SCATTER: f64 = 5.0;
/// Stretches are joined over a gap of this much and count from this length on, mm.
const JOIN_MM: f64 = 0.5;
const SHORTEST_MM: f64 = 0.8;
/// Stations are averaged over this length, mm.
const WINDOW_MM: f64 = 0.5;

/// Length of the edge that is layered, mm; `None` where less than half of its stations are judged (foil).
pub fn read(side: &Side, level: &Level, frame: &Frame) -> Option<f64> {
    let ds = (2.0 * frame.pitch).max(0.08);
    let n = (2.0 * side.half / ds).floor().max(0.0) as usize;
    let rise: Vec<Option<f64>> = (0..n)
        .map(|i| station(side, level, frame, i as f64 * ds - side.half))
        .collect();
    let judged: Vec<f64> = rise.iter().flatten().copied().collect();
    if 2 * judged.len() < n || judged.is_empty() {
        return None;
    }
    let middle = f64::from(median(judged.iter().map(|&r| r as f32)));
    let reach = (0.5 * WINDOW_MM / ds).round() as usize;
    let smooth: Vec<f64> = (0..n)
        .map(|i| {
            let near = rise[i.saturating_sub(reach)..(i + reach + 1).min(n)].iter().flatten();
            let (sum, count) = near.fold((0.0, 0), |s, r| (s.0 + r - middle, s.1 + 1));
            if count > reach {
                sum / f64::from(count as u32)
            } else {
                0.0
            }
        })
        .collect();
    let spread = MAD_TO_SIGMA * median(smooth.iter().map(|r| r.abs() as f32));
    let limit = RISE_MM.max(SCATTER * f64::from(spread));
    let parts = runs(&smooth, |r| r.abs() > limit, (JOIN_MM / ds) as usize);
    let long = parts
        .iter()
        .map(|r| (r.1 - r.0) as f64 * ds)
        .filter(|l| *l >= SHORTEST_MM);
    // Not `sum`: of nothing it is minus zero.
    Some(long.fold(0.0, |sum, l| sum + l))
}

/// Rise of the surface over the rim towards the cut, against the surface further in, mm.
fn station(side: &Side, level: &Level, frame: &Frame, s: f64) -> Option<f64> {
    let slope = |[from, to]: [f64; 2]| {
        let each = (0..DEPTHS).map(|k| {
            let depth = from + (to - from) * (k as f64 + 0.5) / DEPTHS as f64;
            let (here, out) = (frame.px(side.point(s, depth)), frame.px(side.point(s, depth - 0.1)));
            let way = [out[0] - here[0], out[1] - here[1]];
            let length = way[0].hypot(way[1]).max(1e-9);
            let at = level.local(here);
            let g = level.slope_at(at[0], at[1])?;
            Some((g[0] * way[0] + g[1] * way[1]) / length)
        });
        each.sum::<Option<f64>>().map(|sum| sum / DEPTHS as f64)
    };
    Some((slope(RIM)? - slope(INNER)?) * (RIM[1] - RIM[0]))
}
