//! Which GPU there is: the best one of this machine, and what it is called.

use serde::Serialize;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use wgpu::{Adapter, Backends, DeviceType, Instance, InstanceDescriptor, InstanceFlags};

/// Names of drivers that compute on the processor.
const SOFTWARE: [&str; 5] = [
    "llvmpipe",
    "lavapipe",
    "softpipe",
    "swiftshader",
    "microsoft basic render",
];

/// A GPU as a person and a log know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdapterInfo {
    /// Name of the card.
    pub name: String,
    /// Name and version of its driver.
    pub driver: String,
    /// `vulkan`, `metal` or `dx12`.
    pub backend: String,
    /// A driver that computes on the processor.
    pub software: bool,
}

/// The best GPU of this machine, or none. Software drivers come last.
pub fn best() -> Option<Adapter> {
    // Neither validation nor debug names: they cost time, and the shaders are tested.
    let instance = Instance::new(InstanceDescriptor {
        backends: Backends::PRIMARY,
        flags: InstanceFlags::empty(),
        ..InstanceDescriptor::new_without_display_handle()
    });
    let adapters = ready(instance.enumerate_adapters(Backends::PRIMARY))?;
    adapters.into_iter().min_by_key(|adapter| {
        let info = adapter.get_info();
        match info.device_type {
            _ if is_software(&info) => 4,
            DeviceType::DiscreteGpu => 0,
            DeviceType::IntegratedGpu => 1,
            DeviceType::VirtualGpu => 2,
            DeviceType::Other | DeviceType::Cpu => 3,
        }
    })
}

/// Its name, driver and kind.
pub fn describe(adapter: &Adapter) -> AdapterInfo {
    let info = adapter.get_info();
    let software = is_software(&info);
    AdapterInfo {
        driver: [info.driver.trim(), info.driver_info.trim()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        backend: info.backend.to_string(),
        name: info.name,
        software,
    }
}

fn is_software(info: &wgpu::AdapterInfo) -> bool {
    let says = |text: &str| {
        let text = text.to_lowercase();
        SOFTWARE.iter().any(|name| text.contains(name))
    };
    info.device_type == DeviceType::Cpu || says(&info.name) || says(&info.driver)
}

/// The value of a future that is ready at once, as all of wgpu's are outside a browser.
pub fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
