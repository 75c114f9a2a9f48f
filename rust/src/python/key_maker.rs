//! Match keys.

use super::read_params;
use crate::keys::{self, Keys};
use crate::params::Params;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

/// Match keys of records, and the evidence behind them.
#[pyclass]
pub(super) struct KeyMaker {
    params: Params,
}

#[pymethods]
impl KeyMaker {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(KeyMaker { params: read_params(parameters, frequencies)? })
    }

    /// The match keys of each line, as the holder of an index ("holder") or the one who asks ("asker") makes them.
    fn keys(&self, py: Python<'_>, lines: Vec<Vec<u8>>, role: &str) -> PyResult<Vec<Vec<String>>> {
        let made = self.made(py, &lines, role)?;
        Ok(made.into_iter().map(|record| record.keys.into_iter().map(|(text, _)| text).collect()).collect())
    }

    /// The keys of many lines in one piece: their bytes one after the other, where each ends, what each weighs in tenths of a
    /// bit, how many keys there are up to the end of each line, how many a cap cut from each. Numbers are in this machine's order.
    fn packed<'py>(&self, py: Python<'py>, lines: Vec<Vec<u8>>, role: &str) -> PyResult<Packed<'py>> {
        let made = self.made(py, &lines, role)?;
        let count: usize = made.iter().map(|record| record.keys.len()).sum();
        let (mut text, mut ends, mut tenths) = (Vec::new(), Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut records, mut cut) = (Vec::with_capacity(made.len()), Vec::with_capacity(made.len()));
        for record in &made {
            for (key, weight) in &record.keys {
                text.extend_from_slice(key.as_bytes());
                ends.push(text.len() as u64);
                tenths.push(*weight);
            }
            records.push(ends.len() as u64);
            cut.push(record.cut as u32);
        }
        Ok((bytes(py, &text), numbers(py, &ends), numbers(py, &tenths), numbers(py, &records), numbers(py, &cut)))
    }

    /// Weight of the evidence two records share, in tenths of a bit, by trying everything; None when no name part is shared.
    fn shared_weight(&self, asker: &[u8], holder: &[u8]) -> PyResult<Option<i32>> {
        let (x, y) = (self.atoms(asker, keys::Role::Asker)?, self.atoms(holder, keys::Role::Holder)?);
        Ok(keys::shared_weight(&x, &y, &self.params.keys))
    }

    /// The same for pairs (number of asker, number of holder).
    fn shared_weights(&self, py: Python<'_>, askers: Vec<Vec<u8>>, holders: Vec<Vec<u8>>, pairs: Vec<(usize, usize)>) -> PyResult<Vec<Option<i32>>> {
        py.detach(|| self.of_pairs(&askers, &holders, &pairs, |x, y| keys::shared_weight(x, y, &self.params.keys)))
    }

    /// Pairs of numbers (asker, holder) that share a match key; numbers of the askers, of the holders some of whose keys a cap cut.
    fn hits(&self, py: Python<'_>, askers: Vec<Vec<u8>>, holders: Vec<Vec<u8>>) -> PyResult<Hits> {
        py.detach(|| {
            let (a, cut_a) = self.hashed(&askers, keys::Role::Asker)?;
            let (h, cut_h) = self.hashed(&holders, keys::Role::Holder)?;
            let found = crate::link::blocking::join(&a, &h, u64::MAX);
            Ok((found.pairs.iter().map(|p| ((p >> 32) as u32, *p as u32)).collect(), cut_a, cut_h))
        })
    }
}

/// Hash and line of every key; lines that a cap cut.
type Hashed = (Vec<(u64, u32)>, Vec<u32>);

/// Hits; askers and holders that a cap cut.
type Hits = (Vec<(u32, u32)>, Vec<u32>, Vec<u32>);

/// Text, ends, tenths, records, cut.
type Packed<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>);

fn bytes<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, content)
}

fn numbers<'py, T: Native>(py: Python<'py>, values: &[T]) -> Bound<'py, PyBytes> {
    bytes(py, &values.iter().flat_map(|value| value.native()).collect::<Vec<u8>>())
}

/// A number as the bytes of this machine.
trait Native {
    fn native(&self) -> Vec<u8>;
}

macro_rules! native {
    ($($kind:ty),*) => {$(
        impl Native for $kind {
            fn native(&self) -> Vec<u8> {
                self.to_ne_bytes().to_vec()
            }
        }
    )*};
}
native!(u64, u32, i32);

impl KeyMaker {
    fn atoms(&self, line: &[u8], role: keys::Role) -> PyResult<keys::Atoms> {
        parsed(line).map(|row| keys::Atoms::of(&row, role, &self.params.table, &self.params.keys))
    }

    fn made(&self, py: Python<'_>, lines: &[Vec<u8>], role: &str) -> PyResult<Vec<Keys>> {
        let role = read_role(role)?;
        py.detach(|| lines.par_iter().map(|line| self.keys_of(line, role)).collect())
    }

    fn keys_of(&self, line: &[u8], role: keys::Role) -> PyResult<Keys> {
        parsed(line).map(|row| Keys::of(&row, role, &self.params.table, &self.params.keys))
    }

    fn of_pairs<T: Send>(
        &self,
        askers: &[Vec<u8>],
        holders: &[Vec<u8>],
        pairs: &[(usize, usize)],
        f: impl Fn(&keys::Atoms, &keys::Atoms) -> T + Sync,
    ) -> PyResult<Vec<T>> {
        let x: Vec<_> = askers.par_iter().map(|l| self.atoms(l, keys::Role::Asker)).collect::<PyResult<_>>()?;
        let y: Vec<_> = holders.par_iter().map(|l| self.atoms(l, keys::Role::Holder)).collect::<PyResult<_>>()?;
        Ok(pairs.par_iter().map(|&(i, j)| f(&x[i], &y[j])).collect())
    }

    /// Hashes of all keys with the number of their line, sorted; and the numbers of the lines that a cap cut.
    fn hashed(&self, lines: &[Vec<u8>], role: keys::Role) -> PyResult<Hashed> {
        let made: Vec<(Vec<u64>, usize)> =
            lines.par_iter().map(|line| self.keys_of(line, role).map(|k| (hashes(&k), k.cut))).collect::<PyResult<_>>()?;
        let numbered = || (0u32..).zip(&made);
        let mut out: Vec<(u64, u32)> = numbered().flat_map(|(n, (hashes, _))| hashes.iter().map(move |&hash| (hash, n))).collect();
        out.par_sort_unstable();
        Ok((out, numbered().filter(|(_, (_, cut))| *cut > 0).map(|(n, _)| n).collect()))
    }
}

fn hashes(made: &Keys) -> Vec<u64> {
    made.keys.iter().map(|(text, _)| rapidhash::v3::rapidhash_v3(text.as_bytes())).collect()
}

fn read_role(role: &str) -> PyResult<keys::Role> {
    match role {
        "holder" => Ok(keys::Role::Holder),
        "asker" => Ok(keys::Role::Asker),
        _ => Err(PyValueError::new_err("a role is holder or asker")),
    }
}

pub(super) fn parsed(line: &[u8]) -> PyResult<crate::register::parse::Row<'_>> {
    crate::register::parse::parse(line.trim_ascii()).map_err(PyValueError::new_err)
}
