//! Counter-based random numbers: a value depends on its key alone, so output is the same on any number of threads.

use std::sync::OnceLock;

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
#[inline]
pub(crate) fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A key for one purpose within one seed.
pub(crate) fn key(seed: u64, purpose: u64) -> u64 {
    mix(mix(seed) ^ purpose.wrapping_mul(0xd6e8_feb8_6659_fd93))
}

/// Uniform in 0..1 from the upper 53 bits.
#[inline]
pub(crate) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A sequence of draws for the few choices made per card.
pub(crate) struct Draw {
    key: u64,
    next: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        Self {
            key: key(seed, purpose),
            next: 0,
        }
    }

    /// Uniform in `low..high`.
    pub(crate) fn range(&mut self, low: f64, high: f64) -> f64 {
        self.next += 1;
        low + (high - low) * unit(mix(self.key ^ self.next))
    }

    /// Uniform integer in `0..n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.range(0.0, n as f64) as usize).min(n - 1)
    }
}

const QUANTILES: usize = 1 << 15;

/// Standard normal quantiles at the centres of 32,768 equal cells, scaled to unit variance.
///
/// A look-up costs a tenth of Box-Muller. The largest value is 4.17 sigma: tails beyond it, 3e-5 of all samples, are
/// folded in, and the scaling keeps the variance exact.
pub(crate) fn normal_table() -> &'static [f32] {
    static TABLE: OnceLock<Vec<f32>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let raw: Vec<f64> = (0..QUANTILES)
            .map(|i| quantile((i as f64 + 0.5) / QUANTILES as f64))
            .collect();
        let variance = raw.iter().map(|q| q * q).sum::<f64>() / QUANTILES as f64;
        raw.iter().map(|q| (q / variance.sqrt()) as f32).collect()
    })
}

/// Index into [`normal_table`] number `which` (0..4) of a 64-bit hash.
#[inline]
pub(crate) fn normal_index(bits: u64, which: usize) -> usize {
    (bits >> (16 * which + 1)) as usize & (QUANTILES - 1)
}

/// Inverse of the normal distribution function by bisection: 60 halvings of 18 pass the precision of f64.
fn quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..60 {
        let mid = 0.5 * (low + high);
        if crate::profile::normal_cdf(mid) < p {
            low = mid;
        } else {
            high = mid;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_mean_0_variance_1_and_normal_kurtosis() {
        let table = normal_table();
        let n = 400_000u64;
        let draws: Vec<f64> = (0..n)
            .flat_map(|i| {
                let bits = mix(i ^ 77);
                (0..4).map(move |w| f64::from(table[normal_index(bits, w)]))
            })
            .collect();
        let count = draws.len() as f64;
        let moment = |k: i32| draws.iter().map(|d| d.powi(k)).sum::<f64>() / count;
        assert!(moment(1).abs() < 4.0 / count.sqrt(), "mean {}", moment(1));
        assert!(
            (moment(2) - 1.0).abs() < 4.0 * (2.0 / count).sqrt(),
            "variance {}",
            moment(2)
        );
        assert!((moment(4) - 3.0).abs() < 0.05, "fourth moment {}", moment(4));
    }

    #[test]
    fn quantile_inverts_the_normal_distribution() {
        // Abramowitz and Stegun, table 26.5.
        assert!((quantile(0.975) - 1.959_963_985).abs() < 1e-8);
        assert!((quantile(0.001) + 3.090_232_306).abs() < 1e-8);
    }
}
