//! Removes what is not relief from the slopes: the card's bow, and the varnish's shine, which fakes a slope on dark print.

use crate::mirrors::{Mirrors, mirrors};
use crate::planes::Level;
use crate::shine::{MOST_GAIN, shine_gain};
use crate::stats::median;
use crate::terms::{BOW, Row, SHINE, along_row, dot, place, powers, value};
use crate::trend_fit::{DARKEST, Samples, robust_fit};
use crate::types::Rig;
use imaging::fastest;
use rayon::prelude::*;

/// Half of a side's extent within which no border of foil reaches, as a share.
const MIDDLE: f64 = 0.75;

/// The smooth part of a side's slopes, and where the print mirrors too much for it.
pub struct Trend {
    p: Row,
    q: Row,
    gain: [f64; SHINE.len()],
    size: [usize; 2],
    /// Areas that mirror, for which the trend does not hold.
    mirrors: Option<Mirrors>,
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

    /// The best of this fit, one of what it left out, and one of the card's middle: a broad border of foil may have won
    /// the first, or half of it. A fit of two materials at once leaves more than noise; of those that leave noise only,
    /// the card is the part that shines least, and among equals the largest.
    fn or_better(self, samples: &Samples, level: &Level, luma: &[f32], pitch_mm: f64) -> Option<Self> {
        /// Scatter over the smallest up to which a fit counts as noise only.
        const NOISE: f32 = 1.5;
        /// Mean square of the shine over the smallest up to which two fits shine alike.
        const ALIKE: f64 = 4.0;
        let count = samples.at.len();
        let rest: Vec<usize> = (0..count).filter(|k| self.keep.binary_search(k).is_err()).collect();
        let middle = |i: usize, n: usize| place(i, n).abs() < MIDDLE;
        let inner = |k: &usize| {
            let i = samples.at[*k].0;
            middle(i % level.w, level.w) && middle(i / level.w, level.h)
        };
        let starts = [rest, (0..count).filter(inner).collect()];
        let others = starts
            .into_iter()
            .filter_map(|s| Self::among(samples, s, luma, pitch_mm));
        let mut all: Vec<(Self, f32)> = others.filter(|o| 5 * o.keep.len() > count).map(|c| (c, 0.0)).collect();
        all.push((self, 0.0));
        all.iter_mut().for_each(|(c, scatter)| *scatter = c.scatter(samples));
        let quiet = NOISE * all.iter().map(|c| c.1).fold(f32::INFINITY, f32::min);
        all.retain(|c| c.1 <= quiet);
        let dull = ALIKE * all.iter().map(|c| c.0.shine(samples)).fold(f64::INFINITY, f64::min);
        let alike = all.into_iter().map(|c| c.0).filter(|c| c.shine(samples) <= dull);
        alike.max_by_key(|c| c.keep.len())
    }

    /// Median of what the fit leaves of `albedo * slope`.
    fn scatter(&self, samples: &Samples) -> f32 {
        let left = |&k: &usize, axis: usize| samples.all[k].left(axis, &self.fit[axis]);
        let off = self.keep.iter().map(|k| left(k, 0).hypot(left(k, 1)) as f32);
        median(off)
    }

    /// Mean square of the fitted shine.
    fn shine(&self, samples: &Samples) -> f64 {
        let part = |row: &Row, fit: &Row| dot(row, fit) - (0..BOW.len()).map(|k| row[k] * fit[k]).sum::<f64>();
        let square = |&k: &usize| {
            let terms = samples.all[k].terms();
            self.fit.iter().map(|f| part(terms, f).powi(2)).sum::<f64>()
        };
        self.keep.iter().map(square).sum::<f64>() / self.keep.len().max(1) as f64
    }
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
        let first = Candidate::among(&samples, all, luma, pitch_mm)?;
        let best = if first.mirrors.is_some() {
            first.or_better(&samples, level, luma, pitch_mm)?
        } else {
            first
        };
        let Candidate { keep, fit, mirrors } = best;
        let size = [level.w, level.h];
        let tones: Vec<f32> = keep.iter().map(|&k| luma[samples.at[k].0]).collect();
        let gain = shine_gain(&fit, size, rig, pitch_mm, &tones);
        let [p, q] = fit;
        Some(Self {
            p,
            q,
            gain,
            size,
            mirrors,
        })
    }

    /// Takes the smooth fields out of the slopes and undoes what the shine adds to their steepness; what mirrors is
    /// judged no longer. The number of pixels lost so.
    pub fn take_out(&self, level: &mut Level, luma: &[f32]) -> u64 {
        let w = level.w;
        let rows = level.p.par_chunks_mut(w).zip(level.q.par_chunks_mut(w));
        let rows = rows.zip(level.mask.par_chunks_mut(w)).zip(luma.par_chunks(w));
        rows.enumerate()
            .map(|(y, (((p, q), mask), luma))| self.take_out_of_row(y, p, q, mask, luma))
            .sum()
    }

    /// [`Self::take_out`] of row `y`.
    pub fn take_out_of_row(&self, y: usize, p: &mut [f32], q: &mut [f32], mask: &mut [u8], luma: &[f32]) -> u64 {
        let lost = self.mirrors.as_ref().map_or(0, |m| m.clear(y, mask));
        subtract(&self.on_row(y), p, q, mask, luma);
        lost
    }

    /// Undoes [`Self::take_out`] where the surface is still judged.
    pub fn put_back(&self, level: &mut Level, luma: &[f32]) {
        let w = level.w;
        let rows = level.p.par_chunks_mut(w).zip(level.q.par_chunks_mut(w));
        let rows = rows.zip(level.mask.par_chunks(w)).enumerate();
        rows.for_each(|(y, ((p, q), mask))| add(&self.on_row(y), p, q, mask, &luma[y * w..(y + 1) * w]));
    }

    fn on_row(&self, y: usize) -> Smooth {
        let [w, h] = self.size;
        let v = powers(place(y, h));
        let bow = [&self.p, &self.q].map(|fit| along_row(&fit[..BOW.len()], &BOW, &v).map(|c| c as f32));
        let shine = [&self.p, &self.q].map(|fit| along_row(&fit[BOW.len()..], &SHINE, &v).map(|c| c as f32));
        let gain = along_row(&self.gain, &SHINE, &v).map(|c| c as f32);
        Smooth {
            bow,
            shine,
            gain,
            step: 2.0 / w as f32,
        }
    }
}

/// The smooth fields of one row as polynomials in x.
struct Smooth {
    bow: [[f32; 5]; 2],
    shine: [[f32; 5]; 2],
    gain: [f32; 5],
    step: f32,
}

fastest! {
    fn subtract(s: &Smooth, p: &mut [f32], q: &mut [f32], mask: &[u8], luma: &[f32]) = subtract_body
}

#[inline(always)]
fn subtract_body(s: &Smooth, p: &mut [f32], q: &mut [f32], mask: &[u8], luma: &[f32]) {
    let w = p.len();
    let (q, mask, luma) = (&mut q[..w], &mask[..w], &luma[..w]);
    for x in 0..w {
        let u = x as f32 * s.step - 1.0;
        let albedo = luma[x].max(DARKEST);
        let steeper = f32::from(mask[x]) / (albedo + value(&s.gain, u).clamp(0.0, MOST_GAIN));
        p[x] = (albedo * (p[x] - value(&s.bow[0], u)) - value(&s.shine[0], u)) * steeper;
        q[x] = (albedo * (q[x] - value(&s.bow[1], u)) - value(&s.shine[1], u)) * steeper;
    }
}

fastest! {
    fn add(s: &Smooth, p: &mut [f32], q: &mut [f32], mask: &[u8], luma: &[f32]) = add_body
}

#[inline(always)]
fn add_body(s: &Smooth, p: &mut [f32], q: &mut [f32], mask: &[u8], luma: &[f32]) {
    let w = p.len();
    let (q, mask, luma) = (&mut q[..w], &mask[..w], &luma[..w]);
    for x in 0..w {
        let u = x as f32 * s.step - 1.0;
        let albedo = luma[x].max(DARKEST);
        let flatter = albedo + value(&s.gain, u).clamp(0.0, MOST_GAIN);
        let share = f32::from(mask[x]) / albedo;
        p[x] = (p[x] * flatter + value(&s.shine[0], u) + albedo * value(&s.bow[0], u)) * share;
        q[x] = (q[x] * flatter + value(&s.shine[1], u) + albedo * value(&s.bow[1], u)) * share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::UNKNOWNS;

    #[test]
    fn what_is_taken_out_can_be_put_back() {
        const N: usize = 32;
        let row = |k: usize| std::array::from_fn(|i| 1e-3 * ((i + k) % 7) as f64);
        let trend = Trend {
            p: row(1),
            q: row(4),
            gain: std::array::from_fn(|i| if i == 0 { 0.05 } else { 1e-3 * (i % 5) as f64 }),
            size: [N, N],
            mirrors: None,
        };
        assert_eq!(trend.p.len(), UNKNOWNS);
        let mut level = Level {
            p: (0..N * N).map(|k| 0.01 * (k % 11) as f32 - 0.05).collect(),
            q: (0..N * N).map(|k| 0.01 * (k % 13) as f32 - 0.06).collect(),
            mask: vec![1; N * N],
            ..Level::of_places(N, N, 1.0, [0.0; 2])
        };
        let luma: Vec<f32> = (0..N * N).map(|k| 0.01 + 0.09 * (k % 10) as f32).collect();
        let before = level.clone();
        trend.take_out(&mut level, &luma);
        assert!(level.p.iter().zip(&before.p).any(|(a, b)| (a - b).abs() > 1e-3));
        trend.put_back(&mut level, &luma);
        let off = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off(&level.p, &before.p) < 1e-6 && off(&level.q, &before.q) < 1e-6);
    }
}
