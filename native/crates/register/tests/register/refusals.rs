//! What is no card of the design is refused with a reason, marks on a card are borne.

use crate::draw::{Design, SIZE, Shot, cut_of, shoot, teach};
use imaging::{Cancel, ErrorCode, Plane, PlaneSource};
use register::{PrintMatch, Template, match_template};

fn attempt(plane: &Plane, shot: &Shot, template: &Template) -> imaging::Result<PrintMatch> {
    let cut = cut_of(plane, shot);
    match_template(&PlaneSource(plane), &cut, template, None, &Cancel::new())
}

#[test]
fn other_designs_are_refused_by_name() {
    let shot = Shot::default();
    let template = teach("first", &Design::new(21, SIZE), &shot);
    for seed in 22..25 {
        let plane = shoot(&Design::new(seed, SIZE), &shot);
        let error = attempt(&plane, &shot, &template).unwrap_err();
        assert_eq!(error.code, ErrorCode::TemplateMismatch);
        assert!(
            error.message.contains("does not look like template \"first\""),
            "{error}"
        );
    }
}

#[test]
fn a_plain_card_and_noise_are_refused() {
    let shot = Shot::default();
    let template = teach("first", &Design::new(21, SIZE), &shot);
    let plain = shoot(
        &Design::new(21, SIZE),
        &Shot {
            gain: 0.0,
            veil: 0.4,
            ..shot.clone()
        },
    );
    assert_eq!(
        attempt(&plain, &shot, &template).unwrap_err().code,
        ErrorCode::TemplateMismatch
    );
}

#[test]
fn scratches_and_a_stain_over_a_fifth_of_the_card_cost_anchors_but_not_accuracy() {
    let design = Design::new(31, SIZE);
    let template = teach("design", &design, &Shot::default());
    let shot = Shot {
        shift: [0.31, -0.22],
        turn_deg: 0.2,
        seed: 5,
        ..Shot::default()
    };
    let mut plane = shoot(&design, &shot);
    let width = plane.width;
    for y in 0..plane.height {
        for x in 0..width {
            let value = &mut plane.data[y * width + x];
            // A stain over a corner, and bright scratches everywhere.
            if (100..330).contains(&x) && (100..380).contains(&y) {
                *value = 0.5;
            } else if (x + 3 * y) % 331 < 2 && (90..660).contains(&x) && (90..860).contains(&y) {
                *value += 0.4;
            }
        }
    }
    let m = attempt(&plane, &shot, &template).unwrap();
    let e = [0, 1].map(|a| 1000.0 * (m.shift_mm[a] - shot.shift[a]));
    println!("{e:.2?} um with {} of {} anchors", m.inliers, m.anchors.len());
    assert!(e[0].abs() < 3.0 && e[1].abs() < 3.0, "{e:?}");
    assert!(m.inliers < m.anchors.len());
    assert!(m.anchors.iter().any(|a| !a.used && a.reason.is_some()));
}

#[test]
fn a_damaged_template_is_refused_with_its_field() {
    let template = teach("first", &Design::new(21, SIZE), &Shot::default());
    let text = serde_json::to_string(&template).unwrap();
    assert!(Template::parse(&text).unwrap() == template);
    let newer = text.replace("trugrade.template/1", "trugrade.template/9");
    assert!(
        Template::parse(&newer)
            .unwrap_err()
            .message
            .contains("trugrade.template/9")
    );
    assert!(Template::parse(&text[..text.len() / 2]).is_err());
    let mut broken = template.clone();
    broken.anchors[2].codes.truncate(100);
    let error = broken.check().unwrap_err();
    assert_eq!(error.code, ErrorCode::ValueInvalid);
    assert!(error.field.unwrap().contains("codes"));
    let mut wild = template;
    wild.reference.shift_mm[1] = f64::NAN;
    assert_eq!(wild.check().unwrap_err().field.as_deref(), Some("reference.shiftMm"));
}

#[test]
fn a_raised_flag_stops_the_match() {
    let (design, shot) = (Design::new(21, SIZE), Shot::default());
    let template = teach("first", &design, &shot);
    let plane = shoot(&design, &shot);
    let cut = cut_of(&plane, &shot);
    let cancel = Cancel::new();
    cancel.cancel();
    let error = match_template(&PlaneSource(&plane), &cut, &template, None, &cancel).unwrap_err();
    assert_eq!(error.code, ErrorCode::Cancelled);
}
