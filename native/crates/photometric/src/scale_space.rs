//! Shape at a chosen size: slopes synthesised over scales, as inspection systems show it.

use crate::bands::STRIP;
use crate::cascade::Cascade;
use crate::fir::Kernel;
use crate::maps::{Wanted, pixel_maps};
use crate::options::Solution;
use crate::pyramid::{Expansion, Plane, filtered};
use imaging::{Cancel, CoreError, ErrorCode, Result, zeroed};

/// Which sizes the shape image shows.
#[derive(Clone, Copy, Debug)]
pub struct ShapeOptions {
    /// Gaussian radius (sigma) in px of the features to bring out; scales of half and double take part.
    pub characteristic_px: f32,
}

impl Default for ShapeOptions {
    fn default() -> Self {
        Self { characteristic_px: 4.0 }
    }
}

/// `height * width` values without unit: bumps positive, dents negative, free of print and of slow bow. 0 where unknown.
///
/// Slopes are band-passed by differences of Gaussians `G_s - G_2s` at three scales s (half, once and double the
/// characteristic size c, with weights 1/4, 1/2, 1/4) and their divergence, normalised by scale (Lindeberg 1998), is
/// summed: the idea of the multi-scale inclination synthesis in US 9773304 B2. The divergence is taken first, which is
/// the same and needs one plane, and with these weights the middle blur drops out:
/// `shape = c/8 (G_{c/2} + 3 G_c - 4 G_{4c}) * -(dp/dx + dq/dy)`, with the divergence 0 outside the image and where it
/// touches an unknown pixel.
///
/// # Errors
/// `ValueInvalid` for a characteristic size outside 1 to 1,000 px; `Cancelled`.
pub fn shape_multiscale(s: &Solution, o: ShapeOptions, cancel: &Cancel) -> Result<Vec<f32>> {
    let wanted = Wanted {
        shape: Some(o),
        ..Wanted::default()
    };
    Ok(pixel_maps(s, None, &wanted, None, cancel)?.shape)
}

/// Blurs of shapes whose finest scale is at least this many px are made on planes of half the size.
const FINEST_PX: f64 = 4.0;
/// Sigma in px of the blur before every second pixel is left out: what folds back is 1.5e-5 of what was there.
const BEFORE_HALVING_PX: f64 = 1.5;

/// How the blurs of a characteristic size are made.
pub struct Scales {
    /// How often the divergence is halved before.
    pub halvings: usize,
    /// First and second blur, one after the other.
    pub fine: Kernel,
    /// The second.
    pub medium: Kernel,
    /// Factor of the first and of the second blur in the result.
    pub weights: [f32; 2],
    /// The widest blur, on a coarse plane that holds the second at every few pixels, and its way back.
    coarse: Kernel,
    /// The way back.
    pub expansion: Expansion,
    coarse_weight: f32,
}

impl Scales {
    /// # Errors
    /// `ValueInvalid` for a size outside 1 to 1,000 px.
    pub fn new(o: ShapeOptions) -> Result<Self> {
        if !(1.0..=1000.0).contains(&o.characteristic_px) {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!("the characteristic size is {} px", o.characteristic_px),
                "give a number from 1 to 1,000",
            )
            .in_field("characteristicPx"));
        }
        let size = f64::from(o.characteristic_px);
        let mut halvings = 0;
        let mut scale = 1.0;
        // Variance that halving and coming back bring in, in the pixels of the halved plane.
        let mut brought = 0.0;
        while size / 2.0 >= FINEST_PX * scale {
            halvings += 1;
            scale *= 2.0;
            brought = (brought + BEFORE_HALVING_PX * BEFORE_HALVING_PX) / 4.0;
        }
        if halvings > 0 {
            brought += 1.0;
        }
        let c = size / scale;
        let mut step = 1;
        while (2 * step) as f64 <= c {
            step *= 2;
        }
        let fine = Kernel::gaussian((c * c / 4.0 - brought).sqrt());
        let medium = Kernel::gaussian((0.75 * c * c).sqrt());
        let grid = step as f64;
        let margin = Cascade::reach(&fine, &medium).max(4 * step).next_multiple_of(step);
        Ok(Self {
            halvings,
            fine,
            medium,
            weights: [size / 8.0, 3.0 * size / 8.0].map(|w| w as f32),
            coarse: Kernel::gaussian((15.0 * c * c - grid * grid).sqrt() / grid),
            expansion: Expansion::new(step, margin),
            coarse_weight: (-size / 2.0) as f32,
        })
    }

    /// Places and rows on each side of a pixel that its two blurs are made from.
    pub fn reach(&self) -> usize {
        Cascade::reach(&self.fine, &self.medium)
    }

    /// Buffers of one worker for images of a width.
    pub fn cascade(&self, width: usize) -> Cascade {
        Cascade::new(&self.fine, &self.medium, width.min(STRIP) + 2 * self.expansion.margin)
    }

    /// Room for the second blur at every few pixels, out to where it ends beside the image.
    pub fn coarse_plane(&self, width: usize, height: usize) -> Plane {
        let count = |n: usize| (n + 2 * self.expansion.margin).div_ceil(self.expansion.step);
        let (width, height) = (count(width), count(height));
        Plane {
            data: zeroed::<f32>(width * height),
            width,
            height,
        }
    }

    /// Takes the widest blur from `out`, which holds the other two, and clears what is not known.
    pub fn finish(&self, coarse: &Plane, out: &mut [f32], known: &[u8], width: usize, cancel: &Cancel) -> Result<()> {
        let widest = filtered(coarse, &self.coarse, 1, cancel)?;
        self.expansion
            .add(&widest, self.coarse_weight, out, known, width, cancel)
    }

    /// Zeros around a plane before it is halved, so that what the blurs carry over the border is kept.
    fn border(&self) -> usize {
        8 << self.halvings
    }

    /// A plane, zero outside, halved as often as these scales want.
    pub fn halved(&self, from: &Plane, cancel: &Cancel) -> Result<Plane> {
        let border = self.border();
        let (width, height) = (from.width + 2 * border, from.height + 2 * border);
        let mut data = zeroed::<f32>(width * height);
        for (row, to) in from.data.chunks(from.width).zip(data.chunks_mut(width).skip(border)) {
            to[border..border + from.width].copy_from_slice(row);
        }
        let mut plane = Plane { data, width, height };
        let kernel = Kernel::gaussian(BEFORE_HALVING_PX);
        for _ in 0..self.halvings {
            plane = filtered(&plane, &kernel, 2, cancel)?;
        }
        Ok(plane)
    }

    /// A halved plane back at full size; `out` holds zeros.
    pub fn restore(&self, plane: &Plane, out: &mut [f32], known: &[u8], width: usize, cancel: &Cancel) -> Result<()> {
        Expansion::new(1 << self.halvings, self.border()).add(plane, 1.0, out, known, width, cancel)
    }
}
