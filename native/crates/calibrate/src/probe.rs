//! Points on the rim of a dark disc, for the probing error of ISO 10360-7.

use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};
use measure::{PlaneMap, Point, Sample, Start, fit_step};

/// Points of a probing, as ISO 10360 takes them.
const POINTS: usize = 25;
/// How far the rim is looked for on both sides, px: enough for the blur and both levels; farther out the paper may end.
const REACH: f64 = 6.0;
/// Half the width of the band along the rim whose rows are fitted together, px.
const BAND: f64 = 4.0;

/// Probes 25 places on a disc's rim through a plane map; mm.
///
/// # Errors
/// [`ErrorCode::BoardNotFound`] when the disc is not there or leaves the image.
pub fn probe_disc(
    src: &dyn LinearSource,
    map: &PlaneMap,
    centre: Point,
    radius_mm: f64,
    cancel: &Cancel,
) -> Result<Vec<[f64; 2]>> {
    cancel.check()?;
    let missing = |what: &str| {
        CoreError::new(
            ErrorCode::BoardNotFound,
            format!("the disc of the artefact {what}"),
            "show the whole artefact in focus, or take the probing error out of the report",
        )
    };
    if !(centre.x.is_finite() && centre.y.is_finite() && radius_mm.is_finite() && radius_mm > 0.0) {
        return Err(missing("has no place"));
    }
    let start = recentred(src, map, centre, radius_mm).ok_or_else(|| missing("is not where it should be"))?;
    let mut points = Vec::with_capacity(POINTS);
    for i in 0..POINTS {
        let angle = std::f64::consts::TAU * i as f64 / POINTS as f64;
        let outward = [angle.cos(), angle.sin()];
        let at = rim(src, start, outward, radius_mm / map.pitch_along(start, outward))
            .ok_or_else(|| missing("has no clear rim all around"))?;
        points.push(map.to_mm(at));
    }
    Ok(points)
}

/// Middle of the disc from the rim in four directions, px.
fn recentred(src: &dyn LinearSource, map: &PlaneMap, centre: Point, radius_mm: f64) -> Option<Point> {
    let mut at = centre;
    for _ in 0..2 {
        let distance = |direction: [f64; 2]| {
            let p = rim(src, at, direction, radius_mm / map.pitch_along(at, direction))?;
            Some(p.distance(at))
        };
        let (right, left) = (distance([1.0, 0.0])?, distance([-1.0, 0.0])?);
        let (down, up) = (distance([0.0, 1.0])?, distance([0.0, -1.0])?);
        at = Point {
            x: at.x + 0.5 * (right - left),
            y: at.y + 0.5 * (down - up),
        };
    }
    Some(at)
}

/// Where the light rises on the way out, near `radius` px; an erf fit over a short band of the rim.
fn rim(src: &dyn LinearSource, centre: Point, outward: [f64; 2], radius: f64) -> Option<Point> {
    let along = [-outward[1], outward[0]];
    let middle = centre.moved(outward, radius);
    let samples = window(src, middle, outward, along, radius)?;
    let mean = |inside: bool| {
        let own: Vec<f64> = samples
            .iter()
            .filter(|s| if inside { s.v < -0.6 * REACH } else { s.v > 0.6 * REACH })
            .map(|s| s.light)
            .collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let (dark, bright) = (mean(true), mean(false));
    if !(dark.is_finite() && bright > 1.5 * dark + 0.01) {
        return None;
    }
    let half = 0.5 * (dark + bright);
    let crossing = samples
        .iter()
        .min_by(|a, b| (a.light - half).abs().total_cmp(&(b.light - half).abs()))?
        .v;
    let start = Start {
        position: crossing,
        sigma: 1.0,
    };
    let fitted = fit_step(&samples, outward, start)?;
    Some(middle.moved(outward, fitted.position))
}

/// Raw pixels in a band across the rim; v is straightened by the bend of the rim. `None` where it leaves the image.
fn window(
    src: &dyn LinearSource,
    middle: Point,
    outward: [f64; 2],
    along: [f64; 2],
    radius: f64,
) -> Option<Vec<Sample>> {
    let reach = REACH.hypot(BAND).ceil();
    let from = [(middle.x - reach).ceil(), (middle.y - reach).ceil()];
    let side = (2.0 * reach) as usize;
    let inside = from[0] >= 0.0
        && from[1] >= 0.0
        && from[0] as usize + side <= src.width()
        && from[1] as usize + side <= src.height();
    if !inside {
        return None;
    }
    let mut row = vec![0f32; side];
    let mut samples = Vec::new();
    for j in 0..side {
        src.read_row(from[1] as usize + j, from[0] as usize, &mut row);
        for (i, value) in row.iter().enumerate() {
            let d = [from[0] + i as f64 - middle.x, from[1] + j as f64 - middle.y];
            let u = d[0] * along[0] + d[1] * along[1];
            let bend = radius - (radius * radius - u * u).max(0.0).sqrt();
            let v = d[0] * outward[0] + d[1] * outward[1] + bend;
            if u.abs() <= BAND && v.abs() <= REACH {
                samples.push(Sample {
                    u,
                    v,
                    light: f64::from(*value),
                });
            }
        }
    }
    Some(samples)
}
