//! Linking in bulk, as Python drives it.

use super::push_row;
use super::read_params;
use super::searcher::{Explained, explained, read_into};
use super::{BadLines, DroppedValues, bad_lines, dropped_values};
use crate::link::Linker as LinkerCore;
use crate::link::decide::{Weighed, decision};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Two registers on their way to being linked.
#[pyclass]
pub(super) struct Linker {
    core: LinkerCore,
    weighed: Vec<Weighed>,
}

#[pymethods]
impl Linker {
    #[new]
    #[pyo3(signature = (parameters, frequencies, within = false))]
    fn new(parameters: &str, frequencies: &str, within: bool) -> PyResult<Self> {
        Ok(Linker { core: LinkerCore::new(read_params(parameters, frequencies)?, within), weighed: Vec::new() })
    }

    /// Appends whole lines to side "a" or "b"; returns (line number, reason) of lines that are no records.
    fn append(&mut self, py: Python<'_>, side: &str, lines: &[u8], first_line: usize) -> BadLines {
        let core = &mut self.core;
        bad_lines(py.detach(|| if side == "a" { core.append_a(lines, first_line) } else { core.append_b(lines, first_line) }))
    }

    fn sizes(&self) -> (usize, usize) {
        (self.core.a.len(), self.core.b.len())
    }

    /// Records of a side with birth dates that could not be read: (line number, id, how many dates).
    fn dropped_values(&self, side: &str) -> DroppedValues {
        dropped_values(if side == "a" { &self.core.a } else { &self.core.b })
    }

    /// Finds the candidate pairs; returns how many.
    fn block(&mut self, py: Python<'_>, slack_bits: f32) -> usize {
        let core = &mut self.core;
        py.detach(|| core.block(slack_bits))
    }

    /// Counts frequencies only; for engines that join the keys elsewhere.
    fn count(&mut self, py: Python<'_>) {
        let core = &mut self.core;
        py.detach(|| core.count());
    }

    /// Blocking keys of side "a" or "b" as little-endian columns: 8 bytes of key each, 4 bytes of record number each.
    fn keys<'py>(&self, py: Python<'py>, side: &str, slack_bits: f32) -> (Bound<'py, PyBytes>, Bound<'py, PyBytes>) {
        let found = py.detach(|| self.core.keys(side == "a", slack_bits));
        let keys: Vec<u8> = found.iter().flat_map(|k| k.0.to_le_bytes()).collect();
        let records: Vec<u8> = found.iter().flat_map(|k| k.1.to_le_bytes()).collect();
        (PyBytes::new(py, &keys), PyBytes::new(py, &records))
    }

    /// Takes candidate pairs (record of a, record of b) that were joined elsewhere.
    fn take_candidates(&mut self, pairs: Vec<(u32, u32)>) -> PyResult<()> {
        let (na, nb) = self.sizes();
        if pairs.iter().any(|p| p.0 as usize >= na || p.1 as usize >= nb) {
            return Err(PyValueError::new_err("a candidate pair names a record that is not there"));
        }
        self.core.take_candidates(pairs.into_iter().map(|(a, b)| (a as u64) << 32 | b as u64).collect());
        Ok(())
    }

    /// Id of a record by its number.
    fn record_id(&self, side: &str, number: usize) -> PyResult<String> {
        let register = if side == "a" { &self.core.a } else { &self.core.b };
        (number < register.len()).then(|| register.id(number).to_string()).ok_or_else(|| PyValueError::new_err("no record has that number"))
    }

    /// Largest block that is compared, in pairs.
    #[staticmethod]
    fn most_block_pairs() -> u64 {
        crate::link::MOST_PAIRS
    }

    /// Blocks left out as too large, and the pairs in them.
    fn oversized(&self) -> (usize, u64) {
        (self.core.candidates().oversized, self.core.candidates().pairs_lost)
    }

    /// Candidates from..to as (number in a, number in b).
    fn candidates(&self, from: usize, to: usize) -> Vec<(u32, u32)> {
        self.core.candidates().pairs[from..to].iter().map(|p| ((p >> 32) as u32, *p as u32)).collect()
    }

    /// Weighs candidates from..to and keeps what could become a possible link; returns how many were kept.
    fn weigh(&mut self, py: Python<'_>, from: usize, to: usize) -> usize {
        let core = &self.core;
        let found = py.detach(|| core.weigh(from, to, core.least_bits()));
        self.weighed.extend(&found);
        found.len()
    }

    /// What `weigh` kept, from..to, as (number in a, number in b, weight in bits): to be put aside and given back.
    fn weighed(&self, from: usize, to: usize) -> Vec<(u32, u32, f32)> {
        self.weighed[from..to].iter().map(|w| (w.a, w.b, w.bits)).collect()
    }

    /// Takes back pairs that an interrupted run had weighed.
    fn restore(&mut self, pairs: Vec<(u32, u32, f32)>) -> PyResult<()> {
        let (na, nb) = self.sizes();
        if pairs.iter().any(|p| p.0 as usize >= na || p.1 as usize >= nb) {
            return Err(PyValueError::new_err("a weighed pair names a record that is not there"));
        }
        self.weighed.extend(pairs.into_iter().map(|(a, b, bits)| Weighed { a, b, bits, probability: 0.0 }));
        Ok(())
    }

    /// Takes another calibration, for the next `decide`.
    fn calibrate(&mut self, slope: f32, offset: f32) {
        self.core.params.calibration = crate::params::Calibration { slope, offset };
    }

    /// Turns weights into probabilities; returns the prior in bits.
    fn decide(&mut self, py: Python<'_>) -> f32 {
        let (core, weighed) = (&self.core, &mut self.weighed);
        py.detach(|| core.decide(weighed))
    }

    /// Weight in bits of two records of one side: whether they are one person listed twice.
    fn weigh_within(&self, side: &str, x: usize, y: usize) -> PyResult<f32> {
        let register = if side == "a" { &self.core.a } else { &self.core.b };
        if x.max(y) >= register.len() {
            return Err(PyValueError::new_err("no record has that number"));
        }
        Ok(self.core.weigh_within(register, x, y))
    }

    /// Explains two records as this run weighs them: name parts and places are as common as on both sides together.
    fn explain(&mut self, a: &[u8], b: &[u8]) -> PyResult<Explained> {
        let parts = &mut self.core.parts;
        let (x, y) = (read_into(&[a.to_vec()], parts)?, read_into(&[b.to_vec()], parts)?);
        Ok(explained(self.core.explain(&x, &y)))
    }

    fn weighed_count(&self) -> usize {
        self.weighed.len()
    }

    /// Decided pairs from..to as (id_a, id_b, weight_bits, probability, decision).
    fn pairs(&self, from: usize, to: usize) -> Vec<(String, String, f32, f32, &'static str)> {
        let t = self.core.params.thresholds;
        let to = to.min(self.weighed.len());
        self.weighed[from.min(to)..to]
            .iter()
            .map(|w| (self.core.a.id(w.a as usize).into(), self.core.b.id(w.b as usize).into(), w.bits, w.probability, decision(w.probability, t)))
            .collect()
    }

    /// The same as CSV rows, links and possible links only unless `least_bits` is given.
    fn rows<'py>(&self, py: Python<'py>, from: usize, to: usize, least_bits: Option<f32>) -> (Bound<'py, PyBytes>, usize, usize) {
        let t = self.core.params.thresholds;
        let (mut out, mut links, mut possible) = (String::new(), 0, 0);
        let to = to.min(self.weighed.len());
        for w in self.weighed[from.min(to)..to].iter().filter(|w| self.core.is_told(w)) {
            let said = decision(w.probability, t);
            links += usize::from(said == "link");
            possible += usize::from(said == "possible");
            if said != "non-link" || least_bits.is_some_and(|least| w.bits >= least) {
                push_row(&mut out, self.core.a.id(w.a as usize), self.core.b.id(w.b as usize), w.bits, w.probability, said);
            }
        }
        (PyBytes::new(py, out.as_bytes()), links, possible)
    }

    /// Evidence of the candidates, for learning: ids of both sides and one row of features each.
    fn evidence(&self, py: Python<'_>, from: usize, to: usize) -> Vec<(String, String, Vec<f32>)> {
        let core = &self.core;
        let found = py.detach(|| core.evidence(from, to));
        found.into_iter().map(|(a, b, e)| (core.a.id(a as usize).to_string(), core.b.id(b as usize).to_string(), e.to_vec())).collect()
    }

    /// The same as little-endian columns: numbers of the records of a, of b (32 bits each), and rows of 32-bit floats.
    fn evidence_columns<'py>(&self, py: Python<'py>, from: usize, to: usize) -> [Bound<'py, PyBytes>; 3] {
        let found = py.detach(|| self.core.evidence(from, to));
        let a: Vec<u8> = found.iter().flat_map(|(a, _, _)| a.to_le_bytes()).collect();
        let b: Vec<u8> = found.iter().flat_map(|(_, b, _)| b.to_le_bytes()).collect();
        let rows: Vec<u8> = found.iter().flat_map(|(_, _, e)| e.iter().flat_map(|x| x.to_le_bytes())).collect();
        [PyBytes::new(py, &a), PyBytes::new(py, &b), PyBytes::new(py, &rows)]
    }
}
