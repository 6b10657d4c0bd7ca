//! Where a print lies on a card: shift, turn and scale.

use serde::Serialize;

/// Maps print frame to card frame: `card = shift + scale * R(turn) * print`, mm and rad (clockwise as seen).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Shift of the print's origin, mm.
    pub shift_mm: [f64; 2],
    /// Turn, rad.
    pub turn: f64,
    /// Size of the print against the nominal one.
    pub scale: f64,
}

impl Placement {
    /// A print exactly where it belongs.
    pub const NOMINAL: Self = Self {
        shift_mm: [0.0; 2],
        turn: 0.0,
        scale: 1.0,
    };

    /// Card point of a print point, mm.
    #[must_use]
    pub fn apply(&self, print: [f64; 2]) -> [f64; 2] {
        let (s, c) = self.turn.sin_cos();
        [
            self.shift_mm[0] + self.scale * (c * print[0] - s * print[1]),
            self.shift_mm[1] + self.scale * (s * print[0] + c * print[1]),
        ]
    }

    /// Print point of a card point, mm.
    #[must_use]
    pub fn undo(&self, card: [f64; 2]) -> [f64; 2] {
        let (s, c) = self.turn.sin_cos();
        let (x, y) = (card[0] - self.shift_mm[0], card[1] - self.shift_mm[1]);
        [(c * x + s * y) / self.scale, (c * y - s * x) / self.scale]
    }

    /// This placement after `change` (shift x, shift y, turn, relative scale) of the card frame was added to it.
    #[must_use]
    pub fn changed(&self, change: [f64; 4]) -> Self {
        Self {
            shift_mm: [self.shift_mm[0] + change[0], self.shift_mm[1] + change[1]],
            turn: self.turn + change[2],
            scale: self.scale * (1.0 + change[3]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_takes_back_what_apply_does() {
        let p = Placement {
            shift_mm: [0.3, -0.7],
            turn: 0.02,
            scale: 1.001,
        };
        let back = p.undo(p.apply([12.5, -30.25]));
        assert!((back[0] - 12.5).abs() < 1e-12 && (back[1] + 30.25).abs() < 1e-12);
    }

    #[test]
    fn a_positive_turn_is_clockwise_as_seen() {
        let p = Placement {
            turn: 0.1,
            ..Placement::NOMINAL
        };
        // A point on the right moves down, and y is down.
        assert!(p.apply([10.0, 0.0])[1] > 0.0);
    }
}
