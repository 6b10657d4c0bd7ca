//! The back: a dark woven pattern with an emblem in the middle.

use super::Art;
use super::colour::{Rgb, circle, cover, ellipse, hex, mix, ramp, scale};
use super::ink::{Ink, Type};
use super::noise::fractal;
use std::f64::consts::FRAC_1_SQRT_2;

const MIDDLE: [f64; 2] = [28.5, 41.0];

/// Sets the words of the back.
pub(super) fn letter(ink: &mut Ink) {
    let face = Type {
        height: 4.6,
        weight: 0.19,
        colour: hex(0xf7e3a1),
    };
    for y in [8.0, 69.4] {
        let width = Ink::width("TRUGRADE", face.height);
        ink.line("TRUGRADE", [MIDDLE[0] - width / 2.0, y], face);
    }
}

/// Everything but the words.
pub(super) fn ground(art: &Art, p: [f64; 2]) -> Rgb {
    let (x, y) = (p[0] - MIDDLE[0], p[1] - MIDDLE[1]);
    let r = x.hypot(y);
    let angle = y.atan2(x);
    let warp = 3.0 * fractal(art.key ^ 61, p[0] / 14.0, p[1] / 14.0, 3);
    let swirl = 0.5 + 0.5 * (6.0 * angle + 0.33 * r + warp).sin();
    let mut c = mix(hex(0x0d1c40), hex(0x28519c), 0.15 + 0.75 * swirl * ramp(6.0, 40.0, r));
    c = scale(c, 1.0 + 0.35 * fractal(art.key ^ 62, p[0] / 5.0, p[1] / 5.0, 4));
    // A lattice of diamonds with soft lines.
    let lattice = |v: f64| (v / 4.2 - (v / 4.2).round()).abs() * 4.2;
    let line = cover(0.11 - lattice(x + y) * FRAC_1_SQRT_2, art.blur)
        .max(cover(0.11 - lattice(x - y) * FRAC_1_SQRT_2, art.blur));
    c = mix(c, hex(0x5f8fd0), 0.55 * line * ramp(15.0, 19.0, r));
    emblem(art, p, r, angle, c)
}

fn emblem(art: &Art, p: [f64; 2], r: f64, angle: f64, ground: Rgb) -> Rgb {
    let (blur, gold) = (
        art.blur,
        mix(hex(0xf7e3a1), hex(0x8a6420), ramp(-16.0, 16.0, p[1] - MIDDLE[1])),
    );
    let mut c = ground;
    let rays = 15.5 + 1.2 * (16.0 * angle).cos();
    c = mix(c, hex(0x0a1430), cover(rays + 0.5 - r, blur));
    c = mix(c, gold, cover(rays - r, blur));
    c = mix(c, hex(0x142c60), cover(13.2 - r, blur));
    let lens = ellipse(p, MIDDLE, [11.6, 6.6]);
    c = mix(c, gold, cover(lens + 0.6, blur));
    c = mix(
        c,
        mix(hex(0xf8fbff), hex(0xb9d3f2), ramp(0.0, 11.0, r)),
        cover(lens, blur),
    );
    let iris = 0.5 + 0.5 * fractal(art.key ^ 63, 9.0 * angle, r * 0.6, 3);
    c = mix(
        c,
        mix(hex(0x1f6fb8), hex(0x63c7e8), iris),
        cover(circle(p, MIDDLE, 5.2), blur),
    );
    c = mix(c, hex(0x060a18), cover(circle(p, MIDDLE, 2.4), blur));
    mix(
        c,
        hex(0xffffff),
        cover(circle(p, [MIDDLE[0] - 1.6, MIDDLE[1] - 1.7], 0.9), blur),
    )
}
