//! Fuzzing: mutated PNG, TIFF and JPEG files end in an image or a typed error, without panic, in bounded memory.

use crate::allocation::peak_bytes;
use crate::build::{chunk, hex, png, tiff};
use crate::fixtures;
use imaging::{Cancel, DecodeLimits, ErrorCode, Raster, Samples, decode_bytes, encode_jpeg, encode_png, probe_bytes};
use std::time::{Duration, Instant};

/// Mutated files in the ordinary run; `TRUGRADE_FUZZ` asks for more.
const ORDINARY: u64 = 3000;
const LIMITS: DecodeLimits = DecodeLimits {
    max_side_px: 2000,
    max_pixels: 1_000_000,
    max_bytes: 8 << 20,
};
/// The bound above, and room for everything else in this test binary.
const MAX_HELD: usize = 48 << 20;

/// `SplitMix64` (Steele, Lea, Flood 2014): the same files on every machine.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let texture = |n: usize| (0..n).map(|i| (i * i / 7 % 251) as u8);
    let image = |channels: usize, samples| Raster {
        width: 40,
        height: 24,
        channels,
        samples,
    };
    let eight = |channels: usize| image(channels, Samples::U8(texture(960 * channels).collect()));
    let wide = image(3, Samples::U16(texture(2880).map(|v| u16::from(v) * 257).collect()));
    let raw: Vec<u8> = (0..16).flat_map(|_| [0, 1, 2, 3, 255, 5, 6, 7, 255]).collect();
    let palette = chunk(b"PLTE", &texture(48).collect::<Vec<_>>());
    let density = chunk(b"pHYs", &[0, 0, 1, 0, 0, 0, 1, 0, 1]);
    let shape: [(u16, &[u32]); 6] = [
        (256, &[18]),
        (257, &[4]),
        (258, &[16]),
        (259, &[1]),
        (262, &[1]),
        (277, &[1]),
    ];
    let tiles = [shape.as_slice(), &[(322, &[16]), (323, &[16])]].concat();
    let pixels: Vec<u8> = texture(512).collect();
    vec![
        encode_png(&wide).unwrap(),
        encode_png(&eight(1)).unwrap(),
        png((2, 16), 8, 6, 0, &[density], &raw),
        png((7, 1), 4, 3, 0, &[palette], &[0, 0x12, 0x34, 0x56, 0x70]),
        png((2, 2), 8, 0, 1, &[], &[0, 1, 0, 2, 0, 3, 4]),
        tiff(&shape, false, &[&pixels[..144]]),
        tiff(&tiles, true, &[&pixels, &pixels]),
        hex(fixtures::TIFF_LZW_16),
        hex(fixtures::TIFF_DEFLATE_16),
        encode_jpeg(&eight(3), 80).unwrap(),
        encode_jpeg(&eight(1), 95).unwrap(),
        hex(fixtures::JPEG_BASELINE),
        hex(fixtures::JPEG_PROGRESSIVE),
        hex(fixtures::JPEG_ORIENTED),
    ]
}

/// Damages a file in one to four ways.
fn mutate(seed: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=rng.below(4) {
        if bytes.is_empty() {
            break;
        }
        let (at, header) = (rng.below(bytes.len()), rng.below(bytes.len().min(64)));
        match rng.below(9) {
            0 => bytes[at] ^= 1 << rng.below(8),
            1 => bytes[at] = rng.next() as u8,
            2 => bytes.truncate(at),
            3 => bytes[header] = [0, 1, 0x7F, 0x80, 0xFF][rng.below(5)],
            // Lengths, sizes and offsets are four bytes in PNG and TIFF.
            4 => {
                let value = [0, 1, u32::MAX, 1 << 31, 65_536, rng.next() as u32][rng.below(6)];
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&value.to_be_bytes()[..end - at]);
            }
            // Segment lengths and sizes are two bytes in JPEG.
            5 => {
                let end = (at + 2).min(bytes.len());
                bytes[at..end].copy_from_slice(&(rng.next() as u16).to_be_bytes()[..end - at]);
            }
            6 => {
                let end = (at + 1 + rng.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            7 => {
                let end = (at + 1 + rng.below(40)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(header..header, copy);
            }
            _ => bytes.extend((0..rng.below(20)).map(|_| rng.next() as u8)),
        }
    }
    repair_checksums(&mut bytes, rng);
    bytes
}

/// Half of the PNG files get right checksums again, or the decoder behind the checksum would never be reached.
fn repair_checksums(bytes: &mut Vec<u8>, rng: &mut Rng) {
    if !bytes.starts_with(b"\x89PNG") || rng.below(2) == 0 {
        return;
    }
    let mut repaired = bytes[..8.min(bytes.len())].to_vec();
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes(head[..4].try_into().unwrap()) as usize;
        let Some(data) = bytes.get(at + 8..at + 8 + length) else {
            break;
        };
        repaired.extend(chunk(head[4..].try_into().unwrap(), data));
        at += 12 + length;
    }
    repaired.extend(bytes.get(at..).unwrap_or_default());
    *bytes = repaired;
}

#[test]
fn mutated_files_end_in_an_image_or_a_typed_error() {
    let wanted = std::env::var("TRUGRADE_FUZZ").ok().and_then(|n| n.parse().ok());
    let runs = wanted.unwrap_or(ORDINARY).max(ORDINARY);
    let seeds = seeds();
    for seed in &seeds {
        decode_bytes(seed, "seed", &LIMITS, &Cancel::new()).unwrap();
    }
    let (mut decoded, mut slowest) = (0u64, Duration::ZERO);
    for run in 0..runs {
        let mut rng = Rng(run);
        let bytes = mutate(&seeds[run as usize % seeds.len()], &mut rng);
        let started = Instant::now();
        let info = probe_bytes(&bytes, "mutant");
        match decode_bytes(&bytes, "mutant", &LIMITS, &Cancel::new()) {
            Ok(raster) => {
                decoded += 1;
                raster.check().unwrap();
                assert!(raster.width * raster.height <= LIMITS.max_pixels);
                let info = info.unwrap();
                assert_eq!((info.width, info.height), (raster.width, raster.height), "run {run}");
            }
            Err(error) => {
                let known = matches!(
                    error.code,
                    ErrorCode::ImageDamaged | ErrorCode::ImageUnsupported | ErrorCode::ImageTooLarge
                );
                assert!(known, "run {run}: {error}");
                assert_eq!(error.file.as_deref(), Some("mutant"));
                assert!(!error.message.contains("stumbled"), "run {run}: a decoder panicked");
            }
        }
        slowest = slowest.max(started.elapsed());
    }
    println!(
        "{runs} mutated files: {decoded} still decode, slowest {slowest:?}, most memory {} KiB",
        peak_bytes() / 1024
    );
    assert!(decoded > 0 && decoded < runs);
    assert!(peak_bytes() < MAX_HELD, "{} bytes held", peak_bytes());
}
