//! Lettering: a stroke font and an index that finds the strokes near a point.

use super::colour::{Rgb, cover, mix};

/// Strokes of a glyph on a grid 4 wide and 6 high: pairs of digits x y (y down), polylines apart by a space.
fn glyph(letter: char) -> &'static str {
    match letter {
        'A' => "062046 1434",
        'B' => "0006 003041423303 3344453606",
        'C' => "4130100105163645",
        'D' => "0006 003041453606",
        'E' => "40000646 0333",
        'F' => "400006 0333",
        'G' => "41301001051636454323",
        'H' => "0006 4046 0343",
        'I' => "2026 1030 1636",
        'J' => "4045361605",
        'K' => "0006 400346",
        'L' => "000646",
        'M' => "0600234046",
        'N' => "06004640",
        'O' | '0' => "103041453616050110",
        'P' => "06003041423303",
        'Q' => "103041453616050110 2446",
        'R' => "06003041423303 2346",
        'S' => "413010010213334445361605",
        'T' => "2026 0040",
        'U' => "000516364540",
        'V' => "002640",
        'W' => "0016233640",
        'X' => "0046 4006",
        'Y' => "002340 2326",
        'Z' => "00400646",
        '1' => "112026 1636",
        '2' => "01103041420646",
        '3' => "01103041423313 334445361605",
        '4' => "36300444",
        '5' => "400002324345361605",
        '6' => "4130100105163645443303",
        '7' => "004016",
        '8' => "103041423313020110 1304051636454433",
        '9' => "4313020110304145361605",
        '/' => "4006",
        '-' => "1333",
        '+' => "0444 2226",
        '.' => "1616",
        ',' => "1607",
        _ => "",
    }
}

#[derive(Clone, Copy, Debug)]
struct Stroke {
    from: [f64; 2],
    to: [f64; 2],
    half_width: f64,
    colour: Rgb,
}

/// All lettering of a card side, indexed by square cells of one unit.
#[derive(Clone, Debug)]
pub(crate) struct Ink {
    strokes: Vec<Stroke>,
    cells: Vec<Vec<u32>>,
    columns: usize,
    rows: usize,
    blur: f64,
}

/// How a line of text is set.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    /// Height of a capital, units.
    pub height: f64,
    /// Stroke width as a fraction of the height.
    pub weight: f64,
    pub colour: Rgb,
}

impl Ink {
    pub(crate) fn new(columns: usize, rows: usize, blur: f64) -> Self {
        Self {
            strokes: Vec::new(),
            cells: vec![Vec::new(); columns * rows],
            columns,
            rows,
            blur,
        }
    }

    /// Width of a line of text, units.
    pub(crate) fn width(text: &str, height: f64) -> f64 {
        (text.chars().count() as f64 * 5.6 - 1.6) * height / 6.0
    }

    /// Sets a line with its top left corner at `at`.
    pub(crate) fn line(&mut self, text: &str, at: [f64; 2], face: Type) {
        let unit = face.height / 6.0;
        for (i, letter) in text.chars().enumerate() {
            let x0 = at[0] + 5.6 * unit * i as f64;
            for polyline in glyph(letter).split(' ').filter(|p| !p.is_empty()) {
                let points: Vec<[f64; 2]> = polyline
                    .as_bytes()
                    .chunks_exact(2)
                    .map(|d| {
                        [
                            x0 + f64::from(d[0] - b'0') * unit,
                            at[1] + f64::from(d[1] - b'0') * unit,
                        ]
                    })
                    .collect();
                for pair in points.windows(2) {
                    self.stroke(pair[0], pair[1], face.weight * face.height / 2.0, face.colour);
                }
            }
        }
    }

    /// Adds one straight stroke with round ends.
    pub(crate) fn stroke(&mut self, from: [f64; 2], to: [f64; 2], half_width: f64, colour: Rgb) {
        let index = self.strokes.len() as u32;
        self.strokes.push(Stroke {
            from,
            to,
            half_width,
            colour,
        });
        let reach = half_width + 6.0 * self.blur;
        let span = |a: f64, b: f64, n: usize| {
            let low = (a.min(b) - reach).floor().max(0.0) as usize;
            let high = (a.max(b) + reach).floor().clamp(0.0, n as f64 - 1.0) as usize;
            low..=high
        };
        for row in span(from[1], to[1], self.rows) {
            for column in span(from[0], to[0], self.columns) {
                self.cells[row * self.columns + column].push(index);
            }
        }
    }

    /// The ground with the lettering over it.
    pub(crate) fn over(&self, p: [f64; 2], ground: Rgb) -> Rgb {
        if p[0] < 0.0 || p[1] < 0.0 || p[0] >= self.columns as f64 || p[1] >= self.rows as f64 {
            return ground;
        }
        let (mut best, mut colour) = (0.0, ground);
        for &i in &self.cells[p[1] as usize * self.columns + p[0] as usize] {
            let s = &self.strokes[i as usize];
            let (dx, dy) = (s.to[0] - s.from[0], s.to[1] - s.from[1]);
            let (px, py) = (p[0] - s.from[0], p[1] - s.from[1]);
            let t = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
            let distance = (px - t * dx).hypot(py - t * dy);
            // A stroke is a band: both of its sides blur.
            let share = cover(s.half_width - distance, self.blur) - cover(-s.half_width - distance, self.blur);
            if share > best {
                (best, colour) = (share, s.colour);
            }
        }
        mix(ground, colour, best)
    }
}
