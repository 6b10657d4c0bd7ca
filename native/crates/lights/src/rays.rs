//! Where several rays meet: a light seen from two or more balls.

use crate::dense::{cholesky, substitute};
use crate::vector::{along, dot, minus, norm, unit};
use serde::Serialize;

/// A half line towards a light.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ray {
    /// Where it starts, mm.
    pub from: [f64; 3],
    /// Towards the light, of length 1.
    pub direction: [f64; 3],
}

/// The point nearest to all rays.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    /// The point, mm.
    pub position_mm: [f64; 3],
    /// Root mean square distance of the rays from it, mm.
    pub residual_mm: f64,
}

/// Least-squares meeting point of two or more rays; `None` where they are parallel or meet behind their starts.
///
/// Minimises the sum of squared distances to the lines: `sum (I - d d^T) (x - p) = 0`.
#[must_use]
pub fn meeting_point(rays: &[Ray]) -> Option<Meeting> {
    if rays.len() < 2 {
        return None;
    }
    let (mut matrix, mut right) = ([0.0; 9], [0.0; 3]);
    for ray in rays {
        let d = unit(ray.direction);
        for i in 0..3 {
            for j in 0..3 {
                let p = f64::from(u8::from(i == j)) - d[i] * d[j];
                matrix[i * 3 + j] += p;
                right[i] += p * ray.from[j];
            }
        }
    }
    // Rays within half a degree of parallel put the point at more than a hundred baselines: no position.
    let spread = rays
        .iter()
        .flat_map(|a| rays.iter().map(move |b| dot(unit(a.direction), unit(b.direction))));
    if spread.fold(1.0, f64::min) > 0.5f64.to_radians().cos() {
        return None;
    }
    let x = substitute(&cholesky(&matrix, 3)?, 3, &right);
    let position = [x[0], x[1], x[2]];
    let mut sum = 0.0;
    for ray in rays {
        let d = unit(ray.direction);
        let t = dot(minus(position, ray.from), d);
        if t <= 0.0 {
            return None;
        }
        sum += norm(minus(position, along(ray.from, t, d))).powi(2);
    }
    Some(Meeting {
        position_mm: position,
        residual_mm: (sum / rays.len() as f64).sqrt(),
    })
}
