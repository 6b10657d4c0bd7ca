//! Raw pixels of an oriented rectangle, read row by row from a linear source without resampling.

use crate::geometry::Frame;
use imaging::LinearSource;

/// An oriented rectangle in the coordinates of a frame, px.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Where u and v are measured from.
    pub frame: Frame,
    /// Range along the edge.
    pub u: [f64; 2],
    /// Range across the edge.
    pub v: [f64; 2],
}

impl Window {
    /// Whether the whole rectangle lies on pixels of the image.
    #[must_use]
    pub fn inside(&self, src: &dyn LinearSource) -> bool {
        let (w, h) = (src.width() as f64 - 1.0, src.height() as f64 - 1.0);
        self.corners()
            .iter()
            .all(|p| p[0] >= 0.0 && p[1] >= 0.0 && p[0] <= w && p[1] <= h)
    }

    fn corners(&self) -> [[f64; 2]; 4] {
        let at = |u: f64, v: f64| {
            let p = self.frame.at(u, v);
            [p.x, p.y]
        };
        [
            at(self.u[0], self.v[0]),
            at(self.u[1], self.v[0]),
            at(self.u[1], self.v[1]),
            at(self.u[0], self.v[1]),
        ]
    }

    /// Calls `visit(u, v, light)` for every pixel whose centre lies in the rectangle and in the image.
    ///
    /// Pixels keep their exact frame coordinates: nothing is interpolated, because resampling costs 0.03 px.
    pub fn for_each_pixel(&self, src: &dyn LinearSource, buffer: &mut Vec<f32>, mut visit: impl FnMut(f64, f64, f32)) {
        let corners = self.corners();
        let low = corners.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min);
        let high = corners.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max);
        if !(low.is_finite() && high.is_finite()) || high < 0.0 {
            return;
        }
        let (tangent, normal) = (self.frame.tangent, self.frame.normal);
        let last_row = high.floor().min(src.height() as f64 - 1.0);
        let mut y = low.ceil().max(0.0);
        while y <= last_row {
            let dy = y - self.frame.origin.y;
            let mut range = [0.0, src.width() as f64 - 1.0];
            clip(
                &mut range,
                tangent[0],
                dy * tangent[1] - self.frame.origin.x * tangent[0],
                self.u,
            );
            clip(
                &mut range,
                normal[0],
                dy * normal[1] - self.frame.origin.x * normal[0],
                self.v,
            );
            let (first, last) = (range[0].ceil(), range[1].floor());
            if last >= first {
                let n = (last - first) as usize + 1;
                buffer.resize(n, 0.0);
                src.read_row(y as usize, first as usize, buffer);
                for (i, &light) in buffer.iter().enumerate() {
                    let dx = first + i as f64 - self.frame.origin.x;
                    visit(
                        dx * tangent[0] + dy * tangent[1],
                        dx * normal[0] + dy * normal[1],
                        light,
                    );
                }
            }
            y += 1.0;
        }
    }
}

/// Narrows `range` to the x for which `slope * x + offset` lies in `bounds`.
fn clip(range: &mut [f64; 2], slope: f64, offset: f64, bounds: [f64; 2]) {
    if slope.abs() < 1e-12 {
        if offset < bounds[0] || offset > bounds[1] {
            range[1] = range[0] - 1.0;
        }
        return;
    }
    let (a, b) = ((bounds[0] - offset) / slope, (bounds[1] - offset) / slope);
    range[0] = range[0].max(a.min(b));
    range[1] = range[1].min(a.max(b));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use imaging::{Plane, PlaneSource};

    #[test]
    fn every_pixel_centre_in_the_rectangle_is_visited_once_with_its_coordinates() {
        let mut plane = Plane::filled(40, 30, 0.0);
        for (i, value) in plane.data.iter_mut().enumerate() {
            *value = i as f32;
        }
        for degrees in [0.0f64, 17.0, 45.0, 90.0, -130.0] {
            let (s, c) = degrees.to_radians().sin_cos();
            let frame = Frame {
                origin: Point { x: 18.3, y: 14.1 },
                tangent: [c, s],
                normal: [-s, c],
            };
            let window = Window {
                frame,
                u: [-30.0, 6.5],
                v: [-3.25, 4.0],
            };
            let mut seen = Vec::new();
            window.for_each_pixel(&PlaneSource(&plane), &mut Vec::new(), |u, v, light| {
                let p = frame.at(u, v);
                assert!((p.y.round() * 40.0 + p.x.round() - f64::from(light)).abs() < 1e-3);
                seen.push(light as usize);
            });
            seen.sort_unstable();
            let expected: Vec<usize> = (0..40 * 30)
                .filter(|i| {
                    let d = [(i % 40) as f64 - 18.3, (i / 40) as f64 - 14.1];
                    let (u, v) = (d[0] * c + d[1] * s, -d[0] * s + d[1] * c);
                    (-30.0..=6.5).contains(&u) && (-3.25..=4.0).contains(&v)
                })
                .collect();
            assert_eq!(seen, expected, "{degrees}");
        }
    }
}
