//! Linking two registers in bulk: count, block, compare, decide.

pub mod blocking;
pub mod decide;

use crate::compare::features::{Evidence, Feature};
use crate::compare::{Comparer, frequency::Frequencies, weigh};
use crate::explain::{Explanation, explain};
use crate::params::Params;
use crate::register::{BadLine, Register, parts::Parts};
use blocking::Candidates;
use decide::Weighed;
use rayon::prelude::*;

/// Largest block compared in full, as a number of pairs.
pub const MOST_PAIRS: u64 = 40_000;
/// Partners that are fetched from memory together.
const TOUCHED: usize = 16;
/// Pairs whose weight plus prior is below this are forgotten: odds under 1 to 4,096.
const LEAST_POSTERIOR_BITS: f32 = -12.0;

/// Two registers on their way to being linked.
pub struct Linker {
    pub params: Params,
    pub parts: Parts,
    pub a: Register,
    pub b: Register,
    /// Whether both sides are one register, looked through for persons who are in it twice.
    within: bool,
    frequencies: Option<Frequencies>,
    candidates: Candidates,
}

impl Linker {
    pub fn new(params: Params, within: bool) -> Linker {
        let candidates = Candidates { pairs: Vec::new(), oversized: 0, pairs_lost: 0 };
        let (a, b) = (Register::default(), Register::default());
        Linker { params, parts: Parts::default(), a, b, within, frequencies: None, candidates }
    }

    /// Whether a pair is told: within one register every pair is weighed both ways round, and told once.
    pub fn is_told(&self, pair: &Weighed) -> bool {
        !self.within || pair.a < pair.b
    }

    pub fn append_a(&mut self, lines: &[u8], first_line: usize) -> Vec<BadLine> {
        self.a.append(lines, first_line, &mut self.parts)
    }

    pub fn append_b(&mut self, lines: &[u8], first_line: usize) -> Vec<BadLine> {
        self.b.append(lines, first_line, &mut self.parts)
    }

    /// Counts frequencies and finds the candidate pairs; returns how many there are.
    pub fn block(&mut self, slack_bits: f32) -> usize {
        self.count();
        let (a, b) = (self.keys(true, slack_bits), self.keys(false, slack_bits));
        self.candidates = blocking::join(&a, &b, MOST_PAIRS);
        self.candidates.pairs.len()
    }

    /// Counts frequencies only: for engines that join the keys elsewhere.
    pub fn count(&mut self) {
        self.parts.fold_new();
        self.frequencies = Some(Frequencies::count(&[&self.a, &self.b], &self.parts, &self.params.table));
    }

    /// The blocking keys of one side, sorted: (key, record).
    pub fn keys(&self, of_a: bool, slack_bits: f32) -> Vec<(u64, u32)> {
        blocking::keys(if of_a { &self.a } else { &self.b }, &self.parts, self.frequencies(), self.threshold_bits(slack_bits))
    }

    /// Takes candidate pairs that were joined elsewhere; sorts them and drops repetitions.
    pub fn take_candidates(&mut self, mut pairs: Vec<u64>) {
        pairs.par_sort_unstable();
        pairs.dedup();
        self.candidates = Candidates { pairs, oversized: 0, pairs_lost: 0 };
    }

    fn threshold_bits(&self, slack_bits: f32) -> f32 {
        (self.a.len().max(self.b.len()).max(64) as f32).log2() - slack_bits
    }

    pub fn candidates(&self) -> &Candidates {
        &self.candidates
    }

    fn frequencies(&self) -> &Frequencies {
        self.frequencies.as_ref().expect("block() comes first")
    }

    /// Weighs candidates `from..to`; keeps those that could become possible links.
    pub fn weigh(&self, from: usize, to: usize, least_bits: f32) -> Vec<Weighed> {
        let pairs = &self.candidates.pairs[from..to];
        let chunk = (pairs.len() / (8 * rayon::current_num_threads())).clamp(1000, 200_000);
        pairs
            .par_chunks(chunk)
            .flat_map_iter(|chunk| {
                let mut comparer = self.comparer();
                let mut held = None;
                let mut kept = Vec::new();
                for some in chunk.chunks(TOUCHED) {
                    comparer.touch(&self.b, some.iter().map(|&pair| pair as u32 as usize));
                    for &pair in some {
                        let (a, b) = ((pair >> 32) as u32, pair as u32);
                        if self.within && a == b {
                            continue; // that a record is itself says nothing about how many are there twice
                        }
                        if held != Some(a) {
                            comparer.hold(&self.a, a as usize);
                            held = Some(a);
                        }
                        if let Some(bits) = comparer.weigh_held(&self.a, a as usize, &self.b, b as usize, least_bits) {
                            kept.push(Weighed { a, b, bits, probability: 0.0 });
                        }
                    }
                }
                kept
            })
            .collect()
    }

    pub fn comparer(&self) -> Comparer<'_> {
        Comparer::new(&self.parts, self.frequencies(), &self.params.channels, &self.params.weights)
    }

    /// The weight of two records of one register, with the frequencies of the whole run.
    pub fn weigh_within(&self, register: &Register, x: usize, y: usize) -> f32 {
        weigh(&self.comparer().compare(register, x, register, y).evidence, &self.params.weights)
    }

    /// Explains the weight of two records read with `parts`, with the frequencies of the whole run.
    pub fn explain(&mut self, a: &Register, b: &Register) -> Explanation {
        self.parts.fold_new();
        let persons = self.a.len() + self.b.len();
        self.frequencies.as_mut().expect("count() comes first").extend(persons, &self.parts, &self.params.table);
        explain(a, 0, b, 0, &self.parts, &mut self.comparer(), &self.params.weights)
    }

    /// The least weight worth keeping for registers of this size.
    pub fn least_bits(&self) -> f32 {
        let pairs = self.a.len() as f64 * self.b.len() as f64;
        let most = self.a.len().min(self.b.len()).max(1) as f64;
        (pairs / most).log2() as f32 + LEAST_POSTERIOR_BITS
    }

    /// Prior, probabilities with competition; pairs in order of (a, b). Returns the prior in bits.
    pub fn decide(&self, weighed: &mut [Weighed]) -> f32 {
        let pairs = (self.a.len() as f64 * self.b.len() as f64).max(1.0);
        let most = self.a.len().min(self.b.len()).max(1) as f64;
        let prior = decide::prior_bits(weighed, pairs, most, self.params.calibration);
        let cell = std::cell::RefCell::new(self.comparer());
        let same = |register: &Register, x: u32, y: u32| {
            let evidence = cell.borrow_mut().compare(register, x as usize, register, y as usize).evidence;
            decide::log2_odds(weigh(&evidence, &self.params.weights), prior, self.params.calibration) >= 3.0
        };
        decide::compete(weighed, prior, self.params.calibration, |x, y| same(&self.a, x, y), |x, y| same(&self.b, x, y));
        prior
    }

    /// Evidence of candidates `from..to`, for learning and explaining.
    pub fn evidence(&self, from: usize, to: usize) -> Vec<(u32, u32, Evidence)> {
        let pairs = &self.candidates.pairs[from..to];
        pairs
            .par_chunks(2000)
            .flat_map_iter(|chunk| {
                let mut comparer = self.comparer();
                let out: Vec<_> = chunk
                    .iter()
                    .map(|&pair| {
                        let (a, b) = ((pair >> 32) as u32, pair as u32);
                        (a, b, comparer.compare(&self.a, a as usize, &self.b, b as usize).evidence)
                    })
                    .filter(|(_, _, e)| e[Feature::NameNone as usize] == 0.0 || weigh(e, &self.params.weights) > 0.0)
                    .collect();
                out
            })
            .collect()
    }
}
