//! Batches of queries to a register in memory.

use super::push_row;
use super::read_params;
use super::{BadLines, DroppedValues, bad_lines, dropped_values};
use crate::find::{Answer, Finder as FinderCore};
use crate::link::decide::decision;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Record id, weight in bits, probability, decision.
type Row = (String, f32, f32, &'static str);

/// A register in memory that answers batches of queries.
#[pyclass]
pub(super) struct Finder {
    core: FinderCore,
}

#[pymethods]
impl Finder {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(Finder { core: FinderCore::new(read_params(parameters, frequencies)?) })
    }

    fn append(&mut self, py: Python<'_>, lines: &[u8], first_line: usize) -> BadLines {
        let core = &mut self.core;
        bad_lines(py.detach(|| core.append(lines, first_line)))
    }

    /// Indexes what was appended; returns the number of records.
    fn finish(&mut self, py: Python<'_>) -> usize {
        let core = &mut self.core;
        py.detach(|| core.finish());
        self.core.register.len()
    }

    /// Records of the register with birth dates that could not be read.
    fn dropped_values(&self) -> DroppedValues {
        dropped_values(&self.core.register)
    }

    /// Answers a batch: CSV rows (query_id, record_id, weight_bits, probability, decision), bad lines, queries with birth dates
    /// that could not be read, number of queries and of hits.
    fn ask<'py>(
        &mut self,
        py: Python<'py>,
        lines: &[u8],
        first_line: usize,
        least_bits: Option<f32>,
    ) -> (Bound<'py, PyBytes>, BadLines, DroppedValues, usize, usize) {
        let core = &mut self.core;
        let (queries, hits, bad) = py.detach(|| core.ask(lines, first_line, least_bits.unwrap_or(f32::INFINITY)));
        let mut out = String::new();
        let t = self.core.params.thresholds;
        for h in &hits {
            push_row(
                &mut out,
                queries.id(h.query as usize),
                self.core.register.id(h.record as usize),
                h.bits,
                h.probability,
                decision(h.probability, t),
            );
        }
        (PyBytes::new(py, out.as_bytes()), bad_lines(bad), dropped_values(&queries), queries.len(), hits.len())
    }

    /// Pairs compared so far.
    fn candidates(&self) -> usize {
        self.core.candidates
    }

    /// Answers one query: (record id, weight_bits, probability, decision), best first, and how many bear the one part asked for.
    fn ask_one(&mut self, py: Python<'_>, line: &[u8], least_bits: f32) -> PyResult<(Vec<Row>, usize)> {
        let core = &mut self.core;
        let (found, bearers, bad) = py.detach(|| core.ask_one(line, least_bits));
        if let Some(b) = bad.first() {
            return Err(PyValueError::new_err(b.reason));
        }
        let show = |a: &Answer| (self.core.register.id(a.record as usize).to_string(), a.bits, a.probability, a.decision);
        Ok((found.iter().map(show).collect(), bearers))
    }
}
