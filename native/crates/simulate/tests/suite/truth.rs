//! The truth against formulas written out independently of the renderer.

use imaging::Cancel;
use simulate::{BorderKind, Borders, Defects, Spec, Truth, render};

fn small() -> Spec {
    Spec {
        pitch_mm: 0.4,
        lights: 1,
        rotation_deg: 1.3,
        offset_mm: [0.7, -0.4],
        print_tilt_deg: 0.6,
        borders_mm: Some(Borders {
            left: 2.8,
            right: 3.4,
            top: 3.1,
            bottom: 2.9,
        }),
        defects: Defects::none(),
        ..Spec::default()
    }
}

fn truth(spec: &Spec) -> Truth {
    render(spec, &Cancel::new(), &|_| {}).unwrap().truth
}

#[test]
fn there_are_24_stations_at_equal_parts_of_each_edge() {
    let t = truth(&small());
    let count = |edge: &str| t.points.iter().filter(|p| p.edge == edge).count();
    assert_eq!(
        [count("left"), count("right"), count("top"), count("bottom")],
        [7, 7, 5, 5]
    );
    for p in t.points.iter().filter(|p| p.edge == "left" || p.edge == "right") {
        let part = p.index as f64 / 8.0;
        assert!((p.outer_mm[1] - (-44.45 + 88.9 * part)).abs() < 1e-9);
    }
    for p in t.points.iter().filter(|p| p.edge == "top" || p.edge == "bottom") {
        let part = p.index as f64 / 6.0;
        assert!((p.outer_mm[0] - (-31.75 + 63.5 * part)).abs() < 1e-9);
    }
}

#[test]
fn widths_equal_the_distance_to_the_tilted_print_line() {
    let t = truth(&small());
    let a = 0.6f64.to_radians();
    for p in &t.points {
        // Two points on the print's edge line, turned with the print, then the ray along the inward normal meets it.
        let (from, to, inward) = match p.edge {
            "left" => ([-31.75 + 2.8, -10.0], [-31.75 + 2.8, 10.0], [1.0, 0.0]),
            "right" => ([31.75 - 3.4, -10.0], [31.75 - 3.4, 10.0], [-1.0, 0.0]),
            "top" => ([-10.0, -44.45 + 3.1], [10.0, -44.45 + 3.1], [0.0, 1.0]),
            _ => ([-10.0, 44.45 - 2.9], [10.0, 44.45 - 2.9], [0.0, -1.0]),
        };
        let turn = |q: [f64; 2]| [a.cos() * q[0] - a.sin() * q[1], a.sin() * q[0] + a.cos() * q[1]];
        let (q, r) = (turn(from), turn(to));
        let d = [r[0] - q[0], r[1] - q[1]];
        let cross = |u: [f64; 2], v: [f64; 2]| u[0] * v[1] - u[1] * v[0];
        let width = cross([q[0] - p.outer_mm[0], q[1] - p.outer_mm[1]], d) / cross(inward, d);
        assert!((p.width_mm.unwrap() - width).abs() < 1e-9, "{} {}", p.edge, p.index);
    }
}

#[test]
fn pixel_distance_times_pitch_equals_the_width_on_an_untilted_plane() {
    for p in &truth(&small()).points {
        let b = p.border.unwrap();
        let px = (b.x_px - p.outer.x_px).hypot(b.y_px - p.outer.y_px);
        assert!((px * 0.4 - p.width_mm.unwrap()).abs() < 1e-9);
    }
}

#[test]
fn opposite_means_and_centering_follow_from_the_nominal_borders() {
    let t = truth(&small());
    let c = 0.6f64.to_radians().cos();
    // Stations are symmetric about the centre, so the print's turn only stretches distances from the centre by 1/cos.
    let left = 31.75 - (31.75 - 2.8) / c;
    let right = 31.75 - (31.75 - 3.4) / c;
    assert!((t.mean_mm.left.unwrap() - left).abs() < 1e-9);
    assert!((t.mean_mm.right.unwrap() - right).abs() < 1e-9);
    let [l, r] = t.centering.left_right.unwrap();
    assert!((l + r - 100.0).abs() < 1e-9 && (l - 100.0 * left / (left + right)).abs() < 1e-9);
}

#[test]
fn corners_project_through_perspective_and_distortion() {
    let spec = Spec {
        tilt_deg: [0.0, 6.0],
        distortion: [-0.3, 0.1, 2e-3, -1e-3, 0.02],
        rotation_deg: 0.0,
        offset_mm: [0.0; 2],
        ..small()
    };
    let t = truth(&spec);
    let [w, h] = t.image_px.map(|n| n as f64);
    // Tilt about y alone: x shrinks by cos, and the plane's +x side goes away from the camera.
    let a = 6f64.to_radians();
    let (x, y) = (
        31.75 * a.cos() / (400.0 + 31.75 * a.sin()),
        44.45 / (400.0 + 31.75 * a.sin()),
    );
    let r2 = x * x + y * y;
    let radial = 1.0 - 0.3 * r2 + 0.1 * r2 * r2 + 0.02 * r2 * r2 * r2;
    let xd = x * radial + 2.0 * 2e-3 * x * y - 1e-3 * (r2 + 2.0 * x * x);
    let yd = y * radial + 2e-3 * (r2 + 2.0 * y * y) - 2.0 * 1e-3 * x * y;
    let bottom_right = t.corners[2];
    assert!((bottom_right.x_px - (1000.0 * xd + (w - 1.0) / 2.0)).abs() < 1e-6);
    assert!((bottom_right.y_px - (1000.0 * yd + (h - 1.0) / 2.0)).abs() < 1e-6);
}

#[test]
fn sides_without_a_border_have_no_width_and_no_centering() {
    let t = truth(&Spec {
        border_kind: BorderKind::None,
        ..small()
    });
    assert!(t.points.iter().all(|p| p.width_mm.is_none() && p.border.is_none()));
    assert!(t.centering.left_right.is_none() && t.print_tilt_deg.is_none());
    let open = Borders {
        left: 0.0,
        right: 3.0,
        top: 3.0,
        bottom: 3.0,
    };
    let t = truth(&Spec {
        borders_mm: Some(open),
        ..small()
    });
    assert!(t.mean_mm.left.is_none() && t.mean_mm.right.is_some());
    assert!(t.centering.left_right.is_none() && t.centering.top_bottom.is_some());
}

#[test]
fn a_double_frame_is_known_at_both_boundaries() {
    let t = truth(&Spec {
        border_kind: BorderKind::DoubleFrame,
        print_tilt_deg: 0.0,
        ..small()
    });
    for p in &t.points {
        assert!((p.second_width_mm.unwrap() - p.width_mm.unwrap() - 1.2).abs() < 1e-9);
    }
}

#[test]
fn truth_json_names_its_schema_and_repeats_the_spec() {
    let spec = small();
    let json = serde_json::to_value(truth(&spec)).unwrap();
    assert_eq!(json["schema"], "trugrade.truth/1");
    assert_eq!(json["points"].as_array().unwrap().len(), 24);
    let back: Spec = serde_json::from_value(json["spec"].clone()).unwrap();
    assert_eq!(back, spec);
}

#[test]
fn a_shifted_print_widens_one_border_and_narrows_the_facing_one() {
    let still = truth(&Spec {
        print_tilt_deg: 0.0,
        ..small()
    });
    let moved = truth(&Spec {
        print_tilt_deg: 0.0,
        print_offset_mm: [0.35, -0.2],
        ..small()
    });
    for (a, b) in still.points.iter().zip(&moved.points) {
        let by = match a.edge {
            "left" => 0.35,
            "right" => -0.35,
            "top" => -0.2,
            _ => 0.2,
        };
        assert!(
            (b.width_mm.unwrap() - a.width_mm.unwrap() - by).abs() < 1e-9,
            "{}",
            a.edge
        );
    }
    assert_eq!(moved.print_offset_mm, [0.35, -0.2]);
}

#[test]
fn cards_of_one_design_differ_in_noise_and_not_in_print() {
    let card = |seed: u64| {
        let spec = Spec {
            seed,
            design_seed: Some(9),
            noise: false,
            mat_texture: 0.0,
            borders_mm: None,
            border_kind: BorderKind::None,
            light_intensity_spread: 0.0,
            ..small()
        };
        render(&spec, &Cancel::new(), &|_| {}).unwrap().albedo
    };
    assert_eq!(card(1), card(2));
    let other = render(
        &Spec {
            design_seed: Some(10),
            border_kind: BorderKind::None,
            borders_mm: None,
            ..small()
        },
        &Cancel::new(),
        &|_| {},
    )
    .unwrap()
    .albedo;
    assert_ne!(card(1), other);
}
