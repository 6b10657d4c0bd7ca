//! Stains and missing ink on a print that is nowhere plain are found, and designs that look like them are not.

use crate::card::{Scene, list, middle, of};
use surface::DefectKind::{PrintDot, PrintLine, Stain};

/// Waves and stripes of several colours: no plain area anywhere.
fn art(p: [f64; 2]) -> [f64; 3] {
    let wave = 0.5 + 0.5 * (0.9 * p[0] + 1.6 * (0.35 * p[1]).sin()).sin();
    let stripe = if (0.31 * p[0] - 0.42 * p[1]).rem_euclid(2.0) < 0.8 {
        0.85
    } else {
        1.0
    };
    [0.22 + 0.12 * wave, 0.30 + 0.10 * wave, 0.45 - 0.10 * wave].map(|v| v * stripe)
}

/// White paper of a border around the art, so that the reading knows the paper.
fn bordered(p: [f64; 2]) -> [f64; 3] {
    if p[0].abs() > 28.0 || p[1].abs() > 40.0 {
        [0.9, 0.88, 0.82]
    } else {
        art(p)
    }
}

/// Light that a layer of so many absorbances lets through, by channel.
fn through(absorbed: [f64; 3], share: f64) -> [f64; 3] {
    absorbed.map(|a| (-a * share).exp())
}

/// An uneven outline of this mean radius: how far inside a point lies, mm.
fn inside(p: [f64; 2], at: [f64; 2], radius: f64) -> f64 {
    let (x, y) = (p[0] - at[0], p[1] - at[1]);
    let turn = y.atan2(x);
    radius * (1.0 + 0.1 * (2.0 * turn + 0.5).sin() + 0.06 * (5.0 * turn).cos()) - x.hypot(y)
}

fn filtered(c: [f64; 3], absorbed: [f64; 3], depth: f64) -> [f64; 3] {
    let share = 1.0 / (1.0 + (-depth / 0.04).exp());
    let t = through(absorbed, share);
    [0, 1, 2].map(|k| c[k] * t[k])
}

#[test]
fn a_brown_stain_is_found_across_the_design() {
    for (seed, at) in [(1, [-9.0, 12.0]), (2, [10.0, -14.0]), (3, [3.0, 25.0])] {
        let c = Scene {
            print: Box::new(move |p| filtered(bordered(p), [0.16, 0.31, 0.52], inside(p, at, 2.2))),
            ..Scene::default()
        }
        .read(seed);
        let stains = of(&c, Stain);
        assert_eq!(stains.len(), 1, "{}", list(&c));
        let found = middle(stains[0]);
        assert!((found[0] - at[0]).hypot(found[1] - at[1]) < 0.3, "{found:?}");
        let area = std::f64::consts::PI * 2.2 * 2.2;
        assert!((stains[0].area_mm2 / area - 1.0).abs() < 0.25, "{}", stains[0].area_mm2);
        assert!(stains[0].confidence > 0.5, "{}", list(&c));
    }
}

#[test]
fn a_patch_of_opaque_ink_and_a_soft_shade_of_the_design_are_no_stains() {
    let opaque = |p: [f64; 2]| {
        if inside(p, [-9.0, 12.0], 2.2) > 0.0 {
            [0.30, 0.20, 0.10]
        } else {
            bordered(p)
        }
    };
    // The same tint as a stain's, but it comes on over a millimetre.
    let shade = |p: [f64; 2]| filtered(bordered(p), [0.16, 0.31, 0.52], 0.06 * inside(p, [10.0, -14.0], 3.0));
    for print in [&opaque as &dyn Fn([f64; 2]) -> [f64; 3], &shade] {
        let c = Scene {
            print: Box::new(print),
            ..Scene::default()
        }
        .read(4);
        assert!(of(&c, Stain).iter().all(|d| d.confidence < 0.75), "{}", list(&c));
    }
}

#[test]
fn a_round_spot_of_missing_ink_is_found_on_art_and_an_oblong_highlight_is_not() {
    let paper = [0.89, 0.86, 0.79];
    let spot = move |p: [f64; 2]| {
        let c = bordered(p);
        let share = if (p[0] + 7.0).hypot(p[1] - 9.0) < 0.3 { 0.8 } else { 0.0 };
        [0, 1, 2].map(|k| c[k] + share * (paper[k] - c[k]))
    };
    let highlight = move |p: [f64; 2]| {
        if ((p[0] + 7.0) / 0.55).hypot((p[1] - 9.0) / 0.22) < 1.0 {
            paper
        } else {
            bordered(p)
        }
    };
    let c = Scene {
        print: Box::new(spot),
        ..Scene::default()
    }
    .read(5);
    let dots = of(&c, PrintDot);
    assert_eq!(dots.len(), 1, "{}", list(&c));
    let at = middle(dots[0]);
    assert!((at[0] + 7.0).hypot(at[1] - 9.0) < 0.08, "{at:?}");
    assert!(
        (dots[0].length_mm - 0.6).abs() < 0.12 && dots[0].confidence > 0.75,
        "{}",
        list(&c)
    );
    let c = Scene {
        print: Box::new(highlight),
        ..Scene::default()
    }
    .read(6);
    assert!(of(&c, PrintDot).iter().all(|d| d.confidence < 0.75), "{}", list(&c));
}

#[test]
fn a_streak_is_one_line_through_gaps_where_it_does_not_show() {
    let ends = [[-12.0f64, -6.0f64], [4.0, 5.0]];
    let along = [ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]];
    let length = along[0].hypot(along[1]);
    let [ux, uy] = along.map(|v| v / length);
    let print = move |p: [f64; 2]| {
        let d = [p[0] - ends[0][0], p[1] - ends[0][1]];
        let (t, off) = (d[0] * ux + d[1] * uy, d[1] * ux - d[0] * uy);
        // Two bars of bare paper cross its way; on them it cannot be seen.
        let paper = [0.9, 0.88, 0.82];
        let bar = (t - 6.0).abs() < 0.7 || (t - 13.0).abs() < 0.7;
        let c = if bar && off.abs() < 6.0 { paper } else { bordered(p) };
        let share = if (0.0..length).contains(&t) && off.abs() < 0.06 {
            0.8
        } else {
            0.0
        };
        [0, 1, 2].map(|k| c[k] + share * (paper[k] - c[k]))
    };
    let c = Scene {
        print: Box::new(print),
        ..Scene::default()
    }
    .read(7);
    let lines = of(&c, PrintLine);
    assert_eq!(lines.len(), 1, "{}", list(&c));
    // Longer than the longest stretch between two bars.
    assert!((11.0..length + 0.3).contains(&lines[0].length_mm), "{}", list(&c));
    assert!(lines[0].confidence > 0.75, "{}", list(&c));
}
