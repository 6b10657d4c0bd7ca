//! Missing ink inside the art: straight thin lines and round spots whose colour moves towards bare paper.
//!
//! On art nothing is plain, so a mark is told from the design by what missing ink does and drawing seldom does: the
//! same share of paper shows in every colour channel, whatever is printed beside it, all along a straight line or all
//! around a round spot.

use crate::frame::Frame;
use crate::marks::Printed;
use crate::plain::Plain;
use crate::planes::Level;
use crate::{spots, streaks};
use rayon::prelude::*;

/// Least share of paper on a line.
pub const LEAST: f32 = 0.12;
/// Shares of the channels differ by no more than this factor: paper is nearly grey.
pub const EVEN: f32 = 0.55;
/// Paper must be this much brighter than the print beside, or missing ink does not show.
pub const VISIBLE: f32 = 0.15;

/// The cells as one picture: colour and mean.
pub struct Picture<'a> {
    /// The cells.
    pub plain: &'a Plain,
    /// Mean over the channels of each cell.
    pub luma: Vec<f32>,
    /// Albedo of the paper.
    pub white: f32,
}

impl Picture<'_> {
    /// Share of paper that turns the colour `beside` into `here`, by channel: lowest and highest of those that can
    /// tell; `None` where paper would not show.
    pub fn shares(&self, here: usize, beside: usize) -> Option<[f32; 2]> {
        let (c, b) = (&self.plain.colour[here], &self.plain.colour[beside]);
        let mut out: Option<[f32; 2]> = None;
        for k in 0..3 {
            let room = self.white - b[k];
            if room > VISIBLE * self.white {
                let s = (c[k] - b[k]) / room;
                out = Some(out.map_or([s, s], |[l, h]| [l.min(s), h.max(s)]));
            }
        }
        out
    }
}

/// Marks of missing ink that stand on art; `grid` places the cells and `white` is the paper's albedo.
pub fn find(plain: &Plain, grid: &Level, frame: &Frame, white: f64) -> Vec<Printed> {
    let luma = plain.colour.par_iter().map(|c| (c[0] + c[1] + c[2]) / 3.0).collect();
    let picture = Picture {
        plain,
        luma,
        white: white as f32,
    };
    let mut out = streaks::find(&picture, grid, frame);
    out.extend(spots::find(&picture, grid));
    out.into_iter().map(Printed::whole).collect()
}
