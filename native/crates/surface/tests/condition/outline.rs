//! Corners and edges against outlines of known shape.

use crate::card::{RADIUS, SIZE, Scene, list, of, render};
use surface::DefectKind::{CornerWear, EdgeWhitening};

/// A coloured border round a dull middle.
fn blue(p: [f64; 2]) -> [f64; 3] {
    if p[0].abs() > 28.0 || p[1].abs() > 40.0 {
        [0.15, 0.2, 0.55]
    } else {
        [0.7, 0.68, 0.6]
    }
}

#[test]
fn a_perfect_outline_reads_as_perfect() {
    for turn_deg in [-1.3, 0.0, 0.7] {
        let c = Scene {
            print: Box::new(blue),
            turn_deg,
            ..Scene::default()
        }
        .read(1);
        assert!(c.defects.is_empty(), "{}", list(&c));
        let k = &c.corners;
        for corner in [&k.top_left, &k.top_right, &k.bottom_right, &k.bottom_left] {
            assert!(corner.known && corner.whitening_known);
            assert!((corner.angle_deg - 90.0).abs() < 0.05, "{corner:?}");
            assert!(
                corner.missing_area_mm2 < 0.01 && corner.fray_mm < 0.01 && corner.whitening_mm2 < 0.01,
                "{corner:?}"
            );
        }
        let e = &c.edges;
        for edge in [&e.left, &e.right, &e.top, &e.bottom] {
            assert!(edge.known && edge.whitening_known);
            assert!(
                edge.fray_mm < 0.008 && edge.chipping_mm2 == 0.0 && edge.whitening_mm == 0.0,
                "{edge:?}"
            );
        }
    }
}

#[test]
fn bare_paper_along_an_edge_is_measured() {
    let (hw, length, depth) = (0.5 * SIZE[0], 6.0, 0.3);
    let print = move |p: [f64; 2]| {
        if hw - p[0] < depth && (p[1] - 10.0).abs() < 0.5 * length {
            [0.85; 3]
        } else {
            blue(p)
        }
    };
    let c = Scene {
        print: Box::new(print),
        ..Scene::default()
    }
    .read(2);
    let found = of(&c, EdgeWhitening);
    assert_eq!((found.len(), c.defects.len()), (1, 1), "{}", list(&c));
    assert!((c.edges.right.whitening_mm - length).abs() < 0.2, "{:?}", c.edges.right);
    assert!(c.edges.left.whitening_mm + c.edges.top.whitening_mm + c.edges.bottom.whitening_mm == 0.0);
    let area = length * depth;
    assert!(
        (found[0].area_mm2 / area - 1.0).abs() < 0.15,
        "{} for {area}",
        found[0].area_mm2
    );
    let b = found[0].bbox_mm;
    assert!(
        (0.5 * (b[1] + b[3]) - 10.0).abs() < 0.1 && (b[2] - hw).abs() < 0.05,
        "{b:?}"
    );
}

#[test]
fn a_blunted_corner_misses_the_area_cut_off() {
    // A straight cut at 45 degrees, `cut` mm behind the arc's crest: a circular segment is gone.
    let (cut, r) = (0.4, RADIUS);
    let centre = [0.5 * SIZE[0] - r, 0.5 * SIZE[1] - r];
    let missing = move |p: [f64; 2]| (p[0] - centre[0] + p[1] - centre[1]) / 2f64.sqrt() > r - cut;
    let c = Scene {
        print: Box::new(blue),
        missing: Box::new(missing),
        ..Scene::default()
    }
    .read(3);
    let angle = 2.0 * ((r - cut) / r).acos();
    let truth = 0.5 * r * r * (angle - angle.sin());
    let got = c.corners.bottom_right.missing_area_mm2;
    assert!((got / truth - 1.0).abs() < 0.1, "{got} for {truth}");
    assert_eq!((of(&c, CornerWear).len(), c.defects.len()), (1, 1), "{}", list(&c));
    assert!(c.corners.top_left.missing_area_mm2 < 0.01);
}

#[test]
fn chips_in_an_edge_are_measured() {
    // Two half discs out of the top edge.
    let top = -0.5 * SIZE[1];
    let missing = move |p: [f64; 2]| (p[0] + 8.0).hypot(p[1] - top) < 0.5 || (p[0] - 9.0).hypot(p[1] - top) < 0.3;
    let c = Scene {
        print: Box::new(blue),
        missing: Box::new(missing),
        ..Scene::default()
    }
    .read(4);
    let truth = 0.5 * std::f64::consts::PI * (0.25 + 0.09);
    let edge = &c.edges.top;
    assert!((edge.chipping_mm2 / truth - 1.0).abs() < 0.1, "{edge:?} for {truth}");
    assert!((edge.longest_chip_mm - 1.0).abs() < 0.1, "{edge:?}");
    assert_eq!(c.edges.bottom.chipping_mm2, 0.0);
}

#[test]
fn a_wavy_cut_reads_as_its_root_mean_square() {
    let amplitude = 0.05;
    let left = -0.5 * SIZE[0];
    let missing = move |p: [f64; 2]| p[0] - left < amplitude * (1.0 + (5.0 * p[1]).sin());
    let c = Scene {
        print: Box::new(blue),
        missing: Box::new(missing),
        ..Scene::default()
    }
    .read(5);
    let truth = amplitude / 2f64.sqrt();
    assert!(
        (c.edges.left.fray_mm / truth - 1.0).abs() < 0.1,
        "{:?} for {truth}",
        c.edges.left
    );
}

#[test]
fn the_radius_is_read_from_the_corners_when_it_is_not_given() {
    for radius in [1.5, 3.0, 3.175, 4.0] {
        let mut maps = render(
            &Scene {
                print: Box::new(blue),
                radius,
                ..Scene::default()
            },
            6,
        );
        maps.card.corner_radius_mm = None;
        let c = maps.read();
        assert!(
            (c.corners.top_left.radius_mm - radius).abs() < 0.05,
            "{:?} for {radius}",
            c.corners.top_left
        );
    }
}

#[test]
fn a_card_on_a_mat_of_its_own_colour_says_that_its_cut_is_not_known() {
    let c = Scene {
        print: Box::new(|_| [0.042; 3]),
        ..Scene::default()
    }
    .read(7);
    let e = &c.edges;
    assert!(![&e.left, &e.right, &e.top, &e.bottom].iter().any(|e| e.known));
    assert!(!c.corners.top_left.known);
    assert!(c.defects.is_empty(), "{}", list(&c));
}

#[test]
fn print_lines_as_bright_as_the_mat_are_no_missing_material() {
    // Dark blue lines of the mat's brightness (0.04) run across every corner.
    let print = |p: [f64; 2]| {
        let across = (p[0].abs() + p[1].abs()) * std::f64::consts::FRAC_1_SQRT_2;
        if across.rem_euclid(3.0) < 0.5 {
            [0.0, 0.02, 0.1]
        } else {
            [0.3, 0.32, 0.3]
        }
    };
    let c = Scene {
        print: Box::new(print),
        ..Scene::default()
    }
    .read(21);
    assert!(c.defects.is_empty(), "{}", list(&c));
    let corners = [
        &c.corners.top_left,
        &c.corners.top_right,
        &c.corners.bottom_left,
        &c.corners.bottom_right,
    ];
    assert!(
        corners.iter().all(|c| c.known && c.missing_area_mm2 < 0.03),
        "{corners:?}"
    );
}
