//! Learning a design and recognising it among others.

use crate::draw::{Design, SIZE, Shot, cut_of, identity, shoot, teach};
use imaging::{Cancel, PlaneSource};
use register::{Cells, Gallery, Template, check_anchors, learn, propose, recognise};

#[test]
fn proposed_anchors_are_spread_and_do_not_overlap() {
    let (shot, cancel) = (Shot::default(), Cancel::new());
    let plane = shoot(&Design::new(41, SIZE), &shot);
    let cut = cut_of(&plane, &shot);
    let anchors = propose(&PlaneSource(&plane), &cut, &cancel).unwrap();
    assert!(anchors.len() >= 20, "{}", anchors.len());
    for (i, a) in anchors.iter().enumerate() {
        assert!(cut.holds(a.at_mm, 0.5 * a.side_mm + 0.9));
        for b in &anchors[..i] {
            let apart = (a.at_mm[0] - b.at_mm[0]).abs().max((a.at_mm[1] - b.at_mm[1]).abs());
            assert!(apart >= a.side_mm);
        }
    }
    for quarter in [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]] {
        assert!(
            anchors
                .iter()
                .filter(|a| a.at_mm[0] * quarter[0] > 0.0 && a.at_mm[1] * quarter[1] > 0.0)
                .count()
                >= 3
        );
    }
}

#[test]
fn a_plain_card_gives_no_template() {
    let (shot, cancel) = (
        Shot {
            gain: 0.0,
            veil: 0.4,
            ..Shot::default()
        },
        Cancel::new(),
    );
    let plane = shoot(&Design::new(41, SIZE), &shot);
    let cut = cut_of(&plane, &shot);
    let error = propose(&PlaneSource(&plane), &cut, &cancel).unwrap_err();
    assert!(error.message.contains("structure"), "{error}");
}

#[test]
fn anchors_chosen_by_hand_are_judged() {
    let (shot, cancel) = (Shot::default(), Cancel::new());
    let plane = shoot(&Design::new(41, SIZE), &shot);
    let cut = cut_of(&plane, &shot);
    let src = PlaneSource(&plane);
    let good: Vec<[f64; 2]> = propose(&src, &cut, &cancel).unwrap().iter().map(|a| a.at_mm).collect();
    let judged = check_anchors(&src, &cut, &[good[0], [11.5, 0.0], [f64::NAN, 0.0]], &cancel).unwrap();
    assert!(judged[0].problem.is_none());
    assert!(judged[1].problem.as_deref().unwrap().contains("cut"));
    assert!(judged[2].problem.is_some());
    let few = learn(&src, &cut, &good[..4], &identity("x"), &cancel).unwrap_err();
    assert_eq!(few.field.as_deref(), Some("anchors"));
    let mut corner: Vec<[f64; 2]> = good.iter().copied().filter(|p| p[1] < -5.0).collect();
    corner.truncate(8);
    let narrow = learn(&src, &cut, &corner, &identity("x"), &cancel).unwrap_err();
    assert!(narrow.message.contains("cover only"), "{narrow}");
}

#[test]
fn a_card_is_recognised_among_twelve_designs_either_way_up() {
    let cancel = Cancel::new();
    let coarse = Shot {
        pitch: 0.1,
        ..Shot::default()
    };
    let templates: Vec<Template> = (0..20)
        .map(|i| teach(&format!("d{i}"), &Design::new(60 + i, SIZE), &coarse))
        .collect();
    let mut gallery = Gallery::default();
    templates.iter().for_each(|t| gallery.add(t).unwrap());
    for (i, rotation_deg) in [(3, 0.4), (11, -1.0), (8, 0.4)] {
        let shot = Shot {
            shift: [0.6, -0.5],
            turn_deg: 0.3,
            rotation_deg,
            seed: 8,
            ..coarse.clone()
        };
        let plane = shoot(&Design::new(60 + i as u64, SIZE), &shot);
        let cut = cut_of(&plane, &shot);
        let upright = Cells::read(&PlaneSource(&plane), &cut, 0.25, &cancel).unwrap();
        let best = recognise(&gallery, &upright, 5);
        assert_eq!((best[0].index, best[0].upside_down), (i, false));
        let turned = Cells::read(&PlaneSource(&plane), &cut.upside_down(), 0.25, &cancel).unwrap();
        let best = recognise(&gallery, &turned, 5);
        assert_eq!((best[0].index, best[0].upside_down), (i, true));
    }
}
