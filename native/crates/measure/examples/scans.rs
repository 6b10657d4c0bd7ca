//! Measures every `scan-*.jpg` of a folder and compares the outer edges with the YOLO labels beside them.
//!
//! `cargo run --release -p measure --example scans -- FOLDER [PITCH_MM]`
use imaging::{Cancel, DecodeLimits, Encoding, RasterSource};
use measure::{OutlineOptions, Side, find_outline};
use std::path::{Path, PathBuf};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder with scan-*.jpg"));
    let pitch: f64 = arguments.next().map_or(0.042_333_3, |p| p.parse().expect("a number"));
    let pitch = (pitch > 0.0).then_some(pitch);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("a readable folder")
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "jpg"))
        .collect();
    files.sort();
    let mut distances = Vec::new();
    for file in &files {
        let raster = imaging::decode_file(file, &DecodeLimits::default(), &Cancel::new()).expect("a decodable image");
        let source = RasterSource::new(&raster, Encoding::Srgb);
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let options = OutlineOptions { pixel_pitch_mm: pitch, ..OutlineOptions::default() };
        let outline = match find_outline(&source, &options, &Cancel::new()) {
            Ok(outline) => outline,
            Err(error) => {
                println!("{name}: {error}");
                distances.extend([f64::INFINITY; 4]);
                continue;
            }
        };
        let label = read_label(&file.with_extension("txt"), 0, raster.width as f64, raster.height as f64);
        let mut line = format!("{name} angle {:6.2} conf {:.2} size {:.2}x{:.2}", outline.angle_deg, outline.confidence, outline.size_px[0] * 0.0423333, outline.size_px[1] * 0.0423333);
        for side in Side::ALL {
            let edge = outline.edge(side);
            let middle = edge.curve.at(0.0);
            let found = if matches!(side, Side::Left | Side::Right) { middle.x } else { middle.y };
            let mm = (found - label[side.index()]).abs() * pitch.unwrap_or(0.042_333_3);
            distances.push(mm);
            line += &format!(" | {} {:.2} mm cov {:.2} rms {:.2} blur {:.2} c {:+.2}", side.name(), mm, edge.coverage, edge.residual_px, edge.blur_px, edge.contrast);
        }
        println!("{line} r {:?}", outline.corner_radius_px.map(|r| r.map(|r| (r * 4.23333).round() / 100.0)));
    }
    distances.sort_by(f64::total_cmp);
    let within = distances.iter().filter(|d| **d <= 0.5).count();
    println!("outer edges: {} of {} within 0.5 mm, median {:.3} mm", within, distances.len(), distances[distances.len() / 2]);
}

/// Left, right, top, bottom of a labelled box in pixels.
fn read_label(file: &Path, class: usize, width: f64, height: f64) -> [f64; 4] {
    let text = std::fs::read_to_string(file).expect("a label beside the image");
    let line = text.lines().find(|l| l.starts_with(&format!("{class} "))).expect("a box of the class");
    let n: Vec<f64> = line.split_whitespace().skip(1).map(|v| v.parse().expect("a number")).collect();
    [
        (n[0] - n[2] / 2.0) * width - 0.5,
        (n[0] + n[2] / 2.0) * width - 0.5,
        (n[1] - n[3] / 2.0) * height - 0.5,
        (n[1] + n[3] / 2.0) * height - 0.5,
    ]
}
