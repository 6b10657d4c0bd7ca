//! The move and turn of frames against one of them, from print that a change of light leaves where it is.

use super::linear::{inverse2, solve};
use super::patches::places;
use super::place_fit::{fit_place, inner};
use super::window::{CELLS, FULL, Light, Window, moved, reach};
use crate::{Cancel, FrameStack, Raster, Result, shift_between};
use rayon::prelude::*;

/// Pixels of a cell, from coarse to fine; the first catches moves up to about a dozen pixels.
const STEPS: [usize; 4] = [8, 4, 2, 1];
/// Rounds at each fineness.
const ROUNDS: usize = 5;
/// Fewest places that must agree, and the least share of all of them.
const LEAST_PLACES: usize = 5;
const LEAST_SHARE: f64 = 0.5;
/// What the model of a place leaves out (relief, shadows), px at each fineness: no place alone decides.
const PLACE_SIGMA: f64 = 0.05;
/// Standard deviation of a move above which it counts as not found, px. Print gives 0.01; shading that turns with the
/// light over a smooth object, and seems to move, 0.05 to 0.15.
const MOST_STD: f64 = 0.04;
/// A move told this well, px, lies where the finest windows look: a tenth of what their smoothing and gradients reach.
const SURE_PX: f64 = 0.2;
/// Least share of the frames that must be told for any to be believed.
const LEAST_TOLD: f64 = 0.5;

/// Where a frame's content lies against that of the reference frame: a place `p` of the reference is found at
/// `c + turn (p - c) + shift`, with `c` the middle of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Motion {
    /// Right and down, px.
    pub shift: [f64; 2],
    /// From x towards y, rad.
    pub turn: f64,
    /// Standard deviation of the shift, px, from the scatter between places.
    pub std: f64,
    /// Places that agree.
    pub places: usize,
}

impl Motion {
    /// The move of a place `from` the middle of the frame.
    #[must_use]
    pub fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (s, c) = self.turn.sin_cos();
        [self.shift[0] + c * x - s * y - x, self.shift[1] + s * x + c * y - y]
    }

    /// The largest move of a corner of a frame of this size, px.
    #[must_use]
    pub fn largest(&self, width: usize, height: usize) -> f64 {
        let half = [width as f64 / 2.0, height as f64 / 2.0];
        [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
            .iter()
            .map(|s| self.at([s[0] * half[0], s[1] * half[1]]))
            .map(|[x, y]| x.hypot(y))
            .fold(0.0, f64::max)
    }

    /// This motion seen from a frame that itself moved by `other`.
    #[must_use]
    pub fn relative_to(&self, other: &Self) -> Self {
        let turn = self.turn - other.turn;
        let (s, c) = turn.sin_cos();
        let [x, y] = other.shift;
        Self {
            shift: [self.shift[0] - c * x + s * y, self.shift[1] - s * x - c * y],
            turn,
            std: self.std.hypot(other.std),
            places: self.places.min(other.places),
        }
    }
}

/// The motion of every frame against the first; `None` for a frame whose motion cannot be told: too little print, or
/// nothing that looks alike. Where less than half of the frames can be told, none is: then it is not print that was seen,
/// but shading that turns with the light.
///
/// Windows of log light are compared at places with print, from coarse to fine. A light that changes smoothly adds a plane
/// to a window's log light and scales its contrast; both are eliminated together with the move (least squares of Lucas &
/// Kanade 1981, gradients of the reference as in Baker & Matthews 2004). Clipped cells are left out, cells under wandering
/// highlights lose weight (Cauchy), and so do whole places that disagree with the rest.
///
/// # Errors
/// `Cancelled`; frames that [`FrameStack::validate`] refuses.
pub fn motions(stack: &FrameStack, cancel: &Cancel) -> Result<Vec<Option<Motion>>> {
    stack.validate()?;
    let first = &stack.frames[0].raster;
    let light = Light::new(first, stack.encoding);
    let places = places(first, &light);
    let mut reference = Vec::with_capacity(STEPS.len());
    for step in STEPS {
        cancel.check()?;
        reference.push(templates(first, &light, &places, step));
    }
    let others: Vec<Option<Motion>> = stack.frames[1..]
        .par_iter()
        .map(|frame| {
            cancel.check()?;
            Ok(motion(&reference, &light, first, &frame.raster))
        })
        .collect::<Result<_>>()?;
    let told = others.iter().flatten().count();
    if (told as f64) < LEAST_TOLD * others.len() as f64 {
        return Ok(vec![None; stack.frames.len()]);
    }
    let own = others.iter().flatten().next().map(|_| Motion {
        places: places.len(),
        ..Motion::default()
    });
    Ok(std::iter::once(own).chain(others).collect())
}

fn motion(reference: &[Vec<Template>], light: &Light, first: &Raster, frame: &Raster) -> Option<Motion> {
    let from = |start, ladder| from_start(reference, light, frame, start, ladder);
    let near = from([0.0, 0.0], Ladder::Short).or_else(|| from([0.0, 0.0], Ladder::Whole));
    if near.is_some() {
        return near;
    }
    // Farther than the coarsest windows reach: where phase correlation points.
    let (dx, dy, _) = shift_between(first, frame);
    from([dx.into(), dy.into()], Ladder::Whole)
}

/// Which finenesses are gone through.
#[derive(Clone, Copy, PartialEq)]
enum Ladder {
    /// From one that tells the move to within [`SURE_PX`] straight to the finest.
    Short,
    /// All.
    Whole,
}

/// A place of the reference frame at one fineness.
struct Template {
    middle: [isize; 2],
    window: Window,
    /// Log light of the window's `CELLS x CELLS` cells, and its gradient along x and y with the sign turned.
    terms: [Vec<f32>; 3],
}

fn templates(raster: &Raster, light: &Light, places: &[[isize; 2]], step: usize) -> Vec<Template> {
    places
        .par_iter()
        .filter_map(|&middle| {
            let window = Window::read(raster, light, middle, step)?;
            let l = &window.light;
            let of = |value: &dyn Fn(usize) -> f32| (0..CELLS * CELLS).map(|i| value(inner(i))).collect();
            let terms = [
                of(&|at| l[at]),
                of(&|at| -0.5 * (l[at + 1] - l[at - 1])),
                of(&|at| -0.5 * (l[at + FULL] - l[at - FULL])),
            ];
            Some(Template { middle, window, terms })
        })
        .collect()
}

fn from_start(
    reference: &[Vec<Template>],
    light: &Light,
    frame: &Raster,
    start: [f64; 2],
    ladder: Ladder,
) -> Option<Motion> {
    let middle = [(frame.width as f64 - 1.0) / 2.0, (frame.height as f64 - 1.0) / 2.0];
    let mut motion = Motion {
        shift: start,
        ..Motion::default()
    };
    let mut judged = None;
    let mut sure = false;
    for (templates, step) in reference.iter().zip(STEPS) {
        if sure && ladder == Ladder::Short && step > 1 {
            continue;
        }
        if templates.len() < LEAST_PLACES || reach(step) * 2 > frame.width.max(frame.height) {
            continue;
        }
        // A window is read again only where the move has come to another whole pixel.
        let mut windows: Vec<Option<Placed>> = templates.iter().map(|_| None).collect();
        for _ in 0..ROUNDS {
            let seen: Vec<Seen> = templates
                .par_iter()
                .zip(&mut windows)
                .filter_map(|(t, held)| look(t, light, frame, &motion, middle, step, held))
                .collect();
            let Some(found) = combine(&seen, middle, templates.len()) else {
                // A coarse window may hold too much of the mat; the finer ones decide.
                (judged, sure) = (None, false);
                break;
            };
            motion.shift[0] += found.update[0];
            motion.shift[1] += found.update[1];
            motion.turn += found.update[2];
            judged = Some((found.std, found.places));
            sure = found.corner_std < SURE_PX;
            let change = found.update[0].hypot(found.update[1]) + found.update[2].abs() * middle[0];
            if change < 0.004 * step as f64 {
                break;
            }
        }
    }
    let (std, places) = judged?;
    (std <= MOST_STD).then_some(Motion { std, places, ..motion })
}

/// What one place says: its own further move in px, its covariance, and where it is.
struct Seen {
    from_middle: [f64; 2],
    update: [f64; 2],
    information: [[f64; 2]; 2],
}

/// A window of the frame, and the pixel in its middle.
struct Placed {
    at: [isize; 2],
    window: Window,
}

fn look(
    template: &Template,
    light: &Light,
    frame: &Raster,
    motion: &Motion,
    middle: [f64; 2],
    step: usize,
    held: &mut Option<Placed>,
) -> Option<Seen> {
    let from_middle = [
        template.middle[0] as f64 - middle[0],
        template.middle[1] as f64 - middle[1],
    ];
    let by = motion.at(from_middle);
    let whole = [by[0].round(), by[1].round()];
    let at = [
        template.middle[0] + whole[0] as isize,
        template.middle[1] + whole[1] as isize,
    ];
    if held.as_ref().is_none_or(|placed| placed.at != at) {
        *held = Window::read(frame, light, at, step).map(|window| Placed { at, window });
    }
    let window = &held.as_ref()?.window;
    let rest = [(by[0] - whole[0]) / step as f64, (by[1] - whole[1]) / step as f64];
    let there = moved(&window.light, rest);
    let fit = fit_place(&template.terms, &template.window.sound, &there, &window.sound)?;
    // Cells to pixels.
    let unit = step as f64;
    let mut covariance = fit.covariance.map(|row| row.map(|v| v * unit * unit));
    covariance[0][0] += (PLACE_SIGMA * unit).powi(2);
    covariance[1][1] += (PLACE_SIGMA * unit).powi(2);
    Some(Seen {
        from_middle,
        update: fit.update.map(|v| v * unit),
        information: inverse2(covariance)?,
    })
}

struct Combined {
    /// Further shift x, y in px, and turn in rad.
    update: [f64; 3],
    std: f64,
    /// Standard deviation of the move of a corner of the frame, px.
    corner_std: f64,
    places: usize,
}

/// Move and turn of all places together; places that disagree lose weight by Cauchy's function.
fn combine(seen: &[Seen], middle: [f64; 2], asked: usize) -> Option<Combined> {
    if seen.len() < LEAST_PLACES {
        return None;
    }
    let unit = middle[0].hypot(middle[1]);
    let rows = |s: &Seen| {
        [
            [1.0, 0.0, -s.from_middle[1] / unit],
            [0.0, 1.0, s.from_middle[0] / unit],
        ]
    };
    // The median of the places' own answers is where disagreement is measured from first.
    let mut answer = [median(seen, 0), median(seen, 1), 0.0];
    let distance = |s: &Seen, answer: &[f64; 3]| -> f64 {
        let j = rows(s);
        let d: [f64; 2] = std::array::from_fn(|i| s.update[i] - (0..3).map(|k| j[i][k] * answer[k]).sum::<f64>());
        let i = s.information;
        d[0] * (i[0][0] * d[0] + i[0][1] * d[1]) + d[1] * (i[1][0] * d[0] + i[1][1] * d[1])
    };
    let (mut std, mut corner_std) = (f64::INFINITY, f64::INFINITY);
    let mut agreeing = 0;
    for _ in 0..8 {
        let mut distances: Vec<f64> = seen.iter().map(|s| distance(s, &answer)).collect();
        // 1.386 is the median of chi-squared with two degrees of freedom.
        let spread = (middle_of(&mut distances.clone()) / 1.386).max(1.0);
        distances.iter_mut().for_each(|d| *d /= spread);
        let (mut a, mut b, mut total, mut cost) = ([[0.0; 3]; 3], [0.0; 3], 0.0, 0.0);
        for (s, d) in seen.iter().zip(&distances) {
            let w = 1.0 / (1.0 + d / 4.0);
            let (j, info) = (rows(s), s.information);
            for p in 0..3 {
                let jp: [f64; 2] = std::array::from_fn(|k| info[0][k] * j[0][p] + info[1][k] * j[1][p]);
                for q in 0..3 {
                    a[p][q] += w * (jp[0] * j[0][q] + jp[1] * j[1][q]);
                }
                b[p] += w * (jp[0] * s.update[0] + jp[1] * s.update[1]);
            }
            total += w;
            cost += w * d * spread;
        }
        answer = solve(a, b)?;
        let inflate = (cost / (2.0 * total - 3.0).max(1.0)).max(1.0);
        let variance = |k: usize| {
            let mut unit = [0.0; 3];
            unit[k] = 1.0;
            solve(a, unit).map(|x| x[k] * inflate)
        };
        let shift = variance(0)?.max(variance(1)?);
        (std, corner_std) = (shift.sqrt(), (shift + variance(2)?).sqrt());
        agreeing = distances.iter().filter(|d| **d < 9.0).count();
    }
    let enough = agreeing >= LEAST_PLACES && agreeing as f64 >= LEAST_SHARE * asked as f64;
    (enough && std.is_finite()).then_some(Combined {
        update: [answer[0], answer[1], answer[2] / unit],
        std,
        corner_std,
        places: agreeing,
    })
}

fn median(seen: &[Seen], axis: usize) -> f64 {
    middle_of(&mut seen.iter().map(|s| s.update[axis]).collect::<Vec<f64>>())
}

fn middle_of(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
