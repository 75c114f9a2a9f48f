//! Match keys.

use super::read_params;
use crate::keys;
use crate::params::Params;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
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
        let role = if role == "holder" { keys::Role::Holder } else { keys::Role::Asker };
        py.detach(|| lines.par_iter().map(|line| parsed(line).map(|row| keys::keys(&row, role, &self.params.table, &self.params.keys))).collect())
    }

    /// Weight of the evidence two records share, in tenths of a bit, by trying everything; None when no name part is shared.
    fn shared_weight(&self, asker: &[u8], holder: &[u8]) -> PyResult<Option<i32>> {
        let (x, y) = (self.atoms(asker, keys::Role::Asker)?, self.atoms(holder, keys::Role::Holder)?);
        Ok(keys::shared_weight(&x, &y, &self.params.keys))
    }

    /// Features of pairs (number of asker, number of holder) that key weights are learned from.
    fn features(&self, py: Python<'_>, askers: Vec<Vec<u8>>, holders: Vec<Vec<u8>>, pairs: Vec<(usize, usize)>) -> PyResult<Vec<Option<Vec<f32>>>> {
        py.detach(|| {
            let x: Vec<_> = askers.iter().map(|l| self.atoms(l, keys::Role::Asker)).collect::<PyResult<_>>()?;
            let y: Vec<_> = holders.iter().map(|l| self.atoms(l, keys::Role::Holder)).collect::<PyResult<_>>()?;
            Ok(pairs.par_iter().map(|&(i, j)| keys::features(&x[i], &y[j], &self.params.keys).map(|f| f.to_vec())).collect())
        })
    }

    /// Pairs of numbers (asker, holder) that share a match key.
    fn hits(&self, py: Python<'_>, askers: Vec<Vec<u8>>, holders: Vec<Vec<u8>>) -> PyResult<Vec<(u32, u32)>> {
        py.detach(|| {
            let a = self.hashed(&askers, keys::Role::Asker)?;
            let h = self.hashed(&holders, keys::Role::Holder)?;
            let found = crate::link::blocking::join(&a, &h, u64::MAX);
            Ok(found.pairs.iter().map(|p| ((p >> 32) as u32, *p as u32)).collect())
        })
    }
}

impl KeyMaker {
    fn atoms(&self, line: &[u8], role: keys::Role) -> PyResult<keys::Atoms> {
        parsed(line).map(|row| keys::Atoms::of(&row, role, &self.params.table, &self.params.keys))
    }

    fn hashed(&self, lines: &[Vec<u8>], role: keys::Role) -> PyResult<Vec<(u64, u32)>> {
        let all: Vec<Vec<(u64, u32)>> = lines
            .par_iter()
            .enumerate()
            .map(|(i, line)| {
                let row = parsed(line)?;
                let made = keys::keys(&row, role, &self.params.table, &self.params.keys);
                Ok(made.iter().map(|k| (rapidhash::v3::rapidhash_v3(k.as_bytes()), i as u32)).collect())
            })
            .collect::<PyResult<_>>()?;
        let mut out = all.concat();
        out.par_sort_unstable();
        Ok(out)
    }
}

pub(super) fn parsed(line: &[u8]) -> PyResult<crate::register::parse::Row<'_>> {
    crate::register::parse::parse(line.trim_ascii()).map_err(PyValueError::new_err)
}
