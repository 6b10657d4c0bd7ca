//! How the camera sees the bench: pixels to rays, by a pinhole above the image centre or by parallel rays.

use crate::vector::unit;

/// A camera that looks straight down; lens distortion has been taken out of the pictures or is small.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Image centre, px.
    pub centre_px: [f64; 2],
    /// Pixel pitch on the card plane; 1 where no scale is known (lengths are then in px).
    pub pitch_mm: f64,
    /// Height of the pinhole above the card plane; `None` for parallel rays (telecentric or far).
    pub camera_mm: Option<f64>,
}

impl View {
    /// The view of an image of this size.
    #[must_use]
    pub fn of(width: usize, height: usize, pitch_mm: Option<f64>, camera_mm: Option<f64>) -> Self {
        Self {
            centre_px: [(width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0],
            pitch_mm: pitch_mm.unwrap_or(1.0),
            camera_mm: camera_mm.filter(|_| pitch_mm.is_some()),
        }
    }

    /// Point of the card plane that a pixel sees.
    #[must_use]
    pub fn on_card(&self, px: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|a| (px[a] - self.centre_px[a]) * self.pitch_mm)
    }

    /// Point of a plane `z_mm` above the card plane that a pixel sees.
    #[must_use]
    pub fn on_plane(&self, px: [f64; 2], z_mm: f64) -> [f64; 3] {
        let shrink = self.camera_mm.map_or(1.0, |d| (d - z_mm) / d);
        let [x, y] = self.on_card(px);
        [x * shrink, y * shrink, z_mm]
    }

    /// Start and direction (unit, downwards) of a pixel's line of sight.
    #[must_use]
    pub fn ray(&self, px: [f64; 2]) -> ([f64; 3], [f64; 3]) {
        let [x, y] = self.on_card(px);
        match self.camera_mm {
            Some(d) => ([0.0, 0.0, d], unit([x, y, -d])),
            None => ([x, y, 0.0], [0.0, 0.0, -1.0]),
        }
    }

    /// Pixel that sees a point.
    #[must_use]
    pub fn pixel_of(&self, p: [f64; 3]) -> [f64; 2] {
        let grow = self.camera_mm.map_or(1.0, |d| d / (d - p[2]));
        [0, 1].map(|a| self.centre_px[a] + p[a] * grow / self.pitch_mm)
    }
}
