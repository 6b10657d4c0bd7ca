//! A tile: part of a row, its samples light by light, and the least-squares fit of every pixel.

use crate::elimination::Linear;
use crate::kernel::{self, Fits, LANES, Planes, lane};
use crate::lanes::{Lanes, Limits, figures};
use crate::lights::{Lights, normal_matrix};
use crate::linear::{Sym3, V3, apply, inverse};
use crate::near;
use crate::reader::Reader;
use crate::unvarnish::{self, Halves};
use crate::varnish::Varnish;
use imaging::fastest;

/// Longest tile; eight lights of 512 pixels fit the first-level cache.
pub const TILE: usize = 512;

/// The lights of a stack in the form tiles need.
pub struct Setup<'a> {
    /// Normalised samples.
    pub reader: Reader<'a>,
    /// The lights.
    pub lights: Lights,
    /// Directions at the image centre; everywhere when the lights are far.
    pub directions: Vec<V3>,
    /// `(S^T S)^-1` of those.
    pub inverse: Sym3,
    /// Directions in single precision.
    pub narrow: Vec<[f32; 3]>,
    /// Rows of `(S^T S)^-1 S^T` at the image centre.
    pub pseudo_inverse: Vec<[f32; 3]>,
    /// What samples of far lights are multiplied by.
    pub gains: Vec<f32>,
    view_distance: Option<f64>,
    /// The specular lobe to take out of every sample.
    pub varnish: Option<Varnish>,
}

impl<'a> Setup<'a> {
    /// `None` when the directions have no inverse, which [`crate::check`] has excluded.
    pub fn new(reader: Reader<'a>, lights: Lights) -> Option<Self> {
        let directions = lights.central();
        let inverse = inverse(&normal_matrix(&directions))?;
        let narrow = directions.iter().map(|d| d.map(|v| v as f32)).collect();
        let pseudo_inverse = directions
            .iter()
            .map(|&d| apply(&inverse, d).map(|v| v as f32))
            .collect();
        let gains = (0..lights.len()).map(|k| lights.at(k, 0.0, 0.0).gain as f32).collect();
        Some(Self {
            reader,
            lights,
            directions,
            inverse,
            narrow,
            pseudo_inverse,
            gains,
            view_distance: None,
            varnish: None,
        })
    }

    /// Distance of the camera in the unit of [`Lights::place`].
    pub fn view_distance(&self) -> Option<f64> {
        self.view_distance
    }

    /// Sets the distance of the camera in mm; it means something only with a pitch.
    pub fn seen_from(mut self, distance_mm: Option<f64>) -> Self {
        self.view_distance = distance_mm;
        self
    }

    /// Number of lights.
    pub fn count(&self) -> usize {
        self.directions.len()
    }
}

/// Buffers of one worker.
pub struct Tile {
    /// Pixels in use.
    pub n: usize,
    /// Row and first column.
    place: (usize, usize),
    /// Grey samples, light by light, [`TILE`] apart.
    pub samples: Vec<f32>,
    /// Samples of the channels of an RGB stack, channel by channel, each like `samples`; empty for grey.
    pub colour: Vec<f32>,
    /// The specular lobe that was taken out of `samples`, and is in `colour`, light by light; empty where there is none.
    pub lobe: Vec<f32>,
    /// Largest code of each pixel, where one of the tile is saturated; else 0.
    pub peaks: Vec<u16>,
    codes: Vec<u16>,
    /// `albedo * normal`.
    pub g: [Vec<f32>; 3],
    /// Sum of squared residuals.
    pub rss: Vec<f32>,
    /// Figures of the fits.
    pub lanes: Box<Lanes>,
    /// `(S^T S)^-1` per pixel when lights are near.
    inverse: [Vec<f32>; 6],
    /// Directions per pixel when lights are near: x, y, z, each like `samples`.
    pub directions: [Vec<f32>; 3],
    scratch: Vec<f32>,
    halves: Option<Halves>,
}

impl Tile {
    /// Buffers for a setup.
    pub fn new(setup: &Setup) -> Self {
        let planes = setup.count() * TILE;
        let near = if setup.lights.near() { planes } else { 0 };
        let colour = if setup.reader.channels == 3 { 3 * planes } else { 0 };
        Self {
            n: 0,
            place: (0, 0),
            samples: vec![0.0; planes],
            colour: vec![0.0; colour],
            lobe: vec![0.0; if setup.varnish.is_some() { planes } else { 0 }],
            peaks: vec![0; TILE],
            codes: vec![0; setup.reader.channels * TILE],
            g: std::array::from_fn(|_| vec![0.0; TILE]),
            rss: vec![0.0; TILE],
            lanes: Box::new(Lanes::new()),
            inverse: std::array::from_fn(|_| vec![0.0; if near > 0 { TILE } else { 0 }]),
            directions: std::array::from_fn(|_| vec![0.0; near]),
            scratch: vec![0.0; TILE],
            halves: setup.varnish.map(|_| Halves::new(&setup.lights)),
        }
    }

    /// Reads pixels `x0 .. x0 + n` of row `y` under all lights. Grey is the plain mean of the normalised channels: after
    /// division by the light's colour a neutral surface has equal channels, and the mean has the least noise.
    pub fn read(&mut self, setup: &Setup, y: usize, x0: usize, n: usize) {
        self.read_samples(setup, y, x0, n);
        let codes = &mut self.codes[..n * setup.reader.channels];
        setup.reader.read_peaks(y, x0, codes, &mut self.peaks[..n]);
    }

    /// [`Tile::read`] without the peaks.
    pub fn read_samples(&mut self, setup: &Setup, y: usize, x0: usize, n: usize) {
        self.n = n;
        self.place = (y, x0);
        setup.reader.prefetch_next(y, x0, n, 0);
        let padded = n.next_multiple_of(LANES);
        for k in 0..setup.count() {
            let row = k * TILE..k * TILE + n;
            if self.colour.is_empty() {
                let out = &mut self.samples[row.clone()];
                setup.reader.read(k, 0, y, x0, out, &mut self.scratch[..n]);
            } else {
                self.read_colour(setup, k, y, x0);
            }
            self.apply_gain(setup, k, y, x0);
            for v in &mut self.samples[k * TILE + n..k * TILE + padded] {
                *v = 0.0;
            }
        }
    }

    fn read_colour(&mut self, setup: &Setup, k: usize, y: usize, x0: usize) {
        let planes = setup.count() * TILE;
        let row = k * TILE..k * TILE + self.n;
        let (red, rest) = self.colour.split_at_mut(planes);
        let (green, blue) = rest.split_at_mut(planes);
        let mut colours = [&mut red[row.clone()], &mut green[row.clone()], &mut blue[row.clone()]];
        if !setup.reader.read_colours(k, y, x0, &mut colours) {
            for (c, out) in colours.iter_mut().enumerate() {
                setup.reader.read(k, c, y, x0, out, &mut self.scratch[..row.len()]);
            }
        }
        let [red, green, blue] = colours;
        mean_wide(red, green, blue, &mut self.samples[row]);
    }

    fn apply_gain(&mut self, setup: &Setup, k: usize, y: usize, x0: usize) {
        let n = self.n;
        let row = k * TILE..k * TILE + n;
        if setup.lights.near() {
            let [dx, dy, dz] = &mut self.directions;
            let out = [&mut dx[row.clone()], &mut dy[row.clone()], &mut dz[row.clone()]];
            near::fill(&setup.lights, k, y, x0, &mut self.scratch[..n], out);
            // Padding lanes need a regular matrix, whatever it is; their results are not read.
            for plane in &mut self.directions {
                let last = plane[k * TILE + n - 1];
                plane[k * TILE + n..k * TILE + n.next_multiple_of(LANES)].fill(last);
            }
        } else if setup.gains[k] == 1.0 {
            return;
        } else {
            self.scratch[..n].fill(setup.gains[k]);
        }
        let planes = setup.count() * TILE;
        multiply(&mut self.samples[row.clone()], &self.scratch);
        for c in 0..self.colour.len() / planes {
            multiply(
                &mut self.colour[c * planes + row.start..c * planes + row.end],
                &self.scratch,
            );
        }
    }

    /// Asks the memory for a part of the next tile's samples.
    pub fn prefetch(&self, setup: &Setup, part: usize) {
        let (y, x0) = self.place;
        setup.reader.prefetch_next(y, x0, self.n, part);
    }

    /// Least squares of all lights at every pixel.
    pub fn fit(&mut self, setup: &Setup) {
        let samples = Planes {
            data: &self.samples,
            stride: TILE,
        };
        let [x, y, z] = &mut self.g;
        let mut out = Fits {
            g: [x, y, z],
            rss: &mut self.rss,
        };
        if setup.lights.near() {
            let [dx, dy, dz] = &self.directions;
            let directions = [dx.as_slice(), dy.as_slice(), dz.as_slice()];
            kernel::near(samples, self.n, setup.count(), &directions, &mut self.inverse, &mut out);
        } else {
            kernel::far(samples, self.n, &setup.pseudo_inverse, &setup.narrow, &mut out);
        }
    }

    /// Takes the varnish out of the samples of a fitted tile at (x0, y) and fits again.
    pub fn unvarnish(&mut self, setup: &Setup, y: usize, x0: usize) {
        let (Some(varnish), Some(mut halves)) = (&setup.varnish, self.halves.take()) else {
            return;
        };
        halves.fill(setup, varnish, y, x0, self.n.next_multiple_of(LANES));
        unvarnish::remove(self, setup, varnish, &halves);
        self.halves = Some(halves);
        self.fit(setup);
    }

    /// Component `j` of light `k`'s direction over a lane.
    #[inline(always)]
    pub fn direction_lane(&self, setup: &Setup, k: usize, j: usize, at: usize) -> [f32; LANES] {
        if setup.lights.near() {
            let from = k * TILE + at;
            std::array::from_fn(|i| self.directions[j][from + i])
        } else {
            [setup.narrow[k][j]; LANES]
        }
    }

    /// `(S^T S)^-1` over a lane.
    #[inline(always)]
    pub fn inverse_lane(&self, setup: &Setup, at: usize) -> [[f32; LANES]; 6] {
        std::array::from_fn(|j| {
            if setup.lights.near() {
                std::array::from_fn(|i| self.inverse[j][at + i])
            } else {
                [setup.inverse[j] as f32; LANES]
            }
        })
    }

    /// Figures of the fits into `lanes`.
    pub fn measure(&mut self, setup: &Setup, limits: &Limits) {
        let near = setup.lights.near().then_some(&self.inverse);
        figures(self.n, &self.g, &self.rss, near, limits, &mut self.lanes);
    }

    /// Direction of light `k` at pixel `i`.
    pub fn direction(&self, setup: &Setup, k: usize, i: usize) -> V3 {
        if setup.lights.near() {
            [0, 1, 2].map(|j| f64::from(self.directions[j][k * TILE + i]))
        } else {
            setup.directions[k]
        }
    }

    /// The least-squares fit of all lights at pixel `i`.
    pub fn fit_at(&self, setup: &Setup, i: usize) -> Linear {
        let near = setup.lights.near();
        Linear {
            g: [0, 1, 2].map(|j| f64::from(self.g[j][i])),
            inverse: if near {
                std::array::from_fn(|j| f64::from(self.inverse[j][i]))
            } else {
                setup.inverse
            },
            rss: f64::from(self.rss[i]),
            kept: setup.count(),
        }
    }

    /// `(S^T S)^-1` of all lights at pixel `i`.
    pub fn narrow_inverse(&self, setup: &Setup, i: usize) -> [f32; 6] {
        if setup.lights.near() {
            std::array::from_fn(|j| self.inverse[j][i])
        } else {
            setup.inverse.map(|v| v as f32)
        }
    }

    /// Residual of light `k` at pixel `i` against the least-squares fit.
    pub fn residual(&self, setup: &Setup, k: usize, i: usize) -> f64 {
        let d = self.direction(setup, k, i);
        let model = (0..3).map(|j| d[j] * f64::from(self.g[j][i])).sum::<f64>();
        f64::from(self.samples[k * TILE + i]) - model
    }

    /// Residuals of light `k` at all pixels against the least-squares fit.
    pub fn residuals(&self, setup: &Setup, k: usize, out: &mut [f32; TILE]) {
        let row = &self.samples[k * TILE..(k + 1) * TILE];
        let g = [0, 1, 2].map(|j| &self.g[j][..]);
        let padded = self.n.next_multiple_of(LANES);
        for at in (0..padded).step_by(LANES) {
            let d = [0, 1, 2].map(|j| self.direction_lane(setup, k, j, at));
            let (row, [x, y, z]) = (lane(row, at), g.map(|g| lane(g, at)));
            for i in 0..LANES {
                out[at + i] = row[i] - (d[0][i] * x[i] + d[1][i] * y[i] + d[2][i] * z[i]);
            }
        }
    }

    /// [`Tile::direction`] in single precision.
    pub fn narrow_direction(&self, setup: &Setup, k: usize, i: usize) -> [f32; 3] {
        if setup.lights.near() {
            [0, 1, 2].map(|j| self.directions[j][k * TILE + i])
        } else {
            setup.narrow[k]
        }
    }
}

fastest! {
    fn mean_wide(red: &[f32], green: &[f32], blue: &[f32], grey: &mut [f32]) = mean
}

#[inline(always)]
fn mean(red: &[f32], green: &[f32], blue: &[f32], grey: &mut [f32]) {
    for (grey, ((r, g), b)) in grey.iter_mut().zip(red.iter().zip(green).zip(blue)) {
        *grey = (r + g + b) * (1.0 / 3.0);
    }
}

fn multiply(a: &mut [f32], b: &[f32]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a *= b;
    }
}
