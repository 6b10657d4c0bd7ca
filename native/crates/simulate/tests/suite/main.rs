//! One binary for all integration tests, so that the optimised link is paid once.

mod contract;
mod damage;
mod edges;
mod light;
mod truth;
