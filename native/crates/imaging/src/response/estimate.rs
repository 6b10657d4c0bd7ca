//! The response of a camera from photographs of one scene at several known exposure times.

use super::fit::{Sites, fit, prove};
use super::spline::{INTERVALS, SIZE, basis, value};
use crate::{Cancel, CoreError, ErrorCode, Exposure, Raster, Result};
use serde::Serialize;

/// Most sites of the scene that take part, spread evenly over it.
const MOST_SITES: usize = 120_000;
/// Fewest pictures, and the least ratio of the longest to the shortest time.
const LEAST_PICTURES: usize = 3;
const LEAST_RATIO: f64 = 4.0;
/// Largest difference to a neighbour, full scale = 1: at an edge the least shake counts as light.
const EVEN: f32 = 0.06;
/// Fewest samples that speak for an interval of codes, and how far from the ends the codes must reach.
const LEAST_SAMPLES: usize = 40;
const ENDS: [f64; 2] = [0.08, 0.92];
/// Largest departure of an exposure from its stated time, and largest error in codes, full scale = 1.
const TIME_TOLERANCE: f64 = 0.05;
const MOST_RESIDUAL: f64 = 0.02;
/// Largest step back of the fitted curve that noise explains, full scale = 1.
const MOST_FALL: f64 = 0.005;
/// Points of the curve that is handed out.
const POINTS: usize = 97;

/// What one photograph says against its stated time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExposureCheck {
    /// File name.
    pub name: String,
    /// Stated exposure time.
    pub seconds: f64,
    /// Its light over what the other photographs and their times say of it: 1 where all is well.
    pub ratio: f64,
}

/// The response of one channel.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelResponse {
    /// `[code, light]`, both 0..1, light 1 at code 1.
    pub points: Vec<[f64; 2]>,
    /// Root mean square error on sites that took no part in the fit, in codes, full scale = 1. Rounding to 8 bits alone
    /// is 0.0011.
    pub residual: f64,
    /// Lowest and highest code that was seen; the curve is continued smoothly beyond.
    pub seen: [f64; 2],
    /// Each photograph against its time.
    pub exposures: Vec<ExposureCheck>,
}

/// The response of a camera.
#[derive(Clone, Debug, Serialize)]
pub struct ResponseFit {
    /// One channel, or three.
    pub channels: Vec<ChannelResponse>,
    /// Sites of the scene that took part.
    pub sites: usize,
}

/// Estimates the response from photographs of one scene that differ in exposure time alone.
///
/// # Errors
/// `ValueInvalid` (field `seconds`) for times that are not positive or span too little; `ImageSizeMismatch` for pictures
/// of different shape; `CalibrationWeak` where codes were not seen; `CalibrationFailed` where a time is wrong, or the
/// pictures contradict each other; `Cancelled`.
pub fn estimate_response(exposures: &[Exposure], cancel: &Cancel) -> Result<ResponseFit> {
    check(exposures)?;
    let first = exposures[0].raster;
    let places = even_places(exposures, cancel)?;
    let shortest = exposures.iter().map(|e| e.seconds).fold(f64::INFINITY, f64::min);
    let times: Vec<f64> = exposures.iter().map(|e| e.seconds / shortest).collect();
    let scale = 1.0 / f32::from(first.max_code());
    let mut channels = Vec::with_capacity(first.channels);
    for channel in 0..first.channels {
        cancel.check()?;
        let codes = |held_out: bool| -> Vec<f32> {
            places
                .iter()
                .enumerate()
                .filter(|(i, _)| (i % 5 == 4) == held_out)
                .flat_map(|(_, &(x, y))| {
                    exposures
                        .iter()
                        .map(move |e| f32::from(e.raster.code(x, y, channel)) * scale)
                })
                .collect()
        };
        channels.push(one_channel(exposures, &times, &codes(false), &codes(true))?);
    }
    Ok(ResponseFit {
        channels,
        sites: places.len(),
    })
}

fn one_channel(exposures: &[Exposure], times: &[f64], fitted: &[f32], held_out: &[f32]) -> Result<ChannelResponse> {
    let seen = coverage(fitted, times.len())?;
    let judged = judged(exposures, times, fitted, held_out);
    let (curve, checks, residual) = judged.map_err(|e| culprit(exposures, times, fitted, held_out).unwrap_or(e))?;
    Ok(ChannelResponse {
        points: monotone_points(&curve)?,
        residual,
        seen,
        exposures: checks,
    })
}

type Judged = ([f64; SIZE], Vec<ExposureCheck>, f64);

/// The curve with what each photograph says against its time, and what remains; refused where they contradict.
fn judged(exposures: &[Exposure], times: &[f64], fitted: &[f32], held_out: &[f32]) -> Result<Judged> {
    let curve = fit(&Sites { codes: fitted, times }).ok_or_else(|| contradicting(f64::NAN))?;
    let proof = prove(&Sites { codes: held_out, times }, &curve);
    let checks: Vec<ExposureCheck> = exposures
        .iter()
        .zip(&proof.ratios)
        .map(|(e, &ratio)| ExposureCheck {
            name: e.name.to_owned(),
            seconds: e.seconds,
            ratio,
        })
        .collect();
    judge(&checks, proof.residual)?;
    Ok((curve, checks, proof.residual))
}

/// The one photograph without which all others agree, if there is one: its time is wrong.
fn culprit(exposures: &[Exposure], times: &[f64], fitted: &[f32], held_out: &[f32]) -> Option<CoreError> {
    let without = |values: &[f32], k: usize| -> Vec<f32> {
        let keep = |i: &usize| i % times.len() != k;
        (0..values.len()).filter(keep).map(|i| values[i]).collect()
    };
    let sound = |k: usize| -> Option<(f64, usize, f64)> {
        let rest: Vec<Exposure> = exposures
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != k)
            .map(|(_, e)| *e)
            .collect();
        let rest_times: Vec<f64> = (0..times.len()).filter(|i| *i != k).map(|i| times[i]).collect();
        if rest.len() < LEAST_PICTURES {
            return None;
        }
        let (curve, _, residual) = judged(&rest, &rest_times, &without(fitted, k), &without(held_out, k)).ok()?;
        let ratio = prove(&Sites { codes: held_out, times }, &curve).ratios[k];
        Some((residual, k, ratio))
    };
    let (_, k, ratio) = (0..times.len()).filter_map(sound).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let corrected: Vec<f64> = (0..times.len())
        .map(|i| if i == k { times[i] * ratio } else { times[i] })
        .collect();
    let sites = Sites {
        codes: fitted,
        times: &corrected,
    };
    let explained = fit(&sites).is_some_and(|curve| prove(&sites, &curve).residual <= MOST_RESIDUAL);
    let error = if explained {
        wrong_time(exposures[k].name, exposures[k].seconds, ratio)
    } else {
        contradicting(f64::NAN).in_file(exposures[k].name)
    };
    Some(error)
}

fn wrong_time(name: &str, seconds: f64, ratio: f64) -> CoreError {
    CoreError::new(
        ErrorCode::CalibrationFailed,
        format!("has {ratio:.2} times the light that {seconds} s explains beside the others"),
        "correct the exposure time; use manual exposure, no flicker reduction, and lights that do not flicker",
    )
    .in_file(name)
    .in_field("seconds")
}

fn check(exposures: &[Exposure]) -> Result<()> {
    let wrong = |name: &str, problem: String| {
        CoreError::new(
            ErrorCode::ValueInvalid,
            problem,
            "photograph one scene at three or more times from, say, 1/200 s to 1/12 s, each twice the one before",
        )
        .in_file(name)
        .in_field("seconds")
    };
    if let Some(e) = exposures.iter().find(|e| !(e.seconds.is_finite() && e.seconds > 0.0)) {
        return Err(wrong(
            e.name,
            format!("an exposure of {} seconds is not possible", e.seconds),
        ));
    }
    let name = exposures.first().map_or("", |e| e.name);
    if exposures.len() < LEAST_PICTURES {
        let count = exposures.len();
        return Err(wrong(
            name,
            format!("{count} photograph(s) are too few, {LEAST_PICTURES} are needed"),
        ));
    }
    let ends = exposures.iter().fold((f64::INFINITY, 0.0f64), |(lo, hi), e| {
        (lo.min(e.seconds), hi.max(e.seconds))
    });
    if ends.1 < LEAST_RATIO * ends.0 {
        return Err(wrong(
            name,
            format!(
                "the times span {:.2} to 1, at least {LEAST_RATIO} to 1 is needed",
                ends.1 / ends.0
            ),
        ));
    }
    let shape = |r: &Raster| (r.width, r.height, r.channels, r.max_code());
    let first = exposures[0].raster;
    for e in exposures {
        e.raster.check().map_err(|error| error.in_file(e.name))?;
        if shape(e.raster) != shape(first) {
            return Err(CoreError::new(
                ErrorCode::ImageSizeMismatch,
                format!(
                    "{:?} differs from the first picture's {:?} in width, height, channels or depth",
                    shape(e.raster),
                    shape(first)
                ),
                "take all photographs with the same camera settings but the time",
            )
            .in_file(e.name));
        }
    }
    Ok(())
}

/// Evenly spread pixels that differ little from their neighbours in every picture.
fn even_places(exposures: &[Exposure], cancel: &Cancel) -> Result<Vec<(usize, usize)>> {
    let first = exposures[0].raster;
    let (width, height) = (first.width, first.height);
    let limit = EVEN * f32::from(first.max_code());
    let even = |x: usize, y: usize| {
        exposures.iter().all(|e| {
            (0..first.channels).all(|c| {
                let here = f32::from(e.raster.code(x, y, c));
                [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
                    .into_iter()
                    .all(|(nx, ny)| (f32::from(e.raster.code(nx, ny, c)) - here).abs() <= limit)
            })
        })
    };
    let step = (((width * height) as f64 / MOST_SITES as f64).sqrt().ceil() as usize).max(1);
    let mut places = Vec::new();
    for y in (1..height.saturating_sub(1)).step_by(step) {
        cancel.check()?;
        places.extend(
            (1..width.saturating_sub(1))
                .step_by(step)
                .filter(|&x| even(x, y))
                .map(|x| (x, y)),
        );
    }
    Ok(places)
}

/// Lowest and highest code seen, with no gap between.
fn coverage(codes: &[f32], pictures: usize) -> Result<[f64; 2]> {
    let mut counts = [0usize; INTERVALS];
    for site in codes.chunks_exact(pictures) {
        // A place that only one picture shows says nothing of the curve.
        let usable = |c: &&f32| (0.004..0.985).contains(*c);
        if site.iter().filter(usable).count() < 2 {
            continue;
        }
        for code in site.iter().filter(usable) {
            counts[((f64::from(*code) * INTERVALS as f64) as usize).min(INTERVALS - 1)] += 1;
        }
    }
    let filled = |i: &usize| counts[*i] >= LEAST_SAMPLES;
    let edge = |i: usize| i as f64 / INTERVALS as f64;
    let (Some(low), Some(high)) = ((0..INTERVALS).find(filled), (0..INTERVALS).rfind(filled)) else {
        return Err(weak("hardly a place is well exposed in two photographs".to_owned()));
    };
    let reach = [edge(low), edge(high + 1)];
    if reach[0] > ENDS[0] || reach[1] < ENDS[1] {
        return Err(weak(format!(
            "codes from {:.0} to {:.0} % of the range were seen only",
            reach[0] * 100.0,
            reach[1] * 100.0
        )));
    }
    if let Some(gap) = (low..=high).find(|i| !filled(i)) {
        return Err(weak(format!(
            "hardly a place shows codes from {:.0} to {:.0} % of the range",
            edge(gap) * 100.0,
            edge(gap + 1) * 100.0
        )));
    }
    Ok(reach)
}

fn weak(problem: String) -> CoreError {
    CoreError::new(
        ErrorCode::CalibrationWeak,
        problem,
        "photograph a scene with soft steps from dark to bright (a defocused grey scale), and add shorter and longer times",
    )
    .in_field("response")
}

fn judge(checks: &[ExposureCheck], residual: f64) -> Result<()> {
    let worst = checks
        .iter()
        .filter(|c| (c.ratio - 1.0).abs() > TIME_TOLERANCE)
        .max_by(|a, b| a.ratio.ln().abs().total_cmp(&b.ratio.ln().abs()));
    if let Some(c) = worst {
        return Err(wrong_time(&c.name, c.seconds, c.ratio));
    }
    if residual.is_nan() || residual > MOST_RESIDUAL {
        return Err(contradicting(residual));
    }
    Ok(())
}

fn contradicting(residual: f64) -> CoreError {
    let rest = if residual.is_nan() {
        String::new()
    } else {
        format!(": {:.1} % of full scale remain", residual * 100.0)
    };
    CoreError::new(
        ErrorCode::CalibrationFailed,
        format!("no curve explains the photographs{rest}"),
        "keep camera, scene, light and white balance as they are between the photographs",
    )
    .in_field("response")
}

/// The curve at even codes, dips by noise levelled (pool adjacent violators, Ayer et al. 1955).
fn monotone_points(curve: &[f64; SIZE]) -> Result<Vec<[f64; 2]>> {
    let codes: Vec<f64> = (0..POINTS).map(|i| i as f64 / (POINTS - 1) as f64).collect();
    let raw: Vec<f64> = codes.iter().map(|&c| value(curve, basis(c)).max(0.0)).collect();
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(POINTS);
    for &v in &raw {
        let mut pool = (v, 1);
        while let Some(&(mean, count)) = pools.last() {
            if mean <= pool.0 {
                break;
            }
            pools.pop();
            let total = count + pool.1;
            pool = ((mean * count as f64 + pool.0 * pool.1 as f64) / total as f64, total);
        }
        pools.push(pool);
    }
    let level: Vec<f64> = pools.into_iter().flat_map(|(mean, count)| vec![mean; count]).collect();
    let fall = raw.iter().zip(&level).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    if fall > MOST_FALL {
        return Err(weak(format!(
            "the fitted curve falls by {:.1} % of full scale somewhere",
            fall * 100.0
        )));
    }
    let top = level[POINTS - 1];
    Ok(codes.into_iter().zip(level).map(|(c, l)| [c, l / top]).collect())
}
