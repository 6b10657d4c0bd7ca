//! Float maps as a file of deep-zoom tiles: quantised to a fraction of their own noise, missing pixels marked, every tile
//! readable alone by its place in the file.
//!
//! Layout of `trugrade.maps/1`: eight bytes `TGMAPS1\n`; the tiles, each a zlib stream (RFC 1950); the index, twelve bytes
//! a tile (offset u64, length u32); the header as JSON; a trailer of sixteen bytes (offset of the index u64, length of the
//! header u32, `END\n`). Numbers are little-endian. Tiles stand in the order group, level from the coarsest, row, column.

mod levels;
mod quantise;
mod tile;
mod writer;

pub use quantise::MapPlane;
pub use writer::MapTilesWriter;
