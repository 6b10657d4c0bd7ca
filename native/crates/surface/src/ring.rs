//! The closed path of most evidence around a point.

/// Price of a step in or out from one turn to the next.
const BEND: f32 = 0.12;
/// Largest such step.
const STEP: usize = 2;

/// Radius by turn of the closed path with the most evidence, which is a plane of `radii` columns and a row for each
/// turn; the path stays at `least` or further out.
///
/// Dynamic programming twice around: in the middle of the second round the start is forgotten, so that the path closes
/// (circular shortest paths, Sun and Pallottino 2003).
pub fn strongest(evidence: &[f32], radii: usize, least: usize) -> Vec<usize> {
    let turns = evidence.len() / radii;
    let mut sum = vec![0f32; radii];
    let mut old = sum.clone();
    let mut from = vec![0u8; 2 * turns * radii];
    for k in 0..2 * turns {
        let here = &evidence[k % turns * radii..][..radii];
        std::mem::swap(&mut sum, &mut old);
        for r in least..radii {
            let near = r.saturating_sub(STEP).max(least)..(r + STEP + 1).min(radii);
            let worth = |q: usize| old[q] - BEND * q.abs_diff(r) as f32;
            let best = near.fold((f32::MIN, r), |b, q| if worth(q) > b.0 { (worth(q), q) } else { b });
            sum[r] = best.0 + here[r];
            from[k * radii + r] = best.1 as u8;
        }
    }
    let end = (least..radii).max_by(|&a, &b| sum[a].total_cmp(&sum[b]));
    let mut r = end.unwrap_or(least);
    let mut ring = vec![least; turns];
    for k in (0..2 * turns).rev() {
        if (turns / 2..turns / 2 + turns).contains(&k) {
            ring[k % turns] = r;
        }
        r = usize::from(from[k * radii + r]);
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_follows_a_wavy_outline_through_a_gap() {
        let (turns, radii) = (48, 20);
        let outline = |k: usize| {
            let turn = std::f64::consts::TAU * k as f64 / turns as f64;
            (11.0 + 3.0 * (2.0 * turn + 1.0).sin()).round() as usize
        };
        let mut evidence = vec![-0.5; turns * radii];
        // Six turns without any evidence, and a rival circle over a third of the way.
        (0..turns)
            .filter(|k| *k > 5)
            .for_each(|k| evidence[k * radii + outline(k)] = 1.0);
        (20..36).for_each(|k| evidence[k * radii + 4] = 1.0);
        let ring = strongest(&evidence, radii, 2);
        assert!((6..turns).all(|k| ring[k] == outline(k)), "{ring:?}");
        assert!((0..turns).all(|k| ring[k].abs_diff(ring[(k + 1) % turns]) <= STEP));
    }
}
