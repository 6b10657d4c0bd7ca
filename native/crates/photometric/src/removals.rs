//! How much the sum of squares falls when samples are removed, for every subset of one, two or three of at most eight.
//!
//! Removing the samples D from a least-squares fit lowers it by `r_D^T (I - H)_DD^-1 r_D`, with r the residuals and H the
//! hat matrix (Cook & Weisberg 1982). Far lights have one H for the side, hence one table of coefficients; near lights
//! have one at every pixel.

use crate::batch::{Batch, MOST_LIGHTS, WIDE, Wide};
use crate::linear::{Sym3, V3, apply, dot, inverse};

/// Leverage above which samples hold up a direction alone: they cannot be checked, nor spared.
const LEAST_REST: f32 = 0.02;

/// One subset: the lights, and its gain as a quadratic form of their residuals.
struct Removal<const LIGHTS: usize, const TERMS: usize> {
    bits: u32,
    at: [usize; LIGHTS],
    /// Upper triangle, row by row, with what stands off the diagonal doubled.
    by: [f32; TERMS],
}

/// Every subset that may be removed under far lights.
pub struct Table {
    singles: Vec<Removal<1, 1>>,
    pairs: Vec<Removal<2, 3>>,
    triples: Vec<Removal<3, 6>>,
}

impl Table {
    /// For these directions and their `(S^T S)^-1`.
    pub fn new(directions: &[V3], all: &Sym3) -> Self {
        let limit = f64::from(LEAST_REST);
        let rest = |k: usize, j: usize| f64::from(u8::from(k == j)) - dot(directions[j], apply(all, directions[k]));
        let mut table = Self {
            singles: Vec::new(),
            pairs: Vec::new(),
            triples: Vec::new(),
        };
        for k in 0..directions.len() {
            if rest(k, k) > limit {
                table.singles.push(Removal {
                    bits: 1 << k,
                    at: [k],
                    by: [(1.0 / rest(k, k)) as f32],
                });
            }
            for j in 0..k {
                let det = rest(k, k) * rest(j, j) - rest(k, j).powi(2);
                if det <= limit * limit {
                    continue;
                }
                table.pairs.push(Removal {
                    bits: 1 << k | 1 << j,
                    at: [k, j],
                    by: [rest(j, j), -2.0 * rest(k, j), rest(k, k)].map(|v| (v / det) as f32),
                });
                for m in 0..j {
                    let [a, b, c] = [rest(k, k), rest(k, j), rest(k, m)];
                    let Some(inverse) = inverse(&[a, b, c, rest(j, j), rest(j, m), rest(m, m)]) else {
                        continue;
                    };
                    // The last entry of the inverse is one over what is left of the third sample beside the pair.
                    if inverse[5] * limit >= 1.0 {
                        continue;
                    }
                    let [kk, kj, km, jj, jm, mm] = inverse;
                    table.triples.push(Removal {
                        bits: 1 << k | 1 << j | 1 << m,
                        at: [k, j, m],
                        by: [kk, 2.0 * kj, 2.0 * km, jj, 2.0 * jm, mm].map(|v| v as f32),
                    });
                }
            }
        }
        table
    }

    /// The best subset of `count` samples.
    #[inline(always)]
    pub fn best(&self, residuals: &Residuals, count: usize) -> Best {
        let mut best = Best::new();
        match count {
            1 => best.offer_all(&self.singles, residuals),
            2 => best.offer_all(&self.pairs, residuals),
            _ => best.offer_all(&self.triples, residuals),
        }
        best
    }
}

/// Residuals of the fit of all samples, light by light.
#[repr(align(64))]
pub struct Residuals([Wide; MOST_LIGHTS]);

impl Residuals {
    /// Of a batch.
    #[inline(always)]
    pub fn of(b: &Batch, lights: usize) -> Self {
        let mut out = Self([[0.0; WIDE]; MOST_LIGHTS]);
        for k in 0..lights {
            out.0[k] = residual_of(b, k);
        }
        out
    }
}

#[inline(always)]
fn residual_of(b: &Batch, k: usize) -> Wide {
    let [x, y, z] = &b.directions[k];
    let mut out = [0.0; WIDE];
    for i in 0..WIDE {
        out[i] = b.samples[k][i] - x[i].mul_add(b.g[0][i], y[i].mul_add(b.g[1][i], z[i] * b.g[2][i]));
    }
    out
}

/// `I - H` and the residuals of the fit of all samples at pixels with lights of their own.
pub struct Influence {
    residual: [Wide; MOST_LIGHTS],
    rest: [[Wide; MOST_LIGHTS]; MOST_LIGHTS],
}

#[inline(always)]
pub fn influence(b: &Batch, lights: usize) -> Influence {
    let mut out = Influence {
        residual: [[0.0; WIDE]; MOST_LIGHTS],
        rest: [[[0.0; WIDE]; MOST_LIGHTS]; MOST_LIGHTS],
    };
    for k in 0..lights {
        let [x, y, z] = &b.directions[k];
        let c = &b.all;
        let mut along = [[0.0; WIDE]; 3];
        out.residual[k] = residual_of(b, k);
        for i in 0..WIDE {
            along[0][i] = c[0][i] * x[i] + c[1][i] * y[i] + c[2][i] * z[i];
            along[1][i] = c[1][i] * x[i] + c[3][i] * y[i] + c[4][i] * z[i];
            along[2][i] = c[2][i] * x[i] + c[4][i] * y[i] + c[5][i] * z[i];
        }
        for j in 0..=k {
            let [x, y, z] = &b.directions[j];
            let one = if j == k { 1.0 } else { 0.0 };
            for i in 0..WIDE {
                out.rest[k][j][i] = one - (along[0][i] * x[i] + along[1][i] * y[i] + along[2][i] * z[i]);
            }
        }
    }
    out
}

impl Influence {
    /// The best subset of `count` samples.
    #[inline(always)]
    pub fn best(&self, lights: usize, count: usize) -> Best {
        let mut best = Best::new();
        match count {
            1 => singles(self, lights, &mut best),
            2 => pairs(self, lights, &mut best),
            _ => triples(self, lights, &mut best),
        }
        best
    }
}

/// Best removal found so far in each lane.
pub struct Best {
    /// By how much the sum of squares falls; negative where no subset may be removed.
    pub gain: Wide,
    /// The lights as bits.
    pub bits: [u32; WIDE],
}

impl Best {
    #[inline(always)]
    fn new() -> Self {
        Self {
            gain: [-1.0; WIDE],
            bits: [0; WIDE],
        }
    }

    #[inline(always)]
    fn offer(&mut self, gain: &Wide, bits: u32) {
        for i in 0..WIDE {
            let better = gain[i] > self.gain[i];
            self.gain[i] = if better { gain[i] } else { self.gain[i] };
            self.bits[i] = if better { bits } else { self.bits[i] };
        }
    }

    #[inline(always)]
    fn offer_all<const LIGHTS: usize, const TERMS: usize>(
        &mut self,
        removals: &[Removal<LIGHTS, TERMS>],
        residuals: &Residuals,
    ) {
        for removal in removals {
            // The mask spares a check; there are as many residuals.
            let r = removal.at.map(|k| &residuals.0[k & (MOST_LIGHTS - 1)]);
            let mut gain = [0.0; WIDE];
            let mut term = 0;
            for row in 0..LIGHTS {
                let mut sum = [0.0; WIDE];
                for other in row..LIGHTS {
                    for i in 0..WIDE {
                        sum[i] = removal.by[term].mul_add(r[other][i], sum[i]);
                    }
                    term += 1;
                }
                for i in 0..WIDE {
                    gain[i] = sum[i].mul_add(r[row][i], gain[i]);
                }
            }
            self.offer(&gain, removal.bits);
        }
    }
}

#[inline(always)]
fn singles(f: &Influence, lights: usize, best: &mut Best) {
    for k in 0..lights {
        let mut gain = [0.0; WIDE];
        for i in 0..WIDE {
            let (r, a) = (f.residual[k][i], f.rest[k][k][i]);
            gain[i] = if a > LEAST_REST { r * r / a } else { -1.0 };
        }
        best.offer(&gain, 1 << k);
    }
}

#[inline(always)]
fn pairs(f: &Influence, lights: usize, best: &mut Best) {
    for k in 1..lights {
        for j in 0..k {
            let mut gain = [0.0; WIDE];
            for i in 0..WIDE {
                let (p, q) = (f.residual[k][i], f.residual[j][i]);
                let (a, c, o) = (f.rest[k][k][i], f.rest[j][j][i], f.rest[k][j][i]);
                let det = a * c - o * o;
                let sum = (p * p * c - 2.0 * p * q * o + q * q * a) / det;
                gain[i] = if det > LEAST_REST * LEAST_REST { sum } else { -1.0 };
            }
            best.offer(&gain, 1 << k | 1 << j);
        }
    }
}

#[inline(always)]
fn triples(f: &Influence, lights: usize, best: &mut Best) {
    for k in 2..lights {
        for j in 1..k {
            // The pair is eliminated once for all third samples (Schur complement).
            let (mut a, mut c, mut o, mut pair) = ([0.0; WIDE], [0.0; WIDE], [0.0; WIDE], [0.0; WIDE]);
            let mut usable = [false; WIDE];
            for i in 0..WIDE {
                let (p, q) = (f.residual[k][i], f.residual[j][i]);
                let det = f.rest[k][k][i] * f.rest[j][j][i] - f.rest[k][j][i] * f.rest[k][j][i];
                usable[i] = det > LEAST_REST * LEAST_REST;
                (a[i], c[i], o[i]) = (f.rest[j][j][i] / det, f.rest[k][k][i] / det, -f.rest[k][j][i] / det);
                pair[i] = p * p * a[i] + 2.0 * p * q * o[i] + q * q * c[i];
            }
            for m in 0..j {
                let mut gain = [0.0; WIDE];
                for i in 0..WIDE {
                    let (p, q, r) = (f.residual[k][i], f.residual[j][i], f.residual[m][i]);
                    let (u, v) = (f.rest[k][m][i], f.rest[j][m][i]);
                    let (x, y) = (a[i] * u + o[i] * v, o[i] * u + c[i] * v);
                    let schur = f.rest[m][m][i] - x * u - y * v;
                    let left = r - x * p - y * q;
                    let sum = pair[i] + left * left / schur;
                    gain[i] = if usable[i] && schur > LEAST_REST { sum } else { -1.0 };
                }
                best.offer(&gain, 1 << k | 1 << j | 1 << m);
            }
        }
    }
}
