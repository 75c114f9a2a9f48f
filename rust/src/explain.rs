//! Why two records weigh what they weigh, field by field.

use crate::compare::features::{Evidence, FEATURE_NAMES};
use crate::compare::{Compared, Comparer};
use crate::register::{Register, parts::Parts};

/// One comparison: the feature, how much of it there is, and its bits.
pub struct Line {
    pub feature: &'static str,
    pub value: f32,
    pub bits: f32,
}

/// Two parts taken together, in the comparable writing.
pub struct PartPair {
    pub a: String,
    pub b: String,
    pub bits: f32,
}

pub struct Explanation {
    pub lines: Vec<Line>,
    pub parts: Vec<PartPair>,
    /// Which written names decided: their position among all readings of each record's names.
    pub names: (usize, usize),
    pub bits: f32,
}

pub fn explain(a: &Register, i: usize, b: &Register, j: usize, parts: &Parts, comparer: &mut Comparer, weights: &Evidence) -> Explanation {
    let Compared { evidence, name_a, name_b, .. } = comparer.compare(a, i, b, j);
    let lines: Vec<Line> = evidence
        .iter()
        .zip(weights)
        .zip(FEATURE_NAMES)
        .filter(|((value, _), _)| **value != 0.0)
        .map(|((value, weight), feature)| Line { feature, value: *value, bits: value * weight })
        .collect();
    let (x, y) = (a.names(i).nth(name_a), b.names(j).nth(name_b));
    let pairs = match (x, y) {
        (Some(x), Some(y)) => {
            let text = |p: u32| parts.form[p as usize].to_string();
            comparer
                .names()
                .align(x.parts, y.parts)
                .pairs
                .iter()
                .map(|&(m, n, g)| PartPair { a: text(x.parts[m]), b: text(y.parts[n]), bits: g.bits })
                .collect()
        }
        _ => Vec::new(),
    };
    Explanation { bits: lines.iter().map(|l| l.bits).sum(), lines, parts: pairs, names: (name_a, name_b) }
}
