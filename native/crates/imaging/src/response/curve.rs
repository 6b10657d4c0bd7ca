//! A measured response as a monotone curve, and rasters brought to linear light by it.

use crate::{CoreError, Encoding, ErrorCode, Raster, Result, Samples};
use rayon::prelude::*;

/// A curve with more points than this is no measured response but a table.
const MOST_POINTS: usize = 4096;

/// Light as a monotone function of the code, both 0..1, scaled so that the last point has light 1.
///
/// Monotone piecewise cubic interpolation (Fritsch & Carlson 1980); constant before the first and after the last point.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseCurve {
    codes: Vec<f64>,
    light: Vec<f64>,
    slopes: Vec<f64>,
}

impl ResponseCurve {
    /// A curve through `[code, light]` points.
    ///
    /// # Errors
    /// `ValueInvalid`, field `response`, naming the point: fewer than 2 or more than 4096 points, numbers that are not
    /// finite or outside 0..1 (codes) or below 0 (light), codes that do not rise, light that falls or never rises.
    pub fn new(points: &[[f64; 2]]) -> Result<Self> {
        check(points)?;
        let top = points[points.len() - 1][1];
        let codes: Vec<f64> = points.iter().map(|p| p[0]).collect();
        let light: Vec<f64> = points.iter().map(|p| p[1] / top).collect();
        let slopes = slopes(&codes, &light);
        Ok(Self { codes, light, slopes })
    }

    /// Light of a code, both 0..1.
    #[must_use]
    pub fn light(&self, code: f64) -> f64 {
        let last = self.codes.len() - 1;
        let after = self.codes.partition_point(|c| *c <= code);
        if after == 0 {
            return self.light[0];
        }
        if after > last {
            return self.light[last];
        }
        let k = after - 1;
        let h = self.codes[after] - self.codes[k];
        let t = (code - self.codes[k]) / h;
        let u = 1.0 - t;
        // Cubic Hermite basis.
        self.light[k] * u * u * (1.0 + 2.0 * t)
            + self.slopes[k] * h * t * u * u
            + self.light[after] * t * t * (3.0 - 2.0 * t)
            - self.slopes[after] * h * t * t * u
    }

    /// 16-bit linear code of every code up to `max`.
    fn table(&self, max: u16) -> Vec<u16> {
        let scale = 1.0 / f64::from(max);
        (0..=max)
            .map(|code| (self.light(f64::from(code) * scale) * 65_535.0).round() as u16)
            .collect()
    }
}

fn check(points: &[[f64; 2]]) -> Result<()> {
    if !(2..=MOST_POINTS).contains(&points.len()) {
        return Err(invalid(format!(
            "a response has 2 to {MOST_POINTS} points, this one has {}",
            points.len()
        )));
    }
    for (i, &[code, light]) in points.iter().enumerate() {
        if !(0.0..=1.0).contains(&code) || !light.is_finite() || light < 0.0 {
            return Err(invalid(format!(
                "point {i} is [{code}, {light}], not a code from 0 to 1 and a light of at least 0"
            )));
        }
    }
    for (i, pair) in points.windows(2).enumerate() {
        if pair[1][0] <= pair[0][0] || pair[1][1] < pair[0][1] {
            return Err(invalid(format!(
                "the curve falls or stands still between points {i} and {}: {:?}, {:?}",
                i + 1,
                pair[0],
                pair[1]
            )));
        }
    }
    if points[points.len() - 1][1] <= points[0][1] {
        return Err(invalid("the light is the same at every code".to_owned()));
    }
    Ok(())
}

fn invalid(problem: String) -> CoreError {
    CoreError::new(
        ErrorCode::ValueInvalid,
        problem,
        "give [code, light] points with rising codes and light that never falls, or measure it by \"trugrade calibrate response\"",
    )
    .in_field("response")
}

/// Slopes at the points: a parabola through three neighbours, then limited so that no piece overshoots.
fn slopes(codes: &[f64], light: &[f64]) -> Vec<f64> {
    let last = codes.len() - 1;
    let width: Vec<f64> = codes.windows(2).map(|c| c[1] - c[0]).collect();
    let secant: Vec<f64> = light.windows(2).zip(&width).map(|(l, h)| (l[1] - l[0]) / h).collect();
    let at_end = |near: usize, next: usize| {
        let bend = (secant[near] - secant[next]) * width[near] / (width[near] + width[next]);
        (secant[near] + bend).max(0.0)
    };
    let mut slopes: Vec<f64> = (0..=last)
        .map(|i| match i {
            _ if last == 1 => secant[0],
            0 => at_end(0, 1),
            _ if i == last => at_end(last - 1, last - 2),
            _ => (width[i - 1] * secant[i] + width[i] * secant[i - 1]) / (width[i - 1] + width[i]),
        })
        .collect();
    for (k, &d) in secant.iter().enumerate() {
        if d == 0.0 {
            (slopes[k], slopes[k + 1]) = (0.0, 0.0);
            continue;
        }
        let size = (slopes[k] / d).hypot(slopes[k + 1] / d);
        if size > 3.0 {
            slopes[k] *= 3.0 / size;
            slopes[k + 1] *= 3.0 / size;
        }
    }
    slopes
}

/// The raster in linear 16-bit codes, and the encoding that tells how coarse its codes were.
///
/// Every channel keeps full scale at full scale: only ratios of light within a channel count, the balance of colours is
/// the lights' intensity per channel. One curve holds for all channels.
///
/// # Errors
/// `ValueInvalid`, field `response`, where the number of curves is neither 1 nor that of the channels.
pub fn linearised(raster: Raster, curves: &[ResponseCurve]) -> Result<(Raster, Encoding)> {
    let channels = raster.channels;
    if curves.len() != 1 && curves.len() != channels {
        return Err(invalid(format!(
            "there are {} curves for {channels} channel(s)",
            curves.len()
        )));
    }
    let max = raster.max_code();
    let tables: Vec<Vec<u16>> = (0..channels)
        .map(|c| curves[c.min(curves.len() - 1)].table(max))
        .collect();
    // The largest step of light between neighbouring codes: rounding to codes is at most this coarse.
    let step = tables
        .iter()
        .flat_map(|t| t.windows(2).map(|pair| pair[1] - pair[0]))
        .max()
        .unwrap_or(1);
    let row = raster.width * channels;
    let mut out = match raster.samples {
        Samples::U16(codes) => codes,
        Samples::U8(codes) => codes.into_par_iter().map(u16::from).collect(),
    };
    out.par_chunks_mut(row).for_each(|line| {
        for pixel in line.chunks_exact_mut(channels) {
            for (sample, table) in pixel.iter_mut().zip(&tables) {
                *sample = table[usize::from(*sample)];
            }
        }
    });
    let raster = Raster {
        samples: Samples::U16(out),
        ..raster
    };
    Ok((raster, Encoding::Measured { step: step.max(1) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gamma_points(count: usize) -> Vec<[f64; 2]> {
        (0..count)
            .map(|i| i as f64 / (count - 1) as f64)
            .map(|c| [c, c.powf(2.2)])
            .collect()
    }

    #[test]
    fn a_sampled_gamma_comes_back_between_its_points() {
        let curve = ResponseCurve::new(&gamma_points(33)).expect("a curve");
        for i in 0..=1000 {
            let code = f64::from(i) / 1000.0;
            let error = (curve.light(code) - code.powf(2.2)).abs();
            assert!(error < 1e-4, "{code}: {error}");
        }
    }

    #[test]
    fn a_staircase_never_falls_and_never_overshoots() {
        let points = [[0.1, 0.0], [0.2, 0.0], [0.25, 0.9], [0.9, 0.9], [0.95, 1.0]];
        let curve = ResponseCurve::new(&points).expect("a curve");
        let light: Vec<f64> = (0..=2000).map(|i| curve.light(f64::from(i) / 2000.0)).collect();
        assert!(light.windows(2).all(|p| p[1] >= p[0] - 1e-12));
        assert!((light[0], light[2000]) == (0.0, 1.0) && (curve.light(0.5) - 0.9).abs() < 1e-12);
    }

    #[test]
    fn eight_bits_become_sixteen_and_full_scale_stays_full_scale() {
        let raster = Raster {
            width: 3,
            height: 1,
            channels: 1,
            samples: Samples::U8(vec![0, 128, 255]),
        };
        let curve = ResponseCurve::new(&gamma_points(65)).expect("a curve");
        let (linear, encoding) = linearised(raster, &[curve]).expect("linear");
        let want = (128.0f64 / 255.0).powf(2.2) * 65_535.0;
        assert_eq!((linear.code(0, 0, 0), linear.code(2, 0, 0)), (0, 65_535));
        assert!((f64::from(linear.code(1, 0, 0)) - want).abs() < 7.0);
        // The steepest step of a gamma of 2.2 is its last one.
        let top = (1.0 - (254.0f64 / 255.0).powf(2.2)) * 65_535.0;
        assert!(matches!(encoding, Encoding::Measured { step } if (f64::from(step) - top).abs() < 7.0));
    }

    #[test]
    fn every_channel_has_its_own_curve() {
        let raster = Raster {
            width: 1,
            height: 1,
            channels: 3,
            samples: Samples::U16(vec![32_768; 3]),
        };
        let power = |p: i32| {
            let points: Vec<[f64; 2]> = (0..=64).map(|i| f64::from(i) / 64.0).map(|c| [c, c.powi(p)]).collect();
            ResponseCurve::new(&points).expect("a curve")
        };
        let (linear, _) = linearised(raster.clone(), &[power(1), power(2), power(3)]).expect("linear");
        let light: Vec<f64> = (0..3).map(|c| f64::from(linear.code(0, 0, c)) / 65_535.0).collect();
        assert!((light[0] - 0.5).abs() < 1e-4 && (light[1] - 0.25).abs() < 1e-4 && (light[2] - 0.125).abs() < 1e-4);
        let refused = linearised(raster, &[power(1), power(2)]).unwrap_err();
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (ErrorCode::ValueInvalid, Some("response"))
        );
    }

    #[test]
    fn curves_that_are_none_are_refused_with_the_point() {
        let refused = |points: &[[f64; 2]]| ResponseCurve::new(points).unwrap_err().message;
        assert!(refused(&[[0.0, 0.0]]).contains("2 to"));
        assert!(refused(&[[0.0, 0.0], [0.5, f64::NAN]]).contains("point 1"));
        assert!(refused(&[[0.0, 0.0], [1.5, 1.0]]).contains("point 1"));
        assert!(refused(&[[0.0, 0.1], [0.5, 0.05], [1.0, 1.0]]).contains("points 0 and 1"));
        assert!(refused(&[[0.0, 0.0], [0.0, 1.0]]).contains("points 0 and 1"));
        assert!(refused(&[[0.0, 0.3], [1.0, 0.3]]).contains("the same at every code"));
    }
}
