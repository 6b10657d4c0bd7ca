//! Stated exposure times against the light that the photographs hold.

use crate::{CoreError, ErrorCode, Exposure, Result};

/// Samples looked at.
const SAMPLES: usize = 60_000;
/// Fewest usable samples for a verdict, and the least difference of light between dark and bright ones.
const LEAST_SAMPLES: usize = 300;
const LEAST_SPREAD: f32 = 0.01;
/// Light of the longer exposure between which samples are usable, full scale = 1.
const USABLE: std::ops::Range<f32> = 0.05..0.95;
/// Largest departure of the ratio of light from the ratio of times: shutters and flashes are better than this.
const TOLERANCE: f64 = 0.1;

/// Compares every exposure with the next longer one.
///
/// The ratio is the slope between the darker and the brighter third of the samples, so that a black level does not matter.
/// Where hardly a sample is usable in both, nothing is said.
///
/// # Errors
/// `ValueInvalid`, field `exposures`, naming the file whose time contradicts the light.
pub(crate) fn check_times(exposures: &[Exposure]) -> Result<()> {
    let mut order: Vec<usize> = (0..exposures.len()).collect();
    order.sort_by(|&a, &b| exposures[a].seconds.total_cmp(&exposures[b].seconds));
    for pair in order.windows(2) {
        let (short, long) = (&exposures[pair[0]], &exposures[pair[1]]);
        let Some(ratio) = light_ratio(short, long) else {
            continue;
        };
        let stated = long.seconds / short.seconds;
        if (ratio / stated - 1.0).abs() > TOLERANCE {
            // The light's own frame is listed first; the other one is more likely mistaken.
            let (named, other) = if pair[0] > pair[1] {
                (short, long)
            } else {
                (long, short)
            };
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!(
                    "{} s beside {} s of {} say {stated:.2} times the light, the photographs say {ratio:.2}",
                    named.seconds, other.seconds, other.name
                ),
                "correct \"seconds\", and keep gain, aperture and light the same for all exposures",
            )
            .in_file(named.name)
            .in_field("exposures"));
        }
    }
    Ok(())
}

/// How many times the light of the shorter exposure the longer one holds.
fn light_ratio(short: &Exposure, long: &Exposure) -> Option<f64> {
    let raster = long.raster;
    let count = raster.width * raster.height;
    let step = (count / SAMPLES).max(1) | 1;
    let value = |e: &Exposure, i: usize, c: usize| {
        let code = e.raster.code(i % raster.width, i / raster.width, c);
        f32::from(code) / f32::from(e.raster.max_code())
    };
    let mut pairs: Vec<(f32, f32)> = (0..count)
        .step_by(step)
        .flat_map(|i| (0..raster.channels).map(move |c| (i, c)))
        .map(|(i, c)| (value(long, i, c), value(short, i, c)))
        .filter(|(l, s)| USABLE.contains(l) && *s < USABLE.end)
        .collect();
    if pairs.len() < LEAST_SAMPLES {
        return None;
    }
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let third = pairs.len() / 3;
    let mean = |part: &[(f32, f32)]| {
        let sum = part
            .iter()
            .fold((0.0f64, 0.0f64), |s, p| (s.0 + f64::from(p.0), s.1 + f64::from(p.1)));
        (sum.0 / part.len() as f64, sum.1 / part.len() as f64)
    };
    let (dark, bright) = (mean(&pairs[..third]), mean(&pairs[pairs.len() - third..]));
    let (rise_long, rise_short) = (bright.0 - dark.0, bright.1 - dark.1);
    (rise_long >= f64::from(LEAST_SPREAD) && rise_short > 0.1 * f64::from(LEAST_SPREAD)).then(|| rise_long / rise_short)
}
