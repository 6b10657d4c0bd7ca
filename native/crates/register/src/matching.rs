//! A template found on a card: the print's placement against the cut, with its uncertainty, or a clear refusal.

use crate::cells::Cells;
use crate::coarse::{self, search};
use crate::cut::Cut;
use crate::equivalent::{Equivalent, equivalent};
use crate::fine::{Found, Lost, Prepared, locate};
use crate::likeness::likeness;
use crate::placement::Placement;
use crate::robust::{agree, median};
use crate::template::{FEWEST_ANCHORS, Template};
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};
use rayon::prelude::*;
use serde::Serialize;

/// Coverage factor of every expanded uncertainty.
const K: f64 = 2.0;
/// Mean correlation of all anchors below which the search has found nothing.
const LEAST_SEARCH: f64 = 0.3;
/// Correlation that an anchor needs at its place.
const LEAST_NCC: f64 = 0.6;
/// Share of the anchors on the card that must be in place.
const LEAST_SHARE: f64 = 0.6;
/// Share of the design's fields that must look alike: cards of one set share frame and lettering, not the picture.
const LEAST_ALIKE: f64 = 0.8;
/// Least product of both shares: wear costs some of either, another picture in the same frame costs more of both.
const LEAST_TOGETHER: f64 = 0.65;
/// Times all anchors are located, each from the placement of the time before.
const ROUNDS: usize = 3;

/// One anchor on the card.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnchorReading {
    /// Its id in the template.
    pub id: String,
    /// Where it should be on this card if the print were nominal, in the image, px.
    pub nominal_px: [f64; 2],
    /// Where it was found, px; `None` when it was not.
    pub px: Option<[f64; 2]>,
    /// Distance from where the other anchors put it, mm.
    pub residual_mm: Option<[f64; 2]>,
    /// Standard uncertainty of its place from its own residual, the larger axis, mm.
    pub std_mm: Option<f64>,
    /// Correlation with the template.
    pub ncc: Option<f64>,
    /// Whether the placement rests on it.
    pub used: bool,
    /// Why not, in words.
    pub reason: Option<&'static str>,
}

/// The print of one card against its cut.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrintMatch {
    /// Shift of the print against nominal along x and y of the card, mm: positive is right and down.
    pub shift_mm: [f64; 2],
    /// Expanded uncertainty (k = 2) with the template's own, mm.
    pub uncertainty_mm: [f64; 2],
    /// Expanded uncertainty (k = 2) of this capture alone, mm: what two cards of one template are compared with.
    pub repeatability_mm: [f64; 2],
    /// Turn of the print against the cut, degrees clockwise.
    pub rotation_deg: f64,
    /// Its expanded uncertainty (k = 2), degrees.
    pub rotation_uncertainty_deg: f64,
    /// Size of the print against the example's.
    pub scale: f64,
    /// Median correlation of the anchors in place, 0..1.
    pub score: f64,
    /// Share of the design's fields that look alike on the card, 0..1.
    pub likeness: f64,
    /// Anchors in place.
    pub inliers: usize,
    /// Root mean square of their residuals, mm.
    pub residual_mm: f64,
    /// Card size, mm.
    pub size_mm: [f64; 2],
    /// All anchors.
    pub anchors: Vec<AnchorReading>,
    /// Centering against the nominal margins; absent when the template has none.
    pub equivalent: Option<Equivalent>,
}

/// Registers a card to a template.
///
/// `cells` are the card's means on 0.25 mm cells where the caller has them already.
///
/// # Errors
/// `template.mismatch` when the card does not look like the template; `value.invalid` for a damaged one; cancellation.
pub fn match_template(
    src: &dyn LinearSource,
    cut: &Cut,
    template: &Template,
    cells: Option<&Cells>,
    cancel: &Cancel,
) -> Result<PrintMatch> {
    let own;
    let cells = match cells {
        Some(cells) => cells,
        None => {
            own = Cells::read(src, cut, coarse::CELL_MM, cancel)?;
            &own
        }
    };
    Ok(place(src, cut, template, cells, cancel)?.1)
}

/// [`match_template`] with where the example's print frame lies on the card.
pub fn place(
    src: &dyn LinearSource,
    cut: &Cut,
    template: &Template,
    cells: &Cells,
    cancel: &Cancel,
) -> Result<(Placement, PrintMatch)> {
    template.check()?;
    let (mut placement, similarity) = search(template, cells, cancel)?;
    if similarity < LEAST_SEARCH {
        return Err(unlike(
            template,
            &format!("its anchors correlate by {similarity:.2} at best"),
        ));
    }
    // The sharper of both is blurred to the other.
    let extra = cut.blur_mm.powi(2) - template.blur_mm.powi(2);
    let (patch_blur, capture_blur) = (extra.max(0.0).sqrt(), (-extra).max(0.0).sqrt());
    let patches: Vec<Prepared<'_>> = template
        .anchors
        .par_iter()
        .map(|a| Prepared::new(a, patch_blur))
        .collect::<Result<_>>()?;
    let mut round = None;
    for _ in 0..ROUNDS {
        cancel.check()?;
        let found: Vec<std::result::Result<Found, Lost>> = patches
            .par_iter()
            .map(|p| locate(src, cut, &placement, p, capture_blur))
            .collect();
        let next = Round::of(template, placement, found)?;
        placement = next.placement;
        round = Some(next);
    }
    let round = round.ok_or_else(|| unlike(template, "nothing was located"))?;
    let alike = likeness(template, cells, &round.placement)?;
    let (placed, on_card) = round.placed();
    if alike < LEAST_ALIKE || alike * placed as f64 / (on_card as f64) < LEAST_TOGETHER {
        let why = format!(
            "{placed} of {on_card} anchors are in place and {:.0} % of its picture looks alike",
            100.0 * alike
        );
        return Err(unlike(template, &why));
    }
    Ok((round.placement, round.report(cut, template, alike)))
}

fn unlike(template: &Template, why: &str) -> CoreError {
    CoreError::new(
        ErrorCode::TemplateMismatch,
        format!("this card does not look like template \"{}\": {why}", template.name),
        "choose another template, learn this design from a good example, or let a person judge the centering",
    )
}

/// One round of locating: which anchors are in place and what they agree on.
struct Round {
    /// Where the anchors were looked for.
    from: Placement,
    /// What they agree on.
    placement: Placement,
    covariance: [[f64; 4]; 4],
    found: Vec<std::result::Result<Found, Lost>>,
    /// Of each anchor: residual and whether it was used; `None` where it was not located or looks different.
    judged: Vec<Option<([f64; 2], bool)>>,
}

impl Round {
    fn of(template: &Template, from: Placement, found: Vec<std::result::Result<Found, Lost>>) -> Result<Self> {
        let sound: Vec<usize> = (0..found.len())
            .filter(|&k| found[k].as_ref().is_ok_and(|f| f.ncc >= LEAST_NCC))
            .collect();
        let on_card = found.iter().filter(|f| !matches!(f, Err(Lost::Outside))).count();
        if on_card < FEWEST_ANCHORS {
            return Err(unlike(
                template,
                &format!("only {on_card} of its anchors would lie on the card"),
            ));
        }
        let at: Vec<[f64; 2]> = sound.iter().map(|&k| from.apply(template.anchors[k].at_mm)).collect();
        let offsets: Vec<Found> = sound.iter().filter_map(|&k| found[k].as_ref().ok().copied()).collect();
        let agreed = agree(&at, &offsets)
            .ok_or_else(|| unlike(template, &format!("{} of {on_card} anchors are in place", sound.len())))?;
        let mut judged = vec![None; found.len()];
        for (i, &k) in sound.iter().enumerate() {
            judged[k] = Some((agreed.residuals[i], agreed.used[i]));
        }
        let inliers = agreed.used.iter().filter(|u| **u).count();
        if inliers < FEWEST_ANCHORS || (inliers as f64) < LEAST_SHARE * on_card as f64 {
            return Err(unlike(
                template,
                &format!("{inliers} of {on_card} anchors are in place"),
            ));
        }
        Ok(Self {
            from,
            placement: from.changed(agreed.change),
            covariance: agreed.covariance,
            found,
            judged,
        })
    }

    /// Anchors that the placement rests on, and those that lie on the card.
    fn placed(&self) -> (usize, usize) {
        let used = self.judged.iter().flatten().filter(|j| j.1).count();
        let on_card = self.found.iter().filter(|f| !matches!(f, Err(Lost::Outside))).count();
        (used, on_card)
    }

    fn report(&self, cut: &Cut, template: &Template, likeness: f64) -> PrintMatch {
        let reference = &template.reference;
        let nominal = Placement {
            shift_mm: reference.shift_mm,
            turn: reference.turn_deg.to_radians(),
            scale: 1.0,
        };
        let total = Placement {
            shift_mm: self.placement.apply(nominal.shift_mm),
            turn: self.placement.turn + nominal.turn,
            scale: self.placement.scale,
        };
        let own = [0, 1].map(|a| self.covariance[a][a] + cut.centre_u_mm[a].powi(2));
        let learned = &template.cut_uncertainty;
        let uncertainty_mm = [0, 1].map(|a| {
            let reference = (reference.uncertainty_mm[a] / K).powi(2);
            K * (own[a] + learned.centre_mm[a].powi(2) + reference).sqrt()
        });
        let turn = self.covariance[2][2] + cut.turn_u.powi(2) + learned.turn_deg.to_radians().powi(2);
        let turn = turn.sqrt().to_degrees().hypot(reference.turn_uncertainty_deg / K);
        let (mut nccs, mut squares) = (Vec::new(), 0.0);
        for (found, judged) in self.found.iter().zip(&self.judged) {
            if let (Ok(found), Some((r, true))) = (found, judged) {
                nccs.push(found.ncc);
                squares += r[0] * r[0] + r[1] * r[1];
            }
        }
        PrintMatch {
            shift_mm: total.shift_mm,
            uncertainty_mm,
            repeatability_mm: own.map(|v| K * v.sqrt()),
            rotation_deg: total.turn.to_degrees(),
            rotation_uncertainty_deg: K * turn,
            scale: total.scale,
            score: median(&nccs),
            likeness,
            inliers: nccs.len(),
            residual_mm: (squares / nccs.len() as f64).sqrt(),
            size_mm: cut.size_mm,
            anchors: self.readings(cut, template, &nominal),
            equivalent: template
                .margins_mm
                .as_ref()
                .and_then(|m| equivalent(m, template.card_mm, cut.size_mm, &total, uncertainty_mm)),
        }
    }

    fn readings(&self, cut: &Cut, template: &Template, nominal: &Placement) -> Vec<AnchorReading> {
        let read = |k: usize| {
            let anchor = &template.anchors[k];
            let predicted = self.from.apply(anchor.at_mm);
            let found = self.found[k].as_ref().ok();
            let judged = self.judged[k];
            AnchorReading {
                id: anchor.id.clone(),
                nominal_px: cut.to_px(nominal.undo(anchor.at_mm)),
                px: found.map(|f| cut.to_px([predicted[0] + f.offset_mm[0], predicted[1] + f.offset_mm[1]])),
                residual_mm: judged.map(|j| j.0),
                std_mm: found.map(|f| f.covariance[0][0].max(f.covariance[1][1]).sqrt()),
                ncc: found.map(|f| f.ncc),
                used: judged.is_some_and(|j| j.1),
                reason: match (&self.found[k], judged) {
                    (Err(Lost::Outside), _) => Some("it would lie on or beyond the cut"),
                    (Err(Lost::NotThere), _) => Some("it was not found near its place"),
                    (Ok(_), None) => Some("something else is printed there"),
                    (Ok(_), Some((_, false))) => Some("it lies apart from the others"),
                    (Ok(_), Some((_, true))) => None,
                },
            }
        };
        (0..template.anchors.len()).map(read).collect()
    }
}
