//! Print shift of simulated borderless cards against the simulator's truth, and recognition among designs.
//!
//! `print_shift CARDS DESIGNS` prints one line a card (`card design seed dx_um dy_um dturn_mdeg ux_um uy_um uturn_mdeg`)
//! one a card behind a bent lens on a tilted plane, mapped by the truth of the simulator (`bent`, the same numbers),
//! one a recognition (`seen right|wrong|refused|rightly-refused milliseconds`) and one a shortlist among 300 designs
//! (`shortlist found milliseconds`).

use imaging::{Cancel, Encoding, RasterSource};
use measure::{OutlineOptions, PlaneMap, RefineOptions, find_outline, reference_points, refine};
use register::{
    Cells, Cut, Gallery, Identity, Reference, ReferenceKind, SEARCH_CELL_MM, Template, identify, learn, match_template,
    propose, recognise,
};
use simulate::{ArtKind, BorderKind, Defects, Spec, render};
use std::time::Instant;

struct Card {
    raster: imaging::Raster,
    cut: Cut,
}

fn spec(design: u64, seed: u64) -> Spec {
    let arts = [ArtKind::Landscape, ArtKind::Portrait, ArtKind::Abstract];
    Spec {
        seed,
        design_seed: Some(design),
        border_kind: BorderKind::None,
        art: arts[design as usize % arts.len()],
        lights: 1,
        light_elevation_deg: 80.0,
        colour: false,
        rotation_deg: (seed as f64 * 0.77) % 4.0 - 2.0,
        offset_mm: [(seed as f64 * 0.173) % 0.4, (seed as f64 * 0.291) % 0.4],
        print_tilt_deg: 0.0,
        defects: Defects::none(),
        ..Spec::default()
    }
}

fn photograph(spec: &Spec) -> imaging::Result<Card> {
    let cancel = Cancel::new();
    let mut scene = render(spec, &cancel, &|_| {})?;
    let raster = scene.frames.remove(0);
    let source = RasterSource::new(&raster, Encoding::Linear);
    let options = OutlineOptions {
        expected_size_mm: Some(spec.card_mm),
        pixel_pitch_mm: Some(spec.pitch_mm),
        ..OutlineOptions::default()
    };
    let outline = find_outline(&source, &options, &cancel)?;
    let options = RefineOptions {
        pixel_pitch_mm: Some(spec.pitch_mm),
        ..RefineOptions::default()
    };
    let refinement = refine(&source, &outline, &reference_points(&outline), &options, &cancel)?;
    let cut = match map_of(spec, [raster.width, raster.height]) {
        Some(map) => Cut::on_plane(&refinement, &map, 0.0)?,
        None => Cut::from_refinement(&refinement, spec.pitch_mm)?,
    };
    Ok(Card { raster, cut })
}

/// The simulator's own camera where it is bent or tilted about x: a plane point (X, Y) stands at depth `d - Y sin t` and is
/// seen along (X, Y cos t) over it; the map is the way back.
fn map_of(spec: &Spec, image_px: [usize; 2]) -> Option<PlaneMap> {
    let straight = spec.tilt_deg == [0.0; 2] && spec.distortion == [0.0; 5];
    let (sin, cos) = spec.tilt_deg[0].to_radians().sin_cos();
    let (d, focal) = (spec.camera_distance_mm, spec.camera_distance_mm / spec.pitch_mm);
    let [cx, cy] = image_px.map(|n| (n as f64 - 1.0) / 2.0);
    (!straight).then_some(PlaneMap {
        image_px,
        intrinsics: [focal, focal, cx, cy],
        distortion: spec.distortion,
        to_plane: [[d, 0.0, 0.0], [0.0, d / cos, 0.0], [0.0, sin / cos, 1.0]],
    })
}

/// Prints a card's errors against the truth, and their uncertainties.
fn report(kind: &str, design: u64, spec: &Spec, template: &Template) -> imaging::Result<Card> {
    let card = photograph(spec)?;
    let source = RasterSource::new(&card.raster, Encoding::Linear);
    let m = match_template(&source, &card.cut, template, None, &Cancel::new())?;
    let um = |i: usize| 1000.0 * (m.shift_mm[i] - spec.print_offset_mm[i]);
    println!(
        "{kind} {design} {} {:.3} {:.3} {:.3} {:.3} {:.3} {:.3}",
        spec.seed,
        um(0),
        um(1),
        1000.0 * (m.rotation_deg - spec.print_tilt_deg),
        1000.0 * m.uncertainty_mm[0],
        1000.0 * m.uncertainty_mm[1],
        1000.0 * m.rotation_uncertainty_deg,
    );
    Ok(card)
}

fn teach(design: u64) -> imaging::Result<Template> {
    let cancel = Cancel::new();
    let card = photograph(&spec(design, 5000 + design))?;
    let source = RasterSource::new(&card.raster, Encoding::Linear);
    let places: Vec<[f64; 2]> = propose(&source, &card.cut, &cancel)?.iter().map(|p| p.at_mm).collect();
    let identity = Identity {
        name: format!("design {design}"),
        set: String::new(),
        side: "front".into(),
        card_mm: None,
        reference: Reference {
            kind: ReferenceKind::Example,
            shift_mm: [0.0; 2],
            turn_deg: 0.0,
            uncertainty_mm: [0.0; 2],
            turn_uncertainty_deg: 0.0,
        },
        margins_mm: None,
    };
    Ok(learn(&source, &card.cut, &places, &identity, &cancel)?.template)
}

fn shifted(design: u64, seed: u64) -> Spec {
    let part = |k: f64| (seed as f64 * k) % 1.0 * 2.0 - 1.0;
    Spec {
        print_offset_mm: [0.8 * part(0.618_034), 0.8 * part(0.414_214)],
        print_tilt_deg: 0.3 * part(0.732_051),
        ..spec(design, seed)
    }
}

fn main() -> imaging::Result<()> {
    let mut numbers = std::env::args().skip(1).filter_map(|a| a.parse::<u64>().ok());
    let (cards, designs) = (numbers.next().unwrap_or(8), numbers.next().unwrap_or(4));
    let cancel = Cancel::new();
    let templates: Vec<Template> = (0..designs).map(teach).collect::<imaging::Result<_>>()?;
    let mut gallery = Gallery::default();
    // The last design is kept out: its cards must be refused.
    let known = &templates[..templates.len() - 1];
    known.iter().try_for_each(|t| gallery.add(t))?;
    // The shortlist's time among three hundred designs.
    let mut many = Gallery::default();
    (0..300).try_for_each(|i| many.add(&templates[i % templates.len()]))?;
    for seed in 0..cards {
        let design = seed % designs;
        let spec = shifted(design, 100 + seed);
        let template = &templates[design as usize];
        if seed % 4 == 0 {
            let bent = Spec {
                tilt_deg: [2.0, 0.0],
                distortion: [-0.15, 0.0, 0.0, 0.0, 0.0],
                ..shifted(design, 700 + seed)
            };
            report("bent", design, &bent, template)?;
        }
        let card = report("card", design, &spec, template)?;
        let source = RasterSource::new(&card.raster, Encoding::Linear);
        let started = Instant::now();
        let cells = Cells::read(&source, &card.cut, SEARCH_CELL_MM, &cancel)?;
        let candidates = recognise(&gallery, &cells, 5);
        let upright: Vec<_> = candidates.iter().filter(|c| !c.upside_down).collect();
        let likely: Vec<_> = upright.iter().map(|c| (&known[c.index], c.similarity)).collect();
        let seen = identify(&source, &card.cut, &likely, &cells, &cancel)?;
        let found = seen.index.map(|i| upright[i].index as u64);
        let ms = started.elapsed().as_millis();
        let started = Instant::now();
        let shortlist = recognise(&many, &cells, 5).len();
        println!("shortlist {shortlist} {}", started.elapsed().as_millis());
        let verdict = match found {
            Some(index) if index == design => "right",
            Some(_) => "wrong",
            None if design + 1 == designs => "rightly-refused",
            None => "refused",
        };
        println!("seen {verdict} {ms}");
    }
    Ok(())
}
