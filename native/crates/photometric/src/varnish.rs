//! The varnish of a card: one specular lobe for the whole side, estimated from the frames.
//!
//! `I_k = n.l_k * (albedo + strength * lobe(n.h_k))`, h the half vector between light and camera (Blinn 1977). On a card
//! the lobe looks like a tilt: it turns with the light, so no residual shows it. What tells them apart is that a tilt
//! scales with the print and the lobe does not, that the lobe bends with the place under near lights and a near camera,
//! and that it leaves second harmonics. All three are in one linear regression for each lobe width.

use crate::lights::Lights;
use crate::linear::{V3, dot, unit};
use crate::noise::Noise;
use crate::tile::{Setup, TILE, Tile};
use rayon::prelude::*;

/// Most lights a card's lobe is fitted under; more are for objects, which have no plane to know the half vectors from.
pub const MOST_LIGHTS: usize = 16;
/// Fewest lights: with less than two residuals a lobe is a guess.
const FEWEST_LIGHTS: usize = 5;
/// Row pieces looked at, and their length: short enough for one half vector.
const PIECES: usize = 900;
const PIECE: usize = 48;
/// Middle part of the picture's sides that is looked at: what a card surely covers.
const MIDDLE: f64 = 0.7;
/// Slopes steeper than this are relief, not the card's plane.
const FLAT: f64 = 0.2;
/// Blinn-Phong exponents tried; the exponential of `u` below matches both Phong's and Beckmann's lobes near their top.
const EXPONENTS: [f64; 12] = [
    6.0, 9.0, 14.0, 20.0, 30.0, 45.0, 68.0, 100.0, 150.0, 225.0, 340.0, 500.0,
];
/// A lobe weaker than this many standard deviations, or than this share of the print, is not a lobe.
const SIGNIFICANT: f64 = 6.0;
const LEAST_SHARE: f64 = 0.003;
/// Curvature about a second axis that a card may have, per mm (standard deviation): 5 um of sag along its longer side, or
/// lights placed half a millimetre wrong.
const DOUBLE_BEND: f64 = 5e-6;
/// The unknowns whose mean is the mean curvature.
const MEAN_CURVATURE: [usize; 2] = [2, 6];
/// Unknowns: strength, and slopes along x and y as linear functions of the place.
const UNKNOWNS: usize = 7;

/// A lobe and the card's coarse shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Varnish {
    /// Height of the lobe where the half vector is the normal, in units of albedo.
    pub strength: f64,
    /// `lobe = exp(-exponent * (u + u^2 / 2))`, u = 1 - n.h: Blinn-Phong to third order.
    pub exponent: f64,
    /// Slopes p and q at the image centre and their change per mm (or px) along x and y.
    pub slopes: [[f64; 3]; 2],
}

impl Varnish {
    /// Coarse slopes of the card at a place relative to the image centre.
    pub fn slopes_at(&self, place: [f64; 2]) -> [f64; 2] {
        self.slopes.map(|s| s[0] + s[1] * place[0] + s[2] * place[1])
    }

    /// What the lobe adds to a sample, from the normal, the direction to the light and half way from that to the camera.
    pub fn light(&self, normal: V3, light: V3, half: V3) -> f64 {
        self.strength * lobe(self.exponent, dot(normal, half)) * dot(normal, light).max(0.0)
    }

    /// What the lobe adds to the brightness of a flat card at the image centre, in units of albedo: the mean of all lights.
    pub fn shine(&self, setup: &Setup) -> f64 {
        let [p, q] = self.slopes_at([0.0; 2]);
        let normal = unit([-p, -q, 1.0]);
        let lobes = setup.directions.iter().map(|&l| {
            let half = half_vector(l, [0.0; 2], setup.view_distance());
            self.strength * lobe(self.exponent, dot(normal, half))
        });
        lobes.sum::<f64>() / setup.count() as f64
    }
}

/// Value of a lobe of strength 1 for a cosine between normal and half vector.
pub fn lobe(exponent: f64, cosine: f64) -> f64 {
    let u = 1.0 - cosine;
    (-exponent * (u + 0.5 * u * u)).exp()
}

/// Unit vector half way between a light and the camera, `distance` above the image centre (`None`: far).
pub fn half_vector(light: V3, place: [f64; 2], distance: Option<f64>) -> V3 {
    let view = distance.map_or([0.0, 0.0, 1.0], |d| unit([-place[0], -place[1], d]));
    unit([0, 1, 2].map(|j| light[j] + view[j]))
}

/// Sums over the pixels of a piece, all weighted by the inverse of their noise variance.
struct Piece {
    place: [f64; 2],
    weight: f64,
    /// Sums of `g_z` and its square.
    z: f64,
    zz: f64,
    /// Sums of `g_x`, `g_y`, and of their products with `g_z`.
    xy: [f64; 2],
    xyz: [f64; 2],
    /// Sums of the residuals of each light.
    residual: [f64; MOST_LIGHTS],
    /// Directions and `(S^T S)^-1` here.
    directions: Vec<V3>,
    /// Half way between them and the camera.
    halves: Vec<V3>,
    /// `P S^T`-mapping of a vector over lights to g.
    pseudo: Vec<V3>,
}

/// The lobe of a side, or `None` where there is none, or the frames do not show a nearly plane surface.
pub fn estimate(setup: &Setup, noise: &Noise, (width, height): (usize, usize), mask: Option<&[u8]>) -> Option<Varnish> {
    let lights = setup.count();
    if !(FEWEST_LIGHTS..=MOST_LIGHTS).contains(&lights) || width < 3 * PIECE || height < 3 * PIECE {
        return None;
    }
    let places = places(width, height);
    let inside = |i: usize| mask.is_none_or(|m| m[i] != 0);
    let pieces: Vec<Piece> = places
        .into_par_iter()
        .map_init(
            || Tile::new(setup),
            |tile, (x, y)| gather(setup, tile, noise, (x, y), |i| inside(y * width + x + i)),
        )
        .flatten()
        .collect();
    if pieces.len() < PIECES / 4 {
        return None;
    }
    let in_mm = setup.lights.in_mm();
    let fits: Vec<Fit> = EXPONENTS
        .into_par_iter()
        .filter_map(|exponent| fit(&pieces, exponent, in_mm))
        .collect();
    let better = |a: Fit, b: Fit| if b.score > a.score { b } else { a };
    let coarse = fits.into_iter().reduce(better)?;
    let middle = coarse.varnish.exponent;
    let fine: Vec<Fit> = [0.85, 1.18]
        .into_par_iter()
        .filter_map(|f| fit(&pieces, middle * f, in_mm))
        .collect();
    let best = fine.into_iter().fold(coarse, better);
    // A lobe that fits ever better the wider it gets is no lobe: on plain print the card's own light and bow look like that.
    if best.varnish.exponent < EXPONENTS[0] {
        return None;
    }
    let weight: f64 = pieces.iter().map(|p| p.weight).sum();
    let brightness = pieces.iter().map(|p| p.z).sum::<f64>() / weight;
    // The share at 22 degrees: lights half way up and a camera above.
    let visible = best.varnish.strength * lobe(best.varnish.exponent, 0.924);
    let real = best.varnish.strength > SIGNIFICANT * best.deviation && visible > LEAST_SHARE * brightness;
    real.then_some(best.varnish)
}

/// Pieces spread over the middle of the image by a fixed low-discrepancy rule.
fn places(width: usize, height: usize) -> Vec<(usize, usize)> {
    let from = |side: usize| (1.0 - MIDDLE) / 2.0 * side as f64;
    (0..PIECES)
        .map(|i| {
            let golden = (i as f64 * 0.618_033_988_749_895).fract();
            let y = from(height) + (i as f64 + 0.5) / PIECES as f64 * MIDDLE * height as f64;
            let x = from(width) + golden * (MIDDLE * width as f64 - PIECE as f64);
            (x.max(0.0) as usize, (y as usize).min(height - 1))
        })
        .collect()
}

fn gather(
    setup: &Setup,
    tile: &mut Tile,
    noise: &Noise,
    (x, y): (usize, usize),
    inside: impl Fn(usize) -> bool,
) -> Option<Piece> {
    tile.read(setup, y, x, PIECE);
    tile.fit(setup);
    let lights = setup.count();
    let middle = PIECE / 2;
    let directions: Vec<V3> = (0..lights).map(|k| tile.direction(setup, k, middle)).collect();
    let inverse = tile.fit_at(setup, middle).inverse;
    let place = setup.lights.place(x + middle, y);
    let halves = directions.iter().map(|&l| half_vector(l, place, setup.view_distance()));
    let mut piece = Piece {
        place,
        weight: 0.0,
        z: 0.0,
        zz: 0.0,
        xy: [0.0; 2],
        xyz: [0.0; 2],
        residual: [0.0; MOST_LIGHTS],
        pseudo: directions.iter().map(|&d| crate::linear::apply(&inverse, d)).collect(),
        halves: halves.collect(),
        directions,
    };
    let mut weights = [0.0; PIECE];
    for i in (0..PIECE).filter(|&i| inside(i) && !setup.reader.saturated(tile.peaks[i])) {
        let [gx, gy, gz] = [0, 1, 2].map(|j| f64::from(tile.g[j][i]));
        if gz <= 0.0 || gx.hypot(gy) > FLAT * gz {
            continue;
        }
        let w = 1.0 / f64::from(noise.variance(gz as f32)).max(1e-12);
        weights[i] = w;
        piece.weight += w;
        piece.z += w * gz;
        piece.zz += w * gz * gz;
        for (axis, g) in [gx, gy].into_iter().enumerate() {
            piece.xy[axis] += w * g;
            piece.xyz[axis] += w * g * gz;
        }
    }
    let mut residuals = [0.0; TILE];
    for k in 0..lights {
        tile.residuals(setup, k, &mut residuals);
        piece.residual[k] = weights.iter().zip(&residuals).map(|(w, r)| w * f64::from(*r)).sum();
    }
    (piece.weight > 0.0).then_some(piece)
}

struct Fit {
    varnish: Varnish,
    /// Weighted sum of squares that lobe and slopes explain, less what the card's own shape holds against them.
    score: f64,
    /// Standard deviation of the strength.
    deviation: f64,
}

/// Regression of strength and coarse slopes for one lobe width; thrice, as the lobe depends on the slopes. `None` without a
/// lobe, or without a nearly plane card.
///
/// Paper bends about one axis only: the mean of its curvatures is as large as half their difference. On print of one tone
/// nothing else tells a lobe, which looks like a bend about both axes, from the card's shape. Whether the card is bent up
/// or down is tried.
fn fit(pieces: &[Piece], exponent: f64, in_mm: bool) -> Option<Fit> {
    let flat = Varnish {
        strength: 0.0,
        exponent,
        slopes: [[0.0; 3]; 2],
    };
    let round = |v: &Varnish, sign: f64| regression(pieces, v, in_mm.then(|| sign * half_difference(v)));
    let first = round(&flat, 0.0)?.varnish;
    let (up, down) = (round(&first, 1.0), round(&first, -1.0));
    let is_down = down.as_ref().map(|f| f.score) > up.as_ref().map(|f| f.score);
    let (second, sign) = if is_down { (down?, -1.0) } else { (up?, 1.0) };
    round(&second.varnish, sign).filter(|f| f.varnish.strength > 0.0)
}

/// Half the difference between a card's curvatures.
fn half_difference(varnish: &Varnish) -> f64 {
    let [[_, px, py], [_, qx, qy]] = varnish.slopes;
    (0.5 * (px - qy)).hypot(0.5 * (py + qx))
}

/// Linear regression around a lobe and slopes; `mean` is what the card's mean curvature should be, where places are in mm.
fn regression(pieces: &[Piece], around: &Varnish, mean: Option<f64>) -> Option<Fit> {
    let (mut matrix, mut right) = equations(pieces, around);
    let mut held = 0.0;
    if let Some(mean) = mean {
        let weight = DOUBLE_BEND.powi(-2);
        for i in MEAN_CURVATURE {
            for j in MEAN_CURVATURE {
                matrix[i][j] += 0.25 * weight;
            }
            right[i] += 0.5 * weight * mean;
        }
        held = weight * mean * mean;
    }
    let (solution, variance) = solve(matrix, right)?;
    let slopes = [[1, 2, 3], [4, 5, 6]].map(|s| s.map(|j| solution[j]));
    if slopes.iter().any(|s| s[0].abs() > 2.0 * FLAT) {
        return None;
    }
    let explained: f64 = solution.iter().zip(right).map(|(x, b)| x * b).sum();
    Some(Fit {
        varnish: Varnish {
            strength: solution[0],
            slopes,
            ..*around
        },
        score: explained - held,
        deviation: variance.sqrt(),
    })
}

/// Normal equations. The rows of a pixel are `g_x = -g_z p + A (F_x + p F_z)`, the same along y, and the residuals
/// `r_k = A R_k`, with F and R the least-squares fit and residual of a lobe of strength 1; weights 1 / variance.
fn equations(pieces: &[Piece], varnish: &Varnish) -> ([[f64; UNKNOWNS]; UNKNOWNS], [f64; UNKNOWNS]) {
    let mut m = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut b = [0.0; UNKNOWNS];
    for piece in pieces {
        let slopes = varnish.slopes_at(piece.place);
        let normal = unit([-slopes[0], -slopes[1], 1.0]);
        let mut values = [0.0; MOST_LIGHTS];
        let values = &mut values[..piece.directions.len()];
        for (value, (&l, &h)) in values.iter_mut().zip(piece.directions.iter().zip(&piece.halves)) {
            *value = lobe(varnish.exponent, dot(normal, h)) * dot(normal, l).max(0.0);
        }
        let fitted = [0, 1, 2].map(|j| (0..values.len()).map(|k| piece.pseudo[k][j] * values[k]).sum::<f64>());
        for (k, value) in values.iter().enumerate() {
            let rest = value - dot(piece.directions[k], fitted);
            m[0][0] += piece.weight * rest * rest;
            b[0] += rest * piece.residual[k];
        }
        let terms = [1.0, piece.place[0], piece.place[1]];
        for axis in 0..2 {
            // The variance of g_x relative to one sample's.
            let variance = (0..values.len()).map(|k| piece.pseudo[k][axis].powi(2)).sum::<f64>();
            let along = fitted[axis] + slopes[axis] * fitted[2];
            m[0][0] += piece.weight * along * along / variance;
            b[0] += along * piece.xy[axis] / variance;
            for i in 0..3 {
                let row = 1 + 3 * axis + i;
                let cross = -along * terms[i] * piece.z / variance;
                m[0][row] += cross;
                m[row][0] += cross;
                b[row] -= terms[i] * piece.xyz[axis] / variance;
                for j in 0..3 {
                    m[row][1 + 3 * axis + j] += terms[i] * terms[j] * piece.zz / variance;
                }
            }
        }
    }
    (m, b)
}

/// Gaussian elimination with scaling; the solution and the variance of its first unknown.
fn solve(mut m: [[f64; UNKNOWNS]; UNKNOWNS], mut b: [f64; UNKNOWNS]) -> Option<([f64; UNKNOWNS], f64)> {
    let scale: [f64; UNKNOWNS] = std::array::from_fn(|i| m[i][i].sqrt());
    if scale.iter().any(|s| !(*s > 0.0 && s.is_finite())) {
        return None;
    }
    let mut unit = [0.0; UNKNOWNS];
    unit[0] = 1.0;
    for i in 0..UNKNOWNS {
        for j in 0..UNKNOWNS {
            m[i][j] /= scale[i] * scale[j];
        }
        b[i] /= scale[i];
    }
    // The matrix is positive definite: no pivoting needed, and a vanishing pivot means unknowns that cannot be told apart.
    for i in 0..UNKNOWNS {
        if m[i][i] < 1e-9 {
            return None;
        }
        for row in i + 1..UNKNOWNS {
            let f = m[row][i] / m[i][i];
            for j in i..UNKNOWNS {
                m[row][j] -= f * m[i][j];
            }
            b[row] -= f * b[i];
            unit[row] -= f * unit[i];
        }
    }
    let back = |right: [f64; UNKNOWNS]| {
        let mut x = [0.0; UNKNOWNS];
        for i in (0..UNKNOWNS).rev() {
            let sum: f64 = (i + 1..UNKNOWNS).map(|j| m[i][j] * x[j]).sum();
            x[i] = (right[i] - sum) / m[i][i];
        }
        x
    };
    let (x, first) = (back(b), back(unit)[0]);
    Some((std::array::from_fn(|i| x[i] / scale[i]), first / (scale[0] * scale[0])))
}

impl Lights {
    /// Place of a pixel relative to the image centre, in mm with a pitch, else in pixels.
    pub fn place(&self, x: usize, y: usize) -> [f64; 2] {
        let [cx, cy] = self.centre();
        [(x as f64 - cx) * self.pitch_mm(), (y as f64 - cy) * self.pitch_mm()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lobe_is_blinn_and_phongs_to_two_percent_where_cards_show_it() {
        for degrees in [0.0f64, 10.0, 20.0, 25.0] {
            let c = degrees.to_radians().cos();
            assert!((lobe(30.0, c) / c.powi(30) - 1.0).abs() < 0.02, "{degrees}");
        }
    }

    #[test]
    fn the_half_vector_halves_the_angle() {
        let h = half_vector(unit([1.0, 0.0, 1.0]), [0.0, 0.0], None);
        assert!((h[0].atan2(h[2]).to_degrees() - 22.5).abs() < 1e-9);
    }
}
