//! Shape at a chosen size: slopes synthesised over scales, as inspection systems show it.

use crate::gradient::slopes_of_row;
use crate::options::Solution;
use crate::transpose::transpose;
use imaging::{Cancel, CoreError, ErrorCode, Result, zeroed};
use rayon::prelude::*;

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

/// Weights of the scales at half, once and double the characteristic size.
const WEIGHTS: [f32; 3] = [0.25, 0.5, 0.25];
/// Rows of a band.
const BAND: usize = 32;

/// `height * width` values without unit: bumps positive, dents negative, free of print and of slow bow.
///
/// Slopes are band-passed by differences of Gaussians at three scales around the characteristic size and their
/// divergence, normalised by scale (Lindeberg 1998), is summed: the idea of the multi-scale inclination synthesis in
/// US 9773304 B2. The divergence is taken first, which is the same and needs one plane. 0 next to unknown pixels.
///
/// # Errors
/// `ValueInvalid` for a characteristic size outside 1 to 1,000 px; `Cancelled`.
pub fn shape_multiscale(s: &Solution, o: ShapeOptions, cancel: &Cancel) -> Result<Vec<f32>> {
    if !(1.0..=1000.0).contains(&o.characteristic_px) {
        return Err(CoreError::new(
            ErrorCode::ValueInvalid,
            format!("the characteristic size is {} px", o.characteristic_px),
            "give a number from 1 to 1,000",
        )
        .in_field("characteristicPx"));
    }
    let mut smooth = divergence(s, cancel)?;
    let mut out = zeroed::<f32>(smooth.len());
    let mut turned = zeroed::<f32>(smooth.len());
    let mut have = 0.0f32;
    for scale in 0..=WEIGHTS.len() {
        let sigma = o.characteristic_px * 0.5 * (1 << scale) as f32;
        // Gaussians add in squares: each scale is blurred from the one before.
        blur(
            &mut smooth,
            &mut turned,
            s.width,
            s.height,
            (sigma * sigma - have * have).sqrt(),
            cancel,
        )?;
        have = sigma;
        let weight = |scale: usize| WEIGHTS[scale] * o.characteristic_px * 0.5 * (1 << scale) as f32;
        let plus = WEIGHTS.get(scale).map_or(0.0, |_| weight(scale));
        let minus = scale.checked_sub(1).map_or(0.0, weight);
        out.par_iter_mut()
            .zip(&smooth)
            .for_each(|(o, v)| *o += (plus - minus) * v);
    }
    out.par_iter_mut()
        .zip(&s.known)
        .for_each(|(o, known)| *o *= f32::from(*known));
    Ok(out)
}

/// `-(dp/dx + dq/dy)` by central differences, 0 where a neighbour is missing or unknown.
fn divergence(s: &Solution, cancel: &Cancel) -> Result<Vec<f32>> {
    let w = s.width;
    let mut out = zeroed::<f32>(w * s.height);
    out.par_chunks_mut(BAND * w).enumerate().try_for_each(|(band, rows)| {
        cancel.check()?;
        let mut slopes = [vec![0.0f32; w], vec![0.0f32; w], vec![0.0f32; w]];
        let mut unused = vec![0.0f32; w];
        for (row, line) in rows.chunks_mut(w).enumerate() {
            let y = band * BAND + row;
            if y == 0 || y + 1 == s.height {
                continue;
            }
            let [p, above, below] = &mut slopes;
            slopes_of_row(s, y, p, &mut unused);
            slopes_of_row(s, y - 1, &mut unused, above);
            slopes_of_row(s, y + 1, &mut unused, below);
            let known = &s.known[(y - 1) * w..(y + 2) * w];
            for x in 1..w.saturating_sub(1) {
                let around = known[x] & known[w + x - 1] & known[w + x] & known[w + x + 1] & known[2 * w + x];
                line[x] = -0.5 * f32::from(around) * (p[x + 1] - p[x - 1] + below[x] - above[x]);
            }
        }
        Ok(())
    })?;
    Ok(out)
}

/// Gaussian blur by three box filters along each axis (Kovesi 2010), values held at the border.
fn blur(plane: &mut [f32], turned: &mut [f32], width: usize, height: usize, sigma: f32, cancel: &Cancel) -> Result<()> {
    let radii = box_radii(sigma);
    blur_rows(plane, width, radii, cancel)?;
    transpose(plane, width, height, turned);
    blur_rows(turned, height, radii, cancel)?;
    transpose(turned, height, width, plane);
    Ok(())
}

/// Radii of three boxes whose variances add up to sigma squared as nearly as odd widths allow.
fn box_radii(sigma: f32) -> [usize; 3] {
    let ideal = (4.0 * sigma * sigma + 1.0).sqrt();
    let low = ((((ideal - 1.0) / 2.0).floor() as usize) * 2 + 1) as f32;
    let narrow = (12.0 * sigma * sigma - 3.0 * low * low - 12.0 * low - 9.0) / (-4.0 * low - 4.0);
    std::array::from_fn(|i| {
        let wide = i as f32 >= narrow.round();
        (low as usize - 1) / 2 + usize::from(wide)
    })
}

fn blur_rows(plane: &mut [f32], width: usize, radii: [usize; 3], cancel: &Cancel) -> Result<()> {
    plane.par_chunks_mut(width * BAND).try_for_each_init(
        || vec![0.0f32; width],
        |copy, band| {
            cancel.check()?;
            for row in band.chunks_mut(width) {
                for radius in radii {
                    box_row(row, copy, radius);
                }
            }
            Ok(())
        },
    )
}

fn box_row(row: &mut [f32], copy: &mut [f32], radius: usize) {
    let last = row.len() - 1;
    copy.copy_from_slice(row);
    let norm = 1.0 / (2 * radius + 1) as f64;
    let held = |i: usize| f64::from(copy[i.min(last)]);
    let mut sum = radius as f64 * held(0) + (0..=radius).map(held).sum::<f64>();
    for (x, v) in row.iter_mut().enumerate() {
        *v = (sum * norm) as f32;
        sum += held(x + radius + 1) - held(x.saturating_sub(radius));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_boxes_have_the_variance_of_the_gaussian() {
        // At 1.7 px the nearest variances are 2 and 3.33 for 2.89: odd widths are that coarse.
        for (sigma, tolerance) in [(1.7f32, 0.08), (3.5, 0.04), (6.9, 0.02), (13.9, 0.01)] {
            let variance: f32 = box_radii(sigma)
                .iter()
                .map(|r| (((2 * r + 1).pow(2) - 1) as f32) / 12.0)
                .sum();
            assert!(
                (variance.sqrt() / sigma - 1.0).abs() < tolerance,
                "{sigma}: {}",
                variance.sqrt()
            );
        }
    }
}
