//! How much steeper relief looks under the varnish's shine than it is.

use crate::stats::quantile;
use crate::terms::{BOW, Row, SHINE, along_row, place, powers};
use crate::types::Rig;

/// Largest gain believed, in units of albedo; a lobe that strong is foil.
pub const MOST_GAIN: f32 = 1.0;

/// How much steeper relief looks under the varnish's shine, in units of albedo, as coefficients of [`SHINE`]'s terms.
///
/// A specular lobe answers to the angle between normal and half-vector. Over the card the half-vector turns by
/// `x (1 / D + sin e / R) / 2` (camera at D, lights at R and elevation e), and what that turn does to flat card is the
/// fitted shine. A slope turns the angle just the same, so the lobe's answer to a slope is the shine's own derivative
/// over that rate, and it is the same along both axes: what the two tell differently is noise of the fit, and by its
/// power the gain is believed less. Where the rig is not known the gain is 0 and nothing is corrected.
///
/// On print of one tone shine cannot be told from bow by the fit. But paper bends about one axis only, and the shine's
/// derivative is the same along both: there the smaller of the two curvatures is taken.
pub fn shine_gain(
    [fp, fq]: &[Row; 2],
    [w, h]: [usize; 2],
    rig: &Rig,
    pitch_mm: f64,
    tones: &[f32],
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
            -(f[k] * f64::from(quantile(tones, 0.5)) + f[BOW.len() + k]) * per_mm(n) / rate
        };
        gain[0] = of(fp, 1, w).min(of(fq, 2, h)).max(0.0);
        return gain;
    }
    let [along_x, along_y] = [0, 1].map(|axis| derivative(&[fp, fq][axis][BOW.len()..], axis, per_mm([w, h][axis])));
    for k in 0..gain.len() {
        gain[k] = -0.5 * (along_x[k] + along_y[k]) / rate;
    }
    let believed = agreement(&along_x, &along_y);
    gain.map(|g| believed * g)
}

/// Coefficients of a shine's derivative along x (0) or y (1), where the card's half is `1 / per_mm` long.
fn derivative(shine: &[f64], axis: usize, per_mm: f64) -> [f64; SHINE.len()] {
    let mut out = [0.0; SHINE.len()];
    for (c, &(i, j)) in shine.iter().zip(&SHINE) {
        let (power, lower) = if axis == 0 {
            (i, (i.wrapping_sub(1), j))
        } else {
            (j, (i, j.wrapping_sub(1)))
        };
        if let Some(to) = SHINE.iter().position(|&t| t == lower) {
            out[to] += c * power as f64 * per_mm;
        }
    }
    out
}

/// Share of the mean of two readings of one field that is no noise: half their difference holds as much noise as their
/// mean and none of what they agree on. The power that noise adds to the mean is taken off it, as a Wiener filter does;
/// without varnish nothing is left.
fn agreement(a: &[f64; SHINE.len()], b: &[f64; SHINE.len()]) -> f64 {
    /// Places along either axis.
    const PLACES: usize = 12;
    let (mut mean2, mut half2) = (0.0, 0.0);
    for v in (0..PLACES).map(|j| powers(place(2 * j + 1, 2 * PLACES))) {
        let rows = [a, b].map(|f| along_row(f, &SHINE, &v));
        for u in (0..PLACES).map(|i| powers(place(2 * i + 1, 2 * PLACES))) {
            let [a, b] = rows.map(|r| (0..u.len()).map(|k| r[k] * u[k]).sum::<f64>());
            mean2 += (0.5 * (a + b)).powi(2);
            half2 += (0.5 * (a - b)).powi(2);
        }
    }
    if mean2 > half2 { 1.0 - half2 / mean2 } else { 0.0 }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::UNKNOWNS;

    /// Gain of a rig whose half-vector turns by 1 mrad a mm on a card of 100 x 100 mm and two tones.
    fn gain(p: Row, q: Row) -> [f64; SHINE.len()] {
        let rig = Rig {
            view_distance_mm: Some(500.0),
            ..Rig::default()
        };
        let tones: Vec<f32> = (0..100).map(|i| if i % 2 == 0 { 0.2 } else { 0.8 }).collect();
        shine_gain(&[p, q], [1000, 1000], &rig, 0.1, &tones)
    }

    #[test]
    fn what_both_axes_agree_on_is_gain_and_what_they_do_not_is_noise() {
        // The shine grows by 1e-4 a mm along either axis: a gain of 0.1.
        let mut p = [0.0; UNKNOWNS];
        let mut q = [0.0; UNKNOWNS];
        p[BOW.len() + 1] = -5e-3;
        q[BOW.len() + 2] = -5e-3;
        assert!((gain(p, q)[0] - 0.1).abs() < 1e-9, "{:?}", gain(p, q));
        // Noise of the fit: a slope along x only, or of different powers along either.
        assert_eq!(gain(p, [0.0; UNKNOWNS]), [0.0; SHINE.len()]);
        let noise = 1e-3;
        p[BOW.len() + 3] = noise;
        q[BOW.len() + 5] = -noise;
        let fitted = gain(p, q);
        assert!((fitted[0] - 0.1).abs() < 5e-3, "{fitted:?}");
        let kept = -fitted[1] / (noise / 50.0 / 1e-3);
        assert!((0.9..1.0).contains(&kept), "{kept}");
    }
}
