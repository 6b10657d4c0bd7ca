//! Decoding several files: order, progress, cancellation, one bound of memory, and real files where they are at hand.

use crate::build::png;
use imaging::{Cancel, DecodeLimits, ErrorCode, Format, decode_file, decode_files, probe_file};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

fn folder(name: &str, files: u8) -> (PathBuf, Vec<PathBuf>) {
    let folder = std::env::temp_dir().join(format!("imaging-many-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let paths = (0..files).map(|i| folder.join(format!("{i}.png"))).collect::<Vec<_>>();
    for (i, path) in paths.iter().enumerate() {
        std::fs::write(path, png((1, 1), 8, 0, 0, &[], &[0, i as u8])).unwrap();
    }
    (folder, paths)
}

#[test]
fn files_come_back_in_order_with_progress() {
    let (folder, paths) = folder("order", 20);
    let (calls, highest) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let progress = |done: usize| {
        calls.fetch_add(1, Ordering::Relaxed);
        highest.fetch_max(done, Ordering::Relaxed);
    };
    let rasters = decode_files(&paths, &DecodeLimits::default(), &Cancel::new(), &progress).unwrap();
    assert!(rasters.iter().enumerate().all(|(i, r)| r.code(0, 0, 0) == i as u16));
    assert_eq!((calls.into_inner(), highest.into_inner()), (20, 20));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_first_bad_file_is_named_and_cancelling_stops() {
    let (folder, mut paths) = folder("bad", 6);
    let whole = std::fs::read(&paths[0]).unwrap();
    for i in [2, 4] {
        std::fs::write(&paths[i], &whole[..whole.len() - 1]).unwrap();
    }
    let decode = |paths: &[PathBuf], cancel: &Cancel| {
        decode_files(paths, &DecodeLimits::default(), cancel, &|_| {}).unwrap_err()
    };
    let error = decode(&paths, &Cancel::new());
    assert_eq!(error.code, ErrorCode::ImageDamaged);
    assert!(error.file.unwrap().ends_with("2.png"));
    paths.push(folder.join("none.png"));
    let error = decode(&paths, &Cancel::new());
    assert_eq!(error.code, ErrorCode::FileMissing, "headers are read before pixels");
    assert!(error.file.unwrap().ends_with("none.png"));
    let cancel = Cancel::new();
    cancel.cancel();
    assert_eq!(decode(&paths, &cancel).code, ErrorCode::Cancelled);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_memory_of_all_files_together_is_bounded() {
    let (folder, paths) = folder("memory", 3);
    // One file has about 80 bytes and one pixel: two fit into 400 bytes on any number of cores, a thousand do not.
    let limits = DecodeLimits {
        max_bytes: 400,
        ..DecodeLimits::default()
    };
    decode_files(&paths[..2], &limits, &Cancel::new(), &|_| {}).unwrap();
    let thousand: Vec<PathBuf> = paths.iter().cycle().take(1000).cloned().collect();
    let error = decode_files(&thousand, &limits, &Cancel::new(), &|_| {}).unwrap_err();
    assert_eq!(error.code, ErrorCode::ImageTooLarge);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn missing_files_and_folders_are_named() {
    let folder = std::env::temp_dir();
    let (limits, cancel) = (DecodeLimits::default(), Cancel::new());
    let missing = folder.join("imaging-no-such-file.png");
    for error in [
        decode_file(&missing, &limits, &cancel).unwrap_err(),
        probe_file(&missing).unwrap_err(),
    ] {
        assert_eq!(error.code, ErrorCode::FileMissing);
        assert!(error.file.unwrap().contains("imaging-no-such-file"));
    }
    assert_eq!(
        decode_file(&folder, &limits, &cancel).unwrap_err().code,
        ErrorCode::FileUnreadable
    );
    assert_eq!(probe_file(&folder).unwrap_err().code, ErrorCode::FileUnreadable);
}

#[test]
fn real_scans_and_captures_are_decoded() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    if !data.is_dir() {
        println!("SKIPPED: real scans and captures, because {} is absent", data.display());
        return;
    }
    let (limits, cancel) = (DecodeLimits::default(), Cancel::new());
    let scan = data.join("cards/scan-001.jpg");
    let info = probe_file(&scan).unwrap();
    let raster = decode_file(&scan, &limits, &cancel).unwrap();
    // 600 dpi, as the scanner wrote it.
    assert_eq!(info.density_px_per_mm, Some(600.0 / 25.4));
    assert_eq!((raster.width, raster.height, raster.channels), (1653, 2296, 3));
    let frame = data.join("photometric/ball/light-00.png");
    let info = probe_file(&frame).unwrap();
    assert_eq!((info.format, info.bits, info.channels), (Format::Png, 16, 3));
    let raster = decode_file(&frame, &limits, &cancel).unwrap();
    assert_eq!((raster.width, raster.height), (146, 146));
}
