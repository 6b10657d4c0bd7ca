//! Many cards in one picture: found, measured, and refused one by one.

mod common;

use common::scene::{HardCard, Ink, Sheet};
use imaging::{Cancel, Encoding, ErrorCode, RasterSource};
use measure::{
    CalcOptions, FoundCard, OutlineOptions, RefineOptions, calculate, find_cards, find_outline, reference_points,
    refine,
};

/// 250 dpi: half the work of a real scan.
const PITCH: f64 = 25.4 / 250.0;

/// Cards at centres (mm) and angles on a sheet of the given size in mm.
fn sheet(size: (f64, f64), places: &[(f64, f64, f64)]) -> Sheet {
    let card = |(i, &(x, y, angle)): (usize, &(f64, f64, f64))| HardCard {
        centre: (x, y),
        angle_deg: angle,
        borders: [
            Some(2.6 + 0.1 * i as f64),
            Some(3.4),
            Some(2.8),
            Some(4.1 - 0.1 * i as f64),
        ],
        // White, black, and coloured frames in turn.
        frame: Ink::Flat([[0.8; 3], [0.012; 3], [0.7, 0.6, 0.1]][i % 3]),
        art: Ink::Waves {
            mean: [0.3, 0.25, 0.35],
            amplitude: 0.08,
        },
        ..HardCard::default()
    };
    Sheet {
        image_px: ((size.0 / PITCH) as usize, (size.1 / PITCH) as usize),
        pitch: PITCH,
        ground: Ink::Flat([0.06; 3]),
        cards: places.iter().enumerate().map(card).collect(),
        sigma: 0.7,
        noise: 0.003,
        seed: 9,
    }
}

fn options(pitch: Option<f64>) -> OutlineOptions {
    OutlineOptions {
        pixel_pitch_mm: pitch,
        ..OutlineOptions::default()
    }
}

fn found(sheet: &Sheet, pitch: Option<f64>) -> Vec<FoundCard> {
    let raster = sheet.raster16();
    let source = RasterSource::new(&raster, Encoding::Linear);
    find_cards(&source, &options(pitch), &Cancel::new()).unwrap()
}

fn codes(cards: &[FoundCard]) -> Vec<Option<ErrorCode>> {
    cards.iter().map(|c| c.outline.as_ref().err().map(|e| e.code)).collect()
}

/// Nine cards, three in a row, each turned by its own angle (one lies across, one upside down).
fn nine() -> Sheet {
    let angles = [0.0, 1.2, -2.5, 4.0, 90.6, 181.0, -0.4, 0.2, 3.0];
    let place = |i: usize| (52.0 + 100.0 * (i % 3) as f64, 58.0 + 104.0 * (i / 3) as f64, angles[i]);
    sheet((304.0, 324.0), &(0..9).map(place).collect::<Vec<_>>())
}

#[test]
fn nine_cards_of_a_sheet_are_found_in_reading_order_and_measured() {
    let sheet = nine();
    let raster = sheet.raster16();
    let source = RasterSource::new(&raster, Encoding::Linear);
    for pitch in [Some(PITCH), None] {
        let cards = find_cards(&source, &options(pitch), &Cancel::new()).unwrap();
        assert_eq!(cards.len(), 9, "{pitch:?}: {:?}", codes(&cards));
        for (card, drawn) in cards.iter().zip(&sheet.cards) {
            let outline = card.outline.as_ref().unwrap();
            let centre = outline
                .corners
                .iter()
                .fold((0.0, 0.0), |s, p| (s.0 + 0.25 * p.x, s.1 + 0.25 * p.y));
            let off = (centre.0 * PITCH - drawn.centre.0).hypot(centre.1 * PITCH - drawn.centre.1);
            assert!(off < 0.01, "{pitch:?}: {off} mm from its place");
        }
    }
    let cards = found(&sheet, Some(PITCH));
    let (mut worst, mut count) = (0.0f64, 0);
    for (card, drawn) in cards.iter().zip(&sheet.cards) {
        // Turned ones have other names for their sides.
        if drawn.angle_deg.abs() > 45.0 {
            continue;
        }
        let outline = card.outline.as_ref().unwrap();
        let refine_options = RefineOptions {
            pixel_pitch_mm: Some(PITCH),
            ..RefineOptions::default()
        };
        let refined = refine(
            &source,
            outline,
            &reference_points(outline),
            &refine_options,
            &Cancel::new(),
        )
        .unwrap();
        for p in calculate(&refined, Some(PITCH), &CalcOptions::default()).points {
            let part = p.index as f64 / (p.edge.stations() + 1) as f64;
            if let (Some(width), Some(truth)) = (p.width_mm, drawn.width_mm(p.edge.index(), part)) {
                worst = worst.max((width - truth).abs());
                count += 1;
            }
        }
    }
    println!("{count} widths, worst {worst:.4} mm");
    assert_eq!(count, 7 * 24);
    assert!(worst < 0.03, "{worst}");
}

#[test]
fn a_place_that_is_known_is_fitted_without_a_search() {
    let sheet = nine();
    let raster = sheet.raster16();
    let source = RasterSource::new(&raster, Encoding::Linear);
    let cards = find_cards(&source, &options(Some(PITCH)), &Cancel::new()).unwrap();
    let first = cards[4].outline.as_ref().unwrap();
    let near = first.corners.map(|c| measure::Point {
        x: c.x.round(),
        y: c.y.round(),
    });
    let again = find_outline(
        &source,
        &OutlineOptions {
            place: Some(near),
            ..options(Some(PITCH))
        },
        &Cancel::new(),
    )
    .unwrap();
    for (a, b) in first.corners.iter().zip(&again.corners) {
        assert!(a.distance(*b) < 0.02, "{a:?} {b:?}");
    }
    let whole = find_outline(&source, &options(Some(PITCH)), &Cancel::new()).unwrap_err();
    assert_eq!(whole.code, ErrorCode::CardSeveral);
}

#[test]
fn cards_in_any_direction_are_found() {
    let places = [
        (70.0, 70.0, 33.0),
        (190.0, 75.0, -58.0),
        (75.0, 200.0, 120.0),
        (195.0, 200.0, 251.0),
    ];
    let cards = found(&sheet((270.0, 275.0), &places), Some(PITCH));
    assert_eq!(codes(&cards), [None; 4]);
}

#[test]
fn cards_that_touch_are_refused_and_the_others_measured() {
    // The first two share an edge; the third lies 6 mm away.
    let places = [(45.0, 60.0, 0.0), (108.5, 60.0, 0.0), (178.0, 60.0, 0.5)];
    let cards = found(&sheet((220.0, 120.0), &places), Some(PITCH));
    let touching = Some(ErrorCode::CardTouching);
    assert_eq!(codes(&cards), [touching, touching, None]);
}

#[test]
fn cards_cut_by_the_picture_are_refused_one_by_one_with_the_side() {
    // Whole, cut at the right, cut at the bottom, and all but one corner outside.
    let places = [
        (45.0, 60.0, 1.0),
        (150.0, 60.0, -1.0),
        (45.0, 175.0, 0.0),
        (150.0, 180.0, 2.0),
    ];
    let cards = found(&sheet((165.0, 190.0), &places), Some(PITCH));
    let cut = Some(ErrorCode::CardCutOff);
    assert_eq!(codes(&cards), [None, cut, cut, cut]);
    let words: Vec<String> = cards
        .iter()
        .filter_map(|c| c.outline.as_ref().err())
        .map(|e| e.message.clone())
        .collect();
    assert!(words[0].contains("right side"), "{words:?}");
    assert!(words[1].contains("bottom side"), "{words:?}");
    assert!(words[2].contains("right and bottom sides"), "{words:?}");
}

#[test]
fn one_card_is_one_card_and_an_empty_sheet_is_refused() {
    let one = found(&sheet((100.0, 120.0), &[(50.0, 60.0, 2.0)]), Some(PITCH));
    assert_eq!(codes(&one), [None]);
    let empty = sheet((100.0, 120.0), &[]).raster16();
    let error = find_cards(
        &RasterSource::new(&empty, Encoding::Linear),
        &options(None),
        &Cancel::new(),
    )
    .unwrap_err();
    assert_eq!(error.code, ErrorCode::CardNotFound);
}

#[test]
fn the_search_stops_when_it_is_cancelled() {
    let raster = sheet((100.0, 120.0), &[(50.0, 60.0, 2.0)]).raster16();
    let cancel = Cancel::new();
    cancel.cancel();
    let error = find_cards(&RasterSource::new(&raster, Encoding::Linear), &options(None), &cancel).unwrap_err();
    assert_eq!(error.code, ErrorCode::Cancelled);
}
