//! Bad input ends in a typed error that names the field; nothing panics.

use crate::card::{Rendered, Scene, render};
use imaging::{Cancel, ErrorCode};
use surface::{Options, analyse};

fn refused(
    r: &Rendered,
    o: &Options,
    change: impl Fn(&mut surface::Maps, &mut surface::CardFrame),
) -> (ErrorCode, String) {
    let (mut maps, mut frame) = (r.maps(), r.card);
    change(&mut maps, &mut frame);
    let e = analyse(&maps, &frame, o, &Cancel::new(), &|_| {}).unwrap_err();
    assert!(!e.message.is_empty() && !e.next.is_empty());
    (e.code, e.field.unwrap_or_default())
}

#[test]
fn every_bad_input_is_refused_by_name() {
    let r = render(&Scene::default(), 1);
    let o = Options::default();
    use ErrorCode::{CardCutOff, ImageSizeMismatch, ImageTooLarge, ValueInvalid};
    let is = |got: (ErrorCode, String), code: ErrorCode, field: &str| assert_eq!(got, (code, field.to_string()));
    is(
        refused(&r, &o, |m, _| m.normals[1] = &m.normals[1][1..]),
        ImageSizeMismatch,
        "maps.normals",
    );
    is(
        refused(&r, &o, |m, _| m.albedo = &m.albedo[..9]),
        ImageSizeMismatch,
        "maps.albedo",
    );
    is(
        refused(&r, &o, |m, _| m.residual = &[]),
        ImageSizeMismatch,
        "maps.residual",
    );
    is(
        refused(&r, &o, |m, _| m.known = &m.known[1..]),
        ImageSizeMismatch,
        "maps.known",
    );
    is(
        refused(&r, &o, |m, _| m.confidence_deg = Some(&[])),
        ImageSizeMismatch,
        "maps.confidence_deg",
    );
    is(refused(&r, &o, |m, _| m.channels = 2), ValueInvalid, "maps.channels");
    is(refused(&r, &o, |m, _| m.width = 0), ImageTooLarge, "maps.width");
    is(
        refused(&r, &o, |m, _| m.width = usize::MAX),
        ImageTooLarge,
        "maps.width",
    );
    for pitch in [f64::NAN, 0.0, -0.04, 1e9, f64::INFINITY] {
        is(
            refused(&r, &o, |_, f| f.pixel_pitch_mm = pitch),
            ValueInvalid,
            "card.pixel_pitch_mm",
        );
    }
    is(
        refused(&r, &o, |_, f| f.pixel_pitch_mm = 0.004),
        ValueInvalid,
        "card.pixel_pitch_mm",
    );
    is(
        refused(&r, &o, |_, f| f.corners_px[2][0] = f64::NAN),
        ValueInvalid,
        "card.corners_px",
    );
    is(
        refused(&r, &o, |_, f| f.corners_px.swap(0, 1)),
        ValueInvalid,
        "card.corners_px",
    );
    is(
        refused(&r, &o, |_, f| f.corners_px[0][0] = -40.0),
        CardCutOff,
        "card.corners_px",
    );
    is(
        refused(&r, &o, |_, f| f.corner_radius_mm = Some(f64::NAN)),
        ValueInvalid,
        "card.corner_radius_mm",
    );
    is(
        refused(&r, &o, |_, f| f.border_px = Some([[f64::NAN; 2]; 4])),
        ValueInvalid,
        "card.border_px",
    );
    let bad = Options {
        print_contrast: f64::NAN,
        ..Options::default()
    };
    is(refused(&r, &bad, |_, _| {}), ValueInvalid, "options.print_contrast");
}

#[test]
fn maps_without_a_known_pixel_give_no_findings_and_say_so() {
    let mut r = render(&Scene::default(), 3);
    r.known.fill(0);
    let c = r.read();
    assert!(c.defects.is_empty());
    assert_eq!(c.judged_fraction, 0.0);
    assert!(c.notes.iter().any(|n| n.contains("could be judged")));
}

#[test]
fn a_raised_flag_stops_the_reading() {
    let r = render(&Scene::default(), 4);
    let cancel = Cancel::new();
    cancel.cancel();
    let e = analyse(&r.maps(), &r.card, &Options::default(), &cancel, &|_| {}).unwrap_err();
    assert_eq!(e.code, ErrorCode::Cancelled);
}
