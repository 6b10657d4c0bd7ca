//! A GPU that is not there, that goes away, or that cannot do the work: typed, and the processor can go on.

use crate::gpu;
use crate::scenes::Scene;
use gpu::{Gpu, is_of_gpu};
use imaging::{Cancel, ErrorCode};
use photometric::{Method, SolveOptions, solve, solve_by};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs in a process of its own, started by the test below: drivers are looked for once a process.
#[test]
fn child_without_a_driver() {
    if std::env::var_os("TRUGRADE_TEST_CHILD").is_none() {
        return;
    }
    assert_eq!(Gpu::look(), None);
    let error = Gpu::open().err().expect("there is no GPU to open");
    assert_eq!(error.code, ErrorCode::GpuMissing);
    assert!(is_of_gpu(&error));
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_a_driver_is_told_so() {
    let program = std::env::current_exe().expect("this test's own program");
    let run = Command::new(program)
        .args(["--exact", "failures::child_without_a_driver"])
        .env("TRUGRADE_TEST_CHILD", "1")
        // Vulkan's loader takes drivers from here alone, under both of its names.
        .env("VK_DRIVER_FILES", "/nonexistent.json")
        .env("VK_ICD_FILENAMES", "/nonexistent.json")
        .output()
        .expect("starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    assert!(String::from_utf8_lossy(&run.stdout).contains("1 passed"));
}

#[test]
fn a_device_that_is_lost_between_sides_is_told_so() {
    let Some(gpu) = gpu("a lost device", 64 << 20) else {
        return;
    };
    let scene = Scene::default();
    let (stack, options) = (scene.stack(), scene.options());
    solve_by(Some(&gpu), &stack, &options, None, &Cancel::new(), &|_| {}).expect("the first side is solved");
    gpu.lose();
    let error = solve_by(Some(&gpu), &stack, &options, None, &Cancel::new(), &|_| {}).expect_err("the device is gone");
    assert_eq!(error.code, ErrorCode::GpuFailed, "{error}");
    assert!(is_of_gpu(&error));
}

#[test]
fn a_device_that_is_lost_in_the_middle_of_a_side_is_told_so_and_the_processor_goes_on() {
    let Some(gpu) = gpu("a device lost on the way", 128 << 10) else {
        return;
    };
    let scene = Scene::default();
    let (stack, options) = (scene.stack(), scene.options());
    let seen = AtomicUsize::new(0);
    let progress = |_: f32| {
        if seen.fetch_add(1, Ordering::Relaxed) == 1 {
            gpu.lose();
        }
    };
    let error =
        solve_by(Some(&gpu), &stack, &options, None, &Cancel::new(), &progress).expect_err("the device is gone");
    assert_eq!(error.code, ErrorCode::GpuFailed, "{error}");
    assert!(seen.load(Ordering::Relaxed) >= 2, "it was under way");
    solve(&stack, &options, &Cancel::new(), &|_| {}).expect("the processor solves it");
}

#[test]
fn a_cancel_stops_between_tiles_and_leaves_the_device_usable() {
    let Some(gpu) = gpu("cancel", 128 << 10) else { return };
    let scene = Scene::default();
    let (stack, options) = (scene.stack(), scene.options());
    let cancel = Cancel::new();
    let last = std::sync::Mutex::new(0.0f32);
    let progress = |done: f32| {
        *last.lock().expect("one thread") = done;
        cancel.cancel();
    };
    let error = solve_by(Some(&gpu), &stack, &options, None, &cancel, &progress).expect_err("cancelled");
    assert_eq!(error.code, ErrorCode::Cancelled);
    assert!(!is_of_gpu(&error));
    assert!(*last.lock().expect("one thread") < 0.5);
    solve_by(Some(&gpu), &stack, &options, None, &Cancel::new(), &|_| {}).expect("works again");
}

#[test]
fn work_that_does_not_fit_is_refused_before_it_starts() {
    let Some(small) = gpu("too small a buffer", 1 << 12) else {
        return;
    };
    let scene = Scene {
        lights: 33,
        ..Scene::default()
    };
    let robust = SolveOptions {
        method: Method::Robust,
        ..scene.options()
    };
    let everywhere = solve_by(Some(&small), &scene.stack(), &robust, None, &Cancel::new(), &|_| {});
    assert_eq!(
        everywhere.expect_err("not the GPU's work").code,
        ErrorCode::GpuUnsupported
    );
    let many = solve_by(
        Some(&small),
        &scene.stack(),
        &scene.options(),
        None,
        &Cancel::new(),
        &|_| {},
    );
    assert_eq!(many.expect_err("33 lights").code, ErrorCode::GpuUnsupported);
    let scene = Scene {
        channels: 3,
        flat: true,
        ..Scene::default()
    };
    let small = solve_by(
        Some(&small),
        &scene.stack(),
        &scene.options(),
        None,
        &Cancel::new(),
        &|_| {},
    );
    assert_eq!(
        small.expect_err("no room for 64 pixels").code,
        ErrorCode::GpuUnsupported
    );
}
