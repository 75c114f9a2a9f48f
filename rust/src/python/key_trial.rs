//! Trying key weights on labelled pairs.

use super::key_maker::parsed;
use super::read_params;
use crate::keys::shared::Common;
use crate::keys::trial::{Tried, judge};
use crate::keys::{Atoms, KeyWeights, Keys, Role};
use crate::params::Params;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

/// Labelled pairs and sample records, read once; weights come and go.
#[pyclass]
pub(super) struct KeyTrial {
    params: Params,
    pairs: Vec<Vec<Tried>>,
    counted: Vec<Vec<Vec<u8>>>,
}

#[pymethods]
impl KeyTrial {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(KeyTrial { params: read_params(parameters, frequencies)?, pairs: Vec::new(), counted: Vec::new() })
    }

    /// Adds pairs (number of asker, number of holder) with their labels, and the records whose keys as holder are counted.
    fn add(
        &mut self,
        py: Python<'_>,
        askers: Vec<Vec<u8>>,
        holders: Vec<Vec<u8>>,
        pairs: Vec<(usize, usize, bool)>,
        counted: Vec<Vec<u8>>,
    ) -> PyResult<()> {
        let read = py.detach(|| {
            let x = self.atoms(&askers, Role::Asker)?;
            let y = self.atoms(&holders, Role::Holder)?;
            Ok::<_, PyErr>(pairs.par_iter().map(|&(i, j, same)| Tried { common: Common::of(&x[i], &y[j]), same }).collect())
        })?;
        self.pairs.push(read);
        self.counted.push(counted);
        Ok(())
    }

    /// For each set: the same persons that share a key, and the others that do; softly (`keys::trial::judge`).
    fn judge(&self, py: Python<'_>, keys: &str, softness_tenths: f64) -> PyResult<Vec<(f64, f64)>> {
        let w = key_weights(keys)?;
        Ok(py.detach(|| self.pairs.iter().map(|pairs| judge(pairs, &w, softness_tenths)).collect()))
    }

    /// For each set: how many keys each counted record has as holder.
    fn counts(&self, py: Python<'_>, keys: &str) -> PyResult<Vec<Vec<usize>>> {
        let w = key_weights(keys)?;
        py.detach(|| self.counted.iter().map(|lines| self.count(lines, &w)).collect())
    }
}

impl KeyTrial {
    fn atoms(&self, lines: &[Vec<u8>], role: Role) -> PyResult<Vec<Atoms>> {
        lines.par_iter().map(|line| Ok(Atoms::of(&parsed(line)?, role, &self.params.table, &self.params.keys))).collect()
    }

    fn count(&self, lines: &[Vec<u8>], w: &KeyWeights) -> PyResult<Vec<usize>> {
        lines.par_iter().map(|line| Ok(Keys::of(&parsed(line)?, Role::Holder, &self.params.table, w).keys.len())).collect()
    }
}

fn key_weights(keys: &str) -> PyResult<KeyWeights> {
    let w: KeyWeights = serde_json::from_str(keys).map_err(|e| PyValueError::new_err(format!("keys: {e}")))?;
    w.check().map_err(PyValueError::new_err)?;
    Ok(w)
}
