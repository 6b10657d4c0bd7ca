//! Medians of the solver's time on 12-megapixel stacks of 8 frames of 16 bit, made in memory: `photometric_speed [WORD]
//! [--frames FILE]` runs the cases whose name holds the word, and leaves the frames of the first ones in a file.

use imaging::{Cancel, Encoding, Frame, FrameStack, Raster, Samples};
use photometric::{
    HeightOptions, Light, Method, PixelMaps, ShapeOptions, Solution, SolveOptions, Wanted, curvature, gloss, height_mm,
    pixel_maps_into, shape_multiscale, solve, solve_into,
};
use rayon::prelude::*;
use std::io::Write;
use std::time::Instant;

/// As in the product.
#[global_allocator]
static ALLOCATOR: imaging::Aligned = imaging::Aligned;

const WIDTH: usize = 4000;
const HEIGHT: usize = 3000;
const LIGHTS: usize = 8;
const RUNS: usize = 5;

fn direction(k: usize) -> [f64; 3] {
    let a = k as f64 / LIGHTS as f64 * std::f64::consts::TAU;
    let r = std::f64::consts::FRAC_1_SQRT_2;
    [r * a.cos(), r * a.sin(), r]
}

/// Repeatable noise with standard deviation 1: sum of 12 uniform numbers from a hash of the sample's place.
fn noise(place: u64) -> f64 {
    let mut state = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let mut sum = 0.0;
    for _ in 0..3 {
        state ^= state >> 30;
        state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state ^= state >> 27;
        for part in 0..4 {
            sum += (state >> (16 * part) & 0xffff) as f64 / 65536.0;
        }
    }
    sum - 6.0
}

/// A gently wavy card; `glossy` puts a highlight of one or two lights on a tenth of it.
fn card(sigma: f64, glossy: bool) -> FrameStack {
    let frames = (0..LIGHTS).map(|k| {
        let l = direction(k);
        let mut samples = vec![0u16; WIDTH * HEIGHT];
        samples.par_chunks_mut(WIDTH).enumerate().for_each(|(y, row)| {
            for (x, s) in row.iter_mut().enumerate() {
                let (p, q) = (0.05 * (x as f64 * 0.02).sin(), 0.05 * (y as f64 * 0.03).cos());
                let length = (1.0 + p * p + q * q).sqrt();
                let shade = (-p * l[0] - q * l[1] + l[2]) / length;
                let albedo = 0.5 + 0.3 * ((x / 40 + y / 40) % 2) as f64;
                let mut light = albedo * shade + sigma * noise(((k * HEIGHT + y) * WIDTH + x) as u64);
                let block = x / 20 + (y / 20) * 200;
                if glossy && block % 10 == 0 && (k == block / 10 % LIGHTS || k == block / 70 % LIGHTS) {
                    light += 0.2;
                }
                *s = (light.clamp(0.0, 1.0) * 65535.0).round() as u16;
            }
        });
        Frame {
            name: format!("light-{k:02}"),
            raster: Raster {
                width: WIDTH,
                height: HEIGHT,
                channels: 1,
                samples: Samples::U16(samples),
            },
            intensity: [1.0; 3],
            flat: None,
        }
    });
    FrameStack {
        frames: frames.collect(),
        dark: None,
        encoding: Encoding::Linear,
    }
}

/// Processor time of this process in ms (all threads), where the system tells it: it shows the cost on a busy machine.
fn processor_ms() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return 0.0;
    };
    let nanoseconds = |thread: std::fs::DirEntry| -> Option<f64> {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    threads.flatten().filter_map(nanoseconds).sum::<f64>() / 1e6
}

/// Median of the wall time and least processor time, in ms: other programs only ever add to the latter.
fn median_ms(mut work: impl FnMut()) -> (f64, f64) {
    let (mut wall, mut processor) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (start, used) = (Instant::now(), processor_ms());
        work();
        wall.push(start.elapsed().as_secs_f64() * 1000.0);
        processor.push(processor_ms() - used);
    }
    wall.sort_by(f64::total_cmp);
    processor.sort_by(f64::total_cmp);
    (wall[RUNS / 2], processor[0])
}

fn main() {
    imaging::keep_memory();
    let cancel = Cancel::new();
    let far: Vec<Light> = (0..LIGHTS).map(|k| Light::Direction(direction(k))).collect();
    let near: Vec<Light> = (0..LIGHTS)
        .map(|k| Light::PositionMm(direction(k).map(|v| v * 300.0)))
        .collect();
    println!(
        "12 MP x 8 lights x 16 bit, {} threads; of {RUNS} runs median wall time, least processor time",
        rayon::current_num_threads()
    );
    let quiet = card(0.01, false);
    let glossy = card(0.01, true);
    let cases = [
        ("least squares, 1 % noise", &quiet, &far, Method::LeastSquares),
        ("auto, 1 % noise", &quiet, &far, Method::Auto),
        ("auto, 10 % of the card glossy", &glossy, &far, Method::Auto),
        ("auto, near lights, 1 % noise", &quiet, &near, Method::Auto),
    ];
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = arguments.iter().position(|a| a == "--frames") {
        let named: Vec<String> = arguments.drain(at..arguments.len().min(at + 2)).collect();
        if let Err(e) = named.get(1).map_or(Ok(()), |path| write_frames(&quiet, path)) {
            eprintln!("the frames could not be written: {e}");
            std::process::exit(2);
        }
    }
    // A word runs the cases whose name holds it, for a profiler.
    let only = arguments.into_iter().next();
    for (name, stack, lights, method) in cases {
        if only.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            continue;
        }
        let mut options = SolveOptions::new(lights.clone());
        options.method = method;
        options.pixel_pitch_mm = Some(0.025);
        let mut rejected = 0.0;
        // Sides come one after the other on a bench: each is solved into the maps of the one before.
        let mut used = solve(stack, &options, &cancel, &|_| {}).ok();
        let (ms, cpu) = median_ms(|| {
            if let Ok(s) = solve_into(stack, &options, used.take(), &cancel, &|_| {}) {
                rejected = s.summary.rejected_fraction;
                used = Some(s);
            }
        });
        println!("{name:34} {ms:8.1} ms wall  {cpu:8.0} ms processor  rejected {rejected:.4}");
    }
    let wants = |name: &str| only.as_ref().is_none_or(|word| name.contains(word.as_str()));
    let report = |name: &str, work: &mut dyn FnMut()| {
        if wants(name) {
            let (ms, cpu) = median_ms(work);
            println!("{name:34} {ms:8.1} ms wall  {cpu:8.0} ms processor");
        }
    };
    let options = SolveOptions::new(far);
    report("auto, 1 % noise, first side", &mut || {
        drop(solve(&quiet, &options, &cancel, &|_| {}));
    });
    match solve(&quiet, &options, &cancel, &|_| {}) {
        Ok(s) => maps(&quiet, &options, &s, &report),
        Err(e) => eprintln!("{e}"),
    }
}

/// The samples of all frames one after the other, little-endian, for a peer that solves the same.
fn write_frames(stack: &FrameStack, path: &str) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    for frame in &stack.frames {
        if let Samples::U16(samples) = &frame.raster.samples {
            for sample in samples {
                file.write_all(&sample.to_le_bytes())?;
            }
        }
    }
    file.flush()
}

/// The maps of a solved card, together and each alone.
fn maps(frames: &FrameStack, options: &SolveOptions, s: &Solution, report: &dyn Fn(&str, &mut dyn FnMut())) {
    let cancel = Cancel::new();
    let wanted = Wanted {
        gradients: true,
        curvature: true,
        shape: Some(ShapeOptions::default()),
    };
    let all =
        |used| pixel_maps_into(s, Some((frames, options)), &wanted, Some(0.025), used, &cancel).unwrap_or_default();
    report("pixel-wise maps, first side", &mut || drop(all(PixelMaps::default())));
    let mut used = all(PixelMaps::default());
    report("pixel-wise maps together", &mut || {
        used = all(std::mem::take(&mut used))
    });
    drop(used);
    report("gloss", &mut || drop(gloss(frames, options, s, &cancel)));
    report("curvature", &mut || drop(curvature(s, Some(0.025), &cancel)));
    report("shape", &mut || {
        drop(shape_multiscale(s, ShapeOptions::default(), &cancel))
    });
    report("height", &mut || {
        drop(height_mm(s, 0.025, HeightOptions::default(), &cancel))
    });
}
