//! Relief at the rim against analytic surfaces: lifted corners, parting layers, a rough cut; and embossed stock.

use crate::card::{RADIUS, SIZE, Scene, groove, inside, list, of, pit, render};
use surface::DefectKind::{Dent, Scratch};

/// Distance along the diagonal of the top right corner at which its bend starts, mm from the ideal corner.
const BEND: f64 = 7.0;

/// How far a point lies past the bend of the top right corner, mm.
fn past_bend(p: [f64; 2]) -> f64 {
    let off = (0.5 * SIZE[0] - p[0]) + (p[1] + 0.5 * SIZE[1]);
    (BEND - off * std::f64::consts::FRAC_1_SQRT_2).max(0.0)
}

/// Slope of a corner that rises as `height (s / BEND)^2`, `s` running from the bend to the ideal corner.
fn bent(p: [f64; 2], height: f64) -> [f64; 2] {
    let rise = 2.0 * height * past_bend(p) / (BEND * BEND) * std::f64::consts::FRAC_1_SQRT_2;
    [rise, -rise]
}

/// Height of the rounded outline's outermost point.
fn tip_height(height: f64) -> f64 {
    let inset = RADIUS * (1.0 - std::f64::consts::FRAC_1_SQRT_2);
    height * (past_bend([0.5 * SIZE[0] - inset, inset - 0.5 * SIZE[1]]) / BEND).powi(2)
}

#[test]
fn the_lift_of_a_corner_is_read_within_a_quarter() {
    for height in [0.2, -0.4] {
        let slope = move |p: [f64; 2]| bent(p, height);
        let c = Scene::with_slope(slope).read(11);
        let want = tip_height(height);
        let got = c.corners.top_right.lift_mm.unwrap();
        // The bow that is taken out first takes a part of so wide a bend with it.
        assert!((0.78..1.05).contains(&(got / want)), "{got} for {want}");
        for other in [&c.corners.top_left, &c.corners.bottom_left, &c.corners.bottom_right] {
            let lift = other.lift_mm.unwrap();
            // The bow that took part of the bend leaves a little of it elsewhere.
            assert!(lift.abs() < 0.05 * height.abs(), "{lift}");
        }
    }
}

#[test]
fn a_corner_under_foil_has_no_lift() {
    let residual = |p: [f64; 2]| if p[1] < -25.0 { 0.2 } else { 0.005 };
    let c = Scene {
        residual: Box::new(residual),
        ..Scene::default()
    }
    .read(12);
    assert_eq!(c.corners.top_left.lift_mm, None);
    assert_eq!(c.edges.top.layering_mm, None);
    assert!(c.corners.bottom_left.lift_mm.is_some());
}

#[test]
fn parting_layers_are_measured_along_the_edge() {
    // The right edge rises by 60 um over its last millimetre, along 12 mm.
    let slope = |p: [f64; 2]| {
        let depth = 0.5 * SIZE[0] - p[0];
        if depth < 1.0 && (p[1] + 8.0).abs() < 6.0 {
            [2.0 * 0.06 * (1.0 - depth), 0.0]
        } else {
            [0.0; 2]
        }
    };
    let c = Scene::with_slope(slope).read(13);
    let got = c.edges.right.layering_mm.unwrap();
    assert!((got - 12.0).abs() < 1.0, "{got}");
    for other in [&c.edges.left, &c.edges.top, &c.edges.bottom] {
        assert_eq!(other.layering_mm, Some(0.0));
    }
}

#[test]
fn a_rough_stretch_of_the_cut_is_measured_by_its_length() {
    // Teeth of 0.7 mm and 0.06 mm (42 um rms) along 15 mm of the left edge.
    let missing = |p: [f64; 2]| {
        let tooth = 0.03 + 0.06 * (std::f64::consts::TAU * p[1] / 0.7).sin();
        p[0] < 0.0 && (p[1] - 5.0).abs() < 7.5 && inside(p, RADIUS) < tooth
    };
    let c = Scene {
        missing: Box::new(missing),
        ..Scene::default()
    }
    .read(14);
    let got = c.edges.left.rough_mm;
    assert!((got - 15.0).abs() < 1.5, "{got}");
    assert_eq!(c.edges.right.rough_mm, 0.0);
}

#[test]
fn faint_scratches_on_linen_stock_are_found_and_the_linen_is_not() {
    // 4 um deep linen of 0.5 mm along the card's axes, and a scratch of 5 um x 60 um as a lens shows it.
    let k = std::f64::consts::TAU / 0.5;
    let optics = (0.8f64 * 0.04).hypot(0.04 / 12f64.sqrt());
    let sigma = 0.015f64.hypot(optics);
    let depth = 0.005 * 0.015 / sigma;
    let scratches = [
        ([-18.0, -20.0], [-12.0, -16.0]),
        ([5.0, 10.0], [13.0, 9.0]),
        ([10.0, -30.0], [12.0, -22.0]),
    ];
    let slope = |p: [f64; 2]| {
        let linen = 0.5 * 0.004 * k;
        let woven = [
            linen * (k * p[0]).cos() * (k * p[1]).sin(),
            linen * (k * p[0]).sin() * (k * p[1]).cos(),
        ];
        scratches.iter().fold(woven, |s, &(a, b)| {
            let g = groove(p, a, b, depth, sigma);
            [s[0] + g[0], s[1] + g[1]]
        })
    };
    let c = Scene::with_slope(slope).read(15);
    assert_eq!(of(&c, Scratch).len(), scratches.len(), "{}", list(&c));
    assert_eq!(c.defects.len(), scratches.len(), "{}", list(&c));
    assert!(c.notes.iter().any(|n| n.contains("embossed")), "{:?}", c.notes);
}

#[test]
fn dents_in_varnished_linen_stock_keep_their_depth() {
    // The linen is several times the frames' noise: left in, it hides how much steeper the varnish makes all relief.
    let k = std::f64::consts::TAU / 0.5;
    let tone = |p: [f64; 2]| {
        if (p[0] / 7.0).floor().rem_euclid(2.0) < 1.0 {
            0.45
        } else {
            0.6
        }
    };
    let (gain, rate) = (0.05, 0.5 * (1.0 / 600.0 + std::f64::consts::FRAC_1_SQRT_2 / 300.0));
    let dents = [[-24.5, -36.0], [24.5, -36.0], [24.5, 36.0], [-24.5, 36.0], [3.5, 0.0]];
    let slope = |p: [f64; 2]| {
        let linen = 0.5 * 0.02 * k;
        let woven = [
            linen * (k * p[0]).cos() * (k * p[1]).sin(),
            linen * (k * p[0]).sin() * (k * p[1]).cos(),
        ];
        let relief = dents.iter().fold(woven, |s, &at| {
            let g = pit(p, at, 0.03, 0.4);
            [s[0] + g[0], s[1] + g[1]]
        });
        let steeper = 1.0 + gain / tone(p);
        [0, 1].map(|axis| relief[axis] * steeper - gain * rate * p[axis] / tone(p))
    };
    for seed in [16, 17] {
        let scene = Scene {
            slope: Box::new(slope),
            print: Box::new(|p| [tone(p); 3]),
            noise_deg: 0.2,
            turn_deg: 0.0,
            ..Scene::default()
        };
        let mut maps = render(&scene, seed);
        maps.card.rig.view_distance_mm = Some(600.0);
        maps.card.rig.light_distance_mm = Some(300.0);
        let c = maps.read();
        let found = of(&c, Dent);
        assert_eq!(found.len(), dents.len(), "{}", list(&c));
        for d in found {
            let depth = d.depth_mm.unwrap();
            assert!((depth / 0.030 - 1.0).abs() < 0.03, "{seed}: {depth}\n{}", list(&c));
        }
    }
}
