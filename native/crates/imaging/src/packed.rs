//! Numbers of maps in 16 bits. Maps are larger than the frames they come from: half the memory is half the
//! traffic, and what is lost lies far below what a camera tells.

use crate::fastest;
use crate::pages::Number;

/// A finite number of at least 0: an IEEE 754 half. Relative error at most 0.05 %, steps of 6e-8 near 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Half(u16);

/// A number from -1 to 1 in 65,535 even steps of 3.1e-5: for components of unit vectors, 0.001 degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Unit(i16);

impl Number for Half {}
impl Number for Unit {}

/// The exponents of halves and floats are this many binary orders apart.
const APART: f32 = f32::from_bits((127 + 112) << 23);
const APART_DOWN: f32 = f32::from_bits((127 - 112) << 23);
/// Bits that the mantissa of a float has more.
const FINER: u32 = 13;
const FULL: f32 = 32_767.0;
/// 1.5 x 2^23: added to a small number, its last bits are that number rounded to a whole one.
const ROUNDER: f32 = 12_582_912.0;

impl Half {
    /// The largest that can be told.
    pub const MAX: f32 = 65_504.0;

    /// The nearest half; [`Half::MAX`] for what is larger, 0 for what is below 0 or no number.
    #[inline(always)]
    #[must_use]
    pub fn new(value: f32) -> Self {
        let value = if value > 0.0 { value } else { 0.0 };
        let value = if value < Self::MAX { value } else { Self::MAX };
        let bits = (value * APART_DOWN).to_bits();
        // To the nearest, ties to even.
        let rounded = bits + (1 << (FINER - 1)) - 1 + (bits >> FINER & 1);
        Self((rounded >> FINER) as u16)
    }

    /// As a float, exactly.
    #[inline(always)]
    #[must_use]
    pub fn get(self) -> f32 {
        f32::from_bits(u32::from(self.0) << FINER) * APART
    }

    /// Bits that sort as the numbers do: 5 of the exponent, 10 of the mantissa.
    #[inline(always)]
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }
}

impl Unit {
    /// The nearest step to a number, which is bounded to -1 to 1; -1 for what is no number.
    #[inline(always)]
    #[must_use]
    pub fn new(value: f32) -> Self {
        let value = if value > -1.0 { value } else { -1.0 };
        let value = if value < 1.0 { value } else { 1.0 };
        Self((value * FULL + ROUNDER).to_bits() as i16)
    }

    /// As a float.
    #[inline(always)]
    #[must_use]
    pub fn get(self) -> f32 {
        f32::from(self.0) * (1.0 / FULL)
    }
}

fastest! {
    /// Halves of the first numbers, as many as there is room for.
    pub fn pack_halves(from: &[f32], to: &mut [Half]) = halves
}

#[inline(always)]
fn halves(from: &[f32], to: &mut [Half]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = Half::new(*from);
    }
}

fastest! {
    /// Halves of three planes, pixel by pixel.
    pub fn pack_triples(from: &[&[f32]; 3], to: &mut [Half]) = triples
}

#[inline(always)]
fn triples([a, b, c]: &[&[f32]; 3], to: &mut [Half]) {
    let to = to.as_chunks_mut::<3>().0;
    let n = to.len();
    let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
    for i in 0..n {
        to[i] = [Half::new(a[i]), Half::new(b[i]), Half::new(c[i])];
    }
}

fastest! {
    /// Units of the first numbers, as many as there is room for.
    pub fn pack_units(from: &[f32], to: &mut [Unit]) = units
}

#[inline(always)]
fn units(from: &[f32], to: &mut [Unit]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = Unit::new(*from);
    }
}

fastest! {
    /// The numbers again, as many as there is room for.
    pub fn unpack_halves(from: &[Half], to: &mut [f32]) = unpack
}

#[inline(always)]
fn unpack(from: &[Half], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.get();
    }
}

fastest! {
    /// Mean over the channels of pixels, which have one or three.
    pub fn unpack_grey(from: &[Half], to: &mut [f32]) = grey
}

#[inline(always)]
fn grey(from: &[Half], to: &mut [f32]) {
    if from.len() == to.len() {
        unpack(from, to);
        return;
    }
    for (to, [r, g, b]) in to.iter_mut().zip(from.as_chunks::<3>().0) {
        *to = (r.get() + g.get() + b.get()) * (1.0 / 3.0);
    }
}

/// All numbers of a map as floats.
#[must_use]
pub fn floats(map: &[Half]) -> Vec<f32> {
    let mut out = vec![0.0; map.len()];
    unpack_halves(map, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's value of a half's bits (IEEE 754-2019, 3.4), computed from its definition.
    fn by_definition(bits: u16) -> f64 {
        let (exponent, mantissa) = (i32::from(bits >> 10), f64::from(bits & 0x3ff));
        if exponent == 0 {
            mantissa * 2f64.powi(-24)
        } else {
            (1.0 + mantissa / 1024.0) * 2f64.powi(exponent - 15)
        }
    }

    #[test]
    fn every_half_is_read_as_the_standard_says_and_written_back() {
        for bits in 0..0x7c00u16 {
            let value = Half(bits).get();
            assert_eq!(f64::from(value), by_definition(bits));
            assert_eq!(Half::new(value), Half(bits));
        }
    }

    #[test]
    fn a_number_becomes_the_nearest_half() {
        for bits in 0x0400..0x7bffu16 {
            let (low, high) = (by_definition(bits), by_definition(bits + 1));
            for part in [0.1, 0.49, 0.51, 0.9] {
                let value = low + part * (high - low);
                let want = if part < 0.5 { bits } else { bits + 1 };
                assert_eq!(Half::new(value as f32), Half(want), "{value}");
            }
        }
    }

    #[test]
    fn what_no_half_can_tell_becomes_the_nearest_that_can() {
        assert_eq!(Half::new(f32::INFINITY).get(), Half::MAX);
        assert_eq!(Half::new(1e9).get(), Half::MAX);
        for none in [f32::NAN, -1.0, f32::NEG_INFINITY, 0.0, 1e-30] {
            assert_eq!(Half::new(none).get(), 0.0);
        }
        assert_eq!([f32::NAN, -2.0, 3.0].map(|v| Unit::new(v).get()), [-1.0, -1.0, 1.0]);
    }

    #[test]
    fn units_are_within_half_a_step() {
        for i in -100_000..=100_000 {
            let value = i as f32 / 100_000.0;
            assert!((Unit::new(value).get() - value).abs() <= 0.51 / FULL, "{value}");
        }
        assert_eq!([-1.0, 0.0, 1.0].map(|v| Unit::new(v).get()), [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn slices_are_packed_like_numbers() {
        let values: Vec<f32> = (0..100).map(|i| i as f32 * 0.01 - 0.2).collect();
        let (mut halves, mut units) = (vec![Half::default(); 100], vec![Unit::default(); 100]);
        pack_halves(&values, &mut halves);
        pack_units(&values, &mut units);
        for i in 0..100 {
            assert_eq!((halves[i], units[i]), (Half::new(values[i]), Unit::new(values[i])));
        }
        let mut colours = vec![Half::default(); 99];
        pack_triples(&[&values[..33], &values[33..66], &values[66..99]], &mut colours);
        assert_eq!(colours[4], halves[34]);
        assert_eq!(floats(&halves)[50], halves[50].get());
        let mut grey = [0.0; 33];
        unpack_grey(&colours, &mut grey);
        let mean = (colours[12].get() + colours[13].get() + colours[14].get()) / 3.0;
        assert!((grey[4] - mean).abs() < 1e-6);
    }
}
