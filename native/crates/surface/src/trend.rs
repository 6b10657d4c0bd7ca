//! Removes what is not relief from the slopes: the card's bow, and the varnish's shine, which fakes a slope on dark print.

use crate::plain::components;
use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median, quantile};
use crate::types::Rig;
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

/// The smooth part of a side's slopes, and where the print mirrors too much for it.
pub struct Trend {
    p: Row,
    q: Row,
    gain: [f64; SHINE.len()],
    size: [usize; 2],
    /// Areas that mirror, for which the trend does not hold.
    pub mirrors: Option<Mirrors>,
}

/// Cells of `side` pixels that mirror.
pub struct Mirrors {
    side: usize,
    columns: usize,
    cells: Vec<bool>,
}

impl Mirrors {
    /// Whether the level's pixel lies in such a cell.
    pub fn at(&self, x: usize, y: usize) -> bool {
        self.cells[y / self.side * self.columns + x / self.side]
    }
}

/// Samples of the slopes on a square grid.
struct Samples {
    stride: usize,
    columns: usize,
    /// Pixel, grid cell and terms of each judged sample.
    at: Vec<(usize, usize)>,
    rows: Vec<Row>,
    /// `albedo * slope` along x and y, whose noise is even.
    values: Vec<[f64; 2]>,
}

impl Samples {
    fn take(level: &Level, luma: &[f32]) -> Self {
        const COUNT: f64 = 14_000.0;
        let (w, h) = (level.w, level.h);
        let stride = ((w * h) as f64 / COUNT).sqrt().ceil().max(1.0) as usize;
        let columns = w.div_ceil(stride);
        let mut at = Vec::new();
        for y in (0..h).step_by(stride) {
            let row = (0..w).step_by(stride).filter(|x| level.mask[y * w + x] != 0);
            at.extend(row.map(|x| (y * w + x, y / stride * columns + x / stride)));
        }
        let row = |&(i, _): &(usize, usize)| {
            let (u, v) = (powers(place(i % w, w)), powers(place(i / w, h)));
            let a = f64::from(luma[i].max(DARKEST));
            std::array::from_fn(|k| match k.checked_sub(BOW.len()) {
                None => a * u[BOW[k].0] * v[BOW[k].1],
                Some(s) => u[SHINE[s].0] * v[SHINE[s].1],
            })
        };
        let rows = at.iter().map(row).collect();
        let value = |&(i, _): &(usize, usize)| [level.p[i], level.q[i]].map(|s| f64::from(s * luma[i].max(DARKEST)));
        let values = at.iter().map(value).collect();
        Self {
            stride,
            columns,
            at,
            rows,
            values,
        }
    }
}

/// A fit, what it was made of, and what does not belong to it.
struct Candidate {
    keep: Vec<usize>,
    fit: [Row; 2],
    mirrors: Option<Mirrors>,
}

impl Candidate {
    /// Fits the samples `among`, finds what mirrors beside that fit anywhere, and fits again without it.
    fn among(samples: &Samples, among: Vec<usize>, luma: &[f32], pitch_mm: f64) -> Option<Self> {
        let mut fit = robust_fit(samples, &among)?;
        let mirrors = mirrors(samples, &fit, luma, pitch_mm);
        let mut keep: Vec<usize> = (0..samples.at.len()).collect();
        if let Some(m) = &mirrors {
            keep.retain(|&k| !m.cells[samples.at[k].1]);
            fit = robust_fit(samples, &keep)?;
        }
        Some(Self { keep, fit, mirrors })
    }

    /// Mean square of the fitted shine.
    fn shine(&self, samples: &Samples) -> f64 {
        let part = |row: &Row, fit: &Row| dot(row, fit) - (0..BOW.len()).map(|k| row[k] * fit[k]).sum::<f64>();
        let square = |&k: &usize| self.fit.iter().map(|f| part(&samples.rows[k], f).powi(2)).sum::<f64>();
        self.keep.iter().map(square).sum::<f64>() / self.keep.len().max(1) as f64
    }
}

fn place(i: usize, n: usize) -> f64 {
    2.0 * i as f64 / n as f64 - 1.0
}

impl Trend {
    /// Fits two smooth fields to the slopes: `bow(x, y)`, since low frequencies of the relief are not trustworthy, and
    /// `shine(x, y) / albedo`. `None` where too little is judged.
    ///
    /// The second one is what specular light does: it adds to the frames whatever the print, so that the solver's
    /// `albedo * normal` is off by a vector that changes slowly over the card, and the slope by that over the albedo.
    /// Left alone, every edge of the print looks like a fold. Both are low-order polynomials, fitted together to
    /// `albedo * slope`, whose noise is even, with rejection of what does not fit. Areas that mirror more than the
    /// rest (foil) are found by the slope that the fit leaves there and left out of a second fit.
    ///
    /// The same lobe makes relief look steeper than it is, by `1 + gain / albedo`: see [`shine_gain`].
    pub fn fit(level: &Level, luma: &[f32], rig: &Rig, pitch_mm: f64) -> Option<Self> {
        let samples = Samples::take(level, luma);
        let all: Vec<usize> = (0..samples.at.len()).collect();
        let mut best = Candidate::among(&samples, all, luma, pitch_mm)?;
        if 5 * best.keep.len() < 4 * samples.at.len() {
            // A broad foil border may have won the fit; of two answers the card is the part that shines less.
            let rest: Vec<usize> = (0..samples.at.len())
                .filter(|k| best.keep.binary_search(k).is_err())
                .collect();
            let other = Candidate::among(&samples, rest, luma, pitch_mm);
            best = match other {
                Some(o) if o.shine(&samples) < best.shine(&samples) => o,
                _ => best,
            };
        }
        let Candidate { keep, fit, mirrors } = best;
        let size = [level.w, level.h];
        let mut tones: Vec<f32> = keep.iter().map(|&k| luma[samples.at[k].0]).collect();
        let gain = shine_gain(&fit, size, rig, pitch_mm, &mut tones);
        let [p, q] = fit;
        Some(Self {
            p,
            q,
            gain,
            size,
            mirrors,
        })
    }

    /// Takes the smooth fields out of one row of slopes and undoes what the shine adds to their steepness.
    pub fn remove(&self, y: usize, p: &mut [f32], q: &mut [f32], mask: &[u8], luma: &[f32]) {
        let [w, h] = self.size;
        let v = powers(place(y, h));
        let bow = [&self.p, &self.q].map(|fit| along_row(&fit[..BOW.len()], &BOW, &v).map(|c| c as f32));
        let shine = [&self.p, &self.q].map(|fit| along_row(&fit[BOW.len()..], &SHINE, &v).map(|c| c as f32));
        let gain = along_row(&self.gain, &SHINE, &v).map(|c| c as f32);
        let step = 2.0 / w as f32;
        for x in 0..w {
            let u = x as f32 * step - 1.0;
            let albedo = luma[x].max(DARKEST);
            let steeper = f32::from(mask[x]) / (albedo + value(&gain, u).clamp(0.0, MOST_GAIN));
            p[x] = (albedo * (p[x] - value(&bow[0], u)) - value(&shine[0], u)) * steeper;
            q[x] = (albedo * (q[x] - value(&bow[1], u)) - value(&shine[1], u)) * steeper;
        }
    }
}

/// Slope that the fit leaves over an area that mirrors; the card itself is flatter than that.
const MIRROR_SLOPE: f64 = 0.03;
/// The same in units of albedo times slope, for dark print.
const MIRROR_LIGHT: f64 = 0.01;
/// Smallest area that mirrors, mm2; dents and bent corners are smaller.
const MIRROR_AREA_MM2: f64 = 40.0;

/// Large areas whose mean slope over 3 x 3 samples stays far off the fit: foil answers to the lights' directions as a
/// tilted surface would.
fn mirrors(s: &Samples, [fp, fq]: &[Row; 2], luma: &[f32], pitch_mm: f64) -> Option<Mirrors> {
    let rows = s.at.last()?.1 / s.columns + 1;
    let mut left = vec![[0.0; 3]; s.columns * rows];
    for (k, &(i, cell)) in s.at.iter().enumerate() {
        // The slope on bright print, what the light does on dark print: there noise alone makes slopes.
        let a = f64::from(luma[i]).max(MIRROR_LIGHT / MIRROR_SLOPE);
        left[cell] = [
            (s.values[k][0] - dot(&s.rows[k], fp)) / a,
            (s.values[k][1] - dot(&s.rows[k], fq)) / a,
            1.0,
        ];
    }
    let around = |cell: usize| {
        let (x, y) = (cell % s.columns, cell / s.columns);
        let xs = x.saturating_sub(1)..=(x + 1).min(s.columns - 1);
        (y.saturating_sub(1)..=(y + 1).min(rows - 1)).flat_map(move |v| xs.clone().map(move |u| v * s.columns + u))
    };
    let steep: Vec<bool> = (0..left.len())
        .map(|cell| {
            let mut all: Vec<[f64; 3]> = around(cell).map(|j| left[j]).filter(|v| v[2] > 0.0).collect();
            let middle = |axis: usize, all: &mut Vec<[f64; 3]>| {
                all.sort_by(|a, b| a[axis].total_cmp(&b[axis]));
                all.get(all.len() / 2).map_or(0.0, |v| v[axis])
            };
            left[cell][2] > 0.0 && all.len() > 2 && middle(0, &mut all).hypot(middle(1, &mut all)) > MIRROR_SLOPE
        })
        .collect();
    let fewest = (MIRROR_AREA_MM2 / (s.stride as f64 * pitch_mm).powi(2)).ceil() as usize;
    let mut cells = vec![false; steep.len()];
    for part in components(&steep, s.columns, true).iter().filter(|p| p.len() >= fewest) {
        part.iter().flat_map(|&cell| around(cell)).for_each(|j| cells[j] = true);
    }
    cells.contains(&true).then_some(Mirrors {
        side: s.stride,
        columns: s.columns,
        cells,
    })
}

/// Largest gain believed, in units of albedo; a lobe that strong is foil.
const MOST_GAIN: f32 = 1.0;

/// How much steeper relief looks under the varnish's shine, in units of albedo, as coefficients of [`SHINE`]'s terms.
///
/// A specular lobe answers to the angle between normal and half-vector. Over the card the half-vector turns by
/// `x (1 / D + sin e / R) / 2` (camera at D, lights at R and elevation e), and what that turn does to flat card is the
/// fitted shine. A slope turns the angle just the same, so the lobe's answer to a slope is the shine's own derivative
/// over that rate. Where the rig is not known the gain is 0 and nothing is corrected.
///
/// On print of one tone shine cannot be told from bow by the fit. But paper bends about one axis only, and the shine's
/// derivative is the same along both: there the smaller of the two curvatures is taken.
fn shine_gain(
    [fp, fq]: &[Row; 2],
    [w, h]: [usize; 2],
    rig: &Rig,
    pitch_mm: f64,
    tones: &mut [f32],
) -> [f64; SHINE.len()] {
    let mut gain = [0.0; SHINE.len()];
    let rate = turn_rate(rig);
    if rate <= 0.0 {
        return gain;
    }
    let per_mm = |n: usize| 2.0 / (n as f64 * pitch_mm);
    let (dark, bright) = (f64::from(quantile(tones, 0.1)), f64::from(quantile(tones, 0.9)));
    if bright < TWO_TONES * dark {
        // x is the second term of the bow and of the shine, y the third.
        let of = |f: &Row, k: usize, n: usize| {
            -(f[k] * f64::from(quantile(&mut tones.to_vec(), 0.5)) + f[BOW.len() + k]) * per_mm(n) / rate
        };
        gain[0] = of(fp, 1, w).min(of(fq, 2, h)).max(0.0);
        return gain;
    }
    for (k, &(i, j)) in SHINE.iter().enumerate() {
        let mut add = |(i, j): (usize, usize), c: f64| {
            if let Some(to) = SHINE.iter().position(|&t| t == (i, j)) {
                gain[to] -= 0.5 * c / rate;
            }
        };
        if i > 0 {
            add((i - 1, j), fp[BOW.len() + k] * i as f64 * per_mm(w));
        }
        if j > 0 {
            add((i, j - 1), fq[BOW.len() + k] * j as f64 * per_mm(h));
        }
    }
    gain
}

/// Bright over dark print from which shine can be told from bow.
const TWO_TONES: f64 = 1.3;

/// Turn of the half-vector for each mm on the card, radians; 0 where the rig is not known.
fn turn_rate(rig: &Rig) -> f64 {
    let light = rig
        .light_distance_mm
        .map_or(0.0, |r| rig.light_elevation_deg.unwrap_or(45.0).to_radians().sin() / r);
    rig.view_distance_mm.map_or(0.0, |d| 0.5 * (1.0 / d + light))
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
fn value(c: &[f32; 5], x: f32) -> f32 {
    (((c[4] * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0]
}

/// Least squares of both slopes with four rounds of 3-sigma rejection; `None` where the unknowns cannot be told apart.
fn robust_fit(s: &Samples, among: &[usize]) -> Option<[Row; 2]> {
    if among.len() < 50 * UNKNOWNS {
        return None;
    }
    let mut keep = among.to_vec();
    let mut fit = solve(s, &keep)?;
    for _ in 0..4 {
        let off: Vec<[f32; 2]> = among
            .par_iter()
            .map(|&i| [0, 1].map(|c| (s.values[i][c] - dot(&s.rows[i], &fit[c])).abs() as f32))
            .collect();
        let limit = [0, 1].map(|c| 3.0 * MAD_TO_SIGMA * median(&mut off.iter().map(|r| r[c]).collect::<Vec<_>>()));
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

fn dot(a: &Row, b: &Row) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Normal equations of both slopes.
struct Normal {
    m: [[f64; UNKNOWNS]; UNKNOWNS],
    v: [Row; 2],
}

impl Normal {
    fn zero() -> Self {
        Self {
            m: [[0.0; UNKNOWNS]; UNKNOWNS],
            v: [[0.0; UNKNOWNS]; 2],
        }
    }

    fn add(&mut self, row: &Row, values: [f64; 2]) {
        for a in 0..UNKNOWNS {
            self.v[0][a] += row[a] * values[0];
            self.v[1][a] += row[a] * values[1];
            for b in 0..=a {
                self.m[a][b] += row[a] * row[b];
            }
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        for a in 0..UNKNOWNS {
            (0..2).for_each(|c| self.v[c][a] += other.v[c][a]);
            (0..=a).for_each(|b| self.m[a][b] += other.m[a][b]);
        }
        self
    }
}

/// Solves by Cholesky; a small ridge keeps print of one single tone (where bow and shine cannot be told apart, and
/// need not be) solvable.
fn solve(s: &Samples, keep: &[usize]) -> Option<[Row; 2]> {
    const RIDGE: f64 = 1e-7;
    let parts: Vec<Normal> = keep
        .par_chunks(2048)
        .map(|part| {
            let mut normal = Normal::zero();
            part.iter().for_each(|&i| normal.add(&s.rows[i], s.values[i]));
            normal
        })
        .collect();
    let Normal { mut m, mut v } = parts.iter().fold(Normal::zero(), Normal::plus);
    let scale = (0..UNKNOWNS).map(|k| m[k][k]).sum::<f64>() / UNKNOWNS as f64;
    (0..UNKNOWNS).for_each(|k| m[k][k] += RIDGE * scale);
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
