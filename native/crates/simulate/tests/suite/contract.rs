//! Determinism, refusals and the capture folder.

use imaging::{Cancel, ErrorCode, Samples};
use serde_json::{Value, json};
use simulate::{Scene, Spec, render, write_capture};
use std::path::PathBuf;

fn small() -> Spec {
    Spec {
        pitch_mm: 0.5,
        lights: 3,
        black_level: 0.01,
        flats: true,
        ..Spec::default()
    }
}

fn scene(spec: &Spec) -> Scene {
    render(spec, &Cancel::new(), &|_| {}).unwrap()
}

fn codes(scene: &Scene) -> Vec<u16> {
    let images = scene.frames.iter().chain(&scene.flats).chain(&scene.dark);
    images
        .flat_map(|r| match &r.samples {
            Samples::U16(v) => v.clone(),
            Samples::U8(v) => v.iter().map(|&c| u16::from(c)).collect(),
        })
        .collect()
}

fn folder(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("simulate-test-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir(&dir).unwrap();
    dir
}

#[test]
fn the_same_spec_gives_the_same_bits_on_any_number_of_threads() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| scene(&small()))
    };
    let (one, five) = (on(1), on(5));
    assert_eq!(codes(&one), codes(&five));
    assert_eq!(one.normals, five.normals);
    assert_eq!(one.albedo, five.albedo);
    assert_ne!(codes(&one), codes(&scene(&Spec { seed: 2, ..small() })));
}

#[test]
fn another_noise_seed_is_another_picture_of_the_same_card() {
    let again = Spec {
        noise_seed: Some(2),
        ..small()
    };
    let (first, second) = (scene(&small()), scene(&again));
    assert_ne!(codes(&first), codes(&second));
    assert_eq!(first.albedo, second.albedo);
    let still = |spec: Spec| codes(&scene(&Spec { noise: false, ..spec }));
    assert_eq!(still(small()), still(again));
}

#[test]
fn cancelling_stops_rendering_and_writing() {
    let cancel = Cancel::new();
    let error = render(&small(), &cancel, &|p| {
        if p > 0.1 {
            cancel.cancel()
        }
    })
    .unwrap_err();
    assert_eq!(error.code, ErrorCode::Cancelled);
    let (dir, cancel) = (folder("cancel"), Cancel::new());
    let error = write_capture(&scene(&small()), &dir.join("c"), &cancel, &|_| cancel.cancel()).unwrap_err();
    assert_eq!(error.code, ErrorCode::Cancelled);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn progress_rises_to_1() {
    let last = std::sync::Mutex::new(0f32);
    render(&small(), &Cancel::new(), &|p| {
        let mut top = last.lock().unwrap();
        *top = top.max(p);
    })
    .unwrap();
    assert!((*last.lock().unwrap() - 1.0).abs() < 1e-6);
}

#[test]
fn bad_values_are_refused_by_field() {
    let cases: [(&str, Value); 17] = [
        ("pitchMm", json!({ "pitchMm": 0.0 })),
        ("pitchMm", json!({ "pitchMm": 0.005, "cardMm": [400.0, 400.0] })),
        ("lights", json!({ "lights": 0 })),
        ("lights", json!({ "lights": 128, "pitchMm": 0.02 })),
        ("bits", json!({ "bits": 12 })),
        ("cardMm[1]", json!({ "cardMm": [63.5, -1.0] })),
        ("cornerRadiusMm", json!({ "cornerRadiusMm": 40.0 })),
        (
            "bordersMm.left",
            json!({ "bordersMm": { "left": 40.0, "right": 3.0, "top": 3.0, "bottom": 3.0 } }),
        ),
        (
            "bordersMm.top",
            json!({ "printTiltDeg": 5.0, "bordersMm": { "left": 5.0, "right": 5.0, "top": 0.5, "bottom": 5.0 } }),
        ),
        ("lightElevationDeg", json!({ "lightElevationDeg": 91.0 })),
        ("psfSigmaPx", json!({ "psfSigmaPx": 0.0 })),
        ("exposure", json!({ "exposure": -1.0 })),
        ("distortion", json!({ "distortion": [-60.0, 0.0, 0.0, 0.0, 0.0] })),
        ("tiltDeg[0]", json!({ "tiltDeg": [60.0, 0.0] })),
        ("gloss.roughness", json!({ "gloss": { "roughness": 0.0 } })),
        ("defects.cornerWear", json!({ "defects": { "cornerWear": 5 } })),
        (
            "defects.list[0].depthMm",
            json!({ "defects": { "list": [{ "kind": "dent", "atMm": [0, 0], "depthMm": 9.0 }] } }),
        ),
    ];
    for (field, value) in cases {
        let spec: Spec = serde_json::from_value(value).unwrap();
        let error = render(&spec, &Cancel::new(), &|_| {}).unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (ErrorCode::ValueInvalid, Some(field)),
            "{error}"
        );
    }
    let nan = Spec {
        offset_mm: [0.0, f64::NAN],
        ..small()
    };
    assert_eq!(nan.validate().unwrap_err().field.as_deref(), Some("offsetMm[1]"));
    let infinite = Spec {
        distortion: [0.0, 0.0, f64::INFINITY, 0.0, 0.0],
        ..small()
    };
    assert_eq!(infinite.validate().unwrap_err().field.as_deref(), Some("distortion[2]"));
}

#[test]
fn unknown_fields_are_refused_by_name() {
    for (json, name) in [
        ("{\"pich\":1}", "pich"),
        ("{\"gloss\":{\"shine\":1}}", "shine"),
        ("{\"defects\":{\"holes\":1}}", "holes"),
    ] {
        let error = serde_json::from_str::<Spec>(json).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    assert_eq!(serde_json::from_str::<Spec>("{}").unwrap(), Spec::default());
}

#[test]
fn the_written_capture_reads_back_as_it_was_rendered() {
    let (base, s) = (folder("write"), scene(&small()));
    let dir = base.join("capture");
    write_capture(&s, &dir, &Cancel::new(), &|_| {}).unwrap();
    let capture: Value = serde_json::from_slice(&std::fs::read(dir.join("capture.json")).unwrap()).unwrap();
    assert_eq!(capture["schema"], "trugrade.capture/1");
    assert_eq!(capture["simulated"], true);
    assert_eq!(capture["lights"].as_array().unwrap().len(), 3);
    assert_eq!(capture["dark"], "dark.png");
    assert_eq!(capture["flats"].as_array().unwrap().len(), 3);
    let limits = imaging::DecodeLimits::default();
    for (i, light) in capture["lights"].as_array().unwrap().iter().enumerate() {
        let raster = imaging::decode_file(&dir.join(light["file"].as_str().unwrap()), &limits, &Cancel::new()).unwrap();
        let (Samples::U16(a), Samples::U16(b)) = (&raster.samples, &s.frames[i].samples) else {
            panic!("16 bit expected")
        };
        assert_eq!(a, b);
    }
    let (shape, normals) = imaging::read_npy_f32(&dir.join("normals-truth.npy"), 1 << 24).unwrap();
    assert_eq!(shape, [s.height, s.width, 3]);
    assert_eq!(normals, s.normals);
    let truth: Value = serde_json::from_slice(&std::fs::read(dir.join("truth.json")).unwrap()).unwrap();
    assert_eq!(truth["points"].as_array().unwrap().len(), 24);
    assert_eq!(
        std::fs::read_dir(&base).unwrap().count(),
        1,
        "no temporary folder stays"
    );
}

#[test]
fn an_occupied_folder_is_refused_and_kept_and_an_empty_one_is_used() {
    let (base, s) = (folder("occupied"), scene(&Spec { lights: 1, ..small() }));
    std::fs::write(base.join("mine.txt"), "mine").unwrap();
    let error = write_capture(&s, &base, &Cancel::new(), &|_| {}).unwrap_err();
    assert_eq!(error.code, ErrorCode::FileUnwritable);
    assert_eq!(std::fs::read_to_string(base.join("mine.txt")).unwrap(), "mine");
    let file = write_capture(&s, &base.join("mine.txt"), &Cancel::new(), &|_| {}).unwrap_err();
    assert_eq!(file.code, ErrorCode::FileUnwritable);
    let empty = base.join("empty");
    std::fs::create_dir(&empty).unwrap();
    write_capture(&s, &empty, &Cancel::new(), &|_| {}).unwrap();
    assert!(empty.join("capture.json").is_file());
}
