//! Rendered edges against brute-force integration of the scene, written out again here.

use imaging::Cancel;
use simulate::{ArtKind, Borders, Defects, Gloss, Scene, Spec, render};

fn plain() -> Spec {
    Spec {
        card_mm: [24.0, 30.0],
        margin_mm: 3.0,
        borders_mm: Some(Borders {
            left: 2.3,
            right: 2.9,
            top: 2.1,
            bottom: 2.6,
        }),
        art: ArtKind::Plain,
        art_texture: 0.0,
        mat_texture: 0.0,
        colour: false,
        noise: false,
        lights: 1,
        light_intensity_spread: 0.0,
        pitch_mm: 0.06,
        gloss: Gloss {
            strength: 0.0,
            roughness: 0.3,
        },
        defects: Defects::none(),
        ..Spec::default()
    }
}

/// Where a pixel looks on the card, mm: pinhole, plane and placement by homogeneous matrices, distortion by
/// iteration on the definition. Independent of the crate's own map.
fn look(spec: &Spec, size: [usize; 2], px: [f64; 2]) -> [f64; 2] {
    let f = spec.camera_distance_mm / spec.pitch_mm;
    let target = [0, 1].map(|a| (px[a] - (size[a] as f64 - 1.0) / 2.0) / f);
    let [k1, k2, p1, p2, k3] = spec.distortion;
    let mut u = target;
    for _ in 0..50 {
        let r2 = u[0].powi(2) + u[1].powi(2);
        let radial = 1.0 + k1 * r2 + k2 * r2.powi(2) + k3 * r2.powi(3);
        let tangent = [
            2.0 * p1 * u[0] * u[1] + p2 * (r2 + 2.0 * u[0].powi(2)),
            p1 * (r2 + 2.0 * u[1].powi(2)) + 2.0 * p2 * u[0] * u[1],
        ];
        u = [0, 1].map(|a| (target[a] - tangent[a]) / radial);
    }
    // Plane axes in the camera frame: turn about x, then about y.
    let (sx, cx) = spec.tilt_deg[0].to_radians().sin_cos();
    let (sy, cy) = spec.tilt_deg[1].to_radians().sin_cos();
    let (e1, e2) = ([cy, 0.0, -sy], [sy * sx, cx, cy * sx]);
    // Solve  X e1 + Y e2 = (u, v, 0) (D - Z)  with Z = X e1z + Y e2z, by Cramer's rule.
    let d = spec.camera_distance_mm;
    let m = [
        [e1[0] + u[0] * e1[2], e2[0] + u[0] * e2[2]],
        [e1[1] + u[1] * e1[2], e2[1] + u[1] * e2[2]],
    ];
    let det = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    let plane = [
        (u[0] * d * m[1][1] - m[0][1] * u[1] * d) / det,
        (m[0][0] * u[1] * d - u[0] * d * m[1][0]) / det,
    ];
    let (s, c) = spec.rotation_deg.to_radians().sin_cos();
    let (x, y) = (plane[0] - spec.offset_mm[0], plane[1] - spec.offset_mm[1]);
    [c * x + s * y, c * y - s * x]
}

/// 0 mat, 1 border, 2 art.
fn layer(spec: &Spec, [x, y]: [f64; 2]) -> usize {
    let [w, h] = spec.card_mm.map(|v| v / 2.0);
    if x.abs() > w || y.abs() > h {
        return 0;
    }
    let b = spec.borders_mm.expect("the test gives borders");
    let (s, c) = spec.print_tilt_deg.to_radians().sin_cos();
    let (u, v) = (c * x + s * y, c * y - s * x);
    let inside = u > b.left - w && u < w - b.right && v > b.top - h && v < h - b.bottom;
    if inside { 2 } else { 1 }
}

/// Shares of the three layers in a pixel. Lines along `axis` are cut where the layer changes (bisection), each piece gets
/// the exact integral of pixel and point spread along the line; across the lines the midpoint rule converges fast, as
/// the edge crosses them.
fn shares(spec: &Spec, size: [usize; 2], px: [f64; 2], axis: usize) -> [f64; 3] {
    const STEP: f64 = 0.05;
    let sigma = spec.psf_sigma_px;
    let n = ((6.0 * sigma + 0.5) / STEP).ceil();
    let reach = n * STEP;
    let cdf = |t: f64| 0.5 * libm::erfc(-t / 2f64.sqrt());
    let weight = |u: f64| cdf((u + 0.5) / sigma) - cdf((u - 0.5) / sigma);
    let first = |t: f64| t * cdf(t) + (-0.5 * t * t).exp() / std::f64::consts::TAU.sqrt();
    let total = |u: f64| sigma * (first((u + 0.5) / sigma) - first((u - 0.5) / sigma));
    // Within a dozen pixels the map is affine to 1e-6 px.
    let at = look(spec, size, px);
    let step = [[1.0, 0.0], [0.0, 1.0]].map(|o| {
        let q = look(spec, size, [px[0] + o[0], px[1] + o[1]]);
        [q[0] - at[0], q[1] - at[1]]
    });
    let mut out = [0.0; 3];
    for line in 0..2 * n as usize {
        let v = (line as f64 + 0.5) * STEP - reach;
        let kind = |u: f64| layer(spec, [0, 1].map(|a| at[a] + u * step[axis][a] + v * step[1 - axis][a]));
        let (mut from, mut here) = (-reach, kind(-reach));
        for cell in 0..2 * n as usize {
            let (mut low, mut high) = (cell as f64 * STEP - reach, (cell + 1) as f64 * STEP - reach);
            let next = kind(high);
            if next == here {
                continue;
            }
            for _ in 0..40 {
                let mid = 0.5 * (low + high);
                if kind(mid) == here { low = mid } else { high = mid }
            }
            out[here] += weight(v) * (total(low) - total(from));
            (from, here) = (low, next);
        }
        out[here] += weight(v) * (total(reach) - total(from));
    }
    let sum: f64 = out.iter().sum();
    out.map(|v| v / sum)
}

fn level(scene: &Scene, x: usize, y: usize) -> f64 {
    f64::from(scene.albedo[y * scene.width + x])
}

/// Largest difference between render and integration in units of an edge position, px.
fn worst(spec: &Spec) -> f64 {
    let scene = render(spec, &Cancel::new(), &|_| {}).unwrap();
    let size = [scene.width, scene.height];
    let mut worst: f64 = 0.0;
    let mut seen = 0;
    // Pixels around every third station's outer and border points.
    for station in scene.truth.points.iter().step_by(3) {
        let axis = usize::from(station.edge == "top" || station.edge == "bottom");
        for point in [station.outer, station.border.unwrap()] {
            let (x0, y0) = (point.x_px.round() as usize, point.y_px.round() as usize);
            let pure = |kind: usize| {
                (0..40 * 40)
                    .map(|i| (x0 + i % 40 - 20, y0 + i / 40 - 20))
                    .filter(|&(x, y)| {
                        [[-8.0, 0.0], [8.0, 0.0], [0.0, -8.0], [0.0, 8.0], [0.0, 0.0]]
                            .iter()
                            .all(|o| layer(spec, look(spec, size, [x as f64 + o[0], y as f64 + o[1]])) == kind)
                    })
                    .map(|(x, y)| level(&scene, x, y))
                    .fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0))
            };
            let levels = [0, 1, 2].map(pure).map(|(s, n)| if n > 0.0 { s / n } else { 0.0 });
            let contrast = levels.iter().copied().fold(0.0, f64::max)
                - levels.iter().copied().filter(|&v| v > 0.0).fold(1.0, f64::min);
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (2, 1)] {
                let (x, y) = (x0 + dx, y0 + dy);
                let share = shares(spec, size, [x as f64, y as f64], axis);
                let expected: f64 = (0..3).map(|k| share[k] * levels[k]).sum();
                let slope = 0.43 / spec.psf_sigma_px.hypot(12f64.powf(-0.5)) * contrast;
                let error = (level(&scene, x, y) - expected).abs() / slope;
                worst = worst.max(error);
                seen += 1;
            }
        }
    }
    assert!(seen >= 60);
    worst
}

#[test]
fn edges_lie_where_integration_puts_them_at_every_angle() {
    for rotation in [0.0, 0.3, 2.5, 20.0, 45.0] {
        let spec = Spec {
            rotation_deg: rotation,
            print_tilt_deg: 0.5,
            offset_mm: [0.113, 0.037],
            ..plain()
        };
        let error = worst(&spec);
        println!("rotation {rotation}: worst edge error {error:.5} px");
        assert!(error < 0.001, "rotation {rotation}: {error} px");
    }
}

#[test]
fn edges_lie_where_integration_puts_them_through_a_bad_lens_on_a_tilted_plane() {
    let spec = Spec {
        rotation_deg: 1.7,
        tilt_deg: [5.0, -3.0],
        distortion: [-2.0, 5.0, 0.01, -0.008, 0.0],
        camera_distance_mm: 200.0,
        ..plain()
    };
    let error = worst(&spec);
    println!("perspective and distortion: worst edge error {error:.5} px");
    assert!(error < 0.001, "{error} px");
}
