//! First estimate of focal length, principal point and poses from the homographies of several views.

use crate::homography::Homography;
use crate::linear::{least_eigenvector, multiply3, zeros};
use crate::pose::Pose;
use measure::Camera;

/// Cameras without distortion that the homographies (board mm to px) suggest, the best guess first.
///
/// Zhang (2000), closed form without skew; then the same with the principal point at the image's centre, which holds
/// where views tilt too little for the full form; then plain guesses of the focal length.
pub(crate) fn first_cameras(homographies: &[Homography], image_px: [usize; 2]) -> Vec<Camera> {
    let centre = image_px.map(|n| (n as f64 - 1.0) / 2.0);
    let size = image_px[0].max(image_px[1]) as f64;
    let possible = |c: &Camera| {
        let [fx, fy, cx, cy] = c.intrinsics;
        let near = (cx - centre[0]).abs() < 0.5 * size && (cy - centre[1]).abs() < 0.5 * size;
        fx > 0.2 * size && fx < 200.0 * size && (fx / fy - 1.0).abs() < 0.3 && near
    };
    let plain = |f: f64| Camera {
        intrinsics: [f, f, centre[0], centre[1]],
        distortion: [0.0; 5],
    };
    [full(homographies, centre, size), centred(homographies, centre)]
        .into_iter()
        .flatten()
        .chain([plain(4.0 * size), plain(1.2 * size)])
        .filter(possible)
        .collect()
}

/// Zhang's closed form; coordinates are brought to size 1 first.
fn full(homographies: &[Homography], centre: [f64; 2], size: f64) -> Option<Camera> {
    if homographies.len() < 3 {
        return None;
    }
    let to_unit = [
        [1.0 / size, 0.0, -centre[0] / size],
        [0.0, 1.0 / size, -centre[1] / size],
        [0.0, 0.0, 1.0],
    ];
    // b = (B11, B22, B13, B23, B33); B12 = 0 without skew.
    let mut normal = zeros(5);
    for h in homographies {
        let m = multiply3(to_unit, h.0);
        let scale = m.iter().map(|r| r[0].hypot(r[1])).fold(0.0, f64::max);
        let m = m.map(|row| row.map(|v| v / scale));
        let v = |i: usize, j: usize| {
            [
                m[0][i] * m[0][j],
                m[1][i] * m[1][j],
                m[2][i] * m[0][j] + m[0][i] * m[2][j],
                m[2][i] * m[1][j] + m[1][i] * m[2][j],
                m[2][i] * m[2][j],
            ]
        };
        let (v12, v11, v22) = (v(0, 1), v(0, 0), v(1, 1));
        let equal = [0, 1, 2, 3, 4].map(|k| v11[k] - v22[k]);
        for row in [v12, equal] {
            for p in 0..5 {
                for q in 0..5 {
                    normal[p][q] += row[p] * row[q];
                }
            }
        }
    }
    let b = least_eigenvector(normal);
    let (b11, b22, b13, b23, b33) = (b[0], b[1], b[2], b[3], b[4]);
    let (cx, cy) = (-b13 / b11, -b23 / b22);
    let lambda = b33 - b13 * b13 / b11 - b23 * b23 / b22;
    let (fx2, fy2) = (lambda / b11, lambda / b22);
    (fx2 > 0.0 && fy2 > 0.0 && fx2.is_finite() && fy2.is_finite()).then(|| Camera {
        intrinsics: [
            fx2.sqrt() * size,
            fy2.sqrt() * size,
            cx * size + centre[0],
            cy * size + centre[1],
        ],
        distortion: [0.0; 5],
    })
}

/// One focal length with the principal point at the centre: least squares over both constraints of every view.
fn centred(homographies: &[Homography], centre: [f64; 2]) -> Option<Camera> {
    let shift = [[1.0, 0.0, -centre[0]], [0.0, 1.0, -centre[1]], [0.0, 0.0, 1.0]];
    let (mut ab, mut bb) = (0.0, 0.0);
    for h in homographies {
        let m = multiply3(shift, h.0);
        let scale = m[0][0].hypot(m[1][0]);
        let m = m.map(|row| row.map(|v| v / scale));
        let rows = [
            (m[0][0] * m[0][1] + m[1][0] * m[1][1], m[2][0] * m[2][1]),
            (
                m[0][0].powi(2) + m[1][0].powi(2) - m[0][1].powi(2) - m[1][1].powi(2),
                m[2][0].powi(2) - m[2][1].powi(2),
            ),
        ];
        // a / f^2 + b = 0.
        for (a, b) in rows {
            ab -= a * b;
            bb += b * b;
        }
    }
    let f2 = ab / bb;
    (f2.is_finite() && f2 > 0.0).then(|| Camera {
        intrinsics: [f2.sqrt(), f2.sqrt(), centre[0], centre[1]],
        distortion: [0.0; 5],
    })
}

/// Pose of a view under a camera, from its corners' undistorted rays.
pub(crate) fn first_pose(camera: &Camera, board_mm: &[[f64; 2]], px: &[[f64; 2]]) -> Option<Pose> {
    let rays: Vec<[f64; 2]> = px.iter().map(|p| camera.ray(*p)).collect();
    Pose::from_homography(&Homography::fit(board_mm, &rays, None)?)
}
