//! Design templates: a known print layout is found again on a card, and its shift and turn against the cut are measured.
//!
//! Two frames, both in mm with x right and y down: the **card frame** has its origin at the centre of the cut and its x
//! axis along the mean direction of the four cut edges; the **print frame** is where the same design lies on a nominal
//! card, so that a perfectly placed print has both frames equal. A print placement maps print frame to card frame. All
//! light is linear.

mod cells;
mod coarse;
mod cut;
mod equivalent;
mod fine;
mod frame;
mod identify;
mod learn;
mod likeness;
mod matching;
mod placement;
mod recognise;
mod robust;
mod spline;
mod structure;
mod template;
mod twins;

pub use cells::Cells;
pub use coarse::CELL_MM as SEARCH_CELL_MM;
pub use cut::Cut;
pub use equivalent::{Equivalent, EquivalentStation};
pub use identify::{Identified, identify};
pub use learn::{Identity, Learned, Proposal, check_anchors, learn, propose};
pub use matching::{AnchorReading, PrintMatch, match_template};
pub use placement::Placement;
pub use recognise::{Candidate, Gallery, recognise};
pub use template::{Anchor, Margins, Reference, ReferenceKind, Template};
