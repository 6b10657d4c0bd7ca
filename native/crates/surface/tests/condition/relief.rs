//! Scratches, dents and creases of known shape are found, named and measured; clean cards are clean.

use crate::card::{Scene, busy_print, groove, list, middle, of, pit};
use surface::DefectKind::{Crease, Dent, Scratch};

#[test]
fn a_clean_card_with_busy_print_has_no_findings() {
    for seed in 1..=5 {
        let scene = Scene {
            print: Box::new(busy_print),
            turn_deg: 0.4 * seed as f64 - 1.0,
            ..Scene::default()
        };
        let c = scene.read(seed);
        assert!(c.defects.is_empty(), "seed {seed}:\n{}", list(&c));
        assert!(c.judged_fraction > 0.95 && c.foil_fraction == 0.0);
    }
}

#[test]
fn dents_of_known_depth_are_found_and_measured() {
    let truth = [
        ([-18.0, -25.0], 0.020, 0.15),
        ([14.0, -20.0], 0.020, 0.3),
        ([-10.0, 5.0], 0.035, 0.5),
        ([18.0, 15.0], 0.050, 0.8),
        ([-5.0, 30.0], -0.030, 0.4),
        ([20.0, 34.0], 0.010, 0.2),
    ];
    let slope = |p: [f64; 2]| {
        truth.iter().fold([0.0; 2], |s, t| {
            let g = pit(p, t.0, t.1, t.2);
            [s[0] + g[0], s[1] + g[1]]
        })
    };
    let c = Scene {
        slope: Box::new(slope),
        print: Box::new(busy_print),
        ..Scene::default()
    }
    .read(11);
    println!("{}", list(&c));
    assert_eq!(c.defects.len(), truth.len(), "{}", list(&c));
    for (at, depth, sigma) in truth {
        let near = |d: &&&surface::Defect| (middle(d)[0] - at[0]).hypot(middle(d)[1] - at[1]) < 0.15;
        let dents = of(&c, Dent);
        let d = dents
            .iter()
            .find(near)
            .unwrap_or_else(|| panic!("no dent at {at:?}\n{}", list(&c)));
        let got = d.depth_mm.unwrap();
        assert!(
            (got / depth - 1.0).abs() < 0.1,
            "depth {got} for {depth} (sigma {sigma})"
        );
        // The outline is the contour at a fifth of the depth: radius sigma sqrt(2 ln 5).
        let diameter = 2.0 * sigma * (2.0 * 5f64.ln()).sqrt();
        assert!(
            (d.length_mm / diameter - 1.0).abs() < 0.25,
            "length {} for {diameter}",
            d.length_mm
        );
    }
}

#[test]
fn scratches_at_any_angle_are_found_and_measured() {
    let truth: [([f64; 2], [f64; 2], f64, f64); 6] = [
        ([-20.0, -30.0], [-12.0, -30.0], 0.010, 0.085),
        ([5.0, -35.0], [11.0, -25.0], 0.012, 0.085),
        ([-22.0, -10.0], [-22.0, 2.0], 0.015, 0.09),
        ([10.0, 0.0], [16.0, 6.0], 0.010, 0.09),
        ([-15.0, 20.0], [-5.0, 17.0], 0.020, 0.085),
        ([10.0, 30.0], [13.0, 37.0], 0.010, 0.085),
    ];
    let slope = |p: [f64; 2]| {
        truth.iter().fold([0.0; 2], |s, t| {
            let g = groove(p, t.0, t.1, t.2, t.3);
            [s[0] + g[0], s[1] + g[1]]
        })
    };
    let c = Scene {
        slope: Box::new(slope),
        print: Box::new(busy_print),
        ..Scene::default()
    }
    .read(12);
    println!("{}", list(&c));
    assert_eq!(c.defects.len(), truth.len(), "{}", list(&c));
    for (a, b, depth, sigma) in truth {
        let at = [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
        let near = |d: &&&surface::Defect| (middle(d)[0] - at[0]).hypot(middle(d)[1] - at[1]) < 0.4;
        let scratches = of(&c, Scratch);
        let d = scratches
            .iter()
            .find(near)
            .unwrap_or_else(|| panic!("no scratch at {at:?}\n{}", list(&c)));
        let got = d.depth_mm.unwrap();
        assert!((got / depth - 1.0).abs() < 0.1, "depth {got} for {depth}");
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        assert!(
            (d.length_mm - length).abs() < 0.8,
            "length {} for {length}",
            d.length_mm
        );
        let width = 2.0 * sigma * (2.0 * 2f64.ln()).sqrt();
        assert!(
            (d.width_mm / width - 1.0).abs() < 0.2,
            "width {} for {width}",
            d.width_mm
        );
    }
}

#[test]
fn faint_narrow_scratches_are_found() {
    // 5 um deep, 60 um wide (4 sigma), seen through optics of 0.8 px and the pixel: the volume stays, sigma grows.
    let optics = (0.8f64 * 0.04).hypot(0.04 / 12f64.sqrt());
    let sigma = 0.015f64.hypot(optics);
    let depth = 0.005 * 0.015 / sigma;
    let mut missed = 0;
    for seed in 0..4u64 {
        let turn = 0.35 * seed as f64 + 0.1;
        let place = |i: usize| {
            let (x, y) = (-21.0 + 14.0 * (i % 4) as f64, -30.0 + 15.0 * (i / 4) as f64);
            let angle = turn + 0.7 * i as f64;
            (
                [x - 2.5 * angle.cos(), y - 2.5 * angle.sin()],
                [x + 2.5 * angle.cos(), y + 2.5 * angle.sin()],
            )
        };
        let slope = |p: [f64; 2]| {
            (0..20).fold([0.0; 2], |s, i| {
                let (a, b) = place(i);
                let g = groove(p, a, b, depth, sigma);
                [s[0] + g[0], s[1] + g[1]]
            })
        };
        let c = Scene::with_slope(slope).read(100 + seed);
        assert_eq!(of(&c, Scratch).len(), c.defects.len(), "{}", list(&c));
        assert!(c.defects.len() <= 20, "{}", list(&c));
        missed += 20 - c.defects.len();
    }
    assert!(missed <= 4, "{missed} of 80 missed");
}

#[test]
fn a_fold_is_a_crease() {
    let slope = |p: [f64; 2]| {
        let a = groove(p, [-40.0, -12.0], [-10.0, -2.0], -0.04, 0.25);
        let b = groove(p, [5.0, 10.0], [15.0, 22.0], -0.03, 0.2);
        [a[0] + b[0], a[1] + b[1]]
    };
    let c = Scene::with_slope(slope).read(13);
    println!("{}", list(&c));
    assert_eq!(of(&c, Crease).len(), 2, "{}", list(&c));
    assert_eq!(c.defects.len(), 2, "{}", list(&c));
    assert!(
        c.defects.iter().all(|d| d.depth_mm.unwrap() < 0.0),
        "ridges stand above the surface"
    );
}

#[test]
fn a_fold_that_breaks_the_ink_beside_its_crest_is_still_a_crease() {
    // The bare strip is 0.3 mm wide and lies 0.07 mm off the crest: at 0.14 mm one side is paper, the other print.
    let (a, b) = ([-8.0, 4.0], [6.0, 4.0]);
    let print = |p: [f64; 2]| {
        let on_fold = (a[0]..b[0]).contains(&p[0]) && (p[1] - a[1] - 0.07).abs() < 0.15;
        if on_fold { [0.85; 3] } else { [0.2, 0.15, 0.1] }
    };
    let c = Scene {
        print: Box::new(print),
        ..Scene::with_slope(move |p| groove(p, a, b, -0.04, 0.12))
    }
    .read(18);
    let worst = &c.defects[0];
    assert_eq!(worst.kind, Crease, "{}", list(&c));
    assert!(worst.confidence > 0.9, "{}", list(&c));
    assert!((worst.depth_mm.unwrap() / -0.04 - 1.0).abs() < 0.1, "{}", list(&c));
}

#[test]
fn a_bowed_card_is_not_dented() {
    let slope = |p: [f64; 2]| [-2.0 * 0.0005 * p[0] + 1e-5 * p[0] * p[0], 0.0003 * p[1]];
    let c = Scene::with_slope(slope).read(14);
    assert!(c.defects.is_empty(), "{}", list(&c));
}

#[test]
fn foil_is_set_apart_and_its_scratches_are_not_reported() {
    let foil = |p: [f64; 2]| p[0].abs() < 15.0 && p[1] > -30.0 && p[1] < 0.0;
    let slope = |p: [f64; 2]| {
        if !foil(p) {
            return [0.0; 2];
        }
        let g = groove(p, [-10.0, -20.0], [10.0, -10.0], 0.02, 0.1);
        [g[0] + 0.1 * (9.0 * p[0]).sin(), g[1] + 0.1 * (11.0 * p[1]).cos()]
    };
    let residual = move |p: [f64; 2]| if foil(p) { 0.2 } else { 0.006 };
    let c = Scene {
        slope: Box::new(slope),
        residual: Box::new(residual),
        ..Scene::default()
    }
    .read(15);
    assert!(c.defects.is_empty(), "{}", list(&c));
    let truth = 30.0 * 30.0 / (63.0 * 88.0);
    assert!(
        (c.foil_fraction - truth).abs() < 0.02,
        "{} for {truth}",
        c.foil_fraction
    );
    assert!(c.notes.iter().any(|n| n.contains("foil")));
}

#[test]
fn a_foil_border_is_set_apart_from_dark_art_that_shines_too() {
    // The border shines eight times as much as the art; its residual is as low as the art's.
    let is_foil = |p: [f64; 2]| p[0].abs() > 28.0 || p[1].abs() > 40.5;
    let print = |p: [f64; 2]| {
        let cloud = 1.0 + 0.4 * (0.4 * p[0] + (0.3 * p[1]).sin()).sin() * (0.25 * p[1]).cos();
        let letter = (p[1].abs() - 28.0).abs() < 3.0 && p[0].abs() < 16.0 && (0.7 * p[0]).rem_euclid(2.0) < 1.0;
        match (is_foil(p), letter) {
            (true, _) => [0.35; 3],
            (_, true) => [0.8, 0.7, 0.4],
            _ => [0.04, 0.06, 0.2].map(|v| v * cloud),
        }
    };
    let slope = |p: [f64; 2]| {
        let c = print(p);
        let shine = if is_foil(p) { 0.4 } else { 0.05 } / (c[0] + c[1] + c[2]) * 3.0;
        let lobe = (-(p[0] * p[0] + p[1] * p[1]) / 3000.0).exp();
        let dents = [[-12.0, 10.0], [9.0, -14.0]].map(|at| pit(p, at, 0.02, 0.3));
        [0, 1].map(|k| shine * lobe * -0.01 * p[k] + dents[0][k] + dents[1][k])
    };
    let c = Scene {
        slope: Box::new(slope),
        print: Box::new(print),
        ..Scene::default()
    }
    .read(17);
    assert_eq!((c.defects.len(), of(&c, Dent).len()), (2, 2), "{}", list(&c));
    let truth = 1.0 - 56.0 * 81.0 / (63.0 * 88.0);
    assert!(
        (c.foil_fraction - truth).abs() < 0.05,
        "{} for {truth}",
        c.foil_fraction
    );
}

#[test]
fn shine_that_adds_to_albedo_times_normal_is_not_relief() {
    // Specular light of a tilted view adds one smooth vector to albedo * normal, whatever the print below.
    let slope = |p: [f64; 2]| {
        let c = busy_print(p);
        let a = (c[0] + c[1] + c[2]) / 3.0;
        let dent = pit(p, [10.0, 5.0], 0.02, 0.3);
        [
            (0.004 + 0.0002 * p[0]) / a + dent[0],
            (-0.003 + 0.00015 * p[1]) / a + dent[1],
        ]
    };
    let c = Scene {
        slope: Box::new(slope),
        print: Box::new(busy_print),
        ..Scene::default()
    }
    .read(16);
    assert_eq!((c.defects.len(), of(&c, Dent).len()), (1, 1), "{}", list(&c));
}
