//! Two Gaussian blurs, one after the other, of a stream of rows.

use crate::fir::{Kernel, Ring, padded};

/// Rings and rows of one worker for strips of up to a width.
pub struct Cascade {
    fine: Kernel,
    medium: Kernel,
    raw: Ring,
    blurred: Ring,
    across: Vec<f32>,
    twice: Vec<f32>,
    along: Vec<usize>,
    offsets: Vec<usize>,
    width: usize,
}

impl Cascade {
    /// For rows that give up to `most` values at the end.
    pub fn new(fine: &Kernel, medium: &Kernel, most: usize) -> Self {
        let (inner, outer) = (most + 2 * medium.radius(), most + 2 * (fine.radius() + medium.radius()));
        Self {
            raw: Ring::new(fine.len(), outer),
            blurred: Ring::new(medium.len(), inner),
            across: vec![0.0; padded(outer)],
            twice: vec![0.0; padded(most)],
            along: (0..fine.len().max(medium.len())).collect(),
            offsets: Vec::new(),
            width: most,
            fine: fine.clone(),
            medium: medium.clone(),
        }
    }

    /// Places and rows on each side of a result that it is made from.
    pub fn reach(fine: &Kernel, medium: &Kernel) -> usize {
        fine.radius() + medium.radius()
    }

    /// Starts a strip whose rows give `width` values.
    pub fn begin(&mut self, width: usize) {
        self.width = width;
        self.raw.restart();
        self.blurred.restart();
    }

    /// The place of the next row, as long as a result with the reach on both sides.
    pub fn row(&mut self) -> &mut [f32] {
        let reach = Self::reach(&self.fine, &self.medium);
        &mut self.raw.next()[..self.width + 2 * reach]
    }

    /// After a row was filled in: the row that came a reach before it, blurred once and twice, when enough rows came.
    pub fn results(&mut self) -> Option<(&[f32], &[f32])> {
        if !self.raw.full() {
            return None;
        }
        let inner = self.width + 2 * self.medium.radius();
        self.raw.offsets(&mut self.offsets);
        let outer = inner + 2 * self.fine.radius();
        self.fine.apply(self.raw.data(), &self.offsets, outer, &mut self.across);
        let along = &self.along[..self.fine.len()];
        self.fine.apply(&self.across, along, inner, self.blurred.next());
        if !self.blurred.full() {
            return None;
        }
        self.blurred.offsets(&mut self.offsets);
        self.medium
            .apply(self.blurred.data(), &self.offsets, inner, &mut self.across);
        let along = &self.along[..self.medium.len()];
        self.medium.apply(&self.across, along, self.width, &mut self.twice);
        let r = self.medium.radius();
        Some((&self.blurred.back(r)[r..r + self.width], &self.twice[..self.width]))
    }
}
