//! The sealed index and what is computed over millions of keys at once (spec/exchange-v1.md, sections 4, 5 and 7).
//!
//! Knows bytes only: outputs of the OPRF, key secrets, notches. Knows no record, no document, no message.

pub mod build;
pub mod derive;
pub mod ledger;
pub mod overlay;
pub mod plan;
pub mod search;
pub mod stream;

pub const NOTCH_BYTES: usize = 15;
pub const TAG_BYTES: usize = 8;
pub const HANDLE_BYTES: usize = 7;
pub const SECRET_BYTES: usize = 32;
pub const RUN: u16 = 4;
pub const COUNTERS: u16 = 64;

pub type Handle = [u8; HANDLE_BYTES];
pub type Secret = [u8; SECRET_BYTES];
pub type Seed = [u8; 32];

/// What the number of notches must be a multiple of, when `real` of them are not chaff.
pub fn step(real: usize, quantum: usize) -> usize {
    let whole = real / 64;
    if whole == 0 { quantum } else { quantum.max(1 << whole.ilog2()) }
}

/// The least multiple of `step` that is not below `least`.
pub fn up_to(least: usize, step: usize) -> usize {
    least.div_ceil(step) * step
}

/// The row of a fixed width at a place, in bytes that hold so many.
pub fn row<const WIDTH: usize>(bytes: &[u8], at: usize) -> &[u8; WIDTH] {
    bytes[at * WIDTH..].first_chunk().expect("as many rows as were counted")
}
