//! Every card of a flatbed scan or a photo of several: found coarsely, fitted one by one, refused one by one.

use super::cut::{self, CutCard};
use super::fit::image_corners;
use super::grid::{self, EdgeCell, Grid};
use super::hypotheses::{Rectangle, Wanted, rectangles};
use super::lines::{self, find_lines};
use super::part::Region;
use super::refusals::{check_light, check_options, cut_off, not_found};
use super::{Outline, OutlineOptions, find_outline, polygon};
use crate::geometry::Point;
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};

/// One place where a card lies.
#[derive(Clone, Debug)]
pub struct FoundCard {
    /// Corners in px, top left first and clockwise; of a card that is cut, its visible part (three or more corners).
    pub corners: Vec<Point>,
    /// The part of the picture around it, in which it is found again by [`OutlineOptions::place`]; `None` where it is cut.
    pub region: Option<Region>,
    /// Its outline, or why it cannot be measured.
    pub outline: std::result::Result<Outline, CoreError>,
}

/// Cards looked for at most.
const MOST: usize = 64;
/// Least area of a card as a share of the picture: a quarter of the sixty-fourth part.
const LEAST_AREA: f64 = 0.004;
/// Largest departure from a card's size, or from its shape where the scale is unknown: the coarse stage's own error.
const SIZE: f64 = 0.035;
/// Places that share more than this part of the smaller one are the same card.
const SAME: f64 = 0.1;
/// Cards nearer to each other than this many blurs of their edges disturb each other's edges.
const APART_BLURS: f64 = 10.0;
/// And nearer than this, whatever the blur, px.
const APART_PX: f64 = 8.0;

/// Finds all cards of one size (the expected one, or a standard card's), in reading order.
///
/// Every card that is seen is in the list: those that touch another one or leave the picture are refused for themselves.
///
/// # Errors
/// `card.notFound` where there is no card at all; what is wrong with the whole picture (`image.dark`, `image.saturated`,
/// `value.invalid`); `cancelled`.
pub fn find_cards(src: &dyn LinearSource, options: &OutlineOptions, cancel: &Cancel) -> Result<Vec<FoundCard>> {
    check_options(src, options)?;
    let grid = Grid::read(src, grid::MANY_CARDS, cancel)?;
    check_light(&grid)?;
    let gradient = grid.gradient();
    let mut cells = gradient.edge_cells(&grid);
    let wanted = Wanted {
        options,
        least_area: LEAST_AREA,
        strict: Some(SIZE),
        cut: false,
    };
    let (mut places, mut cards): (Vec<Rectangle>, Vec<FoundCard>) = (Vec::new(), Vec::new());
    while cards.len() < MOST {
        cancel.check()?;
        let seen = find_lines(&grid, &gradient, &cells, lines::MANY_CARDS);
        let found = rectangles(&grid, &seen, &wanted);
        let fresh = choose(&found, &places);
        if fresh.is_empty() {
            break;
        }
        for place in fresh {
            let corners = image_corners(&grid, &place);
            let region = Region::around(&corners, src.width(), src.height());
            let outline = find_one(src, corners, options, cancel);
            if let Err(error) = &outline
                && error.code == ErrorCode::Cancelled
            {
                return Err(error.clone());
            }
            let corners = outline.as_ref().map_or(corners, |o| o.corners);
            cards.push(FoundCard {
                corners: corners.to_vec(),
                region: Some(region),
                outline,
            });
            cells.retain(|c| !place.contains([f64::from(c.x), f64::from(c.y)], INTERIOR));
            places.push(place);
        }
    }
    refuse_touching(&mut cards);
    cards.extend(cut_cards(&grid, &gradient, &cells, &places, &wanted));
    if cards.is_empty() {
        return Err(not_found("no four straight edges of a card are visible"));
    }
    in_reading_order(&mut cards);
    Ok(cards)
}

/// Looks again at one card, as closely as at a card that is alone in a picture.
fn find_one(src: &dyn LinearSource, place: [Point; 4], options: &OutlineOptions, cancel: &Cancel) -> Result<Outline> {
    let at_place = OutlineOptions {
        place: Some(place),
        ..options.clone()
    };
    find_outline(src, &at_place, cancel)
}

/// Cells nearer to a card's side than this stay: they may be the side of a card that touches it.
const INTERIOR: f64 = 1.5;

/// Disjoint places among rectangles (best first) that are not among the known ones.
fn choose(found: &[Rectangle], known: &[Rectangle]) -> Vec<Rectangle> {
    let mut chosen: Vec<Rectangle> = Vec::new();
    for r in found {
        let taken =
            |place: Rectangle, chosen: &[Rectangle]| known.iter().chain(chosen).any(|k| overlap(k, &place) > SAME);
        if taken(*r, &chosen) || holds_several(r, found) {
            continue;
        }
        let mut card = *r;
        for around in found.iter().filter(|s| s.rank >= 0.8 * r.rank) {
            if around.is_card_around(&card) && !taken(*around, &chosen) && !holds_several(around, found) {
                card = *around;
            }
        }
        chosen.push(card);
    }
    chosen
}

/// Shared area as a part of the smaller rectangle.
fn overlap(a: &Rectangle, b: &Rectangle) -> f64 {
    polygon::area(&polygon::intersection(&a.corners, &b.corners)) / a.area().min(b.area())
}

/// Whether two or more rectangles of one size lie side by side in this one: a sheet, a page or a tray, not a card.
fn holds_several(r: &Rectangle, found: &[Rectangle]) -> bool {
    let mut inner: Vec<&Rectangle> = Vec::new();
    for s in found
        .iter()
        .filter(|s| s.score >= 0.85 * r.score && s.area() < 0.5 * r.area())
    {
        let alike = inner
            .first()
            .is_none_or(|f| (s.area() / f.area() - 1.0).abs() < 2.0 * SIZE);
        if alike && overlap(s, r) > 1.0 - SAME && inner.iter().all(|k| overlap(k, s) < SAME) {
            inner.push(s);
        }
        if inner.len() >= 2 {
            return true;
        }
    }
    false
}

/// Marks cards whose edges lie too near to each other to be told apart.
fn refuse_touching(cards: &mut [FoundCard]) {
    let polygons: Vec<Vec<[f64; 2]>> = cards
        .iter()
        .map(|c| c.corners.iter().map(|p| [p.x, p.y]).collect())
        .collect();
    for (i, card) in cards.iter_mut().enumerate() {
        // A side without ground beside it often cannot be followed at all.
        let least = match &card.outline {
            Ok(outline) => (APART_BLURS * outline.blur_px()).max(APART_PX),
            Err(error) if error.code == ErrorCode::CardNotFound => APART_PX,
            Err(_) => continue,
        };
        let near = (0..polygons.len())
            .filter(|&j| j != i)
            .map(|j| polygon::gap(&polygons[i], &polygons[j]))
            .fold(f64::INFINITY, f64::min);
        if near < least {
            card.outline = Err(CoreError::new(
                ErrorCode::CardTouching,
                if near > 0.0 {
                    format!(
                        "another card lies {near:.1} px beside this one, nearer than the {least:.0} px its edges need"
                    )
                } else {
                    "another card lies on this one or under it".to_owned()
                },
                "leave a few millimetres of background between the cards",
            ));
        }
    }
}

/// Cards that leave the picture, apart from the whole ones.
fn cut_cards(
    grid: &Grid,
    gradient: &grid::Gradient,
    cells: &[EdgeCell],
    places: &[Rectangle],
    wanted: &Wanted,
) -> Vec<FoundCard> {
    let free: Vec<EdgeCell> = cells
        .iter()
        .filter(|c| {
            !places
                .iter()
                .any(|p| p.contains([f64::from(c.x), f64::from(c.y)], -INTERIOR))
        })
        .copied()
        .collect();
    let seen = find_lines(grid, gradient, &free, lines::MANY_CARDS);
    let mut cut: Vec<CutCard> = Vec::new();
    for card in cut::find(grid, &seen, wanted) {
        let shares = |polygon: &[[f64; 2]]| {
            let common = polygon::area(&polygon::intersection(&card.visible, &cut::clockwise(polygon)));
            common > SAME * polygon::area(&card.visible).min(polygon::area(polygon))
        };
        let large = places.iter().any(|p| polygon::area(&card.visible) > 1.1 * p.area());
        if !large && !places.iter().any(|p| shares(&p.corners)) && !cut.iter().any(|k| shares(&k.visible)) {
            cut.push(card);
        }
    }
    cut.into_iter()
        .map(|card| FoundCard {
            corners: card
                .visible
                .iter()
                .map(|c| Point {
                    x: grid.to_image(c[0]),
                    y: grid.to_image(c[1]),
                })
                .collect(),
            region: None,
            outline: Err(cut_off(&card.sides)),
        })
        .collect()
}

/// Row by row from the top, each from the left; a row is as high as half a card.
fn in_reading_order(cards: &mut [FoundCard]) {
    let centre = |c: &FoundCard| {
        let n = c.corners.len() as f64;
        let sum = c.corners.iter().fold([0.0, 0.0], |s, p| [s[0] + p.x, s[1] + p.y]);
        [sum[0] / n, sum[1] / n]
    };
    let heights: Vec<f64> = cards
        .iter()
        .map(|c| {
            let y = |pick: fn(f64, f64) -> f64, from: f64| c.corners.iter().fold(from, |a, p| pick(a, p.y));
            y(f64::max, f64::MIN) - y(f64::min, f64::MAX)
        })
        .collect();
    let row = 0.5 * crate::math::median(&heights);
    cards.sort_by(|a, b| centre(a)[1].total_cmp(&centre(b)[1]));
    let mut start = 0;
    while start < cards.len() {
        let top = centre(&cards[start])[1];
        let end = (start..cards.len())
            .find(|&i| centre(&cards[i])[1] > top + row)
            .unwrap_or(cards.len());
        cards[start..end].sort_by(|a, b| centre(a)[0].total_cmp(&centre(b)[0]));
        start = end;
    }
}
