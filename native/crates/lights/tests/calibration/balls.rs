//! Mirror and matte balls.

use crate::render::{Bench, Lamp, degrees_between, matte, mirror, noisy, ring, sub};
use imaging::{Cancel, LinearSource, Plane, PlaneSource};
use lights::{Circle, View, chrome_lights, find_ball, matte_lights, meeting_point};

fn mean(frames: &[Plane]) -> Plane {
    let mut out = Plane::filled(frames[0].width, frames[0].height, 0.0);
    for frame in frames {
        for (o, v) in out.data.iter_mut().zip(&frame.data) {
            *o += v / frames.len() as f32;
        }
    }
    out
}

fn with_sources<T>(frames: &[Plane], use_them: impl FnOnce(&[&dyn LinearSource]) -> T) -> T {
    let sources: Vec<PlaneSource> = frames.iter().map(PlaneSource).collect();
    let all: Vec<&dyn LinearSource> = sources.iter().map(|s| s as &dyn LinearSource).collect();
    use_them(&all)
}

const NEAR: Bench = Bench {
    width: 420,
    height: 360,
    pitch: 0.15,
    eye: 400.0,
};
const FAR: Bench = Bench {
    width: 260,
    height: 240,
    pitch: 1.0,
    eye: f64::INFINITY,
};

fn far_lamps() -> Vec<Lamp> {
    ring(1e7, 0.0)
}

#[test]
fn a_ball_off_the_axis_is_found_with_its_perspective() {
    let (centre, radius) = ([14.0, -9.0, 12.0], 12.0);
    let frames: Vec<Plane> = ring(220.0, 1.0)
        .iter()
        .map(|l| matte(&NEAR, l, &[(centre, radius)], 0.02))
        .collect();
    let view = View::of(NEAR.width, NEAR.height, Some(NEAR.pitch), Some(NEAR.eye));
    let ball = find_ball(&mean(&frames), &view, None, &[], None).unwrap();
    let off = sub(ball.centre_mm, centre);
    assert!(
        off[0].abs() < 0.03 && off[1].abs() < 0.03,
        "centre is off by {off:?} mm"
    );
    assert!((ball.radius_mm - radius).abs() < 0.08, "radius {} mm", ball.radius_mm);
    assert!(ball.coverage > 0.8);
}

#[test]
fn mirror_balls_under_far_lights_give_their_directions() {
    let ball = ([10.0, 5.0, 70.0], 70.0);
    let lamps = far_lamps();
    // A far lamp of the sun's apparent size.
    let frames: Vec<Plane> = lamps
        .iter()
        .map(|l| noisy(mirror(&FAR, l, &[ball], 1e7 * 0.03), 0.004, 3))
        .collect();
    let view = View::of(FAR.width, FAR.height, None, None);
    let found = find_ball(&mean(&frames), &view, None, &[], None).unwrap();
    let lights = with_sources(&frames, |f| chrome_lights(f, &found, &view, &Cancel::new())).unwrap();
    for (light, lamp) in lights.iter().zip(&lamps) {
        let off = degrees_between(light.ray.expect("a highlight").direction, lamp.at);
        assert!(off < 0.35, "{off} degrees off");
        assert!(
            off < 4.0 * light.uncertainty_deg.unwrap() + 0.05,
            "more than its uncertainty"
        );
    }
}

#[test]
fn two_mirror_balls_give_the_positions_of_near_lights() {
    let balls = [([-16.0, 4.0, 9.0], 9.0), ([17.0, -3.0, 9.0], 9.0)];
    let lamps = ring(200.0, 1.0);
    let frames: Vec<Plane> = lamps.iter().map(|l| mirror(&NEAR, l, &balls, 4.0)).collect();
    let view = View::of(NEAR.width, NEAR.height, Some(NEAR.pitch), Some(NEAR.eye));
    let picture = mean(&frames);
    let first = find_ball(&picture, &view, None, &[], Some(9.0)).unwrap();
    let second = find_ball(&picture, &view, None, &[first.circle], Some(9.0)).unwrap();
    let rays = [first, second].map(|b| with_sources(&frames, |f| chrome_lights(f, &b, &view, &Cancel::new())).unwrap());
    for (k, lamp) in lamps.iter().enumerate() {
        let meeting = meeting_point(&[rays[0][k].ray.unwrap(), rays[1][k].ray.unwrap()]).expect("rays that meet");
        let off = degrees_between(meeting.position_mm, lamp.at);
        assert!(off < 0.5, "light {k}: {off} degrees as seen from the origin");
        // Two balls 33 mm apart see a lamp 200 mm away under 9 degrees: a tenth of a degree is 4 mm along the ray.
        let far = crate::render::length(sub(meeting.position_mm, lamp.at));
        assert!(far < 12.0, "light {k}: {far} mm off");
    }
}

#[test]
fn a_matte_ball_gives_directions_and_relative_intensities() {
    let ball = ([0.0, 0.0, 80.0], 80.0);
    let lamps = far_lamps();
    let frames: Vec<Plane> = lamps
        .iter()
        .map(|l| noisy(matte(&FAR, l, &[ball], 0.01), 0.003, 9))
        .collect();
    let view = View::of(FAR.width, FAR.height, None, None);
    let found = find_ball(&mean(&frames), &view, None, &[], None).unwrap();
    let lights = with_sources(&frames, |f| matte_lights(f, &found, &view, &Cancel::new())).unwrap();
    for (light, lamp) in lights.iter().zip(&lamps) {
        let off = degrees_between(light.direction.unwrap(), lamp.at);
        assert!(off < 0.3, "{off} degrees off");
        let ratio = light.intensity.unwrap() / (0.6 * lamp.power);
        assert!((ratio - 1.0).abs() < 0.01, "intensity ratio {ratio}");
    }
}

#[test]
fn a_dark_frame_and_an_empty_bench_are_refused_with_a_reason() {
    let view = View::of(200, 200, None, None);
    let empty = noisy(Plane::filled(200, 200, 0.1), 0.01, 5);
    assert!(find_ball(&empty, &view, None, &[], None).is_err());
    let hint = Circle {
        centre_px: [100.0, 100.0],
        radius_px: 60.0,
    };
    assert!(find_ball(&empty, &view, Some(hint), &[], None).is_err());
    let ball = lights::Ball {
        centre_mm: [0.0, 0.0, 60.0],
        radius_mm: 60.0,
        circle: Circle {
            centre_px: [99.5, 99.5],
            radius_px: 60.0,
        },
        residual_px: 0.1,
        coverage: 1.0,
    };
    let frames = vec![Plane::filled(200, 200, 0.0); 3];
    let chrome = with_sources(&frames, |f| chrome_lights(f, &ball, &view, &Cancel::new())).unwrap();
    let matte = with_sources(&frames, |f| matte_lights(f, &ball, &view, &Cancel::new())).unwrap();
    assert!(chrome.iter().all(|l| l.ray.is_none() && l.reason.is_some()));
    assert!(matte.iter().all(|l| l.direction.is_none() && l.reason.is_some()));
}

#[test]
fn rays_that_are_parallel_or_part_have_no_meeting_point() {
    let ray = |from: [f64; 3], direction: [f64; 3]| lights::Ray { from, direction };
    let up = [0.0, 0.0, 1.0];
    assert!(meeting_point(&[ray([0.0; 3], up), ray([30.0, 0.0, 0.0], up)]).is_none());
    let apart = [ray([0.0; 3], [-1.0, 0.0, 1.0]), ray([30.0, 0.0, 0.0], [1.0, 0.0, 1.0])];
    assert!(meeting_point(&apart).is_none());
    let met = meeting_point(&[
        ray([-10.0, 0.0, 0.0], [1.0, 0.0, 1.0]),
        ray([10.0, 0.0, 0.0], [-1.0, 0.0, 1.0]),
    ])
    .unwrap();
    assert!((met.position_mm[2] - 10.0).abs() < 1e-9 && met.residual_mm < 1e-9);
}
