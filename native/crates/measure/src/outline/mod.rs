//! Stage 3: where the card lies: coarse lines, rectangle hypotheses, four fitted edges, ideal corners.

mod corner;
mod cut;
mod fit;
mod grid;
mod hypotheses;
mod lines;
mod many;
mod options;
mod part;
mod polygon;
mod refusals;
mod sides;

pub use many::{FoundCard, find_cards};
pub use options::{OutlineOptions, STANDARD_CARD_MM};
pub use part::Region;
pub use sides::EdgeFit;

use crate::geometry::{Point, Side};
use grid::Grid;
use hypotheses::{Rectangle, Verdict, Wanted};
use imaging::{Cancel, LinearSource, Result};
use part::Part;
use refusals::{cut_off, not_found};
use serde::Serialize;

/// The card in the image.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    /// Ideal corners (rounding ignored): top left, top right, bottom right, bottom left.
    pub corners: [Point; 4],
    /// Left, right, top, bottom.
    pub edges: [EdgeFit; 4],
    /// Mean width and height between the ideal corners, px.
    pub size_px: [f64; 2],
    /// Rotation of the card, degrees, positive clockwise in the image.
    pub angle_deg: f64,
    /// Radius of each rounded corner in the order of `corners`, px; `None` where it could not be read.
    pub corner_radius_px: [Option<f64>; 4],
    /// Agreement of the edges with a card's outline, 0..1.
    pub confidence: f64,
    /// Whether the card stands upright.
    pub portrait: bool,
}

impl Outline {
    /// The fitted edge of a side.
    #[must_use]
    pub fn edge(&self, side: Side) -> &EdgeFit {
        &self.edges[side.index()]
    }

    /// Median blur of the four edges, px.
    #[must_use]
    pub fn blur_px(&self) -> f64 {
        crate::math::median(&self.edges.each_ref().map(|e| e.blur_px))
    }
}

/// Least area of a single card as a share of the picture.
const LEAST_AREA: f64 = 0.03;
/// Least shared area of a card and the place where it is known to lie, as a part of the larger one.
const AT_PLACE: f64 = 0.8;

/// Finds the one card in an image.
///
/// # Errors
/// `card.notFound`, `card.cutOff`, `card.several`, `image.blurred`, `image.saturated`, `image.dark`, `value.invalid` for
/// options that make no sense, `cancelled`.
pub fn find_outline(src: &dyn LinearSource, options: &OutlineOptions, cancel: &Cancel) -> Result<Outline> {
    refusals::check_options(src, options)?;
    if let Some(place) = options.place {
        let region = Region::around(&place, src.width(), src.height());
        if region.width_px < src.width() || region.height_px < src.height() {
            let inner = OutlineOptions {
                place: Some(place.map(|p| region.inner(p))),
                ..options.clone()
            };
            return find_outline(&Part { whole: src, region }, &inner, cancel).map(|found| region.whole(found));
        }
    }
    let grid = Grid::read(src, grid::ONE_CARD, cancel)?;
    refusals::check_light(&grid)?;
    let gradient = grid.gradient();
    let lines = lines::find_lines(&grid, &gradient, &gradient.edge_cells(&grid), lines::ONE_CARD);
    let wanted = Wanted {
        options,
        least_area: LEAST_AREA,
        strict: None,
        cut: false,
    };
    let mut found = hypotheses::rectangles(&grid, &lines, &wanted);
    if let Some(place) = &options.place {
        // Other cards, and what is cut off of them, may lie around it.
        let cells = place.map(|p| [grid.to_cells(p.x), grid.to_cells(p.y)]);
        let shared = |r: &Rectangle| polygon::area(&polygon::intersection(&r.corners, &cells));
        found.retain(|r| shared(r) > AT_PLACE * r.area().max(polygon::area(&cells)));
    }
    let places = match hypotheses::judge(&found) {
        Verdict::Card(places) => places,
        Verdict::Nothing => {
            let cut = cut::find(&grid, &lines, &wanted).into_iter().next();
            return Err(match cut.filter(|_| options.place.is_none()) {
                Some(card) => cut_off(&card.sides),
                None => not_found("no four straight edges of a card are visible"),
            });
        }
        Verdict::Several => return Err(refusals::several()),
    };
    refusals::check_saturation(&grid, &places[0], options)?;
    if options.place.is_none()
        && let Some(around) = cut::around(&grid, &lines, &places[0], &wanted)
    {
        return Err(cut_off(&around.sides));
    }
    fit::best_fit(src, &grid, &places, options, cancel)
}
