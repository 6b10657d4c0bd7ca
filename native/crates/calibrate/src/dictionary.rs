//! Marker dictionaries: which pattern of bits is which number, seen from any side, with repair of a few wrong bits.

use crate::dictionary_bits::{BITS_4X4, BITS_5X5};
use serde::{Deserialize, Serialize};

/// OpenCV's predefined dictionaries that a board may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dictionary {
    /// 50 markers of 4 x 4 bits.
    #[serde(rename = "DICT_4X4_50")]
    Four50,
    /// 100 markers of 4 x 4 bits.
    #[serde(rename = "DICT_4X4_100")]
    Four100,
    /// 250 markers of 4 x 4 bits.
    #[serde(rename = "DICT_4X4_250")]
    Four250,
    /// 50 markers of 5 x 5 bits.
    #[serde(rename = "DICT_5X5_50")]
    Five50,
    /// 100 markers of 5 x 5 bits.
    #[serde(rename = "DICT_5X5_100")]
    Five100,
    /// 250 markers of 5 x 5 bits.
    #[serde(rename = "DICT_5X5_250")]
    Five250,
}

/// A marker that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its number.
    pub id: usize,
    /// Quarter turns (clockwise in the image) by which the marker stands against its upright pattern.
    pub turns: usize,
    /// Bits that had to be repaired.
    pub repaired: u32,
}

impl Dictionary {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Four50,
        Self::Four100,
        Self::Four250,
        Self::Five50,
        Self::Five100,
        Self::Five250,
    ];

    /// OpenCV's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Four50 => "DICT_4X4_50",
            Self::Four100 => "DICT_4X4_100",
            Self::Four250 => "DICT_4X4_250",
            Self::Five50 => "DICT_5X5_50",
            Self::Five100 => "DICT_5X5_100",
            Self::Five250 => "DICT_5X5_250",
        }
    }

    /// Bits along a side.
    #[must_use]
    pub fn bits(self) -> usize {
        match self {
            Self::Four50 | Self::Four100 | Self::Four250 => 4,
            Self::Five50 | Self::Five100 | Self::Five250 => 5,
        }
    }

    /// Number of markers.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::Four50 | Self::Five50 => 50,
            Self::Four100 | Self::Five100 => 100,
            Self::Four250 | Self::Five250 => 250,
        }
    }

    /// Never: a dictionary without markers is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        false
    }

    /// Wrong bits that can be repaired with certainty (half the least distance between two markers).
    fn repairs(self) -> u32 {
        match self {
            Self::Four50 | Self::Four100 | Self::Four250 => 1,
            Self::Five50 | Self::Five100 => 3,
            Self::Five250 => 2,
        }
    }

    /// The pattern of a marker row by row, first bit (most significant) at the top left; a set bit is white.
    ///
    /// # Panics
    /// When the dictionary has no such marker.
    #[must_use]
    pub fn pattern(self, id: usize) -> u32 {
        assert!(id < self.len(), "no marker {id}");
        if self.bits() == 4 { BITS_4X4[id] } else { BITS_5X5[id] }
    }

    /// Whether the bit at a place is white.
    #[must_use]
    pub fn white(self, id: usize, column: usize, row: usize) -> bool {
        let n = self.bits();
        self.pattern(id) >> (n * n - 1 - (row * n + column)) & 1 == 1
    }

    /// The marker that a seen pattern is, at the least number of repaired bits; `None` when it is none of them.
    #[must_use]
    pub fn read(self, seen: u32) -> Option<Reading> {
        let n = self.bits();
        let mut turned = seen;
        let mut best: Option<Reading> = None;
        for turns in 0..4 {
            for id in 0..self.len() {
                let repaired = (self.pattern(id) ^ turned).count_ones();
                if repaired <= self.repairs() && best.is_none_or(|b| repaired < b.repaired) {
                    best = Some(Reading { id, turns, repaired });
                }
            }
            turned = quarter_back(turned, n);
        }
        best
    }
}

/// The pattern turned anticlockwise by a quarter: what stood at the right stands at the top.
fn quarter_back(bits: u32, n: usize) -> u32 {
    let mut out = 0;
    for row in 0..n {
        for column in 0..n {
            let from = column * n + (n - 1 - row);
            out = out << 1 | (bits >> (n * n - 1 - from) & 1);
        }
    }
    out
}

/// The pattern as seen in a mirror.
pub(crate) fn mirrored(bits: u32, n: usize) -> u32 {
    let mut out = 0;
    for row in 0..n {
        for column in 0..n {
            let from = row * n + (n - 1 - column);
            out = out << 1 | (bits >> (n * n - 1 - from) & 1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_marker_is_the_published_one() {
        // Rows of DICT_4X4_50's marker 0 as OpenCV 5.0 draws it: white, black, white, white; ...
        let rows = ["1011", "0101", "0011", "0010"];
        for (y, row) in rows.iter().enumerate() {
            for (x, c) in row.chars().enumerate() {
                assert_eq!(Dictionary::Four50.white(0, x, y), c == '1', "{x} {y}");
            }
        }
    }

    #[test]
    fn every_marker_is_read_from_every_side_and_with_as_many_wrong_bits_as_are_repaired() {
        for dictionary in Dictionary::ALL {
            let n = dictionary.bits();
            for id in 0..dictionary.len() {
                let mut seen = dictionary.pattern(id);
                for back in 0..4 {
                    let spoilt = seen ^ (1 << (id % (n * n)));
                    for (bits, repaired) in [(seen, 0), (spoilt, 1)] {
                        let reading = dictionary.read(bits).unwrap();
                        assert_eq!((reading.id, reading.repaired), (id, repaired), "{dictionary:?}");
                        assert_eq!((reading.turns + back) % 4, 0);
                    }
                    seen = quarter_back(seen, n);
                }
            }
        }
    }

    #[test]
    fn nine_of_ten_mirrored_markers_and_plain_fields_are_not_read() {
        let wrong = (0..100)
            .filter(|&id| {
                Dictionary::Five100
                    .read(mirrored(Dictionary::Five100.pattern(id), 5))
                    .is_some()
            })
            .count();
        assert!(wrong < 10, "{wrong} of 100 mirrored markers are read");
        assert_eq!(Dictionary::Four50.read(0), None);
        assert_eq!(Dictionary::Four50.read(0xffff), None);
    }
}
