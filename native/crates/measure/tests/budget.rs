//! The budget calculator against a worked template and published examples.

use measure::{Distribution, Group, Source, Term, Unit, combine, coverage_factor};
use std::path::PathBuf;

/// A file of the shared data; `None`, said aloud, where the folder is not there.
fn shared(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/data")
        .join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("SKIPPED: {} is not there", path.display());
    }
    text
}

/// Fields of a CSV line; the template quotes those with commas.
fn fields(line: &str) -> Vec<String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            _ => all.last_mut().expect("one field at least").push(c),
        }
    }
    all
}

/// Name of an instrument, and its lines: standard uncertainty and degrees of freedom.
type Instrument = (String, Vec<(f64, Option<f64>)>);

#[test]
fn every_line_of_the_worked_template_is_reproduced() {
    let Some(csv) = shared("uncertainty_budget_template.csv") else {
        return;
    };
    let mut by_instrument: Vec<Instrument> = Vec::new();
    let mut lines = 0;
    for line in csv.lines().skip(1).filter(|l| !l.is_empty()) {
        let f = fields(line);
        let number = |i: usize| f[i].parse::<f64>().unwrap_or_else(|_| panic!("{line}: field {i}"));
        let distribution = match f[5].as_str() {
            "normal" | "normal k=2" => Distribution::Normal,
            "rectangular" => Distribution::Rectangular,
            "triangular" => Distribution::Triangular,
            "U-shaped/arcsine" => Distribution::UShaped,
            other => panic!("{other}"),
        };
        let term = Term {
            id: f[2].clone(),
            half_width: number(4),
            unit: Unit::Mm,
            distribution,
            coverage: if distribution == Distribution::Normal {
                number(6)
            } else {
                1.0
            },
            sensitivity: number(7),
            freedom: None,
            source: Source::Assumption,
            group: Group::Instrument,
        };
        assert!((term.divisor() - number(6)).abs() < 1e-12, "{line}");
        // The template prints four decimals.
        assert!(
            (term.standard() - number(9)).abs() < 6e-5,
            "{line}: {}",
            term.standard()
        );
        let name = format!("{} um, {}", f[0], f[1]);
        if by_instrument.last().is_none_or(|(last, _)| *last != name) {
            by_instrument.push((name, Vec::new()));
        }
        by_instrument
            .last_mut()
            .expect("just pushed")
            .1
            .push((term.standard(), None));
        lines += 1;
    }
    assert_eq!(lines, 128);
    assert_eq!(by_instrument.len(), 8);
    for (name, parts) in &by_instrument {
        // Expanded uncertainty of the worked budgets: 16 to 17 um at every pitch.
        let expanded = 2.0 * combine(parts).standard;
        println!("{name}: U = {expanded:.2} um");
        assert!((16.0..=18.0).contains(&expanded), "{name}: {expanded}");
    }
}

#[test]
fn the_golden_examples_of_the_gum_are_reproduced() {
    let Some(text) = shared("stats_golden.json") else {
        return;
    };
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    let number = |v: &serde_json::Value| v.as_f64().unwrap();
    let d2 = &golden["gum_tn1297_D2"];
    let parts: Vec<(f64, Option<f64>)> = d2["components_nm"]
        .as_object()
        .unwrap()
        .values()
        .map(|u| (number(u), None))
        .collect();
    assert!((combine(&parts).standard - number(&d2["uc_nm"])).abs() < 1e-9);
    let h1 = &golden["gum_H1_welch_satterthwaite"];
    let list = |name: &str| -> Vec<f64> { h1[name].as_array().unwrap().iter().map(number).collect() };
    let parts: Vec<(f64, Option<f64>)> = list("u_nm")
        .into_iter()
        .zip(list("dof").into_iter().map(Some))
        .collect();
    let all = combine(&parts);
    let freedom = all.freedom.unwrap();
    assert!((all.standard - number(&h1["uc_nm"])).abs() < 1e-9);
    assert!((freedom - number(&h1["nu_eff"])).abs() < 1e-9);
    // The file's factor is for the degrees of freedom rounded down, as JCGM 100, G.4.1 asks.
    let factor = coverage_factor(0.99, freedom.floor());
    assert!((factor - number(&h1["k99"])).abs() < 1e-6, "{factor}");
    // The file multiplies by uc rounded to a whole nanometre.
    assert!((factor * all.standard.round() - number(&h1["U99_nm"])).abs() < 1e-3);
}
