//! PNG: every colour type and depth against hand-made files; every kind of damage refused.

use crate::build::{chunk, png};
use crate::{codes, decode, refused};
use imaging::{ErrorCode, Raster, Samples, encode_png, probe_bytes};

fn grey16() -> Vec<u8> {
    let raw = [0, 0x12, 0x34, 0xFF, 0xFE, 0, 0, 1, 0x80, 0];
    png((2, 2), 16, 0, 0, &[], &raw)
}

#[test]
fn sixteen_bit_samples_keep_both_bytes() {
    let raster = decode(&grey16()).unwrap();
    assert!(matches!(raster.samples, Samples::U16(_)));
    assert_eq!((raster.width, raster.height, raster.channels), (2, 2, 1));
    assert_eq!(codes(&raster), [0x1234, 0xFFFE, 1, 0x8000]);
    let rgb = png((1, 1), 16, 2, 0, &[], &[0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(codes(&decode(&rgb).unwrap()), [0x0102, 0x0304, 0x0506]);
}

#[test]
fn low_depths_and_palettes_are_expanded() {
    // 1 bit: 1010 0000; 2 bits: 0 1 2 3; 4 bits: 0 and 15. Grey n of b bits becomes n * 255 / (2^b - 1).
    assert_eq!(
        codes(&decode(&png((3, 1), 1, 0, 0, &[], &[0, 0xA0])).unwrap()),
        [255, 0, 255]
    );
    assert_eq!(
        codes(&decode(&png((4, 1), 2, 0, 0, &[], &[0, 0x1B])).unwrap()),
        [0, 85, 170, 255]
    );
    assert_eq!(
        codes(&decode(&png((2, 1), 4, 0, 0, &[], &[0, 0x0F])).unwrap()),
        [0, 255]
    );
    let palette = chunk(b"PLTE", &[1, 2, 3, 40, 50, 60]);
    let raster = decode(&png((2, 1), 8, 3, 0, &[palette], &[0, 1, 0])).unwrap();
    assert_eq!((raster.channels, codes(&raster)), (3, vec![40, 50, 60, 1, 2, 3]));
}

#[test]
fn filtered_and_interlaced_rows_are_undone() {
    // Row filters Sub (1) and Up (2) of the specification, section 9.2.
    let filtered = png((2, 2), 8, 0, 0, &[], &[1, 10, 5, 2, 1, 255]);
    assert_eq!(codes(&decode(&filtered).unwrap()), [10, 15, 11, 14]);
    // Adam7 of 2 x 2 pixels: pass 1 holds (0, 0), pass 6 holds (1, 0), pass 7 holds the second row.
    let interlaced = png((2, 2), 8, 0, 1, &[], &[0, 1, 0, 2, 0, 3, 4]);
    assert_eq!(codes(&decode(&interlaced).unwrap()), [1, 2, 3, 4]);
    let with_alpha = png((2, 1), 16, 4, 1, &[], &[0, 0, 7, 255, 255, 0, 1, 0, 255, 255]);
    assert_eq!(codes(&decode(&with_alpha).unwrap()), [7, 256]);
}

#[test]
fn opaque_alpha_is_dropped_and_transparency_is_refused() {
    let opaque = png((1, 2), 8, 6, 0, &[], &[0, 1, 2, 3, 255, 0, 4, 5, 6, 255]);
    assert_eq!(codes(&decode(&opaque).unwrap()), [1, 2, 3, 4, 5, 6]);
    let clear = png((1, 2), 8, 6, 0, &[], &[0, 1, 2, 3, 255, 0, 4, 5, 6, 254]);
    assert_eq!(refused(&clear), ErrorCode::ImageUnsupported);
    let keyed = png((1, 1), 8, 0, 0, &[chunk(b"tRNS", &[0, 9])], &[0, 9]);
    assert_eq!(refused(&keyed), ErrorCode::ImageUnsupported);
}

#[test]
fn density_and_linear_light_are_read_from_their_chunks() {
    let phys = chunk(b"pHYs", &[0, 0, 0x5C, 0x46, 0, 0, 0x5C, 0x46, 1]);
    let linear = chunk(b"gAMA", &100_000u32.to_be_bytes());
    let srgb = chunk(b"sRGB", &[0]);
    let cicp = chunk(b"cICP", &[1, 8, 0, 1]);
    let info = |extra: &[Vec<u8>]| probe_bytes(&png((1, 1), 8, 0, 0, extra, &[0, 0]), "x").unwrap();
    assert_eq!(info(&[phys]).density_px_per_mm, Some(23.622));
    assert_eq!(info(&[]).density_px_per_mm, None);
    assert!(info(std::slice::from_ref(&linear)).linear_tagged);
    assert!(!info(&[linear, srgb.clone()]).linear_tagged);
    assert!(info(&[srgb, cicp]).linear_tagged);
    assert!(!info(&[chunk(b"gAMA", &45_455u32.to_be_bytes())]).linear_tagged);
}

#[test]
fn what_is_written_is_read_back_exactly() {
    let ramp: Vec<u16> = (0..37 * 11 * 3u32).map(|i| (i * 53_777 % 65_536) as u16).collect();
    let raster = Raster {
        width: 37,
        height: 11,
        channels: 3,
        samples: Samples::U16(ramp.clone()),
    };
    assert_eq!(codes(&decode(&encode_png(&raster).unwrap()).unwrap()), ramp);
    let small = Raster {
        width: 37,
        height: 33,
        channels: 1,
        samples: Samples::U8(ramp.iter().map(|&s| (s >> 8) as u8).collect()),
    };
    assert_eq!(codes(&decode(&encode_png(&small).unwrap()).unwrap()), codes(&small));
}

#[test]
fn every_truncation_and_any_trailing_byte_is_damage() {
    let whole = grey16();
    for length in 8..whole.len() {
        assert_eq!(refused(&whole[..length]), ErrorCode::ImageDamaged, "{length} bytes");
    }
    assert_eq!(refused(&[whole, vec![0]].concat()), ErrorCode::ImageDamaged);
}

#[test]
fn broken_content_is_damage() {
    assert_eq!(refused(&png((0, 4), 8, 0, 0, &[], &[])), ErrorCode::ImageDamaged);
    assert_eq!(refused(&png((1, 1), 3, 0, 0, &[], &[0, 0])), ErrorCode::ImageDamaged);
    assert_eq!(refused(&png((2, 2), 8, 0, 0, &[], &[0, 1, 2])), ErrorCode::ImageDamaged);
    assert_eq!(refused(&png((1, 1), 8, 0, 0, &[], &[9, 1])), ErrorCode::ImageDamaged);
    assert_eq!(refused(&png((1, 1), 8, 3, 0, &[], &[0, 0])), ErrorCode::ImageDamaged);
    let mut flipped = grey16();
    let at = flipped.len() - 20;
    flipped[at] ^= 1;
    assert_eq!(refused(&flipped), ErrorCode::ImageDamaged);
}

#[test]
fn bombs_are_refused_from_their_header() {
    for size in [(u32::MAX >> 1, 1), (40_000, 4), (30_000, 30_000), (u32::MAX, u32::MAX)] {
        let bomb = png(size, 16, 2, 0, &[], &[0; 100]);
        assert_eq!(refused(&bomb), ErrorCode::ImageTooLarge, "{size:?}");
    }
    // 14,000 x 14,000 RGB of 16 bits passes the pixel bound and needs 1.2 GB; interlaced it needs twice that.
    let interlaced = png((14_000, 14_000), 16, 2, 1, &[], &[0; 100]);
    assert_eq!(refused(&interlaced), ErrorCode::ImageTooLarge);
}

#[test]
fn other_files_are_unsupported_and_empty_ones_damaged() {
    assert_eq!(refused(b"GIF89a\x01\0\x01\0"), ErrorCode::ImageUnsupported);
    assert_eq!(refused(b"\x89PNG\n\n\x1a\nxxxx"), ErrorCode::ImageUnsupported);
    assert_eq!(refused(b""), ErrorCode::ImageDamaged);
}
