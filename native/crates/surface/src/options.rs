//! Thresholds of the detectors with their defaults and the reason for each.

/// Thresholds. Signals are in units of their own measured standard deviation unless a unit is named.
#[derive(Clone, Debug)]
pub struct Options {
    /// Surface within this distance of the cut is left to the edge and corner readings, mm (0.25).
    pub edge_margin_mm: f64,
    /// Curvature of a line's strongest pixel (4.5): noise alone reaches it a few times on a card.
    pub line_seed: f32,
    /// Curvature a pixel needs to continue a line (2.6); continuity makes up for it.
    pub line_follow: f32,
    /// Mean curvature along the line times the root of its independent samples (17).
    pub line_total: f64,
    /// Shortest scratch or crease reported, mm (0.8).
    pub line_min_length_mm: f64,
    /// Depth of the mean cross-section over its standard deviation (5).
    pub line_depth: f64,
    /// A line at least this wide is a crease when it is long or runs into an edge, mm (0.22).
    pub crease_min_width_mm: f64,
    /// Shortest crease away from an edge, mm (5).
    pub crease_min_length_mm: f64,
    /// Divergence of the slope at a dent's centre (7): 12 million pixels of noise stay below 6.
    pub dent: f32,
    /// Shallowest dent or bump reported, mm (0.003).
    pub dent_min_depth_mm: f64,
    /// Slope a pixel of misregistration between lights may fake per unit of log albedo gradient (0.03 px).
    pub registration_px: f32,
    /// Smallest relative change of albedo reported on plain print (0.04).
    pub print_contrast: f64,
    /// The same in units of the print's own spread (6).
    pub print_signal: f64,
    /// Above this relative contrast a compact mark is taken for design, not for a stain (0.7).
    pub stain_max_contrast: f64,
    /// Relative residual from which an area is foil or holo (0.06), and at least 5 times the card's median.
    pub foil_residual: f32,
    /// Relative brightening against the print beside it that counts as bare paper (0.15).
    pub whitening_contrast: f64,
    /// Depth from which missing material at the cut counts as a chip, mm (0.1).
    pub chip_min_depth_mm: f64,
    /// Most findings returned, the worst first (500).
    pub max_findings: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            edge_margin_mm: 0.25,
            line_seed: 4.5,
            line_follow: 2.6,
            line_total: 17.0,
            line_min_length_mm: 0.8,
            line_depth: 5.0,
            crease_min_width_mm: 0.22,
            crease_min_length_mm: 5.0,
            dent: 7.0,
            dent_min_depth_mm: 0.003,
            registration_px: 0.03,
            print_contrast: 0.04,
            print_signal: 6.0,
            stain_max_contrast: 0.7,
            foil_residual: 0.06,
            whitening_contrast: 0.15,
            chip_min_depth_mm: 0.1,
            max_findings: 500,
        }
    }
}
