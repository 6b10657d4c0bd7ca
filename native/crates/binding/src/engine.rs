//! Where pixels are computed: the processor, or a GPU that is opened once and given up when it fails.

use crate::stack::to_json;
use crate::task::{Work, start};
use gpu::{Gpu, is_of_gpu};
use imaging::{Cancel, CoreError, ErrorCode, FrameStack, Result};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use photometric::{Solution, SolveOptions, solve_by, solve_into};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// After so many failures the GPU is left alone until the program starts again: each one costs the time of a side.
const MOST_FAILURES: usize = 3;

/// Where a side was computed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Engine {
    /// `gpu` or `cpu`.
    on: &'static str,
    /// The GPU that computed, or failed to.
    adapter: Option<String>,
    /// Why the processor computed although the GPU was asked for.
    reason: Option<CoreError>,
}

struct Held {
    gpu: Option<Arc<Gpu>>,
    failures: usize,
}

static HELD: Mutex<Held> = Mutex::new(Held { gpu: None, failures: 0 });

fn held() -> MutexGuard<'static, Held> {
    // Only whole values are put there, so a panic elsewhere leaves it sound.
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The GPU, opened when it is first asked for.
fn opened() -> Result<Arc<Gpu>> {
    let mut held = held();
    if held.failures >= MOST_FAILURES {
        return Err(CoreError::new(
            ErrorCode::GpuFailed,
            format!("the GPU failed {} times", held.failures),
            "update its driver and start the program again, or let the processor compute",
        ));
    }
    if let Some(gpu) = &held.gpu {
        return Ok(Arc::clone(gpu));
    }
    let gpu = Arc::new(Gpu::open()?);
    held.gpu = Some(Arc::clone(&gpu));
    Ok(gpu)
}

/// A device that failed once is not used again; the next side opens a new one.
fn give_up(error: &CoreError) {
    if matches!(error.code, ErrorCode::GpuFailed | ErrorCode::GpuOutOfMemory) {
        let mut held = held();
        held.gpu = None;
        held.failures += 1;
    }
}

/// Solves a side, on the GPU where that is wanted and works, else on the processor; the answer tells which, and why.
pub fn solve(
    wanted: bool,
    stack: &FrameStack,
    options: &SolveOptions,
    mut used: Option<Solution>,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<(Solution, Engine)> {
    let mut engine = Engine {
        on: "cpu",
        adapter: None,
        reason: None,
    };
    if wanted {
        let tried = opened().and_then(|gpu| {
            engine.adapter = Some(gpu.info().name.clone());
            solve_by(Some(&*gpu), stack, options, used.take(), cancel, progress)
        });
        match tried {
            Ok(solution) => {
                engine.on = "gpu";
                return Ok((solution, engine));
            }
            Err(error) if is_of_gpu(&error) => {
                give_up(&error);
                engine.reason = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    let mut solution = solve_into(stack, options, used, cancel, progress)?;
    // Work that the GPU does not do is the processor's anyway; a failure is something a person should hear of.
    if let Some(error) = engine.reason.as_ref().filter(|e| e.code != ErrorCode::GpuUnsupported) {
        let note = format!(
            "the processor computed instead of the GPU: {}; {}",
            error.message, error.next
        );
        solution.summary.notes.push(note);
    }
    Ok((solution, engine))
}

/// Name, driver and kind of the best GPU, as JSON (`GpuAdapter | null`).
#[napi(ts_return_type = "Promise<string>")]
pub fn gpu_adapter(signal: Option<AbortSignal>) -> AsyncTask<Work<String>> {
    start(signal, move |_| to_json(&Gpu::look()))
}

/// Times of processor and GPU on the same small side, as JSON (`GpuTrial`).
#[napi(ts_return_type = "Promise<string>")]
pub fn gpu_trial(signal: Option<AbortSignal>) -> AsyncTask<Work<String>> {
    start(signal, move |cancel| {
        let gpu = opened()?;
        let found = gpu::trial(&gpu, cancel).inspect_err(give_up)?;
        to_json(&found)
    })
}
