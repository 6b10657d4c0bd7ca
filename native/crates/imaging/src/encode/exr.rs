//! OpenEXR files of 32-bit floats: one part, scan lines, no compression ("OpenEXR File Layout", openexr.com).

use crate::file::write_error;
use crate::{CoreError, ErrorCode, Result};
use std::io::Write;

const MAGIC: [u8; 4] = [0x76, 0x2f, 0x31, 0x01];
/// Version 2, no flags: one part of scan lines with short names.
const VERSION: i32 = 2;
/// Pixel type of 32-bit floats.
const FLOAT: i32 = 2;

/// Writes `height * width * channels` numbers, 1 channel as `Y`, 3 as `R`, `G`, `B`.
///
/// # Errors
/// `ImageTooLarge` for sides above 2^31 - 1; `DiskFull`, `FileUnwritable`.
pub(super) fn write(out: &mut dyn Write, (width, height, channels): (usize, usize, usize), data: &[f32]) -> Result<()> {
    let (right, bottom) = (last(width)?, last(height)?);
    // Channels lie in a file by the alphabet.
    let order: &[(&str, usize)] = if channels == 1 {
        &[("Y", 0)]
    } else {
        &[("B", 2), ("G", 1), ("R", 0)]
    };
    let mut head = Vec::new();
    head.extend(MAGIC);
    head.extend(VERSION.to_le_bytes());
    let mut list = Vec::new();
    for (name, _) in order {
        list.extend(name.as_bytes());
        // End of the name, pixel type, not perceptually linear, reserved, sampling 1 x 1.
        list.push(0);
        list.extend(FLOAT.to_le_bytes());
        list.extend([0; 4]);
        list.extend(1i32.to_le_bytes());
        list.extend(1i32.to_le_bytes());
    }
    list.push(0);
    let window: Vec<u8> = [0, 0, right, bottom].iter().flat_map(|v| v.to_le_bytes()).collect();
    let one = 1f32.to_le_bytes();
    attribute(&mut head, "channels", "chlist", &list);
    attribute(&mut head, "compression", "compression", &[0]);
    attribute(&mut head, "dataWindow", "box2i", &window);
    attribute(&mut head, "displayWindow", "box2i", &window);
    attribute(&mut head, "lineOrder", "lineOrder", &[0]);
    attribute(&mut head, "pixelAspectRatio", "float", &one);
    attribute(&mut head, "screenWindowCenter", "v2f", &[0; 8]);
    attribute(&mut head, "screenWindowWidth", "float", &one);
    head.push(0);
    let line_bytes = width * channels * 4;
    let first = head.len() + 8 * height;
    for y in 0..height {
        head.extend(((first + y * (8 + line_bytes)) as u64).to_le_bytes());
    }
    let send = |out: &mut dyn Write, bytes: &[u8]| out.write_all(bytes).map_err(|e| write_error(&e));
    send(out, &head)?;
    let mut line = Vec::with_capacity(8 + line_bytes);
    for (y, row) in data.chunks_exact(width * channels).enumerate() {
        line.clear();
        line.extend((y as i32).to_le_bytes());
        line.extend((line_bytes as i32).to_le_bytes());
        for (_, channel) in order {
            line.extend(
                row.iter()
                    .skip(*channel)
                    .step_by(channels)
                    .flat_map(|v| v.to_le_bytes()),
            );
        }
        send(out, &line)?;
    }
    Ok(())
}

fn last(side: usize) -> Result<i32> {
    i32::try_from(side).ok().and_then(|n| n.checked_sub(1)).ok_or_else(|| {
        CoreError::new(
            ErrorCode::ImageTooLarge,
            format!("a side of {side} pixels does not fit into an OpenEXR file"),
            "write a smaller map",
        )
    })
}

fn attribute(head: &mut Vec<u8>, name: &str, kind: &str, value: &[u8]) {
    for text in [name, kind] {
        head.extend(text.as_bytes());
        head.push(0);
    }
    head.extend((value.len() as i32).to_le_bytes());
    head.extend(value);
}
