//! Reading and writing whole files: bounded reads, atomic writes, operating-system errors made typed.

use crate::{CoreError, ErrorCode, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Name of a file as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Writes a file so that a reader sees the old content or the whole new content, never a part: temporary file in the
/// same folder, flush, fsync, rename, fsync of the folder. On failure the temporary file is removed.
pub(crate) fn write_atomically(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let temporary = temporary_beside(path)?;
    let written = write_and_rename(path, &temporary, fill);
    if written.is_err() {
        // Best effort: the write error below is what the caller must hear.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(|e| e.in_file(shown(path)))
}

fn write_and_rename(path: &Path, temporary: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = |e: io::Error| write_error(&e);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(temporary)
        .map_err(failed)?;
    let mut writer = BufWriter::with_capacity(1 << 18, file);
    fill(&mut writer)?;
    let file = writer.into_inner().map_err(|e| failed(e.into_error()))?;
    file.sync_all().map_err(failed)?;
    drop(file);
    fs::rename(temporary, path).map_err(failed)?;
    sync_folder(path).map_err(failed)
}

/// The rename itself must survive a power cut; only Unix lets a folder be opened and synced.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn temporary_beside(path: &Path) -> Result<PathBuf> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().ok_or_else(|| {
        CoreError::new(
            ErrorCode::FileUnwritable,
            "the path does not end in a file name",
            "give a file to write to",
        )
        .in_file(shown(path))
    })?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!(".{}.{}-{number}.tmp", name.to_string_lossy(), std::process::id());
    Ok(path.with_file_name(name))
}

/// Turns an I/O failure while writing into a typed error without a file name.
pub(crate) fn write_error(error: &io::Error) -> CoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => CoreError::new(
            ErrorCode::DiskFull,
            "the disk is full",
            "free some space or choose another folder, then write again",
        ),
        ErrorKind::NotFound => CoreError::new(
            ErrorCode::FileUnwritable,
            "the folder does not exist",
            "create the folder or choose another one",
        ),
        _ => CoreError::new(
            ErrorCode::FileUnwritable,
            format!("the file could not be written ({error})"),
            "check the rights of the folder or choose another one",
        ),
    }
}

/// Turns an I/O failure while reading into a typed error that names the file.
pub(crate) fn read_error(path: &Path, error: &io::Error) -> CoreError {
    if error.kind() == ErrorKind::NotFound {
        return CoreError::new(
            ErrorCode::FileMissing,
            "the file does not exist",
            "check the name and the folder",
        )
        .in_file(shown(path));
    }
    CoreError::new(
        ErrorCode::FileUnreadable,
        format!("the file could not be read ({error})"),
        "check the rights of the file and that the drive is connected",
    )
    .in_file(shown(path))
}

/// Reads a whole regular file of at most `max_bytes`.
///
/// # Errors
/// [`ErrorCode::FileMissing`], [`ErrorCode::FileUnreadable`] (also for folders and devices), or
/// [`ErrorCode::ImageTooLarge`] before anything is allocated.
pub(crate) fn read_bounded(path: &Path, max_bytes: usize) -> Result<Vec<u8>> {
    let failed = |e: io::Error| read_error(path, &e);
    // Metadata before opening: opening a pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(read_error(path, &io::Error::other("it is not a regular file")));
    }
    let too_large = |size: u64| {
        CoreError::new(
            ErrorCode::ImageTooLarge,
            format!("the file has {size} bytes and at most {max_bytes} are read"),
            "use a smaller file",
        )
        .in_file(shown(path))
    };
    if metadata.len() > max_bytes as u64 {
        return Err(too_large(metadata.len()));
    }
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(metadata.len() as usize + 1)
        .map_err(|_| too_large(metadata.len()))?;
    // A file that grows while it is read must not pass the bound either.
    file.take(max_bytes as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() > max_bytes {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_read_only_folder_have_their_own_codes() {
        assert_eq!(write_error(&io::Error::from_raw_os_error(28)).code, ErrorCode::DiskFull);
        assert_eq!(
            write_error(&io::Error::from_raw_os_error(13)).code,
            ErrorCode::FileUnwritable
        );
        assert_eq!(
            write_error(&io::Error::from_raw_os_error(30)).code,
            ErrorCode::FileUnwritable
        );
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_temporary_file() {
        let folder = std::env::temp_dir().join(format!("imaging-file-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("kept.bin");
        write_atomically(&path, |w| w.write_all(b"old").map_err(|e| write_error(&e))).unwrap();
        let error = write_atomically(&path, |w| {
            w.write_all(b"new").map_err(|e| write_error(&e))?;
            Err(write_error(&io::Error::from(ErrorKind::StorageFull)))
        })
        .unwrap_err();
        assert_eq!(error.code, ErrorCode::DiskFull);
        assert!(error.file.unwrap().ends_with("kept.bin"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn reading_stops_at_the_bound_and_names_missing_files_and_folders() {
        let folder = std::env::temp_dir().join(format!("imaging-read-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("ten.bin");
        fs::write(&path, [7; 10]).unwrap();
        assert_eq!(read_bounded(&path, 10).unwrap(), vec![7; 10]);
        assert_eq!(read_bounded(&path, 9).unwrap_err().code, ErrorCode::ImageTooLarge);
        assert_eq!(read_bounded(&folder, 9).unwrap_err().code, ErrorCode::FileUnreadable);
        let missing = read_bounded(&folder.join("none"), 9).unwrap_err();
        assert_eq!(missing.code, ErrorCode::FileMissing);
        assert!(missing.file.unwrap().ends_with("none"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
