//! JPEG: pixels as libjpeg-turbo decodes them; truncated and foreign variants refused, never padded.

use crate::build::hex;
use crate::{codes, decode, fixtures, refused};
use imaging::{ErrorCode, Format, Raster, Samples, encode_jpeg, probe_bytes};

fn largest_difference(raster: &Raster, reference: &str) -> u16 {
    let reference = hex(reference);
    assert_eq!(codes(raster).len(), reference.len());
    codes(raster)
        .iter()
        .zip(&reference)
        .map(|(&a, &b)| a.abs_diff(u16::from(b)))
        .max()
        .unwrap()
}

#[test]
fn baseline_progressive_and_grey_agree_with_libjpeg() {
    // The standard leaves the inverse transform and chroma upsampling a step or two of freedom (T.83, IEEE 1180).
    for (file, pixels, tolerance) in [
        (fixtures::JPEG_BASELINE, fixtures::JPEG_BASELINE_PIXELS, 2),
        (fixtures::JPEG_PROGRESSIVE, fixtures::JPEG_PROGRESSIVE_PIXELS, 3),
        (fixtures::JPEG_GREY, fixtures::JPEG_GREY_PIXELS, 1),
    ] {
        let raster = decode(&hex(file)).unwrap();
        assert_eq!((raster.width, raster.height), (16, 8));
        let difference = largest_difference(&raster, pixels);
        assert!(difference <= tolerance, "{difference} codes apart");
    }
}

#[test]
fn density_and_orientation_are_read_and_applied() {
    let info = probe_bytes(&hex(fixtures::JPEG_BASELINE), "x").unwrap();
    assert_eq!((info.format, info.bits, info.channels), (Format::Jpeg, 8, 3));
    assert_eq!(info.density_px_per_mm, Some(10.0));
    let bytes = hex(fixtures::JPEG_ORIENTED);
    let info = probe_bytes(&bytes, "x").unwrap();
    assert_eq!((info.width, info.height, info.orientation), (8, 16, 6));
    let turned = decode(&bytes).unwrap();
    let stored = decode(&hex(fixtures::JPEG_GREY)).unwrap();
    // Orientation 6 is shown a quarter turn clockwise: the stored bottom left comes to the top left.
    assert_eq!((turned.width, turned.height), (8, 16));
    for (x, y) in [(0, 0), (7, 0), (0, 15), (3, 9)] {
        assert_eq!(turned.code(x, y, 0), stored.code(y, 7 - x, 0));
    }
}

#[test]
fn cmyk_and_other_codings_are_unsupported() {
    assert_eq!(refused(&hex(fixtures::JPEG_CMYK)), ErrorCode::ImageUnsupported);
    let mut arithmetic = hex(fixtures::JPEG_GREY);
    let at = arithmetic.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    arithmetic[at + 1] = 0xC9;
    assert_eq!(refused(&arithmetic), ErrorCode::ImageUnsupported);
    let mut twelve_bits = hex(fixtures::JPEG_GREY);
    twelve_bits[at + 4] = 12;
    assert_eq!(refused(&twelve_bits), ErrorCode::ImageUnsupported);
}

#[test]
fn every_truncation_is_damage() {
    for text in [fixtures::JPEG_BASELINE, fixtures::JPEG_PROGRESSIVE, fixtures::JPEG_GREY] {
        let whole = hex(text);
        for length in 3..whole.len() {
            assert_eq!(refused(&whole[..length]), ErrorCode::ImageDamaged, "{length} bytes");
        }
    }
}

#[test]
fn previews_behind_the_end_mark_are_ignored() {
    let mut bytes = hex(fixtures::JPEG_GREY);
    bytes.extend(hex(fixtures::JPEG_BASELINE));
    assert!(largest_difference(&decode(&bytes).unwrap(), fixtures::JPEG_GREY_PIXELS) <= 1);
}

#[test]
fn zero_and_enormous_sizes_are_refused() {
    let at = hex(fixtures::JPEG_GREY)
        .windows(2)
        .position(|w| w == [0xFF, 0xC0])
        .unwrap();
    let sized = |h: u16, w: u16| {
        let mut bytes = hex(fixtures::JPEG_GREY);
        bytes[at + 5..at + 7].copy_from_slice(&h.to_be_bytes());
        bytes[at + 7..at + 9].copy_from_slice(&w.to_be_bytes());
        refused(&bytes)
    };
    assert_eq!(sized(8, 0), ErrorCode::ImageDamaged);
    assert_eq!(sized(0, 16), ErrorCode::ImageUnsupported);
    assert_eq!(sized(65_535, 16), ErrorCode::ImageTooLarge);
    assert_eq!(sized(30_000, 30_000), ErrorCode::ImageTooLarge);
}

#[test]
fn encoding_refuses_what_jpeg_cannot_hold() {
    let sixteen = Raster {
        width: 1,
        height: 1,
        channels: 1,
        samples: Samples::U16(vec![0]),
    };
    assert_eq!(encode_jpeg(&sixteen, 90).unwrap_err().code, ErrorCode::ValueInvalid);
    let eight = Raster {
        samples: Samples::U8(vec![0]),
        ..sixteen
    };
    assert_eq!(encode_jpeg(&eight, 0).unwrap_err().field.as_deref(), Some("quality"));
    assert_eq!(encode_jpeg(&eight, 101).unwrap_err().field.as_deref(), Some("quality"));
    let wide = Raster {
        width: 65_536,
        height: 1,
        channels: 1,
        samples: Samples::U8(vec![0; 65_536]),
    };
    assert_eq!(encode_jpeg(&wide, 90).unwrap_err().code, ErrorCode::ImageTooLarge);
}
