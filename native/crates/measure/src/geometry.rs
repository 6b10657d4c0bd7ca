//! Points, sides and low-order edge curves in image coordinates.

use serde::{Deserialize, Serialize};

/// A position in pixels; integer coordinates are pixel centres, x right, y down.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    /// This point moved by `distance` along a direction.
    #[must_use]
    pub fn moved(self, direction: [f64; 2], distance: f64) -> Self {
        Self {
            x: self.x + direction[0] * distance,
            y: self.y + direction[1] * distance,
        }
    }

    /// Distance to another point, px.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Vector from `origin` to this point.
    #[must_use]
    pub fn from(self, origin: Self) -> [f64; 2] {
        [self.x - origin.x, self.y - origin.y]
    }
}

/// Dot product.
#[must_use]
pub fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// A side of the card as it lies in the image (rotation within 45 degrees).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Smaller x.
    Left,
    /// Larger x.
    Right,
    /// Smaller y.
    Top,
    /// Larger y.
    Bottom,
}

impl Side {
    /// All sides in the order of the report.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Top, Self::Bottom];

    /// Place in [`Side::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Left => 0,
            Self::Right => 1,
            Self::Top => 2,
            Self::Bottom => 3,
        }
    }

    /// Stations on this side: 7 on vertical edges, 5 on horizontal ones.
    #[must_use]
    pub fn stations(self) -> usize {
        match self {
            Self::Left | Self::Right => 7,
            Self::Top | Self::Bottom => 5,
        }
    }

    /// The word used in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Top => "top",
            Self::Bottom => "bottom",
        }
    }
}

/// A local frame: an origin, the tangent of an edge and its normal.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Frame {
    /// Where u = v = 0.
    pub origin: Point,
    /// Unit vector of u, along the edge.
    pub tangent: [f64; 2],
    /// Unit vector of v, across the edge (into the card for card edges).
    pub normal: [f64; 2],
}

impl Frame {
    /// Image position of frame coordinates.
    #[must_use]
    pub fn at(&self, u: f64, v: f64) -> Point {
        self.origin.moved(self.tangent, u).moved(self.normal, v)
    }

    /// The frame turned so that its tangent has slope `slope` in the old frame, with its origin at (u, v) of the old one.
    #[must_use]
    pub fn turned(&self, u: f64, v: f64, slope: f64) -> Self {
        let c = 1.0 / slope.hypot(1.0);
        let s = slope * c;
        Self {
            origin: self.at(u, v),
            tangent: [
                self.tangent[0] * c + self.normal[0] * s,
                self.tangent[1] * c + self.normal[1] * s,
            ],
            normal: [
                self.normal[0] * c - self.tangent[0] * s,
                self.normal[1] * c - self.tangent[1] * s,
            ],
        }
    }
}

/// A line or parabola `v = c0 + c1 q + c2 q^2`, q = u / half length, in the frame of a card side.
///
/// u runs from top to bottom on vertical sides and from left to right on horizontal ones; v grows into the card.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EdgeCurve {
    /// Frame of the side.
    pub frame: Frame,
    /// Half the length of the side, px: the unit of q.
    pub half_length: f64,
    /// Polynomial coefficients, px.
    pub coefficients: [f64; 3],
}

impl EdgeCurve {
    /// v at u, px.
    #[must_use]
    pub fn v(&self, u: f64) -> f64 {
        let q = u / self.half_length;
        self.coefficients[0] + q * (self.coefficients[1] + q * self.coefficients[2])
    }

    /// dv/du at u.
    #[must_use]
    pub fn slope(&self, u: f64) -> f64 {
        let q = u / self.half_length;
        (self.coefficients[1] + 2.0 * q * self.coefficients[2]) / self.half_length
    }

    /// Image position at u.
    #[must_use]
    pub fn at(&self, u: f64) -> Point {
        self.frame.at(u, self.v(u))
    }

    /// Frame with its origin on the curve at u and its tangent along the curve.
    #[must_use]
    pub fn local(&self, u: f64) -> Frame {
        self.frame.turned(u, self.v(u), self.slope(u))
    }

    /// u of an image point projected on the side's tangent.
    #[must_use]
    pub fn u_of(&self, point: Point) -> f64 {
        dot(point.from(self.frame.origin), self.frame.tangent)
    }

    /// Signed distance of an image point from the curve along the frame's normal, px; positive is inside the card.
    #[must_use]
    pub fn offset_of(&self, point: Point) -> f64 {
        dot(point.from(self.frame.origin), self.frame.normal) - self.v(self.u_of(point))
    }

    /// Where two curves meet (Newton from the meeting point of their chords); `None` for parallel curves.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Option<Point> {
        let (mut a, mut b) = (0.0, 0.0);
        for _ in 0..20 {
            let gap = other.at(b).from(self.at(a));
            let (da, db) = (self.local(a).tangent, other.local(b).tangent);
            let (sa, sb) = (self.slope(a).hypot(1.0), other.slope(b).hypot(1.0));
            let det = -da[0] * db[1] + da[1] * db[0];
            if det.abs() < 0.1 {
                return None;
            }
            let step_a = (-gap[0] * db[1] + gap[1] * db[0]) / det / sa;
            let step_b = (da[0] * gap[1] - da[1] * gap[0]) / det / sb;
            a += step_a;
            b += step_b;
            if step_a.abs() + step_b.abs() < 1e-9 {
                break;
            }
        }
        let point = self.at(a);
        (point.distance(other.at(b)) < 1e-6).then_some(point)
    }

    /// u at which the arc length between `from` and `to` has reached the fraction `part` (Simpson steps; exact for lines).
    #[must_use]
    pub fn u_at_fraction(&self, from: f64, to: f64, part: f64) -> f64 {
        const STEPS: usize = 64;
        let h = (to - from) / STEPS as f64;
        let speed = |u: f64| self.slope(u).hypot(1.0);
        let lengths: Vec<f64> = (0..STEPS)
            .map(|i| {
                let u = from + i as f64 * h;
                h / 6.0 * (speed(u) + 4.0 * speed(u + 0.5 * h) + speed(u + h))
            })
            .collect();
        let mut rest = part * lengths.iter().sum::<f64>();
        for (i, length) in lengths.iter().enumerate() {
            if rest.abs() <= length.abs() {
                return from + (i as f64 + rest / length) * h;
            }
            rest -= length;
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(origin: (f64, f64), degrees: f64, coefficients: [f64; 3]) -> EdgeCurve {
        let (s, c) = degrees.to_radians().sin_cos();
        EdgeCurve {
            frame: Frame {
                origin: Point {
                    x: origin.0,
                    y: origin.1,
                },
                tangent: [c, s],
                normal: [-s, c],
            },
            half_length: 100.0,
            coefficients,
        }
    }

    #[test]
    fn two_lines_meet_where_algebra_says() {
        let a = curve((0.0, 10.0), 0.0, [0.0, 5.0, 0.0]);
        let b = curve((20.0, 0.0), 90.0, [0.0; 3]);
        let p = a.meet(&b).unwrap();
        assert!((p.x - 20.0).abs() < 1e-9 && (p.y - 11.0).abs() < 1e-9, "{p:?}");
        assert!(a.meet(&a).is_none());
    }

    #[test]
    fn a_bowed_edge_meets_a_line_on_both_curves() {
        let a = curve((0.0, 10.0), 3.0, [1.0, 2.0, -4.0]);
        let b = curve((80.0, 0.0), 91.0, [0.5, 0.1, 2.0]);
        let p = a.meet(&b).unwrap();
        assert!(a.offset_of(p).abs() < 1e-6 && b.offset_of(p).abs() < 1e-6);
    }

    #[test]
    fn fractions_of_a_symmetric_bow_are_symmetric() {
        let a = curve((0.0, 0.0), 0.0, [0.0, 0.0, 30.0]);
        assert!(a.u_at_fraction(-100.0, 100.0, 0.5).abs() < 1e-9);
        let quarter = a.u_at_fraction(-100.0, 100.0, 0.25);
        assert!((quarter + a.u_at_fraction(-100.0, 100.0, 0.75)).abs() < 1e-9);
        // The ends are steeper, so equal arc covers less u there.
        assert!(quarter < -50.0);
    }
}
