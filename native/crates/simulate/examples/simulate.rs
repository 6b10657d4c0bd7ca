//! `simulate OUT_DIR [SPEC_JSON]`: renders a spec (JSON text or the name of a JSON file) and writes the capture.

use imaging::{Cancel, CoreError, ErrorCode, Result};
use simulate::{Spec, render, write_capture};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn read_spec(text: &str) -> Result<Spec> {
    let bad = |e: String| CoreError::new(ErrorCode::ValueInvalid, e, "mend the spec").in_field("spec");
    let json = if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        std::fs::read_to_string(text).map_err(|e| bad(e.to_string()).in_file(text))?
    };
    serde_json::from_str(&json).map_err(|e| bad(e.to_string()))
}

fn run(args: &[String]) -> Result<()> {
    let [out, rest @ ..] = args else {
        return Err(CoreError::new(
            ErrorCode::ValueInvalid,
            "no output folder",
            "usage: simulate OUT_DIR [SPEC_JSON]",
        ));
    };
    let spec = rest.first().map_or_else(|| Ok(Spec::default()), |s| read_spec(s))?;
    let cancel = Cancel::new();
    let start = Instant::now();
    let scene = render(&spec, &cancel, &|_| {})?;
    let rendered = start.elapsed();
    write_capture(&scene, Path::new(out), &cancel, &|_| {})?;
    println!(
        "{} frames of {} x {} px: rendered in {:.2} s, written in {:.2} s",
        scene.frames.len(),
        scene.width,
        scene.height,
        rendered.as_secs_f64(),
        (start.elapsed() - rendered).as_secs_f64()
    );
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
