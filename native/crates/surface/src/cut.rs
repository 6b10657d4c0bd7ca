//! Where the material ends along a ray from the card outwards, to a fraction of a pixel.

use crate::frame::Frame;
use crate::print::Print;
use crate::stats::{median, quantiles};

/// Samples reach this far outside the ideal outline, mm.
pub const OUTSIDE_MM: f64 = 0.8;
/// The background is read from here outwards, mm; nearer the optics mix card and background.
const BACKGROUND_MM: f64 = 0.35;
/// Least relative difference of card and background that tells them apart.
const CONTRAST: f64 = 0.2;

/// A ray in the card's frame: `start` on the card, unit direction outwards, the ideal outline at `ideal` mm.
#[derive(Clone, Copy, Debug)]
pub struct Ray {
    /// Start, mm.
    pub start: [f64; 2],
    /// Unit direction.
    pub out: [f64; 2],
    /// Distance of the ideal outline, mm.
    pub ideal: f64,
}

impl Ray {
    /// Point at distance `t`.
    pub fn at(&self, t: f64) -> [f64; 2] {
        [self.start[0] + t * self.out[0], self.start[1] + t * self.out[1]]
    }

    /// Distance at which the material ends: where, coming in from the background, the level half-way between the card's
    /// own brightness and the background's is crossed. Print as dark as the background cannot be taken for its end that
    /// way, and a rim of bare paper that stands out of both belongs to the card. `None` where card and background do
    /// not differ enough.
    pub fn end(&self, print: &Print, frame: &Frame) -> Option<End> {
        let step = 0.5 * frame.pitch;
        let n = ((self.ideal + OUTSIDE_MM) / step).floor() as usize;
        // Over the few millimetres of a ray the perspective is a straight line.
        let (from, to) = (frame.px(self.at(0.0)), frame.px(self.at(n as f64 * step)));
        let each = [0, 1].map(|k| (to[k] - from[k]) / n.max(1) as f64);
        let place = |i: usize| [from[0] + i as f64 * each[0], from[1] + i as f64 * each[1]];
        let index = |mm: f64| ((mm / step) as usize).min(n);
        let first = index((self.ideal - 1.6).max(0.0));
        let inner = index((self.ideal - BACKGROUND_MM).max(0.3)).max(first + 1);
        // Where the cut does not come the print and the background are read once a pixel.
        let mut value = vec![0.0; n];
        let outer = index(self.ideal + BACKGROUND_MM);
        let fine = inner.min(n) & !1..outer.min(n) & !1;
        for i in (first & !1..n).filter(|i| fine.contains(i) || i % 2 == 0) {
            value[i] = print.luma(place(i))?;
        }
        for i in (first..n).filter(|i| !fine.contains(i) && i % 2 == 1) {
            let next = if i + 1 < n { i + 1 } else { i - 1 };
            value[i] = 0.5 * (value[i - 1] + value[next]);
        }
        let background = median(value[outer..].iter().step_by(2));
        // Three ranks of the same values, one from each pixel: sorted once.
        let [low, card, high] = quantiles(value[first..inner].iter().step_by(2), [0.15, 0.5, 0.85]);
        let difference = f64::from((card - background).abs());
        if difference < CONTRAST * f64::from(card.max(background)) || difference < 0.02 {
            return None;
        }
        let level = 0.5 * (card + background);
        let outside = |v: f32| (v < level) != (card < level);
        let start = first + index(0.2);
        // A speck of the background is no card: the material goes on for a pixel and a half.
        let solid = |i: &usize| (i.saturating_sub(2).max(start)..=*i).all(|j| !outside(value[j]));
        let i = (start..n).rev().find(solid)? + 1;
        let uneven = f64::from(high - low) > UNEVEN * difference;
        let i = i.min(n - 1);
        let (i, level) = past_rim(&value, i, card, background).unwrap_or((i, level));
        // Where the material is missing the background shows; anything else there is print that may be as bright as it.
        let mean = |from: usize, to: usize| -> Option<[f64; 3]> {
            let sum = (from..to).try_fold([0.0; 3], |sum: [f64; 3], i| {
                let c = print.at(place(i))?;
                Some([0, 1, 2].map(|k| sum[k] + c[k]))
            })?;
            Some(sum.map(|v| v / (to - from) as f64))
        };
        let gap = (i + 2, index(self.ideal).saturating_sub(2));
        if gap.1 > gap.0 + 1 {
            let (there, ground) = (mean(gap.0, gap.1)?, mean(outer, n)?);
            if (0..3).any(|k| (there[k] - ground[k]).abs() > PRINTED * difference) {
                return None;
            }
        }
        let (a, b) = (value[i - 1], value[i]);
        let at = (i as f64 - 1.0 + f64::from(((level - a) / (b - a)).clamp(0.0, 1.0))) * step;
        Some(End { at, screened: uneven })
    }
}

/// Print beside the cut that varies by more than this share of the difference to the background leaves open at which
/// level the cut lies.
const UNEVEN: f64 = 0.5;

/// What lies outside the end and inside the ideal outline is print when it is off the background by more than this
/// share of the difference.
const PRINTED: f64 = 0.3;

/// Where a ray leaves the material.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// Distance along the ray, mm.
    pub at: f64,
    /// The print beside the cut is uneven, as under a screen of dots, and does not tell the level at which it ends.
    pub screened: bool,
}

/// Ends along neighbouring rays. Where the print is screened only its gaps show the cut, and each place takes the
/// outermost end within `reach` rays of it; elsewhere the ends stay as they are. Says which of both it was.
pub fn unscreened(ends: &[Option<End>], reach: usize) -> (Vec<Option<f64>>, bool) {
    let known = ends.iter().flatten().count();
    let screened = ends.iter().flatten().filter(|e| e.screened).count();
    if 4 * screened < known {
        return (ends.iter().map(|e| e.map(|e| e.at)).collect(), false);
    }
    let outermost = |i: usize| {
        let near = &ends[i.saturating_sub(reach)..(i + reach + 1).min(ends.len())];
        near.iter().flatten().map(|e| e.at).fold(f64::NEG_INFINITY, f64::max)
    };
    ((0..ends.len()).map(|i| ends[i].map(|_| outermost(i))).collect(), true)
}

/// A gap between the dots of a coarse screen is at most this far away, mm.
pub const SCREEN_MM: f64 = 0.3;

/// A dark card on a dark mat with a bright worn rim: the first crossing is where the rim begins. Where the values
/// behind crossing `i` go far beyond the background, the cut is where they come back to it: that place and its level.
fn past_rim(value: &[f32], i: usize, card: f32, background: f32) -> Option<(usize, f32)> {
    /// How much more than the background the rim must differ from the card.
    const BEYOND: f32 = 2.5;
    let off = |v: f32| (v - card) * (background - card).signum();
    let top = (i..value.len()).max_by(|&a, &b| off(value[a]).total_cmp(&off(value[b])))?;
    if off(value[top]) < BEYOND * off(background) {
        return None;
    }
    let level = 0.5 * (value[top] + background);
    let back = (top..value.len()).find(|&j| (value[j] < level) == (background < level))?;
    Some((back.max(1), level))
}
