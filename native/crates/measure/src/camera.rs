//! The camera model: pinhole with Brown-Conrady distortion, and its undoing.

use serde::{Deserialize, Serialize};

/// Pinhole camera (Brown 1966, Conrady 1919) with OpenCV's order and units of coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Camera {
    /// fx, fy, cx, cy, px.
    pub intrinsics: [f64; 4],
    /// k1, k2, p1, p2, k3.
    pub distortion: [f64; 5],
}

impl Camera {
    /// Pixel of an undistorted ray (x, y, 1).
    #[must_use]
    pub fn pixel(&self, ray: [f64; 2]) -> [f64; 2] {
        let [x, y] = self.distort(ray);
        let [fx, fy, cx, cy] = self.intrinsics;
        [fx * x + cx, fy * y + cy]
    }

    /// Where the lens moves an undistorted ray.
    #[must_use]
    pub fn distort(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [k1, k2, p1, p2, k3] = self.distortion;
        let r2 = x * x + y * y;
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        [
            x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
            y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
        ]
    }

    /// Undistorted ray of a pixel, by Newton's method.
    #[must_use]
    pub fn ray(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        let [fx, fy, cx, cy] = self.intrinsics;
        let target = [(u - cx) / fx, (v - cy) / fy];
        let mut p = target;
        for _ in 0..20 {
            let seen = self.distort(p);
            let [[a, b], [c, d]] = self.stretch(p);
            let miss = [target[0] - seen[0], target[1] - seen[1]];
            let det = a * d - b * c;
            if det.abs() < 1e-6 {
                break;
            }
            let step = [(d * miss[0] - b * miss[1]) / det, (a * miss[1] - c * miss[0]) / det];
            p = [p[0] + step[0], p[1] + step[1]];
            if step[0].abs().max(step[1].abs()) < 1e-15 {
                break;
            }
        }
        p
    }

    /// Derivative of the distorted by the undistorted ray, row by row.
    #[must_use]
    pub fn stretch(&self, [x, y]: [f64; 2]) -> [[f64; 2]; 2] {
        let [k1, k2, p1, p2, k3] = self.distortion;
        let r2 = x * x + y * y;
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        let slope = 2.0 * (k1 + r2 * (2.0 * k2 + 3.0 * r2 * k3));
        let cross = x * y * slope + 2.0 * p1 * x + 2.0 * p2 * y;
        [
            [radial + x * x * slope + 2.0 * p1 * y + 6.0 * p2 * x, cross],
            [cross, radial + y * y * slope + 6.0 * p1 * y + 2.0 * p2 * x],
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA_A: Camera = Camera {
        intrinsics: [9800.0, 9850.0, 980.0, 1260.0],
        distortion: [-0.25, 0.3, 1e-3, -8e-4, 0.1],
    };

    #[test]
    fn the_ray_of_a_pixel_projects_back_to_it() {
        for p in [[0.0, 0.0], [1949.0, 2549.0], [300.0, 2200.0]] {
            let back = CAMERA_A.pixel(CAMERA_A.ray(p));
            assert!((back[0] - p[0]).hypot(back[1] - p[1]) < 1e-9);
        }
    }
}
