//! Decoding: pixels checked against hand-made files and other programs, bad files refused, fuzzing, bounded memory.

mod allocation;
mod build;
mod fixtures;
mod fuzz;
mod jpeg;
mod many;
mod png;
mod tiff;

use imaging::{Cancel, DecodeLimits, ErrorCode, Raster, Result, Samples, decode_bytes};

fn decode(bytes: &[u8]) -> Result<Raster> {
    decode_bytes(bytes, "test-file", &DecodeLimits::default(), &Cancel::new())
}

fn codes(raster: &Raster) -> Vec<u16> {
    match &raster.samples {
        Samples::U8(v) => v.iter().map(|&s| u16::from(s)).collect(),
        Samples::U16(v) => v.clone(),
    }
}

fn refused(bytes: &[u8]) -> ErrorCode {
    let error = decode(bytes).expect_err("a bad file was decoded");
    assert_eq!(error.file.as_deref(), Some("test-file"));
    error.code
}
