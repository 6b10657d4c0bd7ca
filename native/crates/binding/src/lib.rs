//! The native core as Node sees it. Nothing is computed here: arguments are checked, work is started on other threads,
//! pixels stay behind handles, small results travel as JSON that the TypeScript side parses with its schemas.

// The generated TypeScript declarations carry the documentation of fields; repeating it on every getter adds nothing.
#![allow(missing_docs)]

mod calibrating;
mod condition;
mod engine;
mod exposures;
mod handle;
mod lights;
mod lines;
mod many;
mod map_tiles;
mod maps;
mod measurement_json;
mod measuring;
mod response;
mod simulate;
mod stack;
mod task;
mod templates;
mod views;

use napi_derive::napi;

#[global_allocator]
static ALLOCATOR: imaging::Aligned = imaging::Aligned;

#[napi_derive::module_init]
fn start() {
    imaging::keep_memory();
}

/// Version of the native core.
#[napi]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
