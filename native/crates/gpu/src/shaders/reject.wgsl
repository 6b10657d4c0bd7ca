// Rejection at a doubtful pixel: all subsets with one to three of at most eight samples removed.
//
// Removing the samples D lowers the sum of squares by r_D^T (I - H)_DD^-1 r_D (Cook & Weisberg 1982), so every subset is
// judged without refitting.

const LEAST_REST: f32 = 0.02;
const MOST_SKEW: f32 = 900.0;

// Residuals and I - H of the fit of all samples.
var<private> left: array<f32, LIGHTS>;
var<private> rest: array<array<f32, LIGHTS>, LIGHTS>;

struct Best {
  gain: f32,
  bits: u32,
}

fn offer(best: Best, gain: f32, bits: u32) -> Best {
  if (gain > best.gain) {
    return Best(gain, bits);
  }
  return best;
}

fn influence(fit: Fit) {
  for (var k = 0u; k < LIGHTS; k++) {
    left[k] = residual(k, fit.g);
    let along = times(fit.inverse, towards[k]);
    for (var j = 0u; j <= k; j++) {
      rest[k][j] = select(0.0, 1.0, j == k) - dot(along, towards[j]);
    }
  }
}

fn singles() -> Best {
  var best = Best(-1.0, 0u);
  for (var k = 0u; k < LIGHTS; k++) {
    let a = rest[k][k];
    best = offer(best, select(-1.0, left[k] * left[k] / a, a > LEAST_REST), 1u << k);
  }
  return best;
}

fn pairs() -> Best {
  var best = Best(-1.0, 0u);
  for (var k = 1u; k < LIGHTS; k++) {
    for (var j = 0u; j < k; j++) {
      let p = left[k];
      let q = left[j];
      let a = rest[k][k];
      let c = rest[j][j];
      let o = rest[k][j];
      let det = a * c - o * o;
      let sum = (p * p * c - 2.0 * p * q * o + q * q * a) / det;
      best = offer(best, select(-1.0, sum, det > LEAST_REST * LEAST_REST), (1u << k) | (1u << j));
    }
  }
  return best;
}

fn triples() -> Best {
  var best = Best(-1.0, 0u);
  for (var k = 2u; k < LIGHTS; k++) {
    for (var j = 1u; j < k; j++) {
      // The pair is eliminated once for all third samples (Schur complement).
      let p = left[k];
      let q = left[j];
      let det = rest[k][k] * rest[j][j] - rest[k][j] * rest[k][j];
      let usable = det > LEAST_REST * LEAST_REST;
      let a = rest[j][j] / det;
      let c = rest[k][k] / det;
      let o = -rest[k][j] / det;
      let pair = p * p * a + 2.0 * p * q * o + q * q * c;
      for (var m = 0u; m < j; m++) {
        let u = rest[k][m];
        let v = rest[j][m];
        let x = a * u + o * v;
        let y = o * u + c * v;
        let schur = rest[m][m] - x * u - y * v;
        let r = left[m] - x * p - y * q;
        let sum = pair + r * r / schur;
        let bits = (1u << k) | (1u << j) | (1u << m);
        best = offer(best, select(-1.0, sum, usable && schur > LEAST_REST), bits);
      }
    }
  }
  return best;
}

// The samples whose removal lets the rest agree, one bit a light; all bits where there are none.
fn disagreeing(fit: Fit) -> u32 {
  let albedo = length(fit.g);
  let model = variance(albedo);
  let square = albedo * albedo;
  influence(fit);
  for (var count = 1u; count <= REMOVABLE; count++) {
    var best: Best;
    switch count {
      case 1u: { best = singles(); }
      case 2u: { best = pairs(); }
      default: { best = triples(); }
    }
    let limit = side.limits[count];
    if (best.gain >= 0.0 && fit.rss - best.gain <= model * limit.x + limit.y * square) {
      return best.bits;
    }
  }
  return 0xffffffffu;
}

// Least squares without the samples of `removed`; a sum of squares below 0 says that the rest does not span space.
fn refit(removed: u32) -> Fit {
  var m: Sym3;
  var right = vec3(0.0);
  for (var k = 0u; k < LIGHTS; k++) {
    if ((removed & (1u << k)) == 0u) {
      let d = towards[k];
      m.a += d.x * d;
      m.b += vec3(d.y * d.y, d.y * d.z, d.z * d.z);
      right += d * samples[k];
    }
  }
  var fit: Fit;
  let cofactors = adjugate(m);
  let trace = m.a.x + m.b.x + m.b.z;
  if (!(trace * trace * trace <= 4.0 * MOST_SKEW * cofactors.det)) {
    fit.rss = -1.0;
    return fit;
  }
  let scale = 1.0 / cofactors.det;
  fit.inverse = Sym3(cofactors.m.a * scale, cofactors.m.b * scale);
  fit.g = times(fit.inverse, right);
  for (var k = 0u; k < LIGHTS; k++) {
    if ((removed & (1u << k)) == 0u) {
      let r = residual(k, fit.g);
      fit.rss += r * r;
    }
  }
  return fit;
}
