//! Frames of a side brought to one place.

use super::resample::resampled;
use super::rigid::{Motion, motions};
use crate::{Cancel, FrameStack, Result};

/// From which move on a frame is resampled, and up to which.
#[derive(Clone, Copy, Debug)]
pub struct Registration {
    /// px at the corner of the frame that moves most; smaller moves cost less than resampling.
    pub from_px: f64,
    /// Larger moves are told and left.
    pub most_px: f64,
}

/// What happened to a frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Movement {
    /// Against the frame that the others were brought to; `None` where it cannot be told.
    pub motion: Option<Motion>,
    /// The largest move of a corner of the frame, px.
    pub largest: f64,
    /// Whether the frame was resampled.
    pub undone: bool,
}

/// Finds how far each frame moved and brings those that moved to the place of the others.
///
/// The reference is the frame from which fewest others lie far, so that one touch of the table costs as few frames as it
/// can. A flat field moves along with its frame, as it belongs to the camera's pixels. A single frame has not moved.
///
/// # Errors
/// `Cancelled`; frames that [`FrameStack::validate`] refuses.
pub fn register(stack: &mut FrameStack, limits: &Registration, cancel: &Cancel) -> Result<Vec<Movement>> {
    if stack.frames.len() < 2 {
        return Ok(vec![Movement::default(); stack.frames.len()]);
    }
    let found = motions(stack, cancel)?;
    let (width, height) = (stack.width(), stack.height());
    let reference = central(&found, width, height);
    let mut movements = Vec::with_capacity(found.len());
    for (frame, motion) in stack.frames.iter_mut().zip(&found) {
        let motion = motion
            .zip(reference)
            .map(|(motion, reference)| motion.relative_to(&reference));
        let largest = motion.map_or(0.0, |m| m.largest(width, height));
        let mut undone = false;
        if let Some(motion) = motion.filter(|m| largest > limits.from_px.max(3.0 * m.std) && largest <= limits.most_px)
        {
            frame.raster = resampled(&frame.raster, stack.encoding, &motion, cancel)?;
            if let Some(flat) = &mut frame.flat {
                *flat = resampled(flat, stack.encoding, &motion, cancel)?;
            }
            undone = true;
        }
        movements.push(Movement {
            motion,
            largest,
            undone,
        });
    }
    Ok(movements)
}

/// The motion from which the sum of the others' distances, each counted up to a pixel, is least.
fn central(found: &[Option<Motion>], width: usize, height: usize) -> Option<Motion> {
    let cost = |from: &Motion| -> f64 {
        let distance = |m: &Motion| m.relative_to(from).largest(width, height).min(1.0);
        found.iter().flatten().map(distance).sum()
    };
    found
        .iter()
        .flatten()
        .copied()
        .min_by(|a, b| cost(a).total_cmp(&cost(b)))
}
