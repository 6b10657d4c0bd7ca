//! The picture on the front: a lake before mountains, an owl, or a swirl.

use super::Art;
use super::colour::{Rgb, circle, cover, ellipse, hex, mix, ramp, scale};
use super::front::PANEL;
use super::noise::{fractal, noise};
use crate::ArtKind;

/// Colour at a point of the picture panel, design units of the whole card.
pub(super) fn colour(art: &Art, p: [f64; 2]) -> Rgb {
    let q = [p[0] - PANEL[0], p[1] - PANEL[1]];
    match art.kind {
        ArtKind::Portrait => owl(art, q),
        ArtKind::Abstract => swirl(art, q),
        _ => landscape(art, q),
    }
}

/// Height of the lake's far shore in the panel.
const SHORE: f64 = 25.0;

fn landscape(art: &Art, [x, y]: [f64; 2]) -> Rgb {
    if y <= SHORE {
        return foreground(art, [x, y], scenery(art, [x, y]));
    }
    // The lake mirrors the scenery, squeezed, with ripples that grow towards the viewer.
    let depth = y - SHORE;
    let ripple = noise(art.key ^ 41, x / (3.0 + 0.3 * depth), y * 4.6 / (1.0 + 0.06 * depth)) * (0.1 + 0.06 * depth);
    let mirrored = scenery(art, [x + ripple * 3.2, SHORE - depth * 1.7 + ripple]);
    let water = mix(mirrored, scale(art.theme.mid, 0.55), 0.28 + 0.02 * depth);
    let glint = ramp(0.55, 0.9, noise(art.key ^ 43, x * 0.55, y * 3.4)) * ramp(9.0, 0.0, (x - 33.0).abs());
    foreground(art, [x, y], mix(water, art.theme.accent, 0.55 * glint))
}

/// Sky, sun, clouds and three ranges of mountains.
fn scenery(art: &Art, [x, y]: [f64; 2]) -> Rgb {
    let sky = &art.theme.sky;
    let t = ramp(-18.0, SHORE, y);
    let mut c = if t < 0.5 {
        mix(sky[0], sky[1], t * 2.0)
    } else {
        mix(sky[1], sky[2], t * 2.0 - 1.0)
    };
    let sun = circle([x, y], [33.0, 13.0], 4.2);
    c = mix(c, art.theme.accent, 0.55 * (sun.min(0.0) / 7.0).exp());
    c = mix(c, hex(0xfff6d8), cover(sun, art.blur));
    let cloud = fractal(art.key ^ 45, x / 11.0, y / 3.6, 5);
    c = mix(
        c,
        mix(hex(0xffffff), sky[2], 0.45),
        0.75 * ramp(0.05, 0.42, cloud) * ramp(22.0, 8.0, y),
    );
    for (layer, base, height, width, haze) in [
        (0u64, 20.5, 13.0, 15.0, 0.62),
        (1, 23.0, 9.5, 10.0, 0.34),
        (2, 25.5, 6.0, 6.5, 0.1),
    ] {
        let k = art.key ^ (50 + layer);
        let rise = 0.5 + 0.5 * noise(k, x / width, 0.37) + 0.22 * fractal(k ^ 8, x / (0.3 * width), 1.7, 4);
        let top = base - height * rise;
        let share = cover(y - top, art.blur.max(0.03));
        if share > 0.0 {
            let facet = fractal(k ^ 4, x / 1.6 + 0.25 * (y - top), (y - top) / 5.0, 4);
            let rock = scale(
                mix(art.theme.dark, art.theme.mid, 0.3 + 0.9 * facet),
                0.75 + 0.3 * facet,
            );
            let line = base - 0.42 * height + 4.5 * facet;
            let snow = ramp(0.5, -0.9, y - line) * f64::from(u8::from(layer < 2));
            let slope = mix(rock, hex(0xf6f4f8), 0.85 * snow);
            c = mix(c, mix(slope, sky[2], haze), share);
        }
    }
    c
}

/// A dark bank with fir trees in front.
fn foreground(art: &Art, [x, y]: [f64; 2], behind: Rgb) -> Rgb {
    let bank = 33.6 + 1.6 * noise(art.key ^ 71, x / 9.0, 0.5) + 0.5 * noise(art.key ^ 72, x / 1.4, 0.5)
        - 0.004 * (x - 25.0).powi(2);
    let mut d = y - bank;
    // Five units hold one tree; neighbours may reach over.
    let cell = (x / 3.4).floor();
    for i in [-1.0, 0.0, 1.0] {
        let n = cell + i;
        let jitter = noise(art.key ^ 73, n * 7.3, 0.2);
        let size = noise(art.key ^ 74, n * 5.1, 0.7);
        let middle = (n + 0.5) * 3.4 + jitter;
        // Trees stand at the sides and leave the middle open for the lake.
        let height = (4.0 + 3.2 * size) * ramp(6.0, 17.0, (middle - 25.0).abs());
        if height < 1.0 {
            continue;
        }
        let up = (bank + 0.5 - y) / height;
        if (0.0..1.0).contains(&up) {
            let tier = (up * 5.0).fract();
            let half = 0.24 * height * (1.0 - up) * (1.15 - 0.45 * tier);
            d = d.max(half - (x - middle).abs());
        }
    }
    let grass = scale(
        mix(art.theme.dark, hex(0x14201c), 0.55),
        0.55 + 0.3 * noise(art.key ^ 75, x * 3.0, y * 0.9),
    );
    mix(behind, grass, cover(d, art.blur.max(0.03)))
}

fn swirl(art: &Art, [x, y]: [f64; 2]) -> Rgb {
    let (u, v) = (x / 13.0, y / 13.0);
    let wx = fractal(art.key ^ 81, u, v, 4);
    let wy = fractal(art.key ^ 82, u + 5.2, v + 1.3, 4);
    let n = fractal(art.key ^ 83, u + 2.4 * wx, v + 2.4 * wy, 5);
    let bands = 0.5 + 0.5 * (14.0 * n + 5.0 * wx).sin();
    let c = mix(art.theme.sky[0], art.theme.sky[1], 0.5 + n);
    let c = mix(c, art.theme.light, ramp(0.45, 0.95, bands) * 0.8);
    mix(c, art.theme.accent, ramp(0.25, 0.5, wy) * 0.9)
}

fn owl(art: &Art, [x, y]: [f64; 2]) -> Rgb {
    let (theme, blur) = (&art.theme, art.blur);
    let (dx, dy) = (x - 25.0, y - 19.0);
    let rays = 0.5 + 0.5 * (18.0 * dy.atan2(dx)).sin();
    let mut c = mix(
        theme.sky[1],
        theme.sky[2],
        0.35 * cover(rays - 0.5, 0.05) + 0.6 * ramp(26.0, 4.0, dx.hypot(dy)),
    );
    let mx = dx.abs();
    let put = |c: Rgb, paint: Rgb, d: f64| mix(c, paint, cover(d, blur));
    let fluff = 0.5 * noise(art.key ^ 91, 7.0 * dy.atan2(dx), 0.3);
    let body = ellipse([x, y], [25.0, 27.0], [11.5, 13.5]).max(ellipse([x, y], [25.0, 14.5], [9.6, 8.4])) + fluff;
    let ear = (1.9 - (mx - 6.6 - 0.25 * (7.0 - y)).abs() - (y - 8.5).abs() * 0.32).min(y - 2.8);
    let feather = 0.5 + 0.5 * (2.3 * x).sin() * (2.3 * y + 1.2 * (2.3 * x).cos()).sin();
    let coat = scale(mix(theme.dark, theme.mid, 0.35 + 0.4 * feather), 1.15 - 0.02 * y);
    c = put(c, scale(theme.dark, 0.35), body.max(ear) + 0.5);
    c = put(c, coat, body.max(ear));
    let chest = ellipse([x, y], [25.0, 29.5], [7.4, 9.4]);
    let scales = 0.5 + 0.5 * (1.7 * x).cos() * (1.9 * y).sin();
    c = put(c, mix(theme.light, theme.mid, 0.45 * scales), chest);
    let wing = ellipse([25.0 + mx, y], [35.0, 27.5], [3.4, 9.0]);
    c = put(c, scale(coat, 0.6), wing);
    c = put(
        c,
        mix(theme.light, hex(0xffffff), 0.4),
        circle([mx, y], [4.3, 14.0], 4.5),
    );
    c = put(c, theme.accent, circle([mx, y], [4.0, 14.2], 3.1));
    c = put(c, hex(0x100c14), circle([mx, y], [3.8, 14.3], 1.9));
    c = put(
        c,
        hex(0xffffff),
        circle([dx, y], [-4.5, 13.4], 0.65).max(circle([dx, y], [3.1, 13.4], 0.65)),
    );
    let beak = (1.5 - mx * 1.1 - (y - 17.0).abs() * 0.42).min(20.4 - y);
    put(c, hex(0xe89020), beak)
}
