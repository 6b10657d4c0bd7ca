//! The step a map is stored with: a fraction of its own noise, so that storing costs bits and not information.

use serde::Serialize;

/// One map to store: `width * height` values, not a number where there is none.
pub struct MapPlane {
    /// Name in the header.
    pub name: &'static str,
    /// Unit of the values, e.g. `mm`; empty for none.
    pub unit: String,
    /// The values; those that are not finite are stored as missing.
    pub data: Vec<f32>,
    /// Steps in one standard deviation of the differences between neighbours.
    pub steps_per_noise: f32,
    /// Whether the suggested range to show is symmetric around 0.
    pub signed: bool,
}

/// What the header says of a plane: value = `offset + scale * code`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneScale {
    pub name: &'static str,
    pub unit: String,
    pub scale: f32,
    pub offset: f32,
    /// Suggested range to show.
    pub low: f32,
    pub high: f32,
}

/// Largest code either way; one more would not survive a change of sign.
pub const MAX_CODE: f32 = 32_767.0;

impl PlaneScale {
    /// Chooses step and offset for a plane of rows of `width` values.
    pub fn of(plane: &MapPlane, width: usize) -> Self {
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for &v in plane.data.iter().filter(|v| v.is_finite()) {
            least = least.min(v);
            most = most.max(v);
        }
        if least > most {
            (least, most) = (0.0, 0.0);
        }
        let offset = 0.5 * least + 0.5 * most;
        let widest = (most - offset).max(offset - least) / MAX_CODE;
        let scale = widest.max(noise_of(&plane.data, width) / plane.steps_per_noise.max(1.0));
        let (low, high) = shown_range(&plane.data, plane.signed);
        Self {
            name: plane.name,
            unit: plane.unit.clone(),
            scale: if scale > 0.0 { scale } else { 1.0 },
            offset,
            low,
            high,
        }
    }

    /// The code of a finite value.
    pub fn code(&self, value: f32) -> i16 {
        ((value - self.offset) / self.scale).round().clamp(-MAX_CODE, MAX_CODE) as i16
    }
}

/// Up to this many values are looked at for a quantile.
const SAMPLES: usize = 50_000;

/// Standard deviation of the difference of neighbours over the square root of two, by the median absolute difference.
fn noise_of(data: &[f32], width: usize) -> f32 {
    let step = (data.len() / SAMPLES).max(1);
    let mut differences: Vec<f32> = (1..data.len())
        .step_by(step)
        .filter(|&i| i % width.max(1) != 0)
        .map(|i| (data[i] - data[i - 1]).abs())
        .filter(|d| d.is_finite())
        .collect();
    1.482_6 * quantile(&mut differences, 0.5) / std::f32::consts::SQRT_2
}

/// The range that holds all but the outermost percent.
fn shown_range(data: &[f32], signed: bool) -> (f32, f32) {
    let step = (data.len() / SAMPLES).max(1);
    let finite = data.iter().step_by(step).filter(|v| v.is_finite());
    if signed {
        let most = quantile(&mut finite.map(|v| v.abs()).collect::<Vec<_>>(), 0.99);
        return (-most, most);
    }
    let mut values: Vec<f32> = finite.copied().collect();
    let high = quantile(&mut values, 0.995);
    (quantile(&mut values, 0.005).min(0.0), high)
}

fn quantile(values: &mut [f32], q: f64) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = ((values.len() - 1) as f64 * q) as usize;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}
