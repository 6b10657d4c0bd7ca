//! The GPU path against the processor's solver and against surfaces known by formula. Where no GPU and no software
//! driver is installed, each test says so on the terminal.

mod agreement;
mod failures;
mod scenes;
mod truth;

use gpu::Gpu;

/// An opened GPU, or `None` after saying so: without a driver there is nothing to test. Set-up for `npm test` installs
/// Debian's software driver where it may.
fn gpu(test: &str, most_bytes: u64) -> Option<Gpu> {
    if Gpu::look().is_none() {
        // Past the test runner's capture, so that a person sees it.
        use std::io::Write;
        let _unprinted = writeln!(
            std::io::stderr(),
            "SKIPPED {test}: no GPU and no Vulkan driver (on Debian: apt-get install mesa-vulkan-drivers)"
        );
        return None;
    }
    Some(Gpu::open_with(most_bytes).expect("a GPU that is listed can be opened"))
}
