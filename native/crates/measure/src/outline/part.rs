//! A part of a picture seen as a picture of its own, without copying pixels.

use super::Outline;
use crate::geometry::Point;
use imaging::LinearSource;
use serde::Serialize;

/// An upright part of a picture, px.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// First column.
    pub x_px: usize,
    /// First row.
    pub y_px: usize,
    /// Columns.
    pub width_px: usize,
    /// Rows.
    pub height_px: usize,
}

/// Ground kept around a card, as a share of its shorter side: room for the coarse stage's error, the blur and a sleeve.
const MARGIN: f64 = 0.06;

impl Region {
    /// The upright box around a card with its margin, as far as it lies in a picture of this size.
    #[must_use]
    pub fn around(corners: &[Point; 4], width: usize, height: usize) -> Self {
        let margin = MARGIN * corners[0].distance(corners[1]).min(corners[0].distance(corners[3]));
        let range = |of: fn(&Point) -> f64, size: usize| {
            let low = corners.iter().map(of).fold(f64::INFINITY, f64::min) - margin;
            let high = corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max) + margin;
            let first = low.floor().clamp(0.0, size as f64 - 1.0);
            (first as usize, (high.ceil().min(size as f64) - first).max(1.0) as usize)
        };
        let ((x_px, width_px), (y_px, height_px)) = (range(|p| p.x, width), range(|p| p.y, height));
        Self {
            x_px,
            y_px,
            width_px,
            height_px,
        }
    }

    /// A place of the whole picture in the part.
    #[must_use]
    pub fn inner(&self, p: Point) -> Point {
        Point {
            x: p.x - self.x_px as f64,
            y: p.y - self.y_px as f64,
        }
    }

    /// An outline found in the part, in the whole picture.
    #[must_use]
    pub fn whole(&self, mut outline: Outline) -> Outline {
        let outer = |p: &mut Point| {
            p.x += self.x_px as f64;
            p.y += self.y_px as f64;
        };
        outline.corners.iter_mut().for_each(outer);
        for edge in &mut outline.edges {
            outer(&mut edge.curve.frame.origin);
        }
        outline
    }
}

/// The pixels of a region.
pub struct Part<'a> {
    /// The whole picture.
    pub whole: &'a dyn LinearSource,
    /// What of it is seen; it lies in the picture.
    pub region: Region,
}

impl LinearSource for Part<'_> {
    fn width(&self) -> usize {
        self.region.width_px
    }
    fn height(&self) -> usize {
        self.region.height_px
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        self.whole.read_row(y + self.region.y_px, x0 + self.region.x_px, out);
    }
    fn colours(&self) -> usize {
        self.whole.colours()
    }
    fn read_colour(&self, y: usize, x0: usize, colour: usize, out: &mut [f32]) {
        self.whole
            .read_colour(y + self.region.y_px, x0 + self.region.x_px, colour, out);
    }
    fn quantisation(&self) -> f32 {
        self.whole.quantisation()
    }
}
