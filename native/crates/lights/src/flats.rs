//! Positions and intensities from flat fields: a white plane under every light, best at two heights.

use crate::dense::{Normal, cholesky, inverse_diagonal, minimise};
use crate::vector::{along, dot, minus, norm, unit};
use crate::view::View;
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};
use serde::Serialize;

/// A matte white plane, photographed under every light.
pub struct FlatPlane<'a> {
    /// Height of its surface above the card plane, mm.
    pub height_mm: f64,
    /// One frame a light, in one order for all planes.
    pub frames: Vec<&'a dyn LinearSource>,
    /// Frame with all lights off.
    pub dark: Option<&'a dyn LinearSource>,
}

/// What the flat fields say of one light.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlatLight {
    /// Position, mm.
    pub position_mm: [f64; 3],
    /// Standard uncertainty of the position from the residuals, mm.
    pub uncertainty_mm: [f64; 3],
    /// Direction at the plane's origin, of length 1.
    pub direction: [f64; 3],
    /// Signal of the target at the origin where it faces the light, fraction of full scale.
    pub intensity: f64,
    /// Root mean square of the relative residuals.
    pub residual: f64,
}

/// The fit of all lights together.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlatsFit {
    /// In the frames' order.
    pub lights: Vec<FlatLight>,
    /// Exponent m of the lights' cone cos^m about their aim at the origin.
    pub led_exponent: f64,
    /// Share of light lost in the corners of the picture.
    pub vignetting: f64,
    /// Root mean square of all relative residuals.
    pub residual: f64,
    /// Heights used, mm.
    pub heights_mm: Vec<f64>,
}

/// Blocks along the longer side of the picture; each is a mean, so that noise and dust hardly matter.
const BLOCKS: usize = 36;
/// Unknowns shared by all lights: exponent of the cone and three terms of vignetting.
const SHARED: usize = 4;

struct Sample {
    light: usize,
    point: [f64; 3],
    /// Squared distance from the image centre over its value in the corners.
    field: f64,
    log_value: f64,
    weight: f64,
}

/// Fits position and intensity of every light, the cone they share and the lens's vignetting, to the logarithm of
/// `W = E (u . -l)^m (n . l) d^2 / r^2 (1 - vignetting)`; model of near LEDs: Queau et al., J. Math. Imaging Vision 2018.
///
/// One height leaves distance and cone weakly told apart, which shows in the uncertainty; a second one tells them.
///
/// # Errors
/// `LightsTooFew` without a plane; `ImageSizeMismatch` where planes differ in lights or size; `ImageDark` where a frame
/// has no signal; `ValueInvalid` where the fit has no solution; `Cancelled`.
pub fn flat_lights(planes: &[FlatPlane], view: &View, cancel: &Cancel) -> Result<FlatsFit> {
    let count = planes.first().map_or(0, |p| p.frames.len());
    if count == 0 {
        return Err(CoreError::new(
            ErrorCode::LightsTooFew,
            "there is no flat field",
            "photograph a white matte target in the card plane under every light",
        ));
    }
    let mut samples = Vec::new();
    for plane in planes {
        if plane.frames.len() != count {
            return Err(CoreError::new(
                ErrorCode::ImageSizeMismatch,
                format!("{} lights at one height and {} at another", count, plane.frames.len()),
                "photograph every height under the same lights, in the same order",
            )
            .in_field("flats"));
        }
        for (light, frame) in plane.frames.iter().enumerate() {
            cancel.check()?;
            read_plane(*frame, plane, light, view, &mut samples)?;
        }
    }
    let start = starting_point(&samples, count);
    let found = minimise(start, |x| build(&samples, count, x)).ok_or_else(|| no_solution("the fit has no start"))?;
    summarise(&samples, count, planes, found)
}

fn no_solution(what: &str) -> CoreError {
    CoreError::new(
        ErrorCode::ValueInvalid,
        what,
        "check that every frame shows the evenly white target under its own light, without clipping",
    )
    .in_field("flats")
}

fn read_plane(
    frame: &dyn LinearSource,
    plane: &FlatPlane,
    light: usize,
    view: &View,
    out: &mut Vec<Sample>,
) -> Result<()> {
    let (w, h) = (frame.width(), frame.height());
    let block = w.max(h).div_ceil(BLOCKS).max(1);
    let corner = ((w * w + h * h) as f64).sqrt() / 2.0;
    let before = out.len();
    let (across, down) = (w / block, h / block);
    let means = block_means(frame, plane.dark, block);
    for (b, &value) in means.iter().enumerate() {
        let (bx, by) = (b % across, b / across);
        if bx == 0 || by == 0 || bx + 1 == across || by + 1 == down {
            continue;
        }
        // The mean over a block exceeds the value in its middle by side^2 / 24 times the Laplacian.
        let around = means[b - 1] + means[b + 1] + means[b - across] + means[b + across];
        let value = value - (around - 4.0 * value) / 24.0;
        // A clipped block is NaN, and so is what touches it.
        if value.is_nan() || value < 0.002 {
            continue;
        }
        let middle = |b: usize| (b * block) as f64 + (block as f64 - 1.0) / 2.0;
        let px = [middle(bx), middle(by)];
        let off = (px[0] - view.centre_px[0]).hypot(px[1] - view.centre_px[1]) / corner;
        out.push(Sample {
            light,
            point: view.on_plane(px, plane.height_mm),
            field: off * off,
            log_value: value.ln(),
            weight: value,
        });
    }
    if out.len() - before < 60 {
        return Err(CoreError::new(
            ErrorCode::ImageDark,
            format!("the flat field of light {light} is dark or clipped over most of the picture"),
            "set the exposure so that the target reaches about 70 % of full scale",
        )
        .in_field(format!("flats[{light}]")));
    }
    Ok(())
}

/// Mean of every block less the dark frame, row-major; NaN where a sample is clipped.
fn block_means(frame: &dyn LinearSource, dark: Option<&dyn LinearSource>, block: usize) -> Vec<f64> {
    let (w, h) = (frame.width(), frame.height());
    let (across, down) = (w / block, h / block);
    let (mut row, mut black) = (vec![0.0f32; across * block], vec![0.0f32; across * block]);
    let mut sums = vec![0.0; across * down];
    for y in 0..down * block {
        frame.read_row(y, 0, &mut row);
        if let Some(source) = dark {
            source.read_row(y, 0, &mut black);
        }
        let band = &mut sums[y / block * across..][..across];
        for (sum, (values, blacks)) in band.iter_mut().zip(row.chunks(block).zip(black.chunks(block))) {
            for (&v, &d) in values.iter().zip(blacks) {
                *sum += if v >= 0.98 { f64::NAN } else { f64::from(v - d) };
            }
        }
    }
    sums.into_iter().map(|s| s / (block * block) as f64).collect()
}

/// Logarithm of the modelled value and its derivatives; `None` where the light is below the plane or behind its aim.
///
/// Unknowns of a light: position x, y, z and the logarithm of `E d^2`.
fn model(sample: &Sample, x: &[f64], count: usize) -> Option<(f64, [(usize, f64); 8])> {
    let base = 4 * sample.light;
    let s = [x[base], x[base + 1], x[base + 2]];
    let shared = 4 * count;
    let (m, fall) = (x[shared], &x[shared + 1..]);
    let t = minus(s, sample.point);
    let (rr, ss, st) = (dot(t, t), dot(s, s), dot(s, t));
    if t[2] <= 1e-3 * rr.sqrt() || st <= 0.0 {
        return None;
    }
    let cone = st.ln() - 0.5 * ss.ln() - 0.5 * rr.ln();
    let f = sample.field;
    let value = x[base + 3] + m * cone + t[2].ln() - 1.5 * rr.ln() + f * (fall[0] + f * (fall[1] + f * fall[2]));
    let d = |i: usize| {
        let up = if i == 2 { 1.0 / t[2] } else { 0.0 };
        m * ((t[i] + s[i]) / st - s[i] / ss - t[i] / rr) + up - 3.0 * t[i] / rr
    };
    let row = [
        (base, d(0)),
        (base + 1, d(1)),
        (base + 2, d(2)),
        (base + 3, 1.0),
        (shared, cone),
        (shared + 1, f),
        (shared + 2, f * f),
        (shared + 3, f * f * f),
    ];
    Some((value, row))
}

fn build(samples: &[Sample], count: usize, x: &[f64]) -> Option<Normal> {
    let mut normal = Normal::new(4 * count + SHARED);
    for sample in samples {
        let (value, row) = model(sample, x, count)?;
        normal.add(value - sample.log_value, sample.weight, &row);
    }
    // The exponent of a real LED lies between a bare emitter's 0 and a lens's 60: a very weak pull towards 1 keeps it
    // finite where one height and a far light cannot tell it.
    let exponent = 4 * count;
    normal.add(x[exponent] - 1.0, 1e-12 * samples.len() as f64, &[(exponent, 1.0)]);
    Some(normal)
}

/// For every light the best of a fan of places, with the cone of a bare LED and no vignetting.
fn starting_point(samples: &[Sample], count: usize) -> Vec<f64> {
    let mut x = vec![0.0; 4 * count + SHARED];
    x[4 * count] = 1.0;
    let reach = samples.iter().map(|s| norm(s.point)).fold(1.0, f64::max);
    for light in 0..count {
        let own: Vec<&Sample> = samples.iter().filter(|s| s.light == light).collect();
        let mut best = f64::INFINITY;
        let mut place = [0.0; 4];
        for distance in [2.0, 4.0, 8.0, 20.0] {
            for elevation in [20.0f64, 40.0, 60.0, 80.0] {
                for azimuth in 0..16 {
                    let (se, ce) = elevation.to_radians().sin_cos();
                    let (sa, ca) = (f64::from(azimuth) * std::f64::consts::TAU / 16.0).sin_cos();
                    let s = along([0.0; 3], distance * reach, [ce * ca, ce * sa, se]);
                    x[4 * light..4 * light + 4].copy_from_slice(&[s[0], s[1], s[2], 0.0]);
                    if let Some((level, cost)) = level_and_cost(&own, &x, count)
                        && cost < best
                    {
                        best = cost;
                        place = [s[0], s[1], s[2], level];
                    }
                }
            }
        }
        x[4 * light..4 * light + 4].copy_from_slice(&place);
    }
    x
}

fn level_and_cost(own: &[&Sample], x: &[f64], count: usize) -> Option<(f64, f64)> {
    let mut sums = [0.0; 3];
    for sample in own {
        let off = sample.log_value - model(sample, x, count)?.0;
        for (s, v) in sums.iter_mut().zip([1.0, off, off * off]) {
            *s += sample.weight * v;
        }
    }
    let level = sums[1] / sums[0];
    Some((level, sums[2] - sums[0] * level * level))
}

fn summarise(
    samples: &[Sample],
    count: usize,
    planes: &[FlatPlane],
    (x, normal): (Vec<f64>, Normal),
) -> Result<FlatsFit> {
    let n = 4 * count + SHARED;
    let factor =
        cholesky(&normal.matrix, n).ok_or_else(|| no_solution("the flat fields do not tell the lights' places"))?;
    let variance = normal.cost / (samples.len() as f64 - n as f64).max(1.0);
    let std: Vec<f64> = inverse_diagonal(&factor, n)
        .iter()
        .map(|v| (v * variance).sqrt())
        .collect();
    let mut squares = vec![(0.0, 0.0); count];
    for sample in samples {
        if let Some((value, _)) = model(sample, &x, count) {
            let (sum, number) = &mut squares[sample.light];
            *sum += (value - sample.log_value).powi(2);
            *number += 1.0;
        }
    }
    let lights = (0..count)
        .map(|k| {
            let at = |i: usize| x[4 * k + i];
            let position = [at(0), at(1), at(2)];
            FlatLight {
                position_mm: position,
                uncertainty_mm: [0, 1, 2].map(|i| std[4 * k + i]),
                direction: unit(position),
                intensity: at(3).exp() / dot(position, position),
                residual: (squares[k].0 / squares[k].1).sqrt(),
            }
        })
        .collect();
    let all = squares.iter().fold((0.0, 0.0), |a, s| (a.0 + s.0, a.1 + s.1));
    Ok(FlatsFit {
        lights,
        led_exponent: x[4 * count],
        vignetting: 1.0 - x[4 * count + 1..].iter().sum::<f64>().exp(),
        residual: (all.0 / all.1).sqrt(),
        heights_mm: planes.iter().map(|p| p.height_mm).collect(),
    })
}
