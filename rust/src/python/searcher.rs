//! Single queries to a store, and explanations.

use super::read_params;
use crate::compare::Comparer;
use crate::compare::frequency::Frequencies;
use crate::find::forms::{self, Beginning, Fit};
use crate::find::index;
use crate::link::decide::{decision, decision_of_asked, probability};
use crate::params::Params;
use crate::register::{Register, parts::Parts};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Index entries for a store, and the weighing of what the store returns.
#[pyclass]
pub(super) struct Searcher {
    params: Params,
}

/// Position of a candidate, weight in bits, probability, decision.
type Weighed = (usize, f32, f32, &'static str);

/// A query and the candidates a store has returned for it.
struct Against {
    asked: Register,
    register: Register,
    parts: Parts,
    frequencies: Frequencies,
}

impl Against {
    fn read(query: &[u8], candidates: &[Vec<u8>], counts: std::collections::HashMap<i64, u32>, persons: usize, params: &Params) -> PyResult<Against> {
        let mut parts = Parts::default();
        let asked = read_into(&[query.to_vec()], &mut parts)?;
        let register = read_into(candidates, &mut parts)?;
        parts.fold_new();
        let counts = counts.into_iter().map(|(k, n)| (k as u64, n)).collect();
        let frequencies = Frequencies::from_counts(persons, &parts, &params.table, &counts, &asked);
        Ok(Against { asked, register, parts, frequencies })
    }

    /// The candidates for which `weigh` says bits, and whether a part was left unsaid; best first.
    fn weighed(&self, prior_bits: f32, params: &Params, weigh: impl Fn(&mut Comparer, usize) -> Option<(f32, bool)>) -> Vec<Weighed> {
        let mut comparer = Comparer::new(&self.parts, &self.frequencies, &params.channels, &params.weights).asking();
        let one = |j: usize| {
            let (bits, unsaid) = weigh(&mut comparer, j)?;
            let p = probability(bits, prior_bits, params.calibration);
            Some((j, bits, p, decision_of_asked(p, unsaid, params.thresholds)))
        };
        let mut out: Vec<Weighed> = (0..self.register.len()).filter_map(one).collect();
        out.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        out
    }
}

/// Keys, counted classes, forms.
type Entry = (Vec<i64>, Vec<i64>, Vec<forms::Form>);

/// (feature, value, bits), (part of a, part of b, bits), (name of a, name of b), total bits.
pub(super) type Explained = (Vec<(&'static str, f32, f32)>, Vec<(String, String, f32)>, (usize, usize), f32);

#[pymethods]
impl Searcher {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(Searcher { params: read_params(parameters, frequencies)? })
    }

    /// For each line: its keys and its counted classes, as signed 64-bit numbers, and the forms of its parts.
    fn index(&self, py: Python<'_>, lines: Vec<Vec<u8>>) -> PyResult<Vec<Entry>> {
        py.detach(|| {
            let (register, parts) = one_register(&lines)?;
            Ok((0..register.len())
                .map(|i| {
                    let keys = index::kept_keys(&register, i, &parts, &self.params.table);
                    (keys, index::counted_classes(&register, i, &parts), forms::of_record(&register, i, &parts))
                })
                .collect())
        })
    }

    /// The keys to ask a store with for a query.
    fn asked(&self, query: &[u8]) -> PyResult<Vec<i64>> {
        let (asked, parts) = one_register(&[query.to_vec()])?;
        Ok(index::asked_keys(&asked, 0, &parts, &self.params.table))
    }

    /// What a query by one part alone asks a store for: the starts of the forms that could be meant, and whether no name of it says more.
    fn lone(&self, query: &[u8]) -> PyResult<(Vec<i64>, bool)> {
        let (asked, parts) = one_register(&[query.to_vec()])?;
        let lone = forms::lone_parts(&asked);
        Ok((forms::starts_of_alike(&parts, &lone), lone.len() == asked.names(0).len()))
    }

    /// The keys of those who bear a form that is a writing of the part asked for, best form first, and how many they are.
    fn alike(&self, py: Python<'_>, query: &[u8], found: Vec<(Vec<u8>, u32)>, persons: usize) -> PyResult<Vec<forms::Borne>> {
        py.detach(|| {
            let (asked, parts) = one_register(&[query.to_vec()])?;
            let lone = forms::lone_parts(&asked);
            Ok(forms::alike(parts, &lone, &asked, &found, persons, (&self.params.table, &self.params.channels)))
        })
    }

    /// The starts of the forms that begin as was typed; none where too little was.
    fn beginning(&self, typed: &str) -> Vec<i64> {
        Beginning::of(typed).map_or_else(Vec::new, |beginning| beginning.starts())
    }

    /// The forms that begin as was typed, those of the same letters first, then the commonest: whether by letters, the form, its key,
    /// how many bear it.
    fn begun(&self, py: Python<'_>, typed: &str, found: Vec<(Vec<u8>, u32)>) -> Vec<(bool, Vec<u8>, i64, u32)> {
        py.detach(|| {
            let Some(beginning) = Beginning::of(typed) else { return Vec::new() };
            let one = |(fit, form, records): (Fit, &[u8], u32)| Some((fit == Fit::Letters, form.to_vec(), forms::key_and_class(form)?.0, records));
            beginning.fitting(&found).into_iter().filter_map(one).collect()
        })
    }

    /// The keys of the records in which one of the forms stands beside a part of the query, where `named`, or a year of birth of it.
    fn beside(&self, query: &[u8], named: bool, found: Vec<Vec<u8>>) -> PyResult<Vec<i64>> {
        let (asked, parts) = one_register(&[query.to_vec()])?;
        Ok(forms::beside(&asked, &parts, named, &found))
    }

    /// Weighs a query and the beginning of a part against candidate lines that bear one: as `weigh`. `bits`: what it says to begin with the
    /// same letters, or only with the same sounds.
    #[allow(clippy::too_many_arguments)] // what one search knows
    fn weigh_begun(
        &self,
        py: Python<'_>,
        query: &[u8],
        named: bool,
        typed: &str,
        candidates: Vec<Vec<u8>>,
        counts: std::collections::HashMap<i64, u32>,
        persons: usize,
        prior_bits: f32,
        bits: (f32, f32),
    ) -> PyResult<Vec<Weighed>> {
        let Some(beginning) = Beginning::of(typed) else { return Ok(Vec::new()) };
        py.detach(|| {
            let against = Against::read(query, &candidates, counts, persons, &self.params)?;
            let weigh = |comparer: &mut Comparer, j: usize| {
                let begun = match beginning.borne(&against.register, j, &against.parts)? {
                    Fit::Letters => bits.0,
                    Fit::Sounds => bits.1,
                };
                let said = if named {
                    comparer.compare(&against.asked, 0, &against.register, j).evidence
                } else {
                    comparer.beside_names(&against.asked, 0, &against.register, j)
                };
                Some((begun + crate::compare::weigh(&said, &self.params.weights), true))
            };
            Ok(against.weighed(prior_bits, &self.params, weigh))
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
    ) -> PyResult<Vec<Weighed>> {
        py.detach(|| {
            let against = Against::read(query, &candidates, counts, persons, &self.params)?;
            let weigh = |comparer: &mut Comparer, j: usize| {
                let compared = comparer.compare(&against.asked, 0, &against.register, j);
                Some((crate::compare::weigh(&compared.evidence, &self.params.weights), compared.unsaid))
            };
            Ok(against.weighed(prior_bits, &self.params, weigh))
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
