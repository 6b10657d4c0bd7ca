//! How much steeper relief looks under the varnish's shine than it is.

use crate::stats::quantile;
use crate::terms::{BOW, Row, SHINE};
use crate::types::Rig;

/// Largest gain believed, in units of albedo; a lobe that strong is foil.
pub const MOST_GAIN: f32 = 1.0;

/// How much steeper relief looks under the varnish's shine, in units of albedo, as coefficients of [`SHINE`]'s terms.
///
/// A specular lobe answers to the angle between normal and half-vector. Over the card the half-vector turns by
/// `x (1 / D + sin e / R) / 2` (camera at D, lights at R and elevation e), and what that turn does to flat card is the
/// fitted shine. A slope turns the angle just the same, so the lobe's answer to a slope is the shine's own derivative
/// over that rate. Where the rig is not known the gain is 0 and nothing is corrected.
///
/// On print of one tone shine cannot be told from bow by the fit. But paper bends about one axis only, and the shine's
/// derivative is the same along both: there the smaller of the two curvatures is taken.
pub fn shine_gain(
    [fp, fq]: &[Row; 2],
    [w, h]: [usize; 2],
    rig: &Rig,
    pitch_mm: f64,
    tones: &mut [f32],
) -> [f64; SHINE.len()] {
    let mut gain = [0.0; SHINE.len()];
    let rate = turn_rate(rig);
    if rate <= 0.0 {
        return gain;
    }
    let per_mm = |n: usize| 2.0 / (n as f64 * pitch_mm);
    let (dark, bright) = (f64::from(quantile(tones, 0.1)), f64::from(quantile(tones, 0.9)));
    if bright < TWO_TONES * dark {
        // x is the second term of the bow and of the shine, y the third.
        let of = |f: &Row, k: usize, n: usize| {
            -(f[k] * f64::from(quantile(&mut tones.to_vec(), 0.5)) + f[BOW.len() + k]) * per_mm(n) / rate
        };
        gain[0] = of(fp, 1, w).min(of(fq, 2, h)).max(0.0);
        return gain;
    }
    for (k, &(i, j)) in SHINE.iter().enumerate() {
        let mut add = |(i, j): (usize, usize), c: f64| {
            if let Some(to) = SHINE.iter().position(|&t| t == (i, j)) {
                gain[to] -= 0.5 * c / rate;
            }
        };
        if i > 0 {
            add((i - 1, j), fp[BOW.len() + k] * i as f64 * per_mm(w));
        }
        if j > 0 {
            add((i, j - 1), fq[BOW.len() + k] * j as f64 * per_mm(h));
        }
    }
    gain
}

/// Bright over dark print from which shine can be told from bow.
const TWO_TONES: f64 = 1.3;

/// Turn of the half-vector for each mm on the card, radians; 0 where the rig is not known.
fn turn_rate(rig: &Rig) -> f64 {
    let light = rig
        .light_distance_mm
        .map_or(0.0, |r| rig.light_elevation_deg.unwrap_or(45.0).to_radians().sin() / r);
    rig.view_distance_mm.map_or(0.0, |d| 0.5 * (1.0 / d + light))
}
