//! Backward elimination: the samples that do not belong are taken out one by one while the rest does not agree.

use crate::linear::{Sym3, V3, apply, dot};

/// A fit and what it was made from.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// `albedo * normal`.
    pub g: V3,
    /// `(S^T S)^-1` of the kept lights.
    pub inverse: Sym3,
    /// Sum of squared residuals of the kept samples.
    pub rss: f64,
    /// Number of kept samples.
    pub kept: usize,
}

/// Removes up to `most` samples, each time the one whose leaving lowers the sum of squares most
/// (`r^2 / (1 - h)`: leave-one-out, Sherman & Morrison 1950), until `agrees(rss, kept)`.
///
/// `keep` is changed in place. `None` when the rest never agrees, or would be too few to check itself.
pub fn eliminate(
    samples: &[f64],
    directions: &[V3],
    keep: &mut [bool],
    start: Linear,
    most: usize,
    agrees: impl Fn(f64, usize) -> bool,
) -> Option<Linear> {
    let mut fit = start;
    for _ in 0..most {
        if agrees(fit.rss, fit.kept) {
            return Some(fit);
        }
        // One sample more than the unknowns must stay after this removal for the test to mean anything.
        if fit.kept <= 5 {
            return None;
        }
        let mut worst: Option<(usize, f64, f64, V3)> = None;
        for k in (0..samples.len()).filter(|&k| keep[k]) {
            let r = samples[k] - dot(directions[k], fit.g);
            let c = apply(&fit.inverse, directions[k]);
            let rest = 1.0 - dot(directions[k], c);
            // A sample that alone holds up one direction cannot be checked, nor spared.
            if rest > 0.02 && worst.is_none_or(|w| r * r / rest > w.1 * w.1 / w.2) {
                worst = Some((k, r, rest, c));
            }
        }
        let (k, r, rest, c) = worst?;
        keep[k] = false;
        fit = without(&fit, c, r, rest);
    }
    agrees(fit.rss, fit.kept).then_some(fit)
}

fn without(fit: &Linear, c: V3, r: f64, rest: f64) -> Linear {
    let mut inverse = fit.inverse;
    crate::linear::add_outer(&mut inverse, c, 1.0 / rest);
    Linear {
        g: [0, 1, 2].map(|j| fit.g[j] - c[j] * r / rest),
        inverse,
        rss: (fit.rss - r * r / rest).max(0.0),
        kept: fit.kept - 1,
    }
}
