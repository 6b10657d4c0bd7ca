//! A side on the GPU: tiles go up, are computed and come down at the same time, and the processor finishes what is left.

use crate::device::{Gpu, held};
use crate::failure;
use crate::numbers::{depth, pack, variant};
use crate::plan::Plan;
use crate::slot::{Slot, Work};
use imaging::{Cancel, Encoding, Result, pack_halves};
use photometric::{Bench, Counts, Method, PixelSolver, Pixels, Side, Solution};
use rayon::prelude::*;
use std::ops::Range;
use wgpu::{Buffer, BufferDescriptor, BufferUsages};

/// Most lights a pixel's shader holds.
pub const MAX_LIGHTS: usize = 32;
/// Smaller sides are not worth a transfer.
pub const MIN_PIXELS: usize = 1 << 16;
/// Tiles under way: one goes up, one is computed, one comes down.
const TILES: usize = 3;
/// Pixels a thread takes out of a tile at a time.
const PART: usize = 1 << 14;

/// States of a pixel in `shaders/main.wgsl`.
const KNOWN: u8 = 1;
const REJECTED: u8 = 2;
const OPEN: u8 = 4;

impl PixelSolver for Gpu {
    /// Errors: `Cancelled`, and the GPU's own, after which the maps hold nothing of use.
    fn solve(
        &self,
        side: &Side<'_>,
        out: &mut Solution,
        cancel: &Cancel,
        progress: &(dyn Fn(f32) + Sync),
    ) -> Result<Counts> {
        self.check()?;
        let mut kept = held(&self.kept);
        let (work, plan) = {
            let numbers = side.numbers();
            let lights = numbers.lights.len();
            if out.known.len() < MIN_PIXELS {
                return Err(failure::unsupported("the side is too small to be worth the transfer"));
            }
            if lights > MAX_LIGHTS {
                return Err(failure::unsupported(format!(
                    "{lights} lights are more than the {MAX_LIGHTS} that the GPU path holds"
                )));
            }
            if numbers.method == Method::Robust {
                return Err(failure::unsupported("rejection at every pixel is the processor's work"));
            }
            let bits = depth(side.stack).ok_or_else(|| failure::unsupported("the pictures have several depths"))?;
            let variant = variant(side.stack, &numbers, bits);
            let pictures = lights * (1 + usize::from(variant.flat)) + usize::from(variant.dark);
            let pixels = out.known.len();
            let plan = Plan::new(pixels, pictures, variant.channels, bits, self.most_bytes())
                .ok_or_else(|| failure::unsupported("the GPU's buffers are too small"))?;
            let work = Work {
                gpu: self,
                plan,
                pipeline: self.pipeline(&mut kept, variant)?,
                numbers: self.constant(BufferUsages::UNIFORM, &pack(side.stack, &numbers)),
                table: self.constant(BufferUsages::STORAGE, &table(side)),
                stack: side.stack,
            };
            (work, plan)
        };
        let mut slots = self.slots(&mut kept, plan, TILES)?;
        let counts = self.tiles(side, &work, &mut slots, out, (cancel, progress))?;
        self.keep(&mut kept, plan, slots);
        Ok(counts)
    }
}

impl Gpu {
    fn constant(&self, usage: BufferUsages, words: &[u32]) -> Buffer {
        let buffer = self.device.create_buffer(&BufferDescriptor {
            label: Some("constants"),
            size: 4 * words.len() as u64,
            usage: usage | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        buffer
    }

    fn tiles(
        &self,
        side: &Side<'_>,
        work: &Work<'_>,
        slots: &mut [Slot],
        out: &mut Solution,
        (cancel, progress): (&Cancel, &(dyn Fn(f32) + Sync)),
    ) -> Result<Counts> {
        let pixels = out.known.len();
        let size = work.plan.pixels;
        let tiles = pixels.div_ceil(size);
        let range = |tile: usize| tile * size..((tile + 1) * size).min(pixels);
        let mut counts = Counts::default();
        for step in 0..tiles + slots.len() - 1 {
            cancel.check()?;
            if step < tiles {
                let Range { start, end } = range(step);
                slots[step % TILES].start(work, start, end - start)?;
            }
            let Some(tile) = (step + 1).checked_sub(slots.len()).filter(|t| *t < tiles) else {
                continue;
            };
            let slot = &mut slots[tile % TILES];
            {
                let view = slot.wait(self)?;
                counts = counts.plus(take(side, &work.plan, &view, range(tile), out));
            }
            slot.release();
            progress((tile + 1) as f32 / tiles as f32);
        }
        Ok(counts)
    }
}

/// Light of each code, or one word that nobody reads.
fn table(side: &Side<'_>) -> Vec<u32> {
    match side.stack.encoding {
        Encoding::Linear | Encoding::Measured { .. } => vec![0],
        encoding @ Encoding::Srgb => {
            let max_code = side.stack.frames[0].raster.max_code();
            encoding.table(max_code).into_iter().map(f32::to_bits).collect()
        }
    }
}

/// Copies a tile's maps into the side's, and solves what the GPU left open.
fn take(side: &Side<'_>, plan: &Plan, view: &[u8], range: Range<usize>, out: &mut Solution) -> Counts {
    let (first, n) = (range.start, range.len());
    let [normals, albedo, residual, confidence, states] = plan.parts(n).map(|part| &view[part]);
    let channels = out.channels;
    out.pieces_of(range, PART)
        .enumerate()
        .map_init(Bench::default, |bench, (part, mut pixels)| {
            let from = part * PART;
            let found = pixels.known.len();
            for (i, normal) in floats(normals, 3 * from, 3 * found).as_chunks().0.iter().enumerate() {
                pixels.set_normal(i, *normal);
            }
            pack_halves(floats(albedo, channels * from, channels * found), pixels.albedo);
            pack_halves(floats(residual, from, found), pixels.residual);
            pack_halves(floats(confidence, from, found), pixels.confidence);
            let states = &states[from..from + pixels.known.len()];
            settle(side, bench, first + from, states, &mut pixels)
        })
        .reduce(Counts::default, Counts::plus)
}

/// Numbers of a buffer, which lie at whole words.
fn floats(bytes: &[u8], from: usize, n: usize) -> &[f32] {
    bytemuck::cast_slice(&bytes[4 * from..4 * (from + n)])
}

/// Turns states into what is known, clears what is outside, counts, and solves what is open.
fn settle(side: &Side<'_>, bench: &mut Bench, first: usize, states: &[u8], out: &mut Pixels<'_>) -> Counts {
    let mut counts = Counts::default();
    let mask = side.mask.map(|m| &m[first..first + states.len()]);
    let mut open = false;
    for (i, state) in states.iter().enumerate() {
        out.known[i] = state & KNOWN;
        if mask.is_some_and(|m| m[i] == 0) {
            out.clear(i);
            continue;
        }
        counts.inside += 1;
        counts.rejected += usize::from(state & REJECTED != 0);
        counts.unknown += usize::from(state & (KNOWN | OPEN) == 0);
        open |= state & OPEN != 0;
    }
    if !open {
        return counts;
    }
    let wanted: Vec<u8> = (0..states.len())
        .map(|i| u8::from(states[i] & OPEN != 0 && mask.is_none_or(|m| m[i] != 0)))
        .collect();
    let later = side.finish(bench, first, &wanted, out);
    // Pixels that are finished here were counted as inside already.
    counts.plus(Counts { inside: 0, ..later })
}
