//! Mean profiles from the cut edge inwards, many along each side, in which printed boundaries are looked for.

use crate::geometry::EdgeCurve;
use crate::math::median;
use crate::profile::{Peak, Profile};
use crate::window::Window;
use imaging::LinearSource;
use rayon::prelude::*;

/// Profiles per side: one every 1.0 to 1.4 mm on a standard card.
pub const PROBES: usize = 72;
/// Probes keep this share of half the side away from the corners.
const REACH: f64 = 0.94;
/// Smoothing of the gradient, px.
const SIGMA: f64 = 1.2;
/// Weakest gradient that counts as a boundary, square root of light per px (a step of 0.03 blurred over 1 px).
const WEAKEST: f64 = 0.006;

/// One profile from the cut edge inwards.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Place along the side, px.
    pub u: f64,
    /// Square root of light against distance from the fitted edge.
    pub profile: Profile,
    /// Gradient peaks in order of distance.
    pub peaks: Vec<Peak>,
}

/// Reads the probes of one side down to `depth` px inside the edge; `width` is half of each probe's extent along it.
#[must_use]
pub fn read(src: &dyn LinearSource, curve: &EdgeCurve, first: f64, depth: f64, width: f64) -> Vec<Probe> {
    (0..PROBES)
        .into_par_iter()
        .filter_map(|k| {
            let u = (2.0 * k as f64 / (PROBES - 1) as f64 - 1.0) * REACH * curve.half_length;
            let window = Window {
                frame: curve.local(u),
                u: [-width, width],
                v: [2.0, depth],
            };
            let profile = Profile::read(src, &window)?.perceptual();
            let gradient = profile.gradient(SIGMA);
            // The median gradient of a frame is its texture and noise; of art it is art, which hides nothing we need.
            let frame_end = ((first * 2.0) as usize + 8).min(gradient.len());
            let sizes: Vec<f64> = gradient[..frame_end].iter().map(|g| g.abs()).collect();
            let least = (4.0 * median(&sizes)).clamp(WEAKEST, 0.03);
            let all = profile.peaks(&gradient, least);
            let peaks = all
                .iter()
                .filter(|p| p.v >= first && !overshoot(&all, p))
                .copied()
                .collect();
            Some(Probe { u, profile, peaks })
        })
        .collect()
}

/// Sharpening, JPEG and the kernel's own lobes put weak peaks beside a strong one; they are not printed boundaries.
fn overshoot(all: &[Peak], peak: &Peak) -> bool {
    all.iter()
        .any(|p| (p.v - peak.v).abs() < 9.0 && p.strength.abs() > 3.5 * peak.strength.abs())
}
