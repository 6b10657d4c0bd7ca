//! Corners of photographed boards against the projection of the true ones.

use crate::rig::{board, look, photograph, poses, project, scene, spec};
use calibrate::Board;
use simulate::{BoardPose, BoardScene, Spec};

/// Distances of all found corners from where they truly are, for a board that lies on the plane.
fn errors(spec: &Spec, scene: &BoardScene) -> Vec<f64> {
    let spec_board = board();
    let layout = Board::new(&spec_board).unwrap();
    let found = look(&photograph(spec, scene), &spec_board).unwrap();
    let (s, c) = scene.pose.rotation_deg.to_radians().sin_cos();
    let [w, h] = layout.size_mm();
    found
        .corners
        .iter()
        .map(|corner| {
            let [x, y] = layout.corner_mm(corner.id);
            let (x, y) = ((x - w / 2.0) * scene.print_scale, (y - h / 2.0) * scene.print_scale);
            let on_plane = [
                c * x - s * y + scene.pose.offset_mm[0],
                s * x + c * y + scene.pose.offset_mm[1],
            ];
            let p = project(spec, on_plane);
            (corner.x_px - p[0]).hypot(corner.y_px - p[1])
        })
        .collect()
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}

#[test]
fn corners_lie_within_a_hundredth_of_a_pixel_of_the_truth() {
    for rotation in [0.0, 2.0, 31.0, 180.0] {
        let pose = BoardPose {
            rotation_deg: rotation,
            ..BoardPose::default()
        };
        let errors = errors(&spec(), &scene(&board(), pose));
        let least = if rotation == 31.0 { 60 } else { 88 };
        assert!(errors.len() >= least, "{} corners at {rotation} degrees", errors.len());
        assert!(rms(&errors) < 0.01, "rms {} px at {rotation} degrees", rms(&errors));
        assert!(errors.iter().all(|e| *e < 0.05));
    }
}

#[test]
fn blur_uneven_light_low_contrast_and_8_bits_are_borne() {
    let flat = scene(&board(), BoardPose::default());
    let blurred = Spec {
        psf_sigma_px: 2.5,
        ..spec()
    };
    let e = errors(&blurred, &flat);
    assert!(e.len() >= 88 && rms(&e) < 0.02, "{} corners, rms {}", e.len(), rms(&e));
    let uneven = BoardScene {
        light_gradient: [0.9, -0.7],
        ..flat.clone()
    };
    let e = errors(&spec(), &uneven);
    assert!(e.len() >= 80 && rms(&e) < 0.015, "{} corners, rms {}", e.len(), rms(&e));
    let dim = Spec {
        exposure: 0.08,
        bits: 8,
        ..spec()
    };
    let e = errors(&dim, &flat);
    assert!(e.len() >= 80 && rms(&e) < 0.06, "{} corners, rms {}", e.len(), rms(&e));
}

#[test]
fn a_board_seen_in_part_gives_the_corners_that_are_there() {
    let pose = BoardPose {
        offset_mm: [30.0, 45.0],
        ..BoardPose::default()
    };
    let e = errors(&spec(), &scene(&board(), pose));
    assert!((20..60).contains(&e.len()), "{} corners", e.len());
    assert!(rms(&e) < 0.012);
}

#[test]
fn stated_uncertainties_fit_the_scatter() {
    let layout = Board::new(&board()).unwrap();
    let pose = poses()[0];
    let clean = look(
        &photograph(&Spec { noise: false, ..spec() }, &scene(&board(), pose)),
        &board(),
    )
    .unwrap();
    let noisy = look(&photograph(&spec(), &scene(&board(), pose)), &board()).unwrap();
    assert_eq!(clean.corners.len(), layout.corner_count());
    let ratio: f64 = noisy
        .corners
        .iter()
        .zip(&clean.corners)
        .map(|(n, c)| ((n.x_px - c.x_px).powi(2) + (n.y_px - c.y_px).powi(2)) / (2.0 * n.std_px * n.std_px))
        .sum::<f64>()
        / noisy.corners.len() as f64;
    // The floor for what is left of the lens makes the stated value a little larger than the noise.
    assert!((0.2..1.6).contains(&ratio), "variance ratio {ratio}");
}
