//! From match weights to probabilities and decisions over a whole set of weighed pairs.

use crate::params::{Calibration, Thresholds};

#[derive(Clone, Copy, Debug)]
pub struct Weighed {
    pub a: u32,
    pub b: u32,
    pub bits: f32,
    pub probability: f32,
}

/// log2 of the prior odds that a random pair is the same person, from the weights themselves.
///
/// Expectation maximization with the weights held fixed: the number of matches is the sum of the match probabilities.
pub fn prior_bits(weighed: &[Weighed], pairs: f64, most_matches: f64, calibration: Calibration) -> f32 {
    let mut matches = (most_matches * 0.3).max(1.0);
    for _ in 0..25 {
        let prior = (matches / pairs).log2() as f32;
        let sum: f64 = weighed.iter().map(|w| f64::from(probability(w.bits, prior, calibration))).sum();
        matches = sum.clamp(0.5, most_matches);
    }
    (matches / pairs).log2() as f32
}

pub fn log2_odds(bits: f32, prior: f32, calibration: Calibration) -> f32 {
    calibration.slope * (bits + prior) + calibration.offset
}

pub fn probability(bits: f32, prior: f32, calibration: Calibration) -> f32 {
    1.0 / (1.0 + (-log2_odds(bits, prior, calibration)).exp2())
}

/// The weight from which a pair has this probability, up to rounding; below all weights where there is none.
pub fn bits_of(probability: f32, prior: f32, calibration: Calibration) -> f32 {
    let odds = (probability / (1.0 - probability)).log2();
    let bits = (odds - calibration.offset) / calibration.slope - prior;
    if calibration.slope > 0.0 && bits.is_finite() { bits } else { f32::NEG_INFINITY }
}

/// Lets pairs of one record compete: a record is one person, so two partners that are not the same person exclude each other.
///
/// `same_b(j, k)` says whether two records of b are one person listed twice, `same_a` likewise; such partners are no rivals.
pub fn compete(weighed: &mut [Weighed], prior: f32, calibration: Calibration, same_a: impl Fn(u32, u32) -> bool, same_b: impl Fn(u32, u32) -> bool) {
    let odds: Vec<f32> = weighed.iter().map(|w| log2_odds(w.bits, prior, calibration).clamp(-60.0, 60.0).exp2()).collect();
    let mut rivals = vec![0.0f32; weighed.len()];
    let mut order: Vec<u32> = (0..weighed.len() as u32).collect();
    order.sort_unstable_by_key(|&k| (weighed[k as usize].a, weighed[k as usize].b));
    add_rivals(&order, weighed, &odds, &mut rivals, |w| w.a, |x, y| same_b(x.b, y.b));
    order.sort_unstable_by_key(|&k| (weighed[k as usize].b, weighed[k as usize].a));
    add_rivals(&order, weighed, &odds, &mut rivals, |w| w.b, |x, y| same_a(x.a, y.a));
    for ((w, o), r) in weighed.iter_mut().zip(&odds).zip(&rivals) {
        w.probability = o / (1.0 + o + r);
    }
}

/// Rivals that matter: an unlikely pair takes nothing from a likely one.
const LEAST_ODDS: f32 = 0.02;
const MOST_RIVALS: usize = 40;

fn add_rivals(
    order: &[u32],
    weighed: &[Weighed],
    odds: &[f32],
    rivals: &mut [f32],
    owner: impl Fn(&Weighed) -> u32,
    same: impl Fn(&Weighed, &Weighed) -> bool,
) {
    let mut from = 0;
    while from < order.len() {
        let record = owner(&weighed[order[from] as usize]);
        let to = from + order[from..].iter().take_while(|&&k| owner(&weighed[k as usize]) == record).count();
        let mut group: Vec<u32> = order[from..to].iter().copied().filter(|&k| odds[k as usize] >= LEAST_ODDS).collect();
        group.sort_by(|&x, &y| odds[y as usize].total_cmp(&odds[x as usize]).then(x.cmp(&y)));
        group.truncate(MOST_RIVALS);
        for (n, &k) in group.iter().enumerate() {
            for &other in &group[n + 1..] {
                let (x, y) = (k as usize, other as usize);
                if !same(&weighed[x], &weighed[y]) {
                    rivals[x] += odds[y];
                    rivals[y] += odds[x];
                }
            }
        }
        from = to;
    }
}

pub const NON_LINK: &str = "non-link";

/// The three decisions of Fellegi and Sunter.
pub fn decision(probability: f32, thresholds: Thresholds) -> &'static str {
    if probability >= thresholds.link {
        "link"
    } else if probability >= thresholds.possible {
        "possible"
    } else {
        NON_LINK
    }
}

/// The same for a record that was asked for by one part alone, which is nobody's whole name: a person looks at it, whatever it weighs.
pub fn decision_of_asked(probability: f32, unsaid: bool, thresholds: Thresholds) -> &'static str {
    match decision(probability, thresholds) {
        "link" if unsaid => "possible",
        other => other,
    }
}
