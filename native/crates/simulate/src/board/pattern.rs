//! A sheet of black rectangles and discs as the camera sees it: reflectance through point spread and pixel area.

use super::BoardScene;
use crate::camera::Camera;
use crate::profile::{edge_coverage, smeared_cdf};

/// Reflectance of paper, ink and what lies around the sheet.
pub(super) const PAPER: f64 = 0.85;
const INK: f64 = 0.05;
const AROUND: f64 = 0.03;
/// Lines through a pixel's point spread at which a crowded neighbourhood is integrated.
const NODES: usize = 64;
/// Places of the table of the point spread.
const SHARES: usize = 4096;

/// The point spread with the pixel's own area, along one axis.
pub(super) struct Optics {
    sigma: f64,
    reach: f64,
    nodes: Vec<f64>,
    /// Share of light below evenly spaced places from `-reach` to `reach`.
    shares: Vec<f64>,
}

impl Optics {
    pub(super) fn new(sigma: f64) -> Self {
        let reach = 4.0 * sigma + 0.5;
        // Nodes of equal weight: the quantiles at the middles of equal shares.
        let quantile = |share: f64| {
            let (mut low, mut high) = (-reach, reach);
            for _ in 0..50 {
                let mid = 0.5 * (low + high);
                if smeared_cdf(mid, sigma) < share {
                    low = mid;
                } else {
                    high = mid;
                }
            }
            0.5 * (low + high)
        };
        Self {
            sigma,
            reach,
            nodes: (0..NODES).map(|i| quantile((i as f64 + 0.5) / NODES as f64)).collect(),
            shares: (0..=SHARES)
                .map(|i| smeared_cdf((2.0 * i as f64 / SHARES as f64 - 1.0) * reach, sigma))
                .collect(),
        }
    }

    /// Share of light below `t`, linear between the table's places (error below 1e-6).
    fn below(&self, t: f64) -> f64 {
        let at = ((t / self.reach + 1.0) * 0.5 * SHARES as f64).clamp(0.0, SHARES as f64 - 1e-9);
        let i = at as usize;
        self.shares[i] + (at - i as f64) * (self.shares[i + 1] - self.shares[i])
    }
}

/// The sheet as a grid of cells of one reflectance between sorted lines.
pub(super) struct Pattern {
    pub(super) lines: [Vec<f64>; 2],
    cells: Vec<f64>,
    discs: Vec<[f64; 3]>,
    pub(super) centre: [f64; 2],
    pub(super) scale: [f64; 2],
}

impl Pattern {
    pub(super) fn new(scene: &BoardScene) -> Self {
        let paper = scene.paper_mm;
        let lines = [0, 1].map(|a| {
            let mut all: Vec<f64> = scene.rects_mm.iter().flat_map(|r| [r[a], r[a] + r[a + 2]]).collect();
            all.extend([-paper, scene.size_mm[a] + paper]);
            all.sort_by(f64::total_cmp);
            all.dedup_by(|b, a| (*b - *a).abs() < 1e-9);
            all
        });
        let (nx, ny) = (lines[0].len() + 1, lines[1].len() + 1);
        let mut cells = vec![AROUND; nx * ny];
        let mut fill = |from: [f64; 2], to: [f64; 2], value: f64| {
            let at = |a: usize, v: f64| lines[a].partition_point(|l| *l <= v + 1e-9);
            for j in at(1, from[1])..at(1, to[1]) {
                cells[j * nx..][at(0, from[0])..at(0, to[0])].fill(value);
            }
        };
        fill([-paper; 2], [scene.size_mm[0] + paper, scene.size_mm[1] + paper], PAPER);
        for r in &scene.rects_mm {
            fill([r[0], r[1]], [r[0] + r[2], r[1] + r[3]], INK);
        }
        let sign = if scene.mirrored { -1.0 } else { 1.0 };
        Self {
            lines,
            cells,
            discs: scene.discs_mm.clone(),
            centre: scene.size_mm.map(|s| s / 2.0),
            scale: [sign / scene.print_scale, 1.0 / scene.print_scale],
        }
    }

    pub(super) fn value(&self, at: [usize; 2]) -> f64 {
        self.cells[at[1] * (self.lines[0].len() + 1) + at[0]]
    }

    /// Reflectance that a pixel sees through point spread and pixel area.
    pub(super) fn seen(&self, camera: &Camera, px: [f64; 2], optics: &Optics) -> f64 {
        let on_sheet = |p: [f64; 2]| [0, 1].map(|a| p[a] * self.scale[a] + self.centre[a]);
        let q = on_sheet(camera.to_card(px));
        // Columns are mm a px; `scale` mirrors and undoes a wrong print size.
        let columns = camera.jacobian(px);
        let jacobian = [0, 1].map(|a| [columns[0][a] * self.scale[a], columns[1][a] * self.scale[a]]);
        let near = [0, 1].map(|a| {
            let reach = optics.reach * (jacobian[a][0].abs() + jacobian[a][1].abs());
            let from = self.lines[a].partition_point(|l| *l < q[a] - reach);
            let to = self.lines[a].partition_point(|l| *l <= q[a] + reach);
            (from, to)
        });
        for disc in &self.discs {
            let d = [q[0] - disc[0], q[1] - disc[1]];
            let (length, slack) = (
                d[0].hypot(d[1]),
                optics.reach * (jacobian[0][0].hypot(jacobian[1][0]) + jacobian[0][1].hypot(jacobian[1][1])),
            );
            if length > disc[2] + slack {
                continue;
            }
            if length < disc[2] - slack {
                return INK;
            }
            // The rim is straight within the point spread: the bend of a radius of 50 px moves it by 0.01 px at most.
            let outward = d.map(|v| v / length);
            let gradient = [0, 1].map(|k| outward[0] * jacobian[0][k] + outward[1] * jacobian[1][k]);
            let scale = gradient[0].hypot(gradient[1]);
            let share = edge_coverage((length - disc[2]) / scale, gradient.map(|g| g / scale), optics.sigma);
            return INK + share * (PAPER - INK);
        }
        let first = [near[0].0, near[1].0];
        match [0, 1].map(|axis| self.varies(near, axis)) {
            [false, false] => self.value(first),
            [true, true] => self.crowded(q, jacobian, near, optics),
            [along_x, _] => {
                // Steps along one axis only: straight edges add up exactly.
                let axis = usize::from(!along_x);
                let gradient = jacobian[axis];
                let length = gradient[0].hypot(gradient[1]);
                let mut at = first;
                let mut sum = self.value(at);
                for line in &self.lines[axis][near[axis].0..near[axis].1] {
                    let before = self.value(at);
                    at[axis] += 1;
                    let step = self.value(at) - before;
                    if step != 0.0 {
                        let distance = (q[axis] - line) / length;
                        sum += step * edge_coverage(distance, gradient.map(|g| g / length), optics.sigma);
                    }
                }
                sum
            }
        }
    }

    /// Whether the cells around a pixel differ along an axis.
    fn varies(&self, near: [(usize, usize); 2], axis: usize) -> bool {
        let other = 1 - axis;
        (near[other].0..=near[other].1).any(|j| {
            (near[axis].0..near[axis].1).any(|i| {
                let mut at = [0; 2];
                (at[axis], at[other]) = (i, j);
                let before = self.value(at);
                at[axis] += 1;
                self.value(at) != before
            })
        })
    }

    /// Integrates exactly along x on lines of constant y within the pixel's point spread.
    fn crowded(&self, q: [f64; 2], jacobian: [[f64; 2]; 2], near: [(usize, usize); 2], optics: &Optics) -> f64 {
        let mut sum = 0.0;
        let mut crossings: Vec<f64> = Vec::with_capacity(8);
        for &y in &optics.nodes {
            crossings.clear();
            for a in 0..2 {
                let (start, slope) = (q[a] + jacobian[a][1] * y, jacobian[a][0]);
                if slope.abs() < 1e-12 {
                    continue;
                }
                for line in &self.lines[a][near[a].0..near[a].1] {
                    let x = (line - start) / slope;
                    if x.abs() < optics.reach {
                        crossings.push(x);
                    }
                }
            }
            crossings.sort_by(f64::total_cmp);
            let (mut from, mut below) = (-optics.reach, 0.0);
            for i in 0..=crossings.len() {
                let to = crossings.get(i).copied().unwrap_or(optics.reach);
                let middle = 0.5 * (from + to);
                let cell = [0, 1].map(|a| {
                    let v = q[a] + jacobian[a][0] * middle + jacobian[a][1] * y;
                    let (first, last) = near[a];
                    first + self.lines[a][first..last].partition_point(|l| *l <= v)
                });
                let up_to = if i == crossings.len() { 1.0 } else { optics.below(to) };
                sum += (up_to - below) * self.value(cell);
                (from, below) = (to, up_to);
            }
        }
        sum / NODES as f64
    }
}
