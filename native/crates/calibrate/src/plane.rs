//! The measuring plane: where a board lay on the bench, and with it the map from pixels to millimetres.

use crate::board::{Board, BoardSpec};
use crate::bundle::{Observation, adjust, residual};
use crate::camera::CAMERA;
use crate::detect::Detection;
use crate::linear::{invert3, multiply3};
use crate::pose::Pose;
use crate::zhang::first_pose;
use imaging::{Cancel, CoreError, ErrorCode, Result};
use measure::{Camera, PlaneMap, Point};
use serde::{Deserialize, Serialize};

/// Options of [`fit_plane`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PlaneOptions {
    /// True millimetres in one millimetre of the board, from a certified artefact; 1 until it is known.
    pub scale: f64,
    /// Height of the measured surface above the board's surface, mm: thickness of a card less that of the board.
    pub surface_above_mm: f64,
}

impl Default for PlaneOptions {
    fn default() -> Self {
        Self {
            scale: 1.0,
            surface_above_mm: 0.0,
        }
    }
}

/// The plane and how well it is known.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneFit {
    /// Pixels to mm; its frame has the origin under the image's centre and x along the image's rows there.
    pub map: PlaneMap,
    /// Pitch at the image's centre, mm a px.
    pub pitch_mm: f64,
    /// Angle between the plane's normal and the optical axis, degrees.
    pub tilt_deg: f64,
    /// Distance from the camera to the plane along the optical axis, true mm.
    pub distance_mm: f64,
    /// Root mean square length of the residuals, px.
    pub rms_px: f64,
    /// The same on the plane, mm.
    pub rms_mm: f64,
    /// Longest residual, px.
    pub worst_px: f64,
    /// Corners used.
    pub corners: usize,
    /// Share of the image's width and height that the corners span.
    pub spanned: [f64; 2],
}

/// Fits the plane on which a board lies.
///
/// # Errors
/// [`ErrorCode::CalibrationWeak`] for too few corners or a board that spans too little of the image,
/// [`ErrorCode::ImageSizeMismatch`], [`ErrorCode::ValueInvalid`], [`ErrorCode::CalibrationFailed`].
pub fn fit_plane(
    spec: &BoardSpec,
    view: &Detection,
    camera: &Camera,
    image_px: [usize; 2],
    options: &PlaneOptions,
    cancel: &Cancel,
) -> Result<PlaneFit> {
    let board = Board::new(spec)?;
    check(&board, view, image_px, options)?;
    let seen: Vec<Observation> = view
        .corners
        .iter()
        .map(|c| Observation {
            board_mm: board.corner_mm(c.id),
            px: [c.x_px, c.y_px],
            std: c.std_px,
        })
        .collect();
    let (mm, px): (Vec<_>, Vec<_>) = seen.iter().map(|o| (o.board_mm, o.px)).unzip();
    let failed = || {
        CoreError::new(
            ErrorCode::CalibrationFailed,
            "the board's place on the plane could not be found from its corners",
            "photograph the board again, flat on the plane",
        )
    };
    let start = first_pose(camera, &mm, &px).ok_or_else(failed)?;
    let views = [seen];
    let held = [false; CAMERA];
    let solved = adjust(*camera, vec![start], &views, &held, cancel, &|_| ())?.ok_or_else(failed)?;
    let pose = solved.poses[0];
    let lengths: Vec<f64> = views[0]
        .iter()
        .map(|o| {
            let [x, y] = residual(camera, &pose, o);
            x.hypot(y)
        })
        .collect();
    let map = plane_map(camera, &pose, image_px, options)?;
    let rms = (lengths.iter().map(|l| l * l).sum::<f64>() / lengths.len() as f64).sqrt();
    let pitch = map.pitch();
    Ok(PlaneFit {
        pitch_mm: pitch,
        tilt_deg: pose.tilt_deg(),
        distance_mm: distance(&pose) * options.scale - options.surface_above_mm,
        rms_px: rms,
        rms_mm: rms * pitch,
        worst_px: lengths.iter().copied().fold(0.0, f64::max),
        corners: lengths.len(),
        spanned: spanned(view),
        map,
    })
}

fn check(board: &Board, view: &Detection, image_px: [usize; 2], options: &PlaneOptions) -> Result<()> {
    let invalid = |field: &str, message: String, next: &str| {
        Err(CoreError::new(ErrorCode::ValueInvalid, message, next).in_field(field))
    };
    if !(options.scale.is_finite() && (0.5..2.0).contains(&options.scale)) {
        return invalid("scale", format!("a scale of {}", options.scale), "give a factor near 1");
    }
    if !(options.surface_above_mm.is_finite() && options.surface_above_mm.abs() < 100.0) {
        return invalid(
            "surfaceAboveMm",
            format!("a height of {} mm", options.surface_above_mm),
            "give the thickness of a card less that of the board, mm",
        );
    }
    if view.image_px != image_px {
        return Err(CoreError::new(
            ErrorCode::ImageSizeMismatch,
            format!(
                "the board's image has {} x {} px, the camera was calibrated with {} x {}",
                view.image_px[0], view.image_px[1], image_px[0], image_px[1]
            ),
            "photograph the board with the camera as it was calibrated",
        ));
    }
    let sound = view.corners.iter().all(|c| {
        c.id < board.corner_count() && [c.x_px, c.y_px, c.std_px].iter().all(|v| v.is_finite()) && c.std_px > 0.0
    });
    if !sound {
        return invalid(
            "corners",
            "a corner is none of this board".into(),
            "detect the corners again with the board that is in the picture",
        );
    }
    let [x, y] = spanned(view);
    if view.corners.len() < 12 || x < 0.4 || y < 0.4 {
        return Err(CoreError::new(
            ErrorCode::CalibrationWeak,
            format!(
                "{} corners over {:.0} % of the width and {:.0} % of the height tell too little about the plane",
                view.corners.len(),
                100.0 * x,
                100.0 * y
            ),
            "lay the board flat in the middle so that it spans at least 40 % of the picture both ways",
        ));
    }
    Ok(())
}

fn spanned(view: &Detection) -> [f64; 2] {
    let span = |of: fn(&crate::Corner) -> f64, size: usize| {
        let (low, high) = view
            .corners
            .iter()
            .map(of)
            .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        ((high - low) / size as f64).max(0.0)
    };
    [span(|c| c.x_px, view.image_px[0]), span(|c| c.y_px, view.image_px[1])]
}

/// Distance along the optical axis from the camera to the plane, mm of the board.
fn distance(pose: &Pose) -> f64 {
    let normal = pose.rotation.map(|row| row[2]);
    let along: f64 = (0..3).map(|i| normal[i] * pose.shift[i]).sum();
    along / normal[2]
}

fn plane_map(camera: &Camera, pose: &Pose, image_px: [usize; 2], options: &PlaneOptions) -> Result<PlaneMap> {
    let r = pose.rotation;
    // The board's z axis points away from the camera (x right, y down).
    let above = options.surface_above_mm / options.scale;
    let t = [0, 1, 2].map(|i| pose.shift[i] - above * r[i][2]);
    let board_to_ray = [0, 1, 2].map(|i| [r[i][0], r[i][1], t[i]]);
    let singular = || {
        CoreError::new(
            ErrorCode::CalibrationFailed,
            "the camera looks along the plane",
            "photograph the board flat on the measuring plane",
        )
    };
    let to_board = invert3(board_to_ray).ok_or_else(singular)?;
    let raw = PlaneMap {
        image_px,
        intrinsics: camera.intrinsics,
        distortion: camera.distortion,
        to_plane: to_board,
    };
    let centre = Point {
        x: (image_px[0] as f64 - 1.0) / 2.0,
        y: (image_px[1] as f64 - 1.0) / 2.0,
    };
    let origin = raw.to_mm(centre);
    let right = raw.turn(centre, [1.0, 0.0]);
    let length = right[0].hypot(right[1]);
    let (c, s) = (right[0] / length, right[1] / length);
    let k = options.scale;
    let place = [
        [k * c, k * s, -k * (c * origin[0] + s * origin[1])],
        [-k * s, k * c, -k * (c * origin[1] - s * origin[0])],
        [0.0, 0.0, 1.0],
    ];
    let map = PlaneMap {
        to_plane: multiply3(place, to_board),
        ..raw
    };
    map.check()?;
    Ok(map)
}
