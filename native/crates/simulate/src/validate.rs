//! Refuses specs that make no picture, naming the field.

use crate::Spec;
use crate::camera::Camera;
use imaging::{CoreError, ErrorCode, Result};

/// Above this many pixels an image is refused: 8 RGB frames of 16 bit would pass 3 GB.
const MAX_PIXELS: f64 = 64e6;
/// Above this many samples over all frames a capture is refused.
const MAX_SAMPLES: f64 = 2e9;

fn refuse(field: &str, message: impl Into<String>, next: &str) -> CoreError {
    CoreError::new(ErrorCode::ValueInvalid, message, next).in_field(field)
}

/// Checks that `value` is finite and within `low..=high`.
pub(crate) fn within(field: &str, value: f64, low: f64, high: f64) -> Result<()> {
    if value.is_finite() && (low..=high).contains(&value) {
        return Ok(());
    }
    Err(refuse(
        field,
        format!("{value} is not a number from {low} to {high}"),
        &format!("give a value from {low} to {high}"),
    ))
}

impl Spec {
    /// Checks every field.
    ///
    /// # Errors
    /// [`ErrorCode::ValueInvalid`] naming the field (camelCase, dotted where nested), with the range that is accepted.
    pub fn validate(&self) -> Result<()> {
        self.validate_ranges()?;
        self.validate_borders()?;
        self.validate_defects()?;
        self.validate_size()?;
        Camera::new(self).check_invertible()
    }

    fn validate_ranges(&self) -> Result<()> {
        within("pitchMm", self.pitch_mm, 0.005, 1.0)?;
        within("lights", self.lights as f64, 1.0, 128.0)?;
        if self.bits != 8 && self.bits != 16 {
            return Err(refuse("bits", format!("{} bits", self.bits), "give 8 or 16"));
        }
        within("cardMm[0]", self.card_mm[0], 5.0, 400.0)?;
        within("cardMm[1]", self.card_mm[1], 5.0, 400.0)?;
        within("marginMm", self.margin_mm, 0.0, 200.0)?;
        if let Some([w, h]) = self.image_px {
            within("imagePx[0]", w as f64, 8.0, 20_000.0)?;
            within("imagePx[1]", h as f64, 8.0, 20_000.0)?;
        }
        let half = self.card_mm[0].min(self.card_mm[1]) / 2.0;
        within("cornerRadiusMm", self.corner_radius_mm, 0.0, half)?;
        within("borderTexture", self.border_texture, 0.0, 0.5)?;
        within("matTexture", self.mat_texture, 0.0, 0.5)?;
        within("artTexture", self.art_texture, 0.0, 0.5)?;
        within("rotationDeg", self.rotation_deg, -180.0, 180.0)?;
        within("offsetMm[0]", self.offset_mm[0], -200.0, 200.0)?;
        within("offsetMm[1]", self.offset_mm[1], -200.0, 200.0)?;
        within("printTiltDeg", self.print_tilt_deg, -5.0, 5.0)?;
        within("printOffsetMm[0]", self.print_offset_mm[0], -5.0, 5.0)?;
        within("printOffsetMm[1]", self.print_offset_mm[1], -5.0, 5.0)?;
        within("bowMm", self.bow_mm, -5.0, 5.0)?;
        if let Some(linen) = self.linen {
            within("linen.depthMm", linen.depth_mm, 0.0, 0.2)?;
            within("linen.periodMm", linen.period_mm, 0.1, 10.0)?;
        }
        if let Some(d) = self.light_distance_mm {
            within("lightDistanceMm", d, 20.0, 1e6)?;
        }
        within("lightElevationDeg", self.light_elevation_deg, 5.0, 90.0)?;
        within("lightIntensitySpread", self.light_intensity_spread, 0.0, 0.9)?;
        within("ledExponent", self.led_exponent, 0.0, 100.0)?;
        within("psfSigmaPx", self.psf_sigma_px, 0.1, 20.0)?;
        within("fullWellElectrons", self.full_well_electrons, 10.0, 1e9)?;
        within("readNoiseElectrons", self.read_noise_electrons, 0.0, 1e6)?;
        within("blackLevel", self.black_level, 0.0, 0.5)?;
        within("exposure", self.exposure, 1e-4, 100.0)?;
        within("vignetting", self.vignetting, 0.0, 0.95)?;
        within("cameraDistanceMm", self.camera_distance_mm, 50.0, 1e6)?;
        within("tiltDeg[0]", self.tilt_deg[0], -30.0, 30.0)?;
        within("tiltDeg[1]", self.tilt_deg[1], -30.0, 30.0)?;
        for (i, &k) in self.distortion.iter().enumerate() {
            within(&format!("distortion[{i}]"), k, -1e6, 1e6)?;
        }
        within("gloss.strength", self.gloss.strength, 0.0, 10.0)?;
        within("gloss.roughness", self.gloss.roughness, 0.05, 1.0)
    }

    fn validate_borders(&self) -> Result<()> {
        let Some(b) = self.borders_mm else { return Ok(()) };
        let [w, h] = self.card_mm;
        within("bordersMm.left", b.left, 0.0, w * 0.4)?;
        within("bordersMm.right", b.right, 0.0, w * 0.4)?;
        within("bordersMm.top", b.top, 0.0, h * 0.4)?;
        within("bordersMm.bottom", b.bottom, 0.0, h * 0.4)?;
        let print = [w - b.left - b.right, h - b.top - b.bottom];
        if print[0] < 4.0 || print[1] < 4.0 {
            return Err(refuse(
                "bordersMm",
                "less than 4 mm is left for the art",
                "give narrower borders",
            ));
        }
        // A tilted or shifted print must not cut the edge of the card at a station, or its width would be negative.
        let swing = self.print_tilt_deg.abs().to_radians().tan();
        let [x, y] = self.print_offset_mm;
        for (name, border, run, outward) in [
            ("left", b.left, h, -x),
            ("right", b.right, h, x),
            ("top", b.top, w, -y),
            ("bottom", b.bottom, w, y),
        ] {
            if border > 0.0 && border < swing * run * 0.5 + outward {
                return Err(refuse(
                    &format!("bordersMm.{name}"),
                    format!(
                        "the print's tilt of {} degrees and shift of {x}, {y} mm reach over the cut",
                        self.print_tilt_deg
                    ),
                    "give a wider border, or a smaller printTiltDeg or printOffsetMm",
                ));
            }
        }
        Ok(())
    }

    fn validate_defects(&self) -> Result<()> {
        let d = &self.defects;
        let counts = [
            ("scratches", d.scratches),
            ("dents", d.dents),
            ("creases", d.creases),
            ("stains", d.stains),
            ("printLines", d.print_lines),
            ("printDots", d.print_dots),
            ("edgeWhitening", d.edge_whitening),
        ];
        for (name, count) in counts {
            within(&format!("defects.{name}"), f64::from(count), 0.0, 1000.0)?;
        }
        within("defects.cornerWear", f64::from(d.corner_wear), 0.0, 4.0)?;
        within("defects.list", d.list.len() as f64, 0.0, 1000.0)?;
        for (i, one) in d.list.iter().enumerate() {
            let field = |name: &str| format!("defects.list[{i}].{name}");
            within(
                &field("atMm[0]"),
                one.at_mm[0],
                -self.card_mm[0] / 2.0,
                self.card_mm[0] / 2.0,
            )?;
            within(
                &field("atMm[1]"),
                one.at_mm[1],
                -self.card_mm[1] / 2.0,
                self.card_mm[1] / 2.0,
            )?;
            within(&field("angleDeg"), one.angle_deg, -360.0, 360.0)?;
            within(&field("lengthMm"), one.length_mm.unwrap_or(1.0), 0.01, 600.0)?;
            within(&field("widthMm"), one.width_mm.unwrap_or(1.0), 0.005, 50.0)?;
            within(&field("depthMm"), one.depth_mm.unwrap_or(0.0), 0.0, 2.0)?;
            within(&field("strength"), one.strength.unwrap_or(0.5), 0.0, 1.0)?;
        }
        Ok(())
    }

    fn validate_size(&self) -> Result<()> {
        let [w, h] = self.image_size();
        let pixels = w as f64 * h as f64;
        if pixels > MAX_PIXELS {
            return Err(refuse(
                "pitchMm",
                format!("the image would be {w} x {h} px"),
                "give a coarser pitch",
            ));
        }
        let frames = if self.flats { 2 } else { 1 } * self.lights;
        let samples = pixels * frames as f64 * if self.colour { 3.0 } else { 1.0 };
        if samples > MAX_SAMPLES {
            return Err(refuse(
                "lights",
                format!("{frames} frames of {w} x {h} px hold {samples:.1e} samples, more than {MAX_SAMPLES:.0e}"),
                "give fewer lights or a coarser pitch",
            ));
        }
        Ok(())
    }

    /// Image width and height in px: the bounding box of the rotated card and its margin.
    #[must_use]
    pub fn image_size(&self) -> [usize; 2] {
        if let Some(size) = self.image_px {
            return size;
        }
        let (s, c) = self.rotation_deg.to_radians().sin_cos();
        let [w, h] = self.card_mm;
        let box_mm = [w * c.abs() + h * s.abs(), w * s.abs() + h * c.abs()];
        box_mm.map(|b| ((b + 2.0 * self.margin_mm) / self.pitch_mm).round().max(8.0) as usize)
    }
}
