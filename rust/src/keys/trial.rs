//! Trying key weights on labelled pairs, by the thousand.
//!
//! Sharing a key is reaching the threshold (spec/match-keys-v1.md, section 7); only a cap on the keys of a record could make a
//! difference.

use super::atoms::KeyWeights;
use super::shared::Common;

/// A pair, and whether it is one person.
pub struct Tried {
    pub common: Common,
    pub same: bool,
}

/// How many of the pairs that are one person share a key, and how many of the others, under these weights.
///
/// Softly: a pair counts by the logistic function of how far it is above the threshold, in units of `softness_tenths`; what just
/// reaches it counts more than a half. So weights are preferred that leave room on both sides.
pub fn judge(pairs: &[Tried], w: &KeyWeights, softness_tenths: f64) -> (f64, f64) {
    let (mut right, mut wrong) = (0.0, 0.0);
    for pair in pairs {
        let Some(tenths) = pair.common.weight(w) else { continue };
        let above = f64::from(tenths - w.threshold) + 0.5;
        let counts = if softness_tenths > 0.0 { 1.0 / (1.0 + (-above / softness_tenths).exp()) } else { f64::from(u8::from(above > 0.0)) };
        if pair.same { right += counts } else { wrong += counts }
    }
    (right, wrong)
}
