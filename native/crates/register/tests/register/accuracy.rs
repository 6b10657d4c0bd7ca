//! Print shift and turn against the truth of the drawing, and what their uncertainty covers.

use crate::draw::{Design, Random, SIZE, Shot, cut_of, shoot, teach};
use imaging::{Cancel, PlaneSource};
use register::{PrintMatch, Template, match_template};

fn matched(design: &Design, shot: &Shot, template: &Template) -> PrintMatch {
    let plane = shoot(design, shot);
    let cut = cut_of(&plane, shot);
    match_template(&PlaneSource(&plane), &cut, template, None, &Cancel::new()).expect("the design is found")
}

fn shots(count: usize) -> Vec<Shot> {
    let mut r = Random(77);
    (0..count)
        .map(|i| Shot {
            shift: [r.range(-0.8, 0.8), r.range(-0.8, 0.8)],
            turn_deg: r.range(-0.4, 0.4),
            rotation_deg: r.range(-2.0, 2.0),
            offset: [r.range(-0.5, 0.5), r.range(-0.5, 0.5)],
            seed: 100 + i as u64,
            ..Shot::default()
        })
        .collect()
}

/// Error over expanded uncertainty of x, y and turn, and the errors in micrometres and millidegrees.
fn errors(shot: &Shot, m: &PrintMatch) -> ([f64; 3], [f64; 3]) {
    let e = [
        m.shift_mm[0] - shot.shift[0],
        m.shift_mm[1] - shot.shift[1],
        m.rotation_deg - shot.turn_deg,
    ];
    let u = [m.uncertainty_mm[0], m.uncertainty_mm[1], m.rotation_uncertainty_deg];
    ([0, 1, 2].map(|i| e[i] / u[i]), e.map(|v| 1000.0 * v))
}

#[test]
fn print_shift_is_right_to_two_micrometres_and_its_uncertainty_covers_the_error() {
    let (mut ratios, mut sums, mut count) = (Vec::new(), [0.0; 3], 0.0);
    let mut worst = 0.0f64;
    for d in 0..2 {
        let design = Design::new(10 + d, SIZE);
        let template = teach(
            "design",
            &design,
            &Shot {
                seed: 9 + d,
                ..Shot::default()
            },
        );
        for shot in &shots(8) {
            let shot = Shot {
                seed: shot.seed + 1000 * d,
                ..shot.clone()
            };
            let m = matched(&design, &shot, &template);
            let (ratio, error) = errors(&shot, &m);
            ratios.extend(ratio);
            worst = worst.max(error[0].abs()).max(error[1].abs());
            for i in 0..3 {
                sums[i] += error[i];
            }
            count += 1.0;
        }
    }
    let mean = sums.map(|s| s / count);
    let covered = ratios.iter().filter(|r| r.abs() <= 1.0).count() as f64 / ratios.len() as f64;
    println!(
        "mean error {mean:.2?} um, um, mdeg; worst {worst:.2} um; covered {:.1} %",
        100.0 * covered
    );
    assert!(
        mean[0].abs() < 1.0 && mean[1].abs() < 1.0 && mean[2].abs() < 1.0,
        "{mean:?}"
    );
    assert!(worst < 4.0, "{worst}");
    // 48 numbers of 2 templates, whose own errors are shared: chance alone spans a few per cent.
    assert!((0.88..=1.0).contains(&covered), "{covered}");
}

#[test]
fn another_pitch_blur_brightness_and_veil_do_not_move_the_print() {
    let design = Design::new(3, SIZE);
    let template = teach("design", &design, &Shot::default());
    let base = shots(1).remove(0);
    for (what, shot) in [
        (
            "finer",
            Shot {
                pitch: 0.03,
                ..base.clone()
            },
        ),
        (
            "coarser",
            Shot {
                pitch: 0.055,
                ..base.clone()
            },
        ),
        (
            "blurred",
            Shot {
                blur_px: 1.6,
                ..base.clone()
            },
        ),
        (
            "sharper",
            Shot {
                blur_px: 0.6,
                ..base.clone()
            },
        ),
        (
            "dark",
            Shot {
                gain: 0.45,
                ..base.clone()
            },
        ),
        (
            "veiled by gloss",
            Shot {
                gain: 0.8,
                veil: 0.12,
                ..base.clone()
            },
        ),
    ] {
        let m = matched(&design, &shot, &template);
        let (_, e) = errors(&shot, &m);
        println!("{what}: {e:.2?} um, um, mdeg; {} anchors, {:.3}", m.inliers, m.score);
        assert!(
            e[0].abs() < 2.0 && e[1].abs() < 2.0 && e[2].abs() < 5.0,
            "{what}: {e:?}"
        );
    }
}

#[test]
fn a_print_shifted_and_turned_as_far_as_the_search_reaches_is_found() {
    let design = Design::new(4, SIZE);
    let template = teach("design", &design, &Shot::default());
    for (shift, turn_deg) in [([1.5, -1.5], 0.0), ([-1.5, 1.2], 1.9), ([0.2, 0.1], -1.9)] {
        let shot = Shot {
            shift,
            turn_deg,
            ..Shot::default()
        };
        let (_, e) = errors(&shot, &matched(&design, &shot, &template));
        assert!(e[0].abs() < 4.0 && e[1].abs() < 4.0, "{shift:?} {turn_deg}: {e:?}");
    }
}

#[test]
fn a_wrong_print_of_scale_is_reported() {
    let design = Design::new(5, SIZE);
    let template = teach("design", &design, &Shot::default());
    // The same picture with a pitch stated 0.2 % too large shows a print and a card 0.2 % too large.
    let shot = Shot::default();
    let plane = shoot(&design, &shot);
    let stated = Shot {
        pitch: 0.04 * 1.002,
        ..shot
    };
    let cut = cut_of(&plane, &stated);
    let m = match_template(&PlaneSource(&plane), &cut, &template, None, &Cancel::new()).unwrap();
    assert!((m.scale - 1.002).abs() < 5e-5, "{}", m.scale);
}
