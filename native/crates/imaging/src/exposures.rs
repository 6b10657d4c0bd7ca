//! Several exposures of one scene merged into one linear frame of wider range.

use crate::exposure_times::check_times;
use crate::{CoreError, ErrorCode, Raster, Result, Samples};
use rayon::prelude::*;

/// Codes at or above this share of the range are clipped, or bent before they clip.
const SATURATED: f32 = 0.98;
/// Read-noise variance over photon-noise variance at full scale: 5 electrons of 30,000. What matters is only from which
/// depth of shadow on a longer exposure weighs more than its light alone says.
const READ_SHARE: f32 = 8e-4;

/// One photograph of several.
#[derive(Clone, Copy)]
pub struct Exposure<'a> {
    /// File name, for messages.
    pub name: &'a str,
    /// Linear samples.
    pub raster: &'a Raster,
    /// Exposure time, in any unit that all share.
    pub seconds: f64,
}

/// Merges exposures into one 16-bit frame at the scale of the shortest; returns it with that exposure's time.
///
/// Every sample is `dark + light * seconds`. Light is the weighted mean of `(sample - dark) / seconds` with the inverse
/// variance of photon and read noise as weight (Debevec & Malik 1997; weights after Hasinoff, Durand & Freeman 2010),
/// the variance taken from the pooled estimate so that a sample's own noise does not choose its weight. A pixel that is
/// clipped in any channel of an exposure is left out of it; one that is clipped in all stays clipped. `dark` holds for
/// every exposure. 8-bit frames are widened.
///
/// # Errors
/// `ValueInvalid` without exposures, for a time that is not finite and positive or that the light contradicts; `ImageSizeMismatch` for frames of
/// different shape. Both name file and field.
pub fn merge_exposures(exposures: &[Exposure], dark: Option<&Raster>) -> Result<(Raster, f64)> {
    let first = exposures.first().ok_or_else(|| invalid("", "there is no exposure"))?;
    for e in exposures {
        if !(e.seconds.is_finite() && e.seconds > 0.0) {
            return Err(invalid(
                e.name,
                &format!("an exposure of {} seconds is not possible", e.seconds),
            ));
        }
        same_shape(first.raster, e.raster, e.name)?;
    }
    if let Some(dark) = dark {
        same_shape(first.raster, dark, "dark frame")?;
    }
    check_times(exposures)?;
    let shortest = exposures.iter().map(|e| e.seconds).fold(f64::INFINITY, f64::min);
    let times: Vec<f32> = exposures.iter().map(|e| (e.seconds / shortest) as f32).collect();
    let rasters: Vec<&Raster> = exposures.iter().map(|e| e.raster).collect();
    let (channels, row) = (first.raster.channels, first.raster.width * first.raster.channels);
    let mut merged = vec![0u16; row * first.raster.height];
    merged.par_chunks_mut(row).enumerate().for_each(|(y, out)| {
        let rows: Vec<Vec<f32>> = rasters.iter().map(|r| read(r, y * row, row)).collect();
        let black = dark.map_or_else(|| vec![0.0; row], |d| read(d, y * row, row));
        for x in (0..row).step_by(channels) {
            merge_pixel(&rows, &times, &black[x..x + channels], x, &mut out[x..x + channels]);
        }
    });
    let raster = Raster {
        samples: Samples::U16(merged),
        ..*first.raster
    };
    Ok((raster, shortest))
}

fn merge_pixel(rows: &[Vec<f32>], times: &[f32], black: &[f32], x: usize, out: &mut [u16]) {
    let channels = out.len();
    let usable = |e: usize| rows[e][x..x + channels].iter().all(|v| *v < SATURATED);
    if !(0..rows.len()).any(usable) {
        out.fill(u16::MAX);
        return;
    }
    for (c, code) in out.iter_mut().enumerate() {
        let light = |e: usize| rows[e][x + c] - black[c];
        let (mut sum, mut time) = (0.0, 0.0);
        for e in (0..rows.len()).filter(|&e| usable(e)) {
            sum += light(e);
            time += times[e];
        }
        // With photon noise alone the pooled light over the pooled time is the best estimate already.
        let pooled = (sum / time).max(0.0);
        let (mut above, mut below) = (0.0, 0.0);
        for e in (0..rows.len()).filter(|&e| usable(e)) {
            let weight = times[e] / (pooled * times[e] + READ_SHARE);
            above += weight * light(e);
            below += weight * times[e];
        }
        *code = ((above / below + black[c]) * 65535.0).round().clamp(0.0, 65534.0) as u16;
    }
}

fn read(raster: &Raster, from: usize, count: usize) -> Vec<f32> {
    match &raster.samples {
        Samples::U8(v) => v[from..from + count].iter().map(|s| f32::from(*s) / 255.0).collect(),
        Samples::U16(v) => v[from..from + count].iter().map(|s| f32::from(*s) / 65535.0).collect(),
    }
}

/// The same image with 16-bit samples, as merged frames have.
#[must_use]
pub fn widened(raster: Raster) -> Raster {
    match raster.samples {
        Samples::U8(v) => Raster {
            samples: Samples::U16(v.into_iter().map(|s| u16::from(s) * 257).collect()),
            ..raster
        },
        Samples::U16(_) => raster,
    }
}

fn same_shape(first: &Raster, other: &Raster, name: &str) -> Result<()> {
    other.check().map_err(|e| e.in_file(name))?;
    let shape = |r: &Raster| (r.width, r.height, r.channels);
    if shape(first) == shape(other) {
        return Ok(());
    }
    let (expected, found) = (shape(first), shape(other));
    Err(CoreError::new(
        ErrorCode::ImageSizeMismatch,
        format!("expected width, height and channels {expected:?} like the first exposure, found {found:?}"),
        "take all exposures with the same camera settings but the time",
    )
    .in_file(name)
    .in_field("exposures"))
}

fn invalid(name: &str, problem: &str) -> CoreError {
    CoreError::new(
        ErrorCode::ValueInvalid,
        problem,
        "give the exposure time of every photograph in seconds",
    )
    .in_file(name)
    .in_field("exposures")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: f64 = 30_000.0;
    const BLACK: f64 = 0.01;

    /// Approximately normal noise of a place: the sum of 12 hashed uniform numbers.
    fn noise(place: u64) -> f64 {
        let mut state = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678;
        (0..12)
            .map(|_| {
                state ^= state >> 30;
                state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
                state ^= state >> 27;
                (state >> 11) as f64 / (1u64 << 53) as f64
            })
            .sum::<f64>()
            - 6.0
    }

    /// A foil patch: light from a two-thousandth of what the short exposure holds up to three times that.
    fn light(x: usize) -> f64 {
        5e-4 * (3.0f64 / 5e-4).powf(x as f64 / 199.0)
    }

    fn shot(seconds: f64, seed: u64) -> Raster {
        let samples = (0..200 * 50).map(|i| {
            let electrons = light(i % 200) * seconds * WELL;
            let seen = electrons + electrons.sqrt() * noise(seed + 2 * i as u64) + 5.0 * noise(seed + 2 * i as u64 + 1);
            ((seen / WELL + BLACK) * 65535.0).round().clamp(0.0, 65535.0) as u16
        });
        Raster {
            width: 200,
            height: 50,
            channels: 1,
            samples: Samples::U16(samples.collect()),
        }
    }

    fn relative_error(raster: &Raster, seconds: f64, x: usize) -> f64 {
        let sum: f64 = (0..50)
            .map(|y| {
                let seen = (f64::from(raster.code(x, y, 0)) / 65535.0 - BLACK) / seconds;
                (seen / light(x) - 1.0).powi(2)
            })
            .sum();
        (sum / 50.0).sqrt()
    }

    #[test]
    fn clipped_foil_and_dark_print_both_come_out_at_their_noise_limit() {
        let shots = [
            (1.0, shot(1.0, 0)),
            (4.0, shot(4.0, 1 << 20)),
            (16.0, shot(16.0, 1 << 21)),
        ];
        let dark = Raster {
            samples: Samples::U16(vec![(BLACK * 65535.0f64).round() as u16; 200 * 50]),
            ..shots[0].1.clone()
        };
        let exposures: Vec<Exposure> = shots
            .iter()
            .map(|(seconds, raster)| Exposure {
                name: "x",
                raster,
                seconds: *seconds,
            })
            .collect();
        let (merged, seconds) = merge_exposures(&exposures, Some(&dark)).expect("merged");
        assert_eq!(seconds, 1.0);
        for x in (0..160).step_by(10) {
            let all: f64 = shots.iter().map(|s| s.0).filter(|t| light(x) * t + BLACK < 0.95).sum();
            if all == 0.0 {
                continue;
            }
            // Photon noise of all usable light, read noise of each shot, rounding to a code.
            let electrons = light(x) * all * WELL;
            let limit = (electrons + 3.0 * 25.0).sqrt() / electrons + 0.3 / 65535.0 / light(x);
            let error = relative_error(&merged, 1.0, x);
            assert!(error < 1.35 * limit, "{x}: {error} against {limit}");
        }
        assert_eq!(
            merged.code(199, 0, 0),
            u16::MAX,
            "light that clips even the shortest exposure stays clipped"
        );
        assert!(relative_error(&merged, 1.0, 20) < 0.5 * relative_error(&shots[0].1, 1.0, 20));
    }

    #[test]
    fn a_time_that_the_light_contradicts_is_refused_by_name() {
        let shots = [shot(1.0, 0), shot(4.0, 1 << 20), shot(16.0, 1 << 21)];
        let merged = |times: [f64; 3]| {
            let exposures: Vec<Exposure> = ["a.png", "b.png", "c.png"]
                .into_iter()
                .zip(&shots)
                .zip(times)
                .map(|((name, raster), seconds)| Exposure { name, raster, seconds })
                .collect();
            merge_exposures(&exposures, None).map(|_| ())
        };
        assert!(merged([1.0, 4.0, 16.0]).is_ok() && merged([0.25, 1.0, 4.0]).is_ok());
        for (times, name) in [
            ([1.0, 4.0, 24.0], "c.png"),
            ([1.0, 8.0, 32.0], "b.png"),
            ([1.0, 0.25, 16.0], "b.png"),
        ] {
            let error = merged(times).expect_err("a wrong time");
            println!("{error}");
            assert_eq!(
                (error.code, error.file.as_deref()),
                (ErrorCode::ValueInvalid, Some(name))
            );
        }
    }

    #[test]
    fn impossible_times_and_other_sizes_are_refused_by_name() {
        let (a, mut b) = (shot(1.0, 0), shot(2.0, 9));
        let two = |b: &Raster, seconds: f64| {
            let (a, b) = (
                Exposure {
                    name: "a.png",
                    raster: &a,
                    seconds: 1.0,
                },
                Exposure {
                    name: "b.png",
                    raster: b,
                    seconds,
                },
            );
            merge_exposures(&[a, b], None).map(|_| ())
        };
        let error = two(&b, f64::NAN).expect_err("no time");
        assert_eq!(
            (error.code, error.file.as_deref()),
            (ErrorCode::ValueInvalid, Some("b.png"))
        );
        b.width = 100;
        b.height = 100;
        assert_eq!(
            two(&b, 2.0).expect_err("another size").code,
            ErrorCode::ImageSizeMismatch
        );
        assert!(merge_exposures(&[], None).is_err());
    }
}
