//! Writes a scene as a capture folder, whole or not at all.

use crate::{Scene, Side, SignalEncoding};
use imaging::{Cancel, CoreError, ErrorCode, Raster, Result, write_npy_f32, write_png};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Writes `capture.json` (`trugrade.capture/1`, with `simulated: true`), `light-NN.png`, and where there are any
/// `flat-NN.png` and `dark.png`, beside the truth: `truth.json`, `normals-truth.npy` (H x W x 3), `albedo-truth.npy`
/// (H x W x 3 or H x W x 1) and `defects-truth.png` (label image).
///
/// All of it goes into a temporary folder beside `dir`, is synced, and is renamed at the end.
///
/// # Errors
/// [`ErrorCode::FileUnwritable`] when `dir` exists and is not an empty folder or cannot be written,
/// [`ErrorCode::DiskFull`], [`ErrorCode::Cancelled`]; nothing is left behind.
pub fn write_capture(scene: &Scene, dir: &Path, cancel: &Cancel, progress: &(dyn Fn(f32) + Sync)) -> Result<()> {
    cancel.check()?;
    refuse_occupied(dir)?;
    let parent = match dir.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let name = dir.file_name().ok_or_else(|| {
        CoreError::new(
            ErrorCode::FileUnwritable,
            "the path names no folder",
            "name a new folder",
        )
        .in_file(show(dir))
    })?;
    fs::create_dir_all(parent).map_err(|e| failed(&e, parent))?;
    let part = make_scratch(parent, &name.to_string_lossy())?;
    let guard = Scratch(part);
    write_files(scene, &guard.0, cancel, progress)?;
    cancel.check()?;
    refuse_occupied(dir)?;
    if dir.exists() {
        fs::remove_dir(dir).map_err(|e| failed(&e, dir))?;
    }
    fs::rename(&guard.0, dir).map_err(|e| failed(&e, dir))?;
    sync_folder(parent)
}

/// A new temporary folder beside the target; one left by a killed process is passed over.
fn make_scratch(parent: &Path, name: &str) -> Result<PathBuf> {
    let mut attempt = 0;
    loop {
        let part = parent.join(format!(".{name}.{}-{attempt}.part", std::process::id()));
        match fs::create_dir(&part) {
            Ok(()) => return Ok(part),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => attempt += 1,
            Err(e) => return Err(failed(&e, &part)),
        }
    }
}

/// Removes the temporary folder unless it was renamed away.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // After the rename there is nothing to remove, and a failure here has no better place to go.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refuse_occupied(dir: &Path) -> Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(failed(&e, dir)),
        Ok(mut entries) => entries.next().is_some(),
    };
    if entries {
        return Err(CoreError::new(
            ErrorCode::FileUnwritable,
            "the folder exists and is not empty",
            "name a new folder; nothing is overwritten",
        )
        .in_file(show(dir)));
    }
    Ok(())
}

fn show(path: &Path) -> String {
    path.display().to_string()
}

fn failed(error: &io::Error, path: &Path) -> CoreError {
    let (code, next) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (ErrorCode::DiskFull, "free some space or choose another disk")
        }
        io::ErrorKind::NotADirectory => (ErrorCode::FileUnwritable, "a file stands in the way; name a new folder"),
        _ => (ErrorCode::FileUnwritable, "choose a folder that you may write to"),
    };
    CoreError::new(code, format!("it could not be written: {error}"), next).in_file(show(path))
}

fn sync_folder(folder: &Path) -> Result<()> {
    // Windows cannot open a folder as a file; its rename is journalled.
    if cfg!(unix) {
        File::open(folder)
            .and_then(|f| f.sync_all())
            .map_err(|e| failed(&e, folder))?;
    }
    Ok(())
}

/// Opens for writing, as Windows syncs no read-only handle.
fn sync_file(path: &Path) -> Result<()> {
    File::options()
        .write(true)
        .open(path)
        .and_then(|f| f.sync_all())
        .map_err(|e| failed(&e, path))
}

fn write_text(path: &Path, value: &Value) -> Result<()> {
    let text = serde_json::to_vec_pretty(value)
        .map_err(|e| CoreError::new(ErrorCode::Internal, format!("JSON: {e}"), "report this").in_file(show(path)))?;
    let mut file = File::create(path).map_err(|e| failed(&e, path))?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(|e| failed(&e, path))
}

fn write_files(scene: &Scene, folder: &Path, cancel: &Cancel, progress: &(dyn Fn(f32) + Sync)) -> Result<()> {
    let numbered = |kind: &'static str| move |(i, raster)| (format!("{kind}-{i:02}.png"), raster);
    let images: Vec<(String, &Raster)> = (scene.frames.iter().enumerate().map(numbered("light")))
        .chain(scene.flats.iter().enumerate().map(numbered("flat")))
        .chain(scene.dark.iter().map(|r| ("dark.png".to_owned(), r)))
        .chain([("defects-truth.png".to_owned(), &scene.labels)])
        .collect();
    let (total, done) = (images.len() + 2, AtomicUsize::new(0));
    let step = || progress((done.fetch_add(1, Ordering::Relaxed) + 1) as f32 / total as f32);
    images.par_iter().try_for_each(|(name, raster)| {
        cancel.check()?;
        let path = folder.join(name);
        write_png(&path, raster)?;
        sync_file(&path)?;
        step();
        Ok::<(), CoreError>(())
    })?;
    let channels = scene.albedo.len() / (scene.width * scene.height);
    for (name, depth, data) in [
        ("normals-truth.npy", 3, &scene.normals),
        ("albedo-truth.npy", channels, &scene.albedo),
    ] {
        cancel.check()?;
        let path = folder.join(name);
        write_npy_f32(&path, &[scene.height, scene.width, depth], data)?;
        sync_file(&path)?;
        step();
    }
    let truth = serde_json::to_value(&scene.truth)
        .map_err(|e| CoreError::new(ErrorCode::Internal, format!("JSON: {e}"), "report this").in_file("truth.json"))?;
    write_text(&folder.join("truth.json"), &truth)?;
    write_text(&folder.join("capture.json"), &capture(scene))?;
    sync_folder(folder)
}

/// The contents of `capture.json`.
fn capture(scene: &Scene) -> Value {
    let spec = &scene.spec;
    let lights: Vec<Value> = scene
        .lights
        .iter()
        .enumerate()
        .map(|(i, light)| {
            let mut one = json!({
                "file": format!("light-{i:02}.png"), "direction": light.direction, "intensity": light.intensity
            });
            if let Some(position) = light.position_mm {
                one["positionMm"] = json!(position);
            }
            one
        })
        .collect();
    let mut out = json!({
        "schema": "trugrade.capture/1",
        "simulated": true,
        "side": if spec.side == Side::Front { "front" } else { "back" },
        "linear": spec.encoding == SignalEncoding::Linear,
        "pixelPitchMm": spec.pitch_mm,
        "card": { "widthMm": spec.card_mm[0], "heightMm": spec.card_mm[1] },
        "lights": lights,
        "camera": { "matrix": scene.camera_matrix, "distortion": spec.distortion },
    });
    if scene.dark.is_some() {
        out["dark"] = json!("dark.png");
    }
    if !scene.flats.is_empty() {
        let names: Vec<String> = (0..scene.flats.len()).map(|i| format!("flat-{i:02}.png")).collect();
        out["flats"] = json!(names);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_read_only_one_are_told_apart() {
        let code = |kind: io::ErrorKind| failed(&io::Error::from(kind), Path::new("x")).code;
        assert_eq!(code(io::ErrorKind::StorageFull), ErrorCode::DiskFull);
        assert_eq!(code(io::ErrorKind::QuotaExceeded), ErrorCode::DiskFull);
        assert_eq!(code(io::ErrorKind::ReadOnlyFilesystem), ErrorCode::FileUnwritable);
        assert_eq!(code(io::ErrorKind::PermissionDenied), ErrorCode::FileUnwritable);
    }
}
