//! What a perfect measurement of the simulated card would report, from the geometry alone.

use crate::material::Material;
use crate::outline::{area, bounds};
use crate::{DefectKind, Light, Spec};
use serde::Serialize;

/// A place in the image; integer coordinates are pixel centres.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// Column, px.
    pub x_px: f64,
    /// Row, px.
    pub y_px: f64,
}

/// One of the 24 stations.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StationTruth {
    /// `left`, `right`, `top` or `bottom`.
    pub edge: &'static str,
    /// 1..=7 from the top, or 1..=5 from the left.
    pub index: usize,
    /// On the cut edge, after perspective and distortion.
    pub outer: Point,
    /// On the graphic border (the end of the border's own colour); absent where the art bleeds.
    pub border: Option<Point>,
    /// From `outer` to `border` along the edge's inward normal, mm.
    pub width_mm: Option<f64>,
    /// To the inner boundary of a double frame, mm.
    pub second_width_mm: Option<f64>,
    /// `outer` in the card frame, mm.
    pub outer_mm: [f64; 2],
}

/// One value per side; absent where the art bleeds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SideMeans {
    /// Mean of the 7 left stations, mm.
    pub left: Option<f64>,
    /// Mean of the 7 right stations, mm.
    pub right: Option<f64>,
    /// Mean of the 5 top stations, mm.
    pub top: Option<f64>,
    /// Mean of the 5 bottom stations, mm.
    pub bottom: Option<f64>,
}

/// Share of each side in the sum of opposite means, percent.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Centering {
    /// Left and right.
    pub left_right: Option<[f64; 2]>,
    /// Top and bottom.
    pub top_bottom: Option<[f64; 2]>,
}

/// One defect in the card frame.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DefectTruth {
    /// `t1`, `t2`, ...
    pub id: String,
    /// Its value in `defects-truth.png`.
    pub label: usize,
    /// Kind.
    pub kind: DefectKind,
    /// Outline, mm.
    pub polygon_mm: Vec<[f64; 2]>,
    /// Left, top, right, bottom, mm.
    pub bbox_mm: [f64; 4],
    /// Length, mm.
    pub length_mm: f64,
    /// Width, mm (4 sigma for relief).
    pub width_mm: f64,
    /// Depth of a scratch or dent, height of a crease, mm; 0 where only the colour changes.
    pub depth_mm: f64,
    /// What is left of the depth in the image after point spread and pixel, mm.
    pub seen_depth_mm: f64,
    /// Area of the outline, mm2.
    pub area_mm2: f64,
    /// Mean change of the colour inside the outline, relative to the print's brightness, 0..1.
    pub contrast: f64,
}

/// Noise to expect, as fractions of full scale.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoiseTruth {
    /// Whether noise was added.
    pub enabled: bool,
    /// Standard deviation at the signal of white stock at the exposure (shot, read, quantisation).
    pub sigma_white: f64,
    /// Standard deviation at a third of full scale.
    pub sigma_mid: f64,
    /// Signal to noise at a third of full scale.
    pub snr_mid: f64,
    /// Standard deviation without light.
    pub sigma_dark: f64,
}

/// Where the card plane stands.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneTruth {
    /// Tilt about x and about y, degrees.
    pub tilt_deg: [f64; 2],
    /// Camera to the plane's origin, mm.
    pub camera_distance_mm: f64,
    /// Normal of the plane in the camera frame.
    pub normal: [f64; 3],
}

/// Everything that is known about a simulated capture.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Truth {
    /// `trugrade.truth/1`.
    pub schema: &'static str,
    /// The spec that made it.
    pub spec: Spec,
    /// Width and height of the images, px.
    pub image_px: [usize; 2],
    /// The 24 stations: left 1..7, right 1..7, top 1..5, bottom 1..5.
    pub points: Vec<StationTruth>,
    /// Mean widths.
    pub mean_mm: SideMeans,
    /// Centering from the mean widths.
    pub centering: Centering,
    /// Card size.
    pub size_mm: [f64; 2],
    /// Rotation of the card, degrees from x towards y.
    pub card_angle_deg: f64,
    /// Rotation of the print against the cut, same sense; absent without a border.
    pub print_tilt_deg: Option<f64>,
    /// Shift of the print's centre against the cut's centre in the card frame, mm, on top of unequal borders.
    pub print_offset_mm: [f64; 2],
    /// Ideal corners (radius ignored): top left, top right, bottom right, bottom left.
    pub corners: [Point; 4],
    /// Radius of the cut corners, mm.
    pub corner_radius_mm: f64,
    /// Position of the plane.
    pub plane: PlaneTruth,
    /// The lights, as in `capture.json`.
    pub lights: Vec<Light>,
    /// Damage and printing errors.
    pub defects: Vec<DefectTruth>,
    /// Noise.
    pub noise: NoiseTruth,
}

/// An edge: name, axis across it, sign of its side, number of stations.
const EDGES: [(&str, usize, f64, usize); 4] = [
    ("left", 0, -1.0, 7),
    ("right", 0, 1.0, 7),
    ("top", 1, -1.0, 5),
    ("bottom", 1, 1.0, 5),
];

/// Collects the truth of a scene.
pub(crate) fn of(spec: &Spec, material: &Material, lights: &[Light], image_px: [usize; 2]) -> Truth {
    let points: Vec<StationTruth> = EDGES.iter().flat_map(|edge| stations(material, *edge)).collect();
    let mean = |edge: &str| {
        let widths: Option<Vec<f64>> = points.iter().filter(|p| p.edge == edge).map(|p| p.width_mm).collect();
        widths.map(|w| w.iter().sum::<f64>() / w.len() as f64)
    };
    let mean_mm = SideMeans {
        left: mean("left"),
        right: mean("right"),
        top: mean("top"),
        bottom: mean("bottom"),
    };
    let share = |a: Option<f64>, b: Option<f64>| {
        let (a, b) = (a?, b?);
        Some([100.0 * a / (a + b), 100.0 * b / (a + b)])
    };
    let [w, h] = material.layout.half;
    let bordered = points.iter().any(|p| p.width_mm.is_some());
    Truth {
        schema: "trugrade.truth/1",
        spec: spec.clone(),
        image_px,
        centering: Centering {
            left_right: share(mean_mm.left, mean_mm.right),
            top_bottom: share(mean_mm.top, mean_mm.bottom),
        },
        points,
        mean_mm,
        size_mm: spec.card_mm,
        card_angle_deg: spec.rotation_deg,
        print_tilt_deg: bordered.then_some(spec.print_tilt_deg),
        print_offset_mm: spec.print_offset_mm,
        corners: [[-w, -h], [w, -h], [w, h], [-w, h]].map(|p| seen(material, p)),
        corner_radius_mm: spec.corner_radius_mm,
        plane: PlaneTruth {
            tilt_deg: spec.tilt_deg,
            camera_distance_mm: spec.camera_distance_mm,
            normal: material.camera.turn([0.0, 0.0, 1.0]),
        },
        lights: lights.to_vec(),
        defects: damage(material),
        noise: noise(spec),
    }
}

fn seen(material: &Material, card: [f64; 2]) -> Point {
    let [x_px, y_px] = material.camera.to_px(card);
    Point { x_px, y_px }
}

fn stations(material: &Material, (edge, axis, sign, count): (&'static str, usize, f64, usize)) -> Vec<StationTruth> {
    let layout = &material.layout;
    // Index of this side in left, top, right, bottom.
    let side = axis + if sign > 0.0 { 2 } else { 0 };
    (1..=count)
        .map(|index| {
            let mut outer = [0.0; 2];
            outer[axis] = sign * layout.half[axis];
            outer[1 - axis] = layout.half[1 - axis] * (2.0 * index as f64 / (count + 1) as f64 - 1.0);
            let [along, across] = [layout.print_offset[axis], layout.print_offset[1 - axis]];
            let reach = |limit: f64| along + print_line(layout.print, axis, limit, outer[1 - axis] - across);
            let border = reach(layout.frame[side]);
            let width = |at: f64| sign * (outer[axis] - at);
            let mut border_mm = outer;
            border_mm[axis] = border;
            StationTruth {
                edge,
                index,
                outer: seen(material, outer),
                border: border.is_finite().then(|| seen(material, border_mm)),
                width_mm: border.is_finite().then(|| width(border)),
                second_width_mm: layout
                    .second
                    .filter(|s| s[side].is_finite())
                    .map(|s| width(reach(s[side]))),
                outer_mm: outer,
            }
        })
        .collect()
}

/// Where the print's line `limit` (x' or y' of the print frame) crosses the card's line along `axis` at `other`.
fn print_line([c, s]: [f64; 2], axis: usize, limit: f64, other: f64) -> f64 {
    if axis == 0 {
        (limit - s * other) / c
    } else {
        (limit + s * other) / c
    }
}

fn damage(material: &Material) -> Vec<DefectTruth> {
    material
        .defects
        .iter()
        .enumerate()
        .map(|(i, d)| DefectTruth {
            id: format!("t{}", i + 1),
            label: i + 1,
            kind: d.kind,
            polygon_mm: d.polygon.clone(),
            bbox_mm: bounds(&d.polygon),
            length_mm: d.length,
            width_mm: d.width,
            depth_mm: d.depth,
            seen_depth_mm: d.seen_depth(material.optics),
            area_mm2: area(&d.polygon),
            contrast: material.contrast(d),
        })
        .collect()
}

fn noise(spec: &Spec) -> NoiseTruth {
    let codes = if spec.bits == 8 { 255.0 } else { 65_535.0 };
    let sigma = |light: f64| {
        let shot = if spec.noise {
            (light * spec.full_well_electrons + spec.read_noise_electrons.powi(2)) / spec.full_well_electrons.powi(2)
        } else {
            0.0
        };
        (shot + 1.0 / (12.0 * codes * codes)).sqrt()
    };
    let mid = 1.0 / 3.0;
    NoiseTruth {
        enabled: spec.noise,
        sigma_white: sigma(spec.exposure.min(1.0)),
        sigma_mid: sigma(mid),
        snr_mid: mid / sigma(mid),
        sigma_dark: sigma(0.0),
    }
}
