//! Writes a file of map tiles, one group of planes after the other, so that only one group is in memory.

use super::levels::{halved, levels_of, size_at};
use super::quantise::{MapPlane, PlaneScale};
use super::tile::{Window, append_plane};
use crate::file::write_error;
use crate::{Cancel, CoreError, ErrorCode, Result};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rayon::prelude::*;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"TGMAPS1\n";
const END: &[u8; 4] = b"END\n";

/// Planes that are fetched together.
#[derive(Serialize)]
struct Group {
    name: &'static str,
    planes: Vec<PlaneScale>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    schema: &'static str,
    width_px: usize,
    height_px: usize,
    tile_px: usize,
    /// As Deep Zoom counts them; level `levels - 1` is full size.
    levels: usize,
    /// The coarsest level that is stored: the first that fits into one tile.
    first_level: usize,
    pixel_pitch_mm: Option<f64>,
    groups: &'a [Group],
}

/// A file of map tiles being written.
pub struct MapTilesWriter {
    path: PathBuf,
    out: BufWriter<File>,
    at: u64,
    width: usize,
    height: usize,
    tile_px: usize,
    pixel_pitch_mm: Option<f64>,
    groups: Vec<Group>,
    index: Vec<(u64, u32)>,
}

impl MapTilesWriter {
    /// Begins a new file for maps of `width` x `height` pixels in tiles of `tile_px`.
    ///
    /// # Errors
    /// `ValueInvalid` for sizes of zero; `DiskFull` or `FileUnwritable`.
    pub fn create(
        path: &Path,
        width: usize,
        height: usize,
        tile_px: usize,
        pixel_pitch_mm: Option<f64>,
    ) -> Result<Self> {
        if width == 0 || height == 0 || tile_px == 0 {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!("maps of {width} x {height} pixels in tiles of {tile_px} cannot be stored"),
                "give sizes above zero",
            )
            .in_field("size"));
        }
        let named = |e: std::io::Error| write_error(&e).in_file(crate::file::shown(path));
        let file = File::create(path).map_err(named)?;
        let mut writer = Self {
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 20, file),
            at: 0,
            width,
            height,
            tile_px,
            pixel_pitch_mm,
            groups: Vec::new(),
            index: Vec::new(),
        };
        writer.put(MAGIC)?;
        Ok(writer)
    }

    /// Appends all levels of planes that are fetched together.
    ///
    /// # Errors
    /// `ValueInvalid` for a plane of another size; `DiskFull` or `FileUnwritable`; `Cancelled`.
    pub fn add_group(&mut self, name: &'static str, planes: Vec<MapPlane>, cancel: &Cancel) -> Result<()> {
        for plane in &planes {
            self.check(plane)?;
        }
        let scales: Vec<PlaneScale> = planes.par_iter().map(|p| PlaneScale::of(p, self.width)).collect();
        let (levels, first) = self.levels();
        let mut pyramid: Vec<Vec<Vec<f32>>> = vec![planes.into_iter().map(|p| p.data).collect()];
        for above in 0..levels - 1 - first {
            let (width, height) = size_at(self.width, self.height, above);
            let full = pyramid.last().map(Vec::as_slice).unwrap_or_default();
            let half = full.iter().map(|data| halved(data, width, height, cancel));
            let half = half.collect::<Result<Vec<_>>>()?;
            pyramid.push(half);
        }
        while let Some(level) = pyramid.pop() {
            let (width, height) = size_at(self.width, self.height, pyramid.len());
            for tile in encoded(&level, &scales, width, height, self.tile_px, cancel)? {
                self.index.push((self.at, tile.len() as u32));
                self.put(&tile)?;
            }
        }
        self.groups.push(Group { name, planes: scales });
        Ok(())
    }

    /// Ends the file with its index and header.
    ///
    /// # Errors
    /// `DiskFull` or `FileUnwritable`.
    pub fn finish(mut self) -> Result<()> {
        let index_at = self.at;
        let index = std::mem::take(&mut self.index);
        for (offset, length) in index {
            self.put(&offset.to_le_bytes())?;
            self.put(&length.to_le_bytes())?;
        }
        let (levels, first_level) = self.levels();
        let groups = std::mem::take(&mut self.groups);
        let header = Header {
            schema: "trugrade.maps/1",
            width_px: self.width,
            height_px: self.height,
            tile_px: self.tile_px,
            levels,
            first_level,
            pixel_pitch_mm: self.pixel_pitch_mm,
            groups: &groups,
        };
        let json = serde_json::to_vec(&header).map_err(|e| {
            CoreError::new(
                ErrorCode::Internal,
                format!("the header of the maps could not be written: {e}"),
                "please report this with the log",
            )
        })?;
        self.put(&json)?;
        self.put(&index_at.to_le_bytes())?;
        self.put(&(json.len() as u32).to_le_bytes())?;
        self.put(END)?;
        let path = self.path.clone();
        self.out
            .flush()
            .map_err(|e| write_error(&e).in_file(crate::file::shown(&path)))
    }

    fn levels(&self) -> (usize, usize) {
        let levels = levels_of(self.width, self.height);
        let fits = |above: usize| {
            let (width, height) = size_at(self.width, self.height, above);
            width <= self.tile_px && height <= self.tile_px
        };
        let above = (0..levels).find(|&above| fits(above)).unwrap_or(levels - 1);
        (levels, levels - 1 - above)
    }

    fn check(&self, plane: &MapPlane) -> Result<()> {
        let (found, expected) = (plane.data.len(), self.width * self.height);
        if found == expected {
            return Ok(());
        }
        Err(CoreError::new(
            ErrorCode::ValueInvalid,
            format!("the map {} has {found} values instead of {expected}", plane.name),
            "give maps of one size",
        )
        .in_field("planes"))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out
            .write_all(bytes)
            .map_err(|e| write_error(&e).in_file(crate::file::shown(&self.path)))?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// All tiles of one level, row by row, compressed.
fn encoded(
    planes: &[Vec<f32>],
    scales: &[PlaneScale],
    width: usize,
    height: usize,
    tile_px: usize,
    cancel: &Cancel,
) -> Result<Vec<Vec<u8>>> {
    let (columns, rows) = (width.div_ceil(tile_px), height.div_ceil(tile_px));
    (0..columns * rows)
        .into_par_iter()
        .map(|index| {
            cancel.check()?;
            let (x, y) = (index % columns * tile_px, index / columns * tile_px);
            let window = Window {
                x,
                y,
                width: tile_px.min(width - x),
                height: tile_px.min(height - y),
                stride: width,
            };
            let mut bytes = Vec::new();
            for (data, scale) in planes.iter().zip(scales) {
                append_plane(&mut bytes, data, window, scale);
            }
            compressed(&bytes)
        })
        .collect()
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(2));
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|e| write_error(&e))
}
