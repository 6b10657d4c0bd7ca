//! Edges between mottled grounds: windows weighed by how the mottle itself is correlated across the edge.
//!
//! Mottle of mat, stock and print is alike over many pixels, so a fit that takes every pixel for a witness of its own
//! leans on distant ground that knows little of the level at the edge, and as its step's size errs with the mottle too, it
//! is drawn towards the rougher side. Here the mottle's variogram (Matheron 1963) is taken from the ground on either side,
//! and every window's position is the best linear unbiased estimate (Aitken 1935) from its mean profile about the line
//! of the whole side: background and step are free, and nothing is divided by what the mottle has disturbed.

use crate::aperture::{Aperture, Table};
use crate::erf_fit::Sample;
use crate::geometry::Side;
use crate::locate::{Beside, Method, Windows};
use crate::math::median;
use crate::mottle_profile::{Estimator, Line, Mottle, Profile, common_blur};
use crate::refine::{EdgeReading, StationReading};
use crate::scatter::{Window, ratio};
use rayon::prelude::*;

/// Scatter of the windows beyond their pixels' noise (Birge's ratio) from which on mottle decides.
const MOTTLED: f64 = 4.0;
/// Degrees of freedom that are needed to say so.
const LEAST_FREEDOM: f64 = 8.0;
/// Times that the profiles are read at most.
const READINGS: usize = 2;
/// Line and blur that have moved by less since the profiles were read leave nothing to read anew, px.
const AS_READ: f64 = 0.1;
/// Rounds of positions, line and blur on profiles that were read.
const ROUNDS: usize = 4;

/// The windows of both edges of a station, cut edge first.
pub type Pixels = [Option<Windows>; 2];

#[derive(Clone, Copy, PartialEq)]
enum Edge {
    Cut,
    Print,
}

impl Edge {
    fn of(self, station: &StationReading) -> Option<EdgeReading> {
        match self {
            Self::Cut => station.outer,
            Self::Print => station.border,
        }
    }

    fn put(self, station: &mut StationReading, reading: EdgeReading) {
        match self {
            Self::Cut => station.outer = Some(reading),
            Self::Print => station.border = Some(reading),
        }
    }

    /// The side's curve may miss the cut's bow by a trace; a printed border is a straight line.
    fn degree(self) -> usize {
        match self {
            Self::Cut => 2,
            Self::Print => 1,
        }
    }
}

/// Estimates the mottled edges of every side anew; widths follow. `pixels` in the order of `stations`.
pub fn weigh(stations: &mut [StationReading], pixels: &[Pixels]) {
    let edges: Vec<(Side, Edge)> = Side::ALL
        .into_iter()
        .flat_map(|side| [(side, Edge::Cut), (side, Edge::Print)])
        .collect();
    let seen: &[StationReading] = stations;
    let found: Vec<Vec<Found>> = edges
        .par_iter()
        .map(|&(side, edge)| weigh_side(seen, pixels, side, edge).unwrap_or_default())
        .collect();
    for ((_, edge), found) in edges.into_iter().zip(found) {
        for found in found {
            place(&mut stations[found.station], edge, &found);
        }
    }
}

/// The new place of an edge in one window.
struct Found {
    station: usize,
    /// `None`: the station's own; else which of those beside it.
    beside: Option<usize>,
    window: Window,
}

/// One window of a side.
struct Part<'a> {
    station: usize,
    /// `None`: the station's own; else which of those beside it.
    beside: Option<usize>,
    window: Window,
    samples: &'a [Sample],
    normal: [f64; 2],
    contrast: f64,
    blur: f64,
}

/// `None` where the plain fits stand.
fn weigh_side(stations: &[StationReading], pixels: &[Pixels], side: Side, edge: Edge) -> Option<Vec<Found>> {
    let mut parts = parts_of(stations, pixels, side, edge);
    let old: Vec<Window> = parts.iter().map(|p| p.window).collect();
    let before = ratio(&old, edge.degree());
    if before.freedom < LEAST_FREEDOM || before.ratio < MOTTLED {
        return None;
    }
    if edge == Edge::Cut {
        // Mat and border are the same along a side; art is not.
        let step = median(&parts.iter().map(|p| p.contrast).collect::<Vec<_>>());
        parts.iter_mut().for_each(|p| p.contrast = step);
    }
    let (new, line) = estimate(&parts, edge.degree())?;
    if Line::through(&old, edge.degree())?.scatter(&old) <= line.scatter(&new) {
        return None;
    }
    // What the windows scatter says more of their deviation than the variogram does; above it Birge's ratio takes over.
    let stated = (new.iter().map(|w| w.std * w.std).sum::<f64>() / new.len() as f64).sqrt();
    let freedom = parts.len() as f64 - edge.degree() as f64 - 1.0;
    // A deviation from few windows is itself uncertain (JCGM 101:2008, 6.4.9.4).
    let certain = (line.deviation(&new, freedom) / stated).min(1.0) * (freedom / (freedom - 2.0)).sqrt();
    let found = parts.iter().zip(new).map(|(part, window)| Found {
        station: part.station,
        beside: part.beside,
        window: Window {
            std: window.std * certain,
            ..window
        },
    });
    Some(found.collect())
}

fn place(station: &mut StationReading, edge: Edge, found: &Found) {
    let Some(mut reading) = edge.of(station) else { return };
    let Window { u, v, std } = found.window;
    if let Some(k) = found.beside {
        reading.beside[k] = Some(Beside {
            u: u - station.station.u,
            position: v,
            std,
        });
    } else {
        let moved = v - reading.offset_px;
        // A print's tilt against the cut is a degree at most: its normal is the cut's to a thousandth.
        reading.point = reading.point.moved(station.station.inward, moved);
        reading.offset_px = v;
        reading.std_px = std;
        reading.blur_fit = None;
        let wider = if edge == Edge::Cut { -moved } else { moved };
        station.width_px = station.width_px.map(|w| w + wider);
    }
    edge.put(station, reading);
}

fn parts_of<'a>(stations: &[StationReading], pixels: &'a [Pixels], side: Side, edge: Edge) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for (i, (station, pixels)) in stations.iter().zip(pixels).enumerate() {
        let u = station.station.u;
        let own = station.station.side == side;
        let reading = edge.of(station).filter(|e| own && e.method == Method::Erf);
        let (Some(reading), Some(windows)) = (reading, &pixels[edge as usize]) else {
            continue;
        };
        let mut add = |beside: Option<usize>, window: Window| {
            parts.push(Part {
                station: i,
                beside,
                window,
                samples: windows.samples(beside),
                normal: windows.normal(),
                contrast: reading.contrast,
                blur: reading.blur_px,
            });
        };
        add(
            None,
            Window {
                u,
                v: reading.offset_px,
                std: reading.std_px,
            },
        );
        for (k, b) in reading.beside.iter().enumerate() {
            if let Some(b) = b {
                add(
                    Some(k),
                    Window {
                        u: u + b.u,
                        v: b.position,
                        std: b.std,
                    },
                );
            }
        }
    }
    parts
}

/// New positions with their deviations by the mottle, and the line through them.
///
/// The line and the blur of the plain fits are what mottle made of them. Each round finds both anew until they are the
/// mottle's no longer: on the profiles that were read about the first, then about the line that this gave.
fn estimate(parts: &[Part], degree: usize) -> Option<(Vec<Window>, Line)> {
    let aperture = Aperture::along(parts.first()?.normal);
    let contrasts: Vec<f64> = parts.iter().map(|p| p.contrast).collect();
    let mut sigma = median(&parts.iter().map(|p| p.blur).collect::<Vec<_>>());
    let mut windows: Vec<Window> = parts.iter().map(|p| p.window).collect();
    let mut line = Line::through(&windows, degree)?;
    for _ in 0..READINGS {
        let (about, read_at, table) = (line, sigma, Table::new(aperture, sigma));
        let read = |p: &Part| Profile::about(p.samples, about.at(p.window.u), p.contrast, &table);
        let mut profiles: Vec<Profile> = parts.iter().map(read).collect::<Option<_>>()?;
        let mottle = Mottle::of(&profiles, sigma)?;
        for _ in 0..ROUNDS {
            let inverse = mottle.inverse(sigma)?;
            let estimator = Estimator::of(&inverse, sigma)?;
            for ((window, part), profile) in windows.iter_mut().zip(parts).zip(&profiles) {
                let [shift, std] = estimator.position(profile, part.contrast);
                (window.v, window.std) = (line.at(window.u) + shift, std);
            }
            let (next, wider) = (
                Line::through(&windows, degree)?,
                common_blur(&inverse, &profiles, &contrasts, sigma)?,
            );
            for (part, profile) in parts.iter().zip(&mut profiles) {
                let u = part.window.u;
                let [from, to] = [(&line, sigma), (&next, wider)].map(|(l, sigma)| [l.at(u) - about.at(u), sigma]);
                profile.follow(part.contrast, from, to);
            }
            (line, sigma) = (next, wider);
        }
        let as_read = |p: &Part| (line.at(p.window.u) - about.at(p.window.u)).abs() < AS_READ;
        if (sigma - read_at).abs() < AS_READ && parts.iter().all(as_read) {
            break;
        }
    }
    Some((windows, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erf_fit::{Start, fit_even};
    use crate::math::normal;

    const MAT: f64 = 0.028;
    const CARD: f64 = 0.019;
    const BLUR: f64 = 0.8;
    const WINDOWS: usize = 300;

    /// Bilinear noise in -1..1 over cells of 7 px, another one for every window.
    fn mottle(uniform: &mut dyn FnMut() -> f64) -> impl Fn(f64, f64) -> f64 + use<> {
        let lattice: Vec<f64> = (0..64).map(|_| 2.0 * uniform() - 1.0).collect();
        let shift = [uniform(), uniform()];
        move |u, v| {
            let [x, y] = [u / 7.0 + 3.0 + shift[0], v / 7.0 + 3.0 + shift[1]];
            let at = |i: f64, j: f64| lattice[(i as usize) * 8 + j as usize];
            let (i, j) = (x.floor(), y.floor());
            let (s, t) = (x - i, y - j);
            (at(i, j) * (1.0 - s) + at(i + 1.0, j) * s) * (1.0 - t)
                + (at(i, j + 1.0) * (1.0 - s) + at(i + 1.0, j + 1.0) * s) * t
        }
    }

    /// Windows on a dark card over a dark mottled mat; the edge lies at 0.
    fn windows() -> Vec<Vec<Sample>> {
        let mut state = 99u64;
        let mut uniform = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let one = |_| {
            let (phase, mat, card) = (uniform(), mottle(&mut uniform), mottle(&mut uniform));
            let places = (0..25).flat_map(|u| (-16..16).map(move |v| (f64::from(u) - 12.0, f64::from(v) + phase)));
            let sample = |(u, v): (f64, f64)| {
                let part = |k: i32| normal((v + 0.125 * (f64::from(k) - 3.5)) / BLUR).0;
                let share = (0..8).map(part).sum::<f64>() / 8.0;
                let noise = 2e-4 * (0..12).map(|_| uniform()).sum::<f64>() - 12e-4;
                let ground = [MAT * (1.0 + 0.12 * mat(u, v)), CARD * (1.0 + 0.03 * card(u, v))];
                let light = ground[0] * (1.0 - share) + ground[1] * share + noise;
                Sample { u, v, light }
            };
            places.map(sample).collect()
        };
        (0..WINDOWS).map(one).collect()
    }

    fn mean_std(values: impl Iterator<Item = f64>) -> [f64; 2] {
        let values: Vec<f64> = values.collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        [
            mean,
            (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt(),
        ]
    }

    #[test]
    fn a_mottled_edge_is_found_without_bias_and_closer_than_by_the_plain_fit() {
        let windows = windows();
        let across = [1.0, 0.0];
        let start = Start {
            position: 0.0,
            sigma: 1.0,
        };
        let part = |(i, samples)| {
            let fit = fit_even(samples, across, start).unwrap();
            Part {
                station: i,
                beside: None,
                window: Window {
                    u: i as f64 - 150.0,
                    v: fit.position,
                    std: fit.position_std,
                },
                samples,
                normal: across,
                // A side's common step is known to some per cent.
                contrast: 0.9 * (CARD - MAT),
                blur: fit.sigma,
            }
        };
        let parts: Vec<Part> = windows.iter().map(|w| w.as_slice()).enumerate().map(part).collect();
        let (found, line) = estimate(&parts, 1).unwrap();
        let [plain_bias, plain_std] = mean_std(parts.iter().map(|p| p.window.v));
        let [bias, std] = mean_std(found.iter().map(|w| w.v));
        let stated = found[0].std;
        println!("bias {bias:.4}, std {std:.4}, stated {stated:.4}; plain {plain_bias:.4}, {plain_std:.4}");
        assert!(bias.abs() < 0.012 && line.at(0.0).abs() < 0.012, "{bias}");
        assert!(std < 0.5 * plain_std, "{std} {plain_std}");
        assert!((0.7..1.4).contains(&(stated / std)), "{stated} {std}");
    }

    #[test]
    fn a_window_that_ends_too_near_to_the_edge_gives_no_profile() {
        let table = Table::new(Aperture::along([1.0, 0.0]), BLUR);
        let near: Vec<Sample> = windows()[0].iter().filter(|s| s.v < 9.0).copied().collect();
        assert!(Profile::about(&near, 0.0, CARD - MAT, &table).is_none());
    }
}
