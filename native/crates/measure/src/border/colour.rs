//! Borders that show in colour and not in brightness: one weighted sum of the channels for each side.

use super::lines::Boundary;
use super::probes::{self, Probe};
use crate::geometry::EdgeCurve;
use crate::math::invert_spd;
use crate::profile::Profile;
use crate::window::Window;
use imaging::LinearSource;

/// Weights of red, green and blue light, their absolute values summing to 1.
pub type Mix = [f32; 3];

/// Sums tried where brightness shows no border: two channels against each other, then the channels alone.
pub const MIXES: [Mix; 6] = [
    [0.5, -0.5, 0.0],
    [0.5, 0.0, -0.5],
    [0.0, 0.5, -0.5],
    [1.0, 0.0, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0],
];

/// A source seen through a mix, raised so that it is never negative.
pub struct Mixed<'a> {
    src: &'a dyn LinearSource,
    mix: Mix,
    floor: f32,
}

impl<'a> Mixed<'a> {
    /// The sum plus the share of the negative weights.
    #[must_use]
    pub fn new(src: &'a dyn LinearSource, mix: Mix) -> Self {
        let floor = mix.iter().map(|w| (-w).max(0.0)).sum();
        Self { src, mix, floor }
    }
}

impl LinearSource for Mixed<'_> {
    fn width(&self) -> usize {
        self.src.width()
    }
    fn height(&self) -> usize {
        self.src.height()
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        let mut light = vec![0.0; out.len()];
        out.fill(self.floor);
        for (colour, weight) in self.mix.iter().enumerate().filter(|(_, w)| **w != 0.0) {
            self.src.read_colour(y, x0, colour, &mut light);
            for (o, l) in out.iter_mut().zip(&light) {
                *o += weight * l;
            }
        }
    }
    fn quantisation(&self) -> f32 {
        self.src.quantisation()
    }
}

/// Levels are read this far on both sides of the boundary, px.
const BESIDE: [f64; 2] = [3.0, 8.0];

/// The mix that tells both sides of a boundary apart best: inverse covariance times difference (Fisher 1936).
#[must_use]
pub fn best_mix(
    src: &dyn LinearSource,
    curve: &EdgeCurve,
    probes: &[Probe],
    line: &Boundary,
    width: f64,
) -> Option<Mix> {
    let level = |u: f64, from: f64, to: f64| -> Option<[f64; 3]> {
        let window = Window {
            frame: curve.local(u),
            u: [-width, width],
            v: [from, to],
        };
        let mut out = [0.0; 3];
        for (colour, value) in out.iter_mut().enumerate() {
            let mut one = [0.0f32; 3];
            one[colour] = 1.0;
            let profile = Profile::read(&Mixed::new(src, one), &window)?;
            *value = crate::math::median(&profile.values);
        }
        Some(out)
    };
    let pairs: Vec<[[f64; 3]; 2]> = probes
        .iter()
        .zip(&line.members)
        .filter(|(_, member)| member.is_some())
        .filter_map(|(p, _)| {
            let v = line.at(p.u);
            Some([
                level(p.u, v - BESIDE[1], v - BESIDE[0])?,
                level(p.u, v + BESIDE[0], v + BESIDE[1])?,
            ])
        })
        .collect();
    if pairs.len() < probes::PROBES / 4 {
        return None;
    }
    let n = pairs.len() as f64;
    let mean = |side: usize, c: usize| pairs.iter().map(|p| p[side][c]).sum::<f64>() / n;
    let means = [0, 1].map(|side| [0, 1, 2].map(|c| mean(side, c)));
    let mut spread = [[0.0; 3]; 3];
    for (i, row) in spread.iter_mut().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            let sum: f64 = pairs
                .iter()
                .flat_map(|p| [0, 1].map(|s| (p[s][i] - means[s][i]) * (p[s][j] - means[s][j])))
                .sum();
            // A floor of half a per cent of light keeps three nearly equal channels from being set against each other.
            *value = sum / (2.0 * n) + if i == j { 2.5e-5 } else { 0.0 };
        }
    }
    let inverse = invert_spd(&spread)?;
    let weights = [0, 1, 2].map(|i| (0..3).map(|j| inverse[i][j] * (means[1][j] - means[0][j])).sum::<f64>());
    let total: f64 = weights.iter().map(|w| w.abs()).sum();
    (total > 0.0 && total.is_finite()).then(|| weights.map(|w| (w / total) as f32))
}
