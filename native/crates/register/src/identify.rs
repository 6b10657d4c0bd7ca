//! The design of a card out of a few likely ones: the best of those that fit, or none where two cannot be told apart.

use crate::cells::Cells;
use crate::cut::Cut;
use crate::matching::{PrintMatch, place};
use crate::placement::Placement;
use crate::template::Template;
use crate::twins::Unexplained;
use imaging::{Cancel, ErrorCode, LinearSource, Result};
use serde::Serialize;

/// Similarity below the best overview's down to which a design may be that one's twin.
const TWIN: f64 = 0.1;
/// Designs looked at closely.
const MOST: usize = 3;
/// Standard deviations by which a design has to explain the card better than its twins.
const SIGNIFICANT: f64 = 4.0;

/// What a card shows.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identified {
    /// Number of the design in the list of the likely ones; absent where none fits, or several do alike.
    pub index: Option<usize>,
    /// The print of that design on the card.
    pub print: Option<PrintMatch>,
    /// Numbers of the designs that fit and cannot be told apart.
    pub undecided: Vec<usize>,
}

/// A design that fits.
struct Fitting {
    index: usize,
    placement: Placement,
    print: PrintMatch,
}

/// Finds the design of a card among likely ones, best overview first, each with the overview's similarity (see
/// [`crate::recognise`]).
///
/// The first that fits need not be the card's: another of the same frame, with another number, fits too. So all whose
/// overviews are about as similar are tried, and of those that fit the one wins that explains the card better than every
/// other by more than chance ([`Unexplained`]).
///
/// # Errors
/// `value.invalid` for a damaged template; cancellation.
pub fn identify(
    src: &dyn LinearSource,
    cut: &Cut,
    likely: &[(&Template, f64)],
    cells: &Cells,
    cancel: &Cancel,
) -> Result<Identified> {
    let best = likely.iter().map(|l| l.1).fold(0.0, f64::max);
    let mut fitting: Vec<Fitting> = Vec::new();
    for (index, (template, similarity)) in likely.iter().enumerate().take(MOST) {
        if !fitting.is_empty() && *similarity < best - TWIN {
            continue;
        }
        match place(src, cut, template, cells, cancel) {
            Ok((placement, print)) => fitting.push(Fitting {
                index,
                placement,
                print,
            }),
            Err(e) if e.code == ErrorCode::TemplateMismatch => {}
            Err(e) => return Err(e),
        }
    }
    let Some((winner, mut undecided)) = best_of(&fitting, likely, cells)? else {
        return Ok(Identified::default());
    };
    let winner = fitting.swap_remove(winner);
    if !undecided.is_empty() {
        undecided.insert(0, winner.index);
        return Ok(Identified {
            undecided,
            ..Identified::default()
        });
    }
    Ok(Identified {
        index: Some(winner.index),
        print: Some(winner.print),
        undecided,
    })
}

/// The place of the best among those that fit, and the numbers of those that it is not surely better than.
fn best_of(fitting: &[Fitting], likely: &[(&Template, f64)], cells: &Cells) -> Result<Option<(usize, Vec<usize>)>> {
    if fitting.len() < 2 {
        return Ok((!fitting.is_empty()).then_some((0, Vec::new())));
    }
    let left: Vec<Unexplained> = fitting
        .iter()
        .map(|f| Unexplained::by(likely[f.index].0, &f.placement, cells))
        .collect::<Result<_>>()?;
    let mut winner = 0;
    for i in 1..left.len() {
        if left[i].advantage(&left[winner]) > 0.0 {
            winner = i;
        }
    }
    let alike = |i: &usize| *i != winner && left[winner].advantage(&left[*i]) < SIGNIFICANT;
    let undecided = (0..left.len()).filter(alike).map(|i| fitting[i].index).collect();
    Ok(Some((winner, undecided)))
}
