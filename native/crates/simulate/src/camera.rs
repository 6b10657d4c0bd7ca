//! The pinhole camera with Brown-Conrady distortion, the tilted plane before it, and the card placed on the plane.

use crate::Spec;
use imaging::{CoreError, ErrorCode, Result};

/// Maps between the card frame, the camera frame and pixels.
#[derive(Clone, Debug)]
pub(crate) struct Camera {
    centre: [f64; 2],
    /// Focal length, px.
    focal: f64,
    distance: f64,
    pitch: f64,
    distortion: [f64; 5],
    /// Rows turn plane vectors into camera vectors.
    tilt: [[f64; 3]; 3],
    rotation: [f64; 2],
    offset: [f64; 2],
    /// Without tilt and distortion the whole map is a similarity.
    similar: bool,
}

impl Camera {
    pub(crate) fn new(spec: &Spec) -> Self {
        let [width, height] = spec.image_size();
        let (sx, cx) = spec.tilt_deg[0].to_radians().sin_cos();
        let (sy, cy) = spec.tilt_deg[1].to_radians().sin_cos();
        let (s, c) = spec.rotation_deg.to_radians().sin_cos();
        Self {
            centre: [(width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0],
            focal: spec.camera_distance_mm / spec.pitch_mm,
            distance: spec.camera_distance_mm,
            pitch: spec.pitch_mm,
            distortion: spec.distortion,
            tilt: [[cy, sy * sx, sy * cx], [0.0, cx, -sx], [-sy, cy * sx, cy * cx]],
            rotation: [c, s],
            offset: spec.offset_mm,
            similar: spec.tilt_deg == [0.0; 2] && spec.distortion == [0.0; 5],
        }
    }

    /// The 3 x 3 camera matrix in px.
    pub(crate) fn matrix(&self) -> [[f64; 3]; 3] {
        [
            [self.focal, 0.0, self.centre[0]],
            [0.0, self.focal, self.centre[1]],
            [0.0, 0.0, 1.0],
        ]
    }

    /// Camera position in the camera frame, mm.
    pub(crate) fn eye(&self) -> [f64; 3] {
        [0.0, 0.0, self.distance]
    }

    /// Centre of the image, px.
    pub(crate) fn centre(&self) -> [f64; 2] {
        self.centre
    }

    /// Brown 1966, Conrady 1919, with OpenCV's order of coefficients.
    fn distort(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [k1, k2, p1, p2, k3] = self.distortion;
        let r2 = x * x + y * y;
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        [
            x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
            y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
        ]
    }

    /// Fixed-point inverse of `distort`; `check_invertible` has shown that it contracts.
    fn undistort(&self, target: [f64; 2]) -> [f64; 2] {
        let mut p = target;
        for _ in 0..60 {
            let seen = self.distort(p);
            let step = [target[0] - seen[0], target[1] - seen[1]];
            p = [p[0] + step[0], p[1] + step[1]];
            if step[0].abs().max(step[1].abs()) < 1e-14 {
                break;
            }
        }
        p
    }

    /// Refuses distortion that folds the image, and planes that reach the camera.
    pub(crate) fn check_invertible(&self) -> Result<()> {
        for i in 0..=32 {
            for (fx, fy) in [
                (1.0, 1.0),
                (1.0, -1.0),
                (1.0, 0.0),
                (0.0, 1.0),
                (-1.0, 1.0),
                (-1.0, -1.0),
            ] {
                // A quarter beyond the corner, as the undistorted corner may lie outside.
                let along = 1.25 * f64::from(i) / 32.0;
                let p = [0, 1].map(|a| along * [fx, fy][a] * (self.centre[a] + 1.0) / self.focal);
                let h = 1e-6;
                let base = self.distort(p);
                for axis in 0..2 {
                    let mut q = p;
                    q[axis] += h;
                    let seen = self.distort(q);
                    let gain = [0, 1].map(|a| (seen[a] - base[a]) / h - f64::from(u8::from(a == axis)));
                    if gain[0].abs() + gain[1].abs() > 0.6 {
                        return Err(CoreError::new(
                            ErrorCode::ValueInvalid,
                            "the distortion is so strong that the picture folds over itself",
                            "give smaller coefficients (k1, k2, p1, p2, k3 on coordinates divided by the focal length)",
                        )
                        .in_field("distortion"));
                    }
                }
            }
        }
        let n = self.tilt.map(|row| row[2]);
        for (fx, fy) in [(0.0, 0.0), (2.0, 0.0), (0.0, 2.0), (2.0, 2.0)] {
            let seen = [
                (fx - 1.0) * self.centre[0] / self.focal,
                (fy - 1.0) * self.centre[1] / self.focal,
            ];
            let ray = self.undistort(seen);
            // The plane's point lies at 1 / share of the distance to its origin.
            let share = 1.0 - (n[0] * ray[0] + n[1] * ray[1]) / n[2];
            if share < 0.25 {
                return Err(CoreError::new(
                    ErrorCode::ValueInvalid,
                    "a corner of the image looks past the tilted plane or very far along it",
                    "give a smaller tilt, a smaller margin or a larger cameraDistanceMm",
                )
                .in_field("tiltDeg"));
            }
        }
        Ok(())
    }

    /// Pixel of a card point (mm); exact, closed form.
    pub(crate) fn to_px(&self, card: [f64; 2]) -> [f64; 2] {
        let [c, s] = self.rotation;
        let plane = [
            c * card[0] - s * card[1] + self.offset[0],
            s * card[0] + c * card[1] + self.offset[1],
        ];
        let q = self.tilt.map(|row| row[0] * plane[0] + row[1] * plane[1]);
        let depth = self.distance - q[2];
        let seen = self.distort([q[0] / depth, q[1] / depth]);
        [
            self.focal * seen[0] + self.centre[0],
            self.focal * seen[1] + self.centre[1],
        ]
    }

    /// Point of the plane that a pixel sees: in plane coordinates and in camera coordinates, mm.
    pub(crate) fn see(&self, px: [f64; 2]) -> ([f64; 2], [f64; 3]) {
        if self.similar {
            let p = [
                (px[0] - self.centre[0]) * self.pitch,
                (px[1] - self.centre[1]) * self.pitch,
            ];
            return (p, [p[0], p[1], 0.0]);
        }
        let seen = [
            (px[0] - self.centre[0]) / self.focal,
            (px[1] - self.centre[1]) / self.focal,
        ];
        let ray = self.undistort(seen);
        let n = self.tilt.map(|row| row[2]);
        let t = n[2] * self.distance / (n[2] - n[0] * ray[0] - n[1] * ray[1]);
        let q = [t * ray[0], t * ray[1], self.distance - t];
        let plane = [0, 1].map(|a| (0..3).map(|i| self.tilt[i][a] * q[i]).sum());
        (plane, q)
    }

    /// Card point (mm) that a pixel sees.
    pub(crate) fn to_card(&self, px: [f64; 2]) -> [f64; 2] {
        let ([x, y], _) = self.see(px);
        let ([c, s], [x, y]) = (self.rotation, [x - self.offset[0], y - self.offset[1]]);
        [c * x + s * y, -s * x + c * y]
    }

    /// Columns d(card)/d(px x) and d(card)/d(px y), mm a px, by central differences.
    pub(crate) fn jacobian(&self, px: [f64; 2]) -> [[f64; 2]; 2] {
        [0, 1].map(|axis| {
            let (mut a, mut b) = (px, px);
            a[axis] -= 0.5;
            b[axis] += 0.5;
            let (a, b) = (self.to_card(a), self.to_card(b));
            [b[0] - a[0], b[1] - a[1]]
        })
    }

    /// Coarsest sampling anywhere in the image, mm a px, from a grid of 9 x 9 places.
    pub(crate) fn coarsest(&self) -> f64 {
        (0..81)
            .flat_map(|i| {
                self.jacobian([
                    self.centre[0] * f64::from(i % 9) / 4.0,
                    self.centre[1] * f64::from(i / 9) / 4.0,
                ])
            })
            .map(|column| column[0].hypot(column[1]))
            .fold(0.0, f64::max)
    }

    /// A direction of the card frame in the camera frame.
    pub(crate) fn turn(&self, v: [f64; 3]) -> [f64; 3] {
        let [c, s] = self.rotation;
        let p = [c * v[0] - s * v[1], s * v[0] + c * v[1], v[2]];
        self.tilt.map(|row| row[0] * p[0] + row[1] * p[1] + row[2] * p[2])
    }

    /// A point of the card's surface in the camera frame, mm.
    pub(crate) fn place(&self, card: [f64; 2]) -> [f64; 3] {
        let [c, s] = self.rotation;
        let x = c * card[0] - s * card[1] + self.offset[0];
        let y = s * card[0] + c * card[1] + self.offset[1];
        self.tilt.map(|row| row[0] * x + row[1] * y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hard() -> Camera {
        Camera::new(&Spec {
            rotation_deg: 2.5,
            offset_mm: [1.0, -0.7],
            tilt_deg: [4.0, -3.0],
            distortion: [-0.2, 0.05, 1e-3, -5e-4, 0.01],
            ..Spec::default()
        })
    }

    #[test]
    fn seeing_inverts_projecting() {
        let camera = hard();
        for px in [[0.0, 0.0], [1900.0, 12.0], [944.3, 1260.7], [3.5, 2500.0]] {
            let back = camera.to_px(camera.to_card(px));
            assert!((back[0] - px[0]).hypot(back[1] - px[1]) < 1e-8, "{px:?} -> {back:?}");
        }
    }

    #[test]
    fn pitch_holds_at_the_image_centre_and_tilt_foreshortens() {
        let spec = Spec {
            tilt_deg: [10.0, 0.0],
            rotation_deg: 0.0,
            offset_mm: [0.0; 2],
            ..Spec::default()
        };
        let camera = Camera::new(&spec);
        let columns = camera.jacobian(camera.centre());
        assert!((columns[0][0] - 0.04).abs() < 1e-9);
        assert!((columns[1][1] - 0.04 / 10f64.to_radians().cos()).abs() < 1e-6);
        // Tilt about x turns the plane's normal towards -y (up) for a positive angle.
        let n = camera.turn([0.0, 0.0, 1.0]);
        assert!((n[1] + 10f64.to_radians().sin()).abs() < 1e-12);
    }

    #[test]
    fn a_view_past_the_plane_is_refused() {
        let error = Camera::new(&Spec {
            tilt_deg: [30.0, 30.0],
            camera_distance_mm: 50.0,
            ..Spec::default()
        })
        .check_invertible()
        .unwrap_err();
        assert_eq!(error.field.as_deref(), Some("tiltDeg"));
    }

    #[test]
    fn folding_distortion_is_refused() {
        let error = Camera::new(&Spec {
            distortion: [-40.0, 0.0, 0.0, 0.0, 0.0],
            ..Spec::default()
        })
        .check_invertible()
        .unwrap_err();
        assert_eq!(error.field.as_deref(), Some("distortion"));
    }
}
