//! Oblivious evaluation: keys and blinds as objects that show nothing, everything else as bytes.

use crate::oprf::client::{self, Blinds as BlindsCore, Evidence};
use crate::oprf::keys::SecretKey as KeyCore;
use crate::oprf::ristretto::Ristretto255;
use crate::oprf::suite::Suite;
use crate::oprf::{Context, Error, Kind, Mode, Result, server};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict};
use zeroize::Zeroizing;

/// A key of any suite.
trait AnyKey: Send + Sync {
    fn public(&self) -> &[u8];
    fn serialize(&self) -> Zeroizing<Vec<u8>>;
    fn blind_evaluate(&self, mode: Mode, blinded: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>)>;
    fn evaluate(&self, mode: Mode, inputs: &[&[u8]]) -> Result<Vec<u8>>;
}

impl<S: Suite> AnyKey for KeyCore<S> {
    fn public(&self) -> &[u8] {
        self.public()
    }

    fn serialize(&self) -> Zeroizing<Vec<u8>> {
        self.serialize()
    }

    fn blind_evaluate(&self, mode: Mode, blinded: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
        server::blind_evaluate(&Context::new(mode), self, blinded)
    }

    fn evaluate(&self, mode: Mode, inputs: &[&[u8]]) -> Result<Vec<u8>> {
        server::evaluate(&Context::new(mode), self, inputs)
    }
}

/// Blinds of any suite.
trait AnyBlinds: Send + Sync {
    fn blinded(&self) -> &[u8];
    fn finalize(&self, mode: Mode, inputs: &[&[u8]], evaluated: &[u8], evidence: Option<Evidence<'_>>) -> Result<Vec<u8>>;
}

impl<S: Suite> AnyBlinds for BlindsCore<S> {
    fn blinded(&self) -> &[u8] {
        self.blinded()
    }

    fn finalize(&self, mode: Mode, inputs: &[&[u8]], evaluated: &[u8], evidence: Option<Evidence<'_>>) -> Result<Vec<u8>> {
        client::finalize(&Context::new(mode), inputs, self, evaluated, evidence)
    }
}

/// What Python may ask of a suite by its identifier.
trait AnySuite: Sync {
    fn lengths(&self) -> (usize, usize, usize);
    fn is_element(&self, bytes: &[u8]) -> bool;
    fn generate(&self) -> Result<Box<dyn AnyKey>>;
    fn derive(&self, mode: Mode, seed: &[u8], info: &[u8]) -> Result<Box<dyn AnyKey>>;
    fn deserialize(&self, bytes: &[u8]) -> Result<Box<dyn AnyKey>>;
    fn blind(&self, mode: Mode, inputs: &[&[u8]]) -> Result<Box<dyn AnyBlinds>>;
}

impl<S: Suite> AnySuite for S {
    fn lengths(&self) -> (usize, usize, usize) {
        (S::ELEMENT_BYTES, S::SCALAR_BYTES, S::OUTPUT_BYTES)
    }

    fn is_element(&self, bytes: &[u8]) -> bool {
        S::deserialize_element(bytes).is_some()
    }

    fn generate(&self) -> Result<Box<dyn AnyKey>> {
        Ok(Box::new(KeyCore::<S>::generate()?))
    }

    fn derive(&self, mode: Mode, seed: &[u8], info: &[u8]) -> Result<Box<dyn AnyKey>> {
        Ok(Box::new(KeyCore::<S>::derive_key_pair(mode, seed, info)?))
    }

    fn deserialize(&self, bytes: &[u8]) -> Result<Box<dyn AnyKey>> {
        Ok(Box::new(KeyCore::<S>::deserialize(bytes)?))
    }

    fn blind(&self, mode: Mode, inputs: &[&[u8]]) -> Result<Box<dyn AnyBlinds>> {
        Ok(Box::new(client::blind::<S>(&Context::new(mode), inputs)?))
    }
}

fn suite(identifier: &str) -> PyResult<&'static dyn AnySuite> {
    match identifier {
        Ristretto255::IDENTIFIER => Ok(&Ristretto255),
        _ => Err(PyValueError::new_err("no such suite")),
    }
}

fn mode(number: u8) -> PyResult<Mode> {
    Mode::read(number).ok_or_else(|| PyValueError::new_err("no such mode"))
}

fn slices(inputs: &[PyBackedBytes]) -> Vec<&[u8]> {
    inputs.iter().map(AsRef::as_ref).collect()
}

/// The error of the one tree, with what to do next.
fn raised(py: Python<'_>, error: Error) -> PyErr {
    let (class, hint) = match error.kind {
        Kind::Deserialize => ("DeserializeError", "ask the other node what it sent; nothing of it was used"),
        Kind::Verify => ("VerifyError", "compare the public key with the other node's, by another way than this connection"),
        Kind::InvalidInput => ("InvalidInputError", ""),
        Kind::Local => ("LocalProtocolError", ""),
        Kind::NoRandomness => ("UnavailableError", "try again when the machine has started up"),
    };
    let make = || {
        let hints = PyDict::new(py);
        hints.set_item("hint", hint)?;
        py.import("tallystick.errors")?.getattr(class)?.call((error.message,), Some(&hints))
    };
    make().map_or_else(|failure| failure, PyErr::from_value)
}

/// Length of an element, a scalar and an output of a suite, bytes.
#[pyfunction]
pub(super) fn oprf_lengths(identifier: &str) -> PyResult<(usize, usize, usize)> {
    Ok(suite(identifier)?.lengths())
}

/// Whether these bytes are a group element of a suite, and not the identity.
#[pyfunction]
pub(super) fn oprf_is_element(identifier: &str, element: &[u8]) -> PyResult<bool> {
    Ok(suite(identifier)?.is_element(element))
}

/// A secret key; shows its bytes to nobody who does not call `serialize`.
#[pyclass(frozen)]
pub(super) struct SecretKey {
    core: Box<dyn AnyKey>,
}

#[pymethods]
impl SecretKey {
    #[staticmethod]
    fn generate(py: Python<'_>, identifier: &str) -> PyResult<Self> {
        let core = suite(identifier)?.generate().map_err(|e| raised(py, e))?;
        Ok(SecretKey { core })
    }

    #[staticmethod]
    #[pyo3(signature = (identifier, mode_number, seed, info))]
    fn derive(py: Python<'_>, identifier: &str, mode_number: u8, seed: &[u8], info: &[u8]) -> PyResult<Self> {
        let core = suite(identifier)?.derive(mode(mode_number)?, seed, info).map_err(|e| raised(py, e))?;
        Ok(SecretKey { core })
    }

    #[staticmethod]
    fn deserialize(py: Python<'_>, identifier: &str, key: &[u8]) -> PyResult<Self> {
        let core = suite(identifier)?.deserialize(key).map_err(|e| raised(py, e))?;
        Ok(SecretKey { core })
    }

    fn serialize<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.core.serialize())
    }

    fn public_key<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.core.public())
    }

    /// The evaluated elements of a batch and, in VOPRF mode, their proof.
    fn blind_evaluate<'py>(
        &self,
        py: Python<'py>,
        mode_number: u8,
        blinded: PyBackedBytes,
    ) -> PyResult<(Bound<'py, PyBytes>, Option<Bound<'py, PyBytes>>)> {
        let mode = mode(mode_number)?;
        let made = py.detach(|| self.core.blind_evaluate(mode, &blinded));
        let (evaluated, proof) = made.map_err(|e| raised(py, e))?;
        Ok((PyBytes::new(py, &evaluated), proof.map(|p| PyBytes::new(py, &p))))
    }

    /// The outputs of the holder's own inputs, one after the other.
    fn evaluate<'py>(&self, py: Python<'py>, mode_number: u8, inputs: Vec<PyBackedBytes>) -> PyResult<Bound<'py, PyBytes>> {
        let mode = mode(mode_number)?;
        let made = py.detach(|| self.core.evaluate(mode, &slices(&inputs)));
        Ok(PyBytes::new(py, &made.map_err(|e| raised(py, e))?))
    }
}

/// The scalars of one blinded batch, with its inputs; shows neither.
#[pyclass(frozen)]
pub(super) struct Blinds {
    core: Box<dyn AnyBlinds>,
    inputs: Vec<PyBackedBytes>,
}

#[pymethods]
impl Blinds {
    #[staticmethod]
    fn blind(py: Python<'_>, identifier: &str, mode_number: u8, inputs: Vec<PyBackedBytes>) -> PyResult<Self> {
        let (suite, mode) = (suite(identifier)?, mode(mode_number)?);
        let core = py.detach(|| suite.blind(mode, &slices(&inputs))).map_err(|e| raised(py, e))?;
        Ok(Blinds { core, inputs })
    }

    /// The blinded elements, one after the other.
    fn blinded<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.core.blinded())
    }

    fn __len__(&self) -> usize {
        self.inputs.len()
    }

    /// The outputs; with a public key and a proof only when the proof verifies.
    fn finalize<'py>(
        &self,
        py: Python<'py>,
        mode_number: u8,
        evaluated: PyBackedBytes,
        evidence: Option<(PyBackedBytes, PyBackedBytes)>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let mode = mode(mode_number)?;
        let made = py.detach(|| {
            let evidence = evidence.as_ref().map(|(public_key, proof)| Evidence { public_key, proof });
            self.core.finalize(mode, &slices(&self.inputs), &evaluated, evidence)
        });
        Ok(PyBytes::new(py, &made.map_err(|e| raised(py, e))?))
    }
}
