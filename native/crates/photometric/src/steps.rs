//! Height that keeps steps: where slopes do not fit together the surface is taken to be torn, not bent.

use crate::gradient::{Gradients, gradients};
use crate::height::{check_pitch, in_mm};
use crate::options::Solution;
use crate::poisson::Poisson;
use crate::weighted::{System, conjugate_gradients};
use imaging::{Cancel, Result};

/// Differences of height are doubted from this many standard deviations of the slopes' disagreement on.
const DOUBTED: f32 = 4.0;
/// Slopes disagree at least this much, in height per pixel: the trapezoidal rule is not better on relief.
const LEAST: f32 = 1e-3;
/// A weight never falls below this, so that torn parts keep a place relative to each other.
const LEAST_WEIGHT: f32 = 1e-4;
/// Values a median is taken from.
const SAMPLE: usize = 1 << 16;

/// How slopes are integrated across steps.
#[derive(Clone, Copy, Debug)]
pub struct StepOptions {
    /// Subtract the fitted quadratic: low-frequency bow is not trustworthy. Else only the mean.
    pub remove_quadratic: bool,
    /// Most re-weightings.
    pub rounds: usize,
    /// Most iterations of one round; each costs one Poisson solve.
    pub iterations: usize,
    /// A round that changes no weight by more than this is the last.
    pub settled: f32,
}

impl Default for StepOptions {
    fn default() -> Self {
        Self {
            remove_quadratic: true,
            rounds: 8,
            iterations: 60,
            settled: 0.05,
        }
    }
}

/// `height * width` heights in mm like those of [`crate::height_mm`], with steps (a lifted corner, a torn edge, a sheet on
/// another) kept where they are instead of smeared over their surroundings.
///
/// Iteratively re-weighted least squares of the differences between neighbours, with Geman and McClure's weights (1985)
/// on what the last round left, as in robust surface integration (Durou, Aujol & Courteille 2009; bilaterally weighted:
/// Cao, Santo, Shi, Okura & Matsushita 2022). The first weights come from the slopes alone: around a tear they are not a
/// gradient, and their circulation over four pixels tells where. Each round is solved by conjugate gradients from the last
/// height on, preconditioned by the cosine transform. A step whose both sides are parallel all the way around has no trace
/// in the slopes, and no method finds it.
///
/// `progress` gets the share of the rounds done.
///
/// # Errors
/// `ValueInvalid` for a pitch that is not a finite number above 0; `Cancelled`.
pub fn height_with_steps_mm(
    s: &Solution,
    pitch_mm: f64,
    o: StepOptions,
    cancel: &Cancel,
    progress: &dyn Fn(f32),
) -> Result<Vec<f32>> {
    check_pitch(pitch_mm)?;
    if s.known.iter().all(|k| *k == 0) {
        return Ok(vec![0.0; s.known.len()]);
    }
    let slopes = gradients(s);
    let turns = circulation(s, &slopes);
    let scale = DOUBTED * deviation(s, &turns).max(LEAST);
    let mut system = System::new(s);
    let mut weights = from_circulation(s, &turns, scale);
    drop(turns);
    let mut solver = Poisson::new(s.width, s.height);
    let mut z = vec![0.0f32; s.known.len()];
    for round in 0..o.rounds {
        cancel.check()?;
        system.weights = Some(weights);
        let mut residual = system.right_hand_side(&slopes);
        for (r, image) in residual.iter_mut().zip(system.apply(&z)) {
            *r -= image;
        }
        conjugate_gradients(&system, &mut z, residual, &mut solver, 1e-3, o.iterations, cancel)?;
        progress((round + 1) as f32 / o.rounds as f32);
        let next = from_differences(&system, &slopes, &z, scale);
        let change = system.weights.as_ref().map_or(0.0, |old| largest_change(old, &next));
        weights = next;
        if change < o.settled {
            break;
        }
    }
    progress(1.0);
    in_mm(&mut z, s, pitch_mm, !o.remove_quadratic);
    Ok(z)
}

/// Sum of the slopes around each square of a pixel, its right, lower and lower right neighbours; 0 where one is unknown.
fn circulation(s: &Solution, g: &Gradients) -> Vec<f32> {
    let (w, h) = (s.width, s.height);
    System::new(s).map(|i, x| {
        if x + 1 >= w || i / w + 1 >= h {
            return 0.0;
        }
        let (a, b, c, d) = (i, i + 1, i + w, i + w + 1);
        if s.known[a] & s.known[b] & s.known[c] & s.known[d] == 0 {
            return 0.0;
        }
        0.5 * (g.p[a] + g.p[b] + g.q[b] + g.q[d] - g.p[c] - g.p[d] - g.q[a] - g.q[c])
    })
}

/// Standard deviation of most of the values, from their median.
fn deviation(s: &Solution, turns: &[f32]) -> f32 {
    let step = (turns.len() / SAMPLE).max(1) | 1;
    let known = (0..turns.len()).step_by(step).filter(|&i| s.known[i] != 0);
    let mut sizes: Vec<f32> = known.map(|i| turns[i].abs()).collect();
    if sizes.is_empty() {
        return 0.0;
    }
    let middle = sizes.len() / 2;
    1.4826 * *sizes.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Geman and McClure's weight.
fn trust(error: f32, scale: f32) -> f32 {
    let u = error / scale;
    let w = 1.0 / (1.0 + u * u);
    (w * w).max(LEAST_WEIGHT)
}

/// A difference is doubted as much as the worse of the two squares beside it.
fn from_circulation(s: &Solution, turns: &[f32], scale: f32) -> [Vec<f32>; 2] {
    let (w, plane) = (s.width, System::new(s));
    let at = |i: Option<usize>| i.map_or(0.0, |i| turns[i].abs());
    let right = plane.map(|i, _| trust(at(Some(i)).max(at(i.checked_sub(w))), scale));
    let below = plane.map(|i, x| trust(at(Some(i)).max(at((x > 0).then(|| i - 1))), scale));
    [right, below]
}

/// Weights by what is left of each difference between neighbours.
fn from_differences(system: &System, g: &Gradients, z: &[f32], scale: f32) -> [Vec<f32>; 2] {
    let w = system.width;
    let right = system.map(|i, x| {
        if x + 1 >= w {
            return 1.0;
        }
        trust(z[i + 1] - z[i] - 0.5 * (g.p[i] + g.p[i + 1]), scale)
    });
    let below = system.map(|i, _| {
        if i + w >= z.len() {
            return 1.0;
        }
        trust(z[i + w] - z[i] - 0.5 * (g.q[i] + g.q[i + w]), scale)
    });
    [right, below]
}

fn largest_change(old: &[Vec<f32>; 2], new: &[Vec<f32>; 2]) -> f32 {
    let pairs = old.iter().flatten().zip(new.iter().flatten());
    pairs.fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}
