//! The front: name bar, picture panel, text panel and footer on a tinted ground.

use super::colour::{Rgb, circle, cover, hex, mix, ramp, rounded, scale};
use super::ink::{Ink, Type};
use super::noise::{fractal, noise};
use super::{Art, Theme, picture};

const NAME_BAR: [f64; 4] = [2.2, 2.2, 54.8, 9.2];
/// The picture panel in design units.
pub(super) const PANEL: [f64; 4] = [3.4, 11.0, 53.6, 47.4];
const CAPTION: [f64; 4] = [8.0, 46.2, 49.0, 50.0];
const TEXT: [f64; 4] = [3.0, 52.2, 54.0, 76.2];
const ICONS: [[f64; 2]; 3] = [[6.4, 56.6], [5.6, 67.9], [8.6, 67.9]];

/// Sets all words of the front.
pub(super) fn letter(ink: &mut Ink, theme: &Theme, seed: u64) {
    let dark = hex(0x1d1a18);
    let face = |height, weight, colour| Type { height, weight, colour };
    ink.line(theme.name, [4.4, 3.9], face(3.6, 0.17, dark));
    let points = format!("HP {}", 60 + 10 * (seed % 9));
    let width = Ink::width(&points, 2.8);
    ink.line(&points, [53.0 - width, 4.4], face(2.8, 0.17, scale(theme.dark, 0.8)));
    let caption = "NO. 024  LIGHT ELEMENT  63.5 MM";
    let width = Ink::width(caption, 1.3);
    ink.line(caption, [28.5 - width / 2.0, 47.5], face(1.3, 0.15, dark));
    for (y, title, damage, lines) in [
        (
            55.5,
            "RAKING LIGHT",
            "40",
            ["SHOW EVERY SCRATCH OF THE", "DEFENDING CARD. FLIP A COIN."],
        ),
        (
            66.6,
            "SUB-PIXEL BEAM",
            "90+",
            ["MEASURE ALL 24 STATIONS, THEN", "DISCARD ONE UNCERTAINTY."],
        ),
    ] {
        ink.line(title, [11.4, y], face(2.1, 0.17, dark));
        let width = Ink::width(damage, 2.9);
        ink.line(damage, [52.4 - width, y - 0.25], face(2.6, 0.17, dark));
        for (i, line) in lines.into_iter().enumerate() {
            ink.line(line, [11.4, y + 3.5 + 2.1 * i as f64], face(1.25, 0.14, hex(0x3c3630)));
        }
    }
    ink.line("ILLUS. PROCEDURAL", [4.0, 78.4], face(1.3, 0.15, theme.light));
    let number = format!("{:03}/165 TRUGRADE", 1 + seed % 165);
    let width = Ink::width(&number, 1.3);
    ink.line(&number, [53.0 - width, 78.4], face(1.3, 0.15, theme.light));
}

/// Everything but the words.
pub(super) fn ground(art: &Art, p: [f64; 2]) -> Rgb {
    let (theme, blur) = (&art.theme, art.blur);
    let weave = 0.5 + 0.5 * (0.9 * (p[0] + p[1])).sin() * (0.9 * (p[0] - p[1])).sin();
    let mut c = mix(theme.mid, theme.dark, ramp(0.0, 82.0, p[1]) * 0.85 + 0.12 * weave);
    c = scale(c, 1.0 + 0.25 * fractal(art.key ^ 21, p[0] / 9.0, p[1] / 9.0, 3));

    let outline = scale(theme.dark, 0.45);
    let panel = |c: Rgb, shape: [f64; 4], radius: f64, line: f64, rim: Rgb, fill: &dyn Fn() -> Rgb| {
        let d = rounded(p, shape, radius);
        if d < -line - 6.0 * blur {
            return c;
        }
        let c = mix(c, rim, cover(d + line, blur));
        let inside = cover(d, blur);
        if inside > 0.0 { mix(c, fill(), inside) } else { c }
    };

    c = panel(c, NAME_BAR, 3.0, 0.35, outline, &|| {
        let shine = ramp(NAME_BAR[1], NAME_BAR[3], p[1]);
        scale(mix(theme.light, theme.accent, 0.15 + 0.5 * shine), 1.05 - 0.15 * shine)
    });
    c = panel(c, PANEL, 0.6, 0.9, bevel(art, p), &|| picture::colour(art, p));
    c = panel(c, CAPTION, 1.6, 0.3, outline, &|| {
        mix(theme.accent, theme.light, ramp(8.0, 49.0, p[0]))
    });
    c = panel(c, TEXT, 1.4, 0.35, outline, &|| {
        let paper = mix(hex(0xf6ecd2), theme.light, 0.22);
        scale(paper, 1.0 + 0.07 * fractal(art.key ^ 33, p[0] / 4.0, p[1] / 1.5, 4))
    });
    if p[1] > 63.9 && p[1] < 64.9 {
        let rule = cover(0.09 - (p[1] - 64.4).abs(), blur) * cover(p[0] - 5.0, blur) * cover(52.0 - p[0], blur);
        c = mix(c, theme.mid, rule);
    }
    for (i, &centre) in ICONS.iter().enumerate() {
        c = icon(art, p, centre, i, c);
    }
    c
}

/// A gold rim that is lit from the top left.
fn bevel(art: &Art, p: [f64; 2]) -> Rgb {
    let light = ramp(0.0, 100.0, p[0] + p[1]);
    let grain = 0.06 * noise(art.key ^ 5, p[0] * 3.0, p[1] * 0.4);
    scale(mix(hex(0xf7e3a1), hex(0x8a6420), light), 1.0 + grain)
}

/// An element badge: a disc with a star or a drop in it.
fn icon(art: &Art, p: [f64; 2], centre: [f64; 2], index: usize, ground: Rgb) -> Rgb {
    let d = circle(p, centre, 1.35);
    if d < -1.0 {
        return ground;
    }
    let fill = mix(art.theme.mid, art.theme.accent, ramp(-1.4, 1.4, p[1] - centre[1] + 0.4));
    let c = mix(ground, scale(art.theme.dark, 0.5), cover(d + 0.18, art.blur));
    let c = mix(c, fill, cover(d, art.blur));
    let (x, y) = (p[0] - centre[0], p[1] - centre[1]);
    let symbol = if index == 1 {
        circle(p, [centre[0], centre[1] + 0.25], 0.55).max(0.45 - x.abs() * 1.6 - (y + 0.35).abs() * 0.7)
    } else {
        0.62 + 0.22 * (5.0 * y.atan2(x) + 1.57).cos() - x.hypot(y)
    };
    mix(c, hex(0xfffbe8), cover(symbol, art.blur))
}
