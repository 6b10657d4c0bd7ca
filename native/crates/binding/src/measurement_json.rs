//! The measurement in the shape of the TypeScript contract.

use crate::lines::{border_line, edge_line, median};
use measure::{Measurement, Point, Refinement, Side};
use serde_json::{Value, json};

fn points(line: &[Point]) -> Value {
    line.iter().map(|p| json!({ "xPx": p.x, "yPx": p.y })).collect()
}

/// The measurement in the contract's shape, with the lines that the screen draws.
pub fn as_contract(m: &Measurement, refinement: &Refinement) -> Value {
    let outline = &refinement.outline;
    let sides = [Side::Left, Side::Right, Side::Top, Side::Bottom];
    let per_side = |of: &dyn Fn(Side) -> Value| -> Value {
        sides
            .iter()
            .map(|&s| (s.name().to_owned(), of(s)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let status = |side: Side| {
        let found = m.sides.iter().find(|s| s.side == side);
        let mut status = json!({ "measured": found.is_some_and(|s| s.measured > 0), "reason": found.and_then(|s| s.reason.clone()) });
        if found.is_some_and(|s| s.in_question) {
            status["frame"] = json!("inQuestion");
        }
        status
    };
    let worst = m.worst.as_ref().map(|w| {
        let axis = if w.edge == Side::Left { "leftRight" } else { "topBottom" };
        json!({ "axis": axis, "index": w.index, "ratio": w.shares })
    });
    let mut centering = json!(m.centering);
    centering["worstStation"] = json!(worst);
    let radii: Vec<f64> = outline.corner_radius_px.iter().flatten().copied().collect();
    let mut budget = json!(m.budget);
    budget["sides"] = per_side(&|s| json!(m.budget.sides[s.index()]));
    json!({
        "budget": budget,
        "pixelPitchMm": m.pixel_pitch_mm,
        "points": m.points,
        "meanMm": m.mean_mm.unwrap_or_default(),
        "meanPx": m.mean_px,
        "sides": per_side(&|s| status(s)),
        "centering": centering,
        "sizeMm": m.size_mm,
        "sizePx": m.size_px,
        "cardAngleDeg": m.card_angle_deg,
        "printTiltDeg": m.print_tilt_deg,
        "outline": {
            "corners": points(&outline.corners),
            "cornerRadiusPx": median(radii),
            "cornerRadius": m.corner_radius,
            "edges": per_side(&|s| points(&edge_line(outline, s))),
            "border": per_side(&|s| border_line(outline, refinement, s).map_or(Value::Null, |l| points(&l))),
        },
    })
}
