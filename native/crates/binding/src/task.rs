//! Runs native work off the JavaScript thread, with cancellation by `AbortSignal` and typed errors.

use imaging::{Cancel, CoreError, ErrorCode};
use napi::bindgen_prelude::{AbortSignal, AsyncTask, ToNapiValue, TypeName};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Task};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is run: cancellable, on a thread of its own.
type Job<T> = Box<dyn FnOnce(&Cancel) -> imaging::Result<T> + Send>;

/// Work that runs once on a worker thread and gives a value JavaScript can hold.
pub struct Work<T> {
    job: Option<Job<T>>,
    cancel: Cancel,
}

impl<T: Send + ToNapiValue + TypeName + 'static> Task for Work<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<T> {
        let job = self.job.take().ok_or_else(|| internal("the work was started twice"))?;
        // A panic must not unwind into Node; it becomes an error that names itself as ours.
        match catch_unwind(AssertUnwindSafe(|| {
            self.cancel.check()?;
            job(&self.cancel)
        })) {
            Ok(result) => result.map_err(to_js),
            Err(panic) => {
                let place = PANIC_PLACE
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .take();
                Err(internal(&format!(
                    "{} at {}",
                    panic_text(&panic),
                    place.unwrap_or_default()
                )))
            }
        }
    }

    fn resolve(&mut self, _env: Env, output: T) -> napi::Result<T> {
        Ok(output)
    }
}

/// Starts `job` on a worker thread. Raising `signal` makes it stop at its next check with code `cancelled`.
pub fn start<T: Send + ToNapiValue + TypeName + 'static>(
    signal: Option<AbortSignal>,
    job: impl FnOnce(&Cancel) -> imaging::Result<T> + Send + 'static,
) -> AsyncTask<Work<T>> {
    quiet_panics();
    let cancel = Cancel::new();
    if let Some(signal) = &signal {
        let flag = cancel.clone();
        signal.on_abort(move || flag.cancel());
    }
    AsyncTask::new(Work {
        job: Some(Box::new(job)),
        cancel,
    })
}

/// The error as JSON in the message: the TypeScript side parses it with the contract's schema.
pub fn to_js(error: CoreError) -> napi::Error {
    let text = serde_json::to_string(&error).unwrap_or_else(|_| error.to_string());
    napi::Error::new(Status::GenericFailure, text)
}

/// Panics become typed errors; without this hook each would also print a backtrace on the terminal.
fn quiet_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let name = |file: &str| file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            let place = info
                .location()
                .map(|l| format!("{}:{}", name(l.file()), l.line()))
                .unwrap_or_default();
            PANIC_PLACE
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .replace(place);
        }));
    });
}

/// Where the last panic was, for the error that it becomes.
static PANIC_PLACE: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

/// A fault of ours, in the same shape as every other error.
pub fn internal(message: &str) -> napi::Error {
    to_js(CoreError::new(
        ErrorCode::Internal,
        format!("the native core failed: {message}"),
        "please report this with the log",
    ))
}

fn panic_text(panic: &Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".into())
}

/// A JavaScript function that is told how far the work is, 0..1.
pub type Progress = ThreadsafeFunction<f64, (), f64, Status, false, true>;

/// Makes a progress callback for the native crates, which may call it from any thread as often as they like:
/// JavaScript hears of whole percents only.
pub fn reporter(progress: Option<Progress>) -> impl Fn(f32) + Send + Sync {
    let last = std::sync::atomic::AtomicI32::new(-1);
    move |fraction: f32| {
        let Some(call) = &progress else { return };
        let percent = (fraction * 100.0) as i32;
        if last.fetch_max(percent, std::sync::atomic::Ordering::Relaxed) < percent {
            call.call(
                f64::from(fraction.clamp(0.0, 1.0)),
                ThreadsafeFunctionCallMode::NonBlocking,
            );
        }
    }
}
