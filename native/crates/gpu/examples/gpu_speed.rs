//! Times of the GPU path and of the processor on the same sides of 8 frames of 16 bit, made in memory.

use gpu::{Gpu, trial_of};
use imaging::Cancel;

/// As in the product.
#[global_allocator]
static ALLOCATOR: imaging::Aligned = imaging::Aligned;

/// 12 megapixels, and a card at 0.04 mm a pixel.
const SIDES: [(usize, usize); 2] = [(4000, 3000), (1830, 2620)];

fn main() {
    let gpu = match Gpu::open() {
        Ok(gpu) => gpu,
        Err(error) => {
            println!("no GPU: {error}");
            return;
        }
    };
    let info = gpu.info().clone();
    let kind = if info.software { "software" } else { "hardware" };
    println!("adapter {} | {} | {} | {kind}", info.name, info.driver, info.backend);
    // `gpu_speed small` takes the smaller side alone.
    let small = std::env::args().nth(1).is_some_and(|word| word == "small");
    for (width, height) in SIDES.into_iter().skip(usize::from(small)) {
        match trial_of(&gpu, (width, height), &Cancel::new()) {
            Ok(t) => println!(
                "{:.1} MP x 8 x 16 bit: processor {:.1} ms on {} cores, GPU {:.1} ms",
                t.pixels as f64 / 1e6,
                t.cpu_ms,
                t.cores,
                t.gpu_ms
            ),
            Err(error) => println!("failed: {error}"),
        }
    }
}
