//! Stage 6: widths, mean borders, centering, size and angles with their uncertainties.

use crate::budget_report::BudgetReport;
use crate::corner_radius::CornerRadius;
use crate::geometry::Side;
use crate::locate::Method;
use crate::measurement::{Centering, MeasuredPoint, Measurement, PerSide, PixelPoint, SideSummary, Size, WorstStation};
use crate::on_plane::{OnPlane, side_means};
use crate::plane_map::PlaneMap;
use crate::refine::{Refinement, StationReading, Status};
use crate::scatter::Scatters;
use crate::uncertainty::{Budget, WidthUncertainty, common_px, share};

/// Coverage factor of every expanded uncertainty.
const K: f64 = 2.0;

/// Options of [`calculate`].
#[derive(Clone, Debug, Default)]
pub struct CalcOptions {
    /// What the capture itself cannot show.
    pub budget: Budget,
    /// Calibrated camera over the card's plane: points are mapped to mm by it, and the pixel pitch follows from it.
    pub plane: Option<PlaneMap>,
}

/// Turns readings into the measurement. Without a pixel pitch everything stays in px: nothing is invented.
#[must_use]
pub fn calculate(refinement: &Refinement, pixel_pitch_mm: Option<f64>, options: &CalcOptions) -> Measurement {
    let budget = &options.budget;
    let plane = options.plane.as_ref().map(|map| OnPlane::of(refinement, map));
    let pitch = plane
        .as_ref()
        .map_or(pixel_pitch_mm, |p| Some(p.pitch))
        .filter(|p| p.is_finite() && *p > 0.0);
    // Under perspective and distortion every width has a pitch of its own.
    let pitches: Vec<Option<f64>> = match &plane {
        Some(plane) => plane.pitches.clone(),
        None => vec![pitch; refinement.stations.len()],
    };
    let scatters = Scatters::of(&refinement.stations);
    let parts: Vec<Option<WidthUncertainty>> = refinement
        .stations
        .iter()
        .zip(&pitches)
        .map(|(r, p)| WidthUncertainty::of(r, &scatters, budget, *p))
        .collect();
    let uncertain: Vec<Option<f64>> = parts.iter().map(|p| Some(p.as_ref()?.combined().standard)).collect();
    let points = refinement
        .stations
        .iter()
        .zip(&uncertain)
        .zip(&pitches)
        .map(|((r, u), p)| point(r, *u, *p))
        .collect();
    // Stations share the budget's terms, so these do not average out.
    let own: Vec<Option<f64>> = parts.iter().map(|p| Some(p.as_ref()?.own())).collect();
    // Neither does what all windows of a side share.
    let pulls = Side::ALL.map(|side| {
        let stations = refinement.stations.iter().zip(&parts);
        let own = stations.filter(|(r, _)| r.station.side == side);
        own.filter_map(|(_, p)| Some(p.as_ref()?.shared)).fold(0.0, f64::max)
    });
    let pulled = |means: [Option<(f64, f64)>; 4], unit: f64| {
        std::array::from_fn(|i| means[i].map(|(w, u)| (w, u.hypot(unit * pulls[i]))))
    };
    let own_px: [_; 4] = pulled(side_means(refinement, &own, |_| Some(1.0)), 1.0);
    // Shares need no scale, but they need the widths as they are on the plane.
    let scale_of = |i: usize| if plane.is_some() { pitches[i] } else { Some(1.0) };
    let unit = plane.as_ref().map_or(1.0, |p| p.pitch);
    let mapped: [_; 4] = pulled(side_means(refinement, &own, scale_of), unit);
    let shared =
        |(w, u): (f64, f64), unit: f64, scale: bool| (w, u.hypot(unit * common_px(budget, w / unit, pitch, scale)));
    let means = own_px.map(|m| m.map(|m| shared(m, 1.0, true)));
    let outline = &refinement.outline;
    let [width, height] = outline.size_px;
    Measurement {
        pixel_pitch_mm: pitch,
        points,
        mean_mm: pitch.map(|p| {
            let scale = if plane.is_some() { 1.0 } else { p };
            PerSide::from(mapped.map(|m| m.map(|m| m.0 * scale)))
        }),
        mean_px: PerSide::from(means.map(|m| m.map(|m| m.0))),
        centering: centering(&mapped.map(|m| m.map(|m| shared(m, unit, false)))),
        worst: worst(refinement, &uncertain, scale_of),
        size_mm: pitch.map(|p| {
            let [width, height] = plane.as_ref().map_or([width * p, height * p], |on| on.size_mm);
            Size { width, height }
        }),
        size_px: Size { width, height },
        card_angle_deg: plane.as_ref().map_or(outline.angle_deg, |p| p.angle_deg),
        print_tilt_deg: plane
            .as_ref()
            .map_or_else(|| print_tilt(refinement), |p| p.print_tilt_deg),
        sides: questioned(Side::ALL.map(|s| summary(refinement, s, means[s.index()], pitch))).to_vec(),
        corners: outline.corners.map(PixelPoint::from),
        corner_radius_px: outline.corner_radius_px,
        corner_radius: pitch.and_then(|p| CornerRadius::of(&outline.corner_radius_px, p)),
        blur_px: outline.blur_px(),
        confidence: outline.confidence,
        budget: BudgetReport::of(refinement, &parts, &own_px, pitch, budget),
    }
}

fn point(r: &StationReading, u_px: Option<f64>, pitch: Option<f64>) -> MeasuredPoint {
    let method = match (r.outer, r.border) {
        (Some(outer), Some(border)) => weaker(outer.method, border.method),
        _ => Method::None,
    };
    let spread = r
        .outer
        .zip(r.border)
        .map(|(o, b)| o.scale_spread_px.max(b.scale_spread_px));
    MeasuredPoint {
        edge: r.station.side,
        index: r.station.index,
        width_mm: r.width_px.zip(pitch).map(|(w, p)| w * p),
        uncertainty_mm: u_px.zip(pitch).map(|(u, p)| K * u * p),
        width_px: r.width_px,
        uncertainty_px: u_px.map(|u| K * u),
        status: r.status,
        reason: r.reason.clone(),
        outer: r.outer.map(|e| e.point.into()),
        border: r.border.map(|e| e.point.into()),
        method,
        scale_spread_px: spread,
    }
}

fn weaker(a: Method, b: Method) -> Method {
    let rank = |m: Method| match m {
        Method::Erf => 0,
        Method::LogParabola => 1,
        Method::Canny => 2,
        Method::SideLine => 3,
        Method::None => 4,
    };
    if rank(a) >= rank(b) { a } else { b }
}

fn centering(means: &[Option<(f64, f64)>; 4]) -> Centering {
    let axis = |a: usize, b: usize| means[a].zip(means[b]).and_then(|(a, b)| share(a, b));
    let (lr, tb) = (axis(0, 1), axis(2, 3));
    let pp = |s: &Option<([f64; 2], f64)>| s.map(|s| K * s.1);
    let (ulr, utb) = (pp(&lr), pp(&tb));
    Centering {
        left_right: lr.map(|s| s.0),
        top_bottom: tb.map(|s| s.0),
        left_right_uncertainty_pp: ulr,
        top_bottom_uncertainty_pp: utb,
        uncertainty_pp: match (ulr, utb) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        },
    }
}

fn worst(
    refinement: &Refinement,
    uncertain: &[Option<f64>],
    scale: impl Fn(usize) -> Option<f64>,
) -> Option<WorstStation> {
    let find = |side: Side, index: usize| {
        let at = refinement
            .stations
            .iter()
            .position(|r| r.station.side == side && r.station.index == index)?;
        let p = scale(at)?;
        Some((refinement.stations[at].width_px? * p, uncertain[at]? * p))
    };
    [(Side::Left, Side::Right), (Side::Top, Side::Bottom)]
        .into_iter()
        .flat_map(|(a, b)| (1..=a.stations()).map(move |i| (a, b, i)))
        .filter_map(|(a, b, index)| {
            let (shares, u) = share(find(a, index)?, find(b, index)?)?;
            Some(WorstStation {
                edge: a,
                index,
                shares,
                uncertainty_pp: K * u,
            })
        })
        .max_by(|x, y| (x.shares[0] - 50.0).abs().total_cmp(&(y.shares[0] - 50.0).abs()))
}

/// Mean turn of the measured borders against their edges; clockwise is positive.
fn print_tilt(refinement: &Refinement) -> Option<f64> {
    let turns: Vec<f64> = refinement
        .sides
        .iter()
        .filter_map(|s| {
            let tilt = s.border.as_ref()?.tilt_deg;
            // v grows to the right on the left side and downwards on the top side.
            Some(match s.side {
                Side::Left | Side::Bottom => -tilt,
                Side::Right | Side::Top => tilt,
            })
        })
        .collect();
    (!turns.is_empty()).then(|| turns.iter().sum::<f64>() / turns.len() as f64)
}

fn summary(refinement: &Refinement, side: Side, mean: Option<(f64, f64)>, pitch: Option<f64>) -> SideSummary {
    let own = || refinement.stations.iter().filter(move |r| r.station.side == side);
    let measured = own().filter(|r| r.status == Status::Ok).count();
    let found = &refinement.sides[side.index()];
    let first_failure = own().find(|r| r.status != Status::Ok);
    let status = if measured > 0 {
        Status::Ok
    } else {
        first_failure.map_or(Status::NoBorder, |r| r.status)
    };
    let reason = found.reason.clone().or_else(|| {
        first_failure.and_then(|r| r.reason.as_ref()).map(|why| {
            format!(
                "{} of {} stations could not be measured: {why}",
                side.stations() - measured,
                side.stations()
            )
        })
    });
    SideSummary {
        side,
        measured,
        stations: side.stations(),
        status,
        reason,
        in_question: false,
        coverage: found.border.as_ref().map(|b| b.coverage),
        mean_uncertainty_px: mean.map(|m| K * m.1),
        mean_uncertainty_mm: mean.zip(pitch).map(|(m, p)| K * m.1 * p),
    }
}

/// Marks all borders where no corner of a frame was seen: no two sides that meet both have one along most of them.
fn questioned(mut sides: [SideSummary; 4]) -> [SideSummary; 4] {
    let stands = |side: Side, of: &[SideSummary; 4]| {
        let own = &of[side.index()];
        3 * own.measured >= 2 * own.stations
    };
    let corner = [Side::Left, Side::Right]
        .into_iter()
        .any(|a| stands(a, &sides) && [Side::Top, Side::Bottom].into_iter().any(|b| stands(b, &sides)));
    for side in &mut sides {
        side.in_question = side.measured > 0 && !corner;
    }
    sides
}
