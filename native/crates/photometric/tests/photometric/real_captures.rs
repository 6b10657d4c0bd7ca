//! Default settings on real captures with true normals; skipped, with a line, where the data is absent.

use crate::dataset::{angular_errors, load, subset, well_spread};
use imaging::Cancel;
use photometric::solve;
use std::path::PathBuf;

fn mean_error(name: &str, count: Option<usize>) -> Option<f64> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/photometric");
    let folder = root.join(name);
    if !folder.join("capture.json").exists() {
        eprintln!("SKIPPED: {} is absent, real captures were not tested", folder.display());
        return None;
    }
    let data = load(&folder).expect("readable");
    let all = (0..data.options.lights.len()).collect();
    let chosen = count.map_or(all, |n| well_spread(&data.options.lights, n));
    let (stack, options) = subset(&data, &chosen);
    let solution = solve(&stack, &options, &Cancel::new(), &|_| {}).expect("solvable");
    let errors = angular_errors(
        &solution.normals.triples(),
        &data.truth,
        options.mask.as_deref().unwrap_or(&[]),
    );
    Some(errors.iter().sum::<f64>() / errors.len() as f64)
}

#[test]
fn ball_with_all_lights() {
    if let Some(e) = mean_error("ball", None) {
        assert!(e <= 1.7, "{e}");
    }
}

#[test]
fn cat_with_all_lights() {
    if let Some(e) = mean_error("cat", None) {
        assert!(e <= 6.0, "{e}");
    }
}

#[test]
fn ball_with_eight_lights() {
    if let Some(e) = mean_error("ball", Some(8)) {
        assert!(e <= 3.2, "{e}");
    }
}

#[test]
fn cat_with_eight_lights() {
    if let Some(e) = mean_error("cat", Some(8)) {
        assert!(e <= 8.0, "{e}");
    }
}
