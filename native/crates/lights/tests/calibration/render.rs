//! A ray caster for calibration targets, written for the tests alone: balls and planes under near lights.
#![allow(
    dead_code,
    missing_docs,
    reason = "shared by several test files, each of which uses a part"
)]

use imaging::Plane;

pub struct Bench {
    pub width: usize,
    pub height: usize,
    pub pitch: f64,
    /// Height of the pinhole; infinite for parallel rays.
    pub eye: f64,
}

pub struct Lamp {
    pub at: [f64; 3],
    pub power: f64,
    pub exponent: f64,
}

pub fn sub(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}
pub fn inner(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
pub fn length(a: [f64; 3]) -> f64 {
    inner(a, a).sqrt()
}
pub fn normalised(a: [f64; 3]) -> [f64; 3] {
    let l = length(a);
    a.map(|v| v / l)
}
pub fn degrees_between(a: [f64; 3], b: [f64; 3]) -> f64 {
    inner(normalised(a), normalised(b)).clamp(-1.0, 1.0).acos().to_degrees()
}

impl Lamp {
    /// Irradiance at a point with a normal: inverse square relative to the origin, cone about the aim at the origin.
    pub fn on(&self, p: [f64; 3], n: [f64; 3]) -> f64 {
        let to = sub(self.at, p);
        let r = length(to);
        let cosine = inner(n, to) / r;
        let aim = inner(self.at, to) / (length(self.at) * r);
        self.power * cosine.max(0.0) * aim.max(0.0).powf(self.exponent) * inner(self.at, self.at) / (r * r)
    }
}

/// Mean of 5 x 5 sub-pixels of `shade(origin, direction)`.
pub fn render(bench: &Bench, shade: impl Fn([f64; 3], [f64; 3]) -> f64) -> Plane {
    let mut plane = Plane::filled(bench.width, bench.height, 0.0);
    for y in 0..bench.height {
        for x in 0..bench.width {
            let mut sum = 0.0;
            for i in 0..25 {
                let at = |v: usize, size: usize, j: i32| {
                    (v as f64 + (f64::from(j) - 2.0) / 5.0 - (size as f64 - 1.0) / 2.0) * bench.pitch
                };
                let (px, py) = (at(x, bench.width, i % 5), at(y, bench.height, i / 5));
                let (from, to) = if bench.eye.is_finite() {
                    ([0.0, 0.0, bench.eye], normalised([px, py, -bench.eye]))
                } else {
                    ([px, py, 1e4], [0.0, 0.0, -1.0])
                };
                sum += shade(from, to);
            }
            plane.data[y * bench.width + x] = (sum / 25.0) as f32;
        }
    }
    plane
}

/// First hit of a ray with a ball: point and normal.
pub fn hit(from: [f64; 3], to: [f64; 3], centre: [f64; 3], radius: f64) -> Option<([f64; 3], [f64; 3])> {
    let oc = sub(from, centre);
    let half = inner(oc, to);
    let under = half * half - (inner(oc, oc) - radius * radius);
    (under > 0.0).then(|| {
        let t = -half - under.sqrt();
        let p = [from[0] + t * to[0], from[1] + t * to[1], from[2] + t * to[2]];
        (p, normalised(sub(p, centre)))
    })
}

/// A matte ball on a dark bench.
pub fn matte(bench: &Bench, lamp: &Lamp, balls: &[([f64; 3], f64)], floor: f64) -> Plane {
    render(bench, |from, to| {
        balls
            .iter()
            .find_map(|&(c, r)| hit(from, to, c, r))
            .map_or(floor, |(p, n)| 0.6 * lamp.on(p, n))
    })
}

/// A mirror ball in a dim room: the lamp is a bright disc of `radius` mm.
pub fn mirror(bench: &Bench, lamp: &Lamp, balls: &[([f64; 3], f64)], radius: f64) -> Plane {
    render(bench, |from, to| {
        let Some((p, n)) = balls.iter().find_map(|&(c, r)| hit(from, to, c, r)) else {
            return 0.02;
        };
        let d = inner(to, n);
        let out = [to[0] - 2.0 * d * n[0], to[1] - 2.0 * d * n[1], to[2] - 2.0 * d * n[2]];
        let towards = sub(lamp.at, p);
        let along = inner(towards, out);
        let miss = length(sub(towards, out.map(|v| v * along)));
        let room = 0.12 + 0.05 * out[0];
        if along > 0.0 && miss < radius { 1.0 } else { room }
    })
}

/// A white plane at a height, with vignetting over the field.
pub fn white(bench: &Bench, lamp: &Lamp, height: f64, corner_loss: f64) -> Plane {
    let corner = length([
        bench.width as f64 * bench.pitch / 2.0,
        bench.height as f64 * bench.pitch / 2.0,
        0.0,
    ]);
    render(bench, |from, to| {
        let t = (height - from[2]) / to[2];
        let p = [from[0] + t * to[0], from[1] + t * to[1], height];
        let ground = from[2] / -to[2];
        let on_card = [from[0] + ground * to[0], from[1] + ground * to[1], 0.0];
        let off = length(on_card) / corner;
        lamp.on(p, [0.0, 0.0, 1.0]) * (1.0 - corner_loss * off * off)
    })
}

/// Adds noise of a fixed sequence: a linear congruential generator, sum of 12.
pub fn noisy(mut plane: Plane, sigma: f64, seed: u64) -> Plane {
    let mut state = seed.wrapping_mul(2) + 1;
    for v in &mut plane.data {
        let mut sum = -6.0;
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            sum += (state >> 40) as f64 / (1u64 << 24) as f64;
        }
        *v += (sigma * sum) as f32;
    }
    plane
}

/// Eight lamps on a ring 45 degrees up.
pub fn ring(distance: f64, exponent: f64) -> Vec<Lamp> {
    (0..8)
        .map(|k| {
            let (s, c) = (f64::from(k) * std::f64::consts::TAU / 8.0 + 0.2).sin_cos();
            let tilt = 0.7 + 0.02 * f64::from(k);
            let at = normalised([c, s, tilt * 1.4]).map(|v| v * (distance + 5.0 * f64::from(k)));
            Lamp {
                at,
                power: 0.8 + 0.03 * f64::from(k),
                exponent,
            }
        })
        .collect()
}
