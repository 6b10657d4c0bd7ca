//! One random card of every hard category: found, no width off by more than a tenth of a millimetre, few refused.

mod common;

use common::Noise;
use common::categories::CATEGORIES;
use common::scene::{HardCard, Sheet};
use common::tally::Tally;
use imaging::{Cancel, Encoding, RasterSource};
use measure::{MeasureOptions, measure};

/// Least share of the drawn widths that has to be measured; everything else may be refused, with a reason.
fn least_measured(category: &str) -> f64 {
    match category {
        "low-contrast border" | "screened border, 133 to 200 lpi" => 0.0,
        "one to three sides" | "bowed edges" => 0.7,
        _ => 0.9,
    }
}

#[test]
fn a_card_of_every_hard_category_is_found_and_none_of_its_widths_is_wrong() {
    for (number, (name, make)) in CATEGORIES.iter().enumerate() {
        let mut tally = Tally::default();
        tally.add(0, &make(&mut Noise(77_000 + number as u64)));
        println!("{}", tally.line(name));
        assert_eq!(tally.found, 1, "{name}: {:?}", tally.reasons);
        assert_eq!(tally.wrong, 0, "{name}: {:?}", tally.notes);
        let least = least_measured(name) * tally.drawn as f64;
        assert!(
            tally.measured as f64 >= least,
            "{name}: {} of {}",
            tally.measured,
            tally.drawn
        );
        assert!(
            tally.drawn > 0 || tally.measured == 0,
            "{name}: widths where none were drawn"
        );
    }
}

#[test]
fn the_die_of_the_corners_is_read_and_a_radius_of_no_die_stays_free() {
    for (radius, nominal) in [(0.0, Some(0.0)), (3.0, Some(3.0)), (3.175, Some(3.175)), (2.5, None)] {
        for (pitch, angle_deg) in [(0.04, 0.3), (0.0423, -2.1)] {
            let card = HardCard {
                radius,
                angle_deg,
                ..HardCard::default()
            };
            let raster = Sheet::of(card, pitch).raster16();
            let options = MeasureOptions {
                pixel_pitch_mm: Some(pitch),
                ..MeasureOptions::default()
            };
            let source = RasterSource::new(&raster, Encoding::Linear);
            let measured = measure(&source, &options, &Cancel::new()).expect("a card");
            let corner = measured.corner_radius.expect("a radius");
            println!("{radius} mm at {pitch}: {corner:?}");
            assert!(
                (corner.radius_mm - radius).abs() <= corner.uncertainty_mm,
                "{radius} {corner:?}"
            );
            assert_eq!(corner.nominal_mm, nominal, "{radius} {corner:?}");
        }
    }
}

#[test]
fn borders_are_in_question_where_no_corner_of_a_frame_is_seen() {
    for (borders, asked) in [
        ([None, None, Some(3.0), Some(4.0)], [false, false, true, true]),
        ([Some(3.0), None, None, None], [true, false, false, false]),
        ([Some(3.0), None, Some(3.5), None], [false; 4]),
        ([Some(3.0), Some(3.0), Some(3.5), None], [false; 4]),
        ([Some(3.0); 4], [false; 4]),
    ] {
        let card = HardCard {
            borders,
            ..HardCard::default()
        };
        let raster = Sheet::of(card, 0.05).raster16();
        let options = MeasureOptions {
            pixel_pitch_mm: Some(0.05),
            ..MeasureOptions::default()
        };
        let source = RasterSource::new(&raster, Encoding::Linear);
        let measured = measure(&source, &options, &Cancel::new()).expect("a card");
        let found: Vec<bool> = measured.sides.iter().map(|s| s.in_question).collect();
        assert_eq!(found, asked, "{borders:?}");
        let drawn: Vec<bool> = borders.iter().map(Option::is_some).collect();
        let seen: Vec<bool> = measured.sides.iter().map(|s| s.measured > 0).collect();
        assert_eq!(seen, drawn, "{borders:?}");
    }
}
