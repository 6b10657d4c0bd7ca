//! The blurred step linearised at one set of parameters: residuals, Jacobian, and normal equations for given weights.
//!
//! Weights change more often than parameters, so the Jacobian is kept: renewed weights cost one pass of products.

use crate::aperture::Table;
use crate::erf_fit::Sample;

/// Background, contrast, position, blur, tilt, shading before and behind the edge.
pub const PARAMETERS: usize = 7;
/// Place of the contrast.
pub const CONTRAST: usize = 1;
/// Place of the position.
pub const POSITION: usize = 2;
/// Place of the blur.
pub const SIGMA: usize = 3;
/// Place of the tilt.
pub const TILT: usize = 4;
/// Places of the shading on the side of smaller and of larger v.
pub const SHADING: [usize; 2] = [5, 6];

/// Derivatives by all parameters and the residual.
type Terms = [f64; PARAMETERS + 1];

/// The model at one set of parameters.
pub struct Linearised {
    /// Light minus model.
    pub residuals: Vec<f64>,
    /// Share of the light that comes from the side of larger v.
    pub shares: Vec<f64>,
    /// Derivatives of the pixels in the transition (of all pixels where there is shading).
    terms: Vec<Terms>,
    /// Sample of each entry of `terms`; all others lie on a plateau, where only the light of that side matters.
    of: Vec<u32>,
}

/// Normal equations of the N free parameters.
pub struct Normal<const N: usize> {
    /// Weighted Gram matrix of the derivatives.
    pub h: [[f64; N]; N],
    /// Weighted sums of derivative times residual.
    pub g: [f64; N],
    /// Weighted sum of squared residuals.
    pub cost: f64,
}

impl Linearised {
    /// Linearises at `p`; `table` is the response at the blur of `p`. Without `shaded` both shadings are 0 and stay so.
    #[must_use]
    pub fn at(samples: &[Sample], table: &Table, p: &[f64; PARAMETERS], shaded: bool) -> Self {
        let n = samples.len();
        let mut all = Self {
            residuals: Vec::with_capacity(n),
            shares: Vec::with_capacity(n),
            terms: Vec::with_capacity(n),
            of: Vec::with_capacity(n),
        };
        let reach = if shaded { f64::INFINITY } else { table.reach() };
        let [before, behind] = SHADING.map(|k| p[k]);
        for (i, s) in samples.iter().enumerate() {
            let x = s.v - p[POSITION] - p[TILT] * s.u;
            if x.abs() >= reach {
                let e = if x < 0.0 { 0.0 } else { 1.0 };
                all.residuals.push(s.light - (p[0] + e * p[CONTRAST]));
                all.shares.push(e);
                continue;
            }
            let [e, by_x, by_sigma] = table.at(x);
            let rise = p[CONTRAST] + (behind - before) * x;
            let slope = before * (1.0 - e) + behind * e;
            let residual = s.light - (p[0] + p[CONTRAST] * e + x * slope);
            let by_position = -(rise * by_x + slope);
            all.residuals.push(residual);
            all.shares.push(e);
            all.of.push(i as u32);
            all.terms.push([
                1.0,
                e,
                by_position,
                rise * by_sigma,
                by_position * s.u,
                x * (1.0 - e),
                x * e,
                residual,
            ]);
        }
        all
    }

    /// Normal equations of the parameters `free`, of which background and contrast are the first two.
    #[must_use]
    pub fn normal<const N: usize>(&self, weights: &[f64], free: [usize; N]) -> Normal<N> {
        let last = free[N - 1];
        let columns = [weights, &self.residuals, &self.shares];
        let (levels, products) = if last < SIGMA {
            sums::<1>(columns, &self.terms, &self.of)
        } else if last < SHADING[0] {
            sums::<3>(columns, &self.terms, &self.of)
        } else {
            sums::<5>(columns, &self.terms, &self.of)
        };
        let entry = |a: usize, b: usize| if a < LEVELS { levels[a][b] } else { products[a][b] };
        Normal {
            h: free.map(|a| free.map(|b| entry(a.max(b), a.min(b)))),
            g: free.map(|a| {
                if a < LEVELS {
                    levels[2][a]
                } else {
                    products[a][PARAMETERS]
                }
            }),
            cost: levels[2][2],
        }
    }
}

/// Background and contrast: every pixel has its share in them.
const LEVELS: usize = 2;

/// Weighted sums of 1, e and r with each other over all pixels, and products of the terms with all terms over those that
/// have terms; the first two rows of these stay empty.
type Sums = ([[f64; 3]; 3], [Terms; PARAMETERS]);

/// The sums for R parameters after the levels, compiled for the baseline and for AVX2. Neither fuses multiplications
/// with additions, so both give the same bits.
fn sums<const R: usize>(columns: [&[f64]; 3], terms: &[Terms], of: &[u32]) -> Sums {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn wide<const R: usize>(columns: [&[f64]; 3], terms: &[Terms], of: &[u32]) -> Sums {
            (levels(columns), products::<R>(columns[0], terms, of))
        }
        // SAFETY: the processor has AVX2.
        return unsafe { wide::<R>(columns, terms, of) };
    }
    (levels(columns), products::<R>(columns[0], terms, of))
}

/// Pixels summed side by side.
const LANES: usize = 4;

#[inline(always)]
fn levels([weights, residuals, shares]: [&[f64]; 3]) -> [[f64; 3]; 3] {
    let mut lanes = [[0.0; LANES]; 6];
    let mut add = |k: usize, w: f64, r: f64, e: f64| {
        let (we, wr) = (w * e, w * r);
        for (sum, value) in lanes.iter_mut().zip([w, we, we * e, wr, wr * e, wr * r]) {
            sum[k] += value;
        }
    };
    let ((w, w_rest), (r, r_rest), (e, e_rest)) = (
        weights.as_chunks::<LANES>(),
        residuals.as_chunks::<LANES>(),
        shares.as_chunks::<LANES>(),
    );
    for ((w, r), e) in w.iter().zip(r).zip(e) {
        for k in 0..LANES {
            add(k, w[k], r[k], e[k]);
        }
    }
    for ((w, r), e) in w_rest.iter().zip(r_rest).zip(e_rest) {
        add(0, *w, *r, *e);
    }
    let [one, e, ee, r, re, rr] = lanes.map(|sum| sum.iter().sum::<f64>());
    [[one, e, r], [e, ee, re], [r, re, rr]]
}

#[inline(always)]
fn products<const R: usize>(weights: &[f64], terms: &[Terms], of: &[u32]) -> [Terms; PARAMETERS] {
    let mut sums = [[0.0; PARAMETERS + 1]; R];
    for (row, &i) in terms.iter().zip(of) {
        let w = weights[i as usize];
        for (sum, term) in sums.iter_mut().zip(&row[LEVELS..]) {
            let weighted = w * term;
            for (s, t) in sum.iter_mut().zip(row) {
                *s += weighted * t;
            }
        }
    }
    let mut all = [[0.0; PARAMETERS + 1]; PARAMETERS];
    all[LEVELS..LEVELS + R].copy_from_slice(&sums);
    all
}
