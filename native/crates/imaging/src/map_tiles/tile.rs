//! One tile as bytes: which pixels are missing, then each value as the zigzag of its difference to the mean of the values
//! to its left and above, low bytes before high bytes, which is what a byte-wise compressor can shorten.

use super::quantise::PlaneScale;

/// Part of a plane: `width` x `height` pixels from (`x`, `y`) of rows of `stride`.
#[derive(Clone, Copy)]
pub struct Window {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    pub stride: usize,
}

/// Appends the bytes of one plane: `ceil(n / 8)` bytes with a bit 1 for each missing pixel (lowest bit first), `n` low
/// bytes, `n` high bytes.
pub fn append_plane(out: &mut Vec<u8>, data: &[f32], window: Window, scale: &PlaneScale) {
    let count = window.width * window.height;
    let mut missing = vec![0u8; count.div_ceil(8)];
    let (mut low, mut high) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut above = vec![0i16; window.width];
    for row in 0..window.height {
        let start = (window.y + row) * window.stride + window.x;
        let mut left = 0i16;
        for (column, &value) in data[start..start + window.width].iter().enumerate() {
            let guess = predicted(left, above[column], column, row);
            let code = if value.is_finite() {
                scale.code(value)
            } else {
                let at = row * window.width + column;
                missing[at / 8] |= 1 << (at % 8);
                guess
            };
            let difference = code.wrapping_sub(guess);
            let zigzag = ((difference << 1) ^ (difference >> 15)) as u16;
            low.push(zigzag as u8);
            high.push((zigzag >> 8) as u8);
            left = code;
            above[column] = code;
        }
    }
    out.extend_from_slice(&missing);
    out.extend_from_slice(&low);
    out.extend_from_slice(&high);
}

fn predicted(left: i16, above: i16, column: usize, row: usize) -> i16 {
    match (column, row) {
        (0, _) => above,
        (_, 0) => left,
        _ => ((i32::from(left) + i32::from(above)) >> 1) as i16,
    }
}
