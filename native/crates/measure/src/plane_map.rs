//! From raw pixels to millimetres on the plane that the card lies on: lens distortion undone, perspective undone, scale.

use crate::camera::Camera;
use crate::geometry::Point;
use imaging::{CoreError, ErrorCode, Result};
use serde::{Deserialize, Serialize};

/// A calibrated camera over a plane.
///
/// Pinhole with Brown-Conrady distortion (Brown 1966, Conrady 1919; coefficients in OpenCV's order) and the homography
/// from undistorted rays to the plane. Plane frame: mm, x about along the image's x, y about along its y.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneMap {
    /// Width and height of the images it holds for, px.
    pub image_px: [usize; 2],
    /// Focal lengths fx, fy and principal point cx, cy, px.
    pub intrinsics: [f64; 4],
    /// k1, k2, p1, p2, k3 on coordinates divided by the focal length.
    pub distortion: [f64; 5],
    /// Homography from an undistorted ray (x, y, 1) to the plane, mm.
    pub to_plane: [[f64; 3]; 3],
}

impl PlaneMap {
    /// A camera that looks straight down, known by its matrix, its distortion and the pitch at its principal point.
    ///
    /// # Errors
    /// As [`PlaneMap::check`].
    pub fn facing(image_px: [usize; 2], intrinsics: [f64; 4], distortion: [f64; 5], pitch_mm: f64) -> Result<Self> {
        let distance = pitch_mm * (intrinsics[0] * intrinsics[1]).sqrt();
        let map = Self {
            image_px,
            intrinsics,
            distortion,
            to_plane: [[distance, 0.0, 0.0], [0.0, distance, 0.0], [0.0, 0.0, 1.0]],
        };
        map.check()?;
        Ok(map)
    }

    /// Checks that every pixel has one place on the plane.
    ///
    /// # Errors
    /// [`ErrorCode::ValueInvalid`] for values that are not finite, distortion that folds the image, and a plane that
    /// some pixel looks past.
    pub fn check(&self) -> Result<()> {
        let refuse = |what: &str| {
            CoreError::new(
                ErrorCode::ValueInvalid,
                what,
                "calibrate the camera and the measuring plane again",
            )
            .in_field("camera")
        };
        let numbers = self
            .intrinsics
            .iter()
            .chain(&self.distortion)
            .chain(self.to_plane.iter().flatten());
        if !numbers.clone().all(|v| v.is_finite()) || self.intrinsics[0] <= 0.0 || self.intrinsics[1] <= 0.0 {
            return Err(refuse("the camera model holds values that are not possible"));
        }
        if self.image_px.contains(&0) {
            return Err(refuse("the camera model names no image size"));
        }
        let orientation = self.turning(self.centre());
        for i in 0..=16 {
            for j in 0..=16 {
                let at = Point {
                    x: f64::from(i) / 16.0 * (self.image_px[0] as f64 - 1.0),
                    y: f64::from(j) / 16.0 * (self.image_px[1] as f64 - 1.0),
                };
                let camera = self.camera();
                let back = camera.pixel(camera.ray([at.x, at.y]));
                let off = (back[0] - at.x).hypot(back[1] - at.y);
                if off.is_nan() || off > 1e-6 {
                    return Err(refuse("the lens distortion folds the image over itself"));
                }
                let share = self.turning(at) / orientation;
                if !(share > 0.05 && share < 20.0) {
                    return Err(refuse("part of the image looks past the measuring plane or along it"));
                }
            }
        }
        Ok(())
    }

    fn centre(&self) -> Point {
        Point {
            x: (self.image_px[0] as f64 - 1.0) / 2.0,
            y: (self.image_px[1] as f64 - 1.0) / 2.0,
        }
    }

    /// Determinant of the map's derivative, mm2 a px2.
    fn turning(&self, at: Point) -> f64 {
        let j = self.jacobian(at);
        j[0][0] * j[1][1] - j[0][1] * j[1][0]
    }

    fn camera(&self) -> Camera {
        Camera {
            intrinsics: self.intrinsics,
            distortion: self.distortion,
        }
    }

    /// Place on the plane that a pixel sees, mm.
    #[must_use]
    pub fn to_mm(&self, at: Point) -> [f64; 2] {
        let [x, y] = self.camera().ray([at.x, at.y]);
        let [u, v, w] = self.to_plane.map(|row| row[0] * x + row[1] * y + row[2]);
        [u / w, v / w]
    }

    /// Pixel that sees a place on the plane (mm): the inverse of [`PlaneMap::to_mm`], in closed form.
    #[must_use]
    pub fn to_px(&self, [u, v]: [f64; 2]) -> Point {
        // A ray (x, y, 1) with u (h2 r) = h0 r and v (h2 r) = h1 r is the cross product of both differences of rows.
        let [h0, h1, h2] = &self.to_plane;
        let (a, b) = (
            [0, 1, 2].map(|i| h0[i] - u * h2[i]),
            [0, 1, 2].map(|i| h1[i] - v * h2[i]),
        );
        let w = a[0] * b[1] - a[1] * b[0];
        let ray = [(a[1] * b[2] - a[2] * b[1]) / w, (a[2] * b[0] - a[0] * b[2]) / w];
        let [x, y] = self.camera().pixel(ray);
        Point { x, y }
    }

    /// Rows d(mm x), d(mm y); columns d(px x), d(px y); mm a px, by central differences.
    #[must_use]
    pub fn jacobian(&self, at: Point) -> [[f64; 2]; 2] {
        const H: f64 = 0.05;
        let across = |dx: f64, dy: f64| {
            let there = self.to_mm(Point {
                x: at.x + dx,
                y: at.y + dy,
            });
            let back = self.to_mm(Point {
                x: at.x - dx,
                y: at.y - dy,
            });
            [0, 1].map(|i| (there[i] - back[i]) / (2.0 * H))
        };
        let (x, y) = (across(H, 0.0), across(0.0, H));
        [[x[0], y[0]], [x[1], y[1]]]
    }

    /// Geometric mean of the pitch in all directions at a pixel, mm a px.
    #[must_use]
    pub fn pitch_at(&self, at: Point) -> f64 {
        self.turning(at).abs().sqrt()
    }

    /// Pitch at the image's centre, mm a px.
    #[must_use]
    pub fn pitch(&self) -> f64 {
        self.pitch_at(self.centre())
    }

    /// mm that one px along `direction` (a unit vector in px) is worth at a pixel.
    #[must_use]
    pub fn pitch_along(&self, at: Point, direction: [f64; 2]) -> f64 {
        let moved = self.turn(at, direction);
        moved[0].hypot(moved[1])
    }

    /// A direction in the image as a vector on the plane, mm a px.
    #[must_use]
    pub fn turn(&self, at: Point, direction: [f64; 2]) -> [f64; 2] {
        self.jacobian(at)
            .map(|row| row[0] * direction[0] + row[1] * direction[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tilted() -> PlaneMap {
        PlaneMap {
            image_px: [1950, 2550],
            intrinsics: [10_000.0, 10_000.0, 974.5, 1274.5],
            distortion: [-0.2, 0.05, 1e-3, -5e-4, 0.01],
            // Plane turned by 2 degrees about x at 400 mm: y_mm = t y / (cos - sin y).
            to_plane: [
                [400.0, 0.0, 0.0],
                [0.0, 400.0 / 2f64.to_radians().cos(), 0.0],
                [0.0, -2f64.to_radians().tan(), 1.0],
            ],
        }
    }

    #[test]
    fn a_straight_camera_without_distortion_is_a_scale() {
        let map = PlaneMap::facing([200, 100], [10_000.0, 10_000.0, 99.5, 49.5], [0.0; 5], 0.04).unwrap();
        let p = map.to_mm(Point { x: 109.5, y: 29.5 });
        assert!((p[0] - 0.4).abs() < 1e-12 && (p[1] + 0.8).abs() < 1e-12);
        assert!((map.pitch() - 0.04).abs() < 1e-12);
    }

    #[test]
    fn mapping_undoes_distortion_and_perspective() {
        let map = tilted();
        map.check().unwrap();
        // A plane point projected by the formulas of the pinhole camera and Brown's polynomial.
        let (s, c) = 2f64.to_radians().sin_cos();
        for (x, y) in [(0.0, 0.0), (30.0, 44.0), (-31.0, 12.5), (20.0, -44.0)] {
            let depth = 400.0 + y * s;
            let ray = [x / depth, y * c / depth];
            let r2 = ray[0] * ray[0] + ray[1] * ray[1];
            let radial = 1.0 - 0.2 * r2 + 0.05 * r2 * r2 + 0.01 * r2 * r2 * r2;
            let px = Point {
                x: 10_000.0 * (ray[0] * radial + 2e-3 * ray[0] * ray[1] - 5e-4 * (r2 + 2.0 * ray[0] * ray[0])) + 974.5,
                y: 10_000.0 * (ray[1] * radial + 1e-3 * (r2 + 2.0 * ray[1] * ray[1]) - 1e-3 * ray[0] * ray[1]) + 1274.5,
            };
            let back = map.to_mm(px);
            assert!((back[0] - x).hypot(back[1] - y) < 1e-6, "{x} {y} -> {back:?}");
            let again = map.to_px([x, y]);
            assert!((again.x - px.x).hypot(again.y - px.y) < 1e-6, "{x} {y} -> {again:?}");
        }
    }

    #[test]
    fn impossible_models_are_refused() {
        let mut folded = tilted();
        folded.distortion[0] = -60.0;
        assert!(folded.check().is_err());
        let mut along = tilted();
        along.to_plane[2][1] = -8.0;
        assert!(along.check().is_err());
        let mut empty = tilted();
        empty.intrinsics[0] = f64::NAN;
        assert!(empty.check().is_err());
    }
}
