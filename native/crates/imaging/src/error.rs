//! One error type for the whole native core: a code, what happened, where, and what to do next.

use serde::Serialize;
use std::fmt;

/// Stable codes; the TypeScript side switches over their string form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ErrorCode {
    /// The caller asked to stop.
    #[serde(rename = "cancelled")]
    Cancelled,
    /// A named file does not exist.
    #[serde(rename = "file.missing")]
    FileMissing,
    /// A file exists and cannot be read (rights, device).
    #[serde(rename = "file.unreadable")]
    FileUnreadable,
    /// A file could not be written (rights, read-only folder).
    #[serde(rename = "file.unwritable")]
    FileUnwritable,
    /// The disk is full.
    #[serde(rename = "disk.full")]
    DiskFull,
    /// Not PNG, TIFF or JPEG, or a variant of them that is not accepted.
    #[serde(rename = "image.unsupported")]
    ImageUnsupported,
    /// The file ends early or its content contradicts itself.
    #[serde(rename = "image.damaged")]
    ImageDamaged,
    /// Dimensions or memory above the bounds.
    #[serde(rename = "image.tooLarge")]
    ImageTooLarge,
    /// Images that belong together differ in size.
    #[serde(rename = "image.sizeMismatch")]
    ImageSizeMismatch,
    /// Too many samples at the top of the range.
    #[serde(rename = "image.saturated")]
    ImageSaturated,
    /// Too dark to measure.
    #[serde(rename = "image.dark")]
    ImageDark,
    /// Edges are wider than the measurement allows.
    #[serde(rename = "image.blurred")]
    ImageBlurred,
    /// A number is NaN, infinite or outside its range.
    #[serde(rename = "value.invalid")]
    ValueInvalid,
    /// Fewer lights than the method needs.
    #[serde(rename = "lights.tooFew")]
    LightsTooFew,
    /// The light directions lie in one plane.
    #[serde(rename = "lights.coplanar")]
    LightsCoplanar,
    /// No card in the picture.
    #[serde(rename = "card.notFound")]
    CardNotFound,
    /// Part of the card is outside the picture.
    #[serde(rename = "card.cutOff")]
    CardCutOff,
    /// More than one card where one is expected.
    #[serde(rename = "card.several")]
    CardSeveral,
    /// Another card lies so near that the edges cannot be told apart.
    #[serde(rename = "card.touching")]
    CardTouching,
    /// The card does not show the design of a template.
    #[serde(rename = "template.mismatch")]
    TemplateMismatch,
    /// No calibration board in the picture, or too little of it.
    #[serde(rename = "board.notFound")]
    BoardNotFound,
    /// Another board than the one asked for, a mirrored one, or one printed at a wrong size.
    #[serde(rename = "board.wrong")]
    BoardWrong,
    /// The views do not determine the camera: too few, too alike, or parts of the field without corners.
    #[serde(rename = "calibration.weak")]
    CalibrationWeak,
    /// The result contradicts itself or what it was checked against.
    #[serde(rename = "calibration.failed")]
    CalibrationFailed,
    /// No GPU, or none that can compute.
    #[serde(rename = "gpu.missing")]
    GpuMissing,
    /// The GPU cannot do this work: too many lights, pictures of several depths.
    #[serde(rename = "gpu.unsupported")]
    GpuUnsupported,
    /// The GPU has not enough memory left.
    #[serde(rename = "gpu.outOfMemory")]
    GpuOutOfMemory,
    /// The GPU or its driver failed, or was taken away.
    #[serde(rename = "gpu.failed")]
    GpuFailed,
    /// Something the program should have prevented.
    #[serde(rename = "internal")]
    Internal,
}

/// What went wrong, where, and what a person can do about it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoreError {
    /// Stable code.
    pub code: ErrorCode,
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// What to do next, in one sentence without a full stop.
    pub next: String,
    /// The file it happened in, as the caller named it.
    pub file: Option<String>,
    /// The field or option it happened in.
    pub field: Option<String>,
}

/// Result of the native core.
pub type Result<T> = std::result::Result<T, CoreError>;

impl CoreError {
    /// An error without a place; add one with [`CoreError::in_file`] or [`CoreError::in_field`].
    pub fn new(code: ErrorCode, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            next: next.into(),
            file: None,
            field: None,
        }
    }

    /// Names the file; an inner, more exact name already present wins.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file.get_or_insert_with(|| file.into());
        self
    }

    /// Names the field; an inner, more exact name already present wins.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field.get_or_insert_with(|| field.into());
        self
    }
}

impl fmt::Display for CoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{}; {}", self.message, self.next)
    }
}

impl std::error::Error for CoreError {}
