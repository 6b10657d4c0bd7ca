// Least squares of all lights at a pixel, and how certain its normal is.

// A symmetric matrix: xx xy xz, yy yz zz.
struct Sym3 {
  a: vec3<f32>,
  b: vec3<f32>,
}

struct Fit {
  // Albedo times normal.
  g: vec3<f32>,
  // Sum of squared residuals.
  rss: f32,
  // (S^T S)^-1 of the lights used.
  inverse: Sym3,
}

fn times(m: Sym3, v: vec3<f32>) -> vec3<f32> {
  return vec3(
    m.a.x * v.x + m.a.y * v.y + m.a.z * v.z,
    m.a.y * v.x + m.b.x * v.y + m.b.y * v.z,
    m.a.z * v.x + m.b.y * v.y + m.b.z * v.z,
  );
}

// Cofactors of a matrix, and its determinant.
struct Adjugate {
  m: Sym3,
  det: f32,
}

fn adjugate(m: Sym3) -> Adjugate {
  let a = vec3(
    m.b.x * m.b.z - m.b.y * m.b.y,
    m.a.z * m.b.y - m.a.y * m.b.z,
    m.a.y * m.b.y - m.a.z * m.b.x,
  );
  let b = vec3(
    m.a.x * m.b.z - m.a.z * m.a.z,
    m.a.y * m.a.z - m.a.x * m.b.y,
    m.a.x * m.b.x - m.a.y * m.a.y,
  );
  return Adjugate(Sym3(a, b), m.a.x * a.x + m.a.y * a.y + m.a.z * a.z);
}

fn residual(k: u32, g: vec3<f32>) -> f32 {
  return samples[k] - dot(towards[k], g);
}

fn least_squares() -> Fit {
  var fit: Fit;
  if (NEAR) {
    var m: Sym3;
    var right = vec3(0.0);
    for (var k = 0u; k < LIGHTS; k++) {
      let d = towards[k];
      m.a += d.x * d;
      m.b += vec3(d.y * d.y, d.y * d.z, d.z * d.z);
      right += d * samples[k];
    }
    let cofactors = adjugate(m);
    let scale = 1.0 / cofactors.det;
    fit.inverse = Sym3(cofactors.m.a * scale, cofactors.m.b * scale);
    fit.g = times(fit.inverse, right);
  } else {
    fit.inverse = Sym3(side.inverse[0].xyz, vec3(side.inverse[0].w, side.inverse[1].xy));
    for (var k = 0u; k < LIGHTS; k++) {
      fit.g += side.lights[k].pseudo.xyz * samples[k];
    }
  }
  for (var k = 0u; k < LIGHTS; k++) {
    let r = residual(k, fit.g);
    fit.rss += r * r;
  }
  return fit;
}

// Variance of the normal as an angle for samples of variance 1 and albedo 1: tr(P C P), P = I - n n^T.
fn spread(c: Sym3, n: vec3<f32>) -> f32 {
  return max(c.a.x + c.b.x + c.b.z - dot(n, times(c, n)), 0.0);
}

const DEGREES: f32 = 57.29577951308232;
