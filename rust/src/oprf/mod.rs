//! Oblivious pseudorandom functions: RFC 9497, and nothing else.
//!
//! A client learns F(key, input) without showing its input; a server lends its key without showing it. The words are the
//! RFC's; every function takes a batch, because one call for thousands of elements is what makes it fast. No transport, no
//! budget, no file.
//!
//! 1. What depends on a secret scalar takes the same time for every scalar. What was sent over the wire is public, and only
//!    there sums are computed in variable time.
//! 2. Secret scalars are erased when they are dropped. Inputs and outputs belong to the caller, who has copies anyway.
//! 3. No message holds a byte of what was given: only which element, by position.

pub mod client;
pub mod dleq;
pub mod expand;
pub mod keys;
pub mod ristretto;
pub mod server;
pub mod suite;
#[cfg(test)]
mod tests;

use expand::Expander;
use suite::Suite;

/// Most elements in one call: their positions are written with two bytes (section 2.2.1).
pub const MAX_BATCH: usize = 65_535;
/// Longest input, bytes (section 5.1: smaller than 2^16 - 1).
pub const MAX_INPUT_BYTES: usize = 65_534;

/// The two variants offered here (section 3.1); the third, POPRF, is not needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Oprf = 0x00,
    Voprf = 0x01,
}

impl Mode {
    pub fn read(number: u8) -> Option<Self> {
        [Mode::Oprf, Mode::Voprf].into_iter().find(|&m| m as u8 == number)
    }
}

/// Whose fault a failure is, in the words of section 5.3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Bytes of the other side are no element, scalar or proof.
    Deserialize,
    /// The proof of the other side does not verify.
    Verify,
    /// An input, a seed or a stored key of our own cannot be used.
    InvalidInput,
    /// Things were put together that do not belong together.
    Local,
    /// The operating system gave no randomness.
    NoRandomness,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
}

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into() }
    }
}

pub type Result<T> = std::result::Result<T, Error>;

/// What the two sides agreed on before they speak (section 3.2), with its domain separated hashes made ready.
pub struct Context<S: Suite> {
    pub mode: Mode,
    pub string: Vec<u8>,
    group: Expander<S::Hash>,
    scalar: Expander<S::Hash>,
}

impl<S: Suite> Context<S> {
    pub fn new(mode: Mode) -> Self {
        let string = create_context_string(mode, S::IDENTIFIER);
        let group = Expander::new(&[b"HashToGroup-".as_slice(), &string].concat());
        let scalar = Expander::new(&[b"HashToScalar-".as_slice(), &string].concat());
        Context { mode, string, group, scalar }
    }

    /// HashToGroup (section 2.1); the identity is no element to work with.
    pub fn hash_to_group(&self, input: &[u8], position: usize) -> Result<S::Element> {
        let element = S::hash_to_group(&self.group, input);
        if S::is_identity(&element) {
            return Err(Error::new(Kind::InvalidInput, format!("input {position} hashes to the identity element")));
        }
        Ok(element)
    }

    /// HashToScalar (section 2.1) of a message in parts.
    pub fn hash_to_scalar(&self, message: &[&[u8]]) -> S::Scalar {
        S::hash_to_scalar(&self.scalar, message)
    }
}

/// CreateContextString (section 3.1).
pub fn create_context_string(mode: Mode, identifier: &str) -> Vec<u8> {
    [b"OPRFV1-".as_slice(), &[mode as u8], b"-", identifier.as_bytes()].concat()
}

/// Elements with the bytes they were read from or written to.
pub struct Elements<S: Suite> {
    pub points: Vec<S::Element>,
    pub bytes: Vec<u8>,
}

impl<S: Suite> Elements<S> {
    /// DeserializeElement (section 2.1) for a batch; `what` names it in messages.
    pub fn read(what: &str, bytes: &[u8]) -> Result<Self> {
        use rayon::prelude::*;
        if bytes.len() % S::ELEMENT_BYTES != 0 {
            return Err(Error::new(Kind::Deserialize, format!("{what}s are not a whole number of {} bytes", S::ELEMENT_BYTES)));
        }
        check_batch(Kind::Deserialize, bytes.len() / S::ELEMENT_BYTES)?;
        let least = chunk_len(bytes.len() / S::ELEMENT_BYTES);
        let read: Vec<_> = bytes.par_chunks_exact(S::ELEMENT_BYTES).with_min_len(least).map(S::deserialize_element).collect();
        let points: Option<Vec<_>> = read.iter().copied().collect();
        let first_bad = || read.iter().position(Option::is_none).unwrap_or_default();
        let points = points.ok_or_else(|| Error::new(Kind::Deserialize, format!("{what} {} is not a valid group element", first_bad())))?;
        Ok(Elements { points, bytes: bytes.to_vec() })
    }
}

/// Input lengths of one call.
fn check_inputs(inputs: &[&[u8]]) -> Result<()> {
    match inputs.iter().position(|input| input.len() > MAX_INPUT_BYTES) {
        Some(position) => Err(Error::new(Kind::InvalidInput, format!("input {position} is longer than {MAX_INPUT_BYTES} bytes"))),
        None => Ok(()),
    }
}

fn check_batch(kind: Kind, count: usize) -> Result<()> {
    if (1..=MAX_BATCH).contains(&count) {
        return Ok(());
    }
    Err(Error::new(kind, format!("a batch has 1 to {MAX_BATCH} elements, not {count}")))
}

/// The hash at the end of Finalize and Evaluate (section 3.3.1): an output from an input and its issued element.
fn output<S: Suite>(input: &[u8], issued: &[u8], out: &mut [u8]) {
    use sha2::Digest;
    let mut hash = S::Hash::new();
    hash.update(i2osp_2(input.len()));
    hash.update(input);
    hash.update(i2osp_2(issued.len()));
    hash.update(issued);
    hash.update(b"Finalize");
    out.copy_from_slice(&hash.finalize());
}

/// I2OSP(number, 2) of RFC 8017; every length and position here has been checked to fit.
fn i2osp_2(number: usize) -> [u8; 2] {
    u16::try_from(number).expect("checked before").to_be_bytes()
}

/// How many elements one core takes at a time: enough to share the one inversion of a batch, few enough for all cores to work.
fn chunk_len(count: usize) -> usize {
    count.div_ceil(rayon::current_num_threads()).clamp(1, 64)
}
