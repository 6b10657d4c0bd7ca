//! A look at the first directory of a TIFF file before the library reads it, because the library reserves memory for
//! as many values as a tag claims, up to 256 MiB, without looking whether the file holds them.

use super::limits::{damaged, too_large};
use crate::{CoreError, Result};
use std::io::{ErrorKind, Read, Seek, SeekFrom};

/// Largest number of values of a tag that decoding reads: five times the strips of a 16,384-row planar RGB image.
const MAX_VALUES: u64 = 1 << 18;
/// Tags from here on hold metadata blobs (XMP, colour profiles) of any size, which are never read.
const FIRST_BLOB_TAG: u64 = 700;

struct Directory<'a, R> {
    source: &'a mut R,
    little: bool,
}

impl<R: Read> Directory<'_, R> {
    /// The next unsigned number of `N` bytes.
    fn number<const N: usize>(&mut self) -> Result<u64> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).map_err(|e| cut_off(&e))?;
        let join = |n: u64, b: &u8| n << 8 | u64::from(*b);
        Ok(if self.little {
            bytes.iter().rev().fold(0, join)
        } else {
            bytes.iter().fold(0, join)
        })
    }
}

/// Checks the number of values of every tag of the first directory, then goes back to the start.
pub(super) fn check(source: &mut (impl Read + Seek)) -> Result<()> {
    let mut mark = [0; 2];
    source.read_exact(&mut mark).map_err(|e| cut_off(&e))?;
    let little = &mark == b"II";
    let mut directory = Directory { source, little };
    // BigTIFF: version 43, then the size of offsets and a zero, then offsets and counts of eight bytes.
    let big = directory.number::<2>()? == 43;
    let at = if big {
        directory.number::<4>()?;
        directory.number::<8>()?
    } else {
        directory.number::<4>()?
    };
    directory.source.seek(SeekFrom::Start(at)).map_err(|e| cut_off(&e))?;
    let entries = if big {
        directory.number::<8>()?
    } else {
        directory.number::<2>()?
    };
    if entries > u64::from(u16::MAX) {
        return Err(damaged("the TIFF directory has too many tags"));
    }
    for _ in 0..entries {
        let tag = directory.number::<2>()?;
        directory.number::<2>()?;
        let count = if big {
            let count = directory.number::<8>()?;
            directory.number::<8>()?;
            count
        } else {
            let count = directory.number::<4>()?;
            directory.number::<4>()?;
            count
        };
        if tag < FIRST_BLOB_TAG && count > MAX_VALUES {
            return Err(too_large(format!("tag {tag} of the TIFF file claims {count} values")));
        }
    }
    source.rewind().map_err(|e| cut_off(&e))
}

fn cut_off(error: &std::io::Error) -> CoreError {
    if error.kind() == ErrorKind::UnexpectedEof {
        return damaged("the TIFF file ends early");
    }
    damaged(format!("the TIFF file cannot be read ({error})"))
}
