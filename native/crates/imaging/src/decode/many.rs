//! Decoding the frames of a capture together, on all cores, within one bound of memory.

use super::info::header_of_file;
use super::limits::{DecodeLimits, too_large};
use super::{decode_file, guarded};
use crate::file::shown;
use crate::{Cancel, Raster, Result};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Decodes several files in parallel, in the order given; `progress` hears how many are done, from any thread.
///
/// All headers are read first, so that a bad file or too much memory is refused before the first pixel is decoded:
/// `limits.max_bytes` bounds all decoded rasters together plus what the decoders need at the same time.
///
/// # Errors
/// As [`decode_file`], for the first bad file in the order given.
pub fn decode_files(
    paths: &[PathBuf],
    limits: &DecodeLimits,
    cancel: &Cancel,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Raster>> {
    check_total(paths, limits, cancel)?;
    let done = AtomicUsize::new(0);
    let first_failure = AtomicUsize::new(usize::MAX);
    let results: Vec<Option<Result<Raster>>> = paths
        .par_iter()
        .enumerate()
        .map(|(index, path)| {
            // Files after a failure are not worth the time; files before it may fail too and must be named first.
            if index > first_failure.load(Ordering::Relaxed) {
                return None;
            }
            let result = decode_file(path, limits, cancel);
            match result {
                Ok(_) => progress(done.fetch_add(1, Ordering::Relaxed) + 1),
                Err(_) => {
                    first_failure.fetch_min(index, Ordering::Relaxed);
                }
            }
            Some(result)
        })
        .collect();
    results.into_iter().flatten().collect()
}

fn check_total(paths: &[PathBuf], limits: &DecodeLimits, cancel: &Cancel) -> Result<()> {
    let (mut decoded, mut largest_working) = (0usize, 0usize);
    for path in paths {
        cancel.check()?;
        let header = guarded(|| {
            let header = header_of_file(path)?;
            header.check(limits)?;
            Ok(header)
        })
        .map_err(|e| e.in_file(shown(path)))?;
        let file_bytes = std::fs::metadata(path).map_or(0, |m| m.len() as usize);
        decoded = decoded.saturating_add(header.info.decoded_bytes());
        largest_working = largest_working.max(header.working_bytes.saturating_add(file_bytes));
        let at_once = rayon::current_num_threads().min(paths.len());
        let needed = decoded.saturating_add(largest_working.saturating_mul(at_once));
        if needed > limits.max_bytes {
            let bound = limits.max_bytes;
            return Err(too_large(format!(
                "the {} images together need more than the {bound} bytes of memory accepted",
                paths.len()
            ))
            .in_file(shown(path)));
        }
    }
    Ok(())
}
