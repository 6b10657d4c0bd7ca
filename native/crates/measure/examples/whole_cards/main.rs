//! Widths of whole cards against their truth, one JSON line a card.
//!
//! `cargo run --release -p measure --example whole_cards -- plain|textured|halftone|bare [COUNT [FIRST [STEP]]]`
//!
//! Every width comes with its error and those of both its edges, its stated uncertainty and the Cramer-Rao bound of its window.

mod bound;
mod deck;

use bound::Sensor;
use deck::Card;
use imaging::{Cancel, Encoding, Frame, FrameStack, StackSource};
use measure::{MeasureOptions, MeasuredPoint, Measurement, PixelPoint, measure};
use serde_json::{Value, json};
use simulate::{Point, Scene, StationTruth, render};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let set = arguments.next().expect("a set: plain, textured, halftone or bare");
    let mut number = |otherwise: u64| arguments.next().map_or(otherwise, |a| a.parse().expect("a number"));
    let (count, first, step) = (number(10), number(0), number(1));
    for k in 0..count {
        println!("{}", judge(&deck::card(&set, first + k * step)));
    }
}

fn judge(card: &Card) -> Value {
    let cancel = Cancel::new();
    let mut scene = render(&card.spec, &cancel, &|_| {}).expect("a sound spec");
    let stack = stack_of(&mut scene);
    let source = StackSource::new(&stack);
    let options = MeasureOptions {
        pixel_pitch_mm: Some(card.spec.pitch_mm),
        ..MeasureOptions::default()
    };
    let measured = match measure(&source, &options, &cancel) {
        Ok(measured) => measured,
        Err(error) => return json!({ "card": card.name, "error": error.to_string(), "points": [] }),
    };
    let sensor = Sensor::of(&card.spec, &stack);
    let points: Vec<Value> = scene
        .truth
        .points
        .iter()
        .map(|truth| {
            let point = find(&measured, truth.edge, truth.index);
            let um = |mm: f64| 1e3 * mm;
            let off = |found: Option<PixelPoint>, edge: fn(&StationTruth) -> Option<Point>| {
                Some(um(across(truth, &edge(truth)?, &found?)? * card.spec.pitch_mm))
            };
            let bound = truth.border.and_then(|border| {
                sensor.bound_px(
                    &source,
                    [truth.outer.x_px, truth.outer.y_px],
                    [border.x_px, border.y_px],
                )
            });
            json!({
                "edge": truth.edge,
                "index": truth.index,
                "trueMm": truth.width_mm,
                "errorUm": point.width_mm.zip(truth.width_mm).map(|(a, b)| um(a - b)),
                "outerErrorUm": off(point.outer, |t| Some(t.outer)),
                "borderErrorUm": off(point.border, |t| t.border),
                "uncertaintyUm": point.uncertainty_mm.map(um),
                "boundUm": bound.map(|px| um(px * card.spec.pitch_mm)),
                "method": point.method,
                "status": point.status,
                "invented": truth.width_mm.is_none() && point.width_mm.is_some(),
                "inQuestion": measured.sides.iter().any(|s| s.side == point.edge && s.in_question),
            })
        })
        .collect();
    json!({ "card": card.name, "kind": card.kind, "points": points })
}

/// How far a point lies off the edge towards the card's inside, px.
fn across(station: &StationTruth, edge: &Point, found: &PixelPoint) -> Option<f64> {
    let (outer, border) = (station.outer, station.border?);
    let inward = [border.x_px - outer.x_px, border.y_px - outer.y_px];
    let off = [found.x_px - edge.x_px, found.y_px - edge.y_px];
    Some((off[0] * inward[0] + off[1] * inward[1]) / inward[0].hypot(inward[1]))
}

fn find<'a>(measured: &'a Measurement, edge: &str, index: usize) -> &'a MeasuredPoint {
    let here = |p: &&MeasuredPoint| p.edge.name() == edge && p.index == index;
    measured.points.iter().find(here).expect("24 points")
}

/// The frames leave the scene: a card of 8 frames would be held twice otherwise.
fn stack_of(scene: &mut Scene) -> FrameStack {
    let frames = std::mem::take(&mut scene.frames)
        .into_iter()
        .zip(&scene.lights)
        .enumerate()
        .map(|(i, (raster, light))| Frame {
            name: format!("frame {i}"),
            raster,
            intensity: [light.intensity as f32; 3],
            flat: None,
        })
        .collect();
    FrameStack {
        frames,
        dark: scene.dark.take(),
        encoding: Encoding::Linear,
    }
}
