//! The maps made in one pass against plain double-precision formulas that are written here and share no code with it.

use crate::render::gaussian;
use imaging::{Cancel, Encoding, Frame, FrameStack, Half, Raster, Samples};
use photometric::{
    Light, Normals, PixelMaps, ShapeOptions, Solution, SolveOptions, SolveSummary, Wanted, curvature, gloss, gradients,
    pixel_maps, pixel_maps_into, shape_multiscale,
};

const PITCH: f64 = 0.04;
const LIGHTS: [[f64; 3]; 4] = [[0.6, 0.0, 0.8], [-0.6, 0.0, 0.8], [0.0, 0.6, 0.8], [0.0, -0.6, 0.8]];

/// Wavy normals with noise, an albedo with an edge, and unknown pixels: single ones, a block and a border.
fn made(width: usize, height: usize) -> Solution {
    let mut s = Solution {
        width,
        height,
        channels: 1,
        normals: Normals::default(),
        albedo: Vec::new(),
        residual: vec![Half::default(); width * height],
        confidence_deg: vec![Half::default(); width * height],
        known: Vec::new(),
        summary: SolveSummary::default(),
    };
    let mut normals: Vec<f32> = Vec::new();
    for i in 0..width * height {
        let (x, y) = ((i % width) as f64, (i / width) as f64);
        let noise = |which: u64| gaussian(3 * i as u64 + which);
        let p = 0.2 * (x * 0.11).sin() + 0.1 * (y * 0.31).cos() + 0.05 * noise(0);
        let q = 0.1 * (y * 0.07 + x * 0.03).sin() + 0.05 * noise(1);
        let known = !(i % 97 == 5 || (x > 30.0 && x < 38.0 && y > 20.0 && y < 33.0) || y > height as f64 - 3.0);
        let length = (1.0 + p * p + q * q).sqrt();
        let scale = f64::from(u8::from(known)) / length;
        normals.extend([-p * scale, -q * scale, scale].map(|v| v as f32));
        s.albedo
            .push(Half::new(f32::from(u8::from(known)) * if x < 20.0 { 0.8 } else { 0.3 }));
        s.known.push(u8::from(known));
    }
    s.normals = Normals::from_triples(&normals);
    s
}

/// Slopes in double precision, 0 where unknown.
fn slopes(s: &Solution) -> (Vec<f64>, Vec<f64>) {
    let axis = |j: usize| {
        (0..s.known.len())
            .map(|i| s.normals.at(i))
            .map(|n| -f64::from(n[j]) / f64::from(n[2]).max(0.05))
            .collect()
    };
    (axis(0), axis(1))
}

struct Grid<'a> {
    s: &'a Solution,
    p: Vec<f64>,
    q: Vec<f64>,
}

impl<'a> Grid<'a> {
    fn new(s: &'a Solution) -> Self {
        let (p, q) = slopes(s);
        Self { s, p, q }
    }

    /// Neighbours of a pixel, held at the border, and whether all are known.
    fn around(&self, x: usize, y: usize) -> ([usize; 4], bool) {
        let (w, h) = (self.s.width, self.s.height);
        let at = |x: usize, y: usize| y * w + x;
        let around = [
            at(x.saturating_sub(1), y),
            at((x + 1).min(w - 1), y),
            at(x, y.saturating_sub(1)),
            at(x, (y + 1).min(h - 1)),
        ];
        (around, around.iter().chain([&at(x, y)]).all(|&i| self.s.known[i] != 0))
    }

    fn divergence(&self) -> Vec<f64> {
        let (w, h) = (self.s.width, self.s.height);
        let value = |i: usize| {
            let (x, y) = (i % w, i / w);
            let ([l, r, u, d], known) = self.around(x, y);
            if x == 0 || y == 0 || x + 1 == w || y + 1 == h || !known {
                return 0.0;
            }
            -(self.p[r] - self.p[l] + self.q[d] - self.q[u]) / 2.0
        };
        (0..w * h).map(value).collect()
    }

    fn curvatures(&self, x: usize, y: usize) -> [f64; 2] {
        let ([l, r, u, d], known) = self.around(x, y);
        if !known {
            return [0.0; 2];
        }
        let (w, h) = (self.s.width, self.s.height);
        let dx = PITCH * if x == 0 || x + 1 == w { 1.0 } else { 2.0 };
        let dy = PITCH * if y == 0 || y + 1 == h { 1.0 } else { 2.0 };
        let (p, q) = (self.p[y * w + x], self.q[y * w + x]);
        let (px, py) = ((self.p[r] - self.p[l]) / dx, (self.p[d] - self.p[u]) / dy);
        let (qx, qy) = ((self.q[r] - self.q[l]) / dx, (self.q[d] - self.q[u]) / dy);
        let m = 1.0 + p * p + q * q;
        let mean = -((1.0 + q * q) * px - p * q * (py + qx) + (1.0 + p * p) * qy) / (2.0 * m.powf(1.5));
        [mean, (px * qy - py * qx) / (m * m)]
    }
}

/// Gaussian blur by direct sums out to seven sigma, zero outside.
fn blur(plane: &[f64], w: usize, h: usize, sigma: f64) -> Vec<f64> {
    let r = (7.0 * sigma).ceil() as isize;
    let kernel: Vec<f64> = (-r..=r).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = kernel.iter().sum();
    let along = |from: &[f64], step: usize, place: &dyn Fn(usize) -> usize, n: usize| -> Vec<f64> {
        (0..from.len())
            .map(|i| {
                let here = place(i) as isize;
                let (a, b) = ((-r).max(-here), r.min(n as isize - 1 - here));
                let base = i as isize;
                (a..=b)
                    .map(|j| kernel[(j + r) as usize] * from[(base + j * step as isize) as usize])
                    .sum::<f64>()
                    / sum
            })
            .collect()
    };
    let across = along(plane, 1, &|i| i % w, w);
    along(&across, w, &|i| i / w, h)
}

fn shape(s: &Solution, size: f64) -> Vec<f64> {
    let d = Grid::new(s).divergence();
    let mut out = vec![0.0; d.len()];
    for (weight, scale) in [(0.25, 0.5 * size), (0.5, size), (0.25, 2.0 * size)] {
        let narrow = blur(&d, s.width, s.height, scale);
        let wide = blur(&d, s.width, s.height, 2.0 * scale);
        for i in 0..d.len() {
            out[i] += weight * scale * (narrow[i] - wide[i]) * f64::from(s.known[i]);
        }
    }
    out
}

/// Largest difference over the largest value.
fn off(found: &[f32], wanted: &[f64]) -> f64 {
    assert_eq!(found.len(), wanted.len());
    let largest = wanted.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let difference = found.iter().zip(wanted);
    difference.fold(0.0f64, |m, (a, b)| m.max((f64::from(*a) - b).abs())) / largest
}

/// Largest error against Gaussians of these sizes: kernels end at 3.3 sigma, and sampled Gaussians of less than a pixel
/// do not add up in squares.
fn tolerated(size: f32) -> f64 {
    if size < 2.0 { 0.04 } else { 0.002 }
}

fn check_shape(s: &Solution, size: f32) {
    let found = shape_multiscale(
        s,
        ShapeOptions {
            characteristic_px: size,
        },
        &Cancel::new(),
    )
    .expect("shape");
    let wanted = shape(s, f64::from(size));
    if wanted.iter().all(|v| *v == 0.0) {
        assert!(found.iter().all(|v| *v == 0.0));
        return;
    }
    let worst = off(&found, &wanted);
    println!("{} x {}, {size} px: {worst:.2e}", s.width, s.height);
    assert!(
        worst < tolerated(size),
        "{} x {}, {size} px: {worst}",
        s.width,
        s.height
    );
}

#[test]
fn shape_is_the_sum_of_gaussian_bands_on_every_size_of_image_and_feature() {
    // Wider than a strip, higher than a band, narrow, tiny.
    for (w, h) in [(150, 130), (1100, 70), (40, 600), (3, 5), (1, 7)] {
        let s = made(w, h);
        for size in [1.0f32, 2.5, 4.0, 7.5] {
            check_shape(&s, size);
        }
    }
}

#[test]
fn shape_of_features_that_are_made_on_halved_planes_is_as_right() {
    let s = made(400, 380);
    for size in [8.0f32, 11.0, 20.0] {
        check_shape(&s, size);
    }
}

fn frames(width: usize, height: usize) -> FrameStack {
    let code = |k: usize, i: usize| ((i * (7919 + 31 * k) + 977 * k) % 60_000) as u16;
    FrameStack {
        frames: (0..LIGHTS.len())
            .map(|k| Frame {
                name: format!("light-{k}"),
                raster: Raster {
                    width,
                    height,
                    channels: 1,
                    samples: Samples::U16((0..width * height).map(|i| code(k, i)).collect()),
                },
                intensity: [1.0; 3],
                flat: None,
            })
            .collect(),
        dark: None,
        encoding: Encoding::Linear,
    }
}

fn everything(s: &Solution, stack: &FrameStack, used: PixelMaps) -> PixelMaps {
    let wanted = Wanted {
        gradients: true,
        curvature: true,
        shape: Some(ShapeOptions::default()),
    };
    let o = SolveOptions::new(LIGHTS.map(Light::Direction).to_vec());
    pixel_maps_into(s, Some((stack, &o)), &wanted, Some(PITCH), used, &Cancel::new()).expect("maps")
}

#[test]
fn slopes_curvatures_and_gloss_follow_their_formulas_to_single_precision() {
    let (w, h) = (1100, 90);
    let (s, stack) = (made(w, h), frames(w, h));
    let maps = everything(&s, &stack, PixelMaps::default());
    let grid = Grid::new(&s);
    assert!(off(&maps.p, &grid.p) < 1e-6 && off(&maps.q, &grid.q) < 1e-6);
    let both: Vec<[f64; 2]> = (0..w * h).map(|i| grid.curvatures(i % w, i / w)).collect();
    let (mean, gaussian): (Vec<f64>, Vec<f64>) = both.iter().map(|v| (v[0], v[1])).unzip();
    assert!(off(&maps.mean, &mean) < 3e-6, "{}", off(&maps.mean, &mean));
    assert!(
        off(&maps.gaussian, &gaussian) < 3e-6,
        "{}",
        off(&maps.gaussian, &gaussian)
    );
    let excess = |i: usize| {
        let n = s.normals.at(i).map(f64::from);
        let above = stack.frames.iter().zip(LIGHTS).map(|(frame, l)| {
            let Samples::U16(codes) = &frame.raster.samples else {
                unreachable!("frames of 16 bit were made")
            };
            let shade = n[0] * l[0] + n[1] * l[1] + n[2] * l[2];
            f64::from(codes[i]) / 65535.0 - f64::from(s.albedo[i].get()) * shade.max(0.0)
        });
        f64::from(s.known[i]) * above.fold(0.0, f64::max)
    };
    let wanted: Vec<f64> = (0..w * h).map(excess).collect();
    assert!(off(&maps.gloss, &wanted) < 1e-6);
}

#[test]
fn one_pass_gives_the_bits_of_each_map_alone_and_forgets_what_its_buffers_held() {
    let (w, h) = (210, 330);
    let (s, stack) = (made(w, h), frames(w, h));
    let o = SolveOptions::new(LIGHTS.map(Light::Direction).to_vec());
    let spoilt = || vec![f32::NAN; w * h];
    let used = PixelMaps {
        gloss: spoilt(),
        p: spoilt(),
        q: spoilt(),
        mean: spoilt(),
        gaussian: spoilt(),
        shape: spoilt(),
    };
    let all = everything(&s, &stack, used);
    let (slopes, curves) = (
        gradients(&s),
        curvature(&s, Some(PITCH), &Cancel::new()).expect("curvature"),
    );
    assert!(all.p == slopes.p && all.q == slopes.q);
    assert!(all.mean == curves.mean && all.gaussian == curves.gaussian);
    assert_eq!(all.gloss, gloss(&stack, &o, &s, &Cancel::new()).expect("gloss"));
    let shape = shape_multiscale(&s, ShapeOptions::default(), &Cancel::new()).expect("shape");
    assert_eq!(all.shape, shape);
    let none = pixel_maps(&s, None, &Wanted::default(), None, &Cancel::new()).expect("nothing to make");
    assert!(none.shape.is_empty() && none.gloss.is_empty() && none.p.is_empty() && none.mean.is_empty());
}
