//! NumPy arrays of 32-bit floats on disk (format 1.0: NumPy Enhancement Proposal 1, 2007).

use crate::file::{read_bounded, shown, write_atomically, write_error};
use crate::{CoreError, ErrorCode, Result};
use std::path::Path;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Longest header read; real ones have 118 bytes.
const MAX_HEADER: usize = 4096;
/// Values converted at a time while writing.
const CHUNK: usize = 1 << 14;

/// Writes an array of `shape` (outermost first, C order) as little-endian `<f4`: temporary file, fsync, rename.
///
/// # Errors
/// [`ErrorCode::ValueInvalid`] when the shape does not hold `data.len()` values; [`ErrorCode::DiskFull`] or
/// [`ErrorCode::FileUnwritable`], with nothing left half-written.
pub fn write_npy_f32(path: &Path, shape: &[usize], data: &[f32]) -> Result<()> {
    if count(shape) != Some(data.len()) {
        return Err(invalid(
            path,
            "shape",
            format!("the shape {shape:?} does not hold {} values", data.len()),
        ));
    }
    write_atomically(path, |out| {
        out.write_all(&header(shape)).map_err(|e| write_error(&e))?;
        let mut bytes = Vec::with_capacity(CHUNK * 4);
        for chunk in data.chunks(CHUNK) {
            bytes.clear();
            bytes.extend(chunk.iter().flat_map(|v| v.to_le_bytes()));
            out.write_all(&bytes).map_err(|e| write_error(&e))?;
        }
        Ok(())
    })
}

/// Reads an array of `<f4` or `<f8` (rounded to f32) in C order as `(shape, values)`; at most `max_values` values.
///
/// # Errors
/// [`ErrorCode::FileMissing`], [`ErrorCode::FileUnreadable`]; [`ErrorCode::ValueInvalid`] for another format, another
/// sample type, Fortran order or a length that does not match the shape; [`ErrorCode::ImageTooLarge`] above the bound.
pub fn read_npy_f32(path: &Path, max_values: usize) -> Result<(Vec<usize>, Vec<f32>)> {
    let bytes = read_bounded(path, max_values.saturating_mul(8).saturating_add(MAX_HEADER))?;
    let (text, body) = split(&bytes).ok_or_else(|| {
        invalid(
            path,
            "header",
            "this is not a NumPy file of format 1.0 to 3.0".to_owned(),
        )
    })?;
    let wrong = |what: &str| invalid(path, "header", what.to_owned());
    if entry(text, "fortran_order") != Some("False") {
        return Err(wrong("the array is not in C order"));
    }
    let shape = entry(text, "shape")
        .and_then(parse_shape)
        .ok_or_else(|| wrong("the shape cannot be read"))?;
    let values = count(&shape)
        .filter(|&n| n <= max_values)
        .ok_or_else(|| too_many(path, &shape, max_values))?;
    let width = match entry(text, "descr") {
        Some("'<f4'") => 4,
        Some("'<f8'") => 8,
        other => {
            return Err(wrong(&format!(
                "the sample type {} is not '<f4' or '<f8'",
                other.unwrap_or("(none)")
            )));
        }
    };
    if body.len() != values * width {
        let problem = format!(
            "the shape {shape:?} needs {} bytes and the file holds {}",
            values * width,
            body.len()
        );
        return Err(invalid(path, "values", problem));
    }
    Ok((shape, floats(body, width)))
}

fn floats(body: &[u8], width: usize) -> Vec<f32> {
    let (quads, _) = body.as_chunks::<4>();
    let (octets, _) = body.as_chunks::<8>();
    match width {
        4 => quads.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        _ => octets.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
    }
}

fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |n, &side| n.checked_mul(side))
}

fn header(shape: &[usize]) -> Vec<u8> {
    let sides: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let sides = if shape.len() == 1 {
        sides.trim_end()
    } else {
        sides.trim_end_matches(", ")
    };
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sides}), }}");
    // The values start at a multiple of 64 bytes, as NumPy itself writes them, so that they can be memory-mapped.
    let padding = (64 - (MAGIC.len() + 4 + text.len() + 1) % 64) % 64;
    text.push_str(&" ".repeat(padding));
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

/// Header text and values; versions 2 and 3 differ from 1 only in a four-byte length.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (start, length) = match rest.first()? {
        1 => (4, u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?) as usize),
        2 | 3 => (6, u32::from_le_bytes(rest.get(2..6)?.try_into().ok()?) as usize),
        _ => return None,
    };
    if length > MAX_HEADER {
        return None;
    }
    let text = std::str::from_utf8(rest.get(start..start + length)?).ok()?;
    Some((text, &rest[start + length..]))
}

/// The value of one key of the header's Python dictionary, as text.
fn entry<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let quoted = format!("'{key}'");
    let after = &text[text.find(&quoted)? + quoted.len()..];
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let end = if value.starts_with('(') {
        value.find(')')? + 1
    } else {
        value.find([',', '}'])?
    };
    Some(value[..end].trim_end())
}

fn parse_shape(text: &str) -> Option<Vec<usize>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    inner
        .split(',')
        .map(str::trim)
        .filter(|side| !side.is_empty())
        .map(|side| side.parse().ok())
        .collect()
}

fn invalid(path: &Path, field: &str, problem: String) -> CoreError {
    CoreError::new(
        ErrorCode::ValueInvalid,
        problem,
        "save it with numpy.save as float32 in C order",
    )
    .in_file(shown(path))
    .in_field(field)
}

fn too_many(path: &Path, shape: &[usize], max_values: usize) -> CoreError {
    CoreError::new(
        ErrorCode::ImageTooLarge,
        format!("the shape {shape:?} holds more than the {max_values} values read at most"),
        "use a smaller array",
    )
    .in_file(shown(path))
    .in_field("shape")
}
