//! Tests of the registration on cards drawn by an analytic renderer that shares nothing with the code under test.

mod accuracy;
mod draw;
mod refusals;
mod teaching;
mod tilted;
mod twins;
