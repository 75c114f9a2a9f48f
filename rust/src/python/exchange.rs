//! The sealed index: bytes and buffers in, bytes out.

use crate::exchange::build::{Builder, draw_handles};
use crate::exchange::derive::{OUTPUT_BYTES, Sealer, key_secret};
use crate::exchange::ledger::{Change, Ledger};
use crate::exchange::search::{Index, Rows, tags_of, touched};
use crate::exchange::{COUNTERS, HANDLE_BYTES, NOTCH_BYTES, SECRET_BYTES, Seed, TAG_BYTES, overlay, plan, row, step};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use zeroize::Zeroizing;

type Bytes<'py> = Bound<'py, PyBytes>;
type Opened<'py> = Vec<(u32, Bytes<'py>, Bytes<'py>)>;
type Moved<'py> = Vec<(Bytes<'py>, Bytes<'py>, Bytes<'py>)>;
type Planned<'py> = (Bytes<'py>, Bytes<'py>, (Bytes<'py>, Bytes<'py>, Bytes<'py>, Bytes<'py>), Vec<Bytes<'py>>, Vec<u32>, Moved<'py>);

/// The bytes of any buffer: of an mmap, too.
fn view(buffer: &PyBuffer<u8>) -> PyResult<&[u8]> {
    if !buffer.is_c_contiguous() {
        return Err(PyValueError::new_err("a buffer is not contiguous"));
    }
    if buffer.len_bytes() == 0 {
        return Ok(&[]);
    }
    // SAFETY: the exporter keeps this memory in place as long as `buffer` lives, and `buffer` outlives the slice. What Python
    // hands in here is bytes or a read-only map of a file that nobody writes to any more.
    Ok(unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast::<u8>(), buffer.len_bytes()) })
}

fn whole(bytes: &[u8], width: usize) -> PyResult<&[u8]> {
    if bytes.len() % width == 0 { Ok(bytes) } else { Err(PyValueError::new_err("bytes are not a whole number of rows")) }
}

fn fixed<const LENGTH: usize>(bytes: &[u8]) -> PyResult<[u8; LENGTH]> {
    bytes.try_into().map_err(|_| PyValueError::new_err("bytes are not as long as they must be"))
}

/// Numbers of four bytes, in the order of this machine.
fn numbers(buffer: &PyBuffer<u8>) -> PyResult<Vec<u32>> {
    Ok(whole(view(buffer)?, 4)?.chunks_exact(4).map(|four| u32::from_ne_bytes(*four.first_chunk().expect("four bytes"))).collect())
}

fn tag<'py>(py: Python<'py>, tag: u64) -> Bytes<'py> {
    PyBytes::new(py, &tag.to_be_bytes())
}

/// Key secrets of outputs, one after the other.
#[pyfunction]
pub(super) fn exchange_key_secrets<'py>(py: Python<'py>, outputs: PyBuffer<u8>) -> PyResult<Bytes<'py>> {
    let bytes = whole(view(&outputs)?, OUTPUT_BYTES)?;
    let made: Zeroizing<Vec<u8>> = py.detach(|| {
        let one = |at| key_secret(row(bytes, at));
        Zeroizing::new((0..bytes.len() / OUTPUT_BYTES).into_par_iter().with_min_len(512).flat_map_iter(one).collect())
    });
    Ok(PyBytes::new(py, &made))
}

/// The notch of a handle under one counter of a key secret.
#[pyfunction]
pub(super) fn exchange_notch<'py>(py: Python<'py>, secret: &[u8], counter: u16, handle: &[u8]) -> PyResult<Bytes<'py>> {
    let (secret, handle) = (Zeroizing::new(fixed::<SECRET_BYTES>(secret)?), fixed(handle)?);
    if counter >= COUNTERS {
        return Err(PyValueError::new_err("no such counter"));
    }
    let (tag, pad) = Sealer::new(&secret).notch(counter);
    let mut out = Vec::with_capacity(NOTCH_BYTES);
    crate::exchange::build::push(&mut out, tag, &crate::exchange::derive::seal(&handle, &pad));
    Ok(PyBytes::new(py, &out))
}

/// Handles that differ from each other, out of a seed.
#[pyfunction]
pub(super) fn exchange_handles<'py>(py: Python<'py>, count: usize, seed: &[u8]) -> PyResult<Bytes<'py>> {
    let seed = fixed(seed)?;
    Ok(PyBytes::new(py, &py.detach(|| draw_handles(count, seed))))
}

/// What the number of notches must be a multiple of, when so many are not chaff.
#[pyfunction]
pub(super) fn exchange_step(real: usize, quantum: usize) -> usize {
    step(real, quantum)
}

/// Whether rows of this width are whole, sorted by tag and distinct.
#[pyfunction]
pub(super) fn exchange_ascending(py: Python<'_>, rows: PyBuffer<u8>, width: usize) -> PyResult<bool> {
    let bytes = view(&rows)?;
    match width {
        NOTCH_BYTES => Ok(py.detach(|| Rows::notches(bytes).ascending())),
        TAG_BYTES => Ok(py.detach(|| Rows::tags(bytes).ascending())),
        _ => Err(PyValueError::new_err("no rows have this width")),
    }
}

/// What key secrets open: (position of the secret, tag, handle).
#[pyfunction]
pub(super) fn exchange_open<'py>(
    py: Python<'py>,
    base: PyBuffer<u8>,
    added: PyBuffer<u8>,
    removed: PyBuffer<u8>,
    secrets: PyBuffer<u8>,
) -> PyResult<Opened<'py>> {
    let index = index(&base, &added, &removed)?;
    let bytes = whole(view(&secrets)?, SECRET_BYTES)?;
    let found = py.detach(|| index.open_all(bytes));
    Ok(found.into_iter().map(|(at, t, handle)| (at, tag(py, t), PyBytes::new(py, &handle))).collect())
}

fn index<'a>(base: &'a PyBuffer<u8>, added: &'a PyBuffer<u8>, removed: &'a PyBuffer<u8>) -> PyResult<Index<'a>> {
    Ok(Index {
        base: Rows::notches(whole(view(base)?, NOTCH_BYTES)?),
        added: Rows::notches(whole(view(added)?, NOTCH_BYTES)?),
        removed: Rows::tags(whole(view(removed)?, TAG_BYTES)?),
    })
}

/// Applies a delta to what earlier ones left: (notches added since the base, its tags removed since).
#[pyfunction]
pub(super) fn exchange_apply<'py>(
    py: Python<'py>,
    base: PyBuffer<u8>,
    held: (PyBuffer<u8>, PyBuffer<u8>),
    coming: (PyBuffer<u8>, PyBuffer<u8>),
) -> PyResult<(Bytes<'py>, Bytes<'py>)> {
    let index = index(&base, &held.0, &held.1)?;
    let (added, removed) = (view(&coming.0)?, view(&coming.1)?);
    let (notches, tags) = py.detach(|| overlay::apply(index, added, removed)).map_err(PyValueError::new_err)?;
    Ok((PyBytes::new(py, &notches), PyBytes::new(py, &tags)))
}

/// Positions of the key secrets whose first run has a tag that a delta adds or removes.
#[pyfunction]
pub(super) fn exchange_touched(py: Python<'_>, secrets: PyBuffer<u8>, added: PyBuffer<u8>, removed: PyBuffer<u8>) -> PyResult<Vec<u32>> {
    let bytes = whole(view(&secrets)?, SECRET_BYTES)?;
    let (coming, going) = (whole(view(&added)?, NOTCH_BYTES)?, whole(view(&removed)?, TAG_BYTES)?);
    Ok(py.detach(|| touched(bytes, Rows::tags(&tags_of(Rows::notches(coming), Rows::tags(going))))))
}

/// Plans a delta: (added, removed, (notches, chaff, spent, crowded), tags of changes, keys left out of changes, moved).
#[pyfunction]
pub(super) fn exchange_plan<'py>(
    py: Python<'py>,
    ledger: (PyBuffer<u8>, PyBuffer<u8>, PyBuffer<u8>, PyBuffer<u8>),
    changes: Vec<(PyBuffer<u8>, PyBuffer<u8>, PyBuffer<u8>)>,
    quantum: usize,
    seed: &[u8],
) -> PyResult<Planned<'py>> {
    let held = Ledger {
        notches: whole(view(&ledger.0)?, NOTCH_BYTES)?,
        chaff: whole(view(&ledger.1)?, TAG_BYTES)?,
        spent: whole(view(&ledger.2)?, TAG_BYTES)?,
        crowded: whole(view(&ledger.3)?, SECRET_BYTES)?,
    };
    let given: Vec<Change<'_>> = changes
        .iter()
        .map(|(handle, old, secrets)| {
            Ok(Change { handle: fixed(view(handle)?)?, old: whole(view(old)?, TAG_BYTES)?, secrets: whole(view(secrets)?, SECRET_BYTES)? })
        })
        .collect::<PyResult<_>>()?;
    let seed: Seed = fixed(seed)?;
    let made = py.detach(|| plan::plan(held, &given, quantum, seed)).map_err(PyValueError::new_err)?;
    let bytes = |rows: &[u8]| PyBytes::new(py, rows);
    Ok((
        bytes(&made.added),
        bytes(&made.removed),
        (bytes(&made.notches), bytes(&made.chaff), bytes(&made.spent), bytes(&made.crowded)),
        made.tags.iter().map(|tags| bytes(tags)).collect(),
        made.left_out,
        made.moved.iter().map(|(handle, from, to)| (bytes(handle), tag(py, *from), tag(py, *to))).collect(),
    ))
}

/// Collects key secrets, and makes a base of them.
#[pyclass]
pub(super) struct IndexBuilder {
    core: Option<Builder>,
}

#[pymethods]
impl IndexBuilder {
    #[new]
    fn new() -> Self {
        IndexBuilder { core: Some(Builder::default()) }
    }

    /// Outputs of the OPRF, one for each number of a record.
    fn append_outputs(&mut self, py: Python<'_>, outputs: PyBuffer<u8>, records: PyBuffer<u8>) -> PyResult<()> {
        let (bytes, numbers) = (view(&outputs)?, numbers(&records)?);
        let core = self.open(bytes.len(), numbers.len() * OUTPUT_BYTES)?;
        py.detach(|| core.append_outputs(bytes, &numbers));
        Ok(())
    }

    /// Key secrets, one for each number of a record.
    fn append_secrets(&mut self, py: Python<'_>, secrets: PyBuffer<u8>, records: PyBuffer<u8>) -> PyResult<()> {
        let (bytes, numbers) = (view(&secrets)?, numbers(&records)?);
        let core = self.open(bytes.len(), numbers.len() * SECRET_BYTES)?;
        py.detach(|| core.append_secrets(bytes, &numbers));
        Ok(())
    }

    fn __len__(&self) -> usize {
        self.core.as_ref().map_or(0, Builder::len)
    }

    /// The base: (notches, chaff, crowded, tags by record, tags a record, records left out). Ends the builder.
    #[allow(clippy::type_complexity)]
    fn finish<'py>(
        &mut self,
        py: Python<'py>,
        handles: PyBuffer<u8>,
        quantum: usize,
        seed: &[u8],
    ) -> PyResult<(Bytes<'py>, Bytes<'py>, Bytes<'py>, Bytes<'py>, Bytes<'py>, Vec<u32>)> {
        let (given, seed) = (whole(view(&handles)?, HANDLE_BYTES)?, fixed(seed)?);
        let core = self.core.take().ok_or_else(finished)?;
        let made = py.detach(|| core.finish(given, quantum, seed)).map_err(PyValueError::new_err)?;
        let counts: Vec<u8> = made.counts.iter().flat_map(|count| count.to_ne_bytes()).collect();
        let bytes = |rows: &[u8]| PyBytes::new(py, rows);
        Ok((bytes(&made.notches), bytes(&made.chaff), bytes(&made.crowded), bytes(&made.tags), bytes(&counts), made.left_out))
    }
}

impl IndexBuilder {
    fn open(&mut self, given: usize, needed: usize) -> PyResult<&mut Builder> {
        if given != needed {
            return Err(PyValueError::new_err("not as many keys as records"));
        }
        self.core.as_mut().ok_or_else(finished)
    }
}

fn finished() -> PyErr {
    PyValueError::new_err("this builder has made its base")
}
