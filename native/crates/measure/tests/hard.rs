//! One random card of every hard category: found, no width off by more than a tenth of a millimetre, few refused.

mod common;

use common::Noise;
use common::categories::CATEGORIES;
use common::tally::Tally;

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
