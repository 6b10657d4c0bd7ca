//! What to simulate: every knob of the imagined card, its print, its damage, the lights, the lens and the sensor.

use serde::{Deserialize, Serialize};

/// Which side of the card is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Name bar, picture and text.
    Front,
    /// Pattern and emblem.
    Back,
}

/// Transfer function of the stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignalEncoding {
    /// Proportional to light.
    Linear,
    /// IEC 61966-2-1.
    Srgb,
}

/// What the printed frame around the art is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BorderKind {
    /// Bare white stock.
    White,
    /// Black ink.
    Black,
    /// Yellow ink.
    Yellow,
    /// Grey ink without shine.
    Silver,
    /// Metal foil: grey, with a strong specular lobe.
    Foil,
    /// No border: the art bleeds over the cut edge.
    None,
    /// White border and a second, dark frame inside it, 1.2 mm wide.
    DoubleFrame,
}

/// What fills the area inside the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ArtKind {
    /// Full card design with mountains, lake and sun in the picture.
    Landscape,
    /// Full card design with an owl-like creature in the picture.
    Portrait,
    /// Full card design with swirling colour in the picture.
    Abstract,
    /// The landscape design printed with 45 degree halftone dots.
    Halftone,
    /// One uniform tone, for metrology.
    Plain,
    /// One tone under multi-scale noise that reaches the border.
    Texture,
}

/// What the card lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MatKind {
    /// Dark, rough cloth.
    Black,
    /// Mid grey.
    Grey,
    /// Near white.
    White,
}

/// Border widths in mm before the print is tilted; 0 means that the art bleeds over that side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Borders {
    /// Left border, mm.
    pub left: f64,
    /// Right border, mm.
    pub right: f64,
    /// Top border, mm.
    pub top: f64,
    /// Bottom border, mm.
    pub bottom: f64,
}

/// Normalised Blinn-Phong lobe of the card's varnish (Blinn 1977).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Gloss {
    /// Specular strength relative to a white diffuser; 0 is matte.
    pub strength: f64,
    /// Roughness alpha in 0.05..1; the exponent is 2/alpha^2 - 2.
    pub roughness: f64,
}

impl Default for Gloss {
    fn default() -> Self {
        Self {
            strength: 0.03,
            roughness: 0.25,
        }
    }
}

/// Factory emboss over the whole card: `depth / 2 sin sin` along the card's axes, as of linen stock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Linen {
    /// Height from valley to crest, mm.
    pub depth_mm: f64,
    /// Period of the weave, mm.
    pub period_mm: f64,
}

/// Kinds of damage and printing errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefectKind {
    /// A groove with low raised banks.
    Scratch,
    /// A Gaussian pit.
    Dent,
    /// A ridge line with broken ink on it.
    Crease,
    /// A coloured blot in the print or on the surface.
    Stain,
    /// A thin line of missing ink.
    PrintLine,
    /// A round spot of missing ink.
    PrintDot,
    /// Bare stock along an edge.
    EdgeWhitening,
    /// Bare, fibrous stock at a corner.
    CornerWear,
    /// A round area scuffed to many small pits and bumps; `depthMm` is the standard deviation of their heights.
    Roughness,
}

/// One defect; lengths left out take a value that is typical of the kind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DefectSpec {
    /// What it is.
    pub kind: DefectKind,
    /// Its middle in the card frame, mm. Edge whitening and corner wear go to the edge or corner nearest to it.
    pub at_mm: [f64; 2],
    /// Direction of its length, degrees from x towards y.
    #[serde(default)]
    pub angle_deg: f64,
    /// Length, mm: end to end; the diameter of round kinds along their length.
    #[serde(default)]
    pub length_mm: Option<f64>,
    /// Width, mm: 4 sigma of a groove, ridge or pit (its relief is 13.5 % there).
    #[serde(default)]
    pub width_mm: Option<f64>,
    /// Depth below the surface, or height above it for a crease, mm.
    #[serde(default)]
    pub depth_mm: Option<f64>,
    /// How far the colour changes, 0..1.
    #[serde(default)]
    pub strength: Option<f64>,
}

/// Damage: a list given by the caller, and counts per kind to be drawn from the seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Defects {
    /// Exactly these, before the drawn ones.
    pub list: Vec<DefectSpec>,
    /// Number of scratches.
    pub scratches: u32,
    /// Number of dents.
    pub dents: u32,
    /// Number of creases.
    pub creases: u32,
    /// Number of stains.
    pub stains: u32,
    /// Number of print lines.
    pub print_lines: u32,
    /// Number of print dots.
    pub print_dots: u32,
    /// Number of whitened edge stretches.
    pub edge_whitening: u32,
    /// Number of worn corners, at most 4.
    pub corner_wear: u32,
}

impl Defects {
    /// No damage at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            list: Vec::new(),
            scratches: 0,
            dents: 0,
            creases: 0,
            stains: 0,
            print_lines: 0,
            print_dots: 0,
            edge_whitening: 0,
            corner_wear: 0,
        }
    }
}

impl Default for Defects {
    /// The demo card: lightly played.
    fn default() -> Self {
        Self {
            scratches: 1,
            dents: 1,
            print_dots: 1,
            edge_whitening: 1,
            corner_wear: 1,
            ..Self::none()
        }
    }
}

/// Everything that decides a simulated capture; equal specs give bit-identical captures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Spec {
    /// Seed of every random choice.
    pub seed: u64,
    /// Seed of the printed design alone; `seed` when absent. Cards of one design differ in `seed` only.
    pub design_seed: Option<u64>,
    /// Seed of the sensor's noise alone, for repeated pictures of one card; `seed` when absent.
    pub noise_seed: Option<u64>,
    /// Side to draw.
    pub side: Side,
    /// Pixel pitch on the card plane at the image centre, mm.
    pub pitch_mm: f64,
    /// Number of lights K, evenly spread over the circle.
    pub lights: usize,
    /// Bits a sample, 8 or 16.
    pub bits: u8,
    /// RGB frames, or one grey channel that is the mean of the three.
    pub colour: bool,
    /// Transfer function of the samples.
    pub encoding: SignalEncoding,
    /// Card width and height, mm.
    pub card_mm: [f64; 2],
    /// Mat visible around the card's bounding box, mm.
    pub margin_mm: f64,
    /// Width and height of the image, px, as a fixed camera has; absent means as large as the card and its margin need.
    pub image_px: Option<[usize; 2]>,
    /// Radius of the cut corners, mm; 0 is sharp.
    pub corner_radius_mm: f64,
    /// Border widths; drawn from the seed (2.5 to 3.6 mm a side) when absent.
    pub borders_mm: Option<Borders>,
    /// Material of the border.
    pub border_kind: BorderKind,
    /// Relative amplitude of ink mottle in the border.
    pub border_texture: f64,
    /// What is printed inside.
    pub art: ArtKind,
    /// Relative amplitude of ink mottle in the art.
    pub art_texture: f64,
    /// What the card lies on.
    pub mat: MatKind,
    /// Relative amplitude of the mat's weave.
    pub mat_texture: f64,
    /// Rotation of the card in the picture, degrees from x towards y (clockwise as seen).
    pub rotation_deg: f64,
    /// Card centre on the plane, mm.
    pub offset_mm: [f64; 2],
    /// Rotation of the print against the cut about the card's centre, degrees, same sense.
    pub print_tilt_deg: f64,
    /// Shift of the whole print against the cut's centre, mm; it comes on top of `borders_mm`.
    pub print_offset_mm: [f64; 2],
    /// Rise of the card's middle axis above its long edges, mm (a cylinder-like bow).
    pub bow_mm: f64,
    /// Embossed factory texture; absent for smooth stock.
    pub linen: Option<Linen>,
    /// Distance of the lights from the plane's origin, mm; absent means so far that rays are parallel.
    pub light_distance_mm: Option<f64>,
    /// Elevation of the lights above the plane, degrees.
    pub light_elevation_deg: f64,
    /// Light intensities are drawn from 1 +- this.
    pub light_intensity_spread: f64,
    /// Near lights aim at the origin and fall off with cos^m of the angle to their axis; 0 is isotropic.
    pub led_exponent: f64,
    /// Sigma of the Gaussian point spread of the optics, px (the pixel's own area comes on top).
    pub psf_sigma_px: f64,
    /// Whether shot and read noise are added.
    pub noise: bool,
    /// Electrons at full scale.
    pub full_well_electrons: f64,
    /// Read noise, electrons rms.
    pub read_noise_electrons: f64,
    /// Constant black level as a fraction of full scale; a dark frame is written when it is not 0.
    pub black_level: f64,
    /// Fraction of full scale that white stock reaches under the brightest light at its brightest place.
    pub exposure: f64,
    /// Fraction of light lost in the image's corners.
    pub vignetting: f64,
    /// Whether a white target in the plane is photographed under each light too.
    pub flats: bool,
    /// Distance from the camera to the plane's origin, mm.
    pub camera_distance_mm: f64,
    /// Tilt of the card plane about x and about y, degrees.
    pub tilt_deg: [f64; 2],
    /// Brown-Conrady coefficients k1, k2, p1, p2, k3 in OpenCV's order.
    pub distortion: [f64; 5],
    /// Varnish.
    pub gloss: Gloss,
    /// Damage.
    pub defects: Defects,
}

impl Spec {
    /// The seed that the printed design is drawn from.
    #[must_use]
    pub fn art_seed(&self) -> u64 {
        self.design_seed.unwrap_or(self.seed)
    }
}

impl Default for Spec {
    /// The demo card a newcomer sees.
    fn default() -> Self {
        Self {
            seed: 1,
            design_seed: None,
            noise_seed: None,
            side: Side::Front,
            pitch_mm: 0.04,
            lights: 8,
            bits: 16,
            colour: true,
            encoding: SignalEncoding::Linear,
            card_mm: [63.5, 88.9],
            margin_mm: 6.0,
            image_px: None,
            corner_radius_mm: 3.0,
            borders_mm: None,
            border_kind: BorderKind::Yellow,
            border_texture: 0.0,
            art: ArtKind::Landscape,
            art_texture: 0.03,
            mat: MatKind::Black,
            mat_texture: 0.1,
            rotation_deg: 0.4,
            offset_mm: [0.3, -0.2],
            print_tilt_deg: 0.08,
            print_offset_mm: [0.0, 0.0],
            bow_mm: 0.0,
            linen: None,
            light_distance_mm: None,
            light_elevation_deg: 45.0,
            light_intensity_spread: 0.05,
            led_exponent: 1.0,
            psf_sigma_px: 0.8,
            noise: true,
            full_well_electrons: 30_000.0,
            read_noise_electrons: 5.0,
            black_level: 0.0,
            exposure: 0.7,
            vignetting: 0.0,
            flats: false,
            camera_distance_mm: 400.0,
            tilt_deg: [0.0, 0.0],
            distortion: [0.0; 5],
            gloss: Gloss::default(),
            defects: Defects::default(),
        }
    }
}
