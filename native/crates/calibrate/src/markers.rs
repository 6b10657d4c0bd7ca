//! Reads the numbers of the markers in a picture.

use crate::blobs::{Quad, dark_quads};
use crate::dictionary::{Dictionary, mirrored};
use crate::homography::Homography;
use crate::light::{Sums, sample, shrink};
use imaging::{Cancel, Plane, Result};
use rayon::prelude::*;

/// A marker that was read: its number and its corners in the picture, clockwise from the pattern's upper left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marker {
    pub(crate) id: usize,
    pub(crate) corners: Quad,
    repaired: u32,
}

/// What a picture holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Of the dictionary asked for.
    pub(crate) markers: Vec<Marker>,
    /// Patterns that are markers in a mirror.
    pub(crate) mirrored: usize,
    /// How many patterns the other dictionaries know, with the smallest dictionary of each family that does.
    pub(crate) others: Vec<(Dictionary, usize)>,
}

/// Longest side at which markers are looked for first, px; halves follow while too few are found.
const FIRST_SIDE: usize = 1400;

/// Looks at smaller copies of the picture first: quicker, and blur and noise matter less.
pub(crate) fn read_markers(plane: &Plane, dictionary: Dictionary, enough: usize, cancel: &Cancel) -> Result<Found> {
    let longest = plane.width.max(plane.height);
    let mut factor = longest.div_ceil(FIRST_SIDE).max(1);
    let mut best = Found::default();
    loop {
        cancel.check()?;
        let found = read_at(plane, dictionary, factor, cancel)?;
        let better = found.markers.len() > best.markers.len()
            || (best.markers.is_empty() && found.mirrored + found.others.len() > best.mirrored + best.others.len());
        if better {
            best = found;
        }
        if factor == 1 || best.markers.len() >= enough {
            return Ok(best);
        }
        factor = factor.div_ceil(2);
    }
}

fn read_at(plane: &Plane, dictionary: Dictionary, factor: usize, cancel: &Cancel) -> Result<Found> {
    let small = shrink(plane, factor);
    let sums = Sums::new(&small);
    let side = small.width.max(small.height);
    // Windows from a few modules to several squares wide.
    let windows = [side / 60, side / 24, side / 9].map(|half| half.max(5));
    let quads: Vec<Vec<Quad>> = windows
        .par_iter()
        .map(|&half| dark_quads(&small, &sums, half))
        .collect();
    cancel.check()?;
    let mut found = Found::default();
    let mut seen: Vec<([f64; 2], u32)> = Vec::new();
    let mut unread = Vec::new();
    for quad in quads.into_iter().flatten() {
        let Some(bits) = bits_of(&small, &quad, dictionary.bits()) else {
            unread.push(quad);
            continue;
        };
        let Some(reading) = dictionary.read(bits) else {
            unread.push(quad);
            continue;
        };
        let marker = Marker {
            id: reading.id,
            corners: [0, 1, 2, 3].map(|k| to_large(quad[(k + reading.turns) % 4], factor)),
            repaired: reading.repaired,
        };
        match found.markers.iter_mut().find(|m| m.id == marker.id) {
            Some(known) if marker.repaired < known.repaired => *known = marker,
            Some(_) => (),
            None => found.markers.push(marker),
        }
    }
    // Only what no threshold could read is asked whether it is a mirrored or a strange marker.
    for quad in unread {
        let centre = middle(&quad);
        for n in [4, 5] {
            let Some(bits) = bits_of(&small, &quad, n) else {
                continue;
            };
            if seen.iter().any(|(c, b)| *b == bits && near(*c, centre)) {
                continue;
            }
            seen.push((centre, bits));
            if n == dictionary.bits() && dictionary.read(mirrored(bits, n)).is_some_and(|r| r.repaired == 0) {
                found.mirrored += 1;
            }
            let other = Dictionary::ALL
                .into_iter()
                .filter(|d| *d != dictionary && d.bits() == n)
                .find(|d| d.read(bits).is_some_and(|r| r.repaired == 0));
            if let Some(other) = other {
                match found.others.iter_mut().find(|(d, _)| d.bits() == n) {
                    Some((known, count)) => {
                        *count += 1;
                        if other.len() > known.len() {
                            *known = other;
                        }
                    }
                    None => found.others.push((other, 1)),
                }
            }
        }
    }
    Ok(found)
}

fn to_large(p: [f64; 2], factor: usize) -> [f64; 2] {
    p.map(|v| v * factor as f64 + (factor as f64 - 1.0) / 2.0)
}

fn middle(quad: &Quad) -> [f64; 2] {
    [0, 1].map(|a| quad.iter().map(|p| p[a]).sum::<f64>() / 4.0)
}

fn near(a: [f64; 2], b: [f64; 2]) -> bool {
    (a[0] - b[0]).hypot(a[1] - b[1]) < 6.0
}

/// The bits inside a black rim, `None` where the rim is not dark or there is no white.
fn bits_of(plane: &Plane, quad: &Quad, n: usize) -> Option<u32> {
    let cells = n + 2;
    let unit = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|p: [f64; 2]| p.map(|v| v * cells as f64));
    let map = Homography::fit(&unit, quad, None)?;
    let mut light = vec![0.0; cells * cells];
    for (i, value) in light.iter_mut().enumerate() {
        let (x, y) = ((i % cells) as f64 + 0.5, (i / cells) as f64 + 0.5);
        for (dx, dy) in [(0.0, 0.0), (-0.2, -0.2), (0.2, -0.2), (-0.2, 0.2), (0.2, 0.2)] {
            *value += sample(plane, map.at([x + dx, y + dy]))? / 5.0;
        }
    }
    let rim = |i: &usize| {
        let (x, y) = (i % cells, i / cells);
        x == 0 || y == 0 || x == cells - 1 || y == cells - 1
    };
    let dark: Vec<f64> = (0..cells * cells).filter(rim).map(|i| light[i]).collect();
    let ink = dark.iter().sum::<f64>() / dark.len() as f64;
    let paper = light.iter().copied().fold(0.0, f64::max);
    let threshold = 0.5 * (ink + paper);
    if paper < 1.5 * ink || dark.iter().filter(|v| **v > threshold).count() > 1 {
        return None;
    }
    let inner = (0..cells * cells).filter(|i| !rim(i));
    Some(inner.fold(0, |bits, i| bits << 1 | u32::from(light[i] > threshold)))
}
