//! Which line pixels hang together, and the longest ways through them.

use crate::hessian::LinePixel;

/// A pixel's neighbours lie at most this many columns and rows away.
const REACH: usize = 2;

/// Neighbourhood graph in compressed rows.
pub struct Graph {
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Graph {
    /// Of a level's line pixels, sorted by row and column.
    pub fn new(pixels: &[LinePixel], rows: usize) -> Self {
        let mut row_start = vec![0usize; rows + REACH + 2];
        for p in pixels {
            row_start[p.y as usize + 1] += 1;
        }
        (1..row_start.len()).for_each(|r| row_start[r] += row_start[r - 1]);
        let mut edges: Vec<(u32, u32)> = Vec::new();
        let (mut row, mut from) = (usize::MAX, [0; REACH + 1]);
        for (i, a) in pixels.iter().enumerate() {
            if a.y as usize != row {
                row = a.y as usize;
                from = std::array::from_fn(|k| row_start[row + k]);
            }
            for (k, from) in from.iter_mut().enumerate() {
                // Pixels come by columns too: what lies too far left of one does of the next.
                let end = row_start[row + k + 1];
                while *from < end && pixels[*from].x < a.x - REACH as i32 {
                    *from += 1;
                }
                for j in *from..end {
                    let b = &pixels[j];
                    if b.x > a.x + REACH as i32 {
                        break;
                    }
                    if j > i && continues(a, b) {
                        edges.push((i as u32, j as u32));
                        edges.push((j as u32, i as u32));
                    }
                }
            }
        }
        let mut first = vec![0u32; pixels.len() + 1];
        edges.iter().for_each(|e| first[e.0 as usize + 1] += 1);
        (1..first.len()).for_each(|k| first[k] += first[k - 1]);
        let mut fill = first.clone();
        let mut next = vec![0; edges.len()];
        for (a, b) in edges {
            next[fill[a as usize] as usize] = b;
            fill[a as usize] += 1;
        }
        Self { first, next }
    }

    fn of(&self, k: u32) -> &[u32] {
        &self.next[self.first[k as usize] as usize..self.first[k as usize + 1] as usize]
    }
}

/// Pixels that hang together, and the label that they bear.
pub struct Part {
    label: u32,
    /// Numbers of the pixels.
    pub pixels: Vec<u32>,
}

/// Label of pixels that no walk has come to.
const UNSEEN: u32 = 0;
/// Label of pixels that belong to a chain, or lie beside one.
const USED: u32 = 1;

/// Walks over a graph; every pixel bears the label of the part that it belongs to.
pub struct Walker<'a> {
    graph: &'a Graph,
    label: Vec<u32>,
    labels: u32,
    /// Where a search came from, and which search it was.
    parent: Vec<(u32, u32)>,
    searches: u32,
}

impl<'a> Walker<'a> {
    /// Before the first walk; `pixels` is how many there are.
    pub fn new(graph: &'a Graph, pixels: usize) -> Self {
        Self {
            graph,
            label: vec![UNSEEN; pixels],
            labels: USED,
            parent: vec![(0, 0); pixels],
            searches: 0,
        }
    }

    /// What hangs together with a pixel that no walk has come to; `None` for another one.
    pub fn unseen(&mut self, start: u32) -> Option<Part> {
        self.part(start, UNSEEN)
    }

    /// What hangs together with `start` among pixels of a label, under a label of its own; `None` where `start` has
    /// another one.
    fn part(&mut self, start: u32, among: u32) -> Option<Part> {
        if self.label[start as usize] != among {
            return None;
        }
        self.labels += 1;
        self.label[start as usize] = self.labels;
        let mut pixels = vec![start];
        let mut at = 0;
        while at < pixels.len() {
            for &n in self.graph.of(pixels[at]) {
                if self.label[n as usize] == among {
                    self.label[n as usize] = self.labels;
                    pixels.push(n);
                }
            }
            at += 1;
        }
        Some(Part {
            label: self.labels,
            pixels,
        })
    }

    /// Breadth-first search through a part; the pixel that is reached last.
    fn search(&mut self, label: u32, from: u32, order: &mut Vec<u32>) -> u32 {
        self.searches += 1;
        order.clear();
        order.push(from);
        self.parent[from as usize] = (from, self.searches);
        let mut at = 0;
        while at < order.len() {
            let here = order[at];
            for &n in self.graph.of(here) {
                if self.label[n as usize] == label && self.parent[n as usize].1 != self.searches {
                    self.parent[n as usize] = (here, self.searches);
                    order.push(n);
                }
            }
            at += 1;
        }
        order[order.len() - 1]
    }

    /// Longest shortest path by two searches (exact on trees, good on thin lines).
    pub fn longest_path(&mut self, part: &Part) -> Vec<u32> {
        let mut order = Vec::with_capacity(part.pixels.len());
        let end = self.search(part.label, part.pixels[0], &mut order);
        let mut here = self.search(part.label, end, &mut order);
        let mut path = vec![here];
        while here != end {
            here = self.parent[here as usize].0;
            path.push(here);
        }
        path
    }

    /// What remains of a part away from a path, as parts.
    pub fn without(&mut self, part: &Part, path: &[u32]) -> Vec<Part> {
        let mut ring: Vec<u32> = path.to_vec();
        for _ in 0..3 {
            for &k in &ring {
                self.label[k as usize] = USED;
            }
            let beside = ring.iter().flat_map(|&k| self.graph.of(k).iter().copied());
            ring = beside.filter(|&k| self.label[k as usize] == part.label).collect();
        }
        part.pixels
            .iter()
            .filter_map(|&start| self.part(start, part.label))
            .collect()
    }
}

/// Same sign, like direction, and the step leads along the line.
fn continues(a: &LinePixel, b: &LinePixel) -> bool {
    let (dx, dy) = (b.at[0] - a.at[0], b.at[1] - a.at[1]);
    let across = |n: [f32; 2]| (dx * n[0] + dy * n[1]).abs();
    let turn = (a.normal[0] * b.normal[0] + a.normal[1] * b.normal[1]).abs();
    (a.snr > 0.0) == (b.snr > 0.0) && turn > 0.85 && across(a.normal).max(across(b.normal)) < 1.0
}
