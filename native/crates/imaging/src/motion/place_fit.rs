//! The move of one place: least squares of its window's log light on what the reference shows there.

use super::linear::solve;
use super::window::{CELLS, FULL, MARGIN};
use crate::fastest;

/// Likeness below which a place shows something else than the reference's print: highlights, shadows, foil.
const LEAST_LIKENESS: f64 = 0.5;
/// Unknowns of a place: a plane, the contrast, and the move along x and y.
const N: usize = 6;
/// Cells handled together; a row of cells is a multiple of it.
const TOGETHER: usize = 16;

fastest! {
    /// Weighted sums of the products of all unknowns' terms and the light, which comes last. Single precision is enough
    /// for windows around 0: each lane sums 64 cells.
    fn products(terms: &[Vec<f32>; 3], light: &[f32], weights: &[f32], out: &mut [[f64; N + 1]; N + 1]) = products_body
}

#[inline(always)]
fn products_body(terms: &[Vec<f32>; 3], light: &[f32], weights: &[f32], out: &mut [[f64; N + 1]; N + 1]) {
    let mut sums = [[[0.0f32; TOGETHER]; N + 1]; N + 1];
    for at in (0..CELLS * CELLS).step_by(TOGETHER) {
        let wide = |values: &[f32]| -> [f32; TOGETHER] {
            let mut out = [0.0; TOGETHER];
            out.copy_from_slice(&values[at..at + TOGETHER]);
            out
        };
        let (x, y) = places_of(at);
        let rows = [
            [1.0; TOGETHER],
            x,
            [y; TOGETHER],
            wide(&terms[0]),
            wide(&terms[1]),
            wide(&terms[2]),
            wide(light),
        ];
        let w = wide(weights);
        for p in 0..=N {
            let mut weighted = [0.0; TOGETHER];
            for i in 0..TOGETHER {
                weighted[i] = w[i] * rows[p][i];
            }
            for q in p..=N {
                for i in 0..TOGETHER {
                    sums[p][q][i] += weighted[i] * rows[q][i];
                }
            }
        }
    }
    for p in 0..=N {
        for q in p..=N {
            out[p][q] = sums[p][q].iter().map(|v| f64::from(*v)).sum();
            out[q][p] = out[p][q];
        }
    }
}

/// x of the cells from `at` on, and their y: from -1 to 1 over a window.
#[inline(always)]
fn places_of(at: usize) -> ([f32; TOGETHER], f32) {
    let mut x = [0.0; TOGETHER];
    for (i, x) in x.iter_mut().enumerate() {
        *x = (at % CELLS + i) as f32 / 16.0 - 1.0;
    }
    (x, (at / CELLS) as f32 / 16.0 - 1.0)
}

fastest! {
    /// Cauchy's weights of the cells that have one, by what the fit leaves of their light.
    fn reweigh(terms: &[Vec<f32>; 3], light: &[f32], fit: &[f32; N], scale: f32, weights: &mut [f32]) = reweigh_body
}

#[inline(always)]
fn reweigh_body(terms: &[Vec<f32>; 3], light: &[f32], fit: &[f32; N], scale: f32, weights: &mut [f32]) {
    for at in (0..CELLS * CELLS).step_by(TOGETHER) {
        let (x, y) = places_of(at);
        let here = at..at + TOGETHER;
        let [l, gx, gy] = terms.each_ref().map(|t| &t[here.clone()]);
        let (light, weights) = (&light[here.clone()], &mut weights[here]);
        for i in 0..TOGETHER {
            let expected = fit[0] + x[i] * fit[1] + y * fit[2] + l[i] * fit[3] + gx[i] * fit[4] + gy[i] * fit[5];
            let off = light[i] - expected;
            let weight = 1.0 / (1.0 + off * off * scale);
            weights[i] = if weights[i] > 0.0 { weight } else { weights[i] };
        }
    }
}

/// What one place says of its own further move.
pub(super) struct PlaceFit {
    /// Cells right and down.
    pub(super) update: [f64; 2],
    /// Of that.
    pub(super) covariance: [[f64; 2]; 2],
}

/// Place of cell `i` in a window with its margin.
pub(super) fn inner(i: usize) -> usize {
    (i / CELLS + MARGIN) * FULL + i % CELLS + MARGIN
}

/// Least squares of the moved frame's log light on a plane, the reference's log light and its gradient; twice, the second
/// time with less weight for cells that do not fit. `terms` are the reference's log light and its gradient with the sign
/// turned; `reference` and `sound` tell where each window is to be trusted.
pub(super) fn fit_place(terms: &[Vec<f32>; 3], reference: &[f32], light: &[f32], sound: &[f32]) -> Option<PlaceFit> {
    let sound_in_both = |i: usize| reference[inner(i)] * sound[inner(i)];
    let mut weights: Vec<f32> = (0..CELLS * CELLS).map(sound_in_both).collect();
    let mut answer = None;
    for _ in 0..2 {
        let mut all = [[0.0; N + 1]; N + 1];
        products(terms, light, &weights, &mut all);
        let a: [[f64; N]; N] = std::array::from_fn(|p| std::array::from_fn(|q| all[p][q]));
        let b: [f64; N] = std::array::from_fn(|p| all[p][N]);
        let (squares, count) = (all[N][N], all[0][0]);
        if count < (CELLS * CELLS) as f64 / 4.0 {
            return None;
        }
        let x = solve(a, b)?;
        let dot: f64 = x.iter().zip(b).map(|(x, b)| x * b).sum();
        let rest = (squares - dot).max(0.0) / count;
        answer = Some((a, b, x, squares, rest, count));
        let scale = 1.0 / (9.0 * rest).max(1e-12) as f32;
        reweigh(terms, light, &x.map(|v| v as f32), scale, &mut weights);
    }
    let (a, b, x, squares, rest, count) = answer?;
    // How much of what a plane leaves is explained by the print.
    let plane = solve(
        std::array::from_fn::<_, 3, _>(|p| std::array::from_fn(|q| a[p][q])),
        [b[0], b[1], b[2]],
    )?;
    let flat = (squares - plane.iter().zip(b).map(|(x, b)| x * b).sum::<f64>()) / count;
    if flat <= 0.0 || 1.0 - rest / flat < LEAST_LIKENESS || x[3] < 0.2 {
        return None;
    }
    // Smoothing by a binomial of one cell leaves an eighth of the cells' noise independent.
    let variance = 8.0 * rest;
    let column = |k: usize| {
        let mut unit = [0.0; N];
        unit[k] = 1.0;
        solve(a, unit)
    };
    let (cx, cy) = (column(4)?, column(5)?);
    Some(PlaceFit {
        // The frame's own gradient is the reference's times the contrast.
        update: [x[4] / x[3], x[5] / x[3]],
        covariance: [
            [variance * cx[4], variance * cx[5]],
            [variance * cy[4], variance * cy[5]],
        ],
    })
}
