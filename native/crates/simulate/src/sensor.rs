//! From light to codes: vignetting is done before, here come shot noise, read noise, saturation and quantisation.

use crate::rng::{key, mix, normal_index, normal_table, unit};
use crate::{SignalEncoding, Spec};

const PURPOSE_NOISE: u64 = 6;
/// Below this many expected electrons the Poisson distribution is drawn exactly, above by its normal limit.
const FEW: f32 = 20.0;
/// Steps of the table of the sRGB curve; linear interpolation errs by less than 2e-6 of full scale above its linear part.
const CURVE: usize = 8192;

/// One sensor; codes depend on (seed, frame, pixel, channel) alone.
pub(crate) struct Sensor {
    full_well: f32,
    read_noise: f32,
    black: f32,
    noise: bool,
    top: f32,
    curve: Option<Vec<f32>>,
    key: u64,
    table: &'static [f32],
}

impl Sensor {
    pub(crate) fn new(spec: &Spec) -> Self {
        let curve = (spec.encoding == SignalEncoding::Srgb).then(|| {
            (0..=CURVE + 1)
                .map(|i| {
                    // The table runs over the square root of light, where the curve is nearly straight.
                    let v = (i as f64 / CURVE as f64).powi(2);
                    (if v <= 0.003_130_8 {
                        12.92 * v
                    } else {
                        1.055 * v.powf(1.0 / 2.4) - 0.055
                    }) as f32
                })
                .collect()
        });
        Self {
            full_well: spec.full_well_electrons as f32,
            read_noise: spec.read_noise_electrons as f32,
            black: spec.black_level as f32,
            noise: spec.noise,
            top: if spec.bits == 8 { 255.0 } else { 65_535.0 },
            curve,
            key: key(spec.noise_seed.unwrap_or(spec.seed), PURPOSE_NOISE),
            table: normal_table(),
        }
    }

    /// Key of one frame's noise.
    pub(crate) fn frame_key(&self, frame: usize) -> u64 {
        mix(self.key ^ frame as u64)
    }

    /// Random bits of one pixel of one frame.
    #[inline]
    pub(crate) fn bits(&self, frame_key: u64, pixel: usize) -> u64 {
        if self.noise { mix(frame_key ^ pixel as u64) } else { 0 }
    }

    /// Code of one channel (0..3) for light as a fraction of full scale.
    #[inline]
    pub(crate) fn code(&self, light: f32, bits: u64, channel: usize) -> u16 {
        let mut signal = light;
        if self.noise {
            let electrons = light * self.full_well;
            let normal = self.table[normal_index(bits, channel)];
            signal = if electrons > FEW {
                // Sum of two independent normals is one normal.
                light + normal * (electrons + self.read_noise * self.read_noise).sqrt() / self.full_well
            } else {
                let draw = unit(mix(bits ^ (channel as u64 + 1)));
                (poisson(f64::from(electrons), draw) as f32 + normal * self.read_noise) / self.full_well
            };
        }
        let signal = (signal + self.black).clamp(0.0, 1.0);
        (self.encode(signal) * self.top + 0.5) as u16
    }

    #[inline]
    fn encode(&self, light: f32) -> f32 {
        let Some(curve) = &self.curve else { return light };
        if light <= 0.003_130_8 {
            return 12.92 * light;
        }
        let at = light.sqrt() * CURVE as f32;
        let i = at as usize;
        curve[i] + (curve[i + 1] - curve[i]) * (at - i as f32)
    }
}

/// Inverse of the Poisson distribution function for small means.
fn poisson(mean: f64, draw: f64) -> u32 {
    let mut term = (-mean).exp();
    let mut sum = term;
    let mut count = 0;
    while draw > sum && count < 200 {
        count += 1;
        term *= mean / f64::from(count);
        sum += term;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(spec: &Spec, light: f32) -> (f64, f64) {
        let sensor = Sensor::new(spec);
        let key = sensor.frame_key(0);
        let scale = spec.full_well_electrons / 65_535.0;
        let n = 200_000;
        let codes: Vec<f64> = (0..n)
            .map(|i| f64::from(sensor.code(light, sensor.bits(key, i), i % 3)) * scale)
            .collect();
        let mean = codes.iter().sum::<f64>() / n as f64;
        (mean, codes.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / n as f64)
    }

    #[test]
    fn variance_equals_mean_plus_read_noise_in_electrons() {
        let spec = Spec {
            black_level: 0.1,
            ..Spec::default()
        };
        for light in [2e-4, 6e-4, 0.01, 0.3, 0.7] {
            let (mean, variance) = moments(&spec, light);
            let electrons = f64::from(light) * 30_000.0;
            let expected = electrons + 25.0 + (30_000f64 / 65_535.0).powi(2) / 12.0;
            assert!(
                (mean - 3_000.0 - electrons).abs() < 4.0 * (expected / 2e5).sqrt(),
                "mean {mean} at {light}"
            );
            assert!(
                (variance / expected - 1.0).abs() < 0.015,
                "variance {variance} expected {expected}"
            );
        }
    }

    #[test]
    fn srgb_codes_follow_the_standard_to_a_tenth_of_a_16_bit_code() {
        let spec = Spec {
            noise: false,
            encoding: SignalEncoding::Srgb,
            ..Spec::default()
        };
        let sensor = Sensor::new(&spec);
        for i in 1..2000 {
            let light = f64::from(i) / 2000.0;
            let exact = if light <= 0.003_130_8 {
                12.92 * light
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            let code = f64::from(sensor.code(light as f32, 0, 0));
            assert!(
                (code - exact * 65_535.0).abs() < 0.6,
                "{light}: {code} {}",
                exact * 65_535.0
            );
        }
    }

    #[test]
    fn light_beyond_full_scale_saturates() {
        let sensor = Sensor::new(&Spec {
            noise: false,
            bits: 8,
            ..Spec::default()
        });
        assert_eq!(sensor.code(3.0, 0, 0), 255);
        assert_eq!(sensor.code(0.0, 0, 0), 0);
    }
}
