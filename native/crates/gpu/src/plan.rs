//! How a side is cut into tiles that fit the GPU's buffers.

/// Pixels a workgroup solves.
pub const GROUP: usize = 64;
/// Pixels of a tile: enough to keep a GPU busy, few enough that transfers and computing overlap on a side.
const MOST_PIXELS: usize = 1 << 19;

/// Sizes of the buffers of one tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// Pixels of every tile but the last; a multiple of [`GROUP`].
    pub pixels: usize,
    /// Words (32 bit) from one picture to the next.
    pub stride: usize,
    /// Pictures: frames, flats, dark.
    pub pictures: usize,
    /// Channels of each.
    pub channels: usize,
}

impl Plan {
    /// Tiles for pictures of `bits` a sample under a bound on a buffer's size; `None` where not even one group fits.
    pub fn new(pixels: usize, pictures: usize, channels: usize, bits: usize, most_bytes: u64) -> Option<Self> {
        let most_bytes = usize::try_from(most_bytes).unwrap_or(usize::MAX);
        let a_pixel = (pictures * channels * bits / 8).max(Self::map_words(channels) * 4 + 1);
        let room = most_bytes / a_pixel / GROUP * GROUP;
        let pixels = pixels.next_multiple_of(GROUP).min(MOST_PIXELS).min(room);
        (pixels > 0).then(|| Self {
            pixels,
            // A group of 64 pixels fills whole pairs of words at either depth, as mapped parts of buffers have to.
            stride: pixels * channels * bits / 32,
            pictures,
            channels,
        })
    }

    /// Whole words of maps a pixel: normal, albedo, residual, confidence.
    fn map_words(channels: usize) -> usize {
        5 + channels
    }

    /// Bytes of the pictures of a tile.
    pub fn input_bytes(&self) -> u64 {
        (self.stride * self.pictures * 4) as u64
    }

    /// Bytes of the maps of a tile: words, and a byte of state a pixel.
    pub fn output_bytes(&self) -> u64 {
        (self.pixels * (Self::map_words(self.channels) * 4 + 1)) as u64
    }

    /// Byte ranges of normals, albedo, residual, confidence and states for the first `n` pixels.
    pub fn parts(&self, n: usize) -> [std::ops::Range<usize>; 5] {
        let c = self.channels;
        let starts = [0, 12, 12 + 4 * c, 16 + 4 * c, 20 + 4 * c].map(|bytes| bytes * self.pixels);
        let sizes = [12 * n, 4 * c * n, 4 * n, 4 * n, n];
        std::array::from_fn(|i| starts[i]..starts[i] + sizes[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_stay_under_the_bound_and_cover_all_pixels_in_groups() {
        for (pictures, channels, bits, most) in [(8, 1, 16, 1 << 20), (17, 3, 16, 1 << 18), (3, 1, 8, 1 << 13)] {
            let plan = Plan::new(1_000_003, pictures, channels, bits, most).expect("fits");
            assert!(plan.input_bytes() <= most && plan.output_bytes() <= most, "{plan:?}");
            assert_eq!(plan.pixels % GROUP, 0);
            assert_eq!(plan.stride % 2, 0);
        }
    }

    #[test]
    fn a_small_side_is_one_tile_and_too_small_a_buffer_is_told() {
        assert_eq!(Plan::new(100, 8, 1, 16, 1 << 27).expect("fits").pixels, 128);
        assert_eq!(Plan::new(100, 8, 1, 16, 1000), None);
    }

    #[test]
    fn the_parts_follow_each_other() {
        let plan = Plan::new(640, 8, 3, 16, 1 << 27).expect("fits");
        let parts = plan.parts(plan.pixels);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
        }
        assert_eq!(parts[4].end as u64, plan.output_bytes());
    }
}
