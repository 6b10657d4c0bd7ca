//! What all windows of a printed border share: rows of a screen along the edge pull the whole side at once.
//!
//! A screen's rows lie at the same distance from the edge in every window, at a phase that nothing tells, so no scatter
//! between windows shows how far they pull. The mean profile of the side's ground, beyond the blur, shows how strong they
//! are: what it varies by more than the windows' own texture leaves in a mean is taken for waves that run on through the
//! edge, at any phase, and pull a least-squares fit as their lengths do.

use crate::aperture::{Aperture, Table};
use crate::geometry::Side;
use crate::locate::Method;
use crate::math::median;
use crate::mottle::Pixels;
use crate::mottle_profile::{Line, Profile, wave_gain};
use crate::refine::StationReading;
use crate::scatter::Window;
use rayon::prelude::*;

/// Fewer windows cannot tell what they share from what is their own.
const LEAST_WINDOWS: usize = 4;
/// Variance of the mean over what the windows' own texture would leave in it, from which on they share something: chance
/// alone passes it on one side in ten.
const BEYOND_CHANCE: f64 = 2.0;

/// States the pull of every side's printed border. `pixels` in the order of `stations`.
pub fn state_pull(stations: &mut [StationReading], pixels: &[Pixels]) {
    let seen: &[StationReading] = stations;
    let pulls: Vec<f64> = Side::ALL
        .into_par_iter()
        .map(|side| pull(seen, pixels, side).unwrap_or(0.0))
        .collect();
    for station in stations {
        if let Some(border) = &mut station.border {
            border.shared_px = pulls[station.station.side.index()];
        }
    }
}

/// Standard deviation of the side's border by what its windows share, px; `None` where there is too little to see.
fn pull(stations: &[StationReading], pixels: &[Pixels], side: Side) -> Option<f64> {
    let parts: Vec<_> = stations
        .iter()
        .zip(pixels)
        .filter(|(s, _)| s.station.side == side)
        .filter_map(|(s, [_, print])| Some((s.station.u, s.border?, print.as_ref()?)))
        .filter(|(_, border, _)| border.method == Method::Erf)
        .collect();
    if parts.len() < LEAST_WINDOWS {
        return None;
    }
    let windows: Vec<Window> = parts
        .iter()
        .map(|&(u, border, _)| Window {
            u,
            v: border.offset_px,
            std: border.std_px,
        })
        .collect();
    let line = Line::through(&windows, 1)?;
    let sigma = median(&parts.iter().map(|p| p.1.blur_px).collect::<Vec<_>>());
    let table = Table::new(Aperture::along(parts[0].2.normal()), sigma);
    let profiles: Vec<Profile> = parts
        .iter()
        .filter_map(|(u, border, windows)| {
            let profile = Profile::about(windows.samples(None), line.at(*u), border.contrast, &table)?;
            Some(profile.over(border.contrast))
        })
        .collect();
    if profiles.len() < LEAST_WINDOWS {
        return None;
    }
    Some(rows_variance(&profiles, sigma)?.sqrt())
}

/// Variance of the place by the rows that profiles for a step of 1 share, px squared.
fn rows_variance(profiles: &[Profile], sigma: f64) -> Option<f64> {
    let many = profiles.len() as f64;
    let mean = Profile::mean(profiles);
    let mut variance = 0.0;
    for behind in [false, true] {
        let own = profiles.iter().map(|p| p.power(behind, sigma)).sum::<Option<f64>>()? / many;
        let common = mean.power(behind, sigma)?;
        // The mean of n windows keeps an n-th of what is each window's own: own = alone + rows, common = alone / n + rows.
        let rows = (common * many - own) / (many - 1.0);
        if common * many > BEYOND_CHANCE * own {
            variance += rows * wave_gain(&mean, behind, sigma)?;
        }
    }
    Some(variance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erf_fit::{Sample, Start, fit_even};
    use crate::math::normal;

    const BLUR: f64 = 0.85;
    const PERIOD: f64 = 5.5;

    /// A window on plain ground before a step of 1 with rows of a screen behind it, and noise.
    fn window(strength: f64, phase: f64, seed: u64) -> Vec<Sample> {
        let mut state = seed;
        let mut uniform = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let places = (0..25).flat_map(|u| (-18..19).map(move |v| (f64::from(u) - 12.0, f64::from(v) + 0.2)));
        let one = |(u, v): (f64, f64)| {
            let part = |k: i32| {
                let at = v + 0.125 * (f64::from(k) - 3.5);
                let rows = strength * (std::f64::consts::TAU * at / PERIOD + phase).cos();
                normal(at / BLUR).0 * (1.0 + rows)
            };
            let light = (0..8).map(part).sum::<f64>() / 8.0 + 0.01 * (uniform() - 0.5);
            Sample { u, v, light }
        };
        places.map(one).collect()
    }

    fn profile(samples: &[Sample]) -> Profile {
        let table = Table::new(Aperture::along([1.0, 0.0]), BLUR);
        Profile::about(samples, 0.0, 1.0, &table).unwrap()
    }

    /// What `pull` makes of profiles.
    fn stated(profiles: &[Profile]) -> f64 {
        rows_variance(profiles, BLUR).unwrap().sqrt()
    }

    #[test]
    fn the_pull_of_rows_is_what_the_fit_errs_by_over_all_phases() {
        let (mut squares, mut stated_squares) = (0.0, 0.0);
        for step in 0..12 {
            let phase = f64::from(step) / 12.0 * std::f64::consts::TAU;
            let windows: Vec<_> = (0..7).map(|i| window(0.2, phase, 100 + i)).collect();
            let start = Start {
                position: 0.0,
                sigma: 1.0,
            };
            squares += fit_even(&windows[0], [1.0, 0.0], start).unwrap().position.powi(2) / 12.0;
            let profiles: Vec<_> = windows.iter().map(|w| profile(w)).collect();
            stated_squares += stated(&profiles).powi(2) / 12.0;
        }
        let (erred, stated) = (squares.sqrt(), stated_squares.sqrt());
        println!("erred {erred:.4} px, stated {stated:.4} px");
        assert!(erred > 0.05, "{erred}");
        assert!((0.7..1.8).contains(&(stated / erred)), "{stated} {erred}");
    }

    #[test]
    fn plain_ground_pulls_nothing() {
        let profiles: Vec<_> = (0..7).map(|i| profile(&window(0.0, 0.0, 500 + i))).collect();
        assert!(stated(&profiles) < 2e-3, "{}", stated(&profiles));
    }
}
