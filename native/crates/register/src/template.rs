//! A learned design: small patches of print with their places on the card, and what is known of the nominal layout.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imaging::{CoreError, ErrorCode, Result};
use serde::{Deserialize, Serialize};

/// Version of the file's layout.
pub const SCHEMA: &str = "trugrade.template/1";
/// Fewest anchors a placement can rest on.
pub const FEWEST_ANCHORS: usize = 6;
/// Most anchors in a template.
pub const MOST_ANCHORS: usize = 64;
/// Largest side of a patch, px.
const LARGEST_PATCH: usize = 400;

/// A design as it is kept in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// [`SCHEMA`].
    pub schema: String,
    /// What people call the design.
    pub name: String,
    /// Set or series, may be empty.
    pub set: String,
    /// `front` or `back`.
    pub side: String,
    /// Nominal card width and height, mm.
    pub card_mm: [f64; 2],
    /// Pixel pitch of the example, mm.
    pub pitch_mm: f64,
    /// Gaussian blur of the example's cut edges, mm.
    pub blur_mm: f64,
    /// Standard uncertainty of the example's own cut: its centre (mm) and turn (degrees).
    pub cut_uncertainty: CutUncertainty,
    /// How the example's print lay against its cut.
    pub reference: Reference,
    /// Nominal distances from the cut to the printed frame; absent when the design has no frame.
    pub margins_mm: Option<Margins>,
    /// Patches to find again.
    pub anchors: Vec<Anchor>,
    /// The whole card in small, for recognition.
    pub overview: Overview,
}

/// Standard uncertainties (k = 1) of a cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CutUncertainty {
    /// Along x and y, mm.
    pub centre_mm: [f64; 2],
    /// Degrees.
    pub turn_deg: f64,
}

/// Where the reference position of the print comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReferenceKind {
    /// The operator takes the example as well centred, within the stated uncertainty.
    Example,
    /// The example's measured borders against the nominal margins.
    Margins,
}

/// Placement of the print on the example's own card, against nominal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// Where this comes from.
    pub kind: ReferenceKind,
    /// Shift of the example's print, mm.
    pub shift_mm: [f64; 2],
    /// Turn of the example's print, degrees clockwise.
    pub turn_deg: f64,
    /// Expanded uncertainty (k = 2) of the shift along x and y, mm.
    pub uncertainty_mm: [f64; 2],
    /// Expanded uncertainty (k = 2) of the turn, degrees.
    pub turn_uncertainty_deg: f64,
}

/// Distances from the cut to the printed frame, mm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Margins {
    /// Left, mm.
    pub left: f64,
    /// Right, mm.
    pub right: f64,
    /// Top, mm.
    pub top: f64,
    /// Bottom, mm.
    pub bottom: f64,
}

/// A patch of the example's linear light on its own pixel grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Anchor {
    /// `a1`, `a2`, ...
    pub id: String,
    /// Middle of the patch in the example's card frame, mm.
    pub at_mm: [f64; 2],
    /// Card-frame place of the patch's first pixel, mm.
    pub first_mm: [f64; 2],
    /// Card-frame vector from one column to the next, mm.
    pub step_mm: [f64; 2],
    /// Card-frame vector from one row to the next, mm; a quarter turn clockwise from `step_mm` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_mm: Option<[f64; 2]>,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Linear light of code 0 and of code 65,535.
    pub range: [f32; 2],
    /// Row-major 16-bit little-endian codes, base64.
    pub codes: String,
}

/// The card's light on a grid of whole millimetres about its centre, as bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Side of a cell, mm.
    pub cell_mm: f64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row-major bytes, base64; only their pattern matters.
    pub codes: String,
}

impl Anchor {
    /// Card-frame vectors from one column and from one row to the next, mm.
    #[must_use]
    pub fn steps(&self) -> [[f64; 2]; 2] {
        let [a, b] = self.step_mm;
        [self.step_mm, self.row_mm.unwrap_or([-b, a])]
    }

    /// Card-frame place of a pixel of the patch, mm.
    #[must_use]
    pub fn place(&self, column: f64, row: f64) -> [f64; 2] {
        let [across, down] = self.steps();
        [0, 1].map(|a| self.first_mm[a] + column * across[a] + row * down[a])
    }

    /// The patch as linear light, row-major.
    ///
    /// # Errors
    /// `value.invalid` when the codes do not hold `width * height` samples.
    pub fn light(&self) -> Result<Vec<f32>> {
        let bytes = STANDARD.decode(&self.codes).unwrap_or_default();
        if bytes.len() != self.width * self.height * 2 {
            return Err(invalid(
                format!("anchors[{}].codes", self.id),
                "the patch does not hold its pixels",
            ));
        }
        let [low, high] = self.range;
        let scale = (high - low) / f32::from(u16::MAX);
        let code = |b: &[u8]| f32::from(u16::from_le_bytes([b[0], b[1]]));
        Ok(bytes.chunks_exact(2).map(|b| low + scale * code(b)).collect())
    }

    /// Packs linear light as codes and their range.
    #[must_use]
    pub fn pack(light: &[f32]) -> ([f32; 2], String) {
        let low = light.iter().copied().fold(f32::INFINITY, f32::min);
        let high = light.iter().copied().fold(f32::NEG_INFINITY, f32::max).max(low + 1e-6);
        let scale = f32::from(u16::MAX) / (high - low);
        let bytes: Vec<u8> = light
            .iter()
            .flat_map(|v| (((v - low) * scale).round() as u16).to_le_bytes())
            .collect();
        ([low, high], STANDARD.encode(bytes))
    }
}

impl Overview {
    /// Packs a grid; the lightest cell becomes 255. NaN cells take the mean.
    #[must_use]
    pub fn pack(cell_mm: f64, width: usize, height: usize, light: &[f32]) -> Self {
        let known: Vec<f32> = light.iter().copied().filter(|v| v.is_finite()).collect();
        let low = known.iter().copied().fold(f32::INFINITY, f32::min);
        let high = known.iter().copied().fold(f32::NEG_INFINITY, f32::max).max(low + 1e-6);
        let mean = known.iter().sum::<f32>() / known.len().max(1) as f32;
        let byte = |v: f32| (255.0 * (if v.is_finite() { v } else { mean } - low) / (high - low)).round() as u8;
        Self {
            cell_mm,
            width,
            height,
            codes: STANDARD.encode(light.iter().map(|v| byte(*v)).collect::<Vec<u8>>()),
        }
    }

    /// Place of a cell's centre in the example's card frame, mm.
    #[must_use]
    pub fn centre(&self, column: usize, row: usize) -> [f64; 2] {
        [
            (column as f64 - 0.5 * (self.width as f64 - 1.0)) * self.cell_mm,
            (row as f64 - 0.5 * (self.height as f64 - 1.0)) * self.cell_mm,
        ]
    }

    /// The cells as numbers.
    ///
    /// # Errors
    /// `value.invalid` when the codes do not hold `width * height` cells.
    pub fn light(&self) -> Result<Vec<f32>> {
        let bytes = STANDARD.decode(&self.codes).unwrap_or_default();
        if bytes.len() != self.width * self.height {
            return Err(invalid("overview.codes".into(), "the overview does not hold its cells"));
        }
        Ok(bytes.into_iter().map(f32::from).collect())
    }
}

impl Template {
    /// Reads a template file and checks every number in it.
    ///
    /// # Errors
    /// `value.invalid` naming the field; a newer schema says so.
    pub fn parse(text: &str) -> Result<Self> {
        let template: Self = serde_json::from_str(text)
            .map_err(|e| invalid("template".into(), &format!("the file is no design template: {e}")))?;
        template.check()?;
        Ok(template)
    }

    /// Checks everything a match relies on.
    ///
    /// # Errors
    /// `value.invalid` naming the field.
    pub fn check(&self) -> Result<()> {
        if self.schema != SCHEMA {
            return Err(invalid(
                "schema".into(),
                &format!("this program reads {SCHEMA}, the file is {}", self.schema),
            ));
        }
        let within = |field: &str, value: f64, low: f64, high: f64| {
            if value.is_finite() && (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(invalid(field.into(), &format!("{value} is not within {low} to {high}")))
            }
        };
        for axis in 0..2 {
            within("cardMm", self.card_mm[axis], 10.0, 400.0)?;
            within("reference.shiftMm", self.reference.shift_mm[axis], -10.0, 10.0)?;
            within(
                "reference.uncertaintyMm",
                self.reference.uncertainty_mm[axis],
                0.0,
                10.0,
            )?;
            within(
                "cutUncertainty.centreMm",
                self.cut_uncertainty.centre_mm[axis],
                0.0,
                10.0,
            )?;
        }
        within("pitchMm", self.pitch_mm, 1e-3, 1.0)?;
        within("blurMm", self.blur_mm, 0.0, 5.0)?;
        within("cutUncertainty.turnDeg", self.cut_uncertainty.turn_deg, 0.0, 10.0)?;
        within("reference.turnDeg", self.reference.turn_deg, -10.0, 10.0)?;
        within(
            "reference.turnUncertaintyDeg",
            self.reference.turn_uncertainty_deg,
            0.0,
            10.0,
        )?;
        if let Some(m) = &self.margins_mm {
            for (field, value) in [
                ("left", m.left),
                ("right", m.right),
                ("top", m.top),
                ("bottom", m.bottom),
            ] {
                within(&format!("marginsMm.{field}"), value, 0.0, 40.0)?;
            }
        }
        within(
            "anchors",
            self.anchors.len() as f64,
            FEWEST_ANCHORS as f64,
            MOST_ANCHORS as f64,
        )?;
        within("overview.cellMm", self.overview.cell_mm, 0.2, 10.0)?;
        within("overview.width", self.overview.width as f64, 4.0, 1000.0)?;
        within("overview.height", self.overview.height as f64, 4.0, 1000.0)?;
        self.overview.light()?;
        self.anchors.iter().try_for_each(|a| self.check_anchor(a))
    }

    fn check_anchor(&self, anchor: &Anchor) -> Result<()> {
        let field = |name: &str| format!("anchors[{}].{name}", anchor.id);
        let sides = 8..=LARGEST_PATCH;
        if !sides.contains(&anchor.width) || !sides.contains(&anchor.height) {
            return Err(invalid(field("width"), "a patch is 8 to 400 pixels wide and high"));
        }
        let [across, down] = anchor.steps();
        for (name, [x, y]) in [("stepMm", across), ("rowMm", down)] {
            let step = x.hypot(y) / self.pitch_mm;
            if !(step > 0.5 && step < 2.0) {
                return Err(invalid(field(name), "the step is not the pixel pitch"));
            }
        }
        let area = (across[0] * down[1] - across[1] * down[0]) / self.pitch_mm.powi(2);
        if !(area > 0.25 && area < 4.0) {
            return Err(invalid(field("rowMm"), "rows do not lead downwards from columns"));
        }
        let inside = |p: [f64; 2]| (0..2).all(|a| p[a].abs() <= self.card_mm[a]);
        if !inside(anchor.at_mm) || !inside(anchor.first_mm) {
            return Err(invalid(field("atMm"), "the anchor lies outside the card"));
        }
        let [low, high] = anchor.range;
        if !(low.is_finite() && high.is_finite() && high > low) {
            return Err(invalid(field("range"), "the light's range is empty"));
        }
        anchor.light().map(|_| ())
    }
}

fn invalid(field: String, message: &str) -> CoreError {
    CoreError::new(
        ErrorCode::ValueInvalid,
        message,
        "export the template again, or learn it anew from an example",
    )
    .in_field(field)
}
