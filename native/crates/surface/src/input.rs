//! Refuses maps, frames and options that cannot be read, naming the field.

use crate::options::Options;
use crate::types::{CardFrame, Maps};
use imaging::{CoreError, ErrorCode, Result};

/// Smallest and largest card edge accepted, mm; outside this the pixel pitch is wrong.
const EDGE_MM: [f64; 2] = [20.0, 400.0];
/// Most pixels accepted; beyond it the maps cannot come from a rig.
const MAX_PIXELS: usize = 200_000_000;

/// # Errors
/// `value.invalid`, `image.sizeMismatch`, `image.tooLarge` or `card.cutOff`, with the field's name.
pub fn check(maps: &Maps, card: &CardFrame, o: &Options) -> Result<()> {
    check_planes(maps)?;
    check_card(maps, card)?;
    check_options(o)
}

fn check_planes(m: &Maps) -> Result<()> {
    let n = m.width.saturating_mul(m.height);
    if n == 0 || n > MAX_PIXELS {
        let text = format!("the maps are {} x {} pixels", m.width, m.height);
        return Err(
            CoreError::new(ErrorCode::ImageTooLarge, text, "give maps of 1 to 200 million pixels")
                .in_field("maps.width"),
        );
    }
    if m.channels != 1 && m.channels != 3 {
        let text = format!("the albedo has {} channels", m.channels);
        return Err(CoreError::new(ErrorCode::ValueInvalid, text, "give 1 or 3").in_field("maps.channels"));
    }
    let mut planes = vec![
        ("maps.albedo", m.albedo.len(), m.channels * n),
        ("maps.residual", m.residual.len(), n),
        ("maps.known", m.known.len(), n),
    ];
    planes.extend(m.normals.map(|axis| ("maps.normals", axis.len(), n)));
    planes.extend(m.confidence_deg.map(|c| ("maps.confidence_deg", c.len(), n)));
    for (field, got, want) in planes {
        if got != want {
            let text = format!("{got} values where {} x {} pixels need {want}", m.width, m.height);
            return Err(CoreError::new(
                ErrorCode::ImageSizeMismatch,
                text,
                "solve the maps again from one capture",
            )
            .in_field(field));
        }
    }
    Ok(())
}

fn check_card(m: &Maps, card: &CardFrame) -> Result<()> {
    let invalid =
        |field: &str, text: String, next: &str| CoreError::new(ErrorCode::ValueInvalid, text, next).in_field(field);
    let pitch = card.pixel_pitch_mm;
    if !pitch.is_finite() || !(0.002..=0.5).contains(&pitch) {
        let text = format!("a pixel pitch of {pitch} mm is not between 0.002 and 0.5 mm");
        return Err(invalid("card.pixel_pitch_mm", text, "calibrate the scale"));
    }
    let c = card.corners_px;
    if !c.iter().flatten().all(|v| v.is_finite()) {
        return Err(invalid(
            "card.corners_px",
            "a corner is not a finite number".into(),
            "find the card's outline again",
        ));
    }
    let cross = |i: usize| {
        let (a, b, d) = (c[i], c[(i + 1) % 4], c[(i + 2) % 4]);
        (b[0] - a[0]) * (d[1] - b[1]) - (b[1] - a[1]) * (d[0] - b[0])
    };
    if !(0..4).all(|i| cross(i) > 0.0) {
        let text = "the corners are not a convex quadrilateral in the order TL, TR, BR, BL".to_string();
        return Err(invalid(
            "card.corners_px",
            text,
            "give the four ideal corners clockwise",
        ));
    }
    for i in 0..4 {
        let (a, b) = (c[i], c[(i + 1) % 4]);
        let mm = (b[0] - a[0]).hypot(b[1] - a[1]) * pitch;
        if !(EDGE_MM[0]..=EDGE_MM[1]).contains(&mm) {
            let text = format!("an edge of the card would be {mm:.1} mm long");
            return Err(invalid(
                "card.pixel_pitch_mm",
                text,
                "calibrate the scale or find the outline again",
            ));
        }
    }
    let out = |p: &[f64; 2]| p[0] < -0.5 || p[1] < -0.5 || p[0] > m.width as f64 - 0.5 || p[1] > m.height as f64 - 0.5;
    if c.iter().any(out) {
        let text = "a corner of the card lies outside the maps";
        return Err(
            CoreError::new(ErrorCode::CardCutOff, text, "place the whole card in view").in_field("card.corners_px"),
        );
    }
    if let Some(r) = card.corner_radius_mm.filter(|r| !(0.0..=10.0).contains(r)) {
        return Err(invalid(
            "card.corner_radius_mm",
            format!("a radius of {r} mm is not between 0 and 10"),
            "leave it out to estimate it",
        ));
    }
    if card
        .border_px
        .is_some_and(|b| !b.iter().flatten().all(|v| v.is_finite()))
    {
        return Err(invalid(
            "card.border_px",
            "a border corner is not a finite number".into(),
            "leave the border out",
        ));
    }
    Ok(())
}

fn check_options(o: &Options) -> Result<()> {
    let positive = [
        ("options.edge_margin_mm", o.edge_margin_mm),
        ("options.line_seed", f64::from(o.line_seed)),
        ("options.line_follow", f64::from(o.line_follow)),
        ("options.line_total", o.line_total),
        ("options.line_min_length_mm", o.line_min_length_mm),
        ("options.line_depth", o.line_depth),
        ("options.crease_min_width_mm", o.crease_min_width_mm),
        ("options.crease_min_length_mm", o.crease_min_length_mm),
        ("options.dent", f64::from(o.dent)),
        ("options.dent_min_depth_mm", o.dent_min_depth_mm),
        ("options.registration_px", f64::from(o.registration_px)),
        ("options.print_contrast", o.print_contrast),
        ("options.print_signal", o.print_signal),
        ("options.stain_max_contrast", o.stain_max_contrast),
        ("options.foil_residual", f64::from(o.foil_residual)),
        ("options.whitening_contrast", o.whitening_contrast),
        ("options.chip_min_depth_mm", o.chip_min_depth_mm),
    ];
    for (field, v) in positive {
        if !v.is_finite() || v < 0.0 {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!("{v} is not a positive number"),
                "use the default",
            )
            .in_field(field));
        }
    }
    Ok(())
}
