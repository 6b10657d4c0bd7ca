//! The whole measurement on analytically rendered cards.

mod common;

use common::{Card, add_noise, to_raster16};
use imaging::{Cancel, Encoding, ErrorCode, Plane, PlaneSource, RasterSource};
use measure::{MeasureOptions, Measurement, Method, Side, Status, measure};

fn options() -> MeasureOptions {
    MeasureOptions {
        pixel_pitch_mm: Some(0.04),
        ..MeasureOptions::default()
    }
}

fn measured(card: &Card) -> Measurement {
    measure(&PlaneSource(&card.plane()), &options(), &Cancel::new()).unwrap()
}

/// Errors of all measured widths in mm.
fn errors(card: &Card, m: &Measurement) -> Vec<f64> {
    m.points
        .iter()
        .filter_map(|p| {
            let part = p.index as f64 / (p.edge.stations() + 1) as f64;
            Some(p.width_mm? - card.width_mm(p.edge.index(), part)?)
        })
        .collect()
}

fn worst(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |a, b| a.max(b.abs()))
}

#[test]
fn all_24_widths_of_a_clean_card_are_true_to_a_micrometre_at_any_rotation() {
    for angle in [0.0, -3.0, 12.0, -30.0, 43.0] {
        let card = Card {
            angle_deg: angle,
            image_px: if f64::abs(angle) > 5.0 {
                (2900, 2900)
            } else {
                (1800, 2450)
            },
            centre_px: if f64::abs(angle) > 5.0 {
                (1449.3, 1450.8)
            } else {
                (901.3, 1222.6)
            },
            ..Card::default()
        };
        let m = measured(&card);
        let e = errors(&card, &m);
        println!("{angle} deg: worst {:.5} mm, angle {:.5}", worst(&e), m.card_angle_deg);
        assert_eq!(e.len(), 24, "{angle}: {:?}", m.sides);
        assert!(worst(&e) < 0.001, "{angle}: {e:?}");
        assert!((m.card_angle_deg - angle).abs() < 0.005, "{angle} {}", m.card_angle_deg);
        let size = m.size_mm.unwrap();
        assert!(
            (size.width - 63.5).abs() < 0.002 && (size.height - 88.9).abs() < 0.002,
            "{size:?}"
        );
        assert!(m.points.iter().all(|p| p.method == Method::Erf));
        let lr = m.centering.left_right.unwrap();
        assert!((lr[0] - 100.0 * 3.0 / 6.4).abs() < 0.02, "{lr:?}");
    }
}

#[test]
fn noise_dark_frames_and_texture_stay_within_a_hundredth_of_a_millimetre() {
    let base = Card {
        angle_deg: 1.3,
        ..Card::default()
    };
    let cards = [
        ("plain", base.clone()),
        (
            "dark frame on a dark mat",
            Card {
                mat: 0.03,
                frame: 0.012,
                art: 0.3,
                ..base.clone()
            },
        ),
        (
            "white frame on a white mat",
            Card {
                mat: 0.86,
                frame: 0.78,
                art: 0.3,
                ..base.clone()
            },
        ),
        (
            "bright art",
            Card {
                frame: 0.2,
                art: 0.6,
                ..base.clone()
            },
        ),
        (
            "textured art",
            Card {
                texture: 0.1,
                ..base.clone()
            },
        ),
        (
            "tilted print",
            Card {
                print_tilt_deg: 0.4,
                ..base
            },
        ),
    ];
    for (name, card) in cards {
        let mut plane = card.plane();
        add_noise(&mut plane, 0.002, 11);
        let raster = to_raster16(&plane);
        let source = RasterSource::new(&raster, Encoding::Linear);
        let m = measure(&source, &options(), &Cancel::new()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let e = errors(&card, &m);
        let tilt = m.print_tilt_deg.unwrap_or(f64::NAN);
        println!(
            "{name}: {} widths, worst {:.5} mm, print tilt {tilt:.4}",
            e.len(),
            worst(&e)
        );
        assert_eq!(e.len(), 24, "{name}: {:?}", m.sides);
        assert!(worst(&e) < 0.01, "{name}: {e:?}");
        assert!((tilt - card.print_tilt_deg).abs() < 0.02, "{name}: {tilt}");
    }
}

#[test]
fn the_stated_uncertainty_covers_the_true_width() {
    let card = Card {
        angle_deg: 0.7,
        ..Card::default()
    };
    let clean = card.plane();
    let (mut inside, mut all, mut squares, mut claimed) = (0, 0, 0.0, 0.0);
    for seed in 0..12 {
        let mut plane = clean.clone();
        add_noise(&mut plane, 0.01, 100 + seed);
        let m = measure(&PlaneSource(&plane), &options(), &Cancel::new()).unwrap();
        for p in &m.points {
            let part = p.index as f64 / (p.edge.stations() + 1) as f64;
            let error = p.width_mm.unwrap() - card.width_mm(p.edge.index(), part).unwrap();
            let u = p.uncertainty_mm.unwrap();
            inside += i32::from(error.abs() <= u);
            all += 1;
            squares += error * error;
            claimed += u * u / 4.0;
        }
    }
    let coverage = f64::from(inside) / f64::from(all);
    let (std, u) = ((squares / f64::from(all)).sqrt(), (claimed / f64::from(all)).sqrt());
    println!(
        "coverage of U (k = 2): {coverage:.3} over {all} widths, rms error {:.2} um, claimed u {:.2} um",
        1e3 * std,
        1e3 * u
    );
    // 288 widths know the share to 1.3 points.
    assert!((0.915..=0.985).contains(&coverage), "{coverage}");
}

#[test]
fn a_card_without_a_border_gets_no_width_and_a_reason() {
    let m = measured(&Card {
        borders: [None; 4],
        frame: 0.4,
        art: 0.4,
        texture: 0.15,
        ..Card::default()
    });
    assert_eq!(m.points.len(), 24);
    for p in &m.points {
        assert_eq!(p.status, Status::NoBorder);
        assert!(p.width_mm.is_none() && p.width_px.is_none() && p.uncertainty_mm.is_none() && p.border.is_none());
        assert!(p.reason.is_some() && p.outer.is_some());
        assert_eq!(p.method, Method::None);
    }
    assert!(m.centering.left_right.is_none() && m.centering.top_bottom.is_none() && m.worst.is_none());
    assert!(m.sides.iter().all(|s| s.measured == 0 && s.reason.is_some()));
    assert!(m.size_mm.is_some());
}

#[test]
fn a_card_with_two_bordered_sides_is_measured_on_those_alone() {
    let card = Card {
        borders: [Some(3.0), Some(3.4), None, None],
        texture: 0.1,
        ..Card::default()
    };
    let m = measured(&card);
    for p in &m.points {
        let expected = matches!(p.edge, Side::Left | Side::Right);
        assert_eq!(p.width_mm.is_some(), expected, "{:?} {}", p.edge, p.index);
    }
    assert!(m.centering.left_right.is_some() && m.centering.top_bottom.is_none());
}

#[test]
fn without_a_scale_nothing_is_in_millimetres() {
    let card = Card::default();
    let m = measure(&PlaneSource(&card.plane()), &MeasureOptions::default(), &Cancel::new()).unwrap();
    assert!(m.pixel_pitch_mm.is_none() && m.mean_mm.is_none() && m.size_mm.is_none());
    assert!(
        m.points
            .iter()
            .all(|p| p.width_mm.is_none() && p.uncertainty_mm.is_none())
    );
    let left = m.mean_px.left.unwrap();
    assert!((left - 75.0).abs() < 0.02, "{left}");
    assert!((m.centering.top_bottom.unwrap()[0] - 100.0 * 2.8 / 6.9).abs() < 0.02);
}

fn refusal(plane: &Plane) -> ErrorCode {
    let error = measure(&PlaneSource(plane), &options(), &Cancel::new()).expect_err("a refusal");
    assert!(!error.next.is_empty());
    println!("{error}");
    error.code
}

#[test]
fn pictures_that_cannot_be_measured_are_refused_by_kind() {
    assert_eq!(refusal(&Plane::filled(900, 1200, 0.3)), ErrorCode::CardNotFound);
    assert_eq!(refusal(&Plane::filled(900, 1200, 1.0)), ErrorCode::ImageSaturated);
    assert_eq!(refusal(&Plane::filled(900, 1200, 0.0005)), ErrorCode::ImageDark);
    assert_eq!(refusal(&Plane::filled(20, 20, 0.5)), ErrorCode::CardNotFound);
    let mut noise = Plane::filled(900, 1200, 0.3);
    add_noise(&mut noise, 0.1, 5);
    assert_eq!(refusal(&noise), ErrorCode::CardNotFound);
    let blurred = Card {
        sigma: 9.0,
        ..Card::default()
    };
    assert_eq!(refusal(&blurred.plane()), ErrorCode::ImageBlurred);
    let white = Card {
        frame: 1.2,
        art: 1.1,
        ..Card::default()
    };
    let mut white = white.plane();
    white.data.iter_mut().for_each(|v| *v = v.min(1.0));
    assert_eq!(refusal(&white), ErrorCode::ImageSaturated);
    let mut nan = Card::default().plane();
    nan.data[1_234_567] = f32::NAN;
    // A single NaN need not be read; an image full of them must be refused.
    nan.data[..600_000].fill(f32::NAN);
    assert_eq!(refusal(&nan), ErrorCode::ValueInvalid);
}

#[test]
fn a_card_that_leaves_the_image_is_refused_as_cut_off() {
    let base = Card::default();
    for (name, centre) in [
        ("right", (1300.0, 1222.0)),
        ("bottom", (901.0, 1800.0)),
        ("left", (500.0, 1222.0)),
    ] {
        let plane = Card {
            centre_px: centre,
            ..base.clone()
        }
        .plane();
        assert_eq!(refusal(&plane), ErrorCode::CardCutOff, "{name}");
    }
}

#[test]
fn two_cards_are_refused_as_several() {
    let left = Card {
        image_px: (3600, 2450),
        ..Card::default()
    };
    let right = Card {
        centre_px: (2701.0, 1210.0),
        ..left.clone()
    };
    let mut plane = left.plane();
    for (a, b) in plane.data.iter_mut().zip(right.plane().data) {
        *a = a.max(b);
    }
    assert_eq!(refusal(&plane), ErrorCode::CardSeveral);
}

#[test]
fn a_wrong_scale_is_named_by_its_field() {
    let plane = Plane::filled(100, 100, 0.5);
    for pitch in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let o = MeasureOptions {
            pixel_pitch_mm: Some(pitch),
            ..MeasureOptions::default()
        };
        let error = measure(&PlaneSource(&plane), &o, &Cancel::new()).unwrap_err();
        assert_eq!(error.code, ErrorCode::ValueInvalid);
        assert_eq!(error.field.as_deref(), Some("pixelPitchMm"));
    }
}

#[test]
fn a_cancelled_measurement_stops() {
    let cancel = Cancel::new();
    cancel.cancel();
    let plane = Plane::filled(900, 1200, 0.3);
    let error = measure(&PlaneSource(&plane), &options(), &cancel).unwrap_err();
    assert_eq!(error.code, ErrorCode::Cancelled);
}
