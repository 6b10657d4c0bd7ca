//! TIFF: strips, tiles, planes, byte orders and compressions against hand-made files and tifffile.

use crate::build::{hex, tiff};
use crate::{codes, decode, fixtures, refused};
use imaging::{ErrorCode, Format, probe_bytes};

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
const SAMPLES: u16 = 277;
const ROWS: u16 = 278;
const PLANAR: u16 = 284;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const EXTRA: u16 = 338;
const FORMAT: u16 = 339;

fn grey(width: u32, height: u32, bits: u32) -> Vec<(u16, Vec<u32>)> {
    vec![
        (WIDTH, vec![width]),
        (HEIGHT, vec![height]),
        (BITS, vec![bits]),
        (COMPRESSION, vec![1]),
        (PHOTOMETRIC, vec![1]),
        (SAMPLES, vec![1]),
    ]
}

fn rgb(width: u32, height: u32) -> Vec<(u16, Vec<u32>)> {
    let mut tags = grey(width, height, 8);
    tags[2].1 = vec![8; 3];
    tags[4].1 = vec![2];
    tags[5].1 = vec![3];
    tags
}

fn file(tags: &[(u16, Vec<u32>)], extra: &[(u16, &[u32])], tiled: bool, chunks: &[&[u8]]) -> Vec<u8> {
    let mut all: Vec<(u16, &[u32])> = tags.iter().map(|(t, v)| (*t, &v[..])).collect();
    all.extend(extra);
    tiff(&all, tiled, chunks)
}

#[test]
fn strips_of_16_bits_are_put_together() {
    let bytes = file(
        &grey(2, 3, 16),
        &[(ROWS, &[2])],
        false,
        &[&[1, 0, 0, 1, 2, 0, 0, 2], &[0xFF, 0xFF, 3, 4]],
    );
    let raster = decode(&bytes).unwrap();
    assert_eq!((raster.width, raster.height), (2, 3));
    assert_eq!(codes(&raster), [1, 256, 2, 512, 65_535, 0x0403]);
}

#[test]
fn tiles_lose_their_padding() {
    let tiles: Vec<Vec<u8>> = (0..2).map(|t| (0..=255).map(|i: u8| i ^ (t * 128)).collect()).collect();
    let bytes = file(
        &grey(18, 2, 8),
        &[(TILE_WIDTH, &[16]), (TILE_HEIGHT, &[16])],
        true,
        &[&tiles[0], &tiles[1]],
    );
    let expected: Vec<u16> = (0..16).chain([128, 129]).chain(16..32).chain([144, 145]).collect();
    assert_eq!(codes(&decode(&bytes).unwrap()), expected);
}

#[test]
fn planes_and_pixels_give_the_same_image() {
    let chunky = file(&rgb(2, 1), &[], false, &[&[1, 2, 3, 4, 5, 6]]);
    let planar = file(&rgb(2, 1), &[(PLANAR, &[2])], false, &[&[1, 4], &[2, 5], &[3, 6]]);
    assert_eq!(codes(&decode(&chunky).unwrap()), [1, 2, 3, 4, 5, 6]);
    assert_eq!(codes(&decode(&planar).unwrap()), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn white_is_zero_is_inverted() {
    let mut tags = grey(2, 1, 8);
    tags[4].1 = vec![0];
    assert_eq!(
        codes(&decode(&file(&tags, &[], false, &[&[0, 250]])).unwrap()),
        [255, 5]
    );
}

#[test]
fn opaque_alpha_is_dropped_and_transparency_is_refused() {
    let mut tags = rgb(2, 1);
    tags[2].1 = vec![8; 4];
    tags[5].1 = vec![4];
    let image = |alpha| file(&tags, &[(EXTRA, &[2])], false, &[&[1, 2, 3, 255, 4, 5, 6, alpha]]);
    assert_eq!(codes(&decode(&image(255)).unwrap()), [1, 2, 3, 4, 5, 6]);
    assert_eq!(refused(&image(0)), ErrorCode::ImageUnsupported);
}

#[test]
fn the_orientation_tag_is_applied() {
    // Orientation 6: the first stored row is the right-hand column of the picture, from top to bottom.
    let bytes = file(&grey(3, 2, 8), &[(ORIENTATION, &[6])], false, &[&[1, 2, 3, 4, 5, 6]]);
    let raster = decode(&bytes).unwrap();
    assert_eq!((raster.width, raster.height), (2, 3));
    assert_eq!(codes(&raster), [4, 1, 5, 2, 6, 3]);
    let expected: [(u32, [u16; 6]); 7] = [
        (2, [3, 2, 1, 6, 5, 4]),
        (3, [6, 5, 4, 3, 2, 1]),
        (4, [4, 5, 6, 1, 2, 3]),
        (5, [1, 4, 2, 5, 3, 6]),
        (7, [6, 3, 5, 2, 4, 1]),
        (8, [3, 6, 2, 5, 1, 4]),
        (99, [1, 2, 3, 4, 5, 6]),
    ];
    for (orientation, pixels) in expected {
        let bytes = file(
            &grey(3, 2, 8),
            &[(ORIENTATION, &[orientation])],
            false,
            &[&[1, 2, 3, 4, 5, 6]],
        );
        assert_eq!(codes(&decode(&bytes).unwrap()), pixels, "orientation {orientation}");
    }
}

#[test]
fn compressed_files_of_tifffile_are_read_in_both_byte_orders() {
    let expected: Vec<u16> = (0..30).map(|i| i * 2000 + 7).collect();
    for text in [fixtures::TIFF_LZW_16, fixtures::TIFF_DEFLATE_16] {
        let bytes = hex(text);
        let info = probe_bytes(&bytes, "x").unwrap();
        assert_eq!(
            (info.width, info.height, info.bits, info.format),
            (6, 5, 16, Format::Tiff)
        );
        assert_eq!(info.density_px_per_mm, Some(10.0));
        assert_eq!(codes(&decode(&bytes).unwrap()), expected);
    }
}

#[test]
fn other_variants_are_unsupported() {
    let float = file(&grey(1, 1, 16), &[(FORMAT, &[3])], false, &[&[0, 0]]);
    assert_eq!(refused(&float), ErrorCode::ImageUnsupported);
    assert_eq!(
        refused(&file(&grey(1, 1, 32), &[], false, &[&[0; 4]])),
        ErrorCode::ImageUnsupported
    );
    let mut fax = grey(8, 1, 1);
    fax[3].1 = vec![4];
    assert_eq!(refused(&file(&fax, &[], false, &[&[0]])), ErrorCode::ImageUnsupported);
    let mut jpeg = grey(8, 8, 8);
    jpeg[3].1 = vec![7];
    assert_eq!(
        refused(&file(&jpeg, &[], false, &[&[0; 9]])),
        ErrorCode::ImageUnsupported
    );
}

#[test]
fn damage_and_bombs_are_refused() {
    let good = file(&grey(4, 4, 8), &[], false, &[&[7; 16]]);
    decode(&good).unwrap();
    for length in 4..good.len() {
        assert_eq!(refused(&good[..length]), ErrorCode::ImageDamaged, "{length} bytes");
    }
    assert_eq!(
        refused(&file(&grey(0, 4, 8), &[], false, &[&[7; 16]])),
        ErrorCode::ImageDamaged
    );
    let two = file(&grey(4, 4, 8), &[], false, &[&[7; 8], &[7; 8]]);
    assert_eq!(refused(&two), ErrorCode::ImageDamaged);
    let short = file(&grey(4, 4, 8), &[], false, &[&[7; 15]]);
    assert_eq!(refused(&short), ErrorCode::ImageDamaged);
    for side in [32_769, u32::MAX] {
        let bomb = file(&grey(side, 30_000, 16), &[], false, &[&[0; 16]]);
        assert_eq!(refused(&bomb), ErrorCode::ImageTooLarge, "{side}");
    }
    let tile = [(TILE_WIDTH, &[1 << 30][..]), (TILE_HEIGHT, &[1 << 30][..])];
    assert_eq!(
        refused(&file(&grey(4, 4, 16), &tile, true, &[&[0; 64]])),
        ErrorCode::ImageDamaged
    );
}
