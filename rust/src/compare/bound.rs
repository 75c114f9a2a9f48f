//! The most that two names can say, known before their parts are read letter by letter: what cannot matter is not read.

use super::features::{Evidence, Feature};
use super::names::Scripts;

/// More than a sum of weights is rounded by, in bits.
pub const MARGIN: f32 = 0.01;

/// The most `describe` and the weights can make of two names of `lengths` parts of which no run is written as one part.
///
/// `says` holds the most that each part of one of them can say with any part of the other, zeros left out, largest first.
/// Names that stand alone have features of their own (`look_closer`) and are not for this.
pub fn most_bits(weights: &Evidence, lengths: (usize, usize), says: &[f32], scripts: Scripts, weak: bool) -> f32 {
    let (shorter, longer) = (lengths.0.min(lengths.1), lengths.0.max(lengths.1));
    let of = |f: Feature| weights[f as usize];
    let [replaced, omitted, spelling] = scripts.counts().map(of);
    let always = if scripts == Scripts::Same { 0.0 } else { of(Feature::NameScript) } + if weak { of(Feature::NameWeak) } else { 0.0 };
    let omitted = omitted * (longer - shorter).min(3) as f32;
    let mut most = f32::NEG_INFINITY;
    let mut rest = 0.0;
    for pairs in 1..=shorter.min(says.len()) {
        if pairs > 1 {
            rest += says[pairs - 1];
        }
        let left = shorter - pairs;
        let (first, more, further) = if left == 0 {
            (Feature::NameFirst, Feature::NameRest, Feature::NameMore)
        } else {
            (Feature::NameFirstReplaced, Feature::NameRestReplaced, Feature::NameMoreReplaced)
        };
        let beyond = (pairs - 1).min(4) as f32;
        let mut bits = always + omitted + of(first).max(0.0) * says[0] + of(more).max(0.0) * rest + of(further) * beyond;
        bits += replaced * left as f32 + spelling.max(0.0) * pairs as f32;
        if left >= pairs {
            bits += of(Feature::NameHalf);
        }
        if pairs == longer {
            bits += of(Feature::NameComplete) + of(Feature::NameCompleteMore) * beyond;
        }
        if pairs == 1 {
            bits += of(Feature::NameSingle);
        }
        most = most.max(bits);
    }
    most
}
