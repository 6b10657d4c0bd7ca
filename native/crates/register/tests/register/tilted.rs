//! Cards seen through a bent lens on a tilted plane: the print shift against the simulator's truth, with and without the map.

use crate::draw::identity;
use imaging::{Cancel, Encoding, Raster, RasterSource};
use measure::{OutlineOptions, PlaneMap, RefineOptions, Refinement, find_outline, reference_points, refine};
use register::{Cut, PrintMatch, Template, learn, match_template, propose};
use simulate::{ArtKind, BorderKind, Defects, Spec, render};

/// Some 7 px of distortion in the corners and the plane tilted by 2 degrees.
fn bent(spec: Spec) -> Spec {
    Spec {
        tilt_deg: [2.0, 0.0],
        distortion: [-0.15, 0.0, 0.0, 0.0, 0.0],
        ..spec
    }
}

fn card(seed: u64) -> Spec {
    Spec {
        seed,
        design_seed: Some(3),
        border_kind: BorderKind::None,
        art: ArtKind::Landscape,
        lights: 1,
        light_elevation_deg: 80.0,
        colour: false,
        pitch_mm: 0.05,
        print_tilt_deg: 0.0,
        defects: Defects::none(),
        ..Spec::default()
    }
}

struct Photograph {
    raster: Raster,
    refinement: Refinement,
    pitch_mm: f64,
}

impl Photograph {
    fn of(spec: &Spec) -> Self {
        let cancel = Cancel::new();
        let raster = render(spec, &cancel, &|_| {}).expect("rendered").frames.remove(0);
        let source = RasterSource::new(&raster, Encoding::Linear);
        let options = OutlineOptions {
            pixel_pitch_mm: Some(spec.pitch_mm),
            ..OutlineOptions::default()
        };
        let outline = find_outline(&source, &options, &cancel).expect("the card is found");
        let options = RefineOptions {
            pixel_pitch_mm: Some(spec.pitch_mm),
            ..RefineOptions::default()
        };
        let refinement = refine(&source, &outline, &reference_points(&outline), &options, &cancel).expect("refined");
        Self {
            raster,
            refinement,
            pitch_mm: spec.pitch_mm,
        }
    }

    /// The cut by the camera that the simulator was told to be, or by the pitch alone.
    fn cut(&self, camera: Option<&Spec>) -> Cut {
        let cut = match camera {
            Some(spec) => Cut::on_plane(&self.refinement, &truth_of(spec, &self.raster), 0.0),
            None => Cut::from_refinement(&self.refinement, self.pitch_mm),
        };
        cut.expect("four sides")
    }

    fn matched(&self, camera: Option<&Spec>, template: &Template) -> PrintMatch {
        let source = RasterSource::new(&self.raster, Encoding::Linear);
        match_template(&source, &self.cut(camera), template, None, &Cancel::new()).expect("the design is found")
    }

    fn taught(&self, camera: Option<&Spec>) -> Template {
        let (source, cancel) = (RasterSource::new(&self.raster, Encoding::Linear), Cancel::new());
        let cut = self.cut(camera);
        let places: Vec<[f64; 2]> = propose(&source, &cut, &cancel)
            .expect("anchors")
            .iter()
            .map(|p| p.at_mm)
            .collect();
        learn(&source, &cut, &places, &identity("design"), &cancel)
            .expect("learned")
            .template
    }
}

/// The map by the simulator's own numbers: plane (X, Y) tilted by `t` about x stands at depth `d - Y sin t`, and its
/// ray is `(X, Y cos t) / depth`; the map is the inverse.
fn truth_of(spec: &Spec, raster: &Raster) -> PlaneMap {
    let (sin, cos) = spec.tilt_deg[0].to_radians().sin_cos();
    let (d, focal) = (spec.camera_distance_mm, spec.camera_distance_mm / spec.pitch_mm);
    let centre = [raster.width, raster.height].map(|n| (n as f64 - 1.0) / 2.0);
    PlaneMap {
        image_px: [raster.width, raster.height],
        intrinsics: [focal, focal, centre[0], centre[1]],
        distortion: spec.distortion,
        to_plane: [[d, 0.0, 0.0], [0.0, d / cos, 0.0], [0.0, sin / cos, 1.0]],
    }
}

fn error_um(m: &PrintMatch, spec: &Spec) -> [f64; 2] {
    [0, 1].map(|a| 1000.0 * (m.shift_mm[a] - spec.print_offset_mm[a]))
}

#[test]
fn a_bent_lens_and_a_tilted_plane_do_not_move_the_print_once_they_are_mapped() {
    let straight = Photograph::of(&card(11)).taught(None);
    let mut worst_bare = 0.0f64;
    for (seed, shift, turn, rotation, offset) in [
        (21, [0.42, -0.31], 0.12, 1.4, [2.0, -1.5]),
        (22, [-0.55, 0.62], -0.2, -1.1, [-2.0, 2.0]),
    ] {
        let spec = bent(Spec {
            print_offset_mm: shift,
            print_tilt_deg: turn,
            rotation_deg: rotation,
            offset_mm: offset,
            ..card(seed)
        });
        let photograph = Photograph::of(&spec);
        let mapped = photograph.matched(Some(&spec), &straight);
        let (e, bare) = (
            error_um(&mapped, &spec),
            error_um(&photograph.matched(None, &straight), &spec),
        );
        let turned = 1000.0 * (mapped.rotation_deg - turn);
        println!("mapped {e:.2?} um, {turned:.2} mdeg; by the pitch alone {bare:.1?} um");
        assert!(e.iter().all(|e| e.abs() < 5.0), "{e:?}");
        assert!(turned.abs() < 3.0, "{turned}");
        assert!((mapped.scale - 1.0).abs() < 1e-4, "{}", mapped.scale);
        worst_bare = bare.iter().fold(worst_bare, |w, e| w.max(e.abs()));
    }
    // Else the test would not show what the map is for.
    assert!(worst_bare > 15.0, "{worst_bare}");
}

#[test]
fn a_design_learned_through_a_bent_lens_serves_a_straight_camera() {
    let example = bent(Spec {
        rotation_deg: -0.8,
        offset_mm: [1.0, 1.5],
        ..card(31)
    });
    let template = Photograph::of(&example).taught(Some(&example));
    assert!(template.anchors.iter().all(|a| a.row_mm.is_some()));
    let spec = Spec {
        print_offset_mm: [-0.3, 0.2],
        ..card(32)
    };
    let e = error_um(&Photograph::of(&spec).matched(None, &template), &spec);
    println!("learned through a lens: {e:.2?} um");
    assert!(e.iter().all(|e| e.abs() < 5.0), "{e:?}");
}
