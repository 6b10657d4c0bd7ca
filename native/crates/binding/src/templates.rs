//! Design templates: proposing and judging anchors, learning, recognising and matching; results as JSON.

use crate::measuring::{RefinementHandle, plane_for, with_source};
use crate::stack::{Stack, from_json, share, to_json};
use crate::task::{Work, start};
use imaging::LinearSource;
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use register::{Cells, Cut, Gallery, Identity, SEARCH_CELL_MM, Template};
use serde_json::json;
use std::sync::Arc;

/// Candidates looked at more closely.
const SHORTLIST: usize = 5;
/// Share of the card's half sides at which a straight map and a bent one agree.
const BETWEEN: f64 = 0.7;

/// How pixels of a card become mm.
#[napi(object)]
pub struct CardScale {
    /// Millimetres a pixel; where a camera is known, its map says it instead.
    pub pixel_pitch_mm: f64,
    /// Calibrated camera and plane (`PlaneMap` as JSON).
    pub plane_json: Option<String>,
    /// Standard uncertainty of a place that the calibration leaves, px.
    pub distortion_px: Option<f64>,
}

/// Overviews of many templates, for recognition.
#[napi(js_name = "TemplateGallery")]
pub struct TemplateGallery {
    inner: Arc<Gallery>,
}

#[napi]
impl TemplateGallery {
    /// Number of designs.
    #[napi(getter)]
    pub fn size(&self) -> u32 {
        self.inner.len() as u32
    }
}

/// Reads the overviews of template files; a candidate's index is its place in this list.
#[napi(ts_return_type = "Promise<TemplateGallery>")]
pub fn open_gallery(texts: Vec<String>, signal: Option<AbortSignal>) -> AsyncTask<Work<TemplateGallery>> {
    start(signal, move |cancel| {
        let mut gallery = Gallery::default();
        for text in &texts {
            cancel.check()?;
            gallery.add(&Template::parse(text)?)?;
        }
        Ok(TemplateGallery {
            inner: Arc::new(gallery),
        })
    })
}

/// The likeliest designs of a gallery, best first, as JSON (`Candidate[]`).
#[napi(ts_return_type = "Promise<string>")]
pub fn recognise_template(
    stack: &Stack,
    refinement: &RefinementHandle,
    scale: CardScale,
    gallery: &TemplateGallery,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let gallery = Arc::clone(&gallery.inner);
    on_card(stack, refinement, scale, signal, move |src, cut, cancel| {
        let cells = Cells::read(src, cut, SEARCH_CELL_MM, cancel)?;
        to_json(&register::recognise(&gallery, &cells, SHORTLIST))
    })
}

/// The design of the card out of a few likely templates, best first, each with its overview's similarity, as JSON
/// (`Identified`).
#[napi(ts_return_type = "Promise<string>")]
pub fn identify_template(
    stack: &Stack,
    refinement: &RefinementHandle,
    scale: CardScale,
    templates: Vec<String>,
    similarities: Vec<f64>,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, scale, signal, move |src, cut, cancel| {
        let templates: Vec<Template> = templates
            .iter()
            .map(|t| Template::parse(t))
            .collect::<imaging::Result<_>>()?;
        let likely: Vec<(&Template, f64)> = templates.iter().zip(similarities).collect();
        let cells = Cells::read(src, cut, SEARCH_CELL_MM, cancel)?;
        to_json(&register::identify(src, cut, &likely, &cells, cancel)?)
    })
}

/// Registers the card to one template, as JSON (`PrintMatch`). Refused with `template.mismatch`.
#[napi(ts_return_type = "Promise<string>")]
pub fn match_template(
    stack: &Stack,
    refinement: &RefinementHandle,
    scale: CardScale,
    template: String,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, scale, signal, move |src, cut, cancel| {
        let template = Template::parse(&template)?;
        to_json(&register::match_template(src, cut, &template, None, cancel)?)
    })
}

/// Anchors for a new template, as JSON (`Proposal[]`): proposed where `places` is absent, else those places (x, y in mm,
/// one after the other) judged.
#[napi(ts_return_type = "Promise<string>")]
pub fn template_anchors(
    stack: &Stack,
    refinement: &RefinementHandle,
    scale: CardScale,
    places: Option<Vec<f64>>,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, scale, signal, move |src, cut, cancel| {
        let anchors = match &places {
            Some(places) => register::check_anchors(src, cut, &pairs(places), cancel)?,
            None => register::propose(src, cut, cancel)?,
        };
        to_json(&json!({ "anchors": anchors, "sizeMm": cut.size_mm, "toMm": to_mm(cut) }))
    })
}

/// Learns a template from this card; the file's text.
#[napi(ts_return_type = "Promise<string>")]
pub fn learn_template(
    stack: &Stack,
    refinement: &RefinementHandle,
    scale: CardScale,
    places: Vec<f64>,
    identity_json: String,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, scale, signal, move |src, cut, cancel| {
        let identity: Identity = from_json(&identity_json)?;
        to_json(&register::learn(src, cut, &pairs(&places), &identity, cancel)?.template)
    })
}

/// Checks a template file; its text as this program writes it.
#[napi(ts_return_type = "Promise<string>")]
pub fn check_template(text: String, signal: Option<AbortSignal>) -> AsyncTask<Work<String>> {
    start(signal, move |_| to_json(&Template::parse(&text)?))
}

fn on_card(
    stack: &Stack,
    refinement: &RefinementHandle,
    scale: CardScale,
    signal: Option<AbortSignal>,
    work: impl FnOnce(&dyn LinearSource, &Cut, &imaging::Cancel) -> imaging::Result<String> + Send + 'static,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = share(stack)?;
    let refinement = Arc::clone(&refinement.inner);
    Ok(start(signal, move |cancel| {
        let cut = match &scale.plane_json {
            Some(json) => {
                let map = plane_for(&loaded, json)?;
                Cut::on_plane(&refinement, &map, scale.distortion_px.unwrap_or(0.0))?
            }
            None => Cut::from_refinement(&refinement, scale.pixel_pitch_mm)?,
        };
        with_source(&loaded, |src| work(src, &cut, cancel))
    }))
}

fn pairs(values: &[f64]) -> Vec<[f64; 2]> {
    values.as_chunks::<2>().0.to_vec()
}

/// `[ax, bx, cx, ay, by, cy]`: card millimetres of an image pixel are about `a x + b y + c`. Exact on raw pixels of one
/// pitch; through a bent lens the straight map that fits the card best, for a hand that points at a place.
fn to_mm(cut: &Cut) -> [f64; 6] {
    let [w, h] = cut.size_mm.map(|s| 0.5 * s * BETWEEN);
    let centre = cut.to_px([0.0, 0.0]);
    let half = |a: [f64; 2], b: [f64; 2]| [0, 1].map(|i| 0.5 * (b[i] - a[i]));
    // Columns: pixels of half a width and half a height of the card.
    let across = half(cut.to_px([-w, 0.0]), cut.to_px([w, 0.0]));
    let down = half(cut.to_px([0.0, -h]), cut.to_px([0.0, h]));
    let area = across[0] * down[1] - across[1] * down[0];
    let (x, y) = (
        [w * down[1] / area, -w * down[0] / area],
        [-h * across[1] / area, h * across[0] / area],
    );
    let zero = |row: [f64; 2]| -(row[0] * centre[0] + row[1] * centre[1]);
    [x[0], x[1], zero(x), y[0], y[1], zero(y)]
}
