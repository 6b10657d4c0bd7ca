//! Mean, median and 95th percentile of the angular error on capture folders with true normals, given as arguments.

#[path = "../tests/photometric/dataset.rs"]
mod dataset;

use dataset::{angular_errors, load, subset, well_spread};
use imaging::Cancel;
use photometric::{Method, solve};
use std::path::Path;
use std::time::Instant;

fn main() {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    if folders.is_empty() {
        eprintln!("usage: diligent FOLDER...");
        std::process::exit(2);
    }
    println!("set          lights  method           mean  median     p95  rejected      s");
    for folder in folders {
        let path = Path::new(&folder);
        let data = match load(path) {
            Ok(data) => data,
            Err(e) => {
                eprintln!("{folder}: {e}");
                std::process::exit(2);
            }
        };
        let all: Vec<usize> = (0..data.options.lights.len()).collect();
        let eight = well_spread(&data.options.lights, 8);
        let sixteen = well_spread(&data.options.lights, 16);
        for chosen in [&all, &sixteen, &eight] {
            for method in [Method::LeastSquares, Method::Auto] {
                let (stack, mut options) = subset(&data, chosen);
                options.method = method;
                let start = Instant::now();
                let solution = match solve(&stack, &options, &Cancel::new(), &|_| {}) {
                    Ok(solution) => solution,
                    Err(e) => {
                        eprintln!("{folder}: {e}");
                        std::process::exit(1);
                    }
                };
                let seconds = start.elapsed().as_secs_f64();
                let mask = options.mask.as_deref().unwrap_or(&[]);
                let e = angular_errors(&solution.normals.triples(), &data.truth, mask);
                println!(
                    "{:12} {:6}  {:12} {:8.3} {:7.3} {:7.3} {:9.3} {:6.2}",
                    path.file_name().unwrap_or_default().to_string_lossy(),
                    chosen.len(),
                    format!("{method:?}"),
                    e.iter().sum::<f64>() / e.len() as f64,
                    e[e.len() / 2],
                    e[e.len() * 95 / 100],
                    solution.summary.rejected_fraction,
                    seconds,
                );
            }
        }
    }
}
