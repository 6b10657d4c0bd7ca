//! Radius of the rounded corners, read along the diagonals of the ideal corners.

use super::sides::EdgeFit;
use crate::geometry::{Frame, Point, dot};
use crate::profile::Profile;
use crate::window::Window;
use imaging::LinearSource;

/// Distance from an ideal corner to its arc along the diagonal, per radius.
const DIAGONAL: f64 = std::f64::consts::SQRT_2 - 1.0;
/// Half width of the window along the diagonal, px.
const HALF_WIDTH: f64 = 1.5;
/// Largest radius looked for, as a share of the shorter card side (3.175 mm of 63.5 mm is 5 %).
const LARGEST: f64 = 0.12;

/// Radius per corner in the order top left, top right, bottom right, bottom left, px.
#[must_use]
pub fn radii(src: &dyn LinearSource, corners: &[Point; 4], edges: &[EdgeFit; 4]) -> [Option<f64>; 4] {
    // Left, right, top, bottom meet in this order of corners.
    let pairs = [(0, 2), (1, 2), (1, 3), (0, 3)];
    let shorter = corners[0].distance(corners[1]).min(corners[0].distance(corners[3]));
    let mut out = [None; 4];
    for (k, (a, b)) in pairs.into_iter().enumerate() {
        out[k] = radius(src, corners[k], &edges[a], &edges[b], LARGEST * shorter);
    }
    out
}

fn radius(src: &dyn LinearSource, corner: Point, a: &EdgeFit, b: &EdgeFit, largest: f64) -> Option<f64> {
    let (na, nb) = (
        a.curve.local(a.curve.u_of(corner)).normal,
        b.curve.local(b.curve.u_of(corner)).normal,
    );
    let inward = [na[0] + nb[0], na[1] + nb[1]];
    let length = inward[0].hypot(inward[1]);
    let normal = [inward[0] / length, inward[1] / length];
    let frame = Frame {
        origin: corner,
        tangent: [-normal[1], normal[0]],
        normal,
    };
    // A right angle puts the diagonal at 45 degrees to both edges; perspective changes that by under a degree.
    debug_assert!(dot(normal, na) > 0.5);
    let window = Window {
        frame,
        u: [-HALF_WIDTH, HALF_WIDTH],
        v: [-8.0, DIAGONAL * largest + 8.0],
    };
    if !window.inside(src) {
        return None;
    }
    let profile = Profile::read(src, &window)?;
    let sign = (a.contrast + b.contrast).signum();
    let least = 0.3 * (a.contrast.abs().min(b.contrast.abs())) / 2.506_628 / (1.5 + a.blur_px);
    let gradient = profile.gradient(1.5);
    // The outermost edge of the card's own polarity is the arc; whitening and art come further in.
    let peak = profile
        .peaks(&gradient, least)
        .into_iter()
        .find(|p| p.strength * sign > 0.0)?;
    // On a square corner the window's coverage grows over its own half width: its gradient lies half of that further in.
    let square = 0.5 * HALF_WIDTH;
    let depth = if peak.v < 2.0 * square { 0.0 } else { peak.v };
    Some(depth / DIAGONAL).filter(|r| *r <= largest)
}
