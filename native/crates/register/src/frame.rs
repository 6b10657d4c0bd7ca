//! The card frame in an image: a similarity on raw pixels, or a rigid motion on the plane that a calibrated camera sees.

use measure::{PlaneMap, Point};

/// Step of the central differences by which a map is followed, px.
const H: f64 = 0.5;

/// Where the card's cut edges are compared: pixels, or the measuring plane in mm where the camera is known.
#[derive(Clone, Debug)]
pub struct Sheet {
    map: Option<PlaneMap>,
    /// Millimetres in one unit of the sheet.
    pub scale: f64,
}

impl Sheet {
    /// Raw pixels with one pitch everywhere.
    #[must_use]
    pub fn pixels(pitch_mm: f64) -> Self {
        Self {
            map: None,
            scale: pitch_mm,
        }
    }

    /// The plane of a calibrated camera.
    #[must_use]
    pub fn plane(map: &PlaneMap) -> Self {
        Self {
            map: Some(map.clone()),
            scale: 1.0,
        }
    }

    /// Place of a pixel on the sheet.
    #[must_use]
    pub fn place(&self, px: [f64; 2]) -> [f64; 2] {
        match &self.map {
            Some(map) => map.to_mm(Point { x: px[0], y: px[1] }),
            None => px,
        }
    }

    /// Pixel of a place on the sheet.
    #[must_use]
    pub fn pixel(&self, at: [f64; 2]) -> [f64; 2] {
        match &self.map {
            Some(map) => {
                let Point { x, y } = map.to_px(at);
                [x, y]
            }
            None => at,
        }
    }

    /// Units of the sheet in one px along a direction (unit vector) at a pixel.
    #[must_use]
    pub fn stretch(&self, px: Point, direction: [f64; 2]) -> f64 {
        self.map.as_ref().map_or(1.0, |map| map.pitch_along(px, direction))
    }

    /// Millimetres of one px at a pixel, the mean over all directions.
    #[must_use]
    pub fn pitch_mm(&self, px: [f64; 2]) -> f64 {
        match &self.map {
            Some(map) => map.pitch_at(Point { x: px[0], y: px[1] }),
            None => self.scale,
        }
    }
}

/// The card frame: mm about the centre of the cut, x along the card's x axis.
#[derive(Clone, Debug)]
pub struct Frame {
    sheet: Sheet,
    /// Centre of the cut on the sheet.
    centre: [f64; 2],
    /// Unit vector of the card's x axis on the sheet.
    axis: [f64; 2],
}

impl Frame {
    /// A frame by its centre and x axis on a sheet.
    #[must_use]
    pub fn new(sheet: Sheet, centre: [f64; 2], axis: [f64; 2]) -> Self {
        Self { sheet, centre, axis }
    }

    /// Image position of a point of the card frame.
    #[must_use]
    pub fn to_px(&self, mm: [f64; 2]) -> [f64; 2] {
        let [x, y] = mm.map(|v| v / self.sheet.scale);
        self.sheet.pixel([
            self.centre[0] + self.axis[0] * x - self.axis[1] * y,
            self.centre[1] + self.axis[1] * x + self.axis[0] * y,
        ])
    }

    /// Point of the card frame at an image position, mm.
    #[must_use]
    pub fn to_mm(&self, px: [f64; 2]) -> [f64; 2] {
        let at = self.sheet.place(px);
        let (x, y) = (at[0] - self.centre[0], at[1] - self.centre[1]);
        [
            (self.axis[0] * x + self.axis[1] * y) * self.sheet.scale,
            (self.axis[0] * y - self.axis[1] * x) * self.sheet.scale,
        ]
    }

    /// Columns d(mm)/d(px x) and d(mm)/d(px y) at an image position, by central differences.
    #[must_use]
    pub fn steps_mm(&self, px: [f64; 2]) -> [[f64; 2]; 2] {
        [[H, 0.0], [0.0, H]].map(|[dx, dy]| {
            let (a, b) = (
                self.to_mm([px[0] - dx, px[1] - dy]),
                self.to_mm([px[0] + dx, px[1] + dy]),
            );
            [0, 1].map(|i| (b[i] - a[i]) / (2.0 * H))
        })
    }

    /// The frame of the same card turned by half a turn.
    #[must_use]
    pub fn upside_down(&self) -> Self {
        Self {
            sheet: self.sheet.clone(),
            centre: self.centre,
            axis: self.axis.map(|v| -v),
        }
    }
}
