//! The three methods side by side, each with one answer a light in one form.

use crate::ball::{Ball, find_ball};
use crate::chrome::chrome_lights;
use crate::circle::Circle;
use crate::flats::{FlatPlane, flat_lights};
use crate::matte::matte_lights;
use crate::rays::{Meeting, Ray, meeting_point};
use crate::vector::{norm, unit};
use crate::view::View;
use imaging::{Cancel, LinearSource, Plane, Result};
use serde::Serialize;

/// One light by one method.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodLight {
    /// Direction of length 1 at the plane's origin where the position is known, else as seen from the ball.
    pub direction: Option<[f64; 3]>,
    /// Position, mm.
    pub position_mm: Option<[f64; 3]>,
    /// Signal where the target faces the light, fraction of full scale: comparable within one method.
    pub intensity: Option<f64>,
    /// Standard uncertainty of the direction, degrees.
    pub uncertainty_deg: Option<f64>,
    /// Standard uncertainty of the position, mm: root of the summed variances.
    pub uncertainty_mm: Option<f64>,
    /// How well the model fits: relative to the signal (matte ball, flats), or how far the rays of several mirror balls
    /// pass each other, mm.
    pub residual: Option<f64>,
    /// Why there is no direction.
    pub reason: Option<String>,
}

/// All lights by one method.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodResult {
    /// `mirrorBall`, `matteBall` or `flatFields`.
    pub method: &'static str,
    /// In the capture's order.
    pub lights: Vec<MethodLight>,
    /// The balls that were found.
    pub balls: Vec<Ball>,
    /// Unit of `residual`: `mm` or `relative`.
    pub residual_unit: &'static str,
    /// Exponent m of the lights' cone cos^m (flat fields).
    pub led_exponent: Option<f64>,
    /// Share of light lost in the corners (flat fields).
    pub vignetting: Option<f64>,
    /// Heights of the flat fields, mm.
    pub heights_mm: Vec<f64>,
}

/// Where the balls are and how large.
#[derive(Clone, Debug, Default)]
pub struct BallOptions {
    /// Circles drawn by a person; none: the balls are looked for.
    pub hints: Vec<Circle>,
    /// How many balls to look for where no circle was drawn; at least 1.
    pub count: usize,
    /// Certified radius of all balls.
    pub radius_mm: Option<f64>,
}

fn find_all(picture: &Plane, view: &View, options: &BallOptions) -> Result<Vec<Ball>> {
    if !options.hints.is_empty() {
        let find = |&hint: &Circle| find_ball(picture, view, Some(hint), &[], options.radius_mm);
        return options.hints.iter().map(find).collect();
    }
    let mut balls: Vec<Ball> = Vec::new();
    for _ in 0..options.count.max(1) {
        let taken: Vec<Circle> = balls.iter().map(|b| b.circle).collect();
        balls.push(find_ball(picture, view, None, &taken, options.radius_mm)?);
    }
    Ok(balls)
}

fn on_each<L>(balls: &[Ball], see: impl Fn(&Ball) -> Result<L>) -> Result<Vec<L>> {
    balls.iter().map(see).collect()
}

/// Mirror balls: directions from one, positions from two or more.
///
/// # Errors
/// As [`find_ball`]; `Cancelled`.
pub fn by_mirror_balls(
    frames: &[&dyn LinearSource],
    picture: &Plane,
    view: &View,
    options: &BallOptions,
    cancel: &Cancel,
) -> Result<MethodResult> {
    let balls = find_all(picture, view, options)?;
    let seen = on_each(&balls, |ball| chrome_lights(frames, ball, view, cancel))?;
    let lights = (0..frames.len())
        .map(|k| {
            let of_light = seen.iter().map(|s| &s[k]);
            let rays: Vec<Ray> = of_light.clone().filter_map(|l| l.ray).collect();
            let uncertainty = of_light.clone().filter_map(|l| l.uncertainty_deg).reduce(f64::min);
            let reason = of_light.clone().find_map(|l| l.reason.clone());
            from_rays(&rays, uncertainty, reason)
        })
        .collect();
    Ok(MethodResult::of("mirrorBall", lights, balls, "mm"))
}

/// One light from the rays of all balls that saw it.
fn from_rays(rays: &[Ray], uncertainty_deg: Option<f64>, reason: Option<String>) -> MethodLight {
    let meeting: Option<Meeting> = meeting_point(rays);
    MethodLight {
        direction: meeting
            .map(|m| unit(m.position_mm))
            .or_else(|| rays.first().map(|r| r.direction)),
        position_mm: meeting.map(|m| m.position_mm),
        uncertainty_deg,
        residual: meeting.map(|m| m.residual_mm),
        reason: if rays.is_empty() { reason } else { None },
        ..MethodLight::default()
    }
}

/// Matte balls: directions and intensities from one, positions from two or more.
///
/// # Errors
/// As [`find_ball`]; `Cancelled`.
pub fn by_matte_balls(
    frames: &[&dyn LinearSource],
    picture: &Plane,
    view: &View,
    options: &BallOptions,
    cancel: &Cancel,
) -> Result<MethodResult> {
    let balls = find_all(picture, view, options)?;
    let seen = on_each(&balls, |ball| matte_lights(frames, ball, view, cancel))?;
    let lights = (0..frames.len())
        .map(|k| {
            let of_light = seen.iter().map(|s| &s[k]);
            let rays: Vec<Ray> = of_light
                .clone()
                .zip(&balls)
                .filter_map(|(l, b)| {
                    l.direction.map(|direction| Ray {
                        from: b.centre_mm,
                        direction,
                    })
                })
                .collect();
            let uncertainty = of_light.clone().filter_map(|l| l.uncertainty_deg).reduce(f64::min);
            let reason = of_light.clone().find_map(|l| l.reason.clone());
            let intensities: Vec<f64> = of_light.clone().filter_map(|l| l.intensity).collect();
            let residuals: Vec<f64> = of_light.filter_map(|l| l.residual).collect();
            MethodLight {
                intensity: mean(&intensities),
                residual: mean(&residuals),
                ..from_rays(&rays, uncertainty, reason)
            }
        })
        .collect();
    Ok(MethodResult::of("matteBall", lights, balls, "relative"))
}

/// Flat fields at one or more heights.
///
/// # Errors
/// As [`flat_lights`].
pub fn by_flat_fields(planes: &[FlatPlane], view: &View, cancel: &Cancel) -> Result<MethodResult> {
    let fit = flat_lights(planes, view, cancel)?;
    let lights = fit
        .lights
        .iter()
        .map(|l| MethodLight {
            direction: Some(l.direction),
            position_mm: Some(l.position_mm),
            intensity: Some(l.intensity),
            // What the position's scatter means for the direction, across the ray at most all of it.
            uncertainty_deg: Some((norm(l.uncertainty_mm) / norm(l.position_mm)).to_degrees()),
            uncertainty_mm: Some(norm(l.uncertainty_mm)),
            residual: Some(l.residual),
            reason: None,
        })
        .collect();
    Ok(MethodResult {
        led_exponent: Some(fit.led_exponent),
        vignetting: Some(fit.vignetting),
        heights_mm: fit.heights_mm,
        ..MethodResult::of("flatFields", lights, Vec::new(), "relative")
    })
}

impl MethodResult {
    fn of(method: &'static str, lights: Vec<MethodLight>, balls: Vec<Ball>, residual_unit: &'static str) -> Self {
        Self {
            method,
            lights,
            balls,
            residual_unit,
            led_exponent: None,
            vignetting: None,
            heights_mm: Vec::new(),
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
