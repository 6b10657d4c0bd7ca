//! Finds a board's inner corners in a picture: markers first, then every corner by a fit of its own.

use crate::board::{Board, BoardSpec};
use crate::homography::Homography;
use crate::light;
use crate::markers::{Found, Marker, read_markers};
use crate::saddle::{Guess, Saddle, fit_saddle};
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Plane, Result};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// An inner corner of the board in the picture.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Corner {
    /// Number, row by row from the upper left.
    pub id: usize,
    /// To the right, px; integer coordinates are pixel centres.
    pub x_px: f64,
    /// Down, px.
    pub y_px: f64,
    /// Standard uncertainty of either coordinate (k = 1), px.
    pub std_px: f64,
}

/// What was found of a board.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// Width and height of the picture, px.
    pub image_px: [usize; 2],
    /// Corners in the order of their numbers.
    pub corners: Vec<Corner>,
    /// Markers that were read.
    pub markers: usize,
    /// Mean side of a square, px.
    pub square_px: f64,
    /// Median Gaussian blur of the corners, px.
    pub blur_px: f64,
    /// Median contrast of the corners, linear light.
    pub contrast: f64,
    /// Share of the picture at the top of its range.
    pub clipped_fraction: f64,
}

/// Least number of markers that say where a board is.
const LEAST_MARKERS: usize = 4;
/// Standard uncertainty below which a corner is not believed: what is left of lens blur that is not symmetric, px.
const FLOOR_PX: f64 = 0.001;

/// Looks for a board.
///
/// # Errors
/// [`ErrorCode::BoardNotFound`] without enough markers or corners, [`ErrorCode::BoardWrong`] for a mirrored board,
/// another dictionary, other numbers or another layout, [`ErrorCode::ImageBlurred`]; [`ErrorCode::ValueInvalid`] for an
/// impossible spec; [`ErrorCode::Cancelled`].
pub fn detect_board(src: &dyn LinearSource, spec: &BoardSpec, cancel: &Cancel) -> Result<Detection> {
    let board = Board::new(spec)?;
    cancel.check()?;
    let plane = light::read(src, cancel)?;
    let wanted = board.marker_ids();
    let enough = (wanted.len() / 2).max(LEAST_MARKERS);
    let found = read_markers(&plane, spec.dictionary, enough, cancel)?;
    let own: Vec<Marker> = found
        .markers
        .iter()
        .filter(|m| wanted.contains(&m.id))
        .copied()
        .collect();
    if own.len() < LEAST_MARKERS {
        return Err(no_board(&found, &own, &board));
    }
    let placed = placed_markers(&found, &own, &board)?;
    let guesses: Vec<(usize, Guess)> = (0..board.corner_count())
        .filter_map(|id| Some((id, guess(&board, &placed, id)?)))
        .collect();
    cancel.check()?;
    let fitted: Vec<(usize, Saddle)> = guesses
        .par_iter()
        .filter_map(|(id, guess)| Some((*id, fit_saddle(&plane, guess)?)))
        .collect();
    finish(&plane, &board, &placed, fitted)
}

/// Markers that agree with the board's layout, with the map that says so.
struct Placed {
    markers: Vec<Marker>,
    global: Homography,
}

fn pairs(markers: &[Marker], board: &Board) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let (mut mm, mut px) = (Vec::new(), Vec::new());
    for marker in markers {
        if let Some(corners) = board.marker_mm(marker.id) {
            mm.extend(corners);
            px.extend(marker.corners);
        }
    }
    (mm, px)
}

/// Share of marker corners that fit one map of the board, and that map.
fn fit_markers(markers: &[Marker], board: &Board) -> Option<(f64, Homography, Vec<bool>)> {
    let (mm, px) = pairs(markers, board);
    let side = markers
        .iter()
        .map(|m| (m.corners[0][0] - m.corners[2][0]).hypot(m.corners[0][1] - m.corners[2][1]))
        .sum::<f64>()
        / (1.414 * markers.len() as f64);
    let (map, kept) = Homography::fit_robust(&mm, &px, (0.12 * side).max(2.5))?;
    let share = kept.iter().filter(|k| **k).count() as f64 / kept.len() as f64;
    Some((share, map, kept))
}

fn placed_markers(found: &Found, own: &[Marker], board: &Board) -> Result<Placed> {
    let fitted = fit_markers(own, board);
    // With an odd number of columns both layouts agree on most markers; the better one is the board's.
    let other = Board::new(&BoardSpec {
        legacy: !board.spec().legacy,
        ..board.spec().clone()
    })
    .ok()
    .filter(|_| board.spec().squares_y.is_multiple_of(2))
    .and_then(|b| fit_markers(own, &b))
    .is_some_and(|(share, ..)| share >= 0.8 && fitted.as_ref().is_none_or(|f| share > f.0 + 0.02));
    if let Some((share, global, kept)) = fitted
        && share >= 0.6
        && !other
    {
        let markers: Vec<Marker> = own
            .iter()
            .enumerate()
            .filter(|(i, _)| kept[4 * i..4 * i + 4].iter().all(|k| *k))
            .map(|(_, m)| *m)
            .collect();
        if markers.len() >= LEAST_MARKERS {
            return Ok(Placed { markers, global });
        }
    }
    // Markers of another family are misread now and then; what reads them all is what they are.
    if found.others.iter().any(|(_, count)| *count > own.len()) || found.mirrored > own.len() {
        return Err(no_board(found, own, board));
    }
    Err(CoreError::new(
        ErrorCode::BoardWrong,
        if other {
            "the markers stand as in OpenCV's other layout of this board (before and since 4.6 they differ)"
        } else {
            "the markers do not stand where this board has them: another number or size of squares"
        },
        if other {
            "change the board's layout option, or print the board anew from here"
        } else {
            "describe the board that is in the picture, or print the board anew from here"
        },
    ))
}

/// Why there is no board, as far as the picture tells.
fn no_board(found: &Found, own: &[Marker], board: &Board) -> CoreError {
    let strange = found.others.iter().max_by_key(|(_, count)| *count);
    let name = board.spec().dictionary.name();
    if found.mirrored >= LEAST_MARKERS && found.mirrored > own.len() {
        return CoreError::new(
            ErrorCode::BoardWrong,
            format!(
                "the board is seen in a mirror: {} of its markers are mirrored",
                found.mirrored
            ),
            "switch off the mirroring of the camera, or print the board unmirrored",
        );
    }
    if let Some((other, count)) = strange
        && *count >= LEAST_MARKERS
        && *count > found.markers.len()
    {
        return CoreError::new(
            ErrorCode::BoardWrong,
            format!("the markers in the picture are of {} and not of {name}", other.name()),
            "choose the board that is in the picture",
        );
    }
    if found.markers.len() >= LEAST_MARKERS && found.markers.len() > own.len() {
        let mut ids: Vec<usize> = found.markers.iter().map(|m| m.id).collect();
        ids.sort_unstable();
        return CoreError::new(
            ErrorCode::BoardWrong,
            format!(
                "{} markers of {name} are in the picture, but this board has numbers {} to {} (seen: {} to {})",
                found.markers.len(),
                board.marker_ids().start,
                board.marker_ids().end - 1,
                ids[0],
                ids[ids.len() - 1]
            ),
            "choose the board that is in the picture",
        );
    }
    CoreError::new(
        ErrorCode::BoardNotFound,
        format!(
            "{} markers of the board could be read, {LEAST_MARKERS} are needed",
            own.len()
        ),
        "show the board unobstructed, in focus and evenly lit, and choose the right board",
    )
}

/// Where a corner should be, from the markers around it; `None` where none is near.
fn guess(board: &Board, placed: &Placed, id: usize) -> Option<Guess> {
    let spec = board.spec();
    let at_mm = board.corner_mm(id);
    let mut near: Vec<(f64, &Marker)> = placed
        .markers
        .iter()
        .filter_map(|m| {
            let c = board.marker_mm(m.id)?;
            let middle = [0, 1].map(|a| (c[0][a] + c[2][a]) / 2.0);
            Some(((middle[0] - at_mm[0]).hypot(middle[1] - at_mm[1]), m))
        })
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    if near.first()?.0 > 1.2 * spec.square_mm {
        return None;
    }
    let around: Vec<Marker> = near.iter().take(4).map(|(_, m)| **m).collect();
    let (mm, px) = pairs(&around, board);
    let local = if around.len() >= 3 {
        Homography::fit(&mm, &px, None)
    } else {
        None
    };
    let map = local.unwrap_or(placed.global);
    let at = map.at(at_mm);
    let quarter = 0.25 * spec.square_mm;
    let along = |dx: f64, dy: f64| {
        let (a, b) = (
            map.at([at_mm[0] - dx, at_mm[1] - dy]),
            map.at([at_mm[0] + dx, at_mm[1] + dy]),
        );
        [b[0] - a[0], b[1] - a[1]]
    };
    let (x, y) = (along(quarter, 0.0), along(0.0, quarter));
    // A normal is a direction turned by a quarter, towards the other direction.
    let normal = |line: [f64; 2], towards: [f64; 2]| {
        let n = [-line[1], line[0]];
        let sign = (n[0] * towards[0] + n[1] * towards[1]).signum();
        (sign * n[1]).atan2(sign * n[0])
    };
    let square = 2.0 * x[0].hypot(x[1]).min(y[0].hypot(y[1]));
    let gap = (1.0 - spec.marker_mm / spec.square_mm) / 2.0 * std::f64::consts::SQRT_2;
    Some(Guess {
        at,
        normals: [normal(x, y), normal(y, x)],
        upper_left_black: board.upper_left_black(id),
        radius: (gap * square - 1.5).clamp(3.2, 16.0),
    })
}

fn finish(plane: &Plane, board: &Board, placed: &Placed, mut fitted: Vec<(usize, Saddle)>) -> Result<Detection> {
    let spec = board.spec();
    fitted.sort_by_key(|(id, _)| *id);
    drop_strays(board, &mut fitted);
    let middle = |of: &dyn Fn(&Saddle) -> f64| median(fitted.iter().map(|(_, s)| of(s)).collect());
    let (blur, contrast) = (middle(&|s| s.blur), middle(&|s| s.contrast));
    let size = board.size_mm();
    let centre = placed.global.at(size.map(|s| s / 2.0));
    let aside = placed.global.at([size[0] / 2.0 + spec.square_mm, size[1] / 2.0]);
    let square_px = (aside[0] - centre[0]).hypot(aside[1] - centre[1]);
    if fitted.len() < 6 {
        return Err(CoreError::new(
            ErrorCode::BoardNotFound,
            format!(
                "{} markers were read, but only {} corners of the chessboard are clear",
                placed.markers.len(),
                fitted.len()
            ),
            "focus the camera, hold the board still and show more of it",
        ));
    }
    if blur > 0.12 * square_px {
        return Err(CoreError::new(
            ErrorCode::ImageBlurred,
            format!("the corners are blurred by {blur:.1} px, squares are {square_px:.0} px"),
            "focus the camera and hold the board still",
        ));
    }
    let clipped = plane.data.par_iter().filter(|v| **v >= 0.995).count();
    Ok(Detection {
        image_px: [plane.width, plane.height],
        corners: fitted
            .iter()
            .map(|(id, s)| Corner {
                id: *id,
                x_px: s.at[0],
                y_px: s.at[1],
                std_px: s.std[0].max(s.std[1]).hypot(FLOOR_PX),
            })
            .collect(),
        markers: placed.markers.len(),
        square_px,
        blur_px: blur,
        contrast,
        clipped_fraction: clipped as f64 / plane.data.len() as f64,
    })
}

/// Leaves out corners that do not fit the map of their neighbours, as a reflection or a finger on the board makes them.
fn drop_strays(board: &Board, fitted: &mut Vec<(usize, Saddle)>) {
    let reach = 2.3 * board.spec().square_mm;
    let off = |own: &(usize, Saddle)| -> Option<f64> {
        let at = board.corner_mm(own.0);
        let (mut mm, mut px) = (Vec::new(), Vec::new());
        for (id, other) in fitted.iter().filter(|(id, _)| *id != own.0) {
            let p = board.corner_mm(*id);
            if (p[0] - at[0]).hypot(p[1] - at[1]) < reach {
                mm.push(p);
                px.push(other.at);
            }
        }
        if mm.len() < 6 {
            return None;
        }
        let p = Homography::fit_robust(&mm, &px, 0.5)?.0.at(at);
        Some((p[0] - own.1.at[0]).hypot(p[1] - own.1.at[1]))
    };
    let distances: Vec<Option<f64>> = fitted.par_iter().map(off).collect();
    let typical = median(distances.iter().flatten().copied().collect());
    let limit = 0.3 + 8.0 * if typical.is_finite() { typical } else { 0.0 };
    let mut at = distances.into_iter();
    fitted.retain(|_| at.next().flatten().is_none_or(|d| d < limit));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
