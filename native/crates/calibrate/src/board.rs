//! ChArUco boards: a chessboard whose white squares hold numbered markers, in OpenCV's present and former layout.

use crate::dictionary::Dictionary;
use imaging::{CoreError, ErrorCode, Raster, Result, Samples};
use serde::{Deserialize, Serialize};

/// What decides a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardSpec {
    /// Number of squares along x.
    pub squares_x: usize,
    /// Number of squares along y.
    pub squares_y: usize,
    /// Side of a square, mm, as it was printed or measured.
    pub square_mm: f64,
    /// Side of a marker, mm.
    pub marker_mm: f64,
    /// Which markers.
    pub dictionary: Dictionary,
    /// Number of the first marker, so that several boards can be told apart.
    #[serde(default)]
    pub first_marker: usize,
    /// OpenCV's layout before 4.6: an even number of rows begins with a white square.
    #[serde(default)]
    pub legacy: bool,
}

/// A checked board and where its parts stand.
#[derive(Clone, Debug)]
pub struct Board {
    spec: BoardSpec,
    /// Column and row of the square of each marker, in the order of their numbers.
    homes: Vec<(usize, usize)>,
}

impl Board {
    /// Checks a spec.
    ///
    /// # Errors
    /// [`ErrorCode::ValueInvalid`] naming the field.
    pub fn new(spec: &BoardSpec) -> Result<Self> {
        let refuse = |field: &str, message: String, next: &str| {
            Err(CoreError::new(ErrorCode::ValueInvalid, message, next).in_field(field))
        };
        for (field, n) in [("squaresX", spec.squares_x), ("squaresY", spec.squares_y)] {
            if !(3..=40).contains(&n) {
                return refuse(field, format!("{n} squares"), "give 3 to 40 squares along each side");
            }
        }
        if !(spec.square_mm.is_finite() && (0.5..=200.0).contains(&spec.square_mm)) {
            return refuse(
                "squareMm",
                format!("a square of {} mm", spec.square_mm),
                "give 0.5 to 200 mm",
            );
        }
        let share = spec.marker_mm / spec.square_mm;
        if !(share.is_finite() && (0.4..=0.9).contains(&share)) {
            return refuse(
                "markerMm",
                format!("a marker of {} mm in a square of {} mm", spec.marker_mm, spec.square_mm),
                "give a marker of 0.4 to 0.9 of the square",
            );
        }
        let homes: Vec<(usize, usize)> = (0..spec.squares_y)
            .flat_map(|y| (0..spec.squares_x).map(move |x| (x, y)))
            .filter(|&(x, y)| !black(spec, x, y))
            .collect();
        if spec.first_marker + homes.len() > spec.dictionary.len() {
            return refuse(
                "dictionary",
                format!(
                    "{} has {} markers, the board needs {} from number {}",
                    spec.dictionary.name(),
                    spec.dictionary.len(),
                    homes.len(),
                    spec.first_marker
                ),
                "choose a larger dictionary or fewer squares",
            );
        }
        Ok(Self {
            spec: spec.clone(),
            homes,
        })
    }

    /// What it was made from.
    #[must_use]
    pub fn spec(&self) -> &BoardSpec {
        &self.spec
    }

    /// Width and height of the pattern, mm.
    #[must_use]
    pub fn size_mm(&self) -> [f64; 2] {
        [self.spec.squares_x, self.spec.squares_y].map(|n| n as f64 * self.spec.square_mm)
    }

    /// Inner corners along x and y.
    #[must_use]
    pub fn corner_grid(&self) -> [usize; 2] {
        [self.spec.squares_x - 1, self.spec.squares_y - 1]
    }

    /// Number of inner corners.
    #[must_use]
    pub fn corner_count(&self) -> usize {
        let [x, y] = self.corner_grid();
        x * y
    }

    /// Place of an inner corner, numbered row by row from 0, mm.
    #[must_use]
    pub fn corner_mm(&self, id: usize) -> [f64; 2] {
        let [nx, _] = self.corner_grid();
        [(id % nx + 1) as f64, (id / nx + 1) as f64].map(|n| n * self.spec.square_mm)
    }

    /// Numbers of the markers on the board.
    #[must_use]
    pub fn marker_ids(&self) -> std::ops::Range<usize> {
        self.spec.first_marker..self.spec.first_marker + self.homes.len()
    }

    /// Corners of a marker, clockwise from its upper left one, mm; `None` for one that is not on the board.
    #[must_use]
    pub fn marker_mm(&self, id: usize) -> Option<[[f64; 2]; 4]> {
        let (x, y) = *self.homes.get(id.checked_sub(self.spec.first_marker)?)?;
        let inset = (self.spec.square_mm - self.spec.marker_mm) / 2.0;
        let [left, top] = [x, y].map(|n| n as f64 * self.spec.square_mm + inset);
        let (right, bottom) = (left + self.spec.marker_mm, top + self.spec.marker_mm);
        Some([[left, top], [right, top], [right, bottom], [left, bottom]])
    }

    /// Whether the square to the upper left of an inner corner is black.
    #[must_use]
    pub fn upper_left_black(&self, corner: usize) -> bool {
        let [nx, _] = self.corner_grid();
        black(&self.spec, corner % nx, corner / nx)
    }

    /// Black rectangles (x, y, width, height, mm) that make up the print; neighbours within a row are joined.
    #[must_use]
    pub fn black_rects(&self) -> Vec<[f64; 4]> {
        let s = &self.spec;
        let mut rects = Vec::new();
        for y in 0..s.squares_y {
            for x in 0..s.squares_x {
                if black(s, x, y) {
                    rects.push([x as f64 * s.square_mm, y as f64 * s.square_mm, s.square_mm, s.square_mm]);
                }
            }
        }
        let bits = s.dictionary.bits();
        let module = s.marker_mm / (bits + 2) as f64;
        for id in self.marker_ids() {
            let Some([[left, top], ..]) = self.marker_mm(id) else {
                continue;
            };
            let dark = |column: usize, row: usize| {
                let rim = column == 0 || row == 0 || column == bits + 1 || row == bits + 1;
                rim || !s.dictionary.white(id, column - 1, row - 1)
            };
            for row in 0..bits + 2 {
                let mut from = 0;
                while from < bits + 2 {
                    let to = (from..bits + 2).find(|&c| !dark(c, row)).unwrap_or(bits + 2);
                    if to > from {
                        let [x, y] = [from, row].map(|n| n as f64 * module);
                        rects.push([left + x, top + y, (to - from) as f64 * module, module]);
                    }
                    from = to + 1;
                }
            }
        }
        rects
    }

    /// The board with white paper around it as an 8-bit picture; edges between pixels are grey by coverage.
    ///
    /// # Errors
    /// [`ErrorCode::ValueInvalid`] for a resolution that makes no picture or one above 400 megapixels.
    pub fn draw(&self, dpi: f64, paper_mm: f64) -> Result<Raster> {
        let scale = dpi / 25.4;
        let size = self.size_mm().map(|s| ((s + 2.0 * paper_mm) * scale).round());
        let possible = dpi.is_finite() && paper_mm.is_finite() && (0.0..=100.0).contains(&paper_mm);
        if !possible || !(36.0..=4800.0).contains(&dpi) || size[0] * size[1] > 4e8 {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!("{dpi} dpi make no picture of this board"),
                "give 36 to 4800 dpi and at most 400 megapixels",
            )
            .in_field("dpi"));
        }
        let [width, height] = size.map(|s| s as usize);
        // Coverage is the product of the covered shares along both axes; rectangles do not overlap.
        let mut ink = vec![0f32; width * height];
        for [x, y, w, h] in self.black_rects() {
            let [from, to] = [[x, y], [x + w, y + h]].map(|p| p.map(|v| (v + paper_mm) * scale));
            let share = |a: usize, i: usize| ((i as f64 + 1.0).min(to[a]) - (i as f64).max(from[a])).max(0.0) as f32;
            for j in from[1] as usize..(to[1].ceil() as usize).min(height) {
                let row = &mut ink[j * width..(j + 1) * width];
                for i in from[0] as usize..(to[0].ceil() as usize).min(width) {
                    row[i] += share(0, i) * share(1, j);
                }
            }
        }
        Ok(Raster {
            width,
            height,
            channels: 1,
            samples: Samples::U8(
                ink.into_iter()
                    .map(|v| (255.0 * (1.0 - v.min(1.0))).round() as u8)
                    .collect(),
            ),
        })
    }
}

/// Whether a square is black.
fn black(spec: &BoardSpec, x: usize, y: usize) -> bool {
    let shift = usize::from(spec.legacy && spec.squares_y.is_multiple_of(2));
    (x + y + shift).is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(x: usize, y: usize, legacy: bool) -> BoardSpec {
        BoardSpec {
            squares_x: x,
            squares_y: y,
            square_mm: 10.0,
            marker_mm: 7.0,
            dictionary: Dictionary::Four50,
            first_marker: 0,
            legacy,
        }
    }

    #[test]
    fn markers_stand_where_opencv_5_puts_them() {
        // getObjPoints() of cv2.aruco.CharucoBoard, present and legacy pattern, first three markers.
        let cases = [
            (5, 4, false, [[11.5, 1.5], [31.5, 1.5], [1.5, 11.5]]),
            (5, 5, false, [[11.5, 1.5], [31.5, 1.5], [1.5, 11.5]]),
            (5, 4, true, [[1.5, 1.5], [21.5, 1.5], [41.5, 1.5]]),
            (5, 5, true, [[11.5, 1.5], [31.5, 1.5], [1.5, 11.5]]),
            (4, 6, true, [[1.5, 1.5], [21.5, 1.5], [11.5, 11.5]]),
        ];
        for (x, y, legacy, expected) in cases {
            let board = Board::new(&spec(x, y, legacy)).unwrap();
            for (id, at) in expected.into_iter().enumerate() {
                assert_eq!(board.marker_mm(id).unwrap()[0], at, "{x} x {y}, legacy {legacy}");
            }
            assert_eq!(board.corner_mm(1), [20.0, 10.0]);
        }
    }

    #[test]
    fn the_print_covers_half_of_the_squares_and_the_dark_bits() {
        let board = Board::new(&spec(5, 4, false)).unwrap();
        let area: f64 = board.black_rects().iter().map(|r| r[2] * r[3]).sum();
        let module = 49.0 / 36.0;
        let bits: u32 = board
            .marker_ids()
            .map(|id| 36 - Dictionary::Four50.pattern(id).count_ones())
            .sum();
        assert!((area - 1000.0 - module * f64::from(bits)).abs() < 1e-9);
        let raster = board.draw(254.0, 5.0).unwrap();
        assert_eq!((raster.width, raster.height), (600, 500));
        let sum: f64 = (0..600 * 500)
            .map(|i| f64::from(255 - raster.code(i % 600, i / 600, 0)))
            .sum();
        assert!((sum / 255.0 / 100.0 - area).abs() < 0.01 * area);
    }

    #[test]
    fn impossible_boards_are_refused_by_field() {
        let field = |spec: BoardSpec| Board::new(&spec).unwrap_err().field.unwrap();
        assert_eq!(field(spec(2, 5, false)), "squaresX");
        assert_eq!(field(spec(20, 20, false)), "dictionary");
        assert_eq!(
            field(BoardSpec {
                marker_mm: 12.0,
                ..spec(5, 5, false)
            }),
            "markerMm"
        );
        assert_eq!(
            field(BoardSpec {
                square_mm: f64::NAN,
                ..spec(5, 5, false)
            }),
            "squareMm"
        );
        assert!(
            Board::new(&spec(5, 5, false))
                .unwrap()
                .draw(f64::INFINITY, 5.0)
                .is_err()
        );
    }
}
