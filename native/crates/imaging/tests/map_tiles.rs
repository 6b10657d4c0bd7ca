//! Map tiles read back by an independent reader: values within half a step, missing pixels, levels, damaged input refused.

use flate2::read::ZlibDecoder;
use imaging::{Cancel, ErrorCode, MapPlane, MapTilesWriter};
use std::io::Read;
use std::path::PathBuf;

struct Read1 {
    bytes: Vec<u8>,
    index: Vec<(usize, usize)>,
    header: serde_json::Value,
}

fn read(path: &PathBuf) -> Read1 {
    let bytes = std::fs::read(path).unwrap();
    let end = bytes.len();
    assert_eq!(&bytes[..8], b"TGMAPS1\n");
    assert_eq!(&bytes[end - 4..], b"END\n");
    let number = |at: usize, n: usize| {
        bytes[at..at + n]
            .iter()
            .rev()
            .fold(0usize, |v, &b| v << 8 | usize::from(b))
    };
    let (index_at, header_bytes) = (number(end - 16, 8), number(end - 8, 4));
    let header_at = end - 16 - header_bytes;
    let index = (index_at..header_at)
        .step_by(12)
        .map(|at| (number(at, 8), number(at + 8, 4)))
        .collect();
    let header = serde_json::from_slice(&bytes[header_at..end - 16]).unwrap();
    Read1 { index, header, bytes }
}

/// The values of one plane of a tile, written from the description of the format.
fn decode(file: &Read1, tile: usize, count: usize, width: usize, plane: usize) -> Vec<f64> {
    let (at, length) = file.index[tile];
    let mut raw = Vec::new();
    ZlibDecoder::new(&file.bytes[at..at + length])
        .read_to_end(&mut raw)
        .unwrap();
    let mask_bytes = count.div_ceil(8);
    let part = &raw[plane * (mask_bytes + 2 * count)..][..mask_bytes + 2 * count];
    let scale = &file.header["groups"][0]["planes"][plane];
    let (step, offset) = (scale["scale"].as_f64().unwrap(), scale["offset"].as_f64().unwrap());
    let mut codes: Vec<i64> = Vec::new();
    for i in 0..count {
        let zigzag = i64::from(part[mask_bytes + i]) | i64::from(part[mask_bytes + count + i]) << 8;
        let difference = if zigzag % 2 == 0 { zigzag / 2 } else { -(zigzag + 1) / 2 };
        let guess = match (i % width, i / width) {
            (0, 0) => 0,
            (0, _) => codes[i - width],
            (_, 0) => codes[i - 1],
            _ => (codes[i - 1] + codes[i - width]).div_euclid(2),
        };
        let code = (guess + difference + 32_768).rem_euclid(65_536) - 32_768;
        codes.push(code);
    }
    let missing = |i: usize| part[i / 8] >> (i % 8) & 1 == 1;
    let value = |i: usize| {
        if missing(i) {
            f64::NAN
        } else {
            offset + step * codes[i] as f64
        }
    };
    (0..count).map(value).collect()
}

fn temp(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("trugrade-maps-{}-{name}", std::process::id()))
}

fn plane(data: Vec<f32>) -> MapPlane {
    MapPlane {
        name: "height",
        unit: "mm".into(),
        data,
        steps_per_noise: 16.0,
        signed: true,
    }
}

/// A dent of 20 um in a bowed field.
fn dent(x: usize, y: usize) -> f32 {
    let r2 = (x as f32 - 40.0).powi(2) + (y as f32 - 25.0).powi(2);
    0.05 * (x as f32 / 60.0).sin() - 0.02 * (-r2 / 50.0).exp()
}

#[test]
fn values_come_back_within_half_a_step_and_missing_ones_as_missing() {
    let (width, height, tile) = (75, 50, 32);
    let mut data: Vec<f32> = (0..width * height).map(|i| dent(i % width, i / width)).collect();
    data[5] = f32::NAN;
    data[width * 3 + 7] = f32::INFINITY;
    let second: Vec<f32> = data.iter().map(|v| v * 3.0).collect();
    let path = temp("values");
    let mut writer = MapTilesWriter::create(&path, width, height, tile, Some(0.04)).unwrap();
    writer
        .add_group("height", vec![plane(data.clone()), plane(second)], &Cancel::new())
        .unwrap();
    writer.finish().unwrap();
    let file = read(&path);
    std::fs::remove_file(&path).unwrap();

    assert_eq!(file.header["schema"], "trugrade.maps/1");
    assert_eq!(
        (file.header["widthPx"].as_u64(), file.header["levels"].as_u64()),
        (Some(75), Some(8))
    );
    // 75 x 50 -> 38 x 25 -> 19 x 13: the first level of one tile of 32 is the fifth of eight.
    assert_eq!(file.header["firstLevel"].as_u64(), Some(5));
    // One tile at 19 x 13, two at 38 x 25, three by two at full size.
    assert_eq!(file.index.len(), 1 + 2 + 6);
    let step = file.header["groups"][0]["planes"][0]["scale"].as_f64().unwrap();
    assert!(step > 0.0 && step < 2e-4, "{step}");
    for (tile, x0, y0, w, h) in [(3, 0, 0, 32, 32), (5, 64, 0, 11, 32), (8, 64, 32, 11, 18)] {
        let values = decode(&file, tile, w * h, w, 0);
        for (i, value) in values.iter().enumerate() {
            let truth = f64::from(data[(y0 + i / w) * width + x0 + i % w]);
            if truth.is_finite() {
                assert!(
                    (value - truth).abs() <= step * 0.501,
                    "tile {tile} pixel {i}: {value} {truth}"
                );
            } else {
                assert!(value.is_nan());
            }
        }
    }
}

#[test]
fn a_coarser_level_is_the_mean_of_the_known_pixels() {
    let (width, height) = (40, 4);
    let mut data: Vec<f32> = (0..width * height).map(|i| (i % width) as f32).collect();
    data[0] = f32::NAN;
    for y in 0..4 {
        for x in 10..14 {
            data[y * width + x] = f32::NAN;
        }
    }
    let path = temp("levels");
    let mut writer = MapTilesWriter::create(&path, width, height, 20, None).unwrap();
    writer.add_group("height", vec![plane(data)], &Cancel::new()).unwrap();
    writer.finish().unwrap();
    let file = read(&path);
    std::fs::remove_file(&path).unwrap();
    let coarse = decode(&file, 0, 20 * 2, 20, 0);
    let half_step = file.header["groups"][0]["planes"][0]["scale"].as_f64().unwrap() * 0.501;
    assert!(half_step < 0.05);
    assert!((coarse[0] - 2.0 / 3.0).abs() < half_step, "{}", coarse[0]);
    assert!((coarse[20] - 0.5).abs() < half_step);
    assert!(coarse[5].is_nan() && coarse[6].is_nan() && (coarse[7] - 14.5).abs() < half_step);
}

#[test]
fn a_map_that_is_missing_everywhere_or_constant_is_stored() {
    for value in [f32::NAN, 0.0, -7.5] {
        let path = temp("constant");
        let mut writer = MapTilesWriter::create(&path, 3, 5, 512, None).unwrap();
        writer
            .add_group("height", vec![plane(vec![value; 15])], &Cancel::new())
            .unwrap();
        writer.finish().unwrap();
        let file = read(&path);
        std::fs::remove_file(&path).unwrap();
        for found in decode(&file, 0, 15, 3, 0) {
            assert!(value.is_nan() && found.is_nan() || (found - f64::from(value)).abs() < 1e-6);
        }
    }
}

#[test]
fn wrong_sizes_and_a_raised_cancel_are_refused() {
    let path = temp("refused");
    assert_eq!(
        MapTilesWriter::create(&path, 0, 5, 512, None).err().unwrap().code,
        ErrorCode::ValueInvalid
    );
    let mut writer = MapTilesWriter::create(&path, 3, 5, 512, None).unwrap();
    let short = writer.add_group("height", vec![plane(vec![0.0; 14])], &Cancel::new());
    assert_eq!(short.unwrap_err().code, ErrorCode::ValueInvalid);
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = writer.add_group("height", vec![plane(vec![0.0; 15])], &cancel);
    assert_eq!(stopped.unwrap_err().code, ErrorCode::Cancelled);
    std::fs::remove_file(&path).unwrap();
    let nowhere = MapTilesWriter::create(&temp("missing").join("file"), 3, 5, 512, None);
    assert!(nowhere.is_err());
}
