//! The buffers of one tile on its way: pictures up, maps down. Several slots let transfers and computing overlap.

use crate::device::Gpu;
use crate::plan::{GROUP, Plan};
use imaging::{FrameStack, Raster, Result, Samples};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, Buffer, BufferDescriptor, BufferUsages, BufferView,
    CommandEncoderDescriptor, ComputePassDescriptor, ComputePipeline, MapMode, PollType, SubmissionIndex,
};

/// A tile that takes longer than this has hung: half a megapixel takes milliseconds, and a second on a processor.
const PATIENCE: Duration = Duration::from_secs(60);
/// Words of `tile` in `shaders/side.wgsl`.
const TILE_WORDS: usize = 4;

/// What a mapping came to: not yet, done, refused.
const WAITING: u8 = 0;
const MAPPED: u8 = 1;
const REFUSED: u8 = 2;

/// Buffers of one tile.
pub struct Slot {
    upload: Buffer,
    input: Buffer,
    output: Buffer,
    readback: Buffer,
    tile: Buffer,
    mapped: [Arc<AtomicU8>; 2],
    running: Option<SubmissionIndex>,
}

/// What stays the same for all tiles of a side.
pub struct Work<'a> {
    pub gpu: &'a Gpu,
    pub plan: Plan,
    pub pipeline: ComputePipeline,
    /// `struct Side`.
    pub numbers: Buffer,
    /// Light of each code; one word where it is not used.
    pub table: Buffer,
    pub stack: &'a FrameStack,
}

impl Slot {
    /// Buffers for tiles of this plan.
    pub fn new(gpu: &Gpu, plan: &Plan) -> Self {
        let buffer = |label, size, usage, mapped_at_creation| {
            gpu.device.create_buffer(&BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation,
            })
        };
        let (input, output) = (plan.input_bytes(), plan.output_bytes());
        Self {
            upload: buffer("upload", input, BufferUsages::MAP_WRITE | BufferUsages::COPY_SRC, false),
            input: buffer("pictures", input, BufferUsages::STORAGE | BufferUsages::COPY_DST, false),
            output: buffer("maps", output, BufferUsages::STORAGE | BufferUsages::COPY_SRC, false),
            readback: buffer(
                "readback",
                output,
                BufferUsages::MAP_READ | BufferUsages::COPY_DST,
                false,
            ),
            tile: buffer(
                "tile",
                4 * TILE_WORDS as u64,
                BufferUsages::UNIFORM | BufferUsages::COPY_DST,
                false,
            ),
            mapped: std::array::from_fn(|_| Arc::new(AtomicU8::new(WAITING))),
            running: None,
        }
    }

    /// Sends `count` pixels from `first` on to the GPU and starts their work.
    ///
    /// # Errors
    /// `GpuFailed` or `GpuOutOfMemory`.
    pub fn start(&mut self, work: &Work<'_>, first: usize, count: usize) -> Result<()> {
        let gpu = work.gpu;
        self.map(gpu, 0)?;
        self.fill(work, first, count)?;
        self.upload.unmap();
        let words = [first, count, work.plan.stride, work.plan.pixels].map(|v| v as u32);
        gpu.queue.write_buffer(&self.tile, 0, bytemuck::cast_slice(&words));
        let group = self.bind(work);
        let mut encoder = gpu
            .device
            .create_command_encoder(&CommandEncoderDescriptor { label: None });
        encoder.copy_buffer_to_buffer(&self.upload, 0, &self.input, 0, work.plan.input_bytes());
        {
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
            pass.set_pipeline(&work.pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(count.div_ceil(GROUP) as u32, 1, 1);
        }
        encoder.copy_buffer_to_buffer(&self.output, 0, &self.readback, 0, work.plan.output_bytes());
        self.running = Some(gpu.queue.submit([encoder.finish()]));
        self.ask(1);
        gpu.check()
    }

    /// Waits for the tile and shows its maps; [`Slot::release`] afterwards.
    ///
    /// # Errors
    /// `GpuFailed`, also where the GPU does not answer.
    pub fn wait(&mut self, gpu: &Gpu) -> Result<BufferView> {
        self.settle(gpu, 1)?;
        self.readback.get_mapped_range(..).map_err(|e| gpu.failed(e))
    }

    /// Takes the maps' memory back from the processor; views of it are gone by then.
    pub fn release(&self) {
        self.readback.unmap();
    }

    fn bind(&self, work: &Work<'_>) -> BindGroup {
        let buffers = [&work.numbers, &self.tile, &self.input, &work.table, &self.output];
        let entries: Vec<BindGroupEntry> = buffers
            .into_iter()
            .enumerate()
            .map(|(i, buffer)| BindGroupEntry {
                binding: i as u32,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        work.gpu.device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: work.gpu.layout(),
            entries: &entries,
        })
    }

    /// Asks for the upload (0) or the readback (1) buffer to be mapped.
    fn ask(&self, which: usize) {
        let (buffer, mode) = match which {
            0 => (&self.upload, MapMode::Write),
            _ => (&self.readback, MapMode::Read),
        };
        let state = Arc::clone(&self.mapped[which]);
        state.store(WAITING, Ordering::Release);
        buffer.map_async(mode, .., move |result| {
            state.store(if result.is_ok() { MAPPED } else { REFUSED }, Ordering::Release);
        });
    }

    fn map(&mut self, gpu: &Gpu, which: usize) -> Result<()> {
        self.ask(which);
        self.settle(gpu, which)
    }

    /// Waits until the buffer is mapped.
    fn settle(&mut self, gpu: &Gpu, which: usize) -> Result<()> {
        let state = || self.mapped[which].load(Ordering::Acquire);
        if state() == WAITING {
            gpu.device
                .poll(PollType::Wait {
                    submission_index: self.running.clone(),
                    timeout: Some(PATIENCE),
                })
                .map_err(|e| gpu.failed(e))?;
        }
        match state() {
            MAPPED => gpu.check(),
            _ => Err(gpu.failed("the device was lost")),
        }
    }

    /// Copies the pictures' samples of the tile into the upload buffer, a picture a thread.
    fn fill(&self, work: &Work<'_>, first: usize, count: usize) -> Result<()> {
        let frames = &work.stack.frames;
        let flats = frames.iter().filter_map(|f| f.flat.as_ref());
        let pictures: Vec<&Raster> = frames
            .iter()
            .map(|f| &f.raster)
            .chain(flats)
            .chain(&work.stack.dark)
            .collect();
        let stride = 4 * work.plan.stride as u64;
        pictures.into_par_iter().enumerate().try_for_each(|(i, raster)| {
            let samples = first * raster.channels..(first + count) * raster.channels;
            let bytes: &[u8] = match &raster.samples {
                Samples::U8(v) => &v[samples],
                Samples::U16(v) => bytemuck::cast_slice(&v[samples]),
            };
            let from = i as u64 * stride;
            let mut view = self
                .upload
                .get_mapped_range_mut(from..from + stride)
                .map_err(|e| work.gpu.failed(e))?;
            view.slice(..bytes.len()).copy_from_slice(bytes);
            Ok(())
        })
    }
}
