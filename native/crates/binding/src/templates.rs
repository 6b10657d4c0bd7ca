//! Design templates: proposing and judging anchors, learning, recognising and matching; results as JSON.

use crate::measuring::{RefinementHandle, with_source};
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
    pixel_pitch_mm: f64,
    gallery: &TemplateGallery,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let gallery = Arc::clone(&gallery.inner);
    on_card(stack, refinement, pixel_pitch_mm, signal, move |src, cut, cancel| {
        let cells = Cells::read(src, cut, SEARCH_CELL_MM, cancel)?;
        to_json(&register::recognise(&gallery, &cells, SHORTLIST))
    })
}

/// Registers the card to one template, as JSON (`PrintMatch`). Refused with `template.mismatch`.
#[napi(ts_return_type = "Promise<string>")]
pub fn match_template(
    stack: &Stack,
    refinement: &RefinementHandle,
    pixel_pitch_mm: f64,
    template: String,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, pixel_pitch_mm, signal, move |src, cut, cancel| {
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
    pixel_pitch_mm: f64,
    places: Option<Vec<f64>>,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, pixel_pitch_mm, signal, move |src, cut, cancel| {
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
    pixel_pitch_mm: f64,
    places: Vec<f64>,
    identity_json: String,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    on_card(stack, refinement, pixel_pitch_mm, signal, move |src, cut, cancel| {
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
    pixel_pitch_mm: f64,
    signal: Option<AbortSignal>,
    work: impl FnOnce(&dyn LinearSource, &Cut, &imaging::Cancel) -> imaging::Result<String> + Send + 'static,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = share(stack)?;
    let refinement = Arc::clone(&refinement.inner);
    Ok(start(signal, move |cancel| {
        let cut = Cut::from_refinement(&refinement, pixel_pitch_mm)?;
        with_source(&loaded, |src| work(src, &cut, cancel))
    }))
}

fn pairs(values: &[f64]) -> Vec<[f64; 2]> {
    values.as_chunks::<2>().0.to_vec()
}

/// `[ax, bx, cx, ay, by, cy]`: card millimetres of an image pixel are `a x + b y + c`.
fn to_mm(cut: &Cut) -> [f64; 6] {
    let zero = cut.to_mm([0.0, 0.0]);
    let (right, down) = (cut.to_mm([1.0, 0.0]), cut.to_mm([0.0, 1.0]));
    [
        right[0] - zero[0],
        down[0] - zero[0],
        zero[0],
        right[1] - zero[1],
        down[1] - zero[1],
        zero[1],
    ]
}
