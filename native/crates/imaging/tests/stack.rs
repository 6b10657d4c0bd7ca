//! A stack of frames: what is refused, and the light it reads, against the formula written out.

use imaging::{Encoding, ErrorCode, Frame, FrameStack, LinearSource, Raster, RasterSource, Samples, StackSource};

fn raster(width: usize, channels: usize, seed: u32) -> Raster {
    let code = |i: u32| (i.wrapping_mul(2_654_435_761).wrapping_add(seed * 40_503) >> 16) as u16;
    Raster {
        width,
        height: 2,
        channels,
        samples: Samples::U16((0..(width * 2 * channels) as u32).map(code).collect()),
    }
}

fn frame(raster: Raster, intensity: f32, flat: Option<Raster>) -> Frame {
    Frame {
        name: format!("light-{intensity}.png"),
        raster,
        intensity: [intensity; 3],
        flat,
    }
}

/// IEC 61966-2-1 in double precision.
fn srgb(code: u16) -> f64 {
    let v = f64::from(code) / 65_535.0;
    if v <= 0.040_45 {
        v / 12.92
    } else {
        ((v + 0.055) / 1.055).powf(2.4)
    }
}

fn linear(code: u16) -> f64 {
    f64::from(code) / 65_535.0
}

fn grey(r: &Raster, x: usize, y: usize, light: fn(u16) -> f64) -> f64 {
    (0..r.channels).map(|c| light(r.code(x, y, c))).sum::<f64>() / r.channels as f64
}

/// (frame - dark) * mean intensity / intensity, or (frame - dark) / (flat - dark), averaged.
fn expected(stack: &FrameStack, x: usize, y: usize, light: fn(u16) -> f64) -> f64 {
    let mean = stack.frames.iter().map(|f| f64::from(f.intensity[0])).sum::<f64>() / stack.frames.len() as f64;
    let dark = stack.dark.as_ref().map_or(0.0, |d| grey(d, x, y, light));
    let sum: f64 = stack
        .frames
        .iter()
        .map(|f| {
            let signal = grey(&f.raster, x, y, light) - dark;
            match &f.flat {
                Some(flat) => signal / (grey(flat, x, y, light) - dark).max(1e-4),
                None => signal * mean / f64::from(f.intensity[0]),
            }
        })
        .sum();
    sum / stack.frames.len() as f64
}

#[test]
fn the_mean_of_frames_follows_the_formula_for_every_kind_of_stack() {
    let bright = |w, c| Raster {
        samples: Samples::U16(vec![60_000; w * 2 * c]),
        ..raster(w, c, 0)
    };
    // 2,500 pixels span three chunks of the reader.
    for (width, channels) in [(2500, 1), (7, 3)] {
        for (encoding, light) in [(Encoding::Linear, linear as fn(u16) -> f64), (Encoding::Srgb, srgb)] {
            for (flat, dark) in [(false, false), (false, true), (true, false), (true, true)] {
                let dark_codes = vec![900; width * 2 * channels];
                let stack = FrameStack {
                    frames: vec![
                        frame(raster(width, channels, 1), 0.8, None),
                        frame(raster(width, channels, 2), 1.4, flat.then(|| bright(width, channels))),
                    ],
                    dark: dark.then(|| Raster {
                        samples: Samples::U16(dark_codes),
                        ..raster(width, channels, 0)
                    }),
                    encoding,
                };
                stack.validate().unwrap();
                let source = StackSource::new(&stack);
                let mut row = vec![0.0; width - 3];
                source.read_row(1, 3, &mut row);
                for (i, &found) in row.iter().enumerate() {
                    let truth = expected(&stack, i + 3, 1, light);
                    assert!((f64::from(found) - truth).abs() < 2e-6, "{found} is not {truth} at {i}");
                }
            }
        }
    }
}

#[test]
fn one_quantisation_step_is_that_of_the_sample_type() {
    let eight = Raster {
        width: 1,
        height: 1,
        channels: 1,
        samples: Samples::U8(vec![0]),
    };
    let step = RasterSource::new(&eight, Encoding::Linear).quantisation();
    assert!((step - 1.0 / 255.0 / 12f32.sqrt()).abs() < 1e-9);
    // The slope of the sRGB curve at the top is 2.4 / 1.055.
    let step = RasterSource::new(&eight, Encoding::Srgb).quantisation();
    assert!((step * 12f32.sqrt() * 255.0 - 2.4 / 1.055).abs() < 0.01);
}

#[test]
fn stacks_that_do_not_belong_together_are_refused_by_file_name() {
    let good = || frame(raster(5, 1, 1), 1.0, None);
    let stack = |second: Frame, dark| FrameStack {
        frames: vec![good(), second],
        dark,
        encoding: Encoding::Linear,
    };
    let odd = |raster| frame(raster, 2.0, None);
    let eight = Raster {
        samples: Samples::U8(vec![0; 10]),
        ..raster(5, 1, 0)
    };
    for other in [raster(6, 1, 1), raster(5, 3, 1), eight] {
        let error = stack(odd(other), None).validate().unwrap_err();
        assert_eq!(error.code, ErrorCode::ImageSizeMismatch);
        assert_eq!(error.file.as_deref(), Some("light-2.png"));
        assert!(error.message.contains("expected 5 x 2 pixels, grey, 16 bit"), "{error}");
    }
    let error = stack(good(), Some(raster(4, 1, 1))).validate().unwrap_err();
    assert_eq!(error.field.as_deref(), Some("dark"));
    let error = stack(frame(raster(5, 1, 1), 1.0, Some(raster(4, 1, 1))), None);
    assert_eq!(error.validate().unwrap_err().field.as_deref(), Some("flat"));
    for intensity in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let error = stack(frame(raster(5, 1, 1), intensity, None), None)
            .validate()
            .unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (ErrorCode::ValueInvalid, Some("intensity"))
        );
    }
    let empty = FrameStack {
        frames: Vec::new(),
        dark: None,
        encoding: Encoding::Linear,
    };
    assert_eq!(empty.validate().unwrap_err().code, ErrorCode::LightsTooFew);
}
