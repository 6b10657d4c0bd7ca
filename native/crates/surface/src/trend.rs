//! Removes what is not relief from the slopes: the card's bow, and the varnish's shine, which fakes a slope on dark print.

use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median};
use rayon::prelude::*;

/// Powers of x and y in the bow's slope: second order.
const BOW: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)];
/// Powers of x and y in the shine: fourth order, as the lobe of a near light sweeps over the card.
const SHINE: [(usize, usize); 15] = [
    (0, 0),
    (1, 0),
    (0, 1),
    (2, 0),
    (1, 1),
    (0, 2),
    (3, 0),
    (2, 1),
    (1, 2),
    (0, 3),
    (4, 0),
    (3, 1),
    (2, 2),
    (1, 3),
    (0, 4),
];
const UNKNOWNS: usize = BOW.len() + SHINE.len();
/// Albedo below this counts as this: shine over black print has no bound.
const DARKEST: f32 = 0.02;

type Row = [f64; UNKNOWNS];

/// Subtracts two smooth fields from either slope: `bow(x, y)`, since low frequencies of the relief are not
/// trustworthy, and `shine(x, y) / albedo`.
///
/// The second one is what specular light does: it adds to the frames whatever the print, so that the solver's
/// `albedo * normal` is off by a vector that changes slowly over the card, and the slope by that over the albedo. Left
/// alone, every edge of the print looks like a fold. Both are low-order polynomials, fitted together to
/// `albedo * slope`, whose noise is even, with rejection of what does not fit.
pub fn remove(level: &mut Level, luma: &[f32]) {
    let stride = ((level.w * level.h) as f64 / 40_000.0).sqrt().ceil().max(1.0) as usize;
    let (w, h) = (level.w, level.h);
    let mut at = Vec::new();
    for y in (0..h).step_by(stride) {
        at.extend(
            (0..w)
                .step_by(stride)
                .map(|x| y * w + x)
                .filter(|&i| level.mask[i] != 0),
        );
    }
    if at.len() < 50 * UNKNOWNS {
        return;
    }
    let place = |i: usize, n: usize| 2.0 * i as f64 / n as f64 - 1.0;
    let rows: Vec<Row> = at
        .iter()
        .map(|&i| {
            let (u, v) = (powers(place(i % w, w)), powers(place(i / w, h)));
            let a = f64::from(luma[i].max(DARKEST));
            std::array::from_fn(|k| match k.checked_sub(BOW.len()) {
                None => a * u[BOW[k].0] * v[BOW[k].1],
                Some(s) => u[SHINE[s].0] * v[SHINE[s].1],
            })
        })
        .collect();
    let mask = &level.mask;
    for plane in [&mut level.p, &mut level.q] {
        let values: Vec<f64> = at.iter().map(|&i| f64::from(plane[i] * luma[i].max(DARKEST))).collect();
        let Some(fit) = robust_fit(&rows, &values) else {
            continue;
        };
        plane.par_chunks_mut(w).enumerate().for_each(|(y, row)| {
            let v = powers(place(y, h));
            let bow = along_row(&fit[..BOW.len()], &BOW, &v);
            let shine = along_row(&fit[BOW.len()..], &SHINE, &v);
            for x in 0..w {
                let i = y * w + x;
                if mask[i] != 0 {
                    let u = place(x, w);
                    row[x] -= (value(&bow, u) + value(&shine, u) / f64::from(luma[i].max(DARKEST))) as f32;
                }
            }
        });
    }
}

/// 1, x, x^2, x^3, x^4.
fn powers(x: f64) -> [f64; 5] {
    [1.0, x, x * x, x * x * x, x * x * x * x]
}

/// A polynomial in x and y on one row: its coefficients of x alone.
fn along_row(fit: &[f64], terms: &[(usize, usize)], v: &[f64; 5]) -> [f64; 5] {
    let mut out = [0.0; 5];
    for (c, (i, j)) in fit.iter().zip(terms) {
        out[*i] += c * v[*j];
    }
    out
}

/// Horner's scheme.
fn value(c: &[f64; 5], x: f64) -> f64 {
    (((c[4] * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0]
}

/// Least squares with four rounds of 3-sigma rejection; `None` where the unknowns cannot be told apart.
fn robust_fit(rows: &[Row], values: &[f64]) -> Option<Row> {
    let mut keep: Vec<usize> = (0..rows.len()).collect();
    let mut fit = solve(rows, values, &keep)?;
    for _ in 0..4 {
        let residual = |i: usize| (values[i] - dot(&rows[i], &fit)).abs();
        let mut r: Vec<f32> = (0..rows.len()).map(|i| residual(i) as f32).collect();
        let limit = f64::from(3.0 * MAD_TO_SIGMA * median(&mut r));
        keep = (0..rows.len()).filter(|&i| residual(i) <= limit).collect();
        fit = solve(rows, values, &keep)?;
    }
    Some(fit)
}

fn dot(a: &Row, b: &Row) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Normal equations by Cholesky; a small ridge keeps print of one single tone (where bow and shine cannot be told
/// apart, and need not be) solvable.
fn solve(rows: &[Row], values: &[f64], keep: &[usize]) -> Option<Row> {
    const RIDGE: f64 = 1e-7;
    let mut m = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut v = [0.0; UNKNOWNS];
    for &i in keep {
        for a in 0..UNKNOWNS {
            v[a] += rows[i][a] * values[i];
            for b in 0..=a {
                m[a][b] += rows[i][a] * rows[i][b];
            }
        }
    }
    let scale = (0..UNKNOWNS).map(|k| m[k][k]).sum::<f64>() / UNKNOWNS as f64;
    for k in 0..UNKNOWNS {
        m[k][k] += RIDGE * scale;
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
    for a in 0..UNKNOWNS {
        v[a] = (v[a] - (0..a).map(|k| m[a][k] * v[k]).sum::<f64>()) / m[a][a];
    }
    for a in (0..UNKNOWNS).rev() {
        v[a] = (v[a] - (a + 1..UNKNOWNS).map(|k| m[k][a] * v[k]).sum::<f64>()) / m[a][a];
    }
    Some(v)
}
