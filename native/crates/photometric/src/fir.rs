//! Symmetric filters over rows and along them: one straight loop that the compiler turns into SIMD.

use imaging::fastest;

/// Values made together; buffers are padded by as many.
pub const WIDE: usize = 32;

/// Half of a symmetric kernel, the middle first; the whole sums up to 1.
#[derive(Clone, Debug)]
pub struct Kernel(Vec<f32>);

impl Kernel {
    /// Gaussian sampled at whole steps out to 3.3 sigma, where a thousandth of its mass is left.
    pub fn gaussian(sigma: f64) -> Self {
        let radius = (3.3 * sigma).ceil() as usize;
        let value = |i: usize| (-0.5 * (i as f64 / sigma).powi(2)).exp();
        let sum = 1.0 + 2.0 * (1..=radius).map(value).sum::<f64>();
        Self((0..=radius).map(|i| (value(i) / sum) as f32).collect())
    }

    /// Steps to the outermost value.
    pub fn radius(&self) -> usize {
        self.0.len() - 1
    }

    /// Values of a row under the whole kernel.
    pub fn len(&self) -> usize {
        2 * self.radius() + 1
    }

    /// `out[i]` for `i < n` from the rows that begin at `offsets` of `data`, as many as the kernel is long. With offsets
    /// 0, 1, 2 ... it filters along one row, whose middle then lies a radius to the right.
    pub fn apply(&self, data: &[f32], offsets: &[usize], n: usize, out: &mut [f32]) {
        assert_eq!(offsets.len(), self.len(), "one row for each value of the kernel");
        apply_wide(&self.0, data, offsets, n, out);
    }
}

fastest! {
    fn apply_wide(half: &[f32], data: &[f32], offsets: &[usize], n: usize, out: &mut [f32]) = apply_body
}

type Block = [f32; WIDE];

#[inline(always)]
fn block(data: &[f32], at: usize) -> &Block {
    data[at..at + WIDE]
        .try_into()
        .expect("buffers are padded to whole blocks")
}

#[inline(always)]
fn apply_body(half: &[f32], data: &[f32], offsets: &[usize], n: usize, out: &mut [f32]) {
    let radius = half.len() - 1;
    for at in (0..n).step_by(WIDE) {
        let middle = block(data, offsets[radius] + at);
        let mut sum = [0.0f32; WIDE];
        for i in 0..WIDE {
            sum[i] = half[0] * middle[i];
        }
        for j in 1..=radius {
            let (a, b) = (
                block(data, offsets[radius - j] + at),
                block(data, offsets[radius + j] + at),
            );
            for i in 0..WIDE {
                sum[i] += half[j] * (a[i] + b[i]);
            }
        }
        out[at..at + WIDE].copy_from_slice(&sum);
    }
}

/// Length of a buffer for `n` values.
pub fn padded(n: usize) -> usize {
    n.next_multiple_of(WIDE) + WIDE
}

/// The last rows of a stream, in a ring.
pub struct Ring {
    data: Vec<f32>,
    stride: usize,
    rows: usize,
    /// Rows begun.
    count: usize,
}

impl Ring {
    /// Room for `rows` rows of `n` values.
    pub fn new(rows: usize, n: usize) -> Self {
        let stride = padded(n);
        Self {
            data: vec![0.0; rows * stride + WIDE],
            stride,
            rows,
            count: 0,
        }
    }

    /// Starts a stream over.
    pub fn restart(&mut self) {
        self.count = 0;
    }

    /// The place of the next row, which takes that of the oldest.
    pub fn next(&mut self) -> &mut [f32] {
        let at = self.count % self.rows * self.stride;
        self.count += 1;
        &mut self.data[at..at + self.stride]
    }

    /// Whether all its rows belong to this stream.
    pub fn full(&self) -> bool {
        self.count >= self.rows
    }

    /// Writes where the rows begin in [`Ring::data`], the oldest first.
    pub fn offsets(&self, out: &mut Vec<usize>) {
        out.clear();
        out.extend((self.count..self.count + self.rows).map(|i| i % self.rows * self.stride));
    }

    /// The rows, in no order.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// The row that came `back` rows before the newest.
    pub fn back(&self, back: usize) -> &[f32] {
        let at = (self.count - 1 - back) % self.rows * self.stride;
        &self.data[at..at + self.stride]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_has_the_sum_and_the_variance_of_its_gaussian() {
        for sigma in [1.0, 2.0, 3.46, 7.0] {
            let Kernel(half) = Kernel::gaussian(sigma);
            let both = |f: &dyn Fn(usize) -> f64| {
                f(0) * f64::from(half[0]) + 2.0 * (1..half.len()).map(|i| f(i) * f64::from(half[i])).sum::<f64>()
            };
            assert!((both(&|_| 1.0) - 1.0).abs() < 1e-6);
            let variance = both(&|i| (i * i) as f64);
            assert!((variance.sqrt() / sigma - 1.0).abs() < 0.01, "{sigma}: {variance}");
        }
    }

    #[test]
    fn a_ring_forgets_its_oldest_row() {
        let mut ring = Ring::new(3, 4);
        for value in 0..5 {
            assert_eq!(ring.full(), value >= 3);
            ring.next()[0] = value as f32;
        }
        assert_eq!([ring.back(0)[0], ring.back(1)[0], ring.back(2)[0]], [4.0, 3.0, 2.0]);
        let mut offsets = Vec::new();
        ring.offsets(&mut offsets);
        assert_eq!(
            offsets.iter().map(|&at| ring.data()[at]).collect::<Vec<_>>(),
            [2.0, 3.0, 4.0]
        );
    }
}
