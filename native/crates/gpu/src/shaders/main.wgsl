// One pixel a thread: samples, fit, varnish, rejection, maps.

// A normal was found; samples were rejected; the processor must look at the pixel.
const KNOWN: u32 = 1u;
const REJECTED: u32 = 2u;
const OPEN: u32 = 4u;
const GROUP: u32 = 64u;
// Mean brightness of a pixel that may have most of its light from the varnish, in highlights of it.
const DIM: f32 = 0.5;

var<workgroup> states: array<u32, GROUP>;

// What is known of a pixel.
struct Found {
  fit: Fit,
  albedo: f32,
  residual: f32,
  // Degrees.
  confidence: f32,
  // Bits of the samples left out.
  removed: u32,
  state: u32,
}

fn open(fit: Fit) -> Found {
  return Found(fit, 0.0, 0.0, 0.0, 0u, OPEN);
}

fn rejected(plain: Fit, albedo: f32) -> Found {
  // Shadows are searched for as groups, which is the processor's work.
  let least = max(3.0 * sqrt(variance(albedo)), side.noise.w);
  for (var k = 0u; k < LIGHTS; k++) {
    if (samples[k] < least) {
      return open(plain);
    }
  }
  let removed = disagreeing(plain);
  if (removed == 0xffffffffu) {
    return open(plain);
  }
  let fit = refit(removed);
  let size = sqrt(dot(fit.g, fit.g));
  if (!(fit.rss >= 0.0 && size > 0.0)) {
    return open(plain);
  }
  let count = countOneBits(removed);
  let kept = f32(LIGHTS - count);
  let model = variance(size);
  let agrees = fit.rss <= model * side.limits[count].x;
  let doubt = max(fit.rss / max(kept - 3.0, 1.0), model);
  let degrees = sqrt(select(doubt, model, agrees) * spread(fit.inverse, fit.g / size)) / size * DEGREES;
  if (!(degrees <= side.bounds.x)) {
    return open(plain);
  }
  return Found(fit, size, sqrt(fit.rss / kept) / size, degrees, removed, KNOWN | REJECTED);
}

// Whether most of a dark pixel's light may be the varnish's: fitting the lobe as its signal is the processor's work.
fn glints() -> bool {
  var sum = 0.0;
  for (var k = 0u; k < LIGHTS; k++) {
    sum += samples[k] + shine[k];
  }
  return sum <= DIM * side.lobe.x * f32(LIGHTS);
}

fn find(i: u32) -> Found {
  let pixel = tile.x + i;
  let x = pixel % side.size.x;
  let y = pixel / side.size.x;
  aim(f32(x), f32(y));
  let peak = gather(i);
  var fit = least_squares();
  if (VARNISH) {
    unvarnish(fit, x, y);
    fit = least_squares();
  }
  if (peak >= side.size.y) {
    return open(fit);
  }
  let albedo = sqrt(dot(fit.g, fit.g));
  let model = variance(albedo);
  let limit = side.limits[0];
  let disagrees = fit.rss > model * limit.x + limit.y * albedo * albedo;
  let doubt = select(model, max(fit.rss * side.bounds.z, model), disagrees);
  let scale = select(0.0, 1.0 / albedo, albedo > 0.0);
  let degrees = sqrt(doubt * spread(fit.inverse, fit.g * scale)) * scale * DEGREES;
  // Written so that NaN is refused too.
  let faces = fit.g.z > 0.0 && degrees <= side.bounds.x;
  if (VARNISH && (disagrees || !faces) && glints()) {
    return open(fit);
  }
  if (disagrees && REJECT) {
    if (REMOVABLE == 0u) {
      return open(fit);
    }
    return rejected(fit, albedo);
  }
  // Written so that NaN is refused too.
  if (!(degrees <= side.bounds.x && albedo > 0.0)) {
    return Found(fit, 0.0, 0.0, 0.0, 0u, 0u);
  }
  return Found(fit, albedo, sqrt(fit.rss * side.bounds.w) * scale, degrees, 0u, KNOWN);
}

fn put(at: u32, value: f32) {
  maps[at] = bitcast<u32>(value);
}

// Albedo of channel c for a unit normal, by least squares over the kept lights.
fn channel_albedo(i: u32, c: u32, n: vec3<f32>, removed: u32) -> f32 {
  var above = 0.0;
  var below = 0.0;
  for (var k = 0u; k < LIGHTS; k++) {
    if ((removed & (1u << k)) == 0u) {
      var sample = normalised(k, i * CHANNELS + c) * gains[k];
      if (VARNISH) {
        sample -= shine[k];
      }
      let shade = dot(towards[k], n);
      above += shade * sample;
      below += shade * shade;
    }
  }
  return max(above / max(below, 1.17549435e-38), 0.0);
}

fn write(i: u32, found: Found) {
  let room = tile.w;
  var n = vec3(0.0);
  if ((found.state & KNOWN) != 0u) {
    n = found.fit.g / found.albedo;
  }
  put(3u * i, n.x);
  put(3u * i + 1u, n.y);
  put(3u * i + 2u, n.z);
  let albedo = 3u * room;
  if (CHANNELS == 1u) {
    put(albedo + i, found.albedo);
  } else {
    for (var c = 0u; c < 3u; c++) {
      var value = 0.0;
      if ((found.state & KNOWN) != 0u) {
        value = channel_albedo(i, c, n, found.removed);
      }
      put(albedo + 3u * i + c, value);
    }
  }
  put((3u + CHANNELS) * room + i, found.residual);
  put((4u + CHANNELS) * room + i, found.confidence);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = id.x;
  var state = 0u;
  if (i < tile.y) {
    let found = find(i);
    write(i, found);
    state = found.state;
  }
  // Four states a word.
  states[local] = state;
  workgroupBarrier();
  if ((local & 3u) == 0u) {
    let word = states[local] | (states[local + 1u] << 8u) | (states[local + 2u] << 16u) | (states[local + 3u] << 24u);
    maps[(5u + CHANNELS) * tile.w + (i >> 2u)] = word;
  }
}
