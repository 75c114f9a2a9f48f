//! Finding one person, or a batch of them, in a register.
//!
//! Two ways, one weighing: `Finder` holds a register in memory and answers batches; `Searcher` weighs the few records that a
//! store returned for the keys of `index`.

pub mod index;

use crate::compare::{Comparer, frequency::Frequencies};
use crate::link::blocking;
use crate::link::decide::{bits_of, probability};
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

/// A register in memory, indexed for queries.
pub struct Finder {
    pub params: Params,
    parts: Parts,
    pub register: Register,
    frequencies: Option<Frequencies>,
    keys: Vec<(u64, u32)>,
    /// Pairs compared so far.
    pub candidates: usize,
}

impl Finder {
    pub fn new(params: Params) -> Finder {
        Finder { params, parts: Parts::default(), register: Register::default(), frequencies: None, keys: Vec::new(), candidates: 0 }
    }

    pub fn append(&mut self, lines: &[u8], first_line: usize) -> Vec<BadLine> {
        self.register.append(lines, first_line, &mut self.parts)
    }

    /// Counts and indexes; queries come after.
    pub fn finish(&mut self) {
        self.parts.fold_new();
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
        let mut queries = Register::default();
        let bad = queries.append(lines, first_line, &mut self.parts);
        self.parts.fold_new();
        let persons = self.register.len();
        let frequencies = self.frequencies.as_mut().expect("finish() comes first");
        frequencies.extend(persons, &self.parts, &self.params.table);
        let frequencies = self.frequencies.as_ref().expect("just extended");
        let asked = blocking::keys(&queries, &self.parts, frequencies, self.threshold_bits());
        let pairs = blocking::probe(&asked, &self.keys, MOST_PAIRS);
        let prior = self.prior_bits();
        let least = least_bits.min(bits_of(self.params.thresholds.possible, prior, self.params.calibration) - ROUNDING);
        self.candidates += pairs.len();
        let chunk = (pairs.len() / (8 * rayon::current_num_threads())).clamp(500, 100_000);
        let mut hits: Vec<Hit> = pairs
            .par_chunks(chunk)
            .flat_map_iter(|chunk| {
                let mut comparer = Comparer::new(&self.parts, frequencies, &self.params.channels, &self.params.weights);
                let mut held = None;
                let found: Vec<Hit> = chunk
                    .iter()
                    .filter_map(|&pair| {
                        let (query, record) = ((pair >> 32) as u32, pair as u32);
                        if held != Some(query) {
                            comparer.hold(&queries, query as usize);
                            held = Some(query);
                        }
                        let bits = comparer.weigh_held(&queries, query as usize, &self.register, record as usize, least)?;
                        let probability = probability(bits, prior, self.params.calibration);
                        (bits >= least_bits || probability >= self.params.thresholds.possible).then_some(Hit { query, record, bits, probability })
                    })
                    .collect();
                found
            })
            .collect();
        hits.sort_by(|x, y| x.query.cmp(&y.query).then(y.bits.total_cmp(&x.bits)).then(x.record.cmp(&y.record)));
        (queries, hits, bad)
    }
}
