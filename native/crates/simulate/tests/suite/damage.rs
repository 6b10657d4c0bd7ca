//! Defects: labels against outlines, relief against the normals, and what must stay untouched.

use imaging::Cancel;
use simulate::{DefectKind, DefectSpec, Defects, Scene, Spec, render};

fn one(kind: DefectKind, at_mm: [f64; 2]) -> DefectSpec {
    DefectSpec {
        kind,
        at_mm,
        angle_deg: 30.0,
        length_mm: None,
        width_mm: None,
        depth_mm: None,
        strength: None,
    }
}

fn with(list: Vec<DefectSpec>) -> Spec {
    Spec {
        card_mm: [30.0, 40.0],
        pitch_mm: 0.05,
        lights: 1,
        rotation_deg: 0.0,
        offset_mm: [0.0; 2],
        print_tilt_deg: 0.0,
        noise: false,
        colour: false,
        defects: Defects {
            list,
            ..Defects::none()
        },
        ..Spec::default()
    }
}

fn scene(spec: &Spec) -> Scene {
    render(spec, &Cancel::new(), &|_| {}).unwrap()
}

const ALL: [(DefectKind, [f64; 2]); 8] = [
    (DefectKind::Scratch, [-6.0, -10.0]),
    (DefectKind::Dent, [6.0, -10.0]),
    (DefectKind::Crease, [-4.0, 0.0]),
    (DefectKind::Stain, [7.0, 0.0]),
    (DefectKind::PrintLine, [-4.0, 10.0]),
    (DefectKind::PrintDot, [8.0, 10.0]),
    (DefectKind::EdgeWhitening, [-15.0, 0.0]),
    (DefectKind::CornerWear, [15.0, 20.0]),
];

#[test]
fn label_areas_equal_polygon_areas_for_every_kind() {
    let s = scene(&with(ALL.map(|(k, at)| one(k, at)).to_vec()));
    assert_eq!(s.truth.defects.len(), 8);
    for d in &s.truth.defects {
        let pixels = (0..s.width * s.height)
            .filter(|&i| usize::from(s.labels.code(i % s.width, i / s.width, 0)) == d.label)
            .count();
        let area = pixels as f64 * 0.05 * 0.05;
        // Counting pixel centres errs by a fraction of the outline's length times the pitch.
        let tolerance = 0.03 * d.area_mm2 + 0.1 * 0.05 * 2.0 * (d.length_mm + d.width_mm);
        assert!(
            (area - d.area_mm2).abs() < tolerance,
            "{:?}: {area} against {}",
            d.kind,
            d.area_mm2
        );
    }
}

#[test]
fn every_kind_changes_either_relief_or_print_inside_its_outline_only() {
    for (kind, at) in ALL {
        let (clean, hurt) = (scene(&with(Vec::new())), scene(&with(vec![one(kind, at)])));
        let relief = matches!(kind, DefectKind::Scratch | DefectKind::Dent | DefectKind::Crease);
        let tints = !matches!(kind, DefectKind::Scratch | DefectKind::Dent);
        let d = &hurt.truth.defects[0];
        let (mut bent, mut tinted, mut outside) = (0, 0, 0);
        for i in 0..clean.width * clean.height {
            let slope = (0..2)
                .map(|a| (hurt.normals[3 * i + a] - clean.normals[3 * i + a]).abs())
                .fold(0.0, f32::max);
            let change = (hurt.albedo[i] - clean.albedo[i]).abs();
            bent += usize::from(slope > 1e-3);
            tinted += usize::from(change > 0.02);
            let x = ((i % clean.width) as f64 - (clean.width as f64 - 1.0) / 2.0) * 0.05;
            let y = ((i / clean.width) as f64 - (clean.height as f64 - 1.0) / 2.0) * 0.05;
            let [l, t, r, b] = d.bbox_mm;
            let reach = 1.5 * d.width_mm + 0.3;
            let far = x < l - reach || x > r + reach || y < t - reach || y > b + reach;
            outside += usize::from(far && (slope > 1e-6 || change > 1e-6));
        }
        assert_eq!(outside, 0, "{kind:?}");
        assert_eq!(bent > 20, relief, "{kind:?}: {bent} bent");
        assert_eq!(tinted > 20, tints, "{kind:?}: {tinted} tinted");
    }
}

#[test]
fn slopes_of_the_truth_integrate_to_the_seen_depth_of_a_dent() {
    let dent = DefectSpec {
        length_mm: Some(2.0),
        depth_mm: Some(0.04),
        ..one(DefectKind::Dent, [0.0, 0.0])
    };
    let s = scene(&with(vec![dent]));
    let y = s.height / 2;
    // Slope is -nx/nz; walk from the far left to the middle column.
    let slope =
        |x: usize| -f64::from(s.normals[3 * (y * s.width + x)]) / f64::from(s.normals[3 * (y * s.width + x) + 2]);
    let middle = (s.width - 1) as f64 / 2.0;
    let depth: f64 = (0..s.width / 2)
        .map(|x| {
            let share = (middle - x as f64 + 0.5).clamp(0.0, 1.0);
            share * slope(x) * 0.05
        })
        .sum();
    // The pit: 0.04 mm, sigma 0.5 mm; optics: (0.8 px and the pixel) x 0.05 mm.
    let optics = (0.64f64 + 1.0 / 12.0).sqrt() * 0.05;
    let seen = 0.04 * 0.25 / (0.25 + optics * optics);
    let off_axis = ((y as f64 - (s.height as f64 - 1.0) / 2.0) * 0.05).powi(2);
    let expected = seen * (-off_axis / (2.0 * (0.25 + optics * optics))).exp();
    assert!((depth + expected).abs() < 0.01 * expected, "{depth} {expected}");
    assert!((s.truth.defects[0].seen_depth_mm - seen).abs() < 1e-9);
}

#[test]
fn counts_are_drawn_from_the_seed_and_stay_on_the_card() {
    let spec = Spec {
        seed: 9,
        pitch_mm: 0.4,
        lights: 1,
        defects: Defects {
            scratches: 4,
            dents: 3,
            creases: 2,
            stains: 2,
            print_lines: 2,
            print_dots: 3,
            edge_whitening: 4,
            corner_wear: 4,
            list: Vec::new(),
        },
        ..Spec::default()
    };
    let t = scene(&spec).truth;
    assert_eq!(t.defects.len(), 24);
    let again = scene(&spec).truth;
    let other = scene(&Spec { seed: 10, ..spec }).truth;
    assert_eq!(t.defects[0].polygon_mm, again.defects[0].polygon_mm);
    assert_ne!(t.defects[0].polygon_mm, other.defects[0].polygon_mm);
    for d in &t.defects {
        let [l, top, r, b] = d.bbox_mm;
        assert!(
            l >= -31.76 && r <= 31.76 && top >= -44.46 && b <= 44.46,
            "{:?} {:?}",
            d.kind,
            d.bbox_mm
        );
        assert!(d.area_mm2 > 0.0);
    }
    let corners = t.defects.iter().filter(|d| d.kind == DefectKind::CornerWear);
    let mut quarters: Vec<_> = corners.map(|d| (d.bbox_mm[0] > 0.0, d.bbox_mm[1] > 0.0)).collect();
    quarters.sort_unstable();
    quarters.dedup();
    assert_eq!(quarters.len(), 4);
}

#[test]
fn the_demo_card_has_a_scratch_a_dent_and_whitening_and_is_off_centre() {
    let t = scene(&Spec {
        pitch_mm: 0.4,
        ..Spec::default()
    })
    .truth;
    for kind in [
        DefectKind::Scratch,
        DefectKind::Dent,
        DefectKind::EdgeWhitening,
        DefectKind::CornerWear,
    ] {
        assert!(t.defects.iter().any(|d| d.kind == kind), "{kind:?}");
    }
    let [l, r] = t.centering.left_right.unwrap();
    assert!((l - r).abs() > 2.0);
}
