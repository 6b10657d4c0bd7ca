//! Stains, print dots and print lines of known place and size are found and told from relief.

use crate::card::{Scene, busy_print, groove, list, middle, of};
use surface::DefectKind::{Crease, PrintDot, PrintLine, Scratch, Stain};

/// Plain ground with a soft stain, a dot and a line.
fn marked(p: [f64; 2]) -> [f64; 3] {
    let mut c = [0.5, 0.45, 0.4];
    let d = (p[0] + 12.0).hypot(p[1] + 20.0);
    let stain = 1.0 - 0.2 / (1.0 + ((d - 2.0) / 0.15).exp());
    if (p[0] - 15.0).hypot(p[1] + 15.0) < 0.25 {
        c = [0.85, 0.84, 0.82];
    }
    let (s, k) = 0.3f64.sin_cos();
    let (along, across) = (
        s * (p[0] - 5.0) + k * (p[1] - 20.0),
        k * (p[0] - 5.0) - s * (p[1] - 20.0),
    );
    if across.abs() < 0.06 && along.abs() < 7.0 {
        c = [0.8, 0.79, 0.77];
    }
    c.map(|v| v * stain)
}

#[test]
fn a_stain_a_dot_and_a_line_are_told_apart_and_sized() {
    for seed in 1..=3 {
        let c = Scene {
            print: Box::new(marked),
            turn_deg: 1.5 - seed as f64,
            ..Scene::default()
        }
        .read(seed);
        assert_eq!(c.defects.len(), 3, "{}", list(&c));
        let stain = of(&c, Stain)[0];
        let at = middle(stain);
        assert!((at[0] + 12.0).hypot(at[1] + 20.0) < 0.15, "{at:?}");
        assert!(
            (stain.area_mm2 / (4.0 * std::f64::consts::PI) - 1.0).abs() < 0.25,
            "{}",
            stain.area_mm2
        );
        let dot = of(&c, PrintDot)[0];
        let at = middle(dot);
        assert!((at[0] - 15.0).hypot(at[1] + 15.0) < 0.1, "{at:?}");
        assert!((dot.length_mm - 0.5).abs() < 0.2, "{}", dot.length_mm);
        let line = of(&c, PrintLine)[0];
        assert!(
            (line.length_mm - 14.0).abs() < 0.4 && line.width_mm < 0.3,
            "{}",
            list(&c)
        );
        assert!(
            c.defects
                .iter()
                .all(|d| d.depth_mm.is_none() && d.evidence.maps == ["albedo"])
        );
    }
}

#[test]
fn ink_broken_along_a_fold_belongs_to_the_fold() {
    let ends = ([-15.0, 10.0], [10.0, 16.0]);
    let slope = move |p: [f64; 2]| groove(p, ends.0, ends.1, -0.04, 0.2);
    let print = move |p: [f64; 2]| {
        let g = groove(p, ends.0, ends.1, -1.0, 0.1);
        if g[0].hypot(g[1]) > 2.0 {
            [0.8, 0.8, 0.78]
        } else {
            [0.3, 0.3, 0.5]
        }
    };
    let c = Scene {
        slope: Box::new(slope),
        print: Box::new(print),
        ..Scene::default()
    }
    .read(5);
    assert_eq!(c.defects.len(), 1, "{}", list(&c));
    assert_eq!(of(&c, Crease).len(), 1, "{}", list(&c));
}

#[test]
fn lettering_and_art_are_not_marks() {
    for seed in 1..=3 {
        let c = Scene {
            print: Box::new(busy_print),
            ..Scene::default()
        }
        .read(40 + seed);
        assert!(c.defects.is_empty(), "{}", list(&c));
    }
}

#[test]
fn a_scratch_that_also_changes_the_print_is_one_scratch() {
    let ends = ([-10.0, -5.0], [4.0, 3.0]);
    let slope = move |p: [f64; 2]| groove(p, ends.0, ends.1, 0.012, 0.06);
    let print = move |p: [f64; 2]| {
        let g = groove(p, ends.0, ends.1, 1.0, 0.05);
        if g[0].hypot(g[1]) > 3.0 {
            [0.7, 0.7, 0.68]
        } else {
            [0.4, 0.4, 0.5]
        }
    };
    let c = Scene {
        slope: Box::new(slope),
        print: Box::new(print),
        ..Scene::default()
    }
    .read(6);
    assert_eq!(c.defects.len(), 1, "{}", list(&c));
    assert_eq!(of(&c, Scratch).len(), 1, "{}", list(&c));
}

#[test]
fn a_rule_and_bars_of_the_design_are_not_print_lines() {
    let print = |p: [f64; 2]| {
        let rule = (p[1] - 5.0).abs() < 0.08 && p[0].abs() < 22.0;
        let bar = (p[0] - 3.0).abs() < 4.0 && (p[1] - 20.0).abs() < 0.5;
        if rule || bar { [0.1; 3] } else { [0.6, 0.6, 0.5] }
    };
    let c = Scene {
        print: Box::new(print),
        ..Scene::default()
    }
    .read(9);
    assert!(c.defects.is_empty(), "{}", list(&c));
}
