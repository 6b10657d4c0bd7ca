//! Lift of a corner: how far its tip stands over the plane of the card behind it.

use crate::corners::SIGNS;
use crate::frame::Frame;
use crate::planes::Level;
use crate::poisson::heights;

/// Side of the square that is integrated, mm.
const SQUARE_MM: f64 = 13.0;
/// Points further from the ideal corner than this along its diagonal, mm, are the card itself; bends start nearer.
const CARD_MM: f64 = 8.0;
/// The surface within this distance of the tip is extrapolated to it, mm.
const TIP_MM: f64 = 1.8;
/// Least judged area of the card and near the tip, mm2.
const LEAST_MM2: [f64; 2] = [30.0, 1.0];
/// The integration works on pixels of about this size, mm.
const PIXEL_MM: f64 = 0.32;

/// Height of the tip of corner `index` (TL, TR, BR, BL; the outline's point on its diagonal) over the plane through the card behind it, mm, positive
/// towards the camera; `None` where tip or card is not judged (foil, or too little of it).
///
/// Slopes are integrated by least squares (Poisson, natural boundary) over a square at the corner. The bow of the whole
/// card has left the slopes before, so that what remains is the corner's own.
pub fn read(index: usize, levels: &[Level], frame: &Frame, radius: f64) -> Option<f64> {
    let level = levels
        .iter()
        .rev()
        .find(|l| l.step * frame.pitch <= PIXEL_MM)
        .unwrap_or(&levels[0]);
    let pixel = level.step * frame.pitch;
    let n = (SQUARE_MM / pixel).round() as usize;
    let [sx, sy] = SIGNS[index];
    let corner = [0.5 * sx * frame.size_mm[0], 0.5 * sy * frame.size_mm[1]];
    let middle = [0, 1].map(|k| corner[k] - 0.5 * SQUARE_MM * [sx, sy][k]);
    let c = level.local(frame.px(middle));
    let start = c.map(|v| (v - 0.5 * n as f64).round() as i64);
    let patch = heights(level, start[0], start[1], n, frame.pitch)?;
    let place = |k: usize| {
        let at = level.full((start[0] + (k % n) as i64) as f64, (start[1] + (k / n) as i64) as f64);
        let p = frame.mm(at);
        [p[0] - corner[0], p[1] - corner[1]]
    };
    let known: Vec<(usize, [f64; 2])> = (0..n * n).filter(|&k| patch.known[k]).map(|k| (k, place(k))).collect();
    let along = |p: &[f64; 2]| -(sx * p[0] + sy * p[1]) * std::f64::consts::FRAC_1_SQRT_2;
    let fit = |part: &dyn Fn(&[f64; 2]) -> bool| {
        let points = known.iter().filter(|(_, p)| part(p));
        plane(points.map(|(k, p)| (*p, patch.z[*k])))
    };
    let card = |p: &[f64; 2]| along(p) > CARD_MM;
    // The outermost point of the rounded outline, on the diagonal.
    let tip = [-sx, -sy].map(|s| s * radius * (1.0 - std::f64::consts::FRAC_1_SQRT_2));
    let near = |p: &[f64; 2]| (p[0] - tip[0]).hypot(p[1] - tip[1]) < TIP_MM;
    let count = |part: &dyn Fn(&[f64; 2]) -> bool| known.iter().filter(|(_, p)| part(p)).count() as f64;
    let area = pixel * pixel;
    if count(&card) * area < LEAST_MM2[0] || count(&near) * area < LEAST_MM2[1] {
        return None;
    }
    let [below, at] = [fit(&card)?, fit(&near)?].map(|[a, b, c]| a + b * tip[0] + c * tip[1]);
    Some(at - below)
}

/// Least-squares plane `a + b x + c y`; `None` where the points do not span one.
fn plane(points: impl Iterator<Item = ([f64; 2], f64)>) -> Option<[f64; 3]> {
    let mut m = [[0.0; 4]; 3];
    for (p, z) in points {
        let row = [1.0, p[0], p[1], z];
        for a in 0..3 {
            (0..4).for_each(|b| m[a][b] += row[a] * row[b]);
        }
    }
    for a in 0..3 {
        let pivot = m[a][a];
        if pivot.abs() < 1e-9 {
            return None;
        }
        m[a].iter_mut().for_each(|v| *v /= pivot);
        for b in (0..3).filter(|&b| b != a) {
            let factor = m[b][a];
            let from = m[a];
            m[b].iter_mut().zip(from).for_each(|(v, f)| *v -= factor * f);
        }
    }
    Some([m[0][3], m[1][3], m[2][3]])
}
