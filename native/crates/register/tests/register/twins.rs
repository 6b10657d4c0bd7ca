//! Designs that are the same but for a detail: the card's own is chosen, and none where nothing tells them apart.

use crate::draw::{Design, SIZE, Shot, cut_of, shoot, teach};
use imaging::{Cancel, PlaneSource};
use register::{Cells, Identified, SEARCH_CELL_MM, Template, identify};

/// The card of a shot among templates whose overviews are said to be alike.
fn seen(design: &Design, shot: &Shot, templates: &[&Template]) -> Identified {
    let plane = shoot(design, shot);
    let (source, cut, cancel) = (PlaneSource(&plane), cut_of(&plane, shot), Cancel::new());
    let cells = Cells::read(&source, &cut, SEARCH_CELL_MM, &cancel).unwrap();
    let likely: Vec<(&Template, f64)> = templates.iter().map(|t| (*t, 0.9)).collect();
    identify(&source, &cut, &likely, &cells, &cancel).unwrap()
}

fn shots() -> impl Iterator<Item = Shot> {
    (40..46u32).map(|seed| Shot {
        shift: [0.05 * f64::from(seed % 7) - 0.2, 0.04 * f64::from(seed % 5) - 0.1],
        turn_deg: 0.1 * f64::from(seed % 3) - 0.1,
        gain: 1.0 - 0.05 * f64::from(seed % 4),
        seed: u64::from(seed),
        ..Shot::default()
    })
}

#[test]
fn the_twin_whose_detail_the_card_shows_is_chosen_whatever_the_order() {
    let one = Design::new(61, SIZE);
    let other = one.but_for([4.0, -6.0], 4.5);
    let another = Shot {
        seed: 9,
        offset: [0.31, 0.07],
        ..Shot::default()
    };
    let (first, second) = (teach("one", &one, &Shot::default()), teach("other", &other, &another));
    for shot in shots() {
        for (design, template) in [(&one, &first), (&other, &second)] {
            for order in [[&first, &second], [&second, &first]] {
                let got = seen(design, &shot, &order);
                let index = got.index.unwrap_or_else(|| panic!("undecided: {:?}", got.undecided));
                assert_eq!(order[index].name, template.name);
                assert!(got.undecided.is_empty() && got.print.is_some());
            }
        }
    }
}

#[test]
fn one_design_taught_twice_is_not_decided_by_chance() {
    let design = Design::new(61, SIZE);
    let templates = [3, 4].map(|seed| {
        let shot = Shot {
            seed,
            offset: [0.1 * seed as f64, -0.2],
            ..Shot::default()
        };
        teach("design", &design, &shot)
    });
    for shot in shots() {
        let mut got = seen(&design, &shot, &[&templates[0], &templates[1]]);
        got.undecided.sort_unstable();
        assert_eq!(got.undecided, [0, 1]);
        assert!(got.index.is_none() && got.print.is_none());
    }
}

#[test]
fn a_card_of_another_design_is_none_of_them() {
    let template = teach("one", &Design::new(61, SIZE), &Shot::default());
    let got = seen(&Design::new(62, SIZE), &Shot::default(), &[&template]);
    assert!(got.index.is_none() && got.undecided.is_empty());
}
