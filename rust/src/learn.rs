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
        let gradient = gradient(&here, &weights, start);
        let found = [newton_step, plain_step].iter().find_map(|towards| {
            let step = towards(&here, &weights, start, &gradient);
            descend(samples, start, &weights, cost, &gradient, &step)
        });
        let Some((next, there)) = found else {
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

/// Gradient of the whole cost.
fn gradient(here: &Slope, weights: &[f64], start: &Start) -> Vec<f64> {
    (0..weights.len()).map(|k| here.gradient[k] + 2.0 * start.penalty[k] * (weights[k] - start.weights[k])).collect()
}

/// Curvature of the whole cost between two weights.
fn curvature(here: &Slope, start: &Start, k: usize, l: usize) -> f64 {
    let n = start.weights.len();
    here.hessian[k.max(l) * n + k.min(l)] + if k == l { 2.0 * start.penalty[k] } else { 0.0 }
}

/// Weights that may move: the cost depends on them, and they do not stand at a bound with the slope pointing outwards.
fn movable(here: &Slope, weights: &[f64], start: &Start, gradient: &[f64]) -> Vec<usize> {
    let leaves = |k: usize| (weights[k] <= start.least[k] && gradient[k] > 0.0) || (weights[k] >= start.most[k] && gradient[k] < 0.0);
    (0..weights.len()).filter(|&k| curvature(here, start, k, k) > 0.0 && !leaves(k)).collect()
}

/// The Newton step within the bounds: a weight that would pass its bound goes to it, and the others take that into account.
fn newton_step(here: &Slope, weights: &[f64], start: &Start, gradient: &[f64]) -> Vec<f64> {
    let mut free = movable(here, weights, start, gradient);
    let mut step = vec![0.0; weights.len()];
    let mut stopped: Vec<usize> = Vec::new();
    loop {
        let known = |k: usize| -> f64 { stopped.iter().map(|&l| curvature(here, start, k, l) * step[l]).sum() };
        let right: Vec<f64> = free.iter().map(|&k| -gradient[k] - known(k)).collect();
        let matrix: Vec<Vec<f64>> = free.iter().map(|&r| free.iter().map(|&c| curvature(here, start, r, c)).collect()).collect();
        free.iter().zip(solve(&matrix, &right)).for_each(|(&k, d)| step[k] = d);
        let beyond = |k: usize| weights[k] + step[k] < start.least[k] || weights[k] + step[k] > start.most[k];
        let (passing, inside): (Vec<usize>, Vec<usize>) = free.iter().partition(|&&k| beyond(k));
        if passing.is_empty() {
            break;
        }
        passing.iter().for_each(|&k| step[k] = (weights[k] + step[k]).clamp(start.least[k], start.most[k]) - weights[k]);
        stopped.extend(passing);
        free = inside;
    }
    shortened(step)
}

/// The steepest way down, each weight by its own curvature, within the bounds: always leads down, if slowly.
fn plain_step(here: &Slope, weights: &[f64], start: &Start, gradient: &[f64]) -> Vec<f64> {
    let mut step = vec![0.0; weights.len()];
    for k in movable(here, weights, start, gradient) {
        let aim = weights[k] - gradient[k] / curvature(here, start, k, k);
        step[k] = aim.clamp(start.least[k], start.most[k]) - weights[k];
    }
    shortened(step)
}

fn shortened(mut step: Vec<f64>) -> Vec<f64> {
    let shorten = LONGEST / step.iter().fold(LONGEST, |most, d| most.max(d.abs()));
    step.iter_mut().for_each(|d| *d *= shorten);
    step
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
mod tests;
