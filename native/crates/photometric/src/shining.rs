//! Dark pixels of a varnished card, whose samples the search for the lobe did not explain.

use crate::finish::{Ctx, DEG, MAX_CONFIDENCE_DEG};
use crate::glint::{self, Samples};
use crate::pixels::Pixels;
use crate::tile::{TILE, Tile};
use crate::varnish::{Varnish, half_vector};
use imaging::Half;

/// A pixel whose samples are darker in the mean than this share of the varnish's highlight may have most of its light from there.
const DIM: f32 = 0.5;
/// The noise is estimated on all print; so far down its variance is known to this factor.
const DIM_NOISE: f64 = 2.0;

/// Fits a dark pixel with the lobe as its signal, and tells whether that explains its samples.
pub fn shines(
    ctx: &Ctx,
    varnish: &Varnish,
    tile: &mut Tile,
    samples: &mut Samples,
    (x, y): (usize, usize),
    i: usize,
    out: &mut Pixels<'_>,
) -> bool {
    let setup = ctx.setup;
    let lights = setup.count();
    let brightness = |k: usize| tile.samples[k * TILE + i] + tile.lobe[k * TILE + i];
    if (0..lights).map(brightness).sum::<f32>() > DIM * varnish.strength as f32 * lights as f32 {
        return false;
    }
    let place = setup.lights.place(x, y);
    let saturated = setup.reader.saturated(tile.peaks[i]);
    samples.clear();
    for k in 0..lights {
        let value = brightness(k);
        let direction = tile.direction(setup, k, i);
        samples.values.push(f64::from(value));
        samples
            .halves
            .push(half_vector(direction, place, setup.view_distance()));
        samples.directions.push(direction);
        samples.keep.push(!(saturated && setup.reader.saturated_at(k, x, y)));
    }
    // The noise is a function of what is left when the shine has been taken out.
    let variance = |light: f64| f64::from(ctx.noise.variance(light as f32 - ctx.shine));
    let Some(fit) = glint::fit(samples, varnish, varnish.slopes_at(place), variance) else {
        return false;
    };
    let limit = ctx.thresholds.of(fit.kept);
    let excess = fit.chi_square / (fit.kept - 3) as f64;
    let doubt = if fit.chi_square <= limit { 1.0 } else { excess.sqrt() };
    let degrees = (doubt * fit.deviation) as f32 * DEG;
    if !(fit.chi_square <= DIM_NOISE * limit && degrees <= MAX_CONFIDENCE_DEG) {
        return false;
    }
    out.set_normal(i, fit.normal.map(|v| v as f32));
    out.residual[i] = Half::new((fit.rms / fit.albedo) as f32);
    out.confidence[i] = Half::new(degrees);
    if tile.colour.is_empty() {
        out.albedo[i] = Half::new(fit.albedo as f32);
        return true;
    }
    for (k, (&direction, &half)) in samples.directions.iter().zip(&samples.halves).enumerate() {
        tile.lobe[k * TILE + i] = varnish.light(fit.normal, direction, half) as f32;
    }
    for channel in 0..3 {
        let albedo = tile.channel_albedo(setup, channel, i, fit.normal, |k| samples.keep[k]);
        out.albedo[3 * i + channel] = Half::new(albedo as f32);
    }
    true
}
