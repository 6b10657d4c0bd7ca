//! The maps of consecutive pixels, to be written.

use crate::options::{Normals, Solution};
use imaging::{Half, Unit};
use rayon::prelude::*;

/// Slices of the maps of a [`Solution`].
pub struct Pixels<'a> {
    /// x, y and z of the normals.
    pub normals: [&'a mut [Unit]; 3],
    /// 1 or 3 a pixel.
    pub albedo: &'a mut [Half],
    /// 1 a pixel.
    pub residual: &'a mut [Half],
    /// 1 a pixel, degrees.
    pub confidence: &'a mut [Half],
    /// 1 a pixel.
    pub known: &'a mut [u8],
}

impl Pixels<'_> {
    /// Values of the albedo at a pixel.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.albedo.len() / self.known.len()
    }

    /// The part for `n` pixels from pixel `at` on.
    pub fn part(&mut self, at: usize, n: usize) -> Pixels<'_> {
        let c = self.channels();
        Pixels {
            normals: self.normals.each_mut().map(|plane| &mut plane[at..at + n]),
            albedo: &mut self.albedo[c * at..c * (at + n)],
            residual: &mut self.residual[at..at + n],
            confidence: &mut self.confidence[at..at + n],
            known: &mut self.known[at..at + n],
        }
    }

    /// Writes a normal.
    pub fn set_normal(&mut self, i: usize, normal: [f32; 3]) {
        for (plane, v) in self.normals.iter_mut().zip(normal) {
            plane[i] = Unit::new(v);
        }
    }

    /// Leaves every pixel unknown.
    pub fn clear_all(&mut self) {
        self.normals.iter_mut().for_each(|plane| plane.fill(Unit::default()));
        for plane in [&mut *self.albedo, self.residual, self.confidence] {
            plane.fill(Half::default());
        }
        self.known.fill(0);
    }

    /// Leaves a pixel unknown.
    pub fn clear(&mut self, i: usize) {
        self.part(i, 1).clear_all();
    }

    /// Takes pixel `from` of other maps over.
    pub fn copy_pixel(&mut self, i: usize, other: &Pixels<'_>, from: usize) {
        let c = self.channels();
        for (plane, other) in self.normals.iter_mut().zip(&other.normals) {
            plane[i] = other[from];
        }
        self.albedo[c * i..c * (i + 1)].copy_from_slice(&other.albedo[c * from..c * (from + 1)]);
        self.residual[i] = other.residual[from];
        self.confidence[i] = other.confidence[from];
        self.known[i] = other.known[from];
    }
}

impl Solution {
    /// The maps in pieces of `n` pixels, the last one shorter.
    pub fn pieces(&mut self, n: usize) -> impl IndexedParallelIterator<Item = Pixels<'_>> {
        let end = self.known.len();
        self.pieces_of(0..end, n)
    }

    /// The maps of a range of pixels in pieces of `n` pixels, the last one shorter.
    pub fn pieces_of(
        &mut self,
        range: std::ops::Range<usize>,
        n: usize,
    ) -> impl IndexedParallelIterator<Item = Pixels<'_>> {
        let c = self.channels;
        let Normals { x, y, z } = &mut self.normals;
        let [x, y, z] = [x, y, z].map(|plane| plane[range.clone()].par_chunks_mut(n));
        x.zip(y)
            .zip(z)
            .zip(self.albedo[c * range.start..c * range.end].par_chunks_mut(c * n))
            .zip(self.residual[range.clone()].par_chunks_mut(n))
            .zip(self.confidence_deg[range.clone()].par_chunks_mut(n))
            .zip(self.known[range].par_chunks_mut(n))
            .map(|((((((x, y), z), albedo), residual), confidence), known)| Pixels {
                normals: [x, y, z],
                albedo,
                residual,
                confidence,
                known,
            })
    }
}
