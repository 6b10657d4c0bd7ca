//! Maps of numbers as files for other programs: NumPy, 32-bit float TIFF and OpenEXR, 16-bit PNG with its scale written inside.

use super::exr;
use super::png::range_png;
use crate::file::{shown, write_atomically, write_error};
use crate::{CoreError, ErrorCode, Result, write_npy_f32};
use std::io::Cursor;
use std::path::Path;
use tiff::TiffError;
use tiff::encoder::{TiffEncoder, colortype};

/// File formats of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapFormat {
    /// Little-endian float32 array.
    Npy,
    /// 32-bit floating-point samples.
    Tiff,
    /// 32-bit floating-point channels: `Y`, or `R`, `G`, `B`.
    Exr,
    /// Codes 0 to 65535 over a range that a text chunk tells: `value = lo + code / 65535 * (hi - lo)`.
    Png16,
}

impl MapFormat {
    /// Ending of its files, which is also its name on the command line but for `png16`.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Npy => "npy",
            Self::Tiff => "tiff",
            Self::Exr => "exr",
            Self::Png16 => "png",
        }
    }
}

/// Writes `height * width * channels` numbers, 1 or 3 channels, row by row: temporary file, fsync, rename.
///
/// A PNG needs finite numbers; its range is that of the values.
///
/// # Errors
/// `ValueInvalid` when the shape does not hold the values or a PNG's are not finite; `DiskFull`, `FileUnwritable`.
pub fn write_map(
    path: &Path,
    format: MapFormat,
    (width, height, channels): (usize, usize, usize),
    data: &[f32],
) -> Result<()> {
    let fits = width.checked_mul(height).and_then(|n| n.checked_mul(channels)) == Some(data.len());
    if !fits || !(channels == 1 || channels == 3) {
        let problem = format!("{width} x {height} x {channels} does not hold {} values", data.len());
        return Err(invalid(path, "shape", problem));
    }
    match format {
        MapFormat::Npy if channels == 1 => write_npy_f32(path, &[height, width], data),
        MapFormat::Npy => write_npy_f32(path, &[height, width, channels], data),
        MapFormat::Tiff => {
            let bytes = tiff_bytes(width, height, channels, data).map_err(|e| e.in_file(shown(path)))?;
            write_atomically(path, |out| out.write_all(&bytes).map_err(|e| write_error(&e)))
        }
        MapFormat::Exr => write_atomically(path, |out| exr::write(out, (width, height, channels), data)),
        MapFormat::Png16 => {
            let (lo, hi) = range(data).ok_or_else(|| invalid(path, "values", "a value is not finite".to_owned()))?;
            let scale = if hi > lo { 65535.0 / (hi - lo) } else { 0.0 };
            let codes: Vec<u16> = data.iter().map(|v| ((v - lo) * scale).round() as u16).collect();
            write_atomically(path, |out| range_png(out, width, height, channels, &codes, (lo, hi)))
        }
    }
}

fn range(data: &[f32]) -> Option<(f32, f32)> {
    let all = data.iter().all(|v| v.is_finite());
    let fold = |start: f32, pick: fn(f32, f32) -> f32| data.iter().copied().fold(start, pick);
    let (lo, hi) = (fold(f32::INFINITY, f32::min), fold(f32::NEG_INFINITY, f32::max));
    (all && lo.is_finite() && hi.is_finite()).then_some((lo, hi))
}

fn tiff_bytes(width: usize, height: usize, channels: usize, data: &[f32]) -> Result<Vec<u8>> {
    let side = |n: usize| {
        u32::try_from(n).map_err(|_| {
            let problem = format!("a side of {n} pixels does not fit into a TIFF file");
            CoreError::new(ErrorCode::ImageTooLarge, problem, "write a smaller map")
        })
    };
    let (width, height) = (side(width)?, side(height)?);
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).map_err(refused)?;
    if channels == 1 {
        encoder.write_image::<colortype::Gray32Float>(width, height, data)
    } else {
        encoder.write_image::<colortype::RGB32Float>(width, height, data)
    }
    .map_err(refused)?;
    Ok(bytes.into_inner())
}

fn refused(e: TiffError) -> CoreError {
    let problem = format!("the TIFF encoder refused the map ({e})");
    CoreError::new(ErrorCode::Internal, problem, "report this with the map")
}

fn invalid(path: &Path, field: &str, problem: String) -> CoreError {
    CoreError::new(ErrorCode::ValueInvalid, problem, "report this with the capture")
        .in_file(shown(path))
        .in_field(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_npy_f32;
    use tiff::decoder::{Decoder, DecodingResult};

    fn values() -> Vec<f32> {
        (0..5 * 4 * 3).map(|i| i as f32 * 0.37 - 4.0).collect()
    }

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("maps-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        folder
    }

    #[test]
    fn numbers_come_back_exactly_from_npy_and_tiff() {
        let folder = folder("exact");
        let data = values();
        write_map(&folder.join("a.npy"), MapFormat::Npy, (5, 4, 3), &data).expect("written");
        assert_eq!(
            read_npy_f32(&folder.join("a.npy"), 1000).expect("read"),
            (vec![4, 5, 3], data.clone())
        );
        write_map(&folder.join("a.tiff"), MapFormat::Tiff, (5, 4, 3), &data).expect("written");
        let file = std::fs::File::open(folder.join("a.tiff")).expect("open");
        let mut decoder = Decoder::new(std::io::BufReader::new(file)).expect("a TIFF");
        assert_eq!(decoder.dimensions().expect("a size"), (5, 4));
        assert!(matches!(decoder.read_image().expect("pixels"), DecodingResult::F32(v) if v == data));
        std::fs::remove_dir_all(folder).expect("removed");
    }

    /// Values by channel name of an uncompressed OpenEXR file, read by its specification.
    fn read_exr(bytes: &[u8]) -> (usize, usize, Vec<(String, Vec<f32>)>) {
        let int = |at: usize| i32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let text = |at: usize| {
            let end = at + bytes[at..].iter().position(|b| *b == 0).expect("an end");
            (String::from_utf8(bytes[at..end].to_vec()).expect("text"), end + 1)
        };
        assert_eq!((&bytes[..4], int(4)), (&[0x76, 0x2f, 0x31, 0x01][..], 2));
        let (mut at, mut names, mut size) = (8, Vec::new(), (0, 0));
        while bytes[at] != 0 {
            let (name, after) = text(at);
            let (_, after) = text(after);
            let (length, value) = (int(after) as usize, after + 4);
            match name.as_str() {
                "channels" => {
                    let mut c = value;
                    while bytes[c] != 0 {
                        let (channel, after) = text(c);
                        assert_eq!(int(after), 2, "floats");
                        names.push(channel);
                        c = after + 16;
                    }
                }
                "compression" => assert_eq!(bytes[value], 0),
                "dataWindow" => size = (int(value + 8) as usize + 1, int(value + 12) as usize + 1),
                _ => {}
            }
            at = value + length;
        }
        at += 1;
        let mut channels: Vec<(String, Vec<f32>)> = names.into_iter().map(|n| (n, Vec::new())).collect();
        for y in 0..size.1 {
            let offset = u64::from_le_bytes(bytes[at + 8 * y..at + 8 * y + 8].try_into().expect("eight bytes"));
            let mut from = offset as usize;
            assert_eq!(
                (int(from), int(from + 4) as usize),
                (y as i32, size.0 * channels.len() * 4)
            );
            from += 8;
            for (_, values) in &mut channels {
                values.extend(
                    bytes[from..from + 4 * size.0]
                        .chunks_exact(4)
                        .map(|b| f32::from_le_bytes(b.try_into().expect("four bytes"))),
                );
                from += 4 * size.0;
            }
        }
        (size.0, size.1, channels)
    }

    #[test]
    fn numbers_come_back_exactly_from_openexr_by_channel() {
        let folder = folder("exr");
        let data = values();
        let path = folder.join("a.exr");
        write_map(&path, MapFormat::Exr, (5, 4, 3), &data).expect("written");
        let (width, height, channels) = read_exr(&std::fs::read(&path).expect("read"));
        assert_eq!((width, height), (5, 4));
        for (at, name) in ["R", "G", "B"].into_iter().enumerate() {
            let want: Vec<f32> = data.iter().skip(at).step_by(3).copied().collect();
            let found = channels.iter().find(|c| c.0 == name).expect("a channel");
            assert_eq!(found.1, want);
        }
        write_map(&path, MapFormat::Exr, (4, 5, 1), &data[..20]).expect("written");
        let (_, _, channels) = read_exr(&std::fs::read(&path).expect("read"));
        assert_eq!(channels, [("Y".to_owned(), data[..20].to_vec())]);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_png_tells_the_range_of_its_codes() {
        let folder = folder("range");
        let data = values();
        let path = folder.join("a.png");
        write_map(&path, MapFormat::Png16, (5, 4, 3), &data).expect("written");
        let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).expect("open")));
        let mut reader = decoder.read_info().expect("a PNG");
        let chunks = &reader.info().uncompressed_latin1_text;
        let text = &chunks.iter().find(|c| c.keyword == "Range").expect("a range").text;
        let ends: Vec<f32> = text.split(' ').map(|v| v.parse().expect("a number")).collect();
        let mut bytes = vec![0; reader.output_buffer_size().expect("bounded")];
        reader.next_frame(&mut bytes).expect("pixels");
        for (pair, want) in bytes.chunks_exact(2).zip(&data) {
            let code = f32::from(u16::from_be_bytes([pair[0], pair[1]]));
            let value = ends[0] + code / 65535.0 * (ends[1] - ends[0]);
            assert!((value - want).abs() < 2e-4, "{value} {want}");
        }
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_wrong_shape_and_a_number_without_code_are_refused() {
        let path = std::env::temp_dir().join("never-written.png");
        assert!(write_map(&path, MapFormat::Png16, (5, 5, 1), &[0.0; 24]).is_err());
        assert!(write_map(&path, MapFormat::Png16, (2, 1, 1), &[0.0, f32::NAN]).is_err());
        assert!(!path.exists());
    }
}
