//! What Python sees. Every call that computes lets go of the interpreter lock.

use crate::compare::features;
use crate::find::index;
use crate::find::{Finder as FinderCore, Hit};
use crate::keys;
use crate::learn;
use crate::link::Linker as LinkerCore;
use crate::link::decide::{Weighed, decision, probability};
use crate::names;
use crate::params::Params;
use crate::register::{Register, parts::Parts};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

type BadLines = Vec<(usize, &'static str)>;

fn bad_lines(bad: Vec<crate::register::BadLine>) -> BadLines {
    bad.into_iter().map(|b| (b.line, b.reason)).collect()
}

fn read_params(parameters: &str, frequencies: &str) -> PyResult<Params> {
    Params::read(parameters, frequencies).map_err(PyValueError::new_err)
}

/// A field of a CSV row, quoted where RFC 4180 asks for it.
fn push_field(out: &mut String, text: &str) {
    if text.contains(['"', ',', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

fn push_row(out: &mut String, a: &str, b: &str, bits: f32, probability: f32, decision: &str) {
    use std::fmt::Write;
    push_field(out, a);
    out.push(',');
    push_field(out, b);
    let _ = writeln!(out, ",{bits:.2},{probability:.4},{decision}");
}

#[pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    use super::{Finder, KeyMaker, Linker, Searcher, channel_cost, feature_names, fit_weights, learn_channel, read_name, start_weights};
}

/// The readings of a written name: lists of (form, script, fine class, coarse class).
#[pyfunction]
fn read_name(written: &str) -> Vec<Vec<(String, &'static str, String, String)>> {
    let show = |p: &names::Part| (p.form.clone(), names::SCRIPT_NAMES[p.script as usize], names::fold::fine(&p.form), names::fold::coarse(&p.form));
    names::readings(written).iter().map(|r| r.iter().map(show).collect()).collect()
}

/// Learns an edit channel from pairs of romanized parts; 784 costs in bits.
#[pyfunction]
fn learn_channel(py: Python<'_>, pairs: Vec<(String, String)>, rounds: usize, smoothing: f64) -> Vec<f32> {
    let pairs: Vec<_> = pairs.into_iter().map(|(x, y)| (x.into_bytes(), y.into_bytes())).collect();
    py.detach(|| crate::compare::channel::learn(&pairs, rounds, smoothing))
}

/// What writing x as y costs in a channel, in bits.
#[pyfunction]
fn channel_cost(costs: Vec<f32>, x: &str, y: &str) -> PyResult<f32> {
    let channel = crate::compare::channel::Channel::from_costs(&costs).ok_or_else(|| PyValueError::new_err("a channel is 784 numbers"))?;
    Ok(channel.bits(x.as_bytes(), y.as_bytes(), f32::INFINITY))
}

#[pyfunction]
fn feature_names() -> Vec<&'static str> {
    features::FEATURE_NAMES.to_vec()
}

#[pyfunction]
fn start_weights() -> Vec<f32> {
    features::START.to_vec()
}

/// Labelled evidence as columns of 32-bit floats: rows, labels, offsets in bits; and what a row counts for.
type SampleColumns = (PyBuffer<f32>, PyBuffer<f32>, PyBuffer<f32>, f64);

/// Weights, information for each, surprise in nats, rounds, whether it settled.
type Fitted = (Vec<f64>, Vec<f64>, f64, usize, bool);

/// Learns weights from samples.
#[pyfunction]
fn fit_weights(
    py: Python<'_>,
    samples: Vec<SampleColumns>,
    start: Vec<f64>,
    penalty: Vec<f64>,
    bounds: Vec<(f64, f64)>,
    rounds: usize,
) -> PyResult<Fitted> {
    let read = |(x, y, o, importance): &SampleColumns| {
        Ok(learn::Sample { rows: x.to_vec(py)?, labels: y.to_vec(py)?, offsets: o.to_vec(py)?, importance: *importance })
    };
    let samples: Vec<learn::Sample> = samples.iter().map(read).collect::<PyResult<_>>()?;
    let (least, most) = bounds.into_iter().unzip();
    let start = learn::Start { weights: start, penalty, least, most };
    learn::check(&samples, &start).map_err(PyValueError::new_err)?;
    let f = py.detach(|| learn::fit(&samples, &start, rounds));
    Ok((f.weights, f.information, f.surprise, f.rounds, f.converged))
}

/// Two registers on their way to being linked.
#[pyclass]
struct Linker {
    core: LinkerCore,
    weighed: Vec<Weighed>,
}

#[pymethods]
impl Linker {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(Linker { core: LinkerCore::new(read_params(parameters, frequencies)?), weighed: Vec::new() })
    }

    /// Appends whole lines to side "a" or "b"; returns (line number, reason) of lines that are no records.
    fn append(&mut self, py: Python<'_>, side: &str, lines: &[u8], first_line: usize) -> BadLines {
        let core = &mut self.core;
        bad_lines(py.detach(|| if side == "a" { core.append_a(lines, first_line) } else { core.append_b(lines, first_line) }))
    }

    fn sizes(&self) -> (usize, usize) {
        (self.core.a.len(), self.core.b.len())
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

    /// Turns weights into probabilities; returns the prior in bits.
    fn decide(&mut self, py: Python<'_>) -> f32 {
        let (core, weighed) = (&self.core, &mut self.weighed);
        py.detach(|| core.decide(weighed))
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
        for w in &self.weighed[from.min(to)..to] {
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

/// A register in memory that answers batches of queries.
#[pyclass]
struct Finder {
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

    /// Answers a batch: CSV rows (query_id, record_id, weight_bits, probability, decision), bad lines, number of queries and of hits.
    fn ask<'py>(
        &mut self,
        py: Python<'py>,
        lines: &[u8],
        first_line: usize,
        least_bits: Option<f32>,
    ) -> (Bound<'py, PyBytes>, BadLines, usize, usize) {
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
        (PyBytes::new(py, out.as_bytes()), bad_lines(bad), queries.len(), hits.len())
    }

    /// Answers one query: (record id, weight_bits, probability, decision), best first.
    fn ask_one(&mut self, py: Python<'_>, line: &[u8], least_bits: f32) -> PyResult<Vec<(String, f32, f32, &'static str)>> {
        let core = &mut self.core;
        let (_, hits, bad) = py.detach(|| core.ask(line, 1, least_bits));
        if let Some(b) = bad.first() {
            return Err(PyValueError::new_err(b.reason));
        }
        let t = self.core.params.thresholds;
        let show = |h: &Hit| (self.core.register.id(h.record as usize).to_string(), h.bits, h.probability, decision(h.probability, t));
        Ok(hits.iter().map(show).collect())
    }
}

/// Index entries for a store, and the weighing of what the store returns.
#[pyclass]
struct Searcher {
    params: Params,
}

/// (feature, value, bits), (part of a, part of b, bits), (name of a, name of b), total bits.
type Explained = (Vec<(&'static str, f32, f32)>, Vec<(String, String, f32)>, (usize, usize), f32);

#[pymethods]
impl Searcher {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(Searcher { params: read_params(parameters, frequencies)? })
    }

    /// For each line: its keys and its part classes, as signed 64-bit numbers.
    fn index(&self, py: Python<'_>, lines: Vec<Vec<u8>>) -> PyResult<Vec<(Vec<i64>, Vec<i64>)>> {
        py.detach(|| {
            let (register, parts) = one_register(&lines)?;
            Ok((0..register.len()).map(|i| (index::keys(&register, i, &parts), index::part_classes(&register, i, &parts))).collect())
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
            let frequencies = crate::compare::frequency::Frequencies::from_counts(persons, &parts, &self.params.table, &counts);
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

    /// Explains the weight of two records, with frequencies from the table and the given counts.
    fn explain(&self, a: &[u8], b: &[u8], counts: std::collections::HashMap<i64, u32>, persons: usize) -> PyResult<Explained> {
        let mut parts = Parts::default();
        let (x, y) = (read_into(&[a.to_vec()], &mut parts)?, read_into(&[b.to_vec()], &mut parts)?);
        parts.fold_new();
        let counts = counts.into_iter().map(|(k, n)| (k as u64, n)).collect();
        let frequencies = crate::compare::frequency::Frequencies::from_counts(persons, &parts, &self.params.table, &counts);
        let mut comparer = crate::compare::Comparer::new(&parts, &frequencies, &self.params.channels, &self.params.weights);
        let e = crate::explain::explain(&x, 0, &y, 0, &parts, &mut comparer, &self.params.weights);
        let lines = e.lines.into_iter().map(|l| (l.feature, l.value, l.bits)).collect();
        Ok((lines, e.parts.into_iter().map(|p| (p.a, p.b, p.bits)).collect(), e.names, e.bits))
    }

    /// Probability of a weight under a prior, and the decision.
    fn decide(&self, bits: f32, prior_bits: f32) -> (f32, &'static str) {
        let p = probability(bits, prior_bits, self.params.calibration);
        (p, decision(p, self.params.thresholds))
    }
}

/// Match keys of records, and the evidence behind them.
#[pyclass]
struct KeyMaker {
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

fn parsed(line: &[u8]) -> PyResult<crate::register::parse::Row<'_>> {
    crate::register::parse::parse(line.trim_ascii()).map_err(PyValueError::new_err)
}

fn one_register(lines: &[Vec<u8>]) -> PyResult<(Register, Parts)> {
    let mut parts = Parts::default();
    let register = read_into(lines, &mut parts)?;
    parts.fold_new();
    Ok((register, parts))
}

/// Reads lines that must all be records; they come from a store that has checked them.
fn read_into(lines: &[Vec<u8>], parts: &mut Parts) -> PyResult<Register> {
    let mut register = Register::default();
    match register.append_lines(lines, parts).first() {
        Some(b) => Err(PyValueError::new_err(format!("line {}: {}", b.line, b.reason))),
        None => Ok(register),
    }
}
