//! The counts as text for a person and as JSON for the benchmark.

use crate::judge::{Depth, Score};
use surface::DefectKind;

/// Confidence from which a finding counts, as in the published condition rules (`leastConfidence`).
pub const LIMIT: f64 = 0.75;
/// Bins of the confidence's calibration.
const BINS: [f64; 7] = [0.0, 0.5, 0.75, 0.85, 0.95, 0.99, 1.0001];

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut v: Vec<f64> = values.collect();
    v.sort_by(f64::total_cmp);
    v.get(v.len() / 2).copied().unwrap_or(f64::NAN)
}

/// For each bin that holds findings: mean confidence, share that is true, count.
fn calibration(score: &Score) -> Vec<(f64, f64, usize)> {
    let bins = BINS.windows(2).map(|b| {
        let part: Vec<_> = score.confidences.iter().filter(|c| c.0 >= b[0] && c.0 < b[1]).collect();
        let n = part.len();
        let mean = part.iter().map(|c| c.0).sum::<f64>() / n as f64;
        let right = part.iter().filter(|c| c.1).count() as f64 / n as f64;
        (mean, right, n)
    });
    bins.filter(|b| b.2 > 0).collect()
}

/// Depths of one kind against the truth's.
fn heights(score: &Score, kind: DefectKind) -> serde_json::Value {
    let depths: Vec<&Depth> = score.depths.iter().filter(|d| d.kind == kind).collect();
    serde_json::json!({
        "count": depths.len(),
        "within10": depths.iter().filter(|d| d.error.abs() <= 0.1).count(),
        "covered": depths.iter().filter(|d| d.error.abs() <= 2.0 * d.claimed).count(),
        "medianError": median(depths.iter().map(|d| d.error)),
        "worst": depths.iter().map(|d| d.error.abs()).fold(0.0, f64::max),
    })
}

/// Everything for the benchmark's table.
pub fn json(score: &Score) -> serde_json::Value {
    serde_json::json!({
        "cards": score.cards,
        "byKind": score.by_kind,
        "faintest": score.faintest,
        "heights": {
            "dent": heights(score, DefectKind::Dent),
            "scratch": heights(score, DefectKind::Scratch),
            "crease": heights(score, DefectKind::Crease),
        },
        "calibration": calibration(score),
        "medianMs": median(score.times_ms.iter().copied()),
    })
}

/// Lines for a person.
pub fn print(score: &Score) {
    let sum = |f: fn(&crate::judge::Tally) -> usize| score.by_kind.values().map(f).sum::<usize>();
    for (kind, t) in &score.by_kind {
        let share = 100.0 * t.found as f64 / t.truths.max(1) as f64;
        println!(
            "{kind:14} {:3} of {:3} found ({share:.0} %), {} as another kind, {} false; {} not visible",
            t.found, t.truths, t.confused, t.falsely, t.invisible
        );
    }
    println!("faintest {:?}", score.faintest);
    println!(
        "false findings {:.2} a card; kinds confused {:.1} %",
        sum(|t| t.falsely) as f64 / score.cards as f64,
        100.0 * sum(|t| t.confused) as f64 / sum(|t| t.truths).max(1) as f64
    );
    for kind in ["Scratch", "Dent", "Crease"] {
        let part: Vec<_> = score
            .depths
            .iter()
            .filter(|d| format!("{:?}", d.kind) == kind)
            .collect();
        println!(
            "depth of {kind}: {} of {} within 10 %, {} covered, median {:+.1} %, worst {:?}",
            part.iter().filter(|d| d.error.abs() <= 0.1).count(),
            part.len(),
            part.iter().filter(|d| d.error.abs() <= 2.0 * d.claimed).count(),
            100.0 * median(part.iter().map(|d| d.error)),
            part.iter()
                .max_by(|a, b| a.error.abs().total_cmp(&b.error.abs()))
                .map(|d| (d.seed, d.error))
        );
    }
    for (mean, right, n) in calibration(score) {
        println!("confidence {mean:.2}: {:.2} true of {n}", right);
    }
    println!(
        "reading: median {:.0} ms a card",
        median(score.times_ms.iter().copied())
    );
}
