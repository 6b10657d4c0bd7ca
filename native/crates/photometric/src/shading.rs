//! What a tile's fit says of its samples: light above the model, and the albedo of each channel for the shared normal.

use crate::kernel::{LANES, lane};
use crate::linear::{V3, dot};
use crate::tile::{Setup, TILE, Tile};
use imaging::fastest;

impl Tile {
    /// The largest of what the lights show at each pixel above `max(0, g.l_k)`, at least 0.
    pub fn excess(&self, setup: &Setup, out: &mut [f32]) {
        let g = [0, 1, 2].map(|j| &self.g[j][..]);
        if setup.lights.near() {
            let d = [0, 1, 2].map(|j| &self.directions[j][..]);
            excess_near(&self.samples, setup.count(), &g, &d, out);
        } else {
            excess_far(&self.samples, &g, &setup.narrow, out);
        }
    }

    /// Albedo of channel `c` at pixel `i` for a unit normal, least squares over the lights where `kept` is true.
    pub fn channel_albedo(&self, setup: &Setup, c: usize, i: usize, normal: V3, kept: impl Fn(usize) -> bool) -> f64 {
        let planes = setup.count() * TILE;
        let (mut above, mut below) = (0.0, 0.0);
        for k in (0..setup.count()).filter(|&k| kept(k)) {
            let shade = dot(self.direction(setup, k, i), normal);
            let lobe = self.lobe.get(k * TILE + i).copied().unwrap_or(0.0);
            above += shade * f64::from(self.colour[c * planes + k * TILE + i] - lobe);
            below += shade * shade;
        }
        if below > 0.0 { (above / below).max(0.0) } else { 0.0 }
    }

    /// [`Tile::channel_albedo`] over all lights at every pixel with the normals of `lanes`; the result lies channel by
    /// channel, [`TILE`] apart.
    pub fn colour_albedo(&self, setup: &Setup, out: &mut [f32; 3 * TILE]) {
        colour_wide(self, setup, out);
    }

    #[inline(always)]
    fn colour_body(&self, setup: &Setup, out: &mut [f32; 3 * TILE]) {
        let n = self.n;
        let planes = setup.count() * TILE;
        let (mut shade, mut below, mut lobe) = ([0.0f32; TILE], [0.0f32; TILE], [0.0f32; TILE]);
        out.fill(0.0);
        for k in 0..setup.count() {
            let row = k * TILE..k * TILE + n;
            if setup.lights.near() {
                let d = [0, 1, 2].map(|j| &self.directions[j][row.clone()]);
                shades(
                    &self.lanes.normal,
                    |i| [d[0][i], d[1][i], d[2][i]],
                    &mut shade[..n],
                    &mut below[..n],
                );
            } else {
                let d = setup.narrow[k];
                shades(&self.lanes.normal, |_| d, &mut shade[..n], &mut below[..n]);
            }
            // The lobe is white: what it adds is the same in all channels.
            if !self.lobe.is_empty() {
                for ((sum, shade), value) in lobe[..n].iter_mut().zip(&shade).zip(&self.lobe[row.clone()]) {
                    *sum += shade * value;
                }
            }
            for c in 0..3 {
                let samples = &self.colour[c * planes + row.start..c * planes + row.end];
                for ((sum, shade), sample) in out[c * TILE..c * TILE + n].iter_mut().zip(&shade).zip(samples) {
                    *sum += shade * sample;
                }
            }
        }
        for c in 0..3 {
            for ((sum, below), lobe) in out[c * TILE..c * TILE + n].iter_mut().zip(&below).zip(&lobe) {
                let v = (*sum - lobe)
                    / if *below > f32::MIN_POSITIVE {
                        *below
                    } else {
                        f32::MIN_POSITIVE
                    };
                *sum = if v > 0.0 { v } else { 0.0 };
            }
        }
    }
}

/// `n.l` and the sum of its squares.
#[inline(always)]
fn shades(normal: &[[f32; TILE]; 3], direction: impl Fn(usize) -> [f32; 3], shade: &mut [f32], below: &mut [f32]) {
    let n = shade.len();
    let ([x, y, z], below) = (normal.each_ref().map(|v| &v[..n]), &mut below[..n]);
    for i in 0..n {
        let d = direction(i);
        let s = d[0] * x[i] + d[1] * y[i] + d[2] * z[i];
        shade[i] = s;
        below[i] += s * s;
    }
}

fastest! {
    fn colour_wide(tile: &Tile, setup: &Setup, out: &mut [f32; 3 * TILE]) = Tile::colour_body
}

fastest! {
    fn excess_far(samples: &[f32], g: &[&[f32]; 3], directions: &[[f32; 3]], out: &mut [f32]) = excess_far_body
}

fastest! {
    fn excess_near(samples: &[f32], count: usize, g: &[&[f32]; 3], d: &[&[f32]; 3], out: &mut [f32]) = excess_near_body
}

#[inline(always)]
fn excess_far_body(samples: &[f32], g: &[&[f32]; 3], directions: &[[f32; 3]], out: &mut [f32]) {
    let count = directions.len();
    excess(samples, count, g, |k, _| directions[k].map(|v| [v; LANES]), out);
}

#[inline(always)]
fn excess_near_body(samples: &[f32], count: usize, g: &[&[f32]; 3], d: &[&[f32]; 3], out: &mut [f32]) {
    excess(samples, count, g, |k, at| d.map(|v| *lane(v, k * TILE + at)), out);
}

#[inline(always)]
fn excess(
    samples: &[f32],
    count: usize,
    g: &[&[f32]; 3],
    direction: impl Fn(usize, usize) -> [[f32; LANES]; 3],
    out: &mut [f32],
) {
    for (part, out) in out.chunks_mut(LANES).enumerate() {
        let at = part * LANES;
        let [x, y, z] = g.map(|v| *lane(v, at));
        let mut most = [0.0f32; LANES];
        for k in 0..count {
            let (row, d) = (lane(samples, k * TILE + at), direction(k, at));
            for i in 0..LANES {
                let model = d[0][i] * x[i] + d[1][i] * y[i] + d[2][i] * z[i];
                let above = row[i] - if model > 0.0 { model } else { 0.0 };
                most[i] = if above > most[i] { above } else { most[i] };
            }
        }
        out.copy_from_slice(&most[..out.len()]);
    }
}
