//! From detections of a board to a camera, with checks before and after and a proof on corners that were held out.

use crate::board::{Board, BoardSpec};
use crate::bundle::{Adjusted, Observation, adjust, residual};
use crate::camera::CAMERA;
use crate::coverage::{Coverage, coverage};
use crate::detect::Detection;
use crate::homography::Homography;
use crate::pose::Pose;
use crate::zhang::{first_cameras, first_pose};
use imaging::{Cancel, CoreError, ErrorCode, Result};
use measure::Camera;
use serde::{Deserialize, Serialize};

/// Options of [`solve_camera`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SolveOptions {
    /// Solve for the third radial coefficient as well (wide lenses).
    pub third_radial: bool,
    /// Largest relative standard uncertainty of the focal length that is accepted.
    pub focal_uncertainty: f64,
    /// Largest root mean square residual of the held-out corners that is accepted, px.
    pub held_out_px: f64,
}

impl Default for SolveOptions {
    fn default() -> Self {
        Self {
            third_radial: false,
            focal_uncertainty: 0.005,
            held_out_px: 0.5,
        }
    }
}

/// A corner's residual, px.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Residual {
    /// Corner number.
    pub id: usize,
    /// Where it was seen.
    pub x_px: f64,
    /// Where it was seen.
    pub y_px: f64,
    /// Seen minus projected.
    pub dx_px: f64,
    /// Seen minus projected.
    pub dy_px: f64,
}

/// One view in the solution.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewFit {
    /// Pose of the board.
    pub pose: Pose,
    /// Angle between the board's normal and the optical axis, degrees.
    pub tilt_deg: f64,
    /// Distance of the board's middle from the camera, mm of the board.
    pub distance_mm: f64,
    /// Root mean square length of the residuals, px.
    pub rms_px: f64,
    /// Longest residual, px.
    pub worst_px: f64,
    /// All of them.
    pub residuals: Vec<Residual>,
}

/// A solved camera.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraFit {
    /// Width and height of the images, px.
    pub image_px: [usize; 2],
    /// The model.
    pub camera: Camera,
    /// Standard uncertainties (k = 1) in the order fx, fy, cx, cy, k1, k2, p1, p2, k3; 0 for parameters that were held.
    pub std: [f64; CAMERA],
    /// Root mean square length of all residuals, px: a figure of the fit, not of the accuracy.
    pub rms_px: f64,
    /// The same over corners that took no part in an earlier solution (one in five).
    pub held_out_rms_px: f64,
    /// Corners that were held out.
    pub held_out: usize,
    /// Residuals over what the corners' own uncertainties explain.
    pub sigma0: f64,
    /// Every view.
    pub views: Vec<ViewFit>,
    /// What the views cover.
    pub coverage: Coverage,
}

fn weak(message: String, next: &str) -> CoreError {
    CoreError::new(ErrorCode::CalibrationWeak, message, next)
}

/// Solves the camera from at least six views of a board.
///
/// # Errors
/// [`ErrorCode::CalibrationWeak`] naming the view that is missing, [`ErrorCode::CalibrationFailed`] when the result
/// contradicts the corners, [`ErrorCode::ImageSizeMismatch`], [`ErrorCode::ValueInvalid`], [`ErrorCode::Cancelled`].
pub fn solve_camera(
    spec: &BoardSpec,
    views: &[Detection],
    options: &SolveOptions,
    cancel: &Cancel,
    progress: &dyn Fn(f32),
) -> Result<CameraFit> {
    let board = Board::new(spec)?;
    let image_px = one_size(views)?;
    let observations = observations(&board, views)?;
    let cover = coverage(&board, views);
    if let Some(next) = cover.missing.first() {
        let message = format!("{} views do not determine the camera", cover.views.len());
        return Err(weak(message, next));
    }
    let free = free_parameters(options);
    let trained: Vec<Vec<Observation>> = split(&observations, false);
    let held: Vec<Vec<Observation>> = split(&observations, true);
    let first = solve_free(&trained, image_px, &free, cancel, &|f| progress(0.5 * f))?;
    let held_out = rms(&first.camera, &first.poses, &held);
    let full = adjust(first.camera, first.poses, &observations, &free, cancel, &|f| {
        progress(0.5 + 0.5 * f);
    })?
    .ok_or_else(undetermined)?;
    judge(&full, held_out, image_px, options)?;
    Ok(CameraFit {
        image_px,
        camera: full.camera,
        std: full.std,
        rms_px: rms(&full.camera, &full.poses, &observations),
        held_out_rms_px: held_out,
        held_out: held.iter().map(Vec::len).sum(),
        sigma0: full.sigma0,
        views: full
            .poses
            .iter()
            .zip(&observations)
            .zip(views)
            .map(|((pose, seen), view)| view_fit(&board, &full.camera, pose, seen, view))
            .collect(),
        coverage: cover,
    })
}

fn one_size(views: &[Detection]) -> Result<[usize; 2]> {
    let first = views.first().ok_or_else(|| {
        weak(
            "there are no views of the board".into(),
            "take at least six views of the board",
        )
    })?;
    if let Some(other) = views.iter().position(|v| v.image_px != first.image_px) {
        return Err(CoreError::new(
            ErrorCode::ImageSizeMismatch,
            format!("view {} is of another size than the first", other + 1),
            "take all views with one camera at one resolution",
        )
        .in_field(format!("views[{other}]")));
    }
    Ok(first.image_px)
}

/// Pairs of board and image positions; numbers from outside are checked here.
fn observations(board: &Board, views: &[Detection]) -> Result<Vec<Vec<Observation>>> {
    views
        .iter()
        .enumerate()
        .map(|(i, view)| {
            view.corners
                .iter()
                .map(|c| {
                    let sound = c.id < board.corner_count()
                        && [c.x_px, c.y_px, c.std_px].iter().all(|v| v.is_finite())
                        && c.std_px > 0.0;
                    if !sound {
                        return Err(CoreError::new(
                            ErrorCode::ValueInvalid,
                            format!("corner {} of view {} is none of this board", c.id, i + 1),
                            "detect the corners again with the board that is in the picture",
                        )
                        .in_field(format!("views[{i}].corners")));
                    }
                    Ok(Observation {
                        board_mm: board.corner_mm(c.id),
                        px: [c.x_px, c.y_px],
                        std: c.std_px,
                    })
                })
                .collect()
        })
        .collect()
}

fn free_parameters(options: &SolveOptions) -> [bool; CAMERA] {
    let mut free = [true; CAMERA];
    free[8] = options.third_radial;
    free
}

/// One corner in five is held out, another one in every view.
fn split(observations: &[Vec<Observation>], held: bool) -> Vec<Vec<Observation>> {
    observations
        .iter()
        .enumerate()
        .map(|(v, view)| {
            let own = |i: usize| (i + 2 * v).is_multiple_of(5);
            view.iter()
                .enumerate()
                .filter(|(i, _)| own(*i) == held)
                .map(|(_, o)| *o)
                .collect()
        })
        .collect()
}

fn undetermined() -> CoreError {
    weak(
        "the views do not determine the camera: they are too much alike".into(),
        "add views in which the board is tilted by 15 to 30 degrees to different sides",
    )
}

/// From several first guesses to the best solution: pinhole first, then the whole model.
fn solve_free(
    views: &[Vec<Observation>],
    image_px: [usize; 2],
    free: &[bool; CAMERA],
    cancel: &Cancel,
    progress: &dyn Fn(f32),
) -> Result<Adjusted> {
    let points =
        |view: &[Observation]| -> (Vec<[f64; 2]>, Vec<[f64; 2]>) { view.iter().map(|o| (o.board_mm, o.px)).unzip() };
    let homographies: Vec<Homography> = views
        .iter()
        .filter_map(|v| {
            let (mm, px) = points(v);
            Homography::fit(&mm, &px, None)
        })
        .collect();
    if homographies.len() < views.len() {
        return Err(undetermined());
    }
    let radial_only: [bool; CAMERA] = std::array::from_fn(|i| free[i] && ![2, 3, 6, 7, 8].contains(&i));
    let mut best: Option<Adjusted> = None;
    let cameras = first_cameras(&homographies, image_px);
    for (i, camera) in cameras.iter().enumerate() {
        let poses: Option<Vec<Pose>> = views
            .iter()
            .map(|v| {
                let (mm, px) = points(v);
                first_pose(camera, &mm, &px)
            })
            .collect();
        let Some(poses) = poses else { continue };
        let rough = adjust(*camera, poses, views, &radial_only, cancel, &|_| ())?;
        let Some(rough) = rough else { continue };
        let full = adjust(rough.camera, rough.poses, views, free, cancel, &|_| ())?;
        progress((i + 1) as f32 / cameras.len() as f32);
        if let Some(full) = full
            && best.as_ref().is_none_or(|b| full.sigma0 < b.sigma0)
        {
            best = Some(full);
        }
        // Further guesses are for the case that the first one ends in a wrong valley.
        if best.as_ref().is_some_and(|b| b.sigma0 < 5.0) {
            break;
        }
    }
    best.ok_or_else(undetermined)
}

fn judge(full: &Adjusted, held_out: f64, image_px: [usize; 2], options: &SolveOptions) -> Result<()> {
    let [fx, fy, cx, cy] = full.camera.intrinsics;
    let relative = (full.std[0] / fx).max(full.std[1] / fy);
    if relative.is_nan() || relative > options.focal_uncertainty {
        return Err(weak(
            format!(
                "the focal length is known to {:.1} % only, {:.1} % are needed",
                100.0 * relative,
                100.0 * options.focal_uncertainty
            ),
            "add views in which the board is tilted by 15 to 30 degrees to different sides",
        ));
    }
    if held_out.is_nan() || held_out > options.held_out_px {
        return Err(CoreError::new(
            ErrorCode::CalibrationFailed,
            format!(
                "corners that took no part in the solution are off by {held_out:.2} px, at most {:.2} px are accepted",
                options.held_out_px
            ),
            "check that the board is flat and held still, and leave out the view with the largest residuals",
        ));
    }
    let inside = |c: f64, n: usize| c > 0.0 && c < n as f64;
    if !(inside(cx, image_px[0]) && inside(cy, image_px[1])) {
        return Err(CoreError::new(
            ErrorCode::CalibrationFailed,
            format!("the optical axis would meet the image outside of it, at {cx:.0}, {cy:.0}"),
            "add views in which the board is tilted by 15 to 30 degrees to different sides",
        ));
    }
    Ok(())
}

/// Root mean square length of residuals, px; NaN for none.
fn rms(camera: &Camera, poses: &[Pose], views: &[Vec<Observation>]) -> f64 {
    let (mut sum, mut n): (f64, f64) = (0.0, 0.0);
    for (view, pose) in views.iter().zip(poses) {
        for o in view {
            let [x, y] = residual(camera, pose, o);
            sum += x * x + y * y;
            n += 1.0;
        }
    }
    (sum / n).sqrt()
}

fn view_fit(board: &Board, camera: &Camera, pose: &Pose, seen: &[Observation], view: &Detection) -> ViewFit {
    let residuals: Vec<Residual> = seen
        .iter()
        .zip(&view.corners)
        .map(|(o, c)| {
            let [dx, dy] = residual(camera, pose, o);
            Residual {
                id: c.id,
                x_px: c.x_px,
                y_px: c.y_px,
                dx_px: dx,
                dy_px: dy,
            }
        })
        .collect();
    let lengths = || residuals.iter().map(|r| r.dx_px.hypot(r.dy_px));
    ViewFit {
        pose: *pose,
        tilt_deg: pose.tilt_deg(),
        distance_mm: pose.place(board.size_mm().map(|s| s / 2.0))[2],
        rms_px: (lengths().map(|l| l * l).sum::<f64>() / residuals.len().max(1) as f64).sqrt(),
        worst_px: lengths().fold(0.0, f64::max),
        residuals,
    }
}
