//! How sample values relate to light.

use serde::{Deserialize, Serialize};

/// Transfer function of stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Samples are proportional to light.
    Linear,
    /// Samples follow IEC 61966-2-1 (sRGB).
    Srgb,
    /// 16-bit samples proportional to light, made from coarser codes by a measured response.
    Measured {
        /// Largest step between neighbouring codes of the file, in 16-bit samples.
        step: u16,
    },
}

impl Encoding {
    /// Whether samples are proportional to light.
    #[must_use]
    pub fn is_linear(self) -> bool {
        self != Self::Srgb
    }

    /// Light in 0..1 for an encoded value in 0..1. sRGB by IEC 61966-2-1:1999, 5.2.
    #[must_use]
    pub fn to_linear(self, value: f32) -> f32 {
        match self {
            Self::Linear | Self::Measured { .. } => value,
            Self::Srgb if value <= 0.040_45 => value / 12.92,
            Self::Srgb => ((value + 0.055) / 1.055).powf(2.4),
        }
    }

    /// Light for every code value of a sample type: 256 entries for `max` 255, 65,536 for 65,535.
    #[must_use]
    pub fn table(self, max: u16) -> Vec<f32> {
        let scale = 1.0 / f32::from(max);
        (0..=max).map(|code| self.to_linear(f32::from(code) * scale)).collect()
    }
}
