//! Single queries to a store, and explanations.

use super::read_params;
use crate::find::index;
use crate::link::decide::{decision, probability};
use crate::params::Params;
use crate::register::{Register, parts::Parts};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Index entries for a store, and the weighing of what the store returns.
#[pyclass]
pub(super) struct Searcher {
    params: Params,
}

/// (feature, value, bits), (part of a, part of b, bits), (name of a, name of b), total bits.
pub(super) type Explained = (Vec<(&'static str, f32, f32)>, Vec<(String, String, f32)>, (usize, usize), f32);

#[pymethods]
impl Searcher {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(Searcher { params: read_params(parameters, frequencies)? })
    }

    /// For each line: its keys and its counted classes, as signed 64-bit numbers.
    fn index(&self, py: Python<'_>, lines: Vec<Vec<u8>>) -> PyResult<Vec<(Vec<i64>, Vec<i64>)>> {
        py.detach(|| {
            let (register, parts) = one_register(&lines)?;
            Ok((0..register.len())
                .map(|i| (index::keys(&register, i, &parts, &self.params.table), index::counted_classes(&register, i, &parts)))
                .collect())
        })
    }

    /// The classes whose counts weighing a query against candidates asks for; of candidates nothing but parts of names.
    fn counted(&self, py: Python<'_>, query: Vec<u8>, candidates: Vec<Vec<u8>>) -> PyResult<Vec<i64>> {
        py.detach(|| {
            let mut parts = Parts::default();
            let asked = read_into(&[query], &mut parts)?;
            let register = read_into(&candidates, &mut parts)?;
            parts.fold_new();
            let mut out = index::counted_classes(&asked, 0, &parts);
            out.extend((0..register.len()).flat_map(|i| index::part_classes(&register, i, &parts)));
            out.sort_unstable();
            out.dedup();
            Ok(out)
        })
    }

    /// Weighs a query against candidate lines: (position, weight_bits, probability, decision), best first.
    fn weigh(
        &self,
        py: Python<'_>,
        query: &[u8],
        candidates: Vec<Vec<u8>>,
        counts: std::collections::HashMap<i64, u32>,
        persons: usize,
        prior_bits: f32,
    ) -> PyResult<Vec<(usize, f32, f32, &'static str)>> {
        py.detach(|| {
            let mut parts = Parts::default();
            let asked = read_into(&[query.to_vec()], &mut parts)?;
            let register = read_into(&candidates, &mut parts)?;
            parts.fold_new();
            let counts = counts.into_iter().map(|(k, n)| (k as u64, n)).collect();
            let frequencies = crate::compare::frequency::Frequencies::from_counts(persons, &parts, &self.params.table, &counts, &asked);
            let mut comparer = crate::compare::Comparer::new(&parts, &frequencies, &self.params.channels, &self.params.weights);
            let mut out: Vec<_> = (0..register.len())
                .map(|j| {
                    let bits = crate::compare::weigh(&comparer.compare(&asked, 0, &register, j).evidence, &self.params.weights);
                    let p = probability(bits, prior_bits, self.params.calibration);
                    (j, bits, p, decision(p, self.params.thresholds))
                })
                .collect();
            out.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
            Ok(out)
        })
    }

    /// Explains the weight of two records, with the frequencies of the table alone.
    fn explain(&self, a: &[u8], b: &[u8]) -> PyResult<Explained> {
        let mut parts = Parts::default();
        let (x, y) = (read_into(&[a.to_vec()], &mut parts)?, read_into(&[b.to_vec()], &mut parts)?);
        parts.fold_new();
        let frequencies = crate::compare::frequency::Frequencies::from_counts(0, &parts, &self.params.table, &Default::default(), &x);
        let mut comparer = crate::compare::Comparer::new(&parts, &frequencies, &self.params.channels, &self.params.weights);
        Ok(explained(crate::explain::explain(&x, 0, &y, 0, &parts, &mut comparer, &self.params.weights)))
    }

    /// Probability of a weight under a prior, and the decision.
    fn decide(&self, bits: f32, prior_bits: f32) -> (f32, &'static str) {
        let p = probability(bits, prior_bits, self.params.calibration);
        (p, decision(p, self.params.thresholds))
    }
}

pub(super) fn explained(e: crate::explain::Explanation) -> Explained {
    let lines = e.lines.into_iter().map(|l| (l.feature, l.value, l.bits)).collect();
    (lines, e.parts.into_iter().map(|p| (p.a, p.b, p.bits)).collect(), e.names, e.bits)
}

pub(super) fn one_register(lines: &[Vec<u8>]) -> PyResult<(Register, Parts)> {
    let mut parts = Parts::default();
    let register = read_into(lines, &mut parts)?;
    parts.fold_new();
    Ok((register, parts))
}

/// Reads lines that must all be records; they come from a store that has checked them.
pub(super) fn read_into(lines: &[Vec<u8>], parts: &mut Parts) -> PyResult<Register> {
    let mut register = Register::default();
    match register.append_lines(lines, parts).first() {
        Some(b) => Err(PyValueError::new_err(format!("line {}: {}", b.line, b.reason))),
        None => Ok(register),
    }
}
