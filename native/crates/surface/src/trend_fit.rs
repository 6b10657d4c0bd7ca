//! Least squares of both slopes over samples of a side, with rejection.

use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median};
use crate::terms::{BOW, Row, SHINE, UNKNOWNS, dot, place, powers};
use imaging::fastest;
use rayon::prelude::*;

/// Albedo below this counts as this: shine over black print has no bound.
pub const DARKEST: f32 = 0.02;

/// Samples of the slopes on a square grid.
pub struct Samples {
    /// Pixels from sample to sample.
    pub stride: usize,
    /// Samples of a row.
    pub columns: usize,
    /// Pixel, grid cell and terms of each judged sample.
    pub at: Vec<(usize, usize)>,
    /// Terms and values of each.
    pub all: Vec<Sample>,
}

/// Terms of a sample with both values behind them, padded to whole vectors.
const LANES: usize = 24;

/// A sample's terms, and what they are fitted to.
#[repr(align(64))]
pub struct Sample([f64; LANES]);

impl Sample {
    fn new(terms: &Row, values: [f64; 2]) -> Self {
        let mut all = [0.0; LANES];
        all[..UNKNOWNS].copy_from_slice(terms);
        all[UNKNOWNS..UNKNOWNS + 2].copy_from_slice(&values);
        Self(all)
    }

    /// The terms.
    pub fn terms(&self) -> &Row {
        self.0.first_chunk().expect("more lanes than terms")
    }

    /// `albedo * slope` along an axis, whose noise is even, without what a fit says of it.
    pub fn left(&self, axis: usize, fit: &Row) -> f64 {
        self.0[UNKNOWNS + axis] - dot(self.terms(), fit)
    }
}

/// Pixels from sample to sample, for this many of a level.
pub fn samples_apart(w: usize, h: usize) -> usize {
    const COUNT: f64 = 14_000.0;
    ((w * h) as f64 / COUNT).sqrt().ceil().max(1.0) as usize
}

impl Samples {
    /// Takes them from a level, of which only the rows that they lie on are looked at: every [`samples_apart`]-th.
    pub fn take(level: &Level, luma: &[f32]) -> Self {
        let (w, h) = (level.w, level.h);
        let stride = samples_apart(w, h);
        let columns = w.div_ceil(stride);
        let mut at = Vec::new();
        for y in (0..h).step_by(stride) {
            let row = (0..w).step_by(stride).filter(|x| level.mask[y * w + x] != 0);
            at.extend(row.map(|x| (y * w + x, y / stride * columns + x / stride)));
        }
        let sample = |&(i, _): &(usize, usize)| {
            let (u, v) = (powers(place(i % w, w)), powers(place(i / w, h)));
            let albedo = luma[i].max(DARKEST);
            let terms = std::array::from_fn(|k| match k.checked_sub(BOW.len()) {
                None => f64::from(albedo) * u[BOW[k].0] * v[BOW[k].1],
                Some(s) => u[SHINE[s].0] * v[SHINE[s].1],
            });
            Sample::new(&terms, [level.p[i], level.q[i]].map(|slope| f64::from(slope * albedo)))
        };
        let all = at.par_iter().map(sample).collect();
        Self {
            stride,
            columns,
            at,
            all,
        }
    }
}

/// Least squares of both slopes with four rounds of 3-sigma rejection; `None` where the unknowns cannot be told apart.
pub fn robust_fit(s: &Samples, among: &[usize]) -> Option<[Row; 2]> {
    if among.len() < 50 * UNKNOWNS {
        return None;
    }
    let mut keep = among.to_vec();
    let mut fit = solve(s, &keep)?;
    for _ in 0..4 {
        let off: Vec<[f32; 2]> = among
            .par_iter()
            .map(|&i| [0, 1].map(|axis| s.all[i].left(axis, &fit[axis]).abs() as f32))
            .collect();
        let limit = [0, 1].map(|c| 3.0 * MAD_TO_SIGMA * median(off.iter().map(|r| r[c])));
        let near = |r: &[f32; 2]| r[0] <= limit[0] && r[1] <= limit[1];
        keep = among
            .iter()
            .zip(&off)
            .filter(|(_, r)| near(r))
            .map(|(&i, _)| i)
            .collect();
        fit = solve(s, &keep)?;
    }
    Some(fit)
}

/// Terms of a whole vector.
const RUN: usize = 8;

/// Normal equations of both slopes: row `a` holds the products of term `a` with the terms from the vector of its own on,
/// then with both values.
#[repr(align(64))]
struct Normal([[f64; LANES]; UNKNOWNS]);

impl Normal {
    fn plus(mut self, other: &Self) -> Self {
        for (a, b) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *a += b;
        }
        self
    }
}

fastest! {
    /// The normal equations of a part of the samples.
    fn accumulate(s: &Samples, part: &[usize], normal: &mut Normal) = accumulate_body
}

#[inline(always)]
fn accumulate_body(s: &Samples, part: &[usize], normal: &mut Normal) {
    for &i in part {
        let row = &s.all[i].0;
        // The matrix is symmetric: nothing to the left of its diagonal is needed.
        products::<0>(row, normal);
        products::<RUN>(row, normal);
        products::<{ 2 * RUN }>(row, normal);
    }
}

/// Adds the products of the terms of the vector from `FIRST` on with all terms from there on.
#[inline(always)]
fn products<const FIRST: usize>(row: &[f64; LANES], normal: &mut Normal) {
    for a in FIRST..(FIRST + RUN).min(UNKNOWNS) {
        // Seen through, the compiler would make vectors down the columns, and gather and scatter them one by one.
        let term = std::hint::black_box(row[a]);
        let sums = &mut normal.0[a];
        for k in FIRST..LANES {
            sums[k] = term.mul_add(row[k], sums[k]);
        }
    }
}

/// Solves by Cholesky; a small ridge keeps print of one single tone (where bow and shine cannot be told apart, and
/// need not be) solvable.
fn solve(s: &Samples, keep: &[usize]) -> Option<[Row; 2]> {
    const RIDGE: f64 = 1e-7;
    let parts: Vec<Normal> = keep
        .par_chunks(2048)
        .map(|part| {
            let mut normal = Normal([[0.0; LANES]; UNKNOWNS]);
            accumulate(s, part, &mut normal);
            normal
        })
        .collect();
    let zero = Normal([[0.0; LANES]; UNKNOWNS]);
    let Normal(mut m) = parts.iter().fold(zero, Normal::plus);
    let mut v: [Row; 2] = [0, 1].map(|c| std::array::from_fn(|a| m[a][UNKNOWNS + c]));
    let scale = (0..UNKNOWNS).map(|k| m[k][k]).sum::<f64>() / UNKNOWNS as f64;
    (0..UNKNOWNS).for_each(|k| m[k][k] += RIDGE * scale);
    for a in 0..UNKNOWNS {
        for b in 0..a {
            m[a][b] = m[b][a];
        }
    }
    for a in 0..UNKNOWNS {
        for b in 0..=a {
            let s = m[a][b] - (0..b).map(|k| m[a][k] * m[b][k]).sum::<f64>();
            if a == b {
                if s.is_nan() || s <= 0.0 {
                    return None;
                }
                m[a][a] = s.sqrt();
            } else {
                m[a][b] = s / m[b][b];
            }
        }
    }
    for v in &mut v {
        for a in 0..UNKNOWNS {
            v[a] = (v[a] - (0..a).map(|k| m[a][k] * v[k]).sum::<f64>()) / m[a][a];
        }
        for a in (0..UNKNOWNS).rev() {
            v[a] = (v[a] - (a + 1..UNKNOWNS).map(|k| m[k][a] * v[k]).sum::<f64>()) / m[a][a];
        }
    }
    Some(v)
}
