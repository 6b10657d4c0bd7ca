//! The varnish's lobe over the cosine between normal and half vector, quick enough for every sample.

/// `strength * lobe` (see [`crate::varnish::lobe`]): its logarithm to base 2 is `top + steep * c * (c - 4)` with c = n.h.
pub struct Curve {
    /// Of the lobe.
    pub exponent: f32,
    steep: f32,
    top: f32,
}

impl Curve {
    /// For a lobe of this strength, above 0, and exponent.
    pub fn new(strength: f64, exponent: f64) -> Self {
        let steep = -0.5 * exponent * std::f64::consts::LOG2_E;
        Self {
            exponent: exponent as f32,
            steep: steep as f32,
            top: (3.0 * steep + strength.log2()) as f32,
        }
    }

    /// The value for a cosine.
    #[inline(always)]
    pub fn at(&self, c: f32) -> f32 {
        exp2((self.steep * c).mul_add(c - 4.0, self.top))
    }
}

/// 2^x for x from -120 to 120 to 5e-7: the binary exponent and a polynomial (Cody & Waite 1980).
#[inline(always)]
fn exp2(x: f32) -> f32 {
    /// The exponential series to seventh order, economised to fifth on half an octave either way (Lanczos 1938).
    const SERIES: [f32; 6] = [
        1.000_000_1,
        std::f32::consts::LN_2,
        0.240_221_1,
        0.055_503_275,
        0.009_675_892,
        0.001_340_029,
    ];
    let x = if x > -120.0 { x } else { -120.0 };
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number, in the baseline's instructions too.
    const ROUND: f32 = 12_582_912.0;
    let rounded = x + ROUND;
    let f = x - (rounded - ROUND);
    let square = f * f;
    let low = square.mul_add(SERIES[3].mul_add(f, SERIES[2]), SERIES[1].mul_add(f, SERIES[0]));
    let series = (square * square).mul_add(SERIES[5].mul_add(f, SERIES[4]), low);
    // The whole number stands in the last bits of the rounded sum.
    let power = f32::from_bits(rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23);
    series * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::varnish::lobe;

    #[test]
    fn the_curve_is_the_lobe() {
        for (strength, exponent) in [(0.02, 6.0), (0.15, 30.0), (0.8, 500.0)] {
            let curve = Curve::new(strength, exponent);
            for i in 0..=200 {
                let c = 1.0 - 0.002 * f64::from(i);
                let want = strength * lobe(exponent, c);
                let off = (f64::from(curve.at(c as f32)) - want).abs();
                assert!(off < 2e-4 * want + 1e-12, "{exponent} at {c}: off by {off}");
            }
        }
    }

    #[test]
    fn the_power_of_two_is_exact_to_single_precision() {
        for i in 0..6000 {
            let x = (i as f32).mul_add(0.0201, -110.0);
            assert!((f64::from(exp2(x)) / f64::from(x).exp2() - 1.0).abs() < 5e-7, "{x}");
        }
    }
}
