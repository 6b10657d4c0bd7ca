//! Factory emboss (linen and the like): the slopes' own periodic waves, found in their spectrum and taken out of it.
//!
//! A scratch is broad in frequency and an emboss narrow: a notch at each of its waves leaves the scratch nearly whole,
//! while the emboss no longer raises the noise that a scratch has to stand out of. Amplitude and phase of a wave may
//! change over the card; they are followed by demodulation with a window of a few millimetres, in which places that
//! answer unlike their neighbours do not count: there damage holds a share of the wave's frequency, and a notch that
//! followed it would take that share of its depth away.

use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median, quantile};
use imaging::fastest;
use imaging::{Cancel, Result};
use rayon::prelude::*;
use rustfft::{FftPlanner, num_complex::Complex32};

/// Side of a sample of the spectrum, mm; waves of a shorter period than three such are told apart from relief.
const SAMPLE_MM: f64 = 0.08;
/// Samples along a tile of the spectrum.
const TILE: usize = 64;
/// Tiles wanted along each side of the card.
const TILES: usize = 6;
/// Longest period of an emboss, mm.
const LONGEST_MM: f64 = 0.9;
/// Power of a wave over that of the other frequencies, and of those beside it: relief and print rise towards low
/// frequencies, where a wave is a line of its own.
const STANDS_OUT: f32 = 40.0;
/// Share of the tiles that may lack a wave.
const LACKING: f64 = 0.25;
/// Most waves removed.
const MOST: usize = 16;
/// Cell of the demodulation, mm, and deviation of the window over cells.
const CELL_MM: f64 = 0.64;
const WINDOW: f32 = 1.5;
/// What lies further out than this many deviations is damage, not emboss.
const CLIP: f32 = 4.0;
/// Rounds of the robust mean of a wave, and the deviation in robust standard deviations at which a cell counts a quarter.
const ROUNDS: usize = 5;
const APART: f32 = 2.5;

/// Takes the emboss out of a level's slopes; the number of waves found (0 for plain stock).
///
/// # Errors
/// Only when cancelled.
pub fn remove(level: &mut Level, pitch_mm: f64, cancel: &Cancel) -> Result<usize> {
    let waves = waves(level, pitch_mm);
    let clip = CLIP * spread(level);
    for &wave in &waves {
        cancel.check()?;
        notch(level, wave, clip, pitch_mm);
    }
    Ok(waves.len())
}

/// Robust standard deviation of the slopes.
fn spread(level: &Level) -> f32 {
    let judged = (0..level.mask.len()).step_by(97).filter(|&i| level.mask[i] != 0);
    let sample = judged.flat_map(|i| [level.p[i].abs(), level.q[i].abs()]);
    MAD_TO_SIGMA * median(sample)
}

/// Frequencies (cycles a pixel along x and y) of the waves that run through most of the card. Slopes are one complex
/// number, `p + i q`, so that a real wave is two lines of the spectrum, one at each sign of its frequency.
fn waves(level: &Level, pitch_mm: f64) -> Vec<[f32; 2]> {
    let side = ((SAMPLE_MM / pitch_mm).round() as usize).max(1);
    let span = TILE * side;
    if level.w < span || level.h < span {
        return Vec::new();
    }
    let fft = FftPlanner::new().plan_fft_forward(TILE);
    let starts = |n: usize| (0..TILES).map(move |i| (n - span) * i / (TILES - 1));
    let tiles: Vec<(usize, usize)> = starts(level.h)
        .flat_map(|y| starts(level.w).map(move |x| (x, y)))
        .collect();
    let spectra: Vec<Vec<f32>> = tiles
        .par_iter()
        .filter_map(|&(x, y)| spectrum(level, x, y, side, fft.as_ref()))
        .collect();
    if spectra.len() < TILES {
        return Vec::new();
    }
    // A low quantile over the tiles: damage and print stand in few of them, an emboss in all.
    let power: Vec<f32> = (0..TILE * TILE)
        .map(|k| quantile(spectra.iter().map(|s| s[k]), LACKING))
        .collect();
    peaks(&power, side as f64 * pitch_mm)
        .into_iter()
        .map(|f| f.map(|v| v / side as f32))
        .collect()
}

/// Power of a tile under a Hann window; `None` where too much of it is not judged.
fn spectrum(level: &Level, x0: usize, y0: usize, side: usize, fft: &dyn rustfft::Fft<f32>) -> Option<Vec<f32>> {
    let mut z = vec![Complex32::default(); TILE * TILE];
    let window: Vec<f32> = (0..TILE)
        .map(|i| (std::f32::consts::PI * (i as f32 + 0.5) / TILE as f32).sin().powi(2))
        .collect();
    let mut judged = 0;
    for (k, out) in z.iter_mut().enumerate() {
        let (cx, cy) = (k % TILE, k / TILE);
        for y in y0 + cy * side..y0 + (cy + 1) * side {
            let row = y * level.w + x0 + cx * side;
            for i in row..row + side {
                judged += usize::from(level.mask[i]);
                *out += Complex32::new(level.p[i], level.q[i]);
            }
        }
        *out *= window[cx] * window[cy];
    }
    if 10 * judged < 9 * TILE * TILE * side * side {
        return None;
    }
    fft.process(&mut z);
    let mut turned: Vec<Complex32> = (0..TILE * TILE).map(|k| z[k % TILE * TILE + k / TILE]).collect();
    fft.process(&mut turned);
    // Turned: the first index runs over x's frequencies.
    Some(
        (0..TILE * TILE)
            .map(|k| turned[k % TILE * TILE + k / TILE].norm_sqr())
            .collect(),
    )
}

/// Peaks of a spectrum, strongest first, cycles a sample; refined by a parabola through the logarithms.
fn peaks(power: &[f32], sample_mm: f64) -> Vec<[f32; 2]> {
    let n = TILE as i32;
    let signed = |k: i32| if k < n / 2 { k } else { k - n };
    let at = |x: i32, y: i32| power[(y.rem_euclid(n) * n + x.rem_euclid(n)) as usize];
    let longest = (TILE as f64 * sample_mm / LONGEST_MM) as f32;
    let inside = |x: i32, y: i32| {
        let r = (signed(x) as f32).hypot(signed(y) as f32);
        r > longest && r < 0.45 * TILE as f32
    };
    let all = (0..n)
        .flat_map(|y| (0..n).map(move |x| (x, y)))
        .filter(|&(x, y)| inside(x, y));
    let band: Vec<f32> = all.clone().map(|(x, y)| at(x, y)).collect();
    let floor = quantile(&band, 0.5).max(1e-20);
    let tops = all.filter(|&(x, y)| {
        let here = at(x, y);
        let near = (-2..=2)
            .flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)))
            .filter(|&d| d != (0, 0));
        here > STANDS_OUT * floor && near.clone().all(|(dx, dy)| at(x + dx, y + dy) < here) && {
            let ring = (-5i32..=5).flat_map(|dy| (-5i32..=5).map(move |dx| (dx, dy)));
            let ring = ring.filter(|&(dx, dy)| dx.abs().max(dy.abs()) >= 3);
            let beside = ring.map(|(dx, dy)| at(x + dx, y + dy));
            here > STANDS_OUT * quantile(beside, 0.75)
        }
    });
    let mut found: Vec<(f32, [f32; 2])> = tops
        .map(|(x, y)| {
            let shift = |a: f32, b: f32, c: f32| {
                let (a, b, c) = (a.max(1e-30).ln(), b.ln(), c.max(1e-30).ln());
                (0.5 * (a - c) / (a - 2.0 * b + c).min(-1e-6)).clamp(-0.5, 0.5)
            };
            let here = at(x, y);
            let fx = signed(x) as f32 + shift(at(x - 1, y), here, at(x + 1, y));
            let fy = signed(y) as f32 + shift(at(x, y - 1), here, at(x, y + 1));
            (here, [fx / TILE as f32, fy / TILE as f32])
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(MOST);
    found.into_iter().map(|f| f.1).collect()
}

/// Cosine and sine of `-2 pi f x` for each x.
fn phasors(f: f32, n: usize) -> [Vec<f32>; 2] {
    let angle = |x: usize| -std::f64::consts::TAU * (f64::from(f) * x as f64).rem_euclid(1.0);
    [
        (0..n).map(|x| angle(x).cos() as f32).collect(),
        (0..n).map(|x| angle(x).sin() as f32).collect(),
    ]
}

/// Demodulates one wave, smooths its amplitude over the window, and subtracts it.
fn notch(level: &mut Level, [fx, fy]: [f32; 2], clip: f32, pitch_mm: f64) {
    let cell = ((CELL_MM / pitch_mm).round() as usize).max(4);
    let (w, columns, rows) = (level.w, level.w.div_ceil(cell), level.h.div_ceil(cell));
    let (across, down) = (phasors(fx, level.w), phasors(fy, level.h));
    let mut sums: Vec<[f32; 3]> = vec![[0.0; 3]; columns * rows];
    let source = &*level;
    sums.par_chunks_mut(columns).enumerate().for_each(|(cy, out)| {
        for y in cy * cell..((cy + 1) * cell).min(source.h) {
            let at = y * w..(y + 1) * w;
            let (p, q, mask) = (&source.p[at.clone()], &source.q[at.clone()], &source.mask[at]);
            let turn = [down[0][y], down[1][y]];
            for (cx, out) in out.iter_mut().enumerate() {
                let (mut re, mut im, mut n) = (0f32, 0f32, 0f32);
                for x in cx * cell..((cx + 1) * cell).min(w) {
                    let (c, s) = (across[0][x], across[1][x]);
                    let (a, b) = (p[x].clamp(-clip, clip), q[x].clamp(-clip, clip));
                    re += a * c - b * s;
                    im += a * s + b * c;
                    n += f32::from(mask[x]);
                }
                out[0] += re * turn[0] - im * turn[1];
                out[1] += re * turn[1] + im * turn[0];
                out[2] += n;
            }
        }
    });
    let amplitude = agreed(&sums, columns, rows);
    let rows_out = level.p.par_chunks_mut(w).zip(level.q.par_chunks_mut(w));
    let rows_out = rows_out.zip(level.mask.par_chunks(w)).enumerate();
    rows_out.for_each_init(
        || [vec![0f32; columns], vec![0f32; columns]],
        |line, (y, ((p, q), mask))| {
            let v = ((y as f32 + 0.5) / cell as f32 - 0.5).clamp(0.0, rows as f32 - 1.0);
            let (y0, t) = (v as usize, v.fract());
            let y1 = (y0 + 1).min(rows - 1);
            for x in 0..columns {
                let (a, b) = (amplitude[y0 * columns + x], amplitude[y1 * columns + x]);
                // Back by the row's own phase.
                let (re, im) = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]));
                line[0][x] = re * down[0][y] + im * down[1][y];
                line[1][x] = im * down[0][y] - re * down[1][y];
            }
            let wave = Wave {
                amplitude: [&line[0], &line[1]],
                across: [&across[0], &across[1]],
                cell,
            };
            subtract(&wave, p, q, mask);
        },
    );
}

/// Amplitude of a wave along one row, by cell, and its phasors, by column.
struct Wave<'a> {
    amplitude: [&'a [f32]; 2],
    across: [&'a [f32]; 2],
    cell: usize,
}

fastest! {
    fn subtract(wave: &Wave, p: &mut [f32], q: &mut [f32], mask: &[u8]) = subtract_body
}

#[inline(always)]
fn subtract_body(wave: &Wave, p: &mut [f32], q: &mut [f32], mask: &[u8]) {
    let (w, cell, last) = (p.len(), wave.cell, wave.amplitude[0].len() - 1);
    let half = cell / 2;
    let mut x0 = 0;
    let mut k = 0;
    while x0 < w {
        // From the middle of cell k - 1 to the middle of cell k.
        let x1 = (k * cell + half).min(w);
        let (a, b) = (k.saturating_sub(1).min(last), k.min(last));
        let [re, im] = [0, 1].map(|i| (wave.amplitude[i][a], wave.amplitude[i][b]));
        let start = (k * cell + half) as f32 - cell as f32;
        for x in x0..x1 {
            let t = (x as f32 + 0.5 - start) / cell as f32;
            let (u, v) = (re.0 + t * (re.1 - re.0), im.0 + t * (im.1 - im.0));
            let (c, s) = (wave.across[0][x], wave.across[1][x]);
            let on = f32::from(mask[x]);
            p[x] -= on * (u * c + v * s);
            q[x] -= on * (v * c - u * s);
        }
        (x0, k) = (x1, k + 1);
    }
}

/// The amplitude of the wave by cell that its neighbourhood agrees on: a mean over the window by the weights of Geman
/// and McClure (1987), `1 / (1 + r^2)^2` of what a cell differs from the mean, which forget a cell that is far off.
fn agreed(sums: &[[f32; 3]], columns: usize, rows: usize) -> Vec<[f32; 2]> {
    let mut amplitude = windowed(sums, columns, rows);
    for _ in 1..ROUNDS {
        let apart = |(s, a): (&[f32; 3], &[f32; 2])| (s[0] / s[2] - a[0]).hypot(s[1] / s[2] - a[1]);
        let off: Vec<f32> = sums.iter().zip(&amplitude).map(apart).collect();
        let judged = off.iter().zip(sums).filter(|(_, s)| s[2] > 0.0);
        let limit = APART * MAD_TO_SIGMA * median(judged.map(|(r, _)| *r));
        let weigh = |(s, r): (&[f32; 3], &f32)| {
            let r = r / limit.max(f32::MIN_POSITIVE);
            // Nothing is known of a cell without a judged pixel.
            let weight = if s[2] > 0.0 { (1.0 + r * r).powi(-2) } else { 0.0 };
            s.map(|v| weight * v)
        };
        let weighed: Vec<[f32; 3]> = sums.iter().zip(&off).map(weigh).collect();
        amplitude = windowed(&weighed, columns, rows);
    }
    amplitude
}

/// Sums over sums of a Gaussian window: the amplitude of the wave by cell.
fn windowed(sums: &[[f32; 3]], columns: usize, rows: usize) -> Vec<[f32; 2]> {
    let reach = (3.0 * WINDOW) as usize;
    let weight: Vec<f32> = (0..=reach)
        .map(|d| (-0.5 * (d as f32 / WINDOW).powi(2)).exp())
        .collect();
    let pass = |from: &[[f32; 3]], stride: usize, place: &dyn Fn(usize) -> (usize, usize)| -> Vec<[f32; 3]> {
        let each = |k: usize| {
            let (i, n) = place(k);
            let near = i.saturating_sub(reach)..=(i + reach).min(n - 1);
            near.fold([0.0; 3], |mut sum, j| {
                let from = from[k + j * stride - i * stride];
                (0..3).for_each(|c| sum[c] += weight[j.abs_diff(i)] * from[c]);
                sum
            })
        };
        (0..from.len()).map(each).collect()
    };
    let across = pass(sums, 1, &|k| (k % columns, columns));
    let both = pass(&across, columns, &|k| (k / columns, rows));
    both.iter()
        .map(|s| [0, 1].map(|c| s[c] / s[2].max(f32::MIN_POSITIVE)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels along a side, pixel (mm) and period of the weave (pixels).
    const N: usize = 640;
    const PITCH: f64 = 0.04;
    const PERIOD: f32 = 12.5;

    /// Slope along x and y of a groove across the diagonal, as deep as the weave is high and as wide as half its wave.
    fn groove(k: usize) -> [f32; 2] {
        let u = ((k % N) as f32 - (k / N) as f32) * std::f32::consts::FRAC_1_SQRT_2;
        let middle = (k % N + k / N).abs_diff(N) < 100;
        let slope = if middle { 0.03 * u * (-u * u / 8.0).exp() } else { 0.0 };
        [slope, -slope]
    }

    fn weave(k: usize) -> [f32; 2] {
        let turn = std::f32::consts::TAU / PERIOD;
        let ((sx, cx), (sy, cy)) = ((turn * (k % N) as f32).sin_cos(), (turn * (k / N) as f32).sin_cos());
        [0.025 * cx * sy, 0.025 * sx * cy]
    }

    #[test]
    fn a_groove_along_the_weave_keeps_its_depth() {
        let slope = |axis: usize| {
            move |k: usize| {
                // Even noise of 0.5 %: without any, the robust scale of the cells would be rounding.
                let mixed = ((2 * k + axis + 1) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                let noise = 0.017 * ((mixed >> 40) as f32 / (1 << 24) as f32 - 0.5);
                groove(k)[axis] + weave(k)[axis] + noise
            }
        };
        let mut level = Level {
            p: (0..N * N).map(slope(0)).collect(),
            q: (0..N * N).map(slope(1)).collect(),
            mask: vec![1; N * N],
            ..Level::of_places(N, N, 1.0, [0.0; 2])
        };
        assert_eq!(remove(&mut level, PITCH, &Cancel::new()).unwrap(), 4);
        let sums = |f: &dyn Fn(usize) -> [f32; 2]| {
            (0..N * N).fold([0f64; 2], |s, k| {
                let t = f(k);
                let dot = |a: [f32; 2]| f64::from(a[0] * t[0] + a[1] * t[1]);
                [s[0] + dot([level.p[k], level.q[k]]), s[1] + dot(t)]
            })
        };
        let kept = |f: &dyn Fn(usize) -> [f32; 2]| sums(f)[0] / sums(f)[1];
        assert!((kept(&groove) - 1.0).abs() < 0.05, "{} of the groove", kept(&groove));
        assert!(kept(&weave).abs() < 0.01, "{} of the weave", kept(&weave));
    }
}
