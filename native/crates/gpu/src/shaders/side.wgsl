// What all pixels of a side share, what a tile is, and the samples of a pixel.

struct Light {
  // Unit vector at the image centre; w: gain where the light is far.
  direction: vec4<f32>,
  // Row of the pseudo-inverse.
  pseudo: vec4<f32>,
  // Position in mm; w: 1 / |position|^2, 0 for a far light.
  position: vec4<f32>,
  // Unit vector of the position.
  axis: vec4<f32>,
  // 1 / intensity of each channel, over the largest code where samples are linear.
  scale: vec4<f32>,
}

struct Side {
  // Pixels in a row, first saturated code on the 16-bit range.
  size: vec4<u32>,
  // Variance of a sample: constant, by albedo, by its square; w: samples below are too dark.
  noise: vec4<f32>,
  // Largest uncertainty in degrees, least flat, 1 / freedom, 1 / lights.
  bounds: vec4<f32>,
  // mm a pixel, centre x, centre y; w: light of one code where samples are linear.
  place: vec4<f32>,
  // (S^T S)^-1: xx xy xz yy, yz zz.
  inverse: array<vec4<f32>, 2>,
  // For 0 to 3 samples removed: chi-square limit, tolerated.
  limits: array<vec4<f32>, 4>,
  // Strength, exponent, distance of the camera.
  lobe: vec4<f32>,
  // Slope at the centre, its change along x and y.
  slopes: array<vec4<f32>, 2>,
  lights: array<Light, LIGHTS>,
}

@group(0) @binding(0) var<uniform> side: Side;
// First pixel, pixels, words from one picture to the next, pixels the maps have room for.
@group(0) @binding(1) var<uniform> tile: vec4<u32>;
@group(0) @binding(2) var<storage, read> codes: array<u32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> maps: array<u32>;

// Normalised samples of this pixel, by light.
var<private> samples: array<f32, LIGHTS>;
// Unit vectors towards the lights from this pixel, and what its samples are multiplied by.
var<private> towards: array<vec3<f32>, LIGHTS>;
var<private> gains: array<f32, LIGHTS>;

fn code(picture: u32, sample: u32) -> u32 {
  let start = picture * tile.z;
  if (BITS == 16u) {
    return (codes[start + (sample >> 1u)] >> (16u * (sample & 1u))) & 0xffffu;
  }
  return (codes[start + (sample >> 2u)] >> (8u * (sample & 3u))) & 0xffu;
}

fn light_of(value: u32, scale: f32) -> f32 {
  if (TABLE) {
    return table[value] * scale;
  }
  return f32(value) * scale;
}

// Sample of light k in one channel before its gain.
fn normalised(k: u32, at: u32) -> f32 {
  if (FLAT) {
    let unit = select(side.place.w, 1.0, TABLE);
    var value = light_of(code(k, at), unit);
    var white = light_of(code(LIGHTS + k, at), unit);
    if (DARK) {
      let dark = light_of(code(2u * LIGHTS, at), unit);
      value -= dark;
      white -= dark;
    }
    return select(0.0, value / white, white > side.bounds.y);
  }
  let scale = side.lights[k].scale[at % CHANNELS];
  var value = light_of(code(k, at), scale);
  if (DARK) {
    value -= light_of(code(LIGHTS, at), scale);
  }
  return value;
}

// Unit vector towards light k at pixel (x, y); w: what its samples are multiplied by.
fn towards_light(k: u32, x: f32, y: f32) -> vec4<f32> {
  let position = side.lights[k].position;
  if (!NEAR || position.w == 0.0) {
    return side.lights[k].direction;
  }
  let to = vec3(
    position.x - (x - side.place.y) * side.place.x,
    position.y - (y - side.place.z) * side.place.x,
    position.z,
  );
  let square = dot(to, to);
  let d = to * (1.0 / sqrt(square));
  let emission = max(dot(side.lights[k].axis.xyz, d), 1e-3);
  return vec4(d, select(square * position.w / emission, d.z, FLAT));
}

// Fills `towards` and `gains` at pixel (x, y).
fn aim(x: f32, y: f32) {
  for (var k = 0u; k < LIGHTS; k++) {
    let light = towards_light(k, x, y);
    towards[k] = light.xyz;
    gains[k] = light.w;
  }
}

// Fills `samples` for pixel `i` of the tile; returns its largest code on the 16-bit range.
fn gather(i: u32) -> u32 {
  var peak = 0u;
  for (var k = 0u; k < LIGHTS; k++) {
    var sum = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
      let at = i * CHANNELS + c;
      peak = max(peak, code(k, at));
      sum += normalised(k, at);
    }
    if (CHANNELS == 3u) {
      sum *= 1.0 / 3.0;
    }
    samples[k] = sum * gains[k];
  }
  return select(peak, peak * 257u, BITS == 8u);
}

fn variance(albedo: f32) -> f32 {
  return side.noise.x + albedo * (side.noise.y + albedo * side.noise.z);
}
