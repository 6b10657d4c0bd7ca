//! Access to the albedo: mean over channels and single channels, between pixels.

use crate::types::Maps;
use imaging::Half;

/// The print as seen in the albedo map.
#[derive(Clone, Copy)]
pub struct Print<'a> {
    maps: &'a Maps<'a>,
}

impl<'a> Print<'a> {
    /// Wraps the maps' albedo.
    pub fn new(maps: &'a Maps<'a>) -> Self {
        Self { maps }
    }

    /// Channels of a pixel, a single one repeated.
    #[inline(always)]
    pub fn pixel(&self, i: usize) -> [f32; 3] {
        if self.maps.channels == 1 {
            return [self.maps.albedo[i].get(); 3];
        }
        let c = &self.maps.albedo[3 * i..3 * i + 3];
        [c[0].get(), c[1].get(), c[2].get()]
    }

    /// Channels between pixels (bilinear); `None` outside the maps.
    #[inline]
    pub fn at(&self, px: [f64; 2]) -> Option<[f64; 3]> {
        let (i, u, v) = self.between(px)?;
        let w = self.maps.width;
        let (a, b, c, d) = (
            self.pixel(i),
            self.pixel(i + 1),
            self.pixel(i + w),
            self.pixel(i + w + 1),
        );
        Some(std::array::from_fn(|k| {
            let top = a[k] + u * (b[k] - a[k]);
            let bottom = c[k] + u * (d[k] - c[k]);
            f64::from(top + v * (bottom - top))
        }))
    }

    /// Mean over channels between pixels (bilinear); `None` outside the maps.
    #[inline]
    pub fn luma(&self, px: [f64; 2]) -> Option<f32> {
        let (i, u, v) = self.between(px)?;
        let (albedo, n) = (self.maps.albedo, self.maps.channels);
        let pair = |i: usize| {
            let part = &albedo[n * i..n * (i + 2)];
            let mean = |a: Half, b: Half, c: Half| (a.get() + b.get() + c.get()) * (1.0 / 3.0);
            match *part {
                [a, b, c, d, e, f] => [mean(a, b, c), mean(d, e, f)],
                _ => [part[0].get(), part[n].get()],
            }
        };
        let ([a, b], [c, d]) = (pair(i), pair(i + self.maps.width));
        let (top, bottom) = (a + u * (b - a), c + u * (d - c));
        Some(top + v * (bottom - top))
    }

    /// The pixel to the upper left and the way to the next ones; `None` outside the maps.
    #[inline(always)]
    fn between(&self, px: [f64; 2]) -> Option<(usize, f32, f32)> {
        let (w, h) = (self.maps.width, self.maps.height);
        if !(px[0] >= 0.0 && px[1] >= 0.0 && px[0] + 1.0 < w as f64 && px[1] + 1.0 < h as f64) {
            return None;
        }
        // Rounding towards zero is towards minus infinity here, and quicker.
        let (x, y) = (px[0] as usize, px[1] as usize);
        Some((y * w + x, (px[0] - x as f64) as f32, (px[1] - y as f64) as f32))
    }
}

/// Mean over channels.
pub fn luma(c: [f64; 3]) -> f64 {
    (c[0] + c[1] + c[2]) / 3.0
}

/// Distance of a colour from grey, 0..1.
pub fn saturation(c: [f64; 3]) -> f64 {
    let top = c[0].max(c[1]).max(c[2]);
    if top > 0.0 {
        1.0 - c[0].min(c[1]).min(c[2]) / top
    } else {
        0.0
    }
}

/// Bare paper is brighter than the print beside it by `contrast`, and greyer where that print has a colour.
pub fn is_bare(c: [f64; 3], reference: [f64; 3], contrast: f64) -> bool {
    /// Below this the print beside is grey itself and greyness says nothing.
    const COLOURED: f64 = 0.15;
    let s = saturation(reference);
    luma(c) > luma(reference) * (1.0 + contrast) + 0.01 && (s < COLOURED || saturation(c) < 0.85 * s)
}

/// Median by channel.
pub fn median_colour(colours: &[[f64; 3]]) -> [f64; 3] {
    std::array::from_fn(|k| f64::from(crate::stats::median(colours.iter().map(|c| c[k] as f32))))
}

/// Robust spread of the mean over channels, relative to its median.
pub fn relative_spread(colours: &[[f64; 3]]) -> f64 {
    let (m, s) = crate::stats::median_sigma(&colours.iter().map(|&c| luma(c) as f32).collect::<Vec<_>>());
    f64::from(s) / f64::from(m).max(1e-6)
}
