//! The noise of one sample as a function of brightness, estimated from the frames themselves.

use crate::tile::{Setup, TILE, Tile};
use rayon::prelude::*;

/// Row pieces looked at; more than enough for a median in each brightness bin.
const PIECES: usize = 384;
/// Pixels of a piece.
const PIECE: usize = 192;
const BINS: usize = 8;

/// `sigma^2 = read + shot * albedo + gain * albedo^2`: read noise, photon noise and light flicker.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// Variance of a dark sample.
    pub read: f32,
    /// Variance per unit of brightness.
    pub shot: f32,
    /// Variance per squared unit of brightness.
    pub gain: f32,
}

impl Noise {
    /// Variance of one sample of a pixel of this albedo.
    #[inline(always)]
    pub fn variance(&self, albedo: f32) -> f32 {
        self.read + albedo * (self.shot + albedo * self.gain)
    }

    /// The same noise as a function of what is left of the brightness when `light` of it, in units of albedo, is taken out
    /// of every sample: its photons have made their noise.
    #[must_use]
    pub fn beneath(&self, light: f32) -> Self {
        Self {
            read: self.variance(light),
            shot: self.shot + 2.0 * light * self.gain,
            gain: self.gain,
        }
    }
}

/// Estimates the noise from second differences along rows of the residuals of the least-squares fit.
///
/// The residual is free of print (albedo) on a matt card, and the second difference removes the smooth part of gloss, so
/// what remains is noise on matt, printed and glossy cards alike (the idea of Immerkaer 1996, on residuals). With three
/// lights there is no residual and the samples themselves are differenced. `floor` is a known standard deviation of a
/// normalised sample.
pub fn estimate(setup: &Setup, width: usize, height: usize, mask: Option<&[u8]>, floor: f32) -> Noise {
    let mut found: Vec<(f32, f32)> = pieces(width, height)
        .into_par_iter()
        .map_init(
            || Tile::new(setup),
            |tile, (x0, y, n)| {
                tile.read(setup, y, x0, n);
                tile.fit(setup);
                let inside = |i: usize| mask.is_none_or(|m| m[y * width + x0 + i] != 0);
                differences(setup, tile, inside)
            },
        )
        .flatten_iter()
        .collect();
    let read = floor * floor;
    if found.len() < 16 {
        return Noise {
            read,
            ..Noise::default()
        };
    }
    sort(&mut found);
    let mut fitted = fit(&bin_medians(&found));
    fitted.read = fitted.read.max(read);
    fitted
}

/// (x0, y, n) of pieces spread over the image by a fixed low-discrepancy rule.
fn pieces(width: usize, height: usize) -> Vec<(usize, usize, usize)> {
    let n = width.min(PIECE).min(TILE);
    if n < 3 {
        return Vec::new();
    }
    let count = PIECES.min((width * height).div_ceil(n));
    (0..count)
        .map(|i| {
            let golden = (i as f64 * 0.618_033_988_749_895).fract();
            let y = ((i as f64 + 0.5) / count as f64 * height as f64) as usize;
            ((golden * (width - n + 1) as f64) as usize, y.min(height - 1), n)
        })
        .collect()
}

/// (brightness, variance) of every third pixel of a tile whose neighbours are inside and unsaturated.
fn differences(setup: &Setup, tile: &Tile, inside: impl Fn(usize) -> bool) -> Vec<(f32, f32)> {
    let lights = setup.count();
    let freedom = if lights > 3 { lights - 3 } else { lights };
    // The median of chi-square with f degrees of freedom (Wilson & Hilferty 1931); 6 = 1 + 4 + 1 of the second difference.
    let scale = 1.0 / (6.0 * freedom as f64 * (1.0 - 2.0 / (9.0 * freedom as f64)).powi(3));
    let usable = |i: usize| inside(i) && !setup.reader.saturated(tile.peaks[i]);
    let (mut sums, mut value) = ([0.0f32; TILE], [0.0f32; TILE]);
    for k in 0..lights {
        if lights > 3 {
            tile.residuals(setup, k, &mut value);
        } else {
            value.copy_from_slice(&tile.samples[k * TILE..(k + 1) * TILE]);
        }
        for i in 1..tile.n.max(1) - 1 {
            let second = value[i - 1] - 2.0 * value[i] + value[i + 1];
            sums[i] += second * second;
        }
    }
    (1..tile.n.saturating_sub(1))
        .step_by(3)
        .filter(|&i| usable(i - 1) && usable(i) && usable(i + 1))
        .map(|i| {
            let length = tile.g.iter().map(|g| g[i] * g[i]).sum::<f32>().sqrt();
            (length, (f64::from(sums[i]) * scale) as f32)
        })
        .collect()
}

/// Sorts pairs of numbers that are not negative: their bits are in the order of their values.
fn sort(pairs: &mut [(f32, f32)]) {
    pairs.sort_unstable_by_key(|&(a, b)| u64::from(a.to_bits()) << 32 | u64::from(b.to_bits()));
}

/// Median brightness and variance of bins with equal counts; `sorted` by brightness.
fn bin_medians(sorted: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let bins = BINS.min(sorted.len() / 8).max(1);
    (0..bins)
        .map(|b| {
            let part = &sorted[b * sorted.len() / bins..(b + 1) * sorted.len() / bins];
            let mut variances: Vec<f32> = part.iter().map(|p| p.1).collect();
            let middle = variances.len() / 2;
            let (_, median, _) = variances.select_nth_unstable_by(middle, f32::total_cmp);
            (part[part.len() / 2].0, *median)
        })
        .collect()
}

/// Non-negative weighted least squares of the three terms: the best of all subsets whose coefficients are not negative.
fn fit(bins: &[(f32, f32)]) -> Noise {
    let typical = bins.iter().map(|b| f64::from(b.1)).sum::<f64>() / bins.len() as f64;
    if typical <= 0.0 {
        return Noise::default();
    }
    let mut best = (f64::INFINITY, [0.0; 3]);
    for subset in 1u8..8 {
        let Some(c) = fit_subset(bins, subset, typical) else {
            continue;
        };
        let cost: f64 = bins.iter().map(|&b| weighted_error(b, c, typical)).sum();
        // A term more must pay for itself.
        let cost = cost + 1e-3 * f64::from(subset.count_ones());
        if c.iter().all(|v| *v >= 0.0) && cost < best.0 {
            best = (cost, c);
        }
    }
    let [read, shot, gain] = best.1.map(|v| v as f32);
    Noise { read, shot, gain }
}

fn weight(variance: f32, typical: f64) -> f64 {
    1.0 / (f64::from(variance) + 0.1 * typical).powi(2)
}

fn weighted_error((level, variance): (f32, f32), c: [f64; 3], typical: f64) -> f64 {
    let l = f64::from(level);
    (c[0] + l * (c[1] + l * c[2]) - f64::from(variance)).powi(2) * weight(variance, typical)
}

fn fit_subset(bins: &[(f32, f32)], subset: u8, typical: f64) -> Option<[f64; 3]> {
    // Excluded terms get a unit diagonal and no right-hand side, hence 0.
    let used = [0, 1, 2].map(|j| f64::from(subset >> j & 1));
    let mut m = [0.0; 6];
    let mut b = [0.0; 3];
    for &(level, variance) in bins {
        let l = f64::from(level);
        let basis = [used[0], used[1] * l, used[2] * l * l];
        let w = weight(variance, typical);
        crate::linear::add_outer(&mut m, basis, w);
        for j in 0..3 {
            b[j] += w * basis[j] * f64::from(variance);
        }
    }
    let scale = m[0].max(m[3]).max(m[5]);
    for (j, at) in [0, 3, 5].into_iter().enumerate() {
        m[at] += (1.0 - used[j]) * scale;
    }
    Some(crate::linear::apply(&crate::linear::inverse(&m)?, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photon_and_read_noise_are_told_apart() {
        let bins: Vec<(f32, f32)> = (1..=8)
            .map(|i| (i as f32 / 8.0, 1e-6 + 2e-5 * i as f32 / 8.0))
            .collect();
        let noise = fit(&bins);
        for &(level, variance) in &bins {
            assert!((noise.variance(level) / variance - 1.0).abs() < 0.02, "{noise:?}");
        }
    }

    #[test]
    fn light_that_is_taken_out_leaves_its_noise() {
        let noise = Noise {
            read: 1e-6,
            shot: 2e-5,
            gain: 3e-5,
        };
        for albedo in [0.0, 0.01, 0.5] {
            let (all, left) = (noise.variance(albedo + 0.07), noise.beneath(0.07).variance(albedo));
            assert!((left / all - 1.0).abs() < 1e-5, "at {albedo}: {left} for {all}");
        }
    }

    #[test]
    fn no_noise_is_found_where_there_is_none() {
        assert_eq!(fit(&[(0.5, 0.0), (1.0, 0.0)]), Noise::default());
    }
}
