//! A simulated rig with a lens and a tilted plane, its photographs of boards, and its true geometry in closed form.

use calibrate::{Board, BoardSpec, Detection, Dictionary, detect_board};
use imaging::{Cancel, Encoding, Raster, RasterSource, Result};
use simulate::{BoardPose, BoardScene, Spec, render_board};

/// Distortion of the lens: some 5 px in the corners of the image.
pub const DISTORTION: [f64; 5] = [-0.15, 0.2, 4e-4, -3e-4, 0.0];
/// Tilt of the measuring plane about x and y, degrees.
pub const TILT: [f64; 2] = [2.0, -0.7];

/// A board that fills most of the field of half the usual resolution, so that tests stay quick.
pub fn board() -> BoardSpec {
    BoardSpec {
        squares_x: 9,
        squares_y: 12,
        square_mm: 8.0,
        marker_mm: 6.0,
        dictionary: Dictionary::Five100,
        first_marker: 0,
        legacy: false,
    }
}

/// 0.08 mm a px, so that an image has 1.2 megapixels.
pub fn spec() -> Spec {
    Spec {
        seed: 5,
        pitch_mm: 0.08,
        image_px: Some([975, 1275]),
        tilt_deg: TILT,
        distortion: DISTORTION,
        ..Spec::default()
    }
}

pub fn scene(board: &BoardSpec, pose: BoardPose) -> BoardScene {
    let board = Board::new(board).unwrap();
    BoardScene {
        rects_mm: board.black_rects(),
        size_mm: board.size_mm(),
        pose,
        ..BoardScene::default()
    }
}

pub fn photograph(spec: &Spec, scene: &BoardScene) -> Raster {
    render_board(spec, scene, &Cancel::new(), &|_| ()).unwrap()
}

pub fn look(raster: &Raster, board: &BoardSpec) -> Result<Detection> {
    detect_board(&RasterSource::new(raster, Encoding::Linear), board, &Cancel::new())
}

/// Board poses as a person takes them: flat ones in the corners of the field and tilted ones to all sides.
pub fn poses() -> Vec<BoardPose> {
    let pose = |tilt: [f64; 2], rotation: f64, offset: [f64; 2], height: f64| BoardPose {
        tilt_deg: Some(tilt),
        rotation_deg: rotation,
        offset_mm: offset,
        height_mm: height,
    };
    vec![
        pose([0.0, 0.0], 1.0, [0.0, 0.0], 0.0),
        pose([24.0, 0.0], 3.0, [0.0, 3.0], 10.0),
        pose([-24.0, 2.0], -4.0, [2.0, -3.0], 5.0),
        pose([1.0, 26.0], 2.0, [-4.0, 0.0], 12.0),
        pose([0.0, -26.0], 92.0, [4.0, 2.0], 0.0),
        pose([18.0, 18.0], 45.0, [0.0, 0.0], -10.0),
        pose([-18.0, 18.0], 20.0, [-8.0, -10.0], 8.0),
        pose([18.0, -18.0], 181.0, [8.0, 10.0], 4.0),
        pose([-15.0, -20.0], 8.0, [9.0, -10.0], 0.0),
        pose([10.0, 12.0], -10.0, [-9.0, 12.0], 6.0),
    ]
}

/// Pixel of a point of the rig's plane (mm), by the formulas of the pinhole camera and Brown's polynomial.
pub fn project(spec: &Spec, [x, y]: [f64; 2]) -> [f64; 2] {
    let (sx, cx) = spec.tilt_deg[0].to_radians().sin_cos();
    let (sy, cy) = spec.tilt_deg[1].to_radians().sin_cos();
    // About x first, then about y.
    let p = [x, cx * y, sx * y];
    let q = [cy * p[0] + sy * p[2], p[1], -sy * p[0] + cy * p[2]];
    let depth = spec.camera_distance_mm - q[2];
    let [u, v] = [q[0] / depth, q[1] / depth];
    let [k1, k2, p1, p2, k3] = spec.distortion;
    let r2 = u * u + v * v;
    let radial = 1.0 + k1 * r2 + k2 * r2 * r2 + k3 * r2 * r2 * r2;
    let f = spec.camera_distance_mm / spec.pitch_mm;
    let [w, h] = spec.image_size();
    [
        f * (u * radial + 2.0 * p1 * u * v + p2 * (r2 + 2.0 * u * u)) + (w as f64 - 1.0) / 2.0,
        f * (v * radial + p1 * (r2 + 2.0 * v * v) + 2.0 * p2 * u * v) + (h as f64 - 1.0) / 2.0,
    ]
}
