//! Camera, plane and lengths from photographs alone, against the true geometry.

use crate::rig::{DISTORTION, TILT, board, look, photograph, poses, project, scene, spec};
use calibrate::{
    CameraFit, Detection, PlaneOptions, SolveOptions, compare_lengths, coverage, fit_plane, lengths_of, solve_camera,
};
use imaging::Cancel;
use measure::{PlaneMap, Point};
use simulate::{BoardPose, BoardScene};
use std::sync::LazyLock;

/// The views and the camera are the same in all tests; they are made once.
static VIEWS: LazyLock<Vec<Detection>> = LazyLock::new(|| {
    poses()
        .into_iter()
        .map(|pose| look(&photograph(&spec(), &scene(&board(), pose)), &board()).unwrap())
        .collect()
});
static CAMERA: LazyLock<CameraFit> =
    LazyLock::new(|| solve_camera(&board(), &VIEWS, &SolveOptions::default(), &Cancel::new(), &|_| ()).unwrap());

fn on_plane(rotation: f64, offset: [f64; 2]) -> BoardScene {
    scene(
        &board(),
        BoardPose {
            rotation_deg: rotation,
            offset_mm: offset,
            ..BoardPose::default()
        },
    )
}

/// Worst error of all distances between points of a grid on the plane, through the map, mm.
fn worst_length_error(map: &PlaneMap, lift: f64) -> f64 {
    let truth = spec();
    let lifted = simulate::Spec {
        camera_distance_mm: truth.camera_distance_mm,
        ..truth
    };
    let points: Vec<[f64; 2]> = (0..63)
        .map(|i| [f64::from(i % 7) * 10.0 - 30.0, f64::from(i / 7) * 10.5 - 42.0])
        .collect();
    let seen: Vec<[f64; 2]> = points
        .iter()
        .map(|p| {
            let [x, y] = project_lifted(&lifted, *p, lift);
            map.to_mm(Point { x, y })
        })
        .collect();
    let mut worst = 0f64;
    for i in 0..points.len() {
        for j in 0..i {
            let length = |p: &[[f64; 2]]| (p[i][0] - p[j][0]).hypot(p[i][1] - p[j][1]);
            worst = worst.max((length(&seen) - length(&points)).abs());
        }
    }
    worst
}

/// As `project`, for a plane that stands higher by `lift` along its normal.
fn project_lifted(spec: &simulate::Spec, p: [f64; 2], lift: f64) -> [f64; 2] {
    if lift == 0.0 {
        return project(spec, p);
    }
    let (sx, cx) = spec.tilt_deg[0].to_radians().sin_cos();
    let (sy, cy) = spec.tilt_deg[1].to_radians().sin_cos();
    let normal = [sy * cx, -sx, cy * cx];
    // Moving the plane along its normal is moving the camera the other way; sideways shifts leave lengths alone.
    let higher = simulate::Spec {
        camera_distance_mm: spec.camera_distance_mm,
        ..spec.clone()
    };
    let plane = [[cy, sy * sx, sy * cx], [0.0, cx, -sx], [-sy, cy * sx, cy * cx]];
    let q: Vec<f64> = (0..3)
        .map(|i| plane[i][0] * p[0] + plane[i][1] * p[1] + lift * normal[i])
        .collect();
    let depth = higher.camera_distance_mm - q[2];
    let [u, v] = [q[0] / depth, q[1] / depth];
    let [k1, k2, p1, p2, _] = spec.distortion;
    let r2 = u * u + v * v;
    let radial = 1.0 + k1 * r2 + k2 * r2 * r2;
    let f = spec.camera_distance_mm / spec.pitch_mm;
    let [w, h] = spec.image_size();
    [
        f * (u * radial + 2.0 * p1 * u * v + p2 * (r2 + 2.0 * u * u)) + (w as f64 - 1.0) / 2.0,
        f * (v * radial + p1 * (r2 + 2.0 * v * v) + 2.0 * p2 * u * v) + (h as f64 - 1.0) / 2.0,
    ]
}

#[test]
fn the_camera_is_found_within_its_stated_uncertainty() {
    let fit = &*CAMERA;
    assert!(
        fit.rms_px < 0.02 && fit.held_out_rms_px < 0.02,
        "{} {}",
        fit.rms_px,
        fit.held_out_rms_px
    );
    assert!(
        fit.held_out > 100 && (0.6..1.6).contains(&fit.sigma0),
        "sigma0 {}",
        fit.sigma0
    );
    let truth = [
        5000.0,
        5000.0,
        487.0,
        637.0,
        DISTORTION[0],
        DISTORTION[1],
        DISTORTION[2],
        DISTORTION[3],
    ];
    let found = fit.camera.intrinsics.iter().chain(&fit.camera.distortion);
    for ((value, expected), std) in found.zip(truth).zip(fit.std) {
        assert!((value - expected).abs() < 4.0 * std, "{value} for {expected}, u {std}");
    }
    assert!(fit.std[0] < 5.0, "u(fx) = {} px", fit.std[0]);
}

#[test]
fn lengths_on_the_tilted_plane_are_right_to_two_micrometres_everywhere() {
    let view = look(&photograph(&spec(), &on_plane(1.5, [1.0, -2.0])), &board()).unwrap();
    let plane = fit_plane(
        &board(),
        &view,
        &CAMERA.camera,
        CAMERA.image_px,
        &PlaneOptions::default(),
        &Cancel::new(),
    )
    .unwrap();
    let tilt = f64::hypot(TILT[0], TILT[1]);
    assert!((plane.tilt_deg - tilt).abs() < 0.05, "tilt {}", plane.tilt_deg);
    assert!((plane.pitch_mm - 0.08).abs() < 1e-4 && (plane.distance_mm - 400.0).abs() < 1.0);
    let worst = worst_length_error(&plane.map, 0.0);
    assert!(worst < 0.002, "worst of 1,953 lengths up to 104 mm: {worst} mm");
    // Another photograph of the board, turned: its lengths take no part in the fit.
    let other = look(&photograph(&spec(), &on_plane(172.0, [0.0, 1.0])), &board()).unwrap();
    let lengths = compare_lengths(&plane.map, &other, &lengths_of(&board()).unwrap(), 0.0).unwrap();
    assert!(lengths.len() >= 8, "{} lengths", lengths.len());
    assert!(lengths.iter().all(|l| l.error_mm.abs() < 0.002), "{lengths:?}");
    let along = |d: f64| lengths.iter().any(|l| (l.direction_deg - d).abs() < 20.0);
    assert!(along(82.0) && along(172.0));
}

#[test]
fn a_card_higher_than_the_board_is_measured_on_its_own_plane() {
    let view = look(&photograph(&spec(), &on_plane(0.0, [0.0, 0.0])), &board()).unwrap();
    let at = |above: f64| {
        let options = PlaneOptions {
            surface_above_mm: above,
            ..PlaneOptions::default()
        };
        let camera = &CAMERA.camera;
        fit_plane(&board(), &view, camera, CAMERA.image_px, &options, &Cancel::new()).unwrap()
    };
    // 2 mm at 400 mm are half a per cent: 0.5 mm over the diagonal.
    assert!(worst_length_error(&at(0.0).map, 2.0) > 0.3);
    assert!(worst_length_error(&at(2.0).map, 2.0) < 0.003);
}

#[test]
fn a_scale_turns_board_millimetres_into_true_ones() {
    let small = BoardScene {
        print_scale: 0.97,
        ..on_plane(0.0, [0.0, 0.0])
    };
    let view = look(&photograph(&spec(), &small), &board()).unwrap();
    let options = PlaneOptions {
        scale: 0.97,
        ..PlaneOptions::default()
    };
    let camera = &CAMERA.camera;
    let plane = fit_plane(&board(), &view, camera, CAMERA.image_px, &options, &Cancel::new()).unwrap();
    assert!(worst_length_error(&plane.map, 0.0) < 0.002);
}

#[test]
fn coverage_names_what_is_missing_until_nothing_is() {
    let layout = calibrate::Board::new(&board()).unwrap();
    let flat = coverage(&layout, &VIEWS[..1]);
    assert!(flat.missing[0].contains("parallel"), "{:?}", flat.missing);
    let one_axis = coverage(&layout, &VIEWS[..3]);
    assert!(
        one_axis.missing.iter().any(|m| m.contains("tilt")),
        "{:?}",
        one_axis.missing
    );
    let all = coverage(&layout, &VIEWS);
    assert!(all.missing.is_empty(), "{:?}", all.missing);
    for (shape, fit) in all.views.iter().zip(&CAMERA.views) {
        assert!(
            (shape.tilt_deg - fit.tilt_deg).abs() < 2.5,
            "{} {}",
            shape.tilt_deg,
            fit.tilt_deg
        );
    }
}
