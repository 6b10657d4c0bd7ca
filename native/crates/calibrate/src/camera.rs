//! The camera as the vector of unknowns of a bundle adjustment, with its derivatives.

use measure::Camera;

/// Number of camera parameters.
pub(crate) const CAMERA: usize = 9;

/// A camera as unknowns.
pub(crate) trait Unknowns: Sized {
    /// fx, fy, cx, cy, k1, k2, p1, p2, k3.
    fn from_vector(v: &[f64; CAMERA]) -> Self;
    /// The same order.
    fn to_vector(self) -> [f64; CAMERA];
    /// Pixel, its derivatives by the ray, and its derivatives by the camera's parameters.
    fn project(&self, ray: [f64; 2]) -> ([f64; 2], [[f64; 2]; 2], [[f64; CAMERA]; 2]);
}

impl Unknowns for Camera {
    fn from_vector(v: &[f64; CAMERA]) -> Self {
        Self {
            intrinsics: [v[0], v[1], v[2], v[3]],
            distortion: [v[4], v[5], v[6], v[7], v[8]],
        }
    }

    fn to_vector(self) -> [f64; CAMERA] {
        let ([a, b, c, d], [e, f, g, h, i]) = (self.intrinsics, self.distortion);
        [a, b, c, d, e, f, g, h, i]
    }

    fn project(&self, ray: [f64; 2]) -> ([f64; 2], [[f64; 2]; 2], [[f64; CAMERA]; 2]) {
        let [fx, fy, ..] = self.intrinsics;
        let [x, y] = ray;
        let seen = self.distort(ray);
        let [[a, b], [c, d]] = self.stretch(ray);
        let r2 = x * x + y * y;
        let (r4, r6) = (r2 * r2, r2 * r2 * r2);
        let (xy, xx, yy) = (2.0 * x * y, r2 + 2.0 * x * x, r2 + 2.0 * y * y);
        (
            self.pixel(ray),
            [[fx * a, fx * b], [fy * c, fy * d]],
            [
                [
                    seen[0],
                    0.0,
                    1.0,
                    0.0,
                    fx * x * r2,
                    fx * x * r4,
                    fx * xy,
                    fx * xx,
                    fx * x * r6,
                ],
                [
                    0.0,
                    seen[1],
                    0.0,
                    1.0,
                    fy * y * r2,
                    fy * y * r4,
                    fy * yy,
                    fy * xy,
                    fy * y * r6,
                ],
            ],
        )
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
    fn derivatives_equal_difference_quotients() {
        let ray = [0.08, -0.11];
        let (_, by_ray, by_camera) = CAMERA_A.project(ray);
        let h = 1e-6;
        for axis in 0..2 {
            let (mut a, mut b) = (ray, ray);
            a[axis] -= h;
            b[axis] += h;
            let (a, b) = (CAMERA_A.pixel(a), CAMERA_A.pixel(b));
            for i in 0..2 {
                assert!((by_ray[i][axis] - (b[i] - a[i]) / (2.0 * h)).abs() < 1e-3);
            }
        }
        let v = CAMERA_A.to_vector();
        for k in 0..CAMERA {
            let (mut a, mut b) = (v, v);
            let h = 1e-4 * v[k].abs();
            a[k] -= h;
            b[k] += h;
            let (a, b) = (Camera::from_vector(&a).pixel(ray), Camera::from_vector(&b).pixel(ray));
            for i in 0..2 {
                let quotient = (b[i] - a[i]) / (2.0 * h);
                assert!(
                    (by_camera[i][k] - quotient).abs() < 1e-6 * quotient.abs().max(1.0),
                    "{k}"
                );
            }
        }
    }
}
