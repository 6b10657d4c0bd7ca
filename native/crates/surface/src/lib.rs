//! Surface, corner and edge condition of one side of a card, read from its photometric maps.
//!
//! Shape defects (scratch, dent, crease, roughness) are looked for in the slopes, print defects (stain, print line,
//! print dot) in the albedo, and edges and corners in both against the ideal outline. Every detector works in units
//! of a noise that is measured on the card itself. Grades are made elsewhere, by published rules, from these readings.
//!
//! Frames: maps in pixels (x right, y down, integer coordinates are pixel centres, z to the camera); results also in
//! the card's frame (origin at its centre, x right, y down, millimetres).

mod analyse;
mod bare;
mod blots;
mod centring;
mod chains;
mod components;
mod corners;
mod curvature_noise;
mod cut;
mod dents;
mod derivatives;
mod edges;
mod emboss;
mod finding;
mod foil;
mod frame;
mod hessian;
mod input;
mod layering;
mod learnt;
mod lift;
mod line_graph;
mod lines;
mod marks;
mod mirrors;
mod noise;
mod options;
mod plain;
mod planes;
mod poisson;
mod print;
mod ring;
mod rough;
mod section;
mod shapes;
mod sharpen;
mod shine;
mod spots;
mod stats;
mod streaks;
mod terms;
mod tint;
mod trend;
mod trend_fit;
mod types;
mod whitening;

pub use analyse::analyse;
pub use options::Options;
pub use types::{
    CardFrame, Condition, CornerReading, Corners, Defect, DefectKind, EdgeReading, Edges, Evidence, Maps, Rig,
};
