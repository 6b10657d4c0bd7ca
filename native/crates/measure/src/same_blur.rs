//! One blur for edges of a kind: what a window alone cannot tell of its blur, the other windows tell.
//!
//! Where one side of an edge is noisier than the other (white stock on a dark mat), its bright half says little, so a
//! window that fits its own blur cannot tell it from a shift and loses a quarter of its precision. Optics and print blur
//! opposite sides alike, so every window's blur is drawn to their common one by the best linear prediction (Robinson 1991,
//! Stat. Sci. 6:15), as far as the blurs truly agree (moment estimate of DerSimonian & Laird 1986), and the position follows
//! as the fit's own covariance says.

use crate::geometry::Side;
use crate::locate::{BlurFit, Method};
use crate::refine::{EdgeReading, StationReading};

/// Sides whose edges lie alike in the optics and under motion.
const OPPOSITE: [[Side; 2]; 2] = [[Side::Left, Side::Right], [Side::Top, Side::Bottom]];
/// Fewer windows cannot tell whether their blurs agree.
const LEAST_WINDOWS: usize = 5;

/// Draws the blurs of the cut edges and of the graphic borders of opposite sides together; positions and widths follow.
pub fn share_blur(stations: &mut [StationReading]) {
    for sides in OPPOSITE {
        let own = |s: &StationReading| sides.contains(&s.station.side);
        let cut: Vec<_> = stations
            .iter()
            .filter(|s| own(s))
            .filter_map(|s| fitted(&s.outer))
            .collect();
        let print: Vec<_> = stations
            .iter()
            .filter(|s| own(s))
            .filter_map(|s| fitted(&s.border))
            .collect();
        let (cut, print) = (Common::of(&cut), Common::of(&print));
        for station in stations.iter_mut().filter(|s| own(s)) {
            let inward = station.station.inward;
            if let (Some(common), Some(edge)) = (cut, &mut station.outer) {
                let moved = common.apply(edge, inward);
                station.width_px = station.width_px.map(|w| w - moved);
            }
            if let (Some(common), Some(edge)) = (print, &mut station.border) {
                // The print's tilt against the cut is a degree at most: its normal is the cut's to a thousandth.
                let moved = common.apply(edge, inward);
                station.width_px = station.width_px.map(|w| w + moved);
            }
        }
    }
}

/// Blur and its standard deviation where the erf fit has found them.
fn fitted(edge: &Option<EdgeReading>) -> Option<(f64, f64)> {
    let edge = edge.as_ref().filter(|e| e.method == Method::Erf)?;
    let std = edge.blur_fit?.std;
    (std > 0.0 && std.is_finite()).then_some((edge.blur_px, std))
}

/// The blur of many windows.
#[derive(Clone, Copy, Debug)]
struct Common {
    mean: f64,
    /// Variance of the mean.
    variance: f64,
    /// Variance of true blurs between windows.
    between: f64,
}

impl Common {
    fn of(blurs: &[(f64, f64)]) -> Option<Self> {
        if blurs.len() < LEAST_WINDOWS {
            return None;
        }
        let weighted = |between: f64| {
            let weight = |s: f64| 1.0 / (s * s + between);
            let total: f64 = blurs.iter().map(|b| weight(b.1)).sum();
            (blurs.iter().map(|b| b.0 * weight(b.1)).sum::<f64>() / total, total)
        };
        let (mean, total) = weighted(0.0);
        let squares: f64 = blurs.iter().map(|b| b.1.powi(-4)).sum();
        let q: f64 = blurs.iter().map(|b| ((b.0 - mean) / b.1).powi(2)).sum();
        let freedom = blurs.len() as f64 - 1.0;
        let between = ((q - freedom) / (total - squares / total)).max(0.0);
        let (mean, total) = weighted(between);
        total.is_finite().then_some(Self {
            mean,
            variance: 1.0 / total,
            between,
        })
    }

    /// Moves a reading to its best blur; how far along `inward`, px.
    fn apply(self, edge: &mut EdgeReading, inward: [f64; 2]) -> f64 {
        let Some((blur, std)) = fitted(&Some(*edge)) else {
            return 0.0;
        };
        let Some(BlurFit { position_by_blur, .. }) = edge.blur_fit else {
            return 0.0;
        };
        let own = std * std;
        let trust = self.between / (self.between + own);
        let drawn = (1.0 - trust) * (self.mean - blur);
        let left = trust * own + (1.0 - trust).powi(2) * self.variance;
        let moved = position_by_blur * drawn;
        edge.blur_px += drawn;
        edge.offset_px += moved;
        edge.point = edge.point.moved(inward, moved);
        let variance = edge.std_px.powi(2) + position_by_blur.powi(2) * (left - own).min(0.0);
        edge.std_px = variance.max(0.0).sqrt();
        edge.blur_fit = Some(BlurFit {
            std: left.sqrt(),
            position_by_blur,
        });
        // The windows beside were fitted with this one's blur.
        for beside in edge.beside.iter_mut().flatten() {
            beside.position += moved;
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erf_fit::{Sample, Start, fit_even};
    use crate::geometry::Point;
    use crate::math::normal;
    use crate::refine::Status;
    use crate::stations::Station;

    /// A station of the left side with the cut edge read as given; its true place is 0.
    fn station(i: usize, [position, std]: [f64; 2], blur: f64, fit: BlurFit) -> StationReading {
        let u = 100.0 * i as f64;
        let edge = EdgeReading {
            point: Point { x: position, y: u },
            method: Method::Erf,
            std_px: std,
            offset_px: position,
            beside: [None; 2],
            scale_spread_px: 0.0,
            blur_px: blur,
            blur_fit: Some(fit),
            shared_px: 0.0,
            contrast: 0.4,
            residual: 0.001,
        };
        StationReading {
            station: Station {
                side: Side::Left,
                index: i + 1,
                position: edge.point,
                inward: [1.0, 0.0],
                u,
            },
            status: Status::Ok,
            reason: None,
            outer: Some(edge),
            border: None,
            width_px: Some(75.0 - position),
        }
    }

    const DARK: f64 = 0.01;
    const WHITE: f64 = 0.4;
    const BLUR: f64 = 0.8;

    /// Variance of the mean of eight frames at 30,000 electrons.
    fn variance(light: f64) -> f64 {
        light / 240_000.0 + 3e-9
    }

    /// A window on white stock over a dark mat under shot noise; the edge lies at 0.
    fn window(random: &mut impl FnMut() -> f64) -> Vec<Sample> {
        let phase = random().rem_euclid(1.0);
        let places = (0..25).flat_map(|u| (-14..=14).map(move |v| (f64::from(u) - 12.0, f64::from(v) + phase)));
        let noisy = |(u, v): (f64, f64)| {
            let part = |k: i32| normal((v + 0.125 * (f64::from(k) - 3.5)) / BLUR).0;
            let light = DARK + (WHITE - DARK) * (0..8).map(part).sum::<f64>() / 8.0;
            let light = light + variance(light).sqrt() * random();
            Sample { u, v, light }
        };
        places.map(noisy).collect()
    }

    fn rms(values: &[f64]) -> f64 {
        (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
    }

    #[test]
    fn what_a_free_blur_costs_on_white_stock_over_a_dark_mat_comes_back() {
        let mut state = 12_345u64;
        let mut uniform = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let mut random = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let (mut before, mut after, mut stated) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..200 {
            let start = Start {
                position: 0.0,
                sigma: 1.0,
            };
            let mut side: Vec<StationReading> = (0..7)
                .map(|i| {
                    let fit = fit_even(&window(&mut random), [1.0, 0.0], start).unwrap();
                    let blur_fit = BlurFit {
                        std: fit.sigma_std,
                        position_by_blur: fit.position_by_sigma,
                    };
                    station(i, [fit.position, fit.position_std], fit.sigma, blur_fit)
                })
                .collect();
            before.extend(side.iter().map(|s| s.outer.unwrap().offset_px));
            share_blur(&mut side);
            after.extend(side.iter().map(|s| s.outer.unwrap().offset_px));
            stated.extend(side.iter().map(|s| s.outer.unwrap().std_px));
            for s in &side {
                let edge = s.outer.unwrap();
                assert!((s.width_px.unwrap() - (75.0 - edge.offset_px)).abs() < 1e-12);
                assert_eq!(edge.point.x, edge.offset_px);
            }
        }
        // Cramer-Rao bound with light of both sides and blur known.
        let seen = (BLUR * BLUR + 1.0 / 12.0).sqrt();
        let information: f64 = (-140..=140)
            .map(|i| {
                let (share, density) = normal(0.1 * f64::from(i) / seen);
                let slope = (WHITE - DARK) * density / seen;
                0.1 * 25.0 * slope * slope / variance(DARK + (WHITE - DARK) * share)
            })
            .sum();
        let bound = information.sqrt().recip();
        let (before, after, stated) = (rms(&before) / bound, rms(&after) / bound, rms(&stated) / bound);
        println!("over the bound: before {before:.3}, after {after:.3}, stated {stated:.3}");
        assert!(before > 1.18 && after < 1.12, "{before} {after}");
        assert!((stated / after - 1.0).abs() < 0.08, "{stated} {after}");
    }

    #[test]
    fn blurs_that_truly_differ_stay_and_so_do_their_positions() {
        let fit = BlurFit {
            std: 0.005,
            position_by_blur: 0.5,
        };
        let blurs = [0.6, 1.1, 0.7, 1.0, 0.65, 1.05, 0.8];
        let mut side: Vec<StationReading> = (0..7).map(|i| station(i, [0.0, 0.01], blurs[i], fit)).collect();
        share_blur(&mut side);
        for (s, blur) in side.iter().zip(blurs) {
            let edge = s.outer.unwrap();
            assert!(
                (edge.blur_px - blur).abs() < 2e-4 && edge.offset_px.abs() < 1e-4,
                "{edge:?}"
            );
            assert!((edge.std_px - 0.01).abs() < 1e-5);
        }
    }

    #[test]
    fn few_windows_are_left_as_they_are() {
        let fit = BlurFit {
            std: 0.02,
            position_by_blur: 0.5,
        };
        let mut side: Vec<StationReading> = (0..4)
            .map(|i| station(i, [0.1, 0.01], 0.8 + 0.01 * i as f64, fit))
            .collect();
        share_blur(&mut side);
        assert!(side.iter().all(|s| s.outer.unwrap().offset_px == 0.1));
    }
}
