//! Bundle adjustment: camera and the pose of every view together, by Levenberg-Marquardt with robust weights.

use crate::camera::{CAMERA, Unknowns};
use crate::linear::{Matrix, invert_spd, solve_spd, zeros};
use crate::pose::{Pose, cross};
use imaging::{Cancel, Result};
use measure::Camera;

const POSE: usize = 6;
/// Residuals beyond this many times their expected size count less (Huber 1964).
const HUBER: f64 = 2.5;

/// A corner of the board and where it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observation {
    pub(crate) board_mm: [f64; 2],
    pub(crate) px: [f64; 2],
    /// Expected standard deviation, px.
    pub(crate) std: f64,
}

/// Result of an adjustment.
#[derive(Clone, Debug)]
pub(crate) struct Adjusted {
    pub(crate) camera: Camera,
    pub(crate) poses: Vec<Pose>,
    /// Standard uncertainty of the camera's parameters (k = 1); 0 for those that were held.
    pub(crate) std: [f64; CAMERA],
    /// Root of the weighted residual variance per degree of freedom: 1 when the corners' own uncertainties explain all.
    pub(crate) sigma0: f64,
}

/// Difference between a seen and a projected corner, px.
pub(crate) fn residual(camera: &Camera, pose: &Pose, o: &Observation) -> [f64; 2] {
    let [x, y, z] = pose.place(o.board_mm);
    let p = camera.pixel([x / z, y / z]);
    [o.px[0] - p[0], o.px[1] - p[1]]
}

/// Adjusts the camera's `free` parameters and all poses; `None` where the system does not determine them.
///
/// The poses are eliminated view by view (Schur complement, Triggs et al. 2000), so the work grows with the views only.
///
/// # Errors
/// Cancellation.
pub(crate) fn adjust(
    camera: Camera,
    poses: Vec<Pose>,
    views: &[Vec<Observation>],
    free: &[bool; CAMERA],
    cancel: &Cancel,
    progress: &dyn Fn(f32),
) -> Result<Option<Adjusted>> {
    let free: Vec<usize> = (0..CAMERA).filter(|&i| free[i]).collect();
    let (mut camera, mut poses) = (camera, poses);
    let mut unit = 1.0;
    // The scale of the residuals is not known before; it settles as they do.
    for round in 0..4 {
        let mut lambda = 1e-3;
        let mut cost = cost_of(&camera, &poses, views, unit);
        for _ in 0..60 {
            cancel.check()?;
            let system = System::build(&camera, &poses, views, &free, unit);
            let Some((camera_step, pose_steps)) = system.solve(lambda) else {
                lambda *= 10.0;
                if lambda > 1e12 {
                    return Ok(None);
                }
                continue;
            };
            let mut vector = camera.to_vector();
            for (i, k) in free.iter().enumerate() {
                vector[*k] += camera_step[i];
            }
            let next_camera = Camera::from_vector(&vector);
            let next_poses: Vec<Pose> = poses.iter().zip(&pose_steps).map(|(p, s)| p.moved(s)).collect();
            let next = cost_of(&next_camera, &next_poses, views, unit);
            if next.is_finite() && next <= cost {
                let gain = (cost - next) / cost.max(1e-300);
                (camera, poses, cost) = (next_camera, next_poses, next);
                lambda = (lambda * 0.2).max(1e-12);
                if gain < 1e-10 {
                    break;
                }
            } else {
                lambda *= 10.0;
                if lambda > 1e12 {
                    break;
                }
            }
        }
        unit = typical(&camera, &poses, views).max(1e-3);
        progress((round + 1) as f32 / 4.0);
    }
    Ok(finish(camera, poses, views, &free, unit))
}

fn finish(camera: Camera, poses: Vec<Pose>, views: &[Vec<Observation>], free: &[usize], unit: f64) -> Option<Adjusted> {
    let seen: usize = views.iter().map(Vec::len).sum();
    let freedom = (2 * seen)
        .checked_sub(free.len() + POSE * views.len())
        .filter(|f| *f > 0)?;
    let squares: f64 = each(&camera, &poses, views).map(|(r, w)| w * r).sum();
    let sigma0 = (squares / freedom as f64).sqrt();
    let mut std = [0.0; CAMERA];
    if !free.is_empty() {
        let reduced = System::build(&camera, &poses, views, free, unit).reduced(0.0)?.0;
        let inverse = invert_spd(&reduced)?;
        for (i, k) in free.iter().enumerate() {
            // The system was weighed in units of the typical residual.
            std[*k] = (inverse[i][i]).sqrt() * (sigma0 / unit).max(1.0);
        }
    }
    let finite = camera.to_vector().iter().chain(&std).all(|v| v.is_finite());
    finite.then_some(Adjusted {
        camera,
        poses,
        std,
        sigma0,
    })
}

/// Squared residual and inverse variance of every corner.
fn each<'a>(
    camera: &'a Camera,
    poses: &'a [Pose],
    views: &'a [Vec<Observation>],
) -> impl Iterator<Item = (f64, f64)> + 'a {
    views.iter().zip(poses).flat_map(move |(view, pose)| {
        view.iter().map(move |o| {
            let [x, y] = residual(camera, pose, o);
            (x * x + y * y, 1.0 / (o.std * o.std))
        })
    })
}

/// Typical size of a residual in units of its own uncertainty, from the median (Rayleigh: 1.1774).
fn typical(camera: &Camera, poses: &[Pose], views: &[Vec<Observation>]) -> f64 {
    let mut sizes: Vec<f64> = each(camera, poses, views).map(|(r, w)| (r * w).sqrt()).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.0) / 1.1774
}

fn huber(ratio: f64) -> (f64, f64) {
    if ratio <= HUBER {
        (ratio * ratio, 1.0)
    } else {
        (HUBER * (2.0 * ratio - HUBER), HUBER / ratio)
    }
}

fn cost_of(camera: &Camera, poses: &[Pose], views: &[Vec<Observation>], unit: f64) -> f64 {
    let in_front = views
        .iter()
        .zip(poses)
        .all(|(view, pose)| view.iter().all(|o| pose.place(o.board_mm)[2] > 1e-6));
    if !in_front {
        return f64::INFINITY;
    }
    each(camera, poses, views)
        .map(|(r, w)| huber((r * w).sqrt() / unit).0)
        .sum()
}

/// Normal equations with one block for the camera and one for each view.
struct System {
    camera: Matrix,
    camera_right: Vec<f64>,
    views: Vec<Block>,
}

struct Block {
    own: Matrix,
    /// Rows: camera parameters; columns: pose parameters.
    mixed: Vec<[f64; POSE]>,
    right: Vec<f64>,
}

impl System {
    fn build(camera: &Camera, poses: &[Pose], views: &[Vec<Observation>], free: &[usize], unit: f64) -> Self {
        let n = free.len();
        let mut system = Self {
            camera: zeros(n),
            camera_right: vec![0.0; n],
            views: Vec::with_capacity(views.len()),
        };
        for (view, pose) in views.iter().zip(poses) {
            let mut block = Block {
                own: zeros(POSE),
                mixed: vec![[0.0; POSE]; n],
                right: vec![0.0; POSE],
            };
            for o in view {
                system.add(&mut block, camera, pose, o, free, unit);
            }
            system.views.push(block);
        }
        system
    }

    fn add(&mut self, block: &mut Block, camera: &Camera, pose: &Pose, o: &Observation, free: &[usize], unit: f64) {
        let at = pose.place(o.board_mm);
        let [x, y, z] = at;
        let ray = [x / z, y / z];
        let (p, by_ray, by_camera) = camera.project(ray);
        let miss = [o.px[0] - p[0], o.px[1] - p[1]];
        let scale = 1.0 / (o.std * unit);
        let weight = huber(miss[0].hypot(miss[1]) * scale).1 * scale * scale;
        // The board's point turns about the board's origin.
        let arm = [0, 1, 2].map(|i| at[i] - pose.shift[i]);
        let mut moves = [[0.0; 3]; POSE];
        for k in 0..3 {
            let mut axis = [0.0; 3];
            axis[k] = 1.0;
            moves[k] = cross(axis, arm);
            moves[3 + k] = axis;
        }
        for i in 0..2 {
            let row_pose: [f64; POSE] = moves.map(|m| {
                let d_ray = [(m[0] - ray[0] * m[2]) / z, (m[1] - ray[1] * m[2]) / z];
                by_ray[i][0] * d_ray[0] + by_ray[i][1] * d_ray[1]
            });
            for a in 0..POSE {
                block.right[a] += weight * row_pose[a] * miss[i];
                for b in 0..POSE {
                    block.own[a][b] += weight * row_pose[a] * row_pose[b];
                }
            }
            for (a, &ka) in free.iter().enumerate() {
                let da = by_camera[i][ka];
                self.camera_right[a] += weight * da * miss[i];
                for (b, &kb) in free.iter().enumerate() {
                    self.camera[a][b] += weight * da * by_camera[i][kb];
                }
                for b in 0..POSE {
                    block.mixed[a][b] += weight * da * row_pose[b];
                }
            }
        }
    }

    /// The camera's own system once the poses are eliminated, and the inverse of each view's block.
    fn reduced(&self, lambda: f64) -> Option<(Matrix, Vec<f64>, Vec<Matrix>)> {
        let n = self.camera_right.len();
        let mut matrix = self.camera.clone();
        for i in 0..n {
            matrix[i][i] *= 1.0 + lambda;
        }
        let mut right = self.camera_right.clone();
        let mut inverses = Vec::with_capacity(self.views.len());
        for block in &self.views {
            let mut own = block.own.clone();
            for i in 0..POSE {
                own[i][i] *= 1.0 + lambda;
            }
            let inverse = invert_spd(&own)?;
            for a in 0..n {
                let half: [f64; POSE] =
                    std::array::from_fn(|j| (0..POSE).map(|k| block.mixed[a][k] * inverse[k][j]).sum());
                right[a] -= (0..POSE).map(|j| half[j] * block.right[j]).sum::<f64>();
                for b in 0..n {
                    matrix[a][b] -= (0..POSE).map(|j| half[j] * block.mixed[b][j]).sum::<f64>();
                }
            }
            inverses.push(inverse);
        }
        Some((matrix, right, inverses))
    }

    /// Step of the camera and of every pose.
    fn solve(&self, lambda: f64) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
        let (matrix, right, inverses) = self.reduced(lambda)?;
        let camera = if right.is_empty() {
            Vec::new()
        } else {
            solve_spd(&matrix, &right)?
        };
        let poses = self
            .views
            .iter()
            .zip(&inverses)
            .map(|(block, inverse)| {
                let rest: Vec<f64> = (0..POSE)
                    .map(|j| block.right[j] - camera.iter().zip(&block.mixed).map(|(c, m)| c * m[j]).sum::<f64>())
                    .collect();
                (0..POSE)
                    .map(|i| (0..POSE).map(|j| inverse[i][j] * rest[j]).sum())
                    .collect()
            })
            .collect();
        Some((camera, poses))
    }
}
