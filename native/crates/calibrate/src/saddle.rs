//! Position of a chessboard corner by a least-squares fit of the blurred saddle itself, with its standard uncertainty.

use crate::linear::{invert_spd, solve_spd, zeros};
use imaging::Plane;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// x, y of the corner, directions of both lines' normals, blur, mean light, half contrast, slope of the light.
const N: usize = 9;

/// What is known of a corner before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess {
    /// Expected place, px.
    pub(crate) at: [f64; 2],
    /// Normal directions of the edges along board x and board y: towards board +y and +x, radians.
    pub(crate) normals: [f64; 2],
    /// Whether the square on the side of -x, -y is black.
    pub(crate) upper_left_black: bool,
    /// Radius of the disc that holds nothing but this corner, px.
    pub(crate) radius: f64,
}

/// A located corner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saddle {
    pub(crate) at: [f64; 2],
    /// Standard uncertainty along x and y from the residuals, px.
    pub(crate) std: [f64; 2],
    /// Gaussian blur with the pixel's own area, px.
    pub(crate) blur: f64,
    /// Black to white, linear light.
    pub(crate) contrast: f64,
}

/// Fits `(m + c S(d1) S(d2)) (1 + g.p)` with S the integral of a Gaussian over the distance to each edge line.
///
/// The model is symmetric about the corner as the print is, so ink spread and the pixel's square do not move it. All
/// pixels of the disc take part, where `cornerSubPix` (Foerstner's operator) uses gradients of a quantised window.
/// `None` where the picture does not look like a corner.
pub(crate) fn fit_saddle(plane: &Plane, guess: &Guess) -> Option<Saddle> {
    let pixels = disc(plane, guess)?;
    let mut values: Vec<f64> = pixels.iter().map(|p| p[2]).collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (values[values.len() / 10], values[values.len() * 9 / 10]);
    let mean = 0.5 * (low + high);
    let half = 0.5 * (high - low);
    if half <= 0.02 * mean || half < 1e-4 {
        return None;
    }
    let sign = if guess.upper_left_black { -1.0 } else { 1.0 };
    let mut p = [
        0.0,
        0.0,
        guess.normals[0],
        guess.normals[1],
        (guess.radius / 5.0).max(1.2),
        mean,
        sign * half,
        0.0,
        0.0,
    ];
    let (mut sum, mut lambda) = (residual_sum(&pixels, &p), 1e-3);
    for _ in 0..60 {
        let (hessian, gradient) = normal_equations(&pixels, &p);
        let mut damped = hessian.clone();
        for i in 0..N {
            damped[i][i] *= 1.0 + lambda;
        }
        let step = solve_spd(&damped, &gradient)?;
        let mut next = p;
        for i in 0..N {
            next[i] += step[i];
        }
        next[4] = next[4].clamp(0.3, guess.radius);
        let new_sum = residual_sum(&pixels, &next);
        if new_sum.is_nan() || next[0].hypot(next[1]) > guess.radius {
            return None;
        }
        let (gain, small) = (sum - new_sum, step[0].hypot(step[1]) < 1e-6);
        if gain >= 0.0 {
            (p, sum) = (next, new_sum);
            lambda = (lambda * 0.2).max(1e-9);
            if small || gain < 1e-12 * sum {
                break;
            }
        } else {
            lambda *= 8.0;
            if lambda > 1e8 {
                break;
            }
        }
    }
    judged(&pixels, &p, sum, guess)
}

fn judged(pixels: &[[f64; 3]], p: &[f64; N], sum: f64, guess: &Guess) -> Option<Saddle> {
    let variance = sum / (pixels.len() - N) as f64;
    let (hessian, _) = normal_equations(pixels, p);
    let inverse = invert_spd(&hessian)?;
    let std = [0, 1].map(|i| (variance * inverse[i][i]).sqrt());
    let turned = (0..2)
        .map(|i| (p[2 + i] - guess.normals[i]).sin().abs())
        .fold(0.0, f64::max);
    let contrast = 2.0 * p[6].abs();
    let residual = variance.sqrt() / contrast;
    let flipped = (p[6] < 0.0) != guess.upper_left_black;
    let sound = std.iter().all(|s| s.is_finite() && *s < 0.5) && turned < 0.3 && residual < 0.15 && !flipped;
    sound.then(|| Saddle {
        at: [guess.at[0].round() + p[0], guess.at[1].round() + p[1]],
        std,
        blur: p[4],
        contrast,
    })
}

/// Offsets from the guess's nearest pixel and light of all pixels of the disc; `None` when it leaves the picture.
fn disc(plane: &Plane, guess: &Guess) -> Option<Vec<[f64; 3]>> {
    let (cx, cy) = (guess.at[0].round(), guess.at[1].round());
    let reach = guess.radius.floor();
    let inside =
        cx >= reach && cy >= reach && cx + reach <= (plane.width - 1) as f64 && cy + reach <= (plane.height - 1) as f64;
    if !inside {
        return None;
    }
    let r = reach as i64;
    let mut out = Vec::new();
    for dy in -r..=r {
        for dx in -r..=r {
            let (x, y) = (dx as f64, dy as f64);
            if x.hypot(y) <= guess.radius {
                let value = plane.at((cx as i64 + dx) as usize, (cy as i64 + dy) as usize);
                out.push([x, y, f64::from(value)]);
            }
        }
    }
    (out.len() > 2 * N).then_some(out)
}

/// Value and, where asked for, derivatives of the model at a pixel.
fn model(p: &[f64; N], x: f64, y: f64, slopes: Option<&mut [f64; N]>) -> f64 {
    let [x0, y0, a1, a2, s, m, c, gx, gy] = *p;
    let (dx, dy) = (x - x0, y - y0);
    let ((s1, c1), (s2, c2)) = (a1.sin_cos(), a2.sin_cos());
    let (d1, d2) = (c1 * dx + s1 * dy, c2 * dx + s2 * dy);
    let step = |d: f64| libm::erf(d * FRAC_1_SQRT_2 / s);
    let (e1, e2) = (step(d1), step(d2));
    let (light, slope) = (m + c * e1 * e2, 1.0 + gx * x + gy * y);
    if let Some(out) = slopes {
        let density = |d: f64| 2.0 * (-0.5 * (d / s).powi(2)).exp() / (s * (2.0 * PI).sqrt());
        let k = c * slope;
        let (f1, f2) = (k * density(d1) * e2, k * density(d2) * e1);
        *out = [
            -f1 * c1 - f2 * c2,
            -f1 * s1 - f2 * s2,
            f1 * (c1 * dy - s1 * dx),
            f2 * (c2 * dy - s2 * dx),
            -(f1 * d1 + f2 * d2) / s,
            slope,
            e1 * e2 * slope,
            light * x,
            light * y,
        ];
    }
    light * slope
}

fn residual_sum(pixels: &[[f64; 3]], p: &[f64; N]) -> f64 {
    pixels
        .iter()
        .map(|[x, y, v]| (v - model(p, *x, *y, None)).powi(2))
        .sum()
}

fn normal_equations(pixels: &[[f64; 3]], p: &[f64; N]) -> (crate::linear::Matrix, Vec<f64>) {
    let mut hessian = [[0.0; N]; N];
    let mut gradient = [0.0; N];
    let mut row = [0.0; N];
    for [x, y, v] in pixels {
        let r = v - model(p, *x, *y, Some(&mut row));
        for i in 0..N {
            gradient[i] += row[i] * r;
            for j in 0..=i {
                hessian[i][j] += row[i] * row[j];
            }
        }
    }
    let mut full = zeros(N);
    for i in 0..N {
        for j in 0..=i {
            full[i][j] = hessian[i][j];
            full[j][i] = hessian[i][j];
        }
    }
    (full, gradient.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A blurred corner by brute-force supersampling of a sharp one (Gaussian and pixel), independent of the model.
    fn picture(at: [f64; 2], degrees: [f64; 2], sigma: f64) -> Plane {
        let normals = degrees.map(|d: f64| d.to_radians().sin_cos());
        let mut plane = Plane::filled(41, 41, 0.0);
        const STEPS: i32 = 96;
        let reach = 4.0 * sigma + 0.5;
        let h = 2.0 * reach / f64::from(STEPS);
        let cdf = |t: f64| 0.5 * libm::erfc(-t * FRAC_1_SQRT_2 / sigma);
        // Gaussian with the pixel's box by 8 shifted Gaussians.
        let weight = |t: f64| -> f64 {
            (0..8)
                .map(|k| {
                    let shift = (f64::from(k) + 0.5) / 8.0 - 0.5;
                    (cdf(t + h / 2.0 - shift) - cdf(t - h / 2.0 - shift)) / 8.0
                })
                .sum()
        };
        let nodes: Vec<(f64, f64)> = (0..STEPS)
            .map(|i| {
                let t = -reach + (f64::from(i) + 0.5) * h;
                (t, weight(t))
            })
            .collect();
        for y in 0..41 {
            for x in 0..41 {
                let mut sum = 0.0;
                for (i, (dx, wx)) in nodes.iter().enumerate() {
                    for (j, (dy, wy)) in nodes.iter().enumerate() {
                        // A jitter of the grid keeps straight edges from falling between its lines.
                        let jitter = h * (((i * 37 + j * 61) % 96) as f64 / 96.0 - 0.4948);
                        let (px, py) = (x as f64 + dx + jitter - at[0], y as f64 + dy - jitter - at[1]);
                        let side = normals.map(|(s, c)| (c * px + s * py).signum());
                        sum += wx * wy * (0.45 - 0.4 * side[0] * side[1]);
                    }
                }
                plane.data[y * 41 + x] = sum as f32;
            }
        }
        plane
    }

    #[test]
    fn corners_are_found_to_a_hundredth_of_a_pixel_at_any_place_and_angle() {
        for (at, degrees) in [
            ([20.0, 20.0], [90.0, 0.0]),
            ([20.3, 19.6], [93.0, 3.0]),
            ([19.75, 20.45], [117.0, 25.0]),
            ([20.5, 20.5], [133.0, 47.0]),
        ] {
            let plane = picture(at, degrees, 0.8);
            let guess = Guess {
                at: [at[0] + 1.7, at[1] - 1.3],
                normals: degrees.map(|d: f64| (d + 2.0).to_radians()),
                upper_left_black: true,
                radius: 12.0,
            };
            let found = fit_saddle(&plane, &guess).unwrap();
            let off = (found.at[0] - at[0]).hypot(found.at[1] - at[1]);
            assert!(off < 0.01, "{at:?} {degrees:?}: off by {off}");
            assert!((found.contrast - 0.8).abs() < 0.05 && found.blur > 0.7 && found.blur < 1.0);
        }
    }

    #[test]
    fn a_plain_patch_an_edge_and_a_corner_of_the_other_colour_are_refused() {
        let guess = Guess {
            at: [20.0, 20.0],
            normals: [90f64.to_radians(), 0.0],
            upper_left_black: true,
            radius: 12.0,
        };
        assert!(fit_saddle(&Plane::filled(41, 41, 0.5), &guess).is_none());
        let mut edge = Plane::filled(41, 41, 0.1);
        for (i, v) in edge.data.iter_mut().enumerate() {
            if i % 41 > 20 {
                *v = 0.9;
            }
        }
        assert!(fit_saddle(&edge, &guess).is_none());
        let other = Guess {
            upper_left_black: false,
            ..guess
        };
        assert!(fit_saddle(&picture([20.0, 20.0], [90.0, 0.0], 0.8), &other).is_none());
    }
}
