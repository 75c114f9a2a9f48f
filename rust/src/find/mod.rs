//! Finding one person, or a batch of them, in a register.
//!
//! Two ways, one weighing: `Finder` holds a register in memory and answers batches; `Searcher` weighs the few records that a
//! store returned for the keys of `index`.

pub mod forms;
pub mod index;
mod sounds;

use crate::compare::names::NameComparer;
use crate::compare::{Comparer, frequency::Frequencies, weigh};
use crate::link::blocking;
use crate::link::decide::{NON_LINK, bits_of, decision_of_asked, probability};
use crate::params::Params;
use crate::register::{BadLine, Register, parts::Parts};
use rayon::prelude::*;

/// How often, in expectation, a person who is asked for is in the register: log2 odds of 1 in 10.
const ASKED_PRIOR_BITS: f32 = -3.3;
const SLACK_BITS: f32 = 2.0;
const MOST_PAIRS: u64 = 4_000;
/// More than a probability is rounded by, in bits.
const ROUNDING: f32 = 0.01;

/// One record found for one query.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub query: u32,
    pub record: u32,
    pub bits: f32,
    pub probability: f32,
}

/// One record found for the one query of `ask_one`.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub record: u32,
    pub bits: f32,
    pub probability: f32,
    pub decision: &'static str,
}

/// A register in memory, indexed for queries.
pub struct Finder {
    pub params: Params,
    parts: Parts,
    pub register: Register,
    frequencies: Option<Frequencies>,
    keys: Vec<(u64, u32)>,
    /// Parts of the register; those of queries come after.
    own_parts: usize,
    /// Pairs compared so far.
    pub candidates: usize,
}

impl Finder {
    pub fn new(params: Params) -> Finder {
        Finder { params, parts: Parts::default(), register: Register::default(), frequencies: None, keys: Vec::new(), own_parts: 0, candidates: 0 }
    }

    pub fn append(&mut self, lines: &[u8], first_line: usize) -> Vec<BadLine> {
        self.register.append(lines, first_line, &mut self.parts)
    }

    /// Counts and indexes; queries come after.
    pub fn finish(&mut self) {
        self.parts.fold_new();
        self.own_parts = self.parts.len();
        let frequencies = Frequencies::count(&[&self.register], &self.parts, &self.params.table);
        self.keys = blocking::keys(&self.register, &self.parts, &frequencies, self.threshold_bits());
        self.frequencies = Some(frequencies);
    }

    fn threshold_bits(&self) -> f32 {
        (self.register.len().max(64) as f32).log2() - SLACK_BITS
    }

    pub fn prior_bits(&self) -> f32 {
        ASKED_PRIOR_BITS - (self.register.len().max(1) as f32).log2()
    }

    /// Answers a batch of queries (lines of the native format); hits in order of query, best first.
    pub fn ask(&mut self, lines: &[u8], first_line: usize, least_bits: f32) -> (Register, Vec<Hit>, Vec<BadLine>) {
        let (queries, bad) = self.take_in(lines, first_line);
        let frequencies = self.frequencies.as_ref().expect("just extended");
        let asked = blocking::keys(&queries, &self.parts, frequencies, self.threshold_bits());
        let pairs = blocking::probe(&asked, &self.keys, MOST_PAIRS);
        self.candidates += pairs.len();
        let mut hits = self.weigh(&queries, &pairs, least_bits);
        hits.sort_by(|x, y| x.query.cmp(&y.query).then(y.bits.total_cmp(&x.bits)).then(x.record.cmp(&y.record)));
        (queries, hits, bad)
    }

    /// Answers one query as a person types it: one part alone finds every record that bears a writing of it, whatever it weighs.
    ///
    /// Where only a reading of the query is one part (a name without blanks), that is tried when nothing likelier is found. The number is
    /// that of those who bear the part; 0 where the query says more.
    pub fn ask_one(&mut self, line: &[u8], least_bits: f32) -> (Vec<Answer>, usize, Vec<BadLine>) {
        let (query, bad) = self.take_in(line, 1);
        if query.is_empty() {
            return (Vec::new(), 0, bad);
        }
        let frequencies = self.frequencies.as_ref().expect("just extended");
        let keys = blocking::keys(&query, &self.parts, frequencies, self.threshold_bits());
        let mut found = self.weigh_asked(&query, &blocking::probe(&keys, &self.keys, MOST_PAIRS), least_bits);
        let lone = forms::lone_parts(&query);
        let mut bearers = Vec::new();
        if lone.len() == query.names(0).len() || !lone.is_empty() && found.iter().all(|answer| answer.decision == NON_LINK) {
            bearers = self.bearers(&lone, frequencies);
            found.extend(self.weigh_asked(&query, &bearers, f32::NEG_INFINITY));
        }
        found.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.record.cmp(&y.record)));
        found.dedup_by_key(|answer| answer.record);
        (found, bearers.len(), bad)
    }

    /// The records that bear a writing of one of the parts.
    fn bearers(&self, lone: &[u32], frequencies: &Frequencies) -> Vec<u64> {
        let near = forms::near(&self.parts, lone, (0..self.own_parts as u32).into_par_iter());
        let mut names = NameComparer::new(&self.parts, frequencies, &self.params.channels);
        let mut borne = vec![false; self.parts.len()];
        forms::best(&mut names, &self.parts, lone, near.into_iter()).into_iter().for_each(|form| borne[form as usize] = true);
        let bears = |&i: &u32| self.register.names(i as usize).flat_map(|name| name.parts).any(|&p| borne[p as usize]);
        (0..self.register.len() as u32).into_par_iter().filter(bears).map(u64::from).collect()
    }

    fn take_in(&mut self, lines: &[u8], first_line: usize) -> (Register, Vec<BadLine>) {
        let mut queries = Register::default();
        let bad = queries.append(lines, first_line, &mut self.parts);
        self.parts.fold_new();
        let persons = self.register.len();
        self.frequencies.as_mut().expect("finish() comes first").extend(persons, &self.parts, &self.params.table);
        (queries, bad)
    }

    /// Weighs the one query against records; those that say at least `least_bits` are found, and those that may be the person.
    fn weigh_asked(&self, query: &Register, pairs: &[u64], least_bits: f32) -> Vec<Answer> {
        let frequencies = self.frequencies.as_ref().expect("finish() comes first");
        let mut comparer = Comparer::new(&self.parts, frequencies, &self.params.channels, &self.params.weights).asking();
        let prior = self.prior_bits();
        let answer = |&pair: &u64| {
            let compared = comparer.compare(query, 0, &self.register, pair as u32 as usize);
            let bits = weigh(&compared.evidence, &self.params.weights);
            let probability = probability(bits, prior, self.params.calibration);
            let decision = decision_of_asked(probability, compared.unsaid, self.params.thresholds);
            (bits >= least_bits || decision != NON_LINK).then_some(Answer { record: pair as u32, bits, probability, decision })
        };
        pairs.iter().filter_map(answer).collect()
    }

    fn weigh(&self, queries: &Register, pairs: &[u64], least_bits: f32) -> Vec<Hit> {
        let frequencies = self.frequencies.as_ref().expect("finish() comes first");
        let prior = self.prior_bits();
        let least = least_bits.min(bits_of(self.params.thresholds.possible, prior, self.params.calibration) - ROUNDING);
        let chunk = (pairs.len() / (8 * rayon::current_num_threads())).clamp(500, 100_000);
        pairs
            .par_chunks(chunk)
            .flat_map_iter(|chunk| {
                let mut comparer = Comparer::new(&self.parts, frequencies, &self.params.channels, &self.params.weights);
                let mut held = None;
                let found: Vec<Hit> = chunk
                    .iter()
                    .filter_map(|&pair| {
                        let (query, record) = ((pair >> 32) as u32, pair as u32);
                        if held != Some(query) {
                            comparer.hold(queries, query as usize);
                            held = Some(query);
                        }
                        let bits = comparer.weigh_held(queries, query as usize, &self.register, record as usize, least)?;
                        let probability = probability(bits, prior, self.params.calibration);
                        (bits >= least_bits || probability >= self.params.thresholds.possible).then_some(Hit { query, record, bits, probability })
                    })
                    .collect();
                found
            })
            .collect()
    }
}
