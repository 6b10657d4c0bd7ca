//! Outline, 24 points and edges of the frames behind a handle; results in the shape of the TypeScript contract.

use crate::calibrating::checked_map;
use crate::maps::Maps;
use crate::stack::{Loaded, Stack, share, to_json};
use crate::task::{Progress, Work, reporter, start, to_js};
use imaging::{CoreError, ErrorCode, LinearSource, RasterSource, Result, StackSource};
use measure::{
    Budget, CalcOptions, EdgeOptions, Measurement, Method, OutlineOptions, PlaneMap, Point, RefineOptions, Refinement,
    Side, Station, Term, calculate, detect_edges, find_outline, reference_points, reference_points_on, refine,
};
use napi::bindgen_prelude::{AbortSignal, AsyncTask, Float64Array};
use napi_derive::napi;
use serde_json::{Value, json};
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
    inner: Arc<measure::Outline>,
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
fn plane_for(loaded: &Loaded, json: &str) -> Result<PlaneMap> {
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

/// What is known of camera and lights; heights are corrected for what it tells.
#[napi(object)]
pub struct RigInput {
    /// Camera to card, mm.
    pub view_distance_mm: Option<f64>,
    /// Lights to card, mm; left out for far lights.
    pub light_distance_mm: Option<f64>,
    /// Mean elevation of the lights over the card, degrees.
    pub light_elevation_deg: Option<f64>,
}

/// Corners, edges and surface of a measured card, as JSON (`Condition`).
#[napi(ts_return_type = "Promise<string>")]
pub fn analyse_condition(
    maps: &Maps,
    outline: &Outline,
    refinement: &RefinementHandle,
    pixel_pitch_mm: f64,
    rig: RigInput,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let solved = maps.inner.get().map_err(to_js)?;
    let frame = card_frame(&outline.inner, &refinement.inner, pixel_pitch_mm, &rig);
    let report = reporter(progress);
    Ok(start(signal, move |cancel| {
        let s = &solved.solution;
        let maps = surface::Maps {
            width: s.width,
            height: s.height,
            normals: &s.normals,
            albedo: &s.albedo,
            channels: s.channels,
            residual: &s.residual,
            confidence_deg: Some(&s.confidence_deg),
            known: &s.known,
        };
        to_json(&surface::analyse(
            &maps,
            &frame,
            &surface::Options::default(),
            cancel,
            &report,
        )?)
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

fn card_frame(
    outline: &measure::Outline,
    refinement: &Refinement,
    pixel_pitch_mm: f64,
    rig: &RigInput,
) -> surface::CardFrame {
    let edges = refinement.stations.iter().filter_map(|s| s.outer.as_ref());
    let blur = edges.map(|e| e.blur_px).filter(|b| b.is_finite()).collect();
    let radii: Vec<f64> = outline.corner_radius_px.iter().flatten().copied().collect();
    let complete = refinement.sides.iter().all(|s| s.border.is_some());
    surface::CardFrame {
        corners_px: outline.corners.map(|c| [c.x, c.y]),
        pixel_pitch_mm,
        corner_radius_mm: median(radii).map(|r| r * pixel_pitch_mm),
        border_px: if complete {
            border_corners(outline, refinement)
        } else {
            None
        },
        rig: surface::Rig {
            blur_sigma_px: median(blur),
            view_distance_mm: rig.view_distance_mm,
            light_distance_mm: rig.light_distance_mm,
            light_elevation_deg: rig.light_elevation_deg,
        },
    }
}

/// Border points of a side at fractions of its length, px.
fn border_line(outline: &measure::Outline, refinement: &Refinement, side: Side) -> Option<Vec<Point>> {
    let reading = refinement.sides.iter().find(|s| s.side == side)?;
    let border = reading.border.as_ref()?;
    let edge = outline.edge(side);
    let inset = |other: [Side; 2]| {
        let offset = |s: Side| {
            refinement
                .sides
                .iter()
                .find(|r| r.side == s)
                .and_then(|r| r.border.as_ref())
                .map_or(0.0, |b| b.offset_px)
        };
        other.map(offset)
    };
    let [start, end] = match side {
        Side::Left | Side::Right => inset([Side::Top, Side::Bottom]),
        Side::Top | Side::Bottom => inset([Side::Left, Side::Right]),
    };
    let (from, to) = (-edge.curve.half_length + start, edge.curve.half_length - end);
    let at = |i: usize| {
        let u = from + (to - from) * i as f64 / 8.0;
        let frame = edge.curve.local(u);
        frame.at(0.0, border.at(u))
    };
    Some((0..=8).map(at).collect())
}

fn border_corners(outline: &measure::Outline, refinement: &Refinement) -> Option<[[f64; 2]; 4]> {
    let ends = |side: Side| border_line(outline, refinement, side).map(|line| (line[0], line[line.len() - 1]));
    let (left, right, top, bottom) = (
        ends(Side::Left)?,
        ends(Side::Right)?,
        ends(Side::Top)?,
        ends(Side::Bottom)?,
    );
    let meet = |a: Point, b: Point| [(a.x + b.x) / 2.0, (a.y + b.y) / 2.0];
    Some([
        meet(left.0, top.0),
        meet(right.0, top.1),
        meet(right.1, bottom.1),
        meet(left.1, bottom.0),
    ])
}

fn edge_line(outline: &measure::Outline, side: Side) -> Vec<Point> {
    let curve = &outline.edge(side).curve;
    (0..=8)
        .map(|i| curve.at(curve.half_length * (f64::from(i) / 4.0 - 1.0)))
        .collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn name_of(method: Method) -> String {
    serde_json::to_value(method)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn points(line: &[Point]) -> Value {
    line.iter().map(|p| json!({ "xPx": p.x, "yPx": p.y })).collect()
}

/// The measurement in the contract's shape, with the lines that the screen draws.
fn as_contract(m: &Measurement, refinement: &Refinement) -> Value {
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
        json!({ "measured": found.is_some_and(|s| s.measured > 0), "reason": found.and_then(|s| s.reason.clone()) })
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
