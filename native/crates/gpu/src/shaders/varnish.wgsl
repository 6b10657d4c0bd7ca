// Takes the varnish's lobe out of a pixel's samples, at the slope that then explains the pixel.

const STEPS: u32 = 5u;
const SMALL_STEP: f32 = 2e-3;
const MAX_STEP: f32 = 0.15;
const STEEPEST: f32 = 1.2;
// Half vectors are computed at every pixel that starts a group of this many, and are linear between, as the processor
// does to save roots (over twice as many where pixels are small); coarse slopes are those of that pixel.
const NODE: u32 = 64u;

// The lobe of every light, and its slopes along p and q.
var<private> shine: array<f32, LIGHTS>;
var<private> by_p: array<f32, LIGHTS>;
var<private> by_q: array<f32, LIGHTS>;

// Half vectors between light and camera.
var<private> halves: array<vec3<f32>, LIGHTS>;

fn half_vector(k: u32, x: f32, y: f32) -> vec3<f32> {
  var view = vec3(0.0, 0.0, 1.0);
  if (CAMERA) {
    view = normalize(vec3((side.place.y - x) * side.place.x, (side.place.z - y) * side.place.x, side.lobe.z));
  }
  return normalize(towards_light(k, x, y).xyz + view);
}

// `strength * lobe(n.h) * n.l` and its slopes at the normal of slopes p, q.
fn evaluate(p: f32, q: f32) {
  let w = 1.0 / sqrt(1.0 + p * p + q * q);
  for (var k = 0u; k < LIGHTS; k++) {
    let l = towards[k];
    let h = halves[k];
    let c = (h.z - p * h.x - q * h.y) * w;
    let d = (l.z - p * l.x - q * l.y) * w;
    let lit = max(d, 0.0);
    let u = 1.0 - c;
    let f = side.lobe.x * exp(max(-side.lobe.y * (u + 0.5 * u * u), -80.0));
    // d(n.h)/dp = -h_x w - (n.h) p w^2, the same for l.
    let steep = f * side.lobe.y * (1.0 + u) * lit;
    let level = select(0.0, f, d > 0.0);
    let w2 = w * w;
    shine[k] = f * lit;
    by_p[k] = steep * (-h.x * w - c * p * w2) + level * (-l.x * w - d * p * w2);
    by_q[k] = steep * (-h.y * w - c * q * w2) + level * (-l.y * w - d * q * w2);
  }
}

// Newton step towards slopes that agree with the diffuse part they leave; 0 where there is no diffuse part.
fn newton(fit: Fit, p: f32, q: f32) -> vec2<f32> {
  var s = vec3(0.0);
  var sp = vec3(0.0);
  var sq = vec3(0.0);
  for (var k = 0u; k < LIGHTS; k++) {
    let d = towards[k];
    s += d * shine[k];
    sp += d * by_p[k];
    sq += d * by_q[k];
  }
  let fp = times(fit.inverse, sp);
  let fq = times(fit.inverse, sq);
  let d = fit.g - times(fit.inverse, s);
  let ex = d.x + p * d.z;
  let ey = d.y + q * d.z;
  let xx = d.z - fp.x - p * fp.z;
  let xy = -fq.x - p * fq.z;
  let yx = -fp.y - q * fp.z;
  let yy = d.z - fq.y - q * fq.z;
  let det = xx * yy - xy * yx;
  if (!(d.z > 0.0 && det > 1e-4 * fit.g.z * fit.g.z)) {
    return vec2(0.0);
  }
  let turn = vec2(yy * ex - xy * ey, xx * ey - yx * ex) * (-1.0 / det);
  return clamp(turn, vec2(-MAX_STEP), vec2(MAX_STEP));
}

// Fills `shine` for the pixel (x, y) of this fit and subtracts it from `samples`.
fn unvarnish(fit: Fit, x: u32, y: u32) {
  let node = x - x % NODE;
  let share = f32(x % NODE) / f32(NODE);
  for (var k = 0u; k < LIGHTS; k++) {
    let a = half_vector(k, f32(node), f32(y));
    halves[k] = a + share * (half_vector(k, f32(node + NODE), f32(y)) - a);
  }
  let pitch = side.place.x;
  let coarse = vec3(1.0, (f32(node) - side.place.y) * pitch, (f32(y) - side.place.z) * pitch);
  var p = dot(side.slopes[0].xyz, coarse);
  var q = dot(side.slopes[1].xyz, coarse);
  for (var round = 0u; round < STEPS; round++) {
    evaluate(p, q);
    let turn = newton(fit, p, q);
    p = clamp(p + turn.x, -STEEPEST, STEEPEST);
    q = clamp(q + turn.y, -STEEPEST, STEEPEST);
    for (var k = 0u; k < LIGHTS; k++) {
      shine[k] += by_p[k] * turn.x + by_q[k] * turn.y;
    }
    if (max(abs(turn.x), abs(turn.y)) < SMALL_STEP) {
      break;
    }
  }
  for (var k = 0u; k < LIGHTS; k++) {
    samples[k] -= shine[k];
  }
}
