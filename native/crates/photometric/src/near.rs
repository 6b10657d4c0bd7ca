//! Directions and gains of the lights over a row of pixels, for lights near the card.

use crate::lights::Lights;
use crate::linear::{dot, unit};
use imaging::fastest;

fastest! {
    /// Fills the three direction planes of light `k` and its gains for pixels `x0 ..` of row `y`.
    pub fn fill(lights: &Lights, k: usize, y: usize, x0: usize, gains: &mut [f32], out: [&mut [f32]; 3]) = fill_body
}

#[inline(always)]
fn fill_body(lights: &Lights, k: usize, y: usize, x0: usize, gains: &mut [f32], out: [&mut [f32]; 3]) {
    let [ox, oy, oz] = out;
    let Some(s) = lights.position(k) else {
        let at = lights.at(k, 0.0, 0.0);
        ox.fill(at.direction[0] as f32);
        oy.fill(at.direction[1] as f32);
        oz.fill(at.direction[2] as f32);
        gains.fill(at.gain as f32);
        return;
    };
    let [cx, cy] = lights.centre();
    let pitch = lights.pitch_mm();
    let axis = unit(s).map(|v| v as f32);
    let inverse_square = (1.0 / dot(s, s)) as f32;
    let ty = (s[1] - (y as f64 - cy) * pitch) as f32;
    let tz = s[2] as f32;
    let start = (s[0] - (x0 as f64 - cx) * pitch) as f32;
    let step = pitch as f32;
    let flat = lights.flat();
    let n = gains.len();
    let (ox, oy, oz) = (&mut ox[..n], &mut oy[..n], &mut oz[..n]);
    for i in 0..n {
        let tx = start - i as f32 * step;
        let square = tx * tx + ty * ty + tz * tz;
        let inverse = 1.0 / square.sqrt();
        let (dx, dy, dz) = (tx * inverse, ty * inverse, tz * inverse);
        // The same model as `Lights::at`.
        let emission = axis[0] * dx + axis[1] * dy + axis[2] * dz;
        let emission = if emission > 1e-3 { emission } else { 1e-3 };
        gains[i] = if flat { dz } else { square * inverse_square / emission };
        (ox[i], oy[i], oz[i]) = (dx, dy, dz);
    }
}
