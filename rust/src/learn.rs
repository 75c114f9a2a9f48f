//! Penalized logistic regression in bits: how evidence becomes weights.
//!
//! The log2 odds of a row are `weights . row + offset`. `fit` minimizes, over weights within their bounds,
//!
//! ```text
//! sum over samples of importance * surprise (nats)  +  sum over k of penalty[k] * (weights[k] - start[k])^2
//! ```
//!
//! by projected Newton steps with a line search (Bertsekas, 1982). Labels may be soft: a label of 0.3 is three tenths of a match.
//! Rows are summed in chunks of fixed size and in order, so that the number of threads changes no bit of the result.

use rayon::prelude::*;
use std::f64::consts::LN_2;

/// Rows summed by one thread at a time.
const CHUNK: usize = 16_384;
/// A step that moves no weight by more than this ends the search, in bits.
const STILL: f64 = 1e-6;
const MOST_HALVINGS: usize = 30;
/// Longest step, in bits: where the surprise is all but straight, its curvature points much too far.
const LONGEST: f64 = 8.0;
/// Sums of many rows are exact to about so much of themselves.
const ROUNDING: f64 = 1e-13;

/// Labelled evidence from one pair of registers.
pub struct Sample {
    /// Row after row, as wide as there are weights.
    pub rows: Vec<f32>,
    /// For every row the chance that it is a match, 0 to 1.
    pub labels: Vec<f32>,
    /// For every row what is known before its evidence, in bits.
    pub offsets: Vec<f32>,
    /// What one row of this sample counts for.
    pub importance: f64,
}

/// Where to begin, how dear it is to go away from there, and how far one may go.
pub struct Start {
    pub weights: Vec<f64>,
    pub penalty: Vec<f64>,
    pub least: Vec<f64>,
    pub most: Vec<f64>,
}

pub struct Fit {
    pub weights: Vec<f64>,
    /// Curvature of the surprise for each weight: what the samples say about it. Compare with twice its penalty.
    pub information: Vec<f64>,
    /// The sum of all surprise, in nats, penalty left out.
    pub surprise: f64,
    pub rounds: usize,
    pub converged: bool,
}

/// Surprise, its gradient and its second derivatives (lower triangle, row by row).
#[derive(Clone)]
struct Slope {
    surprise: f64,
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl Slope {
    fn flat(width: usize) -> Slope {
        Slope { surprise: 0.0, gradient: vec![0.0; width], hessian: vec![0.0; width * width] }
    }

    fn add(&mut self, other: &Slope, importance: f64) {
        self.surprise += importance * other.surprise;
        self.gradient.iter_mut().zip(&other.gradient).for_each(|(x, y)| *x += importance * y);
        self.hessian.iter_mut().zip(&other.hessian).for_each(|(x, y)| *x += importance * y);
    }
}

/// Says what is wrong with the shape of samples and start, if anything.
pub fn check(samples: &[Sample], start: &Start) -> Result<(), &'static str> {
    let width = start.weights.len();
    if width == 0 || [&start.penalty, &start.least, &start.most].iter().any(|v| v.len() != width) {
        return Err("start weights, penalties and bounds differ in number");
    }
    if start.least.iter().zip(&start.most).any(|(l, m)| l > m) {
        return Err("a lower bound lies above its upper bound");
    }
    if samples.iter().any(|s| s.rows.len() != width * s.labels.len() || s.offsets.len() != s.labels.len()) {
        return Err("rows, labels and offsets differ in number");
    }
    let finite = |v: &[f32]| v.iter().all(|x| x.is_finite());
    if samples.iter().any(|s| !finite(&s.rows) || !finite(&s.offsets)) {
        return Err("evidence holds a number that is not finite");
    }
    if samples.iter().any(|s| s.labels.iter().any(|y| !(0.0..=1.0).contains(y))) {
        return Err("a label lies outside 0 to 1");
    }
    Ok(())
}

/// Learns weights; `rounds` 0 only measures the start.
pub fn fit(samples: &[Sample], start: &Start, rounds: usize) -> Fit {
    let mut weights: Vec<f64> = start.weights.clone();
    clamp(&mut weights, start);
    let mut here = slope(samples, &weights);
    let mut cost = here.surprise + pull(&weights, start);
    let (mut done, mut converged) = (0, false);
    while done < rounds && !converged {
        done += 1;
        let (gradient, step) = newton_step(&here, &weights, start);
        let Some((next, there)) = descend(samples, start, &weights, cost, &gradient, &step) else {
            converged = true;
            break;
        };
        converged = weights.iter().zip(&next).all(|(x, y)| (x - y).abs() < STILL);
        cost = there.surprise + pull(&next, start);
        (weights, here) = (next, there);
    }
    let width = weights.len();
    let information = (0..width).map(|k| here.hessian[k * width + k]).collect();
    Fit { weights, information, surprise: here.surprise, rounds: done, converged }
}

fn clamp(weights: &mut [f64], start: &Start) {
    for (k, w) in weights.iter_mut().enumerate() {
        *w = w.clamp(start.least[k], start.most[k]);
    }
}

/// What it costs to have moved away from the start.
fn pull(weights: &[f64], start: &Start) -> f64 {
    weights.iter().zip(&start.weights).zip(&start.penalty).map(|((w, s), p)| p * (w - s) * (w - s)).sum()
}

/// Gradient of the whole cost, and the Newton step; weights that stand at a bound and would leave it stay where they are.
fn newton_step(here: &Slope, weights: &[f64], start: &Start) -> (Vec<f64>, Vec<f64>) {
    let n = weights.len();
    let gradient: Vec<f64> = (0..n).map(|k| here.gradient[k] + 2.0 * start.penalty[k] * (weights[k] - start.weights[k])).collect();
    let leaves = |k: usize| (weights[k] <= start.least[k] && gradient[k] > 0.0) || (weights[k] >= start.most[k] && gradient[k] < 0.0);
    let curved = |k: usize| here.hessian[k * n + k] + 2.0 * start.penalty[k] > 0.0;
    let free: Vec<usize> = (0..n).filter(|&k| curved(k) && !leaves(k)).collect();
    let mut matrix: Vec<Vec<f64>> = free.iter().map(|&r| free.iter().map(|&c| here.hessian[r.max(c) * n + r.min(c)]).collect()).collect();
    free.iter().enumerate().for_each(|(i, &k)| matrix[i][i] += 2.0 * start.penalty[k]);
    let solved = solve(&matrix, &free.iter().map(|&k| -gradient[k]).collect::<Vec<f64>>());
    let shorten = LONGEST / solved.iter().fold(LONGEST, |most, d| most.max(d.abs()));
    let mut step = vec![0.0; n];
    free.iter().zip(solved).for_each(|(&k, d)| step[k] = shorten * d);
    (gradient, step)
}

/// Walks along the step, within the bounds, until the cost has fallen enough; None when it falls nowhere.
fn descend(samples: &[Sample], start: &Start, weights: &[f64], cost: f64, gradient: &[f64], step: &[f64]) -> Option<(Vec<f64>, Slope)> {
    let mut length = 1.0;
    for _ in 0..MOST_HALVINGS {
        let mut next: Vec<f64> = weights.iter().zip(step).map(|(w, d)| w + length * d).collect();
        clamp(&mut next, start);
        let expected: f64 = next.iter().zip(weights).zip(gradient).map(|((x, w), g)| (x - w) * g).sum();
        if expected >= 0.0 {
            return None;
        }
        let there = slope(samples, &next);
        if there.surprise + pull(&next, start) <= cost + 1e-4 * expected + ROUNDING * cost {
            return Some((next, there));
        }
        length *= 0.5;
    }
    None
}

/// Solves a symmetric positive system (Cholesky); the diagonal is raised a little where it is not quite positive.
fn solve(matrix: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let n = right.len();
    let scale = (0..n).map(|k| matrix[k][k]).fold(0.0, f64::max);
    let mut raised = 0.0;
    loop {
        if let Some(lower) = cholesky(matrix, raised) {
            let mut x = right.to_vec();
            for i in 0..n {
                let sum: f64 = (0..i).map(|k| lower[i][k] * x[k]).sum();
                x[i] = (x[i] - sum) / lower[i][i];
            }
            for i in (0..n).rev() {
                let sum: f64 = (i + 1..n).map(|k| lower[k][i] * x[k]).sum();
                x[i] = (x[i] - sum) / lower[i][i];
            }
            return x;
        }
        raised = if raised == 0.0 { 1e-10 * scale } else { raised * 100.0 };
    }
}

fn cholesky(matrix: &[Vec<f64>], raised: f64) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut lower = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - sum + if i == j { raised } else { 0.0 };
            if i != j {
                lower[i][j] = rest / lower[j][j];
            } else if rest > 1e-12 * (matrix[i][i] + raised) {
                lower[i][i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(lower)
}

fn slope(samples: &[Sample], weights: &[f64]) -> Slope {
    let width = weights.len();
    let mut total = Slope::flat(width);
    for sample in samples {
        let chunks: Vec<Slope> = sample
            .rows
            .par_chunks(CHUNK * width)
            .enumerate()
            .map(|(n, rows)| {
                let of = n * CHUNK..n * CHUNK + rows.len() / width;
                chunk_slope(rows, &sample.labels[of.clone()], &sample.offsets[of], weights)
            })
            .collect();
        chunks.iter().for_each(|chunk| total.add(chunk, sample.importance));
    }
    total
}

fn chunk_slope(rows: &[f32], labels: &[f32], offsets: &[f32], weights: &[f64]) -> Slope {
    let width = weights.len();
    let mut out = Slope::flat(width);
    let mut said: Vec<(usize, f64)> = Vec::with_capacity(width);
    for ((row, &label), &offset) in rows.chunks_exact(width).zip(labels).zip(offsets) {
        said.clear();
        said.extend(row.iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(k, &x)| (k, f64::from(x))));
        let nats = LN_2 * (f64::from(offset) + said.iter().map(|&(k, x)| weights[k] * x).sum::<f64>());
        let (label, odds) = (f64::from(label), (-nats.abs()).exp());
        let p = if nats >= 0.0 { 1.0 / (1.0 + odds) } else { odds / (1.0 + odds) };
        // -y ln p - (1 - y) ln (1 - p), without ever taking the logarithm of nought.
        out.surprise += odds.ln_1p() + nats.max(0.0) - label * nats;
        let (first, second) = (LN_2 * (p - label), LN_2 * LN_2 * odds / ((1.0 + odds) * (1.0 + odds)));
        for (i, &(k, x)) in said.iter().enumerate() {
            out.gradient[k] += first * x;
            for &(l, y) in &said[..=i] {
                out.hessian[k * width + l] += second * x * y;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: f64 = f64::INFINITY;

    fn start(weights: &[f64], penalty: f64) -> Start {
        let n = weights.len();
        Start { weights: weights.to_vec(), penalty: vec![penalty; n], least: vec![-FREE; n], most: vec![FREE; n] }
    }

    /// `yes` matches and `no` non-matches that all show the same evidence.
    fn alike(row: &[f32], yes: usize, no: usize, offset: f32) -> Sample {
        let n = yes + no;
        let labels = (0..n).map(|k| if k < yes { 1.0 } else { 0.0 }).collect();
        Sample { rows: row.repeat(n), labels, offsets: vec![offset; n], importance: 1.0 }
    }

    #[test]
    fn one_feature_is_worth_the_log_of_its_odds() {
        let found = fit(&[alike(&[1.0], 800, 100, 0.0)], &start(&[0.0], 0.0), 50);
        assert!(found.converged);
        assert!((found.weights[0] - 3.0).abs() < 1e-6, "{:?}", found.weights);
    }

    #[test]
    fn what_is_known_before_is_taken_off() {
        let found = fit(&[alike(&[1.0], 800, 100, -5.0)], &start(&[0.0], 0.0), 50);
        assert!((found.weights[0] - 8.0).abs() < 1e-6, "{:?}", found.weights);
    }

    #[test]
    fn two_features_are_told_apart() {
        let samples = [alike(&[1.0, 0.0], 400, 100, 0.0), alike(&[0.0, 2.0], 100, 1600, 0.0)];
        let found = fit(&samples, &start(&[0.0, 0.0], 0.0), 50);
        assert!((found.weights[0] - 2.0).abs() < 1e-6 && (found.weights[1] + 2.0).abs() < 1e-6, "{:?}", found.weights);
    }

    #[test]
    fn soft_labels_say_the_same_as_shares() {
        let mut soft = alike(&[1.0], 9, 0, 0.0);
        soft.labels = vec![8.0 / 9.0; 9];
        let found = fit(&[soft], &start(&[0.0], 0.0), 50);
        assert!((found.weights[0] - 3.0).abs() < 1e-5);
    }

    #[test]
    fn importance_is_repetition() {
        let mut once = alike(&[1.0], 8, 1, 0.0);
        once.importance = 100.0;
        let (few, many) = (fit(&[once], &start(&[0.0], 2.0), 50), fit(&[alike(&[1.0], 800, 100, 0.0)], &start(&[0.0], 2.0), 50));
        assert!((few.weights[0] - many.weights[0]).abs() < 1e-6);
        assert!((few.surprise - many.surprise).abs() < 1e-6 * many.surprise);
    }

    #[test]
    fn separable_data_stay_finite_and_near_the_start() {
        let found = fit(&[alike(&[1.0], 1000, 0, 0.0)], &start(&[1.0], 0.5), 50);
        assert!(found.converged && found.weights[0] > 5.0 && found.weights[0] < 30.0, "{:?}", found.weights);
    }

    #[test]
    fn without_data_the_start_stays() {
        let found = fit(&[alike(&[1.0, 0.0], 50, 50, 0.0)], &start(&[4.0, -7.0], 0.0), 50);
        assert!(found.weights[0].abs() < 1e-6);
        assert_eq!((found.weights[1], found.information[1]), (-7.0, 0.0));
    }

    #[test]
    fn bounds_hold_and_the_others_make_up_for_it() {
        let samples = [alike(&[1.0, 0.0], 100, 400, 0.0), alike(&[0.0, 1.0], 400, 100, 0.0)];
        let mut from = start(&[1.0, 1.0], 0.0);
        from.least[0] = 0.0;
        let found = fit(&samples, &from, 50);
        assert_eq!(found.weights[0], 0.0);
        assert!((found.weights[1] - 2.0).abs() < 1e-6);
    }

    #[test]
    fn equal_features_share_what_they_say() {
        let found = fit(&[alike(&[1.0, 1.0], 800, 100, 0.0)], &start(&[0.0, 0.0], 0.0), 50);
        assert!((found.weights[0] + found.weights[1] - 3.0).abs() < 1e-4, "{:?}", found.weights);
    }

    #[test]
    fn far_off_starts_come_back() {
        for from in [-300.0, 300.0] {
            let found = fit(&[alike(&[1.0], 800, 100, 0.0)], &start(&[from], 1e-9), 200);
            assert!((found.weights[0] - 3.0).abs() < 1e-3, "{from} {:?}", found.weights);
        }
    }

    #[test]
    fn no_rounds_measure_the_start() {
        let found = fit(&[alike(&[1.0], 1, 1, 0.0)], &start(&[0.0], 0.0), 0);
        assert!((found.surprise - 2.0 * LN_2).abs() < 1e-12);
        assert_eq!(found.rounds, 0);
    }

    #[test]
    fn threads_change_no_bit() {
        let rows: Vec<f32> = (0..3 * 50_000u32).map(|k| (k.wrapping_mul(2_654_435_761) >> 24) as f32 / 64.0).collect();
        let labels: Vec<f32> = (0..50_000u32).map(|k| (k.wrapping_mul(40_503) >> 7 & 1) as f32).collect();
        let samples = [Sample { rows, labels, offsets: vec![-1.0; 50_000], importance: 0.7 }];
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| fit(&samples, &start(&[0.0; 3], 1.0), 20).weights)
        };
        assert_eq!(run(1), run(2));
    }

    #[test]
    fn shapes_are_checked() {
        let fine = alike(&[1.0], 1, 1, 0.0);
        assert!(check(&[fine], &start(&[0.0], 0.0)).is_ok());
        assert!(check(&[alike(&[1.0, 2.0], 1, 1, 0.0)], &start(&[0.0], 0.0)).is_err());
        let mut odd = alike(&[1.0], 1, 1, 0.0);
        odd.labels[0] = f32::NAN;
        assert!(check(&[odd], &start(&[0.0], 0.0)).is_err());
        let mut crossed = start(&[0.0], 0.0);
        crossed.least[0] = 1.0;
        crossed.most[0] = 0.0;
        assert!(check(&[], &crossed).is_err());
    }
}
