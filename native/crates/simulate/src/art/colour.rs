//! Linear-light colours and the few operations the drawing needs.

use crate::profile::normal_cdf;

/// Reflectance of red, green and blue, 0..1, linear.
pub(crate) type Rgb = [f64; 3];

/// Linear reflectance of a colour written as on the web (sRGB, IEC 61966-2-1).
pub(crate) fn hex(code: u32) -> Rgb {
    [16, 8, 0].map(|shift| {
        let v = f64::from((code >> shift) & 255) / 255.0;
        if v <= 0.040_45 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// `a` where `t` is 0, `b` where it is 1.
#[inline]
pub(crate) fn mix(a: Rgb, b: Rgb, t: f64) -> Rgb {
    let t = t.clamp(0.0, 1.0);
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

/// Brighter or darker by a factor.
#[inline]
pub(crate) fn scale(a: Rgb, factor: f64) -> Rgb {
    a.map(|v| (v * factor).max(0.0))
}

/// Smooth step from 0 at `low` to 1 at `high`.
#[inline]
pub(crate) fn ramp(low: f64, high: f64, v: f64) -> f64 {
    let t = ((v - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Coverage of a shape at a signed distance (inside positive) seen with a Gaussian blur of the given sigma.
#[inline]
pub(crate) fn cover(distance: f64, blur: f64) -> f64 {
    let t = distance / blur;
    if t > 6.0 {
        1.0
    } else if t < -6.0 {
        0.0
    } else {
        normal_cdf(t)
    }
}

/// Signed distance to a rounded box given by left, top, right, bottom and radius; inside positive.
pub(crate) fn rounded([x, y]: [f64; 2], [l, t, r, b]: [f64; 4], radius: f64) -> f64 {
    let qx = (x - (l + r) / 2.0).abs() - (r - l) / 2.0 + radius;
    let qy = (y - (t + b) / 2.0).abs() - (b - t) / 2.0 + radius;
    radius - qx.max(0.0).hypot(qy.max(0.0)) - qx.max(qy).min(0.0)
}

/// Signed distance to a circle; inside positive.
pub(crate) fn circle(p: [f64; 2], centre: [f64; 2], radius: f64) -> f64 {
    radius - (p[0] - centre[0]).hypot(p[1] - centre[1])
}

/// Approximate signed distance to an ellipse; inside positive.
pub(crate) fn ellipse(p: [f64; 2], centre: [f64; 2], axes: [f64; 2]) -> f64 {
    let (x, y) = ((p[0] - centre[0]) / axes[0], (p[1] - centre[1]) / axes[1]);
    let k = x.hypot(y);
    let slope = (x / axes[0]).hypot(y / axes[1]);
    if slope < 1e-9 {
        axes[0].min(axes[1])
    } else {
        (1.0 - k) * k / slope
    }
}
