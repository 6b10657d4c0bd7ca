//! An opened GPU: device, queue, pipelines made so far, and buffers kept from side to side.

use crate::adapter::{AdapterInfo, best, describe, ready};
use crate::failure;
use crate::plan::Plan;
use crate::shader::Variant;
use crate::slot::Slot;
use imaging::{CoreError, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wgpu::{
    BindGroupLayout, BindGroupLayoutDescriptor, BindGroupLayoutEntry, BindingType, BufferBindingType, ComputePipeline,
    ComputePipelineDescriptor, DeviceDescriptor, Limits, PipelineLayoutDescriptor, ShaderModuleDescriptor,
    ShaderSource, ShaderStages,
};

/// Larger buffers bring nothing, and keep memory from others.
const MOST_BUFFER_BYTES: u64 = 64 << 20;

/// First fault that the driver told of, outside of any call.
type Fault = Arc<Mutex<Option<CoreError>>>;

/// A GPU that is ready to compute. Dropping it gives its memory back.
pub struct Gpu {
    info: AdapterInfo,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    layout: BindGroupLayout,
    most_bytes: u64,
    fault: Fault,
    pub(crate) kept: Mutex<Kept>,
}

/// What is kept from side to side.
#[derive(Default)]
pub struct Kept {
    pipelines: HashMap<Variant, ComputePipeline>,
    slots: Option<(Plan, Vec<Slot>)>,
}

pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept is only put there whole, so a panic elsewhere leaves it sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gpu {
    /// The best GPU of this machine without opening it.
    #[must_use]
    pub fn look() -> Option<AdapterInfo> {
        best().as_ref().map(describe)
    }

    /// Opens the best GPU.
    ///
    /// # Errors
    /// `GpuMissing` where there is none, `GpuFailed` where it cannot be opened.
    pub fn open() -> Result<Self> {
        Self::open_with(MOST_BUFFER_BYTES)
    }

    /// [`Gpu::open`] with no buffer larger than `most_bytes`.
    ///
    /// # Errors
    /// Those of [`Gpu::open`].
    pub fn open_with(most_bytes: u64) -> Result<Self> {
        let adapter = best()
            .ok_or_else(|| failure::missing("this machine has no GPU with a Vulkan, Metal or Direct3D 12 driver"))?;
        let info = describe(&adapter);
        let offered = adapter.limits();
        let most_bytes = most_bytes
            .min(offered.max_storage_buffer_binding_size)
            .min(offered.max_buffer_size);
        let required_limits = Limits {
            max_storage_buffer_binding_size: most_bytes,
            max_buffer_size: most_bytes,
            ..Limits::downlevel_defaults()
        };
        let opened = ready(adapter.request_device(&DeviceDescriptor {
            label: Some("trugrade"),
            required_limits,
            ..DeviceDescriptor::default()
        }));
        let (device, queue) = opened
            .ok_or_else(|| failure::failed(&info.name, "its driver did not answer"))?
            .map_err(|e| failure::failed(&info.name, e))?;
        let fault = Fault::default();
        watch(&device, &info.name, &fault);
        let layout = layout(&device);
        Ok(Self {
            info,
            device,
            queue,
            layout,
            most_bytes,
            fault,
            kept: Mutex::default(),
        })
    }

    /// Its name and driver.
    #[must_use]
    pub fn info(&self) -> &AdapterInfo {
        &self.info
    }

    /// Gives the device up as a pulled cable would; every later call fails. For tests of what then happens.
    pub fn lose(&self) {
        self.device.destroy();
    }

    pub(crate) fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    pub(crate) fn layout(&self) -> &BindGroupLayout {
        &self.layout
    }

    /// # Errors
    /// The first fault that the driver told of.
    pub(crate) fn check(&self) -> Result<()> {
        held(&self.fault).clone().map_or(Ok(()), Err)
    }

    pub(crate) fn failed(&self, why: impl std::fmt::Display) -> CoreError {
        self.check()
            .err()
            .unwrap_or_else(|| failure::failed(&self.info.name, why))
    }

    /// The pipeline of a variant, made when it is first asked for.
    pub(crate) fn pipeline(&self, kept: &mut Kept, variant: Variant) -> Result<ComputePipeline> {
        if let Some(pipeline) = kept.pipelines.get(&variant) {
            return Ok(pipeline.clone());
        }
        let module = self.device.create_shader_module(ShaderModuleDescriptor {
            label: Some("photometric"),
            source: ShaderSource::Wgsl(variant.source().into()),
        });
        let layout = self.device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&self.layout)],
            ..PipelineLayoutDescriptor::default()
        });
        let pipeline = self.device.create_compute_pipeline(&ComputePipelineDescriptor {
            label: Some("photometric"),
            layout: Some(&layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        self.check()?;
        kept.pipelines.insert(variant, pipeline.clone());
        Ok(pipeline)
    }

    /// Buffers for a plan: those of the last side where they fit.
    pub(crate) fn slots(&self, kept: &mut Kept, plan: Plan, count: usize) -> Result<Vec<Slot>> {
        match kept.slots.take() {
            Some((p, slots)) if p == plan && slots.len() >= count => Ok(slots),
            _ => {
                let slots = (0..count).map(|_| Slot::new(self, &plan)).collect();
                self.check()?;
                Ok(slots)
            }
        }
    }

    /// Keeps the buffers of a side that went well for the next one.
    pub(crate) fn keep(&self, kept: &mut Kept, plan: Plan, slots: Vec<Slot>) {
        kept.slots = Some((plan, slots));
    }
}

/// Notes what the driver tells outside of calls: losses, exhausted memory, faults of ours.
fn watch(device: &wgpu::Device, name: &str, fault: &Fault) {
    let note = |fault: &Fault, error: CoreError| {
        held(fault).get_or_insert(error);
    };
    let (slot, who) = (Arc::clone(fault), name.to_owned());
    device.on_uncaptured_error(Arc::new(move |error| {
        note(&slot, failure::told(&who, &error));
    }));
    let (slot, who) = (Arc::clone(fault), name.to_owned());
    device.set_device_lost_callback(move |reason, text| {
        let why = if text.is_empty() { format!("{reason:?}") } else { text };
        note(&slot, failure::failed(&who, format!("the device was lost ({why})")));
    });
}

/// The five buffers of `shaders/side.wgsl`.
fn layout(device: &wgpu::Device) -> BindGroupLayout {
    let uniform = BufferBindingType::Uniform;
    let storage = |read_only| BufferBindingType::Storage { read_only };
    let kinds = [uniform, uniform, storage(true), storage(true), storage(false)];
    let entries: Vec<BindGroupLayoutEntry> = kinds
        .into_iter()
        .enumerate()
        .map(|(i, ty)| BindGroupLayoutEntry {
            binding: i as u32,
            visibility: ShaderStages::COMPUTE,
            ty: BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    device.create_bind_group_layout(&BindGroupLayoutDescriptor {
        label: Some("photometric"),
        entries: &entries,
    })
}
