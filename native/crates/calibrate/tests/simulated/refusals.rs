//! What cannot be calibrated is refused with the reason and the next step.

use crate::rig::{board, look, photograph, scene, spec};
use calibrate::{BoardSpec, Detection, Dictionary, PlaneOptions, SolveOptions, fit_plane, solve_camera};
use imaging::{Cancel, ErrorCode, Raster, Samples};
use simulate::{BoardPose, BoardScene, Spec};

fn flat() -> BoardScene {
    scene(&board(), BoardPose::default())
}

fn noise(width: usize, height: usize) -> Raster {
    let mut state = 1u64;
    let samples = (0..width * height)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    Raster {
        width,
        height,
        channels: 1,
        samples: Samples::U8(samples),
    }
}

#[test]
fn pictures_without_a_board_are_refused() {
    let plain = Raster {
        samples: Samples::U8(vec![128; 640 * 480]),
        ..noise(640, 480)
    };
    for raster in [noise(640, 480), plain, noise(1, 1), noise(900, 2)] {
        let error = look(&raster, &board()).unwrap_err();
        assert_eq!(error.code, ErrorCode::BoardNotFound, "{error}");
    }
}

#[test]
fn a_mirrored_board_is_named() {
    let mirrored = BoardScene {
        mirrored: true,
        ..flat()
    };
    let error = look(&photograph(&spec(), &mirrored), &board()).unwrap_err();
    assert_eq!(error.code, ErrorCode::BoardWrong);
    assert!(error.message.contains("mirror"), "{error}");
}

#[test]
fn another_dictionary_other_numbers_and_the_other_layout_are_named() {
    let raster = photograph(&spec(), &flat());
    let ask = |spec: BoardSpec| look(&raster, &spec).unwrap_err();
    let other = ask(BoardSpec {
        dictionary: Dictionary::Four100,
        ..board()
    });
    assert_eq!(other.code, ErrorCode::BoardWrong);
    assert!(other.message.contains("DICT_5X5"), "{other}");
    let numbers = ask(BoardSpec {
        dictionary: Dictionary::Five250,
        first_marker: 120,
        ..board()
    });
    assert!(numbers.message.contains("numbers 120"), "{numbers}");
    let layout = ask(BoardSpec {
        legacy: true,
        ..board()
    });
    assert!(layout.message.contains("layout"), "{layout}");
    let narrow = ask(BoardSpec {
        squares_x: 8,
        ..board()
    });
    assert_eq!(narrow.code, ErrorCode::BoardWrong);
}

#[test]
fn a_board_out_of_focus_is_refused() {
    let blurred = Spec {
        psf_sigma_px: 9.0,
        ..spec()
    };
    let error = look(&photograph(&blurred, &flat()), &board()).unwrap_err();
    assert!(
        matches!(error.code, ErrorCode::ImageBlurred | ErrorCode::BoardNotFound),
        "{error}"
    );
}

fn solve(views: &[Detection]) -> imaging::CoreError {
    solve_camera(&board(), views, &SolveOptions::default(), &Cancel::new(), &|_| ()).unwrap_err()
}

#[test]
fn too_few_views_and_parallel_views_are_refused_with_the_view_that_is_missing() {
    let error = solve(&[]);
    assert_eq!(error.code, ErrorCode::CalibrationWeak);
    let parallel: Vec<Detection> = [
        [0.0, 0.0],
        [8.0, 10.0],
        [-8.0, 10.0],
        [8.0, -10.0],
        [-8.0, -10.0],
        [0.0, 5.0],
        [3.0, 0.0],
    ]
    .into_iter()
    .enumerate()
    .map(|(i, offset)| {
        let pose = BoardPose {
            tilt_deg: Some([0.0, 0.0]),
            rotation_deg: 10.0 * i as f64,
            offset_mm: offset,
            height_mm: 3.0 * i as f64,
        };
        look(&photograph(&spec(), &scene(&board(), pose)), &board()).unwrap()
    })
    .collect();
    let few = solve(&parallel[..2]);
    assert_eq!(few.code, ErrorCode::CalibrationWeak, "{few}");
    let error = solve(&parallel);
    assert_eq!(error.code, ErrorCode::CalibrationWeak);
    assert!(error.next.contains("tilt"), "{error}");
    let mut other = parallel.clone();
    other[3].image_px = [100, 100];
    assert_eq!(solve(&other).code, ErrorCode::ImageSizeMismatch);
    let mut bad = parallel;
    bad[2].corners[0].x_px = f64::NAN;
    assert_eq!(solve(&bad).code, ErrorCode::ValueInvalid);
}

#[test]
fn a_plane_from_a_corner_of_the_field_is_refused() {
    let camera = calibrate::Camera {
        intrinsics: [5000.0, 5000.0, 487.0, 637.0],
        distortion: [0.0; 5],
    };
    let pose = BoardPose {
        offset_mm: [45.0, 70.0],
        ..BoardPose::default()
    };
    let view = look(&photograph(&spec(), &scene(&board(), pose)), &board()).unwrap();
    let error = fit_plane(
        &board(),
        &view,
        &camera,
        [975, 1275],
        &PlaneOptions::default(),
        &Cancel::new(),
    )
    .unwrap_err();
    assert_eq!(error.code, ErrorCode::CalibrationWeak, "{error}");
    let error = fit_plane(
        &board(),
        &view,
        &camera,
        [10, 10],
        &PlaneOptions::default(),
        &Cancel::new(),
    )
    .unwrap_err();
    assert_eq!(error.code, ErrorCode::ImageSizeMismatch);
}
