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
}

/// Light of one scan, to compare prints.
struct Print {
    raster: imaging::Raster,
    table: Vec<f32>,
}

impl Print {
    fn open(folder: &Path, name: &str) -> Self {
        let file = folder.join(format!("{name}.jpg"));
        let raster = imaging::decode_file(&file, &DecodeLimits::default(), &Cancel::new()).unwrap();
        let table = Encoding::Srgb.table(255);
        Self { raster, table }
    }

    fn patch(&self, x: usize, y: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(PATCH * PATCH);
        for row in y..y + PATCH {
            for column in x..x + PATCH {
                out.push(f64::from(self.table[usize::from(self.raster.code(column, row, 1))]));
            }
        }
        let mean = out.iter().sum::<f64>() / out.len() as f64;
        out.iter_mut().for_each(|v| *v -= mean);
        let norm = out.iter().map(|v| v * v).sum::<f64>().sqrt();
        out.iter_mut().for_each(|v| *v /= norm);
        out
    }
}

const PATCH: usize = 96;
const SEARCH: i64 = 24;

/// Row of `other` at which the patch of `print` at `(x, y)` correlates best, near `(x + dx, y + dy)`; `None` where the print is too plain.
fn matched_row(print: &Print, other: &Print, x: usize, y: usize, (dx, dy): (i64, i64)) -> Option<f64> {
    let patch = print.patch(x, y);
    let score = |sx: i64, sy: i64| -> f64 {
        let at = other.patch((x as i64 + dx + sx) as usize, (y as i64 + dy + sy) as usize);
        patch.iter().zip(&at).map(|(a, b)| a * b).sum()
    };
    let mut best = (0.0, 0, 0);
    for step in [4, 1] {
        let (cx, cy, reach) = if step == 4 { (0, 0, SEARCH) } else { (best.1, best.2, 4) };
        for sy in (-reach..=reach).step_by(step) {
            for sx in (-reach..=reach).step_by(step) {
                let s = score(cx + sx, cy + sy);
                if s > best.0 {
                    best = (s, cx + sx, cy + sy);
                }
            }
        }
    }
    let (s, sx, sy) = best;
    let (above, below) = (score(sx, sy - 1), score(sx, sy + 1));
    let bend = above - 2.0 * s + below;
    (s > 0.85 && bend < 0.0).then(|| (y as i64 + dy + sy) as f64 + 0.5 * (above - below) / bend)
}

/// How much taller the print of `other` is than that of `print`, by pieces of the art near its top and its bottom.
fn print_scale(print: &Print, other: &Print, offset: (i64, i64)) -> f64 {
    let columns = (0..12).map(|i| 460 + 85 * i);
    let row = |y: usize| -> Vec<Option<f64>> {
        columns
            .clone()
            .map(|x| matched_row(print, other, x, y, offset))
            .collect()
    };
    let rows = [230usize, 330, 1560, 1680, 1990];
    let found: Vec<(f64, f64)> = rows
        .iter()
        .flat_map(|y| {
            row(*y)
                .into_iter()
                .flatten()
                .map(|r| (*y as f64, r))
                .collect::<Vec<_>>()
        })
        .collect();
    let n = found.len() as f64;
    assert!(n >= 12.0, "only {n} pieces of print were found again");
    let mean = |of: fn(&(f64, f64)) -> f64| found.iter().map(of).sum::<f64>() / n;
    let (my, mr) = (mean(|p| p.0), mean(|p| p.1));
    let (mut over, mut under) = (0.0, 0.0);
    for (y, r) in &found {
        over += (y - my) * (r - mr);
        under += (y - my) * (y - my);
    }
    over / under
}

/// 004, 005 and 006 are three cards of one design, cut by themselves: their margins differ, their print does not.
#[test]
fn three_cards_of_one_design_have_one_print_and_their_sums_follow_the_cut() {
    let Some(folder) = folder() else { return };
    let names = ["scan-004", "scan-005", "scan-006"];
    let results = scans(&folder);
    let of = |name: &str| &results.iter().find(|r| r.0 == name).unwrap().2;
    let sums = names.map(|name| {
        let (m, size) = (of(name).mean_mm.unwrap(), of(name).size_mm.unwrap());
        let (lr, tb) = (m.left.unwrap() + m.right.unwrap(), m.top.unwrap() + m.bottom.unwrap());
        (lr, tb, size.width - lr, size.height - tb)
    });
    let spread = |values: [f64; 3]| {
        values.iter().copied().fold(f64::MIN, f64::max) - values.iter().copied().fold(f64::MAX, f64::min)
    };
    let first = Print::open(&folder, names[0]);
    let corner = |name: &str| of(name).corners[0];
    let scales = names.map(|name| {
        if name == names[0] {
            return 1.0;
        }
        let (a, b) = (corner(names[0]), corner(name));
        // The print is shifted against the cut by some tenths of a millimetre: the search covers that.
        let offset = ((b.x_px - a.x_px).round() as i64, (b.y_px - a.y_px).round() as i64);
        print_scale(&first, &Print::open(&folder, name), offset)
    });
    let heights = names.map(|name| of(name).size_mm.unwrap().height);
    let print = [0, 1, 2].map(|i| sums[i].3 / scales[i]);
    println!("left + right {:.3?} mm", sums.map(|s| s.0));
    println!(
        "top + bottom {:.3?} mm, cut heights {heights:.3?} mm",
        sums.map(|s| s.1)
    );
    println!(
        "width of the print {:.3?} mm, height {:.3?} mm",
        sums.map(|s| s.2),
        sums.map(|s| s.3)
    );
    println!("scale of the print along the transport {scales:.5?}, its height by that scale {print:.3?} mm");
    assert!(spread(sums.map(|s| s.0)) <= 0.05, "left + right");
    assert!(spread(sums.map(|s| s.2)) <= 0.05, "width of the print");
    assert!(spread(print) <= 0.05, "height of the print by its own scale");
    // What is left in top + bottom is the cut: the cards' own heights differ by more.
    assert!(spread(sums.map(|s| s.1)) <= spread(heights) + 0.01, "top + bottom");
}
