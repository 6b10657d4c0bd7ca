//! The numbers of a side in the layout of the shaders' uniform buffer.

use crate::shader::Variant;
use imaging::{FrameStack, Samples};
use photometric::{Method, Numbers};

/// Bits a sample; `None` where pictures differ.
pub fn depth(stack: &FrameStack) -> Option<usize> {
    let bits = |samples: &Samples| match samples {
        Samples::U8(_) => 8,
        Samples::U16(_) => 16,
    };
    let first = bits(&stack.frames[0].raster.samples);
    let others = stack.frames.iter().flat_map(|f| [Some(&f.raster), f.flat.as_ref()]);
    let mut all = others.chain([stack.dark.as_ref()]).flatten();
    all.all(|raster| bits(&raster.samples) == first).then_some(first)
}

/// The variant of the shaders that a side needs.
pub fn variant(stack: &FrameStack, numbers: &Numbers, bits: usize) -> Variant {
    Variant {
        lights: numbers.lights.len(),
        channels: stack.channels(),
        bits,
        near: numbers.near,
        flat: numbers.flat,
        dark: stack.dark.is_some(),
        table: !stack.encoding.is_linear(),
        varnish: numbers.lobe.is_some(),
        camera: numbers.lobe.is_some_and(|l| l.view_distance.is_some()),
        reject: numbers.method != Method::LeastSquares,
        removable: numbers.limits.len() - 1,
    }
}

/// `struct Side` of `shaders/side.wgsl` as words; it consists of rows of four.
pub fn pack(stack: &FrameStack, n: &Numbers) -> Vec<u32> {
    let max_code = stack.frames[0].raster.max_code() as f32;
    let linear = stack.encoding.is_linear();
    let per_code = if linear { 1.0 / max_code } else { 1.0 };
    let count = n.lights.len();
    let [a, b, c, d, e, f] = n.inverse;
    let mut rows: Vec<[f32; 4]> = vec![
        [n.noise[0], n.noise[1], n.noise[2], n.dark_limit],
        [
            n.worst_deg,
            n.least_flat,
            1.0 / (count.max(4) - 3) as f32,
            1.0 / count as f32,
        ],
        [n.pitch_mm as f32, n.centre[0] as f32, n.centre[1] as f32, per_code],
        [a, b, c, d],
        [e, f, 0.0, 0.0],
    ];
    for removed in 0..4 {
        let limits = n.limits.get(removed);
        rows.push(limits.map_or([0.0; 4], |l| [l.chi_square, l.tolerated, 0.0, 0.0]));
    }
    let lobe = n
        .lobe
        .map(|l| [l.strength, l.exponent, l.view_distance.unwrap_or(0.0), 0.0]);
    rows.push(lobe.unwrap_or_default());
    for axis in 0..2 {
        let [at, by_x, by_y] = n.lobe.map_or([0.0; 3], |l| l.slopes[axis]);
        rows.push([at, by_x, by_y, 0.0]);
    }
    for light in &n.lights {
        let [x, y, z] = light.direction;
        rows.push([x, y, z, light.gain]);
        let [x, y, z] = light.pseudo_inverse;
        rows.push([x, y, z, 0.0]);
        let [x, y, z] = light.position_mm.unwrap_or_default();
        let square = x * x + y * y + z * z;
        let (inverse, length) = if square > 0.0 {
            (1.0 / square, square.sqrt())
        } else {
            (0.0, 1.0)
        };
        rows.push([x, y, z, inverse].map(|v| v as f32));
        rows.push([x / length, y / length, z / length, 0.0].map(|v| v as f32));
        // The same product as the processor's: intensity first, then the code's step.
        let [r, g, b] = light.inverse_intensity.map(|v| if linear { v / max_code } else { v });
        rows.push([r, g, b, 0.0]);
    }
    let mut words = vec![stack.width() as u32, u32::from(n.saturation_code), 0, 0];
    words.extend(rows.iter().flatten().map(|v| v.to_bits()));
    words
}
