//! Which straight boundary of a side is the graphic border, or why none is.
//!
//! Rule: the graphic border is the outermost straight boundary that runs along the side with no print outside it: of a
//! double frame the outer one, and of a printed line around the art its outer side, as graders lay their tool there and
//! every side of a card is then judged alike. Stripes printed in the frame (same ground on both sides) are passed over
//! when a stronger boundary follows.

use super::lines::Boundary;
use super::probes::Probe;
use crate::math::median_mad;

/// Limits of the choice, in px of the image at hand.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Widest printed line that counts as part of the boundary.
    pub rule: f64,
    /// Deepest place of a boundary behind print.
    pub frame: f64,
}

/// Weakest boundary at all, square root of light per px.
const WEAKEST: f64 = 0.02;
/// A boundary seen on less than this share of the side counts as partial and must be strong and alone.
const PARTIAL: f64 = 0.6;

/// The graphic border among the lines of a side.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Place in the lines.
    pub index: usize,
    /// Whether a thin stripe begins there, so that what lies farther in might be the border instead.
    pub stripe: bool,
}

/// The graphic border among `lines` (sorted by distance), or the reason why there is none.
///
/// # Errors
/// A sentence for the report.
pub fn choose(probes: &[Probe], lines: &[Boundary], limits: Limits) -> Result<Choice, String> {
    if lines.is_empty() {
        return Err("no straight printed boundary runs along this side".into());
    }
    let rules = printed_rules(probes, lines, limits);
    let mut reason = String::from("no straight printed boundary runs along this side");
    let mut first = None;
    for (i, line) in lines.iter().enumerate() {
        match verdict(probes, lines, i, &[], limits) {
            Ok(()) => {
                first = Some(i);
                break;
            }
            Err(why) if line.strength > WEAKEST && signed_coverage(line) > 0.3 => reason = why,
            Err(_) => {}
        }
    }
    let Some(first) = first else { return Err(reason) };
    let stripe = rules.iter().any(|r| r.0 == first);
    let behind = if stripe {
        behind_stripes(probes, lines, &rules, first, limits)
    } else {
        None
    };
    Ok(Choice {
        index: behind.unwrap_or(first),
        stripe,
    })
}

/// Share of probes on the line whose gradient has the majority's sign.
fn signed_coverage(line: &Boundary) -> f64 {
    let plus = line.members.iter().flatten().filter(|p| p.strength > 0.0).count();
    let all = line.members.iter().flatten().count();
    plus.max(all - plus) as f64 / line.members.len().max(1) as f64
}

/// Whether a line can be the border; `passed` are lines of stripes that do not count as print outside.
fn verdict(probes: &[Probe], lines: &[Boundary], index: usize, passed: &[usize], limits: Limits) -> Result<(), String> {
    let line = &lines[index];
    let covered = signed_coverage(line);
    // Sharp art drawn over a real frame may flip the sign here and there; clutter flips it everywhere.
    let consistent = covered / line.coverage.max(1e-9) >= 0.75;
    // Half a hundred independent probes on one line to a third of a pixel are no accident, however faint the step is.
    let faint = line.strength < WEAKEST && !(line.run >= 0.85 && line.residual <= 0.3);
    if faint || !consistent || line.residual > 1.4 {
        return Err("the printed boundaries on this side are not straight or too faint".into());
    }
    let outside = print_outside(probes, lines, index, passed);
    if line.run < 0.2 || covered < 0.35 {
        return Err(format!(
            "the first straight boundary covers only {:.0} % of this side, in pieces",
            100.0 * covered
        ));
    }
    if covered < PARTIAL {
        if line.strength < 0.1 {
            return Err(format!(
                "a faint boundary covers only {:.0} % of this side",
                100.0 * covered
            ));
        }
        return if outside <= 0.1 {
            Ok(())
        } else {
            Err(print_reason(outside))
        };
    }
    let unmistakable = line.run >= 0.85 && line.strength >= 0.1 && line.offset <= limits.frame;
    let allowed = if unmistakable {
        0.7
    } else if line.run >= 0.6 {
        0.4
    } else {
        0.25
    };
    if outside <= allowed {
        Ok(())
    } else {
        Err(print_reason(outside))
    }
}

fn print_reason(outside: f64) -> String {
    format!(
        "print lies between the cut edge and the first straight boundary on {:.0} % of this side",
        100.0 * outside
    )
}

/// Share of probes with a comparable gradient between the cut edge and the line.
fn print_outside(probes: &[Probe], lines: &[Boundary], index: usize, passed: &[usize]) -> f64 {
    let line = &lines[index];
    let printed = |p: &&Probe| {
        p.peaks.iter().any(|k| {
            k.v < line.at(p.u) - 4.0
                && k.strength.abs() > 0.4 * line.strength
                && !passed.iter().any(|&j| (k.v - lines[j].at(p.u)).abs() < 4.0)
        })
    };
    probes.iter().filter(printed).count() as f64 / probes.len().max(1) as f64
}

/// Pairs of lines that enclose a thin stripe with the same plain ground on both sides.
fn printed_rules(probes: &[Probe], lines: &[Boundary], limits: Limits) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for i in 0..lines.len() {
        let (a, Some(b)) = (&lines[i], lines.get(i + 1)) else {
            break;
        };
        let signs = majority(a) * majority(b);
        if signs < 0.0 && a.run > 0.5 && b.run > 0.5 && b.offset - a.offset <= limits.rule && same_ground(probes, a, b)
        {
            pairs.push((i, i + 1));
        }
    }
    pairs
}

fn majority(line: &Boundary) -> f64 {
    let sum: f64 = line.members.iter().flatten().map(|p| p.strength.signum()).sum();
    sum.signum()
}

fn same_ground(probes: &[Probe], a: &Boundary, b: &Boundary) -> bool {
    let (mut difference, mut inner, mut contrast) = (Vec::new(), Vec::new(), Vec::new());
    for p in probes {
        let (va, vb) = (a.at(p.u), b.at(p.u));
        let levels = (
            p.profile.level_between(va - 7.0, va - 3.0),
            p.profile.level_between(va + 1.0, vb - 1.0),
            p.profile.level_between(vb + 3.0, vb + 7.0),
        );
        if let (Some(before), Some(stripe), Some(after)) = levels {
            difference.push(after - before);
            inner.push(after);
            contrast.push((stripe - before).abs());
        }
    }
    let step = crate::math::median(&contrast);
    let (offset, spread) = median_mad(&difference);
    let (_, ground) = median_mad(&inner);
    offset.abs() < 0.3 * step && spread < 0.3 * step && ground < 0.3 * step
}

/// The first boundary behind a run of stripes that is stronger than they are and passes without counting them as print.
fn behind_stripes(
    probes: &[Probe],
    lines: &[Boundary],
    rules: &[(usize, usize)],
    first: usize,
    limits: Limits,
) -> Option<usize> {
    let passed: Vec<usize> = rules.iter().flat_map(|r| [r.0, r.1]).collect();
    (first + 1..lines.len()).filter(|i| !passed.contains(i)).find(|&i| {
        lines[i].offset <= limits.frame
            && lines[i].strength > 1.3 * lines[first].strength
            && lines[i].coverage > PARTIAL
            && verdict(probes, lines, i, &passed, limits).is_ok()
    })
}
