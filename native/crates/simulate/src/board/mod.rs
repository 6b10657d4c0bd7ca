//! Photographs of a printed flat pattern of black rectangles: calibration boards and scale artefacts, with known pose.

mod pattern;

use self::pattern::{Optics, PAPER, Pattern};
use crate::Spec;
use crate::camera::Camera;
use crate::sensor::Sensor;
use crate::validate::within;
use imaging::{Cancel, CoreError, ErrorCode, Raster, Result, Samples};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rectangles a pattern may have.
const MOST_RECTS: usize = 100_000;

/// How the sheet is held before the camera.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BoardPose {
    /// Tilt about x and about y, degrees; absent means lying on the rig's plane.
    pub tilt_deg: Option<[f64; 2]>,
    /// Rotation in its own plane, degrees from x towards y.
    pub rotation_deg: f64,
    /// The pattern's centre against the optical axis, mm.
    pub offset_mm: [f64; 2],
    /// Height above the rig's plane along the optical axis, mm.
    pub height_mm: f64,
}

impl Default for BoardPose {
    fn default() -> Self {
        Self {
            tilt_deg: None,
            rotation_deg: 0.0,
            offset_mm: [0.0; 2],
            height_mm: 0.0,
        }
    }
}

/// A printed sheet: black rectangles on white paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BoardScene {
    /// Black rectangles: x, y, width, height in mm from the pattern's upper left corner.
    pub rects_mm: Vec<[f64; 4]>,
    /// Black discs beside the rectangles: x, y, radius in mm.
    pub discs_mm: Vec<[f64; 3]>,
    /// Size of the pattern, mm.
    pub size_mm: [f64; 2],
    /// White paper around the pattern, mm.
    pub paper_mm: f64,
    /// Printed size over true size, as a printer that fits to the page makes it.
    pub print_scale: f64,
    /// Whether the print is seen in a mirror.
    pub mirrored: bool,
    /// Change of the light across the image's width and height, as a fraction.
    pub light_gradient: [f64; 2],
    /// Where the sheet is.
    pub pose: BoardPose,
}

impl Default for BoardScene {
    fn default() -> Self {
        Self {
            rects_mm: Vec::new(),
            discs_mm: Vec::new(),
            size_mm: [0.0; 2],
            paper_mm: 5.0,
            print_scale: 1.0,
            mirrored: false,
            light_gradient: [0.0; 2],
            pose: BoardPose::default(),
        }
    }
}

/// Photographs the sheet with the rig's camera and sensor (`spec`; its card and lights play no part). One grey channel.
///
/// Straight edges are integrated exactly over the point spread and the pixel, crowded places by 64 exact lines.
///
/// # Errors
/// [`ErrorCode::ValueInvalid`] naming the field; [`ErrorCode::Cancelled`].
pub fn render_board(
    spec: &Spec,
    scene: &BoardScene,
    cancel: &Cancel,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Raster> {
    spec.validate()?;
    scene.validate()?;
    let camera = scene.camera(spec)?;
    let [width, height] = spec.image_size();
    let pattern = Pattern::new(scene);
    let optics = Optics::new(spec.psf_sigma_px);
    let sensor = Sensor::new(spec);
    let key = sensor.frame_key(0);
    let centre = camera.centre();
    let mut codes = vec![0u16; width * height];
    let done = std::sync::atomic::AtomicUsize::new(0);
    codes
        .par_chunks_mut(width * 16)
        .enumerate()
        .try_for_each(|(band, rows)| {
            cancel.check()?;
            for (local, row) in rows.chunks_mut(width).enumerate() {
                let y = band * 16 + local;
                for (x, code) in row.iter_mut().enumerate() {
                    let px = [x as f64, y as f64];
                    let seen = pattern.seen(&camera, px, &optics);
                    let slope = (0..2)
                        .map(|a| scene.light_gradient[a] * (px[a] - centre[a]) / (2.0 * centre[a]))
                        .sum::<f64>();
                    let light = seen * spec.exposure / PAPER * (1.0 + slope);
                    *code = sensor.code(light as f32, sensor.bits(key, y * width + x), 0);
                }
            }
            let rows_done = done.fetch_add(16, std::sync::atomic::Ordering::Relaxed) + 16;
            progress((rows_done as f32 / height as f32).min(1.0));
            Ok(())
        })?;
    Ok(Raster {
        width,
        height,
        channels: 1,
        samples: if spec.bits == 8 {
            Samples::U8(codes.into_iter().map(|c| c as u8).collect())
        } else {
            Samples::U16(codes)
        },
    })
}

impl BoardScene {
    fn validate(&self) -> Result<()> {
        within("sizeMm[0]", self.size_mm[0], 1.0, 2000.0)?;
        within("sizeMm[1]", self.size_mm[1], 1.0, 2000.0)?;
        within("paperMm", self.paper_mm, 0.0, 500.0)?;
        within("printScale", self.print_scale, 0.5, 2.0)?;
        for (a, name) in ["lightGradient[0]", "lightGradient[1]"].into_iter().enumerate() {
            within(name, self.light_gradient[a], -1.5, 1.5)?;
        }
        let finite = self
            .rects_mm
            .iter()
            .flatten()
            .chain(self.discs_mm.iter().flatten())
            .all(|v| v.is_finite());
        if self.rects_mm.len() + self.discs_mm.len() > MOST_RECTS || !finite {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                "the pattern's rectangles are too many or not numbers",
                "give at most 100,000 rectangles in mm",
            )
            .in_field("rectsMm"));
        }
        let pose = &self.pose;
        within("pose.rotationDeg", pose.rotation_deg, -360.0, 360.0)?;
        within("pose.offsetMm[0]", pose.offset_mm[0], -1000.0, 1000.0)?;
        within("pose.offsetMm[1]", pose.offset_mm[1], -1000.0, 1000.0)?;
        let [tx, ty] = pose.tilt_deg.unwrap_or_default();
        within("pose.tiltDeg[0]", tx, -60.0, 60.0)?;
        within("pose.tiltDeg[1]", ty, -60.0, 60.0)
    }

    /// The rig's camera with the sheet in place of the card.
    fn camera(&self, spec: &Spec) -> Result<Camera> {
        let focal = spec.camera_distance_mm / spec.pitch_mm;
        let distance = spec.camera_distance_mm - self.pose.height_mm;
        within("pose.heightMm", distance, 20.0, 10_000.0)?;
        let moved = Spec {
            image_px: Some(spec.image_size()),
            tilt_deg: self.pose.tilt_deg.unwrap_or(spec.tilt_deg),
            rotation_deg: self.pose.rotation_deg,
            offset_mm: self.pose.offset_mm,
            camera_distance_mm: distance,
            pitch_mm: distance / focal,
            ..spec.clone()
        };
        let camera = Camera::new(&moved);
        camera.check_invertible()?;
        Ok(camera)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::smeared_cdf;

    fn sheet() -> BoardScene {
        BoardScene {
            rects_mm: vec![[0.0, 0.0, 5.0, 5.0], [5.0, 5.0, 5.0, 5.0]],
            size_mm: [10.0, 10.0],
            pose: BoardPose {
                rotation_deg: 20.0,
                ..BoardPose::default()
            },
            ..BoardScene::default()
        }
    }

    fn rig() -> Spec {
        Spec {
            image_px: Some([400, 300]),
            noise: false,
            distortion: [-0.1, 0.0, 0.0, 0.0, 0.0],
            ..Spec::default()
        }
    }

    /// Brute force over one fine grid of places, each weighed by the light that falls on its cell.
    fn brute(pattern: &Pattern, camera: &Camera, px: [f64; 2], sigma: f64) -> f64 {
        const STEPS: i32 = 120;
        let reach = 4.5 * sigma + 0.5;
        let (mut sum, mut total) = (0.0, 0.0);
        for i in 0..STEPS {
            for j in 0..STEPS {
                let at = [i, j].map(|k| ((f64::from(k) + 0.5) / f64::from(STEPS) * 2.0 - 1.0) * reach);
                let h = reach / f64::from(STEPS);
                let w: f64 = at
                    .iter()
                    .map(|t| smeared_cdf(t + h, sigma) - smeared_cdf(t - h, sigma))
                    .product();
                let p = camera.to_card([px[0] + at[0], px[1] + at[1]]);
                let cell = [0, 1].map(|a| {
                    let v = p[a] * pattern.scale[a] + pattern.centre[a];
                    pattern.lines[a].partition_point(|l| *l <= v)
                });
                sum += w * pattern.value(cell);
                total += w;
            }
        }
        sum / total
    }

    #[test]
    fn pixels_equal_brute_force_integration_at_edges_and_at_the_saddle() {
        let (scene, spec) = (sheet(), rig());
        let camera = scene.camera(&spec).unwrap();
        let pattern = Pattern::new(&scene);
        let optics = Optics::new(spec.psf_sigma_px);
        let saddle = camera.to_px([0.0, 0.0]);
        for (dx, dy) in [
            (0.0, 0.0),
            (0.4, -0.3),
            (1.5, 0.2),
            (-2.0, 1.0),
            (30.0, 10.0),
            (60.0, 0.7),
        ] {
            let px = [(saddle[0] + dx).round(), (saddle[1] + dy).round()];
            let exact = brute(&pattern, &camera, px, spec.psf_sigma_px);
            let ours = pattern.seen(&camera, px, &optics);
            assert!((ours - exact).abs() < 2e-3, "{px:?}: {ours} {exact}");
        }
    }

    #[test]
    fn a_sheet_beyond_the_camera_is_refused() {
        let mut scene = sheet();
        scene.pose.height_mm = 399.0;
        let error = render_board(&rig(), &scene, &Cancel::new(), &|_| ()).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("pose.heightMm"));
        scene.pose = BoardPose::default();
        scene.rects_mm[0][0] = f64::NAN;
        assert!(render_board(&rig(), &scene, &Cancel::new(), &|_| ()).is_err());
    }
}
