//! All cards of one picture, and each of them as a picture of its own.

use crate::measuring::{OutlineInput, with_source};
use crate::stack::{Loaded, Stack, invalid, share, to_json};
use crate::task::{Work, start};
use imaging::{Frame, FrameStack, Raster, Result};
use measure::{FoundCard, find_cards};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use rayon::prelude::*;
use serde_json::{Value, json};

/// Finds all cards of a picture, as JSON (`SheetCard[]`): corners in px, the part of the picture around each whole card,
/// or why it cannot be measured.
#[napi(js_name = "findCards", ts_return_type = "Promise<string>")]
pub fn find_all_cards(
    stack: &Stack,
    input: OutlineInput,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = share(stack)?;
    Ok(start(signal, move |cancel| {
        let cards = with_source(&loaded, |src| find_cards(src, &input.options(), cancel))?;
        let all: Vec<Value> = cards.iter().map(as_contract).collect();
        to_json(&all)
    }))
}

fn as_contract(card: &FoundCard) -> Value {
    let corners: Vec<Value> = card.corners.iter().map(|p| json!({ "xPx": p.x, "yPx": p.y })).collect();
    match &card.outline {
        Ok(outline) => json!({
            "corners": corners,
            "region": card.region,
            "sizePx": outline.size_px,
            "angleDeg": outline.angle_deg,
            "confidence": outline.confidence,
            "error": null,
        }),
        Err(error) => json!({
            "corners": corners, "region": null, "sizePx": null, "angleDeg": null, "confidence": null, "error": error,
        }),
    }
}

#[napi]
impl Stack {
    /// A part of the frames as frames of their own; px.
    #[napi(ts_return_type = "Promise<Stack>")]
    pub fn cropped(
        &self,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<Stack>>> {
        let loaded = share(self)?;
        Ok(start(signal, move |cancel| {
            let part = |raster: &Raster| raster.cropped(x as usize, y as usize, width as usize, height as usize);
            let frame = |frame: &Frame| -> Result<Frame> {
                cancel.check()?;
                Ok(Frame {
                    name: frame.name.clone(),
                    raster: part(&frame.raster)?,
                    intensity: frame.intensity,
                    flat: frame.flat.as_ref().map(part).transpose()?,
                })
            };
            if loaded.mask.is_some() {
                return Err(invalid("mask", "a picture with a mask holds one card"));
            }
            let stack = &loaded.stack;
            Ok(Stack::from_loaded(Loaded {
                stack: FrameStack {
                    frames: stack.frames.par_iter().map(frame).collect::<Result<_>>()?,
                    dark: stack.dark.as_ref().map(part).transpose()?,
                    encoding: stack.encoding,
                },
                mask: None,
                movements: Vec::new(),
                registration_ms: 0.0,
            }))
        }))
    }
}
