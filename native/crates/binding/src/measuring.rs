//! Outline, 24 points and edges of the frames behind a handle; results in the shape of the TypeScript contract.

use crate::calibrating::checked_map;
use crate::measurement_json::as_contract;
use crate::stack::{Loaded, Stack, share, to_json};
use crate::task::{Work, start, to_js};
use imaging::{CoreError, ErrorCode, LinearSource, RasterSource, Result, StackSource};
use measure::{
    Budget, CalcOptions, EdgeOptions, Method, OutlineOptions, PlaneMap, Point, RefineOptions, Refinement, Station,
    Term, calculate, detect_edges, find_outline, reference_points, reference_points_on, refine,
};
use napi::bindgen_prelude::{AbortSignal, AsyncTask, Float64Array};
use napi_derive::napi;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of the card before it is looked for.
#[napi(object)]
pub struct OutlineInput {
    pub pixel_pitch_mm: Option<f64>,
    /// Width and height.
    pub expected_size_mm: Option<Vec<f64>>,
    /// Corners of the card where they are known to a few pixels: x and y of each, top left first and clockwise.
    pub place_px: Option<Vec<f64>>,
}

impl OutlineInput {
    /// The same for the native core.
    pub fn options(&self) -> OutlineOptions {
        let place = self.place_px.as_deref().and_then(|p| <[f64; 8]>::try_from(p).ok());
        OutlineOptions {
            expected_size_mm: self.expected_size_mm.as_deref().and_then(|s| s.try_into().ok()),
            place: place.map(|p| [0, 2, 4, 6].map(|i| Point { x: p[i], y: p[i + 1] })),
            pixel_pitch_mm: self.pixel_pitch_mm,
            ..OutlineOptions::default()
        }
    }
}

/// Settings of the edge detector.
#[napi(object)]
pub struct EdgeInput {
    /// Scale, px.
    pub sigma: Option<f64>,
    /// Least gradient, linear light per px; from the noise when not given.
    pub threshold: Option<f64>,
    /// Whether points on even ground are refined by a fit; they are when not given.
    pub refine: Option<bool>,
}

/// Handle to a found card.
#[napi]
pub struct Outline {
    pub(crate) inner: Arc<measure::Outline>,
}

#[napi]
impl Outline {
    /// Figures for quality checks, as JSON (`OutlineInfo`).
    #[napi(getter)]
    pub fn info(&self) -> napi::Result<String> {
        let o = &self.inner;
        let worst = |of: fn(&measure::EdgeFit) -> f64| o.edges.iter().map(of).fold(f64::MIN, f64::max);
        let info = json!({
            "sizePx": o.size_px,
            "angleDeg": o.angle_deg,
            "confidence": o.confidence,
            "worstResidualPx": worst(|e| e.residual_px),
            "leastContrast": -worst(|e| -e.contrast.abs()),
            "worstBlurPx": worst(|e| e.blur_px),
        });
        to_json(&info).map_err(to_js)
    }

    /// Number of stations that could be placed on the edges.
    #[napi(getter)]
    pub fn station_count(&self) -> u32 {
        reference_points(&self.inner).len() as u32
    }

    /// Locates outer edge and graphic border at every station. With `plane_json` (a `PlaneMap`) the stations divide the
    /// edges as they lie on the plane.
    #[napi(ts_return_type = "Promise<Refinement>")]
    pub fn refine(
        &self,
        stack: &Stack,
        pixel_pitch_mm: Option<f64>,
        plane_json: Option<String>,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<RefinementHandle>>> {
        let (loaded, outline) = (share(stack)?, Arc::clone(&self.inner));
        Ok(start(signal, move |cancel| {
            let stations: Vec<Station> = match plane_json {
                Some(json) => reference_points_on(&outline, &plane_for(&loaded, &json)?),
                None => reference_points(&outline),
            };
            let options = RefineOptions {
                pixel_pitch_mm,
                ..RefineOptions::default()
            };
            let inner = with_source(&loaded, |src| refine(src, &outline, &stations, &options, cancel))?;
            Ok(RefinementHandle { inner: Arc::new(inner) })
        }))
    }
}

/// Handle to the located points.
#[napi(js_name = "Refinement")]
pub struct RefinementHandle {
    pub(crate) inner: Arc<Refinement>,
}

#[napi]
impl RefinementHandle {
    /// Figures for quality checks, as JSON (`RefinementInfo`).
    #[napi(getter)]
    pub fn info(&self) -> napi::Result<String> {
        let stations = &self.inner.stations;
        let mut methods: BTreeMap<String, usize> = BTreeMap::new();
        let readings = || {
            stations
                .iter()
                .flat_map(|s| [s.outer.as_ref(), s.border.as_ref()])
                .flatten()
        };
        for reading in readings() {
            *methods.entry(name_of(reading.method)).or_default() += 1;
        }
        let disagreement = readings().map(|r| r.scale_spread_px).reduce(f64::max);
        let info = json!({
            "outerOk": stations.iter().filter(|s| s.outer.is_some()).count(),
            "borderOk": stations.iter().filter(|s| s.border.is_some()).count(),
            "methods": methods,
            "worstScaleDisagreementPx": disagreement,
        });
        to_json(&info).map_err(to_js)
    }

    /// Widths, centering, size and angles with their uncertainty, as JSON (`Measurement`). With `plane_json` (a
    /// `PlaneMap`) points are mapped by it; `terms` is the JSON of the uncertainty budget's terms (`BudgetTerm[]`).
    #[napi]
    pub fn calculate(
        &self,
        pixel_pitch_mm: Option<f64>,
        plane_json: Option<String>,
        terms: Option<String>,
    ) -> napi::Result<String> {
        let options = calc_options(plane_json, terms).map_err(to_js)?;
        let measured = calculate(&self.inner, pixel_pitch_mm, &options);
        to_json(&as_contract(&measured, &self.inner)).map_err(to_js)
    }
}

/// A map that belongs to images of this size.
pub fn plane_for(loaded: &Loaded, json: &str) -> Result<PlaneMap> {
    let map = checked_map(json)?;
    let stack = &loaded.stack;
    let size = stack.frames.first().map(|f| [f.raster.width, f.raster.height]);
    if size.is_some_and(|size| size != map.image_px) {
        return Err(CoreError::new(
            ErrorCode::ImageSizeMismatch,
            format!(
                "the camera's calibration is for images of {} x {} px",
                map.image_px[0], map.image_px[1]
            ),
            "calibrate at the resolution and crop that captures are taken with",
        )
        .in_field("camera"));
    }
    Ok(map)
}

fn calc_options(plane_json: Option<String>, terms: Option<String>) -> Result<CalcOptions> {
    Ok(CalcOptions {
        budget: terms.map_or_else(|| Ok(Budget::default()), |json| budget_of(&json))?,
        plane: plane_json.as_deref().map(checked_map).transpose()?,
    })
}

fn budget_of(json: &str) -> Result<Budget> {
    let bad = |what: String| {
        CoreError::new(
            ErrorCode::ValueInvalid,
            what,
            "give every term a sound half width and unit",
        )
        .in_field("terms")
    };
    let terms: Vec<Term> = serde_json::from_str(json).map_err(|e| bad(e.to_string()))?;
    match terms.iter().find(|t| !t.is_sound()) {
        Some(term) => Err(bad(format!("the budget's term {} has an impossible number", term.id))),
        None => Ok(Budget { terms }),
    }
}

/// Finds the one card in the frames. Refusals are `card.notFound`, `card.cutOff`, `card.several`, `image.*`.
#[napi(ts_return_type = "Promise<Outline>")]
pub fn find_card(
    stack: &Stack,
    input: OutlineInput,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<Outline>>> {
    let loaded = share(stack)?;
    Ok(start(signal, move |cancel| {
        let outline = with_source(&loaded, |src| find_outline(src, &input.options(), cancel))?;
        Ok(Outline {
            inner: Arc::new(outline),
        })
    }))
}

/// Sub-pixel edge points: `xPx, yPx, nx, ny, strength, stdPx` of each, one after the other; `stdPx` is NaN where the point
/// is the gradient's own ridge.
#[napi(js_name = "detectEdges", ts_return_type = "Promise<Float64Array>")]
pub fn detect_edge_points(
    stack: &Stack,
    input: EdgeInput,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<Float64Array>>> {
    let loaded = share(stack)?;
    Ok(start(signal, move |cancel| {
        let defaults = EdgeOptions::default();
        let options = EdgeOptions {
            sigma: input.sigma.unwrap_or(defaults.sigma),
            threshold: input.threshold,
            refine: input.refine.unwrap_or(defaults.refine),
            ..defaults
        };
        let points = with_source(&loaded, |src| detect_edges(src, &options, cancel))?;
        let values: Vec<f64> = points
            .iter()
            .flat_map(|p| {
                let std = p.std_px.unwrap_or(f64::NAN);
                [p.x_px, p.y_px, p.normal[0], p.normal[1], p.strength, std]
            })
            .collect();
        Ok(Float64Array::new(values))
    }))
}

/// Runs `work` on the frames seen as one image of linear light.
pub fn with_source<T>(loaded: &Loaded, work: impl FnOnce(&dyn LinearSource) -> Result<T>) -> Result<T> {
    let stack = &loaded.stack;
    match &stack.frames[..] {
        [only] if only.flat.is_none() && stack.dark.is_none() => work(&RasterSource::new(&only.raster, stack.encoding)),
        _ => work(&StackSource::new(stack)),
    }
}

fn name_of(method: Method) -> String {
    serde_json::to_value(method)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}
