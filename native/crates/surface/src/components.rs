//! Connected parts of a mask by runs of rows and a disjoint-set forest (Rosenfeld and Pfaltz 1966; He et al. 2008).

/// A run of set cells of one row: its cells in the mask, end excluded.
#[derive(Clone, Copy)]
struct Run {
    from: usize,
    to: usize,
}

/// The runs of a mask and which part each belongs to.
struct Runs {
    runs: Vec<Run>,
    parent: Vec<u32>,
}

impl Runs {
    fn join(mask: &[bool], w: usize, eight: bool) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut parent: Vec<u32> = Vec::new();
        let mut above = 0..0;
        let reach = usize::from(eight);
        for (y, row) in mask.chunks(w.max(1)).enumerate() {
            let first = runs.len();
            let mut x = 0;
            while let Some(start) = row[x..].iter().position(|&m| m).map(|s| x + s) {
                let end = row[start..].iter().position(|&m| !m).map_or(row.len(), |e| start + e);
                runs.push(Run {
                    from: y * w + start,
                    to: y * w + end,
                });
                parent.push(parent.len() as u32);
                x = end;
            }
            let mut i = above.start;
            for j in first..runs.len() {
                // The same row above, so that runs touch when their columns overlap.
                let (from, to) = (
                    runs[j].from - w * usize::from(y > 0),
                    runs[j].to - w * usize::from(y > 0),
                );
                while i < above.end && runs[i].to + reach <= from {
                    i += 1;
                }
                let mut k = i;
                while k < above.end && runs[k].from < to + reach {
                    unite(&mut parent, k as u32, j as u32);
                    k += 1;
                }
            }
            above = first..runs.len();
        }
        Self { runs, parent }
    }

    /// Cells of the part of each run, told at its root.
    fn sizes(&mut self) -> Vec<usize> {
        let mut sizes = vec![0; self.runs.len()];
        for k in 0..self.runs.len() {
            sizes[find(&mut self.parent, k as u32) as usize] += self.runs[k].to - self.runs[k].from;
        }
        sizes
    }
}

/// Connected parts of a mask of rows of `w` cells (4 neighbours, or 8), as their cells in rising order; parts of more
/// than `most` cells are left out.
pub fn components(mask: &[bool], w: usize, eight: bool, most: usize) -> Vec<Vec<usize>> {
    let mut all = Runs::join(mask, w, eight);
    let sizes = all.sizes();
    let mut index = vec![u32::MAX; all.runs.len()];
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for k in 0..all.runs.len() {
        let root = find(&mut all.parent, k as u32) as usize;
        if sizes[root] > most {
            continue;
        }
        if index[root] == u32::MAX {
            index[root] = parts.len() as u32;
            parts.push(Vec::with_capacity(sizes[root]));
        }
        parts[index[root] as usize].extend(all.runs[k].from..all.runs[k].to);
    }
    parts
}

/// The mask with only those parts (4 neighbours) that have at least so many cells.
pub fn only_large(mask: &[bool], w: usize, fewest: usize) -> Vec<bool> {
    let mut all = Runs::join(mask, w, false);
    let sizes = all.sizes();
    let mut out = vec![false; mask.len()];
    for k in 0..all.runs.len() {
        if sizes[find(&mut all.parent, k as u32) as usize] >= fewest {
            out[all.runs[k].from..all.runs[k].to].fill(true);
        }
    }
    out
}

fn find(parent: &mut [u32], mut k: u32) -> u32 {
    while parent[k as usize] != k {
        parent[k as usize] = parent[parent[k as usize] as usize];
        k = parent[k as usize];
    }
    k
}

fn unite(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parent, a), find(parent, b));
    // The older run stays the root, so that parts come in the order of their first cells.
    parent[a.max(b) as usize] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(picture: &[&str], eight: bool) -> Vec<Vec<usize>> {
        let mask: Vec<bool> = picture.concat().chars().map(|c| c == '#').collect();
        components(&mask, picture[0].len(), eight, usize::MAX)
    }

    #[test]
    fn corners_join_only_with_eight_neighbours() {
        let picture = ["#..#", ".#..", "...."];
        assert_eq!(parts(&picture, true), vec![vec![0, 5], vec![3]]);
        assert_eq!(parts(&picture, false), vec![vec![0], vec![3], vec![5]]);
    }

    #[test]
    fn a_ring_and_a_comb_are_one_part_each() {
        let picture = ["####.#.#", "#..#.#.#", "####.###"];
        let found = parts(&picture, false);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], vec![0, 1, 2, 3, 8, 11, 16, 17, 18, 19]);
        assert_eq!(found[1], vec![5, 7, 13, 15, 21, 22, 23]);
    }

    #[test]
    fn large_and_small_parts_are_told_by_their_cells() {
        let picture = ["##.#", "#..#", "..##"];
        let mask: Vec<bool> = picture.concat().chars().map(|c| c == '#').collect();
        assert_eq!(components(&mask, 4, false, 3), vec![vec![0, 1, 4]]);
        let large = only_large(&mask, 4, 4);
        let kept: Vec<usize> = (0..12).filter(|&k| large[k]).collect();
        assert_eq!(kept, vec![3, 7, 10, 11]);
    }

    #[test]
    fn rows_do_not_wrap_around() {
        assert_eq!(parts(&["..#", "#.."], true).len(), 2);
    }

    #[test]
    fn an_empty_mask_has_no_parts() {
        assert!(components(&[], 0, true, 9).is_empty() && components(&[false; 6], 3, true, 9).is_empty());
    }
}
