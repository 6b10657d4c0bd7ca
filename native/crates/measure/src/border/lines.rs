//! Straight boundaries along a side: consensus of gradient peaks over all probes.

use super::probes::Probe;
use crate::math::{fit_polynomial, median, median_mad, tukey};
use crate::profile::Peak;

/// Steepest print tilt against the cut that is looked for, degrees.
const TILT_DEG: f64 = 1.2;
/// A boundary needs peaks in this share of the probes to be looked at.
const LEAST_COVERAGE: f64 = 0.22;
/// A peak belongs to a line within this distance, px.
const WITHIN: f64 = 1.6;
/// Lines of a side that are kept.
const MOST: usize = 12;

/// A straight boundary parallel to a card edge: `v = offset + slope * u` in the side's own coordinates.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Distance from the cut edge at mid-side, px.
    pub offset: f64,
    /// Tilt against the cut edge.
    pub slope: f64,
    /// Which probes have a peak on it, with the peak.
    pub members: Vec<Option<Peak>>,
    /// Share of probes on it.
    pub coverage: f64,
    /// Longest unbroken stretch as a share of the side.
    pub run: f64,
    /// Median absolute gradient, square root of light per px.
    pub strength: f64,
    /// Root mean square distance of its members, px.
    pub residual: f64,
}

impl Boundary {
    /// Distance from the cut edge at u, px.
    #[must_use]
    pub fn at(&self, u: f64) -> f64 {
        self.offset + self.slope * u
    }
}

/// All straight boundaries, in order of distance from the edge.
#[must_use]
pub fn find(probes: &[Probe], half_length: f64, depth: f64) -> Vec<Boundary> {
    let ends = (TILT_DEG.to_radians().tan() * half_length).ceil().max(1.0) as i64;
    let mut free: Vec<Vec<Peak>> = probes.iter().map(|p| p.peaks.clone()).collect();
    let mut found: Vec<Boundary> = Vec::new();
    for _ in 0..2 * MOST {
        let Some((offset, end)) = strongest(probes, &free, half_length, depth, ends) else {
            break;
        };
        let start = (offset, end / half_length);
        let Some(line) = refine(probes, &free, half_length, start) else {
            remove(probes, &mut free, start, 1.0);
            continue;
        };
        remove(probes, &mut free, (line.offset, line.slope), WITHIN);
        if line.coverage >= LEAST_COVERAGE {
            found.push(line);
        }
        if found.len() == MOST {
            break;
        }
    }
    found.sort_by(|a, b| a.offset.total_cmp(&b.offset));
    found
}

/// Offset and end shift of the line that most probes agree on; `None` when no line reaches the least coverage.
fn strongest(probes: &[Probe], free: &[Vec<Peak>], half: f64, depth: f64, ends: i64) -> Option<(f64, f64)> {
    let bins = depth as usize + 3;
    let mut votes = vec![0.0f64; bins];
    let mut best = (LEAST_COVERAGE * probes.len() as f64 * 0.5, None);
    // Two px at the ends of the side are one px at most for half of the probes: the vote's own width.
    for end in (-ends..=ends).step_by(2) {
        votes.fill(0.0);
        for (probe, peaks) in probes.iter().zip(free) {
            let shift = end as f64 * probe.u / half;
            for peak in peaks {
                let place = peak.v - shift;
                let i = place.floor();
                if i >= 0.0 && i < (bins - 1) as f64 {
                    let weight = peak.strength.abs() / (peak.strength.abs() + 0.02);
                    let share = place - i;
                    votes[i as usize] += weight * (1.0 - share);
                    votes[i as usize + 1] += weight * share;
                }
            }
        }
        for i in 1..bins - 1 {
            let sum = votes[i] + 0.5 * (votes[i - 1] + votes[i + 1]);
            if sum > best.0 {
                best = (sum, Some((i as f64, end as f64)));
            }
        }
    }
    best.1
}

fn nearest(peaks: &[Peak], v: f64, within: f64) -> Option<Peak> {
    let peak = peaks
        .iter()
        .min_by(|a, b| (a.v - v).abs().total_cmp(&(b.v - v).abs()))?;
    ((peak.v - v).abs() <= within).then_some(*peak)
}

fn remove(probes: &[Probe], free: &mut [Vec<Peak>], line: (f64, f64), within: f64) {
    for (probe, peaks) in probes.iter().zip(free) {
        let v = line.0 + line.1 * probe.u;
        peaks.retain(|p| (p.v - v).abs() > within);
    }
}

fn refine(probes: &[Probe], free: &[Vec<Peak>], half: f64, start: (f64, f64)) -> Option<Boundary> {
    let (mut offset, mut slope) = start;
    for within in [3.5, 2.0, WITHIN, WITHIN] {
        let (mut x, mut y, mut w) = (Vec::new(), Vec::new(), Vec::new());
        for (probe, peaks) in probes.iter().zip(free) {
            let v = offset + slope * probe.u;
            if let Some(peak) = nearest(peaks, v, within) {
                x.push(probe.u / half);
                y.push(peak.v);
                w.push(tukey((peak.v - v) / (1.5 * within)));
            }
        }
        if x.len() < 6 {
            return None;
        }
        let (c, _) = fit_polynomial(&x, &y, &w, 1)?;
        offset = c[0];
        slope = c[1] / half;
    }
    if slope.abs() > 1.3 * TILT_DEG.to_radians() {
        return None;
    }
    let members: Vec<Option<Peak>> = probes
        .iter()
        .zip(free)
        .map(|(p, peaks)| nearest(peaks, offset + slope * p.u, WITHIN))
        .collect();
    let strengths: Vec<f64> = members.iter().flatten().map(|p| p.strength.abs()).collect();
    let residuals: Vec<f64> = probes
        .iter()
        .zip(&members)
        .filter_map(|(p, m)| m.map(|m| m.v - offset - slope * p.u))
        .collect();
    Some(Boundary {
        offset,
        slope,
        coverage: strengths.len() as f64 / probes.len() as f64,
        run: longest_run(&members) as f64 / probes.len() as f64,
        strength: median(&strengths),
        residual: median_mad(&residuals).1,
        members,
    })
}

/// Longest stretch of probes on the line; single gaps (dust, a letter's serif) do not break it.
fn longest_run(members: &[Option<Peak>]) -> usize {
    let (mut best, mut run, mut gap) = (0, 0, 0);
    for member in members {
        if member.is_some() {
            run += 1;
            gap = 0;
        } else {
            gap += 1;
            if gap > 1 {
                run = 0;
            }
        }
        best = best.max(run);
    }
    best
}
