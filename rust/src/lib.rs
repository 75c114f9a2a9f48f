//! The native core of tallystick: names, evidence, blocking, bulk linking, finding; oblivious evaluation.
//!
//! Holds no file, socket or clock: bytes in, values out. `python` is the only module that knows Python.

pub mod compare;
pub mod exchange;
pub mod explain;
pub mod find;
pub mod keys;
pub mod learn;
pub mod link;
pub mod names;
pub mod oprf;
pub mod params;
pub mod register;
pub mod screen;

mod python;
