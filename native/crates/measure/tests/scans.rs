//! The real flatbed scans beside the repository (`../shared/data/cards`); skipped, and said so, where they are absent.

use imaging::{Cancel, DecodeLimits, Encoding, RasterSource};
use measure::{MeasureOptions, Measurement, measure};
use std::path::{Path, PathBuf};

const PITCH: f64 = 0.042_333_3;

fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/cards");
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: no real scans at {}", path.display());
    None
}

fn scans(folder: &Path) -> Vec<(String, (f64, f64), Measurement)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "jpg"))
        .collect();
    files.sort();
    let options = MeasureOptions {
        pixel_pitch_mm: Some(PITCH),
        ..MeasureOptions::default()
    };
    files
        .iter()
        .map(|file| {
            let raster = imaging::decode_file(file, &DecodeLimits::default(), &Cancel::new()).unwrap();
            let source = RasterSource::new(&raster, Encoding::Srgb);
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let result = measure(&source, &options, &Cancel::new()).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name, (raster.width as f64, raster.height as f64), result)
        })
        .collect()
}

/// Left, right, top, bottom of the labelled cut edge, px.
fn label(folder: &Path, name: &str, (width, height): (f64, f64)) -> [f64; 4] {
    let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    let line = text.lines().find(|l| l.starts_with("0 ")).unwrap();
    let n: Vec<f64> = line.split_whitespace().skip(1).map(|v| v.parse().unwrap()).collect();
    [
        (n[0] - n[2] / 2.0) * width - 0.5,
        (n[0] + n[2] / 2.0) * width - 0.5,
        (n[1] - n[3] / 2.0) * height - 0.5,
        (n[1] + n[3] / 2.0) * height - 0.5,
    ]
}

#[test]
fn real_scans_give_their_cut_edges_and_only_the_borders_they_have() {
    let Some(folder) = folder() else { return };
    let results = scans(&folder);
    let mut distances = Vec::new();
    for (name, size, m) in &results {
        let truth = label(&folder, name, *size);
        let c = &m.corners;
        let middle = [
            0.5 * (c[0].x_px + c[3].x_px),
            0.5 * (c[1].x_px + c[2].x_px),
            0.5 * (c[0].y_px + c[1].y_px),
            0.5 * (c[3].y_px + c[2].y_px),
        ];
        distances.extend(middle.iter().zip(truth).map(|(a, b)| (a - b).abs() * PITCH));
        assert_eq!(m.points.len(), 24);
        for side in &m.sides {
            assert!(side.measured > 0 || side.reason.is_some(), "{name}: {side:?}");
        }
    }
    distances.sort_by(f64::total_cmp);
    let within = distances.iter().filter(|d| **d <= 0.5).count();
    println!(
        "{within} of {} edges within 0.5 mm, median {:.3} mm",
        distances.len(),
        distances[distances.len() / 2]
    );
    assert!(within as f64 >= 0.95 * distances.len() as f64);
    assert!(distances[distances.len() / 2] < 0.15);

    let sides = |name: &str| {
        let (_, _, m) = results.iter().find(|r| r.0.ends_with(name)).unwrap();
        m.sides.iter().filter(|s| s.measured > 0).count()
    };
    // Printed rectangles all around.
    for name in ["001", "007", "029", "040", "046"] {
        assert_eq!(sides(name), 4, "scan-{name}");
    }
    // Foil art, lettering instead of a frame, a stepped frame, a vignette.
    for name in ["024", "052", "055", "060"] {
        assert!(sides(name) < 4, "scan-{name}");
    }
    let sum = |name: &str| {
        let (_, _, m) = results.iter().find(|r| r.0.ends_with(name)).unwrap();
        let mm = m.mean_mm.unwrap();
        (
            mm.left.unwrap() + mm.right.unwrap(),
            mm.top.unwrap() + mm.bottom.unwrap(),
        )
    };
    let sums = ["004", "005", "006"].map(sum);
    println!("left + right and top + bottom of 004, 005, 006: {sums:.3?}");
    let spread = |pick: fn(&(f64, f64)) -> f64| {
        let v = sums.each_ref().map(pick);
        v.iter().copied().fold(f64::MIN, f64::max) - v.iter().copied().fold(f64::MAX, f64::min)
    };
    assert!(spread(|s| s.0) <= 0.05, "left + right");
    assert!(
        spread(|s| s.1) <= 0.16,
        "top + bottom: the three cards differ by 0.16 mm in height themselves"
    );
}
