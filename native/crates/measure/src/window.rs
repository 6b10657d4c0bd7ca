//! Raw pixels of an oriented rectangle, read row by row from a linear source without resampling.

use crate::geometry::Frame;
use imaging::{LinearSource, Span};

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

    /// Reads every pixel whose centre lies in the rectangle and in the image.
    ///
    /// Pixels keep their exact frame coordinates: nothing is interpolated, because resampling costs 0.03 px.
    #[must_use]
    pub fn read(&self, src: &dyn LinearSource) -> Pixels {
        let spans = self.spans(src.width(), src.height());
        let mut light = vec![0.0; spans.iter().map(|s| s.length).sum()];
        src.read_spans(&spans, &mut light);
        Pixels {
            frame: self.frame,
            spans,
            light,
        }
    }

    /// The part of each image row inside the rectangle.
    fn spans(&self, width: usize, height: usize) -> Vec<Span> {
        let corners = self.corners();
        let low = corners.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min);
        let high = corners.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max);
        if !(low.is_finite() && high.is_finite()) || high < 0.0 {
            return Vec::new();
        }
        let (tangent, normal) = (self.frame.tangent, self.frame.normal);
        let (along, across) = (Clip::new(tangent[0], self.u), Clip::new(normal[0], self.v));
        let (first_row, last_row) = (low.ceil().max(0.0), high.floor().min(height as f64 - 1.0));
        let mut spans = Vec::with_capacity((last_row - first_row + 1.0).max(0.0) as usize);
        let mut y = first_row;
        while y <= last_row {
            let dy = y - self.frame.origin.y;
            let mut range = [0.0, width as f64 - 1.0];
            let place = |axis: [f64; 2]| dy * axis[1] - self.frame.origin.x * axis[0];
            along.narrow(&mut range, place(tangent));
            across.narrow(&mut range, place(normal));
            let (first, last) = (range[0].ceil(), range[1].floor());
            if last >= first {
                spans.push(Span {
                    y: y as usize,
                    x0: first as usize,
                    length: (last - first) as usize + 1,
                });
            }
            y += 1.0;
        }
        spans
    }
}

/// The pixels of a window.
pub struct Pixels {
    frame: Frame,
    spans: Vec<Span>,
    light: Vec<f32>,
}

/// Pixels of one image row: frame coordinates of the first and linear light of all.
pub struct Row<'a> {
    /// u of the first pixel.
    pub u: f64,
    /// v of the first pixel.
    pub v: f64,
    /// Linear light.
    pub light: &'a [f32],
}

impl Pixels {
    /// Steps of u and v from one pixel of a row to the next.
    #[must_use]
    pub fn step(&self) -> [f64; 2] {
        [self.frame.tangent[0], self.frame.normal[0]]
    }

    /// Row by row from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let (origin, t, n) = (self.frame.origin, self.frame.tangent, self.frame.normal);
        self.spans.iter().scan(0, move |from, span| {
            let light = &self.light[*from..*from + span.length];
            *from += span.length;
            let (dx, dy) = (span.x0 as f64 - origin.x, span.y as f64 - origin.y);
            Some(Row {
                u: dx * t[0] + dy * t[1],
                v: dx * n[0] + dy * n[1],
                light,
            })
        })
    }

    /// Every pixel as (u, v, light).
    pub fn each(&self) -> impl Iterator<Item = (f64, f64, f32)> {
        let [du, dv] = self.step();
        self.rows().flat_map(move |row| {
            let place = move |i: usize| (row.u + i as f64 * du, row.v + i as f64 * dv);
            row.light.iter().enumerate().map(move |(i, &light)| {
                let (u, v) = place(i);
                (u, v, light)
            })
        })
    }
}

/// The x for which `slope * x + offset` lies in `bounds`, for many offsets.
pub struct Clip {
    bounds: [f64; 2],
    /// 1 / slope; `None` where the slope is 0.
    per_slope: Option<f64>,
}

impl Clip {
    /// For a slope.
    #[must_use]
    pub fn new(slope: f64, bounds: [f64; 2]) -> Self {
        let per_slope = (slope.abs() >= 1e-12).then(|| 1.0 / slope);
        Self { bounds, per_slope }
    }

    /// Narrows `range` to those x; empty (first above last) where there are none.
    pub fn narrow(&self, range: &mut [f64; 2], offset: f64) {
        let [low, high] = self.bounds;
        let Some(k) = self.per_slope else {
            if offset < low || offset > high {
                range[1] = range[0] - 1.0;
            }
            return;
        };
        let (a, b) = ((low - offset) * k, (high - offset) * k);
        range[0] = range[0].max(a.min(b));
        range[1] = range[1].min(a.max(b));
    }
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
            for (u, v, light) in window.read(&PlaneSource(&plane)).each() {
                let p = frame.at(u, v);
                assert!((p.y.round() * 40.0 + p.x.round() - f64::from(light)).abs() < 1e-3);
                seen.push(light as usize);
            }
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
