//! Access to the albedo: mean over channels and single channels, between pixels.

use crate::types::Maps;

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

    /// Channels of a pixel, a single one repeated; what is not finite counts as black.
    pub fn pixel(&self, i: usize) -> [f32; 3] {
        let c = self.maps.channels;
        let clean = |v: f32| if v.is_finite() { v.max(0.0) } else { 0.0 };
        std::array::from_fn(|k| clean(self.maps.albedo[i * c + k.min(c - 1)]))
    }

    /// Channels between pixels (bilinear); `None` outside the maps.
    pub fn at(&self, px: [f64; 2]) -> Option<[f64; 3]> {
        let (w, h) = (self.maps.width, self.maps.height);
        let (fx, fy) = (px[0].floor(), px[1].floor());
        if !(fx >= 0.0 && fy >= 0.0 && fx + 1.0 < w as f64 && fy + 1.0 < h as f64) {
            return None;
        }
        let i = fy as usize * w + fx as usize;
        let (u, v) = (px[0] - fx, px[1] - fy);
        let weights = [
            ((1.0 - u) * (1.0 - v), i),
            (u * (1.0 - v), i + 1),
            ((1.0 - u) * v, i + w),
            (u * v, i + w + 1),
        ];
        let mut out = [0.0; 3];
        for (weight, j) in weights {
            let c = self.pixel(j);
            (0..3).for_each(|k| out[k] += weight * f64::from(c[k]));
        }
        Some(out)
    }

    /// Mean over channels between pixels; `None` outside the maps.
    pub fn luma(&self, px: [f64; 2]) -> Option<f64> {
        self.at(px).map(luma)
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
    std::array::from_fn(|k| {
        f64::from(crate::stats::median(
            &mut colours.iter().map(|c| c[k] as f32).collect::<Vec<_>>(),
        ))
    })
}

/// Robust spread of the mean over channels, relative to its median.
pub fn relative_spread(colours: &[[f64; 3]]) -> f64 {
    let (m, s) = crate::stats::median_sigma(&mut colours.iter().map(|&c| luma(c) as f32).collect::<Vec<_>>());
    f64::from(s) / f64::from(m).max(1e-6)
}
