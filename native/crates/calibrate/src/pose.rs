//! Where a board stands before the camera: rotation and shift, their small changes, and a first estimate.

use crate::homography::Homography;
use serde::{Deserialize, Serialize};

/// Camera coordinates of a board point p (mm, z = 0): `rotation p + shift`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pose {
    /// Rows of the rotation matrix.
    pub rotation: [[f64; 3]; 3],
    /// mm.
    pub shift: [f64; 3],
}

impl Pose {
    /// Camera coordinates of a board point, mm.
    #[must_use]
    pub fn place(&self, [x, y]: [f64; 2]) -> [f64; 3] {
        [0, 1, 2].map(|i| self.rotation[i][0] * x + self.rotation[i][1] * y + self.shift[i])
    }

    /// Angle between the board's normal and the optical axis, degrees.
    #[must_use]
    pub fn tilt_deg(&self) -> f64 {
        self.rotation[2][2].abs().min(1.0).acos().to_degrees()
    }

    /// The pose turned by a small rotation vector about the camera's axes through the board's origin, and shifted.
    #[must_use]
    pub(crate) fn moved(&self, step: &[f64]) -> Self {
        let turned = rodrigues([step[0], step[1], step[2]]);
        Self {
            rotation: crate::linear::multiply3(turned, self.rotation),
            shift: [0, 1, 2].map(|i| self.shift[i] + step[3 + i]),
        }
    }

    /// From the map of board mm to undistorted rays (Zhang 2000, 3.1), made a true rotation.
    #[must_use]
    pub(crate) fn from_homography(h: &Homography) -> Option<Self> {
        let column = |c: usize| [h.0[0][c], h.0[1][c], h.0[2][c]];
        let (a, b, t) = (column(0), column(1), column(2));
        let scale = (norm(a) * norm(b)).sqrt();
        if !(scale.is_finite() && scale > 0.0) {
            return None;
        }
        // The board stands before the camera.
        let sign = if t[2] < 0.0 { -1.0 } else { 1.0 };
        let [a, b, t] = [a, b, t].map(|v| v.map(|x| sign * x / scale));
        // Half of the skewness is taken from either axis.
        let skew = 0.5 * dot(a, b);
        let x = unit([0, 1, 2].map(|i| a[i] - skew * b[i]))?;
        let y0 = [0, 1, 2].map(|i| b[i] - skew * a[i]);
        let z = unit(cross(x, y0))?;
        let y = cross(z, x);
        Some(Self {
            rotation: [0, 1, 2].map(|i| [x[i], y[i], z[i]]),
            shift: t,
        })
    }
}

pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

fn unit(a: [f64; 3]) -> Option<[f64; 3]> {
    let length = norm(a);
    (length > 1e-12 && length.is_finite()).then(|| a.map(|v| v / length))
}

/// Rotation matrix of a rotation vector (Rodrigues 1840).
fn rodrigues(v: [f64; 3]) -> [[f64; 3]; 3] {
    let angle = norm(v);
    let (s, c) = if angle < 1e-8 {
        (1.0 - angle * angle / 6.0, 0.5)
    } else {
        (angle.sin() / angle, (1.0 - angle.cos()) / (angle * angle))
    };
    let [x, y, z] = v;
    let k = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]];
    let kk = crate::linear::multiply3(k, k);
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| f64::from(u8::from(i == j)) + s * k[i][j] + c * kk[i][j]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_comes_back_from_its_own_homography() {
        let start = Pose {
            rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            shift: [-30.0, -40.0, 390.0],
        };
        let pose = start.moved(&[0.3, -0.2, 0.5, 1.0, 2.0, 3.0]);
        let r = pose.rotation;
        let h = Homography([0, 1, 2].map(|i| [r[i][0] * 0.01, r[i][1] * 0.01, pose.shift[i] * 0.01]));
        let found = Pose::from_homography(&h).unwrap();
        for i in 0..3 {
            assert!((found.shift[i] - pose.shift[i]).abs() < 1e-9);
            for j in 0..3 {
                assert!((found.rotation[i][j] - r[i][j]).abs() < 1e-12);
            }
        }
        let axis = [0.3f64, -0.2, 0.5];
        let turned = start.moved(&[axis[0], axis[1], axis[2], 0.0, 0.0, 0.0]).rotation;
        // A rotation leaves its own axis where it is.
        let kept = turned.map(|row| dot(row, axis));
        assert!((0..3).all(|i| (kept[i] - axis[i]).abs() < 1e-12));
    }
}
