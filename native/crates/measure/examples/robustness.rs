//! Random hard cards per category with known widths: found, measured, refused, wrong. One JSON object a line.
//!
//! `cargo run --release -p measure --example robustness -- [CARDS_PER_CATEGORY] [CATEGORY]`
#[path = "../tests/common/mod.rs"]
mod common;

use common::Noise;
use common::categories::CATEGORIES;
use common::tally::Tally;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(8, |n| n.parse().expect("a number of cards"));
    let only = arguments.next();
    for (number, (name, make)) in CATEGORIES.iter().enumerate() {
        if only.as_ref().is_some_and(|o| o != name) {
            continue;
        }
        let mut tally = Tally::default();
        for index in 0..count {
            let mut random = Noise(1_000 * number as u64 + index);
            tally.add(index, &make(&mut random));
        }
        println!("{}", tally.line(name));
    }
}
