//! The card's frame: pixels to millimetres along the card's edges and back, and the ideal rounded outline.

use crate::types::CardFrame;

/// Maps between pixels and the card's frame (origin at its centre, x right, y down, mm).
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Width and height of the ideal rectangle, mm.
    pub size_mm: [f64; 2],
    /// Millimetres per pixel.
    pub pitch: f64,
    to_px: [f64; 9],
    to_mm: [f64; 9],
}

impl Frame {
    /// Projective map fixed by the four ideal corners (Heckbert 1989, square to quadrilateral); the rectangle's
    /// size is the mean length of opposite edges times the pitch. `None` for a degenerate quadrilateral.
    pub fn new(card: &CardFrame) -> Option<Self> {
        let c = card.corners_px;
        let len = |a: usize, b: usize| (c[b][0] - c[a][0]).hypot(c[b][1] - c[a][1]);
        let pitch = card.pixel_pitch_mm;
        let w = 0.5 * (len(0, 1) + len(3, 2)) * pitch;
        let h = 0.5 * (len(0, 3) + len(1, 2)) * pitch;
        let unit = square_to_quad(&c)?;
        // Unit square (u, v) from mm: u = x / w + 0.5.
        let scale = [1.0 / w, 0.0, 0.5, 0.0, 1.0 / h, 0.5, 0.0, 0.0, 1.0];
        let to_px = mul(&unit, &scale);
        let to_mm = invert(&to_px)?;
        let frame = Self {
            size_mm: [w, h],
            pitch,
            to_px,
            to_mm,
        };
        (w.is_finite() && h.is_finite()).then_some(frame)
    }

    /// Pixel to card frame, mm.
    pub fn mm(&self, px: [f64; 2]) -> [f64; 2] {
        apply(&self.to_mm, px)
    }

    /// Card frame (mm) to pixel.
    pub fn px(&self, mm: [f64; 2]) -> [f64; 2] {
        apply(&self.to_px, mm)
    }

    /// Distance (mm) of a card-frame point inside the ideal outline with corner radius `r`; negative outside.
    pub fn inside_mm(&self, p: [f64; 2], r: f64) -> f64 {
        let dx = 0.5 * self.size_mm[0] - p[0].abs();
        let dy = 0.5 * self.size_mm[1] - p[1].abs();
        if dx < r && dy < r {
            r - (r - dx).hypot(r - dy)
        } else {
            dx.min(dy)
        }
    }
}

fn apply(m: &[f64; 9], p: [f64; 2]) -> [f64; 2] {
    let w = m[6] * p[0] + m[7] * p[1] + m[8];
    [
        (m[0] * p[0] + m[1] * p[1] + m[2]) / w,
        (m[3] * p[0] + m[4] * p[1] + m[5]) / w,
    ]
}

fn square_to_quad(c: &[[f64; 2]; 4]) -> Option<[f64; 9]> {
    let [p0, p1, p2, p3] = *c;
    let (sx, sy) = (p0[0] - p1[0] + p2[0] - p3[0], p0[1] - p1[1] + p2[1] - p3[1]);
    let (dx1, dy1) = (p1[0] - p2[0], p1[1] - p2[1]);
    let (dx2, dy2) = (p3[0] - p2[0], p3[1] - p2[1]);
    let det = dx1 * dy2 - dx2 * dy1;
    if !det.is_finite() || det.abs() < 1e-9 {
        return None;
    }
    let g = (sx * dy2 - dx2 * sy) / det;
    let h = (dx1 * sy - sx * dy1) / det;
    Some([
        p1[0] - p0[0] + g * p1[0],
        p3[0] - p0[0] + h * p3[0],
        p0[0],
        p1[1] - p0[1] + g * p1[1],
        p3[1] - p0[1] + h * p3[1],
        p0[1],
        g,
        h,
        1.0,
    ])
}

fn mul(a: &[f64; 9], b: &[f64; 9]) -> [f64; 9] {
    std::array::from_fn(|i| (0..3).map(|k| a[i / 3 * 3 + k] * b[k * 3 + i % 3]).sum())
}

fn invert(m: &[f64; 9]) -> Option<[f64; 9]> {
    let c = |a: usize, b: usize, d: usize, e: usize| m[a] * m[b] - m[d] * m[e];
    let adj = [
        c(4, 8, 5, 7),
        c(2, 7, 1, 8),
        c(1, 5, 2, 4),
        c(5, 6, 3, 8),
        c(0, 8, 2, 6),
        c(2, 3, 0, 5),
        c(3, 7, 4, 6),
        c(1, 6, 0, 7),
        c(0, 4, 1, 3),
    ];
    let det = m[0] * adj[0] + m[1] * adj[3] + m[2] * adj[6];
    (det.is_finite() && det.abs() > 1e-12).then(|| adj.map(|v| v / det))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tilted() -> CardFrame {
        CardFrame {
            corners_px: [[100.0, 80.0], [1680.0, 110.0], [1660.0, 2300.0], [75.0, 2290.0]],
            pixel_pitch_mm: 0.04,
            corner_radius_mm: Some(3.0),
            border_px: None,
            rig: Default::default(),
        }
    }

    #[test]
    fn the_corners_map_to_the_rectangle_and_back() {
        let card = tilted();
        let f = Frame::new(&card).unwrap();
        let (w, h) = (f.size_mm[0] / 2.0, f.size_mm[1] / 2.0);
        let ideal = [[-w, -h], [w, -h], [w, h], [-w, h]];
        for (mm, px) in ideal.iter().zip(card.corners_px) {
            let got = f.mm(px);
            assert!((got[0] - mm[0]).abs() < 1e-9 && (got[1] - mm[1]).abs() < 1e-9);
            let back = f.px(f.mm([500.0, 700.0]));
            assert!((back[0] - 500.0).abs() < 1e-8 && (back[1] - 700.0).abs() < 1e-8);
        }
    }

    #[test]
    fn distance_inside_a_rounded_corner() {
        let f = Frame::new(&tilted()).unwrap();
        let (w, h) = (f.size_mm[0] / 2.0, f.size_mm[1] / 2.0);
        assert!((f.inside_mm([0.0, h - 1.0], 3.0) - 1.0).abs() < 1e-12);
        assert!((f.inside_mm([w - 3.0, h - 3.0], 3.0) - 3.0).abs() < 1e-12);
        let ideal_corner = f.inside_mm([w, h], 3.0);
        assert!((ideal_corner - (3.0 - 18f64.sqrt())).abs() < 1e-12);
    }

    #[test]
    fn a_degenerate_card_is_refused() {
        let mut card = tilted();
        card.corners_px = [[0.0, 0.0], [10.0, 10.0], [20.0, 20.0], [30.0, 30.0]];
        assert!(Frame::new(&card).is_none());
    }
}
