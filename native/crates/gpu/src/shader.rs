//! The shaders, put together for one kind of side: what differs from side to side but not from pixel to pixel is a
//! constant there, so that the driver's compiler drops what is not needed.

use std::fmt::Write;

const SIDE: &str = include_str!("shaders/side.wgsl");
const FIT: &str = include_str!("shaders/fit.wgsl");
const VARNISH: &str = include_str!("shaders/varnish.wgsl");
const REJECT: &str = include_str!("shaders/reject.wgsl");
const MAIN: &str = include_str!("shaders/main.wgsl");

/// Stands in for rejection where no samples may be removed: its tables would grow with the square of the lights.
const NO_REJECT: &str = "
fn disagreeing(fit: Fit) -> u32 { return 0xffffffffu; }
fn refit(removed: u32) -> Fit { var fit: Fit; return fit; }
";

/// What a pipeline is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// Frames.
    pub lights: usize,
    /// 1 or 3.
    pub channels: usize,
    /// 8 or 16 a sample.
    pub bits: usize,
    /// Directions differ from pixel to pixel.
    pub near: bool,
    /// Frames are divided by flats.
    pub flat: bool,
    /// A dark frame is taken off.
    pub dark: bool,
    /// Codes are encoded: light comes from a table.
    pub table: bool,
    /// A lobe is taken out.
    pub varnish: bool,
    /// The camera's distance is known.
    pub camera: bool,
    /// Samples that disagree are rejected.
    pub reject: bool,
    /// Most samples that subsets remove.
    pub removable: usize,
}

impl Variant {
    /// WGSL of this variant.
    pub fn source(&self) -> String {
        let mut text = String::new();
        let numbers = [
            ("LIGHTS", self.lights),
            ("CHANNELS", self.channels),
            ("BITS", self.bits),
            ("REMOVABLE", self.removable),
        ];
        let switches = [
            ("NEAR", self.near),
            ("FLAT", self.flat),
            ("DARK", self.dark),
            ("TABLE", self.table),
            ("VARNISH", self.varnish),
            ("CAMERA", self.camera),
            ("REJECT", self.reject),
        ];
        for (name, value) in numbers {
            let _infallible = writeln!(text, "const {name}: u32 = {value}u;");
        }
        for (name, value) in switches {
            let _infallible = writeln!(text, "const {name}: bool = {value};");
        }
        let reject = if self.removable > 0 { REJECT } else { NO_REJECT };
        for part in [SIDE, FIT, VARNISH, reject, MAIN] {
            text.push_str(part);
        }
        text
    }
}
