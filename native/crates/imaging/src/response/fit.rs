//! Least-squares fit of one channel's response to pixels seen at several exposure times.

use super::spline::{INTERVALS, Normal, SIZE, basis, bend_basis, slope_basis, value};
use rayon::prelude::*;

/// Steps of the inverse iteration in a round; the eigenvalues lie decades apart.
const ITERATIONS: usize = 8;
/// Rounds of reweighting; the curve moves by less than 1e-6 of full scale long before.
const ROUNDS: usize = 12;
/// Weight of the squared third difference of coefficients against the mean weight of an interval's data: it fills
/// stretches that no pixel shows and is far below what the data say elsewhere.
const SMOOTHNESS: f64 = 1e-4;
/// Slope below which the light tells nothing of the code, in full scales of light per full scale of code.
const LEAST_SLOPE: f64 = 0.02;
/// Variance of a code above which the picture is not noisy but wrong, full scale = 1.
const MOST_NOISE: f64 = 4e-4;
/// Predicted light below which a photograph says nothing of its own time, full scale = 1.
const LEAST_LIGHT: f64 = 0.02;
/// Sites per unit of parallel work.
const BLOCK: usize = 4096;

/// Codes 0..1 of every site at every exposure: `codes[site * times.len() + exposure]`.
pub(super) struct Sites<'a> {
    pub codes: &'a [f32],
    pub times: &'a [f64],
}

/// Codes from here on may be clipped, full scale = 1.
const CLIPPED: f64 = 0.998;

/// Trust in a code: none at the ends of the range, where clipping moves the mean.
fn trust(code: f64) -> f64 {
    let ramp = |v: f64| v.clamp(0.0, 1.0);
    ramp((code - 0.004) / 0.03) * ramp((0.985 - code) / 0.03)
}

/// One usable sample of a site.
struct Sample {
    exposure: usize,
    /// First of the four coefficients that matter.
    first: usize,
    /// Their weights at the code without its noise, on average.
    values: [f64; 4],
    /// Their weights for the slope.
    slopes: [f64; 4],
    time: f64,
    /// Inverse variance of the light in units of the code's own variance; the code itself until that is known.
    weight: f64,
    light: f64,
    slope: f64,
}

impl Sites<'_> {
    pub(super) fn count(&self) -> usize {
        self.codes.len() / self.times.len()
    }

    /// Usable samples of a site; `noise` is the variance of a code. A curve read at a noisy code is off by half its second
    /// derivative times that variance on average, which is taken off. What is trusted is decided at the code that the
    /// other samples predict: a choice by the noisy code itself would keep the bright half of the darkest samples.
    fn samples(&self, site: usize, curve: &[f64; SIZE], noise: f64, out: &mut Vec<Sample>) {
        out.clear();
        let n = self.times.len();
        let (mut above, mut below) = (0.0, 0.0);
        for (exposure, (&code, &time)) in self.codes[site * n..(site + 1) * n].iter().zip(self.times).enumerate() {
            let code = f64::from(code);
            if code >= CLIPPED {
                continue;
            }
            let (first, slopes) = slope_basis(code);
            let slope = value(curve, (first, slopes)).max(LEAST_SLOPE);
            let (plain, bend) = (basis(code).1, bend_basis(code).1);
            let values = std::array::from_fn(|i| plain[i] - 0.5 * noise * bend[i]);
            let light = value(curve, (first, values));
            let weight = trust(code) / (slope * slope);
            above += weight * time * light;
            below += weight * time * time;
            out.push(Sample {
                exposure,
                first,
                values,
                slopes,
                time,
                weight: code,
                light,
                slope,
            });
        }
        if below <= 0.0 {
            out.clear();
            return;
        }
        for sample in out.iter_mut() {
            let code = sample.weight - (sample.light - sample.time * above / below) / sample.slope;
            let slope = value(curve, slope_basis(code.clamp(0.0, 1.0))).max(LEAST_SLOPE);
            sample.weight = trust(code) / (slope * slope);
        }
        out.retain(|sample| sample.weight > 0.0);
    }
}

/// Light of a site at unit time, and the sum of weights behind it.
fn light_of<'s>(samples: impl Iterator<Item = &'s Sample>) -> (f64, f64) {
    let (above, below) = samples.fold((0.0, 0.0), |(a, b), s| {
        (a + s.weight * s.time * s.light, b + s.weight * s.time * s.time)
    });
    (above / below, below)
}

/// Coefficients of the response with light 1 at code 1; `None` where the sites do not determine it.
///
/// Minimises the sum of `((f(code) - time * light) / f'(code))^2`, which is the error in codes, over the spline `f` and the
/// light of every site. Debevec & Malik (1997) solve the like for 256 free values and some dozen pixels at once; here each
/// site's light is eliminated exactly, so that the system stays small and tens of thousands of sites take part. Sites that
/// fit badly (something moved) lose weight by Cauchy's function. Codes are noisy on both sides of the equations, which
/// would flatten the curve: the errors are judged against what noise of the codes makes of them (total least squares,
/// Golub & Van Loan 1980).
pub(super) fn fit(sites: &Sites) -> Option<[f64; SIZE]> {
    // Between a straight line and a gamma of 2.2; a convex start keeps all slopes positive.
    let mut curve: [f64; SIZE] = std::array::from_fn(|i| ((i as f64 - 1.0) / INTERVALS as f64).max(0.0).powf(1.6));
    let (mut spread, mut noise) = (f64::INFINITY, 0.0);
    for _ in 0..ROUNDS {
        let (system, mut errors) = accumulate(sites, &curve, spread, noise);
        let (next, variance) = solve(system, &curve)?;
        noise = variance.min(MOST_NOISE);
        spread = median(&mut errors)?.max(1e-9);
        let change = next.iter().zip(&curve).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        curve = next;
        if change < 1e-7 {
            break;
        }
    }
    Some(curve)
}

/// Sums over all sites, as forms of the coefficients.
struct System {
    /// Squared errors in codes.
    data: Normal,
    /// What codes of variance 1 add to them.
    noise: Normal,
}

fn accumulate(sites: &Sites, curve: &[f64; SIZE], spread: f64, noise: f64) -> (System, Vec<f64>) {
    let blocks: Vec<usize> = (0..sites.count()).step_by(BLOCK).collect();
    blocks
        .into_par_iter()
        .map(|first| {
            let (mut system, mut errors, mut samples) = (System::zero(), Vec::new(), Vec::new());
            for site in first..(first + BLOCK).min(sites.count()) {
                sites.samples(site, curve, noise, &mut samples);
                if samples.len() < 2 {
                    continue;
                }
                let error = mean_square(&samples);
                errors.push(error);
                let robust = 1.0 / (1.0 + error / (9.0 * spread));
                system.add(&samples, robust);
            }
            (system, errors)
        })
        .reduce(
            || (System::zero(), Vec::new()),
            |mut a, mut b| {
                a.1.append(&mut b.1);
                (a.0.plus(&b.0), a.1)
            },
        )
}

/// Squared error of a site per degree of freedom, in squared codes.
fn mean_square(samples: &[Sample]) -> f64 {
    let (light, _) = light_of(samples.iter());
    let sum: f64 = samples
        .iter()
        .map(|s| s.weight * (s.light - s.time * light).powi(2))
        .sum();
    sum / (samples.len() - 1) as f64
}

impl System {
    fn zero() -> Self {
        Self {
            data: Normal::zero(),
            noise: Normal::zero(),
        }
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            data: self.data.plus(&other.data),
            noise: self.noise.plus(&other.noise),
        }
    }

    /// Adds a site whose light is eliminated: sum of `w b b'` less the product of `sum w t b` with itself over `sum w t^2`.
    fn add(&mut self, samples: &[Sample], robust: f64) {
        let below: f64 = samples.iter().map(|s| s.weight * s.time * s.time).sum();
        for (i, a) in samples.iter().enumerate() {
            let own = robust * a.weight * (1.0 - a.weight * a.time * a.time / below);
            self.noise.add(own, (a.first, &a.slopes), (a.first, &a.slopes));
            self.data.add(own, (a.first, &a.values), (a.first, &a.values));
            for (j, b) in samples.iter().enumerate() {
                if i != j {
                    let factor = -robust * a.weight * a.time * b.weight * b.time / below;
                    self.data.add(factor, (a.first, &a.values), (b.first, &b.values));
                }
            }
        }
    }
}

/// The curve that explains the errors with the least variance of codes, and that variance.
///
/// Smallest eigenvector of `data` against `noise` by inverse iteration, scaled to `f(1) = 1`.
fn solve(System { mut data, noise }: System, start: &[f64; SIZE]) -> Option<([f64; SIZE], f64)> {
    let unit = data.trace() / SIZE as f64;
    let third = [-1.0, 3.0, -3.0, 1.0];
    for start in 0..SIZE - 3 {
        for (i, a) in third.iter().enumerate() {
            for (j, b) in third.iter().enumerate() {
                data.0[start + i][start + j] += SMOOTHNESS * unit * a * b;
            }
        }
    }
    for i in 0..SIZE {
        data.0[i][i] += 1e-12 * unit;
    }
    let mut curve = *start;
    for _ in 0..ITERATIONS {
        let next = data.solve(&noise.times(&curve))?;
        let scale = value(&next, basis(1.0));
        if scale <= 0.0 {
            return None;
        }
        curve = next.map(|v| v / scale);
    }
    let form = |m: &Normal| m.times(&curve).iter().zip(&curve).map(|(a, b)| a * b).sum::<f64>();
    Some((curve, form(&data) / form(&noise)))
}

/// How the fit stands on sites that took no part in it.
pub(super) struct Proof {
    /// Root mean square of the error in codes, full scale = 1.
    pub residual: f64,
    /// Light of each exposure over what the others say of it; `NaN` where nothing speaks.
    pub ratios: Vec<f64>,
}

/// Errors of a fitted curve on sites.
pub(super) fn prove(sites: &Sites, curve: &[f64; SIZE]) -> Proof {
    let n = sites.times.len();
    let (mut errors, mut ratios, mut samples) = (Vec::new(), vec![Vec::new(); n], Vec::new());
    for site in 0..sites.count() {
        sites.samples(site, curve, 0.0, &mut samples);
        if samples.len() < 2 {
            continue;
        }
        errors.push(mean_square(&samples));
        for s in samples.iter().filter(|s| s.slope > LEAST_SLOPE) {
            let (light, below) = light_of(samples.iter().filter(|o| o.exposure != s.exposure));
            if below > 0.0 && s.time * light > LEAST_LIGHT {
                ratios[s.exposure].push(s.light / (s.time * light));
            }
        }
    }
    let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    Proof {
        residual: if errors.is_empty() { f64::NAN } else { mean.sqrt() },
        ratios: ratios
            .into_iter()
            .map(|mut r| median(&mut r).unwrap_or(f64::NAN))
            .collect(),
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}
