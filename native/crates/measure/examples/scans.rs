//! Measures every `scan-*.jpg` of a folder and compares the outer edges with the YOLO labels beside them.
//!
//! `cargo run --release -p measure --example scans -- FOLDER [PITCH_MM]`
use imaging::{Cancel, DecodeLimits, Encoding, RasterSource};
use measure::{
    CalcOptions, Outline, OutlineOptions, RefineOptions, Side, calculate, find_outline, reference_points, refine,
};
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
        let options = OutlineOptions {
            pixel_pitch_mm: pitch,
            ..OutlineOptions::default()
        };
        let outline = match find_outline(&source, &options, &Cancel::new()) {
            Ok(outline) => outline,
            Err(error) => {
                println!("{name}: {error}");
                distances.extend([f64::INFINITY; 4]);
                continue;
            }
        };
        let size = (raster.width as f64, raster.height as f64);
        let file = file.with_extension("txt");
        distances.extend(report(
            &name,
            &source,
            &outline,
            pitch,
            read_label(&file, 0, size),
            read_label(&file, 1, size),
        ));
    }
    distances.sort_by(f64::total_cmp);
    let within = distances.iter().filter(|d| **d <= 0.5).count();
    println!(
        "outer edges: {} of {} within 0.5 mm, median {:.3} mm",
        within,
        distances.len(),
        distances[distances.len() / 2]
    );
}

/// Prints one scan; returns the distances of its outer edges from the label in mm.
fn report(
    name: &str,
    source: &RasterSource,
    outline: &Outline,
    pitch: Option<f64>,
    outer: [f64; 4],
    inner: [f64; 4],
) -> [f64; 4] {
    let scale = pitch.unwrap_or(0.042_333_3);
    let options = RefineOptions {
        pixel_pitch_mm: pitch,
        ..RefineOptions::default()
    };
    let stations = reference_points(outline);
    let refinement = refine(source, outline, &stations, &options, &Cancel::new()).expect("not cancelled");
    let result = calculate(&refinement, pitch, &CalcOptions::default());
    println!(
        "{name}: angle {:.2} deg, size {:.2} x {:.2} mm, confidence {:.2}, centering {:?} {:?}",
        outline.angle_deg,
        outline.size_px[0] * scale,
        outline.size_px[1] * scale,
        outline.confidence,
        result.centering.left_right,
        result.centering.top_bottom
    );
    let means = [
        result.mean_px.left,
        result.mean_px.right,
        result.mean_px.top,
        result.mean_px.bottom,
    ];
    Side::ALL.map(|side| {
        let i = side.index();
        let middle = outline.edge(side).curve.at(0.0);
        let found = if i < 2 { middle.x } else { middle.y };
        let distance = (found - outer[i]).abs() * scale;
        let label_width = (inner[i] - outer[i]).abs() * scale;
        let of_side = || result.points.iter().filter(|p| p.edge == side);
        let widths: Vec<String> = of_side()
            .map(|p| match (p.width_px, p.uncertainty_px) {
                (Some(w), Some(u)) => format!("{:.3}({:.0}){:?}", w * scale, 1000.0 * u * scale, p.method),
                _ => format!("{:?}", p.status),
            })
            .collect();
        println!(
            "  {:6} edge {distance:.2} mm from label | border {} mm (label {label_width:.2}) {}/{} {} | {}",
            side.name(),
            means[i].map_or("none".into(), |m| format!("{:.3}", m * scale)),
            result.sides[i].measured,
            result.sides[i].stations,
            result.sides[i].reason.as_deref().unwrap_or(""),
            widths.join(" ")
        );
        distance
    })
}

/// Left, right, top, bottom of a labelled box in pixels.
fn read_label(file: &Path, class: usize, (width, height): (f64, f64)) -> [f64; 4] {
    let text = std::fs::read_to_string(file).expect("a label beside the image");
    let line = text
        .lines()
        .find(|l| l.starts_with(&format!("{class} ")))
        .expect("a box of the class");
    let n: Vec<f64> = line
        .split_whitespace()
        .skip(1)
        .map(|v| v.parse().expect("a number"))
        .collect();
    [
        (n[0] - n[2] / 2.0) * width - 0.5,
        (n[0] + n[2] / 2.0) * width - 0.5,
        (n[1] - n[3] / 2.0) * height - 0.5,
        (n[1] + n[3] / 2.0) * height - 0.5,
    ]
}
