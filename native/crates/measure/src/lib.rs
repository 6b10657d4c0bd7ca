//! Sub-pixel edges, card outline, graphic border and the 24-point measurement.
//!
//! Frame: x right, y down, integer pixel coordinates are pixel centres. All light is linear.

mod aperture;
mod border;
mod budget;
mod budget_report;
mod calculate;
mod camera;
mod corner_radius;
mod edge_refine;
mod edges;
mod erf_fit;
mod geometry;
mod linearised;
mod locate;
mod math;
mod measure;
mod measurement;
mod mottle;
mod mottle_profile;
mod noise;
mod on_plane;
mod outline;
mod plane_map;
mod profile;
mod refine;
mod rows;
mod same_blur;
mod scatter;
mod stations;
mod steady;
mod uncertainty;
mod variogram;
mod window;

pub use border::BorderLine;
pub use budget::{Combined, Distribution, Group, Source, Term, Unit, combine, coverage_factor};
pub use budget_report::{BudgetReport, ComponentReport, Kind, Shares};
pub use calculate::{CalcOptions, calculate};
pub use camera::Camera;
pub use corner_radius::CornerRadius;
pub use edges::{EdgeOptions, EdgePoint, detect_edges};
pub use erf_fit::{Sample, Start, StepFit, fit_step};
pub use geometry::{EdgeCurve, Frame, Point, Side};
pub use locate::{Beside, BlurFit, Method};
pub use measure::{MeasureOptions, measure};
pub use measurement::{Centering, MeasuredPoint, Measurement, PerSide, PixelPoint, SideSummary, Size, WorstStation};
pub use noise::Noise;
pub use on_plane::reference_points_on;
pub use outline::{EdgeFit, FoundCard, Outline, OutlineOptions, Region, STANDARD_CARD_MM, find_cards, find_outline};
pub use plane_map::PlaneMap;
pub use refine::{EdgeReading, RefineOptions, Refinement, SideReading, StationReading, Status, refine};
pub use stations::{Station, reference_points};
pub use uncertainty::Budget;
